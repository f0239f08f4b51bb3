//! Regions as answers show them.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Node, Place, Tree};
use crate::error::{Error, FieldErrors};
use crate::region_code::RegionCode;

/// A region in an answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RegionView {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
    /// Its ancestors' names and its own, root first.
    pub path: Vec<String>,
}

impl RegionView {
    /// The region `code`; one that left the tree keeps its code for a name.
    pub fn of(tree: &Tree, code: &RegionCode) -> Self {
        let path: Vec<String> = tree
            .path(code)
            .iter()
            .map(|node| node.name.to_owned())
            .collect();
        let name = path.last().cloned().unwrap_or_else(|| code.to_string());
        Self {
            code: code.clone(),
            name,
            path,
        }
    }
}

/// A region with what is known about the place.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RegionDetail {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
    /// Names from the root down.
    pub path: Vec<String>,
    /// `nation`, `state`, `county`, `turf`: whatever the tree's levels are called.
    pub level: String,
    /// People living there; 0 where nobody counted.
    pub population: u32,
    /// Its IANA zone.
    pub timezone: String,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
}

impl RegionDetail {
    /// What the tree says of a node.
    pub fn of(tree: &Tree, node: Node<'_>) -> Self {
        let view = RegionView::of(tree, node.code);
        Self {
            code: view.code,
            name: view.name,
            path: view.path,
            level: node.level.key.clone(),
            population: node.population,
            timezone: node.timezone.to_string(),
            lat: node.point.map(|point| point.lat),
            lon: node.point.map(|point| point.lon),
        }
    }
}

/// What a postcode answers.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlaceView {
    /// The postcode, normalised.
    pub zip: String,
    /// Where its people belong.
    pub region: RegionView,
    /// False when only its prefix is known.
    pub exact: bool,
    /// The place it delivers to; may be empty.
    pub city: String,
    /// Its IANA zone.
    pub timezone: String,
}

impl PlaceView {
    /// The answer for `place`.
    pub fn of(tree: &Tree, place: &Place) -> Self {
        Self {
            zip: place.postcode.clone(),
            region: RegionView::of(tree, &place.region),
            exact: place.exact,
            city: place.city.clone().unwrap_or_default(),
            timezone: place.timezone.to_string(),
        }
    }
}

/// The place of a typed postcode.
///
/// # Errors
/// `Invalid` on `field`, with the sentence that helps.
pub fn place(tree: &Tree, field: &str, postcode: &str) -> Result<Place, Error> {
    tree.place(postcode).map_err(|why| {
        let value: String = why.value().chars().take(40).collect();
        FieldErrors::with(field, why.message(), vec![("value", value)]).into()
    })
}

/// A region that exists in the tree.
///
/// # Errors
/// `NotFound`.
pub fn known<'t>(tree: &'t Tree, code: &str) -> Result<Node<'t>, Error> {
    let code = RegionCode::parse(code).map_err(|_| Error::NotFound)?;
    tree.get(&code).ok_or(Error::NotFound)
}

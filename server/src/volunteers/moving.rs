//! Moving: near by on one's own word, farther by HQ's (contract.md, "ZIP answers").

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Volunteer, hold, store};
use crate::app::App;
use crate::audit;
use crate::cluster::Event;
use crate::error::{Error, FieldErrors, Sentence};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::regions::{self, Node, Place, Tree};
use crate::scope::Scope;

/// Where HQ moves somebody: one of the two.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// A postcode: it becomes theirs, and they belong to its region.
    pub zip: Option<String>,
    /// Any region of the tree; their postcode stays.
    pub region: Option<String>,
}

/// Moves somebody wherever HQ says, and writes it down.
///
/// # Errors
/// `Forbidden` for anybody but HQ; `NotFound` when there is no such person; `Invalid` on `zip` or
/// `region`.
pub async fn relocate(
    app: &App,
    scope: Scope,
    id: VolunteerId,
    to: Destination,
) -> Result<Volunteer, Error> {
    let (tree, now) = (app.tree.clone(), app.clock.now());
    let person = app
        .db
        .write(move |conn| {
            if !scope.is_everything() {
                return Err(Error::Forbidden("error-forbidden".into()));
            }
            let mut person = hold(conn, &scope, id)?;
            let from = person.region.clone();
            match (&to.zip, &to.region) {
                (Some(zip), None) => by_zip(&tree, &scope, &mut person, zip)?,
                (None, Some(region)) => by_region(&tree, &scope, &mut person, region)?,
                _ => return Err(Error::field("region", "region-one-of-two")),
            }
            store::update_place(conn, &scope, &person)?;
            let detail = json!({ "volunteer": id, "from": from, "to": person.region });
            audit::append(conn, &scope, "person_moved", &detail, now)?;
            Ok(person)
        })
        .await?;
    told(app, id);
    app.cluster.publish(Event::PeopleMoved {
        volunteers: vec![id],
    });
    Ok(person)
}

/// Where somebody belongs is remembered with their session: here it is stale at once, elsewhere
/// within a second.
pub(super) fn told(app: &App, volunteer: VolunteerId) {
    app.sessions.forget_all();
    app.cluster.publish(Event::RolesChanged { volunteer });
}

/// Gives a person a postcode and its region: themselves one near the old one, HQ any.
pub(super) fn by_zip(
    tree: &Tree,
    scope: &Scope,
    person: &mut Volunteer,
    zip: &str,
) -> Result<(), Error> {
    let place: Place = regions::place(tree, "zip", zip)?;
    let refused = tree
        .refuses_postcode(person.zip.as_deref(), &person.region, &place)
        .filter(|_| !scope.is_everything());
    if let Some(key) = refused {
        let args = vec![("value", place.postcode), ("km", km(tree))];
        return Err(said("zip", key, args).into());
    }
    person.region = place.region;
    person.zone = place.timezone.to_string();
    person.zip = Some(place.postcode);
    Ok(())
}

/// Moves a person: themselves to a county within reach of their postcode, HQ anywhere.
pub(super) fn by_region(
    tree: &Tree,
    scope: &Scope,
    person: &mut Volunteer,
    region: &str,
) -> Result<(), Error> {
    let unknown = || {
        FieldErrors::with(
            "region",
            "region-unknown",
            vec![("value", region.chars().take(64).collect())],
        )
    };
    let code = RegionCode::parse(region).map_err(|_| unknown())?;
    let node = tree.get(&code).ok_or_else(unknown)?;
    let near = person
        .zip
        .as_deref()
        .is_some_and(|zip| tree.may_move(zip, &code));
    if !near && !scope.is_everything() {
        return Err(refusal(tree, person.zip.as_deref(), node).into());
    }
    person.zone = person
        .zip
        .as_deref()
        .filter(|_| near)
        .map_or_else(|| tree.zone(&code), |zip| tree.person_zone(zip, &code))
        .to_string();
    person.region = code;
    Ok(())
}

/// Why somebody with this postcode may not move to `node` themselves, and what to do instead.
fn refusal(tree: &Tree, zip: Option<&str>, node: Node<'_>) -> FieldErrors {
    let county = tree.county_of(node.code);
    let known = zip.is_some_and(|zip| tree.place(zip).is_ok_and(|place| place.point.is_some()));
    let within = |county: &Node<'_>| zip.is_some_and(|zip| tree.may_move(zip, county.code));
    let (key, code) = match county {
        None => ("region-not-county", None),
        Some(county) if within(&county) => ("region-its-county", Some(county.code)),
        Some(_) if !known => ("region-unmeasured", None),
        Some(_) => ("region-too-far", None),
    };
    let args = vec![
        ("region", node.name.to_owned()),
        ("km", km(tree)),
        ("code", code.map(ToString::to_string).unwrap_or_default()),
    ];
    said("region", key, args)
}

fn said(field: &str, key: &'static str, args: Vec<(&'static str, String)>) -> FieldErrors {
    FieldErrors(vec![(field.to_owned(), Sentence::Key(key, args))])
}

fn km(tree: &Tree) -> String {
    format!("{:.0}", tree.move_km())
}

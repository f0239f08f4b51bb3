//! A region: as the tree shows it and as it keeps it.

use chrono_tz::Tz;

use super::code::RegionCode;
use super::distance::Point;
use super::format::LevelPlan;
use super::text::Span;

/// One level of the tree, such as "county".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its place from the root (0) down. Not a region's depth: a turf without a county is a turf.
    pub depth: usize,
    /// What `tree.toml` calls it.
    pub key: String,
    /// Its name for one region, in the tree's own language.
    pub singular: String,
    /// Its name for several.
    pub plural: String,
    /// The key of both in the message catalogue, chosen by `$count`.
    pub message: String,
}

impl Level {
    pub(super) fn new(depth: usize, plan: &LevelPlan) -> Self {
        Self {
            depth,
            key: plan.key.clone(),
            singular: plan.singular.clone(),
            plural: plan.plural.clone(),
            message: plan.message.clone(),
        }
    }
}

/// A region as the tree shows it.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    /// Its code.
    pub code: &'t RegionCode,
    /// The name shown: "Columbus 43215", "Franklin", "Ohio". Unique among siblings.
    pub name: &'t str,
    /// The name in the data: of a turf the city, which may be blank.
    pub short: &'t str,
    /// Its level.
    pub level: &'t Level,
    /// Its middle, or the weighted middle of its children; none for military mailboxes.
    pub point: Option<Point>,
    /// People living there; 0 where nobody counted them.
    pub population: u32,
    /// The zone in which it shows times, and in which people placed there count their weeks.
    pub timezone: Tz,
}

/// A region as the tree keeps it.
#[derive(Clone)]
pub(super) struct Entry {
    pub code: RegionCode,
    pub name: Span,
    pub short: Span,
    pub postcode: Span,
    pub kind: Span,
    pub parent: u32,
    pub end: u32,
    pub level: u8,
    pub zone: Option<u16>,
    pub population: Option<u32>,
    pub point: Option<Point>,
}

impl Entry {
    pub fn new(code: RegionCode, level: u8) -> Self {
        let nothing = Span::default();
        Self {
            code,
            level,
            name: nothing,
            short: nothing,
            postcode: nothing,
            kind: nothing,
            parent: 0,
            end: 0,
            zone: None,
            population: None,
            point: None,
        }
    }
}

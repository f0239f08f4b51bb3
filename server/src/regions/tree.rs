//! The region tree in memory: reference data, read once at start and never changed.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use chrono_tz::Tz;

use super::code::RegionCode;
use super::format::{Source, TreeError};
use super::load::load;
use super::node::{Entry, Level, Node};
use super::postcode::{Forms, Place, PostcodeError};

/// The default tree, compiled in.
const EMBEDDED: &[(&str, &str)] = &[
    (
        "tree.toml",
        include_str!("../../../config/regions/us/tree.toml"),
    ),
    (
        "states.csv",
        include_str!("../../../config/regions/us/states.csv"),
    ),
    (
        "counties.csv",
        include_str!("../../../config/regions/us/counties.csv"),
    ),
    (
        "zips.csv",
        include_str!("../../../config/regions/us/zips.csv"),
    ),
    (
        "zip3.csv",
        include_str!("../../../config/regions/us/zip3.csv"),
    ),
];

/// All regions of a campaign, any depth, any country.
pub struct Tree {
    pub(super) levels: Vec<Level>,
    /// In the order of their codes, which is a walk from the root down: what lies beneath the
    /// region at `i` stands in `i + 1 .. end`.
    pub(super) entries: Vec<Entry>,
    /// Where each code stands in `entries`: asked several times by nearly every request.
    pub(super) places: HashMap<RegionCode, u32>,
    pub(super) text: Box<str>,
    pub(super) zones: Vec<Tz>,
    pub(super) postcodes: Vec<u32>,
    pub(super) prefixes: Vec<(Box<str>, u32)>,
    pub(super) forms: Forms,
    pub(super) move_level: usize,
    pub(super) move_km: f64,
}

impl Tree {
    /// The default tree that is part of the binary: the United States, read once a process.
    ///
    /// # Errors
    /// Never for a released binary; what is wrong with the files it was built from.
    pub fn embedded() -> Result<Arc<Self>, TreeError> {
        static TREE: OnceLock<Arc<Tree>> = OnceLock::new();
        if let Some(tree) = TREE.get() {
            return Ok(tree.clone());
        }
        let tree = Arc::new(load(&Source::Embedded(EMBEDDED))?);
        Ok(TREE.get_or_init(|| tree).clone())
    }

    /// The tree in a folder with a `tree.toml` (the setting `regions_dir`).
    ///
    /// # Errors
    /// The first thing that is wrong with its files: one sentence with file and line.
    pub fn load(folder: &Path) -> Result<Self, TreeError> {
        load(&Source::Folder(folder))
    }

    /// The region everything lies beneath.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.node(0)
    }

    /// The levels, root first.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// A region, if it exists.
    #[must_use]
    pub fn get(&self, code: &RegionCode) -> Option<Node<'_>> {
        self.find(code).map(|at| self.node(at))
    }

    /// From the root to the region, with the names shown; empty for a region that does not exist.
    #[must_use]
    pub fn path(&self, code: &RegionCode) -> Vec<Node<'_>> {
        let parent = |at: usize| (at > 0).then(|| self.entries[at].parent as usize);
        let mut path: Vec<Node<'_>> = std::iter::successors(self.find(code), |&at| parent(at))
            .map(|at| self.node(at))
            .collect();
        path.reverse();
        path
    }

    /// The regions directly beneath, by code; none for a turf or a region that does not exist.
    pub fn children(&self, code: &RegionCode) -> impl Iterator<Item = Node<'_>> {
        let (mut next, end) = match self.find(code) {
            Some(at) => (at + 1, self.entries[at].end as usize),
            None => (0, 0),
        };
        std::iter::from_fn(move || {
            let at = (next < end).then_some(next)?;
            next = self.entries[at].end as usize;
            Some(self.node(at))
        })
    }

    /// The region and everything beneath it, by code; nothing for a region that does not exist.
    pub fn under(&self, code: &RegionCode) -> impl Iterator<Item = Node<'_>> {
        self.span(code).map(|at| self.node(at))
    }

    /// The zone in which people placed at `code` count their weeks: its own, else the most populous
    /// beneath it, else its parent's, else UTC. Of a region that has left the tree, the nearest
    /// ancestor's.
    #[must_use]
    pub fn zone(&self, code: &RegionCode) -> Tz {
        code.ancestors_and_self()
            .rev()
            .find_map(|above| self.get(&above))
            .map_or(Tz::UTC, |node| node.timezone)
    }

    /// The zone in which the children of a region race; `None` for one that has none, or is not there.
    #[must_use]
    pub fn race_zone(&self, code: &RegionCode) -> Option<Tz> {
        let at = self.find(code)?;
        let has_children = self.entries[at].end as usize > at + 1;
        has_children.then(|| self.node(at).timezone)
    }

    /// The zone in which one person counts their weeks: that of their ZIP, else of the region they
    /// belong to, which need not be the one their ZIP gives.
    #[must_use]
    pub fn person_zone(&self, postcode: &str, region: &RegionCode) -> Tz {
        let listed = self.place(postcode).ok().filter(|place| place.exact);
        // UTC is what a ZIP without any zone falls back to; then the region knows better.
        let zone = listed
            .map(|place| place.timezone)
            .filter(|zone| *zone != Tz::UTC);
        zone.unwrap_or_else(|| self.zone(region))
    }

    /// Every zone that some region counts its weeks in, by name.
    #[must_use]
    pub fn zones(&self) -> Vec<Tz> {
        self.zones_under(&self.entries[0].code)
    }

    /// Every zone that people at or beneath `code` may count their weeks in, by name.
    #[must_use]
    pub fn zones_under(&self, code: &RegionCode) -> Vec<Tz> {
        let mut used = vec![false; self.zones.len()];
        for at in self.span(code) {
            if let Some(zone) = self.entries[at].zone {
                used[usize::from(zone)] = true;
            }
        }
        let mut zones: Vec<Tz> = self
            .zones
            .iter()
            .zip(used)
            .filter_map(|(zone, used)| used.then_some(*zone))
            .collect();
        zones.sort_unstable_by_key(|zone| zone.name());
        zones
    }

    /// Where a typed postcode belongs (contract.md, "ZIP answers").
    ///
    /// # Errors
    /// `Malformed` without one of the accepted forms; `Unknown` if neither listed nor of a known
    /// prefix.
    pub fn place(&self, input: &str) -> Result<Place, PostcodeError> {
        let postcode = self.forms.normalise(input)?;
        let listed = self
            .postcodes
            .binary_search_by(|&at| self.postcode(at).cmp(&postcode));
        let (at, exact) = match listed {
            Ok(found) => (self.postcodes[found], true),
            Err(_) => match self.by_prefix(&postcode) {
                Some(at) => (at, false),
                None => return Err(PostcodeError::Unknown(postcode)),
            },
        };
        let entry = &self.entries[at as usize];
        let node = self.node(at as usize);
        let known = |text: &str| (exact && !text.is_empty()).then(|| text.to_owned());
        Ok(Place {
            city: known(node.short),
            kind: known(entry.kind.of(&self.text)),
            state: self
                .path(&entry.code)
                .get(1)
                .map(|state| state.name.to_owned()),
            point: if exact { entry.point } else { None },
            timezone: node.timezone,
            region: entry.code.clone(),
            postcode,
            exact,
        })
    }

    /// The region of the longest known beginning.
    fn by_prefix(&self, postcode: &str) -> Option<u32> {
        (1..=postcode.len())
            .rev()
            .filter_map(|len| postcode.get(..len))
            .find_map(|start| {
                let found = self
                    .prefixes
                    .binary_search_by(|(prefix, _)| (**prefix).cmp(start))
                    .ok()?;
                Some(self.prefixes[found].1)
            })
    }

    pub(super) fn postcode(&self, at: u32) -> &str {
        self.entries[at as usize].postcode.of(&self.text)
    }

    pub(super) fn find(&self, code: &RegionCode) -> Option<usize> {
        self.places.get(code).map(|at| *at as usize)
    }

    fn span(&self, code: &RegionCode) -> std::ops::Range<usize> {
        self.find(code)
            .map_or(0..0, |at| at..self.entries[at].end as usize)
    }

    pub(super) fn node(&self, at: usize) -> Node<'_> {
        let entry = &self.entries[at];
        Node {
            code: &entry.code,
            name: entry.name.of(&self.text),
            short: entry.short.of(&self.text),
            level: &self.levels[usize::from(entry.level)],
            point: entry.point,
            population: entry.population.unwrap_or(0),
            timezone: entry
                .zone
                .map_or(Tz::UTC, |zone| self.zones[usize::from(zone)]),
        }
    }
}

/// How big it is rather than everything in it.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Tree({}, {} regions)",
            self.entries[0].code,
            self.entries.len()
        )
    }
}

#[cfg(test)]
mod tests;

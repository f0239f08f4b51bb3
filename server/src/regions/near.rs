//! Regions around a point, and who may move there (contract.md, "ZIP answers").

use super::code::RegionCode;
use super::distance::Point;
use super::node::Node;
use super::postcode::Place;
use super::tree::Tree;

impl Tree {
    /// Regions of the level people may move to (counties) within `km` of a point, nearest first.
    ///
    /// A region counts as near as the nearest known point in it: its own or any beneath it. By its
    /// middle alone, the next town would be too far wherever counties are large.
    #[must_use]
    pub fn near(&self, from: Point, km: f64) -> Vec<(Node<'_>, f64)> {
        let mut found: Vec<_> = (0..self.entries.len())
            .filter(|&at| usize::from(self.entries[at].level) == self.move_level)
            .filter_map(|at| Some((self.node(at), self.nearest_point(at, from, km)?)))
            .collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.code.cmp(b.0.code)));
        found
    }

    /// Where somebody with this postcode may move without asking HQ, nearest first, with the
    /// distance in km; nothing where the postcode or its point is unknown.
    #[must_use]
    pub fn moves_from(&self, postcode: &str) -> Vec<(Node<'_>, f64)> {
        let from = self.place(postcode).ok().and_then(|place| place.point);
        from.map_or_else(Vec::new, |from| self.near(from, self.move_km))
    }

    /// Whether somebody with this postcode may move to `to` without asking HQ: the region their
    /// postcode gives, or a county within [`move_km`](Self::move_km) of their postcode's point.
    #[must_use]
    pub fn may_move(&self, from_postcode: &str, to: &RegionCode) -> bool {
        let (Ok(place), Some(at)) = (self.place(from_postcode), self.find(to)) else {
            return false;
        };
        if place.region == *to {
            return true;
        }
        let is_county = usize::from(self.entries[at].level) == self.move_level;
        is_county
            && place
                .point
                .is_some_and(|from| self.nearest_point(at, from, self.move_km).is_some())
    }

    /// Why somebody who lives at `from` and belongs to `home` may not take the postcode of `to` without
    /// asking HQ, as a key of the catalogue: it is too far, or, where one of the two points is
    /// unknown, not beneath the same child of the root (the same state).
    #[must_use]
    pub fn refuses_postcode(
        &self,
        from: Option<&str>,
        home: &RegionCode,
        to: &Place,
    ) -> Option<&'static str> {
        let from = from.and_then(|postcode| self.place(postcode).ok());
        let points = from.as_ref().and_then(|place| place.point).zip(to.point);
        if let Some((here, there)) = points {
            return (here.km_to(there) > self.move_km).then_some("zip-too-far");
        }
        let home = from.as_ref().map_or(home, |place| &place.region);
        let state = |code: &RegionCode| code.ancestors_and_self().nth(1);
        // Whoever belongs to the whole country has not been placed yet.
        let elsewhere = state(home).is_some_and(|here| state(&to.region) != Some(here));
        elsewhere.then_some("zip-elsewhere")
    }

    /// The region of the level people may move to (the county) that `code` is or lies in.
    #[must_use]
    pub fn county_of(&self, code: &RegionCode) -> Option<Node<'_>> {
        self.path(code)
            .into_iter()
            .find(|node| node.level.depth == self.move_level)
    }

    /// How far people may move without asking HQ, in km.
    #[must_use]
    pub fn move_km(&self) -> f64 {
        self.move_km
    }

    /// Distance to the nearest point in the region at `at`, if at most `km`.
    fn nearest_point(&self, at: usize, from: Point, km: f64) -> Option<f64> {
        self.entries[at..self.entries[at].end as usize]
            .iter()
            .filter_map(|entry| entry.point)
            .filter(|point| from.km_at_least(*point) <= km)
            .map(|point| from.km_to(point))
            .filter(|distance| *distance <= km)
            .min_by(f64::total_cmp)
    }
}

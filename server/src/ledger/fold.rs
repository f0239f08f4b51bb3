//! From lines to totals: pure. The writer, `boards verify` and `boards rebuild` all fold with this.

use std::collections::{BTreeMap, HashMap};

use super::model::{BriefLine, Line, Verification};
use super::{Points, SoftCap};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// A member-week, in the order in which rows are locked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberKey {
    /// Who.
    pub volunteer: VolunteerId,
    /// `2026-W47`.
    pub week: String,
}

/// What lines add to a member-week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberSum {
    /// Hundredths of a point, before the soft cap.
    pub net: i64,
    /// Entries that were not taken back.
    pub entries: i32,
}

/// A member-week by the regions its lines count in: one, but for somebody who moved in that week.
pub type Parts = BTreeMap<RegionCode, MemberSum>;

/// A region's week, in the order in which rows are locked.
pub type RegionKey = (RegionCode, String);

/// What member-weeks add to a region's week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegionSum {
    /// Hundredths of a point, after the soft cap.
    pub points: i64,
    /// Members with an entry.
    pub active: i64,
}

/// Sums of member-weeks.
pub type MemberSums = BTreeMap<MemberKey, Parts>;
/// Sums of region-weeks.
pub type RegionSums = BTreeMap<RegionKey, RegionSum>;

/// Adds `line` to the sum of its member-week.
pub fn add_line(sums: &mut MemberSums, line: &Line) {
    let key = MemberKey {
        volunteer: line.volunteer_id,
        week: line.week.clone(),
    };
    let parts = sums.entry(key).or_default();
    add(parts, line.region.clone(), line.counted, line.entries());
}

/// Adds what one line says, read narrowly, to the sum of its member-week.
pub fn add_brief(sums: &mut MemberSums, line: BriefLine) {
    let entries = entries(line.corrects, Verification::of(&line.verification));
    let key = MemberKey {
        volunteer: line.volunteer_id,
        week: line.week,
    };
    let parts = sums.entry(key).or_default();
    add(parts, line.region, line.counted, entries);
}

fn add(parts: &mut Parts, region: RegionCode, counted: i64, entries: i32) {
    let sum = parts.entry(region).or_default();
    sum.net = sum.net.saturating_add(counted);
    sum.entries = sum.entries.saturating_add(entries);
}

/// The whole of a member-week, over all its regions.
pub fn whole(parts: &Parts) -> MemberSum {
    parts
        .values()
        .fold(MemberSum::default(), |sum, part| MemberSum {
            net: sum.net.saturating_add(part.net),
            entries: sum.entries.saturating_add(part.entries),
        })
}

/// The region all of a member-week counts in, if it is one.
pub fn region(parts: &Parts) -> Option<&RegionCode> {
    let mut regions = parts.keys();
    regions.next().filter(|_| regions.next().is_none())
}

/// What a line adds to its member-week's number of entries: a reversal takes one away.
pub fn entries(corrects: Option<i64>, verification: Verification) -> i32 {
    match (corrects, verification) {
        (None, _) => 1,
        (Some(_), Verification::Reversed) => -1,
        (Some(_), _) => 0,
    }
}

/// Adds to the regions what a member-week gives when it goes from `before` to `after`, in hundredths
/// of a point and active members.
///
/// The cap is taken of the member's whole week (scoring.md, "Soft cap"). Where its lines count in
/// several regions, each gives what it adds to those whose codes come before, so that the order of
/// the lines never matters and the regions together get the capped week.
pub fn add_member(sums: &mut RegionSums, cap: &SoftCap, week: &str, before: &Parts, after: &Parts) {
    let mut change: BTreeMap<RegionCode, RegionSum> = BTreeMap::new();
    for (sign, parts) in [(-1, before), (1, after)] {
        let mut seen: BTreeMap<RegionCode, bool> = BTreeMap::new();
        let mut net = 0;
        for (region, part) in parts {
            let u = |net| cap.counted(Points::from_hundredths(net)).hundredths();
            let points = u(net + part.net) - u(net);
            net += part.net;
            for above in region.ancestors_and_self() {
                *seen.entry(above.clone()).or_default() |= part.entries > 0;
                change.entry(above).or_default().points += sign * points;
            }
        }
        for (above, _) in seen.into_iter().filter(|(_, active)| *active) {
            change.entry(above).or_default().active += sign;
        }
    }
    for (region, moved) in change {
        if moved != RegionSum::default() {
            let sum = sums.entry((region, week.to_owned())).or_default();
            sum.points += moved.points;
            sum.active += moved.active;
        }
    }
}

/// What the regions gain when member-weeks stand at `after` once `added` is in them.
pub fn regions_of(
    cap: &SoftCap,
    added: &MemberSums,
    after: &HashMap<MemberKey, Parts>,
) -> RegionSums {
    let mut sums = RegionSums::new();
    for (key, added) in added {
        let Some(after) = after.get(key) else {
            continue;
        };
        let mut before = after.clone();
        for (region, sum) in added {
            add(&mut before, region.clone(), -sum.net, -sum.entries);
        }
        add_member(&mut sums, cap, &key.week, &before, after);
    }
    sums.retain(|_, sum| *sum != RegionSum::default());
    sums
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::ScoringConfig;
    use super::*;

    const WEEK: &str = "2026-W47";

    fn parts(of: &[(&str, i64, i32)]) -> Parts {
        let part = |&(code, net, entries): &(&str, i64, i32)| {
            let region = RegionCode::parse(code).unwrap();
            (region, MemberSum { net, entries })
        };
        of.iter().map(part).collect()
    }

    fn folded(parts: &Parts) -> Vec<(String, i64, i64)> {
        let cap = ScoringConfig::shipped().unwrap().soft_cap;
        let mut sums = RegionSums::new();
        add_member(&mut sums, &cap, WEEK, &Parts::new(), parts);
        sums.into_iter()
            .map(|((code, _), sum)| (code.to_string(), sum.points, sum.active))
            .collect()
    }

    fn row(code: &str, points: i64, active: i64) -> (String, i64, i64) {
        (code.to_owned(), points, active)
    }

    #[test]
    fn a_member_week_counts_in_its_region_and_everything_above() {
        let sums = folded(&parts(&[("us-oh-39049", 30_000, 1)]));
        let everywhere = ["us", "us-oh", "us-oh-39049"].map(|code| row(code, 25_000, 1));
        assert_eq!(sums, everywhere);
    }

    #[test]
    fn moving_in_the_middle_of_a_week_neither_lifts_the_cap_nor_counts_somebody_twice() {
        let sums = folded(&parts(&[
            ("us-oh-39049", 20_000, 2),
            ("us-oh-39041", 60_000, 1),
            ("us-tx", 30_000, 1),
        ]));
        assert_eq!(
            sums,
            [
                row("us", 40_000, 1),
                row("us-oh", 40_000, 1),
                row("us-oh-39041", 40_000, 1),
                row("us-oh-39049", 0, 1),
                row("us-tx", 0, 1),
            ]
        );
    }

    proptest! {
        #[test]
        fn folding_step_by_step_or_at_once_gives_the_same(
            steps in prop::collection::vec((0_usize..3, -50_000_i64..50_000, -1_i32..2), 1..20),
        ) {
            let cap = ScoringConfig::shipped().unwrap().soft_cap;
            let homes = ["us-oh-39049", "us-oh-39041", "us-tx"].map(|code| RegionCode::parse(code).unwrap());
            let (mut stepwise, mut at) = (RegionSums::new(), Parts::new());
            for (home, net, entries) in steps {
                let mut next = at.clone();
                add(&mut next, homes[home].clone(), net, entries);
                add_member(&mut stepwise, &cap, WEEK, &at, &next);
                at = next;
            }
            let mut at_once = RegionSums::new();
            add_member(&mut at_once, &cap, WEEK, &Parts::new(), &at);
            stepwise.retain(|_, sum| *sum != RegionSum::default());
            prop_assert_eq!(&stepwise, &at_once);
            let nation = stepwise.get(&(RegionCode::parse("us").unwrap(), WEEK.to_owned()));
            let capped = cap.counted(Points::from_hundredths(whole(&at).net)).hundredths();
            prop_assert_eq!(nation.map_or(0, |sum| sum.points), capped);
        }
    }
}

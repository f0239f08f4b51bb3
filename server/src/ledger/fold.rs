//! From lines to totals: pure. The writer, `boards verify` and `boards rebuild` all fold with this.

use std::collections::BTreeMap;

use super::model::{BriefLine, Line, MemberWeek, Verification};
use super::{Points, SoftCap};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// A member-week, in the order in which rows are locked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberKey {
    /// Who.
    pub volunteer: VolunteerId,
    /// `2026-W47`.
    pub week: String,
    /// The region the lines count in.
    pub region: RegionCode,
}

/// What lines add to a member-week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberSum {
    /// Hundredths of a point, before the soft cap.
    pub net: i64,
    /// Entries that were not taken back.
    pub entries: i32,
}

/// A region's week, in the order in which rows are locked.
pub type RegionKey = (RegionCode, String);

/// What member-weeks add to a region's week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegionSum {
    /// Hundredths of a point, after the soft cap.
    pub points: i64,
    /// Member-weeks with an entry.
    pub active: i64,
}

/// Sums of member-weeks.
pub type MemberSums = BTreeMap<MemberKey, MemberSum>;
/// Sums of region-weeks.
pub type RegionSums = BTreeMap<RegionKey, RegionSum>;

/// Adds `line` to the sum of its member-week.
pub fn add_line(sums: &mut MemberSums, line: &Line) {
    let key = MemberKey {
        volunteer: line.volunteer_id,
        week: line.week.clone(),
        region: line.region.clone(),
    };
    add(sums, key, line.counted, line.entries());
}

/// Adds what one line says, read narrowly, to the sum of its member-week.
pub fn add_brief(sums: &mut MemberSums, line: BriefLine) {
    let entries = entries(line.corrects, Verification::of(&line.verification));
    let key = MemberKey {
        volunteer: line.volunteer_id,
        week: line.week,
        region: line.region,
    };
    add(sums, key, line.counted, entries);
}

fn add(sums: &mut MemberSums, key: MemberKey, counted: i64, entries: i32) {
    let sum = sums.entry(key).or_default();
    sum.net = sum.net.saturating_add(counted);
    sum.entries = sum.entries.saturating_add(entries);
}

/// What a line adds to its member-week's number of entries: a reversal takes one away.
pub fn entries(corrects: Option<i64>, verification: Verification) -> i32 {
    match (corrects, verification) {
        (None, _) => 1,
        (Some(_), Verification::Reversed) => -1,
        (Some(_), _) => 0,
    }
}

/// Adds to a region and everything above it what a member-week gives when it goes from `before` to
/// `after`: u(after) − u(before) points, and one active member more or less.
pub fn add_member(
    sums: &mut RegionSums,
    cap: &SoftCap,
    region: &RegionCode,
    week: &str,
    before: MemberSum,
    after: MemberSum,
) {
    let u = |sum: MemberSum| cap.counted(Points::from_hundredths(sum.net)).hundredths();
    let points = u(after) - u(before);
    let active = i64::from(after.entries > 0) - i64::from(before.entries > 0);
    if points == 0 && active == 0 {
        return;
    }
    for above in region.ancestors_and_self() {
        let sum = sums.entry((above, week.to_owned())).or_default();
        sum.points += points;
        sum.active += active;
    }
}

/// What the regions gain when member-weeks stand at `after` once `added` is in them. The values
/// after are those the upsert gave back, never an earlier read (scoring.md, Soft cap).
pub fn regions_of(cap: &SoftCap, added: &MemberSums, after: &[MemberWeek]) -> RegionSums {
    let mut sums = RegionSums::new();
    for row in after {
        let key = MemberKey {
            volunteer: row.volunteer_id,
            week: row.week.clone(),
            region: row.region.clone(),
        };
        let added = added.get(&key).copied().unwrap_or_default();
        let now = MemberSum {
            net: row.net,
            entries: row.entries,
        };
        let before = MemberSum {
            net: row.net - added.net,
            entries: row.entries - added.entries,
        };
        add_member(&mut sums, cap, &row.region, &row.week, before, now);
    }
    sums.retain(|_, sum| *sum != RegionSum::default());
    sums
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::ScoringConfig;
    use super::*;

    fn region(code: &str) -> RegionCode {
        RegionCode::parse(code).unwrap()
    }

    #[test]
    fn a_member_week_counts_in_its_region_and_everything_above() {
        let cap = ScoringConfig::shipped().unwrap().soft_cap;
        let mut sums = RegionSums::new();
        let after = MemberSum {
            net: 30_000,
            entries: 1,
        };
        add_member(
            &mut sums,
            &cap,
            &region("us-oh-39049"),
            "2026-W47",
            MemberSum::default(),
            after,
        );
        let codes: Vec<&str> = sums.keys().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, ["us", "us-oh", "us-oh-39049"]);
        assert!(sums.values().all(|sum| *sum
            == RegionSum {
                points: 25_000,
                active: 1
            }));
    }

    proptest! {
        #[test]
        fn folding_step_by_step_or_at_once_gives_the_same(steps in prop::collection::vec((-50_000_i64..50_000, -1_i32..2), 1..20)) {
            let cap = ScoringConfig::shipped().unwrap().soft_cap;
            let (home, week) = (region("us-oh"), "2026-W47");
            let (mut stepwise, mut at) = (RegionSums::new(), MemberSum::default());
            for (net, entries) in steps {
                let next = MemberSum { net: at.net + net, entries: at.entries + entries };
                add_member(&mut stepwise, &cap, &home, week, at, next);
                at = next;
            }
            let mut at_once = RegionSums::new();
            add_member(&mut at_once, &cap, &home, week, MemberSum::default(), at);
            stepwise.retain(|_, sum| *sum != RegionSum::default());
            prop_assert_eq!(stepwise, at_once);
        }
    }
}

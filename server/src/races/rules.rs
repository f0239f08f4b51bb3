//! How a board comes about: pure (scoring.md, "The race: Pace against par"; "Weeks, seasons, ties").

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use super::draws::RankRange;
use super::model::{BoardRow, Status, Total};
use super::pace::{Entry, Params};
use super::par::{cold_share, cold_start};
use super::ranking::Draws;
use super::standings::{Row, Stage, standings};
use crate::clock::{Duration, Instant};
use crate::ledger::{Doors, Points, RaceNumbers, Week};
use crate::region_code::RegionCode;

/// A child of the region whose board it is.
#[derive(Debug, Clone)]
pub struct Child {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
    /// The zone by whose clock its week goes: a parent's is the one most people beneath it live in.
    pub zone: Tz,
    /// What it has done.
    pub total: Total,
}

/// The hours of a race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// When the last child's Sunday ends.
    pub close: Instant,
    /// When late entries no longer count.
    pub finished: Instant,
}

impl Hours {
    /// The hours of `week` over people in `zones`, late entries counting `final_hours` more.
    pub fn of(week: Week, zones: Vec<Tz>, final_hours: u32) -> Self {
        let close = Instant::from(week.close(zones));
        Self {
            close,
            finished: close + Duration::hours(i64::from(final_hours)),
        }
    }

    /// The stage of the race at `now`; `first` is the campaign's first week, where it has begun.
    pub fn stage(&self, week: Week, now: Instant, first: Option<Week>) -> Stage {
        if now >= self.close {
            Stage::Closed
        } else if first.is_none_or(|first| week <= first) {
            Stage::FirstWeek
        } else {
            Stage::Open
        }
    }

    /// The status at `now` of a board that is `live` or not.
    pub fn status(&self, now: Instant, live: bool) -> Status {
        if now >= self.finished {
            Status::Final
        } else if live {
            Status::Live
        } else {
            Status::WarmingUp
        }
    }
}

/// The seed of a board's draws: the same on every node, and an input of the audit.
pub fn seed(region: &RegionCode, week: Week) -> u64 {
    let digest = Sha256::digest(format!("{region} {week}"));
    digest
        .iter()
        .take(8)
        .fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
}

/// Rows in order, whether any is ranked, and the ranges as drawn.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// Whether anybody is ranked.
    pub live: bool,
    /// The rows.
    pub rows: Vec<BoardRow>,
    /// To be kept until the next draws.
    pub drawn: BTreeMap<String, RankRange>,
}

/// The board of `children` in `week` at `now`, with the starting parameters: cold-start par and
/// share, φ and τ² as configured, g estimated.
pub fn board(
    numbers: &RaceNumbers,
    week: Week,
    now: Instant,
    children: &[Child],
    stage: Stage,
    draws: Draws<'_>,
) -> Ranked {
    let rosters: Vec<u32> = children.iter().map(|child| child.total.members).collect();
    let pars = cold_start(numbers, &rosters);
    let entry = |(child, par): (&Child, &f64)| Entry {
        code: child.code.to_string(),
        points: child.total.points.as_f64().max(0.0),
        par: *par,
        share: cold_share(numbers, week, now.local(child.zone).naive_local()),
        members: child.total.members,
    };
    let entries: Vec<Entry> = children.iter().zip(&pars).map(entry).collect();
    let params = Params {
        phi: numbers.phi,
        tau2: Some(numbers.tau2),
        g: None,
    };
    let standings = standings(numbers, &params, &entries, stage, draws);
    let known: BTreeMap<&str, &Child> = children
        .iter()
        .map(|child| (child.code.as_str(), child))
        .collect();
    let rows = standings
        .rows
        .into_iter()
        .filter_map(|row| Some(wire(*known.get(row.entry.code.as_str())?, &row)))
        .collect();
    Ranked {
        live: standings.live,
        rows,
        drawn: standings.drawn,
    }
}

fn wire(child: &Child, row: &Row) -> BoardRow {
    let standing = row.standing;
    BoardRow {
        region: child.code.clone(),
        regions: vec![child.code.clone()],
        name: child.name.clone(),
        rank: standing.map(|standing| standing.rank),
        rank_low: standing.map(|standing| standing.range.low),
        rank_high: standing.map(|standing| standing.range.high),
        pace: standing.map(|standing| standing.pace),
        pace_low: standing.map(|standing| standing.pace_low),
        pace_high: standing.map(|standing| standing.pace_high),
        points: child.total.points,
        par: Points::at_least(row.entry.par),
        members: child.total.members,
        active: child.total.active,
        // Nobody expects anything of a region without members.
        made_par: row.made_par && child.total.members > 0,
        to_next: standing.and_then(|standing| standing.to_next),
    }
}

/// What changed between two boards of the same week: rows new or changed, and codes that are gone.
pub fn changes(before: &[BoardRow], after: &[BoardRow]) -> (Vec<BoardRow>, Vec<RegionCode>) {
    let known: BTreeMap<&RegionCode, &BoardRow> =
        before.iter().map(|row| (&row.region, row)).collect();
    let kept: BTreeSet<&RegionCode> = after.iter().map(|row| &row.region).collect();
    let changed = after
        .iter()
        .filter(|row| known.get(&row.region) != Some(row))
        .cloned()
        .collect();
    let gone = before
        .iter()
        .filter(|row| !kept.contains(&row.region))
        .map(|row| row.region.clone())
        .collect();
    (changed, gone)
}

/// Points that a door brings on the whole: every fifth one opens for a conversation.
pub fn points_a_door(doors: &Doors) -> f64 {
    doors.door.as_f64() + doors.conversation.as_f64() / 5.0
}

/// A gap in points as doors, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is what is wanted"
)]
pub fn in_doors(doors: &Doors, gap: Points) -> u64 {
    let each = points_a_door(doors).max(0.01);
    ((gap.as_f64() / each).round() as u64).max(1)
}

/// The child of `board` that `region` belongs to; `None` for the region itself and for others.
pub fn child_of(board: &RegionCode, region: &RegionCode) -> Option<RegionCode> {
    region
        .ancestors_and_self()
        .find(|above| above.parent().as_ref() == Some(board))
}

/// The race people of `region` care for first: the one their county runs in, as the board's region
/// and their own entry. In a shallower tree, the deepest there is.
pub fn own_race(region: &RegionCode) -> (RegionCode, Option<RegionCode>) {
    let path: Vec<RegionCode> = region.ancestors_and_self().collect();
    match path.as_slice() {
        [_, state, county, ..] => (state.clone(), Some(county.clone())),
        [root, state] => (root.clone(), Some(state.clone())),
        _ => (region.clone(), None),
    }
}

#[cfg(test)]
mod tests;

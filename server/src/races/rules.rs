//! How a board comes about: pure (scoring.md, "The race: Pace against par"; "Weeks, seasons, ties").

use std::collections::BTreeMap;

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
    let kept: BTreeMap<&RegionCode, ()> = after.iter().map(|row| (&row.region, ())).collect();
    let changed = after
        .iter()
        .filter(|row| known.get(&row.region) != Some(row))
        .cloned()
        .collect();
    let gone = before
        .iter()
        .filter(|row| !kept.contains_key(&row.region))
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
mod tests {
    use super::*;
    use crate::ledger::ScoringConfig;

    fn numbers() -> RaceNumbers {
        ScoringConfig::shipped().unwrap().race
    }

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    fn at(text: &str) -> Instant {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    fn week() -> Week {
        "2026-W47".parse().unwrap()
    }

    fn child(name: &str, points: i64, members: u32) -> Child {
        Child {
            code: code(&format!("us-{name}")),
            name: name.to_uppercase(),
            zone: chrono_tz::America::New_York,
            total: Total {
                points: Points::whole(points),
                active: members / 2,
                members,
            },
        }
    }

    fn live(children: &[Child], stage: Stage) -> Ranked {
        let now = at("2026-11-19T19:30:00Z"); // the middle of the week in New York
        board(
            &numbers(),
            week(),
            now,
            children,
            stage,
            Draws::Fresh(seed(&code("us"), week())),
        )
    }

    #[test]
    fn a_board_ranks_by_pace_and_lists_the_rest_by_points() {
        let children = [
            child("oh", 500, 40),
            child("ma", 300, 12),
            child("tx", 700, 90),
            child("vt", 900, 3),
            child("gu", 5, 0),
            child("as", 0, 0),
        ];
        let ranked = live(&children, Stage::Open);
        assert!(ranked.live);
        let told: Vec<_> = ranked
            .rows
            .iter()
            .map(|row| (row.region.as_str(), row.rank))
            .collect();
        assert_eq!(
            told,
            [
                ("us-ma", Some(1)),
                ("us-oh", Some(2)),
                ("us-tx", Some(3)),
                ("us-vt", None),
                ("us-gu", None)
            ]
        );
        assert!(!ranked.rows[4].made_par, "nothing was expected of it");
        let first = serde_json::to_value(&ranked.rows[0]).unwrap();
        assert_eq!(first["points"], 300);
        assert_eq!(first["to_next"], serde_json::Value::Null);
        let last = serde_json::to_value(&ranked.rows[3]).unwrap();
        for null in [
            "rank",
            "rank_low",
            "rank_high",
            "pace",
            "pace_low",
            "pace_high",
            "to_next",
        ] {
            assert!(last[null].is_null(), "{null}");
        }
        assert_eq!(
            live(&children, Stage::Open).rows,
            ranked.rows,
            "the seed decides the draws"
        );
    }

    #[test]
    fn a_first_week_and_an_hour_without_expectation_rank_nobody() {
        let children = [
            child("oh", 500, 40),
            child("ma", 300, 12),
            child("tx", 700, 90),
        ];
        let warming = live(&children, Stage::FirstWeek);
        assert!(!warming.live && warming.rows.iter().all(|row| row.pace.is_none()));
        let monday = at("2026-11-16T10:00:00Z");
        let early = board(
            &numbers(),
            week(),
            monday,
            &children,
            Stage::Open,
            Draws::Fresh(1),
        );
        assert!(!early.live && early.rows.len() == 3);
        assert_eq!(early.rows[0].region, code("us-tx"), "by points");
    }

    #[test]
    fn a_race_closes_with_its_last_child_and_is_final_two_days_later() {
        let zones = vec![chrono_tz::America::New_York, chrono_tz::Pacific::Honolulu];
        let hours = Hours::of(week(), zones, 48);
        assert_eq!(hours.close, at("2026-11-23T10:00:00Z"));
        let first = Some(week().prev());
        assert_eq!(
            hours.stage(week(), at("2026-11-23T09:59:59Z"), first),
            Stage::Open
        );
        assert_eq!(
            hours.stage(week(), at("2026-11-23T10:00:00Z"), first),
            Stage::Closed
        );
        assert_eq!(
            hours.stage(week(), at("2026-11-20T10:00:00Z"), Some(week())),
            Stage::FirstWeek
        );
        assert_eq!(
            hours.stage(week(), at("2026-11-20T10:00:00Z"), None),
            Stage::FirstWeek
        );
        assert_eq!(hours.status(at("2026-11-25T09:59:59Z"), true), Status::Live);
        assert_eq!(
            hours.status(at("2026-11-25T10:00:00Z"), false),
            Status::Final
        );
    }

    #[test]
    fn only_what_changed_is_told() {
        let before = live(
            &[
                child("oh", 500, 40),
                child("ma", 300, 12),
                child("gu", 5, 0),
            ],
            Stage::FirstWeek,
        )
        .rows;
        let after = live(
            &[
                child("oh", 500, 40),
                child("ma", 310, 12),
                child("vt", 1, 3),
            ],
            Stage::FirstWeek,
        )
        .rows;
        let (changed, gone) = changes(&before, &after);
        let codes: Vec<&str> = changed.iter().map(|row| row.region.as_str()).collect();
        assert!(codes.contains(&"us-ma") && codes.contains(&"us-vt"));
        assert_eq!(gone, [code("us-gu")]);
        assert_eq!(changes(&after, &after), (vec![], vec![]));
    }

    #[test]
    fn a_gap_is_told_in_doors() {
        let doors = ScoringConfig::shipped().unwrap().doors;
        assert!((points_a_door(&doors) - 2.8).abs() < 1e-9);
        assert_eq!(in_doors(&doors, Points::whole(28)), 10);
        assert_eq!(in_doors(&doors, Points::from_hundredths(1)), 1);
    }

    #[test]
    fn people_care_first_for_the_race_of_their_county() {
        let race = |text| own_race(&code(text));
        assert_eq!(
            race("us-oh-39049-43215"),
            (code("us-oh"), Some(code("us-oh-39049")))
        );
        assert_eq!(race("us-oh"), (code("us"), Some(code("us-oh"))));
        assert_eq!(race("us"), (code("us"), None));
        assert_eq!(
            child_of(&code("us"), &code("us-oh-39049")),
            Some(code("us-oh"))
        );
        assert_eq!(child_of(&code("us-oh"), &code("us-oh")), None);
        assert_eq!(child_of(&code("us-tx"), &code("us-oh-39049")), None);
    }
}

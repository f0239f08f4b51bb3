//! What a board shows of made-up regions.

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
            version: 1,
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

//! What a crowd writes.

use std::collections::HashSet;

use super::*;
use crate::regions::Tree;

const MEMBERS: usize = 400;

fn now() -> Instant {
    serde_json::from_str("\"2026-11-21T15:00:00Z\"").unwrap()
}

fn homes() -> Vec<Home> {
    let tree = Tree::embedded().unwrap();
    let home = |zip: &str| Home::of(&tree, zip).unwrap();
    ["27601", "27701", "28202", "43202"].map(home).to_vec()
}

fn crowd() -> (Roll, Vec<Week>, Vec<Wrote>) {
    let (crowd, roll) = Crowd::gather(&homes(), MEMBERS, 4, now(), 7);
    let weeks = crowd.weeks().to_vec();
    let scoring = ScoringConfig::shipped().unwrap();
    (roll, weeks, crowd.entries(scoring, 8_000).collect())
}

#[test]
fn a_crowd_writes_as_many_entries_as_were_wanted_in_the_order_of_time() {
    let (roll, weeks, entries) = crowd();
    assert_eq!(roll.people.len(), MEMBERS);
    assert_eq!(entries.len(), 8_000);
    assert!(
        entries
            .windows(2)
            .all(|two| two[0].line.created_at <= two[1].line.created_at)
    );
    let in_week = |week: &Week| {
        let name = week.to_string();
        entries.iter().filter(|one| one.line.week == name).count()
    };
    let counts: Vec<usize> = weeks.iter().map(in_week).collect();
    assert!(counts.iter().all(|count| *count > 1_000), "{counts:?}");
    assert_eq!(counts.iter().sum::<usize>(), 8_000, "no other week");
}

#[test]
fn every_line_is_one_that_people_could_have_written() {
    let (roll, _, entries) = crowd();
    let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
    let mut decided = 0;
    for wrote in &entries {
        let (who, line) = (&roll.people[wrote.who], &wrote.line);
        assert_eq!((line.volunteer_id, &line.region), (who.id, &who.region));
        assert!(line.occurred_at > who.joined_at && line.created_at >= line.occurred_at);
        let lines = std::iter::once(line).chain(&wrote.correction);
        for line in lines {
            assert!(line.created_at < now());
            assert!(ids.insert((line.volunteer_id, line.id)), "a number once");
            assert!(keys.insert((line.volunteer_id, &line.key)), "a key once");
        }
        if let Some(correction) = &wrote.correction {
            assert_eq!(correction.corrects, Some(line.id));
            assert_eq!(wrote.state.decided_at, Some(correction.created_at));
            decided += 1;
        } else {
            assert_eq!(wrote.state.state, line.verification);
        }
    }
    assert!((400..1_200).contains(&decided), "{decided}");
}

#[test]
fn the_same_seed_makes_the_same_ledger() {
    let once = crowd().2;
    let again = crowd().2;
    let lines = |all: &[Wrote]| all.iter().map(|one| one.line.clone()).collect::<Vec<_>>();
    assert_eq!(lines(&once), lines(&again));
}

//! Filters that look at the calendar: the person's own time, and what they have taken on.

use super::*;

#[test]
fn every_third_a_task_touches_must_be_free_unless_nothing_was_declared() {
    let ground = Ground::new();
    let long = ground.at("2026-11-21T15:00:00Z", "2026-11-21T18:00:00Z");
    let long = TaskView {
        when: long,
        ..doors()
    };
    let mornings = PersonView {
        availability: Some(free_on(&["sat-am"])),
        ..ada()
    };
    let afternoon = Slot::from_key("sat-pm").unwrap();
    assert_eq!(codes(&mornings, &doors()), [""; 0]);
    assert_eq!(
        verdict(&mornings, &long),
        [WhyNot::Availability { slot: afternoon }]
    );
    let cleared = PersonView {
        availability: Some(free_on(&[])),
        ..ada()
    };
    assert_eq!(codes(&cleared, &long), [""; 0]);
    let flexible = TaskView {
        when: When::default(),
        ..doors()
    };
    assert_eq!(codes(&mornings, &flexible), [""; 0]);
}

#[test]
fn half_an_hour_is_kept_between_two_commitments() {
    let ground = Ground::new();
    let busy = |starts, ends| PersonView {
        commitments: vec![ground.commitment(99, starts, ends, 60)],
        ..ada()
    };
    // The task runs from 15:00 to 17:00 UTC.
    assert_eq!(
        codes(
            &busy("2026-11-21T13:00:00Z", "2026-11-21T14:31:00Z"),
            &doors()
        ),
        ["overlap"]
    );
    assert_eq!(
        codes(
            &busy("2026-11-21T13:00:00Z", "2026-11-21T14:30:00Z"),
            &doors()
        ),
        [""; 0]
    );
    assert_eq!(
        codes(
            &busy("2026-11-21T17:29:00Z", "2026-11-21T18:00:00Z"),
            &doors()
        ),
        ["overlap"]
    );
    assert_eq!(
        codes(
            &busy("2026-11-21T17:30:00Z", "2026-11-21T18:00:00Z"),
            &doors()
        ),
        [""; 0]
    );
    assert_eq!(
        codes(
            &busy("2026-11-21T12:00:00Z", "2026-11-21T20:00:00Z"),
            &doors()
        ),
        ["overlap"]
    );
}

#[test]
fn who_is_going_is_not_asked_again() {
    let ground = Ground::new();
    let going = ground.commitment(7, "2026-11-21T15:00:00Z", "2026-11-21T17:00:00Z", 120);
    assert_eq!(
        codes(
            &PersonView {
                commitments: vec![going],
                ..ada()
            },
            &doors()
        ),
        ["already_going"]
    );
}

#[test]
fn not_now_passes_and_never_does_not() {
    let until = utc("2026-11-18T15:00:01Z");
    let snoozed = PersonView {
        snoozed: [(7, until)].into(),
        ..ada()
    };
    assert_eq!(verdict(&snoozed, &doors()), [WhyNot::Snoozed { until }]);
    let rested = PersonView {
        snoozed: [(7, now())].into(),
        ..ada()
    };
    assert_eq!(codes(&rested, &doors()), [""; 0]);
    assert_eq!(
        codes(
            &PersonView {
                declined: [7].into(),
                ..ada()
            },
            &doors()
        ),
        ["declined"]
    );
    let blocked = PersonView {
        blocked_kinds: ["doors".to_owned()].into(),
        ..ada()
    };
    assert_eq!(codes(&blocked, &doors()), ["blocked"]);
}

#[test]
fn hours_count_in_the_week_of_the_task() {
    let ground = Ground::new();
    let with = |day: &str, minutes| PersonView {
        commitments: vec![ground.commitment(
            99,
            &format!("{day}T20:00:00Z"),
            &format!("{day}T21:00:00Z"),
            minutes,
        )],
        ..ada()
    };
    assert_eq!(codes(&with("2026-11-22", 240), &doors()), [""; 0]);
    assert_eq!(
        verdict(&with("2026-11-22", 243), &doors()),
        [WhyNot::WeeklyHours {
            hours: 6.1,
            cap: 6.0
        }]
    );
    // Monday is another week.
    assert_eq!(codes(&with("2026-11-23", 900), &doors()), [""; 0]);
    let worked = PersonView {
        worked_minutes: 241,
        ..ada()
    };
    assert_eq!(codes(&worked, &doors()), ["weekly_hours"]);
    let willing = PersonView {
        weekly_hours: Some(10.0),
        ..worked
    };
    assert_eq!(codes(&willing, &doors()), [""; 0]);
}

use super::super::codes::Sentence;
use super::super::features::{Certificate, LanguageNeed};
use super::super::geo::Place;
use super::super::sample::{Ground, ada, free_on, now, utc};
use super::super::when::Slot;
use super::*;
use chrono::NaiveDate;

fn verdict(person: &PersonView, task: &TaskView) -> Vec<WhyNot> {
    let ground = Ground::new();
    let codes = check(person, task, &ground.context())
        .err()
        .unwrap_or_default();
    assert_eq!(passes(person, task, &ground.context()), codes.is_empty());
    codes
}

fn codes(person: &PersonView, task: &TaskView) -> Vec<&'static str> {
    verdict(person, task).iter().map(Sentence::code).collect()
}

fn doors() -> TaskView {
    Ground::new().doors(7)
}

mod calendar;

#[test]
fn a_task_nearby_is_open_to_somebody_who_has_told_nothing() {
    assert_eq!(codes(&ada(), &doors()), [""; 0]);
}

#[test]
fn a_draft_and_a_closed_task_are_not_open() {
    for status in [TaskStatus::Draft, TaskStatus::Closed] {
        assert_eq!(codes(&ada(), &TaskView { status, ..doors() }), ["not_open"]);
    }
}

#[test]
fn a_task_that_has_begun_or_run_out_is_over() {
    let ground = Ground::new();
    let begun = ground.at("2026-11-18T15:00:00Z", "2026-11-18T17:00:00Z");
    let run_out = When::Flexible { until: Some(now()) };
    for when in [begun, run_out] {
        assert_eq!(codes(&ada(), &TaskView { when, ..doors() }), ["over"]);
    }
    let soon = ground.at("2026-11-18T15:01:00Z", "2026-11-18T17:00:00Z");
    assert_eq!(
        codes(
            &ada(),
            &TaskView {
                when: soon,
                ..doors()
            }
        ),
        [""; 0]
    );
}

#[test]
fn two_open_invitations_take_the_last_place_and_one_does_not() {
    let task = |accepted, pending| TaskView {
        accepted,
        pending,
        ..doors()
    };
    assert_eq!(codes(&ada(), &task(4, 0)), ["full"]);
    assert_eq!(codes(&ada(), &task(3, 2)), ["full"]);
    assert_eq!(codes(&ada(), &task(3, 1)), [""; 0]);
}

#[test]
fn a_task_is_for_the_people_under_its_region() {
    let task = |region: &str| TaskView {
        region: region.into(),
        ..doors()
    };
    for region in ["us", "us-oh", "us-oh-39049", "us-oh-39049-43215"] {
        assert_eq!(codes(&ada(), &task(region)), [""; 0]);
    }
    // A code that merely begins alike is another region.
    for region in ["us-pa", "us-oh-3904", "us-oh-39049-43215-1"] {
        assert_eq!(codes(&ada(), &task(region)), ["region"]);
    }
}

#[test]
fn one_of_the_roles_is_enough() {
    let task = TaskView {
        roles: vec!["captain".into(), "staff".into()],
        ..doors()
    };
    assert_eq!(codes(&ada(), &task), ["role"]);
    let captain = PersonView {
        roles: ["captain".to_owned()].into(),
        ..ada()
    };
    assert_eq!(codes(&captain, &task), [""; 0]);
}

#[test]
fn who_has_not_said_to_be_of_age_is_not() {
    let task = TaskView {
        min_age: Some(18),
        ..doors()
    };
    assert_eq!(verdict(&ada(), &task), [WhyNot::Age { years: 18 }]);
    assert_eq!(
        codes(
            &PersonView {
                age_at_least: 18,
                ..ada()
            },
            &task
        ),
        [""; 0]
    );
}

#[test]
fn distance_is_bounded_by_twice_the_own_travel_by_the_radius_and_by_40_km() {
    // 0.45° of latitude are 50 km, 0.27° are 30 km.
    let at = |lat: f64| TaskView {
        place: Place::new(39.96 + lat, -83.0),
        ..doors()
    };
    let travels = |km| PersonView {
        travel_km: Some(km),
        ..ada()
    };
    assert_eq!(
        verdict(&ada(), &at(0.45)),
        [WhyNot::Distance {
            km: 50.0,
            limit_km: 40.0
        }]
    );
    assert_eq!(codes(&ada(), &at(0.27)), [""; 0]);
    assert_eq!(codes(&travels(26.0), &at(0.45)), [""; 0]);
    assert_eq!(codes(&travels(14.0), &at(0.27)), ["distance"]);
    let bounded = TaskView {
        radius_km: Some(20.0),
        ..at(0.27)
    };
    assert_eq!(codes(&travels(26.0), &bounded), ["distance"]);
    assert_eq!(
        codes(
            &ada(),
            &TaskView {
                remote: true,
                ..at(0.45)
            }
        ),
        [""; 0]
    );
    assert_eq!(
        codes(
            &ada(),
            &TaskView {
                place: None,
                ..doors()
            }
        ),
        [""; 0]
    );
}

#[test]
fn a_required_skill_is_wanted_at_its_level_and_others_are_not() {
    let ground = Ground::new();
    let task = TaskView {
        skills: vec![
            ground.need("gis", 3, true),
            ground.need("driving", 5, false),
        ],
        ..doors()
    };
    let knows = |level| PersonView {
        skills: vec![(ground.skill("gis"), level)],
        ..ada()
    };
    assert_eq!(
        verdict(&knows(2), &task),
        [WhyNot::Skill {
            skill: "gis".into(),
            level: 3
        }]
    );
    assert_eq!(codes(&ada(), &task), ["skill"]);
    assert_eq!(codes(&knows(3), &task), [""; 0]);
}

#[test]
fn a_required_language_is_wanted_at_its_level_and_the_campaigns_own_is_taken_for_granted() {
    let task = |language: &str, required| TaskView {
        languages: vec![LanguageNeed {
            language: language.into(),
            level: 3,
            required,
        }],
        ..doors()
    };
    let speaks = |level| PersonView {
        languages: [("es".to_owned(), level)].into(),
        ..ada()
    };
    assert_eq!(codes(&ada(), &task("es", true)), ["language"]);
    assert_eq!(codes(&ada(), &task("es", false)), [""; 0]);
    assert_eq!(codes(&ada(), &task("en", true)), [""; 0]);
    assert_eq!(codes(&speaks(2), &task("es", true)), ["language"]);
    assert_eq!(codes(&speaks(3), &task("es", true)), [""; 0]);
    assert_eq!(codes(&speaks(3), &task("en", true)), ["language"]);
}

#[test]
fn a_certificate_must_be_handed_in_seen_and_valid_on_the_day() {
    let task = TaskView {
        certificates: vec!["first aid".into()],
        ..doors()
    };
    let holds = |verified, expires: Option<&str>| PersonView {
        certificates: vec![Certificate {
            name: "first aid".into(),
            verified,
            expires: expires.map(|day| day.parse::<NaiveDate>().unwrap()),
        }],
        ..ada()
    };
    assert_eq!(codes(&ada(), &task), ["certificate_missing"]);
    assert_eq!(
        codes(&holds(false, None), &task),
        ["certificate_unverified"]
    );
    assert_eq!(
        codes(&holds(true, Some("2026-11-20")), &task),
        ["certificate_expired"]
    );
    assert_eq!(codes(&holds(true, Some("2026-11-21")), &task), [""; 0]);
    assert_eq!(codes(&holds(true, None), &task), [""; 0]);
}

#[test]
fn a_renewed_certificate_counts_beside_the_old_one() {
    let certificate = |verified, day: &str| Certificate {
        name: "first aid".into(),
        verified,
        expires: Some(day.parse().unwrap()),
    };
    let task = TaskView {
        certificates: vec!["first aid".into()],
        ..doors()
    };
    let ada = PersonView {
        certificates: vec![
            certificate(true, "2025-01-01"),
            certificate(true, "2027-01-01"),
        ],
        ..ada()
    };
    assert_eq!(codes(&ada, &task), [""; 0]);
    let unseen = vec![
        certificate(true, "2025-01-01"),
        certificate(false, "2027-01-01"),
    ];
    assert_eq!(
        codes(
            &PersonView {
                certificates: unseen,
                ..ada
            },
            &task
        ),
        ["certificate_expired"]
    );
}

#[test]
fn a_place_must_offer_what_somebody_needs_but_home_need_not() {
    let ada = PersonView {
        access_needs: ["step-free".to_owned()].into(),
        ..ada()
    };
    assert_eq!(
        verdict(&ada, &doors()),
        [WhyNot::Access {
            need: "step-free".into()
        }]
    );
    assert_eq!(
        codes(
            &ada,
            &TaskView {
                access: vec!["step-free".into()],
                ..doors()
            }
        ),
        [""; 0]
    );
    assert_eq!(
        codes(
            &ada,
            &TaskView {
                remote: true,
                ..doors()
            }
        ),
        [""; 0]
    );
}

#[test]
fn staff_are_told_every_filter_that_failed() {
    let task = TaskView {
        accepted: 4,
        min_age: Some(18),
        region: "us-pa".into(),
        ..doors()
    };
    let ada = PersonView {
        declined: [7].into(),
        ..ada()
    };
    assert_eq!(codes(&ada, &task), ["full", "region", "age", "declined"]);
}

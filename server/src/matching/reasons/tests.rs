use super::super::features::{KindHistory, LanguageNeed};
use super::super::geo::Place;
use super::super::sample::{Ground, ada, free_on, from_home};
use super::super::score::score;
use super::super::when::{Slot, When};
use super::*;

fn said(person: &PersonView, task: &TaskView) -> (Vec<Reason>, Option<Caveat>) {
    let ground = Ground::new();
    let scored = score(person, task, &ground.context());
    explain(person, task, &scored, &ground.context())
}

fn spanish(required: bool) -> LanguageNeed {
    LanguageNeed {
        language: "es".into(),
        level: 3,
        required,
    }
}

fn history(kind: &str, done: u32) -> PersonView {
    let history = KindHistory {
        done,
        accepted: done,
        shown: done,
        not_my_thing: 0,
    };
    PersonView {
        kinds: [(kind.to_owned(), history)].into(),
        rung: 1,
        ..ada()
    }
}

#[test]
fn a_declared_morning_nearby_gives_both_and_no_caveat() {
    let ada = PersonView {
        availability: Some(free_on(&["sat-am"])),
        ..ada()
    };
    let (reasons, caveat) = said(&ada, &Ground::new().doors(7));
    let slot = Slot::from_key("sat-am").unwrap();
    assert_eq!(
        reasons,
        [Reason::Time { slot }, Reason::Distance { km: 1.9 }]
    );
    assert_eq!(caveat, None);
}

#[test]
fn a_guessed_time_is_a_caveat_and_no_reason() {
    let (reasons, caveat) = said(&ada(), &Ground::new().doors(7));
    assert_eq!(reasons, [Reason::Distance { km: 1.9 }, Reason::FirstStep]);
    assert_eq!(caveat, Some(Caveat::TimeGuessed));
}

#[test]
fn the_weightiest_skill_met_is_the_one_named() {
    let mut ground = Ground::new();
    let counts = [("gis", 1), ("driving", 90), ("phone-calls", 1)];
    ground.skills = super::super::skills::Skills::new(counts, 99, 0.1);
    let task = TaskView {
        skills: ["phone-calls", "driving", "gis"]
            .map(|s| ground.need(s, 3, false))
            .into(),
        ..ground.doors(7)
    };
    let skills = [("phone-calls", 2), ("driving", 5), ("gis", 4)];
    let ada = PersonView {
        skills: skills.map(|(s, l)| (ground.skill(s), l)).into(),
        ..ada()
    };
    let scored = score(&ada, &task, &ground.context());
    let (reasons, caveat) = explain(&ada, &task, &scored, &ground.context());
    assert_eq!(
        reasons[0],
        Reason::Skill {
            skill: "gis".into(),
            required: false
        }
    );
    assert_eq!(caveat, Some(Caveat::TimeGuessed));
}

#[test]
fn a_required_language_is_said_before_lesser_things() {
    let speaks = PersonView {
        languages: [("es".to_owned(), 4)].into(),
        ..ada()
    };
    let task = TaskView {
        languages: vec![spanish(true)],
        ..Ground::new().doors(7)
    };
    let (reasons, _) = said(&speaks, &task);
    assert_eq!(
        reasons[0],
        Reason::Language {
            language: "es".into(),
            required: true
        }
    );
}

#[test]
fn spanish_is_told_once_though_it_is_a_skill_and_a_language() {
    let ground = Ground::new();
    let person = PersonView {
        languages: [("es".to_owned(), 5)].into(),
        skills: vec![(ground.skill("spanish"), 5)],
        ..ada()
    };
    let task = TaskView {
        languages: vec![spanish(true)],
        skills: vec![ground.need("spanish", 3, true)],
        ..ground.doors(7)
    };
    let (reasons, _) = said(&person, &task);
    assert_eq!(
        reasons[0],
        Reason::Language {
            language: "es".into(),
            required: true
        }
    );
    assert!(!matches!(reasons[1], Reason::Skill { .. }));
}

#[test]
fn the_next_step_names_what_was_done_most() {
    let ground = Ground::new();
    let task = TaskView {
        rung: 2,
        remote: false,
        place: None,
        ..ground.doors(7)
    };
    let (reasons, _) = said(&history("calls", 3), &task);
    assert_eq!(
        reasons[0],
        Reason::NextStep {
            kind: "calls".into(),
            count: 3
        }
    );
}

#[test]
fn the_same_kind_again_is_told_as_experience() {
    let (reasons, _) = said(&history("doors", 3), &Ground::new().doors(7));
    assert_eq!(
        reasons,
        [
            Reason::Distance { km: 1.9 },
            Reason::DoneBefore {
                kind: "doors".into(),
                count: 3
            }
        ]
    );
}

#[test]
fn from_home_and_at_any_time_are_reasons() {
    let (reasons, caveat) = said(&ada(), &from_home(3, "calls"));
    assert_eq!(reasons, [Reason::Home { minutes: 10 }, Reason::AnyTime]);
    assert_eq!(caveat, None);
}

#[test]
fn a_declared_interest_is_told_unless_it_was_taken_back() {
    let task = TaskView {
        rung: 3,
        place: None,
        ..Ground::new().doors(7)
    };
    let fond = PersonView {
        interests: ["doors".to_owned()].into(),
        ..ada()
    };
    assert_eq!(
        said(&fond, &task).0,
        [Reason::Enjoys {
            kind: "doors".into()
        }]
    );
    let passed = KindHistory {
        not_my_thing: 1,
        ..KindHistory::default()
    };
    let tired = PersonView {
        kinds: [("doors".to_owned(), passed)].into(),
        ..fond
    };
    assert_eq!(said(&tired, &task).0, []);
}

#[test]
fn the_caveat_is_the_doubt_that_costs_most() {
    let ground = Ground::new();
    let doors = ground.doors(7);
    let free = PersonView {
        availability: Some(free_on(&["sat-am"])),
        ..ada()
    };
    let skilled = PersonView {
        skills: vec![(ground.skill("driving"), 3)],
        ..free.clone()
    };
    let asks = TaskView {
        skills: vec![ground.need("gis", 2, false)],
        ..doors.clone()
    };
    let far = TaskView {
        place: Place::new(40.1, -83.0),
        ..doors.clone()
    };
    let short = PersonView {
        travel_km: Some(10.0),
        ..free.clone()
    };
    let leap = TaskView {
        rung: 4,
        ..doors.clone()
    };
    let nowhere = TaskView {
        place: None,
        ..doors.clone()
    };
    let in_spanish = TaskView {
        languages: vec![spanish(false)],
        ..doors
    };
    for (person, task, caveat) in [
        (&free, &asks, Caveat::SkillsUnknown),
        (
            &skilled,
            &asks,
            Caveat::SkillMissing {
                skill: "gis".into(),
            },
        ),
        (&free, &far, Caveat::TravelGuessed { km: 15.6 }),
        (&short, &far, Caveat::Farther { km: 15.6 }),
        (&free, &leap, Caveat::BigStep),
        (&free, &nowhere, Caveat::DistanceUnknown),
        (
            &free,
            &in_spanish,
            Caveat::LanguageWanted {
                language: "es".into(),
            },
        ),
    ] {
        assert_eq!(said(person, task).1, Some(caveat));
    }
}

#[test]
fn a_far_place_is_no_reason_to_go() {
    let far = TaskView {
        place: Place::new(40.1, -83.0),
        when: When::default(),
        ..Ground::new().doors(7)
    };
    let (reasons, _) = said(&ada(), &far);
    assert_eq!(reasons, [Reason::AnyTime, Reason::FirstStep]);
}

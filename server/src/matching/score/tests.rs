use super::super::features::{Commitment, KindHistory, LanguageNeed};
use super::super::sample::{Ground, ada, free_on, from_home, now};
use super::super::when::When;
use super::*;
use chrono::Duration;

fn near(left: f64, right: f64) {
    assert!((left - right).abs() < 1e-9, "{left} is not {right}");
}

fn judged(person: &PersonView, task: &TaskView) -> Scored {
    score(person, task, &Ground::new().context())
}

fn feature(term: Term, person: &PersonView, task: &TaskView) -> f64 {
    judged(person, task).features[term as usize]
}

#[test]
fn a_newcomer_and_a_task_by_phone_from_home_come_out_as_computed_by_hand() {
    let ground = Ground::new();
    let scored = judged(&ada(), &from_home(3, "calls"));
    let expected = [0.45, 0.85, 0.9, 1.0, 0.3, 0.5, 0.0];
    for (feature, expected) in scored.features.into_iter().zip(expected) {
        near(feature, expected);
    }
    // .135 + .187 + .162 + .12 + .03 + .02 = .654; −6.8 + 8·.654 = −1.568; σ = .172509…
    near(scored.p, 1.0 / (1.0 + 1.568_f64.exp()));
    // Empty and without a deadline: need 1, ψ 1, priority 1.
    near(scored.rank, scored.p * 1.5);
    near(scored.terms(&ground.context())[0], 0.135);
}

#[test]
fn skills_count_by_rarity_importance_and_level() {
    let mut ground = Ground::new();
    ground.skills = super::super::skills::Skills::new([("gis", 9), ("driving", 99)], 99, 0.1);
    let mut task = ground.doors(7);
    task.skills = vec![
        ground.need("gis", 4, false),
        ground.need("driving", 1, false),
    ];
    task.skills[1].weight = 2.0;
    let gis = ground.skill("gis");
    let person = PersonView {
        skills: vec![(gis, 3)],
        ..ada()
    };
    let scored = score(&person, &task, &ground.context());
    let rare = 10.0_f64.ln();
    near(scored.features[0], rare * 0.75 / (rare + 0.2));
}

#[test]
fn knowing_nothing_is_a_guess_knowing_the_wrong_thing_is_not() {
    let ground = Ground::new();
    let asking = TaskView {
        skills: vec![ground.need("gis", 2, false)],
        ..ground.doors(7)
    };
    let person = |slug| PersonView {
        skills: vec![(ground.skill(slug), 5)],
        ..ada()
    };
    near(feature(Term::Skill, &ada(), &asking), 0.45);
    near(
        feature(Term::Skill, &person("driving"), &ground.doors(7)),
        0.45,
    );
    near(feature(Term::Skill, &person("driving"), &asking), 0.0);
    near(feature(Term::Skill, &person("gis"), &asking), 1.0);
}

#[test]
fn distance_fades_over_8_km_in_town_and_20_in_the_country() {
    let task = Ground::new().doors(7);
    let km = judged(&ada(), &task).km.unwrap();
    assert!((km - 1.89).abs() < 0.01, "{km}");
    near(feature(Term::Distance, &ada(), &task), (-km / 8.0).exp());
    let rural = PersonView {
        rural: true,
        ..ada()
    };
    near(feature(Term::Distance, &rural, &task), (-km / 20.0).exp());
    let shy = PersonView {
        too_far: 2,
        ..ada()
    };
    near(
        feature(Term::Distance, &shy, &task),
        (-km / (8.0 * 0.64)).exp(),
    );
    let very_shy = PersonView {
        too_far: 50,
        ..ada()
    };
    near(
        feature(Term::Distance, &very_shy, &task),
        (-km / (8.0 * 0.4)).exp(),
    );
}

#[test]
fn a_declared_time_beats_a_flexible_one_and_that_a_guess() {
    let ground = Ground::new();
    let declared = PersonView {
        availability: Some(free_on(&["sat-am"])),
        ..ada()
    };
    let remote = TaskView {
        remote: true,
        ..ground.doors(7)
    };
    let flexible = TaskView {
        when: When::default(),
        ..ground.doors(7)
    };
    near(feature(Term::Time, &declared, &ground.doors(7)), 1.0);
    near(feature(Term::Time, &declared, &remote), 1.0);
    near(feature(Term::Time, &declared, &flexible), 0.9);
    near(feature(Term::Time, &ada(), &remote), 0.9);
    near(feature(Term::Time, &ada(), &ground.doors(7)), 0.55);
}

#[test]
fn the_next_rung_is_best_and_a_leap_the_worst() {
    let ground = Ground::new();
    let on = |rung| PersonView { rung, ..ada() };
    let task = |rung| TaskView {
        rung,
        ..ground.doors(7)
    };
    for (person, rung, expected) in [
        (0, 1, 1.0),
        (2, 2, 0.85),
        (3, 1, 0.55),
        (1, 3, 0.35),
        (1, 4, 0.05),
        (0, 6, 0.05),
    ] {
        near(feature(Term::Ladder, &on(person), &task(rung)), expected);
    }
}

#[test]
fn interest_follows_what_was_taken_of_what_was_offered() {
    let ground = Ground::new();
    let with = |shown, accepted, not_my_thing| {
        let history = KindHistory {
            shown,
            accepted,
            not_my_thing,
            done: 0,
        };
        PersonView {
            kinds: [("doors".to_owned(), history)].into(),
            ..ada()
        }
    };
    let of = |person: &PersonView| feature(Term::Interest, person, &ground.doors(7));
    near(of(&ada()), 0.15 / 0.5);
    near(of(&with(10, 3, 0)), (3.9 / 16.0) / 0.5);
    near(of(&with(20, 19, 0)), 1.0);
    near(of(&with(10, 3, 2)), (3.9 / 22.0) / 0.5);
    // Accepted from invitations only.
    near(of(&with(0, 4, 0)), (4.9_f64 / 10.0) / 0.5);
    let fond = PersonView {
        interests: ["doors".to_owned()].into(),
        ..ada()
    };
    near(of(&fond), (2.9 / 8.0) / 0.5);
}

#[test]
fn a_welcome_language_counts_in_three_steps() {
    let ground = Ground::new();
    let need = LanguageNeed {
        language: "es".into(),
        level: 3,
        required: false,
    };
    let task = TaskView {
        languages: vec![need],
        ..ground.doors(7)
    };
    let speaks = |level| PersonView {
        languages: [("es".to_owned(), level)].into(),
        ..ada()
    };
    near(feature(Term::Language, &ada(), &ground.doors(7)), 0.5);
    near(feature(Term::Language, &ada(), &task), 0.0);
    near(feature(Term::Language, &speaks(2), &task), 0.5);
    near(feature(Term::Language, &speaks(4), &task), 1.0);
}

#[test]
fn somebody_known_counts_once() {
    let ground = Ground::new();
    let task = TaskView {
        going: vec![5, 6, 8],
        ..ground.doors(7)
    };
    near(
        feature(
            Term::Known,
            &PersonView {
                knows: [9].into(),
                ..ada()
            },
            &task,
        ),
        0.0,
    );
    near(
        feature(
            Term::Known,
            &PersonView {
                knows: [6, 8].into(),
                ..ada()
            },
            &task,
        ),
        1.0,
    );
}

#[test]
fn what_people_take_less_than_foreseen_is_foreseen_less() {
    let ground = Ground::new();
    let plain = ground.doors(7);
    let shunned = TaskView {
        accepts: 1.0,
        expected: 7.0,
        ..plain.clone()
    };
    near(judged(&ada(), &shunned).p, judged(&ada(), &plain).p * 0.5);
    let loved = TaskView {
        accepts: 1e6,
        ..plain
    };
    near(judged(&ada(), &loved).p, 1.0);
}

#[test]
fn equity_acts_on_the_chance_and_not_on_the_sum() {
    let ground = Ground::new();
    let task = TaskView {
        when: When::Flexible {
            until: Some(now() + Duration::hours(48)),
        },
        slots: 10,
        accepted: 4,
        pending: 2,
        exposure: 3.0,
        priority: 1.2,
        ..ground.doors(7)
    };
    let scored = judged(&ada(), &task);
    // free 5, need .2, x .4, urgency 1.25.
    let psi = (1.0 - (-0.6_f64).exp()) / (1.0 - (-1.0_f64).exp());
    near(scored.rank, scored.p * 1.1 * psi.sqrt() * 1.2 * 1.25);
    let calm = TaskView {
        priority: 99.0,
        when: When::default(),
        ..task
    };
    near(
        judged(&ada(), &calm).rank,
        judged(&ada(), &calm).p * 1.1 * psi.sqrt() * 2.0,
    );
}

#[test]
fn what_was_accepted_changes_no_score() {
    // Commitments are the filters' business.
    let ground = Ground::new();
    let commitment = Commitment {
        task: 9,
        when: When::default(),
        minutes: 60,
    };
    let busy = PersonView {
        commitments: vec![commitment],
        ..ada()
    };
    assert_eq!(
        judged(&busy, &ground.doors(7)),
        judged(&ada(), &ground.doors(7))
    );
}

//! What must hold for any person and any tasks, however odd the numbers in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;

use super::candidates::candidates;
use super::codes::Reason;
use super::features::{KindHistory, LanguageNeed, PersonView, SkillNeed, TaskStatus, TaskView};
use super::filter;
use super::geo::Place;
use super::list::suggest;
use super::sample::{Ground, now};
use super::score::score;
use super::skills::SkillId;
use super::when::{Slots, When};

/// Made once: reading the settings thousands of times would take most of the time.
static GROUND: LazyLock<Ground> = LazyLock::new(Ground::new);

const SLUGS: [&str; 4] = ["phone-calls", "spanish", "gis", "driving"];
const KINDS: [&str; 4] = ["doors", "calls", "event_attended", "translation"];
const TAGS: [&str; 3] = ["en", "es", "zh"];

fn skill() -> impl Strategy<Value = SkillId> {
    (0..SLUGS.len()).prop_map(|place| GROUND.skill(SLUGS[place]))
}

fn place() -> impl Strategy<Value = Option<Place>> {
    (39.5..40.5_f64, -83.5..-82.5_f64).prop_map(|(lat, lon)| Place::new(lat, lon))
}

/// Numbers nobody should send, NaN and the endless ones among them.
fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![3 => 0.0..20.0_f64, 1 => proptest::num::f64::ANY]
}

fn region() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just("us"), 2 => Just("us-oh-39049"), 1 => Just("us-pa")]
        .prop_map(str::to_owned)
}

fn person() -> impl Strategy<Value = PersonView> {
    let history = (0..30_u32, 0..30_u32, 0..5_u32, 0..3_u32).prop_map(
        |(shown, accepted, done, not_my_thing)| KindHistory {
            shown,
            accepted,
            done,
            not_my_thing,
        },
    );
    let declared = (
        vec((skill(), 0..=5_u8), 0..4),
        vec((0..TAGS.len(), 1..=5_u8), 0..3),
        proptest::option::of(any::<[bool; 21]>()),
        vec(0..KINDS.len(), 0..3),
        proptest::option::of(wild()),
    );
    let lived = (
        vec((0..KINDS.len(), history), 0..4),
        0..=7_u8,
        vec(0..40_i64, 0..6),
        any::<bool>(),
        any::<bool>(),
        0..4_u32,
    );
    (place(), declared, lived).prop_map(|(place, declared, lived)| {
        let (skills, languages, availability, interests, travel_km) = declared;
        let (kinds, rung, knows, rural, first_visit, too_far) = lived;
        let kind = |at: usize| KINDS[at].to_owned();
        PersonView {
            place,
            skills,
            languages: languages
                .into_iter()
                .map(|(at, l)| (TAGS[at].to_owned(), l))
                .collect(),
            availability: availability.map(|flags| Slots::from_flags(&flags)),
            interests: interests.into_iter().map(kind).collect(),
            travel_km,
            kinds: kinds
                .into_iter()
                .map(|(at, history)| (kind(at), history))
                .collect(),
            rung,
            knows: knows.into_iter().collect(),
            rural,
            first_visit,
            too_far,
            weekly_hours: Some(40.0),
            ..PersonView::new(1, "us-oh-39049-43215")
        }
    })
}

fn task() -> impl Strategy<Value = TaskView> {
    let need =
        (skill(), 0..=5_u8, any::<bool>(), wild()).prop_map(|(skill, level, required, weight)| {
            SkillNeed {
                skill,
                level,
                required,
                weight,
            }
        });
    let tongue =
        (0..TAGS.len(), 0..=5_u8, any::<bool>()).prop_map(|(at, level, required)| LanguageNeed {
            language: TAGS[at].to_owned(),
            level,
            required,
        });
    let when = proptest::option::of((-24..200_i64, 1..40_i64)).prop_map(|time| {
        let starts = time.map(|(hours, _)| now() + chrono::Duration::hours(hours));
        let ends = time.map(|(from, long)| now() + chrono::Duration::hours(from + long));
        let rules = &GROUND.config.time;
        When::new(starts, ends, 60, &chrono_tz::America::New_York, rules)
    });
    let asked = (
        vec(need, 0..3),
        vec(tongue, 0..2),
        when,
        0..=7_u8,
        1..200_u32,
        region(),
    );
    let state = (
        0..5_u32,
        0..5_u32,
        0..5_u32,
        wild(),
        wild(),
        wild(),
        wild(),
        0..50_u32,
    );
    let rest = (
        0..KINDS.len(),
        any::<bool>(),
        any::<bool>(),
        vec(0..40_i64, 0..4),
        proptest::option::of(0..72_i64),
    );
    (proptest::option::of(place()), asked, state, rest).prop_map(|(place, asked, state, rest)| {
        let (skills, languages, when, rung, minutes, region) = asked;
        let (slots, accepted, pending, priority, accepts, expected, exposure, shown) = state;
        let (kind, remote, open, going, unseen) = rest;
        TaskView {
            place: place.flatten(),
            skills,
            languages,
            when,
            rung,
            minutes,
            slots,
            accepted,
            pending,
            priority,
            accepts,
            expected,
            exposure,
            shown,
            remote,
            going,
            status: if open {
                TaskStatus::Open
            } else {
                TaskStatus::Closed
            },
            unseen_since: unseen.map(|hours| now() - chrono::Duration::hours(hours)),
            ..TaskView::new(0, KINDS[kind], &region)
        }
    })
}

fn tasks() -> impl Strategy<Value = Vec<TaskView>> {
    vec(task(), 0..40).prop_map(|mut tasks| {
        for (task, id) in tasks.iter_mut().zip(1..) {
            task.id = id;
        }
        tasks
    })
}

/// Whether a reason states a fact, read from the profile and the task alone.
fn is_true(reason: &Reason, person: &PersonView, task: &TaskView, ground: &Ground) -> bool {
    let done = |kind: &str| person.kinds.get(kind).map_or(0, |history| history.done);
    match reason {
        Reason::Skill { skill, required } => {
            let id = ground.skill(skill);
            let asked = task.skills.iter().any(|need| {
                need.skill == id && need.required == *required && need.level <= person.level(id)
            });
            asked && person.level(id) > 0
        }
        Reason::Language { language, required } => {
            let level = person.languages.get(language).copied().unwrap_or(0);
            let met = |need: &LanguageNeed| need.language == *language && need.level <= level;
            level > 0
                && task
                    .languages
                    .iter()
                    .any(|need| met(need) && need.required == *required)
        }
        Reason::Distance { km } => {
            let really = person.place.unwrap().km_to(task.place.unwrap());
            !task.remote && (really - km).abs() <= 0.051
        }
        Reason::Home { minutes } => task.remote && task.minutes == *minutes,
        Reason::Time { slot } => {
            let free = person.availability.unwrap();
            free.contains(*slot) && task.when.span().unwrap().first == *slot
        }
        Reason::AnyTime => task.when.span().is_none(),
        Reason::FirstStep => person.rung == 0 && task.rung == 1,
        Reason::NextStep { kind, count } => {
            task.rung == person.rung + 1 && done(kind) == *count && *count > 0
        }
        Reason::DoneBefore { kind, count } => {
            *kind == task.kind && done(kind) == *count && *count > 0
        }
        Reason::SaidYes { kind, count } => {
            *kind == task.kind && person.kinds[kind].accepted == *count && *count > 0
        }
        Reason::Enjoys { kind } => *kind == task.kind && person.interests.contains(kind),
        Reason::KnownPerson => task.going.iter().any(|id| person.knows.contains(id)),
    }
}

proptest! {
    #[test]
    fn every_number_is_a_number_within_its_bounds(person in person(), task in task()) {
        let ground = &*GROUND;
        let scored = score(&person, &task, &ground.context());
        for feature in scored.features {
            prop_assert!((0.0..=1.0).contains(&feature), "{:?}", scored);
        }
        prop_assert!((0.0..=1.0).contains(&scored.p), "{:?}", scored);
        prop_assert!(scored.rank >= 0.0 && scored.rank.is_finite(), "{:?}", scored);
    }

    #[test]
    fn adding_a_matching_skill_or_raising_its_level_never_lowers_a_score(
        person in person(), mut task in task(), need in 0..3_usize, level in 1..=5_u8,
    ) {
        let ground = &*GROUND;
        if task.skills.is_empty() {
            task.skills.push(ground.need("gis", 3, false));
        }
        let skill = task.skills[need % task.skills.len()].skill;
        let mut skilled = person.clone();
        skilled.skills.push((skill, level));
        let before = score(&person, &task, &ground.context());
        let after = score(&skilled, &task, &ground.context());
        prop_assert!(after.p >= before.p && after.rank >= before.rank, "{before:?} {after:?}");
        let allowed = filter::passes(&person, &task, &ground.context());
        prop_assert!(!allowed || filter::passes(&skilled, &task, &ground.context()));
    }

    #[test]
    fn a_list_holds_what_may_be_offered_in_order_of_rank_and_at_most_two_of_a_kind(
        person in person(), tasks in tasks(), draw in 0.0..1.0_f64,
    ) {
        let ground = &*GROUND;
        let list = suggest(&person, &tasks, &ground.context(), draw);
        prop_assert!(list.len() <= 5);
        prop_assert!(list.is_sorted_by(|a, b| a.score >= b.score));
        let mut kinds = BTreeMap::<&str, usize>::new();
        let mut seen = BTreeSet::new();
        for suggestion in &list {
            let task = tasks.iter().find(|task| task.id == suggestion.task_id).unwrap();
            *kinds.entry(&task.kind).or_default() += 1;
            prop_assert!(seen.insert(task.id), "offered twice");
            prop_assert!(task.accepted < task.slots, "full");
            prop_assert!(filter::check(&person, task, &ground.context()).is_ok());
            prop_assert!(suggestion.propensity > 0.0 && suggestion.propensity <= 1.0);
        }
        prop_assert!(kinds.values().all(|count| *count <= 2), "{kinds:?}");
        prop_assert!(list.iter().filter(|s| s.explored).count() <= 1);
        let home = |task: &&TaskView| task.remote && task.minutes <= 15;
        let mut feasible =
            tasks.iter().filter(|task| filter::passes(&person, task, &ground.context()));
        if feasible.any(|task| home(&task)) {
            let shown = tasks.iter().filter(|task| seen.contains(&task.id));
            prop_assert!(shown.filter(home).count() > 0, "nothing short from home");
        }
    }

    #[test]
    fn a_list_is_no_shorter_than_it_must_be(
        person in person(), tasks in tasks(), draw in 0.0..1.0_f64,
    ) {
        let ground = &*GROUND;
        let list = suggest(&person, &tasks, &ground.context(), draw);
        let mut kinds = BTreeMap::<&str, usize>::new();
        for task in tasks.iter().filter(|t| filter::passes(&person, t, &ground.context())) {
            *kinds.entry(&task.kind).or_default() += 1;
        }
        let most: usize = kinds.values().map(|count| (*count).min(2)).sum();
        prop_assert_eq!(list.len(), most.min(5));
    }

    #[test]
    fn every_reason_is_true_and_said_once(
        person in person(), tasks in tasks(), draw in 0.0..1.0_f64,
    ) {
        let ground = &*GROUND;
        for suggestion in suggest(&person, &tasks, &ground.context(), draw) {
            let task = tasks.iter().find(|task| task.id == suggestion.task_id).unwrap();
            prop_assert!(suggestion.reasons.len() <= 2);
            for reason in &suggestion.reasons {
                prop_assert!(is_true(reason, &person, task, ground), "{reason:?}");
            }
            if let [first, second] = &suggestion.reasons[..] {
                prop_assert_ne!(first, second);
            }
        }
    }

    #[test]
    fn people_and_tasks_see_the_same_score(person in person(), task in task()) {
        let ground = &*GROUND;
        let list = suggest(&person, std::slice::from_ref(&task), &ground.context(), 0.5);
        let sorted = candidates(&task, [&person], &ground.context());
        prop_assert_eq!(list.len(), sorted.ranked.len());
        prop_assert_eq!(1 - list.len(), sorted.ruled_out.len());
        if let (Some(suggestion), Some(candidate)) = (list.first(), sorted.ranked.first()) {
            prop_assert_eq!(suggestion.scored, candidate.scored);
            prop_assert_eq!(&suggestion.caveat, &candidate.caveat);
        }
    }
}

//! Every code the engine can store has its sentence in the catalogue.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};

use super::codes::{Arg, Caveat, Fix, Reason, Sentence};
use super::sample::now;
use super::score::Term;
use super::when::Slot;
use super::why_not::WhyNot;

type Catalogue = FluentBundle<FluentResource>;

fn english() -> Catalogue {
    let text = include_str!("../../../web/messages/en/matching.ftl");
    let mut catalogue = FluentBundle::new(vec!["en".parse().unwrap()]);
    catalogue.set_use_isolating(false);
    catalogue
        .add_resource(FluentResource::try_new(text.to_owned()).unwrap())
        .unwrap();
    catalogue
}

/// The text of a message; every argument it asks for must be given.
fn text(catalogue: &Catalogue, key: &str, args: &[(&'static str, Arg)]) -> String {
    let message = catalogue
        .get_message(key)
        .unwrap_or_else(|| panic!("no message {key}"));
    let mut given = FluentArgs::new();
    for (name, arg) in args {
        let value: FluentValue = match arg {
            Arg::Number(number) => (*number).into(),
            Arg::Text(text) | Arg::Skill(text) | Arg::Language(text) => text.clone().into(),
            Arg::Date(day) => day.to_string().into(),
            Arg::Message(key, args) => text(catalogue, key, args).into(),
        };
        given.set(*name, value);
    }
    let mut errors = Vec::new();
    let text = catalogue.format_pattern(message.value().unwrap(), Some(&given), &mut errors);
    assert!(errors.is_empty(), "{key}: {errors:?}");
    text.into_owned()
}

fn sentence<S: Sentence + serde::Serialize>(said: &S) -> String {
    let stored = serde_json::to_value(said).unwrap();
    assert_eq!(
        stored["code"],
        said.code(),
        "the stored code and the key's must not drift apart"
    );
    text(&english(), &said.key(), &said.args())
}

fn slot(key: &str) -> Slot {
    Slot::from_key(key).unwrap()
}

#[test]
fn every_reason_reads_well() {
    let calls = || "calls".to_owned();
    for (reason, expected) in [
        (
            Reason::Skill {
                skill: "gis".into(),
                required: true,
            },
            "It needs one of your skills: gis.",
        ),
        (
            Reason::Skill {
                skill: "gis".into(),
                required: false,
            },
            "One of your skills helps here: gis.",
        ),
        (
            Reason::Language {
                language: "Spanish".into(),
                required: true,
            },
            "You speak Spanish, and this needs it.",
        ),
        (Reason::Distance { km: 0.0 }, "Right in your neighbourhood."),
        (Reason::Distance { km: 1.6 }, "1 mile away."),
        (Reason::Distance { km: 3.4 }, "2.1 miles away."),
        (Reason::Distance { km: 20.0 }, "12 miles away."),
        (Reason::Home { minutes: 15 }, "You can do it from home."),
        (
            Reason::Time {
                slot: slot("sat-am"),
            },
            "On a Saturday morning, when you said you are free.",
        ),
        (Reason::AnyTime, "Whenever it suits you."),
        (Reason::FirstStep, "A good first step."),
        (
            Reason::NextStep {
                kind: calls(),
                count: 1,
            },
            "A good next step after one phone bank.",
        ),
        (
            Reason::NextStep {
                kind: calls(),
                count: 3,
            },
            "A good next step after your 3 phone banks.",
        ),
        (
            Reason::DoneBefore {
                kind: "event_hosted".into(),
                count: 2,
            },
            "You have 2 events as host behind you.",
        ),
        (
            Reason::SaidYes {
                kind: "something-new".into(),
                count: 2,
            },
            "You said yes to 2 tasks before.",
        ),
        (
            Reason::Enjoys { kind: calls() },
            "You said you enjoy phone banks.",
        ),
        (Reason::KnownPerson, "Somebody you know is going."),
    ] {
        assert_eq!(sentence(&reason), expected);
    }
}

#[test]
fn every_caveat_reads_well() {
    for (caveat, expected) in [
        (Caveat::TimeGuessed, "We guessed the time suits you."),
        (Caveat::SkillsUnknown, "We do not know your skills yet."),
        (
            Caveat::SkillMissing {
                skill: "gis".into(),
            },
            "It also asks for gis.",
        ),
        (
            Caveat::TravelGuessed { km: 24.0 },
            "It is 15 miles away; we guessed you travel that far.",
        ),
        (
            Caveat::Farther { km: 24.0 },
            "It is 15 miles away, farther than you said you travel.",
        ),
        (
            Caveat::DistanceUnknown,
            "We cannot tell how far it is from you.",
        ),
        (Caveat::BigStep, "It is a bigger step than your last ones."),
        (
            Caveat::LanguageWanted {
                language: "Spanish".into(),
            },
            "It would be easier with Spanish.",
        ),
    ] {
        assert_eq!(sentence(&caveat), expected);
    }
}

#[test]
fn every_why_not_reads_well() {
    let certificate = || "first aid".to_owned();
    for (why_not, expected) in [
        (WhyNot::NotOpen, "The task is not open."),
        (WhyNot::Over, "It is too late to join."),
        (WhyNot::Full, "All places are taken."),
        (WhyNot::AlreadyGoing, "Is going already."),
        (WhyNot::Region, "Belongs to another region."),
        (WhyNot::Role, "Does not hold the role it needs."),
        (WhyNot::Age { years: 18 }, "Has not said to be 18 or older."),
        (
            WhyNot::Distance {
                km: 50.0,
                limit_km: 40.0,
            },
            "Lives 31 miles away, too far.",
        ),
        (
            WhyNot::Availability {
                slot: slot("sun-eve"),
            },
            "Not free on a Sunday evening.",
        ),
        (
            WhyNot::Skill {
                skill: "gis".into(),
                level: 3,
            },
            "Lacks gis at level 3.",
        ),
        (
            WhyNot::Language {
                language: "Spanish".into(),
            },
            "Does not speak enough Spanish.",
        ),
        (
            WhyNot::CertificateMissing {
                certificate: certificate(),
            },
            "Has not handed in: first aid.",
        ),
        (
            WhyNot::CertificateUnverified {
                certificate: certificate(),
            },
            "Nobody has checked yet: first aid.",
        ),
        (
            WhyNot::CertificateExpired {
                certificate: certificate(),
            },
            "Not valid on the day: first aid.",
        ),
        (
            WhyNot::Access {
                need: "step-free".into(),
            },
            "The place does not offer: step-free.",
        ),
        (WhyNot::Overlap, "Has something else at that time."),
        (
            WhyNot::Snoozed { until: now() },
            "Said “not now”, until 2026-11-18.",
        ),
        (WhyNot::Declined, "Declined it."),
        (
            WhyNot::Blocked {
                kind: "doors".into(),
            },
            "Wants no door-knocking rounds.",
        ),
        (
            WhyNot::WeeklyHours {
                hours: 6.5,
                cap: 6.0,
            },
            "Would have 6.5 hours that week, with a limit of 6.",
        ),
    ] {
        assert_eq!(sentence(&why_not), expected);
    }
}

#[test]
fn bars_fixes_and_thirds_of_days_have_names() {
    let catalogue = english();
    for term in Term::ALL {
        assert!(!text(&catalogue, term.key(), &[]).is_empty());
    }
    for fix in [
        Fix::Availability,
        Fix::Skills,
        Fix::Travel,
        Fix::TravelAgain,
        Fix::Languages,
    ] {
        assert!(!text(&catalogue, fix.key(), &[]).is_empty());
    }
    for slot in Slot::all() {
        let name = text(
            &catalogue,
            "matching-slot",
            &[("slot", Arg::Text(slot.key().to_owned()))],
        );
        assert!(name.contains("day "), "{} is called {name}", slot.key());
    }
}

#[test]
fn a_stored_code_comes_back_as_it_was() {
    let reason = Reason::Time {
        slot: slot("fri-eve"),
    };
    let stored = serde_json::to_string(&reason).unwrap();
    assert_eq!(stored, r#"{"code":"time","slot":"fri-eve"}"#);
    assert_eq!(serde_json::from_str::<Reason>(&stored).unwrap(), reason);
    let why_not = WhyNot::Distance {
        km: 50.0,
        limit_km: 40.0,
    };
    let stored = serde_json::to_string(&why_not).unwrap();
    assert_eq!(serde_json::from_str::<WhyNot>(&stored).unwrap(), why_not);
}

//! What the engine says, as codes with parameters: they are stored, and become sentences in the
//! reader's language through `web/messages/*/matching.ftl`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::when::Slot;

/// Kilometres in a mile: people here think in miles, the tables hold kilometres.
pub const KM_PER_MILE: f64 = 1.609_344;

/// An argument of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// A number; decides plurals.
    Number(f64),
    /// Taken as it is; also what the catalogue selects on.
    Text(String),
    /// A skill's slug: show its label in the reader's language.
    Skill(String),
    /// A language tag: show that language's name in the reader's language.
    Language(String),
    /// A day: show it the way the reader's language writes dates.
    Date(NaiveDate),
    /// Another message of the catalogue with arguments of its own: show its text.
    Message(&'static str, Vec<(&'static str, Arg)>),
}

/// Something that can be said: a code to store, a key and arguments to say it with.
pub trait Sentence {
    /// The stored code, in `snake_case`.
    fn code(&self) -> &'static str;
    /// The prefix of its keys in the catalogue.
    const PREFIX: &'static str;
    /// The arguments of its message.
    fn args(&self) -> Vec<(&'static str, Arg)>;

    /// The key of its message, like `matching-reason-next-step`.
    fn key(&self) -> String {
        format!("{}-{}", Self::PREFIX, self.code().replace('_', "-"))
    }
}

/// Why a task suits a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// They have a skill it asks for, at its level.
    Skill {
        /// Slug.
        skill: String,
        /// Nobody without it may come.
        required: bool,
    },
    /// They declared a language it asks for, at its level.
    Language {
        /// Tag.
        language: String,
        /// Nobody without it may come.
        required: bool,
    },
    /// It is near.
    Distance {
        /// Kilometres, to a tenth.
        km: f64,
    },
    /// It is done from home.
    Home {
        /// How long it takes.
        minutes: u32,
    },
    /// It is at a time they said is free.
    Time {
        /// The third of the week in which it starts.
        slot: Slot,
    },
    /// It can be done whenever they like.
    AnyTime,
    /// It is a newcomer's first rung.
    FirstStep,
    /// It is one rung above what they have done.
    NextStep {
        /// The kind they have done most.
        kind: String,
        /// How often.
        count: u32,
    },
    /// They have done this kind before.
    DoneBefore {
        /// The kind.
        kind: String,
        /// How often.
        count: u32,
    },
    /// They have said yes to this kind before.
    SaidYes {
        /// The kind.
        kind: String,
        /// How often.
        count: u32,
    },
    /// They said they enjoy this kind.
    Enjoys {
        /// The kind.
        kind: String,
    },
    /// Somebody they know goes; who, is not told.
    KnownPerson,
}

impl Sentence for Reason {
    const PREFIX: &'static str = "matching-reason";

    fn code(&self) -> &'static str {
        match self {
            Self::Skill { .. } => "skill",
            Self::Language { .. } => "language",
            Self::Distance { .. } => "distance",
            Self::Home { .. } => "home",
            Self::Time { .. } => "time",
            Self::AnyTime => "any_time",
            Self::FirstStep => "first_step",
            Self::NextStep { .. } => "next_step",
            Self::DoneBefore { .. } => "done_before",
            Self::SaidYes { .. } => "said_yes",
            Self::Enjoys { .. } => "enjoys",
            Self::KnownPerson => "known_person",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::Skill { skill, required } => {
                vec![
                    ("skill", Arg::Skill(skill.clone())),
                    ("need", need(*required)),
                ]
            }
            Self::Language { language, required } => {
                vec![
                    ("language", Arg::Language(language.clone())),
                    ("need", need(*required)),
                ]
            }
            Self::Distance { km } => lengths(*km),
            Self::Home { minutes } => vec![("minutes", Arg::Number((*minutes).into()))],
            Self::Time { slot } => vec![("slot", time_of(*slot))],
            Self::AnyTime | Self::FirstStep | Self::KnownPerson => Vec::new(),
            Self::NextStep { kind, count }
            | Self::DoneBefore { kind, count }
            | Self::SaidYes { kind, count } => {
                vec![
                    ("count", Arg::Number((*count).into())),
                    ("deeds", deeds(kind, *count)),
                ]
            }
            Self::Enjoys { kind } => vec![("kind", name_of(kind))],
        }
    }
}

/// What a person should know before they say yes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Caveat {
    /// They have not said when they are free.
    TimeGuessed,
    /// They have declared no skills, and it asks for some.
    SkillsUnknown,
    /// It asks for a skill they lack, or have at a lower level.
    SkillMissing {
        /// Slug.
        skill: String,
    },
    /// It is not around the corner, and they have not said how far they travel.
    TravelGuessed {
        /// Kilometres, to a tenth.
        km: f64,
    },
    /// It is farther than they said they travel.
    Farther {
        /// Kilometres, to a tenth.
        km: f64,
    },
    /// How far it is cannot be told.
    DistanceUnknown,
    /// It is two rungs or more above what they have done.
    BigStep,
    /// It would like a language they have not declared at its level.
    LanguageWanted {
        /// Tag.
        language: String,
    },
}

/// What of the profile would settle a caveat: where its "Fix" leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// The 7×3 grid.
    Availability,
    /// The skills.
    Skills,
    /// The travel distance, where none is known.
    Travel,
    /// The travel distance they gave.
    TravelAgain,
    /// The languages.
    Languages,
}

impl Fix {
    /// The key of its label in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            Self::Availability => "matching-fix-availability",
            Self::Skills => "matching-fix-skills",
            Self::Travel => "matching-fix-travel",
            Self::TravelAgain => "matching-fix-travel-again",
            Self::Languages => "matching-fix-languages",
        }
    }
}

impl Caveat {
    /// What would settle it; nothing settles a big step or a place without coordinates.
    pub fn fix(&self) -> Option<Fix> {
        match self {
            Self::TimeGuessed => Some(Fix::Availability),
            Self::SkillsUnknown | Self::SkillMissing { .. } => Some(Fix::Skills),
            Self::TravelGuessed { .. } => Some(Fix::Travel),
            Self::Farther { .. } => Some(Fix::TravelAgain),
            Self::LanguageWanted { .. } => Some(Fix::Languages),
            Self::DistanceUnknown | Self::BigStep => None,
        }
    }
}

impl Sentence for Caveat {
    const PREFIX: &'static str = "matching-caveat";

    fn code(&self) -> &'static str {
        match self {
            Self::TimeGuessed => "time_guessed",
            Self::SkillsUnknown => "skills_unknown",
            Self::SkillMissing { .. } => "skill_missing",
            Self::TravelGuessed { .. } => "travel_guessed",
            Self::Farther { .. } => "farther",
            Self::DistanceUnknown => "distance_unknown",
            Self::BigStep => "big_step",
            Self::LanguageWanted { .. } => "language_wanted",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::SkillMissing { skill } => vec![("skill", Arg::Skill(skill.clone()))],
            Self::TravelGuessed { km } | Self::Farther { km } => lengths(*km),
            Self::LanguageWanted { language } => {
                vec![("language", Arg::Language(language.clone()))]
            }
            Self::TimeGuessed | Self::SkillsUnknown | Self::DistanceUnknown | Self::BigStep => {
                Vec::new()
            }
        }
    }
}

/// To a tenth: finer than a postcode's middle would pretend to know.
pub(super) fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A length as it is shown: to a tenth below ten, whole from there on.
fn shown(length: f64) -> f64 {
    if length < 10.0 {
        tenth(length)
    } else {
        length.round()
    }
}

/// Kilometres as miles, as they are shown.
pub(super) fn miles_of(km: f64) -> f64 {
    shown(km / KM_PER_MILE)
}

/// A distance in both units, as it is shown.
pub(super) fn lengths(km: f64) -> Vec<(&'static str, Arg)> {
    vec![
        ("miles", Arg::Number(miles_of(km))),
        ("km", Arg::Number(shown(km))),
    ]
}

fn need(required: bool) -> Arg {
    Arg::Text(if required { "required" } else { "welcome" }.to_owned())
}

pub(super) fn time_of(slot: Slot) -> Arg {
    Arg::Message(
        "matching-slot",
        vec![("slot", Arg::Text(slot.key().to_owned()))],
    )
}

/// A kind of task in the plural.
pub(super) fn name_of(kind: &str) -> Arg {
    Arg::Message("matching-kind", vec![("kind", Arg::Text(kind.to_owned()))])
}

/// So many of a kind.
fn deeds(kind: &str, count: u32) -> Arg {
    Arg::Message(
        "matching-deeds",
        vec![
            ("kind", Arg::Text(kind.to_owned())),
            ("count", Arg::Number(count.into())),
        ],
    )
}

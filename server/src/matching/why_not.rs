//! Why a task is not for a person, as codes with parameters: staff see them beside each name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::codes::{Arg, Sentence, lengths, name_of, time_of};
use super::when::Slot;

/// Why a task is not for a person: one code for each hard filter (matching.md, Hard filters).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WhyNot {
    /// The task is a draft or closed.
    NotOpen,
    /// It has begun, or its last moment has passed.
    Over,
    /// No place is left.
    Full,
    /// They are going already.
    AlreadyGoing,
    /// It is for people of another region.
    Region,
    /// It needs a role they do not hold.
    Role,
    /// It is for older people, or they have not said how old they are.
    Age {
        /// Least age in years.
        years: u8,
    },
    /// It is too far.
    Distance {
        /// Kilometres, to a tenth.
        km: f64,
        /// The most it might be, in km.
        limit_km: f64,
    },
    /// It reaches into a time they have not said is free.
    Availability {
        /// The first such third of the week.
        slot: Slot,
    },
    /// They lack a required skill at its level.
    Skill {
        /// Slug.
        skill: String,
        /// Wanted level, 1–5.
        level: u8,
    },
    /// They lack a required language at its level.
    Language {
        /// Tag.
        language: String,
    },
    /// They have not handed in a certificate.
    CertificateMissing {
        /// Its name.
        certificate: String,
    },
    /// Staff have not seen a certificate yet.
    CertificateUnverified {
        /// Its name.
        certificate: String,
    },
    /// A certificate does not hold on the day.
    CertificateExpired {
        /// Its name.
        certificate: String,
    },
    /// The place does not offer what they need.
    Access {
        /// What.
        need: String,
    },
    /// It overlaps something they have accepted, the margin included.
    Overlap,
    /// They answered "not now".
    Snoozed {
        /// Until when that holds.
        until: DateTime<Utc>,
    },
    /// They declined it for good.
    Declined,
    /// They want no more of its kind.
    Blocked {
        /// The kind.
        kind: String,
    },
    /// It would take them over their hours for that week.
    WeeklyHours {
        /// Hours with it, to a tenth.
        hours: f64,
        /// The cap.
        cap: f64,
    },
}

impl Sentence for WhyNot {
    const PREFIX: &'static str = "matching-why-not";

    fn code(&self) -> &'static str {
        match self {
            Self::NotOpen => "not_open",
            Self::Over => "over",
            Self::Full => "full",
            Self::AlreadyGoing => "already_going",
            Self::Region => "region",
            Self::Role => "role",
            Self::Age { .. } => "age",
            Self::Distance { .. } => "distance",
            Self::Availability { .. } => "availability",
            Self::Skill { .. } => "skill",
            Self::Language { .. } => "language",
            Self::CertificateMissing { .. } => "certificate_missing",
            Self::CertificateUnverified { .. } => "certificate_unverified",
            Self::CertificateExpired { .. } => "certificate_expired",
            Self::Access { .. } => "access",
            Self::Overlap => "overlap",
            Self::Snoozed { .. } => "snoozed",
            Self::Declined => "declined",
            Self::Blocked { .. } => "blocked",
            Self::WeeklyHours { .. } => "weekly_hours",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::Age { years } => vec![("years", Arg::Number((*years).into()))],
            Self::Distance { km, .. } => lengths(*km),
            Self::Availability { slot } => vec![("slot", time_of(*slot))],
            Self::Skill { skill, level } => vec![
                ("skill", Arg::Skill(skill.clone())),
                ("level", Arg::Number((*level).into())),
            ],
            Self::Language { language } => vec![("language", Arg::Language(language.clone()))],
            Self::CertificateMissing { certificate }
            | Self::CertificateUnverified { certificate }
            | Self::CertificateExpired { certificate } => {
                vec![("certificate", Arg::Text(certificate.clone()))]
            }
            Self::Access { need } => vec![("need", Arg::Text(need.clone()))],
            Self::Snoozed { until } => vec![("until", Arg::Date(until.date_naive()))],
            Self::Blocked { kind } => vec![("kind", name_of(kind))],
            Self::WeeklyHours { hours, cap } => {
                vec![("hours", Arg::Number(*hours)), ("cap", Arg::Number(*cap))]
            }
            Self::NotOpen
            | Self::Over
            | Self::Full
            | Self::AlreadyGoing
            | Self::Region
            | Self::Role
            | Self::Overlap
            | Self::Declined => Vec::new(),
        }
    }
}

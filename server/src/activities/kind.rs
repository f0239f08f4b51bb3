//! The kinds of activity a person can log.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of activity; what each needs and earns is in scoring.md, Points.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Phone calls: dials and conversations.
    Calls,
    /// Doors knocked on, and conversations.
    Doors,
    /// A note of what somebody said.
    ListeningNote,
    /// A shift of so many minutes.
    Shift,
    /// An event hosted, with so many guests.
    EventHosted,
    /// An event attended.
    EventAttended,
    /// An invited person became active; written by the system only.
    Recruit,
    /// A donation raised from somebody else.
    Donation,
    /// Data entry by the minute.
    DataEntry,
    /// Translation by the minute.
    Translation,
    /// A training, once per task.
    Training,
}

impl Kind {
    /// Every kind, in the order of the design's table.
    pub const ALL: [Self; 11] = [
        Self::Calls,
        Self::Doors,
        Self::ListeningNote,
        Self::Shift,
        Self::EventHosted,
        Self::EventAttended,
        Self::Recruit,
        Self::Donation,
        Self::DataEntry,
        Self::Translation,
        Self::Training,
    ];

    /// The name in the API, the database and the files: `listening_note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Doors => "doors",
            Self::ListeningNote => "listening_note",
            Self::Shift => "shift",
            Self::EventHosted => "event_hosted",
            Self::EventAttended => "event_attended",
            Self::Recruit => "recruit",
            Self::Donation => "donation",
            Self::DataEntry => "data_entry",
            Self::Translation => "translation",
            Self::Training => "training",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKind;

impl fmt::Display for NotAKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`kind` must be one of ")?;
        for (i, kind) in Kind::ALL
            .into_iter()
            .filter(|kind| *kind != Kind::Recruit)
            .enumerate()
        {
            write!(f, "{}{kind}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str(".")
    }
}

impl std::error::Error for NotAKind {}

impl FromStr for Kind {
    type Err = NotAKind;

    fn from_str(name: &str) -> Result<Self, NotAKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or(NotAKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_the_same_name_everywhere() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
    }

    #[test]
    fn an_unknown_kind_is_answered_with_the_known_ones() {
        for name in ["", "call", "Calls", "correction"] {
            let sentence = name.parse::<Kind>().unwrap_err().to_string();
            assert!(
                sentence.contains("calls, doors") && sentence.ends_with("training."),
                "{sentence}"
            );
            assert!(
                !sentence.contains("recruit"),
                "nobody can log one: {sentence}"
            );
        }
    }
}

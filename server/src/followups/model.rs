//! Rows of the 72-hour clock.

use diesel::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::db::schema::follow_ups;
use crate::ids::VolunteerId;

/// One person's clock.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = follow_ups)]
pub struct FollowUp {
    /// Who waits.
    pub volunteer_id: VolunteerId,
    /// Since when.
    pub opened_at: Instant,
    /// When the promise ends.
    pub due_at: Instant,
    /// Calls made so far.
    pub tries: i32,
    /// How the last one went.
    pub last_outcome: Option<String>,
    /// What the caller noted.
    pub note: Option<String>,
    /// When they were spoken to.
    pub closed_at: Option<Instant>,
}

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They talked.
    Reached,
    /// Nobody answered.
    NoAnswer,
    /// The address or number is not theirs.
    WrongNumber,
    /// They talked, and the person would rather not.
    NotInterested,
}

impl Outcome {
    /// All of them, in the order a page shows them.
    pub const ALL: [Self; 4] = [
        Self::Reached,
        Self::NoAnswer,
        Self::WrongNumber,
        Self::NotInterested,
    ];

    /// As the column, the API and the catalogue have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::NoAnswer => "no_answer",
            Self::WrongNumber => "wrong_number",
            Self::NotInterested => "not_interested",
        }
    }

    /// From the column; `None` for a word that is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }

    /// Whether somebody spoke with the person, which is what was promised.
    pub const fn closes(self) -> bool {
        matches!(self, Self::Reached | Self::NotInterested)
    }
}

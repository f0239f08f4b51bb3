//! Entries on their way in, and the rows they become.

use chrono_tz::Tz;
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Mission, Points, Week, Weight};
use crate::clock::Instant;
use crate::db::schema::{entry_states, ledger, member_weeks, region_weeks};
use crate::error::Error;
use crate::ids::{ActivityId, TaskId, VolunteerId};
use crate::region_code::RegionCode;

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// Nobody has looked at it; it counts by trust.
    Unverified,
    /// Counts nothing until somebody decides.
    Held,
    /// Counts in full.
    Approved,
    /// Counts nothing.
    Rejected,
    /// Taken back, as if it had never been.
    Reversed,
}

impl Verification {
    /// The name in the API and in the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Reversed => "reversed",
        }
    }

    /// From a column; an unknown word counts as held, which counts nothing.
    pub fn of(column: &str) -> Self {
        [
            Self::Unverified,
            Self::Approved,
            Self::Rejected,
            Self::Reversed,
        ]
        .into_iter()
        .find(|state| state.as_str() == column)
        .unwrap_or(Self::Held)
    }
}

/// By what an entry's weight v is decided as it is written (scoring.md, Verification).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Unverified: by the trust in the person credited.
    Trusted,
    /// v = 1: made by the system, or entered by a captain for somebody else.
    Approved,
    /// v = 0 until somebody decides; the word says why.
    Held(&'static str),
}

/// A checked entry, ready to be written.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Whom it credits.
    pub volunteer: VolunteerId,
    /// `actor:key`, see [`Entry::key_of`].
    pub key: String,
    /// A hash of the request behind the key.
    pub fingerprint: String,
    /// What kind of activity.
    pub kind: &'static str,
    /// Dials, doors, guests or dollars.
    pub quantity: Option<i32>,
    /// How many of them talked.
    pub conversations: Option<i32>,
    /// How long it took.
    pub minutes: Option<i32>,
    /// Free text.
    pub note: Option<String>,
    /// For which task.
    pub task: Option<TaskId>,
    /// When it was done; the moment of writing where nobody said.
    pub occurred_at: Option<Instant>,
    /// What its kind counts in its week; the rulebook sets it as the entry is written.
    pub mission: Mission,
    /// What it is worth before verification.
    pub base: Points,
    /// What decides its verification.
    pub standing: Standing,
    /// Who enters it.
    pub actor: VolunteerId,
    /// Whether the actor may enter for others, so that their key may stand under another person.
    pub shared_key: bool,
}

impl Entry {
    /// How a key stands in the ledger: it belongs to the person who acts.
    pub fn key_of(actor: VolunteerId, key: &str) -> String {
        format!("{actor}:{key}")
    }

    /// How a key of the system's own stands there; no person's key looks like it.
    pub fn system_key(key: &str) -> String {
        format!("system:{key}")
    }
}

/// An entry with what is known about the person it credits, as the rulebook sees it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The entry; the rulebook may change its base and standing.
    pub entry: Entry,
    /// When it was done.
    pub occurred_at: Instant,
    /// The person's region now.
    pub region: RegionCode,
    /// The person's zone now.
    pub zone: Tz,
    /// The week it counts in.
    pub week: Week,
    /// Who logs the same amount in the same minute again, has the same number.
    pub twin: Option<i64>,
    /// What the person's entries weigh before anybody verifies them.
    pub trust: Weight,
    /// Why it is not taken, if it is not.
    pub refusal: Option<Error>,
}

/// A line of the ledger. Never changed; a correction is another line.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct Line {
    pub volunteer_id: VolunteerId,
    pub id: i64,
    pub key: String,
    pub fingerprint: String,
    pub kind: String,
    pub quantity: Option<i32>,
    pub conversations: Option<i32>,
    pub minutes: Option<i32>,
    pub note: Option<String>,
    pub task_id: Option<TaskId>,
    pub occurred_at: Instant,
    pub week: String,
    pub region: RegionCode,
    pub mission: i32,
    pub base: i64,
    pub weight: i32,
    pub counted: i64,
    pub verification: String,
    pub corrects: Option<i64>,
    pub reason: Option<String>,
    pub actor: VolunteerId,
    pub twin: Option<i64>,
    pub created_at: Instant,
}

impl Line {
    /// Its public id.
    pub fn activity(&self) -> ActivityId {
        ActivityId {
            volunteer: self.volunteer_id,
            entry: self.id,
        }
    }

    /// What it is worth before verification.
    pub fn base(&self) -> Points {
        Points::from_hundredths(self.base)
    }

    /// What of it counts before the soft cap.
    pub fn counted(&self) -> Points {
        Points::from_hundredths(self.counted)
    }

    /// Where it stood as it was written.
    pub fn verification(&self) -> Verification {
        Verification::of(&self.verification)
    }

    /// What it adds to its member-week's number of entries: a reversal takes one away.
    pub fn entries(&self) -> i32 {
        super::fold::entries(self.corrects, self.verification())
    }
}

/// What the totals need of a line.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = ledger)]
pub struct BriefLine {
    pub volunteer_id: VolunteerId,
    pub id: i64,
    pub week: String,
    pub region: RegionCode,
    pub counted: i64,
    pub verification: String,
    pub corrects: Option<i64>,
}

/// Where the decision about a line stands now.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = entry_states, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct EntryState {
    pub volunteer_id: VolunteerId,
    pub entry_id: i64,
    pub region: RegionCode,
    pub week: String,
    pub state: String,
    pub weight: i32,
    pub decided_by: Option<VolunteerId>,
    pub decided_at: Option<Instant>,
    pub created_at: Instant,
}

impl EntryState {
    /// How a line just written stands.
    pub fn of(line: &Line) -> Self {
        Self {
            volunteer_id: line.volunteer_id,
            entry_id: line.id,
            region: line.region.clone(),
            week: line.week.clone(),
            state: line.verification.clone(),
            weight: line.weight,
            decided_by: None,
            decided_at: None,
            created_at: line.created_at,
        }
    }

    /// The state.
    pub fn verification(&self) -> Verification {
        Verification::of(&self.state)
    }

    /// The weight in force.
    pub fn weight(&self) -> Weight {
        Weight::at_most_one(u64::try_from(self.weight).unwrap_or(0))
    }
}

/// The sum of one person's week.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = member_weeks, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct MemberWeek {
    pub volunteer_id: VolunteerId,
    pub week: String,
    pub region: Option<RegionCode>,
    pub net: i64,
    pub entries: i32,
    pub version: i64,
}

/// The sum of a region's week.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = region_weeks, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct RegionWeek {
    pub region: RegionCode,
    pub week: String,
    pub points: i64,
    pub active: i64,
    pub version: i64,
}

/// What the ledger needs to know of a person it credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: VolunteerId,
    /// Where they belong now.
    pub region: RegionCode,
    /// What decides their week.
    pub zone: Tz,
    /// When they last did something.
    pub last_active_at: Option<Instant>,
    /// Entries of theirs that were approved lately.
    pub approved: u32,
    /// Entries of theirs that were rejected lately.
    pub rejected: u32,
}

/// An entry that is in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its line.
    pub line: Line,
    /// Whether it was there before: the same key with the same request.
    pub replayed: bool,
}

//! Rows and value types of tasks and of the people on them.

use std::fmt;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::needs::{LanguageNeed, SkillNeed};
use crate::clock::Instant;
use crate::db::schema::{assignments, declines, task_events, task_skills, task_stats, tasks};
use crate::ids::{TaskId, VolunteerId};
use crate::region_code::RegionCode;

/// A text that names none of an enum's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of the known words")]
pub struct NotAWord;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $word:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
                 JsonSchema, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Text)]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $text)] $word,)+
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// As it stands in the API, the database and the catalogue's keys.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = NotAWord;
            fn from_str(text: &str) -> Result<Self, NotAWord> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text).ok_or(NotAWord)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(String::from_sql(bytes)?.parse()?)
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }
    };
}

words!(
    /// What is done: the kinds of activity that people can be asked for.
    TaskKind {
        /// A phone bank.
        Calls = "calls",
        /// A canvass.
        Doors = "doors",
        /// Listening and writing down what was said.
        ListeningNote = "listening_note",
        /// A shift of so many minutes: rides, an office, a stall.
        Shift = "shift",
        /// Hosting an event.
        EventHosted = "event_hosted",
        /// Going to one.
        EventAttended = "event_attended",
        /// Raising donations.
        Donation = "donation",
        /// Typing in sheets.
        DataEntry = "data_entry",
        /// Translating.
        Translation = "translation",
        /// Being trained.
        Training = "training",
    }
);

words!(
    /// Whether a task takes people.
    Status {
        /// Written, seen by its leaders only.
        Draft = "draft",
        /// Published.
        Open = "open",
        /// Over or withdrawn.
        Closed = "closed",
    }
);

words!(
    /// Where one person stands with one task.
    State {
        /// Asked by a leader; no answer yet.
        Invited = "invited",
        /// Said yes.
        Accepted = "accepted",
        /// Put on it by a leader.
        Assigned = "assigned",
        /// Said no.
        Declined = "declined",
        /// Was on it and is not any more.
        Cancelled = "cancelled",
        /// Came.
        CheckedIn = "checked_in",
        /// Came and did it.
        Done = "done",
        /// Did not come.
        NoShow = "no_show",
    }
);

words!(
    /// Why somebody said no.
    Reason {
        /// Ask again later.
        NotNow = "not_now",
        /// This one is too far.
        TooFar = "too_far",
        /// This one is not for me.
        NotMyThing = "not_my_thing",
        /// Nothing of this kind again.
        Never = "never",
    }
);

impl State {
    /// Takes one of the task's places.
    pub const fn takes_a_place(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Assigned | Self::CheckedIn | Self::Done
        )
    }

    /// Ahead of the person: what their home page shows as a commitment.
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::Accepted | Self::Assigned | Self::CheckedIn)
    }
}

/// A task as the table has it; lists are JSON texts. Also the row that is written.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tasks, treat_none_as_null = true, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct Task {
    pub id: TaskId,
    pub title: String,
    pub body: String,
    pub kind: TaskKind,
    pub region: RegionCode,
    pub remote: bool,
    pub place_name: String,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub zone: String,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub minutes: i32,
    pub slots: i32,
    pub taken: i32,
    pub pending: i32,
    pub languages: String,
    pub rung: i32,
    pub priority: f64,
    pub host: Option<VolunteerId>,
    pub status: Status,
    pub certificates: String,
    pub min_age: Option<i32>,
    pub access: String,
    pub radius_km: Option<i32>,
    pub created_by: VolunteerId,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Task {
    /// A blank one of `kind` in `region`: open, one place, an hour, first rung.
    pub fn blank(
        id: TaskId,
        kind: TaskKind,
        region: RegionCode,
        by: VolunteerId,
        now: Instant,
    ) -> Self {
        Self {
            id,
            title: String::new(),
            body: String::new(),
            kind,
            region,
            remote: false,
            place_name: String::new(),
            lat: None,
            lon: None,
            zone: "UTC".into(),
            starts_at: None,
            ends_at: None,
            minutes: 60,
            slots: 1,
            taken: 0,
            pending: 0,
            languages: "[]".into(),
            rung: 1,
            priority: 1.0,
            host: None,
            status: Status::Open,
            certificates: "[]".into(),
            min_age: None,
            access: "[]".into(),
            radius_km: None,
            created_by: by,
            created_at: now,
            updated_at: now,
        }
    }

    /// The zone of the place; UTC if the stored name is not known any more.
    pub fn tz(&self) -> chrono_tz::Tz {
        self.zone.parse().unwrap_or(chrono_tz::UTC)
    }

    /// Places nobody has taken; an open invitation does not count here.
    pub fn free(&self) -> i32 {
        self.slots - self.taken
    }

    /// The languages asked for.
    pub fn wanted_languages(&self) -> Vec<LanguageNeed> {
        serde_json::from_str(&self.languages).unwrap_or_default()
    }

    /// The certificates asked for.
    pub fn wanted_certificates(&self) -> Vec<String> {
        serde_json::from_str(&self.certificates).unwrap_or_default()
    }

    /// What the place offers.
    pub fn offered_access(&self) -> Vec<String> {
        serde_json::from_str(&self.access).unwrap_or_default()
    }
}

/// A row of a task's skills.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = task_skills, treat_none_as_default_value = false)]
pub struct SkillRow {
    pub task_id: TaskId,
    pub skill: String,
    pub level: i32,
    pub required: bool,
    pub weight: f64,
}

impl SkillRow {
    /// The row of `need`.
    pub fn of(task_id: TaskId, need: &SkillNeed) -> Self {
        Self {
            task_id,
            skill: need.slug.clone(),
            level: need.level,
            required: need.required,
            weight: need.weight,
        }
    }

    /// As the API shows it.
    pub fn need(self) -> SkillNeed {
        SkillNeed {
            slug: self.skill,
            level: self.level,
            required: self.required,
            weight: self.weight,
        }
    }
}

/// How a task fares with people.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = task_stats, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct Stats {
    pub task_id: TaskId,
    pub shown: i64,
    pub accepts: i64,
    pub expected: f64,
    pub exposure: f64,
    pub seen_at: Instant,
}

/// One person on one task.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignments, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct Assignment {
    pub task_id: TaskId,
    pub volunteer_id: VolunteerId,
    pub state: State,
    pub reason: Option<Reason>,
    pub changed_by: VolunteerId,
    pub created_at: Instant,
    pub changed_at: Instant,
}

/// A "no" that is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = declines, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct Decline {
    pub volunteer_id: VolunteerId,
    pub task_id: TaskId,
    pub kind: TaskKind,
    pub reason: Reason,
    pub declined_at: Instant,
}

/// Something that came of a task being shown to somebody.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = task_events, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct TaskEvent {
    pub id: i64,
    pub volunteer_id: VolunteerId,
    pub task_id: TaskId,
    pub kind: TaskKind,
    pub event: &'static str,
    pub position: Option<i32>,
    pub propensity: Option<f64>,
    pub chance: Option<f64>,
    pub reason: Option<Reason>,
    pub at: Instant,
}

//! A follow-up as a queue shows it, and what a caller reports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FollowUp, Outcome};
use crate::clock::Instant;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::prose;
use crate::region_code::RegionCode;
use crate::regions::{RegionView, Tree};
use crate::volunteers::{Availability, Volunteer};

/// Letters of a note at most.
const NOTE: usize = 2000;

/// One person to call.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Call {
    /// Who waits.
    pub volunteer: VolunteerId,
    /// Their display name; may be empty.
    pub name: String,
    /// How to reach them.
    pub email: String,
    /// Where they belong.
    pub region: RegionView,
    /// What they speak, as tags.
    pub languages: Vec<String>,
    /// When they are free, as `sat-am`; null when they have not said.
    pub availability: Option<Vec<String>>,
    /// When they confirmed.
    pub opened_at: Instant,
    /// When the 72 hours end.
    pub due_at: Instant,
    /// Whole hours left; 0 when overdue.
    pub hours_left: i64,
    /// Whether the promise is broken already.
    pub overdue: bool,
    /// The highest region whose captain has to call now; null: HQ.
    pub held_by: Option<RegionCode>,
    /// Calls made so far.
    pub tries: i32,
    /// How the last one went.
    pub last_outcome: Option<Outcome>,
    /// What the callers noted last.
    pub note: Option<String>,
    /// When they were spoken to; null while open.
    pub closed_at: Option<Instant>,
}

impl Call {
    pub(super) fn of(
        tree: &Tree,
        row: FollowUp,
        person: &Volunteer,
        held_by: Option<RegionCode>,
        now: Instant,
    ) -> Self {
        Self {
            volunteer: person.id,
            name: person.name.clone(),
            email: person.email.clone(),
            region: RegionView::of(tree, &person.region),
            languages: Volunteer::list(&person.languages),
            availability: person
                .availability
                .as_deref()
                .map(|column| Availability::from_column(column).chosen()),
            opened_at: row.opened_at,
            due_at: row.due_at,
            hours_left: (row.due_at - now).num_hours().max(0),
            overdue: row.due_at <= now,
            held_by,
            tries: row.tries,
            last_outcome: row.last_outcome.as_deref().and_then(Outcome::parse),
            note: row.note,
            closed_at: row.closed_at,
        }
    }

    /// Whether the one who looks at `region` has to call: the follow-up has come up to it, or HQ
    /// holds it. Otherwise a captain beneath still has time.
    pub fn is_up_to(&self, region: &RegionCode) -> bool {
        self.held_by
            .as_ref()
            .is_none_or(|holder| region.is_under(holder))
    }
}

/// What a caller reports.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// How it went.
    pub outcome: Outcome,
    /// At most 2,000 characters; left out, the earlier note stays.
    #[serde(default)]
    pub note: Option<String>,
}

impl Record {
    /// The note, tidied.
    pub(super) fn note(&self) -> Result<Option<String>, Error> {
        let note = prose::tidy("note", self.note.as_deref().unwrap_or_default(), NOTE)?;
        Ok((!note.is_empty()).then_some(note))
    }
}

//! Activities as they are sent and as they are answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Draft, Kind};
use crate::clock::Instant;
use crate::ids::{ActivityId, TaskId, VolunteerId};
use crate::ledger::{Points, Verification, Written};
use crate::regions::{RegionCode, RegionView, Tree};

/// Something done, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivity {
    /// What kind of work; `recruit` is written by the system alone.
    pub kind: Kind,
    /// Dials, doors, guests or dollars.
    pub quantity: Option<i64>,
    /// How many of them talked.
    pub conversations: Option<i64>,
    /// How long it took.
    pub minutes: Option<i64>,
    /// When it was done; now where left out.
    pub occurred_at: Option<Instant>,
    /// For which task.
    pub task: Option<TaskId>,
    /// What was heard; the captain reads it.
    pub note: Option<String>,
    /// Whom it credits, where a captain or HQ enters it for somebody else.
    pub volunteer: Option<VolunteerId>,
}

impl NewActivity {
    /// An activity of `kind` with nothing filled in.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            quantity: None,
            conversations: None,
            minutes: None,
            occurred_at: None,
            task: None,
            note: None,
            volunteer: None,
        }
    }

    /// What the rules of its kind look at.
    pub fn draft(&self) -> Draft {
        Draft {
            kind: self.kind,
            quantity: self.quantity,
            conversations: self.conversations,
            minutes: self.minutes,
            note: self.note.clone(),
            task: self.task.is_some(),
        }
    }

    /// The same for the same request, however its JSON was written.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(text)
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// One row of a sheet: an activity with its own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetRow {
    /// Its idempotency key.
    pub key: String,
    /// What kind of work.
    pub kind: Kind,
    /// Dials, doors, guests or dollars.
    pub quantity: Option<i64>,
    /// How many of them talked.
    pub conversations: Option<i64>,
    /// How long it took.
    pub minutes: Option<i64>,
    /// When it was done; now where left out.
    pub occurred_at: Option<Instant>,
    /// For which task.
    pub task: Option<TaskId>,
    /// What was heard.
    pub note: Option<String>,
    /// Whom it credits.
    pub volunteer: Option<VolunteerId>,
}

impl SheetRow {
    /// The key and the activity.
    pub fn split(self) -> (String, NewActivity) {
        let activity = NewActivity {
            kind: self.kind,
            quantity: self.quantity,
            conversations: self.conversations,
            minutes: self.minutes,
            occurred_at: self.occurred_at,
            task: self.task,
            note: self.note,
            volunteer: self.volunteer,
        };
        (self.key, activity)
    }
}

/// What an entry earned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Earned {
    /// Before verification: what the person sees.
    pub base: Points,
    /// What counts for the board by now, before the soft cap.
    pub counted: Points,
}

/// An activity in an answer.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ActivityView {
    /// Its id.
    pub id: ActivityId,
    /// What it earned.
    pub points: Earned,
    /// Where it stands.
    pub verification: Verification,
    /// Every region it counts in, root first.
    pub regions: Vec<RegionView>,
}

impl ActivityView {
    /// The first answer about an entry, which a repeat gets again.
    pub fn of(tree: &Tree, written: &Written) -> Self {
        let line = &written.line;
        Self {
            id: line.activity(),
            points: Earned {
                base: line.base(),
                counted: line.counted(),
            },
            verification: line.verification(),
            regions: regions(tree, &line.region),
        }
    }
}

/// A region and everything above it, root first.
pub fn regions(tree: &Tree, region: &RegionCode) -> Vec<RegionView> {
    region
        .ancestors_and_self()
        .map(|code| RegionView::of(tree, &code))
        .collect()
}

//! Activities as they are sent and as they are answered.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::record::Recorded;
use super::{Draft, Kind, why};
use crate::clock::Instant;
use crate::ids::{ActivityId, TaskId, VolunteerId};
use crate::ledger::{Corrected, Points, ScoringConfig, Verification, Weight, Written};
use crate::regions::{RegionCode, RegionView, Tree};
use crate::words::Lang;

/// Something done, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivity {
    /// What kind of work; `recruit` is written by the system alone.
    pub kind: Kind,
    /// Dials, doors, guests or dollars, a whole number; each kind has its bounds.
    pub quantity: Option<i64>,
    /// How many of them talked; no more than `quantity`.
    pub conversations: Option<i64>,
    /// How long it took, 1 to 960.
    pub minutes: Option<i64>,
    /// When it was done; now where left out.
    pub occurred_at: Option<Instant>,
    /// For which task.
    pub task: Option<TaskId>,
    /// What was heard, at most 2,000 characters; the captain reads it.
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
        let hash = Sha256::digest(text);
        hash.iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// One row of a sheet: an activity with its own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetRow {
    /// Its idempotency key, 1 to 200 visible characters without blanks.
    pub key: String,
    /// What kind of work.
    pub kind: Kind,
    /// Dials, doors, guests or dollars, a whole number; each kind has its bounds.
    pub quantity: Option<i64>,
    /// How many of them talked; no more than `quantity`.
    pub conversations: Option<i64>,
    /// How long it took, 1 to 960.
    pub minutes: Option<i64>,
    /// When it was done; now where left out.
    pub occurred_at: Option<Instant>,
    /// For which task.
    pub task: Option<TaskId>,
    /// What was heard, at most 2,000 characters.
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

impl ActivityView {
    /// An entry as it stands after a correction.
    pub fn corrected(tree: &Tree, corrected: &Corrected) -> Self {
        Self {
            id: corrected.line.activity(),
            points: Earned {
                base: corrected.base(),
                counted: corrected.counted(),
            },
            verification: corrected.state.verification(),
            regions: regions(tree, &corrected.line.region),
        }
    }
}

/// A line of one's own record.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LineView {
    /// The line's id; an entry's is the activity's.
    pub id: ActivityId,
    /// What kind of work.
    pub kind: String,
    /// Dials, doors, guests or dollars, a whole number; each kind has its bounds.
    pub quantity: Option<i32>,
    /// How many of them talked; no more than `quantity`.
    pub conversations: Option<i32>,
    /// How long it took, 1 to 960.
    pub minutes: Option<i32>,
    /// For which task.
    pub task: Option<TaskId>,
    /// When it was done.
    pub occurred_at: Instant,
    /// Points before verification; a reversal's are negative.
    pub base: Points,
    /// The share that counts, as it was written.
    pub weight: Weight,
    /// Points that count before the soft cap; of a correction, the difference it makes.
    pub counted: Points,
    /// Where an entry stands now; of a correction, what was decided.
    pub verification: Verification,
    /// The entry that a correction is about.
    pub corrects: Option<ActivityId>,
    /// Why it is worth that.
    pub why: String,
}

impl LineView {
    /// A line, explained.
    pub fn of(l: &Lang, scoring: &ScoringConfig, recorded: &Recorded) -> Self {
        let line = &recorded.line;
        Self {
            id: line.activity(),
            kind: line.kind.clone(),
            quantity: line.quantity,
            conversations: line.conversations,
            minutes: line.minutes,
            task: line.task_id,
            occurred_at: line.occurred_at,
            base: line.base(),
            weight: Weight::at_most_one(u64::try_from(line.weight).unwrap_or(0)),
            counted: line.counted(),
            verification: recorded.verification(),
            corrects: line.corrects.map(|entry| ActivityId {
                volunteer: line.volunteer_id,
                entry,
            }),
            why: why(l, scoring, recorded),
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

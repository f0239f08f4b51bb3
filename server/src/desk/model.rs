//! What the desks' answers hold.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::ids::VolunteerId;
use crate::regions::{RegionView, Tree};
use crate::volunteers::{SkillLevel, Volunteer};

/// A region in numbers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Summary {
    /// Which.
    pub region: RegionView,
    /// People who belong to it.
    pub volunteers: i64,
    /// Those with an entry this week.
    pub active: i64,
    /// Those who said they are free in the present third of their week and neither want quiet nor
    /// have been away for long.
    pub ready_now: i64,
    /// Those who follow anything live at this moment, on any node, as far as this one knows; `null` for
    /// one to four, which are told as a few alone.
    pub here_now: Option<u32>,
    /// How many have each skill, by its slug; the most frequent hundred.
    pub by_skill: BTreeMap<String, i64>,
    /// How many said they are free in each third of the week, by its name (`sat-am`).
    pub by_availability: BTreeMap<String, i64>,
    /// Places free in open tasks.
    pub open_slots: i64,
    /// Newcomers nobody has spoken to.
    pub uncontacted: i64,
    /// Those of them who have waited longer than 72 hours.
    pub overdue: i64,
}

/// Somebody found, as captains and HQ see them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PersonView {
    /// Who.
    pub id: VolunteerId,
    /// Their display name; may be empty.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Where they belong.
    pub region: RegionView,
    /// What they can do, best first.
    pub skills: Vec<SkillLevel>,
    /// What they speak, as tags.
    pub languages: Vec<String>,
    /// When they are free, as `sat-am`; null when they have not said.
    pub availability: Option<Vec<String>>,
    /// When they joined.
    pub joined_at: Instant,
    /// When they last did something; null for never.
    pub last_active_at: Option<Instant>,
    /// See the summary's `ready_now`.
    pub ready_now: bool,
    /// Inactive for so long that nobody counts on them.
    pub resting: bool,
}

/// Where somebody belongs now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlacedView {
    /// Who.
    pub id: VolunteerId,
    /// Their postcode.
    pub zip: Option<String>,
    /// Their region.
    pub region: RegionView,
}

impl PlacedView {
    /// The place of `person`.
    pub fn of(tree: &Tree, person: Volunteer) -> Self {
        Self {
            id: person.id,
            region: RegionView::of(tree, &person.region),
            zip: person.zip,
        }
    }
}

/// A person to take into HQ.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStaff {
    /// The address they joined with.
    pub email: String,
}

/// A line of the audit log.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AuditLine {
    /// Its id; later lines have higher ones.
    pub id: String,
    /// Who; null: the campaign itself.
    pub actor: Option<VolunteerId>,
    /// What, in the past tense.
    pub deed: String,
    /// What it was done to.
    pub detail: serde_json::Value,
    /// When.
    pub at: Instant,
    /// Chains this line to the one before.
    pub hash: String,
}

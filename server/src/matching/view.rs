//! The matcher's answers: five tasks for a person, people for a task.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::say::{CaveatSaid, Said};
use crate::ids::VolunteerId;
use crate::regions::RegionView;
use crate::tasks::{State, TaskDetail, Whole};

/// A task offered to a person, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SuggestionView {
    /// The whole task.
    pub task: TaskDetail,
    /// What the list is ordered by: higher is better.
    pub score: f64,
    /// At most two, the strongest first.
    pub reasons: Vec<Said>,
    /// What to know before saying yes.
    pub caveat: Option<CaveatSaid>,
    /// The task as templates want it.
    #[serde(skip)]
    #[schemars(skip)]
    pub whole: Whole,
    /// How far it is, in km, where both places are known and it is not done from home.
    #[serde(skip)]
    #[schemars(skip)]
    pub km: Option<f64>,
}

/// Somebody who might do a task.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PersonBrief {
    /// Who.
    pub id: VolunteerId,
    /// Their display name; their address where they gave none.
    pub name: String,
    /// Where they belong.
    pub region: RegionView,
}

/// One feature of a judgement: the length of its bar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Bar {
    /// Its name in the reader's language.
    pub text: String,
    /// Weight times feature, 0 to 1.
    pub value: f64,
}

/// Somebody who could, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CandidateView {
    /// Who.
    pub volunteer: PersonBrief,
    /// What the list is ordered by: higher is better.
    pub score: f64,
    /// The foreseen chance of a yes, 0 to 1.
    pub chance: f64,
    /// At most two, the strongest first.
    pub reasons: Vec<Said>,
    /// What speaks against it.
    pub caveat: Option<CaveatSaid>,
    /// The seven features.
    pub bars: Vec<Bar>,
    /// Where they stand with the task already, if anywhere.
    pub state: Option<State>,
}

/// Somebody who could not, and why not.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OtherView {
    /// Who.
    pub volunteer: PersonBrief,
    /// Every reason.
    pub why_not: Vec<Said>,
    /// Where they stand with the task already, if anywhere.
    pub state: Option<State>,
}

/// People for a task.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CandidatesView {
    /// Who could, the best first; at most 200.
    pub ranked: Vec<CandidateView>,
    /// Who could not; at most 200.
    pub rest: Vec<OtherView>,
    /// How many could in all.
    pub suitable: usize,
    /// How many were looked at: those near the task, the active ones first, at most 2,000.
    pub considered: usize,
    /// How many people its region has.
    pub people: i64,
    /// How many fail for each reason.
    pub why_not: BTreeMap<String, usize>,
}

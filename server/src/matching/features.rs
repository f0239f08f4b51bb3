//! What the engine knows of a person and of a task: plain data, made by the face from rows.
//!
//! Sets and maps, not sorted lists: no order has to be kept by whoever fills them. What is not
//! known stays at its default, and everything here copes with it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::config::MatchingConfig;
use super::geo::Place;
use super::skills::{SkillId, Skills};
use super::when::{Slots, When};

/// What a judgement depends on beside the person and the task.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The time of the judgement.
    pub now: DateTime<Utc>,
    /// Weights, caps and constants.
    pub config: &'a MatchingConfig,
    /// The skills list that all `SkillId`s are from.
    pub skills: &'a Skills,
}

/// A volunteer.
#[derive(Clone, Debug, Default)]
pub struct PersonView {
    /// Identity; breaks ties.
    pub id: i64,
    /// Code path of the region they belong to, like `us-oh-39049-43215`.
    pub region: String,
    /// Where they live, as far as the postcode tells.
    pub place: Option<Place>,
    /// Lives in the country.
    pub rural: bool,
    /// Roles held, like `captain`.
    pub roles: BTreeSet<String>,
    /// At least this many years old: 18 for somebody who said so, 0 otherwise.
    pub age_at_least: u8,
    /// Skills with levels 1–5; empty: none declared.
    pub skills: Vec<(SkillId, u8)>,
    /// Language tags with levels 1–5; empty: none declared.
    pub languages: BTreeMap<String, u8>,
    /// Thirds of the week in which they are free; none or empty: not declared.
    pub availability: Option<Slots>,
    /// Kinds of task they said they enjoy.
    pub interests: BTreeSet<String>,
    /// How far they said they travel, in km.
    pub travel_km: Option<f64>,
    /// How often they answered "too far".
    pub too_far: u32,
    /// What a place must offer for them.
    pub access_needs: BTreeSet<String>,
    /// Certificates handed in.
    pub certificates: Vec<Certificate>,
    /// Their own cap on hours a week.
    pub weekly_hours: Option<f64>,
    /// Minutes worked in the current week beyond `commitments`.
    pub worked_minutes: u32,
    /// What they have accepted or were assigned, and not finished.
    pub commitments: Vec<Commitment>,
    /// Tasks answered "not now", until when.
    pub snoozed: BTreeMap<i64, DateTime<Utc>>,
    /// Tasks declined for good.
    pub declined: BTreeSet<i64>,
    /// Kinds of task they want no more of.
    pub blocked_kinds: BTreeSet<String>,
    /// What came of each kind of task so far.
    pub kinds: BTreeMap<String, KindHistory>,
    /// Highest rung completed; a newcomer's is 0.
    pub rung: u8,
    /// People they know: who invited them, whom they invited, with whom they worked.
    pub knows: BTreeSet<i64>,
    /// Nothing has been shown to them yet.
    pub first_visit: bool,
}

impl PersonView {
    /// Somebody of whom only the region is known.
    pub fn new(id: i64, region: &str) -> Self {
        Self {
            id,
            region: region.to_owned(),
            ..Self::default()
        }
    }

    /// The declared availability, if any.
    pub fn declared_slots(&self) -> Option<Slots> {
        self.availability.filter(|slots| !slots.is_empty())
    }

    /// Their level in a skill, 0 without it.
    pub fn level(&self, skill: SkillId) -> u8 {
        let levels = self.skills.iter().filter(|(id, _)| *id == skill);
        levels.map(|(_, level)| *level).max().unwrap_or(0)
    }

    /// Their level in a language, 0 without it. Who declared none is taken to speak the campaign's.
    pub fn speaks(&self, language: &str, default: &str) -> u8 {
        if self.languages.is_empty() && language == default {
            return 5;
        }
        self.languages.get(language).copied().unwrap_or(0)
    }

    /// Where they are, and how far that is from the task, in km.
    pub fn km_to(&self, task: &TaskView) -> Option<f64> {
        Some(self.place?.km_to(task.place?))
    }
}

/// A certificate somebody handed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// What it is, in the words tasks use.
    pub name: String,
    /// Whether staff have seen it.
    pub verified: bool,
    /// The last day on which it holds; none: for ever.
    pub expires: Option<NaiveDate>,
}

/// Something a person has accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Commitment {
    /// The task.
    pub task: i64,
    /// When; a flexible one counts in the current week.
    pub when: When,
    /// How long it takes.
    pub minutes: u32,
}

/// A person's history with one kind of task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindHistory {
    /// Times offered.
    pub shown: u32,
    /// Times accepted.
    pub accepted: u32,
    /// Times done.
    pub done: u32,
    /// Times answered "not my thing".
    pub not_my_thing: u32,
}

/// Whether a task takes people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaskStatus {
    /// Not published.
    Draft,
    /// Published.
    #[default]
    Open,
    /// Ended or withdrawn.
    Closed,
}

/// A skill a task asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkillNeed {
    /// The skill.
    pub skill: SkillId,
    /// Wanted level, 1–5.
    pub level: u8,
    /// Whether nobody without it may come.
    pub required: bool,
    /// Importance, above 0; 1 by default.
    pub weight: f64,
}

/// A language a task asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageNeed {
    /// The tag, like `es`.
    pub language: String,
    /// Wanted level, 1–5.
    pub level: u8,
    /// Whether nobody without it may come; otherwise it is welcome.
    pub required: bool,
}

/// A task.
#[derive(Clone, Debug)]
pub struct TaskView {
    /// Identity; breaks ties.
    pub id: i64,
    /// Kind, like `calls`.
    pub kind: String,
    /// Code path of the region whose people it is for.
    pub region: String,
    /// Open, or not.
    pub status: TaskStatus,
    /// Done from home.
    pub remote: bool,
    /// Where it is.
    pub place: Option<Place>,
    /// Nobody from farther away is asked, in km.
    pub radius_km: Option<f64>,
    /// When it is.
    pub when: When,
    /// How long it takes.
    pub minutes: u32,
    /// Places, at least 1.
    pub slots: u32,
    /// Places taken.
    pub accepted: u32,
    /// Invitations not answered yet.
    pub pending: u32,
    /// Skills asked for.
    pub skills: Vec<SkillNeed>,
    /// Languages asked for.
    pub languages: Vec<LanguageNeed>,
    /// Certificates needed.
    pub certificates: Vec<String>,
    /// Roles of which one is needed; empty: anybody's.
    pub roles: Vec<String>,
    /// Least age in years.
    pub min_age: Option<u8>,
    /// What the place offers, in the words of people's access needs.
    pub access: Vec<String>,
    /// Rung of the ladder, 1–6.
    pub rung: u8,
    /// HQ's priority, 0.5–2.
    pub priority: f64,
    /// Whether a host is named.
    pub host_named: bool,
    /// Who goes already, the host among them.
    pub going: Vec<i64>,
    /// Times it was accepted where it had been shown.
    pub accepts: f64,
    /// Acceptances foreseen for those showings: Σ p.
    pub expected: f64,
    /// Acceptances still foreseen from people who saw it and have not answered: Σ p.
    pub exposure: f64,
    /// Times it stood in somebody's list.
    pub shown: u32,
    /// When somebody last saw it, or else when it was opened; none: not known.
    pub unseen_since: Option<DateTime<Utc>>,
}

impl TaskView {
    /// An open task on the first rung, with one place, an hour long, whenever one likes.
    pub fn new(id: i64, kind: &str, region: &str) -> Self {
        Self {
            id,
            kind: kind.to_owned(),
            region: region.to_owned(),
            status: TaskStatus::Open,
            remote: false,
            place: None,
            radius_km: None,
            when: When::default(),
            minutes: 60,
            slots: 1,
            accepted: 0,
            pending: 0,
            skills: Vec::new(),
            languages: Vec::new(),
            certificates: Vec::new(),
            roles: Vec::new(),
            min_age: None,
            access: Vec::new(),
            rung: 1,
            priority: 1.0,
            host_named: false,
            going: Vec::new(),
            accepts: 0.0,
            expected: 0.0,
            exposure: 0.0,
            shown: 0,
            unseen_since: None,
        }
    }

    /// Places left: `slots − accepted − share·pending`; 0 or less means full.
    pub fn free(&self, pending_share: f64) -> f64 {
        f64::from(self.slots) - f64::from(self.accepted) - pending_share * f64::from(self.pending)
    }
}

/// Whether region `code` is `top` or lies under it; codes are paths (`us-oh-39049`).
pub fn is_under(code: &str, top: &str) -> bool {
    code.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

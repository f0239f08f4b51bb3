//! What counts more in a week, in an answer and in words.

use schemars::JsonSchema;
use serde::Serialize;

use super::week_number;
use crate::activities::Kind;
use crate::ledger::{Mission, Week};
use crate::words::Lang;

/// What a kind counts in a week.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MissionView {
    /// The week, as `2026-W48`.
    #[schemars(with = "String")]
    pub week: Week,
    /// The kind of activity.
    pub kind: Kind,
    /// What its points are multiplied by, 0.5 to 2.
    #[schemars(with = "f64")]
    pub weight: Mission,
    /// The same as a sentence.
    pub text: String,
}

impl MissionView {
    /// What `kind` counts in `week`, said on its own.
    pub fn new(l: &Lang, week: Week, kind: Kind, weight: Mission) -> Self {
        Self {
            week,
            kind,
            weight,
            text: said(l, kind, weight, Some(week)),
        }
    }
}

/// "Doors count 1.5× this week.", or the week by its number.
pub fn said(l: &Lang, kind: Kind, weight: Mission, week: Option<Week>) -> String {
    let subject = format!("mission-kind-{kind}");
    let what = l.say(&subject).to_string();
    let weight = weight.to_string();
    match week {
        None => l
            .say("mission-this-week")
            .with("what", what)
            .with("weight", weight)
            .to_string(),
        Some(week) => l
            .say("mission-in-week")
            .with("what", what)
            .with("weight", weight)
            .with("week", week_number(week))
            .to_string(),
    }
}

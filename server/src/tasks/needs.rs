//! What a task asks of people: skills and languages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{FieldErrors, Sentence};
use crate::volunteers::{languages, skills};

/// Entries of a list at most.
pub const LIST: usize = 30;

/// A skill a task asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillNeed {
    /// Of `GET /api/v1/skills`.
    pub slug: String,
    /// Wanted level, 1 to 5.
    pub level: i32,
    /// Whether nobody without it is asked; false when left out.
    #[serde(default)]
    pub required: bool,
    /// Importance beside the others, above 0, at most 10; 1 when left out.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

/// A language a task asks for: a tag, which nobody without it is asked, or a tag that is welcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LanguageNeed {
    /// `"es"`: needed.
    Needed(String),
    /// `{"tag": "es", "required": false}`.
    Said {
        /// The tag.
        tag: String,
        /// Whether nobody without it is asked.
        required: bool,
    },
}

impl LanguageNeed {
    /// The tag.
    pub fn tag(&self) -> &str {
        match self {
            Self::Needed(tag) | Self::Said { tag, .. } => tag,
        }
    }

    /// Whether nobody without it is asked.
    pub fn is_required(&self) -> bool {
        match self {
            Self::Needed(_) => true,
            Self::Said { required, .. } => *required,
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "bounds are numbers")]
/// The sentence about a number out of its range.
pub fn between(low: impl ToString, high: impl ToString) -> Sentence {
    Sentence::Key(
        "task-between",
        vec![("low", low.to_string()), ("high", high.to_string())],
    )
}

/// Finds what is wrong with the skills asked for.
pub fn check_skills(needs: &[SkillNeed], faults: &mut FieldErrors) {
    if needs.len() > LIST {
        faults.add("skills", "task-list-long");
    }
    for (at, need) in needs.iter().enumerate() {
        if skills::find(&need.slug).is_none() {
            faults.add(format!("skills[{at}].slug"), "task-skill-unknown");
        }
        if needs[..at].iter().any(|other| other.slug == need.slug) {
            faults.add(format!("skills[{at}].slug"), "task-skill-twice");
        }
        if !(1..=5).contains(&need.level) {
            faults.add(format!("skills[{at}].level"), between(1, 5));
        }
        if !(need.weight > 0.0 && need.weight <= 10.0) {
            faults.add(format!("skills[{at}].weight"), between(0, 10));
        }
    }
}

/// The languages in small letters and their shortest form, and what is wrong with them.
pub fn languages(needs: &[LanguageNeed], faults: &mut FieldErrors) -> Vec<LanguageNeed> {
    let mut list: Vec<LanguageNeed> = Vec::new();
    for (at, need) in needs.iter().enumerate() {
        let tag = need.tag().trim().to_lowercase();
        if !languages::is_known(&tag) || list.iter().any(|other| other.tag() == tag) {
            faults.add(format!("languages[{at}]"), "task-language");
        }
        list.push(if need.is_required() {
            LanguageNeed::Needed(tag)
        } else {
            LanguageNeed::Said {
                tag,
                required: false,
            }
        });
    }
    if list.len() > LIST {
        faults.add("languages", "task-list-long");
    }
    list
}

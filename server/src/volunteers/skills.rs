//! The starter list of skills: reference data, `config/regions/us/skills.csv`.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const LIST: &str = include_str!("../../../config/regions/us/skills.csv");

/// One skill people can declare and tasks can ask for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Skill {
    /// Its name in requests.
    pub slug: String,
    /// Its name for people.
    pub label: String,
    /// What it belongs to, such as `outreach`.
    pub group: String,
}

/// Every skill, in the order of the list.
pub fn all() -> &'static [Skill] {
    static SKILLS: LazyLock<Vec<Skill>> = LazyLock::new(|| {
        csv::Reader::from_reader(LIST.as_bytes())
            .deserialize()
            .filter_map(Result::ok)
            .collect()
    });
    &SKILLS
}

/// The skill called `slug`.
pub fn find(slug: &str) -> Option<&'static Skill> {
    all().iter().find(|skill| skill.slug == slug)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_whole() {
        assert_eq!(super::all().len(), 69);
        assert_eq!(super::find("spanish").unwrap().label, "Spanish");
    }
}

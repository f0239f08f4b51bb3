//! The skills list with how rare each skill is: what few people can do weighs more.

use std::collections::HashMap;

/// A skill as its place in [`Skills`]: comparing numbers is cheaper than comparing words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SkillId(u16);

/// The skills list, made anew when people's skills have changed enough to matter.
#[derive(Clone, Debug, Default)]
pub struct Skills {
    slugs: Vec<String>,
    idf: Vec<f64>,
    ids: HashMap<String, SkillId>,
}

impl Skills {
    /// From each skill's slug with n, the number of people who have it, and N, the number of
    /// people with any skill: `idf = max(floor, ln((1+N)/(1+n)))` (matching.md, Score).
    /// A slug given twice counts once; beyond 65,536 skills the rest is left out.
    pub fn new<S: Into<String>>(
        counts: impl IntoIterator<Item = (S, u32)>,
        people: u32,
        floor: f64,
    ) -> Self {
        let mut skills = Self::default();
        for (slug, have) in counts {
            let slug = slug.into();
            let Ok(place) = u16::try_from(skills.slugs.len()) else {
                break;
            };
            if skills.ids.contains_key(&slug) {
                continue;
            }
            let rarity = ((1.0 + f64::from(people)) / (1.0 + f64::from(have))).ln();
            skills.ids.insert(slug.clone(), SkillId(place));
            skills.slugs.push(slug);
            skills.idf.push(rarity.max(floor));
        }
        skills
    }

    /// The skill with this slug.
    pub fn id(&self, slug: &str) -> Option<SkillId> {
        self.ids.get(slug).copied()
    }

    /// Its slug; empty for an id of another list.
    pub fn slug(&self, id: SkillId) -> &str {
        self.slugs.get(usize::from(id.0)).map_or("", String::as_str)
    }

    /// Its rarity; 0 for an id of another list.
    pub fn idf(&self, id: SkillId) -> f64 {
        self.idf.get(usize::from(id.0)).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Skills;

    #[test]
    fn a_rare_skill_weighs_more_and_the_commonest_still_something() {
        let skills = Skills::new([("driving", 99), ("gis", 9), ("legal", 0)], 99, 0.1);
        let idf = |slug| skills.idf(skills.id(slug).unwrap());
        assert!((idf("driving") - 0.1).abs() < 1e-12);
        assert!((idf("gis") - 10.0_f64.ln()).abs() < 1e-12);
        assert!((idf("legal") - 100.0_f64.ln()).abs() < 1e-12);
        assert_eq!(skills.id("juggling"), None);
    }

    #[test]
    fn a_campaign_without_skilled_people_weighs_all_alike() {
        let skills = Skills::new([("driving", 0), ("gis", 0)], 0, 0.1);
        for slug in ["driving", "gis"] {
            assert!((skills.idf(skills.id(slug).unwrap()) - 0.1).abs() < 1e-12);
        }
    }

    #[test]
    fn a_slug_given_twice_counts_once() {
        let skills = Skills::new([("gis", 0), ("gis", 9), ("law", 0)], 9, 0.1);
        assert_eq!(skills.slug(skills.id("law").unwrap()), "law");
        assert!((skills.idf(skills.id("gis").unwrap()) - 10.0_f64.ln()).abs() < 1e-12);
    }
}

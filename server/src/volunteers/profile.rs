//! The profile: what a person tells about themselves, as the API shows and changes it.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Availability, Volunteer, languages, objects, skills};
use crate::clock::Instant;
use crate::error::{Error, FieldErrors, Sentence};
use crate::ids::VolunteerId;
use crate::prose;
use crate::region_code::RegionCode;
use crate::regions::{RegionView, Tree};

/// Letters of a display name at most.
pub const NAME_LENGTH: usize = 80;
/// Entries of a list at most.
const LIST_LENGTH: usize = 60;
/// Letters of a list's entry at most.
const ENTRY_LENGTH: usize = 60;

/// The kinds of task that people can say they enjoy: those that tasks have.
pub const INTERESTS: [&str; 10] = [
    "calls",
    "doors",
    "listening_note",
    "shift",
    "event_hosted",
    "event_attended",
    "donation",
    "data_entry",
    "translation",
    "training",
];

/// A skill and how well somebody has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillLevel {
    /// Of `GET /api/v1/skills`.
    pub slug: String,
    /// 1 (a start) to 5 (could teach it).
    #[schemars(range(min = 1, max = 5))]
    pub level: i32,
}

/// A certificate somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Its name, such as `first-aid`, at most 60 letters.
    pub name: String,
    /// The last day it is good for.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub expires: Option<chrono::NaiveDate>,
    /// Whether a captain or HQ has seen it. Nobody sets this about themselves.
    #[serde(default)]
    pub verified: bool,
}

/// A whole profile.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the contract documents each field")]
pub struct Profile {
    pub id: VolunteerId,
    pub email: String,
    pub name: String,
    pub zip: Option<String>,
    pub region: RegionView,
    /// `volunteer`, `captain`, `staff`.
    pub roles: Vec<String>,
    /// Regions they are captain of.
    pub captain_of: Vec<RegionView>,
    pub skills: Vec<SkillLevel>,
    /// Language tags such as `es`.
    pub languages: Vec<String>,
    /// Thirds of the week such as `sat-am`; null when undeclared.
    pub availability: Option<Vec<String>>,
    pub interests: Vec<String>,
    pub travel_km: Option<i32>,
    pub quiet: bool,
    pub honour_roll: bool,
    pub certificates: Vec<Certificate>,
    pub adult: bool,
    pub access_needs: Vec<String>,
    pub weekly_hours: Option<i32>,
    pub joined_at: Instant,
}

/// What a person holds in the campaign.
#[derive(Debug, Clone, Default)]
pub struct Offices {
    /// HQ staff.
    pub staff: bool,
    /// Captain of these.
    pub leads: Vec<RegionCode>,
}

impl Profile {
    /// Puts the profile together.
    pub fn of(tree: &Tree, person: &Volunteer, skills: Vec<SkillLevel>, offices: &Offices) -> Self {
        let mut roles = vec!["volunteer".to_owned()];
        if !offices.leads.is_empty() {
            roles.push("captain".into());
        }
        if offices.staff {
            roles.push("staff".into());
        }
        Self {
            id: person.id,
            email: person.email.clone(),
            name: person.name.clone(),
            zip: person.zip.clone(),
            region: RegionView::of(tree, &person.region),
            roles,
            captain_of: offices
                .leads
                .iter()
                .map(|code| RegionView::of(tree, code))
                .collect(),
            skills,
            languages: Volunteer::list(&person.languages),
            availability: person
                .availability
                .as_deref()
                .map(|grid| Availability::from_column(grid).chosen()),
            interests: Volunteer::list(&person.interests),
            travel_km: person.travel_km,
            quiet: person.quiet,
            honour_roll: person.honour_roll,
            certificates: serde_json::from_str(&person.certificates).unwrap_or_default(),
            adult: person.adult,
            access_needs: Volunteer::list(&person.access_needs),
            weekly_hours: person.weekly_hours,
            joined_at: person.joined_at,
        }
    }
}

/// A field that can be left alone (`None`), cleared (`Some(None)`) or set.
pub fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// A change: what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The name shown to others, at most 80 letters; empty takes it away.
    pub name: Option<String>,
    /// A new postcode within 80 km of the old one: the person then belongs to its turf; farther is
    /// HQ's.
    pub zip: Option<String>,
    /// A county within 80 km of the postcode's point; farther is HQ's.
    pub region: Option<String>,
    /// All skills, each once: the list takes the place of the one before.
    #[serde(default, deserialize_with = "objects")]
    #[schemars(with = "Option<Vec<SkillLevel>>")]
    pub skills: Option<Vec<SkillLevel>>,
    /// All languages, as tags such as `es`.
    pub languages: Option<Vec<String>>,
    /// All thirds of the week that are free, `mon-am`, `mon-pm`, `mon-eve` to `sun-eve`; null: undeclared.
    #[serde(default, deserialize_with = "said")]
    #[schemars(with = "Option<Vec<String>>")]
    pub availability: Option<Option<Vec<String>>>,
    /// All kinds of task they enjoy, as in a task's `kind`.
    pub interests: Option<Vec<String>>,
    /// How far they go, 0 to 1,000 km; null: undeclared.
    #[serde(default, deserialize_with = "said")]
    #[schemars(with = "Option<i32>", range(min = 0, max = 1000))]
    pub travel_km: Option<Option<i32>>,
    /// Whether to spare them comparison with others.
    pub quiet: Option<bool>,
    /// Whether their name may stand on the honour roll.
    pub honour_roll: Option<bool>,
    /// All certificates, at most 60; a leader's word on one stays while it is unchanged.
    #[serde(default, deserialize_with = "objects")]
    #[schemars(with = "Option<Vec<Certificate>>", length(max = 60))]
    pub certificates: Option<Vec<Certificate>>,
    /// Whether they are 18 or older.
    pub adult: Option<bool>,
    /// What they need of a place, in plain words such as `step-free`.
    pub access_needs: Option<Vec<String>>,
    /// Hours a week they have, 0 to 80; null: undeclared.
    #[serde(default, deserialize_with = "said")]
    #[schemars(with = "Option<i32>", range(min = 0, max = 80))]
    pub weekly_hours: Option<Option<i32>>,
}

impl Change {
    /// Applies the plain fields to `person` and gives the skills to store; `zip` and `region` are
    /// the face's affair, since they need the tree.
    ///
    /// # Errors
    /// `Invalid` with a sentence for each field that cannot be used; `person` is then unusable.
    pub fn apply(&self, person: &mut Volunteer) -> Result<(), Error> {
        let mut faults = FieldErrors::default();
        if let Some(name) = &self.name {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            if name.chars().count() > NAME_LENGTH {
                faults.add("name", "name-too-long");
            } else if name.chars().any(prose::is_hidden) {
                faults.add("name", "prose-control");
            }
            person.name = name;
        }
        self.check_skills(&mut faults);
        let mut list = |field: &'static str, from: &Option<Vec<String>>, into: &mut String| {
            let Some(entries) = from else { return };
            match tidy(entries) {
                Some(tidied) => *into = serde_json::to_string(&tidied).unwrap_or_default(),
                None => faults.add(field, "list-too-long"),
            }
        };
        list("languages", &self.languages, &mut person.languages);
        list("interests", &self.interests, &mut person.interests);
        list("access_needs", &self.access_needs, &mut person.access_needs);
        if self
            .languages
            .iter()
            .flatten()
            .any(|tag| !languages::is_known(tag))
        {
            faults.add("languages", "language-unknown");
        }
        let known = |kind: &String| INTERESTS.contains(&kind.trim().to_lowercase().as_str());
        if !self.interests.iter().flatten().all(known) {
            let kinds = vec![("kinds", INTERESTS.join(", "))];
            faults.add("interests", Sentence::Key("interest-unknown", kinds));
        }
        if !self
            .access_needs
            .iter()
            .flatten()
            .all(|need| is_plain(need))
        {
            faults.add("access_needs", "access-malformed");
        }
        match &self.availability {
            Some(Some(names)) => match Availability::parse(names) {
                Ok(grid) => person.availability = Some(grid.column()),
                Err(_) => faults.add("availability", "availability-unknown"),
            },
            Some(None) => person.availability = None,
            None => {}
        }
        let mut number =
            |field: &'static str, from: &Option<Option<i32>>, into: &mut Option<i32>, most: i32| {
                let Some(wanted) = from else { return };
                if wanted.is_some_and(|number| !(0..=most).contains(&number)) {
                    faults.add(
                        field,
                        Sentence::Key(
                            "number-out-of-range",
                            vec![("low", "0".into()), ("high", most.to_string())],
                        ),
                    );
                }
                *into = *wanted;
            };
        number("travel_km", &self.travel_km, &mut person.travel_km, 1000);
        number(
            "weekly_hours",
            &self.weekly_hours,
            &mut person.weekly_hours,
            80,
        );
        person.quiet = self.quiet.unwrap_or(person.quiet);
        person.honour_roll = self.honour_roll.unwrap_or(person.honour_roll);
        person.adult = self.adult.unwrap_or(person.adult);
        if let Some(certificates) = &self.certificates {
            check_certificates(certificates, person, &mut faults);
        }
        faults.done()
    }

    fn check_skills(&self, faults: &mut FieldErrors) {
        let Some(chosen) = &self.skills else { return };
        for (at, skill) in chosen.iter().enumerate() {
            if skills::find(&skill.slug).is_none()
                || chosen[..at].iter().any(|other| other.slug == skill.slug)
            {
                faults.add(format!("skills[{at}].slug"), "skill-unknown");
            }
            if !(1..=5).contains(&skill.level) {
                faults.add(format!("skills[{at}].level"), "skill-level");
            }
        }
    }
}

/// A certificate counts as verified only while a leader's word stands on it unchanged.
fn check_certificates(wanted: &[Certificate], person: &mut Volunteer, faults: &mut FieldErrors) {
    let had: Vec<Certificate> = serde_json::from_str(&person.certificates).unwrap_or_default();
    if wanted.len() > LIST_LENGTH
        || wanted
            .iter()
            .any(|one| one.name.is_empty() || one.name.len() > ENTRY_LENGTH)
    {
        faults.add("certificates", "list-too-long");
        return;
    }
    if wanted
        .iter()
        .any(|one| one.name.chars().any(prose::is_hidden))
    {
        faults.add("certificates", "prose-control");
        return;
    }
    let kept: Vec<Certificate> = wanted
        .iter()
        .map(|one| Certificate {
            verified: had
                .iter()
                .any(|old| old.verified && old.name == one.name && old.expires == one.expires),
            ..one.clone()
        })
        .collect();
    person.certificates = serde_json::to_string(&kept).unwrap_or_default();
}

/// Blanks and repeats dropped; `None` when there is too much.
fn tidy(entries: &[String]) -> Option<Vec<String>> {
    let mut tidied: Vec<String> = Vec::new();
    for entry in entries {
        let entry = entry.trim().to_lowercase();
        if entry.chars().count() > ENTRY_LENGTH || entry.chars().any(char::is_control) {
            return None;
        }
        if !entry.is_empty() && !tidied.contains(&entry) {
            tidied.push(entry);
        }
    }
    (tidied.len() <= LIST_LENGTH).then_some(tidied)
}

/// Words as people write them: letters of any script, digits, blanks and a few marks.
fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || " -'’.,()/&+".contains(c))
}

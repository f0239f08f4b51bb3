//! What a leader writes: the fields of a task as they come in, and everything that can be wrong
//! with them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::{Status, Task, TaskKind};
use super::needs::{self, LIST, LanguageNeed, SkillNeed, between};
use crate::clock::{Duration, Instant};
use crate::error::FieldErrors;
use crate::ids::VolunteerId;
use crate::prose;
use crate::region_code::RegionCode;
use crate::regions::Tree;
use crate::volunteers;

/// Letters of a title at most.
pub const TITLE: usize = 120;
/// Letters of a description at most.
pub const BODY: usize = 4000;
/// Letters of a place's name at most.
pub const PLACE: usize = 160;
/// Letters of an entry of a list at most.
const ENTRY: usize = 60;
/// How far from today a task may lie.
const FAR: Duration = Duration::days(2 * 366);

/// A place on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceDraft {
    /// Degrees north, −90 to 90.
    pub lat: f64,
    /// Degrees east, −180 to 180.
    pub lon: f64,
    /// What it is called, such as "Whetstone Library".
    #[serde(default)]
    pub name: Option<String>,
}

/// A task as it is written: what is left out stays as it is, or takes its default in a new one.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// 1 to 120 letters, beginning with a verb. Needed for a new task.
    pub title: Option<String>,
    /// What to do, at most 4,000 letters.
    pub body: Option<String>,
    /// What kind of work. Needed for a new task.
    pub kind: Option<TaskKind>,
    /// The code of the region whose people it is for. Needed for a new task.
    pub region: Option<String>,
    /// Whether it is done from home; false when left out.
    pub remote: Option<bool>,
    /// Where it is.
    #[serde(default, deserialize_with = "volunteers::said_object")]
    #[schemars(with = "Option<PlaceDraft>")]
    pub place: Option<Option<PlaceDraft>>,
    /// When it starts; without, whenever one likes.
    #[serde(default, deserialize_with = "volunteers::said")]
    #[schemars(with = "Option<Instant>")]
    pub starts_at: Option<Option<Instant>>,
    /// When it ends, or by when it is to be done.
    #[serde(default, deserialize_with = "volunteers::said")]
    #[schemars(with = "Option<Instant>")]
    pub ends_at: Option<Option<Instant>>,
    /// How long it takes a person, 1 to 1,440; 60 or the time between start and end when left out.
    pub minutes: Option<i32>,
    /// Places, 1 to 9,999; 1 when left out. Never below those taken.
    pub slots: Option<i32>,
    /// Skills asked for.
    #[serde(default, deserialize_with = "volunteers::objects")]
    #[schemars(with = "Option<Vec<SkillNeed>>")]
    pub skills: Option<Vec<SkillNeed>>,
    /// Languages asked for.
    pub languages: Option<Vec<LanguageNeed>>,
    /// Rung of the ladder, 1 to 6; 1 when left out.
    pub rung: Option<i32>,
    /// HQ's weight, 0.5 to 2; 1 when left out.
    pub priority: Option<f64>,
    /// Who is there to ask.
    #[serde(default, deserialize_with = "volunteers::said")]
    #[schemars(with = "Option<VolunteerId>")]
    pub host: Option<Option<VolunteerId>>,
    /// `open` when left out.
    pub status: Option<Status>,
    /// Certificates needed.
    pub certificates: Option<Vec<String>>,
    /// Least age in years, 1 to 99.
    #[serde(default, deserialize_with = "volunteers::said")]
    #[schemars(with = "Option<i32>")]
    pub min_age: Option<Option<i32>>,
    /// What the place offers, such as `step-free`.
    pub access: Option<Vec<String>>,
    /// Nobody from farther away is asked, 1 to 1,000 km.
    #[serde(default, deserialize_with = "volunteers::said")]
    #[schemars(with = "Option<i32>")]
    pub radius_km: Option<Option<i32>>,
}

impl Draft {
    /// The fields that a new task cannot do without.
    pub fn check_needed(&self, faults: &mut FieldErrors) {
        let missing = [
            ("title", self.title.is_none(), "task-title-needed"),
            ("kind", self.kind.is_none(), "task-kind-needed"),
            ("region", self.region.is_none(), "task-region-needed"),
        ];
        for (field, is_missing, key) in missing {
            if is_missing {
                faults.add(field, key);
            }
        }
    }

    /// The region asked for, if it exists.
    pub fn region(&self, tree: &Tree, faults: &mut FieldErrors) -> Option<RegionCode> {
        let text = self.region.as_deref()?;
        let found = RegionCode::parse(text.trim())
            .ok()
            .filter(|code| tree.get(code).is_some());
        if found.is_none() {
            faults.add("region", "task-region-unknown");
        }
        found
    }

    /// Puts the plain fields into `task`, a sentence in `faults` for each that cannot be used. The
    /// region, the host and the places taken are the face's affair.
    pub fn apply(&self, task: &mut Task, now: Instant, faults: &mut FieldErrors) {
        self.apply_texts(task, faults);
        self.apply_times(task, now, faults);
        self.apply_numbers(task, faults);
        self.apply_lists(task, faults);
        if let Some(skills) = &self.skills {
            needs::check_skills(skills, faults);
        }
        if let Some(kind) = self.kind {
            task.kind = kind;
        }
        if let Some(status) = self.status {
            task.status = status;
        }
        if let Some(host) = self.host {
            task.host = host;
        }
    }

    fn apply_texts(&self, task: &mut Task, faults: &mut FieldErrors) {
        if let Some(title) = &self.title {
            task.title = title.split_whitespace().collect::<Vec<_>>().join(" ");
            if task.title.is_empty() {
                faults.add("title", "task-title-needed");
            } else if task.title.chars().count() > TITLE {
                faults.add("title", "task-title-long");
            } else if task.title.chars().any(prose::is_hidden) {
                faults.add("title", "prose-control");
            }
        }
        if let Some(body) = &self.body {
            body.trim().replace("\r\n", "\n").clone_into(&mut task.body);
            let bad = |c: char| prose::is_hidden(c) && c != '\n' && c != '\t';
            if task.body.chars().count() > BODY {
                faults.add("body", "task-body-long");
            } else if task.body.chars().any(bad) {
                faults.add("body", "prose-control");
            }
        }
        if let Some(remote) = self.remote {
            task.remote = remote;
        }
        match &self.place {
            None => {}
            Some(None) => {
                (task.lat, task.lon) = (None, None);
                task.place_name.clear();
            }
            Some(Some(place)) => {
                (task.lat, task.lon) = (Some(place.lat), Some(place.lon));
                let name = place.name.as_deref().unwrap_or_default();
                task.place_name = name.split_whitespace().collect::<Vec<_>>().join(" ");
                if !(-90.0..=90.0).contains(&place.lat) {
                    faults.add("place.lat", between(-90, 90));
                }
                if !(-180.0..=180.0).contains(&place.lon) {
                    faults.add("place.lon", between(-180, 180));
                }
                if task.place_name.chars().count() > PLACE {
                    faults.add("place.name", "task-place-long");
                } else if task.place_name.chars().any(prose::is_hidden) {
                    faults.add("place.name", "prose-control");
                }
            }
        }
    }

    fn apply_times(&self, task: &mut Task, now: Instant, faults: &mut FieldErrors) {
        for (field, said, kept) in [
            ("starts_at", self.starts_at, &mut task.starts_at),
            ("ends_at", self.ends_at, &mut task.ends_at),
        ] {
            let Some(time) = said else { continue };
            *kept = time;
            if time.is_some_and(|time| time < now - FAR || time > now + FAR) {
                faults.add(field, "task-time-far");
            }
        }
        if let (Some(starts), Some(ends)) = (task.starts_at, task.ends_at)
            && ends <= starts
        {
            faults.add("ends_at", "task-ends-first");
        }
        match self.minutes {
            Some(minutes) => {
                task.minutes = minutes;
                if !(1..=1440).contains(&minutes) {
                    faults.add("minutes", between(1, 1440));
                }
            }
            // A new task that says from when to when says how long.
            None if task.title.is_empty() || task.created_at == now => {
                if let (Some(starts), Some(ends)) = (task.starts_at, task.ends_at) {
                    let span = (ends - starts).num_minutes();
                    if (1..=1440).contains(&span) {
                        task.minutes = i32::try_from(span).unwrap_or(60);
                    }
                }
            }
            None => {}
        }
    }

    fn apply_numbers(&self, task: &mut Task, faults: &mut FieldErrors) {
        let mut whole = |field: &str, said: Option<i32>, kept: &mut i32, low: i32, high: i32| {
            let Some(number) = said else { return };
            *kept = number;
            if !(low..=high).contains(&number) {
                faults.add(field, between(low, high));
            }
        };
        whole("slots", self.slots, &mut task.slots, 1, 9999);
        whole("rung", self.rung, &mut task.rung, 1, 6);
        let mut maybe = |field: &str, said: Option<Option<i32>>, kept: &mut Option<i32>, high| {
            let Some(number) = said else { return };
            *kept = number;
            if number.is_some_and(|number| !(1..=high).contains(&number)) {
                faults.add(field, between(1, high));
            }
        };
        maybe("min_age", self.min_age, &mut task.min_age, 99);
        maybe("radius_km", self.radius_km, &mut task.radius_km, 1000);
        if let Some(priority) = self.priority {
            task.priority = priority;
            if !(0.5..=2.0).contains(&priority) {
                faults.add("priority", between("0.5", 2));
            }
        }
    }

    fn apply_lists(&self, task: &mut Task, faults: &mut FieldErrors) {
        for (field, said, kept) in [
            ("certificates", &self.certificates, &mut task.certificates),
            ("access", &self.access, &mut task.access),
        ] {
            let Some(entries) = said else { continue };
            match tidy(entries) {
                Some(list) => *kept = json(&list),
                None => faults.add(field, "task-list-long"),
            }
        }
        if let Some(languages) = &self.languages {
            task.languages = json(&needs::languages(languages, faults));
        }
    }
}

/// Blanks and repeats dropped, letters made small; none when there is too much.
fn tidy(entries: &[String]) -> Option<Vec<String>> {
    let mut list: Vec<String> = Vec::new();
    for entry in entries {
        let entry = entry.trim().to_lowercase();
        if entry.chars().count() > ENTRY || entry.chars().any(prose::is_hidden) {
            return None;
        }
        if !entry.is_empty() && !list.contains(&entry) {
            list.push(entry);
        }
    }
    (list.len() <= LIST).then_some(list)
}

fn json<T: Serialize>(list: &T) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;

    fn faults(body: &str) -> Vec<String> {
        let draft: Draft = serde_json::from_str(body).unwrap();
        let now = Instant::from_micros(1_795_000_000_000_000);
        let region = RegionCode::parse("us-oh").unwrap();
        let mut task = Task::blank(TaskId(1), TaskKind::Calls, region, VolunteerId(1), now);
        let mut faults = FieldErrors::default();
        draft.apply(&mut task, now, &mut faults);
        faults.0.into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn each_bad_field_is_named() {
        for (body, field) in [
            (r#"{"title":"  "}"#, "title"),
            (r#"{"slots":0}"#, "slots"),
            (r#"{"slots":10000}"#, "slots"),
            (r#"{"minutes":0}"#, "minutes"),
            (r#"{"rung":7}"#, "rung"),
            (r#"{"priority":2.1}"#, "priority"),
            (r#"{"radius_km":0}"#, "radius_km"),
            (r#"{"min_age":-1}"#, "min_age"),
            (r#"{"place":{"lat":91,"lon":0}}"#, "place.lat"),
            (r#"{"starts_at":"1999-01-01T00:00:00Z"}"#, "starts_at"),
            (
                r#"{"starts_at":"2026-11-21T15:00:00Z","ends_at":"2026-11-21T15:00:00Z"}"#,
                "ends_at",
            ),
            (r#"{"languages":["español"]}"#, "languages[0]"),
            (r#"{"languages":["es","spanish"]}"#, "languages[1]"),
            (r#"{"title":"Call \u202e"}"#, "title"),
            (
                r#"{"place":{"lat":40,"lon":-83,"name":"\u0000"}}"#,
                "place.name",
            ),
            (
                r#"{"skills":[{"slug":"juggling","level":1}]}"#,
                "skills[0].slug",
            ),
            (
                r#"{"skills":[{"slug":"spanish","level":6}]}"#,
                "skills[0].level",
            ),
            (
                r#"{"skills":[{"slug":"spanish","level":1,"weight":0}]}"#,
                "skills[0].weight",
            ),
        ] {
            assert_eq!(faults(body), [field], "{body}");
        }
    }

    #[test]
    fn people_can_enjoy_every_kind_of_task_and_nothing_else() {
        let kinds: Vec<String> = TaskKind::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(kinds, volunteers::INTERESTS);
    }

    #[test]
    fn what_is_not_said_is_left_alone_and_null_clears() {
        let draft: Draft = serde_json::from_str(r#"{"starts_at":null,"radius_km":null}"#).unwrap();
        assert_eq!(draft.starts_at, Some(None));
        assert_eq!(draft.ends_at, None);
        assert!(faults(r#"{"place":null,"host":null}"#).is_empty());
    }
}

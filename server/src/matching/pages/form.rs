//! A task as a form has it: texts both ways.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::clock::Instant;
use crate::error::{Error, FieldErrors};
use crate::matching::KM_PER_MILE;
use crate::region_code::RegionCode;
use crate::regions::{self, Tree};
use crate::tasks::{Draft, LanguageNeed, PlaceDraft, SkillNeed, Whole};

/// What a browser sends in a `datetime-local` field.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// The fields of the editor, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the draft documents each field")]
pub struct EditForm {
    pub title: String,
    pub body: String,
    pub kind: String,
    pub region: String,
    pub remote: String,
    pub starts_at: String,
    pub ends_at: String,
    pub minutes: String,
    pub slots: String,
    pub radius_miles: String,
    pub place_name: String,
    pub place_zip: String,
    pub lat: String,
    pub lon: String,
    pub skill: Vec<String>,
    pub level: Vec<String>,
    pub need: Vec<String>,
    pub languages: String,
    pub languages_welcome: String,
    pub rung: String,
    pub priority: String,
    pub min_age: String,
    pub certificates: String,
    pub access: String,
    pub host: String,
    pub status: String,
}

impl EditForm {
    /// A task in the form; `host` is the host's address where it may be shown.
    pub fn of(tree: &Tree, whole: &Whole, host: String) -> Self {
        let task = &whole.task;
        let zone = task.tz();
        let time = |at: Option<Instant>| {
            at.map(|at| at.local(zone).format(LOCAL).to_string())
                .unwrap_or_default()
        };
        let text = |number: Option<i32>| number.map(|n| n.to_string()).unwrap_or_default();
        let degree = |at: Option<f64>| at.map(|at| at.to_string()).unwrap_or_default();
        let tags = |required: bool| {
            let wanted = task.wanted_languages();
            let tags = wanted.iter().filter(|need| need.is_required() == required);
            tags.map(LanguageNeed::tag).collect::<Vec<_>>().join(", ")
        };
        Self {
            title: task.title.clone(),
            body: task.body.clone(),
            kind: task.kind.to_string(),
            region: regions::called(tree, &task.region),
            remote: if task.remote {
                "yes".into()
            } else {
                String::new()
            },
            starts_at: time(task.starts_at),
            ends_at: time(task.ends_at),
            // Left blank, it follows the two times.
            minutes: match (task.starts_at, task.ends_at) {
                (Some(from), Some(to)) if (to - from).num_minutes() == i64::from(task.minutes) => {
                    String::new()
                }
                _ => task.minutes.to_string(),
            },
            slots: task.slots.to_string(),
            radius_miles: task.radius_km.map(miles).unwrap_or_default(),
            place_name: task.place_name.clone(),
            place_zip: String::new(),
            lat: degree(task.lat),
            lon: degree(task.lon),
            skill: whole.skills.iter().map(|need| need.slug.clone()).collect(),
            level: whole
                .skills
                .iter()
                .map(|need| need.level.to_string())
                .collect(),
            need: whole
                .skills
                .iter()
                .map(|need| if need.required { "required" } else { "welcome" }.to_owned())
                .collect(),
            languages: tags(true),
            languages_welcome: tags(false),
            rung: task.rung.to_string(),
            priority: task.priority.to_string(),
            min_age: text(task.min_age),
            certificates: task.wanted_certificates().join(", "),
            access: task.offered_access().join(", "),
            host,
            status: task.status.to_string(),
        }
    }

    /// What was typed as a draft; the host is not in it. A sentence in `faults` for each text that
    /// cannot be read at all.
    pub fn draft(&self, tree: &Tree, faults: &mut FieldErrors) -> Draft {
        let region = match regions::meant(tree, "region", &self.region) {
            Ok(region) => Some(region),
            Err(Error::Invalid(why)) => {
                faults.0.extend(why.0);
                None
            }
            Err(_) => None,
        };
        let zone = region.as_ref().map_or(Tz::UTC, |region| tree.zone(region));
        let mut draft = Draft {
            title: Some(self.title.clone()),
            body: Some(self.body.clone()),
            region: region.as_ref().map(ToString::to_string),
            remote: Some(!self.remote.is_empty()),
            starts_at: Some(time("starts_at", &self.starts_at, zone, faults)),
            ends_at: Some(time("ends_at", &self.ends_at, zone, faults)),
            minutes: number("minutes", &self.minutes, faults),
            slots: number("slots", &self.slots, faults),
            radius_km: Some(number("radius_miles", &self.radius_miles, faults).map(km)),
            rung: number("rung", &self.rung, faults),
            priority: number("priority", &self.priority, faults),
            min_age: Some(number("min_age", &self.min_age, faults)),
            certificates: Some(list(&self.certificates)),
            access: Some(list(&self.access)),
            skills: Some(self.skills()),
            languages: Some(self.languages()),
            place: Some(self.place(tree, region.as_ref(), faults)),
            ..Draft::default()
        };
        if let (None, Some(Some(from)), Some(Some(to))) =
            (draft.minutes, draft.starts_at, draft.ends_at)
            && self.minutes.trim().is_empty()
        {
            let span = (to - from).num_minutes();
            draft.minutes = i32::try_from(span)
                .ok()
                .filter(|span| (1..=1440).contains(span));
        }
        match self.kind.parse() {
            Ok(kind) => draft.kind = Some(kind),
            Err(_) => faults.add("kind", "task-kind-unknown"),
        }
        match self.status.parse() {
            Ok(status) => draft.status = Some(status),
            Err(_) => faults.add("status", "task-status-unknown"),
        }
        draft
    }

    fn skills(&self) -> Vec<SkillNeed> {
        let rows = self.skill.iter().zip(&self.level).zip(&self.need);
        rows.filter(|((slug, _), _)| !slug.is_empty())
            .map(|((slug, level), need)| SkillNeed {
                slug: slug.clone(),
                level: level.parse().unwrap_or(0),
                required: need == "required",
                weight: 1.0,
            })
            .collect()
    }

    fn languages(&self) -> Vec<LanguageNeed> {
        let needed = list(&self.languages).into_iter().map(LanguageNeed::Needed);
        let welcome = list(&self.languages_welcome)
            .into_iter()
            .map(|tag| LanguageNeed::Said {
                tag,
                required: false,
            });
        needed.chain(welcome).collect()
    }

    /// The degrees given; else the middle of the postcode given; else, where a place has only a
    /// name, the middle of the region.
    fn place(
        &self,
        tree: &Tree,
        region: Option<&RegionCode>,
        faults: &mut FieldErrors,
    ) -> Option<PlaceDraft> {
        let name = Some(self.place_name.clone()).filter(|name| !name.trim().is_empty());
        let at = |lat, lon| PlaceDraft {
            lat,
            lon,
            name: name.clone(),
        };
        let zip = self.place_zip.trim();
        if !zip.is_empty() {
            let point = tree.place(zip).ok().and_then(|place| place.point);
            if point.is_none() {
                faults.add("place_zip", "task-zip-unknown");
            }
            return point.map(|point| at(point.lat, point.lon));
        }
        let (lat, lon) = (
            number("lat", &self.lat, faults),
            number("lon", &self.lon, faults),
        );
        match (lat, lon) {
            (Some(lat), Some(lon)) => Some(at(lat, lon)),
            (None, None) => {
                name.as_ref()?;
                let point = tree.get(region?)?.point?;
                Some(at(point.lat, point.lon))
            }
            _ => {
                faults.add("lat", "task-place-whole");
                None
            }
        }
    }
}

/// Kilometres as a leader reads them: miles to a tenth, so that saving them again changes nothing.
fn miles(km: i32) -> String {
    let tenths = (f64::from(km) / KM_PER_MILE * 10.0).round();
    (tenths / 10.0).to_string()
}

/// Whole kilometres of so many miles; what is far out of range is refused as such.
#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
fn km(miles: f64) -> i32 {
    (miles * KM_PER_MILE).round().clamp(-1.0, 100_000.0) as i32
}

fn number<T: std::str::FromStr>(field: &str, text: &str, faults: &mut FieldErrors) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let number = text.parse().ok();
    if number.is_none() {
        faults.add(field, "task-number");
    }
    number
}

/// A local time in the zone of the region. An hour that the clock skips is the one after.
fn time(field: &str, text: &str, zone: Tz, faults: &mut FieldErrors) -> Option<Instant> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let local = NaiveDateTime::parse_from_str(text, LOCAL)
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
        .ok();
    let at = local.and_then(|local| {
        let hour = chrono::Duration::hours(1);
        zone.from_local_datetime(&local)
            .earliest()
            .or_else(|| zone.from_local_datetime(&(local + hour)).earliest())
    });
    if at.is_none() {
        faults.add(field, "task-time-malformed");
    }
    at.map(|at| Instant::from(at.to_utc()))
}

fn list(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{km, miles};

    #[test]
    fn a_radius_survives_being_read_in_miles_and_saved_again() {
        for radius in 1..=1000 {
            assert_eq!(km(miles(radius).parse().unwrap()), radius);
        }
    }
}

//! What the page asks for and what it makes of the answers.

use chrono::{Days, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use serde::Deserialize;

use super::{Kind, NewActivity};
use crate::clock::Instant;
use crate::error::{Error, FieldErrors, Sentence};
use crate::http::Faults;
use crate::words::Lang;

/// The posted form, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LogForm {
    /// The hidden key.
    pub key: String,
    /// What kind of work.
    pub kind: String,
    /// Dials, doors, guests or dollars.
    pub quantity: String,
    /// How many of them talked.
    pub conversations: String,
    /// How long it took.
    pub minutes: String,
    /// `today`, `yesterday` or `other`.
    pub day: String,
    /// A local date and time, for `other`.
    pub occurred_at: String,
    /// A task's id, or nothing.
    pub task: String,
    /// What was heard.
    pub note: String,
    /// Whether the fields for a task and a note were asked for.
    pub more: String,
}

impl LogForm {
    /// The activity that was meant. Fields that the kind does not know are left aside: without a
    /// style sheet all of them are on the page.
    ///
    /// # Errors
    /// `Invalid` for what cannot be read; the rules of the kinds come later.
    pub fn read(&self, now: Instant, zone: Tz) -> Result<NewActivity, Error> {
        let mut faults = FieldErrors::default();
        let Ok(kind) = self.kind.parse::<Kind>() else {
            return Err(Error::field("kind", "activity-kind"));
        };
        let mut number = |field: &str, text: &str, known: bool| {
            let text = text.trim();
            if text.is_empty() || !known {
                return None;
            }
            let number = text.parse::<i64>().ok();
            if number.is_none() {
                faults.add(field, "activity-number");
            }
            number
        };
        let counted = matches!(kind, Kind::Calls | Kind::Doors);
        let timed = matches!(kind, Kind::Shift | Kind::DataEntry | Kind::Translation);
        let quantity = counted || matches!(kind, Kind::EventHosted | Kind::Donation);
        let quantity = number("quantity", &self.quantity, quantity);
        let conversations = number("conversations", &self.conversations, counted);
        let minutes = number("minutes", &self.minutes, timed);
        let occurred_at = self.moment(now, zone, &mut faults);
        let task = match self.task.trim() {
            "" => None,
            text => {
                let task = text.parse().ok();
                if task.is_none() {
                    faults.add("task", "activity-no-task");
                }
                task
            }
        };
        faults.done()?;
        Ok(NewActivity {
            quantity,
            conversations,
            minutes,
            occurred_at,
            task,
            note: Some(self.note.clone()).filter(|note| !note.trim().is_empty()),
            volunteer: None,
            kind,
        })
    }

    /// What is wrong, in the words of the page and under the ids of its fields.
    pub fn faults(&self, errors: &FieldErrors, l: &Lang) -> Faults {
        let said = errors.0.iter().map(|(field, why)| {
            let id = if field == "occurred_at" { "at" } else { field };
            (id.to_owned(), self.sentence(field, why, l))
        });
        Faults(said.collect())
    }

    fn sentence(&self, field: &str, why: &Sentence, l: &Lang) -> String {
        let Sentence::Key(key, args) = why else {
            return l.sentence(why);
        };
        let own = match *key {
            "activity-needed" => "log-needs",
            "activity-outside" => "log-outside",
            "activity-number" => "log-number",
            "activity-more-than-quantity" => "log-more-talks",
            "activity-too-long" => "prose-long",
            "activity-unstorable" => "prose-control",
            "activity-ahead" => "log-ahead",
            "activity-final-week" => "log-final-week",
            other => other,
        };
        let begun = l.say(own).with("field", field).with("kind", &self.kind);
        let args = args
            .iter()
            .filter(|(name, _)| !["field", "kind"].contains(name));
        args.fold(begun, |say, (name, value)| say.with(name, value.as_str()))
            .to_string()
    }

    /// When it was done. Yesterday is its noon, so that a form sent twice says the same twice.
    fn moment(&self, now: Instant, zone: Tz, faults: &mut FieldErrors) -> Option<Instant> {
        let typed = self.occurred_at.trim();
        let other = ["other", ""].contains(&self.day.as_str());
        let local = if other && !typed.is_empty() {
            ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
                .iter()
                .find_map(|form| NaiveDateTime::parse_from_str(typed, form).ok())
        } else if self.day == "yesterday" {
            let yesterday = now.local(zone).date_naive().checked_sub_days(Days::new(1));
            NaiveTime::from_hms_opt(12, 0, 0)
                .and_then(|noon| yesterday.map(|day| day.and_time(noon)))
        } else if self.day == "other" {
            faults.add("occurred_at", "activity-moment-needed");
            return None;
        } else {
            return None;
        };
        let at = local.and_then(|local| zone.from_local_datetime(&local).earliest());
        if at.is_none() {
            faults.add("occurred_at", "activity-moment");
        }
        at.map(|at| Instant::from(at.to_utc()))
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::Chicago;

    use super::*;

    fn form(kind: &str) -> LogForm {
        LogForm {
            kind: kind.into(),
            quantity: "12".into(),
            conversations: "3".into(),
            minutes: "120".into(),
            ..LogForm::default()
        }
    }

    fn now() -> Instant {
        serde_json::from_str("\"2026-11-18T03:00:00Z\"").unwrap()
    }

    #[test]
    fn a_kind_takes_only_the_fields_it_knows() {
        let doors = form("doors").read(now(), Chicago).unwrap();
        assert_eq!((doors.quantity, doors.minutes), (Some(12), None));
        let shift = form("shift").read(now(), Chicago).unwrap();
        assert_eq!((shift.quantity, shift.minutes), (None, Some(120)));
    }

    #[test]
    fn a_day_is_meant_in_the_zone_of_the_person() {
        let at = |day: &str, typed: &str| {
            let form = LogForm {
                day: day.into(),
                occurred_at: typed.into(),
                ..form("doors")
            };
            form.read(now(), Chicago).map(|new| new.occurred_at)
        };
        assert_eq!(at("today", "").unwrap(), None);
        // Still the 17th in Chicago.
        assert_eq!(
            at("yesterday", "").unwrap().unwrap().to_string(),
            "2026-11-16T18:00:00Z"
        );
        assert_eq!(
            at("other", "2026-11-14T10:30")
                .unwrap()
                .unwrap()
                .to_string(),
            "2026-11-14T16:30:00Z"
        );
        assert!(at("other", "").is_err() && at("other", "soon").is_err());
    }
}

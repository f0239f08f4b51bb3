//! Days and times in a person's language and zone; the order of the parts is the catalogue's.

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;

use super::Lang;
use crate::clock::Instant;

impl Lang {
    /// A day without its year: "Nov 18".
    pub fn day(&self, at: Instant, zone: Tz) -> String {
        let local = at.local(zone);
        let month = format!("month-{}", local.month());
        self.say("date-day")
            .with("day", local.day())
            .with("month", self.say(&month).to_string())
            .to_string()
    }

    /// A day of the week and month: "Saturday, Nov 21".
    pub fn weekday(&self, at: Instant, zone: Tz) -> String {
        let weekday = format!("weekday-{}", at.local(zone).weekday().number_from_monday());
        self.say("date-weekday")
            .with("weekday", self.say(&weekday).to_string())
            .with("day", self.day(at, zone))
            .to_string()
    }

    /// A time of day: "2:02 PM".
    pub fn time(&self, at: Instant, zone: Tz) -> String {
        let local = at.local(zone);
        let (is_pm, hour) = local.hour12();
        self.say("date-time")
            .with("hour", local.hour())
            .with("hour12", hour)
            .with("minute", format!("{:02}", local.minute()))
            .with("half", if is_pm { "pm" } else { "am" })
            .to_string()
    }

    /// When something starts: "Saturday, Nov 21, 10:00 AM".
    pub fn moment(&self, at: Instant, zone: Tz) -> String {
        self.say("date-moment")
            .with("day", self.weekday(at, zone))
            .with("time", self.time(at, zone))
            .to_string()
    }

    /// How long ago something was: "3 hours ago".
    pub fn ago(&self, at: Instant, now: Instant) -> String {
        let minutes = (now - at).num_minutes().max(0);
        match minutes {
            0 => self.say("ago-now").to_string(),
            1..60 => self.say("ago-minutes").with("count", minutes).to_string(),
            60..1440 => self
                .say("ago-hours")
                .with("count", minutes / 60)
                .to_string(),
            _ => self
                .say("ago-days")
                .with("count", minutes / 1440)
                .to_string(),
        }
    }
}

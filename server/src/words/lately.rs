//! Moments as people say them: today, yesterday, a weekday, a date.

use chrono::Datelike;
use chrono_tz::Tz;

use super::Lang;
use crate::clock::Instant;

impl Lang {
    /// A moment seen from `now` in `zone`: "today, 14:02", "Friday, 14:02" within six days either
    /// way, else "21 November".
    pub fn lately(&self, at: Instant, now: Instant, zone: Tz) -> String {
        let (then, today) = (at.local(zone), now.local(zone).date_naive());
        let days = (then.date_naive() - today).num_days();
        let day = match days {
            -1 => "yesterday".to_owned(),
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            -6..=6 => then.weekday().to_string().to_lowercase(),
            _ => return self.day(at, zone),
        };
        self.say("lately")
            .with("day", day)
            .with("time", self.time(at, zone))
            .to_string()
    }
}

//! Moments as people say them: today, yesterday, a weekday, a date.

use chrono::Datelike;
use chrono_tz::Tz;

use super::Lang;
use crate::clock::Instant;

impl Lang {
    /// A moment seen from `now` in `zone`: "today, 2:02 PM", "Friday, 2:02 PM" within six days
    /// either way, else "Nov 21".
    pub fn lately(&self, at: Instant, now: Instant, zone: Tz) -> String {
        let Some(day) = near(at, now, zone) else {
            return self.day(at, zone);
        };
        self.say("lately")
            .with("day", self.say("lately-day").with("day", day).to_string())
            .with("time", self.time(at, zone))
            .to_string()
    }

    /// The same without the time of day: "today", "Friday", "Nov 21".
    pub fn lately_day(&self, at: Instant, now: Instant, zone: Tz) -> String {
        match near(at, now, zone) {
            Some(day) => self.say("lately-day").with("day", day).to_string(),
            None => self.day(at, zone),
        }
    }
}

/// The catalogue's word for a day within six of today.
fn near(at: Instant, now: Instant, zone: Tz) -> Option<String> {
    let (then, today) = (at.local(zone), now.local(zone).date_naive());
    Some(match (then.date_naive() - today).num_days() {
        -1 => "yesterday".to_owned(),
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -6..=6 => then.weekday().to_string().to_lowercase(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Duration;
    use crate::words::Words;

    #[test]
    fn days_and_times_are_told_as_americans_tell_them() {
        let lang = Words::embedded().unwrap().english();
        let now: Instant = serde_json::from_str("\"2026-11-21T17:05:00Z\"").unwrap();
        let zone = chrono_tz::America::New_York;
        assert_eq!(lang.moment(now, zone), "Saturday, Nov 21, 12:05 PM");
        assert_eq!(lang.time(now - Duration::hours(12), zone), "12:05 AM");
        assert_eq!(
            lang.lately(now - Duration::hours(16), now, zone),
            "yesterday, 8:05 PM"
        );
        let days = [0, 1, 3, 9].map(|days| lang.lately_day(now - Duration::days(days), now, zone));
        assert_eq!(days, ["today", "yesterday", "Wednesday", "Nov 12"]);
    }
}

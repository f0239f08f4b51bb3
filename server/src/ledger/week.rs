//! Weeks: Monday 00:00 to Sunday 24:00 in somebody's zone, named as ISO 8601 names them (`2026-W47`).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

use crate::ids::at;

/// An ISO week, in order of time. It has no zone: the same week begins at another instant in another zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    monday: NaiveDate,
}

impl Week {
    /// The week that holds `date`.
    pub fn of(date: NaiveDate) -> Self {
        Self {
            monday: date.week(Weekday::Mon).checked_first_day().unwrap_or(date),
        }
    }

    /// The week that it is in `zone` at `instant`.
    pub fn at(instant: DateTime<Utc>, zone: Tz) -> Self {
        Self::of(instant.with_timezone(&zone).date_naive())
    }

    /// The week's Monday.
    pub fn monday(self) -> NaiveDate {
        self.monday
    }

    /// The week after this one.
    #[must_use]
    pub fn next(self) -> Self {
        self.monday
            .checked_add_days(Days::new(7))
            .map_or(self, |monday| Self { monday })
    }

    /// The week before this one.
    #[must_use]
    pub fn prev(self) -> Self {
        self.monday
            .checked_sub_days(Days::new(7))
            .map_or(self, |monday| Self { monday })
    }

    /// The first instant of the week's Monday in `zone`.
    pub fn start(self, zone: Tz) -> DateTime<Utc> {
        day_start(self.monday, zone)
    }

    /// No line of this week has a smaller number, in whatever zone it is written: numbers are ordered
    /// by the time of writing, and what is logged lies minutes ahead at most. So a person's week is
    /// read from here on, and needs no index of its own.
    pub fn first_number(self) -> i64 {
        let early = self.start(Tz::UTC) - TimeDelta::days(2);
        at(early.into(), 0)
    }

    /// The first instant after the week in `zone`: when the next one starts.
    pub fn end(self, zone: Tz) -> DateTime<Utc> {
        self.next().start(zone)
    }

    /// When a race over people in `zones` closes: with the last of their Sundays; in UTC where there are none.
    pub fn close(self, zones: impl IntoIterator<Item = Tz>) -> DateTime<Utc> {
        zones
            .into_iter()
            .map(|zone| self.end(zone))
            .max()
            .unwrap_or_else(|| self.end(Tz::UTC))
    }
}

/// The first instant of `date` in `zone`. Where midnight happens twice it is the earlier one; where the clocks
/// skip it, the first instant after the gap (one zone once skipped a whole day, hence the two days).
pub fn day_start(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    (0..=2 * 24 * 60)
        .filter_map(|minutes| midnight.checked_add_signed(TimeDelta::minutes(minutes)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map_or_else(|| midnight.and_utc(), |start| start.to_utc())
}

/// `2026-W47`.
impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let week = self.monday.iso_week();
        write!(f, "{:04}-W{:02}", week.year(), week.week())
    }
}

/// A text that names no week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAWeek;

impl fmt::Display for NotAWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("A week is written like 2026-W47.")
    }
}

impl std::error::Error for NotAWeek {}

/// Takes exactly what `Display` gives, for the years 1970 to 2999.
impl FromStr for Week {
    type Err = NotAWeek;

    fn from_str(text: &str) -> Result<Self, NotAWeek> {
        let (year, week) = text.split_once("-W").ok_or(NotAWeek)?;
        let number = |digits: &str, len: usize| {
            (digits.len() == len && digits.bytes().all(|b| b.is_ascii_digit()))
                .then(|| digits.parse::<u16>().ok())
                .flatten()
                .ok_or(NotAWeek)
        };
        let (year, week) = (number(year, 4)?, number(week, 2)?);
        if !(1970..=2999).contains(&year) {
            return Err(NotAWeek);
        }
        NaiveDate::from_isoywd_opt(year.into(), week.into(), Weekday::Mon)
            .map(|monday| Self { monday })
            .ok_or(NotAWeek)
    }
}

impl Serialize for Week {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Week {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::{Africa, America, Asia, Pacific, TZ_VARIANTS};
    use proptest::prelude::*;

    use super::*;

    fn week(text: &str) -> Week {
        text.parse().unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_are_named_as_the_iso_calendar_names_them() {
        for (date, name) in [
            ("2024-12-29", "2024-W52"),
            ("2024-12-30", "2025-W01"),
            ("2026-11-16", "2026-W47"),
            ("2026-12-31", "2026-W53"),
            ("2027-01-03", "2026-W53"),
            ("2027-01-04", "2027-W01"),
        ] {
            assert_eq!(Week::of(date.parse().unwrap()).to_string(), name);
        }
        assert_eq!(week("2026-W53").next(), week("2027-W01"));
        assert_eq!(week("2025-W01").prev(), week("2024-W52"));
        assert!(week("2026-W53") < week("2027-W01"));
        assert_eq!(
            serde_json::to_string(&week("2026-W05")).unwrap(),
            "\"2026-W05\""
        );
    }

    #[test]
    fn what_is_not_a_week_is_refused() {
        for text in [
            "",
            "2026",
            "2026-W",
            "2026-W00",
            "2025-W53",
            "2026-W54",
            "2026-47",
            "2026-w47",
            "26-W47",
            "2026-W7",
            "2026-W047",
        ] {
            assert_eq!(text.parse::<Week>(), Err(NotAWeek), "{text}");
        }
        assert!("+026-W47".parse::<Week>().is_err() && "1969-W01".parse::<Week>().is_err());
        assert!(
            serde_json::from_str::<Week>("\"soon\"")
                .unwrap_err()
                .to_string()
                .contains("2026-W47")
        );
    }

    #[test]
    fn a_week_with_a_clock_change_is_an_hour_longer_or_shorter() {
        let hours = |name, zone| (week(name).end(zone) - week(name).start(zone)).num_hours();
        let ny = America::New_York;
        assert_eq!(week("2026-W47").start(ny), utc("2026-11-16T05:00:00Z"));
        assert_eq!(
            ["2026-W10", "2026-W44", "2026-W47"].map(|name| hours(name, ny)),
            [167, 169, 168]
        );
    }

    #[test]
    fn a_skipped_midnight_starts_when_the_clocks_go_on() {
        // Cairo went from Friday 00:00 to 01:00 on 26 April 2024; Samoa had no 30 December 2011 at all.
        let cairo = day_start("2024-04-26".parse().unwrap(), Africa::Cairo);
        assert_eq!(cairo, utc("2024-04-25T22:00:00Z"));
        let apia = day_start("2011-12-30".parse().unwrap(), Pacific::Apia);
        assert_eq!(
            apia,
            day_start("2011-12-31".parse().unwrap(), Pacific::Apia)
        );
    }

    #[test]
    fn a_race_closes_with_the_last_sunday_of_its_children() {
        let close =
            week("2026-W47").close([America::New_York, Pacific::Honolulu, America::Chicago]);
        assert_eq!(close, week("2026-W47").end(Pacific::Honolulu));
        assert_eq!(week("2026-W47").close([]), utc("2026-11-23T00:00:00Z"));
    }

    #[test]
    fn the_same_instant_may_lie_in_two_weeks() {
        let instant = utc("2026-11-23T03:00:00Z");
        assert_eq!(Week::at(instant, America::New_York), week("2026-W47"));
        assert_eq!(Week::at(instant, Asia::Tokyo), week("2026-W48"));
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_exactly_its_week(secs in 0_i64..4_000_000_000, zone in 0..TZ_VARIANTS.len()) {
            let (instant, zone) = (DateTime::from_timestamp(secs, 0).unwrap(), TZ_VARIANTS[zone]);
            let week = Week::at(instant, zone);
            prop_assert!(week.start(zone) <= instant && instant < week.end(zone), "{week} {zone}");
            prop_assert_eq!(week.next().prev(), week);
            prop_assert_eq!(week.to_string().parse::<Week>(), Ok(week));
        }
    }

    #[test]
    fn no_line_of_a_week_has_a_smaller_number() {
        let week: Week = "2026-W48".parse().unwrap();
        for zone in [Pacific::Kiritimati, Tz::UTC, Pacific::Pago_Pago] {
            // The most that a scoring file may let an entry lie ahead of its writing is a day.
            let earliest = week.start(zone) - TimeDelta::days(1);
            assert!(at(earliest.into(), 0) >= week.first_number(), "{zone}");
        }
        let before = week.prev().start(Tz::UTC);
        assert!(
            at(before.into(), i64::MAX) < week.first_number(),
            "what a week before wrote is not read"
        );
    }
}

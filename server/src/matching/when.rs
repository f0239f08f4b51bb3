//! When a task is done: a fixed time on the 7×3 grid of a week, or whenever one likes.

use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Timelike, Utc};
use serde::{Deserialize, Serialize};

use super::config::TimeRules;

/// The 21 thirds of days in the order of the profile's grid.
const KEYS: [&str; 21] = [
    "mon-am", "mon-pm", "mon-eve", "tue-am", "tue-pm", "tue-eve", "wed-am", "wed-pm", "wed-eve",
    "thu-am", "thu-pm", "thu-eve", "fri-am", "fri-pm", "fri-eve", "sat-am", "sat-pm", "sat-eve",
    "sun-am", "sun-pm", "sun-eve",
];

/// One third (morning, afternoon, evening) of one day of the week, written like `sat-am`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slot(u8);

impl Slot {
    /// All 21, Monday morning first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..21).map(Self)
    }

    /// The third in which a local time lies; the hours before dawn are morning.
    pub fn at<Z: TimeZone>(local: &DateTime<Z>, rules: &TimeRules) -> Self {
        let third = match local.hour() {
            hour if hour < rules.noon_hour => 0,
            hour if hour < rules.evening_hour => 1,
            _ => 2,
        };
        // At most 6·3 + 2.
        Self(u8::try_from(local.weekday().num_days_from_monday() * 3 + third).unwrap_or(0))
    }

    /// Its name, like `sat-am`.
    pub fn key(self) -> &'static str {
        KEYS[usize::from(self.0)]
    }

    /// The third with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::all().find(|slot| slot.key() == key)
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.key().to_owned()
    }
}

impl TryFrom<String> for Slot {
    type Error = String;
    fn try_from(key: String) -> Result<Self, String> {
        Self::from_key(&key).ok_or_else(|| format!("{key} is no third of a day"))
    }
}

/// A set of thirds of days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slots(u32);

impl Slots {
    /// From the profile's 21 answers, Monday morning first.
    pub fn from_flags(flags: &[bool; 21]) -> Self {
        Slot::all()
            .zip(flags)
            .filter_map(|(slot, free)| free.then_some(slot))
            .collect()
    }

    /// Whether a third is in the set.
    pub fn contains(self, slot: Slot) -> bool {
        self.0 & (1 << slot.0) != 0
    }

    /// Whether nothing is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first third of `self` that is not in `other`.
    pub fn first_outside(self, other: Self) -> Option<Slot> {
        let outside = self.0 & !other.0;
        (outside != 0).then(|| Slot(u8::try_from(outside.trailing_zeros()).unwrap_or(0)))
    }
}

impl FromIterator<Slot> for Slots {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> Self {
        Self(slots.into_iter().fold(0, |set, slot| set | 1 << slot.0))
    }
}

/// When a task is done.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Whenever one likes, before `until` where there is one.
    Flexible {
        /// The last moment.
        until: Option<DateTime<Utc>>,
    },
    /// At a fixed time.
    Fixed(Span),
}

/// A fixed time, with what it means on the calendar of the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// The start.
    pub starts: DateTime<Utc>,
    /// The end, after the start.
    pub ends: DateTime<Utc>,
    /// Every third it touches.
    pub slots: Slots,
    /// The third in which it starts.
    pub first: Slot,
    /// The local date on which it ends.
    pub last_day: NaiveDate,
    /// The local week in which it starts, see [`week_of`].
    pub week: i32,
}

/// Weeks since Monday, 1 January of year 1: a number for each Monday-to-Sunday week.
pub fn week_of(day: NaiveDate) -> i32 {
    (day.num_days_from_ce() - 1).div_euclid(7)
}

impl When {
    /// Without a start, or in a window longer than the rules' (a day), a task is flexible. Without
    /// an end it lasts `minutes`. `zone` is that of the place.
    pub fn new<Z: TimeZone>(
        starts: Option<DateTime<Utc>>,
        ends: Option<DateTime<Utc>>,
        minutes: u32,
        zone: &Z,
        rules: &TimeRules,
    ) -> Self {
        let Some(starts) = starts else {
            return Self::Flexible { until: ends };
        };
        let ends = ends
            .filter(|ends| *ends > starts)
            .unwrap_or_else(|| starts + Duration::minutes(minutes.max(1).into()));
        if ends - starts > Duration::hours(rules.window_hours.into()) {
            return Self::Flexible { until: Some(ends) };
        }
        let last = ends - Duration::minutes(1).min(ends - starts);
        // No third is as short as half an hour where the clock is sane, and both ends are looked at.
        let mut slots = Slots::from_iter([Slot::at(&last.with_timezone(zone), rules)]);
        let mut moment = starts;
        while moment < ends {
            let here = Slots::from_iter([Slot::at(&moment.with_timezone(zone), rules)]);
            slots = Slots(slots.0 | here.0);
            moment += Duration::minutes(30);
        }
        let local = starts.with_timezone(zone);
        Self::Fixed(Span {
            starts,
            ends,
            slots,
            first: Slot::at(&local, rules),
            last_day: last.with_timezone(zone).date_naive(),
            week: week_of(local.date_naive()),
        })
    }

    /// The moment at which it is too late to say yes: the start, or the last moment.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Flexible { until } => *until,
            Self::Fixed(span) => Some(span.starts),
        }
    }

    /// The fixed time, if there is one.
    pub fn span(&self) -> Option<&Span> {
        match self {
            Self::Flexible { .. } => None,
            Self::Fixed(span) => Some(span),
        }
    }
}

impl Default for When {
    fn default() -> Self {
        Self::Flexible { until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::config::{MatchingConfig, SHIPPED};

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn span(starts: &str, ends: &str, zone: chrono_tz::Tz) -> Span {
        let rules = MatchingConfig::parse(SHIPPED).unwrap().time;
        let when = When::new(Some(utc(starts)), Some(utc(ends)), 60, &zone, &rules);
        when.span().unwrap().clone()
    }

    #[test]
    fn the_third_is_that_of_the_place_not_of_greenwich() {
        // 01:30 UTC on Sunday is Saturday evening in Ohio.
        let here = span(
            "2026-11-22T01:30:00Z",
            "2026-11-22T03:00:00Z",
            chrono_tz::America::New_York,
        );
        assert_eq!(here.first.key(), "sat-eve");
        assert_eq!(here.slots, Slots::from_iter([here.first]));
        assert_eq!(
            here.last_day,
            NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
        );
    }

    #[test]
    fn a_long_shift_touches_every_third_it_reaches_into() {
        let day = span(
            "2026-11-21T15:00:00Z",
            "2026-11-21T22:30:00Z",
            chrono_tz::America::New_York,
        );
        let keys: Vec<_> = Slot::all()
            .filter(|s| day.slots.contains(*s))
            .map(Slot::key)
            .collect();
        assert_eq!(keys, ["sat-am", "sat-pm", "sat-eve"]);
        let until_noon = span(
            "2026-11-21T15:00:00Z",
            "2026-11-21T17:00:00Z",
            chrono_tz::America::New_York,
        );
        assert_eq!(until_noon.slots, Slots::from_iter([until_noon.first]));
    }

    #[test]
    fn sunday_and_the_monday_after_lie_in_different_weeks() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        assert_eq!(week_of(day(16)), week_of(day(22)));
        assert_eq!(week_of(day(22)) + 1, week_of(day(23)));
    }

    #[test]
    fn no_start_or_a_window_of_days_is_flexible() {
        let rules = MatchingConfig::parse(SHIPPED).unwrap().time;
        let end = utc("2026-11-25T00:00:00Z");
        let none = When::new(None, Some(end), 15, &Utc, &rules);
        let wide = When::new(
            Some(utc("2026-11-20T00:00:00Z")),
            Some(end),
            15,
            &Utc,
            &rules,
        );
        assert_eq!(none, When::Flexible { until: Some(end) });
        assert_eq!(wide, none);
    }

    #[test]
    fn an_end_before_the_start_counts_as_none() {
        let rules = MatchingConfig::parse(SHIPPED).unwrap().time;
        let start = utc("2026-11-20T12:00:00Z");
        let when = When::new(Some(start), Some(start), 90, &Utc, &rules);
        assert_eq!(when.span().unwrap().ends, utc("2026-11-20T13:30:00Z"));
    }

    #[test]
    fn the_grid_reads_and_writes_its_names() {
        let mut flags = [false; 21];
        flags[15] = true;
        let saturday = Slots::from_flags(&flags);
        let slot = Slot::from_key("sat-am").unwrap();
        assert!(saturday.contains(slot));
        assert_eq!(saturday.first_outside(Slots::default()), Some(slot));
        assert_eq!(Slots::default().first_outside(saturday), None);
        assert_eq!(serde_json::to_string(&slot).unwrap(), "\"sat-am\"");
        assert!(serde_json::from_str::<Slot>("\"someday\"").is_err());
    }
}

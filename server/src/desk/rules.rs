//! Who can be counted on now. Pure.

use chrono_tz::Tz;

use crate::clock::{Duration, Instant};
use crate::matching::config::TimeRules;
use crate::matching::when::{Slot, Slots};
use crate::volunteers::Availability;

/// What decides whether somebody is ready.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The column of their grid; `None` when they have not said.
    pub availability: Option<&'a str>,
    /// Their IANA zone.
    pub zone: Tz,
    /// Whether they asked for quiet.
    pub quiet: bool,
    /// When they joined.
    pub joined: Instant,
    /// When they last did something.
    pub active: Option<Instant>,
}

/// Whether somebody has been inactive for more than `days` (scoring.md, "Roster"); joining counts
/// as being active.
pub fn is_resting(joined: Instant, active: Option<Instant>, days: u32, now: Instant) -> bool {
    now - active.unwrap_or(joined) > Duration::days(i64::from(days))
}

/// Whether somebody is ready now: they said they are free in the third of the week that it is for
/// them at `now`, did not ask for quiet, and are not resting. Who has not said when they are free
/// is not counted: a guess is no promise.
pub fn is_ready(person: Standing<'_>, rules: &TimeRules, resting_days: u32, now: Instant) -> bool {
    let Some(column) = person.availability else {
        return false;
    };
    let free = Slots::from_flags(&Availability::from_column(column).0);
    !person.quiet
        && free.contains(Slot::at(&now.local(person.zone), rules))
        && !is_resting(person.joined, person.active, resting_days, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::config::{MatchingConfig, SHIPPED};

    fn at(text: &str) -> Instant {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    fn ready(person: Standing<'_>, now: Instant) -> bool {
        let rules = MatchingConfig::parse(SHIPPED).unwrap().time;
        is_ready(person, &rules, 60, now)
    }

    #[test]
    fn ready_is_free_in_the_present_third_of_ones_own_week() {
        let grid = Availability::parse(&["wed-am".into()]).unwrap().column();
        let person = |zone| Standing {
            availability: Some(&grid),
            zone,
            quiet: false,
            joined: at("2026-11-17T00:00:00Z"),
            active: None,
        };
        // Wednesday: 10:00 in New York, still morning in Los Angeles, afternoon in London.
        let now = at("2026-11-18T15:00:00Z");
        assert!(ready(person(chrono_tz::America::New_York), now));
        assert!(ready(person(chrono_tz::America::Los_Angeles), now));
        assert!(!ready(person(chrono_tz::Europe::London), now));
    }

    #[test]
    fn quiet_resting_and_undeclared_people_are_not_ready() {
        let all = "1".repeat(21);
        let now = at("2026-11-18T15:00:00Z");
        let person = Standing {
            availability: Some(&all),
            zone: chrono_tz::UTC,
            quiet: false,
            joined: now - Duration::days(61),
            active: Some(now - Duration::days(59)),
        };
        assert!(ready(person, now));
        assert!(!ready(
            Standing {
                quiet: true,
                ..person
            },
            now
        ));
        assert!(!ready(
            Standing {
                active: None,
                ..person
            },
            now
        ));
        assert!(!ready(
            Standing {
                availability: None,
                ..person
            },
            now
        ));
    }
}

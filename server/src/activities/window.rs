//! When an entry may have happened, and which mission weights are allowed: pure (scoring.md, Points).

use chrono::{DateTime, TimeDelta, Utc};

use super::refusal::{Refusal, Why};
use crate::ledger::{Bounds, Mission, MissionBounds, Weeks};

/// Whether an entry may say it happened at `occurred_at`: at most a few minutes ahead of `now`, and not in a
/// week that became final at or before `now`. `final_at` is that week's own (see [`final_at`]).
pub fn check_time(
    bounds: &Bounds,
    occurred_at: DateTime<Utc>,
    now: DateTime<Utc>,
    final_at: DateTime<Utc>,
) -> Result<(), Refusal> {
    let refuse = |why| {
        Err(Refusal {
            field: "occurred_at",
            why,
        })
    };
    if occurred_at.signed_duration_since(now) > TimeDelta::minutes(bounds.ahead_minutes.into()) {
        refuse(Why::Ahead(bounds.ahead_minutes))
    } else if now >= final_at {
        refuse(Why::FinalWeek)
    } else {
        Ok(())
    }
}

/// When a week is final whose race closes at `close`: 48 hours later.
pub fn final_at(weeks: &Weeks, close: DateTime<Utc>) -> DateTime<Utc> {
    close
        .checked_add_signed(TimeDelta::hours(weeks.final_hours.into()))
        .unwrap_or(close)
}

/// Whether headquarters may let a kind count this much in a week.
pub fn allows(bounds: &MissionBounds, mission: Mission) -> bool {
    (bounds.least..=bounds.most).contains(&mission)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ScoringConfig;

    #[test]
    fn an_entry_is_neither_from_the_future_nor_for_a_final_week() {
        let (bounds, weeks) = (
            ScoringConfig::shipped().unwrap().bounds,
            ScoringConfig::shipped().unwrap().weeks,
        );
        let now: DateTime<Utc> = "2026-11-18T12:00:00Z".parse().unwrap();
        let close: DateTime<Utc> = "2026-11-16T12:00:01Z".parse().unwrap();
        let ahead = |seconds| {
            check_time(
                &bounds,
                now + TimeDelta::seconds(seconds),
                now,
                final_at(&weeks, close),
            )
        };
        assert_eq!(ahead(300), Ok(()));
        assert_eq!(
            ahead(301).unwrap_err().to_string(),
            "`occurred_at` lies in the future; it may be at most 5 minutes ahead."
        );
        let late = |now| {
            check_time(
                &bounds,
                close - TimeDelta::hours(1),
                now,
                final_at(&weeks, close),
            )
        };
        assert_eq!(late(now), Ok(()), "a second before the 48 hours are over");
        assert_eq!(
            late(now + TimeDelta::seconds(1)).unwrap_err().why,
            Why::FinalWeek
        );
        assert!(
            check_time(
                &bounds,
                DateTime::<Utc>::MAX_UTC,
                DateTime::<Utc>::MIN_UTC,
                close
            )
            .is_err()
        );
    }

    #[test]
    fn a_mission_weighs_from_a_half_to_two() {
        let bounds = ScoringConfig::shipped().unwrap().mission;
        let fits = [0.49, 0.5, 1.0, 2.0, 2.01]
            .map(|weight| allows(&bounds, Mission::parse(weight).unwrap()));
        assert_eq!(fits, [false, true, true, true, false]);
    }
}

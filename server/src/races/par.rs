//! Par and the expected share of a week before there is a history, and who is large enough to be compared
//! (scoring.md, The race, steps 1, 4 and 7).

use chrono::{NaiveDateTime, NaiveTime};

use crate::ledger::{RaceNumbers, Week};

/// Cold-start par of every roster, in points a week: `h * n_median^(1 - e) * n^e`, with the median over the
/// rosters that have anybody. An empty roster has par 0.
pub fn cold_start(numbers: &RaceNumbers, rosters: &[u32]) -> Vec<f64> {
    let positive = rosters
        .iter()
        .filter(|n| **n > 0)
        .map(|n| f64::from(*n))
        .collect();
    let middle = median(positive).unwrap_or(1.0);
    let base = numbers.hoped * libm::pow(middle, 1.0 - numbers.exponent);
    rosters
        .iter()
        .map(|n| {
            if *n == 0 {
                0.0
            } else {
                base * libm::pow(f64::from(*n), numbers.exponent)
            }
        })
        .collect()
}

/// Cold-start share C of `week` that has passed at `local` wall-clock time, from 0 to 1: linear between
/// `from_hour` and `to_hour` of each day, the same on each. Wall-clock time, so a day with a clock change is
/// counted once.
pub fn cold_share(numbers: &RaceNumbers, week: Week, local: NaiveDateTime) -> f64 {
    let into_week = local
        .signed_duration_since(week.monday().and_time(NaiveTime::MIN))
        .num_seconds();
    if into_week < 0 {
        return 0.0;
    }
    let (days, second) = (into_week / DAY, into_week % DAY);
    let from = i64::from(numbers.from_hour) * 3600;
    let open = (i64::from(numbers.to_hour) * 3600 - from).max(1);
    let worked = days.min(7) * open
        + if days < 7 {
            (second - from).clamp(0, open)
        } else {
            0
        };
    real(worked) / real(7 * open)
}

const DAY: i64 = 24 * 3600;

#[expect(clippy::cast_precision_loss, reason = "seconds of a week")]
fn real(seconds: i64) -> f64 {
    seconds as f64
}

/// Whether a region of this par and roster can be compared: `par >= 4 phi` and at least five members.
pub fn eligible(numbers: &RaceNumbers, phi: f64, par: f64, members: u32) -> bool {
    par >= numbers.eligible_phi * phi && members >= numbers.eligible_members
}

/// The middle value, or the mean of the two middle ones; `None` of nothing.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        Some(upper)
    } else {
        Some(f64::midpoint(*values.get(middle - 1)?, upper))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::ScoringConfig;

    fn numbers() -> RaceNumbers {
        ScoringConfig::shipped().unwrap().race
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    fn share(local: &str) -> f64 {
        cold_share(
            &numbers(),
            "2026-W47".parse().unwrap(),
            local.parse().unwrap(),
        )
    }

    #[test]
    fn the_median_region_is_hoped_25_points_a_head_and_a_larger_one_less() {
        let pars = cold_start(&numbers(), &[0, 10, 100, 1000]);
        assert!(near(pars[0], 0.0));
        assert!((pars[2] - 2500.0).abs() < 1e-6, "{pars:?}");
        assert!(
            (pars[3] / 1000.0 - 25.0 * 0.794_328).abs() < 1e-3,
            "{pars:?}"
        );
        assert!(pars[1] / 10.0 > 25.0);
        assert!(
            cold_start(&numbers(), &[0, 0])
                .into_iter()
                .all(|par| near(par, 0.0))
        );
    }

    #[test]
    fn a_week_is_expected_from_eight_to_nine_each_day() {
        assert!(near(share("2026-11-16T07:59:59"), 0.0));
        assert!(near(share("2026-11-15T23:00:00"), 0.0), "the Sunday before");
        assert!((share("2026-11-16T14:30:00") - 0.5 / 7.0).abs() < 1e-12);
        assert!(near(
            share("2026-11-16T21:00:00"),
            share("2026-11-17T08:00:00")
        ));
        assert!(
            (share("2026-11-19T14:30:00") - 0.5).abs() < 1e-12,
            "the middle of Thursday"
        );
        for over in [
            "2026-11-22T21:00:00",
            "2026-11-23T00:00:00",
            "2027-01-01T00:00:00",
        ] {
            assert!(near(share(over), 1.0), "{over}");
        }
    }

    #[test]
    fn a_region_is_compared_from_four_phi_and_five_members() {
        let fits = |par, members| eligible(&numbers(), 70.0, par, members);
        assert_eq!(
            [fits(280.0, 5), fits(279.9, 500), fits(9999.0, 4)],
            [true, false, false]
        );
    }

    proptest! {
        #[test]
        fn the_share_never_falls(a in 0_i64..800_000, b in 0_i64..800_000) {
            let (week, numbers): (Week, _) = ("2026-W10".parse().unwrap(), numbers());
            let at = |seconds| {
                let monday = week.monday().and_time(NaiveTime::MIN);
                cold_share(&numbers, week, monday + chrono::TimeDelta::seconds(seconds - 90_000))
            };
            prop_assert!(at(a.min(b)) <= at(a.max(b)));
            prop_assert!((0.0..=1.0).contains(&at(a)));
        }
    }
}

//! What an entry is worth before anybody looks at it, part by part: pure (scoring.md, Points).

use serde::Serialize;

use super::kind::Kind;
use super::work::{Stage, Work};
use crate::ledger::{Mission, Points, ScoringConfig, half_up};

/// What a part of an entry is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Numbers dialled.
    Dials,
    /// Doors knocked on.
    Doors,
    /// People talked to.
    Conversations,
    /// Notes.
    Notes,
    /// Minutes, at a rate an hour.
    Minutes,
    /// A check-in.
    CheckIns,
    /// Hosting.
    Hosting,
    /// Guests that score.
    Guests,
    /// Attending.
    Attending,
    /// An action of a recruit.
    Recruits,
    /// A donor.
    Donors,
    /// Dollars that score, at a rate times their square root.
    Dollars,
    /// A training.
    Trainings,
}

/// One product in an entry's worth: `rate * quantity`, an hour's rate for minutes, `rate * sqrt(quantity)` for
/// dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What is counted.
    pub unit: Unit,
    /// Points for one.
    pub rate: Points,
    /// How many score.
    pub quantity: u32,
    /// The product, rounded, before the mission weight.
    pub points: Points,
}

/// How an entry came to its points: enough to write the sentence why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Worth {
    /// The products that were added up.
    pub parts: Vec<Part>,
    /// What their sum was multiplied by.
    pub mission: Mission,
    /// The base points: the sum times the mission weight, rounded once, less what a limit took.
    pub base: Points,
    /// What a daily or weekly limit took.
    pub cut: Points,
}

/// Fixed-point units of a part: a hundredth of a point in sixty millionths, so that minutes divide exactly and
/// roots keep six digits.
const FINE: i128 = 60_000_000;

/// The worth of `work` in a week in which its kind counts `mission` times, before any limit:
/// `base = (sum of rate * quantity) * mission`, rounded half-up once.
pub fn worth(scoring: &ScoringConfig, work: &Work, mission: Mission) -> Worth {
    let products: Vec<(Unit, Points, u32)> = match *work {
        Work::Calls {
            dials,
            conversations,
        } => vec![
            (Unit::Dials, scoring.calls.dial, dials),
            (
                Unit::Conversations,
                scoring.calls.conversation,
                conversations,
            ),
        ],
        Work::Doors {
            doors,
            conversations,
        } => vec![
            (Unit::Doors, scoring.doors.door, doors),
            (
                Unit::Conversations,
                scoring.doors.conversation,
                conversations,
            ),
        ],
        Work::ListeningNote => vec![(Unit::Notes, scoring.listening_note.note, 1)],
        Work::Shift { minutes } => vec![(Unit::Minutes, scoring.shift.hour, minutes)],
        Work::ShiftCheckedIn => vec![(Unit::CheckIns, scoring.shift.checked_in, 1)],
        Work::EventHosted { guests } => vec![
            (Unit::Hosting, scoring.event_hosted.hosting, 1),
            (
                Unit::Guests,
                scoring.event_hosted.guest,
                guests.min(scoring.event_hosted.guests_counted),
            ),
        ],
        Work::EventAttended => vec![(Unit::Attending, scoring.event_attended.attending, 1)],
        Work::Recruit(Stage::First) => vec![(Unit::Recruits, scoring.recruit.first_action, 1)],
        Work::Recruit(Stage::Later) => vec![(Unit::Recruits, scoring.recruit.later_action, 1)],
        Work::Donation { dollars } => vec![
            (Unit::Donors, scoring.donation.donor, 1),
            (
                Unit::Dollars,
                scoring.donation.root_dollar,
                dollars.min(scoring.donation.dollars_counted),
            ),
        ],
        Work::DataEntry { minutes } => vec![(Unit::Minutes, scoring.data_entry.hour, minutes)],
        Work::Translation { minutes } => vec![(Unit::Minutes, scoring.translation.hour, minutes)],
        Work::Training => vec![(Unit::Trainings, scoring.training.training, 1)],
    };
    let fine = |(unit, rate, quantity): (Unit, Points, u32)| {
        let (rate, quantity) = (i128::from(rate.hundredths()), i128::from(quantity));
        match unit {
            Unit::Minutes => rate * quantity * (FINE / 60),
            Unit::Dollars => rate * (quantity * 1_000_000_000_000).isqrt() * (FINE / 1_000_000),
            _ => rate * quantity * FINE,
        }
    };
    let total: i128 = products.iter().copied().map(fine).sum();
    let scale = FINE * i128::from(Mission::ONE.ten_thousandths());
    let base = Points::from_hundredths(half_up(
        total * i128::from(mission.ten_thousandths()),
        scale,
    ));
    let part = |product: (Unit, Points, u32)| {
        let (unit, rate, quantity) = product;
        Part {
            unit,
            rate,
            quantity,
            points: Points::from_hundredths(half_up(fine(product), FINE)),
        }
    };
    let parts = products
        .into_iter()
        .filter(|product| product.2 > 0)
        .map(part)
        .collect();
    Worth {
        parts,
        mission,
        base,
        cut: Points::ZERO,
    }
}

/// What already scored, net of reversals, for the person to be credited: what the limits look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scored {
    /// Listening notes of the person's day that earned points.
    pub notes_today: u32,
    /// Base points of donations in the person's week.
    pub donations: Points,
    /// Other recruits that earned points in the person's week.
    pub recruits: u32,
}

/// Applies the daily limit of listening notes and the weekly ones of donations and recruits: what goes beyond is
/// kept and worth nothing.
pub fn limited(scoring: &ScoringConfig, kind: Kind, worth: Worth, scored: &Scored) -> Worth {
    let room = match kind {
        Kind::ListeningNote if scored.notes_today >= scoring.listening_note.per_day => Points::ZERO,
        Kind::Recruit if scored.recruits >= scoring.recruit.per_week => Points::ZERO,
        Kind::Donation => (scoring.donation.per_week - scored.donations).max(Points::ZERO),
        _ => return worth,
    };
    let base = worth.base.min(room);
    Worth {
        base,
        cut: worth.base - base,
        ..worth
    }
}

/// The worth of a stored line whose base is known: what its limit took then is the rest.
pub fn limited_to(worth: Worth, base: Points) -> Worth {
    Worth {
        base,
        cut: (worth.base - base).max(Points::ZERO),
        ..worth
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base(work: Work, mission: f64) -> String {
        worth(
            &ScoringConfig::shipped().unwrap(),
            &work,
            Mission::parse(mission).unwrap(),
        )
        .base
        .to_string()
    }

    #[test]
    fn every_kind_earns_what_the_table_says() {
        for (work, points) in [
            (
                Work::Calls {
                    dials: 40,
                    conversations: 6,
                },
                "58",
            ),
            (
                Work::Doors {
                    doors: 15,
                    conversations: 5,
                },
                "50",
            ),
            (Work::ListeningNote, "2"),
            (Work::Shift { minutes: 90 }, "60"),
            (Work::Shift { minutes: 1 }, "0.67"),
            (Work::ShiftCheckedIn, "10"),
            (Work::EventHosted { guests: 0 }, "60"),
            (Work::EventHosted { guests: 12 }, "120"),
            (Work::EventHosted { guests: 2000 }, "210"),
            (Work::EventAttended, "15"),
            (Work::Recruit(Stage::First), "20"),
            (Work::Recruit(Stage::Later), "20"),
            (Work::Donation { dollars: 25 }, "30"),
            (Work::Donation { dollars: 2 }, "15.66"),
            (Work::Donation { dollars: 3500 }, "50"),
            (Work::DataEntry { minutes: 30 }, "12.5"),
            (Work::Translation { minutes: 60 }, "40"),
            (Work::Training, "20"),
        ] {
            assert_eq!(base(work, 1.0), points, "{work:?}");
        }
    }

    #[test]
    fn a_mission_weight_multiplies_before_the_one_rounding() {
        assert_eq!(
            base(
                Work::Doors {
                    doors: 15,
                    conversations: 5
                },
                1.5
            ),
            "75"
        );
        assert_eq!(base(Work::Shift { minutes: 1 }, 2.0), "1.33");
        assert_eq!(
            base(
                Work::Calls {
                    dials: 1,
                    conversations: 0
                },
                0.505
            ),
            "0.51"
        );
    }

    #[test]
    fn a_line_can_be_explained_part_by_part() {
        let scoring = ScoringConfig::shipped().unwrap();
        let why = worth(
            &scoring,
            &Work::Doors {
                doors: 15,
                conversations: 5,
            },
            Mission::ONE,
        );
        assert_eq!(
            serde_json::to_string(&why).unwrap(),
            r#"{"parts":[{"unit":"doors","rate":2,"quantity":15,"points":30},{"unit":"conversations","rate":4,"quantity":5,"points":20}],"mission":1.0,"base":50,"cut":0}"#
        );
        let silent = worth(
            &scoring,
            &Work::Calls {
                dials: 3,
                conversations: 0,
            },
            Mission::ONE,
        );
        assert_eq!(
            silent.parts.len(),
            1,
            "nothing is said about conversations that were not"
        );
    }

    #[test]
    fn limits_keep_the_entry_and_cut_the_points() {
        let scoring = ScoringConfig::shipped().unwrap();
        let earned = |work: Work, scored: Scored| {
            let limited = limited(
                &scoring,
                work.kind(),
                worth(&scoring, &work, Mission::ONE),
                &scored,
            );
            (limited.base.to_string(), limited.cut.to_string())
        };
        let pair = |base: &str, cut: &str| (base.to_owned(), cut.to_owned());
        let notes = |notes_today| Scored {
            notes_today,
            ..Scored::default()
        };
        assert_eq!(earned(Work::ListeningNote, notes(19)), pair("2", "0"));
        assert_eq!(earned(Work::ListeningNote, notes(20)), pair("0", "2"));
        let raised = |points| Scored {
            donations: Points::whole(points),
            ..Scored::default()
        };
        assert_eq!(
            earned(Work::Donation { dollars: 100 }, raised(250)),
            pair("50", "0")
        );
        assert_eq!(
            earned(Work::Donation { dollars: 100 }, raised(280)),
            pair("20", "30")
        );
        assert_eq!(
            earned(Work::Donation { dollars: 100 }, raised(999)),
            pair("0", "50")
        );
        let brought = |recruits| Scored {
            recruits,
            ..Scored::default()
        };
        assert_eq!(
            earned(Work::Recruit(Stage::First), brought(9)),
            pair("20", "0")
        );
        assert_eq!(
            earned(Work::Recruit(Stage::Later), brought(10)),
            pair("0", "20")
        );
        let all = Scored {
            notes_today: 99,
            donations: Points::whole(999),
            recruits: 99,
        };
        assert_eq!(
            earned(Work::Training, all),
            pair("20", "0"),
            "other kinds have no limit of their own"
        );
    }

    proptest! {
        #[test]
        fn more_work_never_earns_less(doors in 1_u32..2000, more in 0_u32..100, mission in 5_000_u32..=20_000) {
            let scoring = ScoringConfig::shipped().unwrap();
            let mission = Mission::from_ten_thousandths(mission).unwrap();
            let earn = |work| worth(&scoring, &work, mission).base;
            let two = |work: fn(u32) -> Work| (earn(work(doors)), earn(work(doors + more)));
            for (less, more) in [
                two(|doors| Work::Doors { doors, conversations: 0 }),
                two(|dollars| Work::Donation { dollars }),
                two(|minutes| Work::Shift { minutes }),
            ] {
                prop_assert!(less <= more);
            }
        }

        #[test]
        fn the_worst_configuration_overflows_nothing(quantity: u32, rate in 0_i64..1_000_000) {
            let mut scoring = ScoringConfig::shipped().unwrap();
            scoring.calls.dial = Points::from_hundredths(rate);
            scoring.donation.root_dollar = Points::from_hundredths(rate);
            scoring.donation.dollars_counted = u32::MAX;
            let most = Mission::parse(100.0).unwrap();
            for work in [Work::Calls { dials: quantity, conversations: quantity }, Work::Donation { dollars: quantity }] {
                prop_assert!(worth(&scoring, &work, most).base >= Points::ZERO);
            }
        }
    }
}

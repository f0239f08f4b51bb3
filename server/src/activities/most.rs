//! What one entry can be worth at most.

use super::kind::Kind;
use super::work::{Stage, Work};
use super::worth::worth;
use crate::ledger::{Points, ScoringConfig};

/// The most that one entry of `kind` can count: the largest amounts that are taken, in a week in which
/// the kind counts as much as it may. What claims more was not logged here.
pub fn most(scoring: &ScoringConfig, kind: Kind) -> Points {
    largest(scoring, kind)
        .map(|work| worth(scoring, &work, scoring.mission.most).base)
        .into_iter()
        .fold(Points::ZERO, Points::max)
}

/// The work of a kind that can be worth most, in its two forms where it has them.
fn largest(scoring: &ScoringConfig, kind: Kind) -> [Work; 2] {
    let bounds = &scoring.bounds;
    let minutes = bounds.minutes;
    match kind {
        Kind::Calls => {
            [Work::Calls {
                dials: bounds.quantity,
                conversations: bounds.quantity,
            }; 2]
        }
        Kind::Doors => {
            [Work::Doors {
                doors: bounds.quantity,
                conversations: bounds.quantity,
            }; 2]
        }
        Kind::ListeningNote => [Work::ListeningNote; 2],
        Kind::Shift => [Work::Shift { minutes }, Work::ShiftCheckedIn],
        Kind::EventHosted => {
            [Work::EventHosted {
                guests: bounds.guests,
            }; 2]
        }
        Kind::EventAttended => [Work::EventAttended; 2],
        Kind::Recruit => [Work::Recruit(Stage::First), Work::Recruit(Stage::Later)],
        Kind::Donation => {
            [Work::Donation {
                dollars: bounds.dollars,
            }; 2]
        }
        Kind::DataEntry => [Work::DataEntry { minutes }; 2],
        Kind::Translation => [Work::Translation { minutes }; 2],
        Kind::Training => [Work::Training; 2],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::Mission;

    #[test]
    fn every_kind_can_earn_something_and_none_without_end() {
        let scoring = ScoringConfig::shipped().unwrap();
        for kind in Kind::ALL {
            let most = most(&scoring, kind);
            assert!(
                most > Points::ZERO && most <= Points::whole(24_000),
                "{kind}: {most}"
            );
        }
        assert_eq!(most(&scoring, Kind::Doors), Points::whole(24_000));
    }

    proptest! {
        #[test]
        fn no_entry_within_its_bounds_counts_more(
            at in 0..Kind::ALL.len(), quantity in 1_u32..=2_000, talked in 0_u32..=2_000,
            minutes in prop::option::of(1_u32..=960), mission in 5_000_u32..=20_000,
        ) {
            let (scoring, kind) = (ScoringConfig::shipped().unwrap(), Kind::ALL[at]);
            let mission = Mission::from_ten_thousandths(mission).unwrap();
            if let Some(work) = Work::of(kind, Some(quantity), Some(talked.min(quantity)), minutes) {
                prop_assert!(worth(&scoring, &work, mission).base <= most(&scoring, kind));
            }
        }
    }
}

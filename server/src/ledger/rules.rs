//! What an entry nobody has looked at is worth, and what of a week counts: pure (scoring.md, Points).

use super::points::{Points, half_up};
use super::scoring::{SoftCap, Trust};
use super::weight::Weight;

impl Trust {
    /// The verification of a new entry by somebody of whose entries of the last `days` days `approved` were
    /// approved and `rejected` rejected: `min(ceiling, (2 + a) / (4 + a + 2r))`, half-up to ten-thousandths.
    pub fn weight(&self, approved: u32, rejected: u32) -> Weight {
        let good = u64::from(self.prior_for) + u64::from(approved);
        let all = u64::from(self.prior_all)
            + u64::from(approved)
            + u64::from(self.rejection) * u64::from(rejected);
        let share = half_up(
            i128::from(good) * i128::from(Weight::SCALE),
            i128::from(all),
        );
        Weight::at_most_one(u64::try_from(share).unwrap_or(0)).min(self.ceiling)
    }
}

impl SoftCap {
    /// What of a member-week's net sum counts for the region:
    /// `u(p) = min(p, full) + share * min(max(p - full, 0), further)`. Never falls as `net` rises, and being a
    /// function of the net sum alone, a reversal restores what was before.
    pub fn counted(&self, net: Points) -> Points {
        let beyond = (net - self.full).max(Points::ZERO).min(self.further);
        net.min(self.full) + beyond.weighted(self.share)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::scoring::ScoringConfig;
    use super::*;

    fn points(hundredths: i64) -> Points {
        Points::from_hundredths(hundredths)
    }

    #[test]
    fn trust_starts_at_one_half_and_grows_with_approvals() {
        let trust = ScoringConfig::shipped().unwrap().trust;
        let v = |a, r| trust.weight(a, r).to_string();
        assert_eq!(
            [v(0, 0), v(1, 0), v(4, 0), v(0, 1), v(3, 2)],
            ["0.5", "0.6", "0.75", "0.3333", "0.4545"]
        );
        assert_eq!(
            [v(16, 0), v(1000, 0), v(u32::MAX, 0), v(0, u32::MAX)],
            ["0.9", "0.9", "0.9", "0"]
        );
    }

    #[test]
    fn a_week_counts_in_full_then_by_half_then_no_more() {
        let cap = ScoringConfig::shipped().unwrap().soft_cap;
        let u = |whole| cap.counted(Points::whole(whole)).to_string();
        assert_eq!(
            [u(0), u(200), u(201), u(600), u(10_000)],
            ["0", "200", "200.5", "400", "400"]
        );
        assert_eq!(cap.counted(points(20_001)), points(20_001));
        assert_eq!(cap.counted(points(-500)), points(-500));
    }

    proptest! {
        #[test]
        fn more_points_never_count_less(net in -100_000_i64..200_000, more in 0_i64..100_000) {
            let cap = ScoringConfig::shipped().unwrap().soft_cap;
            prop_assert!(cap.counted(points(net)) <= cap.counted(points(net + more)));
            prop_assert!(cap.counted(points(net)) <= Points::whole(400));
        }

        #[test]
        fn a_reversed_week_is_as_if_nothing_had_been_logged(lines in prop::collection::vec(1_i64..30_000, 1..30)) {
            // What a region gains is the difference of u before and after each line.
            let cap = ScoringConfig::shipped().unwrap().soft_cap;
            let reversed = lines.iter().map(|line| -line);
            let (mut net, mut region) = (Points::ZERO, Points::ZERO);
            for line in lines.iter().copied().chain(reversed) {
                let before = cap.counted(net);
                net += points(line);
                region += cap.counted(net) - before;
            }
            prop_assert_eq!(region, Points::ZERO);
        }
    }
}

//! Likely ranks: what part of a race's order is chance (scoring.md, The race, step 6).

use serde::{Deserialize, Serialize};

use super::posterior::{Posterior, Stream};
use crate::ledger::RaceNumbers;

/// The ranks between which a region probably truly is, 1 the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankRange {
    /// The better end: the smaller number.
    pub low: u32,
    /// The worse end: the larger number.
    pub high: u32,
}

impl RankRange {
    /// The range, wide enough to hold `rank` and within `1..=count`.
    #[must_use]
    pub fn holding(self, rank: u32, count: u32) -> Self {
        Self {
            low: self.low.min(rank).max(1),
            high: self.high.min(count).max(rank),
        }
    }
}

/// Draws every region's true pace `draws` times, ranks each set, and gives each region the 10–90 % range of its
/// ranks, in the order of `regions`. The same seed gives the same ranges on every machine and in every order of
/// regions.
pub fn rank_ranges(
    numbers: &RaceNumbers,
    seed: u64,
    regions: &[(&str, Posterior)],
) -> Vec<RankRange> {
    let (count, draws) = (regions.len(), numbers.draws as usize);
    let mut paces = vec![0.0_f64; count * draws];
    for (i, (code, posterior)) in regions.iter().enumerate() {
        let mut stream = Stream::new(seed, code);
        for draw in 0..draws {
            paces[draw * count + i] = stream.draw(posterior);
        }
    }
    let mut ranks = vec![0_u32; count * draws];
    let mut order: Vec<(f64, usize)> = Vec::with_capacity(count);
    for (draw, drawn) in paces.chunks_exact(count.max(1)).enumerate() {
        order.clear();
        order.extend(drawn.iter().copied().zip(0..));
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        for (rank, (_, i)) in (1..).zip(&order) {
            ranks[i * draws + draw] = rank;
        }
    }
    let (low, high) = (
        place(numbers.range_low, numbers.draws),
        place(numbers.range_high, numbers.draws),
    );
    let range = |own: &mut [u32]| RankRange {
        low: *own.select_nth_unstable(low).1,
        high: *own.select_nth_unstable(high).1,
    };
    ranks.chunks_exact_mut(draws.max(1)).map(range).collect()
}

/// The place, from 0, of the smallest of `draws` sorted values that a share `p` does not exceed.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "within 0 and draws"
)]
fn place(p: f64, draws: u32) -> usize {
    (((p * f64::from(draws)).ceil() as usize).max(1) - 1).min(draws.saturating_sub(1) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::ScoringConfig;

    fn numbers() -> RaceNumbers {
        ScoringConfig::shipped().unwrap().race
    }

    fn posterior(points: f64, expected: f64) -> Posterior {
        Posterior::new(70.0, 0.09, points, expected)
    }

    #[test]
    fn far_apart_regions_have_one_likely_rank_and_equal_ones_all() {
        let apart = [
            ("a", posterior(9e5, 3e5)),
            ("b", posterior(3e5, 3e5)),
            ("c", posterior(1e5, 3e5)),
        ];
        let ranges = rank_ranges(&numbers(), 1, &apart);
        assert_eq!(
            ranges,
            [1, 2, 3].map(|rank| RankRange {
                low: rank,
                high: rank
            })
        );
        let equal = ["a", "b", "c"].map(|code| (code, posterior(300.0, 300.0)));
        assert_eq!(
            rank_ranges(&numbers(), 1, &equal),
            [RankRange { low: 1, high: 3 }; 3]
        );
        assert_eq!(rank_ranges(&numbers(), 1, &[]), []);
    }

    #[test]
    fn the_tenth_and_the_ninetieth_of_a_hundred_are_meant() {
        assert_eq!(
            [
                place(0.1, 400),
                place(0.9, 400),
                place(0.0, 400),
                place(1.0, 400),
                place(0.5, 1)
            ],
            [39, 359, 0, 399, 0]
        );
    }

    #[test]
    fn a_range_is_widened_to_the_rank_that_is_shown() {
        let range = RankRange { low: 3, high: 5 };
        assert_eq!(range.holding(2, 9), RankRange { low: 2, high: 5 });
        assert_eq!(range.holding(7, 9), RankRange { low: 3, high: 7 });
        assert_eq!(range.holding(2, 4), RankRange { low: 2, high: 4 });
        assert_eq!(range.holding(1, 1), RankRange { low: 1, high: 1 });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_order_of_regions_changes_no_range(points in prop::collection::vec(0.0_f64..2000.0, 1..12), by in 0_usize..12, seed: u64) {
            let codes: Vec<String> = (0..points.len()).map(|i| format!("us-{i}")).collect();
            let mut regions: Vec<(&str, Posterior)> =
                codes.iter().zip(&points).map(|(code, points)| (code.as_str(), posterior(*points, 700.0))).collect();
            let by = by % points.len();
            let mut ranges = rank_ranges(&numbers(), seed, &regions);
            regions.rotate_left(by);
            ranges.rotate_left(by);
            prop_assert_eq!(rank_ranges(&numbers(), seed, &regions), ranges);
        }
    }
}

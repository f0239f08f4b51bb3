//! Chance that repeats itself: the same seed gives the same campaign.

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A seeded stream of chance.
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A stream of its own, so that what is drawn from one does not move the other.
    pub fn fork(&mut self) -> Self {
        Self(ChaCha8Rng::from_rng(&mut self.0))
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// True with probability `p`.
    pub fn hit(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    /// A number between two.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// One of `items`; none of nothing.
    pub fn one<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.choose(&mut self.0)
    }

    /// One of a list of words that is written down and never empty.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.one(words).copied().unwrap_or_default()
    }

    /// Up to `count` different places of a list of `length`, in no order.
    pub fn some(&mut self, length: usize, count: usize) -> Vec<usize> {
        rand::seq::index::sample(&mut self.0, length, count.min(length)).into_vec()
    }

    /// Any order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }

    /// A place of `weights`, drawn by them; 0 where all are nothing.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return at;
            }
        }
        0
    }

    /// A waiting time with this mean.
    pub fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A factor around 1 whose logarithm spreads by `sigma`.
    pub fn factor(&mut self, sigma: f64) -> f64 {
        // Twelve uniforms make a bell that is near enough for a made-up world.
        let bell: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
        (sigma * bell).exp()
    }

    /// How often something happens that happens `mean` times on average.
    pub fn count(&mut self, mean: f64) -> usize {
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit && count < 400 {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            let mut fork = chance.fork();
            [chance.unit(), fork.unit(), chance.factor(0.5)].map(f64::to_bits)
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn heavier_weights_are_drawn_more_often_and_nothing_never() {
        let mut chance = Chance::new(1);
        let mut drawn = [0; 3];
        for _ in 0..3000 {
            drawn[chance.weighted(&[1.0, 0.0, 3.0])] += 1;
        }
        assert_eq!(drawn[1], 0);
        assert!(drawn[2] > 2 * drawn[0], "{drawn:?}");
        assert_eq!(chance.weighted(&[]), 0);
    }

    #[test]
    fn counts_have_their_mean() {
        let mut chance = Chance::new(2);
        let sum: usize = (0..4000).map(|_| chance.count(1.5)).sum();
        assert!((5600..6400).contains(&sum), "{sum}");
        assert_eq!(chance.count(0.0), 0);
    }
}

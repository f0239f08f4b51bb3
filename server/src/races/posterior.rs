//! What is known of a region's true pace: a Gamma distribution, its quantiles, draws and comparisons
//! (scoring.md, The race, step 6).
//!
//! Draws use basic arithmetic and a portable logarithm only, so that the same seed gives the same ranks on every
//! machine and with every version of every library; that is why the sampler is written out here.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use statrs::function::erf::erfc_inv;
use statrs::function::gamma::checked_gamma_lr;

/// Gamma(shape, rate) of a region's true pace, relative to the common one. The shape is at least 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    /// 1/τ² + P/φ.
    pub shape: f64,
    /// 1/τ² + m/φ.
    pub rate: f64,
}

/// Above this shape the Wilson–Hilferty quantile is right to far more digits than are shown.
const PLAIN_SHAPE: f64 = 2000.0;

impl Posterior {
    /// After `points` where `expected` were due: both in points, `phi` and `tau2` the dispersions.
    pub fn new(phi: f64, tau2: f64, points: f64, expected: f64) -> Self {
        Self {
            shape: 1.0 / tau2 + points / phi,
            rate: 1.0 / tau2 + expected / phi,
        }
    }

    /// The value below which the true pace lies with probability `p` (strictly between 0 and 1): the
    /// Wilson–Hilferty approximation, improved by Halley steps on the distribution function.
    pub fn quantile(&self, p: f64) -> f64 {
        let a = self.shape;
        let normal = -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p);
        let root = 1.0 - 1.0 / (9.0 * a) + normal / (3.0 * a.sqrt());
        let start = a * (root * root * root).max(1e-6);
        let mut x = start;
        if a < PLAIN_SHAPE {
            for _ in 0..3 {
                let Ok(below) = checked_gamma_lr(a, x) else {
                    break;
                };
                let density = libm::exp((a - 1.0) * libm::log(x) - x - libm::lgamma(a));
                let newton = (below - p) / density;
                let step = newton / (1.0 - (0.5 * newton * ((a - 1.0) / x - 1.0)).clamp(-0.5, 0.5));
                if !step.is_finite() || (step / x).abs() < 1e-9 {
                    break;
                }
                x = (x - step).max(x / 4.0);
            }
        }
        x / self.rate
    }

    /// The probability that this region's true pace is above `other`'s, by the normal approximation to the
    /// logarithm of both.
    pub fn ahead_of(&self, other: &Self) -> f64 {
        let (a, b) = (self.shape - 0.5, other.shape - 0.5);
        let gap = libm::log(a / self.rate) - libm::log(b / other.rate);
        let normal = gap / (1.0 / a + 1.0 / b).sqrt();
        0.5 * libm::erfc(-normal / std::f64::consts::SQRT_2)
    }
}

/// A stream of draws, the same for the same seed and code on every machine.
pub struct Stream {
    rng: ChaCha8Rng,
    spare: Option<f64>,
}

impl Stream {
    /// The stream of the region `code` for a board's `seed`: `ChaCha8` whose key is the seed, little end first,
    /// and zeros, and whose stream number is the FNV-1a hash of the code. So a region's draws depend neither on
    /// the order of regions nor on which others there are.
    pub fn new(seed: u64, code: &str) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(code.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        }));
        Self { rng, spare: None }
    }

    /// Uniform from 0 up to but without 1, of 53 bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    fn uniform(&mut self) -> f64 {
        (self.rng.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// Standard normal, by Marsaglia's polar method.
    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let scale = (-2.0 * libm::log(square) / square).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
    }

    /// One draw of a region's true pace (Marsaglia and Tsang 2000, for shapes from 1).
    pub fn draw(&mut self, posterior: &Posterior) -> f64 {
        let scale = posterior.shape - 1.0 / 3.0;
        let spread = 1.0 / (9.0 * scale).sqrt();
        loop {
            let normal = self.normal();
            let root = 1.0 + spread * normal;
            if root <= 0.0 {
                continue;
            }
            let (cube, uniform, square) = (root * root * root, self.uniform(), normal * normal);
            let surely = uniform < 1.0 - 0.0331 * square * square;
            if surely || libm::log(uniform) < 0.5 * square + scale * (1.0 - cube + libm::log(cube))
            {
                return scale * cube / posterior.rate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gamma(shape: f64) -> Posterior {
        Posterior { shape, rate: 1.0 }
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // Chi-squared with 2k degrees of freedom is twice Gamma(k): 5 % and 95 % points of printed tables.
        for (shape, p, chi2) in [
            (1.0, 0.05, 0.102_587),
            (2.0, 0.95, 9.487_729),
            (5.0, 0.05, 3.940_299),
            (50.0, 0.95, 124.342_113),
        ] {
            let x = 2.0 * gamma(shape).quantile(p);
            assert!((x - chi2).abs() < 1e-5, "{shape} {p}: {x}");
        }
    }

    #[test]
    fn draws_follow_the_distribution() {
        for shape in [1.0, 3.0, 40.0, 1e4] {
            let (posterior, mut stream) =
                (Posterior { shape, rate: shape }, Stream::new(7, "us-oh"));
            let draws: Vec<f64> = (0..5_000).map(|_| stream.draw(&posterior)).collect();
            for (p, expected) in [(0.07, 350_usize), (0.5, 2500), (0.93, 4650)] {
                let limit = posterior.quantile(p);
                let below = draws.iter().filter(|draw| **draw < limit).count();
                assert!(below.abs_diff(expected) < 150, "{shape} {p}: {below}");
            }
        }
    }

    #[test]
    fn a_stream_is_the_same_everywhere_and_another_for_another_region_or_seed() {
        let bits = |seed, code| Stream::new(seed, code).draw(&gamma(11.0)).to_bits();
        assert_eq!(bits(42, "us-oh"), bits(42, "us-oh"));
        assert_ne!(bits(42, "us-oh"), bits(42, "us-pa"));
        assert_ne!(bits(42, "us-oh"), bits(43, "us-oh"));
        let mut stream = Stream::new(42, "us-oh");
        let drawn = [11.0, 11.0, 300.0].map(|shape| format!("{:.12}", stream.draw(&gamma(shape))));
        assert_eq!(
            drawn,
            ["14.479356639968", "4.347814462816", "276.315035066988"],
            "written down so that a change of any library is noticed"
        );
    }

    #[test]
    fn one_region_is_ahead_of_another_or_behind_it() {
        let (slow, fast) = (
            Posterior::new(70.0, 0.09, 800.0, 1000.0),
            Posterior::new(70.0, 0.09, 1500.0, 1000.0),
        );
        assert!((slow.ahead_of(&slow) - 0.5).abs() < 1e-12);
        assert!((slow.ahead_of(&fast) + fast.ahead_of(&slow) - 1.0).abs() < 1e-12);
        let (mut one, mut other) = (Stream::new(1, "slow"), Stream::new(1, "fast"));
        let wins = (0..5_000)
            .filter(|_| one.draw(&slow) < other.draw(&fast))
            .count();
        let share = f64::from(u32::try_from(wins).unwrap()) / 5_000.0;
        assert!((share - fast.ahead_of(&slow)).abs() < 0.02, "{share}");
    }

    proptest! {
        #[test]
        fn quantiles_invert_the_distribution(log_shape in 0.0_f64..12.0, p in 0.001_f64..0.999) {
            let posterior = Posterior { shape: log_shape.exp(), rate: 2.0 };
            let below = checked_gamma_lr(posterior.shape, 2.0 * posterior.quantile(p)).unwrap();
            prop_assert!((below - p).abs() < 1e-4, "{} {}", below, p);
        }

        #[test]
        fn any_posterior_gives_finite_numbers(
            phi in -2.0_f64..6.0, tau2 in -4.0_f64..0.0, points in 0.0_f64..1e9, expected in 0.0_f64..2e10, seed: u64,
        ) {
            let posterior = Posterior::new(10_f64.powf(phi), 10_f64.powf(tau2), points, expected);
            let (low, high) = (posterior.quantile(0.07), posterior.quantile(0.93));
            prop_assert!(low.is_finite() && low > 0.0 && low <= high && high.is_finite());
            let drawn = Stream::new(seed, "us").draw(&posterior);
            prop_assert!(drawn.is_finite() && drawn > 0.0);
            prop_assert!((0.0..=1.0).contains(&posterior.ahead_of(&gamma(3.0))));
        }
    }
}

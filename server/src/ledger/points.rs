//! Points: exact integers of hundredths inside, decimal numbers outside.
//!
//! Every product is rounded once, half-up to hundredths; a negative amount is rounded as the mirror of the
//! positive one, so that a reversing line cancels exactly what it reverses (scoring.md, Points).

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

use super::weight::Weight;

/// An amount of points, as hundredths. Sums saturate instead of wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

impl Points {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From hundredths of a point.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// From whole points.
    pub const fn whole(points: i64) -> Self {
        Self(points.saturating_mul(100))
    }

    /// The amount in hundredths of a point, as the ledger stores it.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// The amount in points, for the statistics of the race.
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact below 2^53 hundredths, far above any total"
    )]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// The least amount that is not below `points`, up to a millionth of noise; nothing for what is no number.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, which is what is wanted"
    )]
    pub fn at_least(points: f64) -> Self {
        Self((points * 100.0 - 1e-4).ceil() as i64)
    }

    /// This amount times `weight`: what an entry of verification v counts, `p = base * v`.
    #[must_use]
    pub fn weighted(self, weight: Weight) -> Self {
        Self(half_up(
            i128::from(self.0) * i128::from(weight.ten_thousandths()),
            i128::from(Weight::SCALE),
        ))
    }
}

/// `numerator / denominator` rounded half-up, negative amounts as the mirror of positive ones; saturating.
/// A denominator of zero or below counts as one.
pub fn half_up(numerator: i128, denominator: i128) -> i64 {
    let denominator = denominator.max(1);
    let size = (2 * numerator.abs() + denominator) / (2 * denominator);
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    if numerator < 0 { -size } else { size }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Points {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Points {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// `12`, `12.5`, `-0.25`: no more decimals than needed.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, 100)
    }
}

impl schemars::JsonSchema for Points {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Points".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "number", "description": "points, with at most two decimals"})
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(self.as_f64())
        }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let points = f64::deserialize(deserializer)?;
        let hundredths = scaled(points, 100)
            .ok_or_else(|| D::Error::custom("points have at most two decimals"))?;
        Ok(Self(hundredths))
    }
}

/// `value * scale` where that is a whole number, up to the noise of binary fractions.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "bounded by the check before it"
)]
pub(super) fn scaled(value: f64, scale: i64) -> Option<i64> {
    let exact = value * scale as f64;
    let whole = exact.round();
    (exact.abs() <= 1e15 && (exact - whole).abs() <= 1e-9 * exact.abs().max(1.0))
        .then_some(whole as i64)
}

/// `units / scale` as a decimal number without trailing zeros; `scale` is a power of ten.
pub(super) fn write_decimal(f: &mut fmt::Formatter<'_>, units: i64, scale: i64) -> fmt::Result {
    let (size, scale) = (units.unsigned_abs(), scale.unsigned_abs());
    let sign = if units < 0 { "-" } else { "" };
    let digits = scale.ilog10() as usize;
    let fraction = format!("{:0digits$}", size % scale);
    match fraction.trim_end_matches('0') {
        "" => write!(f, "{sign}{}", size / scale),
        fraction => write!(f, "{sign}{}.{fraction}", size / scale),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn points_are_written_without_needless_decimals() {
        let written =
            [1200, 1250, 1205, 5, -25, -100, 0].map(|h| Points::from_hundredths(h).to_string());
        assert_eq!(written, ["12", "12.5", "12.05", "0.05", "-0.25", "-1", "0"]);
        let json = serde_json::to_string(&[1200, 1250, -25].map(Points::from_hundredths)).unwrap();
        assert_eq!(json, "[12,12.5,-0.25]");
    }

    #[test]
    fn points_are_read_to_two_decimals_and_refused_beyond() {
        let read: Vec<Points> = serde_json::from_str("[12, 0.29, 1.15, -4.35]").unwrap();
        assert_eq!(
            read.into_iter().map(Points::hundredths).collect::<Vec<_>>(),
            [1200, 29, 115, -435]
        );
        assert!(serde_json::from_str::<Points>("0.125").is_err());
        assert!(serde_json::from_str::<Points>("1e300").is_err());
        assert!(serde_json::from_str::<Points>("\"12\"").is_err());
    }

    #[test]
    fn halves_round_up_and_their_reversals_mirror_them() {
        assert_eq!(
            [5, 4, 15, -5, -4, -15].map(|n| half_up(n, 10)),
            [1, 0, 2, -1, 0, -2]
        );
        assert_eq!([1, 2, 4, 5].map(|n| half_up(n, 3)), [0, 1, 1, 2]);
        let half = Weight::from_ten_thousandths(5000).unwrap();
        assert_eq!(
            Points::from_hundredths(1).weighted(half),
            Points::from_hundredths(1)
        );
        assert_eq!(
            Points::from_hundredths(-1).weighted(half),
            Points::from_hundredths(-1)
        );
    }

    #[test]
    fn the_points_to_win_are_never_a_hundredth_short() {
        assert_eq!(Points::at_least(1.001), Points::from_hundredths(101));
        assert_eq!(Points::at_least(1.0 + 1e-12), Points::whole(1));
        assert_eq!(Points::at_least(f64::NAN), Points::ZERO);
        assert_eq!(
            Points::at_least(f64::INFINITY),
            Points::from_hundredths(i64::MAX)
        );
    }

    proptest! {
        #[test]
        fn a_reversal_cancels_exactly(hundredths in -10_000_000_000_i64..10_000_000_000, v in 0_u16..=10_000) {
            let (base, v) = (Points::from_hundredths(hundredths), Weight::from_ten_thousandths(v).unwrap());
            prop_assert_eq!(base.weighted(v) + (-base).weighted(v), Points::ZERO);
        }

        #[test]
        fn rounding_moves_a_value_by_half_a_unit_at_most(n in -1_000_000_i128..1_000_000, d in 1_i128..5_000) {
            prop_assert!((i128::from(half_up(n, d)) * d - n).abs() * 2 <= d);
        }

        #[test]
        fn points_survive_json(hundredths in -1_000_000_000_000_i64..1_000_000_000_000) {
            let points = Points::from_hundredths(hundredths);
            let text = serde_json::to_string(&points).unwrap();
            prop_assert_eq!(&text, &points.to_string());
            prop_assert_eq!(serde_json::from_str::<Points>(&text).unwrap(), points);
        }

        #[test]
        fn sums_saturate(a: i64, b: i64) {
            let sum = Points::from_hundredths(a) + Points::from_hundredths(b);
            prop_assert_eq!(sum.hundredths(), a.saturating_add(b));
        }
    }
}

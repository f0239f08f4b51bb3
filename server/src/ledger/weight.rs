//! What multiplies points: the verification of an entry and the mission weight of its kind and week.

use std::fmt;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

use super::points::{scaled, write_decimal};

/// A share from 0 to 1 in ten-thousandths: the verification v of an entry, or the share beyond the soft cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(u16);

impl Weight {
    /// How many units make one.
    pub const SCALE: u16 = 10_000;
    /// Counts nothing: rejected or held.
    pub const ZERO: Self = Self(0);
    /// Counts in full: approved, or made by the system.
    pub const ONE: Self = Self(Self::SCALE);

    /// From ten-thousandths; `None` above one.
    pub const fn from_ten_thousandths(units: u16) -> Option<Self> {
        if units <= Self::SCALE {
            Some(Self(units))
        } else {
            None
        }
    }

    /// From ten-thousandths; more than one is one.
    pub fn at_most_one(units: u64) -> Self {
        Self(u16::try_from(units).unwrap_or(u16::MAX).min(Self::SCALE))
    }

    /// The share in ten-thousandths, as the ledger stores it.
    pub const fn ten_thousandths(self) -> u16 {
        self.0
    }
}

/// `0.6`, `1`: no more decimals than needed.
impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i64::from(self.0), i64::from(Self::SCALE))
    }
}

impl schemars::JsonSchema for Weight {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Share".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "number", "minimum": 0, "maximum": 1})
    }
}

impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / f64::from(Self::SCALE))
    }
}

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scaled(f64::deserialize(deserializer)?, i64::from(Self::SCALE))
            .and_then(|units| u16::try_from(units).ok())
            .and_then(Self::from_ten_thousandths)
            .ok_or_else(|| {
                D::Error::custom("a share lies from 0 to 1 and has at most four decimals")
            })
    }
}

/// What the points of a kind are multiplied by in a week, in ten-thousandths: 0 to 100, usually 0.5 to 2
/// (`scoring.toml`, `[mission]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mission(u32);

impl Mission {
    const SCALE: u32 = 10_000;
    /// As usual.
    pub const ONE: Self = Self(Self::SCALE);

    /// From ten-thousandths; `None` above one hundred.
    pub const fn from_ten_thousandths(units: u32) -> Option<Self> {
        if units <= 100 * Self::SCALE {
            Some(Self(units))
        } else {
            None
        }
    }

    /// From a decimal number with at most four decimals; `None` below 0, above 100 or finer than that.
    pub fn parse(weight: f64) -> Option<Self> {
        scaled(weight, i64::from(Self::SCALE))
            .and_then(|units| u32::try_from(units).ok())
            .and_then(Self::from_ten_thousandths)
    }

    /// The weight in ten-thousandths, as it is stored.
    pub const fn ten_thousandths(self) -> u32 {
        self.0
    }
}

impl Default for Mission {
    fn default() -> Self {
        Self::ONE
    }
}

/// `1.5`: no more decimals than needed.
impl fmt::Display for Mission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i64::from(self.0), i64::from(Self::SCALE))
    }
}

impl Serialize for Mission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / f64::from(Self::SCALE))
    }
}

impl<'de> Deserialize<'de> for Mission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(f64::deserialize(deserializer)?).ok_or_else(|| {
            D::Error::custom("a mission weight lies from 0 to 100 and has at most four decimals")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_from_nothing_to_everything() {
        assert_eq!(
            serde_json::from_str::<Weight>("0.3333")
                .unwrap()
                .ten_thousandths(),
            3333
        );
        assert_eq!(serde_json::from_str::<Weight>("1").unwrap(), Weight::ONE);
        for bad in ["1.0001", "-0.1", "0.33333", "1e9"] {
            assert!(serde_json::from_str::<Weight>(bad).is_err(), "{bad}");
        }
        assert_eq!(Weight::from_ten_thousandths(10_001), None);
        assert_eq!(Weight::at_most_one(u64::MAX), Weight::ONE);
        assert_eq!(Weight::at_most_one(3333).to_string(), "0.3333");
    }

    #[test]
    fn a_mission_weight_is_a_short_decimal() {
        assert_eq!(Mission::parse(1.5).unwrap().ten_thousandths(), 15_000);
        assert_eq!(Mission::parse(0.7).unwrap().to_string(), "0.7");
        assert_eq!(serde_json::to_string(&Mission::default()).unwrap(), "1.0");
        for bad in [-0.5, 100.1, f64::NAN, f64::INFINITY, 0.333_333] {
            assert_eq!(Mission::parse(bad), None, "{bad}");
        }
    }
}

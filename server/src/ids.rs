//! Identities: numbers inside, opaque strings outside.
//!
//! An id is 63 bits: 42 of milliseconds since 2020, so that new rows land beside each other in an
//! index, and 21 of chance, so that nobody can count or guess them. Outside it is 13 characters of
//! Crockford's base 32 in lower case.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use rand::RngExt;

use crate::clock::Instant;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 2020-01-01 in milliseconds since 1970.
const EPOCH_MS: i64 = 1_577_836_800_000;

/// The text is not an id of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id")]
pub struct NotAnId;

static LAST: Mutex<Last> = Mutex::new(Last::new());
/// Chances there are.
const CHANCES: u32 = 1 << 21;

/// A fresh 63-bit number, ordered by time. A million of one process differ, also when they are made in
/// one millisecond, as the rows of a sheet are.
pub fn fresh(now: Instant) -> i64 {
    LAST.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .fresh(now)
}

/// The millisecond of the last fresh id, and the chances given away in it.
struct Last {
    ms: i64,
    given: BTreeSet<u32>,
}

impl Last {
    const fn new() -> Self {
        let given = BTreeSet::new();
        Self { ms: 0, given }
    }

    fn fresh(&mut self, now: Instant) -> i64 {
        let ms = now.micros() / 1000;
        if self.ms != ms {
            self.ms = ms;
            self.given.clear();
        }
        loop {
            let chance = rand::rng().random_range(0..CHANCES);
            if self.given.insert(chance) || self.given.len() > CHANCES as usize / 2 {
                return at(now, i64::from(chance));
            }
        }
    }
}

/// The number that stands at `now` with this chance, of which the lowest 21 bits are taken.
pub fn at(now: Instant, chance: i64) -> i64 {
    let ms = (now.micros() / 1000 - EPOCH_MS).clamp(0, (1 << 42) - 1);
    (ms << 21) | (chance & ((1 << 21) - 1))
}

/// `bytes` random bytes as lower-case hexadecimal: tokens, codes in links.
pub fn secret(bytes: usize) -> String {
    let mut rng = rand::rng();
    let chance: Vec<u8> = (0..bytes).map(|_| rng.random_range(0..=255_u8)).collect();
    hex(&chance)
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let both = |byte: &u8| {
        [
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]
    };
    bytes.iter().flat_map(both).map(char::from).collect()
}

/// `length` characters that are easy to read out and type: no vowels, no look-alikes.
pub fn readable(length: usize) -> String {
    const LETTERS: &[u8] = b"23456789BCDFGHJKMNPQRSTVWXZ";
    let mut rng = rand::rng();
    (0..length)
        .map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())]))
        .collect()
}

/// The 13 characters of a number.
pub fn encode(number: i64) -> String {
    (0..13)
        .rev()
        .map(|place| {
            char::from(ALPHABET[usize::try_from((number >> (place * 5)) & 31).unwrap_or(0)])
        })
        .collect()
}

/// The number behind 13 characters.
///
/// # Errors
/// [`NotAnId`] for any other length, character or a number beyond 63 bits.
pub fn decode(text: &str) -> Result<i64, NotAnId> {
    if text.len() != 13 {
        return Err(NotAnId);
    }
    let number = text.bytes().try_fold(0_i128, |sum, byte| {
        let digit = ALPHABET
            .iter()
            .position(|&letter| letter == byte)
            .ok_or(NotAnId)?;
        Ok(sum * 32 + i128::try_from(digit).map_err(|_| NotAnId)?)
    })?;
    i64::try_from(number).map_err(|_| NotAnId)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        pub struct $name(pub i64);

        impl $name {
            /// A fresh id.
            pub fn fresh(now: Instant) -> Self {
                Self(fresh(now))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                decode(text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                "Id".into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "description": "opaque"})
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>>::from_sql(bytes).map(Self)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::BigInt, DB>::to_sql(&self.0, out)
            }
        }
    };
}

id!(
    /// A person. `VolunteerId(0)` is the system itself, where an actor is named.
    VolunteerId
);
id!(
    /// A signed-in browser or program.
    SessionId
);
id!(
    /// A request for a sign-in link.
    RequestId
);
id!(
    /// Something to do.
    TaskId
);
id!(
    /// A post in a region's feed.
    PostId
);
id!(
    /// A comment under a post.
    CommentId
);

/// A ledger line: the person credited and the line's number, since the ledger is partitioned by person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActivityId {
    /// The person credited.
    pub volunteer: VolunteerId,
    /// The line's number, unique for that person.
    pub entry: i64,
}

impl fmt::Display for ActivityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.volunteer, encode(self.entry))
    }
}

impl FromStr for ActivityId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (person, entry) = text.split_at_checked(13).ok_or(NotAnId)?;
        Ok(Self {
            volunteer: person.parse()?,
            entry: decode(entry)?,
        })
    }
}

impl serde::Serialize for ActivityId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ActivityId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for ActivityId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "description": "opaque"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back_as_it_was_written(number in 0..i64::MAX) {
            prop_assert_eq!(decode(&encode(number)), Ok(number));
        }
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in [
            "",
            "7",
            "0000000000000000",
            "zzzzzzzzzzzzz",
            "000000000000u",
            "00000000000é",
        ] {
            assert_eq!(decode(text), Err(NotAnId), "{text}");
            assert!(text.parse::<ActivityId>().is_err(), "{text}");
        }
    }

    #[test]
    fn ids_of_one_moment_differ() {
        let now = Instant::from_micros(1_800_000_000_000_000);
        let mut last = Last::new();
        let ids: BTreeSet<i64> = (0..20_000).map(|_| last.fresh(now)).collect();
        assert_eq!(ids.len(), 20_000);
    }

    #[test]
    fn later_ids_sort_later() {
        let now = Instant::from_micros(1_800_000_000_000_000);
        assert!(fresh(now) < fresh(now + crate::clock::Duration::seconds(1)));
    }
}

//! The code of a region: a path such as `us-oh-39049`, whose ancestors can be read from itself.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use diesel::backend::Backend;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

/// The longest code, in bytes.
pub const MAX_BYTES: usize = 64;

/// A region's code: parts of `a-z0-9` joined by hyphens, root first, at most 64 bytes.
///
/// It says where a region would stand, never that the region exists: ask the `Tree` for that.
/// Cloning is cheap. Order is the byte order of the text, in which a region comes directly before
/// everything beneath it.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
)]
#[serde(into = "String", try_from = "String")]
#[diesel(sql_type = Text)]
pub struct RegionCode(Arc<str>);

impl RegionCode {
    /// Reads a code as it stands in a URL, a body or a column.
    ///
    /// # Errors
    /// What is wrong with `text`, first thing first.
    pub fn parse(text: &str) -> Result<Self, RegionCodeError> {
        if text.is_empty() {
            return Err(RegionCodeError::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(RegionCodeError::TooLong);
        }
        if !text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        {
            return Err(RegionCodeError::BadCharacter(text.to_owned()));
        }
        if text.split('-').any(str::is_empty) {
            return Err(RegionCodeError::EmptyPart(text.to_owned()));
        }
        Ok(Self(text.into()))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code one level up; none for a root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('-').map(|(above, _)| Self(above.into()))
    }

    /// `us`, `us-oh`, `us-oh-39049` for the last of them: every region a score here counts for.
    pub fn ancestors_and_self(&self) -> impl DoubleEndedIterator<Item = Self> + '_ {
        self.0
            .match_indices('-')
            .map(|(at, _)| Self(self.0[..at].into()))
            .chain(std::iter::once(self.clone()))
    }

    /// Whether this region is `other` itself or lies anywhere beneath it.
    #[must_use]
    pub fn is_under(&self, other: &Self) -> bool {
        self.0
            .strip_prefix(other.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// Bounds `(lo, hi)` for a query: `code = r OR (code >= lo AND code < hi)` finds exactly the
    /// regions for which [`is_under`](Self::is_under) holds, by an index and without `LIKE`.
    ///
    /// Holds under byte order only: on PostgreSQL the column needs `COLLATE "C"`.
    #[must_use]
    pub fn range(&self) -> (String, String) {
        // '.' is the byte after '-', so nothing that is not beneath fits in between.
        (format!("{}-", self.0), format!("{}.", self.0))
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeError;

    fn from_str(text: &str) -> Result<Self, RegionCodeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for RegionCode {
    type Error = RegionCodeError;

    fn try_from(text: String) -> Result<Self, RegionCodeError> {
        Self::parse(&text)
    }
}

impl From<RegionCode> for String {
    fn from(code: RegionCode) -> Self {
        code.as_str().to_owned()
    }
}

impl AsRef<str> for RegionCode {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// So that a map keyed by codes can be asked with plain text.
impl Borrow<str> for RegionCode {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl schemars::JsonSchema for RegionCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RegionCode".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64})
    }
}

impl<DB: Backend> FromSql<Text, DB> for RegionCode
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self::parse(&String::from_sql(bytes)?)?)
    }
}

impl<DB: Backend> ToSql<Text, DB> for RegionCode
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.as_str().to_sql(out)
    }
}

/// Why a text is no region code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegionCodeError {
    /// Nothing was given.
    Empty,
    /// More than [`MAX_BYTES`].
    TooLong,
    /// Something other than small letters, digits and hyphens; holds the text.
    BadCharacter(String),
    /// A hyphen with nothing before or behind it; holds the text.
    EmptyPart(String),
}

impl RegionCodeError {
    /// The key of the sentence in the message catalogue (`regions.ftl`).
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::Empty => "region-code-empty",
            Self::TooLong => "region-code-too-long",
            Self::BadCharacter(_) => "region-code-bad-character",
            Self::EmptyPart(_) => "region-code-empty-part",
        }
    }
}

impl fmt::Display for RegionCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a region code is missing"),
            Self::TooLong => write!(f, "a region code has at most {MAX_BYTES} characters"),
            Self::BadCharacter(text) => write!(
                f,
                "“{text}” is no region code: only small letters, digits and hyphens"
            ),
            Self::EmptyPart(text) => write!(
                f,
                "“{text}” is no region code: something is missing beside a hyphen"
            ),
        }
    }
}

impl std::error::Error for RegionCodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of at most five characters over an alphabet with a letter, a digit, the hyphen
    /// and one character of each refused sort: small enough to try all pairs.
    fn short_texts() -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..5 {
            last = last
                .iter()
                .flat_map(|text| ['a', '0', '-', 'A', '.'].map(|c| format!("{text}{c}")))
                .collect();
            all.extend_from_slice(&last);
        }
        all
    }

    fn short_codes() -> Vec<RegionCode> {
        let mut codes: Vec<_> = short_texts()
            .iter()
            .filter_map(|t| RegionCode::parse(t).ok())
            .collect();
        codes.sort();
        assert!(
            codes.len() > 100,
            "the properties need something to hold for"
        );
        codes
    }

    #[test]
    fn a_code_survives_text_and_json_unchanged() {
        for code in short_codes() {
            assert_eq!(code.to_string().parse(), Ok(code.clone()));
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<RegionCode>(&json).unwrap(), code);
        }
    }

    #[test]
    fn exactly_the_well_formed_texts_are_codes() {
        for text in short_texts() {
            let well_formed = !text.is_empty()
                && text
                    .split('-')
                    .all(|p| !p.is_empty() && p.chars().all(|c| c == 'a' || c == '0'));
            assert_eq!(RegionCode::parse(&text).is_ok(), well_formed, "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_code_is_told() {
        assert_eq!(RegionCode::parse(""), Err(RegionCodeError::Empty));
        assert!(RegionCode::parse(&"a".repeat(64)).is_ok());
        assert_eq!(
            RegionCode::parse(&"a".repeat(65)),
            Err(RegionCodeError::TooLong)
        );
        for text in ["US-OH", "us oh", "us_oh", "us-oh'", "ús", "us\0"] {
            assert_eq!(
                RegionCode::parse(text),
                Err(RegionCodeError::BadCharacter(text.into()))
            );
        }
        for text in ["-", "-us", "us-", "us--oh"] {
            assert_eq!(
                RegionCode::parse(text),
                Err(RegionCodeError::EmptyPart(text.into()))
            );
        }
        let refused = serde_json::from_str::<RegionCode>("\"US\"")
            .unwrap_err()
            .to_string();
        assert!(refused.contains("“US” is no region code"), "{refused}");
    }

    #[test]
    fn ancestors_are_read_from_the_path_root_first() {
        let turf = RegionCode::parse("us-oh-39049-43215").unwrap();
        let line: Vec<_> = turf.ancestors_and_self().map(String::from).collect();
        assert_eq!(line, ["us", "us-oh", "us-oh-39049", "us-oh-39049-43215"]);
        for code in short_codes() {
            let line: Vec<_> = code.ancestors_and_self().collect();
            assert_eq!(line.last(), Some(&code));
            assert_eq!(line[0].parent(), None);
            for pair in line.windows(2) {
                assert_eq!(pair[1].parent().as_ref(), Some(&pair[0]));
            }
        }
    }

    #[test]
    fn the_range_finds_exactly_what_lies_beneath() {
        let codes = short_codes();
        for region in &codes {
            let (lo, hi) = region.range();
            for code in &codes {
                let found = code == region || (code.as_str() >= &lo[..] && code.as_str() < &hi[..]);
                let beneath = code.ancestors_and_self().any(|above| above == *region);
                assert_eq!(found, beneath, "{code} under {region}");
                assert_eq!(code.is_under(region), beneath, "{code} under {region}");
            }
        }
    }
}

//! What people type as their postcode, and what is answered (contract.md, "ZIP answers").

use std::fmt;

use chrono_tz::Tz;

use super::code::RegionCode;
use super::distance::Point;

/// Where a postcode belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The postcode as stored and shown, such as `02139` for the input ` 02139-4307`.
    pub postcode: String,
    /// The region of the tree: the turf of a listed postcode, else the region of its prefix.
    pub region: RegionCode,
    /// Whether the postcode is listed; if not, `region` was found by its first characters.
    pub exact: bool,
    /// The city of a listed postcode, where the data knows one.
    pub city: Option<String>,
    /// The name of the region just below the root: the state, the province.
    pub state: Option<String>,
    /// The mark of a postcode that is no residential area, as the data has it (`P`, `M`).
    pub kind: Option<String>,
    /// Where a listed postcode lies, where the data knows it.
    pub point: Option<Point>,
    /// The zone in which its people count their weeks (scoring.md, "Where and when").
    pub timezone: Tz,
}

/// Why a postcode is refused. Each holds what was typed, without surrounding blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostcodeError {
    /// It has none of the accepted forms.
    Malformed(String),
    /// It is well formed, but neither listed nor of a known prefix.
    Unknown(String),
}

impl PostcodeError {
    /// The key of the sentence in the message catalogue (`regions.ftl`).
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::Malformed(value) if value.is_empty() => "postcode-missing",
            Self::Malformed(_) => "postcode-malformed",
            Self::Unknown(_) => "postcode-unknown",
        }
    }

    /// What was typed, for the sentence's `$value`; at most 40 characters of it.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::Malformed(value) | Self::Unknown(value) => value,
        }
    }
}

impl fmt::Display for PostcodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(value) => write!(f, "“{value}” is not a postcode"),
            Self::Unknown(value) => write!(f, "no postcode {value} is known"),
        }
    }
}

impl std::error::Error for PostcodeError {}

/// The forms in which a tree's postcodes are typed.
#[derive(Clone, Debug)]
pub(super) struct Forms {
    forms: Vec<String>,
    keep: Option<usize>,
}

impl Forms {
    /// `forms`: `9` stands for a digit, `A` for a letter, anything else for itself. Of what is
    /// typed, the first `keep` characters name the place (none: all of them).
    ///
    /// # Errors
    /// One clause that says what is wrong with them.
    pub(super) fn new(forms: Vec<String>, keep: Option<usize>) -> Result<Self, String> {
        let shortest = forms.iter().map(String::len).min().unwrap_or(0);
        if shortest == 0 || !forms.iter().all(|form| form.is_ascii()) {
            return Err(
                "“forms” needs at least one form, none empty, all of ASCII characters".into(),
            );
        }
        if keep.is_some_and(|keep| keep == 0 || keep > shortest) {
            return Err("“keep” must lie between 1 and the length of the shortest form".into());
        }
        Ok(Self { forms, keep })
    }

    /// The stored form of what somebody typed: letters in capitals, an add-on cut off.
    ///
    /// # Errors
    /// `Malformed` when it has none of the forms.
    pub(super) fn normalise(&self, input: &str) -> Result<String, PostcodeError> {
        let typed = input.trim();
        if self.forms.iter().any(|form| fits(form, typed)) {
            let mut postcode = typed.to_ascii_uppercase();
            postcode.truncate(self.keep.unwrap_or(postcode.len()));
            return Ok(postcode);
        }
        // Somebody may paste a page: the sentence that quotes it stays short.
        Err(PostcodeError::Malformed(typed.chars().take(40).collect()))
    }
}

/// Whether `typed` has the form; full-width and other digits beyond ASCII never do.
fn fits(form: &str, typed: &str) -> bool {
    form.len() == typed.len()
        && form
            .bytes()
            .zip(typed.bytes())
            .all(|(wanted, got)| match wanted {
                b'9' => got.is_ascii_digit(),
                b'A' => got.is_ascii_alphabetic(),
                other => got == other,
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip() -> Forms {
        Forms::new(vec!["99999".into(), "99999-9999".into()], Some(5)).unwrap()
    }

    #[test]
    fn blanks_around_and_the_four_more_digits_do_not_matter() {
        for typed in [
            "02139",
            " 02139\t",
            "\u{a0}02139\n",
            "02139-4307",
            "  02139-4307 ",
        ] {
            assert_eq!(zip().normalise(typed), Ok("02139".into()), "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_zip_code_is_refused_and_quoted() {
        for typed in [
            "",
            "2139",
            "112112",
            "021394307",
            "02139-",
            "02139-430",
            "02139 4307",
            "02 139",
            "K1A 0B1",
            "０２１３９",
            "02l39",
            "+2139",
            "02139\u{200b}",
            "٠٢١٣٩",
        ] {
            assert_eq!(
                zip().normalise(typed),
                Err(PostcodeError::Malformed(typed.into())),
                "{typed:?}"
            );
        }
        let pasted = zip().normalise(&"x".repeat(9_000)).unwrap_err();
        assert_eq!(pasted.value().len(), 40);
    }

    #[test]
    fn letters_and_a_hyphen_of_its_own_make_another_countrys_postcode() {
        let forms = Forms::new(vec!["AA-99".into()], None).unwrap();
        assert_eq!(forms.normalise(" ab-12 "), Ok("AB-12".into()));
        for typed in ["AB12", "A1-12", "AB-1", "ÄB-12", "AB-12-3"] {
            assert!(forms.normalise(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn forms_that_can_accept_nothing_are_refused_at_start() {
        assert!(Forms::new(vec![], None).is_err());
        assert!(Forms::new(vec![String::new()], None).is_err());
        assert!(Forms::new(vec!["９".into()], None).is_err());
        assert!(Forms::new(vec!["999".into()], Some(4)).is_err());
        assert!(Forms::new(vec!["999".into()], Some(0)).is_err());
    }

    #[test]
    fn an_empty_field_asks_for_the_code_instead_of_quoting_nothing() {
        assert_eq!(
            zip().normalise("  ").unwrap_err().message(),
            "postcode-missing"
        );
        assert_eq!(
            zip().normalise("x").unwrap_err().message(),
            "postcode-malformed"
        );
    }
}

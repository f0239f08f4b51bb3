//! Rows and value types of people.

use std::fmt;

use diesel::prelude::*;
use lettre::message::Mailbox;
use serde::Serialize;

use crate::clock::Instant;
use crate::db::schema::volunteers;
use crate::error::{Error, FieldErrors};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// An e-mail address in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Email(String);

impl Email {
    /// Reads an address as typed: blanks around it are dropped, letters made small, a domain of
    /// other letters written as servers know it.
    ///
    /// # Errors
    /// `Invalid` on field `email` for everything that cannot be mailed.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim().to_lowercase();
        Self::mailable(&text)
            .map(Self)
            .ok_or_else(|| FieldErrors::one("email", "email-malformed").into())
    }

    /// The address as any mail server takes it.
    fn mailable(text: &str) -> Option<String> {
        let (local, domain) = text.rsplit_once('@')?;
        if local.contains('@') || domain.contains('%') {
            return None;
        }
        let url::Host::Domain(domain) = url::Host::parse(domain).ok()? else {
            return None;
        };
        let address = format!("{local}@{domain}");
        let fits = address.is_ascii() && address.len() <= 254 && domain.contains('.');
        let mailbox: Mailbox = address.parse().ok().filter(|_| fits)?;
        // What the mail library reads must be what it was given.
        (mailbox.name.is_none() && mailbox.email.as_ref() == address).then_some(address)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person as the table has them. Lists are JSON texts; see `profile` for the readable form.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = volunteers)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct Volunteer {
    pub id: VolunteerId,
    pub email: String,
    pub name: String,
    pub zip: Option<String>,
    pub region: RegionCode,
    pub zone: String,
    pub quiet: bool,
    pub honour_roll: bool,
    pub travel_km: Option<i32>,
    pub weekly_hours: Option<i32>,
    pub adult: bool,
    pub availability: Option<String>,
    pub languages: String,
    pub interests: String,
    pub access_needs: String,
    pub certificates: String,
    pub rung: i32,
    pub invited_by: Option<VolunteerId>,
    pub joined_at: Instant,
    pub last_active_at: Option<Instant>,
    pub erased_at: Option<Instant>,
}

impl Volunteer {
    /// The zone that decides their week; UTC if the stored name is not known any more.
    pub fn tz(&self) -> chrono_tz::Tz {
        self.zone.parse().unwrap_or(chrono_tz::UTC)
    }

    /// A JSON list column as strings.
    pub fn list(column: &str) -> Vec<String> {
        serde_json::from_str(column).unwrap_or_default()
    }
}

/// A person about to be taken in; everything else begins empty.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = volunteers, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct NewVolunteer {
    pub id: VolunteerId,
    pub email: String,
    pub name: String,
    pub zip: Option<String>,
    pub region: RegionCode,
    pub zone: String,
    pub quiet: bool,
    pub honour_roll: bool,
    pub travel_km: Option<i32>,
    pub weekly_hours: Option<i32>,
    pub adult: bool,
    pub availability: Option<String>,
    pub languages: String,
    pub interests: String,
    pub access_needs: String,
    pub certificates: String,
    pub rung: i32,
    pub invited_by: Option<VolunteerId>,
    pub joined_at: Instant,
}

impl NewVolunteer {
    /// A person of whom only the address and place are known.
    pub fn new(
        id: VolunteerId,
        email: &Email,
        region: RegionCode,
        zone: &str,
        joined_at: Instant,
    ) -> Self {
        Self {
            id,
            email: email.to_string(),
            name: String::new(),
            zip: None,
            region,
            zone: zone.to_owned(),
            quiet: false,
            honour_roll: false,
            travel_km: None,
            weekly_hours: None,
            adult: false,
            availability: None,
            languages: "[]".into(),
            interests: "[]".into(),
            access_needs: "[]".into(),
            certificates: "[]".into(),
            rung: 0,
            invited_by: None,
            joined_at,
        }
    }
}

/// The 21 thirds of a week, Monday morning first, as `mon-am … sun-eve`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Availability(pub [bool; 21]);

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const THIRDS: [&str; 3] = ["am", "pm", "eve"];

impl Availability {
    /// The names of all thirds, in order.
    pub fn names() -> impl Iterator<Item = String> {
        DAYS.iter()
            .flat_map(|day| THIRDS.iter().map(move |third| format!("{day}-{third}")))
    }

    /// Reads names such as `sat-am`.
    ///
    /// # Errors
    /// `Invalid` on field `availability` for a name that is none.
    pub fn parse(names: &[String]) -> Result<Self, Error> {
        let mut grid = [false; 21];
        for name in names {
            let at = Self::names()
                .position(|known| known == *name)
                .ok_or_else(|| Error::field("availability", "availability-unknown"))?;
            grid[at] = true;
        }
        Ok(Self(grid))
    }

    /// The chosen names.
    pub fn chosen(&self) -> Vec<String> {
        Self::names()
            .zip(self.0)
            .filter(|(_, on)| *on)
            .map(|(name, _)| name)
            .collect()
    }

    /// As the column has it: 21 of `0` and `1`.
    pub fn column(&self) -> String {
        self.0
            .iter()
            .map(|on| if *on { '1' } else { '0' })
            .collect()
    }

    /// From the column; a broken one is all empty.
    pub fn from_column(column: &str) -> Self {
        let mut grid = [false; 21];
        for (slot, mark) in grid.iter_mut().zip(column.bytes()) {
            *slot = mark == b'1';
        }
        Self(grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_tidied_and_checked() {
        assert_eq!(
            Email::parse("  Ada@Example.org ").unwrap().as_str(),
            "ada@example.org"
        );
        for text in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@example",
            "a b@example.org",
            "ada@example.org\n",
            "a@b@c.org",
        ] {
            let kept = Email::parse(text).map(|email| email.to_string());
            assert!(kept.is_err() || text.trim() == kept.unwrap(), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_mailed_is_no_address() {
        for text in [
            "\"ada b\"@example.org",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "jos\u{e9}@example.org",
            "ada <ada@example.org>",
            "ada@exa%6dple.org",
            "a,b@example.org",
            "ada@example..org",
        ] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
        let there = Email::parse("ada@b\u{fc}cher.example").unwrap();
        assert_eq!(there.as_str(), "ada@xn--bcher-kva.example");
        for good in ["o'neil+tag@example.org", "ada.b_c@mail.example.org"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn availability_survives_its_column() {
        let grid = Availability::parse(&["sat-am".into(), "mon-eve".into()]).unwrap();
        assert_eq!(Availability::from_column(&grid.column()), grid);
        assert_eq!(grid.chosen(), ["mon-eve", "sat-am"]);
        assert!(Availability::parse(&["someday".into()]).is_err());
    }
}

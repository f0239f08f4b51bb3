//! Looking at one field of a draft after the other.

use super::kind::Kind;
use super::refusal::{Refusal, Why};
use super::rules::Draft;

/// Collects refusals; a refused number goes on as its least value and is never used.
pub struct Check {
    /// The kind the draft says it is.
    pub kind: Kind,
    /// What was refused so far.
    pub refusals: Vec<Refusal>,
}

impl Check {
    /// Refuses `field`.
    pub fn refuse(&mut self, field: &'static str, why: Why) {
        self.refusals.push(Refusal { field, why });
    }

    /// A number that may be left out.
    pub fn optional(
        &mut self,
        field: &'static str,
        given: Option<i64>,
        least: u32,
        most: u32,
    ) -> Option<u32> {
        let number = u32::try_from(given?)
            .ok()
            .filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.refuse(field, Why::Outside { least, most });
        }
        number
    }

    /// A number that may not.
    pub fn needed(
        &mut self,
        field: &'static str,
        given: Option<i64>,
        least: u32,
        most: u32,
    ) -> u32 {
        if given.is_none() {
            self.refuse(field, Why::Needed(self.kind));
        }
        self.optional(field, given, least, most).unwrap_or(least)
    }

    /// Conversations, none where left out. Compared with a quantity only when that is right itself.
    pub fn conversations(&mut self, given: Option<i64>, quantity: u32, most: u32) -> u32 {
        let fine = self.refusals.is_empty();
        let number = self.optional("conversations", given, 0, most).unwrap_or(0);
        if fine && number > quantity {
            self.refuse("conversations", Why::MoreThanQuantity);
        }
        number
    }

    /// Refuses the numbers that this kind does not know.
    pub fn nothing_foreign(&mut self, draft: &Draft) {
        let counted = matches!(self.kind, Kind::Calls | Kind::Doors);
        let quantity = counted || matches!(self.kind, Kind::EventHosted | Kind::Donation);
        let minutes =
            counted || matches!(self.kind, Kind::Shift | Kind::DataEntry | Kind::Translation);
        for (field, given, known) in [
            ("quantity", draft.quantity, quantity),
            ("conversations", draft.conversations, counted),
            ("minutes", draft.minutes, minutes),
        ] {
            if given.is_some() && !known {
                self.refuse(field, Why::Foreign(self.kind));
            }
        }
    }

    /// The note without surrounding blanks.
    pub fn note(&mut self, given: Option<&str>, most: u32) -> Option<String> {
        let note = given.map(str::trim).filter(|note| !note.is_empty());
        match note {
            None if self.kind == Kind::ListeningNote => self.refuse("note", Why::Needed(self.kind)),
            Some(note) if note.contains('\0') => self.refuse("note", Why::Unstorable),
            Some(note) if note.chars().count() > most as usize => {
                self.refuse("note", Why::TooLong(most));
            }
            _ => {}
        }
        note.map(str::to_owned)
    }
}

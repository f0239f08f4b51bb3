//! What was done, and how much of it: the typed form of an entry.

use super::kind::Kind;
use crate::ledger::Entry;

/// Something done, with the amounts that score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Phone calls.
    Calls {
        /// Numbers dialled.
        dials: u32,
        /// Of them, people talked to.
        conversations: u32,
    },
    /// Doors.
    Doors {
        /// Doors knocked on.
        doors: u32,
        /// Of them, people talked to.
        conversations: u32,
    },
    /// A listening note.
    ListeningNote,
    /// A shift during which nothing was counted.
    Shift {
        /// Its length.
        minutes: u32,
    },
    /// A shift somebody was checked in to and whose work is logged by itself.
    ShiftCheckedIn,
    /// An event hosted. The guests are verified with the entry: its v multiplies them too.
    EventHosted {
        /// How many came.
        guests: u32,
    },
    /// An event attended.
    EventAttended,
    /// A recruit acted.
    Recruit(Stage),
    /// A donation raised from one person.
    Donation {
        /// Its dollars.
        dollars: u32,
    },
    /// Data entry.
    DataEntry {
        /// Its length.
        minutes: u32,
    },
    /// Translation.
    Translation {
        /// Its length.
        minutes: u32,
    },
    /// A training.
    Training,
}

/// Which action of a recruit is rewarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The first verified one.
    First,
    /// The later one (`recruit.later_at`).
    Later,
}

impl Work {
    /// The kind this is logged as.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Calls { .. } => Kind::Calls,
            Self::Doors { .. } => Kind::Doors,
            Self::ListeningNote => Kind::ListeningNote,
            Self::Shift { .. } | Self::ShiftCheckedIn => Kind::Shift,
            Self::EventHosted { .. } => Kind::EventHosted,
            Self::EventAttended => Kind::EventAttended,
            Self::Recruit(_) => Kind::Recruit,
            Self::Donation { .. } => Kind::Donation,
            Self::DataEntry { .. } => Kind::DataEntry,
            Self::Translation { .. } => Kind::Translation,
            Self::Training => Kind::Training,
        }
    }

    /// The number a ledger line keeps as its quantity: dials, doors, guests or dollars; 1 or 2 for a recruit's
    /// stage.
    pub const fn quantity(&self) -> Option<u32> {
        match *self {
            Self::Calls { dials: n, .. }
            | Self::Doors { doors: n, .. }
            | Self::EventHosted { guests: n }
            | Self::Donation { dollars: n } => Some(n),
            Self::Recruit(Stage::First) => Some(1),
            Self::Recruit(Stage::Later) => Some(2),
            _ => None,
        }
    }

    /// Conversations, for the kinds that have them.
    pub const fn conversations(&self) -> Option<u32> {
        match *self {
            Self::Calls { conversations, .. } | Self::Doors { conversations, .. } => {
                Some(conversations)
            }
            _ => None,
        }
    }

    /// The work of a stored line, from its columns; `None` where they do not fit the kind. The way back from
    /// [`Work::quantity`] and its like, for explaining an old line.
    pub fn of(
        kind: Kind,
        quantity: Option<u32>,
        conversations: Option<u32>,
        minutes: Option<u32>,
    ) -> Option<Self> {
        let talked = conversations.unwrap_or(0);
        Some(match kind {
            Kind::Calls => Self::Calls {
                dials: quantity?,
                conversations: talked,
            },
            Kind::Doors => Self::Doors {
                doors: quantity?,
                conversations: talked,
            },
            Kind::ListeningNote => Self::ListeningNote,
            Kind::Shift => minutes.map_or(Self::ShiftCheckedIn, |minutes| Self::Shift { minutes }),
            Kind::EventHosted => Self::EventHosted { guests: quantity? },
            Kind::EventAttended => Self::EventAttended,
            Kind::Recruit => match quantity? {
                1 => Self::Recruit(Stage::First),
                2 => Self::Recruit(Stage::Later),
                _ => return None,
            },
            Kind::Donation => Self::Donation { dollars: quantity? },
            Kind::DataEntry => Self::DataEntry { minutes: minutes? },
            Kind::Translation => Self::Translation { minutes: minutes? },
            Kind::Training => Self::Training,
        })
    }

    /// The work of an entry, from its columns.
    pub fn of_entry(entry: &Entry) -> Option<Self> {
        let number = |column: Option<i32>| column.and_then(|n| u32::try_from(n).ok());
        Self::of(
            entry.kind.parse().ok()?,
            number(entry.quantity),
            number(entry.conversations),
            number(entry.minutes),
        )
    }
}

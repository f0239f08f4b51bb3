//! Why an entry is refused: the field, and one sentence about it.

use std::fmt;

use super::kind::Kind;

/// One refused field of an entry. Its `Display` is one sentence that names the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The field as the API names it.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// This kind needs it.
    Needed(Kind),
    /// This kind has no such thing.
    Foreign(Kind),
    /// A number outside its bounds.
    Outside {
        /// The least allowed.
        least: u32,
        /// The most allowed.
        most: u32,
    },
    /// More conversations than dials or doors.
    MoreThanQuantity,
    /// More characters than this.
    TooLong(u32),
    /// A character that no database column holds.
    Unstorable,
    /// Recruits are counted by the system.
    SystemOnly,
    /// Further ahead of the clock than so many minutes.
    Ahead(u32),
    /// In a week whose board is final.
    FinalWeek,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field;
        match self.why {
            Why::Needed(kind) => write!(f, "`{field}` is needed for {kind}."),
            Why::Foreign(kind) => write!(f, "`{field}` does not belong to {kind}; leave it out."),
            Why::Outside { least, most } => {
                write!(
                    f,
                    "`{field}` must be a whole number from {least} to {most}."
                )
            }
            Why::MoreThanQuantity => write!(f, "`{field}` cannot be more than `quantity`."),
            Why::TooLong(most) => write!(f, "`{field}` may have at most {most} characters."),
            Why::Unstorable => write!(f, "`{field}` holds a character that cannot be stored."),
            Why::SystemOnly => {
                write!(
                    f,
                    "`{field}` cannot be recruit: recruits are counted when the people you invited act."
                )
            }
            Why::Ahead(minutes) => {
                write!(
                    f,
                    "`{field}` lies in the future; it may be at most {minutes} minutes ahead."
                )
            }
            Why::FinalWeek => write!(f, "`{field}` lies in a week whose results are final."),
        }
    }
}

//! Bounds of a discussion. Pure.

use crate::clock::Duration;
use crate::error::Error;

/// Characters of a post or comment at most.
pub const LENGTH: usize = 2000;
/// Comments under one post at most.
pub const COMMENTS: i64 = 200;
/// The time over which one person's comments are counted.
pub const SPAN: Duration = Duration::minutes(10);
/// One person's comments in that time at most.
const LATELY: i64 = 20;

/// Whether a post with `here` comments takes one more from somebody who wrote `lately` in [`SPAN`].
pub fn may_comment(here: i64, lately: i64) -> Result<(), Error> {
    if here >= COMMENTS {
        return Err(Error::Conflict("feed-full".into()));
    }
    if lately >= LATELY {
        return Err(Error::TooMany { retry_after: 60 });
    }
    Ok(())
}

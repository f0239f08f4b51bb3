//! What came to the captains' lists lately, and what went from them.

use super::store;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Waiting entries looked at, the newest: what comes in five seconds of a campaign's busiest day.
const ENTERED: i64 = 20_000;
/// Decisions looked at, the newest.
const DECIDED: i64 = 2_000;

/// Something that moved a captain's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// An entry waits; the number of its line, which rises with time.
    Entered(i64),
    /// Somebody decided about one.
    Decided(Instant),
}

/// What happened last to entries that need a decision, and where each counts.
pub fn lately(conn: &mut Conn, scope: &Scope) -> Result<Vec<(RegionCode, Happened)>, Error> {
    let entered = store::list_entered(conn, scope, ENTERED)?;
    let decided = store::list_decided(conn, scope, DECIDED)?;
    let entered = entered
        .into_iter()
        .map(|(region, line)| (region, Happened::Entered(line)));
    let decided = decided
        .into_iter()
        .map(|(region, at)| (region, Happened::Decided(at)));
    Ok(entered.chain(decided).collect())
}

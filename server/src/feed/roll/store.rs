//! The SQL of honour rolls. Nothing is read without a `FeedScope`, nobody is given who did not ask.

use diesel::prelude::*;

use super::FeedScope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{entry_states, ledger, member_weeks, region_weeks, volunteers};
use crate::ids::VolunteerId;
use crate::ledger::Week;
use crate::region_code::RegionCode;
use crate::scope::under;

/// Rows read at most: more than a roll holds, since equals beyond the cap are sorted by name.
const MOST: i64 = 500;

/// Net sums of a week (hundredths), for those under `region` who opted in.
pub fn list_members(
    conn: &mut Conn,
    reader: &FeedScope,
    region: &RegionCode,
    week: &str,
) -> QueryResult<Vec<(VolunteerId, String, i64)>> {
    if !reader.reads(region) {
        return Ok(Vec::new());
    }
    member_weeks::table
        .inner_join(volunteers::table.on(volunteers::id.eq(member_weeks::volunteer_id)))
        .filter(member_weeks::week.eq(week))
        .filter(under(volunteers::region, region))
        .filter(volunteers::honour_roll.eq(true))
        .filter(volunteers::erased_at.is_null())
        .filter(volunteers::name.ne(""))
        .filter(member_weeks::net.gt(0))
        .order(member_weeks::net.desc())
        .limit(MOST)
        .select((volunteers::id, volunteers::name, member_weeks::net))
        .load(conn)
}

type Deed = (String, String, Option<i32>, Option<i32>, Instant);

/// The latest lines of a week that nobody holds back, by people under `region` who opted in.
pub fn list_deeds(
    conn: &mut Conn,
    reader: &FeedScope,
    region: &RegionCode,
    week: Week,
    limit: i64,
) -> QueryResult<Vec<Deed>> {
    if !reader.reads(region) {
        return Ok(Vec::new());
    }
    ledger::table
        .inner_join(volunteers::table.on(volunteers::id.eq(ledger::volunteer_id)))
        .inner_join(
            entry_states::table.on(entry_states::volunteer_id
                .eq(ledger::volunteer_id)
                .and(entry_states::entry_id.eq(ledger::id))),
        )
        .filter(volunteers::honour_roll.eq(true))
        .filter(volunteers::erased_at.is_null())
        .filter(volunteers::name.ne(""))
        .filter(under(volunteers::region, region))
        .filter(ledger::id.ge(week.first_number()))
        .filter(ledger::week.eq(week.to_string()))
        .filter(ledger::corrects.is_null())
        .filter(ledger::kind.ne("recruit"))
        .filter(entry_states::state.eq_any(["unverified", "approved"]))
        .order(ledger::created_at.desc())
        .limit(limit)
        .select((
            volunteers::name,
            ledger::kind,
            ledger::quantity,
            ledger::minutes,
            ledger::occurred_at,
        ))
        .load(conn)
}

/// Members of `region` with an entry in a week: a sum that names nobody.
pub fn count_active(conn: &mut Conn, region: &RegionCode, week: &str) -> QueryResult<i64> {
    let active: Option<i64> = region_weeks::table
        .filter(region_weeks::region.eq(region))
        .filter(region_weeks::week.eq(week))
        .select(region_weeks::active)
        .first(conn)
        .optional()?;
    Ok(active.unwrap_or(0))
}

//! The SQL of honour rolls. Nothing is read without a `FeedScope`, nobody is given who did not ask.

use std::collections::HashMap;

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
/// Where entries stand that are shown.
const SHOWN: [&str; 2] = ["unverified", "approved"];

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

/// A name, the kind, how many, how long, when.
pub type Deed = (String, String, Option<i32>, Option<i32>, Instant);

/// The last entries of anybody, newest first, that nobody holds back: by whom, and their numbers.
pub fn list_latest(
    conn: &mut Conn,
    reader: &FeedScope,
    week: Week,
    limit: i64,
) -> QueryResult<Vec<(VolunteerId, i64)>> {
    debug_assert!(reader.scope.actor() != VolunteerId(0), "somebody reads");
    let rows: Vec<(VolunteerId, i64, String)> = entry_states::table
        .filter(entry_states::entry_id.ge(week.first_number()))
        .order((
            entry_states::entry_id.desc(),
            entry_states::volunteer_id.desc(),
        ))
        .limit(limit)
        .select((
            entry_states::volunteer_id,
            entry_states::entry_id,
            entry_states::state,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter(|(.., state)| SHOWN.contains(&state.as_str()))
        .map(|(who, entry, _)| (who, entry))
        .collect())
}

/// Of these people, those under `region` who opted in, with the name they show.
pub fn list_named(
    conn: &mut Conn,
    reader: &FeedScope,
    region: &RegionCode,
    people: &[VolunteerId],
) -> QueryResult<HashMap<VolunteerId, String>> {
    if !reader.reads(region) {
        return Ok(HashMap::new());
    }
    let rows: Vec<(VolunteerId, String, RegionCode)> = volunteers::table
        .filter(volunteers::id.eq_any(people.to_vec()))
        .filter(volunteers::honour_roll.eq(true))
        .filter(volunteers::erased_at.is_null())
        .filter(volunteers::name.ne(""))
        .select((volunteers::id, volunteers::name, volunteers::region))
        .load(conn)?;
    // Here and not in the query, whose planner would take the region for small.
    Ok(rows
        .into_iter()
        .filter(|(.., home)| home.is_under(region))
        .map(|(who, name, _)| (who, name))
        .collect())
}

/// The deed of a line by somebody whom `reader` was given by name; no thanks, no other week.
pub fn find_deed(
    conn: &mut Conn,
    reader: &FeedScope,
    (who, entry): (VolunteerId, i64),
    week: Week,
    name: &str,
) -> QueryResult<Option<Deed>> {
    debug_assert!(reader.scope.actor() != VolunteerId(0), "somebody reads");
    let found: Option<(String, Option<i32>, Option<i32>, Instant)> = ledger::table
        .filter(ledger::volunteer_id.eq(who))
        .filter(ledger::id.eq(entry))
        .filter(ledger::week.eq(week.to_string()))
        .filter(ledger::kind.ne("recruit"))
        .select((
            ledger::kind,
            ledger::quantity,
            ledger::minutes,
            ledger::occurred_at,
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|(kind, quantity, minutes, at)| (name.to_owned(), kind, quantity, minutes, at)))
}

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
        .filter(entry_states::state.eq_any(SHOWN))
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

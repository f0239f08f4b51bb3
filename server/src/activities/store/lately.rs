//! The SQL of what was entered and decided last, wherever it counts.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::waiting::WAITING;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::entry_states;
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// The newest entries that nobody has decided about: where each counts, and its line's number.
pub fn list_entered(
    conn: &mut Conn,
    scope: &Scope,
    limit: i64,
) -> QueryResult<Vec<(RegionCode, i64)>> {
    debug_assert!(scope.is_everything(), "regions and numbers of all");
    entry_states::table
        .filter(sql::<Bool>(WAITING))
        .order((
            entry_states::entry_id.desc(),
            entry_states::volunteer_id.desc(),
        ))
        .limit(limit)
        .select((entry_states::region, entry_states::entry_id))
        .load(conn)
}

/// The newest decisions: where each entry counts, and when it was decided about.
pub fn list_decided(
    conn: &mut Conn,
    scope: &Scope,
    limit: i64,
) -> QueryResult<Vec<(RegionCode, Instant)>> {
    debug_assert!(scope.is_everything(), "regions and times of all");
    let rows: Vec<(RegionCode, Option<Instant>)> = entry_states::table
        .filter(entry_states::decided_at.is_not_null())
        .order(entry_states::decided_at.desc())
        .limit(limit)
        .select((entry_states::region, entry_states::decided_at))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(region, at)| Some((region, at?)))
        .collect())
}

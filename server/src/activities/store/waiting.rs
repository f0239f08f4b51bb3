//! The SQL of entries that wait for a decision.
//!
//! Found by an index that holds nothing else, in the order of writing, so that neither the size of
//! the ledger nor a planner's guess decides what a captain's page costs.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::db::schema::{entry_states, ledger};
use crate::db::{Conn, on_backend};
use crate::ids::VolunteerId;
use crate::ledger::{EntryState, Line};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// In the words of the index, which it is chosen by.
pub(super) const WAITING: &str = "(decided_by IS NULL AND state IN ('unverified', 'held'))";
/// Waiting entries looked at together, wherever they count.
const PAGE: i64 = 2_000;
/// Pages before the scope itself is asked for: whoever leads so little has little that waits.
const PAGES: usize = 10;

/// A waiting entry: its line's number, whom it credits, where it counts.
type Place = (i64, VolunteerId, RegionCode);

/// Entries of others in `scope` that nobody has decided about, behind the line number `after`, the
/// oldest first.
pub fn list_waiting(
    conn: &mut Conn,
    scope: &Scope,
    after: i64,
    limit: i64,
) -> QueryResult<Vec<(Line, Option<EntryState>)>> {
    let wanted = usize::try_from(limit).unwrap_or(0);
    let (mut found, mut behind) = (Vec::new(), (after, VolunteerId(i64::MAX)));
    for page in 0.. {
        if page == PAGES {
            found = list_own(conn, scope, after, limit)?;
            break;
        }
        let some = list_page(conn, scope, behind)?;
        let ends = i64::try_from(some.len()).unwrap_or(PAGE) < PAGE;
        if let Some((entry, person, _)) = some.last() {
            behind = (*entry, *person);
        }
        let others = some.into_iter().filter(|(_, person, region)| {
            *person != scope.actor() && scope.covers(*person, region)
        });
        found.extend(others);
        if ends || found.len() >= wanted {
            break;
        }
    }
    found.truncate(wanted);
    with_lines(conn, scope, &found)
}

/// Whatever waits, behind an entry and its person.
fn list_page(
    conn: &mut Conn,
    scope: &Scope,
    (entry, person): (i64, VolunteerId),
) -> QueryResult<Vec<Place>> {
    debug_assert!(!matches!(scope, Scope::Own(_)), "leaders decide");
    entry_states::table
        .filter(sql::<Bool>(WAITING))
        .filter(entry_states::entry_id.ge(entry))
        .filter(
            entry_states::entry_id
                .gt(entry)
                .or(entry_states::volunteer_id.gt(person)),
        )
        .order((entry_states::entry_id, entry_states::volunteer_id))
        .limit(PAGE)
        .select((
            entry_states::entry_id,
            entry_states::volunteer_id,
            entry_states::region,
        ))
        .load(conn)
}

/// What waits in `scope`, found by its regions.
fn list_own(conn: &mut Conn, scope: &Scope, after: i64, limit: i64) -> QueryResult<Vec<Place>> {
    entry_states::table
        .filter(sql::<Bool>(WAITING))
        .filter(entry_states::entry_id.gt(after))
        .filter(entry_states::volunteer_id.ne(scope.actor()))
        .filter(scope.sees(entry_states::region, entry_states::volunteer_id))
        .order((entry_states::entry_id, entry_states::volunteer_id))
        .limit(limit)
        .select((
            entry_states::entry_id,
            entry_states::volunteer_id,
            entry_states::region,
        ))
        .load(conn)
}

/// Lines and where they stand, in the order given.
fn with_lines(
    conn: &mut Conn,
    scope: &Scope,
    found: &[Place],
) -> QueryResult<Vec<(Line, Option<EntryState>)>> {
    debug_assert!(
        found
            .iter()
            .all(|(_, who, region)| scope.covers(*who, region))
    );
    let entries: Vec<i64> = found.iter().map(|place| place.0).collect();
    let rows: Vec<(Line, EntryState)> = on_backend!(conn => |c| entry_states::table
        .inner_join(
            ledger::table.on(entry_states::volunteer_id
                .eq(ledger::volunteer_id)
                .and(entry_states::entry_id.eq(ledger::id))),
        )
        .filter(entry_states::entry_id.eq_any(&entries))
        .select((Line::as_select(), EntryState::as_select()))
        .load(c))?;
    let mut rows: HashMap<(i64, VolunteerId), (Line, EntryState)> = rows
        .into_iter()
        .map(|row| ((row.1.entry_id, row.1.volunteer_id), row))
        .collect();
    // Two people may have an entry of the same number.
    let place = |(entry, person, _): &Place| rows.remove(&(*entry, *person));
    Ok(found
        .iter()
        .filter_map(place)
        .map(|(line, state)| (line, Some(state)))
        .collect())
}

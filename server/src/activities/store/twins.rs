//! The SQL of entries that say the same thing twice.

use std::collections::HashSet;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel::sqlite::Sqlite;

use crate::db::schema::entry_states;
use crate::db::{Conn, dialect, on_backend, prepared};
use crate::ids::VolunteerId;
use crate::ledger::Verification;
use crate::scope::Scope;

prepared! {
    /// Lines with one of these numbers, each with its person.
    TwinsPg on Pg =
        "SELECT l.volunteer_id, l.id, l.twin, l.key FROM unnest("
    {
        people: [VolunteerId] => Array<BigInt>,
        twins: [i64] => Array<BigInt>,
    }
        ") AS asked (person, twin) CROSS JOIN LATERAL ( \
           SELECT volunteer_id, id, twin, key FROM ledger \
           WHERE volunteer_id = asked.person AND twin = asked.twin OFFSET 0 \
         ) l"
    gives (BigInt, BigInt, Nullable<BigInt>, Text)
}

prepared! {
    /// Lines with one of these numbers, a JSON array.
    TwinsSqlite on Sqlite =
        "SELECT l.volunteer_id, l.id, l.twin, l.key FROM json_each("
    {
        twins: str => Text,
    }
        ") asked CROSS JOIN ledger l ON l.twin = asked.value"
    gives (BigInt, BigInt, Nullable<BigInt>, Text)
}

/// Twins that stand in the ledger and still count or may count again, with their keys.
///
/// In two steps and not as a join, since nearly always nothing is found; and person by person, so
/// that no planner can think of reading the ledger whole.
pub fn list_twins(
    conn: &mut Conn,
    scope: &Scope,
    asked: &[(VolunteerId, i64)],
) -> QueryResult<Vec<(Option<i64>, String)>> {
    type Row = (VolunteerId, i64, Option<i64>, String);
    debug_assert!(scope.is_everything(), "the rulebook serves everybody");
    let found: Vec<Row> = match conn {
        Conn::Sqlite(c) => {
            let twins = dialect::json_numbers(asked.iter().map(|(_, twin)| *twin));
            TwinsSqlite { twins: &twins }.load(c)
        }
        Conn::Postgres(c) => {
            let (people, twins): (Vec<_>, Vec<_>) = asked.iter().copied().unzip();
            TwinsPg {
                people: &people,
                twins: &twins,
            }
            .load(c)
        }
    }?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let gone = [
        Verification::Rejected.as_str(),
        Verification::Reversed.as_str(),
    ];
    let people: Vec<VolunteerId> = found.iter().map(|row| row.0).collect();
    let entries: Vec<i64> = found.iter().map(|row| row.1).collect();
    let standing: Vec<(VolunteerId, i64)> = on_backend!(conn => |c| entry_states::table
        .filter(entry_states::volunteer_id.eq_any(&people))
        .filter(entry_states::entry_id.eq_any(&entries))
        .filter(entry_states::state.ne_all(gone))
        .select((entry_states::volunteer_id, entry_states::entry_id))
        .load(c))?;
    let standing: HashSet<(VolunteerId, i64)> = standing.into_iter().collect();
    Ok(found
        .into_iter()
        .filter(|(person, entry, ..)| standing.contains(&(*person, *entry)))
        .map(|(_, _, twin, key)| (twin, key))
        .collect())
}

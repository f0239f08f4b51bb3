//! The SQL of what people did: reads of the ledger by person, kind and task.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{entry_states, ledger, tasks, volunteers};
use crate::db::{Conn, on_backend};
use crate::ids::{TaskId, VolunteerId};
use crate::ledger::Verification;
use crate::scope::Scope;

/// What the limits look at of a line.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = ledger)]
pub struct Past {
    pub volunteer_id: VolunteerId,
    pub id: i64,
    pub key: String,
    pub kind: String,
    pub minutes: Option<i32>,
    pub task_id: Option<TaskId>,
    pub occurred_at: Instant,
    pub week: String,
    pub base: i64,
    pub verification: String,
    pub corrects: Option<i64>,
}

/// Lines of these people, kinds and weeks.
pub fn list_past(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
    kinds: &[&str],
    weeks: &[String],
) -> QueryResult<Vec<Past>> {
    debug_assert!(scope.is_everything(), "the rulebook serves everybody");
    on_backend!(conn => |c| ledger::table
        .filter(ledger::volunteer_id.eq_any(people))
        .filter(ledger::week.eq_any(weeks))
        .filter(ledger::kind.eq_any(kinds))
        .order((ledger::volunteer_id, ledger::id))
        .select(Past::as_select())
        .load(c))
}

/// Lines of these people and this kind for these tasks, whenever it was.
pub fn list_for_tasks(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
    kind: &str,
    for_tasks: &[TaskId],
) -> QueryResult<Vec<Past>> {
    debug_assert!(scope.is_everything(), "the rulebook serves everybody");
    on_backend!(conn => |c| ledger::table
        .filter(ledger::volunteer_id.eq_any(people))
        .filter(ledger::kind.eq(kind))
        .filter(ledger::task_id.eq_any(for_tasks))
        .order((ledger::volunteer_id, ledger::id))
        .select(Past::as_select())
        .load(c))
}

/// Twins that stand in the ledger and still count or may count again, with their keys.
pub fn list_twins(
    conn: &mut Conn,
    scope: &Scope,
    twins: &[i64],
) -> QueryResult<Vec<(Option<i64>, String)>> {
    debug_assert!(scope.is_everything(), "the rulebook serves everybody");
    let gone = [
        Verification::Rejected.as_str(),
        Verification::Reversed.as_str(),
    ];
    on_backend!(conn => |c| ledger::table
        .inner_join(entry_states::table.on(entry_states::volunteer_id
            .eq(ledger::volunteer_id)
            .and(entry_states::entry_id.eq(ledger::id))))
        .filter(ledger::twin.eq_any(twins))
        .filter(entry_states::state.ne_all(gone))
        .select((ledger::twin, ledger::key))
        .load(c))
}

/// Who invited each of these people, where somebody did.
pub fn list_inviters(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> QueryResult<Vec<(VolunteerId, Option<VolunteerId>)>> {
    debug_assert!(scope.is_everything(), "the rulebook serves everybody");
    on_backend!(conn => |c| volunteers::table
        .filter(volunteers::id.eq_any(people))
        .filter(volunteers::invited_by.is_not_null())
        .select((volunteers::id, volunteers::invited_by))
        .load(c))
}

/// When a person's first approved actions happened, at most `limit` of them; lines of `kind` are no
/// action of their own.
pub fn list_approved(
    conn: &mut Conn,
    scope: &Scope,
    person: VolunteerId,
    kind: &str,
    limit: i64,
) -> QueryResult<Vec<Instant>> {
    debug_assert!(scope.is_everything(), "the rulebook serves everybody");
    entry_states::table
        .inner_join(
            ledger::table.on(entry_states::volunteer_id
                .eq(ledger::volunteer_id)
                .and(entry_states::entry_id.eq(ledger::id))),
        )
        .filter(entry_states::volunteer_id.eq(person))
        .filter(entry_states::state.eq(Verification::Approved.as_str()))
        .filter(ledger::kind.ne(kind))
        .order(ledger::occurred_at)
        .limit(limit)
        .select(ledger::occurred_at)
        .load(conn)
}

/// Of these people, those that `scope` may see.
pub fn list_seen(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> QueryResult<Vec<VolunteerId>> {
    let mut seen = Vec::with_capacity(people.len());
    for person in people {
        let found: Option<VolunteerId> = volunteers::table
            .filter(volunteers::id.eq(person))
            .filter(volunteers::erased_at.is_null())
            .filter(scope.sees(volunteers::region, volunteers::id))
            .select(volunteers::id)
            .first(conn)
            .optional()?;
        seen.extend(found);
    }
    Ok(seen)
}

/// Of these tasks, those that are published.
pub fn list_tasks(conn: &mut Conn, ids: &[TaskId]) -> QueryResult<Vec<TaskId>> {
    on_backend!(conn => |c| tasks::table
        .filter(tasks::id.eq_any(ids))
        .filter(tasks::status.ne("draft"))
        .select(tasks::id)
        .load(c))
}

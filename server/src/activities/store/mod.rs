//! The SQL of what people did: reads of the ledger by person, kind and task.

mod lately;
mod twins;
mod waiting;

pub use lately::{list_decided, list_entered};
pub use twins::list_twins;
pub use waiting::list_waiting;

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::Kind;
use super::attendance::WORK;
use crate::clock::Instant;
use crate::db::schema::{assignments, entry_states, ledger, tasks, volunteers};
use crate::db::{Conn, on_backend};
use crate::ids::{ActivityId, TaskId, VolunteerId};
use crate::ledger::{EntryState, Line, Verification, Week};
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
    weeks: &BTreeSet<Week>,
) -> QueryResult<Vec<Past>> {
    debug_assert!(scope.is_everything(), "the rulebook serves everybody");
    let from = weeks.first().map_or(i64::MAX, |week| week.first_number());
    let weeks: Vec<String> = weeks.iter().map(Week::to_string).collect();
    on_backend!(conn => |c| ledger::table
        .filter(ledger::volunteer_id.eq_any(people))
        .filter(ledger::id.ge(from))
        .filter(ledger::week.eq_any(&weeks))
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

/// A person's lines of one week, oldest first; corrections have no state.
pub fn list_week(
    conn: &mut Conn,
    scope: &Scope,
    person: VolunteerId,
    week: Week,
) -> QueryResult<Vec<(Line, Option<EntryState>)>> {
    ledger::table
        .left_join(
            entry_states::table.on(entry_states::volunteer_id
                .eq(ledger::volunteer_id)
                .and(entry_states::entry_id.eq(ledger::id))),
        )
        .filter(ledger::volunteer_id.eq(person))
        .filter(ledger::id.ge(week.first_number()))
        .filter(ledger::week.eq(week.to_string()))
        .filter(scope.sees(ledger::region, ledger::volunteer_id))
        .order((ledger::created_at, ledger::id))
        .limit(2_000)
        .select((Line::as_select(), Option::<EntryState>::as_select()))
        .load(conn)
}

/// One entry with where it stands; corrections are none.
pub fn find(
    conn: &mut Conn,
    scope: &Scope,
    id: ActivityId,
) -> QueryResult<Option<(Line, Option<EntryState>)>> {
    ledger::table
        .left_join(
            entry_states::table.on(entry_states::volunteer_id
                .eq(ledger::volunteer_id)
                .and(entry_states::entry_id.eq(ledger::id))),
        )
        .filter(ledger::volunteer_id.eq(id.volunteer))
        .filter(ledger::id.eq(id.entry))
        .filter(ledger::corrects.is_null())
        .filter(scope.sees(ledger::region, ledger::volunteer_id))
        .select((Line::as_select(), Option::<EntryState>::as_select()))
        .first(conn)
        .optional()
}

/// Entries that the person in `scope` made under these keys, for themselves and for others.
pub fn list_own_keys(conn: &mut Conn, scope: &Scope, keys: &[String]) -> QueryResult<Vec<Line>> {
    let actor = scope.actor();
    // Two questions, since each has an index of its own.
    let mut lines: Vec<Line> = on_backend!(conn => |c| ledger::table
        .filter(ledger::volunteer_id.eq(actor))
        .filter(ledger::actor.eq(actor))
        .filter(ledger::key.eq_any(keys))
        .select(Line::as_select())
        .load(c))?;
    let mut others: Vec<Line> = on_backend!(conn => |c| ledger::table
        .filter(ledger::key.eq_any(keys))
        .filter(ledger::actor.ne(VolunteerId(0)))
        .filter(ledger::actor.ne(ledger::volunteer_id))
        .filter(ledger::actor.eq(actor))
        .select(Line::as_select())
        .load(c))?;
    lines.append(&mut others);
    Ok(lines)
}

/// The newest entries that a person made for themselves and that still stand: neither taken back
/// nor rejected.
pub fn list_latest(
    conn: &mut Conn,
    scope: &Scope,
    person: VolunteerId,
    limit: i64,
) -> QueryResult<Vec<Line>> {
    ledger::table
        .inner_join(
            entry_states::table.on(entry_states::volunteer_id
                .eq(ledger::volunteer_id)
                .and(entry_states::entry_id.eq(ledger::id))),
        )
        .filter(entry_states::state.ne(Verification::Rejected.as_str()))
        .filter(entry_states::state.ne(Verification::Reversed.as_str()))
        .filter(ledger::volunteer_id.eq(person))
        .filter(ledger::actor.eq(person))
        .filter(ledger::corrects.is_null())
        .filter(scope.sees(ledger::region, ledger::volunteer_id))
        .order(ledger::id.desc())
        .limit(limit)
        .select(Line::as_select())
        .load(conn)
}

/// How many entries the person in `scope` has for a task.
pub fn count_own_for(conn: &mut Conn, scope: &Scope, task: TaskId) -> QueryResult<i64> {
    ledger::table
        .filter(ledger::volunteer_id.eq(scope.actor()))
        .filter(ledger::task_id.eq(task))
        .filter(ledger::corrects.is_null())
        .filter(scope.sees(ledger::region, ledger::volunteer_id))
        .count()
        .get_result(conn)
}

/// Display names.
pub fn list_names(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> QueryResult<Vec<(VolunteerId, String)>> {
    debug_assert!(scope.is_everything(), "names stand beside what they did");
    on_backend!(conn => |c| volunteers::table
        .filter(volunteers::id.eq_any(people))
        .select((volunteers::id, volunteers::name))
        .load(c))
}

/// Titles of tasks.
pub fn list_titles(conn: &mut Conn, ids: &[TaskId]) -> QueryResult<Vec<(TaskId, String)>> {
    on_backend!(conn => |c| tasks::table
        .filter(tasks::id.eq_any(ids))
        .select((tasks::id, tasks::title))
        .load(c))
}

/// Tasks that the person in `scope` said yes to, newest first.
pub fn list_own_tasks(conn: &mut Conn, scope: &Scope) -> QueryResult<Vec<(TaskId, String)>> {
    let yes = ["accepted", "assigned", "checked_in", "done"];
    on_backend!(conn => |c| assignments::table
        .inner_join(tasks::table.on(tasks::id.eq(assignments::task_id)))
        .filter(assignments::volunteer_id.eq(scope.actor()))
        .filter(assignments::state.eq_any(yes))
        .order(assignments::changed_at.desc())
        .limit(20)
        .select((tasks::id, tasks::title))
        .load(c))
}

/// How many entries of work a person has for a task that they or a leader logged by hand.
pub fn count_work(
    conn: &mut Conn,
    scope: &Scope,
    person: VolunteerId,
    task: TaskId,
) -> QueryResult<i64> {
    debug_assert!(scope.is_everything(), "the system asks for itself");
    let kinds = WORK.map(Kind::as_str);
    on_backend!(conn => |c| ledger::table
        .filter(ledger::volunteer_id.eq(person))
        .filter(ledger::task_id.eq(task))
        .filter(ledger::actor.ne(VolunteerId(0)))
        .filter(ledger::corrects.is_null())
        .filter(ledger::kind.eq_any(kinds))
        .count()
        .get_result(c))
}

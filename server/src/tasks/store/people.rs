//! The SQL of people on tasks. Nobody's data without a `Scope`.

use std::collections::HashMap;

use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{assignments, declines, task_events, tasks, volunteers};
use crate::db::{Conn, on_backend};
use crate::ids::{TaskId, VolunteerId};
use crate::scope::Scope;
use crate::tasks::model::{Assignment, Decline, State, Status, Task, TaskEvent};

/// One person's standing with a task that `scope` was shown to lead or is their own.
pub fn find_assignment(
    conn: &mut Conn,
    scope: &Scope,
    task: TaskId,
    person: VolunteerId,
) -> QueryResult<Option<Assignment>> {
    debug_assert!(!matches!(scope, Scope::Own(own) if *own != person));
    assignments::table
        .filter(assignments::task_id.eq(task))
        .filter(assignments::volunteer_id.eq(person))
        .select(Assignment::as_select())
        .first(conn)
        .optional()
}

/// Writes where a person stands, first time or anew.
pub fn upsert_assignment(conn: &mut Conn, scope: &Scope, row: &Assignment) -> QueryResult<usize> {
    debug_assert!(!matches!(scope, Scope::Own(own) if *own != row.volunteer_id));
    let changes = (
        assignments::state.eq(row.state),
        assignments::reason.eq(row.reason),
        assignments::changed_by.eq(row.changed_by),
        assignments::changed_at.eq(row.changed_at),
    );
    on_backend!(conn => |c| diesel::insert_into(assignments::table)
        .values(row.clone())
        .on_conflict((assignments::task_id, assignments::volunteer_id))
        .do_update()
        .set(changes)
        .execute(c))
}

/// Remembers a "no", the last reason given.
pub fn upsert_decline(conn: &mut Conn, scope: &Scope, row: &Decline) -> QueryResult<usize> {
    debug_assert!(!matches!(scope, Scope::Own(own) if *own != row.volunteer_id));
    let changes = (
        declines::reason.eq(row.reason),
        declines::kind.eq(row.kind),
        declines::declined_at.eq(row.declined_at),
    );
    on_backend!(conn => |c| diesel::insert_into(declines::table)
        .values(row.clone())
        .on_conflict((declines::volunteer_id, declines::task_id))
        .do_update()
        .set(changes)
        .execute(c))
}

/// Forgets a "no" that became a "yes".
pub fn delete_decline(
    conn: &mut Conn,
    scope: &Scope,
    task: TaskId,
    person: VolunteerId,
) -> QueryResult<usize> {
    debug_assert!(!matches!(scope, Scope::Own(own) if *own != person));
    diesel::delete(
        declines::table
            .filter(declines::task_id.eq(task))
            .filter(declines::volunteer_id.eq(person)),
    )
    .execute(conn)
}

/// Notes what came of a task for a person; 0 rows when an event of this id is there already.
pub fn insert_event(conn: &mut Conn, scope: &Scope, event: &TaskEvent) -> QueryResult<usize> {
    debug_assert!(!matches!(scope, Scope::Own(own) if *own != event.volunteer_id));
    on_backend!(conn => |c| diesel::insert_into(task_events::table)
        .values(event.clone())
        .on_conflict(task_events::id)
        .do_nothing()
        .execute(c))
}

/// The chances of a yes foreseen each time the person was shown the task since they last answered.
pub fn list_chances(
    conn: &mut Conn,
    scope: &Scope,
    task: TaskId,
    person: VolunteerId,
    since: Option<Instant>,
) -> QueryResult<Vec<f64>> {
    debug_assert!(!matches!(scope, Scope::Own(own) if *own != person));
    let since = since.unwrap_or(Instant::from_micros(0));
    let chances: Vec<Option<f64>> = task_events::table
        .filter(task_events::volunteer_id.eq(person))
        .filter(task_events::event.eq("shown"))
        .filter(task_events::task_id.eq(task))
        .filter(task_events::at.ge(since))
        .select(task_events::chance)
        .load(conn)?;
    Ok(chances.into_iter().flatten().collect())
}

/// Everybody on a task that `scope` leads, by name; who is not seen by `scope` is on it by their
/// own will and so is shown too.
pub fn list_assigned(
    conn: &mut Conn,
    scope: &Scope,
    task: TaskId,
) -> QueryResult<Vec<(Assignment, String, String)>> {
    tasks::table
        .inner_join(
            assignments::table.on(assignments::task_id
                .eq(tasks::id)
                .and(assignments::task_id.eq(task))),
        )
        .inner_join(volunteers::table.on(volunteers::id.eq(assignments::volunteer_id)))
        .filter(scope.sees(tasks::region, assignments::volunteer_id))
        .filter(volunteers::erased_at.is_null())
        .order((volunteers::name, volunteers::id))
        .select((Assignment::as_select(), volunteers::name, volunteers::email))
        .load(conn)
}

/// What lies ahead of the person in `scope`, the soonest first.
pub fn list_ahead(conn: &mut Conn, scope: &Scope) -> QueryResult<Vec<(Task, Assignment)>> {
    assignments::table
        .inner_join(tasks::table.on(tasks::id.eq(assignments::task_id)))
        .filter(assignments::volunteer_id.eq(scope.actor()))
        .filter(assignments::state.eq_any([
            State::Invited,
            State::Accepted,
            State::Assigned,
            State::CheckedIn,
        ]))
        .filter(tasks::status.ne(Status::Draft))
        .order((tasks::starts_at, tasks::ends_at, tasks::id))
        .select((Task::as_select(), Assignment::as_select()))
        .load(conn)
}

/// Who takes a place in some tasks; in all open ones without `ids`. For the system alone.
pub fn list_going(
    conn: &mut Conn,
    scope: &Scope,
    ids: Option<&[TaskId]>,
) -> QueryResult<Vec<(TaskId, VolunteerId)>> {
    let placed: Vec<State> = State::ALL
        .iter()
        .copied()
        .filter(|state| state.takes_a_place())
        .collect();
    let wanted = assignments::table
        .filter(assignments::state.eq_any(placed))
        .filter(assignments::volunteer_id.ge(if scope.is_everything() { 0 } else { i64::MAX }))
        .select((assignments::task_id, assignments::volunteer_id));
    match ids {
        Some(ids) => wanted
            .filter(assignments::task_id.eq_any(ids.to_vec()))
            .load(conn),
        None => wanted
            .filter(
                assignments::task_id.eq_any(
                    tasks::table
                        .filter(tasks::status.eq(Status::Open))
                        .select(tasks::id),
                ),
            )
            .load(conn),
    }
}

/// Display names of hosts: who hosts agreed to be named on the task.
pub fn list_names(
    conn: &mut Conn,
    scope: &Scope,
    ids: Vec<VolunteerId>,
) -> QueryResult<HashMap<VolunteerId, String>> {
    let rows: Vec<(VolunteerId, String)> = volunteers::table
        .filter(volunteers::id.eq_any(ids))
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select((volunteers::id, volunteers::name))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// How many tasks each of these people has or had to do with, and when that changed last.
pub fn list_changes(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> QueryResult<Vec<(VolunteerId, i64, Option<Instant>)>> {
    debug_assert!(scope.is_everything(), "it says nothing of which tasks");
    on_backend!(conn => |c| assignments::table
        .filter(assignments::volunteer_id.eq_any(people))
        .group_by(assignments::volunteer_id)
        .select((
            assignments::volunteer_id,
            count_star(),
            max(assignments::changed_at),
        ))
        .load(c))
}

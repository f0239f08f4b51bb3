//! The SQL of the matcher: what is known about people, many at once. Nobody's data without a
//! `Scope`.

use diesel::dsl::{count_star, min, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    assignments, declines, ledger, task_events, tasks, volunteer_skills, volunteers,
};
use crate::ids::{TaskId, VolunteerId};
use crate::ledger::Week;
use crate::region_code::RegionCode;
use crate::scope::{Scope, Seen, under};
use crate::tasks::{Decline, State, Status};
use crate::volunteers::Volunteer;

/// The people `ids`, as far as `scope` sees them.
pub fn list_people(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
) -> QueryResult<Vec<Volunteer>> {
    volunteers::table
        .filter(volunteers::id.eq_any(ids.to_vec()))
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select(Volunteer::as_select())
        .load(conn)
}

/// People at or under any of `regions`, those active last first, at most `limit`.
pub fn list_ids(
    conn: &mut Conn,
    scope: &Scope,
    regions: &[RegionCode],
    limit: i64,
) -> QueryResult<Vec<VolunteerId>> {
    let nowhere: Seen<volunteers::table> = Box::new(volunteers::id.lt(0));
    let within = regions.iter().fold(nowhere, |within, region| {
        Box::new(within.or(under(volunteers::region, region)))
    });
    volunteers::table
        .filter(within)
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .order((
            volunteers::last_active_at.is_null(),
            volunteers::last_active_at.desc(),
            volunteers::joined_at.desc(),
        ))
        .limit(limit)
        .select(volunteers::id)
        .load(conn)
}

/// How many people there are at or under `region`.
pub fn count_people(conn: &mut Conn, scope: &Scope, region: &RegionCode) -> QueryResult<i64> {
    volunteers::table
        .filter(under(volunteers::region, region))
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .count()
        .get_result(conn)
}

/// Skills with their levels.
pub fn list_skills(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
) -> QueryResult<Vec<(VolunteerId, String, i32)>> {
    volunteers::table
        .inner_join(
            volunteer_skills::table.on(volunteer_skills::volunteer_id
                .eq(volunteers::id)
                .and(volunteer_skills::volunteer_id.eq_any(ids.to_vec()))),
        )
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select((
            volunteers::id,
            volunteer_skills::skill,
            volunteer_skills::level,
        ))
        .load(conn)
}

/// One person on one task, with the task's time.
#[derive(Debug, Clone, Queryable)]
pub struct Engagement {
    pub volunteer: VolunteerId,
    pub state: State,
    pub changed_at: Instant,
    pub task: TaskId,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub minutes: i32,
    pub zone: String,
}

/// What people have, had or gave back among the tasks that are not closed.
pub fn list_engagements(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
) -> QueryResult<Vec<Engagement>> {
    assignments::table
        .inner_join(tasks::table.on(tasks::id.eq(assignments::task_id)))
        .inner_join(volunteers::table.on(volunteers::id.eq(assignments::volunteer_id)))
        .filter(assignments::volunteer_id.eq_any(ids.to_vec()))
        .filter(assignments::state.ne_all([State::Invited, State::Declined]))
        .filter(tasks::status.ne(Status::Closed))
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select((
            assignments::volunteer_id,
            assignments::state,
            assignments::changed_at,
            tasks::id,
            tasks::starts_at,
            tasks::ends_at,
            tasks::minutes,
            tasks::zone,
        ))
        .load(conn)
}

/// What people said no to.
pub fn list_declines(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
) -> QueryResult<Vec<Decline>> {
    declines::table
        .inner_join(volunteers::table.on(volunteers::id.eq(declines::volunteer_id)))
        .filter(declines::volunteer_id.eq_any(ids.to_vec()))
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select(Decline::as_select())
        .load(conn)
}

/// What came of tasks, summed.
#[derive(Debug, Clone, Queryable)]
pub struct Tally {
    pub volunteer: VolunteerId,
    pub kind: String,
    pub event: String,
    pub count: i64,
    pub first: Option<Instant>,
}

/// How often what happened with which kind of task.
pub fn list_tallies(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
) -> QueryResult<Vec<Tally>> {
    debug_assert!(!matches!(scope, Scope::Own(own) if ids.iter().any(|id| id != own)));
    task_events::table
        .filter(task_events::volunteer_id.eq_any(ids.to_vec()))
        .group_by((
            task_events::volunteer_id,
            task_events::kind,
            task_events::event,
        ))
        .select((
            task_events::volunteer_id,
            task_events::kind,
            task_events::event,
            count_star(),
            min(task_events::at),
        ))
        .load(conn)
}

/// Pairs of who invited and who was invited, where either is among `ids`.
pub fn list_friends(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
) -> QueryResult<Vec<(Option<VolunteerId>, VolunteerId)>> {
    debug_assert!(!matches!(scope, Scope::Own(own) if ids.iter().any(|id| id != own)));
    volunteers::table
        .filter(volunteers::invited_by.eq_any(ids.iter().map(|id| id.0).collect::<Vec<_>>()))
        .filter(volunteers::erased_at.is_null())
        .select((volunteers::invited_by, volunteers::id))
        .load(conn)
}

/// Minutes that people logged in `week` beside any task.
pub fn list_minutes(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[VolunteerId],
    week: Week,
) -> QueryResult<Vec<(VolunteerId, i64)>> {
    debug_assert!(!matches!(scope, Scope::Own(own) if ids.iter().any(|id| id != own)));
    ledger::table
        .filter(ledger::volunteer_id.eq_any(ids.to_vec()))
        .filter(ledger::id.ge(week.first_number()))
        .filter(ledger::week.eq(week.to_string()))
        .filter(ledger::task_id.is_null())
        .filter(ledger::minutes.is_not_null())
        .group_by(ledger::volunteer_id)
        .select((
            ledger::volunteer_id,
            sql::<BigInt>("CAST(SUM(minutes) AS BIGINT)"),
        ))
        .load(conn)
}

/// How many people have each skill; no person is told apart.
pub fn count_skills(conn: &mut Conn) -> QueryResult<Vec<(String, i64)>> {
    volunteer_skills::table
        .group_by(volunteer_skills::skill)
        .select((volunteer_skills::skill, count_star()))
        .load(conn)
}

/// How many people have any skill.
pub fn count_skilled(conn: &mut Conn) -> QueryResult<i64> {
    volunteer_skills::table
        .select(sql::<BigInt>("COUNT(DISTINCT volunteer_id)"))
        .first(conn)
}

//! The SQL of tasks. An open task is everybody's to see; a draft or a closed one belongs to those
//! who lead its region, and to who is on it.

mod people;

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Text;

pub use people::{
    delete_decline, find_assignment, insert_event, list_ahead, list_assigned, list_chances,
    list_changes, list_going, list_names, upsert_assignment, upsert_decline,
};

use super::model::{SkillRow, Stats, Status, Task, TaskKind};
use super::needs::SkillNeed;
use crate::clock::Instant;
use crate::db::schema::{assignments, task_skills, task_stats, tasks};
use crate::db::{Conn, on_backend};
use crate::ids::TaskId;
use crate::region_code::RegionCode;
use crate::scope::{Scope, Seen, under};

diesel::define_sql_function! {
    /// Small letters.
    fn lower(text: Text) -> Text;
}

/// What a list of tasks is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// At or under this region.
    pub region: Option<RegionCode>,
    /// In this state.
    pub status: Option<Status>,
    /// Of this kind.
    pub kind: Option<TaskKind>,
    /// With this in the title, whatever the case.
    pub q: Option<String>,
    /// For somebody of this region: at or above it, or within its parent.
    pub near: Option<RegionCode>,
    /// Not over at this time.
    pub after: Option<Instant>,
    /// Led by the scope that asks, not merely visible to it.
    pub led: bool,
}

/// Tasks of the regions that `scope` leads.
fn led(scope: &Scope) -> Seen<tasks::table> {
    let none: Seen<tasks::table> = Box::new(tasks::id.lt(0));
    match scope {
        Scope::Own(_) => none,
        Scope::Subtree(_, regions) => regions.iter().fold(none, |seen, region| {
            Box::new(seen.or(under(tasks::region, region)))
        }),
        Scope::Everything(_) | Scope::System => Box::new(tasks::id.ge(0)),
    }
}

/// Open, led, or one's own.
fn seen(scope: &Scope) -> Seen<tasks::table> {
    let own = assignments::table
        .filter(assignments::task_id.eq(tasks::id))
        .filter(assignments::volunteer_id.eq(scope.actor()));
    Box::new(
        tasks::status
            .eq(Status::Open)
            .or(led(scope))
            .or(tasks::status.eq(Status::Closed).and(exists(own))),
    )
}

/// The task, if `scope` may see it.
pub fn find(conn: &mut Conn, scope: &Scope, id: TaskId) -> QueryResult<Option<Task>> {
    tasks::table
        .filter(tasks::id.eq(id))
        .filter(seen(scope))
        .select(Task::as_select())
        .first(conn)
        .optional()
}

/// Tasks that `scope` may see, newest first, below the id `before`.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<Task>> {
    let mut wanted = tasks::table
        .filter(if filter.led { led(scope) } else { seen(scope) })
        .filter(tasks::id.lt(before.unwrap_or(i64::MAX)))
        .into_boxed();
    if let Some(region) = &filter.region {
        wanted = wanted.filter(under(tasks::region, region));
    }
    if let Some(status) = filter.status {
        wanted = wanted.filter(tasks::status.eq(status));
    }
    if let Some(kind) = filter.kind {
        wanted = wanted.filter(tasks::kind.eq(kind));
    }
    if let Some(q) = &filter.q {
        let text = q
            .to_lowercase()
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        wanted = wanted.filter(lower(tasks::title).like(format!("%{text}%")).escape('\\'));
    }
    if let Some(home) = &filter.near {
        let chain: Vec<String> = home.ancestors_and_self().map(String::from).collect();
        let around = home.parent().unwrap_or_else(|| home.clone());
        wanted = wanted.filter(
            tasks::region
                .eq_any(chain)
                .or(under(tasks::region, &around)),
        );
    }
    if let Some(now) = filter.after {
        wanted = wanted.filter(
            tasks::starts_at
                .is_null()
                .or(tasks::starts_at.gt(now))
                .or(tasks::ends_at.gt(now)),
        );
        wanted = wanted.filter(tasks::ends_at.is_null().or(tasks::ends_at.gt(now)));
    }
    wanted
        .order(tasks::id.desc())
        .limit(limit)
        .select(Task::as_select())
        .load(conn)
}

/// Those of the tasks `ids` that `scope` may see, in no order.
pub fn list_these(conn: &mut Conn, scope: &Scope, ids: &[TaskId]) -> QueryResult<Vec<Task>> {
    tasks::table
        .filter(tasks::id.eq_any(ids.to_vec()))
        .filter(seen(scope))
        .select(Task::as_select())
        .load(conn)
}

/// Tasks changed since `since`, whatever their state: what a cache of them asks for.
pub fn list_changed(conn: &mut Conn, since: Instant) -> QueryResult<Vec<Task>> {
    tasks::table
        .filter(tasks::updated_at.ge(since))
        .select(Task::as_select())
        .load(conn)
}

/// Every open task.
pub fn list_open(conn: &mut Conn) -> QueryResult<Vec<Task>> {
    tasks::table
        .filter(tasks::status.eq(Status::Open))
        .select(Task::as_select())
        .load(conn)
}

/// The skills of some tasks; of all open ones without `ids`.
pub fn list_skills(
    conn: &mut Conn,
    ids: Option<&[TaskId]>,
) -> QueryResult<HashMap<TaskId, Vec<SkillNeed>>> {
    let rows: Vec<SkillRow> = match ids {
        Some(ids) => task_skills::table
            .filter(task_skills::task_id.eq_any(ids.to_vec()))
            .order((task_skills::task_id, task_skills::skill))
            .select(SkillRow::as_select())
            .load(conn)?,
        None => task_skills::table
            .filter(
                task_skills::task_id.eq_any(
                    tasks::table
                        .filter(tasks::status.eq(Status::Open))
                        .select(tasks::id),
                ),
            )
            .order((task_skills::task_id, task_skills::skill))
            .select(SkillRow::as_select())
            .load(conn)?,
    };
    let mut skills: HashMap<TaskId, Vec<SkillNeed>> = HashMap::new();
    for row in rows {
        skills.entry(row.task_id).or_default().push(row.need());
    }
    Ok(skills)
}

/// How some tasks fare; all open ones without `ids`.
pub fn list_stats(conn: &mut Conn, ids: Option<&[TaskId]>) -> QueryResult<Vec<Stats>> {
    let wanted = task_stats::table.select(Stats::as_select());
    match ids {
        Some(ids) => wanted
            .filter(task_stats::task_id.eq_any(ids.to_vec()))
            .load(conn),
        None => wanted
            .filter(
                task_stats::task_id.eq_any(
                    tasks::table
                        .filter(tasks::status.eq(Status::Open))
                        .select(tasks::id),
                ),
            )
            .load(conn),
    }
}

/// Writes a new task with its skills.
pub fn insert(conn: &mut Conn, task: &Task, skills: &[SkillNeed]) -> QueryResult<()> {
    diesel::insert_into(tasks::table)
        .values(task.clone())
        .execute(conn)?;
    let stats = Stats {
        task_id: task.id,
        shown: 0,
        accepts: 0,
        expected: 0.0,
        exposure: 0.0,
        seen_at: task.created_at,
    };
    diesel::insert_into(task_stats::table)
        .values(stats)
        .execute(conn)?;
    insert_skills(conn, task.id, skills)
}

fn insert_skills(conn: &mut Conn, id: TaskId, skills: &[SkillNeed]) -> QueryResult<()> {
    let rows: Vec<SkillRow> = skills.iter().map(|need| SkillRow::of(id, need)).collect();
    if !rows.is_empty() {
        on_backend!(conn => |c| diesel::insert_into(task_skills::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Writes a changed task and, where given, its skills anew.
pub fn update(conn: &mut Conn, task: &Task, skills: Option<&[SkillNeed]>) -> QueryResult<()> {
    diesel::update(tasks::table.filter(tasks::id.eq(task.id)))
        .set(task.clone())
        .execute(conn)?;
    if let Some(skills) = skills {
        diesel::delete(task_skills::table.filter(task_skills::task_id.eq(task.id)))
            .execute(conn)?;
        insert_skills(conn, task.id, skills)?;
    }
    Ok(())
}

/// Takes the task's row for this transaction, so that whoever comes second reads what the first
/// one wrote; gives the row. The first statement of every change to a task or to people on it.
pub fn lock(conn: &mut Conn, scope: &Scope, id: TaskId) -> QueryResult<Option<Task>> {
    diesel::update(tasks::table.filter(tasks::id.eq(id)))
        .set(tasks::pending.eq(tasks::pending))
        .execute(conn)?;
    find(conn, scope, id)
}

/// Moves the counters by one person, and the change's time. 0 rows when the places do not suffice
/// or, where `open` is asked, the task does not take people.
pub fn update_counters(
    conn: &mut Conn,
    id: TaskId,
    delta: super::rules::Delta,
    open: bool,
    now: Instant,
) -> QueryResult<usize> {
    let statuses: &[Status] = if open { &[Status::Open] } else { Status::ALL };
    diesel::update(
        tasks::table
            .filter(tasks::id.eq(id))
            .filter(tasks::status.eq_any(statuses.to_vec()))
            .filter((tasks::taken + delta.taken).between(0, tasks::slots))
            .filter((tasks::pending + delta.pending).ge(0)),
    )
    .set((
        tasks::taken.eq(tasks::taken + delta.taken),
        tasks::pending.eq(tasks::pending + delta.pending),
        tasks::updated_at.eq(now),
    ))
    .execute(conn)
}

/// Counts one answer of somebody who had been shown the task with the chances `foreseen` in all.
pub fn update_stats_answered(
    conn: &mut Conn,
    id: TaskId,
    accepts: i64,
    foreseen: f64,
) -> QueryResult<usize> {
    diesel::update(task_stats::table.filter(task_stats::task_id.eq(id)))
        .set((
            task_stats::accepts.eq(task_stats::accepts + accepts),
            task_stats::exposure.eq(task_stats::exposure - foreseen),
        ))
        .execute(conn)
}

/// Counts one showing.
pub fn update_stats_shown(
    conn: &mut Conn,
    id: TaskId,
    chance: f64,
    now: Instant,
) -> QueryResult<usize> {
    diesel::update(task_stats::table.filter(task_stats::task_id.eq(id)))
        .set((
            task_stats::shown.eq(task_stats::shown + 1),
            task_stats::expected.eq(task_stats::expected + chance),
            task_stats::exposure.eq(task_stats::exposure + chance),
            task_stats::seen_at.eq(now),
        ))
        .execute(conn)
}

/// Open tasks at or under `region` and the places free in them.
pub fn count_open(conn: &mut Conn, region: &RegionCode) -> QueryResult<(i64, i64)> {
    use diesel::dsl::{count_star, sql};
    use diesel::sql_types::BigInt;
    tasks::table
        .filter(tasks::status.eq(Status::Open))
        .filter(under(tasks::region, region))
        .select((
            count_star(),
            sql::<BigInt>("CAST(COALESCE(SUM(slots - taken), 0) AS BIGINT)"),
        ))
        .first(conn)
}

//! The SQL of filling a demo's database in bulk.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{
    assignments, campaign, captains, comments, declines, entry_states, follow_ups, invitations,
    ledger, posts, staff, task_events, task_skills, tasks, volunteer_skills, volunteers,
};
use crate::db::{Conn, on_backend};
use crate::feed::{Comment, Post};
use crate::ids::{TaskId, VolunteerId};
use crate::ledger::{EntryState, Line};
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::tasks::{Assignment, Decline, SkillNeed, Task, TaskEvent};
use crate::volunteers::NewVolunteer;

/// Rows in one statement: SQLite takes 32,766 values.
const ROWS: usize = 400;

/// Writes `rows` in statements of a bearable size.
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        for some in $rows.chunks(ROWS) {
            on_backend!($conn => |c| diesel::insert_into($table).values(some).execute(c))?;
        }
        Ok(())
    }};
}

/// A key of the campaign and its value.
pub fn insert_campaign(conn: &mut Conn, key: &str, value: &str) -> QueryResult<usize> {
    let row = (campaign::key.eq(key), campaign::value.eq(value));
    on_backend!(conn => |c| diesel::insert_into(campaign::table).values(row).execute(c))
}

/// The value of a key of the campaign.
pub fn find_campaign(conn: &mut Conn, key: &str) -> QueryResult<Option<String>> {
    campaign::table
        .filter(campaign::key.eq(key))
        .select(campaign::value)
        .first(conn)
        .optional()
}

pub fn insert_people(conn: &mut Conn, _: &Scope, rows: &[NewVolunteer]) -> QueryResult<()> {
    insert_all!(conn, volunteers::table, rows)
}

/// Skills with their levels.
pub fn insert_skills(
    conn: &mut Conn,
    _: &Scope,
    rows: &[(VolunteerId, String, i32)],
) -> QueryResult<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(who, skill, level)| {
            (
                volunteer_skills::volunteer_id.eq(who),
                volunteer_skills::skill.eq(skill),
                volunteer_skills::level.eq(level),
            )
        })
        .collect();
    insert_all!(conn, volunteer_skills::table, rows)
}

pub fn insert_staff(
    conn: &mut Conn,
    _: &Scope,
    who: &[VolunteerId],
    since: Instant,
) -> QueryResult<()> {
    let rows: Vec<_> = who
        .iter()
        .map(|who| (staff::volunteer_id.eq(who), staff::since.eq(since)))
        .collect();
    insert_all!(conn, staff::table, rows)
}

pub fn insert_captains(
    conn: &mut Conn,
    _: &Scope,
    rows: &[(RegionCode, VolunteerId)],
    since: Instant,
) -> QueryResult<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(region, who)| {
            (
                captains::region.eq(region),
                captains::volunteer_id.eq(who),
                captains::since.eq(since),
            )
        })
        .collect();
    insert_all!(conn, captains::table, rows)
}

pub fn insert_invitations(
    conn: &mut Conn,
    _: &Scope,
    rows: &[(String, VolunteerId)],
    at: Instant,
) -> QueryResult<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(code, who)| {
            (
                invitations::code.eq(code),
                invitations::volunteer_id.eq(who),
                invitations::created_at.eq(at),
            )
        })
        .collect();
    insert_all!(conn, invitations::table, rows)
}

/// One person's 72 hours.
#[derive(Clone, Copy)]
pub struct Clocked {
    /// Who.
    pub who: VolunteerId,
    /// Since when.
    pub opened: Instant,
    /// When the promise ends.
    pub due: Instant,
    /// Calls made.
    pub tries: i32,
    /// How the last one went.
    pub outcome: Option<&'static str>,
    /// When and by whom they were reached.
    pub closed: Option<(Instant, VolunteerId)>,
}

pub fn insert_follow_ups(conn: &mut Conn, _: &Scope, rows: &[Clocked]) -> QueryResult<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                follow_ups::volunteer_id.eq(row.who),
                follow_ups::opened_at.eq(row.opened),
                follow_ups::due_at.eq(row.due),
                follow_ups::tries.eq(row.tries),
                follow_ups::last_outcome.eq(row.outcome),
                follow_ups::closed_at.eq(row.closed.map(|closed| closed.0)),
                follow_ups::closed_by.eq(row.closed.map(|closed| closed.1)),
            )
        })
        .collect();
    insert_all!(conn, follow_ups::table, rows)
}

pub fn insert_tasks(conn: &mut Conn, rows: &[Task]) -> QueryResult<()> {
    insert_all!(conn, tasks::table, rows)
}

pub fn insert_needs(conn: &mut Conn, rows: &[(TaskId, SkillNeed)]) -> QueryResult<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(task, need)| {
            (
                task_skills::task_id.eq(task),
                task_skills::skill.eq(&need.slug),
                task_skills::level.eq(need.level),
                task_skills::required.eq(need.required),
                task_skills::weight.eq(need.weight),
            )
        })
        .collect();
    insert_all!(conn, task_skills::table, rows)
}

pub fn insert_assignments(conn: &mut Conn, _: &Scope, rows: &[Assignment]) -> QueryResult<()> {
    insert_all!(conn, assignments::table, rows)
}

pub fn insert_declines(conn: &mut Conn, _: &Scope, rows: &[Decline]) -> QueryResult<()> {
    insert_all!(conn, declines::table, rows)
}

pub fn insert_events(conn: &mut Conn, _: &Scope, rows: &[TaskEvent]) -> QueryResult<()> {
    insert_all!(conn, task_events::table, rows)
}

pub fn insert_posts(conn: &mut Conn, _: &Scope, rows: &[Post]) -> QueryResult<()> {
    insert_all!(conn, posts::table, rows)
}

pub fn insert_comments(conn: &mut Conn, _: &Scope, rows: &[Comment]) -> QueryResult<()> {
    insert_all!(conn, comments::table, rows)
}

/// Correcting lines of the ledger; the totals are folded again afterwards.
pub fn insert_lines(conn: &mut Conn, _: &Scope, rows: &[Line]) -> QueryResult<()> {
    insert_all!(conn, ledger::table, rows)
}

/// Where decided lines stand.
pub fn update_states(conn: &mut Conn, _: &Scope, rows: &[EntryState]) -> QueryResult<()> {
    for row in rows {
        let line = entry_states::table
            .filter(entry_states::volunteer_id.eq(row.volunteer_id))
            .filter(entry_states::entry_id.eq(row.entry_id));
        let decided = (
            entry_states::state.eq(&row.state),
            entry_states::weight.eq(row.weight),
            entry_states::decided_by.eq(row.decided_by),
            entry_states::decided_at.eq(row.decided_at),
        );
        on_backend!(conn => |c| diesel::update(line).set(decided).execute(c))?;
    }
    Ok(())
}

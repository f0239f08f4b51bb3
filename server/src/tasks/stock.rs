//! Tasks as the matcher wants them: many at once with how they fare, and what was shown to whom.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::model::{Stats, Status, Task, TaskEvent, TaskKind};
use super::needs::SkillNeed;
use super::store;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::{TaskId, VolunteerId};
use crate::scope::Scope;

/// Which tasks are read.
#[derive(Debug, Clone)]
pub enum Which {
    /// Every open one.
    Open,
    /// Those changed since then, whatever their state.
    Since(Instant),
    /// These, whatever their state.
    These(Vec<TaskId>),
}

/// Tasks with everything a judgement needs.
pub struct Stock {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// The skills they ask for.
    pub skills: HashMap<TaskId, Vec<SkillNeed>>,
    /// How they fare.
    pub stats: HashMap<TaskId, Stats>,
    /// Who takes a place in them.
    pub going: HashMap<TaskId, Vec<VolunteerId>>,
}

/// Reads tasks for the matcher with four queries, however many there are.
pub fn stock(conn: &mut Conn, which: &Which) -> Result<Stock, Error> {
    let tasks = match which {
        Which::Open => store::list_open(conn)?,
        Which::Since(since) => store::list_changed(conn, *since)?,
        Which::These(ids) => store::list_these(conn, &Scope::System, ids)?,
    };
    let open: Vec<TaskId> = tasks
        .iter()
        .filter(|task| task.status == Status::Open)
        .map(|task| task.id)
        .collect();
    let some = (!matches!(which, Which::Open)).then_some(open.as_slice());
    let mut going: HashMap<TaskId, Vec<VolunteerId>> = HashMap::new();
    for (task, person) in store::list_going(conn, &Scope::System, some)? {
        going.entry(task).or_default().push(person);
    }
    let stats = store::list_stats(conn, some)?;
    Ok(Stock {
        skills: store::list_skills(conn, some)?,
        stats: stats
            .into_iter()
            .map(|stats| (stats.task_id, stats))
            .collect(),
        going,
        tasks,
    })
}

/// A task that stood in somebody's list.
#[derive(Debug, Clone)]
pub struct Showing {
    /// Which.
    pub task: TaskId,
    /// Its kind.
    pub kind: TaskKind,
    /// 1 for the first.
    pub position: i32,
    /// The chance with which it came to stand there.
    pub propensity: f64,
    /// The foreseen chance of a yes.
    pub chance: f64,
}

/// Notes what was shown to the person in `scope`, once a task and day (UTC) however often it is
/// called. Joins the caller's transaction; gives the tasks that were new today.
pub fn note_shown(
    conn: &mut Conn,
    scope: &Scope,
    showings: &[Showing],
    now: Instant,
) -> Result<Vec<TaskId>, Error> {
    let mut showings = showings.to_vec();
    // Always in the same order, so that two lists with the same tasks cannot wait for each other.
    showings.sort_by_key(|showing| showing.task);
    let mut new = Vec::new();
    for showing in showings {
        let event = TaskEvent {
            id: daily_id(scope.actor(), showing.task, now),
            volunteer_id: scope.actor(),
            task_id: showing.task,
            kind: showing.kind,
            event: "shown",
            position: Some(showing.position),
            propensity: Some(showing.propensity),
            chance: Some(showing.chance),
            reason: None,
            at: now,
        };
        if store::insert_event(conn, scope, &event)? == 1 {
            store::update_stats_shown(conn, showing.task, showing.chance, now)?;
            new.push(showing.task);
        }
    }
    Ok(new)
}

/// The same number for the same person, task and day: the table itself refuses the second.
fn daily_id(person: VolunteerId, task: TaskId, now: Instant) -> i64 {
    let day = now.micros().div_euclid(86_400_000_000);
    let hash = Sha256::digest(format!("{}/{}/{day}", person.0, task.0));
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(bytes) & i64::MAX
}

//! Reading the record: one person's week line by line, an entry by itself, what waits for a captain.

use std::collections::{BTreeSet, HashMap};

use chrono_tz::Tz;

use super::book::recruit_of;
use super::store;
use crate::app::App;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::{ActivityId, TaskId, VolunteerId};
use crate::ledger::{EntryState, Line, Points, Verification, Week};
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::tasks::{self, Task};

/// A line of somebody's record with what is needed to say why it is worth what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The line.
    pub line: Line,
    /// Where an entry stands now; none for a correction.
    pub state: Option<EntryState>,
    /// The name of whoever entered it, decided about it, or of the recruit it is about; may be empty.
    pub name: String,
    /// The title of its task; may be empty.
    pub task: String,
}

impl Recorded {
    /// Where it stands now.
    pub fn verification(&self) -> Verification {
        self.state
            .as_ref()
            .map_or(self.line.verification(), EntryState::verification)
    }

    /// What of it counts now, before the soft cap, corrections included.
    pub fn counted(&self) -> Points {
        match &self.state {
            Some(state) if state.verification() == Verification::Reversed => Points::ZERO,
            Some(state) => self.line.base().weighted(state.weight()),
            None => self.line.counted(),
        }
    }
}

/// One person's week.
#[derive(Clone, Debug)]
pub struct Record {
    /// The week.
    pub week: Week,
    /// Its lines, oldest first.
    pub lines: Vec<Recorded>,
    /// What the person earned.
    pub base: Points,
    /// What of it counts for their regions: after verification and the soft cap.
    pub counted: Points,
    /// Whether the region has full marks from this person.
    pub full: bool,
}

/// The viewer's own week.
///
/// # Errors
/// When the database is away.
pub async fn points_of(app: &App, viewer: &Viewer, week: Week) -> Result<Record, Error> {
    let person = viewer.id;
    let lines = app
        .db
        .read(move |conn| {
            let scope = Scope::Own(person);
            let lines = store::list_week(conn, &scope, person, week)?;
            named(conn, lines)
        })
        .await?;
    // The cap is one a person and week, wherever the lines count (decision 2).
    let cap = &app.scoring.soft_cap;
    let net: Points = lines.iter().map(|recorded| recorded.line.counted()).sum();
    Ok(Record {
        week,
        base: lines.iter().map(|recorded| recorded.line.base()).sum(),
        counted: cap.counted(net),
        full: net >= cap.full + cap.further,
        lines,
    })
}

/// One entry that `scope` may see.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, scope: Scope, id: ActivityId) -> Result<Recorded, Error> {
    app.db
        .read(move |conn| {
            let line = store::find(conn, &scope, id)?.ok_or(Error::NotFound)?;
            named(conn, vec![line])?.pop().ok_or(Error::NotFound)
        })
        .await
}

/// The newest entries of the viewer's own hand that stand, different from each other, at most
/// `limit`.
///
/// # Errors
/// When the database is away.
pub async fn latest(app: &App, viewer: &Viewer, limit: usize) -> Result<Vec<Line>, Error> {
    let person = viewer.id;
    app.db
        .read(move |conn| {
            let mut different: Vec<Line> = Vec::new();
            for line in store::list_latest(conn, &Scope::Own(person), person, 30)? {
                let same = |known: &Line| {
                    known.kind == line.kind
                        && known.quantity == line.quantity
                        && known.conversations == line.conversations
                        && known.minutes == line.minutes
                };
                if different.len() < limit && !different.iter().any(same) {
                    different.push(line);
                }
            }
            Ok(different)
        })
        .await
}

/// Tasks that the viewer is on and may be doing today, for which nothing is logged yet: begun
/// today in `zone`, or without an hour.
///
/// # Errors
/// When the database is away.
pub async fn doable(app: &App, viewer: &Viewer, zone: Tz) -> Result<Vec<Task>, Error> {
    let (scope, now) = (Scope::Own(viewer.id), app.clock.now());
    let begun = move |task: &Task| {
        let today = |at: Instant| at.local(zone).date_naive() == now.local(zone).date_naive();
        let running = match (task.starts_at, task.ends_at) {
            (Some(starts), _) => starts <= now && today(starts),
            (None, ends) => ends.is_none_or(|ends| now <= ends || today(ends)),
        };
        task.status == tasks::Status::Open && running
    };
    app.db
        .read(move |conn| {
            let mut doable = Vec::new();
            for (task, assignment) in tasks::ahead(conn, &scope)? {
                if assignment.state.is_ahead()
                    && begun(&task)
                    && store::count_own_for(conn, &scope, task.id)? == 0
                {
                    doable.push(task);
                }
            }
            Ok(doable)
        })
        .await
}

/// The viewer's own tasks, to choose among: ids and titles.
///
/// # Errors
/// When the database is away.
pub async fn own_tasks(app: &App, viewer: &Viewer) -> Result<Vec<(TaskId, String)>, Error> {
    let scope = Scope::Own(viewer.id);
    app.db
        .read(move |conn| Ok(store::list_own_tasks(conn, &scope)?))
        .await
}

/// An entry that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The entry.
    pub recorded: Recorded,
    /// The display name of the person it credits; may be empty.
    pub person: String,
}

/// Entries in the viewer's scope that nobody has decided about, oldest first: `limit` of them behind
/// the line number `after`. Never the viewer's own.
///
/// # Errors
/// When the database is away.
pub async fn waiting(
    app: &App,
    viewer: &Viewer,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Waiting>, Error> {
    let scope = viewer.scope();
    app.db
        .read(move |conn| {
            let lines = store::list_waiting(conn, &scope, after.unwrap_or(i64::MIN), limit)?;
            let people: Vec<VolunteerId> =
                lines.iter().map(|(line, _)| line.volunteer_id).collect();
            let names = names(conn, people.into_iter())?;
            let rows = named(conn, lines)?.into_iter().map(|recorded| Waiting {
                person: names
                    .get(&recorded.line.volunteer_id)
                    .cloned()
                    .unwrap_or_default(),
                recorded,
            });
            Ok(rows.collect())
        })
        .await
}

/// Adds the names and titles that the sentences about lines need.
fn named(conn: &mut Conn, lines: Vec<(Line, Option<EntryState>)>) -> Result<Vec<Recorded>, Error> {
    let who = |line: &Line, state: Option<&EntryState>| {
        recruit_of(&line.key)
            .or(state.and_then(|state| state.decided_by))
            .unwrap_or(line.actor)
    };
    let people = lines.iter().map(|(line, state)| who(line, state.as_ref()));
    let names = names(conn, people)?;
    let tasks: Vec<TaskId> = lines.iter().filter_map(|(line, _)| line.task_id).collect();
    let titles: HashMap<TaskId, String> = store::list_titles(conn, &tasks)?.into_iter().collect();
    Ok(lines
        .into_iter()
        .map(|(line, state)| Recorded {
            name: names
                .get(&who(&line, state.as_ref()))
                .cloned()
                .unwrap_or_default(),
            task: line
                .task_id
                .and_then(|id| titles.get(&id).cloned())
                .unwrap_or_default(),
            line,
            state,
        })
        .collect())
}

fn names(
    conn: &mut Conn,
    people: impl Iterator<Item = VolunteerId>,
) -> Result<HashMap<VolunteerId, String>, Error> {
    let people: BTreeSet<VolunteerId> = people.filter(|id| *id != VolunteerId(0)).collect();
    let people: Vec<VolunteerId> = people.into_iter().collect();
    Ok(store::list_names(conn, &Scope::System, &people)?
        .into_iter()
        .collect())
}

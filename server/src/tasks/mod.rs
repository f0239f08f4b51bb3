//! What there is to do, and who does it.
//!
//! A leader writes a task in a region they lead; an open one is everybody's to see. People answer
//! for themselves, leaders invite, assign and say who came ([`change_state`]); whatever happens at
//! the same moment, no more people are on a task than it has places.

pub mod api;
mod assignment;
mod draft;
mod mail;
mod model;
mod needs;
mod rules;
mod stock;
mod store;
mod view;

pub use assignment::{Change, announce, answer, change_state, ends};
pub use draft::{Draft, PlaceDraft};
pub use model::{Assignment, Decline, Reason, State, Stats, Status, Task, TaskEvent, TaskKind};
pub use needs::{LanguageNeed, SkillNeed};
pub use stock::{Showing, Stock, Which, note_shown, stock};
pub use store::Filter;
pub use view::{AssignmentView, Placed, TaskDetail, Whole, icon, length_text, when_text};

use crate::app::App;
use crate::audit;
use crate::clock::Instant;
use crate::cluster::Event;
use crate::db::Conn;
use crate::error::{Error, FieldErrors, Sentence};
use crate::ids::{TaskId, VolunteerId};
use crate::prose;
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::volunteers;

/// The task `id`, if `scope` may see it.
///
/// # Errors
/// `NotFound`.
pub fn find(conn: &mut Conn, scope: &Scope, id: TaskId) -> Result<Whole, Error> {
    let task = store::find(conn, scope, id)?.ok_or(Error::NotFound)?;
    let mut whole = dress(conn, vec![task])?;
    whole.pop().ok_or(Error::NotFound)
}

/// The task `id`, if `scope` leads it.
///
/// # Errors
/// `NotFound`.
pub fn find_led(conn: &mut Conn, scope: &Scope, id: TaskId) -> Result<Whole, Error> {
    let whole = find(conn, scope, id)?;
    if scope.leads(&whole.task.region) {
        Ok(whole)
    } else {
        Err(Error::NotFound)
    }
}

/// Tasks that `scope` may see, newest first, below the id `before`, at most `limit`.
///
/// # Errors
/// `Invalid` on `q` for characters that no title holds.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Whole>, Error> {
    if filter
        .q
        .as_ref()
        .is_some_and(|q| q.chars().any(prose::is_hidden))
    {
        return Err(Error::field("q", "prose-control"));
    }
    let tasks = store::list(conn, scope, filter, before, limit)?;
    dress(conn, tasks)
}

/// Those of the tasks `ids` that `scope` may see, in no order.
pub fn list_these(conn: &mut Conn, scope: &Scope, ids: &[TaskId]) -> Result<Vec<Whole>, Error> {
    let tasks = store::list_these(conn, scope, ids)?;
    dress(conn, tasks)
}

/// Adds skills and hosts' names, with one query each.
fn dress(conn: &mut Conn, tasks: Vec<Task>) -> Result<Vec<Whole>, Error> {
    let ids: Vec<TaskId> = tasks.iter().map(|task| task.id).collect();
    let mut skills = store::list_skills(conn, Some(&ids))?;
    let hosts: Vec<VolunteerId> = tasks.iter().filter_map(|task| task.host).collect();
    // A host agreed to be named to everybody who sees the task.
    let names = store::list_names(conn, &Scope::System, hosts)?;
    Ok(tasks
        .into_iter()
        .map(|task| Whole {
            skills: skills.remove(&task.id).unwrap_or_default(),
            host_name: task
                .host
                .and_then(|host| names.get(&host).cloned())
                .filter(|name| !name.is_empty()),
            task,
        })
        .collect())
}

/// A leader writes a new task. Joins the caller's transaction; [`moved`] after its commit.
///
/// # Errors
/// `Invalid` with a sentence for each field; a region outside `scope` is one of them.
pub fn create(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    draft: &Draft,
    now: Instant,
) -> Result<Whole, Error> {
    let mut faults = FieldErrors::default();
    draft.check_needed(&mut faults);
    let region = region_of(app, scope, draft, &mut faults);
    let kind = draft.kind.unwrap_or(TaskKind::Shift);
    let place = region
        .clone()
        .unwrap_or_else(|| app.tree.root().code.clone());
    let mut task = Task::blank(TaskId::fresh(now), kind, place, scope.actor(), now);
    draft.apply(&mut task, now, &mut faults);
    check_host(conn, scope, draft, &mut faults)?;
    faults.done()?;
    app.tree
        .zone(&task.region)
        .name()
        .clone_into(&mut task.zone);
    let skills = draft.skills.clone().unwrap_or_default();
    store::insert(conn, &task, &skills)?;
    note(conn, scope, "task_created", &task, now)?;
    find(conn, &Scope::System, task.id)
}

/// A leader changes a task. Joins the caller's transaction; [`moved`] after its commit.
///
/// # Errors
/// `NotFound` when `scope` does not lead it; `Invalid` with a sentence for each field, fewer places
/// than are taken among them.
pub fn edit(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    id: TaskId,
    draft: &Draft,
    now: Instant,
) -> Result<Whole, Error> {
    let before = store::lock(conn, scope, id)?.ok_or(Error::NotFound)?;
    if !scope.leads(&before.region) {
        return Err(Error::NotFound);
    }
    let mut faults = FieldErrors::default();
    let mut task = before.clone();
    if let Some(region) = region_of(app, scope, draft, &mut faults) {
        app.tree.zone(&region).name().clone_into(&mut task.zone);
        task.region = region;
    }
    draft.apply(&mut task, now, &mut faults);
    check_host(conn, scope, draft, &mut faults)?;
    if task.slots < task.taken {
        let taken = vec![("taken", task.taken.to_string())];
        faults.add("slots", Sentence::Key("task-slots-taken", taken));
    }
    if task.status == Status::Draft && task.taken + task.pending > 0 {
        faults.add("status", "task-draft-late");
    }
    faults.done()?;
    task.updated_at = now;
    store::update(conn, &task, draft.skills.as_deref())?;
    note(conn, scope, "task_changed", &task, now)?;
    find(conn, &Scope::System, id)
}

/// [`create`] or, with an `id`, [`edit`] in a transaction of its own.
///
/// # Errors
/// As those.
pub async fn write(
    app: &App,
    scope: Scope,
    id: Option<TaskId>,
    draft: Draft,
) -> Result<Whole, Error> {
    let (now, house) = (app.clock.now(), app.clone());
    let whole = app
        .db
        .write(move |conn| match id {
            Some(id) => edit(conn, &house, &scope, id, &draft, now),
            None => create(conn, &house, &scope, &draft, now),
        })
        .await?;
    moved(app, whole.task.id);
    Ok(whole)
}

/// [`answer`] in a transaction of its own, told to everybody.
///
/// # Errors
/// As `answer`; `Invalid` on `state` for a word that only leaders may use.
pub async fn respond(
    app: &App,
    scope: Scope,
    task: TaskId,
    to: State,
    reason: Option<Reason>,
) -> Result<Change, Error> {
    if !matches!(to, State::Accepted | State::Declined | State::Cancelled) {
        return Err(Error::field("state", "task-state-own"));
    }
    let (now, house) = (app.clock.now(), app.clone());
    let change = app
        .db
        .write(move |conn| answer(conn, &house, &scope, task, to, reason, now))
        .await?;
    announce(app, &change);
    Ok(change)
}

/// [`change_state`] in a transaction of its own, written down and told to everybody.
///
/// # Errors
/// As `change_state`; `Invalid` on `state` for a word that only the person may use.
pub async fn place(
    app: &App,
    scope: Scope,
    task: TaskId,
    person: VolunteerId,
    to: State,
) -> Result<Change, Error> {
    if matches!(to, State::Accepted | State::Declined) {
        return Err(Error::field("state", "task-state-leader"));
    }
    let (now, house) = (app.clock.now(), app.clone());
    let change = app
        .db
        .write(move |conn| {
            let change = change_state(conn, &house, &scope, task, person, to, now)?;
            note_change(conn, &scope, &change)?;
            Ok(change)
        })
        .await?;
    announce(app, &change);
    Ok(change)
}

/// Tells the matcher of every node that a task changed.
pub fn moved(app: &App, task: TaskId) {
    app.cluster.publish(Event::TaskMoved { task });
}

/// The region asked for, if it exists and `scope` leads it.
fn region_of(
    app: &App,
    scope: &Scope,
    draft: &Draft,
    faults: &mut FieldErrors,
) -> Option<RegionCode> {
    let region = draft.region(&app.tree, faults)?;
    if scope.leads(&region) {
        Some(region)
    } else {
        faults.add("region", "task-region-foreign");
        None
    }
}

/// A host must be somebody the leader may see.
fn check_host(
    conn: &mut Conn,
    scope: &Scope,
    draft: &Draft,
    faults: &mut FieldErrors,
) -> Result<(), Error> {
    if let Some(Some(host)) = draft.host {
        match volunteers::find(conn, scope, host) {
            Ok(_) => {}
            Err(Error::NotFound) => faults.add("host", "task-host-unknown"),
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

fn note(
    conn: &mut Conn,
    scope: &Scope,
    deed: &str,
    task: &Task,
    now: Instant,
) -> Result<(), Error> {
    let detail = serde_json::json!({"task": task.id, "title": task.title, "status": task.status});
    audit::append(conn, scope, deed, &detail, now)
}

/// Writes down that a leader moved somebody. Joins the transaction of [`change_state`], as its last
/// step: the log is one line for the whole campaign, and whoever holds it waits for nobody.
pub fn note_change(conn: &mut Conn, scope: &Scope, change: &Change) -> Result<(), Error> {
    if change.is_repeat() {
        return Ok(());
    }
    let detail = serde_json::json!({
        "task": change.task.id, "volunteer": change.volunteer.id, "state": change.to,
    });
    audit::append(conn, scope, "assignment_changed", &detail, change.at)
}

/// Where the person in `scope` stands with a task.
pub fn standing(conn: &mut Conn, scope: &Scope, task: TaskId) -> Result<Option<Assignment>, Error> {
    Ok(store::find_assignment(conn, scope, task, scope.actor())?)
}

/// How many tasks each of these people is or was on, and when that changed last; who has none is left
/// out.
pub fn changes(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> Result<Vec<(VolunteerId, i64, Option<Instant>)>, Error> {
    Ok(store::list_changes(conn, scope, people)?)
}

/// What the person in `scope` has accepted, was assigned or is invited to, the soonest first.
pub fn ahead(conn: &mut Conn, scope: &Scope) -> Result<Vec<(Task, Assignment)>, Error> {
    Ok(store::list_ahead(conn, scope)?)
}

/// Everybody on a task that `scope` leads, by name.
///
/// # Errors
/// `NotFound` when `scope` does not lead it.
pub fn placed(conn: &mut Conn, scope: &Scope, task: TaskId) -> Result<Vec<Placed>, Error> {
    find_led(conn, scope, task)?;
    let rows = store::list_assigned(conn, scope, task)?;
    Ok(rows
        .into_iter()
        .map(|(assignment, name, email)| Placed {
            assignment,
            name: if name.is_empty() { email } else { name },
        })
        .collect())
}

/// Open tasks at or under `region`, and the places free in them.
pub fn count_open(conn: &mut Conn, region: &RegionCode) -> Result<(i64, i64), Error> {
    Ok(store::count_open(conn, region)?)
}

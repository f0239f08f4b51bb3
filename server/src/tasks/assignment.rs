//! People on tasks: the one way in which anybody's state changes, and the one mail it sends.
//!
//! Every change takes the person's row first, the task's second and what is between them last, so that
//! changes of one task stand in line and none waits for another in a circle, nor for an erasure.

use super::model::{Assignment, Decline, Reason, State, Status, Task, TaskEvent};
use super::rules::{self, Hand};
use super::{mail, store};
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::cluster::Event;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::{TaskId, VolunteerId, fresh};
use crate::scope::Scope;
use crate::volunteers::{self, Volunteer};

/// A person's state that changed, or was the wanted one already.
#[derive(Debug, Clone)]
pub struct Change {
    /// The task, its counters as they are now.
    pub task: Task,
    /// The person.
    pub volunteer: Volunteer,
    /// Where they stood; none: nowhere.
    pub from: Option<State>,
    /// Where they stand.
    pub to: State,
    /// Since when.
    pub at: Instant,
}

impl Change {
    /// Whether nothing had to be done.
    pub fn is_repeat(&self) -> bool {
        self.from == Some(self.to)
    }
}

/// What is asked for.
struct Wish {
    hand: Hand,
    task: TaskId,
    person: VolunteerId,
    to: State,
    reason: Option<Reason>,
}

/// A leader moves `person` on `task` to `to`. Joins the caller's transaction, which must not have
/// touched another task; tell everybody with [`announce`] after its commit.
///
/// # Errors
/// `NotFound` when `scope` does not lead the task or may not see the person, who is not on it
/// either; `Conflict` when the places are taken, the task takes nobody, or the step makes no sense.
pub fn change_state(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    task: TaskId,
    person: VolunteerId,
    to: State,
    now: Instant,
) -> Result<Change, Error> {
    let wish = Wish {
        hand: Hand::Leader,
        task,
        person,
        to,
        reason: None,
    };
    step(conn, app, scope, &wish, now)
}

/// The person in `scope` answers for themselves: yes, no (with a reason, else "not now"), or not
/// after all. Joins the caller's transaction.
///
/// # Errors
/// As [`change_state`]; `Conflict` also when it is over, for people of another region (unless a
/// leader asked them), or for older people.
pub fn answer(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    task: TaskId,
    to: State,
    reason: Option<Reason>,
    now: Instant,
) -> Result<Change, Error> {
    let person = scope.actor();
    let wish = Wish {
        hand: Hand::Own,
        task,
        person,
        to,
        reason: (to == State::Declined).then_some(reason.unwrap_or(Reason::NotNow)),
    };
    // Also a leader answers for themselves as anybody would: drafts take nobody.
    step(conn, app, &Scope::Own(person), &wish, now)
}

/// Tells who must know after the commit: the person's own pages, the outbox, the matcher.
pub fn announce(app: &App, change: &Change) {
    app.cluster.publish(Event::PeopleMoved {
        volunteers: vec![change.volunteer.id],
    });
    app.cluster.publish(Event::TaskMoved {
        task: change.task.id,
    });
    app.mailer.waiting.notify_one();
}

fn step(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    wish: &Wish,
    now: Instant,
) -> Result<Change, Error> {
    volunteers::hold(conn, &Scope::System, wish.person)?;
    let task = store::lock(conn, scope, wish.task)?.ok_or(Error::NotFound)?;
    if wish.hand == Hand::Leader && !scope.leads(&task.region) {
        return Err(Error::NotFound);
    }
    let known = store::find_assignment(conn, scope, task.id, wish.person)?;
    // Whoever is on the task is its leader's affair, wherever they live.
    let sight = if known.is_some() {
        Scope::System
    } else {
        scope.clone()
    };
    let volunteer = volunteers::find(conn, &sight, wish.person)?;
    let from = known.as_ref().map(|row| row.state);
    if !rules::may(wish.hand, from, wish.to) {
        return Err(Error::Conflict("task-step".into()));
    }
    let mut change = Change {
        task,
        volunteer,
        from,
        to: wish.to,
        at: known.as_ref().map_or(now, |row| row.changed_at),
    };
    if change.is_repeat() && wish.to != State::Declined {
        return Ok(change);
    }
    take_or_give(conn, &mut change, wish, now)?;
    change.at = now;
    let row = Assignment {
        task_id: change.task.id,
        volunteer_id: wish.person,
        state: wish.to,
        reason: wish.reason,
        changed_by: scope.actor(),
        created_at: known.as_ref().map_or(now, |row| row.created_at),
        changed_at: now,
    };
    store::upsert_assignment(conn, scope, &row)?;
    let last_answer = known.map(|row| row.changed_at);
    remember(conn, scope, &change, wish.reason, last_answer)?;
    if matches!(wish.to, State::Invited | State::Assigned) {
        mail::post(conn, app, &change)?;
    }
    Ok(change)
}

/// Moves the counters, or says why that cannot be.
fn take_or_give(
    conn: &mut Conn,
    change: &mut Change,
    wish: &Wish,
    now: Instant,
) -> Result<(), Error> {
    let (task, to) = (&mut change.task, wish.to);
    if wish.hand == Hand::Own && to == State::Accepted {
        if ends(task).is_some_and(|end| end <= now) {
            return Err(Error::Conflict("task-over".into()));
        }
        // Who was asked by a leader may come from elsewhere.
        let asked = matches!(change.from, Some(State::Invited | State::Assigned));
        if !asked && !change.volunteer.region.is_under(&task.region) {
            return Err(Error::Conflict("task-foreign".into()));
        }
        let years = if change.volunteer.adult { 18 } else { 0 };
        if task.min_age.is_some_and(|least| least > years) {
            return Err(Error::Conflict("task-age".into()));
        }
    }
    let (delta, open) = (
        rules::delta(change.from, to),
        rules::needs_open(change.from, to),
    );
    if store::update_counters(conn, task.id, delta, open, now)? == 0 {
        let why = if open && task.status != Status::Open {
            "task-not-open"
        } else {
            "task-full"
        };
        return Err(Error::Conflict(why.into()));
    }
    task.taken += delta.taken;
    task.pending += delta.pending;
    task.updated_at = now;
    Ok(())
}

/// When it is over: its end, or its start and length; none: never.
pub fn ends(task: &Task) -> Option<Instant> {
    let length = Duration::minutes(i64::from(task.minutes.max(1)));
    task.ends_at
        .or_else(|| task.starts_at.map(|starts| starts + length))
}

/// What the matcher learns from a change: the refusal, the event, the answer counted.
fn remember(
    conn: &mut Conn,
    scope: &Scope,
    change: &Change,
    reason: Option<Reason>,
    last_answer: Option<Instant>,
) -> Result<(), Error> {
    let (task, person) = (&change.task, change.volunteer.id);
    let event = match change.to {
        State::Accepted => "accepted",
        State::Declined => "declined",
        State::CheckedIn => "showed",
        State::Done => "completed",
        State::Invited | State::Assigned | State::Cancelled | State::NoShow => return Ok(()),
    };
    if let Some(reason) = reason {
        let row = Decline {
            volunteer_id: person,
            task_id: task.id,
            kind: task.kind,
            reason,
            declined_at: change.at,
        };
        store::upsert_decline(conn, scope, &row)?;
    }
    if change.to == State::Accepted {
        store::delete_decline(conn, scope, task.id, person)?;
    }
    if matches!(change.to, State::Accepted | State::Declined) {
        let foreseen = store::list_chances(conn, scope, task.id, person, last_answer)?;
        if !foreseen.is_empty() {
            let accepts = i64::from(change.to == State::Accepted);
            store::update_stats_answered(conn, task.id, accepts, foreseen.iter().sum())?;
        }
    }
    if change.to == State::Done {
        volunteers::climb(conn, &Scope::System, person, task.rung)?;
    }
    let row = TaskEvent {
        id: fresh(change.at),
        volunteer_id: person,
        task_id: task.id,
        kind: task.kind,
        event,
        position: None,
        propensity: None,
        chance: None,
        reason,
        at: change.at,
    };
    store::insert_event(conn, scope, &row)?;
    Ok(())
}

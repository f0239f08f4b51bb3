//! Who came and what was done, as leaders note it on a task: the system's own entries follow from
//! it (scoring.md, Points and Verification).

use super::{Kind, Work, store, worth};
use crate::app::App;
use crate::clock::Instant;
use crate::error::Error;
use crate::ids::{TaskId, VolunteerId};
use crate::ledger::{Entry, Mission, Standing, Week};
use crate::scope::Scope;
use crate::tasks::{self, Change, State, TaskKind};

/// A leader moves `person` on `task` to `to`; checked in and done also score, once, whoever says it
/// how often.
///
/// # Errors
/// As `tasks::place`; `Unavailable` when the ledger is, and then it can be said again.
pub async fn place(
    app: &App,
    scope: Scope,
    task: TaskId,
    person: VolunteerId,
    to: State,
) -> Result<Change, Error> {
    let by = scope.actor();
    let change = tasks::place(app, scope, task, person, to).await?;
    for entry in entries(app, &change, by).await? {
        match app.ledger.write(entry).await {
            // What the rules refuse is in the record already: a training logged by hand.
            Ok(_) | Err(Error::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(change)
}

/// What follows from where the person stands now.
async fn entries(app: &App, change: &Change, by: VolunteerId) -> Result<Vec<Entry>, Error> {
    let done = change.to == State::Done;
    if !done && change.to != State::CheckedIn {
        return Ok(Vec::new());
    }
    let write = |word: &str, work: Work| entry(app, change, by, word, work);
    Ok(match change.task.kind {
        TaskKind::EventAttended => vec![write("attended", Work::EventAttended)],
        TaskKind::Training if done => vec![write("trained", Work::Training)],
        // What the host says about guests is logged by the host, and confirmed like anything else.
        TaskKind::Training | TaskKind::EventHosted => Vec::new(),
        TaskKind::Shift if done && !logged(app, change).await? => {
            let minutes = u32::try_from(change.task.minutes).unwrap_or(1);
            let minutes = minutes.clamp(1, app.scoring.bounds.minutes);
            vec![
                write("checked_in", Work::ShiftCheckedIn),
                write("done", Work::Shift { minutes }),
            ]
        }
        _ => vec![write("checked_in", Work::ShiftCheckedIn)],
    })
}

/// Whether the person logged work for the task by hand: it stands instead of the shift's hours.
async fn logged(app: &App, change: &Change) -> Result<bool, Error> {
    let (person, task) = (change.volunteer.id, change.task.id);
    app.db
        .read(move |conn| Ok(store::count_work(conn, &Scope::System, person, task)? > 0))
        .await
}

fn entry(app: &App, change: &Change, by: VolunteerId, word: &str, work: Work) -> Entry {
    let person = change.volunteer.id;
    let minutes = match work {
        Work::Shift { minutes } => i32::try_from(minutes).ok(),
        _ => None,
    };
    // Nobody verifies themselves: who checks themselves in is trusted like anybody who logs.
    let (standing, actor) = if by == person {
        (Standing::Trusted, person)
    } else {
        (Standing::Approved, VolunteerId(0))
    };
    Entry {
        volunteer: person,
        key: Entry::system_key(&format!("task:{}:{word}", change.task.id)),
        fingerprint: String::new(),
        kind: work.kind().as_str(),
        quantity: None,
        conversations: None,
        minutes,
        note: None,
        task: Some(change.task.id),
        occurred_at: moment(app, change),
        mission: Mission::ONE,
        base: worth(&app.scoring, &work, Mission::ONE).base,
        standing,
        actor,
        shared_key: false,
    }
}

/// The task's start, unless that is still ahead or in a week that is final.
fn moment(app: &App, change: &Change) -> Option<Instant> {
    let start = change.task.starts_at?;
    let week = Week::at(start.utc(), change.volunteer.tz()).to_string();
    (start <= app.clock.now() && !app.ledger.is_final(&week, &change.volunteer.region))
        .then_some(start)
}

/// Kinds whose entries stand instead of a shift's hours.
pub const WORK: [Kind; 6] = [
    Kind::Calls,
    Kind::Doors,
    Kind::ListeningNote,
    Kind::Shift,
    Kind::DataEntry,
    Kind::Translation,
];

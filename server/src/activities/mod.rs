//! What was done: kinds, bounds, points, and the people who confirm them.

pub mod api;
mod attendance;
mod book;
mod check;
mod form;
mod kind;
mod lately;
pub mod missions;
mod model;
mod most;
pub mod pages;
mod record;
mod refusal;
mod repeat;
mod rules;
mod store;
mod why;
mod window;
mod work;
mod worth;

pub use attendance::place;
pub use book::Book;
pub use check::*;
pub use kind::*;
pub use lately::{Happened, lately};
pub use missions::{MissionView, Missions, Weights, set_mission, week_number, weights, weights_of};
pub use model::{ActivityView, Earned, LineView, NewActivity, SheetRow};
pub use most::most;
pub use record::{Record, Recorded, Waiting, find, own_tasks, points_of, waiting};
pub use refusal::*;
pub use rules::*;
pub use why::{what, why, words_of};
pub use window::*;
pub use work::*;
pub use worth::*;

use std::collections::HashSet;

use crate::app::App;
use crate::clock::Duration;
use crate::error::{Error, FieldErrors, Sentence};
use crate::ids::{ActivityId, TaskId, VolunteerId};
use crate::ledger::{Corrected, Decision, Entry, Mission, Standing, Verification, Written};
use crate::sessions::Viewer;
use crate::tasks;
use repeat::Firsts;

/// How long one may take back one's own entry without asking anybody.
pub const UNDO: Duration = Duration::seconds(60);
/// Rows that a sheet may have.
pub const SHEET_ROWS: usize = 500;
/// Characters of a reason.
const REASON_LENGTH: usize = 500;
/// The longest idempotency key.
const KEY_LENGTH: usize = 200;

/// Writes what `viewer` did, or enters for somebody in their scope, under their `key`.
///
/// # Errors
/// `Invalid` naming every wrong field; `Forbidden` when a member names somebody else; `NotFound`
/// when a leader names somebody out of their scope or nobody; `Unavailable`.
pub async fn log(
    app: &App,
    viewer: &Viewer,
    key: &str,
    new: &NewActivity,
) -> Result<Written, Error> {
    match checked(app, viewer, key, new).await {
        Ok(entry) => app.ledger.write(entry).await,
        Err(refusal) => {
            let firsts = Firsts::look(app, viewer, &[key.to_owned()]).await?;
            firsts.answer(key, new, refusal)
        }
    }
}

/// The entry of a draft that may be written now.
async fn checked(app: &App, viewer: &Viewer, key: &str, new: &NewActivity) -> Result<Entry, Error> {
    let entry = entry(app, viewer, key, new)?;
    let seen = Seen::look(app, viewer, std::slice::from_ref(new)).await?;
    seen.check(new)?;
    Ok(entry)
}

/// Writes the rows of a sheet, each for itself; gives an answer each, in their order. A row that
/// could not even be read brings its error.
///
/// # Errors
/// `Invalid` on `rows` when there are too many; `Unavailable` when nothing was written.
pub async fn log_sheet(
    app: &App,
    viewer: &Viewer,
    rows: Vec<Result<SheetRow, Error>>,
) -> Result<Vec<Result<Written, Error>>, Error> {
    if rows.len() > SHEET_ROWS {
        let most = vec![("most", SHEET_ROWS.to_string())];
        return Err(FieldErrors::with("rows", "activity-sheet-long", most).into());
    }
    let rows: Vec<Result<(String, NewActivity), Error>> = rows
        .into_iter()
        .map(|row| row.map(SheetRow::split))
        .collect();
    let drafts: Vec<NewActivity> = rows
        .iter()
        .filter_map(|row| row.as_ref().ok().map(|(_, new)| new.clone()))
        .collect();
    let seen = Seen::look(app, viewer, &drafts).await?;
    let mut entries = Vec::new();
    let mut refused = Vec::new();
    let mut answers: Vec<Option<Result<Written, Error>>> = Vec::with_capacity(rows.len());
    for row in rows {
        answers.push(match row {
            Ok((key, new)) => {
                let entry = entry(app, viewer, &key, &new);
                match entry.and_then(|entry| seen.check(&new).map(|()| entry)) {
                    Ok(entry) => entries.push(entry),
                    Err(refusal) => refused.push((answers.len(), key, new, refusal)),
                }
                None
            }
            Err(error) => Some(Err(error)),
        });
    }
    let keys: Vec<String> = refused.iter().map(|(_, key, ..)| key.clone()).collect();
    let firsts = Firsts::look(app, viewer, &keys).await?;
    for (at, key, new, refusal) in refused {
        answers[at] = Some(firsts.answer(&key, &new, refusal));
    }
    let mut written = app.ledger.write_all(entries).await?.into_iter();
    let lost = || Err(Error::Internal("a row was left without an answer".into()));
    Ok(answers
        .into_iter()
        .map(|answer| answer.or_else(|| written.next()).unwrap_or_else(lost))
        .collect())
}

/// Approves, rejects or holds an entry of somebody else in the viewer's scope.
///
/// # Errors
/// `NotFound`, `Forbidden` for one's own, `Invalid` for another state or a reason that is too long,
/// `Conflict` when it was taken back.
pub async fn decide(
    app: &App,
    viewer: &Viewer,
    id: ActivityId,
    state: Verification,
    reason: Option<String>,
) -> Result<Corrected, Error> {
    if !matches!(
        state,
        Verification::Approved | Verification::Rejected | Verification::Held
    ) {
        return Err(Error::field("state", "activity-decision"));
    }
    let reason = reason.map(|text| reason_of(&text)).transpose()?;
    let reason = reason.filter(|text| !text.is_empty());
    app.ledger
        .decide(&viewer.scope(), id, Decision { state, reason })
        .await
}

/// Takes back an entry of somebody else in the viewer's scope.
///
/// # Errors
/// `NotFound`, `Forbidden` for one's own, `Invalid` without a reason.
pub async fn reverse(
    app: &App,
    viewer: &Viewer,
    id: ActivityId,
    reason: &str,
) -> Result<Corrected, Error> {
    let reason = reason_of(reason)?;
    if reason.is_empty() {
        return Err(Error::field("reason", "activity-reason-needed"));
    }
    app.ledger.reverse(&viewer.scope(), id, reason).await
}

/// Takes back one's own entry, within [`UNDO`] of writing it.
///
/// # Errors
/// `NotFound` for another person's, `Conflict` when it is too late.
pub async fn withdraw(app: &App, viewer: &Viewer, id: ActivityId) -> Result<Corrected, Error> {
    app.ledger.withdraw(viewer.id, id, UNDO).await
}

fn reason_of(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.chars().count() > REASON_LENGTH || text.contains('\0') {
        let most = vec![("most", REASON_LENGTH.to_string())];
        return Err(FieldErrors::with("reason", "activity-reason-long", most).into());
    }
    Ok(text.to_owned())
}

/// Whether a request can be known by `key`: visible ASCII characters, not too many.
fn is_key(key: &str) -> bool {
    (1..=KEY_LENGTH).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The entry that a draft becomes, if its fields are right.
fn entry(app: &App, viewer: &Viewer, key: &str, new: &NewActivity) -> Result<Entry, Error> {
    if !is_key(key) {
        return Err(Error::field("key", "activity-key"));
    }
    let volunteer = new.volunteer.unwrap_or(viewer.id);
    if volunteer != viewer.id && !viewer.is_leader() {
        return Err(Error::Forbidden("activity-not-for-others".into()));
    }
    let valid = validate(&app.scoring.bounds, &new.draft()).map_err(|refusals| {
        let mut faults = FieldErrors::default();
        for refusal in &refusals {
            faults.add(refusal.field, sentence(refusal));
        }
        Error::from(faults)
    })?;
    let mission = Mission::ONE;
    let number = |n: Option<u32>| n.and_then(|n| i32::try_from(n).ok());
    Ok(Entry {
        volunteer,
        key: Entry::key_of(viewer.id, key),
        fingerprint: new.fingerprint(),
        kind: new.kind.as_str(),
        quantity: number(valid.work.quantity()),
        conversations: number(valid.work.conversations()),
        minutes: number(valid.minutes),
        note: valid.note,
        task: new.task,
        occurred_at: new.occurred_at,
        mission,
        base: worth(&app.scoring, &valid.work, mission).base,
        standing: if volunteer == viewer.id {
            Standing::Trusted
        } else {
            Standing::Approved
        },
        actor: viewer.id,
        shared_key: viewer.is_leader(),
    })
}

/// The people and tasks named in drafts that exist for the person who names them.
struct Seen {
    viewer: VolunteerId,
    people: HashSet<VolunteerId>,
    tasks: HashSet<TaskId>,
}

impl Seen {
    async fn look(app: &App, viewer: &Viewer, drafts: &[NewActivity]) -> Result<Self, Error> {
        let others = drafts.iter().filter_map(|new| new.volunteer);
        let others: HashSet<VolunteerId> = others.filter(|id| *id != viewer.id).collect();
        let tasks: HashSet<TaskId> = drafts.iter().filter_map(|new| new.task).collect();
        let mut seen = Self {
            viewer: viewer.id,
            people: HashSet::new(),
            tasks: HashSet::new(),
        };
        if (others.is_empty() || !viewer.is_leader()) && tasks.is_empty() {
            return Ok(seen);
        }
        let scope = viewer.scope();
        let (others, tasks): (Vec<_>, Vec<_>) =
            (others.into_iter().collect(), tasks.into_iter().collect());
        let (people, tasks) = app
            .db
            .read(move |conn| {
                let people = store::list_seen(conn, &scope, &others)?;
                let mut known = Vec::with_capacity(tasks.len());
                for task in tasks {
                    match tasks::find(conn, &scope, task) {
                        Ok(_) => known.push(task),
                        Err(Error::NotFound) => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok((people, known))
            })
            .await?;
        seen.people.extend(people);
        seen.tasks.extend(tasks);
        Ok(seen)
    }

    fn check(&self, new: &NewActivity) -> Result<(), Error> {
        if new
            .volunteer
            .is_some_and(|id| id != self.viewer && !self.people.contains(&id))
        {
            return Err(Error::NotFound);
        }
        if new.task.is_some_and(|id| !self.tasks.contains(&id)) {
            return Err(Error::field("task", "activity-no-task"));
        }
        Ok(())
    }
}

/// The sentence of a refusal, in the words of the catalogue.
pub fn sentence(refusal: &Refusal) -> Sentence {
    let field = ("field", refusal.field.to_owned());
    let (key, mut args) = match refusal.why {
        Why::Needed(kind) => ("activity-needed", vec![("kind", kind.to_string())]),
        Why::Foreign(kind) => ("activity-foreign", vec![("kind", kind.to_string())]),
        Why::Outside { least, most } => (
            "activity-outside",
            vec![("least", least.to_string()), ("most", most.to_string())],
        ),
        Why::MoreThanQuantity => ("activity-more-than-quantity", vec![]),
        Why::TooLong(most) => ("activity-too-long", vec![("most", most.to_string())]),
        Why::Unstorable => ("activity-unstorable", vec![]),
        Why::SystemOnly => ("activity-system-only", vec![]),
        Why::Ahead(minutes) => ("activity-ahead", vec![("minutes", minutes.to_string())]),
        Why::FinalWeek => ("activity-final-week", vec![]),
    };
    args.push(field);
    Sentence::Key(key, args)
}

//! What was done: kinds, bounds, points, and the people who confirm them.

pub mod api;
mod book;
mod check;
mod kind;
mod model;
mod refusal;
mod rules;
mod store;
mod window;
mod work;
mod worth;

pub use book::Book;
pub use check::*;
pub use kind::*;
pub use model::{ActivityView, Earned, NewActivity, SheetRow};
pub use refusal::*;
pub use rules::*;
pub use window::*;
pub use work::*;
pub use worth::*;

use std::collections::HashSet;

use crate::app::App;
use crate::error::{Error, FieldErrors, Sentence};
use crate::ids::{TaskId, VolunteerId};
use crate::ledger::{Entry, Mission, Standing, Written};
use crate::sessions::Viewer;

/// Rows that a sheet may have.
pub const SHEET_ROWS: usize = 500;
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
    let entry = entry(app, viewer, key, new)?;
    let seen = Seen::look(app, viewer, std::slice::from_ref(new)).await?;
    seen.check(new)?;
    app.ledger.write(entry).await
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
    let checked = rows.into_iter().map(|row| {
        let (key, new) = row?;
        let entry = entry(app, viewer, &key, &new)?;
        seen.check(&new)?;
        Ok(entry)
    });
    let mut entries = Vec::new();
    let mut answers: Vec<Option<Result<Written, Error>>> = Vec::new();
    for row in checked {
        match row {
            Ok(entry) => {
                entries.push(entry);
                answers.push(None);
            }
            Err(error) => answers.push(Some(Err(error))),
        }
    }
    let mut written = app.ledger.write_all(entries).await?.into_iter();
    let lost = || Err(Error::Internal("a row was left without an answer".into()));
    Ok(answers
        .into_iter()
        .map(|answer| answer.or_else(|| written.next()).unwrap_or_else(lost))
        .collect())
}

/// The entry that a draft becomes, if its fields are right.
fn entry(app: &App, viewer: &Viewer, key: &str, new: &NewActivity) -> Result<Entry, Error> {
    if !(1..=KEY_LENGTH).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
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
                Ok((people, store::list_tasks(conn, &tasks)?))
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

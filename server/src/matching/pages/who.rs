//! The people beside a task that one leads: on it, for it, and not for it; and what was just done
//! with them.

use serde::Deserialize;

use crate::ids::{TaskId, VolunteerId};
use crate::matching::{CandidatesView, Said};
use crate::prose::initials;
use crate::tasks::{Placed, State, Status, Task};
use crate::words::Lang;

/// Candidates and others shown.
const SHOWN: usize = 30;

/// Somebody on the task or for it, with what a leader may do.
pub(super) struct Somebody {
    pub id: VolunteerId,
    pub face: String,
    pub name: String,
    pub state_key: String,
    pub why: String,
    pub why_not: Vec<String>,
    pub steps: Vec<State>,
}

/// People beside a task.
pub(super) struct Who {
    pub task: TaskId,
    pub taken: i32,
    pub slots: i32,
    pub is_open: bool,
    pub placed: Vec<Somebody>,
    pub suitable: usize,
    pub ranked: Vec<Somebody>,
    pub rest: Vec<Somebody>,
}

impl Who {
    /// Who is on `task`, who could be, and who could not.
    pub fn of(task: &Task, placed: &[Placed], candidates: &CandidatesView) -> Self {
        Self {
            task: task.id,
            taken: task.taken,
            slots: task.slots,
            is_open: task.status == Status::Open,
            placed: placed
                .iter()
                .map(|one| {
                    let row = &one.assignment;
                    somebody(row.volunteer_id, &one.name, Some(row.state))
                })
                .collect(),
            suitable: candidates.suitable,
            ranked: candidates
                .ranked
                .iter()
                .filter(|one| one.state.is_none())
                .take(SHOWN)
                .map(|one| Somebody {
                    why: texts(&one.reasons).join(" "),
                    ..somebody(one.volunteer.id, &one.volunteer.name, None)
                })
                .collect(),
            rest: candidates
                .rest
                .iter()
                .filter(|one| one.state.is_none())
                .take(SHOWN)
                .map(|one| Somebody {
                    why_not: texts(&one.why_not),
                    ..somebody(one.volunteer.id, &one.volunteer.name, None)
                })
                .collect(),
        }
    }

    /// Whether no place is left.
    pub fn is_full(&self) -> bool {
        self.taken >= self.slots
    }
}

fn somebody(id: VolunteerId, name: &str, state: Option<State>) -> Somebody {
    Somebody {
        id,
        face: initials(name),
        name: name.to_owned(),
        state_key: state
            .map(|state| format!("task-standing-{state}"))
            .unwrap_or_default(),
        why: String::new(),
        why_not: Vec::new(),
        steps: state.map_or(vec![State::Invited, State::Assigned], steps),
    }
}

/// What a leader may do next with somebody who is in `state`, as buttons.
fn steps(state: State) -> Vec<State> {
    match state {
        State::Invited => vec![State::Assigned, State::Cancelled],
        State::Accepted | State::Assigned => {
            vec![State::CheckedIn, State::NoShow, State::Cancelled]
        }
        State::CheckedIn => vec![State::Done],
        State::NoShow => vec![State::CheckedIn],
        State::Declined | State::Cancelled => vec![State::Assigned],
        State::Done => Vec::new(),
    }
}

fn texts(said: &[Said]) -> Vec<String> {
    said.iter().map(|one| one.text.clone()).collect()
}

/// What was done just now: `?saved=open` or `?said=assigned&person=…`.
#[derive(Default, Deserialize)]
pub struct Done {
    saved: Option<String>,
    said: Option<State>,
    person: Option<VolunteerId>,
}

impl Done {
    /// What to say about it; nothing where the address asks for nothing.
    pub(super) fn sentence(&self, l: &Lang, who: Option<&Who>) -> Option<String> {
        if let Some(status) = &self.saved {
            let key = if status == "closed" {
                "task-saved-closed"
            } else {
                "task-saved"
            };
            return Some(l.say(key).to_string());
        }
        let (said, person) = (self.said?, self.person?);
        let one = who?.placed.iter().find(|one| one.id == person)?;
        let standing = format!("task-standing-{said}");
        Some(
            l.say("task-said")
                .with("name", one.name.as_str())
                .with("standing", l.say(&standing).to_string())
                .to_string(),
        )
    }
}

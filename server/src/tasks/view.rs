//! Tasks as answers and pages show them.

use schemars::JsonSchema;
use serde::Serialize;

use super::draft::PlaceDraft;
use super::model::{Assignment, State, Status, Task, TaskKind};
use super::needs::{LanguageNeed, SkillNeed};
use crate::clock::{Duration, Instant};
use crate::ids::{TaskId, VolunteerId};
use crate::regions::{RegionView, Tree};
use crate::words::Lang;

/// A task with what stands in other tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// Its row.
    pub task: Task,
    /// The skills it asks for.
    pub skills: Vec<SkillNeed>,
    /// The host's display name.
    pub host_name: Option<String>,
}

/// A whole task in an answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the draft documents each field")]
pub struct TaskDetail {
    pub id: TaskId,
    pub title: String,
    pub body: String,
    pub kind: TaskKind,
    pub region: RegionView,
    pub remote: bool,
    pub place: Option<PlaceDraft>,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub minutes: i32,
    pub slots: i32,
    /// Places taken.
    pub taken: i32,
    /// Places left.
    pub free: i32,
    pub skills: Vec<SkillNeed>,
    pub languages: Vec<LanguageNeed>,
    pub rung: i32,
    pub priority: f64,
    pub host: Option<VolunteerId>,
    /// The host's display name.
    pub host_name: Option<String>,
    pub status: Status,
    pub certificates: Vec<String>,
    pub min_age: Option<i32>,
    pub access: Vec<String>,
    pub radius_km: Option<i32>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl TaskDetail {
    /// The answer for a task.
    pub fn of(tree: &Tree, whole: &Whole) -> Self {
        let task = &whole.task;
        let place = task.lat.zip(task.lon).map(|(lat, lon)| PlaceDraft {
            lat,
            lon,
            name: Some(task.place_name.clone()).filter(|name| !name.is_empty()),
        });
        Self {
            id: task.id,
            title: task.title.clone(),
            body: task.body.clone(),
            kind: task.kind,
            region: RegionView::of(tree, &task.region),
            remote: task.remote,
            place,
            starts_at: task.starts_at,
            ends_at: task.ends_at,
            minutes: task.minutes,
            slots: task.slots,
            taken: task.taken,
            free: task.free(),
            skills: whole.skills.clone(),
            languages: task.wanted_languages(),
            rung: task.rung,
            priority: task.priority,
            host: task.host,
            host_name: whole.host_name.clone(),
            status: task.status,
            certificates: task.wanted_certificates(),
            min_age: task.min_age,
            access: task.offered_access(),
            radius_km: task.radius_km,
            created_at: task.created_at,
            updated_at: task.updated_at,
        }
    }
}

/// Where a person stands with a task.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AssignmentView {
    /// The task.
    pub task: TaskId,
    /// The person.
    pub volunteer: VolunteerId,
    /// Where they stand.
    pub state: State,
    /// Since when.
    pub changed_at: Instant,
    /// Places the task has left.
    pub free: i32,
}

/// A person on a task, for its leaders.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Their state.
    pub assignment: Assignment,
    /// Their display name; their address where they gave none.
    pub name: String,
}

/// When it is, in the zone of the place: "Saturday, Nov 21, 10:00 AM – 12:00 PM".
pub fn when_text(l: &Lang, task: &Task) -> String {
    let zone = task.tz();
    match (task.starts_at, task.ends_at) {
        (None, None) => l.say("task-when-any").to_string(),
        (None, Some(until)) => l
            .say("task-when-until")
            .with("day", l.weekday(until, zone))
            .to_string(),
        (Some(starts), ends) => {
            let length = Duration::minutes(i64::from(task.minutes));
            let ends = ends.unwrap_or(starts + length);
            let same = starts.local(zone).date_naive() == ends.local(zone).date_naive();
            let to = if same {
                l.time(ends, zone)
            } else {
                l.moment(ends, zone)
            };
            l.say("task-when-span")
                .with("from", l.moment(starts, zone))
                .with("to", to)
                .to_string()
        }
    }
}

/// How long it takes: "40 minutes", "2 hours".
pub fn length_text(l: &Lang, minutes: i32) -> String {
    if minutes >= 60 && minutes % 60 == 0 {
        l.say("task-hours").with("n", minutes / 60).to_string()
    } else {
        l.say("task-minutes").with("n", minutes).to_string()
    }
}

/// The picture of a kind, by its name in `icons.svg`.
pub const fn icon(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Calls => "phone",
        TaskKind::Doors => "door",
        TaskKind::ListeningNote | TaskKind::Translation => "speak",
        TaskKind::Shift => "clock",
        TaskKind::EventHosted | TaskKind::EventAttended => "event",
        TaskKind::Donation => "give",
        TaskKind::DataEntry => "keyboard",
        TaskKind::Training => "train",
    }
}

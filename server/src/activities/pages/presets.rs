//! What one tap saves on `/log`: tasks of today, what was done last, what newcomers usually do.

use super::super::{Kind, Weights, Work, record, words_of, worth};
use super::{icon, zone_of};
use crate::app::App;
use crate::error::Error;
use crate::ids::{TaskId, secret};
use crate::ledger::{Mission, Points};
use crate::sessions::Viewer;
use crate::tasks::Task;
use crate::words::Lang;

/// Presets offered.
const OFFERED: usize = 3;
/// Of them for tasks: what was done last keeps a place.
const TASKS: usize = 2;
/// What a newcomer may tap.
const USUAL: [Numbers; OFFERED] = [
    Numbers::of(Kind::Doors, Some(12), None),
    Numbers::of(Kind::Calls, Some(30), None),
    Numbers::of(Kind::Shift, None, Some(120)),
];

/// An entry by its numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Numbers {
    kind: Kind,
    quantity: Option<i32>,
    conversations: Option<i32>,
    minutes: Option<i32>,
}

impl Numbers {
    const fn of(kind: Kind, quantity: Option<i32>, minutes: Option<i32>) -> Self {
        Self {
            kind,
            quantity,
            conversations: None,
            minutes,
        }
    }

    /// What a task usually comes to; none for a kind that needs words of its own or a number that
    /// nobody can foresee.
    fn of_task(task: &Task, last: &[Self]) -> Option<Self> {
        let kind: Kind = task.kind.as_str().parse().ok()?;
        let known = last.iter().chain(&USUAL).find(|known| known.kind == kind);
        match kind {
            Kind::Shift | Kind::DataEntry | Kind::Translation => {
                Some(Self::of(kind, None, Some(task.minutes)))
            }
            Kind::Training | Kind::EventAttended => Some(Self::of(kind, None, None)),
            Kind::Calls | Kind::Doors => known.copied(),
            Kind::ListeningNote | Kind::EventHosted | Kind::Donation | Kind::Recruit => None,
        }
    }
}

/// One button.
pub struct Preset {
    /// Its idempotency key.
    pub key: String,
    /// What kind of work.
    pub kind: &'static str,
    /// Its picture.
    pub icon: &'static str,
    /// Dials, doors, guests or dollars.
    pub quantity: Option<i32>,
    /// How many of them talked.
    pub conversations: Option<i32>,
    /// How long it took.
    pub minutes: Option<i32>,
    /// For which task.
    pub task: Option<TaskId>,
    /// All it saves, in words.
    pub what: String,
    /// Where it comes from: a task's title, the day it was done last, or what is usual.
    pub from: String,
    /// What it earns.
    pub earns: Points,
}

/// The viewer's presets: at most [`OFFERED`], no two alike, worth what kinds count this week.
///
/// # Errors
/// When the database is away.
pub async fn of(
    app: &App,
    viewer: &Viewer,
    weights: &Weights,
    l: &Lang,
) -> Result<Vec<Preset>, Error> {
    let zone = zone_of(viewer);
    let doable = record::doable(app, viewer, zone).await?;
    let latest = record::latest(app, viewer, OFFERED).await?;
    let last: Vec<(Numbers, String)> = latest
        .iter()
        .filter_map(|line| {
            let kind: Kind = line.kind.parse().ok()?;
            // A note or a training is not done a second time by a tap.
            let again = !matches!(kind, Kind::ListeningNote | Kind::Training | Kind::Recruit);
            let numbers = Numbers {
                conversations: line.conversations,
                ..Numbers::of(kind, line.quantity, line.minutes)
            };
            let day = l.weekday(line.occurred_at, zone);
            let from = if day == l.weekday(app.clock.now(), zone) {
                l.say("log-preset-again-today").to_string()
            } else {
                l.say("log-preset-again").with("day", day).to_string()
            };
            again.then_some((numbers, from))
        })
        .collect();
    let numbers: Vec<Numbers> = last.iter().map(|(numbers, _)| *numbers).collect();
    let for_tasks = doable.into_iter().filter_map(|task| {
        let numbers = Numbers::of_task(&task, &numbers)?;
        Some((numbers, task.title, Some(task.id)))
    });
    let for_tasks = for_tasks.take(TASKS);
    let usual = l.say("log-preset-usual").to_string();
    let again = last
        .into_iter()
        .map(|(numbers, from)| (numbers, from, None));
    let preset = |numbers: Numbers, from, task| {
        preset(app, l, numbers, weights.of(numbers.kind), (from, task))
    };
    let mut presets: Vec<Preset> = for_tasks
        .chain(again)
        .filter_map(|(numbers, from, task)| preset(numbers, from, task))
        .take(OFFERED)
        .collect();
    for numbers in USUAL {
        let known = presets.iter().any(|one| one.kind == numbers.kind.as_str());
        if presets.len() < OFFERED && !known {
            presets.extend(preset(numbers, usual.clone(), None));
        }
    }
    Ok(presets)
}

fn preset(
    app: &App,
    l: &Lang,
    numbers: Numbers,
    weight: Mission,
    (from, task): (String, Option<TaskId>),
) -> Option<Preset> {
    let Numbers {
        kind,
        quantity,
        conversations,
        minutes,
    } = numbers;
    let number = |column: Option<i32>| column.and_then(|n| u32::try_from(n).ok());
    let work = Work::of(
        kind,
        number(quantity),
        number(conversations),
        number(minutes),
    )?;
    let what = words_of(l, kind.as_str(), quantity, conversations, minutes);
    Some(Preset {
        key: secret(16),
        kind: kind.as_str(),
        icon: icon(kind),
        quantity,
        conversations,
        minutes,
        task,
        what: l.say("log-preset-today").with("what", what).to_string(),
        from,
        earns: worth(&app.scoring, &work, weight).base,
    })
}

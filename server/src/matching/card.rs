//! A task as lists and pages show it to one reader.

use super::codes::{miles_of, tenth};
use super::{CaveatSaid, Said, SuggestionView};
use crate::app::App;
use crate::ledger::Points;
use crate::region_code::RegionCode;
use crate::tasks::{self, Task, TaskKind, Whole};
use crate::words::Lang;

/// A task as `tasks/card.html` shows it.
pub struct Card {
    /// The task.
    pub task: Task,
    /// Its picture.
    pub icon: &'static str,
    /// When, in words.
    pub when: String,
    /// How long, in words.
    pub length: String,
    /// Where, in words; empty where that is not known.
    pub place: String,
    /// The host's name; may be empty.
    pub host: String,
    /// What it earns, in words.
    pub points: String,
    /// Why it suits the reader; may be empty.
    pub reasons: Vec<Said>,
    /// What to know before saying yes.
    pub caveat: Option<CaveatSaid>,
    /// Whether it is for people of another region than the reader's.
    pub foreign: bool,
    /// Whether the reader is on it already.
    pub mine: bool,
}

impl Card {
    /// The card of a task for a reader of the region `home`, without reasons.
    pub fn new(app: &App, l: &Lang, home: &RegionCode, whole: &Whole) -> Self {
        let task = whole.task.clone();
        Self {
            icon: tasks::icon(task.kind),
            when: tasks::when_text(l, &task),
            length: tasks::length_text(l, task.minutes),
            place: if task.remote {
                l.say("task-from-home").to_string()
            } else {
                task.place_name.clone()
            },
            host: whole.host_name.clone().unwrap_or_default(),
            points: earns(app, l, &task),
            reasons: Vec::new(),
            caveat: None,
            foreign: !home.is_under(&task.region),
            mine: false,
            task,
        }
    }

    /// The card of one of somebody's five.
    pub fn of(app: &App, l: &Lang, home: &RegionCode, suggestion: &SuggestionView) -> Self {
        let mut card = Self {
            reasons: suggestion.reasons.clone(),
            caveat: suggestion.caveat.clone(),
            ..Self::new(app, l, home, &suggestion.whole)
        };
        if let Some(km) = suggestion.km {
            let parts = [card.place, miles(l, km)];
            card.place = parts
                .iter()
                .filter(|part| !part.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" · ");
        }
        card
    }

    /// Whether the reader may say yes from here.
    pub fn is_free(&self) -> bool {
        !self.mine && !self.foreign && self.task.free() > 0
    }

    /// The key of its kind's name.
    pub fn kind_key(&self) -> &'static str {
        match self.task.kind {
            TaskKind::Calls => "task-kind-calls",
            TaskKind::Doors => "task-kind-doors",
            TaskKind::ListeningNote => "task-kind-listening_note",
            TaskKind::Shift => "task-kind-shift",
            TaskKind::EventHosted => "task-kind-event_hosted",
            TaskKind::EventAttended => "task-kind-event_attended",
            TaskKind::Donation => "task-kind-donation",
            TaskKind::DataEntry => "task-kind-data_entry",
            TaskKind::Translation => "task-kind-translation",
            TaskKind::Training => "task-kind-training",
        }
    }
}

/// "2.1 miles away", as the reasons and caveats have it.
pub(super) fn miles(l: &Lang, km: f64) -> String {
    let shown = miles_of(tenth(km));
    l.say("task-away").with("miles", shown).to_string()
}

/// What a kind earns, from the scoring file.
fn earns(app: &App, l: &Lang, task: &Task) -> String {
    let scoring = &app.scoring;
    let both = |key, each: Points, talk: Points| {
        l.say(key)
            .with("each", each.as_f64())
            .with("talk", talk.as_f64())
            .to_string()
    };
    let about = |points: f64| {
        let points = points.round();
        l.say("task-earns-about").with("points", points).to_string()
    };
    let hours = f64::from(task.minutes) / 60.0;
    match task.kind {
        TaskKind::Calls => both(
            "task-earns-calls",
            scoring.calls.dial,
            scoring.calls.conversation,
        ),
        TaskKind::Doors => both(
            "task-earns-doors",
            scoring.doors.door,
            scoring.doors.conversation,
        ),
        TaskKind::EventHosted => both(
            "task-earns-hosted",
            scoring.event_hosted.hosting,
            scoring.event_hosted.guest,
        ),
        TaskKind::Donation => l
            .say("task-earns-donation")
            .with("each", scoring.donation.donor.as_f64())
            .to_string(),
        TaskKind::ListeningNote => about(scoring.listening_note.note.as_f64()),
        TaskKind::Shift => about(scoring.shift.hour.as_f64() * hours),
        TaskKind::EventAttended => about(scoring.event_attended.attending.as_f64()),
        TaskKind::DataEntry => about(scoring.data_entry.hour.as_f64() * hours),
        TaskKind::Translation => about(scoring.translation.hour.as_f64() * hours),
        TaskKind::Training => about(scoring.training.training.as_f64()),
    }
}

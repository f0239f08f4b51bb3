//! A week of one's own, line by line, so that it adds up.

use chrono_tz::Tz;

use super::super::{Record, Recorded, what, why};
use crate::app::App;
use crate::ledger::{Points, Verification};
use crate::words::Lang;

/// The lines of a record, the newest first, and their sum.
pub struct Ledger {
    /// The lines.
    pub rows: Vec<Row>,
    /// What they earned together.
    pub base: Points,
    /// What of it counts before the soft cap.
    pub net: Points,
    /// What the soft cap leaves of that, where it takes something.
    pub capped: Option<Points>,
    /// What counts in full before the soft cap begins.
    pub full: Points,
}

/// One line.
pub struct Row {
    /// What it is about.
    pub what: String,
    /// When that was done; empty for a correction, which says it itself.
    pub day: String,
    /// What it earned; empty for a correction that changes nothing about that.
    pub points: String,
    /// What it adds to what counts.
    pub counts: String,
    /// Why.
    pub why: String,
}

impl Ledger {
    /// The lines of `record`, with days in `zone`.
    pub fn new(l: &Lang, app: &App, zone: Tz, record: &Record) -> Self {
        let net: Points = record
            .lines
            .iter()
            .map(|recorded| recorded.line.counted())
            .sum();
        Self {
            rows: record
                .lines
                .iter()
                .rev()
                .map(|recorded| row(l, app, zone, record, recorded))
                .collect(),
            base: record.base,
            net,
            capped: Some(record.counted).filter(|counted| *counted != net),
            full: app.scoring.soft_cap.full,
        }
    }
}

fn row(l: &Lang, app: &App, zone: Tz, record: &Record, recorded: &Recorded) -> Row {
    let line = &recorded.line;
    let about = line.corrects.and_then(|entry| {
        let mut entries = record.lines.iter().map(|other| &other.line);
        entries.find(|other| other.id == entry)
    });
    let (what, day) = match (line.corrects, about) {
        (None, _) => (what(l, line), l.day(line.occurred_at, zone)),
        (Some(_), about) => {
            let entry = about.unwrap_or(line);
            let outcome = match line.verification() {
                Verification::Approved => "confirmed",
                Verification::Rejected => "rejected",
                Verification::Reversed => "reversed",
                Verification::Held | Verification::Unverified => "held",
            };
            let said = l
                .say("points-correction")
                .with("what", what(l, entry))
                .with("day", l.day(entry.occurred_at, zone))
                .with("outcome", outcome);
            (said.to_string(), String::new())
        }
    };
    Row {
        what,
        day,
        points: match line.corrects {
            None => line.base().to_string(),
            Some(_) if line.base == 0 => String::new(),
            Some(_) => signed(line.base()),
        },
        counts: signed(line.counted()),
        why: why(l, &app.scoring, recorded),
    }
}

/// A difference with its sign.
fn signed(points: Points) -> String {
    if points > Points::ZERO {
        format!("+{points}")
    } else {
        points.to_string()
    }
}

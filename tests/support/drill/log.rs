//! The operation log: what was asked, and what the one who asked was told.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use muster::ids::VolunteerId;
use serde_json::json;

/// How an operation ended for the one who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Saved, under this id.
    Saved(String),
    /// Refused for now: 503, to be sent again.
    Busy,
    /// Refused for good, with this status.
    Refused(u16),
    /// No answer: it may be saved or not.
    Lost,
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Saved(_) => "saved",
            Self::Busy => "busy",
            Self::Refused(_) => "refused",
            Self::Lost => "lost",
        }
    }
}

/// Something that somebody wants logged, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its key.
    pub key: String,
    /// Who did it.
    pub person: VolunteerId,
    /// How many doors.
    pub quantity: i64,
}

/// All that is known of an operation.
#[derive(Debug, Clone)]
pub struct Told {
    /// What was asked.
    pub operation: Operation,
    /// The id that was told; all answers must name the same.
    pub id: Option<String>,
    /// The status of a refusal for good.
    pub refused: Option<u16>,
    /// Two different ids that were told for it.
    pub contradiction: Option<String>,
}

/// One answer, or none.
#[derive(Debug, Clone, Copy)]
struct Answer {
    asked: Instant,
    at: Instant,
    took: Duration,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Saved,
    Busy,
    Lost,
    Refused,
}

#[derive(Default)]
struct State {
    operations: HashMap<String, Told>,
    answers: Vec<Answer>,
    saved: usize,
}

/// The log of one drill: in memory for the judge, and in a file for whoever wants to know.
pub struct Log {
    began: Instant,
    state: Mutex<State>,
    file: Mutex<BufWriter<File>>,
}

/// What was answered in a span of time.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Answers that it was saved.
    pub saved: usize,
    /// Refusals for now.
    pub busy: usize,
    /// Whatever else: no answer, a refusal for good.
    pub other: usize,
    /// How long those that were saved took, sorted.
    pub saved_took: Vec<Duration>,
    /// How long refusals took, sorted.
    pub busy_took: Vec<Duration>,
}

impl Figures {
    /// The longest of the shortest `percent` (0–100) of `took`; zero where there is none.
    pub fn quantile(took: &[Duration], percent: usize) -> Duration {
        let last = took.len().saturating_sub(1);
        let at = (last * percent).div_ceil(100);
        took.get(at).copied().unwrap_or_default()
    }
}

impl Log {
    /// A log that writes into the file `path`, an object a line.
    pub fn create(path: &Path) -> Self {
        Self {
            began: Instant::now(),
            state: Mutex::default(),
            file: Mutex::new(BufWriter::new(File::create(path).expect("a file"))),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, line: &serde_json::Value) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(file, "{line}").expect("room for the log");
    }

    /// A line about what was done to the campaign.
    pub fn note(&self, what: &str) {
        let at = self.began.elapsed().as_millis();
        self.write(&json!({"at_ms": at, "event": what}));
    }

    /// Before an operation is sent for the first time: what is sent may be stored.
    pub fn asks(&self, operation: &Operation) {
        let told = Told {
            operation: operation.clone(),
            id: None,
            refused: None,
            contradiction: None,
        };
        let known = self.state().operations.insert(operation.key.clone(), told);
        assert!(known.is_none(), "{} is asked twice", operation.key);
    }

    /// What came back from `node`, after `took`.
    pub fn hears(&self, operation: &Operation, node: &str, outcome: &Outcome, took: Duration) {
        let at = Instant::now();
        {
            let mut state = self.state();
            let kind = match outcome {
                Outcome::Saved(_) => Kind::Saved,
                Outcome::Busy => Kind::Busy,
                Outcome::Lost => Kind::Lost,
                Outcome::Refused(_) => Kind::Refused,
            };
            let asked = at.checked_sub(took).unwrap_or(at);
            state.answers.push(Answer {
                asked,
                at,
                took,
                kind,
            });
            let told = state.operations.get_mut(&operation.key).expect("asked");
            let mut first = false;
            match outcome {
                Outcome::Saved(id) => match &told.id {
                    Some(known) if known != id => {
                        told.contradiction = Some(format!("{known} and {id}"));
                    }
                    Some(_) => {}
                    None => {
                        told.id = Some(id.clone());
                        first = true;
                    }
                },
                Outcome::Refused(status) => told.refused = Some(*status),
                Outcome::Busy | Outcome::Lost => {}
            }
            state.saved += usize::from(first);
        }
        let mut line = json!({
            "at_ms": self.began.elapsed().as_millis(), "key": operation.key, "node": node,
            "quantity": operation.quantity, "outcome": outcome.word(), "took_ms": took.as_millis(),
        });
        match outcome {
            Outcome::Saved(id) => line["id"] = json!(id),
            Outcome::Refused(status) => line["status"] = json!(status),
            _ => {}
        }
        self.write(&line);
    }

    /// Operations that were acknowledged.
    pub fn saved(&self) -> usize {
        self.state().saved
    }

    /// Operations asked.
    pub fn asked(&self) -> usize {
        self.state().operations.len()
    }

    /// Requests that were sent and never answered.
    pub fn unanswered(&self) -> usize {
        let state = self.state();
        let lost = state
            .answers
            .iter()
            .filter(|answer| answer.kind == Kind::Lost);
        lost.count()
    }

    /// Everything that is known.
    pub fn told(&self) -> Vec<Told> {
        self.state().operations.values().cloned().collect()
    }

    /// When something was saved first after `since`.
    pub fn saved_after(&self, since: Instant) -> Option<Instant> {
        let state = self.state();
        let mut saved = state.answers.iter().rev();
        let mut first = None;
        while let Some(answer) = saved.next().filter(|answer| answer.at >= since) {
            // What was asked before may have been answered by what was there before.
            if answer.kind == Kind::Saved && answer.asked >= since {
                first = Some(answer.at);
            }
        }
        first
    }

    /// What was asked and answered between `from` and `until`.
    pub fn figures(&self, from: Instant, until: Instant) -> Figures {
        let mut figures = Figures::default();
        let state = self.state();
        let within = |answer: &&Answer| answer.asked >= from && answer.at <= until;
        for answer in state.answers.iter().filter(within) {
            match answer.kind {
                Kind::Saved => figures.saved_took.push(answer.took),
                Kind::Busy => figures.busy_took.push(answer.took),
                Kind::Lost | Kind::Refused => figures.other += 1,
            }
        }
        drop(state);
        (figures.saved, figures.busy) = (figures.saved_took.len(), figures.busy_took.len());
        figures.saved_took.sort_unstable();
        figures.busy_took.sort_unstable();
        figures
    }
}

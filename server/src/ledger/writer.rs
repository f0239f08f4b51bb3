//! The one task of a node that writes the ledger.
//!
//! It stands on a thread of its own: it takes the first entry that waits and everything behind it,
//! commits them in one transaction, answers, and tells the other nodes. Nothing is acknowledged
//! before its commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::batch::{self, Answers, Terms};
use super::model::{Entry, Written};
use super::{Counts, Rulebook, ScoringConfig};
use crate::clock::Clock;
use crate::cluster::Cluster;
use crate::db::Db;
use crate::error::Error;
use crate::trace::{Kind, Tracer, Value};

/// A refusal that took so long was a wait: SQLite's for a lock takes two seconds.
const LONG: Duration = Duration::from_secs(1);

/// What waits in the queue.
pub enum Message {
    /// An entry and who waits for its answer.
    Write(Box<Entry>, oneshot::Sender<Result<Written, Error>>),
    /// No more entries are taken; those that wait are written, then this is answered.
    Stop(oneshot::Sender<()>),
}

/// What the writer works with; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub db: Db,
    pub cluster: Cluster,
    pub clock: Clock,
    pub scoring: Arc<ScoringConfig>,
    pub rules: Arc<dyn Rulebook>,
    pub counts: Counts,
    pub tracer: Option<Tracer>,
}

/// The thread's loop; ends when it is told to stop or nobody can send any more.
pub fn run(desk: &Desk, mut inbox: mpsc::Receiver<Message>, batch: usize) {
    let mut messages = Vec::with_capacity(batch);
    let mut stopped = Vec::new();
    while inbox.blocking_recv_many(&mut messages, batch) > 0 {
        let mut entries = Vec::with_capacity(messages.len());
        let mut waiters = Vec::with_capacity(messages.len());
        for message in messages.drain(..) {
            match message {
                Message::Write(entry, waiter) => {
                    entries.push(*entry);
                    waiters.push(waiter);
                }
                Message::Stop(waiter) => {
                    inbox.close();
                    stopped.push(waiter);
                }
            }
        }
        if !entries.is_empty() {
            let begun = Instant::now();
            let answers = answers(desk, &entries);
            let refused = answers
                .iter()
                .all(|answer| matches!(answer, Err(Error::Unavailable { .. })));
            if refused && begun.elapsed() >= LONG {
                refuse(&mut inbox, &mut stopped, &answers);
            }
            for (waiter, answer) in waiters.into_iter().zip(answers) {
                // Who no longer waits will ask again with the same key.
                let _ = waiter.send(answer);
            }
        }
    }
    for waiter in stopped {
        let _ = waiter.send(());
    }
}

/// Refuses everything that waited behind a batch that waited in vain: to wait again, for the same
/// lock, would give the same.
fn refuse(
    inbox: &mut mpsc::Receiver<Message>,
    stopped: &mut Vec<oneshot::Sender<()>>,
    batch: &Answers,
) {
    let Some(Err(error)) = batch.first() else {
        return;
    };
    for _ in 0..inbox.len() {
        match inbox.try_recv() {
            Ok(Message::Write(_, waiter)) => drop(waiter.send(Err(error.clone()))),
            Ok(Message::Stop(waiter)) => {
                inbox.close();
                stopped.push(waiter);
            }
            Err(_) => return,
        }
    }
}

/// Writes a batch. A fault that is not of the moment must not take neighbours with it, so such a
/// batch is written again entry by entry.
fn answers(desk: &Desk, entries: &[Entry]) -> Answers {
    match write(desk, entries) {
        Ok(answers) => answers,
        Err(error @ Error::Internal(_)) if entries.len() > 1 => {
            tracing::error!(%error, entries = entries.len(), "a batch failed; its entries go one by one");
            entries
                .iter()
                .map(|entry| {
                    write(desk, std::slice::from_ref(entry))
                        .and_then(|mut answers| answers.remove(0))
                })
                .collect()
        }
        Err(error) => entries.iter().map(|_| Err(error.clone())).collect(),
    }
}

fn write(desk: &Desk, entries: &[Entry]) -> Result<Answers, Error> {
    let terms = Terms {
        scoring: &desk.scoring,
        rules: &*desk.rules,
        now: desk.clock.now(),
    };
    // A batch is many requests' work: a trace of its own.
    let tracer = desk.tracer.as_ref();
    let mut span = tracer.and_then(|tracer| tracer.begin(Kind::Internal, "ledger commit"));
    if let Some(span) = &mut span {
        let entries = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        span.say("muster.entries", Value::Number(entries));
    }
    let begun = Instant::now();
    let written = catch_unwind(AssertUnwindSafe(|| {
        desk.db
            .write_blocking(|conn| batch::write(conn, &terms, entries))
    }));
    let (answers, moved) = written
        .unwrap_or_else(|_| Err(Error::Internal("the writing of a batch panicked".into())))
        .inspect_err(|_| {
            if let Some(span) = &mut span {
                span.fail();
            }
            desk.counts.failed.inc();
        })?;
    drop(span);
    let size = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    desk.counts.batch.observe(f64::from(size));
    desk.counts.commit.observe(begun.elapsed().as_secs_f64());
    moved.publish(&desk.cluster);
    Ok(answers)
}

//! The append-only ledger of points and the task that writes it.
//!
//! [`Ledger`] is the only way in: it takes checked entries from every request of a node, commits
//! them in batches and folds them into totals (architecture.md, "The write path of an activity").
//! What the kinds of work are worth and when an entry is refused is not known here: a [`Rulebook`]
//! is asked while a batch is written.

mod batch;
mod compose;
mod correct;
mod counts;
mod fold;
mod model;
mod moved;
mod points;
mod rules;
mod scoring;
mod scoring_file;
mod store;
mod verify;
mod week;
mod weight;
mod writer;

pub use compose::composed;
pub use correct::{Corrected, Decision};
pub use counts::Counts;
pub use model::{
    Candidate, Entry, EntryState, Line, MemberWeek, Person, RegionWeek, Standing, Verification,
    Written,
};
pub use points::*;
pub use scoring::*;
pub use scoring_file::*;
pub use verify::{Difference, rebuild, verify};
pub use week::*;
pub use weight::*;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::clock::{Clock, Instant};
use crate::cluster::Cluster;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::trace::{self, Kind, Tracer};
use writer::{Desk, Message};

/// What the kinds of work mean, asked inside the writing transaction.
pub trait Rulebook: Send + Sync + 'static {
    /// Whether entries of `kind` depend on what else the person did, so that nobody else may write
    /// for them meanwhile.
    fn looks_back(&self, kind: &str) -> bool;

    /// Looks at candidates before they are written: may cut their base, hold or refuse them. Those
    /// whose key is in the ledger already get their first answer whatever is decided here.
    ///
    /// # Errors
    /// When the batch cannot be judged at all.
    fn weigh(
        &self,
        conn: &mut Conn,
        candidates: &mut [Candidate],
        now: Instant,
    ) -> Result<(), Error>;

    /// Whether `week` takes no new entries any more that count in `region`.
    fn is_final(&self, week: &str, region: &RegionCode, now: Instant) -> bool;

    /// Entries of the system's own that follow from lines now approved.
    ///
    /// # Errors
    /// When the database cannot be asked.
    fn follow(
        &self,
        conn: &mut Conn,
        approved: &[&Line],
        now: Instant,
    ) -> Result<Vec<Entry>, Error>;
}

/// How much may wait, and how much is written at once.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Entries that wait at most; beyond it they are turned away.
    pub queue: u32,
    /// Entries in one transaction at most.
    pub batch: u32,
}

/// The ledger of a node; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    inbox: mpsc::Sender<Message>,
    desk: Desk,
}

impl Ledger {
    /// Starts the writer. It ends with [`Ledger::stop`], or when the last clone is dropped.
    ///
    /// # Errors
    /// One sentence when the machine gives no thread.
    pub fn open(
        db: Db,
        cluster: Cluster,
        clock: Clock,
        scoring: Arc<ScoringConfig>,
        rules: Arc<dyn Rulebook>,
        size: Size,
        tracer: Option<Tracer>,
    ) -> Result<Self, String> {
        let (inbox, outbox) = mpsc::channel(size.queue as usize);
        let desk = Desk {
            db,
            cluster,
            clock,
            scoring,
            rules,
            counts: Counts::default(),
            tracer,
        };
        let at_work = desk.clone();
        std::thread::Builder::new()
            .name("ledger".into())
            .spawn(move || writer::run(&at_work, outbox, size.batch as usize))
            .map_err(|why| format!("The ledger's thread cannot be started: {why}."))?;
        Ok(Self { inbox, desk })
    }

    /// Writes one entry and waits for its commit.
    ///
    /// # Errors
    /// `Unavailable` when the queue is full or the database away; `Invalid` for a key that came with
    /// another body, or by the rulebook; `NotFound` when the person is not there.
    pub async fn write(&self, entry: Entry) -> Result<Written, Error> {
        let _waits = trace::part(Kind::Internal, "ledger queue");
        let (reply, answer) = oneshot::channel();
        let sent = async {
            self.inbox
                .try_send(Message::Write(Box::new(entry), reply))
                .map_err(|_| self.full(1))?;
            answered(answer).await
        };
        self.desk.db.attend(sent).await
    }

    /// Writes many entries, each for itself; gives an answer each, in their order.
    ///
    /// # Errors
    /// `Unavailable` when the queue has no room, and nothing was written.
    pub async fn write_all(
        &self,
        entries: Vec<Entry>,
    ) -> Result<Vec<Result<Written, Error>>, Error> {
        let room = (self.inbox.max_capacity() / 2).max(1);
        let mut answers = Vec::with_capacity(entries.len());
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            let some: Vec<Entry> = entries.by_ref().take(room).collect();
            let count = some.len();
            let Ok(places) = self.inbox.try_reserve_many(count) else {
                let full = self.full(count as u64);
                if answers.is_empty() {
                    return Err(full);
                }
                answers.extend((0..count).map(|_| Err(full.clone())));
                continue;
            };
            let waiting: Vec<_> = places
                .zip(some)
                .map(|(place, entry)| {
                    let (reply, answer) = oneshot::channel();
                    place.send(Message::Write(Box::new(entry), reply));
                    answer
                })
                .collect();
            for answer in waiting {
                answers.push(self.desk.db.attend(answered(answer)).await);
            }
        }
        Ok(answers)
    }

    /// Whether `week` takes no new entries any more that count in `region`.
    pub fn is_final(&self, week: &str, region: &RegionCode) -> bool {
        let now = self.desk.clock.now();
        self.desk.rules.is_final(week, region, now)
    }

    /// What was counted since the start.
    pub fn counts(&self) -> &Counts {
        &self.desk.counts
    }

    /// Entries that wait at this moment.
    pub fn waiting(&self) -> usize {
        self.inbox.max_capacity() - self.inbox.capacity()
    }

    /// Turns `count` entries away.
    fn full(&self, count: u64) -> Error {
        self.desk.counts.refused.inc_by(count);
        Error::Unavailable { retry_after: 1 }
    }

    /// Takes no more entries, and returns when those that wait are committed and answered.
    pub async fn stop(&self) {
        let (reply, done) = oneshot::channel();
        if self.inbox.send(Message::Stop(reply)).await.is_ok() {
            // An error means that it had stopped before.
            let _ = done.await;
        }
    }
}

/// A number for each of these people that rises with each of their lines; who has none is left out.
pub fn versions(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> Result<Vec<(VolunteerId, i64)>, Error> {
    Ok(store::totals::list_versions(conn, scope, people)?)
}

/// The writer's answer; without a writer there is none.
async fn answered(answer: oneshot::Receiver<Result<Written, Error>>) -> Result<Written, Error> {
    let gone = Err(Error::Unavailable { retry_after: 1 });
    answer.await.unwrap_or(gone)
}

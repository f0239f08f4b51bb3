//! Looking viewers up, many at a time: who asks while a question is under way is answered by the
//! next one, so that a rush of people costs the database few questions.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{Viewer, store};
use crate::clock::Instant;
use crate::db::{Db, urgently};
use crate::error::Error;
use crate::ids::SessionId;

/// Sessions in one question at most.
const TOGETHER: usize = 500;
/// Requests that wait at most; beyond it they are turned away.
const WAITING: usize = 10_000;

/// How long a question may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The viewer of a session that is alive, or nobody.
pub(super) type Answer = Result<Option<Arc<Viewer>>, Error>;

struct Asked {
    session: SessionId,
    now: Instant,
    reply: oneshot::Sender<Answer>,
}

#[derive(Default)]
struct Queue {
    asked: Vec<Asked>,
    /// Whether somebody is at work on it.
    served: bool,
}

/// Ended before its time, with the runtime it stood on, it turns everybody who waits away: nobody
/// would answer them.
struct AtWork {
    lookups: Lookups,
    done: bool,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if !self.done {
            *self.lookups.queue() = Queue::default();
        }
    }
}

impl AtWork {
    async fn serve(mut self, db: Db) {
        while let Some(asked) = self.lookups.next() {
            // One browser asks many times at once; each session is looked up once.
            let sessions: BTreeSet<SessionId> = asked.iter().map(|one| one.session).collect();
            let sessions: Vec<SessionId> = sessions.into_iter().collect();
            let Some(now) = asked.iter().map(|one| one.now).max() else {
                continue;
            };
            let read = db.read(move |conn| Ok(store::list_viewers(conn, &sessions, now)?));
            // Nobody can be let in before it is known who they are.
            let found = timeout(PATIENCE, urgently(read))
                .await
                .unwrap_or(Err(Error::Unavailable { retry_after: 1 }));
            // Who came meanwhile would wait as long, and for the same.
            let others = found
                .is_err()
                .then(|| std::mem::take(&mut self.lookups.queue().asked));
            for one in asked.into_iter().chain(others.into_iter().flatten()) {
                let answer = found
                    .as_ref()
                    .map(|viewers| viewers.get(&one.session).cloned())
                    .map_err(Error::clone);
                // Who no longer waits has hung up.
                let _ = one.reply.send(answer);
            }
        }
        self.done = true;
    }
}

/// Who waits; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Lookups(Arc<Mutex<Queue>>);

impl Lookups {
    /// The viewer of `session` at `now`, from the database.
    ///
    /// # Errors
    /// `Unavailable` when the database is away or too many wait.
    pub async fn find(&self, db: &Db, session: SessionId, now: Instant) -> Answer {
        let (reply, answer) = oneshot::channel();
        let asked = Asked {
            session,
            now,
            reply,
        };
        if self.join(asked)? {
            // On its own: whoever asked first may hang up before the others are answered.
            let at_work = AtWork {
                lookups: self.clone(),
                done: false,
            };
            tokio::spawn(at_work.serve(db.clone()));
        }
        answer
            .await
            .unwrap_or(Err(Error::Unavailable { retry_after: 1 }))
    }

    /// Waits in line; says whether nobody is at work yet.
    fn join(&self, asked: Asked) -> Result<bool, Error> {
        let mut queue = self.queue();
        if queue.asked.len() >= WAITING {
            return Err(Error::Unavailable { retry_after: 1 });
        }
        queue.asked.push(asked);
        Ok(!std::mem::replace(&mut queue.served, true))
    }

    /// The next to be answered; `None`, and nobody at work any more, when no one waits.
    fn next(&self) -> Option<Vec<Asked>> {
        let mut queue = self.queue();
        queue.served = !queue.asked.is_empty();
        let some = queue.asked.len().min(TOGETHER);
        queue.served.then(|| queue.asked.drain(..some).collect())
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

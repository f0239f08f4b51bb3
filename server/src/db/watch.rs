//! Whether the database is there. Who is told that it is away need not find out by waiting.
//!
//! A dead connection, a failed connect or an answer that takes long is a reason to look; then one
//! thread tries to connect until it can. The database is away while that fails and nothing is heard
//! from it over the connections there are: one that is only full still serves.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection};
use tokio::sync::watch;

use super::address::first_line;
use crate::error::Error;

/// An answer that takes longer is a reason to look.
const SLOW: Duration = Duration::from_secs(1);
/// A connection whose end took this long to be noticed was not closed, but silent.
const SILENCE: Duration = Duration::from_millis(500);
/// Between two tries to connect.
const PAUSE: Duration = Duration::from_millis(500);

/// One eye on the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Watch(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    url: String,
    away: watch::Sender<bool>,
    looking: AtomicBool,
    /// Connections of an earlier age are not used again.
    age: AtomicU64,
    /// Those that answered before the last doubt are asked before they are used.
    doubts: AtomicU64,
    heard: Mutex<Instant>,
    outages: Mutex<Outages>,
}

/// How long it was away.
#[derive(Debug, Default)]
struct Outages {
    before: Duration,
    since: Option<Instant>,
}

fn away() -> Error {
    Error::Unavailable { retry_after: 1 }
}

impl Watch {
    /// For a database that is a file of this machine: it is never away.
    pub fn none() -> Self {
        Self(None)
    }

    /// For the server at `url`.
    pub fn over(url: String) -> Self {
        Self(Some(Arc::new(Inner {
            url,
            away: watch::Sender::new(false),
            looking: AtomicBool::new(false),
            age: AtomicU64::new(0),
            doubts: AtomicU64::new(0),
            heard: Mutex::new(Instant::now()),
            outages: Mutex::default(),
        })))
    }

    /// Whether there is one at all.
    pub fn watches(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the database is away, as far as is known.
    pub fn is_away(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| *inner.away.borrow())
    }

    /// How long the database was away since the start; `None` where there is none that could be.
    pub fn time_away(&self) -> Option<Duration> {
        let inner = self.0.as_ref()?;
        let outages = inner.outages();
        let now = outages
            .since
            .map_or(Duration::ZERO, |since| since.elapsed());
        Some(outages.before + now)
    }

    /// What `work` gives, or `Unavailable` as soon as the database is away: then nobody knows what
    /// became of the work, as after a connection that broke.
    pub async fn attend<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let Some(inner) = &self.0 else {
            return work.await;
        };
        let mut left = inner.away.subscribe();
        if *left.borrow_and_update() {
            return Err(away());
        }
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            _ = left.wait_for(|away| *away) => return Err(away()),
            () = tokio::time::sleep(SLOW) => self.look(),
        }
        tokio::select! {
            biased;
            done = &mut work => done,
            _ = left.wait_for(|away| *away) => Err(away()),
        }
    }

    /// Notes that the database answered.
    pub fn hear(&self) {
        if let Some(inner) = &self.0 {
            *inner.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
    }

    /// The age of connections made now.
    pub fn age(&self) -> u64 {
        self.0
            .as_ref()
            .map_or(0, |inner| inner.age.load(Ordering::SeqCst))
    }

    /// How many connections were lost so far.
    pub fn doubts(&self) -> u64 {
        self.0
            .as_ref()
            .map_or(0, |inner| inner.doubts.load(Ordering::SeqCst))
    }

    /// Notes that a connection made at `age` died, which took `took` to be noticed. One that was closed
    /// says so at once: then the others are asked before they are used. Where it was only silence that
    /// told, to ask each of the others could take as long, so none of them is used again.
    pub fn lose(&self, age: u64, took: Duration) {
        if let Some(inner) = &self.0 {
            inner.doubts.fetch_add(1, Ordering::SeqCst);
            if took >= SILENCE {
                let _ =
                    inner
                        .age
                        .compare_exchange(age, age + 1, Ordering::SeqCst, Ordering::SeqCst);
            }
            self.look();
        }
    }

    /// Starts to look, unless somebody does already.
    pub fn look(&self) {
        let Some(inner) = &self.0 else { return };
        if inner.looking.swap(true, Ordering::SeqCst) {
            return;
        }
        let eye = Arc::downgrade(inner);
        let started = thread::Builder::new()
            .name("database-watch".into())
            .spawn(move || look_until_found(&eye));
        if let Err(why) = started {
            tracing::error!(%why, "nobody can look for the database");
            inner.looking.store(false, Ordering::SeqCst);
        }
    }
}

/// Tries to connect until it can, or nobody wants to know any more.
fn look_until_found(eye: &Weak<Inner>) {
    let _looks = Looks(eye.clone());
    while let Some(inner) = eye.upgrade() {
        if inner.try_once() {
            return;
        }
        drop(inner);
        thread::sleep(PAUSE);
    }
}

/// However looking ends, somebody may look again.
struct Looks(Weak<Inner>);

impl Drop for Looks {
    fn drop(&mut self) {
        if let Some(inner) = self.0.upgrade() {
            inner.looking.store(false, Ordering::SeqCst);
        }
    }
}

impl Inner {
    fn try_once(&self) -> bool {
        let began = Instant::now();
        match PgConnection::establish(&self.url) {
            Ok(_) => {
                if self.set_away(false) {
                    tracing::info!("the database is back");
                }
                true
            }
            Err(why) if answers(&why.to_string()) => {
                // The connections there are may serve as well as ever; who needs one more looks again.
                tracing::debug!(%why, "the database takes no more connections");
                self.set_away(false);
                true
            }
            Err(why) if self.heard_since(began) || is_unnamed(&why.to_string()) => {
                tracing::debug!(%why, "the database takes no more connections");
                false
            }
            Err(why) => {
                if !self.set_away(true) {
                    self.age.fetch_add(1, Ordering::SeqCst);
                    let why = why.to_string();
                    tracing::warn!(
                        why = first_line(&why),
                        "the database is away; it is tried again twice a second"
                    );
                }
                false
            }
        }
    }

    /// Gives what was so before.
    fn set_away(&self, away: bool) -> bool {
        let mut outages = self.outages();
        if away {
            outages.since.get_or_insert_with(Instant::now);
        } else if let Some(since) = outages.since.take() {
            outages.before += since.elapsed();
        }
        self.away.send_replace(away)
    }

    fn outages(&self) -> MutexGuard<'_, Outages> {
        self.outages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard_since(&self, began: Instant) -> bool {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) >= began
    }
}

/// Whether this is the word of a server that serves others: it refuses this one connection, and does
/// not say that it is starting, stopping or being mended.
fn answers(why: &str) -> bool {
    let refuses = ["FATAL:", "too many", "connection slots are reserved"];
    refuses.iter().any(|word| why.contains(word)) && !why.contains("the database system is")
}

/// Whether nobody knows where the server is, which says nothing about the server.
fn is_unnamed(why: &str) -> bool {
    why.contains("could not translate host name")
}

#[cfg(test)]
mod tests {
    use super::answers;

    #[test]
    fn a_server_that_refuses_one_connection_is_not_away() {
        for why in [
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password authentication failed for user \"ada\"",
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  sorry, too many clients already",
        ] {
            assert!(answers(why), "{why}");
        }
        for why in [
            "connection to server at \"127.0.0.1\", port 5432 failed: Connection refused",
            "connection to server at \"127.0.0.1\", port 5432 failed: timeout expired",
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  the database system is starting up",
            "connection to server at \"127.0.0.1\", port 5432 failed: server closed the connection unexpectedly",
        ] {
            assert!(!answers(why), "{why}");
        }
    }
}

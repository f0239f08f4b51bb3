//! Who may come in: as many as there are connections. The others wait outside, without a thread, in
//! a line of bounded length and for a bounded time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::Error;

/// How long anybody waits for a place, or for a connection.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// How many wait for a place at most: each is a request that somebody else waits for.
const LINE: usize = 1024;

/// The door of one pool.
pub struct Door {
    places: Arc<Semaphore>,
    line: Semaphore,
    refused: Mutex<Option<Instant>>,
    refusals: Counter,
}

impl Door {
    /// A door that lets in `places` at a time and counts whom it turns away.
    pub fn new(places: u32, refusals: Counter) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places.max(1) as usize)),
            line: Semaphore::new(LINE),
            refused: Mutex::default(),
            refusals,
        }
    }

    /// A place inside, free again once it is dropped.
    ///
    /// # Errors
    /// `Unavailable` when the line is full or does not move.
    pub async fn enter(&self) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(place) = self.places.clone().try_acquire_owned() {
            return Ok(place);
        }
        let Ok(_waits) = self.line.try_acquire() else {
            tracing::debug!("too many wait for the database");
            return Err(self.refuse());
        };
        let waited = timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        if let Ok(Ok(place)) = waited {
            return Ok(place);
        }
        tracing::debug!("the database is busy");
        Err(self.refuse())
    }

    /// What somebody is told who gets no connection.
    pub fn refuse(&self) -> Error {
        self.refusals.inc();
        Error::Unavailable { retry_after: 1 }
    }

    /// Notes that the database refused to be written to, after the longest that anybody waits.
    pub fn note_refusal(&self) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether somebody was refused while one who came at `asked` waited: they have waited as long
    /// as it takes, and to wait again would give the same.
    pub fn refused_since(&self, asked: Instant) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.is_some_and(|refused| refused >= asked)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_line_is_bounded_and_moves() {
        let door = Door::new(1, Counter::default());
        let place = door.enter().await.unwrap();
        let mut waiting: Vec<_> = (0..LINE).map(|_| Box::pin(door.enter())).collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none(), "waits");
        }
        assert!(door.enter().now_or_never().unwrap().is_err(), "turned away");
        drop(place);
        assert!(waiting.remove(0).await.is_ok());
        assert!(waiting.remove(0).await.is_ok());
    }

    #[test]
    fn a_refusal_counts_for_those_who_waited_meanwhile() {
        let door = Door::new(1, Counter::default());
        let before = Instant::now();
        assert!(!door.refused_since(before));
        door.note_refusal();
        assert!(door.refused_since(before));
        std::thread::sleep(Duration::from_millis(2));
        assert!(!door.refused_since(Instant::now()));
    }
}

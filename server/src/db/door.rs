//! Who may come in: as many as there are connections. The others wait outside, without a thread, in
//! lines of bounded length and for a bounded time; the urgent come first, and a few places are
//! theirs alone, so that they never wait for slow readers to end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::urgency::Urgency;
use crate::error::Error;

/// How long anybody waits for a place, or for a connection.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// How many wait in a line at most: each is a request that somebody else waits for.
const LINE: usize = 1024;
/// One place of so many is kept for the urgent.
const KEPT: u32 = 4;

/// The door of one pool.
pub struct Door {
    lines: Mutex<Lines>,
    /// Places that only the urgent may take.
    kept: i64,
    refused: Mutex<Option<Instant>>,
    refusals: Counter,
}

struct Lines {
    /// Places that nobody has; below zero while somebody [claims](Door::claim) what others have.
    free: i64,
    waiting: [VecDeque<oneshot::Sender<()>>; Urgency::EVERY.len()],
}

/// A place inside, free again once it is dropped.
pub struct Place(Arc<Door>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.free();
    }
}

/// Somebody in a line. Whoever leaves it just when called in gives the place back.
struct Turn {
    door: Arc<Door>,
    call: oneshot::Receiver<()>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.call.close();
        if self.call.try_recv().is_ok() {
            self.door.free();
        }
    }
}

impl Lines {
    fn may_take(&self, urgency: Urgency, kept: i64) -> bool {
        match urgency {
            Urgency::Soon => self.free > 0,
            Urgency::Usual => self.free > kept,
        }
    }
}

impl Door {
    /// A door that lets in `places` at a time and counts whom it turns away.
    pub fn new(places: u32, refusals: Counter) -> Self {
        let places = places.max(1);
        Self {
            lines: Mutex::new(Lines {
                free: places.into(),
                waiting: Default::default(),
            }),
            kept: (places / KEPT).into(),
            refused: Mutex::default(),
            refusals,
        }
    }

    /// A place inside, for work of this urgency.
    ///
    /// # Errors
    /// `Unavailable` when the line is full or does not move.
    pub async fn enter(self: &Arc<Self>, urgency: Urgency) -> Result<Place, Error> {
        let Some(mut turn) = self.join(urgency)? else {
            return Ok(Place(self.clone()));
        };
        if let Ok(Ok(())) = timeout(PATIENCE, &mut turn.call).await {
            return Ok(Place(self.clone()));
        }
        tracing::debug!("the database is busy");
        Err(self.refuse())
    }

    /// A turn in the line, or nothing where a place was free and is now taken.
    fn join(self: &Arc<Self>, urgency: Urgency) -> Result<Option<Turn>, Error> {
        let mut lines = self.lines();
        // Where a place is free that may be taken, nobody waits for it.
        if lines.may_take(urgency, self.kept) {
            lines.free -= 1;
            return Ok(None);
        }
        let line = &mut lines.waiting[urgency as usize];
        if line.len() >= LINE {
            // Who gave up still stands there.
            line.retain(|one| !one.is_closed());
        }
        if line.len() >= LINE {
            drop(lines);
            tracing::debug!("too many wait for the database");
            return Err(self.refuse());
        }
        let (called, call) = oneshot::channel();
        line.push_back(called);
        Ok(Some(Turn {
            door: self.clone(),
            call,
        }))
    }

    /// Takes a place away from those who come by the door, now or as soon as somebody leaves: for
    /// whoever waits for the connection itself and must be the next to have it.
    pub fn claim(self: &Arc<Self>) -> Place {
        self.lines().free -= 1;
        Place(self.clone())
    }

    /// Gives a place to whoever is next.
    fn free(&self) {
        let mut lines = self.lines();
        lines.free += 1;
        for urgency in Urgency::EVERY {
            while lines.may_take(urgency, self.kept) {
                let Some(next) = lines.waiting[urgency as usize].pop_front() else {
                    break;
                };
                // Who no longer waits takes none.
                if next.send(()).is_ok() {
                    lines.free -= 1;
                }
            }
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn door(places: u32) -> Arc<Door> {
        Arc::new(Door::new(places, Counter::default()))
    }

    /// A place that is free at once.
    fn now(door: &Arc<Door>, urgency: Urgency) -> Option<Place> {
        door.enter(urgency).now_or_never()?.ok()
    }

    #[tokio::test]
    async fn the_line_is_bounded_and_moves() {
        let door = door(1);
        let place = door.enter(Urgency::Usual).await.unwrap();
        let mut waiting: Vec<_> = (0..LINE)
            .map(|_| Box::pin(door.enter(Urgency::Usual)))
            .collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none(), "waits");
        }
        let late = door.enter(Urgency::Usual).now_or_never();
        assert!(late.unwrap().is_err(), "turned away");
        drop(place);
        assert!(waiting.remove(0).await.is_ok());
        assert!(waiting.remove(0).await.is_ok());
    }

    #[tokio::test]
    async fn the_urgent_come_first_and_have_places_of_their_own() {
        let door = door(8);
        let usual: Vec<Place> = std::iter::from_fn(|| now(&door, Urgency::Usual)).collect();
        let urgent: Vec<Place> = std::iter::from_fn(|| now(&door, Urgency::Soon)).collect();
        assert_eq!((usual.len(), urgent.len()), (6, 2));
        let mut early = Box::pin(door.enter(Urgency::Usual));
        let mut late = Box::pin(door.enter(Urgency::Soon));
        assert!((&mut early).now_or_never().is_none());
        assert!((&mut late).now_or_never().is_none());
        let mut usual = usual.into_iter();
        drop(usual.next());
        let late = late.now_or_never().expect("a place").unwrap();
        assert!((&mut early).now_or_never().is_none(), "still waits");
        drop((late, urgent));
        assert!(early.now_or_never().expect("a place").is_ok());
    }

    #[tokio::test]
    async fn who_leaves_the_line_takes_no_place_along() {
        let door = door(1);
        let place = door.enter(Urgency::Usual).await.unwrap();
        let mut gone = Box::pin(door.enter(Urgency::Soon));
        assert!((&mut gone).now_or_never().is_none());
        // Called in, and away before it came in.
        drop(place);
        drop(gone);
        assert!(now(&door, Urgency::Usual).is_some());
    }

    #[tokio::test]
    async fn a_claim_comes_before_whoever_waits() {
        let door = door(1);
        let place = door.enter(Urgency::Soon).await.unwrap();
        let mut waits = Box::pin(door.enter(Urgency::Soon));
        assert!((&mut waits).now_or_never().is_none());
        let claim = door.claim();
        drop(place);
        assert!((&mut waits).now_or_never().is_none(), "the claim is first");
        drop(claim);
        assert!(waits.now_or_never().expect("a place").is_ok());
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

//! Mail that is made and sent beside the request that asked for it.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::error::Error;

/// Errands that may wait or run at once; more are answered 503.
const ROOM: u32 = 1024;
/// Errands that run at once.
const LANES: usize = 8;

/// A bounded queue of errands on the runtime that opened it.
#[derive(Clone)]
pub struct Errands {
    room: Arc<Semaphore>,
    lanes: Arc<Semaphore>,
    /// Held by the errand that writes to the database: those that send must be several at once, and
    /// those that write would only stand in the way of requests.
    pub pen: Arc<Semaphore>,
    // A request's worker has a runtime of its own, which ends before the errands may.
    runtime: Option<Handle>,
}

/// A place in the queue, held from before the transaction that decides about the errand.
pub struct Slot {
    place: OwnedSemaphorePermit,
    errands: Errands,
}

impl Errands {
    pub(super) fn new() -> Self {
        Self {
            room: Arc::new(Semaphore::new(ROOM as usize)),
            lanes: Arc::new(Semaphore::new(LANES)),
            pen: Arc::new(Semaphore::new(1)),
            runtime: Handle::try_current().ok(),
        }
    }

    /// A place for one errand.
    ///
    /// # Errors
    /// `Unavailable` when the queue is full.
    pub fn reserve(&self) -> Result<Slot, Error> {
        let place = self
            .room
            .clone()
            .try_acquire_owned()
            .map_err(|_| Error::Unavailable { retry_after: 5 })?;
        Ok(Slot {
            place,
            errands: self.clone(),
        })
    }

    /// Waits until nothing is under way, at most until `end`.
    pub async fn drained(&self, end: Instant) {
        if tokio::time::timeout_at(end, self.room.acquire_many(ROOM))
            .await
            .is_err()
        {
            tracing::warn!("mails under way were given up");
        }
    }
}

impl Slot {
    /// Begins `errand`; returns at once.
    pub fn begin(self, errand: impl Future<Output = ()> + Send + 'static) {
        let Self { place, errands } = self;
        let lanes = errands.lanes;
        let work = async move {
            let lane = lanes.acquire_owned().await;
            errand.await;
            drop((lane, place));
        };
        match errands.runtime {
            Some(runtime) => drop(runtime.spawn(work)),
            None => drop(tokio::spawn(work)),
        }
    }
}

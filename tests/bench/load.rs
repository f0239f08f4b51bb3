//! The load generator: clients on kept connections, each with one request under way at a time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use crate::numbers::real;
use crate::wire::Wire;

/// Makes the requests of one client.
pub trait Caller: Send + 'static {
    /// Writes the next request into `into`, which is empty.
    fn ask(&mut self, into: &mut Vec<u8>);
}

/// How a load is put on.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Where.
    pub address: SocketAddr,
    /// For how long requests are begun.
    pub time: Duration,
    /// The only status that is believed.
    pub status: u16,
    /// Requests a second of all clients together; `None` for as many as are answered.
    pub pace: Option<f64>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Answered {
    /// Whole answers with the right status.
    pub count: u64,
    /// From the first request to the last answer.
    pub took: Duration,
    /// Microseconds each took, sorted; with a pace counted from when it was due.
    pub micros: Vec<u32>,
}

impl Load {
    /// Lets every caller ask until the time is over and its last answer is there; gives them back.
    ///
    /// # Errors
    /// One sentence: a connection that fails, or an answer with another status, which is shown.
    pub fn run<C: Caller>(&self, callers: Vec<C>) -> Result<(Answered, Vec<C>), String> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|why| format!("The load generator cannot start: {why}."))?;
        runtime.block_on(self.put(callers))
    }

    /// The same, beside whatever else a runtime does.
    ///
    /// # Errors
    /// Those of [`Load::run`].
    pub async fn put<C: Caller>(&self, callers: Vec<C>) -> Result<(Answered, Vec<C>), String> {
        let load = *self;
        let clients = callers.len();
        let barrier = Arc::new(Barrier::new(clients + 1));
        let mut running = JoinSet::new();
        for (at, caller) in callers.into_iter().enumerate() {
            let mut wire = Wire::open(load.address)
                .await
                .map_err(|why| format!("A client cannot connect: {why}."))?;
            let barrier = barrier.clone();
            running.spawn(async move {
                barrier.wait().await;
                load.client(&mut wire, caller, at, clients).await
            });
        }
        barrier.wait().await;
        let began = Instant::now();
        let (mut all, mut back) = (Answered::default(), Vec::with_capacity(clients));
        while let Some(ended) = running.join_next().await {
            let (micros, caller) = ended.map_err(|why| format!("A client ended: {why}."))??;
            all.micros.extend(micros);
            back.push(caller);
        }
        all.took = began.elapsed();
        all.count = all.micros.len() as u64;
        all.micros.sort_unstable();
        Ok((all, back))
    }

    async fn client<C: Caller>(
        &self,
        wire: &mut Wire,
        mut caller: C,
        at: usize,
        clients: usize,
    ) -> Result<(Vec<u32>, C), String> {
        let began = Instant::now();
        let part = |share: usize| real(share as u64) / self.pace.unwrap_or(1.0);
        let gap = self.pace.map(|_| Duration::from_secs_f64(part(clients)));
        // Clients begin one after the other within the gap, so that they do not all ask at once.
        let mut due = began + gap.map_or(Duration::ZERO, |_| Duration::from_secs_f64(part(at)));
        let (mut request, mut micros) = (Vec::with_capacity(1024), Vec::with_capacity(16_384));
        loop {
            let mut asked = Instant::now();
            if let Some(gap) = gap {
                if asked < due {
                    sleep_until(due.into()).await;
                    // The timer's own lateness is none of the server's.
                    asked = Instant::now();
                } else {
                    asked = due;
                }
                due += gap;
            }
            if began.elapsed() >= self.time {
                return Ok((micros, caller));
            }
            request.clear();
            caller.ask(&mut request);
            let head = wire
                .ask(&request)
                .await
                .map_err(|why| format!("An answer did not come: {why}."))?;
            if head.status != self.status {
                let said = String::from_utf8_lossy(wire.answer()).into_owned();
                return Err(format!("Expected {}, and was told:\n{said}", self.status));
            }
            micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }
}

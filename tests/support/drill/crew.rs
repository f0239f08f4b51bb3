//! People who log what they did, whatever happens: each entry is sent until it is acknowledged, under
//! one key, to whichever node is next.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::log::Operation;
use super::{Log, Outcome, Site};

/// Requests that may be under way at once: the load is open, but not without bounds.
const UNDER_WAY: u32 = 400;
/// Entries that may wait to be sent again.
const WAITING: usize = 50_000;
/// How often a balancer asks each node, and how long it waits.
const ASKED: Duration = Duration::from_millis(250);
/// Of how many entries one is sent twice at the same moment.
const TWICE: u64 = 16;

/// How much is logged.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// New entries a second, at a constant rate: a node that stands still is not waited for.
    pub rate: u32,
    /// How long anybody waits for an answer.
    pub patience: Duration,
}

impl Load {
    /// `rate` entries a second, and five seconds of patience.
    pub fn of(rate: u32) -> Self {
        Self {
            rate,
            patience: Duration::from_secs(5),
        }
    }
}

/// People at work.
pub struct Crew {
    stop: Arc<AtomicBool>,
    shared: Arc<Shared>,
    ticking: JoinHandle<()>,
}

struct Shared {
    site: Arc<Site>,
    log: Arc<Log>,
    doors: Vec<String>,
    http: reqwest::Client,
    ready: Vec<AtomicBool>,
    again: Mutex<VecDeque<(Operation, Instant)>>,
    places: Arc<Semaphore>,
    next: AtomicU64,
}

impl Crew {
    /// Sends them to work at `doors` (addresses of nodes).
    pub fn start(site: &Arc<Site>, log: &Arc<Log>, doors: Vec<String>, load: Load) -> Self {
        Self::open(site, log, doors, load, false)
    }

    /// The same behind a balancer that asks each node four times a second whether it is ready, and
    /// sends nobody to one that is not.
    pub fn balanced(site: &Arc<Site>, log: &Arc<Log>, doors: Vec<String>, load: Load) -> Self {
        Self::open(site, log, doors, load, true)
    }

    fn open(
        site: &Arc<Site>,
        log: &Arc<Log>,
        doors: Vec<String>,
        load: Load,
        balanced: bool,
    ) -> Self {
        let http = reqwest::Client::builder()
            .timeout(load.patience)
            .build()
            .expect("a client");
        let shared = Arc::new(Shared {
            site: site.clone(),
            log: log.clone(),
            ready: doors.iter().map(|_| AtomicBool::new(true)).collect(),
            doors,
            http,
            again: Mutex::default(),
            places: Arc::new(Semaphore::new(UNDER_WAY as usize)),
            // Crews of one log do not take each other's keys.
            next: AtomicU64::new(log.asked() as u64),
        });
        let stop = Arc::new(AtomicBool::new(false));
        if balanced {
            tokio::spawn(balance(shared.clone(), stop.clone()));
        }
        let ticking = tokio::spawn(tick(shared.clone(), stop.clone(), load.rate));
        Self {
            stop,
            shared,
            ticking,
        }
    }

    /// Logs nothing new, and sends what waits until it is acknowledged, for `patience` at most. Gives
    /// how many entries nobody acknowledged.
    pub async fn finish(self, patience: Duration) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.ticking.await.expect("the crew");
        let began = Instant::now();
        loop {
            // Everybody is back once all places are free.
            let all = self.shared.places.acquire_many(UNDER_WAY);
            let back = tokio::time::timeout(patience, all).await;
            let left = self.shared.again().len();
            if left == 0 && back.is_ok() || began.elapsed() > patience {
                return left;
            }
            drop(back);
            for _ in 0..left.min(UNDER_WAY as usize) {
                if let Some(operation) = self.shared.due(true) {
                    self.shared.clone().go(operation, false).await;
                }
            }
        }
    }
}

/// Begins an entry at each tick; every second one is an older one where some wait.
async fn tick(shared: Arc<Shared>, stop: Arc<AtomicBool>, rate: u32) {
    let mut ticks = interval(Duration::from_secs(1) / rate.max(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut count = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        count += 1;
        if let Some(operation) = shared.due(false).filter(|_| count.is_multiple_of(2)) {
            shared.clone().go(operation, false).await;
        } else if shared.again().len() < WAITING {
            let operation = shared.fresh();
            shared.log.asks(&operation);
            let twice = count.is_multiple_of(TWICE);
            shared.clone().go(operation, twice).await;
        }
    }
}

/// Asks the nodes in turn whether they are ready.
async fn balance(shared: Arc<Shared>, stop: Arc<AtomicBool>) {
    // Without a kept connection, as somebody new would come.
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .timeout(ASKED);
    let http = http.build().expect("a client");
    while !stop.load(Ordering::Relaxed) {
        for (door, ready) in shared.doors.iter().zip(&shared.ready) {
            let asked = http.get(format!("{door}/readyz")).send().await;
            ready.store(
                asked.is_ok_and(|answer| answer.status().is_success()),
                Ordering::Relaxed,
            );
        }
        sleep(ASKED).await;
    }
}

impl Shared {
    /// The door at `at`, or the next one behind which somebody is ready.
    fn door(&self, at: usize) -> usize {
        let count = self.doors.len();
        let open = |at: &usize| self.ready[*at].load(Ordering::Relaxed);
        (0..count)
            .map(|more| (at + more) % count)
            .find(open)
            .unwrap_or(at % count)
    }

    fn again(&self) -> MutexGuard<'_, VecDeque<(Operation, Instant)>> {
        self.again.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entry that waits longest, if its time has come or nobody cares for that.
    fn due(&self, at_once: bool) -> Option<Operation> {
        let mut again = self.again();
        let due = again
            .front()
            .is_some_and(|(_, due)| at_once || *due <= Instant::now());
        due.then(|| again.pop_front())
            .flatten()
            .map(|(operation, _)| operation)
    }

    /// One more entry: no two of a person are alike within a minute, or they would be held.
    fn fresh(&self) -> Operation {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let people = self.site.members.len() as u64;
        let at = usize::try_from(number % people).expect("a person");
        Operation {
            key: format!("k{number}"),
            person: self.site.members[at].id,
            quantity: 1 + i64::try_from(number / people % 1_900).expect("small"),
        }
    }

    /// Sends it as soon as there is a place, without waiting for the answer.
    async fn go(self: Arc<Self>, operation: Operation, twice: bool) {
        let number = self.places.available_permits();
        for copy in 0..=usize::from(twice) {
            let place = self.places.clone().acquire_owned().await.expect("a place");
            let (shared, operation) = (self.clone(), operation.clone());
            let door = self.door(number + copy);
            tokio::spawn(async move {
                // A copy is not sent again: its twin is.
                shared.send(operation, door, copy == 0).await;
                drop(place);
            });
        }
    }

    async fn send(&self, operation: Operation, door: usize, again: bool) {
        let began = Instant::now();
        let outcome = self.ask(&operation, &self.doors[door]).await;
        self.log
            .hears(&operation, &self.doors[door], &outcome, began.elapsed());
        let pause = match outcome {
            Outcome::Busy => Duration::from_millis(200),
            Outcome::Lost => Duration::from_millis(50),
            Outcome::Saved(_) | Outcome::Refused(_) => return,
        };
        if began.elapsed() < Duration::from_millis(5) {
            // A door that is closed is tried a few hundred times a second, not more.
            sleep(Duration::from_millis(20)).await;
        }
        if again {
            self.again().push_back((operation, Instant::now() + pause));
        }
    }

    async fn ask(&self, operation: &Operation, door: &str) -> Outcome {
        let member = self
            .site
            .members
            .iter()
            .find(|member| member.id == operation.person);
        let token = self.site.token(member.expect("one of ours"));
        let body = json!({"kind": "doors", "quantity": operation.quantity});
        let sent = self
            .http
            .post(format!("{door}/api/v1/activities"))
            .bearer_auth(token)
            .header("content-type", "application/json")
            .header("idempotency-key", &operation.key)
            .body(body.to_string())
            .send()
            .await;
        let Ok(answer) = sent else {
            return Outcome::Lost;
        };
        let status = answer.status().as_u16();
        let Ok(text) = answer.text().await else {
            return Outcome::Lost;
        };
        match status {
            200 | 201 => {
                let said: Value = serde_json::from_str(&text).unwrap_or_default();
                said["id"]
                    .as_str()
                    .map_or(Outcome::Lost, |id| Outcome::Saved(id.to_owned()))
            }
            503 => Outcome::Busy,
            // A server says so of a connection on which nothing came in time, and closes it; a request
            // that crossed it on the way is sent again (RFC 9110, 15.5.9).
            408 => Outcome::Lost,
            other => {
                self.log.note(&format!("{other}: {text}"));
                Outcome::Refused(other)
            }
        }
    }
}

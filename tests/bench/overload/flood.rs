//! A load that does not wait: requests are sent when they are due, whether or not earlier ones were
//! answered, over as many connections as that takes, up to a bound.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use memchr::memmem;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{sleep, timeout};

use super::mix::{Ask, Mix};
use crate::numbers::real;
use crate::wire::Wire;

/// Connections at most, so that both sides' descriptors suffice.
const MOST: usize = 4_096;
/// Connections from the beginning.
const FIRST: usize = 512;
/// Requests that may be due and find no connection: with more the load does not keep its pace.
const BEHIND: usize = 20_000;
/// Requests a connection is used for: then whoever it was is gone, and somebody else comes.
const USES: u32 = 50;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a client that takes its next request itself does nothing after a refusal.
const REST: Duration = Duration::from_millis(100);
/// How often is looked at what is due.
const TICK: Duration = Duration::from_millis(1);

/// Who asks how fast.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// So many, each with one request under way at a time, as fast as they are answered.
    Clients(usize),
    /// So many requests a second, answered or not.
    Rate(f64),
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// The right answer.
    Answer,
    /// 503 with a time to come again.
    Refusal,
    /// No answer in time, or none at all.
    Nothing,
}

/// A request that is over.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// What it was.
    pub ask: Ask,
    /// What became of it.
    pub came: Came,
    /// Microseconds after the beginning when it was due.
    pub due: u32,
    /// Microseconds from then until it was sent.
    pub late: u32,
    /// Microseconds from when it was due until its answer was there.
    pub took: u32,
}

struct Job {
    ask: Ask,
    bytes: Vec<u8>,
    due: Instant,
}

struct Flood {
    address: SocketAddr,
    began: Instant,
    /// Where clients take their next request themselves: until when.
    until: Option<Instant>,
    mix: RefCell<Mix>,
    /// Kept connections that wait for something to do.
    idle: RefCell<VecDeque<oneshot::Sender<Job>>>,
    /// What is due and finds no connection.
    waiting: RefCell<VecDeque<Job>>,
    open: Cell<usize>,
    under_way: Cell<usize>,
    over: RefCell<Vec<Outcome>>,
    wrong: RefCell<Option<String>>,
}

/// Asks what `mix` makes up for `time`; gives back what became of everything, and the mix.
///
/// # Errors
/// One sentence: an answer that is neither right nor a refusal, which is shown.
pub fn run(
    address: SocketAddr,
    pace: Pace,
    time: Duration,
    mix: Mix,
) -> Result<(Vec<Outcome>, Mix), String> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| format!("The load generator cannot start: {why}."))?;
    let began = Instant::now();
    let flood = Rc::new(Flood {
        address,
        began,
        until: matches!(pace, Pace::Clients(_)).then(|| began + time),
        mix: RefCell::new(mix),
        idle: RefCell::default(),
        waiting: RefCell::default(),
        open: Cell::new(0),
        under_way: Cell::new(0),
        over: RefCell::default(),
        wrong: RefCell::default(),
    });
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        match pace {
            Pace::Clients(clients) => {
                for _ in 0..clients {
                    let job = flood.make(Instant::now());
                    flood.connect(job);
                }
            }
            Pace::Rate(rate) => flood.clone().pour(rate, time).await,
        }
        let until = began + time + PATIENCE * 2;
        while flood.under_way.get() > 0 && Instant::now() < until {
            sleep(TICK * 10).await;
        }
    });
    drop(local);
    if let Some(wrong) = flood.wrong.take() {
        return Err(wrong);
    }
    let over = flood.over.take();
    let flood = Rc::into_inner(flood).ok_or("The load generator is still at work.")?;
    Ok((over, flood.mix.into_inner()))
}

impl Flood {
    fn make(&self, due: Instant) -> Job {
        let mut bytes = Vec::with_capacity(768);
        let ask = self.mix.borrow_mut().ask(&mut bytes);
        self.under_way.set(self.under_way.get() + 1);
        Job { ask, bytes, due }
    }

    /// Sends what is due, as soon as it is.
    async fn pour(self: Rc<Self>, rate: f64, time: Duration) {
        let mut sent = 0_u64;
        loop {
            let past = self.began.elapsed().min(time);
            loop {
                let due = Duration::from_secs_f64(real(sent) / rate);
                if due > past {
                    break;
                }
                let job = self.make(self.began + due);
                self.hand_over(job);
                sent += 1;
            }
            if self.waiting.borrow().len() > BEHIND {
                let told = format!("All of {MOST} connections wait, and more and more is due.");
                self.wrong.borrow_mut().get_or_insert(told);
                self.waiting.borrow_mut().clear();
                self.under_way.set(0);
                return;
            }
            if past == time {
                return;
            }
            sleep(TICK).await;
        }
    }

    fn hand_over(self: &Rc<Self>, mut job: Job) {
        if self.open.get() >= FIRST {
            while let Some(connection) = self.idle.borrow_mut().pop_front() {
                match connection.send(job) {
                    Ok(()) => return,
                    Err(back) => job = back,
                }
            }
        }
        if self.open.get() < MOST {
            self.connect(job);
        } else {
            self.waiting.borrow_mut().push_back(job);
        }
    }

    fn connect(self: &Rc<Self>, job: Job) {
        self.open.set(self.open.get() + 1);
        spawn_local(self.clone().serve(job));
    }

    /// One connection, and those that follow it.
    async fn serve(self: Rc<Self>, mut job: Job) {
        let (mut wire, mut left) = (None, USES);
        loop {
            let late = job.due.elapsed();
            let came = match timeout(PATIENCE, self.ask(&mut wire, &job)).await {
                Ok(Ok(503)) if wire.as_ref().is_some_and(says_when) => Came::Refusal,
                Ok(Ok(status)) if status == job.ask.status => Came::Answer,
                Ok(Ok(_)) => {
                    let said = wire.as_ref().map(Wire::answer).unwrap_or_default();
                    let said = String::from_utf8_lossy(said).into_owned();
                    let wanted = job.ask.status;
                    let told = format!("Expected {wanted}, and was told:\n{said}");
                    self.wrong.borrow_mut().get_or_insert(told);
                    Came::Nothing
                }
                Ok(Err(_)) | Err(_) => {
                    wire = None;
                    Came::Nothing
                }
            };
            let micros = |span: Duration| u32::try_from(span.as_micros()).unwrap_or(u32::MAX);
            self.over.borrow_mut().push(Outcome {
                ask: job.ask,
                came,
                due: micros(job.due - self.began),
                late: micros(late),
                took: micros(job.due.elapsed()),
            });
            self.under_way.set(self.under_way.get().saturating_sub(1));
            left -= 1;
            if left == 0 {
                (wire, left) = (None, USES);
            }
            if self.until.is_some() && came == Came::Refusal {
                sleep(REST).await;
            }
            match self.next().await {
                Some(next) => job = next,
                None => return,
            }
        }
    }

    async fn next(&self) -> Option<Job> {
        let waiting = self.waiting.borrow_mut().pop_front();
        if waiting.is_some() {
            return waiting;
        }
        if let Some(until) = self.until {
            let now = Instant::now();
            return (now < until).then(|| self.make(now));
        }
        let (here, job) = oneshot::channel();
        self.idle.borrow_mut().push_back(here);
        job.await.ok()
    }

    /// The status of the answer. A kept connection that the other side has closed meanwhile is no
    /// answer; a fresh one is tried.
    async fn ask(&self, wire: &mut Option<Wire>, job: &Job) -> io::Result<u16> {
        let kept = wire.is_some();
        let first = self.once(wire, job).await;
        match first {
            Err(why) if kept && gone(&why) => {
                *wire = None;
                self.once(wire, job).await
            }
            first => first,
        }
    }

    async fn once(&self, wire: &mut Option<Wire>, job: &Job) -> io::Result<u16> {
        let wire = match wire {
            Some(wire) => wire,
            None => wire.insert(Wire::open(self.address).await?),
        };
        let head = wire.ask(&job.bytes).await?;
        Ok(head.status)
    }
}

/// Whether a refusal says when to come again.
fn says_when(wire: &Wire) -> bool {
    memmem::find(wire.answer(), b"\r\nretry-after: ").is_some()
}

fn gone(why: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(why.kind(), BrokenPipe | ConnectionReset | UnexpectedEof)
}

//! Traces for OpenTelemetry, where the setting `otlp_endpoint` names a collector: what a request did
//! and how long each part took. They name patterns of the route table and the request's own name, and
//! nothing of a person.
//!
//! A span is handed over when it ends, through a queue that drops what does not fit. Where no collector
//! is named there is no [`Tracer`], and nothing is measured.

mod collector;
mod otlp;
mod send;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use rand::RngExt;
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use collector::Collector;

/// Spans that wait for the collector at most; more are dropped.
const WAITING: usize = 4096;
/// How long a stopping node tries to hand over what waits.
const LAST: Duration = Duration::from_secs(2);

tokio::task_local! {
    /// The span that the work of this task belongs to.
    static CURRENT: Parent;
}

/// Where spans go; cheap to clone.
#[derive(Clone)]
pub struct Tracer {
    inner: Arc<Inner>,
}

struct Inner {
    out: mpsc::Sender<Message>,
    clock: Clock,
    /// One request in so many is traced.
    one_in: u64,
    seen: AtomicU64,
    dropped: Counter,
}

enum Message {
    Ended(Ended),
    /// Everything before it shall be on its way when this is answered.
    Flush(oneshot::Sender<()>),
}

#[derive(Clone)]
struct Parent {
    tracer: Tracer,
    trace: u128,
    span: u64,
}

/// What a span is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something asked of this node.
    Server,
    /// Something this node asks of another program.
    Client,
    /// Work of its own.
    Internal,
}

/// What is said about a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

/// A span that is over.
#[derive(Debug, Clone)]
struct Ended {
    trace: u128,
    id: u64,
    /// 0 for none.
    parent: u64,
    kind: Kind,
    name: String,
    /// Nanoseconds since 1970.
    start: i64,
    took: Duration,
    failed: bool,
    about: Vec<(&'static str, Value)>,
}

/// Work under way; it is told of when this is dropped.
pub struct Span {
    tracer: Tracer,
    begun: Instant,
    ended: Ended,
}

impl Tracer {
    /// A tracer for the collector at `endpoint`, such as `http://127.0.0.1:4318`; none where it is empty.
    /// Needs a tokio runtime.
    ///
    /// # Errors
    /// One sentence when the endpoint cannot be used.
    pub fn open(endpoint: &str, one_in: u32, clock: Clock) -> Result<Option<Self>, String> {
        if endpoint.is_empty() {
            return Ok(None);
        }
        let collector = Collector::at(endpoint)?;
        let (out, waiting) = mpsc::channel(WAITING);
        let dropped = Counter::default();
        tokio::spawn(send::run(collector, waiting, dropped.clone()));
        Ok(Some(Self {
            inner: Arc::new(Inner {
                out,
                clock,
                one_in: u64::from(one_in.max(1)),
                seen: AtomicU64::new(0),
                dropped,
            }),
        }))
    }

    /// Whether `endpoint` could be used, without using it.
    ///
    /// # Errors
    /// One sentence when it cannot.
    pub fn check(endpoint: &str) -> Result<(), String> {
        if endpoint.is_empty() {
            return Ok(());
        }
        Collector::at(endpoint).map(|_| ())
    }

    /// Begins a trace, for one in so many of those who ask.
    pub fn begin(&self, kind: Kind, name: &str) -> Option<Span> {
        let seen = self.inner.seen.fetch_add(1, Ordering::Relaxed);
        seen.is_multiple_of(self.inner.one_in)
            .then(|| self.span(rand::rng().random(), 0, kind, name))
    }

    /// Spans that the collector never got.
    pub fn dropped(&self) -> &Counter {
        &self.inner.dropped
    }

    /// Hands over what waits, for two seconds at most.
    pub async fn flush(&self) {
        let flushed = async {
            let (done, flushed) = oneshot::channel();
            if self.inner.out.send(Message::Flush(done)).await.is_ok() {
                let _ = flushed.await;
            }
        };
        let _ = tokio::time::timeout(LAST, flushed).await;
    }

    fn span(&self, trace: u128, parent: u64, kind: Kind, name: &str) -> Span {
        Span {
            tracer: self.clone(),
            begun: Instant::now(),
            ended: Ended {
                trace,
                id: rand::rng().random(),
                parent,
                kind,
                name: name.to_owned(),
                start: self.inner.clock.now().micros().saturating_mul(1000),
                took: Duration::ZERO,
                failed: false,
                about: Vec::new(),
            },
        }
    }
}

/// Begins a part of what the caller's task is traced for; `None` where it is not.
pub fn part(kind: Kind, name: &str) -> Option<Span> {
    CURRENT
        .try_with(|parent| parent.tracer.span(parent.trace, parent.span, kind, name))
        .ok()
}

impl Span {
    /// Does `work`, whose parts belong to this span.
    pub async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        let parent = Parent {
            tracer: self.tracer.clone(),
            trace: self.ended.trace,
            span: self.ended.id,
        };
        CURRENT.scope(parent, work).await
    }

    /// Calls it otherwise, now that more is known.
    pub fn rename(&mut self, name: String) {
        self.ended.name = name;
    }

    /// Says something about it.
    pub fn say(&mut self, name: &'static str, value: Value) {
        self.ended.about.push((name, value));
    }

    /// Notes that it went wrong.
    pub fn fail(&mut self) {
        self.ended.failed = true;
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        let mut ended = self.ended.clone();
        ended.took = self.begun.elapsed();
        let inner = &self.tracer.inner;
        if inner.out.try_send(Message::Ended(ended)).is_err() {
            inner.dropped.inc();
        }
    }
}

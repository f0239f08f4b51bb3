//! What nodes tell each other. Never the truth: an event carries ids, and whoever hears one reads
//! the database. A lost, late or repeated event changes nothing for long.
//!
//! Beside events each node tells again and again who is on it ([`Roll`]), whole each time; the others
//! keep its last word for a while. So there is nothing in Redis that could be lost or wrong.

mod company;
mod event;
mod redis;
mod roll;
mod rolls;
mod standing;

use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use tokio::sync::broadcast;

pub use company::Company;
pub use event::{DeedMoved, Event};
pub use roll::{Present, Roll};
pub use rolls::FORGET;

/// Events a slow listener may fall behind before it misses some.
const BACKLOG: usize = 4096;

/// The nodes of one campaign, as this node sees them.
#[derive(Clone)]
pub struct Cluster {
    heard: broadcast::Sender<Event>,
    link: Link,
    counts: Counts,
}

/// What passed between nodes, as `metrics` shows it.
#[derive(Clone, Default)]
pub struct Counts {
    /// Events heard from other nodes.
    pub heard: Counter,
    /// Events that other nodes were not told.
    pub dropped: Counter,
    /// What came over Redis and is no message of another node, or too long.
    pub refused: Counter,
}

#[derive(Clone)]
enum Link {
    Solo,
    Redis(redis::Wire),
}

/// Whether other nodes can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// There are no others.
    Solo,
    /// Redis answers and passes on what is said.
    Up,
    /// It does not: others find out by looking at the database.
    Down,
}

impl Reach {
    /// One word for `/readyz`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Solo => "none",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

impl Cluster {
    /// One node alone, or several of the campaign `mark` that share the Redis at `redis_url`. A Redis
    /// that is away is no error: the link is tried again for as long as the node runs.
    ///
    /// # Errors
    /// One sentence when the URL is not one of Redis.
    pub fn open(redis_url: &str, mark: &str) -> Result<Self, String> {
        let (heard, _) = broadcast::channel(BACKLOG);
        let counts = Counts::default();
        let link = if redis_url.is_empty() {
            Link::Solo
        } else {
            Link::Redis(redis::Wire::open(
                redis_url,
                mark,
                heard.clone(),
                counts.clone(),
            )?)
        };
        Ok(Self {
            heard,
            link,
            counts,
        })
    }

    /// Tells this node's listeners at once and the other nodes as soon as may be. Never waits.
    pub fn publish(&self, event: Event) {
        if let Link::Redis(wire) = &self.link {
            wire.send(&event);
        }
        // Nobody listening is no fault.
        let _ = self.heard.send(event);
    }

    /// Everything published from now on, here or on another node.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.heard.subscribe()
    }

    /// Tells the other nodes who is on this one. Say it again before [`FORGET`] is over. Never waits.
    pub fn show(&self, own: &Roll) {
        if let Link::Redis(wire) = &self.link {
            wire.show(own);
        }
    }

    /// Everybody on `own` and on the other nodes, as far as they were heard of; `most` is how many
    /// sockets a person may hold.
    pub fn company(&self, own: &Roll, most: usize) -> Company {
        match &self.link {
            Link::Solo => Company::of("", own, &[], most),
            Link::Redis(wire) => Company::of(wire.name(), own, &wire.rolls(Instant::now()), most),
        }
    }

    /// What was counted since the start.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Whether other nodes can be told now.
    pub fn reach(&self) -> Reach {
        match &self.link {
            Link::Solo => Reach::Solo,
            Link::Redis(wire) if wire.is_up() => Reach::Up,
            Link::Redis(_) => Reach::Down,
        }
    }
}

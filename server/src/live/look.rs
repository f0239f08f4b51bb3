//! Finds what moved without this node being told: compares how the topics that its sockets follow
//! stand in the database with how they stood at the last look.
//!
//! Every five seconds while other nodes cannot be told anything, and seldom while they can, for
//! messages that were lost; a node alone never looks. What stands behind a topic is known to the
//! feature it belongs to, which hands in a [`Standing`].

use std::collections::HashSet;
use std::mem::take;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::mark::{Marks, Notes};
use super::topic::Topic;
use super::{Hub, locked};
use crate::cluster::{Cluster, Reach};
use crate::db::{Conn, Db};
use crate::error::Error;

/// Between two looks while others cannot be told.
const DOWN: Duration = Duration::from_secs(5);
/// Between two looks while they can.
const UP: Duration = Duration::from_secs(30);
/// How soon a topic that is followed anew is looked at first, while others cannot be told.
const TICK: Duration = Duration::from_secs(1);
/// Topics of a kind at a look; the rest has its turn at the next.
const MOST: usize = 5_000;

/// How the topics of a kind stand in the database.
#[derive(Clone, Copy)]
pub struct Standing {
    /// Which topics.
    pub of: fn(&Topic) -> bool,
    /// Topics asked about together.
    pub at_once: usize,
    /// Reads marks of these topics, in a bounded number of statements. One that is left out stands at
    /// zero; of others than those asked about nothing is kept.
    pub read: fn(&mut Conn, &[Topic]) -> Result<Marks, Error>,
}

/// What was said lately because an event told of it.
#[derive(Clone, Default)]
pub struct Said(Arc<Mutex<Lately>>);

#[derive(Default)]
struct Lately {
    topics: HashSet<Topic>,
    /// Events of this node were lost.
    lost: bool,
}

impl Said {
    /// Notes that somebody was told of this topic.
    pub fn note(&self, topic: &Topic) {
        locked(&self.0).topics.insert(topic.clone());
    }

    /// Notes that something may have moved that nobody was told of.
    pub fn lose(&self) {
        locked(&self.0).lost = true;
    }
}

/// The job that looks.
pub struct Look {
    hub: Hub,
    cluster: Cluster,
    db: Db,
    said: Said,
    kinds: Vec<(Standing, Notes)>,
    looked: Option<Instant>,
    /// Others could be told at the last look.
    up: bool,
}

impl Look {
    /// Nothing was looked at yet.
    pub fn new(hub: &Hub, cluster: &Cluster, db: &Db, said: &Said, kinds: Vec<Standing>) -> Self {
        Self {
            hub: hub.clone(),
            cluster: cluster.clone(),
            db: db.clone(),
            said: said.clone(),
            kinds: (kinds.into_iter())
                .map(|standing| (standing, Notes::default()))
                .collect(),
            looked: None,
            up: false,
        }
    }

    /// Looks again and again, and says what moved, for as long as the node runs and has others beside
    /// it.
    pub async fn keep(mut self, moved: Sender<Vec<Topic>>) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let (pause, up) = match self.cluster.reach() {
                Reach::Solo => return,
                Reach::Up => (UP, true),
                Reach::Down => (DOWN, false),
            };
            let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= pause);
            let found = if is_due {
                self.looked = Some(Instant::now());
                self.look(up).await
            } else if up {
                continue;
            } else {
                // Whoever came since the last look: what moves from now on is found.
                self.find(false).await
            };
            if moved.send(found).await.is_err() {
                return;
            }
        }
    }

    /// Looks at everything; gives what has to be said.
    async fn look(&mut self, up: bool) -> Vec<Topic> {
        // Taken first: a word that is said meanwhile is said again rather than forgotten.
        let said = take(&mut *locked(&self.said.0));
        let mut found = self.find(true).await;
        // Where others were told all the time, one word about what moved is enough.
        if up && self.up && !said.lost {
            found.retain(|topic| !said.topics.contains(topic));
        }
        self.up = up;
        self.hub.counts().found.inc_by(found.len() as u64);
        found
    }

    /// Compares what is followed, or what is only followed since the last look. A database that is
    /// away is asked again the next time.
    async fn find(&mut self, all: bool) -> Vec<Topic> {
        let mut found = Vec::new();
        for (standing, notes) in &mut self.kinds {
            let wanted = |topic: &Topic| (standing.of)(topic) && (all || !notes.knows(topic));
            let followed = self.hub.topics(wanted);
            if all {
                notes.keep(&followed);
            }
            let asked = notes.some(followed.into_iter().collect(), MOST);
            for asked in asked.chunks(standing.at_once) {
                let (read, asked) = (standing.read, asked.to_vec());
                let marks = self.db.read(move |conn| {
                    let marks = read(conn, &asked)?;
                    Ok((asked, marks))
                });
                match marks.await {
                    Ok((asked, marks)) => found.append(&mut notes.compare(&asked, &marks)),
                    Err(why) => {
                        tracing::debug!(%why, "what moved is looked for again soon");
                        return found;
                    }
                }
            }
        }
        found
    }
}

//! The hub's own job: passes on what moved, and ends sockets that are stuck, signed out or no longer
//! allowed. At what an event says it looks at once; that an event was lost shows within four seconds
//! for sessions and rights, and when `look` looks for what moved.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::Hub;
use super::frame::{End, Frame};
use super::line::Line;
use super::look::{Look, Said, Standing};
use super::told::Told;
use super::topic::Topic;
use crate::clock::Clock;
use crate::cluster::{Cluster, Event, Reach};
use crate::db::{Db, urgently};
use crate::error::Error;
use crate::ids::SessionId;
use crate::region_code::RegionCode;
use crate::sessions::Sessions;

/// How long a frame may wait in a socket's slot before the socket is given up.
const PATIENCE: Duration = Duration::from_secs(6);
/// Seconds between two looks at every session.
const LOOK: u64 = 4;
/// Seconds between pings.
const PING: u64 = 20;

/// What the job works with.
#[derive(Clone)]
pub struct Watch {
    /// The sockets.
    pub hub: Hub,
    /// What other nodes tell.
    pub cluster: Cluster,
    /// Who is signed in.
    pub sessions: Sessions,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
}

/// Runs for as long as the node does; `kinds` tell how topics stand that say only that they moved.
pub async fn run(watch: Watch, kinds: Vec<Standing>) {
    let (found, finds) = mpsc::channel(1);
    let said = Said::default();
    let look = Look::new(&watch.hub, &watch.cluster, &watch.db, &said, kinds);
    tokio::join!(listen(&watch, finds, &said), look.keep(found));
}

async fn listen(watch: &Watch, mut finds: Receiver<Vec<Topic>>, said: &Said) {
    let mut events = watch.cluster.listen();
    let mut second = interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seconds = 0_u64;
    let mut told = Told::default();
    loop {
        let next = told.next();
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) => watch.hear(event, &mut told, said).await,
                Err(RecvError::Lagged(_)) => {
                    said.lose();
                    watch.sessions.forget_all();
                    watch.look(&watch.hub.lines()).await;
                }
                Err(RecvError::Closed) => return,
            },
            Some(found) = finds.recv() => {
                for topic in found {
                    watch.moved(topic, &mut told);
                }
            }
            () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {
                watch.speak(&mut told);
            }
            _ = second.tick() => {
                watch.speak(&mut told);
                seconds += 1;
                watch.sweep(seconds.is_multiple_of(PING));
                if seconds.is_multiple_of(LOOK) {
                    watch.look(&watch.hub.lines()).await;
                }
            }
        }
    }
}

impl Watch {
    async fn hear(&self, event: Event, told: &mut Told, said: &Said) {
        match event {
            Event::SessionsEnded { sessions } => {
                self.sessions.forget(&sessions);
                // Events come from outside: that it ended, the database says.
                let ended: HashSet<SessionId> = sessions.into_iter().collect();
                self.look_where(|line| ended.contains(&line.session)).await;
            }
            Event::RolesChanged { volunteer } => {
                self.sessions.forget_all();
                self.look_where(|line| line.person == volunteer).await;
            }
            Event::PeopleMoved { volunteers } => {
                for volunteer in volunteers {
                    self.heard(Topic::Me(volunteer), told, said);
                }
            }
            Event::FeedMoved { region } => self.heard(Topic::Feed(region), told, said),
            Event::QueuesMoved { regions } => {
                let above = regions.iter().flat_map(RegionCode::ancestors_and_self);
                for region in above.collect::<BTreeSet<_>>() {
                    self.heard(Topic::Captain(region), told, said);
                }
            }
            // Boards have a job of their own, and nobody follows the rest.
            _ => {}
        }
    }

    /// An event told of it: it need not be found.
    fn heard(&self, topic: Topic, told: &mut Told, said: &Said) {
        if self.cluster.reach() != Reach::Solo && self.hub.is_followed(&topic) {
            said.note(&topic);
        }
        self.moved(topic, told);
    }

    /// Says that there is something new, and nothing about what: at once, or with what else moves
    /// within the second.
    fn moved(&self, topic: Topic, told: &mut Told) {
        if !self.hub.is_followed(&topic) {
            return;
        }
        let now = Instant::now();
        if !told.may_speak(&topic, now) {
            return;
        }
        let text = json!({"topic": topic.to_string(), "kind": "moved"}).to_string();
        if self.hub.publish(&topic, &Frame::text(&text), None) > 0 {
            told.spoke(topic, now);
        }
    }

    /// Says what is due by now.
    fn speak(&self, told: &mut Told) {
        for topic in told.due(Instant::now()) {
            self.moved(topic, told);
        }
    }

    /// Drops sockets that take nothing; the kernel ends their connections (`TCP_USER_TIMEOUT`).
    fn sweep(&self, ping: bool) {
        for line in self.hub.lines() {
            if line.is_stuck(PATIENCE) {
                tracing::debug!(line = line.id, "a socket took nothing and was dropped");
                self.hub.drop_line(&line);
                line.cut();
            } else if ping {
                line.note(Frame::ping());
            }
        }
    }

    /// Looks at the sockets for which `wanted` holds.
    async fn look_where(&self, wanted: impl Fn(&Line) -> bool) {
        let mut lines = self.hub.lines();
        lines.retain(|line| wanted(line));
        self.look(&lines).await;
    }

    /// Looks whether these sockets may stay as they are. A database that is away ends nobody.
    async fn look(&self, lines: &[Arc<Line>]) {
        let sessions: HashSet<SessionId> = lines.iter().map(|line| line.session).collect();
        let now = self.clock.now();
        // That a sign-out holds within a second must not wait for others' reading.
        let asked = self.sessions.alive(&self.db, sessions, now);
        let Ok(alive) = urgently(asked).await else {
            return;
        };
        for line in lines {
            let Some(region) = alive.get(&line.session) else {
                line.end(End::SignedOut);
                continue;
            };
            self.hub.place(line.person, region);
            if self.lost_a_right(line).await == Ok(true) {
                line.end(End::NotAllowed);
            }
        }
    }

    async fn lost_a_right(&self, line: &Line) -> Result<bool, ()> {
        let guarded: Vec<Topic> = line
            .topics()
            .into_iter()
            .filter(Topic::is_guarded)
            .collect();
        if guarded.is_empty() {
            return Ok(false);
        }
        let now = self.clock.now();
        let viewer = self.sessions.viewer(&self.db, line.session, now).await;
        let viewer = viewer.map_err(|_: Error| ())?.ok_or(())?;
        Ok(guarded.iter().any(|topic| topic.allows(&viewer).is_err()))
    }
}

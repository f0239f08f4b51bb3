//! The live socket: topics, subscribers, and one frame shared by all of them.
//!
//! Whoever has something to tell publishes to a [`Topic`] of the [`Hub`] and never waits; each
//! socket's own connection takes frames out when it can write (`line`). `race` topics are published
//! by `races::live`; the small ones (`me`, `captain`, `feed`) say only that something moved, and are
//! published by [`run`], which also closes sockets whose session or right has ended. What no event told
//! of is found by looking (`look`). Who is here now, on this node and the others, is counted by
//! [`Presence`].

mod frame;
mod here;
mod line;
mod look;
mod mark;
mod outgoing;
mod people;
mod read;
pub mod socket;
mod store;
mod ticket;
mod told;
mod topic;
mod watch;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use prometheus_client::metrics::counter::Counter;
use tokio::sync::Notify;

pub use frame::{End, Frame, Whole};
pub use here::{Presence, as_told};
pub use line::Line;
pub use look::Standing;
pub use mark::{Mark, Marks};
pub use ticket::{TICKET_SECONDS, Ticket};
pub use topic::{Refusal, Topic};
pub use watch::{Watch, run};

use people::People;

use crate::cluster::{Company, Roll};
use crate::ids::{SessionId, VolunteerId};
use crate::region_code::RegionCode;

/// Bounds on what one person may take up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Sockets of one person: on this node at once, over all nodes after half a minute.
    pub sockets_per_person: usize,
    /// Topics of one socket.
    pub topics_per_socket: usize,
    /// Messages of one socket in a minute.
    pub messages_minute: u32,
}

/// All sockets of this node and what they follow; cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    people: Mutex<People>,
    company: Mutex<Arc<Company>>,
    rooms: Mutex<HashMap<Topic, Room>>,
    opened: Notify,
    draining: AtomicBool,
    next: AtomicU64,
    counts: Counts,
    limits: Limits,
    exists: Box<dyn Fn(&Topic) -> bool + Send + Sync>,
}

/// What was handed to sockets, as `metrics` shows it.
#[derive(Default)]
pub struct Counts {
    /// Frames of topics that were handed over.
    pub frames: Counter,
    /// Those of them that a later one replaced before they were taken.
    pub dropped: Counter,
    /// Words that a topic moved, of which no event had told.
    pub found: Counter,
}

/// A topic that somebody follows.
#[derive(Default)]
struct Room {
    lines: IndexMap<u64, Arc<Line>>,
    /// What a newcomer gets; the frames that follow join on to it.
    whole: Option<Whole>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// A hub without sockets; `exists` tells whether a topic's region is one that has such a topic.
    pub fn new(limits: Limits, exists: impl Fn(&Topic) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            people: Mutex::default(),
            company: Mutex::default(),
            rooms: Mutex::default(),
            opened: Notify::new(),
            draining: AtomicBool::new(false),
            next: AtomicU64::new(1),
            counts: Counts::default(),
            limits,
            exists: Box::new(exists),
        }))
    }

    /// The bounds.
    pub fn limits(&self) -> Limits {
        self.0.limits
    }

    /// Whether there is such a topic at all.
    pub fn exists(&self, topic: &Topic) -> bool {
        (self.0.exists)(topic)
    }

    /// Takes in a socket of `person`, who belongs to `region`; `None` when they have as many as they
    /// may.
    pub fn open(
        &self,
        person: VolunteerId,
        session: SessionId,
        region: RegionCode,
    ) -> Option<Arc<Line>> {
        let mut people = locked(&self.0.people);
        if people.held(person) >= self.0.limits.sockets_per_person {
            return None;
        }
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let line = Line::new(id, person, session);
        people.add(&line, region);
        Some(line)
    }

    /// Forgets a socket: it gets nothing more from here.
    pub fn drop_line(&self, line: &Line) {
        locked(&self.0.people).remove(line);
        let mut rooms = locked(&self.0.rooms);
        for topic in line.topics() {
            leave(&mut rooms, &topic, line.id);
        }
    }

    /// Somebody belongs to `region` from now on.
    pub fn place(&self, person: VolunteerId, region: &RegionCode) {
        locked(&self.0.people).place(person, region);
    }

    /// Who is on this node; nobody once it stops.
    pub fn roll(&self) -> Roll {
        if self.is_draining() {
            return Roll::default();
        }
        // Sorted after the lock is free again.
        let present = locked(&self.0.people).present();
        Roll::of(present)
    }

    /// Who was here at the last look, on this node and the others: at most a few seconds ago.
    pub fn company(&self) -> Arc<Company> {
        locked(&self.0.company).clone()
    }

    /// Lets a socket follow a topic: it gets the whole at once if there is one, else with the next
    /// [`Hub::publish`]. The right to it was checked before.
    ///
    /// # Errors
    /// [`Refusal::TooMany`].
    pub fn subscribe(&self, line: &Arc<Line>, topic: &Topic) -> Result<(), Refusal> {
        let mut rooms = locked(&self.0.rooms);
        if !line.follow(topic, self.0.limits.topics_per_socket) {
            return Err(Refusal::TooMany);
        }
        let room = rooms.entry(topic.clone()).or_default();
        room.lines.insert(line.id, line.clone());
        match &room.whole {
            Some(whole) => {
                line.offer_whole(topic, whole);
                self.0.counts.frames.inc();
            }
            None => self.0.opened.notify_one(),
        }
        Ok(())
    }

    /// Ends a subscription; one that is not there is no fault.
    pub fn unsubscribe(&self, line: &Line, topic: &Topic) {
        let mut rooms = locked(&self.0.rooms);
        line.leave(topic);
        leave(&mut rooms, topic, line.id);
    }

    /// Hands one frame to everybody who follows `topic`, and keeps `whole`, the state after it, for
    /// newcomers and for those who fell behind; whoever has had nothing yet gets the whole instead.
    /// Gives the number of sockets. Never waits.
    pub fn publish(&self, topic: &Topic, frame: &Frame, whole: Option<Whole>) -> usize {
        let mut rooms = locked(&self.0.rooms);
        let Some(room) = rooms.get_mut(topic) else {
            return 0;
        };
        let mut lost = 0;
        for line in room.lines.values() {
            match &whole {
                Some(whole) if room.whole.is_none() => line.offer_whole(topic, whole),
                whole => lost += u64::from(line.offer(topic, frame, whole.as_ref())),
            }
        }
        self.0.counts.frames.inc_by(room.lines.len() as u64);
        self.0.counts.dropped.inc_by(lost);
        room.whole = whole;
        room.lines.len()
    }

    /// Whether anybody follows `topic`.
    pub fn is_followed(&self, topic: &Topic) -> bool {
        locked(&self.0.rooms).contains_key(topic)
    }

    /// The topics somebody follows for which `wanted` holds.
    fn topics(&self, wanted: impl Fn(&Topic) -> bool) -> HashSet<Topic> {
        let rooms = locked(&self.0.rooms);
        rooms
            .keys()
            .filter(|topic| wanted(topic))
            .cloned()
            .collect()
    }

    /// The boards somebody follows, each with whether a newcomer would get it at once.
    pub fn races(&self) -> Vec<(RegionCode, bool)> {
        self.followed(|topic| matches!(topic, Topic::Race(_)))
    }

    /// The topics of a kind that somebody follows, by region, each with whether a newcomer would get
    /// the whole at once.
    fn followed(&self, kind: impl Fn(&Topic) -> bool) -> Vec<(RegionCode, bool)> {
        locked(&self.0.rooms)
            .iter()
            .filter(|(topic, _)| kind(topic))
            .filter_map(|(topic, room)| Some((topic.region()?.clone(), room.whole.is_some())))
            .collect()
    }

    /// Returns once somebody follows a topic that has no whole yet.
    pub async fn opened(&self) {
        self.0.opened.notified().await;
    }

    /// What was counted since the start.
    pub fn counts(&self) -> &Counts {
        &self.0.counts
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        locked(&self.0.people).lines().len()
    }

    /// All sockets.
    pub fn lines(&self) -> Vec<Arc<Line>> {
        locked(&self.0.people).lines().cloned().collect()
    }

    /// True once the node stops: no socket is taken in any more.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    /// Tells every socket that the node restarts, and takes in no more.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
        for line in self.lines() {
            line.end(End::Restart);
        }
    }
}

fn leave(rooms: &mut HashMap<Topic, Room>, topic: &Topic, line: u64) {
    if let Some(room) = rooms.get_mut(topic) {
        room.lines.swap_remove(&line);
        if room.lines.is_empty() {
            rooms.remove(topic);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, StreamExt};

    use super::outgoing::Outgoing;
    use super::*;

    fn hub() -> Hub {
        let limits = Limits {
            sockets_per_person: 2,
            topics_per_socket: 2,
            messages_minute: 100,
        };
        Hub::new(limits, |_| true)
    }

    fn open(hub: &Hub, person: i64) -> Option<Arc<Line>> {
        let region = RegionCode::parse("us-oh").unwrap();
        hub.open(VolunteerId(person), SessionId(person), region)
    }

    fn race(code: &str) -> Topic {
        Topic::Race(RegionCode::parse(code).unwrap())
    }

    fn next(out: &mut Outgoing) -> Option<actix_web::web::Bytes> {
        out.next()
            .now_or_never()
            .flatten()
            .map(Result::unwrap_or_default)
    }

    #[test]
    fn every_subscriber_gets_the_same_bytes() {
        let hub = hub();
        let mut outs: Vec<Outgoing> = (0..3)
            .map(|n| {
                let line = open(&hub, n).unwrap();
                hub.subscribe(&line, &race("us")).unwrap();
                Outgoing::of(line)
            })
            .collect();
        let frame = Frame::text("{\"seq\":1}");
        assert_eq!(hub.publish(&race("us"), &frame, None), 3);
        for out in &mut outs {
            let got = next(out).unwrap();
            assert_eq!(got.as_ptr(), frame.bytes().as_ptr(), "not a copy");
        }
    }

    #[test]
    fn a_newcomer_gets_the_whole_and_then_what_follows() {
        let hub = hub();
        let first = open(&hub, 1).unwrap();
        hub.subscribe(&first, &race("us")).unwrap();
        assert_eq!(hub.races(), [(RegionCode::parse("us").unwrap(), false)]);
        let whole = Whole::new(|| Frame::text("whole 1"));
        hub.publish(&race("us"), &Frame::text("1"), Some(whole));

        let line = open(&hub, 2).unwrap();
        hub.subscribe(&line, &race("us")).unwrap();
        let mut out = Outgoing::of(line);
        assert_eq!(next(&mut out), Some(Frame::text("whole 1").bytes()));
        hub.publish(&race("us"), &Frame::text("2"), None);
        assert_eq!(next(&mut out), Some(Frame::text("2").bytes()));
    }

    #[test]
    fn bounds_hold_and_what_is_dropped_is_forgotten() {
        let hub = hub();
        let line = open(&hub, 1).unwrap();
        let other = open(&hub, 1).unwrap();
        assert!(open(&hub, 1).is_none());
        for code in ["us", "us-oh", "us"] {
            hub.subscribe(&line, &race(code)).unwrap();
        }
        assert_eq!(hub.subscribe(&line, &race("us-tx")), Err(Refusal::TooMany));
        hub.unsubscribe(&line, &race("us"));
        assert_eq!(hub.races().len(), 1);
        hub.drop_line(&line);
        assert!(hub.races().is_empty() && hub.lines().len() == 1);
        assert!(open(&hub, 1).is_some());
        hub.drop_line(&other);
    }

    #[test]
    fn a_stopping_node_tells_every_socket() {
        let hub = hub();
        let mut out = Outgoing::of(open(&hub, 1).unwrap());
        hub.drain();
        assert_eq!(next(&mut out), Some(Frame::close(End::Restart).bytes()));
        assert!(hub.is_draining());
    }
}

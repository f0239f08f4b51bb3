//! One socket's outgoing side: a slot a topic, of which the latest wins.
//!
//! The connection itself takes frames out, and only when it can write; whoever publishes puts them
//! in and never waits. So a slow reader costs at most one frame a topic, and delays nobody.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

use super::frame::{End, Frame, Whole};
use super::topic::Topic;
use crate::ids::{SessionId, VolunteerId};

/// Frames that belong to no topic (errors, pongs) and wait at most.
const NOTES: usize = 64;

/// A socket, as the hub holds it.
pub struct Line {
    /// Unique on this node.
    pub id: u64,
    /// Whose.
    pub person: VolunteerId,
    /// Through which session.
    pub session: SessionId,
    outbox: Mutex<Outbox>,
    pub(super) waker: AtomicWaker,
    /// Told when the connection is gone or shall go.
    pub over: Notify,
}

#[derive(Default)]
struct Outbox {
    topics: Vec<Topic>,
    waiting: VecDeque<(Option<Topic>, Waiting)>,
    /// Since when the front has been waiting.
    since: Option<Instant>,
    /// The close frame, until it is taken.
    last: Option<Frame>,
    closing: bool,
    /// The client has closed as well.
    closed: bool,
    ended: bool,
}

enum Waiting {
    Frame(Frame),
    Whole(Whole),
}

impl Line {
    /// A socket that just opened.
    pub fn new(id: u64, person: VolunteerId, session: SessionId) -> Arc<Self> {
        Arc::new(Self {
            id,
            person,
            session,
            outbox: Mutex::default(),
            waker: AtomicWaker::new(),
            over: Notify::new(),
        })
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The topics it follows.
    pub fn topics(&self) -> Vec<Topic> {
        self.outbox().topics.clone()
    }

    /// Notes a topic as followed; false when it was already, or there are `most` of them.
    pub fn follow(&self, topic: &Topic, most: usize) -> bool {
        let mut outbox = self.outbox();
        if outbox.topics.contains(topic) {
            return true;
        }
        let room = outbox.topics.len() < most && !outbox.ended;
        if room {
            outbox.topics.push(topic.clone());
        }
        room
    }

    /// Forgets a topic and what waits of it.
    pub fn leave(&self, topic: &Topic) {
        let mut outbox = self.outbox();
        outbox.topics.retain(|followed| followed != topic);
        outbox
            .waiting
            .retain(|(about, _)| about.as_ref() != Some(topic));
    }

    /// Hands over a frame of `topic`. If an earlier one of it still waits, that one is lost, and the
    /// topic's `whole` state takes its place, where there is one. True when one was lost.
    pub fn offer(&self, topic: &Topic, frame: &Frame, whole: Option<&Whole>) -> bool {
        let mut lost = false;
        self.put(|outbox| {
            let earlier = outbox
                .waiting
                .iter_mut()
                .find(|(about, _)| about.as_ref() == Some(topic));
            match earlier {
                Some((_, waiting)) => {
                    lost = true;
                    *waiting = match whole {
                        Some(whole) => Waiting::Whole(whole.clone()),
                        None => Waiting::Frame(frame.clone()),
                    };
                }
                None => outbox
                    .waiting
                    .push_back((Some(topic.clone()), Waiting::Frame(frame.clone()))),
            }
        });
        lost
    }

    /// Hands over the whole state of `topic`, in place of whatever of it waits.
    pub fn offer_whole(&self, topic: &Topic, whole: &Whole) {
        self.put(|outbox| {
            outbox
                .waiting
                .retain(|(about, _)| about.as_ref() != Some(topic));
            let waiting = Waiting::Whole(whole.clone());
            outbox.waiting.push_back((Some(topic.clone()), waiting));
        });
    }

    /// Hands over a frame that belongs to no topic's slot.
    pub fn note(&self, frame: Frame) {
        let notes = self
            .outbox()
            .waiting
            .iter()
            .filter(|(about, _)| about.is_none())
            .count();
        if notes >= NOTES {
            self.end(End::TooMany);
        } else {
            self.put(|outbox| outbox.waiting.push_back((None, Waiting::Frame(frame))));
        }
    }

    fn put(&self, change: impl FnOnce(&mut Outbox)) {
        let mut outbox = self.outbox();
        if outbox.ended || outbox.closing {
            return;
        }
        change(&mut outbox);
        outbox.since.get_or_insert_with(Instant::now);
        drop(outbox);
        self.waker.wake();
    }

    /// Says why and closes; of what waits, only notes are still sent. The connection then stays for
    /// the client's own close, until [`Line::cut`].
    pub fn end(&self, why: End) {
        let mut outbox = self.outbox();
        if !outbox.closing && !outbox.ended {
            outbox.closing = true;
            outbox.waiting.retain(|(about, _)| about.is_none());
            outbox.last = Some(Frame::close(why));
            outbox.since.get_or_insert_with(Instant::now);
        }
        drop(outbox);
        self.waker.wake();
        self.over.notify_one();
    }

    /// The client has closed as well: the connection ends once what waits is written.
    pub fn close(&self) {
        self.outbox().closed = true;
        self.waker.wake();
    }

    /// Returns once the connection is gone.
    pub async fn gone(&self) {
        while !self.outbox().ended {
            self.over.notified().await;
        }
    }

    /// Whether both sides have closed and nothing waits any more.
    pub(super) fn is_closed(&self) -> bool {
        let outbox = self.outbox();
        outbox.closed && outbox.waiting.is_empty() && outbox.last.is_none()
    }

    /// Closes without a word: the connection is gone, or does not take anything.
    pub fn cut(&self) {
        let mut outbox = self.outbox();
        outbox.ended = true;
        outbox.waiting.clear();
        outbox.topics.clear();
        outbox.since = None;
        drop(outbox);
        self.waker.wake();
        self.over.notify_one();
    }

    /// Whether something has waited for longer than `patience`.
    pub fn is_stuck(&self, patience: Duration) -> bool {
        self.outbox()
            .since
            .is_some_and(|since| since.elapsed() > patience)
    }

    /// The next frame to write; `None` once the connection shall go.
    pub(super) fn take(&self) -> Poll<Option<Frame>> {
        let mut outbox = self.outbox();
        if outbox.ended {
            return Poll::Ready(None);
        }
        if let Some((_, waiting)) = outbox.waiting.pop_front() {
            let more = !outbox.waiting.is_empty() || outbox.last.is_some();
            outbox.since = more.then(Instant::now);
            drop(outbox);
            return Poll::Ready(Some(match waiting {
                Waiting::Frame(frame) => frame,
                Waiting::Whole(whole) => whole.frame(),
            }));
        }
        if let Some(last) = outbox.last.take() {
            outbox.since = None;
            return Poll::Ready(Some(last));
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region_code::RegionCode;

    fn line() -> Arc<Line> {
        Line::new(1, VolunteerId(7), SessionId(1))
    }

    fn race(code: &str) -> Topic {
        Topic::Race(RegionCode::parse(code).unwrap())
    }

    fn taken(line: &Line) -> Option<Frame> {
        match line.take() {
            Poll::Ready(frame) => frame,
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_reader_who_keeps_up_gets_every_frame() {
        let line = line();
        for n in 0..3 {
            let frame = Frame::text(&n.to_string());
            line.offer(&race("us"), &frame, None);
            assert_eq!(taken(&line), Some(frame));
        }
        assert_eq!(taken(&line), None);
    }

    #[test]
    fn a_slow_reader_loses_frames_and_gets_the_whole_instead() {
        let line = line();
        let whole = Whole::new(|| Frame::text("whole 3"));
        line.offer(&race("us"), &Frame::text("1"), None);
        line.offer(&race("us-oh"), &Frame::text("other"), None);
        line.offer(&race("us"), &Frame::text("2"), None);
        line.offer(&race("us"), &Frame::text("3"), Some(&whole));
        assert_eq!(taken(&line), Some(Frame::text("whole 3")));
        assert_eq!(taken(&line), Some(Frame::text("other")));
        assert_eq!(taken(&line), None);
    }

    #[test]
    fn a_closed_socket_says_why_and_then_nothing() {
        let line = line();
        line.offer(&race("us"), &Frame::text("1"), None);
        line.end(End::SignedOut);
        line.end(End::Restart);
        line.offer(&race("us"), &Frame::text("2"), None);
        assert_eq!(taken(&line), Some(Frame::close(End::SignedOut)));
        assert!(line.take().is_pending(), "the client may still close");
        line.cut();
        assert!(matches!(line.take(), Poll::Ready(None)));
    }

    #[test]
    fn notes_to_somebody_who_does_not_read_are_bounded() {
        let line = line();
        for _ in 0..=NOTES {
            line.note(Frame::pong(b""));
        }
        for _ in 0..NOTES {
            taken(&line);
        }
        assert_eq!(taken(&line), Some(Frame::close(End::TooMany)));
    }

    #[test]
    fn a_socket_is_stuck_while_nothing_is_taken() {
        let line = line();
        assert!(!line.is_stuck(Duration::ZERO));
        line.offer(&race("us"), &Frame::text("1"), None);
        std::thread::sleep(Duration::from_millis(2));
        assert!(line.is_stuck(Duration::ZERO));
        taken(&line);
        assert!(!line.is_stuck(Duration::ZERO));
    }
}

//! How a topic stands in the database, in a few numbers, and what of two looks tells that it moved.

use std::collections::{HashMap, HashSet};

use super::topic::Topic;
use crate::clock::Instant;

/// Parts of a mark.
const PARTS: usize = 4;

/// How a topic stands: parts that each look at something of their own. What nothing is known of
/// stands at zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark([Part; PARTS]);

/// The newest of something, and how many of it are as new or nearly: so that one that is committed
/// late, and is not the newest, shows too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    newest: i64,
    count: i64,
}

impl Mark {
    /// Adds `count` things to part `part` (0 to 3), the newest of which is `newest`: an id, a version
    /// or microseconds.
    pub fn add(&mut self, part: usize, newest: i64, count: i64) {
        let part = &mut self.0[part];
        part.newest = part.newest.max(newest);
        part.count = part.count.saturating_add(count);
    }

    /// [`Mark::add`] for one thing that happened at `at`.
    pub fn add_at(&mut self, part: usize, at: Instant) {
        self.add(part, at.micros(), 1);
    }

    /// Adds all that is in another mark.
    pub fn join(&mut self, other: &Self) {
        for (part, of) in other.0.iter().enumerate() {
            self.add(part, of.newest, of.count);
        }
    }

    /// Whether anything came since `before`. What only went away did so because a look reads no
    /// further back, or is told of by another part.
    pub fn grew(&self, before: &Self) -> bool {
        self.0.iter().zip(&before.0).any(|(now, then)| now > then)
    }
}

/// How topics stand.
pub type Marks = HashMap<Topic, Mark>;

/// The marks of the last looks.
#[derive(Default)]
pub struct Notes {
    noted: HashMap<Topic, Noted>,
    looks: u64,
}

struct Noted {
    mark: Mark,
    /// Of which look.
    look: u64,
}

impl Notes {
    /// Whether a topic was looked at before.
    pub fn knows(&self, topic: &Topic) -> bool {
        self.noted.contains_key(topic)
    }

    /// Forgets what nobody follows any more.
    pub fn keep(&mut self, followed: &HashSet<Topic>) {
        self.noted.retain(|topic, _| followed.contains(topic));
    }

    /// At most `most` of `topics`: first those that were never looked at, then those that were looked
    /// at longest ago.
    pub fn some(&self, mut topics: Vec<Topic>, most: usize) -> Vec<Topic> {
        if topics.len() > most {
            let look = |topic: &Topic| self.noted.get(topic).map_or(0, |noted| noted.look);
            topics.select_nth_unstable_by_key(most, look);
            topics.truncate(most);
        }
        topics
    }

    /// Notes how the topics that were `asked` about stand now; gives those that moved since they were
    /// looked at last.
    pub fn compare(&mut self, asked: &[Topic], marks: &Marks) -> Vec<Topic> {
        self.looks += 1;
        let look = self.looks;
        let mut moved = Vec::new();
        for topic in asked {
            let mark = marks.get(topic).copied().unwrap_or_default();
            let before = self.noted.insert(topic.clone(), Noted { mark, look });
            if before.is_some_and(|before| mark.grew(&before.mark)) {
                moved.push(topic.clone());
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::VolunteerId;

    fn me(person: i64) -> Topic {
        Topic::Me(VolunteerId(person))
    }

    fn mark(parts: &[(usize, i64, i64)]) -> Mark {
        let mut mark = Mark::default();
        for &(part, newest, count) in parts {
            mark.add(part, newest, count);
        }
        mark
    }

    #[test]
    fn a_mark_grows_with_what_is_newer_or_one_more_and_not_with_what_is_gone() {
        let before = mark(&[(0, 7, 2), (1, 100, 1)]);
        assert!(!before.grew(&before));
        assert!(mark(&[(0, 8, 1), (1, 100, 1)]).grew(&before), "newer");
        assert!(mark(&[(0, 7, 3), (1, 100, 1)]).grew(&before), "late");
        assert!(!mark(&[(0, 7, 1), (1, 100, 1)]).grew(&before), "one less");
        assert!(!mark(&[(0, 3, 9)]).grew(&before), "the newest is gone");
        assert!(
            mark(&[(1, 101, 1)]).grew(&before),
            "each part for itself: what waited was decided about"
        );
        assert_eq!(mark(&[(2, 5, 1), (2, 4, 1)]), mark(&[(2, 5, 2)]));
    }

    #[test]
    fn the_first_look_only_notes_and_each_move_is_told_once() {
        let mut notes = Notes::default();
        let asked = [me(1), me(2), me(3)];
        let mut marks = HashMap::from([(me(1), mark(&[(0, 1, 1)]))]);
        assert_eq!(notes.compare(&asked, &marks), []);
        assert_eq!(notes.compare(&asked, &marks), []);
        // Ben had nothing before, which was noted too.
        marks.insert(me(2), mark(&[(0, 1, 1)]));
        assert_eq!(notes.compare(&asked, &marks), [me(2)]);
        assert_eq!(notes.compare(&asked, &marks), []);
        // Who is not asked about is not compared.
        marks.insert(me(1), mark(&[(0, 2, 2)]));
        assert_eq!(notes.compare(&asked[1..], &marks), []);
        assert_eq!(notes.compare(&asked, &marks), [me(1)]);
        // Who comes again begins anew.
        notes.keep(&HashSet::from([me(2)]));
        assert!(notes.knows(&me(2)) && !notes.knows(&me(1)));
        marks.insert(me(1), mark(&[(0, 3, 3)]));
        assert_eq!(notes.compare(&asked, &marks), []);
    }

    #[test]
    fn every_topic_has_its_turn() {
        let mut notes = Notes::default();
        let all: Vec<Topic> = (0..10).map(me).collect();
        let mut seen = HashSet::new();
        for _ in 0..4 {
            let some = notes.some(all.clone(), 3);
            assert_eq!(some.len(), 3);
            notes.compare(&some, &Marks::new());
            seen.extend(some);
        }
        assert_eq!(seen.len(), 10, "ten in four looks of three");
        assert_eq!(notes.some(all.clone(), 10).len(), 10);
    }
}

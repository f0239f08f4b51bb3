//! How often a topic says that something moved: once a second at most, and never not at all.
//!
//! The first word goes out at once; what moves within the second after it is said together at its
//! end. Only topics that somebody follows are remembered, for a second each.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::topic::Topic;

/// The time between two words of a topic.
const PAUSE: Duration = Duration::from_secs(1);

/// What was said lately, and what is owed.
#[derive(Default)]
pub struct Told {
    said: HashMap<Topic, Instant>,
    owed: HashSet<Topic>,
}

impl Told {
    /// Whether `topic` may speak at once; else it will be [`due`](Self::due).
    pub fn may_speak(&mut self, topic: &Topic, now: Instant) -> bool {
        let silent = self.said.get(topic).is_none_or(|at| now >= *at + PAUSE);
        if !silent {
            self.owed.insert(topic.clone());
        }
        silent
    }

    /// Notes that `topic` spoke to somebody.
    pub fn spoke(&mut self, topic: Topic, now: Instant) {
        self.said.insert(topic, now);
    }

    /// When the next topic is due; `None` while nothing is owed.
    pub fn next(&self) -> Option<Instant> {
        let due = |topic: &Topic| self.said.get(topic).map(|at| *at + PAUSE);
        self.owed.iter().filter_map(due).min()
    }

    /// Topics that are owed a word by now. What was said longer ago is forgotten.
    pub fn due(&mut self, now: Instant) -> Vec<Topic> {
        self.said.retain(|_, at| now < *at + PAUSE);
        let said = &self.said;
        self.owed
            .extract_if(|topic| !said.contains_key(topic))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::VolunteerId;

    #[test]
    fn a_hundred_moves_are_two_words() {
        let (mut told, began) = (Told::default(), Instant::now());
        let topic = Topic::Me(VolunteerId(7));
        let mut words = 0;
        for ms in 0..100 {
            let now = began + Duration::from_millis(ms);
            if told.may_speak(&topic, now) {
                told.spoke(topic.clone(), now);
                words += 1;
            }
            words += told.due(now).len();
        }
        assert_eq!((words, told.next()), (1, Some(began + PAUSE)));
        assert_eq!(told.due(began + PAUSE), std::slice::from_ref(&topic));
        assert!(
            told.said.is_empty() && told.owed.is_empty(),
            "nothing is kept"
        );
        assert!(told.may_speak(&topic, began + PAUSE));
    }

    #[test]
    fn topics_do_not_wait_for_each_other() {
        let (mut told, now) = (Told::default(), Instant::now());
        let (one, two) = (Topic::Me(VolunteerId(1)), Topic::Me(VolunteerId(2)));
        assert!(told.may_speak(&one, now));
        told.spoke(one, now);
        assert!(told.may_speak(&two, now));
    }
}

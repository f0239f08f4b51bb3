//! What other nodes said last about who is on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration as Span, Instant};

use super::roll::Roll;

/// For how long a node that says nothing still counts: it may have been killed.
pub const FORGET: Span = Span::from_secs(20);
/// Nodes remembered at most.
const NODES: usize = 64;
/// People on all of them at most.
const PEOPLE: usize = 500_000;
/// Bytes of a node's name at most.
const NAME: usize = 32;

/// By a node's name, when it was heard last and what it said.
type Nodes = HashMap<String, (Instant, Arc<Roll>)>;

/// The rolls of other nodes; cheap to clone.
#[derive(Clone, Default)]
pub struct Rolls(Arc<Mutex<Nodes>>);

impl Rolls {
    fn lock(&self) -> MutexGuard<'_, Nodes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what came at `now` from another node than `own`; where there are too many, those make
    /// room that were not heard for longest. False for what is no roll, which is left aside.
    pub fn hear(&self, own: &str, letter: &[u8], now: Instant) -> bool {
        let Some((from, roll)) = read(letter) else {
            return false;
        };
        if from != own {
            let mut nodes = self.lock();
            nodes.insert(from.to_owned(), (now, Arc::new(roll)));
            make_room(&mut nodes, from);
        }
        true
    }

    /// The rolls that count at `now`, by the names of their nodes.
    pub fn list(&self, now: Instant) -> Vec<(String, Arc<Roll>)> {
        let mut nodes = self.lock();
        nodes.retain(|_, (heard, _)| now.saturating_duration_since(*heard) < FORGET);
        nodes
            .iter()
            .map(|(name, (_, roll))| (name.clone(), roll.clone()))
            .collect()
    }
}

/// Forgets those that were not heard for longest, but not `newest`, until the rest keeps the bounds.
fn make_room(nodes: &mut Nodes, newest: &str) {
    let people = |nodes: &Nodes| nodes.values().map(|(_, roll)| roll.people()).sum::<usize>();
    while nodes.len() > NODES || people(nodes) > PEOPLE {
        let others = nodes.iter().filter(|(name, _)| *name != newest);
        let oldest = others.min_by_key(|(_, (heard, _))| *heard);
        let Some(oldest) = oldest.map(|(name, _)| name.clone()) else {
            return;
        };
        nodes.remove(&oldest);
    }
}

/// `roll` as the node called `from` says it: the name after its length, then the roll.
pub fn letter(from: &str, roll: &Roll) -> Vec<u8> {
    let name = &from.as_bytes()[..from.len().min(NAME)];
    let mut bytes = vec![name.len().to_le_bytes()[0]];
    bytes.extend_from_slice(name);
    roll.write(&mut bytes);
    bytes
}

fn read(letter: &[u8]) -> Option<(&str, Roll)> {
    let (length, rest) = letter.split_first()?;
    let length = usize::from(*length);
    if length == 0 || length > NAME {
        return None;
    }
    let (name, roll) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(name).ok()?, Roll::read(roll)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Present;
    use crate::ids::VolunteerId;
    use crate::region_code::RegionCode;

    fn roll(person: i64) -> Roll {
        let present = Present {
            person: VolunteerId(person),
            sockets: 1,
        };
        Roll::of(vec![(RegionCode::parse("us").unwrap(), present)])
    }

    #[test]
    fn the_last_word_of_each_other_node_counts_for_twenty_seconds() {
        let (rolls, now) = (Rolls::default(), Instant::now());
        rolls.hear("me", &letter("me", &roll(1)), now);
        rolls.hear("me", &letter("two", &roll(1)), now);
        rolls.hear("me", &letter("two", &roll(2)), now);
        let known = rolls.list(now);
        assert_eq!(known, [("two".to_owned(), Arc::new(roll(2)))]);
        rolls.hear("me", &letter("three", &roll(3)), now + FORGET / 2);
        assert_eq!(rolls.list(now + FORGET)[0].0, "three");
        assert!(rolls.list(now + FORGET * 2).is_empty());
    }

    #[test]
    fn nonsense_is_left_aside_and_names_are_bounded() {
        let (rolls, now) = (Rolls::default(), Instant::now());
        for wrong in [
            &b""[..],
            b"\0",
            b"\x05us",
            b"\xffus",
            b"\x02\xff\xfe",
            b"hello",
            b"\x02us{}",
        ] {
            assert!(!rolls.hear("me", wrong, now));
        }
        assert!(rolls.list(now).is_empty());
    }

    #[test]
    fn who_was_not_heard_for_longest_makes_room() {
        let (rolls, now) = (Rolls::default(), Instant::now());
        let later = |n: usize| now + Span::from_millis(n as u64);
        for n in 0..NODES {
            rolls.hear("me", &letter(&format!("made up {n}"), &roll(1)), later(n));
        }
        rolls.hear("me", &letter("real", &roll(2)), later(NODES));
        let known = rolls.list(later(NODES));
        let knows = |name: &str| known.iter().any(|(known, _)| known == name);
        assert!(knows("real") && knows("made up 1") && !knows("made up 0"));
        assert_eq!(known.len(), NODES);
        let crowd = (0..100_000).map(|id| {
            let present = Present {
                person: VolunteerId(id),
                sockets: 1,
            };
            (RegionCode::parse("us").unwrap(), present)
        });
        let crowd = Roll::of(crowd.collect());
        for n in 0..10 {
            let now = later(NODES + n);
            rolls.hear("me", &letter(&format!("crowd {n}"), &crowd), now);
        }
        let people: usize = rolls.list(now).iter().map(|(_, roll)| roll.people()).sum();
        assert_eq!(people, PEOPLE);
    }
}

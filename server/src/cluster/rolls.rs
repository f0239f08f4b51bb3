//! What other nodes said last about who is on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration as Span, Instant};

use super::roll::Roll;

/// For how long a node that says nothing still counts: it may have been killed.
pub const FORGET: Span = Span::from_secs(20);
/// Nodes remembered at most.
const NODES: usize = 64;
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

    /// Takes in what came at `now` from another node than `own`. What is no roll is left aside.
    pub fn hear(&self, own: &str, letter: &[u8], now: Instant) {
        let Some((from, roll)) = read(letter).filter(|(from, _)| *from != own) else {
            return;
        };
        let mut nodes = self.lock();
        if nodes.len() < NODES || nodes.contains_key(from) {
            nodes.insert(from.to_owned(), (now, Arc::new(roll)));
        }
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
            rolls.hear("me", wrong, now);
        }
        assert!(rolls.list(now).is_empty());
        for n in 0..=NODES {
            rolls.hear("me", &letter(&format!("node {n}"), &roll(1)), now);
        }
        assert_eq!(rolls.list(now).len(), NODES);
    }
}

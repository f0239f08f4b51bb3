//! Who is on one node now: ids of people by region, and how many sockets each holds there. Nothing
//! else of anybody, and nothing of it is kept anywhere.
//!
//! Between nodes a roll is a handful of bytes a person: regions in the order of their codes, each by
//! what differs from the one before, then its people by the steps from id to id.

use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// People on one node at most: more than it can hold sockets for (a file descriptor each). What is
/// longer is no roll.
const PEOPLE: usize = 100_000;

/// The people of one node, by region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roll {
    /// Each region in the order of the codes, with where its people end in `people`.
    regions: Vec<(RegionCode, usize)>,
    people: Vec<Present>,
}

/// Somebody with a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Present {
    /// Who.
    pub person: VolunteerId,
    /// How many they hold; at least one.
    pub sockets: u8,
}

impl Roll {
    /// The roll of these people, each named once and in any order. Beyond a hundred thousand,
    /// those of the last regions are left out.
    pub fn of(mut people: Vec<(RegionCode, Present)>) -> Self {
        people.sort_unstable();
        people.truncate(PEOPLE);
        let mut roll = Self::default();
        for (region, present) in people {
            roll.add(region, present);
        }
        roll
    }

    fn add(&mut self, region: RegionCode, present: Present) {
        self.people.push(present);
        let end = self.people.len();
        match self.regions.last_mut() {
            Some(last) if last.0 == region => last.1 = end,
            _ => self.regions.push((region, end)),
        }
    }

    /// The regions in the order of their codes, each with its people in the order of their ids.
    pub fn regions(&self) -> impl Iterator<Item = (&RegionCode, &[Present])> {
        let mut from = 0;
        self.regions.iter().map(move |(region, end)| {
            let people = &self.people[from..*end];
            from = *end;
            (region, people)
        })
    }

    /// How many people are on it.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// Adds the roll to `bytes`.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        let mut before = "";
        for (region, people) in self.regions() {
            let code = region.as_str();
            let same = before.bytes().zip(code.bytes()).take_while(|(a, b)| a == b);
            let same = same.count();
            put(bytes, same as u64);
            put(bytes, (code.len() - same) as u64);
            bytes.extend_from_slice(&code.as_bytes()[same..]);
            put(bytes, people.len() as u64);
            let mut last = 0;
            for present in people {
                put(bytes, present.person.0.wrapping_sub(last).cast_unsigned());
                last = present.person.0;
                bytes.push(present.sockets);
            }
            before = code;
        }
    }

    /// Reads a roll; `None` for whatever is none.
    pub fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut roll = Self::default();
        while !bytes.is_empty() {
            let (same, differs) = (take(&mut bytes)?, take(&mut bytes)?);
            let before = roll.regions.last().map_or("", |(code, _)| code.as_str());
            let mut code = before.as_bytes().get(..same)?.to_vec();
            code.extend_from_slice(bytes.split_off(..differs)?);
            let code = RegionCode::parse(std::str::from_utf8(&code).ok()?).ok()?;
            if roll.regions.last().is_some_and(|(last, _)| *last >= code) {
                return None;
            }
            let count = take(&mut bytes)?;
            // Refused before room is made for it.
            if count == 0 || roll.people.len().checked_add(count)? > PEOPLE {
                return None;
            }
            let mut last = 0_i64;
            for nth in 0..count {
                let person = last.checked_add_unsigned(number(&mut bytes)?)?;
                let sockets = *bytes.split_off_first()?;
                if sockets == 0 || (nth > 0 && person == last) {
                    return None;
                }
                last = person;
                let person = VolunteerId(person);
                roll.people.push(Present { person, sockets });
            }
            roll.regions.push((code, roll.people.len()));
        }
        Some(roll)
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut sum = 0_u64;
    for place in 0..10 {
        let byte = *bytes.split_off_first()?;
        let bits = u64::from(byte & 0x7f);
        sum |= bits
            .checked_shl(place * 7)
            .filter(|moved| moved >> (place * 7) == bits)?;
        if byte < 0x80 {
            return Some(sum);
        }
    }
    None
}

fn take(bytes: &mut &[u8]) -> Option<usize> {
    number(bytes)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn roll(people: &[(&str, i64, u8)]) -> Roll {
        Roll::of(
            people
                .iter()
                .map(|&(region, person, sockets)| {
                    let person = VolunteerId(person);
                    (
                        RegionCode::parse(region).unwrap(),
                        Present { person, sockets },
                    )
                })
                .collect(),
        )
    }

    fn written(roll: &Roll) -> Vec<u8> {
        let mut bytes = Vec::new();
        roll.write(&mut bytes);
        bytes
    }

    #[test]
    fn regions_come_in_order_with_their_people() {
        let roll = roll(&[
            ("us-tx-48453", 9, 1),
            ("us-oh-39049", 7, 2),
            ("us", 3, 1),
            ("us-oh-39049", 5, 1),
        ]);
        let shown: Vec<String> = roll
            .regions()
            .map(|(region, people)| {
                let ids: Vec<i64> = people.iter().map(|present| present.person.0).collect();
                format!("{region} {ids:?}")
            })
            .collect();
        assert_eq!(shown, ["us [3]", "us-oh-39049 [5, 7]", "us-tx-48453 [9]"]);
    }

    #[test]
    fn what_is_cut_off_or_longer_than_allowed_is_no_roll() {
        let whole = written(&roll(&[("us-oh", 7, 1), ("us-oh-39049", i64::MAX, 5)]));
        assert!(Roll::read(&whole).is_some());
        for length in 1..whole.len() {
            let short = Roll::read(&whole[..length]);
            assert!(
                short.is_none_or(|short| short == roll(&[("us-oh", 7, 1)])),
                "{length} bytes"
            );
        }
        let mut many = Vec::new();
        put(&mut many, 0);
        put(&mut many, 2);
        many.extend_from_slice(b"us");
        put(&mut many, u64::MAX);
        assert_eq!(Roll::read(&many), None);
        let twice = [
            written(&roll(&[("us", 7, 1)])),
            written(&roll(&[("us", 7, 1)])),
        ]
        .concat();
        assert_eq!(Roll::read(&twice), None, "a region stands once");
    }

    proptest! {
        #[test]
        fn a_roll_survives_the_wire(
            people in prop::collection::btree_map(0..i64::MAX, ("us(-[a-z]{2}(-[0-9]{1,5}){0,2})?", 1_u8..), 0..60)
        ) {
            let people = people.into_iter().map(|(id, (region, sockets))| {
                (RegionCode::parse(&region).unwrap(), Present { person: VolunteerId(id), sockets })
            });
            let roll = Roll::of(people.collect());
            prop_assert_eq!(Roll::read(&written(&roll)), Some(roll));
        }

        #[test]
        fn any_bytes_are_a_roll_or_none(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Some(roll) = Roll::read(&bytes) {
                prop_assert_eq!(Roll::read(&written(&roll)), Some(roll));
            }
        }
    }
}

//! Everybody who is here now, over all nodes: counted by region, each person once. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::roll::{Present, Roll};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// The rolls of all nodes together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Company {
    /// Each region in the order of the codes, with the people up to and with it.
    upto: Vec<(RegionCode, u32)>,
    /// This node's people who hold more sockets over all nodes than they may, each with how many of
    /// those here may stay.
    pub over: Vec<(VolunteerId, usize)>,
}

/// A person on one of the nodes: in the order in which their sockets may stay.
struct Held<'a> {
    node: &'a str,
    present: Present,
    here: bool,
}

impl Company {
    /// `own` is the roll of this node, which is called `name`; `most` is how many sockets a person
    /// may hold. Where they hold too many, the node on which they hold most keeps them, then the one
    /// whose name comes first: every node comes to the same from the same rolls.
    pub fn of(name: &str, own: &Roll, others: &[(String, Arc<Roll>)], most: usize) -> Self {
        let own = std::iter::once((name, own, true));
        let others = others
            .iter()
            .map(|(name, roll)| (name.as_str(), &**roll, false));
        let mut all: BTreeMap<&RegionCode, Vec<Held<'_>>> = BTreeMap::new();
        for (node, roll, here) in own.chain(others) {
            for (region, people) in roll.regions() {
                let held = people.iter().map(|&present| Held {
                    node,
                    present,
                    here,
                });
                all.entry(region).or_default().extend(held);
            }
        }
        let mut company = Self::default();
        let mut sum = 0;
        for (region, mut people) in all {
            people.sort_unstable_by_key(|held| held.present.person);
            for one in people.chunk_by_mut(|a, b| a.present.person == b.present.person) {
                sum += 1;
                company.over.extend(too_many(one, most));
            }
            company.upto.push((region.clone(), sum));
        }
        company
    }

    /// People of `region` and all beneath it.
    pub fn count(&self, region: &RegionCode) -> u32 {
        // A region comes directly before everything beneath it.
        let from = self.upto.partition_point(|(code, _)| code < region);
        let to = self
            .upto
            .partition_point(|(code, _)| code < region || code.is_under(region));
        self.before(to) - self.before(from)
    }

    /// Everybody.
    pub fn people(&self) -> u32 {
        self.before(self.upto.len())
    }

    fn before(&self, index: usize) -> u32 {
        let last = index.checked_sub(1).and_then(|last| self.upto.get(last));
        last.map_or(0, |(_, sum)| *sum)
    }
}

/// How many of one person's sockets here may stay, where not all may.
fn too_many(held: &mut [Held<'_>], most: usize) -> Option<(VolunteerId, usize)> {
    // What somebody holds on one node alone is bounded when it opens.
    if held.len() < 2 {
        return None;
    }
    held.sort_unstable_by(|a, b| {
        let more = b.present.sockets.cmp(&a.present.sockets);
        more.then_with(|| a.node.cmp(b.node))
    });
    let at = held.iter().position(|held| held.here)?;
    let sockets = |held: &Held<'_>| usize::from(held.present.sockets);
    let before: usize = held[..at].iter().map(sockets).sum();
    let stays = most.saturating_sub(before);
    (stays < sockets(&held[at])).then_some((held[at].present.person, stays))
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    fn roll(people: &[(&str, i64, u8)]) -> Roll {
        let people = people.iter().map(|&(region, person, sockets)| {
            let person = VolunteerId(person);
            (code(region), Present { person, sockets })
        });
        Roll::of(people.collect())
    }

    #[test]
    fn each_person_counts_once_in_every_region_above_them() {
        let own = roll(&[("us-oh-39049", 1, 1), ("us-oh-39049-43215", 2, 3)]);
        let other = roll(&[("us-oh-39049", 1, 2), ("us-oh-39041", 3, 1), ("us-o", 4, 1)]);
        let company = Company::of("a", &own, &[("b".into(), other.into())], 5);
        let count = |text| company.count(&code(text));
        assert_eq!((count("us"), company.people()), (4, 4));
        assert_eq!((count("us-oh"), count("us-oh-39049")), (3, 2));
        assert_eq!((count("us-oh-39049-43215"), count("us-oh-39")), (1, 0));
        assert_eq!((count("us-o"), count("us-tx"), count("ca")), (1, 0, 0));
        assert_eq!(Company::default().count(&code("us")), 0);
    }

    #[test]
    fn the_node_on_which_somebody_holds_most_keeps_them() {
        let (few, many) = (roll(&[("us", 1, 2)]), roll(&[("us", 1, 4)]));
        let over = |name: &str, own: &Roll, other: (&str, &Roll)| {
            let other = (other.0.to_owned(), Arc::new(other.1.clone()));
            Company::of(name, own, &[other], 5).over
        };
        assert_eq!(over("a", &few, ("b", &many)), [(VolunteerId(1), 1)]);
        assert_eq!(over("b", &many, ("a", &few)), []);
        assert_eq!(over("a", &many, ("b", &many)), []);
        assert_eq!(over("b", &many, ("a", &many)), [(VolunteerId(1), 1)]);
        let alone = Company::of("a", &roll(&[("us", 1, 9)]), &[], 5);
        assert_eq!(alone.over, [], "one node bounds its own when they open");
    }

    proptest! {
        #[test]
        fn counts_are_those_of_a_plain_look_and_five_sockets_stay(
            rolls in prop::collection::vec(
                prop::collection::btree_map(0..30_i64, 1..=5_u8, 0..20), 1..5)
        ) {
            // Where each of thirty people belongs.
            const REGIONS: [&str; 4] = ["us", "us-oh", "us-oh-1", "us-oh-1-2"];
            let region = |person: i64| REGIONS[usize::try_from(person % 4).unwrap()];
            let made: Vec<(String, Arc<Roll>)> = rolls.iter().enumerate().map(|(n, people)| {
                let people: Vec<_> = people.iter().map(|(&id, &n)| (region(id), id, n)).collect();
                (format!("node {n}"), Arc::new(roll(&people)))
            }).collect();
            let mut stay = HashMap::<i64, usize>::new();
            for (n, people) in rolls.iter().enumerate() {
                let others: Vec<_> = made.iter().enumerate().filter(|(m, _)| *m != n)
                    .map(|(_, other)| other.clone()).collect();
                let company = Company::of(&made[n].0, &made[n].1, &others, 5);
                for above in REGIONS {
                    let here: HashSet<i64> = rolls.iter().flat_map(BTreeMap::keys)
                        .copied().filter(|&id| code(region(id)).is_under(&code(above))).collect();
                    prop_assert_eq!(company.count(&code(above)) as usize, here.len());
                }
                for (&id, &sockets) in people {
                    let stays = company.over.iter().find(|(who, _)| who.0 == id);
                    *stay.entry(id).or_default() += stays.map_or(usize::from(sockets), |(_, n)| *n);
                }
            }
            for (id, left) in stay {
                let held: usize = rolls.iter().filter_map(|people| people.get(&id)).map(|&n| usize::from(n)).sum();
                prop_assert_eq!(left, held.min(5), "person {}", id);
            }
        }
    }
}

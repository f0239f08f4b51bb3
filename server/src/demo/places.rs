//! Where the made-up people live: real postcodes, drawn by population, gathered in some counties so
//! that there is a race to watch.

use super::chance::Chance;
use crate::region_code::RegionCode;
use crate::regions::{Point, PostcodeError, Tree};

/// States of the campaign, where it began first.
const STATES: [&str; 8] = [
    "us-oh", "us-pa", "us-mi", "us-wi", "us-ga", "us-az", "us-nv", "us-nm",
];
/// How much more of it there is where it began.
const HOME: f64 = 1.6;
/// The county of the people behind the three ready links.
pub const HOME_COUNTY: &str = "us-oh-39049";
/// Their postcode.
pub const HOME_ZIP: &str = "43202";
/// Members a busy county has on average.
const A_COUNTY: usize = 26;
/// Of a state’s people, the share that lives in its busy counties: par is measured by the middle
/// county, so those with one or two members must not be most of them.
const BUSY: f64 = 0.985;
/// Postcodes in which the people of a busy county live.
const TURFS: usize = 9;

/// A postcode somebody lives in.
#[derive(Clone)]
pub struct Home {
    /// As stored.
    pub zip: String,
    /// Its turf.
    pub region: RegionCode,
    /// Its IANA zone.
    pub zone: chrono_tz::Tz,
}

impl Home {
    /// The home of a postcode.
    ///
    /// # Errors
    /// When `tree` does not know it.
    pub fn of(tree: &Tree, zip: &str) -> Result<Self, PostcodeError> {
        let place = tree.place(zip)?;
        Ok(Self {
            zip: place.postcode,
            region: place.region,
            zone: place.timezone,
        })
    }
}

/// A county with its postcodes and how many people it takes.
pub struct County {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
    /// The zone of its tasks.
    pub zone: chrono_tz::Tz,
    /// Its postcodes and their weights.
    homes: Vec<Home>,
    weights: Vec<f64>,
    /// Cities of those postcodes with their middle, for tasks.
    pub cities: Vec<(String, Point)>,
}

/// A state with its counties.
pub struct State {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
    /// The zone of its tasks.
    pub zone: chrono_tz::Tz,
    /// Members it takes.
    pub members: usize,
    /// The counties where most people live, biggest first.
    pub busy: Vec<County>,
    rest: Vec<County>,
}

/// The states of the campaign and how `members` people spread over them.
pub fn states(tree: &Tree, members: usize) -> Vec<State> {
    let found: Vec<_> = STATES
        .iter()
        .filter_map(|code| tree.get(&RegionCode::parse(code).ok()?))
        .collect();
    let weights: Vec<f64> = found
        .iter()
        .enumerate()
        .map(|(at, node)| f64::from(node.population).powf(0.7) * if at == 0 { HOME } else { 1.0 })
        .collect();
    shares(&weights, members)
        .into_iter()
        .zip(found)
        .map(|(members, node)| {
            let mut counties: Vec<_> = tree
                .children(node.code)
                .filter(|county| county.level.key == "county" && county.population > 0)
                .collect();
            counties.sort_by_key(|county| std::cmp::Reverse(county.population));
            // The home county stands first in its state whatever its size.
            counties.sort_by_key(|county| county.code.as_str() != HOME_COUNTY);
            let busy = (members / A_COUNTY).clamp(3, 14).min(counties.len());
            let county = |node: &crate::regions::Node<'_>, turfs| County::of(tree, node, turfs);
            State {
                code: node.code.clone(),
                name: node.name.to_owned(),
                zone: node.timezone,
                members,
                rest: counties[busy..]
                    .iter()
                    .filter_map(|node| county(node, usize::MAX))
                    .collect(),
                busy: counties[..busy]
                    .iter()
                    .filter_map(|node| county(node, TURFS))
                    .collect(),
            }
        })
        .collect()
}

impl State {
    /// The homes of all its members.
    pub fn homes(&self, chance: &mut Chance) -> Vec<Home> {
        let weigh = |counties: &[County], power: f64| -> Vec<f64> {
            counties
                .iter()
                .map(|county| county.weights.iter().sum::<f64>().powf(power))
                .collect()
        };
        let (busy, rest) = (weigh(&self.busy, 0.6), weigh(&self.rest, 1.0));
        (0..self.members)
            .filter_map(|_| {
                let county = if self.rest.is_empty() || chance.hit(BUSY) {
                    self.busy.get(chance.weighted(&busy))?
                } else {
                    self.rest.get(chance.weighted(&rest))?
                };
                let at = chance.weighted(&county.weights);
                county.homes.get(at).cloned()
            })
            .collect()
    }
}

impl County {
    /// A county with its `turfs` most populous postcodes; none when nobody lives there.
    fn of(tree: &Tree, node: &crate::regions::Node<'_>, turfs: usize) -> Option<Self> {
        let mut inside: Vec<_> = tree
            .children(node.code)
            .filter(|turf| turf.population > 0)
            .collect();
        inside.sort_by_key(|turf| std::cmp::Reverse(turf.population));
        inside.truncate(turfs);
        let mut cities: Vec<(String, Point)> = Vec::new();
        for turf in &inside {
            if let Some(point) = turf.point
                && !turf.short.is_empty()
                && !cities.iter().any(|(name, _)| name == turf.short)
            {
                cities.push((turf.short.to_owned(), point));
            }
        }
        let homes: Vec<Home> = inside
            .iter()
            .filter_map(|turf| {
                Some(Home {
                    zip: turf.code.as_str().rsplit('-').next()?.to_owned(),
                    region: turf.code.clone(),
                    zone: turf.timezone,
                })
            })
            .collect();
        (!homes.is_empty()).then(|| Self {
            code: node.code.clone(),
            name: node.name.to_owned(),
            zone: node.timezone,
            weights: inside
                .iter()
                .map(|turf| f64::from(turf.population))
                .collect(),
            homes,
            cities,
        })
    }
}

/// Splits `total` by weight, so that the parts add up to it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "shares of a head count"
)]
fn shares(weights: &[f64], total: usize) -> Vec<usize> {
    let all: f64 = weights.iter().sum();
    let (mut before, mut given) = (0.0, 0);
    weights
        .iter()
        .map(|weight| {
            before += weight;
            let upto = (total as f64 * before / all).round() as usize;
            let part = upto - given;
            given = upto;
            part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn two_thousand_people_make_eight_states_and_more_than_a_dozen_full_counties() {
        let tree = Tree::embedded().unwrap();
        let (states, mut chance) = (states(&tree, 2000), Chance::new(1));
        let mut counties: BTreeMap<String, usize> = BTreeMap::new();
        for state in &states {
            assert!(
                (80..=600).contains(&state.members),
                "{}: {}",
                state.name,
                state.members
            );
            let homes = state.homes(&mut chance);
            assert_eq!(homes.len(), state.members);
            for home in homes {
                assert!(
                    tree.place(&home.zip)
                        .is_ok_and(|place| place.region == home.region)
                );
                let county = home.region.parent().unwrap();
                *counties.entry(county.to_string()).or_default() += 1;
            }
        }
        assert_eq!(
            states.iter().map(|state| state.members).sum::<usize>(),
            2000
        );
        let full = counties.values().filter(|members| **members >= 10).count();
        assert!(full >= 30, "{full}");
        assert!(counties[HOME_COUNTY] >= 25, "{}", counties[HOME_COUNTY]);
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        assert_eq!(shares(&[1.0, 1.0, 1.0], 10).iter().sum::<usize>(), 10);
        assert_eq!(shares(&[3.0, 1.0], 4), [3, 1]);
    }
}

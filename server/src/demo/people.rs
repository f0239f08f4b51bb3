//! The made-up people: who they are, since when, and how much they do.

use super::chance::Chance;
use super::names;
use super::personas::PERSONAS;
use super::places::{HOME_COUNTY, HOME_ZIP, Home, State};
use crate::clock::{Duration, Instant};
use crate::ids::{self, VolunteerId};
use crate::region_code::RegionCode;
use crate::regions::Tree;
use crate::volunteers::Availability;

/// Names of the three people whose links are printed, in the order of [`Cast`]'s fields.
const CAST: [&str; 3] = ["Ada Canvasser", "Ben Host", "Hana Headquarters"];
/// People of HQ besides the one whose link is printed.
const MORE_STAFF: usize = 2;
/// Hours since newcomers of the home county joined: the captain's queue has something to show.
const WAITING: [i64; 4] = [4, 29, 61, 90];
/// Members a county needs to have a captain of its own.
const CAPTAIN_FROM: usize = 10;
/// Of all people, those who confirmed within the last 72 hours and wait for a call.
const NEWCOMERS: f64 = 0.022;
/// Of all people, those who have waited longer.
const OVERDUE: f64 = 0.008;

#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about a person"
)]
/// Somebody.
pub struct Person {
    /// Who.
    pub id: VolunteerId,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Where they live.
    pub home: Home,
    /// Which of [`PERSONAS`].
    pub persona: usize,
    /// Entries a week on average.
    pub rate: f64,
    /// When they confirmed their address.
    pub joined_at: Instant,
    /// Whether nobody has called them yet.
    pub waits: bool,
    /// Who invited them, by place in the list.
    pub invited_by: Option<usize>,
    /// Skills with levels.
    pub skills: Vec<(String, i32)>,
    /// Tags.
    pub languages: Vec<String>,
    /// Kinds of tasks.
    pub interests: Vec<String>,
    /// None when they never said.
    pub availability: Option<Availability>,
    /// How far they go.
    pub travel_km: Option<i32>,
    /// How much time they give at most.
    pub weekly_hours: Option<i32>,
    /// Highest ladder rung completed.
    pub rung: i32,
    /// Whether they want no comparison.
    pub quiet: bool,
    /// Whether their name may stand on the honour roll.
    pub honour_roll: bool,
    /// Whether they said they are of age.
    pub adult: bool,
}

/// Who holds an office, by place in the list of people.
pub struct Cast {
    /// Whose home page is worth a look.
    pub volunteer: usize,
    /// Captain of the home county.
    pub captain: usize,
    /// HQ.
    pub hq: usize,
    /// All of HQ, that one included.
    pub staff: Vec<usize>,
    /// Captains and their region.
    pub captains: Vec<(RegionCode, usize)>,
}

/// Everybody.
pub struct People {
    /// The list.
    pub all: Vec<Person>,
    /// The offices.
    pub cast: Cast,
}

/// Makes everybody: those behind the printed links first.
///
/// # Errors
/// One sentence when the tree lacks the places the demo needs.
pub fn people(
    tree: &Tree,
    states: &[State],
    start: Instant,
    now: Instant,
    chance: &mut Chance,
) -> Result<People, String> {
    let home = Home::of(tree, HOME_ZIP)
        .map_err(|why| format!("The demo needs the default region tree: {why}."))?;
    let mut homes: Vec<Home> = states
        .iter()
        .flat_map(|state| state.homes(chance))
        .collect();
    chance.shuffle(&mut homes);
    let names = names::made_up(chance, homes.len(), &CAST);
    let mut all: Vec<Person> = names
        .into_iter()
        .zip(homes)
        .enumerate()
        .map(|(number, (name, home))| person(number, name, home, start, now, chance))
        .collect();
    for (at, name) in CAST.iter().enumerate().take(all.len()) {
        let known = &mut all[at];
        known.name = String::from(*name);
        known.email = names::address(name, at);
        known.home = home.clone();
        known.joined_at = start + Duration::hours(30);
        known.waits = false;
    }
    for (hours, person) in WAITING.into_iter().zip(all.iter_mut().skip(CAST.len())) {
        person.home = home.clone();
        person.joined_at = now - Duration::hours(hours);
        person.waits = true;
        person.rate = 0.0;
    }
    dress_cast(&mut all);
    invite(&mut all, chance);
    let cast = offices(&all, states);
    Ok(People { all, cast })
}

/// Somebody, `number` in the list, who joined between `start` and `now`.
pub fn person(
    number: usize,
    name: String,
    home: Home,
    start: Instant,
    now: Instant,
    chance: &mut Chance,
) -> Person {
    let shares: Vec<f64> = PERSONAS.iter().map(|persona| persona.share).collect();
    let persona = chance.weighted(&shares);
    let who = &PERSONAS[persona];
    let (joined_at, waits) = joined(start, now, chance);
    // Few heroes, many who do a little, and as many who only meant to.
    let rate = match chance.weighted(&[34.0, 42.0, 19.0, 5.0]) {
        0 => 0.0,
        1 => chance.between(0.15, 0.6),
        2 => chance.between(0.7, 1.6),
        _ => chance.between(2.2, 5.5),
    };
    let told = !waits && (rate > 0.0 || chance.hit(0.5));
    let said = |p: f64, chance: &mut Chance| chance.hit(if told { p } else { 0.2 });
    Person {
        id: VolunteerId(ids::at(joined_at, i64::try_from(number).unwrap_or(0))),
        email: names::address(&name, number),
        name: if chance.hit(0.02) {
            String::new()
        } else {
            name
        },
        home,
        persona,
        rate,
        joined_at,
        waits,
        invited_by: None,
        skills: if said(0.72, chance) {
            who.skills(chance)
        } else {
            Vec::new()
        },
        languages: if said(0.8, chance) {
            who.languages(chance)
        } else {
            Vec::new()
        },
        interests: if said(0.75, chance) {
            who.interests(chance)
        } else {
            Vec::new()
        },
        availability: said(0.7, chance).then(|| who.availability(chance)),
        travel_km: said(0.5, chance).then(|| *chance.one(&[3, 5, 8, 10, 15, 25, 40]).unwrap_or(&8)),
        weekly_hours: said(0.35, chance).then(|| *chance.one(&[2, 3, 4, 6, 8, 12]).unwrap_or(&4)),
        rung: match rate {
            r if r <= 0.0 => 0,
            r if r < 0.65 => 1,
            r if r < 2.0 => 2,
            _ => 3,
        },
        quiet: chance.hit(0.05),
        honour_roll: rate > 0.0 && chance.hit(0.38),
        adult: chance.hit(0.96),
    }
}

/// When somebody joined, and whether they still wait for a call.
fn joined(start: Instant, now: Instant, chance: &mut Chance) -> (Instant, bool) {
    let hours =
        |low: f64, high: f64, chance: &mut Chance| minutes(chance.between(low, high) * 60.0);
    match chance.weighted(&[NEWCOMERS, OVERDUE, 0.4, 0.57]) {
        0 => (now - hours(0.5, 70.0, chance), true),
        1 => (now - hours(74.0, 140.0, chance), true),
        2 => (start + hours(0.0, 60.0, chance), false),
        _ => {
            let span = (now - start).num_minutes();
            let share = chance.unit().powf(1.3);
            #[expect(clippy::cast_precision_loss, reason = "minutes of five weeks")]
            let after = share * (span - 80 * 60) as f64;
            (start + minutes(after.max(0.0)), false)
        }
    }
}

/// So many minutes, to the second.
#[expect(clippy::cast_possible_truncation, reason = "a few weeks at most")]
pub fn minutes(count: f64) -> Duration {
    Duration::seconds((count * 60.0) as i64)
}

/// What makes the three printed links worth following.
fn dress_cast(all: &mut [Person]) {
    let free = ["tue-eve", "thu-eve", "sat-am", "sat-pm", "sun-pm"].map(str::to_owned);
    for person in all.iter_mut().take(3) {
        person.persona = 0;
        person.rate = 2.6;
        person.rung = 2;
        person.quiet = false;
        person.adult = true;
        person.honour_roll = true;
        person.travel_km = Some(12);
        person.weekly_hours = Some(20);
        person.languages = vec!["en".into(), "es".into()];
        person.interests = vec!["doors".into(), "calls".into()];
        person.availability = Availability::parse(&free).ok();
        person.skills = [
            ("active-listening", 3),
            ("canvassing", 4),
            ("phone-calls", 3),
            ("spanish", 4),
        ]
        .map(|(skill, level)| (skill.to_owned(), level))
        .to_vec();
    }
    if let Some(captain) = all.get_mut(1) {
        captain.persona = 2;
        captain.rung = 4;
        captain.skills.push(("event-organising".into(), 4));
        captain.skills.sort();
    }
    if let Some(hq) = all.get_mut(2) {
        hq.rate = 0.4;
        hq.honour_roll = false;
    }
}

/// Some joined by a neighbour's invitation.
fn invite(all: &mut [Person], chance: &mut Chance) {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| all[*at].joined_at);
    let mut hosts: std::collections::BTreeMap<RegionCode, Vec<usize>> =
        std::collections::BTreeMap::new();
    for at in order {
        let Some(county) = all[at].home.region.parent() else {
            continue;
        };
        let known = hosts.entry(county).or_default();
        if at > 2 && chance.hit(0.16) {
            all[at].invited_by = chance.one(known).copied();
        }
        if all[at].rate > 0.5 {
            known.push(at);
        }
    }
}

/// The most active person of every state and of every full county leads it.
fn offices(all: &[Person], states: &[State]) -> Cast {
    let mut captains = Vec::new();
    let mut busy = vec![0, 1, 2];
    let mut lead = |region: &RegionCode, least: usize, captains: &mut Vec<(RegionCode, usize)>| {
        let members: Vec<usize> = (0..all.len())
            .filter(|at| all[*at].home.region.is_under(region))
            .collect();
        let best = members
            .iter()
            .copied()
            .filter(|at| !busy.contains(at) && !all[*at].waits && !all[*at].name.is_empty())
            .max_by(|a, b| all[*a].rate.total_cmp(&all[*b].rate));
        if let Some(best) = best.filter(|_| members.len() >= least) {
            busy.push(best);
            captains.push((region.clone(), best));
        }
    };
    for state in states {
        lead(&state.code, 1, &mut captains);
        for (at, county) in state.busy.iter().enumerate() {
            // Every fourth is still looking for somebody: the state's captain stands in.
            if county.code.as_str() == HOME_COUNTY {
                captains.push((county.code.clone(), 1));
            } else if at % 4 != 3 {
                lead(&county.code, CAPTAIN_FROM, &mut captains);
            }
        }
    }
    let mut staff = vec![2];
    staff.extend(
        (3..all.len())
            .filter(|at| !busy.contains(at) && !all[*at].waits && !all[*at].name.is_empty())
            .take(MORE_STAFF),
    );
    Cast {
        volunteer: 0,
        captain: 1,
        hq: 2,
        staff,
        captains,
    }
}

impl Cast {
    /// The captain who answers for `region`: the nearest upwards.
    pub fn captain_of(&self, region: &RegionCode) -> Option<usize> {
        region.ancestors_and_self().rev().find_map(|above| {
            self.captains
                .iter()
                .find(|(led, _)| *led == above)
                .map(|(_, who)| *who)
        })
    }
}

//! Brings what was made up to the size of a usual week: of each county about what headquarters
//! hopes for from its members by this hour, of some more, of some less (scoring.md, The race,
//! cold start).

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::chance::Chance;
use super::history::{self, Deed};
use super::people::People;
use crate::activities::worth;
use crate::clock::Instant;
use crate::ledger::{Mission, RaceNumbers, ScoringConfig, Week};
use crate::races::par::cold_share;
use crate::region_code::RegionCode;

/// How much counties and states differ from week to week: the logarithm's spread.
const MOODS: [f64; 2] = [0.17, 0.07];
/// What the soft cap and rejected entries take is made up for.
const LEVEL: f64 = 1.05;
/// What an entry counts for that nobody has confirmed (an ordinary trust weight).
const UNSEEN: f64 = 0.7;

/// The share of its week's par that a place is expected to have by `now`; 1 for a week gone by.
fn expected(numbers: &RaceNumbers, zone: chrono_tz::Tz, monday: NaiveDate, now: Instant) -> f64 {
    let week = Week::of(monday);
    cold_share(numbers, week, now.local(zone).naive_local())
}

/// How many times more has to be made up for the week of `monday`, so that enough is there to
/// choose from: people have their time in the evenings and on Saturday, par is the same each hour.
pub fn plenty(numbers: &RaceNumbers, zone: chrono_tz::Tz, monday: NaiveDate, now: Instant) -> f64 {
    let drawn = history::drawn(zone, monday, now).max(0.005);
    2.4 * (expected(numbers, zone, monday, now) / drawn).clamp(1.0, 8.0)
}

/// Of `deeds` as many as make a usual week of each county. Those of whoever is behind the
/// volunteer's link all stay.
pub fn usual(
    people: &People,
    mut deeds: Vec<Deed>,
    scoring: &ScoringConfig,
    now: Instant,
    chance: &mut Chance,
) -> Vec<Deed> {
    let counties: Vec<RegionCode> = people
        .all
        .iter()
        .map(|person| {
            let home = &person.home.region;
            home.parent().unwrap_or_else(|| home.clone())
        })
        .collect();
    let mut groups: BTreeMap<(RegionCode, NaiveDate), Vec<usize>> = BTreeMap::new();
    for (at, deed) in deeds.iter().enumerate() {
        let monday = Week::at(deed.at.utc(), people.all[deed.who].home.zone).monday();
        let group = groups.entry((counties[deed.who].clone(), monday));
        group.or_default().push(at);
    }
    let mut kept = vec![false; deeds.len()];
    let mut moods: BTreeMap<(RegionCode, NaiveDate), f64> = BTreeMap::new();
    for ((county, monday), mut group) in groups {
        let zone = people.all[deeds[group[0]].who].home.zone;
        let begins = Instant::from(Week::of(monday).start(zone));
        let members = people
            .all
            .iter()
            .zip(&counties)
            .filter(|(person, home)| **home == county && person.joined_at < begins)
            .count();
        let state = county.parent().unwrap_or_else(|| county.clone());
        let shared = *moods
            .entry((state, monday))
            .or_insert_with(|| chance.factor(MOODS[1]));
        #[expect(clippy::cast_precision_loss, reason = "a head count")]
        let target = scoring.race.hoped
            * members as f64
            * expected(&scoring.race, zone, monday, now)
            * LEVEL
            * shared
            * chance.factor(MOODS[0]);
        chance.shuffle(&mut group);
        group.sort_by_key(|at| deeds[*at].who != people.cast.volunteer);
        let mut have = 0.0;
        for at in group {
            let points = counts(&deeds[at], scoring);
            let always = deeds[at].who == people.cast.volunteer;
            if !always && have + points * chance.unit() > target {
                break;
            }
            kept[at] = true;
            have += points;
        }
    }
    let mut kept = kept.into_iter();
    deeds.retain(|_| kept.next().unwrap_or(false));
    deeds
}

/// What a deed counts for now, before the soft cap.
fn counts(deed: &Deed, scoring: &ScoringConfig) -> f64 {
    let weight = match deed.decision {
        Some((.., believed)) => f64::from(u8::from(believed)),
        None if deed.paper.is_some() => 1.0,
        None => UNSEEN,
    };
    worth(scoring, &deed.work, Mission::ONE).base.as_f64() * weight
}

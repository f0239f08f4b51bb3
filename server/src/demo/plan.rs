//! The whole made-up campaign in memory, before anything is written.

use super::chance::Chance;
use super::crews::{Crews, crews};
use super::history::{Deed, deeds};
use super::people::{People, people};
use super::places;
use super::talk::{Talk, talk};
use super::tasks::{Job, tasks};
use crate::clock::{Duration, Instant};
use crate::ledger::{ScoringConfig, Week};
use crate::regions::Tree;

/// The campaign that everybody gets.
pub const SEED: u64 = 2012;
/// Full weeks behind the running one.
const WEEKS: i64 = 5;

/// A campaign, ready to be written.
pub struct Plan {
    /// The people and their offices.
    pub people: People,
    /// What there was and is to do.
    pub jobs: Vec<Job>,
    /// Who does it.
    pub crews: Crews,
    /// What was done, in the order of entering.
    pub deeds: Vec<Deed>,
    /// What was said.
    pub talk: Talk,
    /// When it began.
    pub start: Instant,
    /// Its weeks, the running one last.
    pub weeks: Vec<Week>,
}

/// Makes up a campaign of `members` people that is five weeks old at `now`.
///
/// # Errors
/// One sentence when the tree lacks the places the demo needs.
pub fn plan(tree: &Tree, members: usize, seed: u64, now: Instant) -> Result<Plan, String> {
    let mut chance = Chance::new(seed);
    let this_week = Week::at(now.utc(), tree.root().timezone);
    let mut weeks = vec![this_week];
    for _ in 0..WEEKS {
        weeks.push(weeks[weeks.len() - 1].prev());
    }
    weeks.reverse();
    let monday = Instant::from(weeks[0].start(chrono_tz::UTC));
    // The first people came on the weekend before, so that the first Monday finds somebody.
    let start = monday - Duration::hours(60);
    let states = places::states(tree, members);
    let people = people(tree, &states, start, now, &mut chance.fork())?;
    let root = tree.root().code.clone();
    let mut jobs = tasks(&root, &states, &people, monday, now, &mut chance.fork());
    let crews = crews(&people, &mut jobs, now, &mut chance.fork());
    let scoring = ScoringConfig::shipped().map_err(|why| why.to_string())?;
    let deeds = deeds(
        &people,
        &jobs,
        &crews,
        &scoring,
        monday,
        now,
        &mut chance.fork(),
    );
    let talk = talk(&root, &states, &people, now, &mut chance.fork());
    Ok(Plan {
        people,
        jobs,
        crews,
        deeds,
        talk,
        start,
        weeks,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::activities::worth;
    use crate::ledger::Mission;
    use crate::tasks::{State, Status};

    fn now() -> Instant {
        serde_json::from_str("\"2026-11-21T15:00:00Z\"").unwrap()
    }

    fn campaign(members: usize) -> Plan {
        plan(&Tree::embedded().unwrap(), members, SEED, now()).unwrap()
    }

    #[test]
    fn the_same_seed_makes_the_same_campaign() {
        let told = |plan: &Plan| {
            let person = &plan.people.all[77];
            (
                person.name.clone(),
                person.joined_at,
                plan.deeds.len(),
                plan.deeds[400].at,
            )
        };
        assert_eq!(told(&campaign(400)), told(&campaign(400)));
    }

    #[test]
    fn activity_has_a_long_tail() {
        let plan = campaign(2000);
        assert_eq!(plan.people.all.len(), 2000);
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for deed in &plan.deeds {
            *counts.entry(deed.who).or_default() += 1;
        }
        let mut counts: Vec<usize> = counts.into_values().collect();
        counts.sort_unstable();
        let heroes: usize = counts.iter().rev().take(200).sum();
        assert!(plan.deeds.len() > 4000, "{}", plan.deeds.len());
        assert!(
            heroes * 3 > plan.deeds.len(),
            "a tenth does a third and more"
        );
        assert!(counts.len() < 1600, "some only meant to");
    }

    /// Points of the running week that a state's people have, against what is expected by `now`:
    /// the middle of all states, in percent.
    fn usual(plan: &Plan, now: Instant) -> f64 {
        use crate::activities::worth;
        use crate::ledger::{Mission, ScoringConfig};
        let scoring = ScoringConfig::shipped().unwrap();
        let week = plan.weeks[plan.weeks.len() - 1];
        let mut states: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for person in &plan.people.all {
            let zone = person.home.zone;
            let share =
                crate::races::par::cold_share(&scoring.race, week, now.local(zone).naive_local());
            let state = states
                .entry(person.home.region.as_str()[..5].to_owned())
                .or_default();
            state.1 += scoring.race.hoped * share;
        }
        for deed in &plan.deeds {
            let person = &plan.people.all[deed.who];
            if Week::at(deed.at.utc(), person.home.zone) == week {
                let state = states
                    .entry(person.home.region.as_str()[..5].to_owned())
                    .or_default();
                state.0 += worth(&scoring, &deed.work, Mission::ONE).base.as_f64() * 0.8;
            }
        }
        let paces = states
            .values()
            .map(|(done, due)| 100.0 * done / due)
            .collect();
        crate::races::par::median(paces).unwrap()
    }

    #[test]
    fn whenever_one_looks_the_running_week_is_a_usual_one() {
        let tree = Tree::embedded().unwrap();
        // On a Monday morning a few entries are all there is: of a small campaign too few to tell.
        let times = ["16T23", "18T02", "19T15", "21T15", "22T03", "22T22"];
        for (members, at) in times
            .map(|at| (2000, at))
            .into_iter()
            .chain([(400, "20T15")])
        {
            let now: Instant = serde_json::from_str(&format!("\"2026-11-{at}:00:00Z\"")).unwrap();
            let pace = usual(&plan(&tree, members, SEED, now).unwrap(), now);
            // One entry weighs more in a small campaign.
            let near = if members < 1000 {
                60.0..145.0
            } else {
                75.0..130.0
            };
            assert!(near.contains(&pace), "{members} at {at}: {pace}");
        }
    }

    #[test]
    fn what_one_logs_as_the_volunteer_still_moves_the_race() {
        let tree = Tree::embedded().unwrap();
        for at in ["17T20", "20T15", "22T23"] {
            let now: Instant = serde_json::from_str(&format!("\"2026-11-{at}:00:00Z\"")).unwrap();
            let plan = plan(&tree, 400, SEED, now).unwrap();
            let star = plan.people.cast.volunteer;
            let zone = plan.people.all[star].home.zone;
            let scoring = ScoringConfig::shipped().unwrap();
            let week: i64 = plan
                .deeds
                .iter()
                .filter(|deed| deed.who == star)
                .filter(|deed| Week::at(deed.at.utc(), zone) == Week::at(now.utc(), zone))
                .map(|deed| worth(&scoring, &deed.work, Mission::ONE).base.hundredths())
                .sum();
            assert!((1..30_000).contains(&week), "{at}: {week}");
        }
    }

    #[test]
    fn nothing_happens_before_somebody_joined_or_after_now() {
        let plan = campaign(600);
        for deed in &plan.deeds {
            assert!(plan.people.all[deed.who].joined_at < deed.at);
            assert!(deed.at <= deed.written && deed.written < now());
            assert!(
                deed.decision
                    .is_none_or(|(at, by, _)| at > deed.written && at < now() && by != deed.who)
            );
        }
    }

    #[test]
    fn no_task_has_more_people_than_places_and_every_state_of_an_assignment_occurs() {
        let plan = campaign(2000);
        let mut taken: BTreeMap<_, i32> = BTreeMap::new();
        let mut pairs = BTreeSet::new();
        for row in &plan.crews.assignments {
            assert!(pairs.insert((row.task_id, row.volunteer_id)), "once each");
            *taken.entry(row.task_id).or_default() += i32::from(row.state.takes_a_place());
        }
        for job in &plan.jobs {
            assert_eq!(
                job.task.taken,
                taken.get(&job.task.id).copied().unwrap_or(0)
            );
            assert!(job.task.taken <= job.task.slots);
        }
        for state in [
            State::Invited,
            State::Accepted,
            State::Assigned,
            State::Declined,
            State::Cancelled,
            State::Done,
            State::NoShow,
        ] {
            assert!(
                plan.crews.assignments.iter().any(|row| row.state == state),
                "{state}"
            );
        }
        assert!(
            plan.jobs
                .iter()
                .filter(|job| job.task.status == Status::Open)
                .count()
                > 150
        );
    }

    #[test]
    fn the_printed_links_lead_to_people_worth_looking_at() {
        for members in [60, 300, 2000] {
            let plan = campaign(members);
            let (all, cast) = (&plan.people.all, &plan.people.cast);
            let ada = &all[cast.volunteer];
            assert_eq!(ada.name, "Ada Canvasser");
            let has = |state| {
                plan.crews
                    .assignments
                    .iter()
                    .any(|row| row.volunteer_id == ada.id && row.state == state)
            };
            assert!(has(State::Accepted) && has(State::Done), "{members}");
            assert_eq!(cast.captain_of(&ada.home.region), Some(cast.captain));
            let waiting = all.iter().filter(|person| person.waits).count();
            assert!(members < 300 || waiting >= 3, "{members}: {waiting}");
        }
    }
}

//! Goes on with the campaign while somebody watches: made-up people log a little, take back a slip
//! of the finger, and captains confirm, by the very use cases that requests call.
//!
//! Rows move every few seconds, yet a demo left alone all day stays near a usual week: once people
//! have done what is due by the hour, they take something back instead of logging more.

use std::collections::VecDeque;
use std::time::Duration as Span;

use chrono::Timelike;

use super::chance::Chance;
use super::history::work;
use super::personas::PERSONAS;
use super::plan::Plan;
use crate::activities::{self, Kind, NewActivity};
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::ids::{ActivityId, SessionId, secret};
use crate::ledger::{RaceNumbers, Verification};
use crate::region_code::RegionCode;
use crate::sessions::Viewer;

/// Seconds between events on average, in a lull and in a burst, where [`CROWD`] people take part.
const PACES: [f64; 2] = [3.5, 1.2];
/// Seconds a lull or a burst lasts on average.
const LASTS: [f64; 2] = [25.0, 8.0];
/// The people that [`PACES`] are meant for; the pace grows with the third root of their number.
const CROWD: f64 = 2000.0;
/// How much busier it is in the state, and in the county, of those behind the printed links.
const NEARBY: [f64; 2] = [2.0, 3.0];
/// How much more than a usual hour is done while somebody watches.
const LIVELY: f64 = 2.0;
/// Entries that wait for a captain's word at a time.
const WAITING: usize = 12;
/// An entry can be taken back for a minute; a little less is safe.
const SLIP: Duration = Duration::seconds(50);

/// An entry that was simulated and that nobody has decided about.
struct Fresh {
    id: ActivityId,
    who: usize,
    points: f64,
    at: Instant,
}

/// Logs on behalf of the people of `plan` until the process ends.
pub async fn simulate(app: App, plan: Plan, seed: u64) {
    let mut chance = Chance::new(seed ^ 0x5eed);
    let weights = weights(&plan);
    #[expect(clippy::cast_precision_loss, reason = "a head count")]
    let members = plan.people.all.len() as f64;
    let slower = (CROWD / members).cbrt().clamp(0.15, 4.0);
    let (mut burst, mut left) = (0, LASTS[0]);
    // Points that are due since the start and points that were given.
    let (mut due, mut given) = (0.0, 0.0);
    let mut fresh: VecDeque<Fresh> = VecDeque::new();
    loop {
        let wait = chance.wait(PACES[burst] * slower);
        left -= wait;
        if left < 0.0 {
            burst = 1 - burst;
            left = chance.wait(LASTS[burst]);
        }
        tokio::time::sleep(Span::from_secs_f64(wait)).await;
        let now = app.clock.now();
        let hour = now.local(app.tree.root().timezone).hour();
        due += wait / 3600.0 * LIVELY * an_hour(&app.scoring.race, hour) * members;
        let slip = fresh.iter().rposition(|entry| now - entry.at < SLIP);
        let slip = slip.filter(|_| given > due);
        if let Some(entry) = slip.and_then(|at| fresh.remove(at)) {
            let viewer = viewer(&plan, entry.who);
            match activities::withdraw(&app, &viewer, entry.id).await {
                Ok(_) => given -= entry.points,
                Err(why) => tracing::debug!(%why, "a made-up entry was not taken back"),
            }
        } else {
            let who = chance.weighted(&weights);
            let new = activity(plan.people.all[who].persona, &mut chance);
            match activities::log(&app, &viewer(&plan, who), &secret(12), &new).await {
                Ok(written) => {
                    let points = written.line.base().as_f64();
                    given += points;
                    fresh.push_back(Fresh {
                        id: written.line.activity(),
                        who,
                        points,
                        at: now,
                    });
                }
                Err(why) => tracing::debug!(%why, "a made-up entry was not taken"),
            }
        }
        if fresh.len() > WAITING
            && let Some(entry) = fresh.pop_front()
        {
            let by = decider(&plan, entry.who);
            let word = Verification::Approved;
            if let Err(why) = activities::decide(&app, &by, entry.id, word, None).await {
                tracing::debug!(%why, "a made-up entry was not confirmed");
            }
        }
    }
}

/// Points a member is hoped to bring in an hour of the day.
fn an_hour(numbers: &RaceNumbers, hour: u32) -> f64 {
    let (from, to) = (numbers.from_hour, numbers.to_hour);
    if (from..to).contains(&hour) {
        numbers.hoped / f64::from(7 * (to - from).max(1))
    } else {
        0.0
    }
}

/// How often each person is seen to do something.
fn weights(plan: &Plan) -> Vec<f64> {
    let county = plan.people.all[plan.people.cast.volunteer]
        .home
        .region
        .parent();
    let state = county.as_ref().and_then(RegionCode::parent);
    let weight = |(at, person): (usize, &super::people::Person)| {
        let is_in = |place: &Option<_>| {
            place
                .as_ref()
                .is_some_and(|place| person.home.region.is_under(place))
        };
        let nearby = if is_in(&county) {
            NEARBY[1]
        } else if is_in(&state) {
            NEARBY[0]
        } else {
            1.0
        };
        // Those behind the links are left to whoever holds the links.
        if at <= plan.people.cast.hq {
            0.0
        } else {
            person.rate.min(3.0) * nearby
        }
    };
    plan.people.all.iter().enumerate().map(weight).collect()
}

fn viewer(plan: &Plan, who: usize) -> Viewer {
    let person = &plan.people.all[who];
    Viewer {
        id: person.id,
        session: SessionId(0),
        name: person.name.clone(),
        region: person.home.region.clone(),
        zone: person.home.zone.to_string(),
        quiet: person.quiet,
        staff: false,
        leads: Vec::new(),
    }
}

/// Who confirms what `who` did: their captain, or HQ where that is whoever holds a link, or nobody.
fn decider(plan: &Plan, who: usize) -> Viewer {
    let cast = &plan.people.cast;
    let captain = cast
        .captain_of(&plan.people.all[who].home.region)
        .filter(|captain| *captain != who && *captain != cast.captain);
    let Some(captain) = captain else {
        return Viewer {
            staff: true,
            ..viewer(plan, cast.hq)
        };
    };
    let leads = cast.captains.iter().filter(|(_, by)| *by == captain);
    Viewer {
        leads: leads.map(|(region, _)| region.clone()).collect(),
        ..viewer(plan, captain)
    }
}

/// A little of what somebody like this does.
pub fn activity(persona: usize, chance: &mut Chance) -> NewActivity {
    let deeds = PERSONAS[persona].deeds;
    let weights: Vec<f64> = deeds.iter().map(|(_, weight)| *weight).collect();
    let kind = match deeds[chance.weighted(&weights)].0 {
        kind @ (Kind::Doors | Kind::Calls | Kind::ListeningNote | Kind::DataEntry) => kind,
        // Shifts and meetings do not happen every few seconds.
        _ => Kind::Calls,
    };
    let mut new = NewActivity::new(kind);
    match kind {
        Kind::ListeningNote => new.note = work(kind, chance).2,
        Kind::DataEntry => new.minutes = Some(chance.whole(3, 8)),
        _ => {
            let most = if kind == Kind::Doors { 2 } else { 4 };
            new.quantity = Some(chance.whole(1, most));
            new.conversations = Some(i64::from(chance.hit(0.12)));
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activities::{validate, worth};
    use crate::ledger::{Mission, ScoringConfig};

    #[test]
    fn whatever_is_simulated_is_a_right_entry_and_a_small_one() {
        let scoring = ScoringConfig::shipped().unwrap();
        let mut chance = Chance::new(9);
        for number in 0..2000 {
            let new = activity(number % PERSONAS.len(), &mut chance);
            let valid = validate(&scoring.bounds, &new.draft()).unwrap();
            let points = worth(&scoring, &valid.work, Mission::ONE).base.as_f64();
            assert!((1.0..=10.0).contains(&points), "{new:?}");
        }
    }

    #[test]
    fn nothing_is_due_at_night() {
        let numbers = ScoringConfig::shipped().unwrap().race;
        let week: f64 = (0..24).map(|hour| 7.0 * an_hour(&numbers, hour)).sum();
        assert!((week - numbers.hoped).abs() < 1e-9);
        assert!(an_hour(&numbers, 3).abs() < 1e-9);
    }
}

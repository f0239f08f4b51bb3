//! Goes on with the campaign while somebody watches: made-up people log what they do, by the very
//! use case that a request calls.

use std::time::Duration as Span;

use super::chance::Chance;
use super::history::work;
use super::personas::PERSONAS;
use super::plan::Plan;
use crate::activities::{self, Kind, NewActivity, Work};
use crate::app::App;
use crate::ids::{SessionId, secret};
use crate::sessions::Viewer;

/// Seconds between entries on average, in a lull and in a burst.
const PACES: [f64; 2] = [0.45, 0.12];
/// Seconds a lull or a burst lasts on average.
const LASTS: [f64; 2] = [25.0, 5.0];
/// How much busier it is near those behind the printed links.
const NEARBY: f64 = 3.0;

/// Logs on behalf of the people of `plan` until the process ends.
pub async fn simulate(app: App, plan: Plan, seed: u64) {
    let mut chance = Chance::new(seed ^ 0x5eed);
    let home = plan.people.all[plan.people.cast.volunteer]
        .home
        .region
        .parent();
    let weights: Vec<f64> = plan
        .people
        .all
        .iter()
        .enumerate()
        .map(|(at, person)| {
            // Those behind the links are left to whoever holds the links.
            let played = at <= plan.people.cast.hq;
            let near = home
                .as_ref()
                .is_some_and(|home| person.home.region.is_under(home));
            let nearby = if near { NEARBY } else { 1.0 };
            if played {
                0.0
            } else {
                person.rate.min(3.0) * nearby
            }
        })
        .collect();
    let (mut burst, mut left) = (0, LASTS[0]);
    loop {
        let wait = chance.wait(PACES[burst]);
        left -= wait;
        if left < 0.0 {
            burst = 1 - burst;
            left = chance.wait(LASTS[burst]);
        }
        tokio::time::sleep(Span::from_secs_f64(wait)).await;
        let who = chance.weighted(&weights);
        let person = &plan.people.all[who];
        let viewer = Viewer {
            id: person.id,
            session: SessionId(0),
            name: person.name.clone(),
            region: person.home.region.clone(),
            zone: person.home.zone.to_string(),
            quiet: person.quiet,
            staff: false,
            leads: Vec::new(),
        };
        let new = activity(person.persona, &mut chance);
        // In a task of its own: a slow commit must not slow down everybody else's work.
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(why) = activities::log(&app, &viewer, &secret(12), &new).await {
                tracing::debug!(%why, "a made-up entry was not taken");
            }
        });
    }
}

/// A little of what somebody like this does.
fn activity(persona: usize, chance: &mut Chance) -> NewActivity {
    let deeds = PERSONAS[persona].deeds;
    let weights: Vec<f64> = deeds.iter().map(|(_, weight)| *weight).collect();
    let kind = match deeds[chance.weighted(&weights)].0 {
        kind @ (Kind::Doors | Kind::Calls | Kind::ListeningNote | Kind::DataEntry) => kind,
        // Shifts and meetings do not happen every few seconds.
        _ => Kind::Calls,
    };
    let (made, _, note) = work(kind, chance);
    let part = |n: u32| i64::from(n.div_ceil(6));
    let mut new = NewActivity::new(kind);
    new.note = note;
    match made {
        Work::Doors {
            doors: n,
            conversations,
        }
        | Work::Calls {
            dials: n,
            conversations,
        } => {
            new.quantity = Some(part(n));
            new.conversations = Some(part(conversations).min(part(n)));
        }
        Work::DataEntry { minutes } => new.minutes = Some(part(minutes)),
        _ => {}
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activities::validate;
    use crate::ledger::ScoringConfig;

    #[test]
    fn whatever_is_simulated_is_a_right_entry() {
        let bounds = ScoringConfig::shipped().unwrap().bounds;
        let mut chance = Chance::new(9);
        for number in 0..2000 {
            let new = activity(number % PERSONAS.len(), &mut chance);
            assert!(validate(&bounds, &new.draft()).is_ok(), "{new:?}");
        }
    }
}

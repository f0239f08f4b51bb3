//! What the made-up people did in the past weeks, entry by entry.

use chrono::{Datelike, Days, TimeZone, Timelike};
use chrono_tz::Tz;

use super::chance::Chance;
use super::crews::Crews;
use super::people::{People, Person, minutes};
use super::personas::PERSONAS;
use super::tasks::Job;
use super::texts::NOTES;
use super::usual::{plenty, usual};
use crate::activities::{Kind, Work};
use crate::clock::{Duration, Instant};
use crate::ids::TaskId;
use crate::ledger::{ScoringConfig, Week};
use crate::tasks::{State, TaskKind};

/// Weights of the hours of a day, from 0 o'clock: working days, Saturdays, Sundays.
const HOURS: [[f64; 24]; 3] = [
    [
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.3, 0.6, 0.8, 0.8, 1.1, 0.8, 0.7, 0.8, 1.2, 2.0,
        3.0, 3.0, 1.8, 0.4, 0.1, 0.0,
    ],
    [
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 1.5, 3.6, 3.8, 3.0, 2.4, 3.0, 3.0, 2.2, 1.2,
        0.8, 0.6, 0.4, 0.1, 0.0, 0.0,
    ],
    [
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.4, 0.8, 1.0, 1.8, 2.6, 2.8, 2.6, 2.0, 1.6,
        1.2, 0.9, 0.5, 0.1, 0.0, 0.0,
    ],
];
/// Weights of the days of a week, from Monday.
const DAYS: [f64; 7] = [1.0, 1.15, 1.1, 1.2, 0.8, 2.2, 1.5];
/// Of all entries, those a captain takes from a paper sheet.
const ON_PAPER: f64 = 0.08;
/// Of the others, those a captain looked at, once they are two days old. A week later all are.
const LOOKED_AT: f64 = 0.93;
/// Of those, the ones that were not believed.
const REJECTED: f64 = 0.025;

/// One thing somebody did.
pub struct Deed {
    /// Who, by place in the list of people.
    pub who: usize,
    /// What.
    pub work: Work,
    /// How long it took.
    pub minutes: Option<u32>,
    /// What they wrote down.
    pub note: Option<String>,
    /// For which task.
    pub task: Option<TaskId>,
    /// When it was done.
    pub at: Instant,
    /// When it was entered.
    pub written: Instant,
    /// The captain who entered it from paper.
    pub paper: Option<usize>,
    /// When a captain looked at it, who, and what they said.
    pub decision: Option<(Instant, usize, bool)>,
}

/// Everything from `start`, the campaign's first Monday, until `now`, in the order of entering.
pub fn deeds(
    people: &People,
    jobs: &[Job],
    crews: &Crews,
    scoring: &ScoringConfig,
    start: Instant,
    now: Instant,
    chance: &mut Chance,
) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for (who, person) in people.all.iter().enumerate() {
        let zone = person.home.zone;
        let mut monday = monday(start, zone);
        loop {
            let week = at(zone, monday, 0, 0.0);
            if week > now {
                break;
            }
            // Whoever is behind the volunteer's link keeps all of it, and is still far from the cap.
            let times = if who == people.cast.volunteer {
                0.5
            } else {
                plenty(&scoring.race, zone, monday, now)
            };
            let mean = person.rate * times;
            for _ in 0..chance.count(mean) {
                let hour = hour(chance);
                let done = at(zone, monday, hour.0, hour.1);
                let entered = done + minutes(chance.wait(50.0));
                if done > person.joined_at + Duration::minutes(20) && entered < now {
                    let kind = kind(person, chance);
                    deeds.push(deed(people, who, kind, done, entered, chance));
                }
            }
            monday = monday + Days::new(7);
        }
    }
    came(people, jobs, crews, now, &mut deeds, chance);
    // The week of whoever follows the volunteer's link is far from the soft cap, so that what one
    // logs there moves the race.
    let star_zone = people.all[people.cast.volunteer].home.zone;
    let week = Week::at(now.utc(), star_zone);
    deeds.retain(|deed| {
        deed.who != people.cast.volunteer || Week::at(deed.at.utc(), star_zone) != week
    });
    star(people, now, &mut deeds, chance);
    for deed in &mut deeds {
        decide(people, deed, now, chance);
    }
    let mut deeds = usual(people, deeds, scoring, now, chance);
    deeds.sort_by_key(|deed| (deed.written, deed.who));
    deeds
}

fn kind(person: &Person, chance: &mut Chance) -> Kind {
    let deeds = PERSONAS[person.persona].deeds;
    let weights: Vec<f64> = deeds.iter().map(|(_, weight)| *weight).collect();
    // A recruit is never logged by anybody, so the list holds none.
    deeds[chance.weighted(&weights)].0
}

/// The Monday of the week in which `start` lies in `zone`.
fn monday(start: Instant, zone: Tz) -> chrono::NaiveDate {
    let date = (start + Duration::hours(14)).local(zone).date_naive();
    date - Days::new(u64::from(date.weekday().num_days_from_monday()))
}

/// A day from Monday and a local hour, drawn as people have time.
pub fn hour(chance: &mut Chance) -> (u64, f64) {
    let day = chance.weighted(&DAYS);
    let sort = day.saturating_sub(4);
    #[expect(clippy::cast_precision_loss, reason = "an hour of the day")]
    let hour = chance.weighted(&HOURS[sort]) as f64 + chance.unit();
    (day as u64, hour)
}

/// Of a week's deeds, the share drawn before `now`; 1 for a week gone by.
pub fn drawn(zone: Tz, monday: chrono::NaiveDate, now: Instant) -> f64 {
    let local = now.local(zone);
    let days = (local.date_naive() - monday).num_days();
    let Ok(today) = usize::try_from(days) else {
        return 0.0;
    };
    let all: f64 = DAYS.iter().sum();
    let Some(weight) = DAYS.get(today) else {
        return 1.0;
    };
    let hours = &HOURS[today.saturating_sub(4)];
    let hour = local.hour() as usize;
    let begun = hours[hour] * f64::from(local.minute()) / 60.0;
    let of_today = (hours[..hour].iter().sum::<f64>() + begun) / hours.iter().sum::<f64>();
    (DAYS[..today].iter().sum::<f64>() + weight * of_today) / all
}

/// The moment of a local `hour` on a day from Monday.
pub fn at(zone: Tz, monday: chrono::NaiveDate, day: u64, hour: f64) -> Instant {
    let date = monday + Days::new(day);
    let noon = zone
        .with_ymd_and_hms(date.year(), date.month(), date.day(), 12, 0, 0)
        .earliest()
        .map_or_else(|| Instant::from_micros(0), |at| Instant::from(at.to_utc()));
    noon + minutes((hour - 12.0) * 60.0)
}

/// An amount of `kind` that a person could do.
pub fn work(kind: Kind, chance: &mut Chance) -> (Work, Option<u32>, Option<String>) {
    let whole =
        |low, high, chance: &mut Chance| u32::try_from(chance.whole(low, high)).unwrap_or(1);
    let talked = |of: u32, share: f64, chance: &mut Chance| {
        (0..of).map(|_| u32::from(chance.hit(share))).sum::<u32>()
    };
    let long = |chance: &mut Chance| 15 * whole(2, 10, chance);
    match kind {
        Kind::Doors => {
            let doors = whole(6, 22, chance) + talked(24, 0.2, chance);
            let conversations = talked(doors, 0.24, chance);
            (
                Work::Doors {
                    doors,
                    conversations,
                },
                Some(doors * 3 + 10),
                None,
            )
        }
        Kind::Calls => {
            let dials = whole(8, 34, chance) + talked(30, 0.2, chance);
            let conversations = talked(dials, 0.17, chance);
            (
                Work::Calls {
                    dials,
                    conversations,
                },
                Some(dials * 2 + 5),
                None,
            )
        }
        Kind::ListeningNote => (
            Work::ListeningNote,
            None,
            Some(chance.word(NOTES).to_owned()),
        ),
        Kind::Shift | Kind::Recruit => {
            let minutes = long(chance);
            (Work::Shift { minutes }, Some(minutes), None)
        }
        Kind::EventHosted => (
            Work::EventHosted {
                guests: whole(3, 14, chance),
            },
            None,
            None,
        ),
        Kind::EventAttended | Kind::Training => (Work::EventAttended, None, None),
        Kind::Donation => (
            Work::Donation {
                dollars: 5 * whole(1, 20, chance),
            },
            None,
            None,
        ),
        Kind::DataEntry => {
            let minutes = long(chance);
            (Work::DataEntry { minutes }, Some(minutes), None)
        }
        Kind::Translation => {
            let minutes = long(chance);
            (Work::Translation { minutes }, Some(minutes), None)
        }
    }
}

fn deed(
    people: &People,
    who: usize,
    kind: Kind,
    at: Instant,
    written: Instant,
    chance: &mut Chance,
) -> Deed {
    let (work, minutes, note) = work(kind, chance);
    let captain = people.cast.captain_of(&people.all[who].home.region);
    let paper = captain.filter(|captain| {
        *captain != who && people.all[*captain].joined_at < at && chance.hit(ON_PAPER)
    });
    Deed {
        who,
        work,
        minutes,
        note,
        task: None,
        at,
        written,
        paper,
        decision: None,
    }
}

/// Whoever came to a task has something to log for it.
fn came(
    people: &People,
    jobs: &[Job],
    crews: &Crews,
    now: Instant,
    deeds: &mut Vec<Deed>,
    chance: &mut Chance,
) {
    let tasks: std::collections::BTreeMap<_, _> =
        jobs.iter().map(|job| (job.task.id, &job.task)).collect();
    let places: std::collections::BTreeMap<_, _> = people
        .all
        .iter()
        .enumerate()
        .map(|(at, person)| (person.id, at))
        .collect();
    for assignment in crews
        .assignments
        .iter()
        .filter(|row| row.state == State::Done)
    {
        let (Some(task), Some(who)) = (
            tasks.get(&assignment.task_id),
            places.get(&assignment.volunteer_id),
        ) else {
            continue;
        };
        let kind = match task.kind {
            TaskKind::Doors => Kind::Doors,
            TaskKind::Calls => Kind::Calls,
            _ => Kind::Shift,
        };
        let Some(ends) = task.ends_at else { continue };
        let written = (ends + minutes(chance.wait(80.0))).min(now - Duration::minutes(3));
        let done = ends - Duration::minutes(5);
        let mut deed = deed(people, *who, kind, done, written, chance);
        deed.task = Some(task.id);
        deeds.push(deed);
    }
}

/// Whoever follows the volunteer's link sees something of today.
fn star(people: &People, now: Instant, deeds: &mut Vec<Deed>, chance: &mut Chance) {
    for hours in [2, 26] {
        let done = now - Duration::hours(hours) - Duration::minutes(13);
        deeds.push(deed(
            people,
            people.cast.volunteer,
            Kind::Doors,
            done,
            done + Duration::minutes(9),
            chance,
        ));
    }
}

/// Whether and when a captain looked at an entry: the older, the surer.
fn decide(people: &People, deed: &mut Deed, now: Instant, chance: &mut Chance) {
    let Some(captain) = people.cast.captain_of(&people.all[deed.who].home.region) else {
        return;
    };
    // Nobody decides about their own; the state's captain does.
    let captain = if captain == deed.who {
        people.cast.hq
    } else {
        captain
    };
    let after = deed.written + minutes(60.0 * chance.between(1.0, 60.0));
    let old = deed.written < now - Duration::days(7);
    let looked_at = after < now && (chance.hit(LOOKED_AT) || old);
    if deed.paper.is_none() && captain != deed.who && looked_at {
        deed.decision = Some((after, captain, !chance.hit(REJECTED)));
    }
}

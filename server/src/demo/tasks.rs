//! Tasks of the demo: what was done in the past weeks, and what there is to do in the next two.

use chrono::{Datelike, Days, NaiveDate, TimeZone};
use chrono_tz::Tz;

use super::chance::Chance;
use super::people::{Cast, People};
use super::places::{County, HOME_COUNTY, State};
use super::texts::{ANYWHERE, LOCAL, REMOTE, Template, VENUES, filled};
use crate::clock::{Duration, Instant};
use crate::ids::{self, TaskId, VolunteerId};
use crate::region_code::RegionCode;
use crate::tasks::{LanguageNeed, SkillNeed, Status, Task};

/// Weekly times at which people meet: days from Monday, hour.
const TIMES: &[(u64, u32)] = &[
    (5, 10),
    (1, 18),
    (5, 14),
    (3, 18),
    (6, 13),
    (5, 10),
    (2, 18),
    (6, 15),
];
/// Degrees by which a venue lies off the middle of its town.
const OFF: f64 = 0.012;

/// A task with what it asks for.
pub struct Job {
    /// The row; its counters are filled when people come onto it.
    pub task: Task,
    /// Skills asked for.
    pub skills: Vec<SkillNeed>,
}

/// Whose region, what its names are, who answers for it.
struct Site<'a> {
    code: &'a RegionCode,
    zone: Tz,
    state: &'a str,
    county: Option<&'a County>,
    captain: VolunteerId,
}

/// All tasks: `start` is the campaign's first Monday.
pub fn tasks(
    root: &RegionCode,
    states: &[State],
    people: &People,
    start: Instant,
    now: Instant,
    chance: &mut Chance,
) -> Vec<Job> {
    let mut jobs = Vec::new();
    let hq = people.all[people.cast.hq].id;
    let wide = Site {
        code: root,
        zone: Tz::UTC,
        state: "",
        county: None,
        captain: hq,
    };
    for template in ANYWHERE {
        jobs.push(job(&wide, template, None, now, chance));
    }
    for state in states {
        let captain = captain(people, &state.code);
        let site = Site {
            code: &state.code,
            zone: state.zone,
            state: &state.name,
            county: None,
            captain,
        };
        for template in REMOTE {
            jobs.push(job(&site, template, None, now, chance));
        }
        for county in &state.busy {
            let captain = captain_or(people, &county.code, captain);
            let site = Site {
                code: &county.code,
                zone: county.zone,
                state: &state.name,
                county: Some(county),
                captain,
            };
            local(&site, start, now, &mut jobs, chance);
        }
    }
    for (number, job) in jobs.iter_mut().enumerate() {
        job.task.id = TaskId(ids::at(
            job.task.created_at,
            i64::try_from(number).unwrap_or(0),
        ));
    }
    jobs
}

/// A county's tasks: two a week in the past, and several ahead.
fn local(site: &Site<'_>, start: Instant, now: Instant, jobs: &mut Vec<Job>, chance: &mut Chance) {
    let home = site.code.as_str() == HOME_COUNTY;
    let mut monday = (start + Duration::hours(14)).local(site.zone).date_naive();
    monday = monday - Days::new(u64::from(monday.weekday().num_days_from_monday()));
    let past: &[(usize, usize)] = &[(0, 0), (1, 1)];
    while at(site.zone, monday, 5, 10) < now {
        for (template, time) in past {
            let begins = time_of(site.zone, monday, *time);
            if begins + Duration::hours(3) < now {
                let mut job = job(
                    site,
                    &LOCAL[*template],
                    Some(begins),
                    begins - Duration::days(6),
                    chance,
                );
                job.task.status = Status::Closed;
                jobs.push(job);
            }
        }
        monday = monday + Days::new(7);
    }
    let count = if home { LOCAL.len() } else { 3 };
    let mut templates: Vec<usize> = (0..LOCAL.len()).collect();
    if !home {
        // A canvass everywhere, and some of the rest.
        chance.shuffle(&mut templates[1..]);
    }
    let this_monday = {
        let today = now.local(site.zone).date_naive();
        today - Days::new(u64::from(today.weekday().num_days_from_monday()))
    };
    for (number, template) in templates.into_iter().take(count).enumerate() {
        let weeks = if home { 1 + number / 5 } else { 1 + number % 2 };
        let mut begins = (0..=weeks)
            .map(|week| time_of(site.zone, this_monday + Days::new(7 * week as u64), number))
            .find(|begins| *begins > now + Duration::hours(5));
        if begins.is_none() {
            begins = Some(time_of(site.zone, this_monday + Days::new(14), number));
        }
        jobs.push(job(
            site,
            &LOCAL[template],
            begins,
            now - Duration::hours(chance.whole(20, 300)),
            chance,
        ));
    }
}

fn time_of(zone: Tz, monday: NaiveDate, number: usize) -> Instant {
    let (day, hour) = TIMES[number % TIMES.len()];
    at(zone, monday, day, hour)
}

/// `hour` o'clock on the day so many days after `monday`.
fn at(zone: Tz, monday: NaiveDate, day: u64, hour: u32) -> Instant {
    let date = monday + Days::new(day);
    zone.with_ymd_and_hms(date.year(), date.month(), date.day(), hour, 0, 0)
        .earliest()
        .map_or_else(|| Instant::from_micros(0), |at| Instant::from(at.to_utc()))
}

fn job(
    site: &Site<'_>,
    template: &Template,
    begins: Option<Instant>,
    written: Instant,
    chance: &mut Chance,
) -> Job {
    let mut task = Task::blank(
        TaskId(0),
        template.kind,
        site.code.clone(),
        site.captain,
        written,
    );
    let spot = site.county.and_then(|county| chance.one(&county.cities));
    let city = spot.map_or("", |(city, _)| city);
    let county = site.county.map_or("", |county| county.name.as_str());
    let names = [("city", city), ("county", county), ("state", site.state)];
    task.title = filled(template.title, &names);
    task.body = filled(template.body, &names);
    task.zone = site.zone.to_string();
    task.minutes = template.minutes;
    task.rung = template.rung;
    task.slots = i32::try_from(chance.whole(template.slots.0, template.slots.1)).unwrap_or(1);
    task.priority = *chance.one(&[1.0, 1.0, 1.0, 1.0, 1.5, 0.8]).unwrap_or(&1.0);
    task.host = Some(site.captain);
    task.remote = site.county.is_none();
    if let Some((language, required)) = template.language {
        let need = LanguageNeed::Said {
            tag: language.to_owned(),
            required,
        };
        task.languages = serde_json::to_string(&[need]).unwrap_or_else(|_| "[]".into());
    }
    if let Some((_, point)) = spot {
        task.place_name = filled(chance.word(VENUES), &names);
        task.lat = Some(point.lat + chance.between(-OFF, OFF));
        task.lon = Some(point.lon + chance.between(-OFF, OFF));
    }
    if let Some(begins) = begins {
        task.starts_at = Some(begins);
        task.ends_at = Some(begins + Duration::minutes(i64::from(template.minutes)));
    }
    let skills = template
        .skills
        .iter()
        .map(|(slug, level, required)| SkillNeed {
            slug: (*slug).to_owned(),
            level: *level,
            required: *required,
            weight: 1.0,
        })
        .collect();
    Job { task, skills }
}

fn captain(people: &People, region: &RegionCode) -> VolunteerId {
    captain_or(people, region, people.all[people.cast.hq].id)
}

fn captain_or(people: &People, region: &RegionCode, other: VolunteerId) -> VolunteerId {
    let Cast { captains, .. } = &people.cast;
    captains
        .iter()
        .find(|(led, _)| led == region)
        .map_or(other, |(_, who)| people.all[*who].id)
}

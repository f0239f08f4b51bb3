//! Who is on which task: said yes, was asked, came, did not come.

use chrono::{Datelike, Timelike};

use super::chance::Chance;
use super::people::{People, Person};
use super::tasks::Job;
use crate::clock::{Duration, Instant};
use crate::ids;
use crate::tasks::{Assignment, Decline, Reason, State, Status, TaskEvent};

/// Rows that come of people and tasks.
#[derive(Default)]
pub struct Crews {
    /// Who stands how with which task; one row a pair.
    pub assignments: Vec<Assignment>,
    /// A "no" that is remembered.
    pub declines: Vec<Decline>,
    /// What was shown and came of it.
    pub events: Vec<TaskEvent>,
}

/// Fills the tasks, past and coming; sets their counters.
pub fn crews(people: &People, jobs: &mut [Job], now: Instant, chance: &mut Chance) -> Crews {
    let mut crews = Crews::default();
    // When each person is taken already.
    let mut taken: Vec<Vec<(Instant, Instant)>> = vec![Vec::new(); people.all.len()];
    for job in jobs {
        let over = job.task.status == Status::Closed;
        let fill = if over {
            chance.between(0.5, 1.0)
        } else {
            chance.between(0.0, 0.75)
        };
        let wanted = share(fill, job.task.slots.min(if over { 6 } else { 14 }));
        let mut members: Vec<usize> = (0..people.all.len())
            .filter(|at| may(&people.all[*at], job, now))
            .collect();
        chance.shuffle(&mut members);
        // Whoever follows the volunteer's link has something behind them and something ahead.
        let star = people.cast.volunteer;
        if let Some(place) = members.iter().position(|at| *at == star) {
            members.swap(0, place);
        }
        let wanted = wanted.max(i32::from(members.first() == Some(&star)));
        let mut joined = 0;
        for at in members {
            if joined >= wanted {
                break;
            }
            let person = &people.all[at];
            if at == star && !over && job.task.kind != crate::tasks::TaskKind::Doors {
                continue;
            }
            if let Some(span) = span(job) {
                if taken[at]
                    .iter()
                    .any(|(from, to)| span.0 < *to && *from < span.1)
                {
                    continue;
                }
                taken[at].push(span);
            } else if chance.hit(0.6) {
                continue;
            }
            let state = match (over, at == star) {
                (true, true) => State::Done,
                (false, true) => State::Accepted,
                (true, false) => [State::Done, State::NoShow, State::Cancelled]
                    [chance.weighted(&[0.84, 0.07, 0.09])],
                (false, false) => [
                    State::Accepted,
                    State::Assigned,
                    State::Invited,
                    State::Declined,
                ][chance.weighted(&[0.68, 0.14, 0.11, 0.07])],
            };
            join(&mut crews, job, person, state, now, chance);
            joined += i32::from(state.takes_a_place());
        }
    }
    crews
}

#[expect(clippy::cast_possible_truncation, reason = "a share of a few places")]
fn share(fill: f64, slots: i32) -> i32 {
    (fill * f64::from(slots)).round() as i32
}

/// Half an hour around the task's time.
fn span(job: &Job) -> Option<(Instant, Instant)> {
    let half = Duration::minutes(30);
    Some((job.task.starts_at? - half, job.task.ends_at? + half))
}

/// Whether a person may be on a task: theirs is the region, the time and the skill.
fn may(person: &Person, job: &Job, now: Instant) -> bool {
    let task = &job.task;
    let begins = task.starts_at.unwrap_or(now);
    person.rate > 0.0
        && person.joined_at < begins.min(now) - Duration::hours(24)
        && Some(person.id) != task.host
        && person.home.region.is_under(&task.region)
        && free(person, begins, task.remote)
        && job.skills.iter().filter(|need| need.required).all(|need| {
            person
                .skills
                .iter()
                .any(|(slug, level)| *slug == need.slug && *level >= need.level)
        })
        && task
            .wanted_languages()
            .iter()
            .all(|need| !need.is_required() || person.languages.iter().any(|tag| tag == need.tag()))
}

/// Whether that third of the week is theirs; who never said may be asked.
fn free(person: &Person, begins: Instant, remote: bool) -> bool {
    let Some(grid) = person.availability.filter(|_| !remote) else {
        return true;
    };
    let local = begins.local(person.home.zone);
    let third = match local.hour() {
        0..12 => 0,
        12..17 => 1,
        _ => 2,
    };
    let at = 3 * local.weekday().num_days_from_monday() as usize + third;
    grid.0[at]
}

fn join(
    crews: &mut Crews,
    job: &mut Job,
    person: &Person,
    state: State,
    now: Instant,
    chance: &mut Chance,
) {
    let task = &mut job.task;
    let until = task.starts_at.unwrap_or(now).min(now);
    let known = task.created_at.max(person.joined_at);
    let wait = (until - known).num_minutes().max(2);
    let said = known + Duration::minutes(chance.whole(1, wait - 1));
    let changed = match (state, task.ends_at) {
        (State::Done | State::NoShow, Some(end)) => {
            (end + Duration::minutes(chance.whole(5, 90))).min(now)
        }
        _ => said,
    };
    let leader = task.host.unwrap_or(task.created_by);
    let by = match state {
        State::Accepted | State::Declined | State::Cancelled => person.id,
        _ => leader,
    };
    let reason = (state == State::Declined).then_some(Reason::NotNow);
    task.taken += i32::from(state.takes_a_place());
    task.pending += i32::from(state == State::Invited);
    crews.assignments.push(Assignment {
        task_id: task.id,
        volunteer_id: person.id,
        state,
        reason,
        changed_by: by,
        created_at: said,
        changed_at: changed,
    });
    if let Some(reason) = reason {
        crews.declines.push(Decline {
            volunteer_id: person.id,
            task_id: task.id,
            kind: task.kind,
            reason,
            declined_at: said,
        });
    }
    let told: &[&'static str] = match state {
        State::Declined => &["shown", "declined"],
        State::Done => &["shown", "accepted", "showed", "completed"],
        State::Accepted | State::NoShow | State::Cancelled => &["shown", "accepted"],
        _ => &[],
    };
    for event in told {
        let shown = *event == "shown";
        crews.events.push(TaskEvent {
            id: ids::at(said, i64::try_from(crews.events.len()).unwrap_or(0)),
            volunteer_id: person.id,
            task_id: task.id,
            kind: task.kind,
            event,
            position: shown.then(|| i32::try_from(chance.whole(1, 4)).unwrap_or(1)),
            propensity: None,
            chance: shown.then_some(0.2),
            reason: reason.filter(|_| *event == "declined"),
            at: if *event == "completed" || *event == "showed" {
                changed
            } else {
                said
            },
        });
    }
}

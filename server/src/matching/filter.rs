//! The hard filters: whether a task can be for a person at all (matching.md, Hard filters).

use chrono::Duration;

use super::codes::tenth;
use super::features::{Context, PersonView, TaskStatus, TaskView, is_under};
use super::when::{When, week_of};
use super::why_not::WhyNot;

/// One filter: what it refuses, or nothing.
type Filter = fn(&PersonView, &TaskView, &Context) -> Option<WhyNot>;

/// Every filter, the cheapest first. A filter that is not in this list does not exist: both
/// [`check`] and [`passes`] read it.
const FILTERS: [Filter; 17] = [
    open,
    over,
    full,
    region,
    distance,
    availability,
    age,
    role,
    skills,
    languages,
    going,
    declined,
    overlap,
    access,
    certificates,
    blocked,
    weekly_hours,
];

/// Every filter the task fails for this person; none means it may be offered.
///
/// # Errors
/// The codes of all filters that failed, one each, in the order of the list.
pub fn check(person: &PersonView, task: &TaskView, context: &Context) -> Result<(), Vec<WhyNot>> {
    let failed: Vec<_> = FILTERS
        .iter()
        .filter_map(|filter| filter(person, task, context))
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed)
    }
}

/// Whether [`check`] would find nothing; stops at the first failure.
pub fn passes(person: &PersonView, task: &TaskView, context: &Context) -> bool {
    FILTERS
        .iter()
        .all(|filter| filter(person, task, context).is_none())
}

fn open(_: &PersonView, task: &TaskView, _: &Context) -> Option<WhyNot> {
    (task.status != TaskStatus::Open).then_some(WhyNot::NotOpen)
}

fn over(_: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    task.when
        .deadline()
        .is_some_and(|deadline| deadline <= context.now)
        .then_some(WhyNot::Over)
}

fn full(_: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    (task.free(context.config.equity.pending_share) <= 0.0).then_some(WhyNot::Full)
}

fn going(person: &PersonView, task: &TaskView, _: &Context) -> Option<WhyNot> {
    person
        .commitments
        .iter()
        .any(|c| c.task == task.id)
        .then_some(WhyNot::AlreadyGoing)
}

fn region(person: &PersonView, task: &TaskView, _: &Context) -> Option<WhyNot> {
    (!is_under(&person.region, &task.region)).then_some(WhyNot::Region)
}

fn role(person: &PersonView, task: &TaskView, _: &Context) -> Option<WhyNot> {
    let held = task.roles.is_empty() || task.roles.iter().any(|r| person.roles.contains(r));
    (!held).then_some(WhyNot::Role)
}

fn age(person: &PersonView, task: &TaskView, _: &Context) -> Option<WhyNot> {
    let years = task.min_age?;
    (person.age_at_least < years).then_some(WhyNot::Age { years })
}

/// `distance ≤ min(task radius, 2·own travel)`; 40 km where no travel distance was declared. Where
/// a place is missing the region alone decides, and the caveat says that the distance is unknown.
fn distance(person: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    if task.remote {
        return None;
    }
    let km = person.km_to(task)?;
    let rules = &context.config.distance;
    let own = person
        .travel_km
        .map_or(rules.default_limit_km, |km| rules.travel_factor * km);
    let limit_km = own.min(task.radius_km.unwrap_or(f64::INFINITY));
    (km > limit_km).then(|| WhyNot::Distance {
        km: tenth(km),
        limit_km: tenth(limit_km),
    })
}

/// Inside the declared availability: every third the task touches.
fn availability(person: &PersonView, task: &TaskView, _: &Context) -> Option<WhyNot> {
    let free = person.declared_slots()?;
    let slot = task.when.span()?.slots.first_outside(free)?;
    Some(WhyNot::Availability { slot })
}

fn skills(person: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    let lacking = task
        .skills
        .iter()
        .find(|need| need.required && person.level(need.skill) < need.level)?;
    Some(WhyNot::Skill {
        skill: context.skills.slug(lacking.skill).to_owned(),
        level: lacking.level,
    })
}

fn languages(person: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    let default = &context.config.language.default;
    let lacking = task.languages.iter().find(|need| {
        // Level 0 would let in people who do not speak it at all.
        need.required && person.speaks(&need.language, default) < need.level.max(1)
    })?;
    Some(WhyNot::Language {
        language: lacking.language.clone(),
    })
}

/// Verified, and valid on the last day of the task (today for one without a fixed time).
fn certificates(person: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    if task.certificates.is_empty() {
        return None;
    }
    let today = context.now.date_naive();
    let day = task.when.span().map_or(today, |span| span.last_day);
    task.certificates.iter().find_map(|name| {
        let certificate = name.clone();
        let mut handed_in = person
            .certificates
            .iter()
            .filter(|c| c.name == *name)
            .peekable();
        if handed_in.peek().is_none() {
            return Some(WhyNot::CertificateMissing { certificate });
        }
        let mut verified = handed_in.filter(|c| c.verified).peekable();
        if verified.peek().is_none() {
            return Some(WhyNot::CertificateUnverified { certificate });
        }
        let holds = verified.any(|c| c.expires.is_none_or(|last| last >= day));
        (!holds).then_some(WhyNot::CertificateExpired { certificate })
    })
}

/// What somebody needs of a place is no matter at home.
fn access(person: &PersonView, task: &TaskView, _: &Context) -> Option<WhyNot> {
    if task.remote {
        return None;
    }
    let need = person
        .access_needs
        .iter()
        .find(|need| !task.access.contains(need))?;
    Some(WhyNot::Access { need: need.clone() })
}

fn overlap(person: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    let span = task.when.span()?;
    let margin = Duration::minutes(context.config.time.margin_minutes.into());
    let clashes = person
        .commitments
        .iter()
        .filter(|c| c.task != task.id)
        .any(|commitment| {
            commitment.when.span().is_some_and(|other| {
                span.starts < other.ends + margin && other.starts < span.ends + margin
            })
        });
    clashes.then_some(WhyNot::Overlap)
}

/// Snoozed, or declined for good.
fn declined(person: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    if person.declined.contains(&task.id) {
        return Some(WhyNot::Declined);
    }
    let until = *person.snoozed.get(&task.id)?;
    (context.now < until).then_some(WhyNot::Snoozed { until })
}

fn blocked(person: &PersonView, task: &TaskView, _: &Context) -> Option<WhyNot> {
    let blocked = person.blocked_kinds.contains(&task.kind);
    blocked.then(|| WhyNot::Blocked {
        kind: task.kind.clone(),
    })
}

/// Hours of the task's own week: what is accepted for it, what was worked if it is the current
/// week, and the task. Flexible work counts in the current week.
fn weekly_hours(person: &PersonView, task: &TaskView, context: &Context) -> Option<WhyNot> {
    let this_week = week_of(context.now.date_naive());
    let in_week = |when: &When| when.span().map_or(this_week, |span| span.week);
    let week = in_week(&task.when);
    let worked = if week == this_week {
        person.worked_minutes
    } else {
        0
    };
    let accepted = person.commitments.iter().filter(|c| c.task != task.id);
    let minutes = accepted
        .filter(|c| in_week(&c.when) == week)
        .fold(f64::from(worked), |sum, c| sum + f64::from(c.minutes));
    let hours = (minutes + f64::from(task.minutes)) / 60.0;
    let cap = person
        .weekly_hours
        .unwrap_or(context.config.time.weekly_hours);
    (hours > cap).then(|| WhyNot::WeeklyHours {
        hours: tenth(hours),
        cap,
    })
}

#[cfg(test)]
mod tests;

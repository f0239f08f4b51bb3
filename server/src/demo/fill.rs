//! Writes a made-up campaign into an empty database.

use std::sync::Arc;

use super::past::past;
use super::people::Person;
use super::plan::Plan;
use super::store::{self, Clocked};
use crate::app::App;
use crate::clock::Duration;
use crate::db::Conn;
use crate::error::Error;
use crate::followups::{Outcome, PROMISE};
use crate::ids::VolunteerId;
use crate::ledger;
use crate::races;
use crate::scope::Scope;
use crate::volunteers::NewVolunteer;

/// Writes everything; `tell` hears what comes next.
///
/// # Errors
/// When the database refuses.
pub async fn fill(app: &App, plan: Plan, tell: &dyn Fn(&str)) -> Result<Plan, Error> {
    let plan = Arc::new(plan);
    tell("Taking in the people and their tasks");
    let written = plan.clone();
    app.db
        .write(move |conn| {
            people(conn, &written)?;
            work(conn, &written)?;
            talk(conn, &written)
        })
        .await?;
    tell("Replaying five weeks of calls and doors");
    past(app, &plan).await?;
    tell("Counting the points");
    ledger::rebuild(&app.db, &app.scoring, |_| {}).await?;
    for week in &plan.weeks {
        races::lock_rosters(app, *week).await?;
    }
    Arc::into_inner(plan).ok_or_else(|| Error::Internal("the plan is still in use".into()))
}

fn json(list: &[String]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".into())
}

/// A person as they are taken in.
pub fn taken_in(person: &Person, invited_by: Option<VolunteerId>) -> NewVolunteer {
    NewVolunteer {
        id: person.id,
        email: person.email.clone(),
        name: person.name.clone(),
        zip: Some(person.home.zip.clone()),
        region: person.home.region.clone(),
        zone: person.home.zone.to_string(),
        quiet: person.quiet,
        honour_roll: person.honour_roll,
        travel_km: person.travel_km,
        weekly_hours: person.weekly_hours,
        adult: person.adult,
        availability: person.availability.map(|grid| grid.column()),
        languages: json(&person.languages),
        interests: json(&person.interests),
        access_needs: "[]".into(),
        certificates: "[]".into(),
        rung: person.rung,
        invited_by,
        joined_at: person.joined_at,
    }
}

fn people(conn: &mut Conn, plan: &Plan) -> Result<(), Error> {
    let scope = &Scope::System;
    let all = &plan.people.all;
    // Whoever invites stands before whom they invited.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| all[*at].joined_at);
    let rows: Vec<NewVolunteer> = order
        .iter()
        .map(|at| {
            let person = &all[*at];
            taken_in(person, person.invited_by.map(|at| all[at].id))
        })
        .collect();
    store::insert_people(conn, scope, &rows)?;
    store::insert_campaign(conn, "started_at", &plan.start.to_string())?;
    let skills: Vec<(VolunteerId, String, i32)> = all
        .iter()
        .flat_map(|person| {
            person
                .skills
                .iter()
                .map(|(skill, level)| (person.id, skill.clone(), *level))
        })
        .collect();
    store::insert_skills(conn, scope, &skills)?;
    let cast = &plan.people.cast;
    let staff: Vec<VolunteerId> = cast.staff.iter().map(|at| all[*at].id).collect();
    store::insert_staff(conn, scope, &staff, plan.start)?;
    let captains: Vec<_> = cast
        .captains
        .iter()
        .map(|(region, at)| (region.clone(), all[*at].id))
        .collect();
    store::insert_captains(conn, scope, &captains, plan.start)?;
    let codes: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(at, person)| (format!("DEMO{at:05}"), person.id))
        .collect();
    store::insert_invitations(conn, scope, &codes, plan.start)?;
    let clocks: Vec<Clocked> = all
        .iter()
        .enumerate()
        .map(|(at, person)| clocked(plan, at, person))
        .collect();
    store::insert_follow_ups(conn, scope, &clocks)?;
    Ok(())
}

/// A person's 72 hours: running for a newcomer, long over for the others.
fn clocked(plan: &Plan, at: usize, person: &Person) -> Clocked {
    let cast = &plan.people.cast;
    let captain = cast
        .captain_of(&person.home.region)
        .filter(|captain| *captain != at)
        .unwrap_or(cast.hq);
    // Somebody tried every third of those who still wait.
    let tried = person.waits && at.is_multiple_of(3);
    let hours = 2 + i64::try_from(at % 60).unwrap_or(0);
    Clocked {
        who: person.id,
        opened: person.joined_at,
        due: person.joined_at + PROMISE,
        tries: i32::from(tried || !person.waits),
        outcome: match (person.waits, tried) {
            (false, _) => Some(Outcome::Reached.as_str()),
            (true, true) => Some(Outcome::NoAnswer.as_str()),
            (true, false) => None,
        },
        closed: (!person.waits).then(|| {
            (
                person.joined_at + Duration::hours(hours),
                plan.people.all[captain].id,
            )
        }),
    }
}

fn work(conn: &mut Conn, plan: &Plan) -> Result<(), Error> {
    let scope = &Scope::System;
    let tasks: Vec<_> = plan.jobs.iter().map(|job| job.task.clone()).collect();
    store::insert_tasks(conn, &tasks)?;
    let needs: Vec<_> = plan
        .jobs
        .iter()
        .flat_map(|job| job.skills.iter().map(|need| (job.task.id, need.clone())))
        .collect();
    store::insert_needs(conn, &needs)?;
    store::insert_assignments(conn, scope, &plan.crews.assignments)?;
    store::insert_declines(conn, scope, &plan.crews.declines)?;
    store::insert_events(conn, scope, &plan.crews.events)?;
    Ok(())
}

fn talk(conn: &mut Conn, plan: &Plan) -> Result<(), Error> {
    store::insert_posts(conn, &Scope::System, &plan.talk.posts)?;
    store::insert_comments(conn, &Scope::System, &plan.talk.comments)?;
    Ok(())
}

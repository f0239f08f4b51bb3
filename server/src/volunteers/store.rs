//! The SQL of people. Nobody's data without a `Scope`.

use diesel::prelude::*;

use super::{Email, NewVolunteer, Offices, SkillLevel, Volunteer};
use crate::clock::Instant;
use crate::db::schema::{campaign, captains, staff, volunteer_skills, volunteers};
use crate::db::{Conn, on_backend};
use crate::ids::VolunteerId;
use crate::scope::Scope;

pub fn find(conn: &mut Conn, scope: &Scope, id: VolunteerId) -> QueryResult<Option<Volunteer>> {
    volunteers::table
        .filter(volunteers::id.eq(id))
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select(Volunteer::as_select())
        .first(conn)
        .optional()
}

/// The same; nobody else changes the person until the transaction ends.
pub fn lock(conn: &mut Conn, scope: &Scope, id: VolunteerId) -> QueryResult<Option<Volunteer>> {
    // The one writing transaction of SQLite keeps everybody away already.
    if let Conn::Postgres(c) = conn {
        volunteers::table
            .filter(volunteers::id.eq(id))
            .select(volunteers::id)
            .for_no_key_update()
            .load::<VolunteerId>(c)?;
    }
    find(conn, scope, id)
}

pub fn find_by_email(
    conn: &mut Conn,
    scope: &Scope,
    email: &Email,
) -> QueryResult<Option<Volunteer>> {
    volunteers::table
        .filter(volunteers::email.eq(email.as_str()))
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select(Volunteer::as_select())
        .first(conn)
        .optional()
}

pub fn insert(conn: &mut Conn, scope: &Scope, new: &NewVolunteer) -> QueryResult<usize> {
    debug_assert!(
        scope.covers(new.id, &new.region),
        "people are taken in by the system or for oneself"
    );
    diesel::insert_into(volunteers::table)
        .values(new.clone())
        .execute(conn)
}

/// Notes when the campaign began; later calls change nothing.
pub fn insert_campaign_start(conn: &mut Conn, at: Instant) -> QueryResult<usize> {
    let row = (
        campaign::key.eq("started_at"),
        campaign::value.eq(at.to_string()),
    );
    on_backend!(conn => |c| diesel::insert_into(campaign::table)
        .values(row)
        .on_conflict(campaign::key)
        .do_nothing()
        .execute(c))
}

/// Writes a changed person back. Joining, inviting and activity are not changed this way.
pub fn update(conn: &mut Conn, scope: &Scope, person: &Volunteer) -> QueryResult<usize> {
    diesel::update(
        volunteers::table
            .filter(volunteers::id.eq(person.id))
            .filter(scope.sees(volunteers::region, volunteers::id)),
    )
    .set((
        volunteers::name.eq(&person.name),
        volunteers::zip.eq(&person.zip),
        volunteers::region.eq(&person.region),
        volunteers::zone.eq(&person.zone),
        volunteers::quiet.eq(person.quiet),
        volunteers::honour_roll.eq(person.honour_roll),
        volunteers::travel_km.eq(person.travel_km),
        volunteers::weekly_hours.eq(person.weekly_hours),
        volunteers::adult.eq(person.adult),
        volunteers::availability.eq(&person.availability),
        volunteers::languages.eq(&person.languages),
        volunteers::interests.eq(&person.interests),
        volunteers::access_needs.eq(&person.access_needs),
        volunteers::certificates.eq(&person.certificates),
        volunteers::version.eq(volunteers::version + 1),
    ))
    .execute(conn)
}

/// Writes where a changed person belongs back, and nothing else about them.
pub fn update_place(conn: &mut Conn, scope: &Scope, person: &Volunteer) -> QueryResult<usize> {
    diesel::update(
        volunteers::table
            .filter(volunteers::id.eq(person.id))
            .filter(scope.sees(volunteers::region, volunteers::id)),
    )
    .set((
        volunteers::zip.eq(&person.zip),
        volunteers::region.eq(&person.region),
        volunteers::zone.eq(&person.zone),
        volunteers::version.eq(volunteers::version + 1),
    ))
    .execute(conn)
}

/// How often the profiles of these people were changed.
pub fn list_versions(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> QueryResult<Vec<(VolunteerId, i64)>> {
    on_backend!(conn => |c| volunteers::table
        .filter(volunteers::id.eq_any(people))
        .filter(volunteers::id.ge(if scope.is_everything() { 0 } else { i64::MAX }))
        .select((volunteers::id, volunteers::version))
        .load(c))
}

pub fn list_skills(
    conn: &mut Conn,
    scope: &Scope,
    id: VolunteerId,
) -> QueryResult<Vec<SkillLevel>> {
    let rows: Vec<(String, i32)> = volunteer_skills::table
        .inner_join(volunteers::table.on(volunteers::id.eq(volunteer_skills::volunteer_id)))
        .filter(volunteer_skills::volunteer_id.eq(id))
        .filter(scope.sees(volunteers::region, volunteers::id))
        .order(volunteer_skills::skill)
        .select((volunteer_skills::skill, volunteer_skills::level))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(slug, level)| SkillLevel { slug, level })
        .collect())
}

/// The caller has found the person within `scope` in the same transaction.
pub fn delete_skills(conn: &mut Conn, scope: &Scope, id: VolunteerId) -> QueryResult<usize> {
    debug_assert!(id == scope.actor() || scope.is_everything());
    diesel::delete(volunteer_skills::table.filter(volunteer_skills::volunteer_id.eq(id)))
        .execute(conn)
}

/// The caller has found the person within `scope` in the same transaction.
pub fn insert_skills(
    conn: &mut Conn,
    scope: &Scope,
    id: VolunteerId,
    skills: &[SkillLevel],
) -> QueryResult<usize> {
    debug_assert!(id == scope.actor() || scope.is_everything());
    let rows: Vec<_> = skills
        .iter()
        .map(|skill| {
            (
                volunteer_skills::volunteer_id.eq(id),
                volunteer_skills::skill.eq(skill.slug.clone()),
                volunteer_skills::level.eq(skill.level),
            )
        })
        .collect();
    on_backend!(conn => |c| diesel::insert_into(volunteer_skills::table).values(&rows).execute(c))
}

pub fn find_offices(conn: &mut Conn, scope: &Scope, id: VolunteerId) -> QueryResult<Offices> {
    let seen = volunteers::table
        .filter(volunteers::id.eq(id))
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select(volunteers::id);
    let known: Option<VolunteerId> = seen.first(conn).optional()?;
    if known.is_none() {
        return Ok(Offices::default());
    }
    let staff: Option<VolunteerId> = staff::table
        .filter(staff::volunteer_id.eq(id))
        .select(staff::volunteer_id)
        .first(conn)
        .optional()?;
    let leads = captains::table
        .filter(captains::volunteer_id.eq(id))
        .order(captains::region)
        .select(captains::region)
        .load(conn)?;
    Ok(Offices {
        staff: staff.is_some(),
        leads,
    })
}

/// Raises the highest rung completed, never lowers it.
pub fn update_rung(
    conn: &mut Conn,
    scope: &Scope,
    id: VolunteerId,
    rung: i32,
) -> QueryResult<usize> {
    diesel::update(
        volunteers::table
            .filter(volunteers::id.eq(id))
            .filter(volunteers::rung.lt(rung))
            .filter(scope.sees(volunteers::region, volunteers::id)),
    )
    .set(volunteers::rung.eq(rung))
    .execute(conn)
}

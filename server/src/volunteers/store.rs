//! The SQL of people. Nobody's data without a `Scope`.

use diesel::prelude::*;

use super::{Email, NewVolunteer, Volunteer};
use crate::clock::Instant;
use crate::db::schema::{campaign, volunteers};
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

//! The SQL of offices.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::{captains, staff};
use crate::db::{Conn, on_backend};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::Scope;

pub fn insert_captain(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
    person: VolunteerId,
    now: Instant,
) -> QueryResult<usize> {
    let row = (
        captains::region.eq(region),
        captains::volunteer_id.eq(person),
        captains::named_by.eq(scope.actor()),
        captains::since.eq(now),
    );
    on_backend!(conn => |c| diesel::insert_into(captains::table)
        .values(row)
        .on_conflict((captains::region, captains::volunteer_id))
        .do_nothing()
        .execute(c))
}

/// Deletes nothing for a scope that does not lead everywhere.
pub fn delete_captain(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
    person: VolunteerId,
) -> QueryResult<usize> {
    diesel::delete(
        captains::table
            .filter(captains::region.eq(region))
            .filter(captains::volunteer_id.eq(person))
            .filter(scope.sees(captains::region, captains::volunteer_id)),
    )
    .execute(conn)
}

pub fn insert_staff(
    conn: &mut Conn,
    scope: &Scope,
    person: VolunteerId,
    now: Instant,
) -> QueryResult<usize> {
    let row = (
        staff::volunteer_id.eq(person),
        staff::added_by.eq(scope.actor()),
        staff::since.eq(now),
    );
    on_backend!(conn => |c| diesel::insert_into(staff::table)
        .values(row)
        .on_conflict(staff::volunteer_id)
        .do_nothing()
        .execute(c))
}

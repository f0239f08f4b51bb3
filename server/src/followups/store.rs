//! The SQL of the 72-hour clock. Nobody's data without a `Scope`.

use diesel::prelude::*;

use super::{FollowUp, Outcome};
use crate::clock::Instant;
use crate::db::schema::{follow_ups, volunteers};
use crate::db::{Conn, on_backend};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::{Scope, under};
use crate::volunteers::Volunteer;

/// Opens a clock, unless it was opened before.
pub fn insert(
    conn: &mut Conn,
    scope: &Scope,
    person: VolunteerId,
    opened: Instant,
    due: Instant,
) -> QueryResult<usize> {
    debug_assert!(scope.is_everything(), "the system opens clocks");
    let row = (
        follow_ups::volunteer_id.eq(person),
        follow_ups::opened_at.eq(opened),
        follow_ups::due_at.eq(due),
        follow_ups::tries.eq(0),
    );
    on_backend!(conn => |c| diesel::insert_into(follow_ups::table)
        .values(row)
        .on_conflict(follow_ups::volunteer_id)
        .do_nothing()
        .execute(c))
}

/// Open follow-ups under `region` that `scope` may see, due first.
pub fn list_open(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
    limit: i64,
) -> QueryResult<Vec<(FollowUp, Volunteer)>> {
    follow_ups::table
        .inner_join(volunteers::table.on(volunteers::id.eq(follow_ups::volunteer_id)))
        .filter(follow_ups::closed_at.is_null())
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .filter(under(volunteers::region, region))
        .order((follow_ups::due_at, follow_ups::volunteer_id))
        .limit(limit)
        .select((FollowUp::as_select(), Volunteer::as_select()))
        .load(conn)
}

/// The regions of everybody under `region` with an open follow-up, one a person.
pub fn list_regions(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
) -> QueryResult<Vec<RegionCode>> {
    follow_ups::table
        .inner_join(volunteers::table.on(volunteers::id.eq(follow_ups::volunteer_id)))
        .filter(follow_ups::closed_at.is_null())
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .filter(under(volunteers::region, region))
        .select(volunteers::region)
        .load(conn)
}

/// Open follow-ups under `region`; with `due_by` only those due until then.
pub fn count_open(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
    due_by: Option<Instant>,
) -> QueryResult<i64> {
    let open = follow_ups::table
        .inner_join(volunteers::table.on(volunteers::id.eq(follow_ups::volunteer_id)))
        .filter(follow_ups::closed_at.is_null())
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .filter(under(volunteers::region, region));
    match due_by {
        None => open.count().get_result(conn),
        Some(now) => open
            .filter(follow_ups::due_at.le(now))
            .count()
            .get_result(conn),
    }
}

/// The clocks that were opened last and still run: whose region, when they are due, and the calls so
/// far.
pub fn list_opened(
    conn: &mut Conn,
    scope: &Scope,
    limit: i64,
) -> QueryResult<Vec<(RegionCode, Instant, i32)>> {
    follow_ups::table
        .inner_join(volunteers::table.on(volunteers::id.eq(follow_ups::volunteer_id)))
        .filter(follow_ups::closed_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        // In the words of the index.
        .order((follow_ups::closed_at.desc(), follow_ups::due_at.desc()))
        .limit(limit)
        .select((volunteers::region, follow_ups::due_at, follow_ups::tries))
        .load(conn)
}

/// The clocks that were closed last: whose region, and when.
pub fn list_closed(
    conn: &mut Conn,
    scope: &Scope,
    limit: i64,
) -> QueryResult<Vec<(RegionCode, Option<Instant>)>> {
    follow_ups::table
        .inner_join(volunteers::table.on(volunteers::id.eq(follow_ups::volunteer_id)))
        .filter(follow_ups::closed_at.is_not_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .order((follow_ups::closed_at.desc(), follow_ups::due_at.desc()))
        .limit(limit)
        .select((volunteers::region, follow_ups::closed_at))
        .load(conn)
}

pub fn find(conn: &mut Conn, scope: &Scope, person: VolunteerId) -> QueryResult<Option<FollowUp>> {
    follow_ups::table
        .inner_join(volunteers::table.on(volunteers::id.eq(follow_ups::volunteer_id)))
        .filter(follow_ups::volunteer_id.eq(person))
        .filter(scope.sees(volunteers::region, volunteers::id))
        .select(FollowUp::as_select())
        .first(conn)
        .optional()
}

/// Writes how a call went, if the follow-up is open; gives the rows changed.
pub fn update(
    conn: &mut Conn,
    scope: &Scope,
    person: &Volunteer,
    outcome: Outcome,
    note: Option<&str>,
    now: Instant,
) -> QueryResult<usize> {
    debug_assert!(scope.covers(person.id, &person.region), "found by scope");
    let closed = outcome.closes().then_some(now);
    let open = follow_ups::table
        .filter(follow_ups::volunteer_id.eq(person.id))
        .filter(follow_ups::closed_at.is_null());
    let rows = diesel::update(open)
        .set((
            follow_ups::tries.eq(follow_ups::tries + 1),
            follow_ups::last_outcome.eq(outcome.as_str()),
            follow_ups::closed_at.eq(closed),
            follow_ups::closed_by.eq(closed.map(|_| scope.actor())),
        ))
        .execute(conn)?;
    match note {
        Some(note) if rows > 0 => {
            diesel::update(follow_ups::table.filter(follow_ups::volunteer_id.eq(person.id)))
                .set(follow_ups::note.eq(note))
                .execute(conn)
        }
        _ => Ok(rows),
    }
}

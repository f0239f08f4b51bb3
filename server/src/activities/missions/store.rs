//! The SQL of what counts more in a week. No row is about a person.

use diesel::prelude::*;

use crate::db::schema::missions;
use crate::db::{Conn, on_backend};

/// Kinds and weights of a week, in ten-thousandths.
pub fn list(conn: &mut Conn, week: &str) -> QueryResult<Vec<(String, i32)>> {
    missions::table
        .filter(missions::week.eq(week))
        .order(missions::kind)
        .select((missions::kind, missions::weight))
        .load(conn)
}

/// The weight of one kind in one week.
pub fn find(conn: &mut Conn, week: &str, kind: &str) -> QueryResult<Option<i32>> {
    missions::table
        .filter(missions::week.eq(week))
        .filter(missions::kind.eq(kind))
        .select(missions::weight)
        .first(conn)
        .optional()
}

/// Writes one weight, whether or not there was one.
pub fn upsert(conn: &mut Conn, week: &str, kind: &str, weight: i32) -> QueryResult<usize> {
    let row = (
        missions::week.eq(week),
        missions::kind.eq(kind),
        missions::weight.eq(weight),
    );
    on_backend!(conn => |c| diesel::insert_into(missions::table)
        .values(row)
        .on_conflict((missions::week, missions::kind))
        .do_update()
        .set(missions::weight.eq(weight))
        .execute(c))
}

/// Takes one away.
pub fn delete(conn: &mut Conn, week: &str, kind: &str) -> QueryResult<usize> {
    let one = missions::table
        .filter(missions::week.eq(week))
        .filter(missions::kind.eq(kind));
    diesel::delete(one).execute(conn)
}

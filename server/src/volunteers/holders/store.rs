//! The SQL of who holds which office.

use diesel::prelude::*;

use super::Holder;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{captains, staff, volunteers};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Captains and HQ listed at most.
const MOST: i64 = 5000;

pub fn list_captained(conn: &mut Conn, among: Vec<RegionCode>) -> QueryResult<Vec<RegionCode>> {
    captains::table
        .filter(captains::region.eq_any(among))
        .select(captains::region)
        .distinct()
        .load(conn)
}

pub fn list_staff_among(conn: &mut Conn, people: &[VolunteerId]) -> QueryResult<Vec<VolunteerId>> {
    staff::table
        .filter(staff::volunteer_id.eq_any(people))
        .select(staff::volunteer_id)
        .load(conn)
}

pub fn list_captains_among(
    conn: &mut Conn,
    people: &[VolunteerId],
) -> QueryResult<Vec<(VolunteerId, RegionCode)>> {
    captains::table
        .filter(captains::volunteer_id.eq_any(people))
        .order((captains::volunteer_id, captains::region))
        .select((captains::volunteer_id, captains::region))
        .load(conn)
}

pub fn list_captain_names(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
) -> QueryResult<Vec<String>> {
    captains::table
        .inner_join(volunteers::table.on(volunteers::id.eq(captains::volunteer_id)))
        .filter(captains::region.eq(region))
        .filter(scope.sees(captains::region, captains::volunteer_id))
        .filter(volunteers::name.ne(""))
        .order(captains::since)
        .limit(5)
        .select(volunteers::name)
        .load(conn)
}

pub fn count_captains(conn: &mut Conn) -> QueryResult<i64> {
    captains::table.count().get_result(conn)
}

pub fn count_staff(conn: &mut Conn) -> QueryResult<i64> {
    staff::table.count().get_result(conn)
}

type Row = (VolunteerId, String, String, Instant);

fn holder((volunteer, name, email, since): Row) -> Holder {
    Holder {
        volunteer,
        name,
        email,
        since,
    }
}

/// Captains of `region` itself, or of every region that `scope` leads.
pub fn list_captains(
    conn: &mut Conn,
    scope: &Scope,
    region: Option<&RegionCode>,
) -> QueryResult<Vec<(RegionCode, Holder)>> {
    let all = captains::table
        .inner_join(volunteers::table.on(volunteers::id.eq(captains::volunteer_id)))
        .filter(scope.sees(captains::region, captains::volunteer_id))
        .order((captains::region, captains::since))
        .limit(MOST)
        .select((
            captains::region,
            (
                volunteers::id,
                volunteers::name,
                volunteers::email,
                captains::since,
            ),
        ));
    let rows: Vec<(RegionCode, Row)> = match region {
        Some(region) => all.filter(captains::region.eq(region)).load(conn)?,
        None => all.load(conn)?,
    };
    Ok(rows
        .into_iter()
        .filter(|(region, _)| scope.leads(region))
        .map(|(region, row)| (region, holder(row)))
        .collect())
}

pub fn list_staff(conn: &mut Conn, scope: &Scope) -> QueryResult<Vec<Holder>> {
    if !scope.is_everything() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = staff::table
        .inner_join(volunteers::table.on(volunteers::id.eq(staff::volunteer_id)))
        .order(staff::since)
        .limit(MOST)
        .select((
            volunteers::id,
            volunteers::name,
            volunteers::email,
            staff::since,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(holder).collect())
}

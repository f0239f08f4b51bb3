//! The SQL of checking and mending totals.

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;

use super::ROWS;
use crate::db::schema::{ledger, member_weeks, region_weeks};
use crate::db::{Conn, on_backend};
use crate::ids::VolunteerId;
use crate::ledger::model::{BriefLine, MemberWeek, RegionWeek};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Lines behind `after` in the order of people and their lines.
pub fn page(
    conn: &mut Conn,
    scope: &Scope,
    after: (VolunteerId, i64),
    limit: i64,
) -> QueryResult<Vec<BriefLine>> {
    debug_assert!(scope.is_everything(), "totals are about everybody");
    let (person, line) = after;
    ledger::table
        .filter(ledger::volunteer_id.ge(person))
        .filter(ledger::volunteer_id.gt(person).or(ledger::id.gt(line)))
        .order((ledger::volunteer_id, ledger::id))
        .limit(limit)
        .select(BriefLine::as_select())
        .load(conn)
}

/// Member-weeks of the people behind `after`, up to `last`.
pub fn list_members(
    conn: &mut Conn,
    scope: &Scope,
    after: VolunteerId,
    last: VolunteerId,
) -> QueryResult<Vec<MemberWeek>> {
    debug_assert!(scope.is_everything(), "totals are about everybody");
    member_weeks::table
        .filter(member_weeks::volunteer_id.gt(after))
        .filter(member_weeks::volunteer_id.le(last))
        .select(MemberWeek::as_select())
        .load(conn)
}

/// The versions of all member-weeks of each of these people together.
pub fn list_versions(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> QueryResult<Vec<(VolunteerId, i64)>> {
    debug_assert!(scope.is_everything(), "totals are about everybody");
    // A sum of `BIGINT` is a `NUMERIC` on PostgreSQL.
    on_backend!(conn => |c| member_weeks::table
        .filter(member_weeks::volunteer_id.eq_any(people))
        .group_by(member_weeks::volunteer_id)
        .select((
            member_weeks::volunteer_id,
            sql::<BigInt>("CAST(SUM(version) AS BIGINT)"),
        ))
        .load(c))
}

/// Region-weeks behind `after`, by their keys.
pub fn page_regions(
    conn: &mut Conn,
    after: &(String, String),
    limit: i64,
) -> QueryResult<Vec<RegionWeek>> {
    let (region, week) = after;
    region_weeks::table
        .filter(region_weeks::region.ge(region.clone()))
        .filter(
            region_weeks::region
                .gt(region.clone())
                .or(region_weeks::week.gt(week.clone())),
        )
        .order((region_weeks::region, region_weeks::week))
        .limit(limit)
        .select(RegionWeek::as_select())
        .load(conn)
}

/// Keeps every other writer away from the totals until the transaction ends; readers read on.
pub fn lock(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        // The one writing transaction of SQLite keeps everybody away already.
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(c) => {
            c.batch_execute("LOCK TABLE member_weeks, region_weeks IN SHARE ROW EXCLUSIVE MODE")
        }
    }
}

/// Sets member-weeks to these values; whoever caches one sees a newer version.
pub fn set_members(conn: &mut Conn, scope: &Scope, rows: &[MemberWeek]) -> QueryResult<()> {
    debug_assert!(scope.is_everything(), "totals are about everybody");
    for rows in rows.chunks(ROWS) {
        let _: Vec<VolunteerId> = on_backend!(conn => |c| diesel::insert_into(member_weeks::table)
            .values(rows)
            .on_conflict((member_weeks::volunteer_id, member_weeks::week))
            .do_update()
            .set((
                member_weeks::region.eq(excluded(member_weeks::region)),
                member_weeks::net.eq(excluded(member_weeks::net)),
                member_weeks::entries.eq(excluded(member_weeks::entries)),
                member_weeks::version.eq(member_weeks::version + 1),
            ))
            .returning(member_weeks::volunteer_id)
            .get_results(c))?;
    }
    Ok(())
}

/// Sets region-weeks to these values; whoever caches one sees a newer version.
pub fn set_regions(conn: &mut Conn, rows: &[RegionWeek]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS) {
        let _: Vec<RegionCode> = on_backend!(conn => |c| diesel::insert_into(region_weeks::table)
            .values(rows)
            .on_conflict((region_weeks::region, region_weeks::week))
            .do_update()
            .set((
                region_weeks::points.eq(excluded(region_weeks::points)),
                region_weeks::active.eq(excluded(region_weeks::active)),
                region_weeks::version.eq(region_weeks::version + 1),
            ))
            .returning(region_weeks::region)
            .get_results(c))?;
    }
    Ok(())
}

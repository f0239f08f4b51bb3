//! The SQL of boards: totals, rosters and boards that are final. Totals name no person; counting the
//! members of a roster asks for a `Scope`.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::model::RosterPart;
use crate::clock::Instant;
use crate::db::schema::{campaign, final_boards, region_weeks, roster_locks, rosters, volunteers};
use crate::db::{Conn, on_backend};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Codes asked for at once: no list of children is longer in any tree we know.
const AT_ONCE: usize = 500;

/// Points in hundredths, active people and versions of the totals of these regions in `week`.
pub fn list_totals(
    conn: &mut Conn,
    week: &str,
    codes: &[RegionCode],
) -> QueryResult<Vec<(RegionCode, i64, i64, i64)>> {
    let mut rows = Vec::new();
    for some in codes.chunks(AT_ONCE) {
        let found: Vec<(RegionCode, i64, i64, i64)> = region_weeks::table
            .filter(region_weeks::week.eq(week))
            .filter(region_weeks::region.eq_any(some))
            .select((
                region_weeks::region,
                region_weeks::points,
                region_weeks::active,
                region_weeks::version,
            ))
            .load(conn)?;
        rows.extend(found);
    }
    Ok(rows)
}

/// Rosters of these regions in `week`.
pub fn list_rosters(
    conn: &mut Conn,
    week: &str,
    codes: &[RegionCode],
) -> QueryResult<Vec<(RegionCode, i64)>> {
    let mut rows = Vec::new();
    for some in codes.chunks(AT_ONCE) {
        let found: Vec<(RegionCode, i64)> = rosters::table
            .filter(rosters::week.eq(week))
            .filter(rosters::region.eq_any(some))
            .select((rosters::region, rosters::members))
            .load(conn)?;
        rows.extend(found);
    }
    Ok(rows)
}

/// Every region that has points in `week`.
pub fn list_moved(conn: &mut Conn, week: &str) -> QueryResult<Vec<RegionCode>> {
    region_weeks::table
        .filter(region_weeks::week.eq(week))
        .select(region_weeks::region)
        .load(conn)
}

/// The zones whose roster of `week` is counted already.
pub fn list_locks(conn: &mut Conn, week: &str) -> QueryResult<Vec<String>> {
    roster_locks::table
        .filter(roster_locks::week.eq(week))
        .select(roster_locks::zone)
        .load(conn)
}

/// Takes it upon the caller to count `zone`; 0 when another has.
pub fn insert_lock(conn: &mut Conn, week: &str, zone: &str, now: Instant) -> QueryResult<usize> {
    let row = (
        roster_locks::week.eq(week),
        roster_locks::zone.eq(zone),
        roster_locks::locked_at.eq(now),
    );
    on_backend!(conn => |c| diesel::insert_into(roster_locks::table)
        .values(row)
        .on_conflict((roster_locks::week, roster_locks::zone))
        .do_nothing()
        .execute(c))
}

/// Members of `zone` by the region they belong to: those who joined before `monday` and were active,
/// or joined, since `awake`.
pub fn list_members(
    conn: &mut Conn,
    scope: &Scope,
    zone: &str,
    monday: Instant,
    awake: Instant,
) -> QueryResult<Vec<(RegionCode, i64)>> {
    volunteers::table
        .filter(volunteers::zone.eq(zone))
        .filter(volunteers::joined_at.lt(monday))
        .filter(volunteers::erased_at.is_null())
        .filter(
            volunteers::joined_at
                .ge(awake)
                .or(volunteers::last_active_at.ge(awake)),
        )
        .filter(scope.sees(volunteers::region, volunteers::id))
        .group_by(volunteers::region)
        .select((volunteers::region, count_star()))
        .load(conn)
}

/// Adds to rosters, in the order given.
pub fn add_rosters(conn: &mut Conn, parts: &[RosterPart]) -> QueryResult<usize> {
    let mut done = 0;
    for some in parts.chunks(AT_ONCE) {
        done += on_backend!(conn => |c| diesel::insert_into(rosters::table)
            .values(some)
            .on_conflict((rosters::region, rosters::week))
            .do_update()
            .set(rosters::members.eq(rosters::members + excluded(rosters::members)))
            .execute(c))?;
    }
    Ok(done)
}

/// When the campaign began, as it was written down.
pub fn find_campaign_start(conn: &mut Conn) -> QueryResult<Option<String>> {
    campaign::table
        .filter(campaign::key.eq("started_at"))
        .select(campaign::value)
        .first(conn)
        .optional()
}

/// The rows of a final board, as JSON.
pub fn find_final(conn: &mut Conn, region: &RegionCode, week: &str) -> QueryResult<Option<String>> {
    final_boards::table
        .filter(final_boards::region.eq(region))
        .filter(final_boards::week.eq(week))
        .select(final_boards::board)
        .first(conn)
        .optional()
}

/// Keeps a final board; one that is kept already stays.
pub fn insert_final(
    conn: &mut Conn,
    region: &RegionCode,
    week: &str,
    board: &str,
) -> QueryResult<usize> {
    let row = (
        final_boards::region.eq(region),
        final_boards::week.eq(week),
        final_boards::board.eq(board),
    );
    on_backend!(conn => |c| diesel::insert_into(final_boards::table)
        .values(row)
        .on_conflict((final_boards::region, final_boards::week))
        .do_nothing()
        .execute(c))
}

//! The SQL of numbers. Nobody is counted without a `Scope`.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{member_weeks, region_weeks, tasks, volunteer_skills, volunteers};
use crate::region_code::RegionCode;
use crate::scope::{Scope, under};

/// Skills listed at most.
const SKILLS: i64 = 100;

/// What counting needs of a person: no name among it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = volunteers)]
pub struct Head {
    pub region: RegionCode,
    pub zone: String,
    pub quiet: bool,
    pub availability: Option<String>,
    pub joined_at: Instant,
    pub last_active_at: Option<Instant>,
}

/// Everybody under `region` whom `scope` sees.
pub fn list_heads(conn: &mut Conn, scope: &Scope, region: &RegionCode) -> QueryResult<Vec<Head>> {
    volunteers::table
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .filter(under(volunteers::region, region))
        .select(Head::as_select())
        .load(conn)
}

/// How many people under `region` have each skill, the most frequent first.
pub fn list_skills(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
) -> QueryResult<Vec<(String, i64)>> {
    volunteer_skills::table
        .inner_join(volunteers::table.on(volunteers::id.eq(volunteer_skills::volunteer_id)))
        .filter(volunteers::erased_at.is_null())
        .filter(scope.sees(volunteers::region, volunteers::id))
        .filter(under(volunteers::region, region))
        .group_by(volunteer_skills::skill)
        .order((count_star().desc(), volunteer_skills::skill))
        .limit(SKILLS)
        .select((volunteer_skills::skill, count_star()))
        .load(conn)
}

/// The regions of open tasks under `region`, each with its free places; what has ended is no task.
pub fn list_open_slots(
    conn: &mut Conn,
    region: &RegionCode,
    now: Instant,
) -> QueryResult<Vec<(RegionCode, i32)>> {
    tasks::table
        .filter(tasks::status.eq("open"))
        .filter(tasks::ends_at.is_null().or(tasks::ends_at.gt(now)))
        .filter(under(tasks::region, region))
        .select((tasks::region, tasks::slots - tasks::taken))
        .load(conn)
}

/// Members with an entry in a week, of each of `regions`.
pub fn list_active(
    conn: &mut Conn,
    regions: &[RegionCode],
    week: &str,
) -> QueryResult<Vec<(RegionCode, i64)>> {
    region_weeks::table
        .filter(region_weeks::week.eq(week))
        .filter(region_weeks::region.eq_any(regions))
        .select((region_weeks::region, region_weeks::active))
        .load(conn)
}

/// The weeks, of those given, in which the person in `scope` did something that counts.
pub fn list_own_weeks(
    conn: &mut Conn,
    scope: &Scope,
    weeks: &[String],
) -> QueryResult<Vec<String>> {
    member_weeks::table
        .filter(member_weeks::volunteer_id.eq(scope.actor()))
        .filter(member_weeks::week.eq_any(weeks))
        .filter(member_weeks::net.gt(0))
        .select(member_weeks::week)
        .distinct()
        .load(conn)
}

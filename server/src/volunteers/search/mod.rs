//! Finding people, for captains and HQ.

mod store;

use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Whom to find; what is left out filters nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// At or under this region.
    pub region: Option<RegionCode>,
    /// Has this skill at any level, by its slug.
    pub skill: Option<String>,
    /// Said to be free in this third of the week: 0 (Monday morning) to 20.
    pub third: Option<usize>,
    /// Speaks this, as a tag.
    pub language: Option<String>,
    /// Name or address contains this, in whatever case.
    pub text: Option<String>,
}

/// Somebody found.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the migration documents every column")]
pub struct Found {
    pub id: VolunteerId,
    pub name: String,
    pub email: String,
    pub region: RegionCode,
    pub zone: String,
    pub quiet: bool,
    pub availability: Option<String>,
    pub languages: Vec<String>,
    /// Slugs and levels.
    pub skills: Vec<(String, i32)>,
    pub joined_at: Instant,
    pub last_active_at: Option<Instant>,
}

/// People whom `scope` may see and `filter` lets through, newest first, beginning below `after`.
///
/// # Errors
/// `NotFound` when the filter's region is not led by `scope`.
pub fn search(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    after: Option<VolunteerId>,
    limit: i64,
) -> Result<Vec<Found>, Error> {
    led(scope, filter)?;
    let mut found = store::list(conn, scope, filter, after, limit)?;
    let ids: Vec<VolunteerId> = found.iter().map(|person| person.id).collect();
    for (person, skill, level) in store::list_skills(conn, scope, &ids)? {
        if let Some(person) = found.iter_mut().find(|found| found.id == person) {
            person.skills.push((skill, level));
        }
    }
    Ok(found)
}

/// How many people [`search`] would find in all.
///
/// # Errors
/// `NotFound` when the filter's region is not led by `scope`.
pub fn count_found(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<i64, Error> {
    led(scope, filter)?;
    Ok(store::count_found(conn, scope, filter)?)
}

/// How many people whom `scope` sees belong to `region`.
pub fn count(conn: &mut Conn, scope: &Scope, region: &RegionCode) -> Result<i64, Error> {
    Ok(store::count(conn, scope, region)?)
}

fn led(scope: &Scope, filter: &Filter) -> Result<(), Error> {
    match &filter.region {
        Some(region) if !scope.leads(region) => Err(Error::NotFound),
        _ => Ok(()),
    }
}

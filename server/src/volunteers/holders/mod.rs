//! Who holds which office, as others may know it.

mod store;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// The offices of some people.
#[derive(Debug, Clone, Default)]
pub struct Holders {
    staff: BTreeSet<VolunteerId>,
    leads: BTreeMap<VolunteerId, Vec<RegionCode>>,
}

impl Holders {
    /// Whether `person` is HQ.
    pub fn is_staff(&self, person: VolunteerId) -> bool {
        self.staff.contains(&person)
    }

    /// Whether `person` is captain of `region` or of a region above it.
    pub fn leads(&self, person: VolunteerId, region: &RegionCode) -> bool {
        self.of(person).iter().any(|led| region.is_under(led))
    }

    /// The regions `person` is captain of.
    pub fn of(&self, person: VolunteerId) -> &[RegionCode] {
        self.leads.get(&person).map_or(&[], Vec::as_slice)
    }
}

/// A captain or a member of HQ, as HQ sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Holder {
    /// Who.
    pub volunteer: VolunteerId,
    /// Their display name; may be empty.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Since when.
    pub since: Instant,
}

/// Which of `regions` have a captain.
pub fn captained(conn: &mut Conn, regions: Vec<RegionCode>) -> Result<BTreeSet<RegionCode>, Error> {
    Ok(store::list_captained(conn, regions)?.into_iter().collect())
}

/// How many captaincies there are, and how many people of HQ.
pub fn count_offices(conn: &mut Conn) -> Result<(i64, i64), Error> {
    Ok((store::count_captains(conn)?, store::count_staff(conn)?))
}

/// The offices of `people`. Which office somebody holds is no secret inside the campaign.
pub fn offices_of(conn: &mut Conn, people: &[VolunteerId]) -> Result<Holders, Error> {
    let mut holders = Holders {
        staff: store::list_staff_among(conn, people)?.into_iter().collect(),
        ..Holders::default()
    };
    for (person, region) in store::list_captains_among(conn, people)? {
        holders.leads.entry(person).or_default().push(region);
    }
    Ok(holders)
}

/// The display names of the captains of `region` itself. No secret: the system asks for everybody.
pub fn captain_names(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
) -> Result<Vec<String>, Error> {
    Ok(store::list_captain_names(conn, scope, region)?)
}

/// The captains of `region` itself.
///
/// # Errors
/// `NotFound` when `scope` does not lead `region`.
pub fn captains(conn: &mut Conn, scope: &Scope, region: &RegionCode) -> Result<Vec<Holder>, Error> {
    if !scope.leads(region) {
        return Err(Error::NotFound);
    }
    let all = store::list_captains(conn, scope, Some(region))?;
    Ok(all.into_iter().map(|(_, holder)| holder).collect())
}

/// Every captain with their region, by region; HQ alone, nothing for anybody else.
pub fn all_captains(conn: &mut Conn, scope: &Scope) -> Result<Vec<(RegionCode, Holder)>, Error> {
    Ok(store::list_captains(conn, scope, None)?)
}

/// Everybody at HQ; HQ alone, nothing for anybody else.
pub fn staff(conn: &mut Conn, scope: &Scope) -> Result<Vec<Holder>, Error> {
    Ok(store::list_staff(conn, scope)?)
}

//! Offices: who is a captain of what, and who is HQ.

mod store;

use serde_json::json;

use crate::audit;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Makes `person` a captain of `region`, if they are not one already; true when they were not. HQ
/// alone. Joins the caller's transaction; publish `RolesChanged` after it.
///
/// # Errors
/// `Forbidden` for anybody but HQ, `NotFound` when there is no such person.
pub fn name_captain(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
    person: VolunteerId,
    now: Instant,
) -> Result<bool, Error> {
    allowed(scope)?;
    super::hold(conn, scope, person)?;
    let new = store::insert_captain(conn, scope, region, person, now)? == 1;
    if new {
        let detail = json!({ "region": region, "volunteer": person });
        audit::append(conn, scope, "captain_named", &detail, now)?;
    }
    Ok(new)
}

/// Ends a captaincy. HQ alone. Joins the caller's transaction; publish `RolesChanged` after it.
///
/// # Errors
/// `Forbidden` for anybody but HQ, `NotFound` when `person` is no captain of `region`.
pub fn end_captaincy(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
    person: VolunteerId,
    now: Instant,
) -> Result<(), Error> {
    allowed(scope)?;
    if store::delete_captain(conn, scope, region, person)? == 0 {
        return Err(Error::NotFound);
    }
    let detail = json!({ "region": region, "volunteer": person });
    audit::append(conn, scope, "captaincy_ended", &detail, now)
}

/// Makes `person` HQ staff, if they are not already; true when they were not. HQ alone. Joins the
/// caller's transaction; publish `RolesChanged` after it.
///
/// # Errors
/// `Forbidden` for anybody but HQ, `NotFound` when there is no such person.
pub fn name_staff(
    conn: &mut Conn,
    scope: &Scope,
    person: VolunteerId,
    now: Instant,
) -> Result<bool, Error> {
    allowed(scope)?;
    super::hold(conn, scope, person)?;
    let new = store::insert_staff(conn, scope, person, now)? == 1;
    if new {
        let detail = json!({ "volunteer": person });
        audit::append(conn, scope, "staff_named", &detail, now)?;
    }
    Ok(new)
}

fn allowed(scope: &Scope) -> Result<(), Error> {
    if scope.is_everything() {
        Ok(())
    } else {
        Err(Error::Forbidden("error-forbidden".into()))
    }
}

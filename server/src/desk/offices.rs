//! Naming captains and HQ, and reading what everybody with an office did.

use serde_json::json;

use super::model::AuditLine;
use crate::app::App;
use crate::audit;
use crate::cluster::Event;
use crate::db::Conn;
use crate::error::{Error, FieldErrors};
use crate::http::Listing;
use crate::ids::{self, VolunteerId};
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::volunteers::{self, Email, Holder};

/// Captains with their regions, and HQ.
pub type Offices = (Vec<(RegionCode, Holder)>, Vec<Holder>);

/// Makes somebody captain of `region`; once or again is the same.
///
/// # Errors
/// `Forbidden` for anybody but HQ; `NotFound` when there is no such person.
pub async fn name_captain(
    app: &App,
    scope: Scope,
    region: &RegionCode,
    person: VolunteerId,
) -> Result<Holder, Error> {
    let (now, region) = (app.clock.now(), region.clone());
    let holder = app
        .db
        .write(move |conn| {
            volunteers::name_captain(conn, &scope, &region, person, now)?;
            let all = volunteers::captains(conn, &scope, &region)?;
            let named = all.into_iter().find(|holder| holder.volunteer == person);
            named.ok_or(Error::NotFound)
        })
        .await?;
    changed(app, person);
    Ok(holder)
}

/// [`name_captain`] by address.
///
/// # Errors
/// As that; `Invalid` on `email` when nobody has joined with it.
pub async fn name_captain_by_email(
    app: &App,
    scope: Scope,
    region: &RegionCode,
    email: &str,
) -> Result<Holder, Error> {
    let (email, asking) = (Email::parse(email)?, scope.clone());
    let person = app
        .db
        .read(move |conn| joined(conn, &asking, &email))
        .await?;
    name_captain(app, scope, region, person).await
}

/// The person who joined with this address.
fn joined(conn: &mut Conn, scope: &Scope, email: &Email) -> Result<VolunteerId, Error> {
    volunteers::find_by_email(conn, scope, email)?
        .filter(|person| person.erased_at.is_none())
        .map(|person| person.id)
        .ok_or_else(|| {
            let args = vec![("email", email.to_string())];
            FieldErrors::with("email", "desk-staff-unknown", args).into()
        })
}

/// Ends a captaincy; from then on the region is closed to them.
///
/// # Errors
/// `Forbidden` for anybody but HQ; `NotFound` when they are no captain of it.
pub async fn end_captaincy(
    app: &App,
    scope: Scope,
    region: &RegionCode,
    person: VolunteerId,
) -> Result<(), Error> {
    let (now, region) = (app.clock.now(), region.clone());
    app.db
        .write(move |conn| volunteers::end_captaincy(conn, &scope, &region, person, now))
        .await?;
    changed(app, person);
    Ok(())
}

/// Everybody at HQ. The look is written to the audit log.
pub async fn staff(app: &App, scope: Scope) -> Result<Vec<Holder>, Error> {
    let asking = scope.clone();
    let staff = app
        .db
        .read(move |conn| volunteers::staff(conn, &asking))
        .await?;
    looked(app, scope, staff.len()).await?;
    Ok(staff)
}

/// Everybody with an office: captains by region, and HQ. The look is written to the audit log.
pub async fn offices(app: &App, scope: Scope) -> Result<Offices, Error> {
    let asking = scope.clone();
    let (captains, staff) = app
        .db
        .read(move |conn| {
            let captains = volunteers::all_captains(conn, &asking)?;
            Ok((captains, volunteers::staff(conn, &asking)?))
        })
        .await?;
    looked(app, scope, captains.len() + staff.len()).await?;
    Ok((captains, staff))
}

async fn looked(app: &App, scope: Scope, people: usize) -> Result<(), Error> {
    let read = json!({"people": people});
    audit::append_look(&app.db, scope, "offices_read", read, app.clock.now()).await
}

/// Takes somebody who has joined into HQ.
///
/// # Errors
/// `Forbidden` for anybody but HQ; `Invalid` on `email` when nobody has joined with it.
pub async fn add_staff(app: &App, scope: Scope, email: &str) -> Result<Holder, Error> {
    let (now, email) = (app.clock.now(), Email::parse(email)?);
    let holder = app
        .db
        .write(move |conn| {
            let person = joined(conn, &scope, &email)?;
            volunteers::name_staff(conn, &scope, person, now)?;
            let all = volunteers::staff(conn, &scope)?;
            let named = all.into_iter().find(|holder| holder.volunteer == person);
            named.ok_or(Error::NotFound)
        })
        .await?;
    changed(app, holder.volunteer);
    Ok(holder)
}

/// Lines of the audit log older than `before`, newest first; this look will be the next one.
///
/// # Errors
/// `NotFound` for anybody but HQ.
pub async fn audit(
    app: &App,
    scope: Scope,
    before: Option<i64>,
    limit: i64,
) -> Result<Listing<AuditLine>, Error> {
    let asking = scope.clone();
    let lines = app
        .db
        .read(move |conn| audit::list(conn, &asking, before, limit + 1))
        .await?;
    let page = Listing::page(lines, limit, |line| line.id);
    let read = json!({"lines": page.items.len()});
    audit::append_look(&app.db, scope, "audit_read", read, app.clock.now()).await?;
    Ok(Listing {
        next: page.next,
        items: page
            .items
            .into_iter()
            .map(|line| AuditLine {
                id: ids::encode(line.id),
                actor: (line.actor.0 != 0).then_some(line.actor),
                deed: line.deed,
                detail: serde_json::from_str(&line.detail).unwrap_or_default(),
                at: line.at,
                hash: line.hash,
            })
            .collect(),
    })
}

/// What this node remembers about people is stale at once, what others remember within a second.
fn changed(app: &App, volunteer: VolunteerId) {
    app.sessions.forget_all();
    app.cluster.publish(Event::RolesChanged { volunteer });
}

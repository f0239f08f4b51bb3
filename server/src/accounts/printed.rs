//! Links that no mail carries: the first HQ person's, and the demo's.

use super::model::{Choices, NewRequest, Purpose};
use super::{asking, mail, rules, store};
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::cluster::Event;
use crate::error::Error;
use crate::ids::{RequestId, VolunteerId, secret};
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::sessions::digest;
use crate::volunteers::{self, Email, NewVolunteer};

/// Makes the person with `email` HQ staff, taking them in at `region` (the root when none is given)
/// if they are new, and gives a link that signs them in once, in any browser, within 24 hours.
///
/// # Errors
/// `Invalid` on `email` or, for a region that does not exist, on `region`.
pub async fn add_staff(
    app: &App,
    email: &str,
    region: Option<&RegionCode>,
) -> Result<String, Error> {
    let email = Email::parse(email)?;
    let region = match region {
        None => app.tree.root().code.clone(),
        Some(code) => {
            let known = app.tree.get(code).ok_or_else(|| {
                Error::Invalid(crate::error::FieldErrors::with(
                    "region",
                    "region-unknown",
                    vec![("value", code.to_string())],
                ))
            })?;
            known.code.clone()
        }
    };
    let zone = app.tree.zone(&region).to_string();
    let (now, token) = (app.clock.now(), secret(32));
    let request = request(&email, Purpose::Staff, &token, now, rules::STAFF_LINK)?;
    let person = app
        .db
        .write(move |conn| {
            let lock = rules::lock_number(&asking::address_lock(email.as_str()));
            store::lock(conn, vec![lock])?;
            let known = volunteers::find_by_email(conn, &Scope::System, &email)?;
            let person = if let Some(known) = known {
                known.id
            } else {
                let id = VolunteerId::fresh(now);
                let new = NewVolunteer::new(id, &email, region, &zone, now);
                super::take_in(conn, &new)?.id
            };
            volunteers::name_staff(conn, &Scope::System, person, now)?;
            store::insert(conn, &request)?;
            Ok(person)
        })
        .await?;
    app.cluster
        .publish(Event::RolesChanged { volunteer: person });
    Ok(mail::link(app, &token))
}

/// A link that signs `person` in as often as wanted while the demo runs.
///
/// # Errors
/// `Forbidden` anywhere but in the demo, where such a link would be no good either.
pub async fn ready_link(app: &App, person: VolunteerId) -> Result<String, Error> {
    if !app.settings.demo {
        return Err(Error::Forbidden("error-forbidden".into()));
    }
    let (now, token) = (app.clock.now(), secret(32));
    let hashed = token.clone();
    app.db
        .write(move |conn| {
            let who = volunteers::find(conn, &Scope::System, person)?;
            let email = Email::parse(&who.email)?;
            let mut request = request(&email, Purpose::Demo, &hashed, now, Duration::days(3_650))?;
            request.volunteer_id = Some(person);
            store::insert(conn, &request)?;
            Ok(())
        })
        .await?;
    Ok(mail::link(app, &token))
}

fn request(
    email: &Email,
    purpose: Purpose,
    token: &str,
    now: Instant,
    life: Duration,
) -> Result<NewRequest, Error> {
    // Nobody holds these two secrets: the link is bound to no browser, and no code can be asked for.
    let (handle, browser) = (secret(32), secret(32));
    Ok(NewRequest {
        id: RequestId::fresh(now),
        purpose: purpose.column(),
        handle_hash: digest(&handle),
        browser_hash: digest(&browser),
        email: email.to_string(),
        ip: String::new(),
        zip: None,
        region: None,
        zone: None,
        name: String::new(),
        invite: None,
        choices: asking::written(&Choices::default())?,
        asked_at: now,
        mailed: false,
        token_hash: Some(digest(token)),
        dispatched_at: Some(now),
        expires_at: Some(now + life),
        code_tries: 0,
        volunteer_id: None,
    })
}

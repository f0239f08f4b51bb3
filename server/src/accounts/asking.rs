//! Asking for a link: the same answer, the same work and the same time for every address.

use super::mail::{self, Parcel};
use super::model::{Choices, NewRequest, Purpose};
use super::{rules, store};
use crate::app::App;
use crate::clock::Duration;
use crate::db::urgently;
use crate::error::{Error, FieldErrors};
use crate::ids::{RequestId, secret};
use crate::regions::{self, Place};
use crate::scope::Scope;
use crate::sessions::digest;
use crate::volunteers::Email;

/// Who asks for a link.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The secret of the browser's cookie; none for a program, whose secret is made here.
    pub browser: Option<String>,
    /// Where from.
    pub ip: String,
    /// The language of the mail.
    pub lang: String,
}

/// What somebody typed to join.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// The address.
    pub email: String,
    /// The postcode.
    pub zip: String,
    /// The display name; may be empty.
    pub name: String,
    /// The code of the member who invited them.
    pub invite: Option<String>,
}

/// The answer to somebody who joins.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The secret that takes the code, for a program.
    pub request: String,
    /// Where the postcode belongs.
    pub place: Place,
}

/// What is stored with a request beside who asked.
#[derive(Default)]
struct Draft {
    place: Option<Place>,
    name: String,
    invite: Option<String>,
    choices: Choices,
}

/// Somebody wants to join. Changes nothing about anybody: the link that goes out does.
///
/// # Errors
/// `Invalid` on `email`, `zip`, `name`, `invite`; `Unavailable` when too much mail waits.
pub async fn register(app: &App, asker: Asker, wanted: Registration) -> Result<Asked, Error> {
    let mut faults = FieldErrors::default();
    let email = faults.keep(Email::parse(&wanted.email))?;
    let place = faults.keep(regions::place(&app.tree, "zip", &wanted.zip))?;
    let name = faults.keep(rules::name(&wanted.name))?;
    let invite = wanted.invite.filter(|code| !code.is_empty());
    if let Some(code) = &invite
        && super::inviter(app, code).await?.is_none()
    {
        faults.add("invite", "join-invite-unknown");
    }
    faults.done()?;
    let (Some(email), Some(place), Some(name)) = (email, place, name) else {
        return Err(Error::Internal("a fault without a sentence".into()));
    };
    let draft = Draft {
        place: Some(place.clone()),
        name,
        invite: invite.map(|code| rules::tidy_invite(&code)),
        choices: Choices::default(),
    };
    let request = ask(app, asker, Purpose::Join, email, draft).await?;
    Ok(Asked { request, place })
}

/// Somebody wants to sign in, and then to go on to `next`. Gives the secret that takes the code.
///
/// # Errors
/// `Invalid` on `email`; `Unavailable` when too much mail waits.
pub async fn ask_link(
    app: &App,
    asker: Asker,
    email: &str,
    next: Option<&str>,
) -> Result<String, Error> {
    let email = Email::parse(email)?;
    let choices = Choices {
        next: next.and_then(rules::safe_next),
        ..Choices::default()
    };
    let draft = Draft {
        choices,
        ..Draft::default()
    };
    ask(app, asker, Purpose::SignIn, email, draft).await
}

async fn ask(
    app: &App,
    asker: Asker,
    purpose: Purpose,
    email: Email,
    draft: Draft,
) -> Result<String, Error> {
    let slot = app.mailer.errands.reserve()?;
    let (now, handle) = (app.clock.now(), secret(32));
    let handle_hash = digest(&handle);
    let browser_hash = asker
        .browser
        .map_or_else(|| handle_hash.clone(), |browser| digest(&browser));
    let place = draft.place;
    let mut new = NewRequest {
        id: RequestId::fresh(now),
        purpose: purpose.column(),
        handle_hash,
        browser_hash,
        email: email.to_string(),
        ip: rules::asker(&asker.ip),
        zip: place.as_ref().map(|place| place.postcode.clone()),
        region: place.as_ref().map(|place| place.region.clone()),
        zone: place.map(|place| place.timezone.to_string()),
        name: draft.name,
        invite: draft.invite,
        choices: written(&draft.choices)?,
        asked_at: now,
        mailed: false,
        token_hash: None,
        dispatched_at: None,
        expires_at: None,
        code_tries: 0,
        volunteer_id: None,
    };
    let parcel = Parcel {
        request: new.id,
        purpose,
        email,
        lang: asker.lang,
    };
    let settings = app.settings.clone();
    let mailed = app
        .db
        .write(move |conn| {
            // Two who ask at once must count each other.
            let locks = [format!("ip {}", new.ip), address_lock(&new.email)];
            store::lock(conn, locks.map(|text| rules::lock_number(&text)).into())?;
            let since = now - Duration::hours(1);
            let before = store::count_mailed(conn, &new.email, &new.ip, since)?;
            new.mailed = rules::within_limits(before, &settings);
            if new.mailed {
                // Also where no link will go out: what is voided must not tell whether the address
                // is known.
                store::void_of_browser(conn, &new.browser_hash, new.id, now)?;
            }
            store::insert(conn, &new)?;
            Ok(new.mailed)
        })
        .await?;
    // Who is behind the address is looked up only now, when the answer no longer waits for it.
    if mailed {
        // As urgent as the request that it belongs to; few go at once.
        slot.begin(urgently(mail::deliver(app.clone(), parcel)));
    }
    Ok(handle)
}

/// What is locked while something is decided about an address.
pub(super) fn address_lock(email: &str) -> String {
    format!("address {email}")
}

pub(super) fn written(choices: &Choices) -> Result<String, Error> {
    serde_json::to_string(choices).map_err(|why| Error::Internal(why.to_string()))
}

/// Keeps what was picked while waiting for the mail, with the request this browser made last; a
/// name that is left out stays.
///
/// # Errors
/// `Invalid` for a name that cannot be used, for a kind or a time that does not exist, `NotFound` when this browser did not ask.
pub async fn keep_choices(
    app: &App,
    browser: &str,
    name: Option<String>,
    interests: Vec<String>,
    availability: Vec<String>,
) -> Result<(), Error> {
    let mut faults = FieldErrors::default();
    let name = match name {
        Some(typed) => faults.keep(rules::name(&typed))?,
        None => None,
    };
    if interests
        .iter()
        .any(|kind| super::INTERESTS.iter().all(|(known, _)| kind != known))
    {
        faults.add("interests", "join-interest-unknown");
    }
    faults.keep(crate::volunteers::Availability::parse(&availability))?;
    faults.done()?;
    let browser = digest(browser);
    app.db
        .write(move |conn| {
            let request = store::find_latest(conn, &browser)?.ok_or(Error::NotFound)?;
            let choices = Choices {
                interests,
                availability,
                ..request.choices()
            };
            let name = name.unwrap_or(request.name);
            store::update_choices(conn, request.id, &name, &written(&choices)?)?;
            Ok(())
        })
        .await
}

/// The request this browser made last, to be shown to it again.
pub async fn waiting(app: &App, browser: &str) -> Result<Option<Waiting>, Error> {
    let browser = digest(browser);
    let found = app
        .db
        .read(move |conn| Ok(store::find_latest(conn, &browser)?))
        .await?;
    Ok(found.map(|request| Waiting {
        joins: request.purpose() == Purpose::Join,
        choices: request.choices(),
        email: request.email,
        name: request.name,
        zip: request.zip.unwrap_or_default(),
    }))
}

/// A request as its own browser sees it while the mail is on its way.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// True for somebody who joins, false for somebody who signs in.
    pub joins: bool,
    /// The address.
    pub email: String,
    /// The name typed so far; may be empty.
    pub name: String,
    /// The postcode; empty for somebody who signs in.
    pub zip: String,
    /// What was picked so far.
    pub choices: Choices,
}

/// The inviter's scope is nobody's: an invitation is open to whoever holds its code.
pub(super) const ANYONE: Scope = Scope::System;

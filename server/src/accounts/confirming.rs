//! Spending a link or typing its code: the only doors to a session.

use super::asking::{ANYONE, address_lock};
use super::model::{Purpose, Request};
use super::{rules, store};
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::cluster::Event;
use crate::db::Conn;
use crate::error::Error;
use crate::followups;
use crate::ids::{VolunteerId, readable};
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::sessions::{Audience, Opened, digest};
use crate::volunteers::{self, Availability, Email, NewVolunteer, Volunteer};

/// Who comes with a token or a code.
#[derive(Debug, Clone)]
pub enum Bearer {
    /// A browser, with the secret of its cookie.
    Browser(String),
    /// A program, with the secret it was given when it asked.
    Program(String),
}

impl Bearer {
    fn audience(&self) -> Audience {
        match self {
            Self::Browser(_) => Audience::Web,
            Self::Program(_) => Audience::Api,
        }
    }

    /// Whether this is who asked for the link.
    fn asked(&self, request: &Request) -> bool {
        match self {
            Self::Browser(secret) => digest(secret) == request.browser_hash,
            Self::Program(secret) => digest(secret) == request.handle_hash,
        }
    }
}

/// Somebody is signed in now.
#[derive(Debug, Clone)]
pub struct SignedInNow {
    /// The session.
    pub opened: Opened,
    /// The page they wanted to go on to.
    pub next: Option<String>,
    created: Option<RegionCode>,
}

/// What a spent link became.
#[derive(Debug, Clone)]
pub enum Spent {
    /// A session, in the browser that asked.
    SignedIn(SignedInNow),
    /// A code, to be typed in the browser that asked.
    Code(String),
}

/// What a typed code became.
#[derive(Debug, Clone)]
pub enum Entered {
    /// A session.
    SignedIn(SignedInNow),
    /// It is wrong.
    Wrong {
        /// Tries left.
        left: i32,
    },
}

fn gone() -> Error {
    Error::Gone("link-dead".into())
}

/// Spends the link of `token`, once.
///
/// # Errors
/// `Gone` when it is wrong, spent, voided or expired; nothing is changed then.
pub async fn spend(app: &App, by: Bearer, token: &str, device: &str) -> Result<Spent, Error> {
    let (now, house) = (app.clock.now(), app.clone());
    let (hash, device) = (digest(token), device.to_owned());
    let spent = app
        .db
        .write(move |conn| {
            let request = store::find_by_token(conn, &hash)?.ok_or_else(gone)?;
            if !rules::is_alive(&request, now) {
                return Err(gone());
            }
            let purpose = request.purpose();
            let program = by.audience() == Audience::Api;
            let bound = matches!(purpose, Purpose::Join | Purpose::SignIn);
            // A program that did not ask has no page to show a code on.
            if bound && program && !by.asked(&request) {
                return Err(gone());
            }
            // Before the row itself, as whoever asks for a link does: no two wait for each other.
            lock_address(conn, &request)?;
            if purpose == Purpose::Demo {
                if !house.settings.demo {
                    return Err(gone());
                }
            } else if store::spend(conn, request.id, now)? == 0 {
                return Err(gone());
            }
            if bound && !by.asked(&request) {
                let code = readable(rules::CODE_LENGTH);
                store::update_code(conn, request.id, &code_hash(&request, &code))?;
                return Ok(Spent::Code(code));
            }
            sign_in(conn, &house, &request, by.audience(), &device, now).map(Spent::SignedIn)
        })
        .await?;
    if let Spent::SignedIn(who) = &spent {
        announce(app, who);
    }
    Ok(spent)
}

/// Takes the code that another browser shows; five tries (the setting `code_tries`).
///
/// # Errors
/// `Gone` when this browser or program waits for no code, or no longer does; `Invalid` on `code` when
/// this browser's link has not been opened anywhere yet.
pub async fn enter(app: &App, by: Bearer, code: &str, device: &str) -> Result<Entered, Error> {
    let (now, house) = (app.clock.now(), app.clone());
    let (code, device) = (rules::tidy_code(code), device.to_owned());
    let life = Duration::minutes(i64::from(app.settings.link_minutes));
    let tries = i32::try_from(app.settings.code_tries).unwrap_or(i32::MAX);
    let entered = app
        .db
        .write(move |conn| {
            let found = match &by {
                Bearer::Browser(secret) => store::find_with_code(conn, &digest(secret))?,
                Bearer::Program(secret) => store::find_by_handle(conn, &digest(secret))?,
            };
            if let (None, Bearer::Browser(secret)) = (&found, &by) {
                // The link still works: whoever guesses at a code is told to open it.
                let waits = store::find_latest(conn, &digest(secret))?;
                let waits = waits.is_some_and(|request| {
                    let open = request.spent_at.is_none() && request.voided_at.is_none();
                    open && request.expires_at.is_none_or(|expiry| now <= expiry)
                });
                if waits {
                    return Err(Error::field("code", "code-not-yet"));
                }
            }
            let request = found.ok_or_else(gone)?;
            lock_address(conn, &request)?;
            if !rules::takes_code(&request, now, life, tries)
                || store::take_try(conn, request.id, tries)? == 0
            {
                return Err(gone());
            }
            if request.code_hash.as_deref() != Some(&code_hash(&request, &code)) {
                let left = tries - request.code_tries - 1;
                return Ok(Entered::Wrong { left });
            }
            sign_in(conn, &house, &request, by.audience(), &device, now).map(Entered::SignedIn)
        })
        .await?;
    if let Entered::SignedIn(who) = &entered {
        announce(app, who);
    }
    Ok(entered)
}

/// Tells captains of a newcomer.
fn announce(app: &App, who: &SignedInNow) {
    if let Some(region) = &who.created {
        app.cluster.publish(Event::QueuesMoved {
            regions: vec![region.clone()],
        });
    }
}

fn lock_address(conn: &mut Conn, request: &Request) -> Result<(), Error> {
    let number = rules::lock_number(&address_lock(&request.email));
    Ok(store::lock(conn, vec![number])?)
}

fn code_hash(request: &Request, code: &str) -> String {
    digest(&format!("{}:{code}", request.id))
}

fn sign_in(
    conn: &mut Conn,
    app: &App,
    request: &Request,
    audience: Audience,
    device: &str,
    now: Instant,
) -> Result<SignedInNow, Error> {
    let (person, created) = person_of(conn, app, request, now)?;
    let reusable = request.purpose() == Purpose::Demo;
    if !reusable && store::update_became(conn, request.id, person.id)? == 0 {
        return Err(gone());
    }
    let opened = app.sessions.open(conn, person.id, audience, device, now)?;
    Ok(SignedInNow {
        opened,
        next: request.choices().next,
        created: created.then_some(person.region),
    })
}

/// Whose link this is. An address that is known is signed in and nothing else; a new one is taken
/// in with all that came with the request.
fn person_of(
    conn: &mut Conn,
    app: &App,
    request: &Request,
    now: Instant,
) -> Result<(Volunteer, bool), Error> {
    if let Some(id) = request.volunteer_id {
        return Ok((volunteers::find(conn, &Scope::System, id)?, false));
    }
    let email = Email::parse(&request.email)?;
    if let Some(known) = volunteers::find_by_email(conn, &Scope::System, &email)? {
        return match known.erased_at {
            None => Ok((known, false)),
            Some(_) => Err(gone()),
        };
    }
    let (Purpose::Join, Some(region)) = (request.purpose(), &request.region) else {
        return Err(gone());
    };
    let zone = request
        .zone
        .clone()
        .unwrap_or_else(|| app.tree.zone(region).to_string());
    let id = VolunteerId::fresh(now);
    let mut new = NewVolunteer::new(id, &email, region.clone(), &zone, now);
    new.zip.clone_from(&request.zip);
    new.name.clone_from(&request.name);
    if let Some(code) = &request.invite {
        new.invited_by = store::find_inviter(conn, &ANYONE, code)?.map(|(who, _)| who);
    }
    let choices = request.choices();
    if !choices.interests.is_empty() {
        new.interests = serde_json::to_string(&choices.interests).unwrap_or_else(|_| "[]".into());
    }
    if !choices.availability.is_empty() {
        new.availability = Some(Availability::parse(&choices.availability)?.column());
    }
    let person = super::take_in(conn, &new)?;
    followups::open(conn, &person, now)?;
    Ok((person, true))
}

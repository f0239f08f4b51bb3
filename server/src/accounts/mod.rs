//! Joining and signing in, without passwords: one mail, one link, one button.
//!
//! Whoever asks gets the same answer whether or not the address is known ([`register`],
//! [`ask_link`]). The mail is made afterwards (`mail`), and only its link, opened in the browser
//! that asked or carried there as a code, opens a session ([`spend`], [`enter`]). What a stranger
//! posts changes nobody's account.

pub mod api;
mod asking;
mod confirming;
mod mail;
mod model;
pub mod pages;
mod printed;
mod rules;
mod signed_in;
mod store;
mod view;

pub use asking::{Asked, Asker, Registration, Waiting, ask_link, keep_choices, register, waiting};
pub use confirming::{Bearer, Entered, SignedInNow, Spent, enter, spend};
pub use model::Choices;
pub use printed::{add_staff, ready_link};
pub use signed_in::{SessionView, end_everywhere, end_session, refresh, sessions, sign_out};

use std::time::Duration as Span;

use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::readable;
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::volunteers::{self, NewVolunteer, Volunteer};

/// The kinds of task a newcomer can say they enjoy, each with its icon.
pub const INTERESTS: [(&str, &str); 8] = [
    ("doors", "door"),
    ("calls", "phone"),
    ("event_hosted", "event"),
    ("event_attended", "welcome"),
    ("shift", "cook"),
    ("translation", "speak"),
    ("data_entry", "keyboard"),
    ("training", "train"),
];

/// How long a page waits for the invitation code of somebody who has none, which few are: a page
/// without its link is better than one that waits for a database that takes nothing now.
const QUICKLY: Span = Span::from_millis(300);

/// The link with which `viewer` invites others. Everybody gets a code when they are taken in; who
/// came before that was so gets it here, and `None` while the database does not take it.
///
/// # Errors
/// When the database cannot be read.
pub async fn invitation_link(app: &App, viewer: &Viewer) -> Result<Option<String>, Error> {
    let scope = viewer.scope();
    let asked = scope.clone();
    let known = app
        .db
        .read(move |conn| Ok(store::find_invitation(conn, &asked)?))
        .await?;
    let code = match known {
        Some(code) => Some(code),
        None => match tokio::time::timeout(QUICKLY, give_code(app, scope)).await {
            Ok(Ok(code)) => Some(code),
            Err(_) | Ok(Err(Error::Unavailable { .. })) => None,
            Ok(Err(error)) => return Err(error),
        },
    };
    Ok(code.map(|code| app.link(&format!("/i/{code}"))))
}

async fn give_code(app: &App, scope: Scope) -> Result<String, Error> {
    let now = app.clock.now();
    app.db
        .write(move |conn| {
            volunteers::hold(conn, &scope, scope.actor())?;
            store::insert_invitation(conn, &scope, &readable(8), now)?;
            // Two pages may have asked at once: the first code stands.
            store::find_invitation(conn, &scope)?.ok_or(Error::NotFound)
        })
        .await
}

/// Takes in a newly confirmed person, with the code by which they invite others: no page has to write
/// one then. Joins the caller's transaction.
fn take_in(conn: &mut Conn, new: &NewVolunteer) -> Result<Volunteer, Error> {
    let person = volunteers::create(conn, &Scope::System, new)?;
    store::insert_invitation(conn, &Scope::Own(person.id), &readable(8), new.joined_at)?;
    Ok(person)
}

/// The display name of whoever invites with `code`; `None` when nobody does.
pub async fn inviter(app: &App, code: &str) -> Result<Option<String>, Error> {
    let code = rules::tidy_invite(code);
    let found = app
        .db
        .read(move |conn| Ok(store::find_inviter(conn, &asking::ANYONE, &code)?))
        .await?;
    Ok(found.map(|(_, name)| name))
}

/// Forgets old requests for links every ten minutes, until the process ends.
pub async fn tidy(app: App) {
    loop {
        tokio::time::sleep(Span::from_secs(600)).await;
        if let Err(why) = forget_old(&app).await {
            tracing::warn!(%why, "old requests for links stay for now");
        }
    }
}

/// Forgets every link and every code, used or not; gives how many could still be used. Joins the caller's
/// transaction.
pub fn forget_links(conn: &mut Conn) -> Result<usize, Error> {
    Ok(store::delete_all(conn)?)
}

/// Forgets requests for links made more than two days ago: nobody can use them any more.
pub async fn forget_old(app: &App) -> Result<(), Error> {
    let before = app.clock.now() - rules::KEPT;
    app.db
        .write(move |conn| {
            store::delete_old(conn, before)?;
            Ok(())
        })
        .await
}

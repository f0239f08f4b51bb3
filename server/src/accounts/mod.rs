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
use crate::sessions::Viewer;
use crate::volunteers;

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

/// The link with which `viewer` invites others; made when it is asked for first.
pub async fn invitation_link(app: &App, viewer: &Viewer) -> Result<String, Error> {
    let scope = viewer.scope();
    let asked = scope.clone();
    let known = app
        .db
        .read(move |conn| Ok(store::find_invitation(conn, &asked)?))
        .await?;
    let code = if let Some(code) = known {
        code
    } else {
        let now = app.clock.now();
        app.db
            .write(move |conn| {
                volunteers::hold(conn, &scope, scope.actor())?;
                store::insert_invitation(conn, &scope, &readable(8), now)?;
                // Two pages may have asked at once: the first code stands.
                store::find_invitation(conn, &scope)?.ok_or(Error::NotFound)
            })
            .await?
    };
    Ok(app.link(&format!("/i/{code}")))
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

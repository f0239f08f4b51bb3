//! The mail with the link: made after the commit, beside the request, so that nothing about the
//! answer tells whether the address is known.

use std::time::Duration as Span;

use super::model::Purpose;
use super::store;
use crate::app::App;
use crate::clock::Duration;
use crate::error::Error;
use crate::ids::{RequestId, secret};
use crate::mailer::Mail;
use crate::scope::Scope;
use crate::sessions::digest;
use crate::volunteers::{self, Email};

/// Seconds before each try: a mail server that greylists wants a little patience.
const TRIES: [u64; 4] = [0, 2, 10, 30];

/// A request whose mail is to be made.
pub(super) struct Parcel {
    pub request: RequestId,
    pub purpose: Purpose,
    pub email: Email,
    pub lang: String,
}

/// Hands one mail over. The link is made here: its token goes into the mail, only its hash into the table.
pub(super) async fn deliver(app: App, parcel: Parcel) {
    let token = secret(32);
    for pause in TRIES {
        tokio::time::sleep(Span::from_secs(pause)).await;
        match try_once(&app, &parcel, &token).await {
            Ok(()) => return,
            Err(Error::Unavailable { .. }) => {}
            Err(why) => {
                tracing::warn!(%why, "a link could not be mailed");
                return;
            }
        }
    }
    tracing::warn!("a link was given up: the mail server stays away");
}

async fn try_once(app: &App, parcel: &Parcel, token: &str) -> Result<(), Error> {
    let (request, email) = (parcel.request, parcel.email.clone());
    let (purpose, hash) = (parcel.purpose, digest(token));
    // It is never closed.
    let pen = app.mailer.errands.pen.acquire().await;
    let now = app.clock.now();
    let expires = now + Duration::minutes(i64::from(app.settings.link_minutes));
    let known = app
        .db
        .write(move |conn| {
            let known = volunteers::find_by_email(conn, &Scope::System, &email)?.is_some();
            let hash = (known || purpose == Purpose::Join).then_some(hash.as_str());
            store::update_dispatched(conn, request, hash, now, expires)?;
            Ok(known)
        })
        .await?;
    drop(pen);
    app.mailer.send(&compose(app, parcel, token, known)).await
}

fn compose(app: &App, parcel: &Parcel, token: &str, known: bool) -> Mail {
    let lang = app.words.choose(&parcel.lang);
    let say = |key: &str| {
        lang.say(key)
            .with("campaign", &app.settings.campaign)
            .with("minutes", app.settings.link_minutes)
            .to_string()
    };
    let (what, address) = match (parcel.purpose, known) {
        (_, true) => ("sign-in", link(app, token)),
        (Purpose::Join, false) => ("join", link(app, token)),
        (_, false) => ("nobody", app.link("/join")),
    };
    let before = say(&format!("mail-{what}-before"));
    let after = say(&format!("mail-{what}-after"));
    Mail {
        to: parcel.email.to_string(),
        subject: say(&format!("mail-{what}-subject")),
        // The link alone on its line: mail programs make it clickable whole.
        text: format!("{before}\n\n{address}\n\n{after}\n"),
    }
}

/// The address of a link: the host comes from the settings, never from a request.
pub(super) fn link(app: &App, token: &str) -> String {
    app.link(&format!("/sign-in?token={token}"))
}

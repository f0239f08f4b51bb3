//! A person's own sessions: seeing and ending them. Ended ones are worth nothing at once here, and
//! within a second on every node.

use crate::app::App;
use crate::clock::Instant;
use crate::cluster::Event;
use crate::error::Error;
use crate::ids::SessionId;
use crate::scope::Scope;
use crate::sessions::{self, Opened, Rotated, Viewer};
use crate::words::Lang;

/// One of a person's sessions, as they see it.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// The browser's name, such as `Firefox`; empty when it does not say.
    pub browser: &'static str,
    /// What it runs on, such as `Android`; empty when it does not say.
    pub system: &'static str,
    /// True for a program with a bearer token.
    pub program: bool,
    /// When it was opened.
    pub since: Instant,
    /// When it was last used, within ten minutes.
    pub seen: Instant,
    /// True for the one that asks.
    pub here: bool,
}

impl SessionView {
    /// What its owner knows it by: "Firefox on Android".
    pub fn device(&self, lang: &Lang) -> String {
        match (self.program, self.browser, self.system) {
            (true, _, _) => lang.say("session-program").to_string(),
            (false, "", "") => lang.say("session-browser").to_string(),
            (false, one, "") | (false, "", one) => one.to_owned(),
            (false, browser, system) => lang
                .say("session-device")
                .with("browser", browser)
                .with("system", system)
                .to_string(),
        }
    }
}

/// The live sessions of `viewer`, last used first.
pub async fn sessions(app: &App, viewer: &Viewer) -> Result<Vec<SessionView>, Error> {
    let (now, scope, here) = (app.clock.now(), Scope::Own(viewer.id), viewer.session);
    let rows = app
        .db
        .read(move |conn| sessions::list(conn, &scope, now))
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (browser, system) = device(&row.device);
            SessionView {
                id: row.id,
                browser,
                system,
                program: row.audience == sessions::Audience::Api.column(),
                since: row.created_at,
                seen: row.seen_at,
                here: row.id == here,
            }
        })
        .collect())
}

/// Trades a program's refresh token for the next one. One that was used before was copied by
/// somebody, so its session ends everywhere.
///
/// # Errors
/// `SignInNeeded` for a token that is not good, or no longer.
pub async fn refresh(app: &App, token: &str, device: &str) -> Result<Opened, Error> {
    let now = app.clock.now();
    match app.sessions.rotate(&app.db, token, device, now).await? {
        Rotated::Renewed(opened) => Ok(opened),
        Rotated::Reused(session) => {
            tracing::warn!(%session, "a spent refresh token came again: its session has ended");
            ended(app, vec![session]);
            Err(Error::SignInNeeded)
        }
    }
}

/// Ends the session that asks. One that has ended meanwhile is as good.
pub async fn sign_out(app: &App, viewer: &Viewer) -> Result<(), Error> {
    match end_session(app, viewer, viewer.session).await {
        Ok(()) | Err(Error::NotFound) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Ends one of the sessions of `viewer`.
///
/// # Errors
/// `NotFound` when they have no such session.
pub async fn end_session(app: &App, viewer: &Viewer, session: SessionId) -> Result<(), Error> {
    let (now, scope, sessions) = (app.clock.now(), Scope::Own(viewer.id), app.sessions.clone());
    app.db
        .write(move |conn| sessions.revoke(conn, &scope, session, now))
        .await?;
    ended(app, vec![session]);
    Ok(())
}

/// Ends every session of `viewer`, the one that asks included.
pub async fn end_everywhere(app: &App, viewer: &Viewer) -> Result<(), Error> {
    let (now, who, sessions) = (app.clock.now(), viewer.id, app.sessions.clone());
    let all = app
        .db
        .write(move |conn| sessions.revoke_all(conn, who, None, now))
        .await?;
    ended(app, all);
    Ok(())
}

fn ended(app: &App, sessions: Vec<SessionId>) {
    app.sessions.forget(&sessions);
    app.cluster.publish(Event::SessionsEnded { sessions });
}

/// The names in what a browser calls itself. The order tells apart those that claim to be others too.
fn device(agent: &str) -> (&'static str, &'static str) {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(mark, _)| agent.contains(mark))
            .map_or("", |(_, name)| name)
    };
    (named(&BROWSERS), named(&SYSTEMS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_the_name_its_owner_knows() {
        for (agent, shown) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                ("Firefox", "Linux"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
                ("Chrome", "Android"),
            ),
            ("curl/8.5", ("", "")),
        ] {
            assert_eq!(device(agent), shown, "{agent}");
        }
    }
}

//! One's own page: the profile, the sessions, the export of everything, and leaving for good.

pub mod api;
mod export;
pub mod pages;
mod store;

pub use export::{CLASSES, Class, Export};

use crate::app::App;
use crate::cluster::Event;
use crate::error::Error;
use crate::scope::Scope;
use crate::volunteers;

/// Everything stored about the person in `scope`, table by table.
pub async fn export(app: &App, scope: Scope) -> Result<Export, Error> {
    app.db
        .read(move |conn| Ok(store::export(conn, &scope)?))
        .await
}

/// Erases the person in `scope`: what names them is gone with this transaction, their sessions end,
/// their places in tasks become free. The ledger keeps its lines under a number nobody can resolve.
pub async fn leave(app: &App, scope: Scope) -> Result<(), Error> {
    let (now, who, sessions) = (app.clock.now(), scope.actor(), app.sessions.clone());
    let ended = app
        .db
        .write(move |conn| {
            volunteers::hold(conn, &scope, who)?;
            store::erase(conn, &scope, now)?;
            sessions.revoke_all(conn, who, None, now)
        })
        .await?;
    app.sessions.forget(&ended);
    app.cluster
        .publish(Event::SessionsEnded { sessions: ended });
    app.cluster.publish(Event::RolesChanged { volunteer: who });
    Ok(())
}

//! One's own page: the profile, the sessions, the export of everything, and leaving for good.

pub mod api;
mod erasures;
mod export;
pub mod pages;
mod standing;
mod store;

pub use erasures::{Erased, Erasures, Listed, read_list};
pub use export::{CLASSES, Class, Export};
pub use standing::standing;

use std::time::Duration as Span;

use crate::app::App;
use crate::cluster::Event;
use crate::db::Conn;
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
    write_down(app, vec![Erased { who, at: now }]).await;
    Ok(())
}

/// How often a node sees to it that everybody who left is on its list.
const LOOK: Span = Span::from_secs(30);

/// Lists whoever left and is not on this node's list: through another node, or at a moment when the
/// file could not be written or the node was killed. Until the process ends.
pub async fn keep_list(app: App) {
    let mut listed = None;
    while app.erasures.is_kept() {
        match list_all(&app, listed).await {
            Ok(all) => listed = all,
            Err(why) => tracing::debug!(%why, "who left is looked for again soon"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Looks only at how many left where all of that many are listed already; gives how many are.
async fn list_all(app: &App, listed: Option<i64>) -> Result<Option<i64>, Error> {
    let erasures = app.erasures.clone();
    let left = app
        .db
        .read(move |conn| {
            let count = store::count_erased(conn, &Scope::System)?;
            if Some(count) == listed && erasures.stands() {
                return Ok(None);
            }
            Ok(Some((count, store::list_erased(conn, &Scope::System)?)))
        })
        .await?;
    match left {
        None => Ok(listed),
        Some((count, left)) => Ok(write_down(app, left).await.then_some(count)),
    }
}

/// Whether it could be done. Who left has left, whatever becomes of the list: it is tried again.
async fn write_down(app: &App, left: Vec<Erased>) -> bool {
    let erasures = app.erasures.clone();
    let written = tokio::task::spawn_blocking(move || erasures.add(&left)).await;
    match written.map_err(std::io::Error::other) {
        Ok(Ok(())) => true,
        Ok(Err(why)) | Err(why) => {
            tracing::error!(%why, "who left could not be put on the list of erasures; it is tried again");
            false
        }
    }
}

/// Erases those of `left` who are in the database again, as of when they left; gives how many were.
/// Joins the caller's transaction. Their sessions are worth nothing from then on.
pub fn erase_again(conn: &mut Conn, left: &[Erased]) -> Result<usize, Error> {
    let mut again = 0;
    for one in left {
        let scope = Scope::Own(one.who);
        match volunteers::hold(conn, &scope, one.who) {
            Err(Error::NotFound) => continue,
            held => held?,
        };
        store::erase(conn, &scope, one.at)?;
        again += 1;
    }
    Ok(again)
}

//! Who is signed in. The session lives in the database; a short token only names it.
//!
//! Role, region and scope are read from the database with the session, never from a token. A
//! [`Viewer`] may be up to [`FRESH`] old, so sign-out, role change and erasure take effect on every
//! node within a second even when nothing announces them.

mod keys;
mod lookups;
mod recent;
mod rotation;
mod store;
mod token;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration as Span;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use recent::Recent;

pub use keys::Keys;
pub use rotation::{RACE, Rotated};
pub use store::SessionRow;
pub use token::{Audience, BadToken, TOKEN_LIFE};

use crate::clock::{Duration, Instant};
use crate::cluster::Event;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::ids::{SessionId, VolunteerId, secret};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// How old a cached viewer may be.
pub const FRESH: Span = Span::from_millis(800);
/// Viewers remembered at most.
const VIEWERS: usize = 100_000;
/// How often a session's last use is written down.
const SEEN_EVERY: Duration = Duration::minutes(10);

/// The person behind a request, as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub id: VolunteerId,
    /// Through which session.
    pub session: SessionId,
    /// Their display name; may be empty.
    pub name: String,
    /// Where they belong.
    pub region: RegionCode,
    /// Their IANA zone.
    pub zone: String,
    /// Whether they asked to be spared comparison.
    pub quiet: bool,
    /// HQ staff.
    pub staff: bool,
    /// Regions they are captain of.
    pub leads: Vec<RegionCode>,
}

impl Viewer {
    /// How far they see.
    pub fn scope(&self) -> Scope {
        if self.staff {
            Scope::Everything(self.id)
        } else if self.leads.is_empty() {
            Scope::Own(self.id)
        } else {
            Scope::Subtree(self.id, self.leads.clone())
        }
    }

    /// Captain or HQ.
    pub fn is_leader(&self) -> bool {
        self.staff || !self.leads.is_empty()
    }
}

/// A session just opened or refreshed: the secrets are shown this once.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The session.
    pub session: SessionId,
    /// Whose.
    pub volunteer: VolunteerId,
    /// The secret that renews tokens.
    pub refresh: String,
}

/// The sessions of this node: keys and a short-lived cache over the table.
#[derive(Clone)]
pub struct Sessions {
    keys: Keys,
    viewers: Arc<Recent<SessionId, Option<Arc<Viewer>>>>,
    lookups: lookups::Lookups,
    life: Duration,
}

impl Sessions {
    /// `life` is how long a session lives without use.
    pub fn new(keys: Keys, life: Duration) -> Self {
        let viewers = Arc::new(Recent::new(FRESH, VIEWERS));
        Self {
            keys,
            viewers,
            lookups: lookups::Lookups::default(),
            life,
        }
    }

    /// A token that names `session` for [`TOKEN_LIFE`].
    pub fn token(
        &self,
        session: SessionId,
        audience: Audience,
        now: Instant,
    ) -> Result<String, Error> {
        self.keys.mint(session, audience, now)
    }

    /// The session a token names, judged without I/O.
    pub fn named(
        &self,
        token: &str,
        audience: Audience,
        now: Instant,
    ) -> Result<SessionId, BadToken> {
        self.keys.read(token, audience, now)
    }

    /// What [`Sessions::viewer`] would say, where it was asked a moment ago.
    pub fn known(&self, session: SessionId) -> Option<Option<Arc<Viewer>>> {
        self.viewers.get(&session)
    }

    /// The viewer of a session that is alive; `None` when it is revoked, expired or unknown.
    pub async fn viewer(
        &self,
        db: &Db,
        session: SessionId,
        now: Instant,
    ) -> Result<Option<Arc<Viewer>>, Error> {
        if let Some(known) = self.known(session) {
            return Ok(known);
        }
        let found = self.lookups.find(db, session, now).await?;
        self.viewers.insert(session, found.clone());
        Ok(found)
    }

    /// Which of `sessions` are alive, each with where its person belongs, read from the database in few
    /// queries: for those who hold many.
    pub async fn alive(
        &self,
        db: &Db,
        sessions: HashSet<SessionId>,
        now: Instant,
    ) -> Result<HashMap<SessionId, RegionCode>, Error> {
        if sessions.is_empty() {
            return Ok(HashMap::new());
        }
        db.read(move |conn| Ok(store::list_alive(conn, sessions, now)?))
            .await
    }

    /// Opens a session for `volunteer`. Joins the caller's transaction.
    pub fn open(
        &self,
        conn: &mut Conn,
        volunteer: VolunteerId,
        audience: Audience,
        device: &str,
        now: Instant,
    ) -> Result<Opened, Error> {
        let opened = Opened {
            session: SessionId::fresh(now),
            volunteer,
            refresh: match audience {
                Audience::Api => rotation::fresh(),
                Audience::Web => secret(32),
            },
        };
        store::insert(conn, &opened, audience, device, now, now + self.life)?;
        Ok(opened)
    }

    /// Renews a browser's session by its secret, which stays the same: its pages load in parallel.
    /// A program's changes with each use, see [`Sessions::rotate`].
    ///
    /// # Errors
    /// `SignInNeeded` for a secret of no live session.
    pub async fn renew(&self, db: &Db, refresh: &str, now: Instant) -> Result<SessionId, Error> {
        let hash = keys::digest(refresh);
        let row = db
            .read(move |conn| Ok(store::find_by_refresh(conn, &hash, now)?))
            .await?
            .ok_or(Error::SignInNeeded)?;
        if now - row.seen_at > SEEN_EVERY {
            let until = now + self.life;
            let noted = db.write(move |conn| Ok(store::update_seen(conn, row.id, now, until)?));
            match noted.await {
                // A full disk keeps nobody from reading.
                Err(Error::Unavailable { .. }) => tracing::warn!("a session's use was not noted"),
                noted => {
                    noted?;
                }
            }
        }
        Ok(row.id)
    }

    /// A live browser session by its refresh secret, read only: the path of every page.
    pub async fn find_web(
        &self,
        db: &Db,
        refresh: &str,
        now: Instant,
    ) -> Result<Option<SessionId>, Error> {
        let hash = keys::digest(refresh);
        let row = db
            .read(move |conn| Ok(store::find_by_refresh(conn, &hash, now)?))
            .await?;
        Ok(row.map(|row| row.id))
    }

    /// Ends one session of the person in `scope`.
    pub fn revoke(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        session: SessionId,
        now: Instant,
    ) -> Result<(), Error> {
        match store::revoke(conn, scope, session, now)? {
            0 => Err(Error::NotFound),
            _ => Ok(()),
        }
    }

    /// Ends every session of `volunteer` but `except`; gives the ended ones.
    pub fn revoke_all(
        &self,
        conn: &mut Conn,
        volunteer: VolunteerId,
        except: Option<SessionId>,
        now: Instant,
    ) -> Result<Vec<SessionId>, Error> {
        Ok(store::revoke_all(conn, volunteer, except, now)?)
    }

    /// Forgets what is cached about these sessions at once; the table has the truth.
    pub fn forget(&self, sessions: &[SessionId]) {
        for session in sessions {
            self.viewers.forget(session);
        }
    }

    /// Forgets what events say is stale, until the cluster's channel closes.
    pub async fn follow(self, mut events: Receiver<Event>) {
        loop {
            match events.recv().await {
                Ok(Event::SessionsEnded { sessions }) => self.forget(&sessions),
                // Somebody's office or region is part of every viewer of theirs; and what was
                // missed may have been such an event.
                Ok(Event::RolesChanged { .. }) | Err(RecvError::Lagged(_)) => self.forget_all(),
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Forgets every cached viewer: after a change of roles or regions.
    pub fn forget_all(&self) {
        self.viewers.forget_all();
    }
}

/// The live sessions of the person in `scope`, newest first.
pub fn list(conn: &mut Conn, scope: &Scope, now: Instant) -> Result<Vec<SessionRow>, Error> {
    Ok(store::list(conn, scope, now)?)
}

/// Ends every session of everybody; gives how many there were. Joins the caller's transaction, which no
/// node may be serving beside.
pub fn end_all(conn: &mut Conn, now: Instant) -> Result<usize, Error> {
    Ok(store::end_all(conn, now)?)
}

/// SHA-256 of a secret in hexadecimal: how secrets stand in tables.
pub fn digest(secret: &str) -> String {
    keys::digest(secret)
}

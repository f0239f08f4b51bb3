//! A pool of connections and the door before it: what is done with one, and what its end tells.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::{Pool, PooledConnection, State};
use prometheus_client::metrics::counter::Counter;

use super::conn::{Held, Manager};
use super::door::{Door, PATIENCE};
use super::urgency::Urgency;
use super::waits::Waits;
use super::watch::Watch;
use super::{Conn, answers};
use crate::error::Error;

/// How often who waits for a connection sees whether the database is away.
const GLANCE: Duration = Duration::from_millis(20);

/// Cheap to clone.
#[derive(Clone)]
pub struct Room {
    pool: Pool<Manager>,
    pub door: Arc<Door>,
    pub waits: Arc<Waits>,
    watch: Watch,
}

/// Who comes for a connection: since when, and how soon it is needed.
#[derive(Clone, Copy)]
pub struct Asked {
    pub at: Instant,
    pub urgency: Urgency,
}

impl Asked {
    /// By this task, now.
    pub fn now() -> Self {
        Self {
            at: Instant::now(),
            urgency: Urgency::of_task(),
        }
    }
}

impl Room {
    /// A room that `places` may be in who come by its door.
    pub fn new(pool: Pool<Manager>, places: u32, watch: Watch, refusals: Counter) -> Self {
        Self {
            pool,
            door: Arc::new(Door::new(places, refusals)),
            waits: Arc::default(),
            watch,
        }
    }

    /// How many connections there are, and how many wait for work.
    pub fn state(&self) -> State {
        self.pool.state()
    }

    /// Runs `work` on a connection, outside any transaction, for somebody who `asked`.
    pub fn with<T>(
        &self,
        asked: Asked,
        work: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.held(asked, |held| work(held))
    }

    /// The same inside a transaction that begins with `begin`: kept if all goes well, undone
    /// otherwise.
    pub fn transaction<T>(
        &self,
        asked: Asked,
        begin: fn(&Conn) -> &'static str,
        work: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.held(asked, |held| {
            if self.door.refused_since(asked.at) {
                return Err(Error::Unavailable { retry_after: 1 });
            }
            let begin = begin(held);
            if let Err(why) = held.batch_execute(begin) {
                if !self.watch.watches() {
                    self.door.note_refusal();
                }
                return Err(why.into());
            }
            let mut open = Open(held, &self.watch, true);
            let result = work(open.0)?;
            open.0.batch_execute("COMMIT")?;
            open.2 = false;
            Ok(result)
        })
    }

    fn held<T>(
        &self,
        asked: Asked,
        work: impl FnOnce(&mut Held) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut held = self.connection(asked.at)?;
        let began = Instant::now();
        self.waits.note(asked.urgency, asked.at.elapsed());
        let result = work(&mut held);
        match result {
            // A lock that was not given, or a connection that died? It says so itself.
            Err(Error::Unavailable { .. })
                if self.watch.watches() && answers(&mut held).is_err() =>
            {
                held.give_up(&self.watch, began.elapsed());
            }
            _ => self.watch.hear(),
        }
        result
    }

    fn connection(&self, asked: Instant) -> Result<PooledConnection<Manager>, Error> {
        let until = asked + PATIENCE;
        loop {
            if self.watch.is_away() {
                return Err(self.door.refuse());
            }
            match self.pool.get_timeout(GLANCE) {
                Ok(held) => return Ok(held),
                Err(why) if Instant::now() >= until => {
                    tracing::warn!(error = %why, "no database connection");
                    self.watch.look();
                    return Err(self.door.refuse());
                }
                Err(_) => {}
            }
        }
    }
}

/// Rolls back unless told otherwise, so that a panic inside the work leaves no open transaction.
struct Open<'a>(&'a mut Held, &'a Watch, bool);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.2 {
            return;
        }
        match self.0.batch_execute("ROLLBACK") {
            // SQLite undoes by itself what a full disk or a fault of it cut short.
            Err(why) if !why.to_string().contains("no transaction is active") => {
                let said = "a transaction could not be rolled back; its connection is closed";
                if self.1.watches() {
                    // A server that goes takes all of them along: the watch says it once.
                    tracing::debug!(%why, "{said}");
                } else {
                    tracing::warn!(%why, "{said}");
                }
                // How long that took is known to who holds the connection.
                self.0.give_up(self.1, Duration::ZERO);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::conn::Rooms;
    use super::super::{Place, dialect};
    use super::*;

    #[test]
    fn a_file_that_may_not_be_written_to_is_read_on_and_heals() {
        let folder = tempfile::tempdir().unwrap();
        let rooms = Rooms::open(&Place {
            url: format!("sqlite:{}", folder.path().join("muster.db").display()),
            connections: 1,
            create: true,
        })
        .unwrap();
        let run = |text: &'static str| {
            let done = move |conn: &mut Conn| Ok(conn.batch_execute(text)?);
            rooms.writers.with(Asked::now(), done)
        };
        let insert = || {
            let done = |conn: &mut Conn| Ok(conn.batch_execute("INSERT INTO t VALUES (1)")?);
            rooms
                .writers
                .transaction(Asked::now(), dialect::begin, done)
        };
        run("CREATE TABLE t (x)").unwrap();
        insert().unwrap();
        run("PRAGMA query_only = ON").unwrap();
        for _ in 0..2 {
            assert!(matches!(insert(), Err(Error::Unavailable { .. })));
        }
        rooms.readers.with(Asked::now(), answers).unwrap();
        run("PRAGMA query_only = OFF").unwrap();
        insert().unwrap();
    }
}

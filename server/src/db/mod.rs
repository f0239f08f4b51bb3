//! The database behind one door: [`Db::read`] and [`Db::write`].
//!
//! One set of queries runs over SQLite and PostgreSQL ([`Conn`]). `write` is the only way to open a
//! transaction: on SQLite it takes the write lock at once (`BEGIN IMMEDIATE`), because a lock taken
//! late turns hundreds of concurrent read-then-write transactions into "database is locked".

mod address;
mod conn;
mod copy;
pub mod dialect;
mod door;
mod migrate;
mod prepared;
mod room;
pub mod schema;
mod urgency;
mod waits;
mod watch;

pub(crate) use address::without_password;
pub(crate) use conn::on_backend;
pub use conn::{Conn, Kind, MultiBackend};
pub use copy::copy;
pub use migrate::{migrate, migrations_mark, pending, revert, revert_all, unknown};
pub(crate) use prepared::prepared;
pub use urgency::urgently;
pub use waits::Waited;

use std::future::Future;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use prometheus_client::metrics::counter::Counter;

use crate::error::Error;
use crate::trace;
use conn::Rooms;
use room::{Asked, Room};

/// Whether the database answers the simplest question.
pub fn answers(conn: &mut Conn) -> Result<(), Error> {
    Ok(conn.batch_execute("SELECT 1")?)
}

/// Lets the statements of the caller's transaction take as long as they need: for commands, which go
/// over whole tables while nobody waits.
pub fn take_time(conn: &mut Conn) -> Result<(), Error> {
    let text = dialect::take_time(conn);
    Ok(conn.batch_execute(text)?)
}

/// Whether the database holds no table at all.
pub fn is_empty(conn: &mut Conn) -> Result<bool, Error> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let found: Count = diesel::sql_query(dialect::count_tables(conn)).get_result(conn)?;
    Ok(found.count == 0)
}

/// A name for the campaign in this database, made when it is asked for first and the same for all
/// its nodes for good.
pub fn mark(conn: &mut Conn) -> Result<String, Error> {
    use diesel::prelude::*;
    use schema::campaign;
    let row = (
        campaign::key.eq("mark"),
        campaign::value.eq(crate::ids::readable(12).to_lowercase()),
    );
    on_backend!(conn => |c| diesel::insert_into(campaign::table)
        .values(row)
        .on_conflict(campaign::key)
        .do_nothing()
        .execute(c))?;
    Ok(campaign::table
        .filter(campaign::key.eq("mark"))
        .select(campaign::value)
        .first(conn)?)
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    rooms: Rooms,
}

/// How to reach a database and how many connections to hold.
#[derive(Debug, Clone)]
pub struct Place {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// Connections kept at most.
    pub connections: u32,
    /// Whether a SQLite file that does not exist may be created.
    pub create: bool,
}

impl Db {
    /// Opens the database.
    ///
    /// # Errors
    /// `Internal` with one sentence when the URL is not understood, the file is missing and may not
    /// be created, or no connection can be had.
    pub fn open(place: &Place) -> Result<Self, Error> {
        Ok(Self {
            rooms: Rooms::open(place)?,
        })
    }

    /// Which of the two databases this is.
    pub fn kind(&self) -> Kind {
        self.rooms.kind
    }

    /// Runs `work` on a connection, outside any transaction: each statement sees what is committed.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.inside("database read", &self.rooms.readers, move |room, asked| {
            room.with(asked, work)
        })
        .await
    }

    /// Whether the database answers, without standing in line behind everybody who waits for it.
    pub async fn answers(&self) -> Result<(), Error> {
        let readers = self.rooms.readers.clone();
        let asked = blocking(move || readers.with(Asked::now(), answers));
        self.attend(asked).await
    }

    /// Runs `work` in one transaction that is committed when it returns `Ok` and undone otherwise.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.inside("database write", &self.rooms.writers, move |room, asked| {
            room.transaction(asked, dialect::begin, work)
        })
        .await
    }

    /// [`Db::write`] for callers that stand on a thread of their own; they stand in no line.
    pub fn write_blocking<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let writers = &self.rooms.writers;
        // On PostgreSQL a connection is left for them. SQLite has one writer for all: without a
        // claim on it those who come by the door would hand it on among themselves.
        let _claim = (self.kind() == Kind::Sqlite).then(|| writers.door.claim());
        writers.transaction(Asked::now(), dialect::begin, work)
    }

    /// Runs `work` on one unchanging state of the database while others write on.
    pub async fn snapshot<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.inside(
            "database snapshot",
            &self.rooms.readers,
            move |room, asked| room.transaction(asked, dialect::begin_snapshot, work),
        )
        .await
    }

    /// [`Db::read`] for callers that stand on a thread of their own.
    pub fn read_blocking<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.rooms.readers.with(Asked::now(), work)
    }
}

/// How many connections of a pool are in use.
pub struct InUse {
    /// Which pool.
    pub name: &'static str,
    /// Connections that somebody works with.
    pub busy: u32,
    /// Connections that wait for work.
    pub idle: u32,
}

impl Db {
    /// The pools at this moment: one on PostgreSQL, two on SQLite.
    pub fn in_use(&self) -> Vec<InUse> {
        let look = |name, room: &Room| {
            let state = room.state();
            InUse {
                name,
                busy: state.connections.saturating_sub(state.idle_connections),
                idle: state.idle_connections,
            }
        };
        match self.kind() {
            Kind::Sqlite => vec![
                look("readers", &self.rooms.readers),
                look("writer", &self.rooms.writers),
            ],
            Kind::Postgres => vec![look("all", &self.rooms.writers)],
        }
    }

    /// How long work waited for a connection since this was asked last, in the pool where it was
    /// longest.
    pub fn waits(&self) -> Waited {
        let (readers, writers) = (&self.rooms.readers, &self.rooms.writers);
        readers.waits.take().or(writers.waits.take())
    }

    /// Times that somebody who came for a connection got none.
    pub fn refusals(&self) -> &Counter {
        &self.rooms.refusals
    }

    /// How long the database was away since the start; `None` for a file, which cannot be.
    pub fn time_away(&self) -> Option<Duration> {
        self.rooms.watch.time_away()
    }

    /// A writing connection outside any transaction: for migrations and backups alone.
    pub(crate) fn with_writer<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.rooms.writers.with(Asked::now(), work)
    }

    /// Runs `work` on a thread of its own, as soon as there is a place in `room`. A database that is
    /// away is not waited for.
    async fn inside<T: Send + 'static>(
        &self,
        name: &str,
        room: &Room,
        work: impl FnOnce(&Room, Asked) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (asked, room) = (Asked::now(), room.clone());
        let mut span = trace::part(trace::Kind::Client, name);
        let done = self.attend(async move {
            let place = room.door.enter(asked.urgency).await?;
            blocking(move || {
                // Taken along: the work may outlive whoever waits for it.
                let _place = place;
                work(&room, asked)
            })
            .await
        });
        let done = done.await;
        if let Some(span) = &mut span {
            span.say(
                "db.system.name",
                trace::Value::Text(self.kind().name().to_owned()),
            );
            // A refusal is an answer too.
            if matches!(done, Err(Error::Unavailable { .. } | Error::Internal(_))) {
                span.fail();
            }
        }
        done
    }

    /// What `work` on this database gives, or `Unavailable` as soon as the database is away. The work
    /// may be committed all the same, and what its caller would have published after it is not: sessions
    /// and boards are looked at every few seconds whatever is published, and who sends the same again
    /// publishes then.
    ///
    /// # Errors
    /// Those of `work`, and `Unavailable`.
    pub async fn attend<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.rooms.watch.attend(work).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(fault) => Err(Error::Internal(format!(
            "database work ended early: {fault}"
        ))),
    }
}

//! Two kinds of connection with one face, and the pools that hold them.
#![allow(
    missing_docs,
    reason = "the connection derive makes undocumented items"
)]

use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::{PgConnection, SqliteConnection};

use super::Place;
use crate::error::Error;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// The production database.
    Postgres(PgConnection),
}

/// Compiles the same expression once for each database: for what the connection derive cannot carry
/// (`on_conflict`, `returning`, inserts of slices).
macro_rules! on_backend {
    ($conn:expr => |$each:ident| $body:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($each) => $body,
            $crate::db::Conn::Postgres($each) => $body,
        }
    };
}
pub(crate) use on_backend;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Embedded.
    Sqlite,
    /// Production.
    Postgres,
}

pub type Manager = ConnectionManager<Conn>;

/// Readers and writers: the same pool on PostgreSQL; on SQLite one writer, since there is one lock.
#[derive(Clone)]
pub struct Pools {
    pub readers: Pool<Manager>,
    pub writers: Pool<Manager>,
    pub kind: Kind,
}

impl Pools {
    pub fn open(place: &Place) -> Result<Self, Error> {
        if let Some(file) = place.url.strip_prefix("sqlite:") {
            if !place.create && !Path::new(file).exists() {
                return Err(Error::Internal(format!(
                    "The database file {file} does not exist. Check database_url, or run `muster migrate` to make it."
                )));
            }
            let writers = build(file, 1, Kind::Sqlite)?;
            let readers = build(file, place.connections, Kind::Sqlite)?;
            Ok(Self {
                readers,
                writers,
                kind: Kind::Sqlite,
            })
        } else if place.url.starts_with("postgres://") || place.url.starts_with("postgresql://") {
            let readers = build(&place.url, place.connections, Kind::Postgres)?;
            Ok(Self {
                writers: readers.clone(),
                readers,
                kind: Kind::Postgres,
            })
        } else {
            Err(Error::Internal(
                "database_url must start with `sqlite:` or `postgres://`.".into(),
            ))
        }
    }
}

fn build(url: &str, size: u32, kind: Kind) -> Result<Pool<Manager>, Error> {
    Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(3))
        .connection_customizer(Box::new(Setup(kind)))
        .test_on_check_out(kind == Kind::Postgres)
        .build(Manager::new(url))
        .map_err(|why| Error::Internal(format!("The database cannot be opened: {why}.")))
}

#[derive(Debug)]
struct Setup(Kind);

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Setup {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        let setup = match self.0 {
            Kind::Sqlite => {
                "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;"
            }
            Kind::Postgres => {
                "SET TIME ZONE 'UTC'; SET statement_timeout = '30s'; SET lock_timeout = '5s'; \
                 SET client_min_messages = warning;"
            }
        };
        conn.batch_execute(setup)
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

/// A connection from the pool; `Unavailable` when none can be had in time.
pub fn get(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, Error> {
    pool.get().map_err(|why| {
        tracing::warn!(error = %why, "no database connection");
        Error::Unavailable { retry_after: 1 }
    })
}

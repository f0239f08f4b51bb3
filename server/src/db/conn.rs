//! Two kinds of connection with one face, and the pools that hold them.
#![allow(
    missing_docs,
    reason = "the connection derive makes undocumented items"
)]

use std::fs::OpenOptions;
use std::io::Read;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::{
    ConnectionManager, CustomizeConnection, ManageConnection, NopErrorHandler, Pool,
};
use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection};
use prometheus_client::metrics::counter::Counter;

use super::Place;
use super::address::{impatient, unreachable};
use super::door::PATIENCE;
use super::room::Room;
use super::watch::Watch;
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

impl Kind {
    /// As OpenTelemetry names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}
/// How long a statement and a lock may take on PostgreSQL.
pub const USUAL_WAITS: &str = "SET statement_timeout = '30s'; SET lock_timeout = '5s';";

/// How every SQLite file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// How long a connection that answered is believed to answer still.
const BELIEVED: Duration = Duration::from_secs(1);

/// Seconds a server may take to let somebody in, and the same while a node starts.
const PATIENT: u32 = 2;
const AT_START: u32 = 5;

/// A connection of the pool, and when it last was seen to answer.
pub struct Held {
    conn: Conn,
    answered: Instant,
    age: u64,
    doubts: u64,
    broken: bool,
}

impl Held {
    /// Sees to it that this connection is not used again; that it died took `took` to be noticed.
    pub fn give_up(&mut self, watch: &Watch, took: Duration) {
        self.broken = true;
        watch.lose(self.age, took);
    }
}

impl Deref for Held {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// Makes and tests the pool's connections. One that answered a moment ago is not asked again: on
/// PostgreSQL the question is a round trip, as long as most of our statements.
#[derive(Debug)]
pub struct Manager {
    plain: ConnectionManager<Conn>,
    watch: Watch,
}

impl Manager {
    fn gone(why: &str) -> diesel::r2d2::Error {
        diesel::r2d2::Error::ConnectionError(ConnectionError::BadConnection(why.to_owned()))
    }
}

impl ManageConnection for Manager {
    type Connection = Held;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Held, Self::Error> {
        if self.watch.is_away() {
            return Err(Self::gone("the database is away"));
        }
        let (age, doubts) = (self.watch.age(), self.watch.doubts());
        let conn = self.plain.connect().inspect_err(|_| self.watch.look())?;
        Ok(Held {
            conn,
            answered: Instant::now(),
            age,
            doubts,
            broken: false,
        })
    }

    fn is_valid(&self, held: &mut Held) -> Result<(), Self::Error> {
        if held.age != self.watch.age() {
            return Err(Self::gone("it is older than the last fault"));
        }
        let doubts = self.watch.doubts();
        if held.answered.elapsed() < BELIEVED && held.doubts == doubts {
            return Ok(());
        }
        let asked = Instant::now();
        let answer = self.plain.is_valid(&mut held.conn);
        answer.inspect_err(|_| held.give_up(&self.watch, asked.elapsed()))?;
        (held.answered, held.doubts) = (Instant::now(), doubts);
        self.watch.hear();
        Ok(())
    }

    fn has_broken(&self, held: &mut Held) -> bool {
        held.broken || held.age != self.watch.age() || self.plain.has_broken(&mut held.conn)
    }
}

/// Readers and writers: the same room on PostgreSQL; on SQLite one writer, since there is one lock.
#[derive(Clone)]
pub struct Rooms {
    pub readers: Room,
    pub writers: Room,
    pub watch: Watch,
    pub kind: Kind,
    /// Times that somebody who came for a connection got none.
    pub refusals: Counter,
}

impl Rooms {
    pub fn open(place: &Place) -> Result<Self, Error> {
        let refusals = Counter::default();
        if let Some(file) = place.url.strip_prefix("sqlite:") {
            if !place.create && !Path::new(file).exists() {
                return Err(Error::Internal(format!(
                    "The database file {file} does not exist. Check database_url, or run `muster migrate` to make it."
                )));
            }
            make_private(Path::new(file));
            let watch = Watch::none();
            let room = |size, places| -> Result<Room, Error> {
                let pool = build(file, size, Kind::Sqlite, &watch)?;
                Ok(Room::new(pool, places, watch.clone(), refusals.clone()))
            };
            Ok(Self {
                writers: room(1, 1)?,
                readers: room(place.connections, place.connections.min(readers()))?,
                watch: watch.clone(),
                kind: Kind::Sqlite,
                refusals,
            })
        } else if place.url.starts_with("postgres://") || place.url.starts_with("postgresql://") {
            let watch = Watch::over(impatient(&place.url, PATIENT));
            let pool = build(&place.url, place.connections, Kind::Postgres, &watch)?;
            // One connection is left to the ledger's writer, which comes in by no door.
            let places = place.connections.saturating_sub(1);
            let room = Room::new(pool, places, watch.clone(), refusals.clone());
            Ok(Self {
                writers: room.clone(),
                readers: room,
                watch,
                kind: Kind::Postgres,
                refusals,
            })
        } else {
            Err(Error::Internal(
                "database_url must start with `sqlite:` or `postgres://`.".into(),
            ))
        }
    }
}

/// How many read a SQLite file at a time at most. They work on this machine's own cores: more of
/// them would finish nothing sooner, and keep the threads that answer from their turn.
fn readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(cores * 2).unwrap_or(u32::MAX).max(4)
}

fn build(url: &str, size: u32, kind: Kind, watch: &Watch) -> Result<Pool<Manager>, Error> {
    probe(url, kind).map_err(|why| Error::Internal(unreachable(url, kind, &why)))?;
    let url = match kind {
        Kind::Sqlite => url.to_owned(),
        Kind::Postgres => impatient(url, PATIENT),
    };
    Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(1))
        .connection_timeout(PATIENCE)
        // Each try would be told, several a second; the watch tells of the first.
        .error_handler(Box::new(NopErrorHandler))
        .connection_customizer(Box::new(Setup(kind)))
        .test_on_check_out(kind == Kind::Postgres)
        .build(Manager {
            plain: ConnectionManager::new(url),
            watch: watch.clone(),
        })
        .map_err(|why| Error::Internal(format!("The database cannot be opened: {why}.")))
}

#[derive(Debug)]
struct Setup(Kind);

/// Looks once by itself: the pool would try for seconds and then not say why. A SQLite file is not
/// connected to, since ending its only connection may write to it.
fn probe(url: &str, kind: Kind) -> Result<(), String> {
    match kind {
        Kind::Sqlite => look_at(Path::new(url)).map_err(|why| why.to_string()),
        Kind::Postgres => PgConnection::establish(&impatient(url, AT_START))
            .map(drop)
            .map_err(|why| why.to_string()),
    }
}

/// Whether `file` is a database that may be written to, or could be made.
fn look_at(file: &Path) -> std::io::Result<()> {
    if !file.exists() {
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        return match folder {
            Some(folder) if !folder.is_dir() => {
                Err(std::io::Error::other("there is no such folder"))
            }
            _ => Ok(()),
        };
    }
    let mut begin = Vec::with_capacity(MAGIC.len());
    let open = OpenOptions::new().read(true).write(true).open(file)?;
    open.take(MAGIC.len() as u64).read_to_end(&mut begin)?;
    if begin.is_empty() || begin == MAGIC {
        Ok(())
    } else {
        Err(std::io::Error::other("it is no SQLite database"))
    }
}

/// Makes a database file that is not there yet, empty, for its owner alone: SQLite gives what it
/// keeps beside a file the rights of that file. Where this cannot be done, opening says why.
fn make_private(file: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(file);
}

impl CustomizeConnection<Held, diesel::r2d2::Error> for Setup {
    fn on_acquire(&self, conn: &mut Held) -> Result<(), diesel::r2d2::Error> {
        let setup = match self.0 {
            Kind::Sqlite => {
                "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; \
                 PRAGMA wal_autocheckpoint = 8000;"
            }
            Kind::Postgres => {
                // No statement of ours is long enough to be worth starting parallel workers for.
                "SET TIME ZONE 'UTC'; SET client_min_messages = warning; \
                 SET max_parallel_workers_per_gather = 0;"
            }
        };
        let waits = match self.0 {
            Kind::Sqlite => "",
            Kind::Postgres => USUAL_WAITS,
        };
        conn.batch_execute(&format!("{setup} {waits}"))
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

#[cfg(test)]
mod tests {
    use super::super::room::Asked;
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_database_is_made_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("muster.db");
        let rooms = Rooms::open(&Place {
            url: format!("sqlite:{}", file.display()),
            connections: 1,
            create: true,
        })
        .unwrap();
        rooms
            .writers
            .with(Asked::now(), |conn| {
                Ok(conn.batch_execute("CREATE TABLE t (x)")?)
            })
            .unwrap();
        for beside in std::fs::read_dir(folder.path()).unwrap() {
            let beside = beside.unwrap();
            let mode = beside.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", beside.path().display());
        }
    }
}

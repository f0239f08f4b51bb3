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
use diesel::r2d2::event::{HandleEvent, TimeoutEvent};
use diesel::r2d2::{
    ConnectionManager, CustomizeConnection, ManageConnection, Pool, PooledConnection,
};
use diesel::{Connection, PgConnection, SqliteConnection};
use prometheus_client::metrics::counter::Counter;

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

/// How every SQLite file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// How long a connection that answered is believed to answer still.
const BELIEVED: Duration = Duration::from_secs(1);

/// A connection of the pool, and when it last was seen to answer.
pub struct Held {
    conn: Conn,
    answered: Instant,
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
pub struct Manager(ConnectionManager<Conn>);

impl ManageConnection for Manager {
    type Connection = Held;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Held, Self::Error> {
        Ok(Held {
            conn: self.0.connect()?,
            answered: Instant::now(),
        })
    }

    fn is_valid(&self, held: &mut Held) -> Result<(), Self::Error> {
        if held.answered.elapsed() < BELIEVED {
            return Ok(());
        }
        self.0.is_valid(&mut held.conn)?;
        held.answered = Instant::now();
        Ok(())
    }

    fn has_broken(&self, held: &mut Held) -> bool {
        self.0.has_broken(&mut held.conn)
    }
}

/// Readers and writers: the same pool on PostgreSQL; on SQLite one writer, since there is one lock.
#[derive(Clone)]
pub struct Pools {
    pub readers: Pool<Manager>,
    pub writers: Pool<Manager>,
    pub kind: Kind,
    /// Times that somebody waited for a connection in vain.
    pub refusals: Counter,
}

/// Counts who waited in vain.
#[derive(Debug)]
struct Refusals(Counter);

impl HandleEvent for Refusals {
    fn handle_timeout(&self, _: TimeoutEvent) {
        self.0.inc();
    }
}

impl Pools {
    pub fn open(place: &Place) -> Result<Self, Error> {
        let refusals = Counter::default();
        if let Some(file) = place.url.strip_prefix("sqlite:") {
            if !place.create && !Path::new(file).exists() {
                return Err(Error::Internal(format!(
                    "The database file {file} does not exist. Check database_url, or run `muster migrate` to make it."
                )));
            }
            make_private(Path::new(file));
            let writers = build(file, 1, Kind::Sqlite, &refusals)?;
            let readers = build(file, place.connections, Kind::Sqlite, &refusals)?;
            Ok(Self {
                readers,
                writers,
                kind: Kind::Sqlite,
                refusals,
            })
        } else if place.url.starts_with("postgres://") || place.url.starts_with("postgresql://") {
            let readers = build(&place.url, place.connections, Kind::Postgres, &refusals)?;
            Ok(Self {
                writers: readers.clone(),
                readers,
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

fn build(url: &str, size: u32, kind: Kind, refusals: &Counter) -> Result<Pool<Manager>, Error> {
    probe(url, kind).map_err(|why| Error::Internal(unreachable(url, kind, &why)))?;
    Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(3))
        .connection_customizer(Box::new(Setup(kind)))
        .event_handler(Box::new(Refusals(refusals.clone())))
        .test_on_check_out(kind == Kind::Postgres)
        .build(Manager(ConnectionManager::new(url)))
        .map_err(|why| Error::Internal(format!("The database cannot be opened: {why}.")))
}

#[derive(Debug)]
struct Setup(Kind);

/// Looks once by itself: the pool would try for seconds and then not say why. A SQLite file is not
/// connected to, since ending its only connection may write to it.
fn probe(url: &str, kind: Kind) -> Result<(), String> {
    match kind {
        Kind::Sqlite => look_at(Path::new(url)).map_err(|why| why.to_string()),
        Kind::Postgres => PgConnection::establish(&impatient(url))
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

/// The address of a server, with a bound on how long it may take to answer.
fn impatient(url: &str) -> String {
    if url.contains("connect_timeout=") {
        return url.to_owned();
    }
    let join = if url.contains('?') { '&' } else { '?' };
    format!("{url}{join}connect_timeout=5")
}

/// One line that names what was tried, without its password, and says what to do.
fn unreachable(url: &str, kind: Kind, why: &str) -> String {
    // Of several addresses of one host, the last is as good as the first.
    let why = why.lines().map(str::trim).find(|line| !line.is_empty());
    let why = why
        .unwrap_or("no reason given")
        .trim_end_matches(['.', ':']);
    match kind {
        Kind::Sqlite => format!(
            "The database file {url} cannot be opened ({why}). Check database_url, and that its folder exists and can be written to."
        ),
        Kind::Postgres => {
            let (shown, password) = without_password(url);
            let why = match password {
                Some(password) => why.replace(&password, "…"),
                None => why.to_owned(),
            };
            format!(
                "The database {shown} cannot be reached ({why}). Check that its server runs, and database_url."
            )
        }
    }
}

/// A server's address as it may be shown, and the password that was taken out.
fn without_password(url: &str) -> (String, Option<String>) {
    let bare = url.split('?').next().unwrap_or(url);
    let Some((scheme, rest)) = bare.split_once("://") else {
        return (String::new(), None);
    };
    let Some((who, place)) = rest.rsplit_once('@') else {
        return (bare.to_owned(), None);
    };
    match who.split_once(':') {
        Some((user, password)) => (
            format!("{scheme}://{user}@{place}"),
            Some(password.to_owned()).filter(|password| !password.is_empty()),
        ),
        None => (bare.to_owned(), None),
    }
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
                "SET TIME ZONE 'UTC'; SET statement_timeout = '30s'; SET lock_timeout = '5s'; \
                 SET client_min_messages = warning; SET max_parallel_workers_per_gather = 0;"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_database_is_made_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("muster.db");
        let pools = Pools::open(&Place {
            url: format!("sqlite:{}", file.display()),
            connections: 1,
            create: true,
        })
        .unwrap();
        let mut writer = pools.writers.get().unwrap();
        writer.batch_execute("CREATE TABLE t (x)").unwrap();
        for beside in std::fs::read_dir(folder.path()).unwrap() {
            let beside = beside.unwrap();
            let mode = beside.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", beside.path().display());
        }
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        for url in [
            "postgres://ada:hunter2@localhost:1/muster?sslmode=disable",
            "postgres://ada:hun@ter2@localhost/muster",
            "postgres://ada@localhost/muster?password=hunter2",
        ] {
            let told = unreachable(url, Kind::Postgres, "no such password: hunter2\nnor this");
            assert!(
                !told.contains("ter2@") && told.contains("localhost"),
                "{told}"
            );
            assert!(!told.contains('\n'), "{told}");
        }
        let told = unreachable(
            "postgres://ada:hunter2@h/m",
            Kind::Postgres,
            "bad \"hunter2\"",
        );
        assert!(
            !told.contains("hunter2") && told.contains("ada@h/m"),
            "{told}"
        );
    }
}

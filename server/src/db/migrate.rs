//! Applies and takes back the embedded migrations. Nodes that start together migrate once, and nodes
//! of the version before serve on meanwhile.

use std::time::Duration;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::USUAL_WAITS;
use super::{Conn, Db};
use crate::error::Error;

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");
/// Any number, the same on every node.
const LOCK: i64 = 7_061_970;
/// How long a migration may wait for a table that a transaction holds: everybody who comes for that
/// table after it waits as well.
const HOLD_UP: Duration = Duration::from_secs(1);
/// How long the others may go on before it tries again, and how often it does: for ten minutes, within
/// which a backup should be done.
const BETWEEN: Duration = Duration::from_secs(2);
const TRIES: u32 = 200;

/// Brings the database up to this binary's schema and says how many migrations ran.
///
/// # Errors
/// `Internal` naming the migration that failed; what ran before it stays.
pub fn migrate(db: &Db) -> Result<usize, Error> {
    let mut ran = 0;
    alone(db, |conn| {
        // One by one: of those before one that must be tried again, none is counted twice.
        while step(conn)? {
            ran += 1;
        }
        Ok(ran)
    })
}

/// Applies the next migration; false when there is none.
fn step(conn: &mut Conn) -> Result<bool, Fault> {
    match conn {
        Conn::Sqlite(c) => {
            let is_due = c.has_pending_migration(SQLITE)?;
            is_due.then(|| c.run_next_migration(SQLITE)).transpose()?;
            Ok(is_due)
        }
        Conn::Postgres(c) => {
            let is_due = c.has_pending_migration(POSTGRES)?;
            is_due.then(|| c.run_next_migration(POSTGRES)).transpose()?;
            Ok(is_due)
        }
    }
}

/// Takes back the newest `count` migrations.
///
/// # Errors
/// `Internal` naming the migration that failed; what was taken back before it stays so.
pub fn revert(db: &Db, count: usize) -> Result<usize, Error> {
    let mut done = 0;
    alone(db, |conn| {
        while done < count {
            match conn {
                Conn::Sqlite(c) => c.revert_last_migration(SQLITE).map(|_| ())?,
                Conn::Postgres(c) => c.revert_last_migration(POSTGRES).map(|_| ())?,
            }
            done += 1;
        }
        Ok(count)
    })
}

/// Takes back every migration, and with them everything the database holds.
pub fn revert_all(db: &Db) -> Result<(), Error> {
    alone(db, |conn| match conn {
        Conn::Sqlite(c) => c.revert_all_migrations(SQLITE).map(|_| ()),
        Conn::Postgres(c) => c.revert_all_migrations(POSTGRES).map(|_| ()),
    })
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// One migrating node at a time: a session lock on PostgreSQL, the file's own lock on SQLite. There
/// `work` is tried again while a transaction holds a table that it needs.
fn alone<T>(db: &Db, mut work: impl FnMut(&mut Conn) -> Result<T, Fault>) -> Result<T, Error> {
    db.with_writer(|conn| {
        let postgres = matches!(conn, Conn::Postgres(_));
        if postgres {
            conn.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0;")?;
            conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
            let wait = HOLD_UP.as_millis();
            conn.batch_execute(&format!("SET lock_timeout = {wait}"))?;
        }
        let mut result = work(conn);
        for _ in 1..TRIES {
            match &result {
                Err(why) if postgres && is_held_up(why) => {
                    tracing::warn!("a migration waits for a transaction that holds a table");
                    std::thread::sleep(BETWEEN);
                }
                _ => break,
            }
            result = work(conn);
        }
        let result = result.map_err(|why| Error::Internal(format!("A migration failed: {why}.")));
        if postgres {
            conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK}); {USUAL_WAITS}"))?;
        }
        result
    })
}

/// Told by the database's own words, since diesel has no kind for it.
fn is_held_up(why: &Fault) -> bool {
    why.to_string().contains("due to lock timeout")
}

/// Migrations that are compiled in but not applied yet.
pub fn pending(db: &Db) -> Result<usize, Error> {
    db.with_writer(|conn| {
        match conn {
            Conn::Sqlite(c) => c.pending_migrations(SQLITE).map(|list| list.len()),
            Conn::Postgres(c) => c.pending_migrations(POSTGRES).map(|list| list.len()),
        }
        .map_err(|why| Error::Internal(why.to_string()))
    })
}

/// Migrations that were applied and are not compiled in: the database is of a newer version.
pub fn unknown(db: &Db) -> Result<usize, Error> {
    db.with_writer(|conn| {
        match conn {
            Conn::Sqlite(c) => count_unknown(c, &SQLITE),
            Conn::Postgres(c) => count_unknown(c, &POSTGRES),
        }
        .map_err(|why| Error::Internal(why.to_string()))
    })
}

fn count_unknown<B: Backend>(
    conn: &mut impl MigrationHarness<B>,
    ours: &EmbeddedMigrations,
) -> Result<usize, Fault> {
    let ours = MigrationSource::<B>::migrations(ours)?;
    let applied = conn.applied_migrations()?;
    let is_ours = |version| ours.iter().any(|known| known.name().version() == version);
    Ok(applied
        .into_iter()
        .filter(|version| !is_ours(version.as_owned()))
        .count())
}

/// A short mark that changes with the PostgreSQL migrations: names the tests' template database.
pub fn migrations_mark() -> String {
    use sha2::{Digest, Sha256};
    let names: Vec<String> = MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRES)
        .unwrap_or_default()
        .iter()
        .map(|migration| migration.name().to_string())
        .collect();
    let mut hash = Sha256::new();
    hash.update(names.join(" "));
    hash.update(MARK);
    crate::ids::hex(&hash.finalize()[..6])
}

/// The text of the PostgreSQL migrations that may still change before the first release.
const MARK: &str = concat!(
    include_str!("../../../migrations/postgres/2026-11-21-000100_people/up.sql"),
    include_str!("../../../migrations/postgres/2026-11-21-000200_sessions/up.sql"),
    include_str!("../../../migrations/postgres/2026-11-21-000300_ledger/up.sql"),
    include_str!("../../../migrations/postgres/2026-11-21-000400_tasks/up.sql"),
    include_str!("../../../migrations/postgres/2026-11-21-000500_conversation/up.sql"),
);

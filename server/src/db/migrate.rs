//! Applies and takes back the embedded migrations. Nodes that start together migrate once.

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Db};
use crate::error::Error;

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");
/// Any number, the same on every node.
const LOCK: i64 = 7_061_970;

/// Brings the database up to this binary's schema and says how many migrations ran.
///
/// # Errors
/// `Internal` naming the migration that failed; what ran before it stays.
pub fn migrate(db: &Db) -> Result<usize, Error> {
    alone(db, |conn| match conn {
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|ran| ran.len()),
        Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(|ran| ran.len()),
    })
}

/// Takes back the newest `count` migrations.
pub fn revert(db: &Db, count: usize) -> Result<usize, Error> {
    alone(db, |conn| {
        for _ in 0..count {
            match conn {
                Conn::Sqlite(c) => c.revert_last_migration(SQLITE).map(|_| ())?,
                Conn::Postgres(c) => c.revert_last_migration(POSTGRES).map(|_| ())?,
            }
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

/// One migrating node at a time: a session lock on PostgreSQL, the file's own lock on SQLite.
fn alone<T>(db: &Db, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Error> {
    db.with_writer(|conn| {
        let postgres = matches!(conn, Conn::Postgres(_));
        if postgres {
            conn.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0;")?;
            conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
        }
        let result = work(conn).map_err(|why| Error::Internal(format!("A migration failed: {why}.")));
        if postgres {
            conn.batch_execute(&format!(
                "SELECT pg_advisory_unlock({LOCK}); SET lock_timeout = '5s'; SET statement_timeout = '30s';"
            ))?;
        }
        result
    })
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

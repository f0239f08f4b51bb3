//! The database behind one door: [`Db::read`] and [`Db::write`].
//!
//! One set of queries runs over SQLite and PostgreSQL ([`Conn`]). `write` is the only way to open a
//! transaction: on SQLite it takes the write lock at once (`BEGIN IMMEDIATE`), because a lock taken
//! late turns hundreds of concurrent read-then-write transactions into "database is locked".

mod conn;
mod copy;
pub mod dialect;
mod migrate;
mod prepared;
pub mod schema;

pub(crate) use conn::on_backend;
pub use conn::{Conn, Kind, MultiBackend};
pub use copy::copy;
pub use migrate::{migrate, migrations_mark, pending, revert, revert_all, unknown};
pub(crate) use prepared::prepared;

use diesel::connection::SimpleConnection;
use diesel::r2d2::Pool;
use prometheus_client::metrics::counter::Counter;

use crate::error::Error;
use conn::{Manager, Pools};

/// Whether the database answers the simplest question.
pub fn answers(conn: &mut Conn) -> Result<(), Error> {
    Ok(conn.batch_execute("SELECT 1")?)
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
    pools: Pools,
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
            pools: Pools::open(place)?,
        })
    }

    /// Which of the two databases this is.
    pub fn kind(&self) -> Kind {
        self.pools.kind
    }

    /// Runs `work` on a connection, outside any transaction: each statement sees what is committed.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let pool = self.pools.readers.clone();
        blocking(move || work(&mut **conn::get(&pool)?)).await
    }

    /// Runs `work` in one transaction that is committed when it returns `Ok` and undone otherwise.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let pool = self.pools.writers.clone();
        blocking(move || transaction(&pool, dialect::begin, work)).await
    }

    /// [`Db::write`] for callers that stand on a thread of their own.
    pub fn write_blocking<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, Error> {
        transaction(&self.pools.writers, dialect::begin, work)
    }

    /// Runs `work` on one unchanging state of the database while others write on.
    pub async fn snapshot<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let pool = self.pools.readers.clone();
        blocking(move || transaction(&pool, dialect::begin_snapshot, work)).await
    }

    /// [`Db::read`] for callers that stand on a thread of their own.
    pub fn read_blocking<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, Error> {
        work(&mut **conn::get(&self.pools.readers)?)
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
        let look = |name, pool: &Pool<Manager>| {
            let state = pool.state();
            InUse {
                name,
                busy: state.connections.saturating_sub(state.idle_connections),
                idle: state.idle_connections,
            }
        };
        match self.kind() {
            Kind::Sqlite => vec![
                look("readers", &self.pools.readers),
                look("writer", &self.pools.writers),
            ],
            Kind::Postgres => vec![look("all", &self.pools.writers)],
        }
    }

    /// Times that somebody waited for a connection in vain.
    pub fn refusals(&self) -> &Counter {
        &self.pools.refusals
    }

    /// A writing connection outside any transaction: for migrations and backups alone.
    pub(crate) fn with_writer<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, Error> {
        work(&mut **conn::get(&self.pools.writers)?)
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

/// Rolls back unless told otherwise, so that a panic inside `work` leaves no open transaction.
struct Open<'a>(&'a mut Conn, bool);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if self.1 && self.0.batch_execute("ROLLBACK").is_err() {
            tracing::warn!("a transaction could not be rolled back; its connection is closed");
        }
    }
}

fn transaction<T>(
    pool: &Pool<Manager>,
    begin: fn(&Conn) -> &'static str,
    work: impl FnOnce(&mut Conn) -> Result<T, Error>,
) -> Result<T, Error> {
    let conn: &mut Conn = &mut **conn::get(pool)?;
    conn.batch_execute(begin(conn))?;
    let mut open = Open(conn, true);
    let result = work(open.0)?;
    open.0.batch_execute("COMMIT")?;
    open.1 = false;
    Ok(result)
}

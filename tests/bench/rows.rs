//! The peers of the ledger: what a person would write first. One row, one transaction, one commit,
//! into a table with the columns and keys of `ledger`: no HTTP, no rules. The first peer writes the
//! row and nothing else; the second also adds to the totals that Muster keeps with every entry, of
//! the member and of the four regions above, in the same transaction.

#![expect(
    clippy::ref_option_ref,
    reason = "what the derived insert borrows of a row"
)]

use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel::{PgConnection, SqliteConnection};
use muster::clock::{self, Clock};

use crate::campaign::Campaign;
use crate::load::Answered;

/// Where the peers' members live.
const HOMES: [&str; 4] = [
    "us-nc-37183-27601",
    "us-nc-37119-28202",
    "us-nc-37081-27401",
    "us-nc-37063-27701",
];
/// The peer's table.
pub const TABLE: &str = "one_by_one";

diesel::table! {
    one_by_one (volunteer_id, id) {
        volunteer_id -> BigInt,
        id -> BigInt,
        key -> Text,
        fingerprint -> Text,
        kind -> Text,
        quantity -> Nullable<Integer>,
        conversations -> Nullable<Integer>,
        minutes -> Nullable<Integer>,
        note -> Nullable<Text>,
        task_id -> Nullable<BigInt>,
        occurred_at -> Timestamp,
        week -> Text,
        region -> Text,
        mission -> Integer,
        base -> BigInt,
        weight -> Integer,
        counted -> BigInt,
        verification -> Text,
        corrects -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        actor -> BigInt,
        twin -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    one_by_one_sums (name, week) {
        name -> Text,
        week -> Text,
        points -> BigInt,
        entries -> BigInt,
    }
}

#[derive(Insertable)]
#[diesel(table_name = one_by_one, treat_none_as_default_value = false)]
struct Row<'a> {
    volunteer_id: i64,
    id: i64,
    key: &'a str,
    fingerprint: &'a str,
    kind: &'a str,
    quantity: Option<i32>,
    conversations: Option<i32>,
    minutes: Option<i32>,
    note: Option<&'a str>,
    task_id: Option<i64>,
    occurred_at: clock::Instant,
    week: &'a str,
    region: &'a str,
    mission: i32,
    base: i64,
    weight: i32,
    counted: i64,
    verification: &'a str,
    corrects: Option<i64>,
    reason: Option<&'a str>,
    actor: i64,
    twin: Option<i64>,
    created_at: clock::Instant,
}

/// What one transaction writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The row.
    Row,
    /// The row and five totals.
    Totals,
}

/// How the clients reach the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A connection each.
    Each,
    /// They queue for one connection.
    Shared,
}

impl Way {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Each => "a connection each",
            Self::Shared => "one connection they queue for",
        }
    }
}

/// Makes the peer's table in the campaign's own database.
///
/// # Errors
/// One sentence.
pub fn create(campaign: &Campaign) -> Result<(), String> {
    let statements = if campaign.url.starts_with("sqlite:") {
        let made =
            "SELECT sql AS text FROM sqlite_master WHERE tbl_name = 'ledger' AND sql IS NOT NULL";
        let made = campaign.texts(made)?.join(";\n");
        made.replace("ledger", TABLE)
    } else {
        format!("CREATE TABLE {TABLE} (LIKE ledger INCLUDING ALL)")
    };
    let sums = format!(
        "CREATE TABLE {TABLE}_sums (name TEXT NOT NULL, week TEXT NOT NULL, \
         points BIGINT NOT NULL, entries BIGINT NOT NULL, PRIMARY KEY (name, week))"
    );
    campaign
        .db
        .write_blocking(|conn| Ok(conn.batch_execute(&format!("{statements};\n{sums}"))?))
        .map_err(|why| why.to_string())
}

/// A connection to either database, set up as Muster's own are.
enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Link {
    fn open(url: &str) -> Result<Self, String> {
        let said = |why: &dyn std::fmt::Display| why.to_string();
        if let Some(file) = url.strip_prefix("sqlite:") {
            let mut conn = SqliteConnection::establish(file).map_err(|why| said(&why))?;
            // Muster's, but with patience for sixty-four who want the one lock.
            conn.batch_execute(
                "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;",
            )
            .map_err(|why| said(&why))?;
            Ok(Self::Sqlite(conn))
        } else {
            let conn = PgConnection::establish(url).map_err(|why| said(&why))?;
            Ok(Self::Postgres(conn))
        }
    }

    fn write(&mut self, deed: Deed, row: &Row<'_>) -> Result<(), String> {
        let done = match deed {
            // One statement on its own is one transaction, in one round trip.
            Deed::Row => self.insert(row),
            Deed::Totals => self.insert_and_add(row),
        };
        done.map_err(|why| format!("A row was refused: {why}."))
    }

    fn insert(&mut self, row: &Row<'_>) -> QueryResult<()> {
        let insert = diesel::insert_into(one_by_one::table).values(row);
        match self {
            Self::Sqlite(conn) => insert.execute(conn),
            Self::Postgres(conn) => insert.execute(conn),
        }
        .map(drop)
    }

    fn insert_and_add(&mut self, row: &Row<'_>) -> QueryResult<()> {
        match self {
            // The lock at once, as Muster takes it: taken late it is refused under load.
            Self::Sqlite(conn) => conn.batch_execute("BEGIN IMMEDIATE"),
            Self::Postgres(conn) => conn.batch_execute("BEGIN"),
        }?;
        self.insert(row)?;
        self.add(&format!("member {}", row.volunteer_id), row)?;
        // The leaf first, so that the row everybody wants is held for the shortest time.
        let mut region = row.region;
        loop {
            self.add(region, row)?;
            match region.rsplit_once('-') {
                Some((above, _)) => region = above,
                None => break,
            }
        }
        match self {
            Self::Sqlite(conn) => conn.batch_execute("COMMIT"),
            Self::Postgres(conn) => conn.batch_execute("COMMIT"),
        }
    }

    fn add(&mut self, name: &str, row: &Row<'_>) -> QueryResult<()> {
        use one_by_one_sums as sums;
        let new = (
            sums::name.eq(name),
            sums::week.eq(row.week),
            sums::points.eq(row.counted),
            sums::entries.eq(1_i64),
        );
        macro_rules! upsert {
            ($conn:expr) => {
                diesel::insert_into(sums::table)
                    .values(new)
                    .on_conflict((sums::name, sums::week))
                    .do_update()
                    .set((
                        sums::points.eq(sums::points + excluded(sums::points)),
                        sums::entries.eq(sums::entries + excluded(sums::entries)),
                    ))
                    .execute($conn)
            };
        }
        match self {
            Self::Sqlite(conn) => upsert!(conn),
            Self::Postgres(conn) => upsert!(conn),
        }
        .map(drop)
    }
}

/// Lets `clients` write for `time`, each row in a transaction of its own.
///
/// # Errors
/// One sentence when a row is refused.
pub fn run(
    campaign: &Campaign,
    clients: usize,
    time: Duration,
    (way, deed): (Way, Deed),
) -> Result<Answered, String> {
    let connections = if way == Way::Each { clients } else { 1 };
    let links: Result<Vec<_>, String> = (0..connections)
        .map(|_| Ok(Arc::new(Mutex::new(Link::open(&campaign.url)?))))
        .collect();
    let links = links?;
    let barrier = Arc::new(Barrier::new(clients + 1));
    let working: Vec<_> = (0..clients)
        .zip(links.iter().cycle())
        .map(|(at, link)| {
            let (link, barrier) = (link.clone(), barrier.clone());
            std::thread::spawn(move || client(at, &link, &barrier, time, deed))
        })
        .collect();
    barrier.wait();
    let (began, mut all) = (Instant::now(), Answered::default());
    for thread in working {
        let micros = thread.join().map_err(|_| "A client of the peer ended.")??;
        all.micros.extend(micros);
    }
    all.took = began.elapsed();
    all.count = all.micros.len() as u64;
    all.micros.sort_unstable();
    Ok(all)
}

fn client(
    at: usize,
    link: &Mutex<Link>,
    barrier: &Barrier,
    time: Duration,
    deed: Deed,
) -> Result<Vec<u32>, String> {
    let start = Clock::System.now();
    let who = i64::try_from(at).unwrap_or(0) + 1_000_000_000_000_000;
    let mut micros = Vec::with_capacity(16_384);
    barrier.wait();
    let began = Instant::now();
    while began.elapsed() < time {
        let n = i64::try_from(micros.len()).unwrap_or(0);
        let id = start.micros() + n;
        let key = format!("{who}:{id}");
        let row = Row {
            volunteer_id: who,
            id,
            key: &key,
            fingerprint: "0123456789abcdef0123456789abcdef",
            kind: "doors",
            quantity: Some(12),
            conversations: Some(4),
            minutes: None,
            note: None,
            task_id: None,
            occurred_at: start,
            week: "2026-W47",
            region: HOMES.get(at % HOMES.len()).copied().unwrap_or("us"),
            mission: 10_000,
            base: 4_000,
            weight: 5_000,
            counted: 2_000,
            verification: "unverified",
            corrects: None,
            reason: None,
            actor: who,
            twin: Some(id.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed())),
            created_at: Clock::System.now(),
        };
        let asked = Instant::now();
        link.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(deed, &row)?;
        micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(micros)
}

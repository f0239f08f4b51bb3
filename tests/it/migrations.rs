//! Both sets of migrations make the same house, and can be walked down and up again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::future::join_all;
use muster::Server;
use muster::clock::Clock;
use muster::db::{Conn, Db, Kind, migrate, pending, revert};
use muster::error::Error;
use muster::settings::{Secret, Settings};
use serde_json::json;

use crate::support::{Client, Place, World, both, empty_database, services};

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    nullable: String,
}

type Tables = BTreeMap<String, BTreeSet<String>>;

fn tables(db: &Db) -> Tables {
    let query = match db.kind() {
        Kind::Sqlite => {
            "SELECT m.name AS table_name, c.name AS column_name, lower(c.type) AS kind, \
             CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 'NO' ELSE 'YES' END AS nullable \
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        }
        Kind::Postgres => {
            "SELECT c.table_name::text, c.column_name::text, c.data_type::text AS kind, c.is_nullable::text AS nullable \
             FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name NOT LIKE 'ledger\\_%'"
        }
    };
    let rows: Vec<Column> = db
        .read_blocking(|conn: &mut Conn| diesel::sql_query(query).load(conn).map_err(Error::from))
        .expect("columns");
    let mut tables = Tables::new();
    for row in rows
        .into_iter()
        .filter(|row| !row.table_name.starts_with("__diesel"))
    {
        let kind = match row.kind.as_str() {
            "timestamp without time zone" => "timestamp",
            "double precision" => "double",
            other => other,
        };
        tables
            .entry(row.table_name)
            .or_default()
            .insert(format!("{} {kind} {}", row.column_name, row.nullable));
    }
    tables
}

/// What diesel's schema says, read from its source: the third copy of the same truth.
fn schema() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../server/src/db/schema.rs");
    let mut tables = BTreeMap::new();
    for table in text.split("diesel::table! {").skip(1) {
        let name = table
            .trim_start()
            .split(' ')
            .next()
            .expect("a name")
            .to_owned();
        let columns = table
            .split('}')
            .next()
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.trim().trim_end_matches(',').split_once(" -> "))
            .map(|(column, kind)| {
                let (kind, nullable) = match kind.strip_prefix("Nullable<") {
                    Some(inner) => (inner.trim_end_matches('>'), "YES"),
                    None => (kind, "NO"),
                };
                let kind = match kind {
                    "BigInt" => "bigint",
                    "Integer" => "integer",
                    "Bool" => "boolean",
                    "Double" => "double",
                    "Timestamp" => "timestamp",
                    _ => "text",
                };
                format!("{column} {kind} {nullable}")
            })
            .collect();
        tables.insert(name, columns);
    }
    tables
}

/// How many migrations there are.
fn steps() -> usize {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/sqlite");
    std::fs::read_dir(folder).expect("a folder").count()
}

both! {
    async fn the_tables_are_those_of_the_schema(world: World) {
        let found = tables(&world.server.app.db);
        assert_eq!(found.keys().collect::<Vec<_>>(), schema().keys().collect::<Vec<_>>());
        for (table, columns) in schema() {
            assert_eq!(found[&table], columns, "{table}");
        }
    }

    async fn migrations_go_down_to_nothing_and_up_again(world: World) {
        let db = world.server.app.db.clone();
        let before = tables(&db);
        let steps = steps();
        tokio::task::spawn_blocking(move || {
            revert(&db, steps).expect("down");
            assert!(tables(&db).is_empty(), "{:?}", tables(&db).keys());
            assert_eq!(pending(&db).expect("a count"), steps);
            assert_eq!(migrate(&db).expect("up"), steps);
            assert_eq!(tables(&db), before);
        })
        .await
        .expect("the walk");
    }

    async fn every_table_has_a_privacy_class(world: World) {
        let classes: BTreeSet<&str> = muster::me::CLASSES.iter().map(|(table, _)| *table).collect();
        for table in tables(&world.server.app.db).keys() {
            assert!(classes.contains(table.as_str()), "{table} needs a class in me/export.rs");
        }
    }
}

/// The number a query gives as its column `n`.
fn count(conn: &mut PgConnection, query: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let row: Counted = diesel::sql_query(query).get_result(conn).expect(query);
    row.n
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_nodes_that_start_together_on_nothing_migrate_once() {
    let Some((server, redis)) = services() else {
        eprintln!("left out: no production services are named");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::defaults().expect("the defaults");
    settings.listen = "127.0.0.1:0".into();
    settings.mail = Secret("memory".into());
    settings.workers = 1;
    settings.database_connections = 4;
    settings.keys_file = folder.path().join("keys.json");
    settings.database_url = Secret(empty_database(&server));
    settings.redis_url = Secret(redis);
    muster::sessions::Keys::open(&settings.keys_file).expect("keys for all of them");
    // Who came second without waiting would find the tables there and fail.
    let starting = (0..3).map(|_| tokio::spawn(Server::start(settings.clone(), Clock::System)));
    let started = join_all(starting.collect::<Vec<_>>()).await;
    let mut conn = PgConnection::establish(&settings.database_url.0).expect("the database");
    let ran = "SELECT count(*) AS n FROM __diesel_schema_migrations";
    assert_eq!(count(&mut conn, ran), steps() as i64);
    let locks = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND database = \
                 (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(count(&mut conn, locks), 0, "nobody holds the lock any more");
    for node in started {
        let node = node.expect("a task").expect("every node starts");
        Client::new(node.url()).get("/readyz").await.expect(200);
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_must_wait_for_a_table_lets_the_node_before_it_serve() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: no production services are named");
        return;
    };
    // The version before: none of the migrations since the one that refers to `volunteers`. Its node
    // serves on throughout.
    let names = std::fs::read_dir(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../migrations/postgres"
    ));
    let newer = names.expect("the migrations").filter(|entry| {
        let name = entry.as_ref().expect("an entry").file_name();
        name.to_string_lossy().as_ref() >= "2026-11-21-000500_conversation" && name != "README.md"
    });
    let newer = newer.count();
    let db = world.server.app.db.clone();
    let back = tokio::task::spawn_blocking(move || revert(&db, newer));
    back.await.expect("a thread").expect("some migrations back");
    let count = newer;
    let url = world.settings.database_url.0.clone();
    let mut holder = PgConnection::establish(&url).expect("a connection");
    // A table that the migration refers to is held, as by an import that takes its time.
    let hold = "BEGIN; LOCK TABLE volunteers IN ROW EXCLUSIVE MODE";
    holder.batch_execute(hold).expect("the table is held");
    let place = muster::db::Place {
        url: url.clone(),
        connections: 1,
        create: false,
    };
    let newer = Db::open(&place).expect("the newer version");
    let migrating = tokio::task::spawn_blocking(move || migrate(&newer));
    // Each of these writes to that table: somebody comes in, and is active for the first time.
    let mut done = 0;
    let until = Instant::now() + Duration::from_secs(9);
    while Instant::now() < until {
        let email = format!("p{done}@example.org");
        let person = world.person(&email, "us-oh-39049-43215").await;
        let body = json!({"kind": "doors", "quantity": 10});
        let answer = person.client.score("/api/v1/activities", "k", &body).await;
        answer.expect(201);
        done += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!migrating.is_finished(), "the table is still held");
    holder.batch_execute("ROLLBACK").expect("the table is free");
    let ran = migrating.await.expect("a thread").expect("the migration");
    assert_eq!(ran, count);
    let lines = world.count("SELECT count(*) AS n FROM ledger").await;
    assert_eq!(lines, done, "what was acknowledged is there");
    assert_eq!(pending(&world.server.app.db).expect("a count"), 0);
    world.browser().get("/readyz").await.expect(200);
    world.assert_totals_fold().await;
}

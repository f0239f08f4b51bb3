//! Both sets of migrations make the same house, and can be walked down and up again.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use muster::db::{Conn, Db, Kind, migrate, pending, revert};
use muster::error::Error;

use crate::support::{World, both};

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
        let steps = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/sqlite")).expect("a folder").count();
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

//! Named fragments of SQL that differ between the two databases.

use super::Conn;

/// Opens a transaction that may write.
pub fn begin(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
        Conn::Postgres(_) => "BEGIN",
    }
}

/// Opens a transaction that reads one state of everything from its first question to its end.
pub fn begin_snapshot(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "BEGIN",
        Conn::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    }
}

/// Lets the statements of this transaction take as long as they need, where they may not otherwise.
pub fn take_time(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "SELECT 1",
        Conn::Postgres(_) => "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0",
    }
}

/// How many tables there are besides the migrations' own notes, as `count`.
pub fn count_tables(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => {
            "SELECT COUNT(*) AS count FROM sqlite_master \
             WHERE type = 'table' AND name <> '__diesel_schema_migrations'"
        }
        Conn::Postgres(_) => {
            "SELECT COUNT(*) AS count FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name <> '__diesel_schema_migrations'"
        }
    }
}

/// Takes a lock that one transaction of the whole cluster can hold: until its end on PostgreSQL;
/// on SQLite every writing transaction holds the only lock already, so nothing is left to do.
pub fn lock(conn: &Conn, number: i64) -> String {
    match conn {
        Conn::Sqlite(_) => "SELECT 1".to_owned(),
        Conn::Postgres(_) => format!("SELECT pg_advisory_xact_lock({number})"),
    }
}

/// Numbers as a JSON array: what SQLite takes as one value and `json_each` lays out as rows.
pub fn json_numbers(numbers: impl Iterator<Item = i64>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

/// A query for the rows of `table` whose `column` is `$1`, each as one JSON text called `row`, at most
/// `$2` of them; `None` when the table does not exist. Both names must be constants of ours.
pub fn rows_as_json(conn: &mut Conn, table: &'static str, column: &'static str) -> Option<String> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    match conn {
        Conn::Postgres(_) => Some(format!(
            "SELECT row_to_json(t)::text AS row FROM {table} t WHERE {column} = $1 LIMIT $2"
        )),
        Conn::Sqlite(c) => {
            let columns: Vec<Name> =
                diesel::sql_query(format!("SELECT name FROM pragma_table_info('{table}')"))
                    .load(c)
                    .ok()
                    .filter(|columns: &Vec<Name>| !columns.is_empty())?;
            let pairs: Vec<String> = columns
                .iter()
                .map(|c| format!("'{0}', \"{0}\"", c.name))
                .collect();
            Some(format!(
                "SELECT json_object({}) AS row FROM {table} WHERE {column} = $1 LIMIT $2",
                pairs.join(", ")
            ))
        }
    }
}

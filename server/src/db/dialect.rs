//! Named fragments of SQL that differ between the two databases.

use super::Conn;

/// Opens a transaction that may write.
pub fn begin(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
        Conn::Postgres(_) => "BEGIN",
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

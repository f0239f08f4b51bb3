//! The SQL of the audit log.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::audit;
use crate::db::{Conn, dialect};
use crate::ids::VolunteerId;
use crate::scope::Scope;

/// Any number, the same on every node.
const LOCK: i64 = 7_061_971;

/// One line.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit)]
pub struct Line {
    /// Counts up from 1 without gaps.
    pub id: i64,
    /// Who.
    pub actor: VolunteerId,
    /// What, in the past tense.
    pub deed: String,
    /// JSON.
    pub detail: String,
    /// When.
    pub at: Instant,
    /// SHA-256 over the line before and this one.
    pub hash: String,
}

/// One appender at a time, so that the chain has no fork.
pub fn lock(conn: &mut Conn) -> QueryResult<()> {
    let lock = dialect::lock(conn, LOCK);
    conn.batch_execute(&lock)
}

pub fn last(conn: &mut Conn) -> QueryResult<Option<Line>> {
    audit::table
        .order(audit::id.desc())
        .select(Line::as_select())
        .first(conn)
        .optional()
}

pub fn insert(conn: &mut Conn, line: &Line) -> QueryResult<usize> {
    diesel::insert_into(audit::table)
        .values(line.clone())
        .execute(conn)
}

pub fn list(conn: &mut Conn, scope: &Scope, before: i64, limit: i64) -> QueryResult<Vec<Line>> {
    audit::table
        .filter(audit::id.lt(if scope.is_everything() { before } else { 0 }))
        .order(audit::id.desc())
        .limit(limit)
        .select(Line::as_select())
        .load(conn)
}

pub fn page(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Vec<Line>> {
    audit::table
        .filter(audit::id.gt(after))
        .order(audit::id)
        .limit(limit)
        .select(Line::as_select())
        .load(conn)
}

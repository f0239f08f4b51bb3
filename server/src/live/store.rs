//! The SQL of live tickets. A ticket stands here as its hash, for the half minute it lives.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::live_tickets;
use crate::ids::SessionId;
use crate::sessions::Viewer;

/// Stores a ticket of `viewer`'s session, and sweeps out those that nobody used in time.
pub fn insert(
    conn: &mut Conn,
    hash: &str,
    viewer: &Viewer,
    now: Instant,
    expires: Instant,
) -> QueryResult<usize> {
    diesel::delete(live_tickets::table.filter(live_tickets::expires_at.le(now))).execute(conn)?;
    diesel::insert_into(live_tickets::table)
        .values((
            live_tickets::hash.eq(hash),
            live_tickets::session_id.eq(viewer.session),
            live_tickets::volunteer_id.eq(viewer.id),
            live_tickets::expires_at.eq(expires),
        ))
        .execute(conn)
}

/// Takes a ticket that still lives: of several who try, one gets its session.
pub fn delete(conn: &mut Conn, hash: &str, now: Instant) -> QueryResult<Option<SessionId>> {
    let session = live_tickets::table
        .filter(live_tickets::hash.eq(hash))
        .filter(live_tickets::expires_at.gt(now))
        .select(live_tickets::session_id)
        .first(conn)
        .optional()?;
    let taken =
        diesel::delete(live_tickets::table.filter(live_tickets::hash.eq(hash))).execute(conn)?;
    Ok(session.filter(|_| taken == 1))
}

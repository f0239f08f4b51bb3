//! The SQL of sessions.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use super::rotation::{device_column, family};
use super::{Audience, Opened, Viewer, keys};
use crate::clock::Instant;
use crate::db::schema::{live_tickets, sessions, volunteers};
use crate::db::{Conn, dialect, prepared};
use crate::ids::{SessionId, VolunteerId};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// A session as its owner sees it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub volunteer_id: VolunteerId,
    /// `web` or `api`.
    pub audience: String,
    /// What the browser called itself.
    pub device: String,
    /// When it was opened.
    pub created_at: Instant,
    /// When it was last used, within ten minutes.
    pub seen_at: Instant,
}

/// A program's session with what tells its good refresh token from a spent one.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Held {
    pub id: SessionId,
    pub volunteer_id: VolunteerId,
    pub refresh_hash: String,
    pub spent_hash: Option<String>,
    pub device: String,
    pub seen_at: Instant,
}

pub fn insert(
    conn: &mut Conn,
    opened: &Opened,
    audience: Audience,
    device: &str,
    now: Instant,
    expires: Instant,
) -> QueryResult<usize> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(opened.session),
            sessions::volunteer_id.eq(opened.volunteer),
            sessions::audience.eq(audience.column()),
            sessions::refresh_hash.eq(keys::digest(&opened.refresh)),
            sessions::family_hash.eq(family(&opened.refresh).map(keys::digest)),
            sessions::device.eq(device_column(device)),
            sessions::created_at.eq(now),
            sessions::seen_at.eq(now),
            sessions::expires_at.eq(expires),
        ))
        .execute(conn)
}

/// A session's person: id, name, region, zone, quiet, staff, and one of their offices.
type ViewerRow = (
    BigInt,
    BigInt,
    Text,
    Text,
    Text,
    Bool,
    Nullable<BigInt>,
    Nullable<Text>,
);

prepared! {
    /// The people behind live sessions, a row for each of their offices.
    ViewersPg on Pg =
        "WITH asked (ids, now) AS (SELECT "
    {
        sessions: [SessionId] => Array<BigInt>,
        now: Instant => Timestamp,
    }
        ") SELECT s.id, v.id, v.name, v.region, v.zone, v.quiet, t.volunteer_id, c.region \
         FROM asked CROSS JOIN LATERAL unnest(asked.ids) AS i (id) \
         JOIN sessions s ON s.id = i.id AND s.revoked_at IS NULL AND s.expires_at > asked.now \
         JOIN volunteers v ON v.id = s.volunteer_id AND v.erased_at IS NULL \
         LEFT JOIN staff t ON t.volunteer_id = v.id \
         LEFT JOIN captains c ON c.volunteer_id = v.id ORDER BY c.region"
    gives ViewerRow
}

prepared! {
    /// The same; `sessions` is a JSON array of numbers.
    ViewersSqlite on Sqlite =
        "WITH asked (ids, now) AS (SELECT "
    {
        sessions: str => Text,
        now: Instant => Timestamp,
    }
        ") SELECT s.id, v.id, v.name, v.region, v.zone, v.quiet, t.volunteer_id, c.region \
         FROM asked CROSS JOIN json_each(asked.ids) i \
         CROSS JOIN sessions s ON s.id = i.value AND s.revoked_at IS NULL AND s.expires_at > asked.now \
         CROSS JOIN volunteers v ON v.id = s.volunteer_id AND v.erased_at IS NULL \
         LEFT JOIN staff t ON t.volunteer_id = v.id \
         LEFT JOIN captains c ON c.volunteer_id = v.id ORDER BY c.region"
    gives ViewerRow
}

/// The people behind those of `asked` that are alive, with their offices. Sessions name themselves
/// here, so there is no scope.
pub fn list_viewers(
    conn: &mut Conn,
    asked: &[SessionId],
    now: Instant,
) -> QueryResult<HashMap<SessionId, Arc<Viewer>>> {
    type Row = (
        SessionId,
        VolunteerId,
        String,
        RegionCode,
        String,
        bool,
        Option<VolunteerId>,
        Option<RegionCode>,
    );
    let now = &now;
    let rows: Vec<Row> = match conn {
        Conn::Sqlite(c) => {
            let sessions = dialect::json_numbers(asked.iter().map(|session| session.0));
            let sessions = sessions.as_str();
            ViewersSqlite { sessions, now }.load(c)
        }
        Conn::Postgres(c) => {
            let sessions = asked;
            ViewersPg { sessions, now }.load(c)
        }
    }?;
    let mut viewers: HashMap<SessionId, Viewer> = HashMap::with_capacity(asked.len());
    for (session, id, name, region, zone, quiet, staff, office) in rows {
        let viewer = viewers.entry(session).or_insert_with(|| Viewer {
            id,
            session,
            name,
            region,
            zone,
            quiet,
            staff: staff.is_some(),
            leads: Vec::new(),
        });
        viewer.leads.extend(office);
    }
    Ok(viewers
        .into_iter()
        .map(|(session, viewer)| (session, Arc::new(viewer)))
        .collect())
}

/// Those of `sessions` that are neither revoked nor expired, and whose person is not erased, each with
/// where that person belongs. Sessions name themselves here, so there is no scope.
pub fn list_alive(
    conn: &mut Conn,
    sessions: HashSet<SessionId>,
    now: Instant,
) -> QueryResult<HashMap<SessionId, RegionCode>> {
    let asked: Vec<SessionId> = sessions.into_iter().collect();
    let mut alive = HashMap::with_capacity(asked.len());
    for some in asked.chunks(500) {
        let found: Vec<(SessionId, RegionCode)> = sessions::table
            .inner_join(volunteers::table.on(volunteers::id.eq(sessions::volunteer_id)))
            .filter(sessions::id.eq_any(some))
            .filter(sessions::revoked_at.is_null())
            .filter(sessions::expires_at.gt(now))
            .filter(volunteers::erased_at.is_null())
            .select((sessions::id, volunteers::region))
            .load(conn)?;
        alive.extend(found);
    }
    Ok(alive)
}

/// A browser's session by its secret.
pub fn find_by_refresh(
    conn: &mut Conn,
    hash: &str,
    now: Instant,
) -> QueryResult<Option<SessionRow>> {
    sessions::table
        .filter(sessions::refresh_hash.eq(hash))
        .filter(sessions::audience.eq(Audience::Web.column()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(SessionRow::as_select())
        .first(conn)
        .optional()
}

/// A browser was here.
pub fn update_seen(
    conn: &mut Conn,
    session: SessionId,
    now: Instant,
    expires: Instant,
) -> QueryResult<usize> {
    diesel::update(sessions::table.filter(sessions::id.eq(session)))
        .set((sessions::seen_at.eq(now), sessions::expires_at.eq(expires)))
        .execute(conn)
}

/// A program's live session by the part that all its refresh tokens share.
pub fn find_family(conn: &mut Conn, family: &str, now: Instant) -> QueryResult<Option<Held>> {
    sessions::table
        .filter(sessions::family_hash.eq(family))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(Held::as_select())
        .first(conn)
        .optional()
}

/// Renews the session whose secret still is `old`: of two that come with the same one, one wins.
pub fn update_refresh(
    conn: &mut Conn,
    session: SessionId,
    old: &str,
    hash: &str,
    now: Instant,
    expires: Instant,
) -> QueryResult<usize> {
    let held = sessions::table
        .filter(sessions::id.eq(session))
        .filter(sessions::refresh_hash.eq(old));
    diesel::update(held)
        .set((
            sessions::refresh_hash.eq(hash),
            sessions::spent_hash.eq(old),
            sessions::seen_at.eq(now),
            sessions::expires_at.eq(expires),
        ))
        .execute(conn)
}

/// Ends a session by what it holds itself: nobody asks for it, so there is no scope.
pub fn revoke_held(conn: &mut Conn, held: &Held, now: Instant) -> QueryResult<usize> {
    diesel::update(
        sessions::table
            .filter(sessions::id.eq(held.id))
            .filter(sessions::revoked_at.is_null()),
    )
    .set(sessions::revoked_at.eq(now))
    .execute(conn)
}

/// Sessions are a person's own affair: whatever the scope, only the actor's are touched.
pub fn revoke(
    conn: &mut Conn,
    scope: &Scope,
    session: SessionId,
    now: Instant,
) -> QueryResult<usize> {
    diesel::update(
        sessions::table
            .filter(sessions::id.eq(session))
            .filter(sessions::volunteer_id.eq(scope.actor()))
            .filter(sessions::revoked_at.is_null()),
    )
    .set(sessions::revoked_at.eq(now))
    .execute(conn)
}

pub fn revoke_all(
    conn: &mut Conn,
    volunteer: VolunteerId,
    except: Option<SessionId>,
    now: Instant,
) -> QueryResult<Vec<SessionId>> {
    let ended: Vec<SessionId> = sessions::table
        .filter(sessions::volunteer_id.eq(volunteer))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::id.ne(except.unwrap_or_default()))
        .select(sessions::id)
        .load(conn)?;
    diesel::update(
        sessions::table
            .filter(sessions::volunteer_id.eq(volunteer))
            .filter(sessions::revoked_at.is_null())
            .filter(sessions::id.ne(except.unwrap_or_default())),
    )
    .set(sessions::revoked_at.eq(now))
    .execute(conn)?;
    Ok(ended)
}

/// Ends every session there is; gives how many were open.
pub fn end_all(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    diesel::delete(live_tickets::table).execute(conn)?;
    diesel::update(sessions::table.filter(sessions::revoked_at.is_null()))
        .set(sessions::revoked_at.eq(now))
        .execute(conn)
}

pub fn list(conn: &mut Conn, scope: &Scope, now: Instant) -> QueryResult<Vec<SessionRow>> {
    sessions::table
        .filter(sessions::volunteer_id.eq(scope.actor()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order(sessions::seen_at.desc())
        .limit(100)
        .select(SessionRow::as_select())
        .load(conn)
}

//! The audit log: every staff action and every look of a captain or HQ at what belongs to others,
//! append-only, each line chained to the one before by its hash.
//!
//! Numbers of a region, a board and a list of tasks name nobody's data, and one's own belongs to
//! oneself: reading those leaves no line.

mod store;

use sha2::{Digest, Sha256};

pub use store::Line;

use crate::clock::Instant;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::ids::hex;
use crate::scope::Scope;

/// Writes down what the person in `scope` did. Joins the caller's transaction, so that a deed and
/// its line happen together or not at all. `deed` is a past-tense name (`captain_named`), `detail`
/// any JSON.
pub fn append(
    conn: &mut Conn,
    scope: &Scope,
    deed: &str,
    detail: &serde_json::Value,
    now: Instant,
) -> Result<(), Error> {
    store::lock(conn)?;
    let last = store::last(conn)?;
    let (id, before) = last.map_or((1, String::new()), |line| (line.id + 1, line.hash));
    let mut line = Line {
        id,
        actor: scope.actor(),
        deed: deed.to_owned(),
        detail: detail.to_string(),
        at: now,
        hash: String::new(),
    };
    line.hash = chained(&before, &line);
    store::insert(conn, &line)?;
    Ok(())
}

/// Writes down that the person in `scope` looked at people, between finding them and showing them:
/// the search holds no lock, and what cannot be written down is not shown.
///
/// # Errors
/// `Unavailable` when the log cannot be written.
pub async fn append_look(
    db: &Db,
    scope: Scope,
    deed: &'static str,
    detail: serde_json::Value,
    now: Instant,
) -> Result<(), Error> {
    db.write(move |conn| append(conn, &scope, deed, &detail, now))
        .await
}

/// Lines before `before` (an id), newest first, at most `limit`. HQ alone.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Line>, Error> {
    if !scope.is_everything() {
        return Err(Error::NotFound);
    }
    Ok(store::list(conn, scope, before.unwrap_or(i64::MAX), limit)?)
}

/// The id of the first line that does not follow from the one before it; `None` when the chain holds.
pub fn broken_at(conn: &mut Conn) -> Result<Option<i64>, Error> {
    let mut before = String::new();
    let mut after = 0;
    loop {
        let lines = store::page(conn, after, 1000)?;
        for line in &lines {
            if line.hash != chained(&before, line) || line.id != after + 1 {
                return Ok(Some(line.id));
            }
            before.clone_from(&line.hash);
            after = line.id;
        }
        if lines.is_empty() {
            return Ok(None);
        }
    }
}

fn chained(before: &str, line: &Line) -> String {
    let text = format!(
        "{before}\n{}\n{}\n{}\n{}\n{}",
        line.id, line.actor, line.deed, line.detail, line.at
    );
    hex(&Sha256::digest(text.as_bytes()))
}

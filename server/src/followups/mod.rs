//! Newcomers and the captain who promised to call them within 72 hours.
//!
//! A follow-up is opened when a person confirms their address and closed by whoever reached them.
//! After 72 hours it climbs to the next captain above, and at last to HQ; it is never dropped.

pub mod api;
mod model;
pub mod pages;
mod rules;
mod store;
mod view;

use std::collections::BTreeSet;

use serde_json::json;

pub use model::{FollowUp, Outcome};
pub use rules::PROMISE;
pub use view::{Call, Record};

use crate::app::App;
use crate::audit;
use crate::clock::Instant;
use crate::cluster::Event;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::volunteers::{self, Volunteer};

/// Rows of a queue at most; the most urgent ones.
const QUEUE: i64 = 500;
/// Clocks looked at, those opened and those closed last.
const LATELY: i64 = 2_000;

/// Opens the clock for a newly confirmed person. Joins the caller's transaction; whoever commits it
/// publishes [`Event::QueuesMoved`].
pub fn open(conn: &mut Conn, person: &Volunteer, now: Instant) -> Result<(), Error> {
    store::insert(conn, &Scope::System, person.id, now, rules::due(now))?;
    Ok(())
}

/// The call queue of a region: everybody under it who waits, due first. The look is written to the
/// audit log.
///
/// # Errors
/// `NotFound` when `scope` does not lead `region`.
pub async fn queue(app: &App, scope: Scope, region: &RegionCode) -> Result<Vec<Call>, Error> {
    if !scope.leads(region) {
        return Err(Error::NotFound);
    }
    let (now, asking, of) = (app.clock.now(), scope.clone(), region.clone());
    let (open, captained) = app
        .db
        .read(move |conn| {
            let open = store::list_open(conn, &asking, &of, QUEUE)?;
            let captained = captained(conn, &open)?;
            Ok((open, captained))
        })
        .await?;
    let read = json!({"region": region, "people": open.len()});
    audit::append_look(&app.db, scope, "follow_ups_read", read, now).await?;
    Ok(open
        .into_iter()
        .map(|(open, person)| {
            let holder = rules::holder(&person.region, &captained, open.due_at, now);
            Call::of(&app.tree, open, &person, holder, now)
        })
        .collect())
}

/// How many people under `region` wait for their first call, and how many longer than promised.
pub fn count(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
    now: Instant,
) -> Result<(i64, i64), Error> {
    let open = store::count_open(conn, scope, region, None)?;
    let overdue = store::count_open(conn, scope, region, Some(now))?;
    Ok((open, overdue))
}

/// Whether the person in `scope` still waits for their first call.
pub fn waits(conn: &mut Conn, scope: &Scope) -> Result<bool, Error> {
    let row = store::find(conn, scope, scope.actor())?;
    Ok(row.is_some_and(|row| row.closed_at.is_none()))
}

/// The regions of everybody under `region` who waits, for counts by region.
pub fn regions(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
) -> Result<Vec<RegionCode>, Error> {
    Ok(store::list_regions(conn, scope, region)?)
}

/// Something that moved a call queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// A clock was opened that still runs; when it is due, and the calls so far.
    Opened(Instant, i32),
    /// One was closed.
    Closed(Instant),
}

/// What happened last to call queues, and where the person is.
pub fn lately(conn: &mut Conn, scope: &Scope) -> Result<Vec<(RegionCode, Happened)>, Error> {
    let opened = store::list_opened(conn, scope, LATELY)?;
    let closed = store::list_closed(conn, scope, LATELY)?;
    let opened = opened
        .into_iter()
        .map(|(region, due, tries)| (region, Happened::Opened(due, tries)));
    let closed = closed
        .into_iter()
        .filter_map(|(region, at)| Some((region, Happened::Closed(at?))));
    Ok(opened.chain(closed).collect())
}

/// Records how a call went. Having spoken closes the clock; anything else leaves it running.
///
/// # Errors
/// `Invalid` for a note that is too long; `NotFound` when the person is outside `scope` or has no
/// open follow-up: the two look the same.
pub async fn record(
    app: &App,
    scope: Scope,
    person: VolunteerId,
    record: Record,
) -> Result<Call, Error> {
    let note = record.note()?;
    let (now, tree, outcome) = (app.clock.now(), app.tree.clone(), record.outcome);
    let call = app
        .db
        .write(move |conn| {
            let person = volunteers::hold(conn, &scope, person)?;
            // A captain who is new themselves is called by somebody else.
            if !scope.leads(&person.region) || person.id == scope.actor() {
                return Err(Error::NotFound);
            }
            if store::update(conn, &scope, &person, outcome, note.as_deref(), now)? == 0 {
                return Err(Error::NotFound);
            }
            let line = json!({"volunteer": person.id, "outcome": outcome});
            audit::append(conn, &scope, "followed_up", &line, now)?;
            let row = store::find(conn, &scope, person.id)?.ok_or(Error::NotFound)?;
            let captained = captained(conn, &[(row.clone(), person.clone())])?;
            let holder = rules::holder(&person.region, &captained, row.due_at, now);
            Ok(Call::of(&tree, row, &person, holder, now))
        })
        .await?;
    app.cluster.publish(Event::QueuesMoved {
        regions: vec![call.region.code.clone()],
    });
    Ok(call)
}

/// Which regions around the waiting people have a captain.
fn captained(
    conn: &mut Conn,
    open: &[(FollowUp, Volunteer)],
) -> Result<BTreeSet<RegionCode>, Error> {
    let around: BTreeSet<RegionCode> = open
        .iter()
        .flat_map(|(_, person)| person.region.ancestors_and_self())
        .collect();
    volunteers::captained(conn, around.into_iter().collect())
}

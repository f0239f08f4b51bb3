//! Rosters: who is counted on for a week, fixed on Monday 00:00 of each zone (scoring.md, "The race").
//!
//! Whichever node comes first counts a zone, in the transaction that says so; the others find the
//! lock and leave it. A node remembers what is locked, so asking costs nothing.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use chrono_tz::Tz;

use super::model::RosterPart;
use super::store;
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::db::Conn;
use crate::error::Error;
use crate::ledger::Week;
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// What this node knows to be locked.
#[derive(Default)]
pub struct Known(Mutex<HashSet<(Week, Tz)>>);

impl Known {
    fn missing(&self, week: Week, zones: Vec<Tz>, now: Instant) -> Vec<Tz> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        zones
            .into_iter()
            .filter(|zone| !known.contains(&(week, *zone)))
            .filter(|zone| Instant::from(week.start(*zone)) <= now)
            .collect()
    }

    fn learn(&self, week: Week, zones: &[Tz]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(zones.iter().map(|zone| (week, *zone)));
    }
}

/// Locks every zone of `week` whose Monday has come and which is not locked yet; gives how many this
/// call counted. Nothing is locked before the campaign has its first member.
pub async fn lock(app: &App, week: Week) -> Result<usize, Error> {
    let now = app.clock.now();
    let mut zones = app.tree.zones();
    // Where neither postcode nor region has a zone, people count their weeks in UTC.
    if !zones.contains(&Tz::UTC) {
        zones.push(Tz::UTC);
    }
    let missing = app.boards.rosters().missing(week, zones, now);
    if missing.is_empty() || app.boards.campaign_start(app).await?.is_none() {
        return Ok(0);
    }
    let resting = Duration::days(i64::from(app.scoring.weeks.resting_days));
    let zones = missing.clone();
    let counted = app
        .db
        .write(move |conn| {
            let locked: HashSet<String> = store::list_locks(conn, &week.to_string())?
                .into_iter()
                .collect();
            let mut counted = 0;
            for zone in zones.iter().filter(|zone| !locked.contains(zone.name())) {
                if store::insert_lock(conn, &week.to_string(), zone.name(), now)? == 1 {
                    count(conn, week, *zone, resting)?;
                    counted += 1;
                }
            }
            Ok(counted)
        })
        .await?;
    app.boards.rosters().learn(week, &missing);
    Ok(counted)
}

/// Adds the members of a zone to the rosters of every region they belong to.
fn count(conn: &mut Conn, week: Week, zone: Tz, resting: Duration) -> Result<(), Error> {
    let monday = Instant::from(week.start(zone));
    let members = store::list_members(conn, &Scope::System, zone.name(), monday, monday - resting)?;
    let mut parts: BTreeMap<RegionCode, i64> = BTreeMap::new();
    for (leaf, members) in members {
        for above in leaf.ancestors_and_self() {
            *parts.entry(above).or_default() += members;
        }
    }
    // In the order of their codes, so that two zones counted at once cannot wait for each other.
    let parts: Vec<RosterPart> = parts
        .into_iter()
        .map(|(region, members)| RosterPart {
            region,
            week: week.to_string(),
            members,
        })
        .collect();
    store::add_rosters(conn, &parts)?;
    Ok(())
}

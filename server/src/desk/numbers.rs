//! A region in numbers, and its parts beside each other.

use std::collections::BTreeMap;

use super::model::Summary;
use super::rules::{Standing, is_ready};
use super::store;
use crate::app::App;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::followups;
use crate::ledger::Week;
use crate::live;
use crate::region_code::RegionCode;
use crate::regions::RegionView;
use crate::scope::Scope;
use crate::volunteers::Availability;

/// One region of a table of numbers.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// People who belong to it.
    pub volunteers: i64,
    /// Those with an entry this week.
    pub active: i64,
    /// Those ready now.
    pub ready: i64,
    /// Those who joined within seven days.
    pub joined: i64,
    /// Open tasks.
    pub tasks: i64,
    /// Places free in them.
    pub slots: i64,
    /// Newcomers nobody has spoken to.
    pub uncontacted: i64,
}

/// The numbers of `region`, for those who lead it.
///
/// # Errors
/// `NotFound` when `scope` does not lead it.
pub async fn summary(app: &App, scope: Scope, region: &RegionCode) -> Result<Summary, Error> {
    let (house, region) = (app.clone(), region.clone());
    app.db
        .read(move |conn| Ok(numbers(conn, &house, &scope, &region)?.0))
        .await
}

/// The numbers of `region` and of each region directly beneath that has people or tasks.
///
/// # Errors
/// `NotFound` when `scope` does not lead it.
pub fn numbers(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    region: &RegionCode,
) -> Result<(Summary, Counted, BTreeMap<RegionCode, Counted>), Error> {
    if !scope.leads(region) {
        return Err(Error::NotFound);
    }
    let now = app.clock.now();
    let mut all = Counted::default();
    let mut parts: BTreeMap<RegionCode, Counted> = BTreeMap::new();
    let mut grid = [0_i64; 21];
    for head in store::list_heads(conn, scope, region)? {
        if let Some(column) = &head.availability {
            for (sum, free) in grid.iter_mut().zip(Availability::from_column(column).0) {
                *sum += i64::from(free);
            }
        }
        let ready = i64::from(ready(app, &head, now));
        let joined = i64::from((now - head.joined_at).num_days() < 7);
        for counted in both(&mut all, &mut parts, region, &head.region) {
            counted.volunteers += 1;
            counted.ready += ready;
            counted.joined += joined;
        }
    }
    for (place, free) in store::list_open_slots(conn, region, now)? {
        for counted in both(&mut all, &mut parts, region, &place) {
            counted.tasks += 1;
            counted.slots += i64::from(free.max(0));
        }
    }
    for place in followups::regions(conn, scope, region)? {
        for counted in both(&mut all, &mut parts, region, &place) {
            counted.uncontacted += 1;
        }
    }
    let week = Week::at(now.utc(), app.tree.zone(region)).to_string();
    let places: Vec<RegionCode> = std::iter::once(region)
        .chain(parts.keys())
        .cloned()
        .collect();
    for (place, active) in store::list_active(conn, &places, &week)? {
        if place == *region {
            all.active = active;
        } else if let Some(part) = parts.get_mut(&place) {
            part.active = active;
        }
    }
    let summary = Summary {
        region: RegionView::of(&app.tree, region),
        volunteers: all.volunteers,
        active: all.active,
        ready_now: all.ready,
        here_now: live::as_told(app.hub.company().count(region)),
        by_skill: store::list_skills(conn, scope, region)?
            .into_iter()
            .collect(),
        by_availability: Availability::names().zip(grid).collect(),
        open_slots: all.slots,
        uncontacted: all.uncontacted,
        overdue: followups::count(conn, scope, region, now)?.1,
    };
    Ok((summary, all, parts))
}

fn ready(app: &App, head: &store::Head, now: Instant) -> bool {
    let standing = Standing {
        availability: head.availability.as_deref(),
        zone: head.zone.parse().unwrap_or(chrono_tz::UTC),
        quiet: head.quiet,
        joined: head.joined_at,
        active: head.last_active_at,
    };
    let days = app.scoring.weeks.resting_days;
    is_ready(standing, &app.matcher.config().time, days, now)
}

/// What to add to for something at `place`: the whole, and the part of it that `place` lies in.
fn both<'a>(
    all: &'a mut Counted,
    parts: &'a mut BTreeMap<RegionCode, Counted>,
    region: &RegionCode,
    place: &RegionCode,
) -> impl Iterator<Item = &'a mut Counted> {
    let below = region.as_str().split('-').count();
    let part = place
        .ancestors_and_self()
        .nth(below)
        .map(|code| parts.entry(code).or_default());
    std::iter::once(all).chain(part)
}

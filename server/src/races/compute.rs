//! One board, from the totals of the database.

use std::collections::{BTreeMap, HashMap};

use super::boards::Kept;
use super::model::{Board, BoardRow, Status, Total};
use super::ranking::Draws;
use super::rules::{self, Child, Hours, Ranked};
use super::{roster, store};
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::db::Conn;
use crate::error::Error;
use crate::ledger::{Points, Week};
use crate::region_code::RegionCode;
use crate::regions::RegionView;

/// What each child of a board has done.
pub(super) type Totals = BTreeMap<RegionCode, Total>;

/// Computes the board of `region` in `week` as of `now`, and says which totals it is made of; a final
/// one is published by the first who looks, and stays as published, whatever the totals. `kept` is
/// what the computation before this one left.
pub(super) async fn board(
    app: &App,
    region: &RegionCode,
    week: Week,
    now: Instant,
    kept: &mut Kept,
) -> Result<(Board, Totals), Error> {
    let weeks = &app.scoring.weeks;
    let zone = app.tree.zone(region);
    let hours = Hours::of(week, app.tree.zones_under(region), weeks.final_hours);
    let board = |status, rows| Board {
        region: RegionView::of(&app.tree, region),
        week,
        status,
        epoch: app.boards.epoch().to_owned(),
        seq: app.boards.seq(region),
        rows,
    };
    if now >= hours.finished
        && let Some(rows) = published(app, region, week).await?
    {
        return Ok((board(Status::Final, rows), Totals::new()));
    }
    let current = Week::at(now.utc(), zone);
    if week >= current.prev() {
        roster::lock(app, week).await?;
    }
    let first = app.boards.campaign_start(app).await?;
    let first = first.map(|at| Week::at(at.utc(), zone));
    let children = children(app, region, week).await?;
    let redraw = Duration::seconds(i64::from(app.scoring.race.redraw_seconds));
    let is_recent = kept
        .at
        .is_some_and(|at| now - at >= Duration::zero() && now - at < redraw);
    let draws = if is_recent {
        Draws::Kept(&kept.drawn)
    } else {
        Draws::Fresh(rules::seed(region, week))
    };
    let stage = hours.stage(week, now, first);
    let numbers = &app.scoring.race;
    let Ranked { live, rows, drawn } = rules::board(numbers, week, now, &children, stage, draws);
    let status = hours.status(now, live);
    // Weeks before the campaign have nothing to keep.
    if status == Status::Final && first.is_some_and(|first| week >= first) {
        let rows = publish(app, region, week, rows).await?;
        return Ok((board(status, rows), Totals::new()));
    }
    if !is_recent {
        // A board that ranks nobody has drawn nothing: the first that does draws at once.
        kept.at = live.then_some(now);
        kept.drawn = drawn;
    }
    let totals = children.into_iter().map(|child| (child.code, child.total));
    Ok((board(status, rows), totals.collect()))
}

/// The children of `region` with what they have done in `week`.
async fn children(app: &App, region: &RegionCode, week: Week) -> Result<Vec<Child>, Error> {
    let mut children: Vec<Child> = app
        .tree
        .children(region)
        .map(|node| Child {
            code: node.code.clone(),
            name: node.name.to_owned(),
            zone: node.timezone,
            total: Total::default(),
        })
        .collect();
    let codes: Vec<RegionCode> = children.iter().map(|child| child.code.clone()).collect();
    let mut totals = app
        .db
        .read(move |conn| totals(conn, &week.to_string(), &codes))
        .await?;
    for child in &mut children {
        child.total = totals.remove(&child.code).unwrap_or_default();
    }
    Ok(children)
}

fn totals(
    conn: &mut Conn,
    week: &str,
    codes: &[RegionCode],
) -> Result<HashMap<RegionCode, Total>, Error> {
    let count = |number: i64| u32::try_from(number).unwrap_or(0);
    let mut totals: HashMap<RegionCode, Total> = HashMap::new();
    for (region, points, active, version) in store::list_totals(conn, week, codes)? {
        let total = totals.entry(region).or_default();
        total.points = Points::from_hundredths(points);
        total.active = count(active);
        total.version = version;
    }
    for (region, members) in store::list_rosters(conn, week, codes)? {
        totals.entry(region).or_default().members = count(members);
    }
    Ok(totals)
}

async fn published(
    app: &App,
    region: &RegionCode,
    week: Week,
) -> Result<Option<Vec<BoardRow>>, Error> {
    let code = region.clone();
    let kept = app
        .db
        .read(move |conn| Ok(store::find_final(conn, &code, &week.to_string())?))
        .await?;
    kept.map(|json| read(&json)).transpose()
}

async fn publish(
    app: &App,
    region: &RegionCode,
    week: Week,
    rows: Vec<BoardRow>,
) -> Result<Vec<BoardRow>, Error> {
    let json = serde_json::to_string(&rows).map_err(|why| Error::Internal(why.to_string()))?;
    let code = region.clone();
    let kept = app
        .db
        .write(move |conn| {
            store::insert_final(conn, &code, &week.to_string(), &json)?;
            Ok(store::find_final(conn, &code, &week.to_string())?)
        })
        .await?;
    kept.map_or(Ok(rows), |json| read(&json))
}

fn read(json: &str) -> Result<Vec<BoardRow>, Error> {
    serde_json::from_str(json)
        .map_err(|why| Error::Internal(format!("a final board cannot be read: {why}")))
}

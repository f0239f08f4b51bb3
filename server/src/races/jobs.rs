//! What happens by itself: rosters are counted when a Monday comes, boards are published when a week
//! is final, sockets are told what moved, and what they show is compared with the database.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::rules::Hours;
use super::{live, reconcile, roster, store};
use crate::app::App;
use crate::error::Error;
use crate::ledger::Week;
use crate::region_code::RegionCode;

/// How often rosters and finished weeks are looked after.
const EVERY: Duration = Duration::from_secs(60);

/// Counts the rosters that fell due while no node ran, before the first board is asked for. A database
/// that cannot be reached is tried again a minute later.
pub async fn catch_up(app: &App) {
    if let Err(why) = count(app).await {
        tracing::warn!(%why, "rosters are late");
    }
}

/// Runs for as long as the node does.
pub async fn run(app: App) {
    tokio::join!(live::run(&app), keep(&app), reconcile::run(&app));
}

async fn keep(app: &App) {
    let mut minute = interval_at(Instant::now() + EVERY, EVERY);
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut published: Option<Week> = None;
    loop {
        if let Err(why) = finish(app, &mut published).await {
            tracing::warn!(%why, "final boards are late");
        }
        minute.tick().await;
        catch_up(app).await;
    }
}

fn current(app: &App) -> Week {
    Week::at(app.clock.now().utc(), app.tree.zone(app.tree.root().code))
}

async fn count(app: &App) -> Result<(), Error> {
    let current = current(app);
    for week in [current.prev(), current, current.next()] {
        roster::lock(app, week).await?;
    }
    Ok(())
}

async fn finish(app: &App, published: &mut Option<Week>) -> Result<(), Error> {
    // Late entries reach into the week after: the last that can be final now is the one before.
    let over = current(app).prev();
    let hours = Hours::of(over, app.tree.zones(), app.scoring.weeks.final_hours);
    if *published != Some(over) && app.clock.now() >= hours.finished {
        publish(app, over).await?;
        *published = Some(over);
    }
    Ok(())
}

/// Publishes every board of a final week in which anything happened.
async fn publish(app: &App, week: Week) -> Result<(), Error> {
    let moved = app
        .db
        .read(move |conn| Ok(store::list_moved(conn, &week.to_string())?))
        .await?;
    let boards: BTreeSet<RegionCode> = moved.iter().filter_map(RegionCode::parent).collect();
    for board in boards {
        match super::board(app, &board, Some(week)).await {
            Ok(_) | Err(Error::NotFound) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

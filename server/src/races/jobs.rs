//! What happens by itself: rosters are counted when a Monday comes, boards are published when a week
//! is final, sockets are told what moved.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::rules::Hours;
use super::{live, roster, store};
use crate::app::App;
use crate::error::Error;
use crate::ledger::Week;
use crate::region_code::RegionCode;

/// Runs for as long as the node does.
pub async fn run(app: App) {
    tokio::join!(live::run(&app), keep(&app));
}

async fn keep(app: &App) {
    let mut minute = interval(Duration::from_secs(60));
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut published: Option<Week> = None;
    loop {
        minute.tick().await;
        if let Err(why) = look(app, &mut published).await {
            tracing::warn!(%why, "rosters and final boards are late");
        }
    }
}

async fn look(app: &App, published: &mut Option<Week>) -> Result<(), Error> {
    let root = app.tree.root().code.clone();
    let current = Week::at(app.clock.now().utc(), app.tree.zone(&root));
    for week in [current.prev(), current, current.next()] {
        roster::lock(app, week).await?;
    }
    // Late entries reach into the week after: the last that can be final now is the one before.
    let over = current.prev();
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

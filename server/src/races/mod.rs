//! Regions against their siblings, one week at a time, by Pace.
//!
//! [`board`] is the race among a region's children; [`strip`] what one person is shown of theirs.
//! The thinking is pure and stands in `pace`, `par`, `draws`, `standings` and `rules`; `boards` keeps
//! what was computed a moment ago, and `live` tells sockets what moved.

pub mod api;
pub mod audit;
pub mod audit_input;
mod boards;
mod compute;
pub mod draws;
pub mod estimate;
mod jobs;
mod lines;
mod live;
mod model;
pub mod pace;
pub mod pages;
pub mod par;
pub mod posterior;
pub mod ranking;
mod reconcile;
mod roster;
pub mod rules;
mod scale;
pub mod standings;
mod store;
mod strip;

use std::sync::Arc;

pub use boards::{Boards, Ready};
pub use jobs::{catch_up, run};
pub use lines::StripView;
pub use model::{Board, BoardRow, Move, Status};
pub use reconcile::{Compared, Counts, compare};
pub use strip::{Strip, strip};

use crate::app::App;
use crate::error::Error;
use crate::ledger::Week;
use crate::region_code::RegionCode;

/// The race among the children of `region`: of the week it is there now, or of `week`.
///
/// # Errors
/// `NotFound` for a region that does not exist or has no children; `Invalid` on field `week` for a
/// week that has not begun.
pub async fn board(
    app: &App,
    region: &RegionCode,
    week: Option<Week>,
) -> Result<Arc<Ready>, Error> {
    let zone = app.tree.race_zone(region).ok_or(Error::NotFound)?;
    let current = Week::at(app.clock.now().utc(), zone);
    let week = week.unwrap_or(current);
    if week > current {
        return Err(Error::field("week", "race-week-ahead"));
    }
    app.boards.get(app, region, week).await
}

/// Counts the rosters of `week` in every zone whose Monday has passed, where nobody has yet; gives
/// how many zones this call counted. Boards do so by themselves; whoever fills a campaign with weeks
/// gone by calls it for each of them, once the people are in.
pub async fn lock_rosters(app: &App, week: Week) -> Result<usize, Error> {
    roster::lock(app, week).await
}

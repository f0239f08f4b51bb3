//! Every URL, in one table. A feature's rows stand together; the scope matrix in the tests and the
//! OpenAPI document are made from this table, so nothing can be served that they do not know.

use crate::http::Route;
use crate::http::Who::{Anyone, Leader, Member, Staff};

/// The table.
pub fn table() -> Vec<Route> {
    [
        house(),
        accounts(),
        volunteers(),
        tasks(),
        activities(),
        races(),
        followups(),
        feed(),
        desk(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The house itself: health, assets, the API document.
fn house() -> Vec<Route> {
    use crate::health;
    use crate::http::Assets;
    vec![
        Route::get("/healthz", Anyone, health::alive),
        Route::get("/readyz", Anyone, health::ready),
        Route::get("/static/{hash}/{name:.*}", Anyone, Assets::serve),
        Route::get("/api/v1/openapi.json", Anyone, health::openapi)
            .says("This document.")
            .gives::<serde_json::Value>(200),
    ]
}

/// Joining, signing in, sessions.
fn accounts() -> Vec<Route> {
    vec![]
}

/// Profiles, people, reference data.
fn volunteers() -> Vec<Route> {
    use crate::regions::{PlaceView, RegionDetail, api as regions};
    vec![
        Route::get("/api/v1/zips/{zip}", Anyone, regions::zip)
            .says("Where a postcode belongs.")
            .gives::<PlaceView>(200),
        Route::get("/api/v1/regions/{code}", Anyone, regions::region)
            .says("A region of the tree.")
            .gives::<RegionDetail>(200),
        Route::get("/api/v1/regions/{code}/children", Anyone, regions::children)
            .says("The regions directly under a region.")
            .gives::<Vec<RegionDetail>>(200),
    ]
}

/// Tasks, suggestions, assignments.
fn tasks() -> Vec<Route> {
    vec![]
}

/// What was done, and its points.
fn activities() -> Vec<Route> {
    vec![]
}

/// Boards and the live socket.
fn races() -> Vec<Route> {
    vec![]
}

/// Newcomers and their 72 hours.
fn followups() -> Vec<Route> {
    vec![]
}

/// Posts, comments, the honour roll.
fn feed() -> Vec<Route> {
    vec![]
}

/// Home, captain, HQ.
fn desk() -> Vec<Route> {
    vec![]
}

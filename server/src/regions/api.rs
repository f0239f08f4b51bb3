//! Reference data over the JSON API.

use actix_web::Responder;
use actix_web::web::{Data, Json, Path};

use super::{PlaceView, RegionDetail, known, place};
use crate::app::App;
use crate::http::ApiError;

/// `GET /api/v1/zips/{zip}`.
pub async fn zip(app: Data<App>, zip: Path<String>) -> Result<impl Responder, ApiError> {
    let place = place(&app.tree, "zip", &zip)?;
    Ok(Json(PlaceView::of(&app.tree, &place)))
}

/// `GET /api/v1/regions/{code}`.
pub async fn region(app: Data<App>, code: Path<String>) -> Result<impl Responder, ApiError> {
    let node = known(&app.tree, &code)?;
    Ok(Json(RegionDetail::of(&app.tree, node)))
}

/// `GET /api/v1/regions/{code}/children`.
pub async fn children(app: Data<App>, code: Path<String>) -> Result<impl Responder, ApiError> {
    let node = known(&app.tree, &code)?;
    let children = app
        .tree
        .children(node.code)
        .map(|child| RegionDetail::of(&app.tree, child));
    Ok(Json(children.collect::<Vec<_>>()))
}

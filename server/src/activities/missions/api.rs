//! What counts more in a week, over the JSON API.

use actix_web::Responder;
use actix_web::web::{Data, Json, Path};
use schemars::JsonSchema;
use serde::Deserialize;

use super::MissionView;
use crate::activities::Kind;
use crate::activities::api::WeekQuery;
use crate::app::App;
use crate::error::Error;
use crate::http::{ApiError, Body, Query, SignedIn, Staff};
use crate::ledger::{Mission, Week};
use crate::words::Lang;

/// `GET /api/v1/missions?week=`.
pub async fn index(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    l: Lang,
    Query(query): Query<WeekQuery>,
) -> Result<impl Responder, ApiError> {
    let week = query.week(&app, &viewer)?;
    let weights = super::weights(&app, week).await?;
    let views: Vec<MissionView> = weights
        .iter()
        .map(|(kind, weight)| MissionView::new(&l, week, kind, weight))
        .collect();
    Ok(Json(views))
}

/// What a kind is to count.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissionBody {
    /// 0.5 to 2; 1 is as usual.
    pub weight: f64,
}

/// `PUT /api/v1/missions/{week}/{kind}`.
pub async fn update(
    app: Data<App>,
    Staff(viewer): Staff,
    l: Lang,
    path: Path<(String, String)>,
    Body(body): Body<MissionBody>,
) -> Result<impl Responder, ApiError> {
    let week: Week = path.0.parse().map_err(|_| Error::NotFound)?;
    let kind: Kind = path.1.parse().map_err(|_| Error::NotFound)?;
    let weight = Mission::parse(body.weight)
        .ok_or_else(|| Error::field("weight", "mission-weight-decimals"))?;
    super::set_mission(&app, viewer.scope(), week, kind, weight).await?;
    Ok(Json(MissionView::new(&l, week, kind, weight)))
}

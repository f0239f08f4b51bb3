//! The call queue over the JSON API.

use actix_web::Responder;
use actix_web::web::{Data, Json, Path};

use super::Record;
use crate::app::App;
use crate::error::Error;
use crate::http::{ApiError, Body, Leader};
use crate::ids::VolunteerId;
use crate::regions;

/// `GET /api/v1/regions/{code}/follow-ups`.
pub async fn list(
    app: Data<App>,
    who: Leader,
    code: Path<String>,
) -> Result<impl Responder, ApiError> {
    let region = regions::known(&app.tree, &code)?.code;
    Ok(Json(super::queue(&app, who.0.scope(), region).await?))
}

/// `PUT /api/v1/follow-ups/{volunteer}`.
pub async fn update(
    app: Data<App>,
    who: Leader,
    person: Path<String>,
    body: Body<Record>,
) -> Result<impl Responder, ApiError> {
    let person: VolunteerId = person.parse().map_err(|_| Error::NotFound)?;
    Ok(Json(
        super::record(&app, who.0.scope(), person, body.0).await?,
    ))
}

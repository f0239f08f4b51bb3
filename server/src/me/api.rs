//! `/api/v1/me`.

use actix_web::Responder;
use actix_web::web::{Data, Json};

use crate::app::App;
use crate::http::{ApiError, Body, NoContent, SignedIn};
use crate::volunteers::{self, Change};

/// `GET /api/v1/me`.
pub async fn get(app: Data<App>, SignedIn(who): SignedIn) -> Result<impl Responder, ApiError> {
    Ok(Json(volunteers::profile(&app, who.scope(), who.id).await?))
}

/// `PATCH /api/v1/me`.
pub async fn patch(
    app: Data<App>,
    SignedIn(who): SignedIn,
    Body(change): Body<Change>,
) -> Result<impl Responder, ApiError> {
    Ok(Json(
        volunteers::change(&app, who.scope(), who.id, change).await?,
    ))
}

/// `DELETE /api/v1/me`.
pub async fn delete(app: Data<App>, SignedIn(who): SignedIn) -> Result<impl Responder, ApiError> {
    super::leave(&app, who.scope()).await?;
    Ok(NoContent)
}

/// `GET /api/v1/me/export`.
pub async fn export(app: Data<App>, SignedIn(who): SignedIn) -> Result<impl Responder, ApiError> {
    Ok(Json(super::export(&app, who.scope()).await?))
}

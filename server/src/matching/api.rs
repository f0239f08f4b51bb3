//! The JSON calls of the matcher.

use actix_web::web::{Data, Json, Path};

use super::{CandidatesView, SuggestionView};
use crate::app::App;
use crate::error::Error;
use crate::http::{ApiError, Leader, SignedIn};
use crate::words::Lang;

/// `GET /api/v1/me/suggestions`.
pub async fn suggestions(
    app: Data<App>,
    who: SignedIn,
    l: Lang,
) -> Result<Json<Vec<SuggestionView>>, ApiError> {
    Ok(Json(super::suggest(&app, &who.0, &l).await?))
}

/// `GET /api/v1/tasks/{id}/candidates`.
pub async fn candidates(
    app: Data<App>,
    who: Leader,
    l: Lang,
    id: Path<String>,
) -> Result<Json<CandidatesView>, ApiError> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let scope = who.0.scope();
    Ok(Json(super::candidates_for(&app, scope, id, &l).await?))
}

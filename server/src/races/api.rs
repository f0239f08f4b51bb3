//! Boards over the JSON API.

use std::sync::Arc;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use super::Ready;
use crate::app::App;
use crate::error::Error;
use crate::http::{ApiError, Query, SignedIn};
use crate::ledger::Week;
use crate::region_code::RegionCode;

/// The query of a board.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    week: Option<String>,
}

impl Which {
    /// The week asked for; `None` for the current one.
    ///
    /// # Errors
    /// `Invalid` on field `week`.
    pub fn week(&self) -> Result<Option<Week>, Error> {
        let week = self.week.as_deref().filter(|text| !text.is_empty());
        week.map(|text| {
            text.parse()
                .map_err(|_| Error::field("week", "race-week-malformed"))
        })
        .transpose()
    }
}

/// A board's bytes, shared with everybody who asks in the same second.
struct Shared(Arc<Ready>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.json()
    }
}

/// `GET /api/v1/races/{region}`.
pub async fn board(
    app: Data<App>,
    _: SignedIn,
    region: Path<String>,
    Query(which): Query<Which>,
) -> Result<impl Responder, ApiError> {
    let region = RegionCode::parse(&region).map_err(|_| Error::NotFound)?;
    let ready = super::board(&app, &region, which.week()?).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .body(Bytes::from_owner(Shared(ready))))
}

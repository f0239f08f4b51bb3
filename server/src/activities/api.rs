//! Activities over the JSON API.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, Responder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ActivityView, NewActivity, SheetRow};
use crate::app::App;
use crate::http::{self, ApiError, Body, Key, SignedIn};
use crate::words::Lang;

/// `POST /api/v1/activities`.
pub async fn create(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    Key(key): Key,
    Body(new): Body<NewActivity>,
) -> Result<impl Responder, ApiError> {
    let written = super::log(&app, &viewer, &key, &new).await?;
    let mut response = HttpResponse::Created();
    if written.replayed {
        response.insert_header(Key::replayed());
    }
    Ok(response.json(ActivityView::of(&app.tree, &written)))
}

/// A sheet of activities.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// At most 500; each is read for itself, so that one bad row leaves the others whole.
    #[schemars(with = "Vec<SheetRow>")]
    pub rows: Vec<Value>,
}

/// What became of one row of a sheet.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RowResult {
    /// 201 for a row that is kept, or what a call with this row alone would have answered.
    pub status: u16,
    /// Whether it was kept before.
    pub replayed: bool,
    /// The activity, where it was kept.
    pub activity: Option<ActivityView>,
    /// The problem, where it was not.
    pub problem: Option<Value>,
}

/// What became of a sheet.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SheetResult {
    /// One result a row, in their order.
    pub results: Vec<RowResult>,
}

/// `POST /api/v1/activities/batch`.
pub async fn create_sheet(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    lang: Lang,
    Body(sheet): Body<Sheet>,
) -> Result<impl Responder, ApiError> {
    let rows = sheet.rows.into_iter().map(http::read_value).collect();
    let answers = super::log_sheet(&app, &viewer, rows).await?;
    let results = answers
        .into_iter()
        .map(|answer| match answer {
            Ok(written) => RowResult {
                status: 201,
                replayed: written.replayed,
                activity: Some(ActivityView::of(&app.tree, &written)),
                problem: None,
            },
            Err(error) => {
                let problem = http::problem(&error, &lang, &app.front());
                RowResult {
                    status: problem["status"]
                        .as_u64()
                        .and_then(|status| u16::try_from(status).ok())
                        .unwrap_or(500),
                    replayed: false,
                    activity: None,
                    problem: Some(problem),
                }
            }
        })
        .collect();
    Ok(Json(SheetResult { results }))
}

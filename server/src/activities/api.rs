//! Activities over the JSON API.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, Responder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ActivityView, LineView, NewActivity, SheetRow};
use crate::app::App;
use crate::error::Error;
use crate::http::{self, ApiError, Body, Key, Leader, Query, SignedIn};
use crate::ledger::{Verification, Week};
use crate::sessions::Viewer;
use crate::tasks;
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
                let problem = http::problem(&in_row(error), &lang, &app.front());
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

/// In a sheet a key is a field of its row, and is named like one.
fn in_row(mut error: Error) -> Error {
    if let Error::Invalid(faults) = &mut error {
        for (field, _) in &mut faults.0 {
            if field == "Idempotency-Key" {
                "key".clone_into(field);
            }
        }
    }
    error
}

/// A decision about somebody else's entry.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// `approved`, `rejected` or `held`.
    pub state: Verification,
    /// Why, at most 500 characters; the person reads it.
    pub reason: Option<String>,
}

/// `PUT /api/v1/activities/{id}/verification`.
pub async fn decide(
    app: Data<App>,
    Leader(viewer): Leader,
    id: Path<String>,
    Body(body): Body<DecisionBody>,
) -> Result<impl Responder, ApiError> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let corrected = super::decide(&app, &viewer, id, body.state, body.reason).await?;
    Ok(Json(ActivityView::corrected(&app.tree, &corrected)))
}

/// Why an entry is taken back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReversalBody {
    /// At most 500 characters; the person reads it.
    pub reason: String,
}

/// `PUT /api/v1/activities/{id}/reversal`.
pub async fn reverse(
    app: Data<App>,
    Leader(viewer): Leader,
    id: Path<String>,
    Body(body): Body<ReversalBody>,
) -> Result<impl Responder, ApiError> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let corrected = super::reverse(&app, &viewer, id, &body.reason).await?;
    Ok(Json(ActivityView::corrected(&app.tree, &corrected)))
}

/// Which week.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeekQuery {
    /// `2026-W47`; the present one where left out.
    pub week: Option<String>,
}

impl WeekQuery {
    /// The week asked for, or the viewer's present one.
    ///
    /// # Errors
    /// `Invalid` on `week`.
    pub fn week(&self, app: &App, viewer: &Viewer) -> Result<Week, Error> {
        if let Some(text) = self.week.as_deref().filter(|text| !text.is_empty()) {
            return text
                .parse()
                .map_err(|_| Error::field("week", "activity-week"));
        }
        let zone = viewer.zone.parse().unwrap_or(chrono_tz::UTC);
        Ok(Week::at(app.clock.now().utc(), zone))
    }
}

/// `GET /api/v1/me/points?week=`.
pub async fn points(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    lang: Lang,
    Query(query): Query<WeekQuery>,
) -> Result<impl Responder, ApiError> {
    let week = query.week(&app, &viewer)?;
    let record = super::points_of(&app, &viewer, week).await?;
    let lines: Vec<LineView> = record
        .lines
        .iter()
        .map(|recorded| LineView::of(&lang, &app.scoring, recorded))
        .collect();
    Ok(Json(lines))
}

/// `PUT /api/v1/tasks/{id}/assignments/{volunteer}`: checked in and done also score.
pub async fn place(
    app: Data<App>,
    Leader(viewer): Leader,
    path: Path<(String, String)>,
    Body(body): Body<tasks::api::Standing>,
) -> Result<impl Responder, ApiError> {
    let (task, person) = path.into_inner();
    let task = tasks::api::task_id(&task)?;
    let person = person.parse().map_err(|_| Error::NotFound)?;
    let change = super::place(&app, viewer.scope(), task, person, body.state).await?;
    Ok(Json(tasks::api::view(&change)))
}

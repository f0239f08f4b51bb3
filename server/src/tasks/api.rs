//! The JSON calls of tasks and of people on them.

use actix_web::web::{Data, Json, Path};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{AssignmentView, Change, Draft, Filter, Reason, State, Status, TaskDetail, TaskKind};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::http::{ApiError, Body, Created, Leader, Listing, Paging, Query, SignedIn};
use crate::ids::TaskId;
use crate::regions;

/// `?region=&status=&kind=&q=&after=&limit=`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    region: Option<String>,
    status: Option<String>,
    kind: Option<String>,
    q: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

impl Wanted {
    fn filter(&self, app: &App) -> Result<Filter, Error> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let mut faults = FieldErrors::default();
        let region = given(&self.region).and_then(|code| {
            let known = regions::known(&app.tree, code.trim()).map(|node| node.code.clone());
            known
                .map_err(|_| faults.add("region", "task-region-unknown"))
                .ok()
        });
        let status = given(&self.status).and_then(|text| {
            let known = text.parse::<Status>();
            known
                .map_err(|_| faults.add("status", "task-status-unknown"))
                .ok()
        });
        let kind = given(&self.kind).and_then(|text| {
            let known = text.parse::<TaskKind>();
            known
                .map_err(|_| faults.add("kind", "task-kind-unknown"))
                .ok()
        });
        faults.done()?;
        Ok(Filter {
            region,
            status,
            kind,
            q: given(&self.q).map(|q| q.trim().chars().take(120).collect()),
            ..Filter::default()
        })
    }
}

/// `GET /api/v1/tasks`.
pub async fn list(
    app: Data<App>,
    who: SignedIn,
    wanted: Query<Wanted>,
) -> Result<Listing<TaskDetail>, ApiError> {
    let filter = wanted.0.filter(&app)?;
    let paging = Paging {
        after: wanted.0.after,
        limit: wanted.0.limit,
    };
    let (before, limit) = (paging.after()?, paging.limit()?);
    let scope = who.0.scope();
    let tasks = app
        .db
        .read(move |conn| super::list(conn, &scope, &filter, before, limit + 1))
        .await?;
    let items = tasks
        .iter()
        .map(|whole| TaskDetail::of(&app.tree, whole))
        .collect();
    Ok(Listing::page(items, limit, |task: &TaskDetail| task.id.0))
}

/// `POST /api/v1/tasks`.
pub async fn create(
    app: Data<App>,
    who: Leader,
    draft: Body<Draft>,
) -> Result<Created<TaskDetail>, ApiError> {
    let whole = super::write(&app, who.0.scope(), None, draft.0).await?;
    Ok(Created(TaskDetail::of(&app.tree, &whole)))
}

/// `GET /api/v1/tasks/{id}`.
pub async fn find(
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
) -> Result<Json<TaskDetail>, ApiError> {
    let (scope, id) = (who.0.scope(), task_id(&id)?);
    let whole = app
        .db
        .read(move |conn| super::find(conn, &scope, id))
        .await?;
    Ok(Json(TaskDetail::of(&app.tree, &whole)))
}

/// `PATCH /api/v1/tasks/{id}`.
pub async fn edit(
    app: Data<App>,
    who: Leader,
    id: Path<String>,
    draft: Body<Draft>,
) -> Result<Json<TaskDetail>, ApiError> {
    let id = task_id(&id)?;
    let whole = super::write(&app, who.0.scope(), Some(id), draft.0).await?;
    Ok(Json(TaskDetail::of(&app.tree, &whole)))
}

/// One's own answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// `accepted`, `declined` or `cancelled`.
    pub state: State,
    /// Why not, with `declined`; `not_now` (two weeks) when left out.
    pub reason: Option<Reason>,
}

/// `PUT /api/v1/tasks/{id}/assignment`.
pub async fn answer(
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
    body: Body<Answer>,
) -> Result<Json<AssignmentView>, ApiError> {
    let (id, Answer { state, reason }) = (task_id(&id)?, body.0);
    let change = super::respond(&app, who.0.scope(), id, state, reason).await?;
    Ok(Json(view(&change)))
}

/// A leader's word about somebody (`PUT /api/v1/tasks/{id}/assignments/{volunteer}`, served by
/// `activities`, since who came also scores).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// `invited`, `assigned`, `checked_in`, `done`, `no_show` or `cancelled`.
    pub state: State,
}

/// The answer for a change.
pub fn view(change: &Change) -> AssignmentView {
    AssignmentView {
        task: change.task.id,
        volunteer: change.volunteer.id,
        state: change.to,
        changed_at: change.at,
        free: change.task.free(),
    }
}

/// An id in a path; what is none names nothing.
pub fn task_id(text: &str) -> Result<TaskId, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

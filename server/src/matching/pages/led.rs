//! `/hq/tasks`: the tasks that one leads. Captains use it too.

use actix_web::Responder;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use super::{PAGE, cut};
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::error::Error;
use crate::http::{Leader, Page, PageError, Query};
use crate::ids::decode;
use crate::regions::{self, RegionView};
use crate::tasks::{self, Filter, Status, Task};
use crate::words::Lang;

/// How close a task is when empty places begin to matter.
const SOON: Duration = Duration::hours(72);

/// `?status=&region=&q=&after=`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    status: String,
    region: String,
    q: String,
    after: String,
}

struct Row {
    task: Task,
    region: String,
    when: String,
    chip: &'static str,
    state_key: &'static str,
}

#[derive(Template)]
#[template(path = "tasks/led.html")]
struct Led {
    l: Lang,
    staff: bool,
    statuses: &'static [Status],
    asked: Asked,
    fault: Option<String>,
    rows: Vec<Row>,
    next: Option<String>,
}

/// `GET /hq/tasks`.
pub async fn index(
    app: Data<App>,
    Leader(who): Leader,
    l: Lang,
    Query(asked): Query<Asked>,
) -> Result<impl Responder, PageError> {
    let (region, fault) = match asked.region.trim() {
        "" => (None, None),
        typed => match regions::meant(&app.tree, "region", typed) {
            Ok(code) => (Some(code), None),
            Err(Error::Invalid(faults)) => (None, faults.0.first().map(|(_, why)| l.sentence(why))),
            Err(other) => return Err(other.into()),
        },
    };
    let status = if fault.is_some() { 422 } else { 200 };
    let filter = Filter {
        region,
        status: asked.status.parse().ok(),
        q: Some(asked.q.trim().to_owned()).filter(|q| !q.is_empty()),
        led: true,
        ..Filter::default()
    };
    let now = app.clock.now();
    let (scope, before) = (who.scope(), decode(&asked.after).ok());
    let mut found = app
        .db
        .read(move |conn| tasks::list(conn, &scope, &filter, before, PAGE + 1))
        .await?;
    let next = cut(&mut found).map(|last| {
        let mut query = url::form_urlencoded::Serializer::new(String::from("/hq/tasks?"));
        query
            .append_pair("status", &asked.status)
            .append_pair("region", &asked.region)
            .append_pair("q", &asked.q)
            .append_pair("after", &last);
        query.finish()
    });
    if fault.is_some() {
        found.clear();
    }
    let page = Led {
        fault,
        staff: who.staff,
        statuses: Status::ALL,
        rows: found
            .into_iter()
            .map(|whole| row(&app, &l, whole.task, now))
            .collect(),
        next,
        asked,
        l: l.clone(),
    };
    Ok(Page::new(l.say("tasks-title"), page).with_status(status))
}

fn row(app: &App, l: &Lang, task: Task, now: Instant) -> Row {
    // Half empty is worth a mark once it is close; a task for any time fills as it goes.
    let soon = |at: Instant| at > now && at < now + SOON;
    let is_soon = task.starts_at.is_some_and(soon);
    let (chip, state_key) = match task.status {
        Status::Draft => ("plain", "task-state-draft"),
        Status::Closed => ("plain", "task-state-closed"),
        Status::Open if task.free() <= 0 => ("good", "task-state-full"),
        Status::Open if is_soon && task.taken * 2 < task.slots => ("wait", "task-state-half"),
        Status::Open => ("", "task-state-open"),
    };
    Row {
        region: RegionView::of(&app.tree, &task.region).name,
        when: tasks::when_text(l, &task),
        chip,
        state_key,
        task,
    }
}

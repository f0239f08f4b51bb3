//! `/hq/tasks/{id}`: a task that one leads, written, filled and followed. Captains use it too.

use actix_web::web::{Data, Path};
use actix_web::{Either, Responder};
use askama::Template;
use serde::Deserialize;

use super::form::EditForm;
use super::who::{Done, Who};
use crate::activities;
use crate::app::App;
use crate::error::{Error, FieldErrors, Sentence};
use crate::http::{Faults, Form, Leader, Page, PageError, Query, See};
use crate::ids::{TaskId, VolunteerId};
use crate::matching;
use crate::regions;
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::tasks::{self, State, Status, TaskKind, Whole};
use crate::volunteers::{self, Email, skills};
use crate::words::Lang;

/// Rows for skills in the editor.
const SKILL_ROWS: usize = 4;

#[derive(Template)]
#[template(path = "tasks/edit.html")]
struct Edit {
    l: Lang,
    action: String,
    form: EditForm,
    faults: Faults,
    refusal: Option<String>,
    /// What was done just now, in a sentence.
    done: Option<String>,
    known: bool,
    is_open: bool,
    may_draft: bool,
    kinds: &'static [TaskKind],
    skills: &'static [skills::Skill],
    levels: [&'static str; 5],
    who: Option<Who>,
}

impl Edit {
    fn new(l: &Lang, form: EditForm) -> Self {
        Self {
            l: l.clone(),
            action: "/hq/tasks".into(),
            form,
            faults: Faults::default(),
            refusal: None,
            done: None,
            known: false,
            is_open: false,
            may_draft: true,
            kinds: TaskKind::ALL,
            skills: skills::all(),
            levels: ["1", "2", "3", "4", "5"],
            who: None,
        }
    }

    /// Whether something under "More" is filled in or wrong.
    fn shows_more(&self) -> bool {
        let form = &self.form;
        let usual = |text: &str| text.is_empty() || text == "1";
        let names = [
            "rung",
            "priority",
            "min_age",
            "certificates",
            "access",
            "lat",
            "lon",
        ];
        form.skill.iter().filter(|slug| !slug.is_empty()).count() > 1
            || !(usual(&form.rung) && usual(&form.priority))
            || ![&form.min_age, &form.certificates, &form.access]
                .iter()
                .all(|text| text.is_empty())
            || names.iter().any(|name| self.faults.of(name).is_some())
    }

    /// The skills chosen and empty rows after them.
    fn skill_rows(&self) -> Vec<(&str, &str, &str)> {
        let chosen = self.form.skill.iter().zip(&self.form.level);
        let mut rows: Vec<(&str, &str, &str)> = chosen
            .zip(&self.form.need)
            .map(|((slug, level), need)| (slug.as_str(), level.as_str(), need.as_str()))
            .collect();
        rows.resize(rows.len().max(SKILL_ROWS), ("", "1", "welcome"));
        rows
    }
}

/// `GET /hq/tasks/new`.
pub async fn blank(
    app: Data<App>,
    Leader(who): Leader,
    l: Lang,
) -> Result<impl Responder, PageError> {
    let region = who.leads.first().unwrap_or(app.tree.root().code);
    let form = EditForm {
        region: regions::called(&app.tree, region),
        kind: TaskKind::Shift.to_string(),
        slots: "1".into(),
        rung: "1".into(),
        priority: "1".into(),
        ..EditForm::default()
    };
    Ok(Page::new(l.say("tasks-new"), Edit::new(&l, form)))
}

/// `POST /hq/tasks`.
pub async fn create(
    app: Data<App>,
    Leader(who): Leader,
    l: Lang,
    Form(form): Form<EditForm>,
) -> Result<impl Responder, PageError> {
    match write(&app, &who, None, &form).await {
        Ok(whole) => Ok(Either::Left(See(format!(
            "/hq/tasks/{}?saved={}",
            whole.task.id, whole.task.status
        )))),
        Err(Error::Invalid(errors)) => {
            let mut page = Edit::new(&l, form);
            page.faults = faults(&errors, &l);
            Ok(Either::Right(
                Page::new(l.say("tasks-new"), page).with_status(422),
            ))
        }
        Err(other) => Err(PageError::from(other)),
    }
}

/// `GET /hq/tasks/{id}`.
pub async fn edit(
    app: Data<App>,
    Leader(who): Leader,
    l: Lang,
    id: Path<String>,
    Query(done): Query<Done>,
) -> Result<impl Responder, PageError> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let (whole, mut page) = editor(&app, &who, &l, id, None).await?;
    page.done = done.sentence(&l, page.who.as_ref());
    Ok(Page::new(&whole.task.title, page))
}

/// `POST /hq/tasks/{id}`.
pub async fn save(
    app: Data<App>,
    Leader(who): Leader,
    l: Lang,
    id: Path<String>,
    Form(form): Form<EditForm>,
) -> Result<impl Responder, PageError> {
    let id: TaskId = id.parse().map_err(|_| Error::NotFound)?;
    let whole = led(&app, who.scope(), id).await?;
    match write(&app, &who, Some(&whole), &form).await {
        Ok(whole) => {
            let status = whole.task.status;
            Ok(Either::Left(See(format!("/hq/tasks/{id}?saved={status}"))))
        }
        Err(Error::Invalid(errors)) => {
            let (whole, mut page) = editor(&app, &who, &l, id, Some(&form)).await?;
            page.faults = faults(&errors, &l);
            let page = Page::new(&whole.task.title, page);
            Ok(Either::Right(page.with_status(422)))
        }
        Err(other) => Err(PageError::from(other)),
    }
}

/// What a leader says about somebody.
#[derive(Deserialize)]
pub struct Standing {
    state: String,
}

/// `POST /hq/tasks/{id}/assignments/{volunteer}`.
pub async fn assign(
    app: Data<App>,
    Leader(who): Leader,
    l: Lang,
    path: Path<(String, String)>,
    Form(form): Form<Standing>,
) -> Result<impl Responder, PageError> {
    let (task, person) = path.into_inner();
    let task: TaskId = task.parse().map_err(|_| Error::NotFound)?;
    let person: VolunteerId = person.parse().map_err(|_| Error::NotFound)?;
    led(&app, who.scope(), task).await?;
    let state = form.state.parse::<State>();
    let state = state.map_err(|_| Error::field("state", "task-state-leader"))?;
    match activities::place(&app, who.scope(), task, person, state).await {
        Ok(_) => Ok(Either::Left(See(format!(
            "/hq/tasks/{task}?said={state}&person={person}"
        )))),
        Err(Error::Conflict(why)) => {
            let (whole, page) = editor(&app, &who, &l, task, None).await?;
            let page = Edit {
                refusal: Some(l.sentence(&why)),
                ..page
            };
            let page = Page::new(&whole.task.title, page);
            Ok(Either::Right(page.with_status(409)))
        }
        Err(other) => Err(PageError::from(other)),
    }
}

/// A task that one leads.
async fn led(app: &App, scope: Scope, id: TaskId) -> Result<Whole, Error> {
    app.db
        .read(move |conn| tasks::find_led(conn, &scope, id))
        .await
}

/// The editor of a task that the viewer leads, with what was typed instead of what is stored, and
/// with the people on it and for it: made only where it is shown, since the look is written down.
async fn editor(
    app: &App,
    who: &Viewer,
    l: &Lang,
    id: TaskId,
    typed: Option<&EditForm>,
) -> Result<(Whole, Edit), Error> {
    let scope = who.scope();
    let (whole, placed, host) = app
        .db
        .read(move |conn| {
            let whole = tasks::find_led(conn, &scope, id)?;
            let placed = tasks::placed(conn, &scope, id)?;
            let host = whole
                .task
                .host
                .map(|host| volunteers::find(conn, &scope, host));
            let host = match host {
                Some(Ok(host)) => host.email,
                Some(Err(Error::NotFound)) | None => String::new(),
                Some(Err(other)) => return Err(other),
            };
            Ok((whole, placed, host))
        })
        .await?;
    let candidates = matching::candidates_for(app, who.scope(), id, l).await?;
    let task = &whole.task;
    let people = Who::of(task, &placed, &candidates);
    let form = typed
        .cloned()
        .unwrap_or_else(|| EditForm::of(&app.tree, &whole, host));
    let page = Edit {
        action: format!("/hq/tasks/{id}"),
        known: true,
        is_open: task.status == Status::Open,
        may_draft: task.taken + task.pending == 0,
        who: Some(people),
        ..Edit::new(l, form)
    };
    Ok((whole, page))
}

/// Writes what was typed, the host by their address.
async fn write(
    app: &App,
    who: &Viewer,
    known: Option<&Whole>,
    form: &EditForm,
) -> Result<Whole, Error> {
    let mut faults = FieldErrors::default();
    let mut draft = form.draft(&app.tree, &mut faults);
    let host = form.host.trim();
    if host.is_empty() {
        // A host whom this leader may not see stays: they could not be typed again.
        let hidden = match known.and_then(|whole| whole.task.host) {
            Some(host) => !sees(app, who.scope(), host).await?,
            None => false,
        };
        draft.host = if hidden { None } else { Some(None) };
    } else {
        match find_host(app, who.scope(), host).await? {
            Some(host) => draft.host = Some(Some(host)),
            None => faults.add("host", "task-host-unknown"),
        }
    }
    faults.done()?;
    tasks::write(app, who.scope(), known.map(|whole| whole.task.id), draft).await
}

async fn sees(app: &App, scope: Scope, person: VolunteerId) -> Result<bool, Error> {
    let found = app
        .db
        .read(move |conn| volunteers::find(conn, &scope, person))
        .await;
    match found {
        Ok(_) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

async fn find_host(app: &App, scope: Scope, text: &str) -> Result<Option<VolunteerId>, Error> {
    let Ok(email) = Email::parse(text) else {
        return Ok(None);
    };
    let found = app
        .db
        .read(move |conn| volunteers::find_by_email(conn, &scope, &email))
        .await?;
    Ok(found.map(|person| person.id))
}

/// The faults under the names that the form's fields have.
fn faults(errors: &FieldErrors, l: &Lang) -> Faults {
    let renamed: Vec<(String, Sentence)> = errors
        .0
        .iter()
        .map(|(field, why)| {
            let name = match field.as_str() {
                "place.lat" => "lat",
                "place.lon" => "lon",
                "place.name" => "place_name",
                "radius_km" => "radius_miles",
                other => other.split('[').next().unwrap_or(other),
            };
            (name.to_owned(), why.clone())
        })
        .collect();
    Faults::new(&FieldErrors(renamed), l)
}

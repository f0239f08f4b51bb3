//! `/tasks` and `/tasks/{id}`: what there is to do, one task, and saying yes or no.

pub mod form;
pub mod leader;
pub mod led;
mod who;

use std::collections::HashSet;

use actix_web::Responder;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::card::miles;
use super::{Card, CaveatSaid, Fit, Said, language_name, skill_name};
use crate::app::App;
use crate::error::{Error, Sentence};
use crate::http::{Form, Page, PageError, Query, See, SignedIn};
use crate::ids::{TaskId, encode};
use crate::regions::RegionView;
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::tasks::{self, Filter, Reason, State, TaskKind, Whole};
use crate::words::Lang;

/// Tasks on one page.
const PAGE: i64 = 30;

/// `?kind=&q=&far=&after=`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
    q: String,
    far: String,
    after: String,
}

#[derive(Template)]
#[template(path = "tasks/index.html")]
struct Index {
    l: Lang,
    leads: bool,
    kinds: Vec<String>,
    asked: Asked,
    cards: Vec<Card>,
    next: Option<String>,
}

/// `GET /tasks`.
pub async fn index(
    app: Data<App>,
    SignedIn(who): SignedIn,
    l: Lang,
    Query(asked): Query<Asked>,
) -> Result<impl Responder, PageError> {
    let filter = Filter {
        status: Some(tasks::Status::Open),
        kind: asked.kind.parse().ok(),
        q: Some(asked.q.trim().to_owned()).filter(|q| !q.is_empty()),
        near: asked.far.is_empty().then(|| who.region.clone()),
        after: Some(app.clock.now()),
        ..Filter::default()
    };
    let before = crate::ids::decode(&asked.after).ok();
    let scope = who.scope();
    let own = Scope::Own(who.id);
    let (mut found, ahead) = app
        .db
        .read(move |conn| {
            let found = tasks::list(conn, &scope, &filter, before, PAGE + 1)?;
            Ok((found, tasks::ahead(conn, &own)?))
        })
        .await?;
    let on: HashSet<TaskId> = ahead
        .into_iter()
        .filter(|(_, assignment)| assignment.state != State::Invited)
        .map(|(task, _)| task.id)
        .collect();
    let next = cut(&mut found).map(|last| {
        let mut query = url::form_urlencoded::Serializer::new(String::from("/tasks?"));
        query
            .append_pair("kind", &asked.kind)
            .append_pair("q", &asked.q)
            .append_pair("far", &asked.far)
            .append_pair("after", &last);
        query.finish()
    });
    let page = Index {
        leads: who.is_leader(),
        kinds: TaskKind::ALL.iter().map(ToString::to_string).collect(),
        cards: found
            .iter()
            .map(|whole| Card {
                mine: on.contains(&whole.task.id),
                ..Card::new(&app, &l, &who.region, whole)
            })
            .collect(),
        next,
        asked,
        l: l.clone(),
    };
    Ok(Page::new(l.say("tasks-title"), page))
}

/// Keeps one page of what was read and gives the place where the next one begins.
fn cut(found: &mut Vec<Whole>) -> Option<String> {
    let size = usize::try_from(PAGE).unwrap_or(0);
    let more = found.len() > size;
    found.truncate(size);
    found
        .last()
        .filter(|_| more)
        .map(|last| encode(last.task.id.0))
}

#[derive(Template)]
#[template(path = "tasks/task.html")]
struct Show {
    l: Lang,
    card: Card,
    region: String,
    away: String,
    needs: String,
    name: String,
    leads: bool,
    state: Option<State>,
    refusal: Option<String>,
    over: bool,
    reasons: Vec<Said>,
    caveat: Option<CaveatSaid>,
}

impl Show {
    /// Whether the reader is on it, or was.
    fn is_on(&self) -> bool {
        !matches!(
            self.state,
            None | Some(State::Invited | State::Declined | State::Cancelled)
        )
    }

    /// Why nobody, or not the reader, can say yes; nothing when they can.
    fn stop(&self) -> Option<String> {
        let task = &self.card.task;
        let key = match task.status {
            tasks::Status::Closed => "task-note-closed",
            _ if self.over => "task-note-over",
            _ if self.is_on() => return None,
            _ if task.free() == 0 => "task-note-full",
            // A leader may ask somebody from elsewhere.
            _ if self.card.foreign && self.state != Some(State::Invited) => "task-note-foreign",
            _ => return None,
        };
        let region = self.region.as_str();
        Some(self.l.say(key).with("region", region).to_string())
    }

    /// Whether something is to be said above the task.
    fn has_note(&self) -> bool {
        self.refusal.is_some()
            || !matches!(self.stand(), "" | "cancelled" | "no_show")
            || self.stop().is_some()
    }

    fn may_join(&self) -> bool {
        let open = self.card.task.status == tasks::Status::Open;
        open && !self.is_on() && self.stop().is_none()
    }

    /// Where the reader stands, as the template tells it apart.
    fn stand(&self) -> &'static str {
        match self.state {
            Some(State::Accepted | State::Assigned | State::Invited) if self.stop().is_some() => "",
            Some(State::Accepted | State::Assigned) => "in",
            Some(other) => other.as_str(),
            None => "",
        }
    }

    fn may_decline(&self) -> bool {
        matches!(self.state, None | Some(State::Invited))
    }
}

/// `GET /tasks/{id}`.
pub async fn show(
    app: Data<App>,
    SignedIn(who): SignedIn,
    l: Lang,
    id: Path<String>,
) -> Result<impl Responder, PageError> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    Ok(task_page(&app, &who, &l, id, None).await?)
}

async fn task_page(
    app: &App,
    who: &Viewer,
    l: &Lang,
    id: TaskId,
    refusal: Option<&Sentence>,
) -> Result<Page<Show>, Error> {
    let scope = who.scope();
    let (whole, standing) = app
        .db
        .read(move |conn| {
            let whole = tasks::find(conn, &scope, id)?;
            Ok((whole, tasks::standing(conn, &scope, id)?))
        })
        .await?;
    let state = standing.map(|standing| standing.state);
    let fit = if state.is_none_or(|state| state == State::Invited) {
        super::fit(app, who.scope(), id, l).await?
    } else {
        Fit::default()
    };
    let page = Show {
        region: RegionView::of(&app.tree, &whole.task.region).name,
        away: fit
            .km
            .filter(|_| !whole.task.remote)
            .map(|km| miles(l, km))
            .unwrap_or_default(),
        needs: needs(l, &whole),
        card: Card::new(app, l, &who.region, &whole),
        name: who.name.clone(),
        leads: who.scope().leads(&whole.task.region),
        state,
        refusal: refusal.map(|why| l.sentence(why)),
        over: tasks::ends(&whole.task).is_some_and(|end| end <= app.clock.now()),
        reasons: fit.reasons,
        caveat: fit.caveat,
        l: l.clone(),
    };
    Ok(Page::new(&whole.task.title, page))
}

/// What it asks for, in one line.
fn needs(l: &Lang, whole: &Whole) -> String {
    let welcome = |what: String| l.say("task-needs-welcome").with("what", what).to_string();
    let mut needs = Vec::new();
    let asked: Vec<String> = whole
        .skills
        .iter()
        .filter(|need| need.required)
        .map(|need| skill_name(&need.slug))
        .collect();
    for language in whole.task.wanted_languages() {
        let name = language_name(l, language.tag());
        if asked.contains(&name) {
            // The skill of the same name says it with its level.
            continue;
        }
        needs.push(if language.is_required() {
            name
        } else {
            welcome(name)
        });
    }
    for need in &whole.skills {
        let text = l
            .say("task-needs-skill")
            .with("skill", skill_name(&need.slug))
            .with("level", need.level)
            .to_string();
        needs.push(if need.required { text } else { welcome(text) });
    }
    needs.extend(whole.task.wanted_certificates());
    if let Some(years) = whole.task.min_age {
        needs.push(l.say("task-needs-age").with("years", years).to_string());
    }
    needs.join(" · ")
}

/// A yes or no.
#[derive(Deserialize)]
pub struct Answer {
    state: String,
    #[serde(default)]
    reason: String,
}

/// `POST /tasks/{id}/assignment`: a yes leads to the task, anything else home.
pub async fn answer(
    app: Data<App>,
    SignedIn(who): SignedIn,
    l: Lang,
    id: Path<String>,
    Form(answer): Form<Answer>,
) -> Result<actix_web::Either<See, Page<impl Template>>, PageError> {
    let id: TaskId = id.parse().map_err(|_| Error::NotFound)?;
    let state: State = answer
        .state
        .parse()
        .map_err(|_| Error::field("state", "task-state-own"))?;
    let reason: Option<Reason> = answer.reason.parse().ok();
    match tasks::respond(&app, who.scope(), id, state, reason).await {
        Ok(_) if state == State::Accepted => {
            Ok(actix_web::Either::Left(See(format!("/tasks/{id}"))))
        }
        Ok(_) => {
            let said = match state {
                State::Declined => reason.unwrap_or(Reason::NotNow).as_str(),
                other => other.as_str(),
            };
            let home = format!("/home?said={said}&task={id}");
            Ok(actix_web::Either::Left(See(home)))
        }
        Err(Error::Conflict(why)) => {
            let page = task_page(&app, &who, &l, id, Some(&why)).await?;
            Ok(actix_web::Either::Right(page.with_status(409)))
        }
        Err(other) => Err(other.into()),
    }
}

//! `/tasks` and `/tasks/{id}`: what there is to do, one task, and saying yes or no.

pub mod form;
pub mod leader;
pub mod led;

use actix_web::Responder;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::{CaveatSaid, Fit, Said, SuggestionView, language_name, skill_name};
use crate::app::App;
use crate::error::{Error, Sentence};
use crate::http::{Form, Page, PageError, Query, See, SignedIn};
use crate::ids::{TaskId, encode};
use crate::ledger::Points;
use crate::regions::RegionView;
use crate::sessions::Viewer;
use crate::tasks::{self, Filter, Reason, State, Task, TaskKind, Whole};
use crate::words::Lang;

/// Tasks on one page.
const PAGE: i64 = 30;
/// Kilometres in a mile.
const KM: f64 = 1.609_344;

/// A task as `tasks/card.html` shows it.
pub struct Card {
    /// The task.
    pub task: Task,
    /// Its picture.
    pub icon: &'static str,
    /// When, in words.
    pub when: String,
    /// How long, in words.
    pub length: String,
    /// Where, in words; empty where that is not known.
    pub place: String,
    /// The host's name; may be empty.
    pub host: String,
    /// What it earns, in words.
    pub points: String,
    /// Why it suits the reader; may be empty.
    pub reasons: Vec<Said>,
    /// What to know before saying yes.
    pub caveat: Option<CaveatSaid>,
}

impl Card {
    /// The card of a task, without reasons.
    pub fn new(app: &App, l: &Lang, whole: &Whole) -> Self {
        let task = whole.task.clone();
        Self {
            icon: tasks::icon(task.kind),
            when: tasks::when_text(l, &task),
            length: tasks::length_text(l, task.minutes),
            place: if task.remote {
                l.say("task-from-home").to_string()
            } else {
                task.place_name.clone()
            },
            host: whole.host_name.clone().unwrap_or_default(),
            points: earns(app, l, &task),
            reasons: Vec::new(),
            caveat: None,
            task,
        }
    }

    /// The card of one of somebody's five.
    pub fn of(app: &App, l: &Lang, suggestion: &SuggestionView) -> Self {
        let mut card = Self {
            reasons: suggestion.reasons.clone(),
            caveat: suggestion.caveat.clone(),
            ..Self::new(app, l, &suggestion.whole)
        };
        if let Some(km) = suggestion.km {
            let parts = [card.place, miles(l, km)];
            card.place = parts
                .iter()
                .filter(|part| !part.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" · ");
        }
        card
    }

    /// The key of its kind's name.
    fn kind_key(&self) -> &'static str {
        match self.task.kind {
            TaskKind::Calls => "task-kind-calls",
            TaskKind::Doors => "task-kind-doors",
            TaskKind::ListeningNote => "task-kind-listening_note",
            TaskKind::Shift => "task-kind-shift",
            TaskKind::EventHosted => "task-kind-event_hosted",
            TaskKind::EventAttended => "task-kind-event_attended",
            TaskKind::Donation => "task-kind-donation",
            TaskKind::DataEntry => "task-kind-data_entry",
            TaskKind::Translation => "task-kind-translation",
            TaskKind::Training => "task-kind-training",
        }
    }
}

/// "2.1 miles away"; whole miles from ten on.
fn miles(l: &Lang, km: f64) -> String {
    let miles = km / KM;
    let shown = if miles < 10.0 {
        (miles * 10.0).round() / 10.0
    } else {
        miles.round()
    };
    l.say("task-away").with("miles", shown).to_string()
}

/// What a kind earns, from the scoring file.
fn earns(app: &App, l: &Lang, task: &Task) -> String {
    let scoring = &app.scoring;
    let both = |key, each: Points, talk: Points| {
        l.say(key)
            .with("each", each.as_f64())
            .with("talk", talk.as_f64())
            .to_string()
    };
    let about = |points: f64| {
        let points = points.round();
        l.say("task-earns-about").with("points", points).to_string()
    };
    let hours = f64::from(task.minutes) / 60.0;
    match task.kind {
        TaskKind::Calls => both(
            "task-earns-calls",
            scoring.calls.dial,
            scoring.calls.conversation,
        ),
        TaskKind::Doors => both(
            "task-earns-doors",
            scoring.doors.door,
            scoring.doors.conversation,
        ),
        TaskKind::EventHosted => both(
            "task-earns-hosted",
            scoring.event_hosted.hosting,
            scoring.event_hosted.guest,
        ),
        TaskKind::Donation => l
            .say("task-earns-donation")
            .with("each", scoring.donation.donor.as_f64())
            .to_string(),
        TaskKind::ListeningNote => about(scoring.listening_note.note.as_f64()),
        TaskKind::Shift => about(scoring.shift.hour.as_f64() * hours),
        TaskKind::EventAttended => about(scoring.event_attended.attending.as_f64()),
        TaskKind::DataEntry => about(scoring.data_entry.hour.as_f64() * hours),
        TaskKind::Translation => about(scoring.translation.hour.as_f64() * hours),
        TaskKind::Training => about(scoring.training.training.as_f64()),
    }
}

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
    let mut found = app
        .db
        .read(move |conn| tasks::list(conn, &scope, &filter, before, PAGE + 1))
        .await?;
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
            .map(|whole| Card::new(&app, &l, whole))
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
    reasons: Vec<Said>,
    caveat: Option<CaveatSaid>,
}

impl Show {
    fn is_open(&self) -> bool {
        self.card.task.status == tasks::Status::Open
    }

    fn may_join(&self) -> bool {
        let joins = matches!(
            self.state,
            None | Some(State::Invited | State::Declined | State::Cancelled)
        );
        self.is_open() && joins && self.card.task.free() > 0
    }

    /// Where the reader stands, as the template tells it apart.
    fn stand(&self) -> &'static str {
        match self.state {
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
        card: Card::new(app, l, &whole),
        name: who.name.clone(),
        leads: who.scope().leads(&whole.task.region),
        state,
        refusal: refusal.map(|why| l.sentence(why)),
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
    for language in whole.task.wanted_languages() {
        let name = language_name(l, language.tag());
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
        Ok(_) => Ok(actix_web::Either::Left(See("/home".into()))),
        Err(Error::Conflict(why)) => {
            let page = task_page(&app, &who, &l, id, Some(&why)).await?;
            Ok(actix_web::Either::Right(page.with_status(409)))
        }
        Err(other) => Err(other.into()),
    }
}

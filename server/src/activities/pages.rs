//! `/log`, its receipt, and `/me/points`.

mod lines;
mod presets;

use actix_web::Responder;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono_tz::Tz;

use super::api::WeekQuery;
use super::form::LogForm;
use super::missions::said;
use super::{Kind, UNDO, what, why};
use crate::app::App;
use crate::clock::Instant;
use crate::error::Error;
use crate::http::{Faults, Form, Page, PageError, Query, See, SignedIn};
use crate::ids::{ActivityId, TaskId, secret};
use crate::ledger::{Points, Verification, Week};
use crate::regions::RegionView;
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::words::Lang;
use lines::Ledger;
use presets::Preset;

/// Kinds shown at once, and those behind "More kinds".
const FIRST: [Kind; 4] = [Kind::Doors, Kind::Calls, Kind::Shift, Kind::EventHosted];
const MORE: [Kind; 6] = [
    Kind::EventAttended,
    Kind::ListeningNote,
    Kind::DataEntry,
    Kind::Translation,
    Kind::Donation,
    Kind::Training,
];
#[derive(Template)]
#[template(path = "activities/log.html")]
struct LogPage {
    l: Lang,
    missions: Vec<String>,
    presets: Vec<Preset>,
    form: LogForm,
    faults: Faults,
    first: Vec<KindChoice>,
    more: Vec<KindChoice>,
    more_open: bool,
    open: bool,
    tasks: Vec<(TaskId, String)>,
}

struct KindChoice {
    kind: &'static str,
    icon: &'static str,
    chosen: bool,
}

fn icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Calls => "phone",
        Kind::Doors => "door",
        Kind::ListeningNote => "note",
        Kind::Shift => "clock",
        Kind::EventHosted => "event",
        Kind::EventAttended => "places",
        Kind::Recruit => "welcome",
        Kind::Donation => "give",
        Kind::DataEntry => "keyboard",
        Kind::Translation => "speak",
        Kind::Training => "train",
    }
}

fn zone_of(viewer: &Viewer) -> Tz {
    viewer.zone.parse().unwrap_or(chrono_tz::UTC)
}

/// `GET /log`.
pub async fn form(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    l: Lang,
) -> Result<impl Responder, PageError> {
    let fresh = LogForm {
        kind: Kind::Doors.as_str().into(),
        day: "today".into(),
        ..LogForm::default()
    };
    let page = log_page(&app, &viewer, l.clone(), fresh, Faults::default()).await?;
    Ok(Page::new(l.say("log-title"), page))
}

/// `POST /log`: the receipt, or the form again.
pub async fn log(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    l: Lang,
    Form(form): Form<LogForm>,
) -> Result<actix_web::Either<See, impl Responder>, PageError> {
    let written = match form.read(app.clock.now(), zone_of(&viewer)) {
        Ok(new) => super::log(&app, &viewer, &form.key, &new).await,
        Err(error) => Err(error),
    };
    match written {
        Ok(written) => Ok(actix_web::Either::Left(See(format!(
            "/log/{}",
            written.line.activity()
        )))),
        Err(Error::Invalid(errors)) => {
            let faults = form.faults(&errors, &l);
            let page = log_page(&app, &viewer, l.clone(), form, faults).await?;
            Ok(actix_web::Either::Right(
                Page::new(l.say("log-title"), page).with_status(422),
            ))
        }
        Err(error) => Err(error.into()),
    }
}

async fn log_page(
    app: &App,
    viewer: &Viewer,
    l: Lang,
    mut form: LogForm,
    faults: Faults,
) -> Result<LogPage, Error> {
    // A refused form is another request when it comes again.
    form.key = secret(16);
    // What was typed is never hidden; a kind that needs one of the two shows it by itself.
    let (task, note) = (!form.task.is_empty(), !form.note.is_empty());
    if task && form.kind != Kind::Training.as_str()
        || note && form.kind != Kind::ListeningNote.as_str()
    {
        "yes".clone_into(&mut form.more);
    }
    let tasks = super::own_tasks(app, viewer).await?;
    let week = Week::at(app.clock.now().utc(), zone_of(viewer));
    let weights = super::weights(app, week).await?;
    let presets = presets::of(app, viewer, &weights, &l).await?;
    let choice = |kind: &Kind| KindChoice {
        kind: kind.as_str(),
        icon: icon(*kind),
        chosen: kind.as_str() == form.kind,
    };
    let more: Vec<KindChoice> = MORE.iter().map(choice).collect();
    Ok(LogPage {
        presets,
        missions: weights
            .iter()
            .map(|(kind, weight)| said(&l, kind, weight, None))
            .collect(),
        first: FIRST.iter().map(choice).collect(),
        more_open: more.iter().any(|choice| choice.chosen),
        open: !form.more.is_empty(),
        more,
        tasks,
        form,
        faults,
        l,
    })
}

#[derive(Template)]
#[template(path = "activities/receipt.html")]
struct Receipt {
    l: Lang,
    id: ActivityId,
    region: String,
    week: String,
    base: Points,
    what: String,
    day: String,
    why: String,
    undone: bool,
    undo: bool,
    ledger: Ledger,
}

/// "today", or the day.
fn day(l: &Lang, at: Instant, now: Instant, zone: Tz) -> String {
    if at.local(zone).date_naive() == now.local(zone).date_naive() {
        l.say("log-today").to_string()
    } else {
        l.weekday(at, zone)
    }
}

/// `GET /log/{id}`: what was saved, what it earned, and the way back.
pub async fn receipt(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    l: Lang,
    id: Path<String>,
) -> Result<impl Responder, PageError> {
    let id: ActivityId = id.parse().map_err(|_| Error::NotFound)?;
    let recorded = super::find(&app, Scope::Own(viewer.id), id).await?;
    let week = recorded.line.week.parse().map_err(|_| Error::NotFound)?;
    let record = super::points_of(&app, &viewer, week).await?;
    let (now, zone) = (app.clock.now(), zone_of(&viewer));
    let undone = recorded.verification() == Verification::Reversed;
    let decided = recorded
        .state
        .as_ref()
        .is_some_and(|state| state.decided_by.is_some());
    let own = recorded.line.actor == viewer.id;
    let title = l.say(if undone { "log-undone" } else { "log-saved" });
    let title = title.to_string();
    let page = Receipt {
        id,
        region: RegionView::of(&app.tree, &recorded.line.region).name,
        week: recorded.line.week.clone(),
        base: recorded.line.base(),
        what: what(&l, &recorded.line),
        day: day(&l, recorded.line.occurred_at, now, zone),
        why: why(&l, &app.scoring, &recorded),
        undo: own && !undone && !decided && now - recorded.line.created_at <= UNDO,
        undone,
        ledger: Ledger::new(&l, &app, zone, &record),
        l,
    };
    Ok(Page::new(title, page))
}

/// `POST /log/{id}/reversal`: takes one's own fresh entry back.
pub async fn undo(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    id: Path<String>,
) -> Result<impl Responder, PageError> {
    let id: ActivityId = id.parse().map_err(|_| Error::NotFound)?;
    super::withdraw(&app, &viewer, id).await?;
    Ok(See(format!("/log/{id}")))
}

#[derive(Template)]
#[template(path = "activities/points.html")]
struct PointsPage {
    l: Lang,
    week: String,
    before: String,
    after: Option<String>,
    base: Points,
    counted: Points,
    full: bool,
    ledger: Ledger,
}

/// `GET /me/points`: why this score?
pub async fn points(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    l: Lang,
    Query(query): Query<WeekQuery>,
) -> Result<impl Responder, PageError> {
    let week = query.week(&app, &viewer)?;
    let present = WeekQuery { week: None }.week(&app, &viewer)?;
    let record = super::points_of(&app, &viewer, week).await?;
    let page = PointsPage {
        week: week.to_string(),
        before: week.prev().to_string(),
        after: (week < present).then(|| week.next().to_string()),
        base: record.base,
        counted: record.counted,
        full: record.full,
        ledger: Ledger::new(&l, &app, zone_of(&viewer), &record),
        l: l.clone(),
    };
    Ok(Page::new(l.say("points-title"), page))
}

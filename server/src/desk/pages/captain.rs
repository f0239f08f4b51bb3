//! `/captain`: whom to call, what to confirm, the paper sheet, the region's race.

use actix_web::web::Data;
use actix_web::{HttpRequest, Responder};
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::sheet::Sheet;
use crate::activities::{self, Waiting};
use crate::app::App;
use crate::audit;
use crate::clock::Instant;
use crate::error::Error;
use crate::followups::{self, Call, Outcome};
use crate::http::{Form, Leader, Page, PageError, Query, See};
use crate::ids::ActivityId;
use crate::ledger::Verification;
use crate::live;
use crate::races::{self, StripView};
use crate::region_code::RegionCode;
use crate::regions::{self, RegionView};
use crate::sessions::Viewer;
use crate::volunteers::{self, Filter};
use crate::words::Lang;

/// Entries to confirm on one page.
const ENTRIES: usize = 30;
/// Entries read to find those of one region among them.
const READ: i64 = 300;
/// Names offered to a sheet.
const NAMES: i64 = 200;

/// What the address may ask for.
#[derive(Default, Deserialize)]
pub struct Asked {
    region: Option<String>,
    /// How the last call went.
    called: Option<Outcome>,
    /// Entries just decided about.
    decided: Option<u32>,
    /// Rows of a sheet just saved.
    saved: Option<u32>,
    /// A decision that was not clear.
    #[serde(skip)]
    unclear: Option<Unclear>,
}

/// A decision about entries that cannot be carried out: shown again with what is missing.
struct Unclear {
    picked: Vec<String>,
    reason: String,
    /// The key of the sentence.
    why: &'static str,
}

#[derive(Template)]
#[template(path = "desk/captain.html")]
pub(super) struct Captain {
    l: Lang,
    now: Instant,
    zone: chrono_tz::Tz,
    region: RegionView,
    here_now: Option<u32>,
    choices: Vec<RegionView>,
    asked: Asked,
    calls: Vec<Call>,
    beneath: usize,
    waiting: Vec<Waiting>,
    /// How many wait in all, in words: "41", "300+".
    total: String,
    hidden: bool,
    people: Vec<(String, String)>,
    sheet: Sheet,
    strip: Option<StripView>,
}

impl Captain {
    fn lately(&self, at: &Instant) -> String {
        self.l.lately(*at, self.now, self.zone)
    }

    fn what(&self, waiting: &Waiting) -> String {
        activities::what(&self.l, &waiting.recorded.line)
    }

    /// Whether the entry's box is ticked: all but the held ones, or what was ticked before.
    fn is_picked(&self, waiting: &Waiting) -> bool {
        let id = waiting.recorded.line.activity().to_string();
        match &self.asked.unclear {
            Some(unclear) => unclear.picked.contains(&id),
            None => !self.is_held(waiting),
        }
    }

    /// What is missing in a decision, under the key of its sentence.
    fn is_unclear(&self, why: &str) -> bool {
        self.asked
            .unclear
            .as_ref()
            .is_some_and(|unclear| unclear.why == why)
    }

    fn reason(&self) -> &str {
        self.asked
            .unclear
            .as_ref()
            .map_or("", |unclear| &unclear.reason)
    }

    #[expect(clippy::unused_self, reason = "a template calls it as a method")]
    fn is_held(&self, waiting: &Waiting) -> bool {
        waiting.recorded.verification() == Verification::Held
    }
}

/// `GET /captain`.
pub async fn captain(
    app: Data<App>,
    Leader(viewer): Leader,
    l: Lang,
    Query(asked): Query<Asked>,
) -> Result<impl Responder, PageError> {
    let region = region_of(&app, &viewer, asked.region.as_deref())?;
    Ok(show(&app, &viewer, l, region, asked, Sheet::blank()).await?)
}

/// The region asked for, or the first one led; the whole tree for HQ without an office.
pub(super) fn region_of(
    app: &App,
    viewer: &Viewer,
    asked: Option<&str>,
) -> Result<RegionCode, Error> {
    let region = match asked.filter(|code| !code.is_empty()) {
        Some(code) => regions::known(&app.tree, code)?.code.clone(),
        None => match viewer.leads.first() {
            Some(led) => led.clone(),
            None => app.tree.root().code.clone(),
        },
    };
    if viewer.scope().leads(&region) {
        Ok(region)
    } else {
        Err(Error::NotFound)
    }
}

pub(super) async fn show(
    app: &App,
    viewer: &Viewer,
    l: Lang,
    region: RegionCode,
    asked: Asked,
    sheet: Sheet,
) -> Result<Page<Captain>, Error> {
    let now = app.clock.now();
    let calls = followups::queue(app, viewer.scope(), &region).await?;
    let all = calls.len();
    let calls: Vec<Call> = calls
        .into_iter()
        .filter(|call| call.is_up_to(&region))
        .collect();
    let mut waiting = activities::waiting(app, viewer, None, READ).await?;
    let read = i64::try_from(waiting.len()).unwrap_or(READ);
    waiting.retain(|entry| entry.recorded.line.region.is_under(&region));
    let total = if read < READ {
        waiting.len().to_string()
    } else {
        format!("{}+", waiting.len())
    };
    let hidden = waiting.len() > ENTRIES;
    waiting.truncate(ENTRIES);
    let people = names(app, viewer, &region, waiting.len()).await?;
    let strip = races::strip(app, &region).await?;
    let page = Captain {
        now,
        zone: viewer.zone.parse().unwrap_or(chrono_tz::UTC),
        region: RegionView::of(&app.tree, &region),
        here_now: live::as_told(app.hub.company().count(&region)),
        choices: viewer
            .leads
            .iter()
            .map(|led| RegionView::of(&app.tree, led))
            .collect(),
        asked,
        beneath: all - calls.len(),
        calls,
        waiting,
        total,
        hidden,
        people,
        sheet,
        strip: strip.map(|strip| StripView::new(&l, &strip, &app.scoring.doors)),
        l: l.clone(),
    };
    Ok(Page::new(l.say("desk-captain"), page))
}

/// Addresses and names to choose from on a sheet. The look at them, and at `entries` to confirm, is
/// written down.
async fn names(
    app: &App,
    viewer: &Viewer,
    region: &RegionCode,
    entries: usize,
) -> Result<Vec<(String, String)>, Error> {
    let scope = viewer.scope();
    let filter = Filter {
        region: Some(region.clone()),
        ..Filter::default()
    };
    let found = app
        .db
        .read(move |conn| volunteers::search(conn, &scope, &filter, None, NAMES))
        .await?;
    let read = json!({"region": region, "people": found.len(), "entries": entries});
    let now = app.clock.now();
    audit::append_look(&app.db, viewer.scope(), "captain_page_read", read, now).await?;
    Ok(found
        .into_iter()
        .map(|person| (person.email, person.name))
        .collect())
}

/// Entries chosen, and what to do with them.
#[derive(Deserialize)]
pub struct Decided {
    #[serde(default)]
    activity: Vec<String>,
    state: Verification,
    #[serde(default)]
    reason: String,
    region: Option<String>,
}

/// `POST /captain/approvals`: decides about every chosen entry; what somebody else decided or took
/// back meanwhile is left as it is.
pub async fn decide(
    app: Data<App>,
    Leader(viewer): Leader,
    l: Lang,
    Form(form): Form<Decided>,
    request: HttpRequest,
) -> Result<impl Responder, PageError> {
    let region = region_of(&app, &viewer, form.region.as_deref())?;
    let why = if form.activity.is_empty() {
        Some("desk-approve-tick")
    } else if form.state == Verification::Rejected && form.reason.trim().is_empty() {
        Some("desk-reject-why")
    } else {
        None
    };
    if let Some(why) = why {
        let unclear = Unclear {
            picked: form.activity,
            reason: form.reason,
            why,
        };
        let asked = Asked {
            unclear: Some(unclear),
            ..Asked::default()
        };
        let page = show(&app, &viewer, l, region, asked, Sheet::blank()).await?;
        return Ok(page.with_status(422).respond_to(&request));
    }
    let mut decided = 0_u32;
    for id in form.activity.iter().take(ENTRIES) {
        let id: ActivityId = id.parse().map_err(|_| Error::NotFound)?;
        let reason = Some(form.reason.clone());
        match activities::decide(&app, &viewer, id, form.state, reason).await {
            Ok(_) => decided += 1,
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let path = format!("/captain?region={region}&decided={decided}");
    Ok(See(path).respond_to(&request))
}

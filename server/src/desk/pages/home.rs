//! `/home`: the next thing, in five seconds.

use actix_web::Responder;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use super::super::weeks::weeks;
use crate::accounts;
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::db::Conn;
use crate::error::Error;
use crate::feed::{self, FeedScope, PostView};
use crate::followups;
use crate::http::{Page, PageError, Query, SignedIn};
use crate::ids::TaskId;
use crate::ledger::Week;
use crate::matching::when::Slot;
use crate::matching::{self, Card};
use crate::races::{self, StripView};
use crate::region_code::RegionCode;
use crate::regions::RegionView;
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::tasks::{self, State, Status, Task, Whole};
use crate::volunteers;
use crate::words::Lang;

/// Posts shown; the region's page has them all.
const POSTS: i64 = 2;
/// For how long after joining somebody is greeted as new.
const NEW: Duration = Duration::hours(72);

#[derive(Template)]
#[template(path = "desk/home.html")]
struct Home {
    l: Lang,
    now: Instant,
    zone: chrono_tz::Tz,
    place: RegionView,
    state: String,
    week: String,
    third: &'static str,
    known: Known,
    cards: Vec<Card>,
    invited: Vec<Card>,
    strip: Option<StripView>,
    invitation: Option<String>,
    said: Option<Said>,
}

/// What came of the button that led here.
struct Said {
    text: String,
    /// The task it was about, to change one's mind.
    task: Option<TaskId>,
}

/// `?said=…&task=…` after an answer to a task, `?said=name` after giving one's name.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Answered {
    said: String,
    task: String,
}

impl Answered {
    fn say(&self, l: &Lang) -> Option<Said> {
        let key = match self.said.as_str() {
            "not_now" => "desk-said-not-now",
            "too_far" => "desk-said-too-far",
            "not_my_thing" => "desk-said-not-my-thing",
            "never" => "desk-said-never",
            "cancelled" => "desk-said-cancelled",
            "name" => "desk-said-name",
            _ => return None,
        };
        Some(Said {
            text: l.say(key).to_string(),
            task: self.task.parse().ok(),
        })
    }
}

/// What the database knows.
#[derive(Default)]
struct Known {
    name: String,
    /// Asked to be spared comparison.
    quiet: bool,
    /// Joined lately and alone in their region.
    first: bool,
    /// Who will write to a newcomer; empty where HQ will.
    caller: Option<String>,
    weeks: Vec<bool>,
    /// Said yes to or put on, the soonest first.
    ahead: Vec<Task>,
    invited: Vec<Whole>,
    posts: Vec<PostView>,
}

impl Home {
    fn active_weeks(&self) -> usize {
        self.known.weeks.iter().filter(|did| **did).count()
    }

    #[expect(clippy::unused_self, reason = "a template calls it as a method")]
    fn icon(&self, task: &Task) -> &'static str {
        tasks::icon(task.kind)
    }

    /// Where, when and for how long, in one line.
    fn facts(&self, task: &Task) -> String {
        let place = if task.remote {
            self.l.say("task-from-home").to_string()
        } else {
            task.place_name.clone()
        };
        let parts = [
            place,
            tasks::when_text(&self.l, task),
            tasks::length_text(&self.l, task.minutes),
        ];
        let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        said.join(" · ")
    }

    fn lately(&self, at: &Instant) -> String {
        self.l.lately(*at, self.now, self.zone)
    }
}

/// `GET /home`.
pub async fn home(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    l: Lang,
    Query(answered): Query<Answered>,
) -> Result<impl Responder, PageError> {
    let zone: chrono_tz::Tz = viewer.zone.parse().unwrap_or(chrono_tz::UTC);
    let now = app.clock.now();
    let (house, who) = (app.get_ref().clone(), viewer.clone());
    let known = app.db.read(move |conn| known(conn, &house, &who)).await?;
    let cards = matching::suggest(&app, &viewer, &l).await?;
    let home = &viewer.region;
    let strip = if known.quiet {
        None
    } else {
        races::strip(&app, &viewer.region).await?
    };
    let slot = Slot::at(&now.local(zone), &app.matcher.config().time);
    let place = RegionView::of(&app.tree, &viewer.region);
    let week = Week::at(now.utc(), zone).to_string();
    let page = Home {
        now,
        zone,
        state: place.path.get(1).cloned().unwrap_or_default(),
        place,
        week: week.rsplit("-W").next().unwrap_or_default().to_owned(),
        third: slot.key().rsplit('-').next().unwrap_or_default(),
        cards: cards
            .iter()
            .map(|one| Card::of(&app, &l, home, one))
            .collect(),
        invited: known
            .invited
            .iter()
            .map(|whole| Card {
                // Who was asked may come from elsewhere.
                foreign: false,
                ..Card::new(&app, &l, home, whole)
            })
            .collect(),
        said: answered.say(&l),
        known,
        strip: strip.map(|strip| StripView::new(&l, &strip, &app.scoring.doors)),
        invitation: accounts::invitation_link(&app, &viewer).await?,
        l: l.clone(),
    };
    Ok(Page::new(l.say("desk-home"), page))
}

fn known(conn: &mut Conn, app: &App, viewer: &Viewer) -> Result<Known, Error> {
    let (now, own) = (app.clock.now(), Scope::Own(viewer.id));
    let person = volunteers::find(conn, &own, viewer.id)?;
    let is_new = now - person.joined_at < NEW;
    let over = |task: &Task| {
        task.status != Status::Open || tasks::ends(task).is_some_and(|ends| ends < now)
    };
    let (mut ahead, invited): (Vec<_>, Vec<_>) = tasks::ahead(conn, &own)?
        .into_iter()
        .filter(|(task, _)| !over(task))
        .partition(|(_, assignment)| assignment.state != State::Invited);
    // What has no hour comes after what has one, on every database.
    ahead.sort_by_key(|(task, _)| {
        let at = task.starts_at.or(task.ends_at);
        (at.is_none(), at, task.id)
    });
    let invited: Vec<TaskId> = invited.into_iter().map(|(task, _)| task.id).collect();
    let mut wholes = tasks::list_these(conn, &own, &invited)?;
    wholes.sort_by_key(|whole| invited.iter().position(|id| *id == whole.task.id));
    let heard: Vec<RegionCode> = person.region.ancestors_and_self().collect();
    let reader = FeedScope::of(viewer);
    let waits = is_new && followups::waits(conn, &own)?;
    Ok(Known {
        first: is_new
            && !viewer.staff
            && volunteers::count(conn, &Scope::System, &person.region)? == 1,
        caller: if waits {
            Some(caller(conn, &heard)?)
        } else {
            None
        },
        weeks: weeks(conn, app, &own, &person)?,
        ahead: ahead.into_iter().map(|(task, _)| task).collect(),
        invited: wholes,
        posts: feed::posts(conn, &app.tree, &reader, &heard, None, POSTS)?,
        quiet: person.quiet,
        name: person.name,
    })
}

/// The name of the nearest captain above somebody; empty where there is none.
fn caller(conn: &mut Conn, heard: &[RegionCode]) -> Result<String, Error> {
    for region in heard.iter().rev() {
        if let Some(name) = volunteers::captain_names(conn, &Scope::System, region)?.pop() {
            return Ok(name);
        }
    }
    Ok(String::new())
}

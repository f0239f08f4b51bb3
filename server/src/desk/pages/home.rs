//! `/home`: the next thing, in five seconds.

use actix_web::Responder;
use actix_web::web::Data;
use askama::Template;

use super::super::weeks::weeks;
use crate::accounts;
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::db::Conn;
use crate::error::Error;
use crate::feed::{self, FeedScope, PostView};
use crate::followups;
use crate::http::{Page, PageError, SignedIn};
use crate::ledger::Week;
use crate::matching::when::Slot;
use crate::matching::{self, SuggestionView};
use crate::races::{self, StripView};
use crate::region_code::RegionCode;
use crate::regions::RegionView;
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::tasks::{self, State, Task};
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
    cards: Vec<SuggestionView>,
    strip: Option<StripView>,
    invitation: String,
}

/// What the database knows.
#[derive(Default)]
struct Known {
    name: String,
    /// Asked to be spared comparison.
    quiet: bool,
    /// Joined lately and alone in their region.
    first: bool,
    /// Who will call a newcomer; empty where HQ will.
    caller: Option<String>,
    weeks: Vec<bool>,
    next: Option<Task>,
    invited: Vec<Task>,
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

    fn when(&self, task: &Task) -> String {
        tasks::when_text(&self.l, task)
    }

    fn length(&self, task: &Task) -> String {
        tasks::length_text(&self.l, task.minutes)
    }

    fn lately(&self, at: &Instant) -> String {
        self.l.lately(*at, self.now, self.zone)
    }

    fn miles(&self, card: &SuggestionView) -> Option<String> {
        /// Kilometres in a mile: people here think in miles.
        const KM: f64 = 1.609_344;
        card.km.map(|km| self.l.tenths(km / KM))
    }
}

/// Where a task is, as far as it has a place.
fn place(task: &Task) -> Option<&str> {
    (!task.remote && !task.place_name.is_empty()).then_some(task.place_name.as_str())
}

/// `GET /home`.
pub async fn home(
    app: Data<App>,
    SignedIn(viewer): SignedIn,
    l: Lang,
) -> Result<impl Responder, PageError> {
    let zone: chrono_tz::Tz = viewer.zone.parse().unwrap_or(chrono_tz::UTC);
    let now = app.clock.now();
    let (house, who) = (app.get_ref().clone(), viewer.clone());
    let known = app.db.read(move |conn| known(conn, &house, &who)).await?;
    let cards = matching::suggest(&app, &viewer, &l).await?;
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
        known,
        cards,
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
    let ahead = tasks::ahead(conn, &own)?;
    let over = |task: &Task| task.ends_at.is_some_and(|ends| ends < now);
    let (next, invited): (Vec<_>, Vec<_>) = ahead
        .into_iter()
        .filter(|(task, _)| !over(task))
        .partition(|(_, assignment)| assignment.state != State::Invited);
    let heard: Vec<RegionCode> = person.region.ancestors_and_self().collect();
    let reader = FeedScope::of(viewer);
    let waits = is_new && followups::waits(conn, &own)?;
    Ok(Known {
        first: is_new && volunteers::count(conn, &Scope::System, &person.region)? == 1,
        caller: if waits {
            Some(caller(conn, &heard)?)
        } else {
            None
        },
        weeks: weeks(conn, app, &own, &person)?,
        next: next.into_iter().next().map(|(task, _)| task),
        invited: invited.into_iter().map(|(task, _)| task).collect(),
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

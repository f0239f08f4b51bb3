//! Which task for whom, and why.
//!
//! One judgement (`filter`, `score`, `reasons`: pure) answers both questions: five tasks for a
//! person ([`suggest`]) and people for a task ([`candidates_for`]). The open tasks are kept in
//! memory ([`Matcher`]); people are read as they are now.

pub mod api;
pub mod candidates;
mod card;
#[cfg(test)]
mod catalogue;
pub mod codes;
pub mod config;
pub mod features;
pub mod filter;
pub mod geo;
mod limits;
pub mod list;
pub mod pages;
mod people;
mod pool;
#[cfg(test)]
mod properties;
pub mod reasons;
#[cfg(test)]
pub(crate) mod sample;
mod say;
pub mod score;
pub mod skills;
mod store;
mod view;
pub mod when;
pub mod why_not;

use std::collections::{BTreeMap, HashMap};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

pub use card::Card;
pub use pool::Matcher;
pub use say::{
    CaveatSaid, FixSaid, Said, language as language_name, languages as language_names,
    skill as skill_name,
};
pub use view::{Bar, CandidateView, CandidatesView, OtherView, PersonBrief, SuggestionView};

use crate::app::App;
use crate::audit;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::{TaskId, VolunteerId};
use crate::region_code::RegionCode;
use crate::regions::{Point, RegionView, Tree};
use crate::scope::Scope;
use crate::sessions::Viewer;
use crate::tasks::{self, Showing, State, Task, TaskDetail, Whole};
use crate::volunteers::Volunteer;
use crate::words::Lang;
pub use codes::KM_PER_MILE;
use codes::Sentence;
use features::{Context, PersonView, TaskView};
use list::Suggestion;
use people::Reading;
use score::{Scored, Term};

/// People looked at for one task at most.
const CONSIDERED: i64 = 2_000;
/// Rows of each list of an answer at most.
const LISTED: usize = 200;
/// Whoever might come to a place lives in a county this near, in km.
const AROUND_KM: f64 = 80.0;

/// Five tasks for somebody, best first, each with its reasons and a caveat. What was shown is
/// noted once a task and day; that the note could not be written keeps nobody from the list.
pub async fn suggest(app: &App, viewer: &Viewer, l: &Lang) -> Result<Vec<SuggestionView>, Error> {
    let (scope, now, house) = (Scope::Own(viewer.id), app.clock.now(), app.clone());
    let own = scope.clone();
    let (five, wholes) = app
        .db
        .read(move |conn| {
            let five = choose(conn, &house, &own, now)?;
            let ids: Vec<TaskId> = five.iter().map(|one| TaskId(one.task_id)).collect();
            Ok((five, tasks::list_these(conn, &own, &ids)?))
        })
        .await?;
    let mut wholes: HashMap<TaskId, Whole> = wholes
        .into_iter()
        .map(|whole| (whole.task.id, whole))
        .collect();
    let mut views = Vec::new();
    let mut shown = Vec::new();
    for one in &five {
        // A task that closed in this very moment is not there any more.
        let Some(whole) = wholes.remove(&TaskId(one.task_id)) else {
            continue;
        };
        shown.push(Showing {
            task: whole.task.id,
            kind: whole.task.kind,
            position: i32::try_from(views.len() + 1).unwrap_or(i32::MAX),
            propensity: one.propensity,
            chance: one.scored.p,
        });
        views.push(SuggestionView {
            task: TaskDetail::of(&app.tree, &whole),
            score: rounded(one.score),
            reasons: one
                .reasons
                .iter()
                .map(|reason| say::said(l, reason))
                .collect(),
            caveat: one.caveat.as_ref().map(|caveat| say::caveat(l, caveat)),
            km: one.scored.km,
            whole,
        });
    }
    note_shown(app, scope, shown, now).await;
    Ok(views)
}

/// The five, with the draw of the day for the exploring place.
fn choose(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    now: Instant,
) -> Result<Vec<Suggestion>, Error> {
    app.matcher.ask(conn, now, |conn, held| {
        let reading = reading(app, &held.skills, now);
        let found = people::load(conn, scope, &[scope.actor()], &reading)?;
        let Some((_, person)) = found.first() else {
            return Ok(Vec::new());
        };
        let context = context(app, &held.skills, now);
        Ok(list::suggest(
            person,
            &held.tasks,
            &context,
            draw(scope.actor(), now),
        ))
    })
}

/// The same number 0 to 1 for a person all day: a reload shows the same list.
fn draw(person: VolunteerId, now: Instant) -> f64 {
    let day = now.micros().div_euclid(86_400_000_000);
    ChaCha8Rng::seed_from_u64((person.0 ^ (day << 40)).unsigned_abs()).random_range(0.0..1.0)
}

async fn note_shown(app: &App, scope: Scope, shown: Vec<Showing>, now: Instant) {
    if shown.is_empty() {
        return;
    }
    let chances: HashMap<TaskId, f64> = shown.iter().map(|one| (one.task, one.chance)).collect();
    let noted = app
        .db
        .write(move |conn| tasks::note_shown(conn, &scope, &shown, now))
        .await;
    match noted {
        Ok(new) => {
            let new: Vec<(TaskId, f64)> = new
                .into_iter()
                .filter_map(|task| Some((task, *chances.get(&task)?)))
                .collect();
            app.matcher.note_shown(&new, now);
        }
        Err(why) => tracing::warn!(%why, "what was shown could not be noted"),
    }
}

/// Why one task suits somebody, or why it does not; for the task's own page.
#[derive(Debug, Clone, Default)]
pub struct Fit {
    /// At most two, the strongest first; empty when it does not suit them.
    pub reasons: Vec<Said>,
    /// What to know before saying yes.
    pub caveat: Option<CaveatSaid>,
    /// How far it is, in km.
    pub km: Option<f64>,
}

/// How a task fits the person in `scope`.
pub async fn fit(app: &App, scope: Scope, task: TaskId, l: &Lang) -> Result<Fit, Error> {
    let (now, house) = (app.clock.now(), app.clone());
    let own = Scope::Own(scope.actor());
    let judged = app
        .db
        .read(move |conn| {
            house.matcher.ask(conn, now, |conn, held| {
                let reading = reading(&house, &held.skills, now);
                let found = people::load(conn, &own, &[own.actor()], &reading)?;
                let view = match held.find(task.0) {
                    Some(view) => Some(view.clone()),
                    None => house.matcher.view(conn, &held.skills, task)?,
                };
                let (Some((_, person)), Some(view)) = (found.first(), view) else {
                    return Ok(None);
                };
                let context = context(&house, &held.skills, now);
                Ok(Some(judge(person, &view, &context)))
            })
        })
        .await?;
    let Some((scored, reasons, caveat)) = judged else {
        return Ok(Fit::default());
    };
    Ok(Fit {
        reasons: reasons.iter().map(|reason| say::said(l, reason)).collect(),
        caveat: caveat.as_ref().map(|caveat| say::caveat(l, caveat)),
        km: scored.km,
    })
}

fn judge(
    person: &PersonView,
    task: &TaskView,
    context: &Context<'_>,
) -> (Scored, Vec<codes::Reason>, Option<codes::Caveat>) {
    let scored = score::score(person, task, context);
    let (reasons, caveat) = reasons::explain(person, task, &scored, context);
    (scored, reasons, caveat)
}

/// People for a task that `scope` leads: who could, best first, and why the others could not. The
/// look is written to the audit log.
///
/// # Errors
/// `NotFound` when `scope` does not lead it.
pub async fn candidates_for(
    app: &App,
    scope: Scope,
    task: TaskId,
    l: &Lang,
) -> Result<CandidatesView, Error> {
    let (now, house, asking) = (app.clock.now(), app.clone(), scope.clone());
    let sorted = app
        .db
        .read(move |conn| sort(conn, &house, &asking, task, now))
        .await?;
    let view = sorted.view(&app.tree, l, &context(app, &sorted.skills, now));
    let read = json!({"task": task, "people": view.ranked.len() + view.rest.len()});
    audit::append_look(&app.db, scope, "candidates_read", read, now).await?;
    Ok(view)
}

/// Everybody considered, sorted; still in codes.
struct Sorted {
    candidates: candidates::Candidates,
    people: HashMap<i64, Volunteer>,
    standing: HashMap<i64, State>,
    skills: skills::Skills,
    all: i64,
}

fn sort(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    id: TaskId,
    now: Instant,
) -> Result<Sorted, Error> {
    let task = tasks::find_led(conn, scope, id)?.task;
    let around = around(&app.tree, &task);
    let ids = store::list_ids(conn, scope, &around, CONSIDERED)?;
    let all = store::count_people(conn, scope, &task.region)?;
    let standing = tasks::placed(conn, scope, id)?;
    app.matcher.ask(conn, now, |conn, held| {
        let reading = reading(app, &held.skills, now);
        let found = people::load(conn, scope, &ids, &reading)?;
        let context = context(app, &held.skills, now);
        let view = app.matcher.view(conn, &held.skills, id)?;
        let Some(view) = view else {
            return Err(Error::NotFound);
        };
        let candidates =
            candidates::candidates(&view, found.iter().map(|(_, person)| person), &context);
        Ok(Sorted {
            candidates,
            people: found.into_iter().map(|(row, _)| (row.id.0, row)).collect(),
            standing: standing
                .iter()
                .map(|one| (one.assignment.volunteer_id.0, one.assignment.state))
                .collect(),
            skills: held.skills.clone(),
            all,
        })
    })
}

/// The regions whose people may be asked: the task's own, or, where it has a place, those counties
/// of it that are near.
fn around(tree: &Tree, task: &Task) -> Vec<RegionCode> {
    let whole = vec![task.region.clone()];
    let (false, Some((lat, lon))) = (task.remote, task.lat.zip(task.lon)) else {
        return whole;
    };
    let near: Vec<RegionCode> = tree
        .near(Point { lat, lon }, AROUND_KM)
        .into_iter()
        .map(|(node, _)| node.code.clone())
        .filter(|code| code.is_under(&task.region))
        .collect();
    // A task for one county or less is for all of it.
    if near.is_empty() { whole } else { near }
}

impl Sorted {
    fn view(&self, tree: &Tree, l: &Lang, context: &Context<'_>) -> CandidatesView {
        let mut why_not: BTreeMap<String, usize> = BTreeMap::new();
        for (_, codes) in &self.candidates.ruled_out {
            for code in codes {
                *why_not.entry(code.code().to_owned()).or_default() += 1;
            }
        }
        let state = |id: i64| self.standing.get(&id).copied();
        let ranked = self.candidates.ranked.iter().take(LISTED);
        let rest = self.candidates.ruled_out.iter().take(LISTED);
        CandidatesView {
            ranked: ranked
                .filter_map(|one| {
                    Some(CandidateView {
                        volunteer: brief(tree, self.people.get(&one.person_id)?),
                        score: rounded(one.scored.rank),
                        chance: rounded(one.scored.p),
                        reasons: one
                            .reasons
                            .iter()
                            .map(|reason| say::theirs(l, reason))
                            .collect(),
                        caveat: one.caveat.as_ref().map(|one| say::their_caveat(l, one)),
                        bars: bars(l, &one.scored, context),
                        state: state(one.person_id),
                    })
                })
                .collect(),
            rest: rest
                .filter_map(|(person, codes)| {
                    Some(OtherView {
                        volunteer: brief(tree, self.people.get(person)?),
                        why_not: codes.iter().map(|code| say::said(l, code)).collect(),
                        state: state(*person),
                    })
                })
                .collect(),
            suitable: self.candidates.ranked.len(),
            considered: self.people.len(),
            people: self.all,
            why_not,
        }
    }
}

fn brief(tree: &Tree, person: &Volunteer) -> PersonBrief {
    PersonBrief {
        id: person.id,
        name: if person.name.is_empty() {
            person.email.clone()
        } else {
            person.name.clone()
        },
        region: RegionView::of(tree, &person.region),
    }
}

fn bars(l: &Lang, scored: &Scored, context: &Context<'_>) -> Vec<Bar> {
    let terms = scored.terms(context);
    Term::ALL
        .into_iter()
        .zip(terms)
        .map(|(term, value)| Bar {
            text: l.say(term.key()).to_string(),
            value: rounded(value),
        })
        .collect()
}

fn reading<'a>(app: &'a App, skills: &'a skills::Skills, now: Instant) -> Reading<'a> {
    Reading {
        tree: &app.tree,
        config: app.matcher.config(),
        skills,
        now,
    }
}

fn context<'a>(app: &'a App, skills: &'a skills::Skills, now: Instant) -> Context<'a> {
    Context {
        now: now.utc(),
        config: app.matcher.config(),
        skills,
    }
}

/// To four places: what is beyond is noise.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

//! What counts more or less in a week, by kind of activity (scoring.md, Points: "mission weight").
//!
//! HQ says so before the week begins anywhere; from then on it stands, so a node reads a begun week
//! once and keeps it. Why by kind and week: `docs/decisions/0005-missions-are-by-kind-and-week.md`.

pub mod api;
mod store;
mod view;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono_tz::Tz;
use moka::sync::Cache;
use serde_json::json;

pub use view::{MissionView, said};

use super::{Kind, Work, allows, worth};
use crate::app::App;
use crate::audit;
use crate::clock::{Duration, Instant};
use crate::db::Conn;
use crate::error::{Error, FieldErrors, Sentence};
use crate::ledger::{Candidate, Mission, ScoringConfig, Week};
use crate::regions::Tree;
use crate::scope::Scope;

/// How long after its beginning a week is read afresh for each batch before it is kept: longer than
/// the clocks of two nodes may differ.
const SETTLED: Duration = Duration::hours(2);
/// Weeks kept at most; entries are taken for few.
const KEPT: u64 = 64;

/// The weights of one week; a kind that is not among them counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Weights(BTreeMap<Kind, Mission>);

impl Weights {
    /// What `kind` is multiplied by.
    pub fn of(&self, kind: Kind) -> Mission {
        self.0.get(&kind).copied().unwrap_or_default()
    }

    /// The kinds that count more or less than usual.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, Mission)> {
        self.0.iter().map(|(kind, weight)| (*kind, *weight))
    }
}

/// The weights as this node knows them; cheap to clone.
#[derive(Clone)]
pub struct Missions {
    scoring: Arc<ScoringConfig>,
    zones: Arc<[Tz]>,
    kept: Cache<Week, Arc<Weights>>,
}

impl Missions {
    /// The weights of a campaign whose people live in `tree`.
    pub fn new(scoring: Arc<ScoringConfig>, tree: &Tree) -> Self {
        // Whose zone nobody knows counts weeks in UTC.
        let zones = tree.zones().into_iter().chain([Tz::UTC]);
        Self {
            scoring,
            zones: zones.collect(),
            kept: Cache::new(KEPT),
        }
    }

    /// From when on what counts more in `week` stands: an entry may lie a few minutes ahead, so that
    /// long before it begins in the first zone of the tree.
    pub fn stands_from(&self, week: Week) -> Instant {
        let ahead = Duration::minutes(self.scoring.bounds.ahead_minutes.into());
        let starts = self.zones.iter().map(|zone| week.start(*zone));
        let first = starts.min().unwrap_or_else(|| week.start(Tz::UTC));
        Instant::from(first) - ahead
    }

    /// The weights of `week`, from memory where they cannot change any more.
    ///
    /// # Errors
    /// When the database is away.
    pub fn read(&self, conn: &mut Conn, week: Week, now: Instant) -> Result<Arc<Weights>, Error> {
        if let Some(known) = self.kept.get(&week) {
            return Ok(known);
        }
        let rows = store::list(conn, &week.to_string())?;
        let weights = Arc::new(Weights(rows.into_iter().filter_map(row).collect()));
        if now >= self.stands_from(week) + SETTLED {
            self.kept.insert(week, weights.clone());
        }
        Ok(weights)
    }

    /// Multiplies what candidates are worth by what their kind counts in their own week.
    ///
    /// # Errors
    /// When the database is away.
    pub fn price(
        &self,
        conn: &mut Conn,
        candidates: &mut [Candidate],
        now: Instant,
    ) -> Result<(), Error> {
        let mut weeks: HashMap<Week, Arc<Weights>> = HashMap::new();
        for candidate in candidates.iter_mut().filter(|c| c.refusal.is_none()) {
            let week = candidate.week;
            if let std::collections::hash_map::Entry::Vacant(free) = weeks.entry(week) {
                free.insert(self.read(conn, week, now)?);
            }
            let entry = &mut candidate.entry;
            let Ok(kind) = entry.kind.parse::<Kind>() else {
                continue;
            };
            let mission = weeks.get(&week).map(|weights| weights.of(kind));
            let mission = mission.unwrap_or_default();
            if mission == entry.mission {
                continue;
            }
            if let Some(work) = Work::of_entry(entry) {
                entry.mission = mission;
                entry.base = worth(&self.scoring, &work, mission).base;
            }
        }
        Ok(())
    }
}

/// A stored row; `None` for a kind or weight that this version does not know.
fn row((kind, weight): (String, i32)) -> Option<(Kind, Mission)> {
    let weight = Mission::from_ten_thousandths(u32::try_from(weight).ok()?)?;
    Some((kind.parse().ok()?, weight))
}

/// What counts more or less in `week`.
///
/// # Errors
/// When the database is away.
pub async fn weights(app: &App, week: Week) -> Result<Arc<Weights>, Error> {
    let (missions, now) = (app.missions.clone(), app.clock.now());
    app.db
        .read(move |conn| missions.read(conn, week, now))
        .await
}

/// What counts more or less in each of `weeks`, in their order.
///
/// # Errors
/// When the database is away.
pub async fn weights_of(app: &App, weeks: Vec<Week>) -> Result<Vec<(Week, Arc<Weights>)>, Error> {
    let (missions, now) = (app.missions.clone(), app.clock.now());
    app.db
        .read(move |conn| {
            let read = |week| Ok((week, missions.read(conn, week, now)?));
            weeks.into_iter().map(read).collect()
        })
        .await
}

/// Says what `kind` counts in `week`; 1 is as usual. The same again changes nothing.
///
/// # Errors
/// `Forbidden` for anybody but HQ; `Invalid` on `weight`; `Conflict` once the week has begun
/// anywhere.
pub async fn set_mission(
    app: &App,
    scope: Scope,
    week: Week,
    kind: Kind,
    weight: Mission,
) -> Result<(), Error> {
    if !scope.is_everything() {
        return Err(Error::Forbidden("error-forbidden".into()));
    }
    let bounds = &app.scoring.mission;
    if !allows(bounds, weight) {
        let args = vec![
            ("least", bounds.least.to_string()),
            ("most", bounds.most.to_string()),
        ];
        return Err(FieldErrors::with("weight", "mission-weight", args).into());
    }
    let house = app.clone();
    app.db
        .write(move |conn| {
            // Asked here: a write may have waited for its turn.
            let now = house.clock.now();
            if now >= house.missions.stands_from(week) {
                let args = vec![("week", week_number(week))];
                return Err(Error::Conflict(Sentence::Key("mission-begun", args)));
            }
            let name = week.to_string();
            let was = store::find(conn, &name, kind.as_str())?
                .and_then(|stored| u32::try_from(stored).ok())
                .and_then(Mission::from_ten_thousandths)
                .unwrap_or_default();
            if was == weight {
                return Ok(());
            }
            if weight == Mission::ONE {
                store::delete(conn, &name, kind.as_str())?;
            } else {
                let stored = i32::try_from(weight.ten_thousandths()).unwrap_or(i32::MAX);
                store::upsert(conn, &name, kind.as_str(), stored)?;
            }
            let line = json!({"week": week, "kind": kind, "weight": weight, "was": was});
            audit::append(conn, &scope, "mission_set", &line, now)
        })
        .await
}

/// A week's number, as people say it: `48`.
pub fn week_number(week: Week) -> String {
    let name = week.to_string();
    let number = name.rsplit("-W").next().unwrap_or_default();
    number.trim_start_matches('0').to_owned()
}

//! Whether what sockets show is what the database says, asked again and again.
//!
//! A board is computed when an event calls for it, and every few seconds whatever was heard (`live`).
//! This job trusts neither: it compares the versions of the totals behind what subscribers were last
//! told with those of the database. A board that is still behind two seconds later is computed anew,
//! and counted, so that an operator sees whether boards ever need it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::boards::Ready;
use super::model::Total;
use super::store;
use crate::app::App;
use crate::error::Error;
use crate::ledger::{Points, Week};
use crate::region_code::RegionCode;

/// How often some boards are compared.
const EVERY: Duration = Duration::from_secs(10);
/// How far a board may be behind (promises.md, R3), and how long it has to be mended.
const GRACE: Duration = Duration::from_secs(2);
/// Rows compared at a time; the next pass goes on behind them.
const ROWS: usize = 2_000;

/// The boards that sockets of this node show, as their subscribers were last told.
#[derive(Default)]
pub struct Shown {
    boards: Mutex<BTreeMap<RegionCode, Arc<Ready>>>,
    doubted: Mutex<BTreeSet<RegionCode>>,
    pub(super) counts: Counts,
}

/// What was found so far, as `metrics` shows it.
#[derive(Default)]
pub struct Counts {
    /// Boards that were compared.
    pub compared: Counter,
    /// Those of them that were still behind after their time, or showed what the database never said.
    pub stale: Counter,
    /// Stale ones that showed what the database says when they were looked at once more.
    pub healed: Counter,
}

/// What one pass found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Boards that were compared.
    pub boards: u64,
    /// Those of them that were stale.
    pub stale: u64,
    /// Those of them that were healed.
    pub healed: u64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shown {
    /// Notes what the subscribers of a board were told.
    pub fn tell(&self, region: &RegionCode, ready: &Arc<Ready>) {
        locked(&self.boards).insert(region.clone(), ready.clone());
    }

    /// Forgets boards that nobody follows any more.
    pub fn keep(&self, followed: impl Fn(&RegionCode) -> bool) {
        locked(&self.boards).retain(|region, _| followed(region));
        locked(&self.doubted).retain(|region| followed(region));
    }

    /// The boards that should be computed anew, each named once.
    pub fn doubted(&self) -> BTreeSet<RegionCode> {
        std::mem::take(&mut *locked(&self.doubted))
    }

    fn doubt(&self, region: &RegionCode) {
        locked(&self.doubted).insert(region.clone());
    }

    fn get(&self, region: &RegionCode) -> Option<Arc<Ready>> {
        locked(&self.boards).get(region).cloned()
    }

    /// Boards behind `after` until their rows are enough; what is final has none.
    fn some(&self, after: Option<&RegionCode>) -> Vec<Arc<Ready>> {
        let mut rows = 0;
        locked(&self.boards)
            .iter()
            .filter(|(region, ready)| {
                after.is_none_or(|after| *region > after) && !ready.totals.is_empty()
            })
            .map(|(_, ready)| ready.clone())
            .take_while(|ready| {
                let fits = rows < ROWS;
                rows += ready.totals.len();
                fits
            })
            .collect()
    }
}

/// Runs for as long as the node does. A database that is away is asked again the next time.
pub(super) async fn run(app: &App) {
    let mut time = interval_at(Instant::now() + EVERY, EVERY);
    time.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut after = None;
    loop {
        time.tick().await;
        match pass(app, &mut after).await {
            Ok(found) if found.stale > 0 => {
                tracing::warn!(
                    stale = found.stale,
                    healed = found.healed,
                    "boards were behind the database"
                );
            }
            Ok(_) => {}
            Err(why) => tracing::debug!(%why, "boards could not be compared"),
        }
    }
}

/// Compares every board that sockets of this node show, once; for tests and those who ask.
///
/// # Errors
/// When the database is away.
pub async fn compare(app: &App) -> Result<Compared, Error> {
    let (mut all, mut after) = (Compared::default(), None);
    loop {
        let found = pass(app, &mut after).await?;
        all.boards += found.boards;
        all.stale += found.stale;
        all.healed += found.healed;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Compares some boards behind `after`, and sets it to the last of them, or to none at the end.
async fn pass(app: &App, after: &mut Option<RegionCode>) -> Result<Compared, Error> {
    let shown = app.boards.shown();
    let before = shown.some(after.as_ref());
    let last = before.last().map(|ready| ready.board.region.code.clone());
    let truth = totals(app, &before).await?;
    *after = last;
    // What is shown was read before `truth`: its versions cannot be higher, unless the database went
    // back, as one does that is restored.
    let mut wrong: BTreeSet<RegionCode> = before
        .iter()
        .filter(|ready| ready.totals.iter().any(|row| is_ahead(&truth, ready, row)))
        .map(|ready| ready.board.region.code.clone())
        .collect();
    sleep(GRACE).await;
    wrong.extend(behind(shown, &before, &truth));
    let found = Compared {
        boards: before.len() as u64,
        stale: wrong.len() as u64,
        healed: 0,
    };
    shown.counts.compared.inc_by(found.boards);
    shown.counts.stale.inc_by(found.stale);
    if wrong.is_empty() {
        return Ok(found);
    }
    for region in &wrong {
        shown.doubt(region);
    }
    sleep(GRACE).await;
    let still = behind(shown, &before, &truth);
    let healed = wrong.difference(&still).count() as u64;
    shown.counts.healed.inc_by(healed);
    Ok(Compared { healed, ..found })
}

type Truth = BTreeMap<(Week, RegionCode), Total>;

/// Those of `boards` that still show something older than `truth`. One that nobody follows any more,
/// or that went on to another week, shows nothing old.
fn behind(shown: &Shown, boards: &[Arc<Ready>], truth: &Truth) -> BTreeSet<RegionCode> {
    boards
        .iter()
        .filter_map(|before| {
            let code = &before.board.region.code;
            let now = shown.get(code)?;
            let is_behind = now.board.week == before.board.week
                && (now.totals.iter()).any(|(region, told)| {
                    let key = (now.board.week, region.clone());
                    let real = truth.get(&key).copied().unwrap_or_default();
                    told.version < real.version
                        || told.version == real.version && told.points != real.points
                });
            is_behind.then(|| code.clone())
        })
        .collect()
}

fn is_ahead(truth: &Truth, ready: &Ready, (region, told): (&RegionCode, &Total)) -> bool {
    let key = (ready.board.week, region.clone());
    told.version > truth.get(&key).map_or(0, |real| real.version)
}

/// The totals of these boards' rows as the database has them now.
async fn totals(app: &App, boards: &[Arc<Ready>]) -> Result<Truth, Error> {
    let mut weeks: BTreeMap<Week, Vec<RegionCode>> = BTreeMap::new();
    for ready in boards {
        let codes = ready.totals.keys().cloned();
        weeks.entry(ready.board.week).or_default().extend(codes);
    }
    if weeks.is_empty() {
        return Ok(Truth::new());
    }
    app.db
        .read(move |conn| {
            let mut truth = Truth::new();
            for (week, codes) in weeks {
                let found = store::list_totals(conn, &week.to_string(), &codes)?;
                truth.extend(found.into_iter().map(|(region, points, _, version)| {
                    let total = Total {
                        points: Points::from_hundredths(points),
                        version,
                        ..Total::default()
                    };
                    ((week, region), total)
                }));
            }
            Ok(truth)
        })
        .await
}

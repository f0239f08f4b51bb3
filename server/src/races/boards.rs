//! The boards of this node: computed at most once at a time, kept for a second, encoded once.
//!
//! A board kept here is never the truth: it is computed from the totals again when it is a second
//! old or an event called it stale, whichever comes first. So a lost event costs a second, no more.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration as Span, Instant as Tick};

use moka::sync::Cache;
use prometheus_client::metrics::counter::Counter;

use super::compute::Totals;
use super::draws::RankRange;
use super::model::{Board, Move};
use super::reconcile::{Counts, Shown};
use super::roster::Known;
use super::store;
use crate::app::App;
use crate::clock::{Duration, Instant};
use crate::error::Error;
use crate::ids::readable;
use crate::ledger::Week;
use crate::region_code::RegionCode;

/// How old a kept board may be.
const FRESH: Span = Span::from_secs(1);
/// Boards kept at most, and how long one that nobody asks for stays.
const KEPT: u64 = 4096;
const IDLE: Span = Span::from_secs(600);
/// Moves remembered of a board.
const MOVES: usize = 6;

/// A board and its encoded form.
pub struct Ready {
    /// The board.
    pub board: Board,
    /// The totals it was computed from; none for a final board.
    pub(super) totals: Totals,
    computed: Instant,
    made: Tick,
    json: OnceLock<Vec<u8>>,
}

impl Ready {
    /// The board as the API answers it, encoded at first use.
    pub fn json(&self) -> &[u8] {
        self.json.get_or_init(|| {
            serde_json::to_vec(&self.board).unwrap_or_else(|why| {
                tracing::error!(%why, "a board has no JSON");
                b"null".to_vec()
            })
        })
    }

    fn is_fresh(&self, now: Instant) -> bool {
        // Both clocks: the campaign's may be moved by hand, the machine's never stands still.
        let age = now - self.computed;
        self.made.elapsed() < FRESH && age >= Duration::zero() && age < Duration::seconds(1)
    }
}

/// One board's place.
#[derive(Default)]
struct Cell {
    ready: RwLock<Option<Arc<Ready>>>,
    stale: AtomicBool,
    making: tokio::sync::Mutex<Kept>,
}

/// A computation that failed, or whose asker went away, leaves the board as stale as it was.
struct Unfinished<'a>(&'a AtomicBool);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What one computation leaves for the next.
#[derive(Default)]
pub struct Kept {
    /// The ranges as drawn.
    pub drawn: BTreeMap<String, RankRange>,
    /// When, by the campaign's clock.
    pub at: Option<Instant>,
}

/// The boards; cheap to clone.
#[derive(Clone)]
pub struct Boards(Arc<Inner>);

struct Inner {
    epoch: String,
    cells: Cache<(RegionCode, Week), Arc<Cell>>,
    moves: Cache<RegionCode, Arc<Mutex<VecDeque<Move>>>>,
    seqs: Mutex<HashMap<RegionCode, u64>>,
    shown: Shown,
    rosters: Known,
    started: OnceLock<Instant>,
    found: Counter,
}

impl Default for Boards {
    fn default() -> Self {
        Self(Arc::new(Inner {
            epoch: readable(12).to_lowercase(),
            cells: Cache::builder()
                .max_capacity(KEPT)
                .time_to_idle(IDLE)
                .build(),
            moves: Cache::builder().max_capacity(KEPT).build(),
            seqs: Mutex::default(),
            shown: Shown::default(),
            rosters: Known::default(),
            started: OnceLock::new(),
            found: Counter::default(),
        }))
    }
}

impl Boards {
    /// Times that a followed board had moved when it was looked at without having been told.
    pub fn found(&self) -> &Counter {
        &self.0.found
    }

    /// Names this node and its start.
    pub fn epoch(&self) -> &str {
        &self.0.epoch
    }

    /// What sockets show.
    pub(super) fn shown(&self) -> &Shown {
        &self.0.shown
    }

    /// What was found of boards that sockets show.
    pub fn counts(&self) -> &Counts {
        &self.0.shown.counts
    }

    /// What is known to be locked.
    pub(super) fn rosters(&self) -> &Known {
        &self.0.rosters
    }

    /// When the campaign began; `None` before its first member. Asked of the database until then.
    pub(super) async fn campaign_start(&self, app: &App) -> Result<Option<Instant>, Error> {
        if let Some(at) = self.0.started.get() {
            return Ok(Some(*at));
        }
        let written = app
            .db
            .read(|conn| Ok(store::find_campaign_start(conn)?))
            .await?;
        let at = written.and_then(|text| serde_json::from_value(text.into()).ok());
        Ok(at.map(|at| *self.0.started.get_or_init(|| at)))
    }

    /// The board of `region` in `week`, not older than a second and not stale. Computed by the first
    /// who asks; the others wait for the same.
    pub(super) async fn get(
        &self,
        app: &App,
        region: &RegionCode,
        week: Week,
    ) -> Result<Arc<Ready>, Error> {
        let cell = self
            .0
            .cells
            .get_with((region.clone(), week), Arc::<Cell>::default);
        if let Some(ready) = cell.usable(app.clock.now()) {
            return Ok(ready);
        }
        let mut kept = cell.making.lock().await;
        if let Some(ready) = cell.usable(app.clock.now()) {
            return Ok(ready);
        }
        // What is called stale from here on is not in what is read now.
        cell.stale.store(false, Ordering::SeqCst);
        let unfinished = Unfinished(&cell.stale);
        let (computed, made) = (app.clock.now(), Tick::now());
        let (board, totals) = super::compute::board(app, region, week, computed, &mut kept).await?;
        std::mem::forget(unfinished);
        let ready = Arc::new(Ready {
            board,
            totals,
            computed,
            made,
            json: OnceLock::new(),
        });
        let mut place = cell.ready.write().unwrap_or_else(PoisonError::into_inner);
        *place = Some(ready.clone());
        Ok(ready)
    }

    /// Says that the totals behind a board moved.
    pub(super) fn spoil(&self, region: &RegionCode, week: Week) {
        if let Some(cell) = self.0.cells.get(&(region.clone(), week)) {
            cell.stale.store(true, Ordering::SeqCst);
        }
    }

    /// Says that a board must be computed anew, whichever its week.
    pub(super) fn spoil_all(&self, region: &RegionCode) {
        for (key, cell) in &self.0.cells {
            if key.0 == *region {
                cell.stale.store(true, Ordering::SeqCst);
            }
        }
    }

    /// The number of the last frame of a board.
    pub(super) fn seq(&self, region: &RegionCode) -> u64 {
        let seqs = self.0.seqs.lock().unwrap_or_else(PoisonError::into_inner);
        seqs.get(region).copied().unwrap_or(0)
    }

    /// Counts a frame of a board; gives its number.
    pub(super) fn next_seq(&self, region: &RegionCode) -> u64 {
        let mut seqs = self.0.seqs.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = seqs.entry(region.clone()).or_default();
        *seq += 1;
        *seq
    }

    /// Remembers a deed that moved a board.
    pub(super) fn remember(&self, board: &RegionCode, deed: Move) {
        let moves = self.0.moves.get_with(board.clone(), Arc::default);
        let mut moves = moves.lock().unwrap_or_else(PoisonError::into_inner);
        moves.push_front(deed);
        moves.truncate(MOVES);
    }

    /// The last deeds that moved a board as this node heard of them, newest first.
    pub fn moves(&self, board: &RegionCode) -> Vec<Move> {
        self.0.moves.get(board).map_or_else(Vec::new, |moves| {
            let moves = moves.lock().unwrap_or_else(PoisonError::into_inner);
            moves.iter().cloned().collect()
        })
    }
}

impl Cell {
    fn usable(&self, now: Instant) -> Option<Arc<Ready>> {
        if self.stale.load(Ordering::SeqCst) {
            return None;
        }
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        ready.clone().filter(|ready| ready.is_fresh(now))
    }
}

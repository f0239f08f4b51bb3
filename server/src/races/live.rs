//! Boards on the move: events in, frames out.
//!
//! A board that somebody follows is computed anew when its totals moved, at most once a second, and
//! every five seconds whatever was heard, so that a lost event heals and time itself is seen to pass.
//! What changed goes out as one frame that all its subscribers share.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Tick};

use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{MissedTickBehavior, interval};

use super::boards::Ready;
use super::model::{BoardRow, Move};
use super::rules::{changes, child_of};
use crate::activities;
use crate::app::App;
use crate::cluster::{DeedMoved, Event};
use crate::ledger::{Points, Week};
use crate::live::{Frame, Topic, Whole};
use crate::region_code::RegionCode;
use crate::words::Lang;

/// A board sends at most one frame in this time.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a followed board goes without being looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How soon a moved board is noticed.
const TICK: Duration = Duration::from_millis(100);
/// Boards computed at a time.
const AT_ONCE: usize = 4;
/// Deeds told with one frame.
const TOLD: usize = 3;

/// A board that somebody follows.
#[derive(Default)]
struct Followed {
    moved: bool,
    /// What it shows was found to be wrong.
    doubted: bool,
    deeds: Vec<Move>,
    looked: Option<Tick>,
    told: Arc<Told>,
}

/// What its subscribers have been told.
#[derive(Default)]
struct Told {
    busy: AtomicBool,
    /// The last try failed.
    failed: AtomicBool,
    last: Mutex<Option<Arc<Ready>>>,
}

/// Makes a board free for the next try, however this one ends.
struct Busy(Arc<Told>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::SeqCst);
    }
}

/// Runs for as long as the node does.
pub(super) async fn run(app: &App) {
    let mut events = app.cluster.listen();
    let mut followed: HashMap<RegionCode, Followed> = HashMap::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(Event::ScoresMoved { regions, weeks, deeds }) => {
                    mark(app, &mut followed, &regions, &weeks, &deeds);
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => {
                    for board in followed.values_mut() {
                        board.moved = true;
                    }
                }
                Err(RecvError::Closed) => return,
            },
            () = app.hub.opened() => look(app, &mut followed, &places),
            _ = tick.tick() => look(app, &mut followed, &places),
        }
    }
}

/// Notes which boards moved, and what moved them.
fn mark(
    app: &App,
    followed: &mut HashMap<RegionCode, Followed>,
    regions: &[RegionCode],
    weeks: &[String],
    deeds: &[DeedMoved],
) {
    let weeks: Vec<Week> = weeks.iter().filter_map(|week| week.parse().ok()).collect();
    let boards: BTreeSet<RegionCode> = regions.iter().filter_map(RegionCode::parent).collect();
    for board in boards {
        for week in &weeks {
            app.boards.spoil(&board, *week);
        }
        if let Some(board) = followed.get_mut(&board) {
            board.moved = true;
        }
    }
    let at = app.clock.now();
    for deed in deeds.iter().filter(|deed| is_possible(app, deed)) {
        for board in deed.region.ancestors_and_self() {
            let Some(child) = child_of(&board, &deed.region) else {
                continue;
            };
            let told = Move {
                at,
                child,
                kind: deed.kind.clone(),
                points: Points::from_hundredths(deed.points),
            };
            if let Some(followed) = followed.get_mut(&board) {
                followed.deeds.push(told.clone());
                followed
                    .deeds
                    .sort_by_key(|deed| std::cmp::Reverse(deed.points));
                followed.deeds.truncate(TOLD);
            }
            app.boards.remember(&board, told);
        }
    }
}

/// Whether somebody may have logged this. Events come from outside, and what they tell of deeds is
/// shown to everybody without a look at the database.
fn is_possible(app: &App, deed: &DeedMoved) -> bool {
    let most = |kind| activities::most(&app.scoring, kind).hundredths();
    let kind = deed.kind.parse::<activities::Kind>();
    deed.points > 0
        && kind.is_ok_and(|kind| deed.points <= most(kind))
        && app.tree.get(&deed.region).is_some()
}

/// Starts on every followed board that is due.
fn look(app: &App, followed: &mut HashMap<RegionCode, Followed>, places: &Arc<Semaphore>) {
    let races = app.hub.races();
    if races.len() < followed.len() || races.iter().any(|(race, _)| !followed.contains_key(race)) {
        let wanted: HashSet<&RegionCode> = races.iter().map(|(race, _)| race).collect();
        // A board that is being told is kept until it has been: who follows it again meanwhile must
        // not hear something newer first.
        followed
            .retain(|race, board| wanted.contains(race) || board.told.busy.load(Ordering::SeqCst));
        app.boards.shown().keep(|race| wanted.contains(race));
        for (race, _) in &races {
            if !followed.contains_key(race) {
                followed.insert(race.clone(), Followed::default());
            }
        }
    }
    for race in app.boards.shown().doubted() {
        if let Some(board) = followed.get_mut(&race) {
            board.doubted = true;
        }
    }
    for (race, has_whole) in races {
        let Some(board) = followed.get_mut(&race) else {
            continue;
        };
        let age = board
            .looked
            .map_or(Duration::MAX, |looked| looked.elapsed());
        board.moved |= board.told.failed.swap(false, Ordering::SeqCst);
        let untold = has_whole && !board.moved;
        let is_due = !has_whole || ((board.moved || board.doubted) && age >= PAUSE) || age >= LOOK;
        if !is_due || board.told.busy.swap(true, Ordering::SeqCst) {
            continue;
        }
        let busy = Busy(board.told.clone());
        if std::mem::take(&mut board.doubted) {
            app.boards.spoil_all(&race);
        }
        board.moved = false;
        board.looked = Some(Tick::now());
        let (app, places) = (app.clone(), places.clone());
        let deeds = std::mem::take(&mut board.deeds);
        tokio::spawn(async move {
            let place = places.acquire().await;
            let moved = tell(&app, race, &busy.0, has_whole, &deeds).await;
            if moved && untold {
                app.boards.found().inc();
            }
            drop((busy, place));
        });
    }
}

/// Computes one board and tells its subscribers what changed; whether anything did.
async fn tell(app: &App, race: RegionCode, told: &Told, has_whole: bool, deeds: &[Move]) -> bool {
    let ready = match super::board(app, &race, None).await {
        Ok(ready) => ready,
        Err(why) => {
            tracing::debug!(%race, %why, "a board could not be computed; it is tried again");
            told.failed.store(true, Ordering::SeqCst);
            return false;
        }
    };
    let mut last = told.last.lock().await;
    let joins = last.as_ref().filter(|last| {
        has_whole && last.board.week == ready.board.week && last.board.status == ready.board.status
    });
    let changed = joins.map(|last| changes(&last.board.rows, &ready.board.rows));
    app.boards.shown().tell(&race, &ready);
    if matches!(&changed, Some((rows, removed)) if rows.is_empty() && removed.is_empty()) {
        return false;
    }
    let seq = app.boards.next_seq(&race);
    let topic = Topic::Race(race);
    let whole = {
        let (name, ready) = (topic.to_string(), ready.clone());
        Whole::new(move || encode(&Letter::snapshot(&name, seq, &ready)))
    };
    let frame = match changed {
        None => whole.frame(),
        Some((rows, removed)) => {
            let lang = app.words.english();
            let moved = deeds.iter().filter_map(|deed| {
                Some(Text {
                    text: sentence(app, &lang, deed)?,
                })
            });
            let name = topic.to_string();
            encode(&Letter {
                kind: "delta",
                rows: &rows,
                removed: Some(&removed),
                moved: Some(moved.collect()),
                ..Letter::snapshot(&name, seq, &ready)
            })
        }
    };
    app.hub.publish(&topic, &frame, Some(whole));
    *last = Some(ready);
    true
}

/// A frame of a board (contract.md, "Live socket").
#[derive(Serialize)]
struct Letter<'a> {
    topic: &'a str,
    kind: &'static str,
    epoch: &'a str,
    seq: u64,
    week: Week,
    status: super::Status,
    rows: &'a [BoardRow],
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<&'a [RegionCode]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<Vec<Text>>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl<'a> Letter<'a> {
    fn snapshot(topic: &'a str, seq: u64, ready: &'a Ready) -> Self {
        let board = &ready.board;
        Self {
            topic,
            kind: "snapshot",
            epoch: &board.epoch,
            seq,
            week: board.week,
            status: board.status,
            rows: &board.rows,
            removed: None,
            moved: None,
        }
    }
}

fn encode(told: &Letter<'_>) -> Frame {
    match serde_json::to_string(told) {
        Ok(text) => Frame::text(&text),
        Err(why) => {
            tracing::error!(%why, "a frame has no JSON");
            Frame::ping()
        }
    }
}

/// "+38 Lakeside phone bank"; `None` for less than half a point.
pub(super) fn sentence(app: &App, lang: &Lang, deed: &Move) -> Option<String> {
    let points = deed.points.hundredths().saturating_add(50) / 100;
    let name = app.tree.get(&deed.child)?.name;
    let kind = format!("race-deed-{}", deed.kind.replace('_', "-"));
    let kind = if lang.knows(&kind) {
        lang.say(&kind).to_string()
    } else {
        lang.say("race-deed-other").to_string()
    };
    let text = lang
        .say("race-moved-by")
        .with("points", points)
        .with("region", name)
        .with("kind", kind)
        .to_string();
    (points > 0).then_some(text)
}

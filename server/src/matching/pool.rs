//! Every open task in memory, kept up to date: ten thousand are not read again for each request.
//!
//! What changed is announced with the task's id and read by it. Announcements may be lost or come
//! from a clock that is a little off, so every two seconds whatever the database says has changed
//! is read too, and every minute everything. How rare a skill is, which goes over everybody's, is
//! counted again every ten minutes.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration as Span, Instant as Moment};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use super::config::{MatchingConfig, SHIPPED};
use super::features::{LanguageNeed, SkillNeed, TaskStatus, TaskView};
use super::geo::Place;
use super::skills::Skills;
use super::store;
use super::when::When;
use crate::clock::{Duration, Instant};
use crate::cluster::{Cluster, Event};
use crate::db::Conn;
use crate::error::Error;
use crate::ids::TaskId;
use crate::regions::Tree;
use crate::tasks::{self, Stock, Task, Which};
use crate::volunteers::skills;

/// How old the pool may be without an announcement.
const FRESH: Span = Span::from_secs(2);
/// How often everything is read again.
const WHOLE: Span = Span::from_secs(60);
/// How often it is counted again how many people have each skill.
const COUNTED: Span = Span::from_secs(600);
/// How far other nodes' clocks and unfinished transactions may lie behind.
const SLACK: Duration = Duration::seconds(10);
/// The level of the tree (counties) whose middle says where a task without a place is.
const LOCAL: usize = 2;

/// The matcher of a node: its settings and the pool; cheap to clone.
#[derive(Clone)]
pub struct Matcher(Arc<Inner>);

struct Inner {
    config: MatchingConfig,
    tree: Arc<Tree>,
    held: RwLock<Held>,
    upkeep: Mutex<Upkeep>,
}

/// The open tasks and the skills list their ids are from.
#[derive(Default)]
pub struct Held {
    /// The tasks, in no order.
    pub tasks: Vec<TaskView>,
    /// The skills list with how rare each is.
    pub skills: Skills,
    places: HashMap<i64, usize>,
}

struct Upkeep {
    heard: Receiver<Event>,
    looked: Option<Moment>,
    whole: Option<Moment>,
    counted: Option<Moment>,
    mark: Instant,
}

impl Matcher {
    /// A matcher that knows nothing yet; it reads at the first question.
    ///
    /// # Errors
    /// One sentence when the shipped settings cannot be used.
    pub fn open(cluster: &Cluster, tree: Arc<Tree>) -> Result<Self, String> {
        let config = MatchingConfig::parse(SHIPPED).map_err(|why| why.to_string())?;
        Ok(Self(Arc::new(Inner {
            config,
            tree,
            held: RwLock::default(),
            upkeep: Mutex::new(Upkeep {
                heard: cluster.listen(),
                looked: None,
                whole: None,
                counted: None,
                mark: Instant::from_micros(0),
            }),
        })))
    }

    /// Weights, caps and constants.
    pub fn config(&self) -> &MatchingConfig {
        &self.0.config
    }

    /// Asks the open tasks as they are now. May read the database first; never call it on a thread
    /// that must not wait.
    ///
    /// # Errors
    /// What the database says.
    pub fn ask<T>(
        &self,
        conn: &mut Conn,
        now: Instant,
        question: impl FnOnce(&mut Conn, &Held) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.refresh(conn, now)?;
        let held = self.0.held.read().map_err(|_| poisoned())?;
        question(conn, &held)
    }

    /// Counts showings in memory at once: `(task, foreseen chance)`.
    pub fn note_shown(&self, shown: &[(TaskId, f64)], now: Instant) {
        let Ok(mut held) = self.0.held.write() else {
            return;
        };
        for (task, chance) in shown {
            let Some(view) = held.find_mut(task.0) else {
                continue;
            };
            view.shown = view.shown.saturating_add(1);
            view.expected += chance;
            view.exposure += chance;
            view.unseen_since = Some(now.utc());
        }
    }

    /// A task as the engine sees it, open or not.
    ///
    /// # Errors
    /// What the database says.
    pub fn view(
        &self,
        conn: &mut Conn,
        skills: &Skills,
        id: TaskId,
    ) -> Result<Option<TaskView>, Error> {
        let stock = tasks::stock(conn, &Which::These(vec![id]))?;
        Ok(stock
            .tasks
            .first()
            .map(|task| self.judge(task, &stock, skills)))
    }

    fn refresh(&self, conn: &mut Conn, now: Instant) -> Result<(), Error> {
        let mut upkeep = self.0.upkeep.lock().map_err(|_| poisoned())?;
        let changed = upkeep.drain();
        let old = |since: Option<Moment>, limit: Span| since.is_none_or(|at| at.elapsed() >= limit);
        let which = match changed {
            _ if old(upkeep.whole, WHOLE) => Which::Open,
            None => Which::Since(upkeep.mark - SLACK),
            Some(_) if old(upkeep.looked, FRESH) => Which::Since(upkeep.mark - SLACK),
            Some(ids) if ids.is_empty() => return Ok(()),
            Some(ids) => Which::These(ids.into_iter().collect()),
        };
        let whole = matches!(which, Which::Open);
        let started = Moment::now();
        let recount = whole && old(upkeep.counted, COUNTED);
        let skills = recount.then(|| self.count_skills(conn)).transpose()?;
        let stock = tasks::stock(conn, &which)?;
        self.take_in(&stock, whole, skills)?;
        if recount {
            upkeep.counted = Some(started);
        }
        if whole {
            upkeep.whole = Some(started);
        }
        if !matches!(which, Which::These(_)) {
            upkeep.looked = Some(started);
            upkeep.mark = now;
        }
        Ok(())
    }

    fn count_skills(&self, conn: &mut Conn) -> Result<Skills, Error> {
        let counts: HashMap<String, i64> = store::count_skills(conn)?.into_iter().collect();
        let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let people = number(store::count_skilled(conn)?);
        // Always in the order of the list: a skill keeps its id.
        let all = skills::all().iter().map(|skill| {
            let count = counts.get(&skill.slug).copied().unwrap_or(0);
            (skill.slug.clone(), number(count))
        });
        Ok(Skills::new(all, people, self.0.config.skill.idf_floor))
    }

    fn take_in(&self, stock: &Stock, whole: bool, skills: Option<Skills>) -> Result<(), Error> {
        let mut held = self.0.held.write().map_err(|_| poisoned())?;
        if whole {
            held.tasks.clear();
            held.places.clear();
        }
        if let Some(skills) = skills {
            held.skills = skills;
        }
        for task in &stock.tasks {
            let view = self.judge(task, stock, &held.skills);
            held.put(view);
        }
        Ok(())
    }

    /// A row with everything around it as the engine sees it.
    fn judge(&self, task: &Task, stock: &Stock, skills: &Skills) -> TaskView {
        let number = |number: i32| u32::try_from(number).unwrap_or(0);
        let small = |number: i32| u8::try_from(number).unwrap_or(u8::MAX);
        let stats = stock.stats.get(&task.id);
        let needs = stock.skills.get(&task.id).into_iter().flatten();
        let going = stock.going.get(&task.id).into_iter().flatten();
        TaskView {
            status: match task.status {
                tasks::Status::Draft => TaskStatus::Draft,
                tasks::Status::Open => TaskStatus::Open,
                tasks::Status::Closed => TaskStatus::Closed,
            },
            remote: task.remote,
            place: self.place(task),
            radius_km: task.radius_km.map(f64::from),
            when: When::new(
                task.starts_at.map(Instant::utc),
                task.ends_at.map(Instant::utc),
                number(task.minutes),
                &task.tz(),
                &self.0.config.time,
            ),
            minutes: number(task.minutes),
            slots: number(task.slots),
            accepted: number(task.taken),
            pending: number(task.pending),
            skills: needs
                .filter_map(|need| {
                    Some(SkillNeed {
                        skill: skills.id(&need.slug)?,
                        level: small(need.level),
                        required: need.required,
                        weight: need.weight,
                    })
                })
                .collect(),
            languages: task
                .wanted_languages()
                .iter()
                .map(|need| LanguageNeed {
                    language: need.tag().to_owned(),
                    level: 1,
                    required: need.is_required(),
                })
                .collect(),
            certificates: task.wanted_certificates(),
            min_age: task.min_age.map(small),
            access: task.offered_access(),
            rung: small(task.rung),
            priority: task.priority,
            host_named: task.host.is_some(),
            going: going.chain(&task.host).map(|person| person.0).collect(),
            accepts: stats.map_or(0.0, |stats| {
                f64::from(u32::try_from(stats.accepts).unwrap_or(0))
            }),
            expected: stats.map_or(0.0, |stats| stats.expected),
            exposure: stats.map_or(0.0, |stats| stats.exposure.max(0.0)),
            shown: stats.map_or(0, |stats| u32::try_from(stats.shown).unwrap_or(u32::MAX)),
            unseen_since: stats.map(|stats| stats.seen_at.utc()),
            ..TaskView::new(task.id.0, task.kind.as_str(), task.region.as_str())
        }
    }

    /// Where a task is: its own place, else the middle of its county or turf.
    fn place(&self, task: &Task) -> Option<Place> {
        if let Some((lat, lon)) = task.lat.zip(task.lon) {
            return Place::new(lat, lon);
        }
        let node = self.0.tree.get(&task.region)?;
        let point = node.point.filter(|_| node.level.depth >= LOCAL)?;
        Place::new(point.lat, point.lon)
    }
}

impl Held {
    /// An open task.
    pub fn find(&self, id: i64) -> Option<&TaskView> {
        self.tasks.get(*self.places.get(&id)?)
    }

    fn find_mut(&mut self, id: i64) -> Option<&mut TaskView> {
        self.tasks.get_mut(*self.places.get(&id)?)
    }

    /// Takes in an open task, new or changed; lets go of one that is not open.
    fn put(&mut self, view: TaskView) {
        let known = self.places.get(&view.id).copied();
        match (known, view.status) {
            (Some(at), TaskStatus::Open) => self.tasks[at] = view,
            (None, TaskStatus::Open) => {
                self.places.insert(view.id, self.tasks.len());
                self.tasks.push(view);
            }
            (Some(at), _) => {
                self.places.remove(&view.id);
                self.tasks.swap_remove(at);
                if let Some(moved) = self.tasks.get(at) {
                    self.places.insert(moved.id, at);
                }
            }
            (None, _) => {}
        }
    }
}

impl Upkeep {
    /// The tasks announced since the last time; none when some announcements were missed.
    fn drain(&mut self) -> Option<BTreeSet<TaskId>> {
        let mut changed = BTreeSet::new();
        loop {
            match self.heard.try_recv() {
                Ok(Event::TaskMoved { task }) => {
                    changed.insert(task);
                }
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => return None,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(changed),
            }
        }
    }
}

fn poisoned() -> Error {
    Error::Internal("the pool of tasks is poisoned".into())
}

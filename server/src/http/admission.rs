//! Who is let in when more comes than can be answered: the most urgent first.
//!
//! Two things tell that a node is behind: many requests are under way, or its thread comes late to
//! everything. The less urgent what is asked, the less of both it takes to refuse it, so that boards
//! are refused before sign-ins and everything before an activity. A refusal costs next to
//! nothing and is told at once, so that what is let in is still answered in time.
//! How many are many the [`Crowd`] finds out.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::http::Method;

use super::crowd::{ALL, Crowd};
use super::route::beginning;

/// How often a worker looks at how late it is.
const LOOK: Duration = Duration::from_millis(10);
/// Looks that must all have been late: what is late once had a bad moment, what is late ten times in
/// a row has more to do than it can (the least delay over an interval, after `CoDel`, RFC 8289).
const LOOKS: usize = 10;
/// Requests between two looks that tell of more behind them: the system hands over what 1,024
/// connections brought at a time, and how long others wait after those is seen nowhere here.
const FULL: u32 = 768;
/// Seconds after which who was refused may ask again: the least, and how many more by chance, so that
/// not all of them come back together.
const AGAIN: (u32, u32) = (1, 3);

/// What a request is for, the most urgent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Everything about oneself in one document.
    Exports,
    /// What is told to and asked about regions.
    Feed,
    /// The race, and the sockets that follow it.
    Boards,
    /// One's own page, tasks, people: the work of the day.
    Own,
    /// Joining and signing in.
    SignIn,
    /// Saving what was done.
    Log,
}

impl Class {
    /// All of them, the most urgent last, with their names.
    pub const EVERY: [(Self, &'static str); 6] = [
        (Self::Exports, "exports"),
        (Self::Feed, "feed"),
        (Self::Boards, "boards"),
        (Self::Own, "own"),
        (Self::SignIn, "sign_in"),
        (Self::Log, "log"),
    ];

    /// Of a request; `None` for what is never refused: health, styles and scripts.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        let head = path.get(..beginning(path)).unwrap_or_default();
        Some(match head {
            "/healthz" | "/readyz" | "/static" => return None,
            "/log" | "/api/v1/activities" | "/captain" if method == Method::POST => Self::Log,
            "/hq" | "/api/v1/tasks" if path.contains("/assignments/") => Self::Log,
            "" if path == "/" => Self::SignIn,
            "/join"
            | "/i"
            | "/sign-in"
            | "/sign-out"
            | "/api/v1/registrations"
            | "/api/v1/sign-in-links"
            | "/api/v1/sessions" => Self::SignIn,
            "/me" | "/api/v1/me" if path.ends_with("/export") => Self::Exports,
            "/races" | "/api/v1/races" | "/live" | "/api/v1/live-tickets" => Self::Boards,
            "/regions" | "/posts" | "/api/v1/posts" => Self::Feed,
            "/api/v1/regions" if path.ends_with("/posts") || path.ends_with("/honour-roll") => {
                Self::Feed
            }
            _ => Self::Own,
        })
    }

    /// Whether it comes before others at the database too.
    pub fn is_urgent(self) -> bool {
        self >= Self::SignIn
    }

    /// How full a node may be when this class is still let in, in eighths.
    fn share(self) -> u32 {
        match self {
            Self::Exports => 1,
            Self::Feed => 3,
            Self::Boards => 4,
            Self::Own => 5,
            Self::SignIn => 7,
            Self::Log => 8,
        }
    }
}

/// The door of one worker; cheap to clone.
#[derive(Clone)]
pub struct Door {
    crowd: Crowd,
    patience: Duration,
    late: Rc<Cell<Duration>>,
    /// Requests since the last look.
    seen: Rc<Cell<u32>>,
}

/// A request that was let in, until it is dropped.
pub struct Pass {
    crowd: Crowd,
    class: Class,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.crowd.all().leave();
        if self.class == Class::SignIn {
            self.crowd.sign_ins().leave();
        }
    }
}

/// Not now: ask again after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Seconds.
    pub retry_after: u32,
}

impl Door {
    /// To the node that has this `crowd`; `patience` is how late a worker may lastingly be before it
    /// refuses everything.
    pub fn new(crowd: Crowd, patience: Duration) -> Self {
        Self {
            crowd,
            patience,
            late: Rc::default(),
            seen: Rc::default(),
        }
    }

    /// Keeps account of how late this worker is; must run on it, and ends with the last other handle.
    pub async fn keep_watch(self) {
        let looks = RefCell::new(VecDeque::with_capacity(LOOKS));
        while Rc::strong_count(&self.late) > 1 {
            let due = Instant::now() + LOOK;
            tokio::time::sleep_until(due.into()).await;
            let late = self.judge(due.elapsed(), self.seen.take());
            self.late.set(least(&mut looks.borrow_mut(), late));
        }
    }

    /// How late a worker is that looked so `late`, after so many requests: with more behind them than
    /// it sees, later than it seems, so late that it lets in nothing but what is most urgent.
    fn judge(&self, late: Duration, seen: u32) -> Duration {
        if seen >= FULL && late > LOOK / 2 {
            late.max(self.patience * 31 / 32)
        } else {
            late
        }
    }

    /// Lets a request in, or says when to come again.
    ///
    /// # Errors
    /// When to come again, when its class must wait.
    pub fn enter(&self, class: Class) -> Result<Pass, Refused> {
        self.seen.set(self.seen.get().saturating_add(1));
        let late = self.late.get() * 16 > self.patience * (8 + class.share());
        // Before it is known: whoever is refused leaves again at once.
        let pass = Pass {
            crowd: self.crowd.clone(),
            class,
        };
        let few = self.crowd.all().enter(class.share());
        let few = (class != Class::SignIn || self.crowd.sign_ins().enter(ALL)) && few;
        if late || !few {
            let (least, more) = AGAIN;
            return Err(Refused {
                retry_after: least + rand::random_range(0..more),
            });
        }
        Ok(pass)
    }
}

/// Remembers a look; gives the least of the last ones, nothing while they are too few to tell.
fn least(looks: &mut VecDeque<Duration>, late: Duration) -> Duration {
    looks.push_back(late);
    if looks.len() > LOOKS {
        looks.pop_front();
    }
    if looks.len() < LOOKS {
        return Duration::ZERO;
    }
    looks.iter().min().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::crowd;
    use super::*;

    const EVERY: [Class; 6] = {
        let [a, b, c, d, e, f] = Class::EVERY;
        [a.0, b.0, c.0, d.0, e.0, f.0]
    };

    fn door(most: u32) -> Door {
        Door::new(Crowd::new(most), Duration::from_millis(40))
    }

    /// Routes that are not the work of the day, by class.
    const CLASSED: &str = "
        Boards GET /api/v1/races/{region}
        Boards GET /live
        Boards GET /races/{region}
        Boards POST /api/v1/live-tickets
        Exports GET /api/v1/me/export
        Exports GET /me/export
        Feed DELETE /api/v1/posts/{id}
        Feed DELETE /api/v1/posts/{id}/comments/{comment}
        Feed GET /api/v1/regions/{code}/honour-roll
        Feed GET /api/v1/regions/{code}/posts
        Feed GET /regions/{code}
        Feed POST /api/v1/posts/{id}/comments
        Feed POST /api/v1/regions/{code}/posts
        Feed POST /posts/{id}/comments
        Feed POST /posts/{id}/comments/{comment}/deletion
        Feed POST /posts/{id}/deletion
        Feed POST /regions/{code}/posts
        Log POST /api/v1/activities
        Log POST /api/v1/activities/batch
        Log POST /captain/approvals
        Log POST /captain/follow-ups/{volunteer}
        Log POST /captain/sheet
        Log POST /hq/tasks/{id}/assignments/{volunteer}
        Log POST /log
        Log POST /log/{id}/reversal
        Log PUT /api/v1/tasks/{id}/assignments/{volunteer}
        SignIn DELETE /api/v1/sessions/current
        SignIn GET /
        SignIn GET /i/{code}
        SignIn GET /join
        SignIn GET /join/request
        SignIn GET /sign-in
        SignIn GET /sign-in/request
        SignIn POST /api/v1/registrations
        SignIn POST /api/v1/sessions
        SignIn POST /api/v1/sessions/refresh
        SignIn POST /api/v1/sign-in-links
        SignIn POST /join
        SignIn POST /join/request
        SignIn POST /sign-in
        SignIn POST /sign-in/code
        SignIn POST /sign-in/links
        SignIn POST /sign-out
        always GET /healthz
        always GET /readyz
        always GET /static/{hash}/{name:.*}";

    #[test]
    fn every_route_has_a_class() {
        let mut lines: Vec<String> = crate::routes::table()
            .iter()
            .map(|route| (Class::of(&route.method, route.path), route))
            .filter(|(class, _)| *class != Some(Class::Own))
            .map(|(class, route)| {
                let class = class.map_or_else(|| "always".to_owned(), |class| format!("{class:?}"));
                format!("{class} {} {}", route.method, route.path)
            })
            .collect();
        lines.sort_unstable();
        let known: Vec<&str> = CLASSED.trim().lines().map(str::trim).collect();
        assert_eq!(lines, known);
    }

    #[test]
    fn the_less_urgent_is_refused_first() {
        let door = door(16);
        let mut inside = Vec::new();
        let mut refused_at = EVERY.map(|class| (class, None));
        for number in 0..=16 {
            for (class, at) in &mut refused_at {
                if door.enter(*class).is_err() {
                    at.get_or_insert(number);
                }
            }
            if let Ok(pass) = door.enter(Class::Log) {
                inside.push(pass);
            }
        }
        let at = refused_at.map(|(_, at)| at);
        assert_eq!(at, [2, 6, 8, 10, 14, 16].map(Some));
        assert_eq!(inside.len(), 16);
        drop(inside);
        assert!(EVERY.iter().all(|class| door.enter(*class).is_ok()));
    }

    #[test]
    fn who_is_lastingly_late_lets_in_the_urgent_alone() {
        let door = door(1000);
        let open = |late| {
            door.late.set(Duration::from_millis(late));
            EVERY
                .iter()
                .filter(|class| door.enter(**class).is_ok())
                .count()
        };
        assert_eq!(
            [0, 22, 23, 28, 31, 33, 38, 41].map(open),
            [6, 6, 5, 4, 3, 2, 1, 0]
        );
    }

    #[test]
    fn sign_ins_that_wait_are_refused_and_nothing_else_is() {
        let (door, few) = (door(1024), crowd::FEW_SIGN_INS);
        (0..100).for_each(|_| door.crowd.sign_ins().adapt(true));
        let let_in = |class| {
            (0..few * 2)
                .filter_map(|_| door.enter(class).ok())
                .collect()
        };
        let sign_ins: Vec<Pass> = let_in(Class::SignIn);
        let pages: Vec<Pass> = let_in(Class::Own);
        assert_eq!((sign_ins.len(), pages.len()), (few, few * 2));
        drop(sign_ins);
        assert!(door.enter(Class::SignIn).is_ok());
    }

    #[test]
    fn more_than_is_seen_leaves_only_the_most_urgent() {
        let door = door(1000);
        let (soon, late) = (Duration::from_millis(1), Duration::from_millis(6));
        assert_eq!(door.judge(soon, FULL), soon, "it keeps up");
        assert_eq!(door.judge(late, FULL - 1), late);
        door.late.set(door.judge(late, FULL));
        let open = |class: &&Class| door.enter(**class).is_ok();
        let open: Vec<&Class> = EVERY.iter().filter(open).collect();
        assert_eq!(open, [&Class::Log]);
    }

    #[test]
    fn one_bad_moment_is_no_lateness() {
        let mut looks = VecDeque::new();
        let bad = Duration::from_secs(1);
        for _ in 0..LOOKS - 1 {
            assert_eq!(least(&mut looks, bad), Duration::ZERO);
        }
        assert_eq!(least(&mut looks, bad), bad);
        assert_eq!(least(&mut looks, Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn whoever_is_refused_is_told_different_times() {
        let door = door(0);
        let mut told: Vec<u32> = (0..200)
            .filter_map(|_| door.enter(Class::Log).err())
            .map(|refused| refused.retry_after)
            .collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told, [1, 2, 3]);
    }
}

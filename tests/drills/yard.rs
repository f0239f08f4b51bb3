//! Where drills are held: the list of all, and what each of them needs.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_tests::drill::{Crew, Log, Node, Site, boards_agree, judge};
use muster_tests::{OwnPostgres, OwnRedis};

use crate::report::{Row, Verdict, spoken};
use crate::{backup, clock, database, deploy, disk, killed, links, overload, redis, sockets};

/// How long anything may take that has no figure of its own.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How far a board may be behind the ledger.
const BEHIND: Duration = Duration::from_secs(2);

/// What a drill gives: figures, and what was not as promised.
#[derive(Debug, Default)]
pub struct Finding {
    pub figures: Vec<String>,
    pub faults: Vec<String>,
}

impl Finding {
    /// Something measured.
    pub fn figure(&mut self, text: String) {
        self.figures.push(text);
    }

    /// A promise with a figure: `what` took `span`, and may take `most`.
    pub fn at_most(&mut self, what: &str, span: Duration, most: Duration) {
        self.figure(format!("{what} {}", spoken(span)));
        if span > most {
            self.faults.push(format!(
                "{what} {}, more than {}",
                spoken(span),
                spoken(most)
            ));
        }
    }

    /// Something that must be so.
    pub fn must(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.faults.push(otherwise.to_owned());
        }
    }
}

/// Why a drill cannot run here.
pub struct NotRunnable(pub String);

/// What a drill gives in the end.
pub type Held = Result<Finding, NotRunnable>;
type Running = Pin<Box<dyn Future<Output = Held> + Send>>;

/// A drill.
pub struct Drill {
    pub promise: &'static str,
    pub name: &'static str,
    pub says: &'static str,
    pub hold: fn(Arc<Yard>) -> Running,
}

macro_rules! drills {
    ($($promise:literal $name:literal $says:literal $hold:expr;)+) => {
        vec![$(Drill { promise: $promise, name: $name, says: $says, hold: |yard| Box::pin($hold(yard)) }),+]
    };
}

/// All of them, in the order of the promises.
pub fn every() -> Vec<Drill> {
    drills! {
        "R1" "killed-sqlite" "`kill -9` of a node 200 times at 500 entries a second, on SQLite: nothing lost or doubled, ready again within 2 s" killed::sqlite;
        "R1" "killed-postgres" "The same on PostgreSQL and Redis" killed::postgres;
        "R2, R3" "replies" "Answers cut half-way or swallowed after the commit, links late, slow (1 kB/s), half-open and cut, before each of three nodes, with repeats and parallel copies: each key once, boards right" links::replies;
        "R2, R3" "replies-sqlite" "The same before a node alone on SQLite" links::replies_sqlite;
        "R2, R3" "database-link" "The same between nodes and PostgreSQL" links::database;
        "R4" "sockets" "15,000 pages follow a board of three nodes, and all sockets are cut at once: all come back, none missed a frame without being told the whole board" sockets::cut;
        "R5" "deploy" "A rolling restart of three nodes under load 20 times, behind a balancer that asks `/readyz`: no request fails, sockets are told 1012 and come again" deploy::rolling;
        "R6" "redis-killed" "Redis killed under load: logging, joining, own points and boards work, other nodes' boards within 5 s of polling, a sign-out holds everywhere within 1 s, `/readyz` says so; heals by itself" redis::killed;
        "R6" "redis-frozen" "The same with a Redis that is frozen for 5 s, and longer" redis::frozen;
        "R6" "redis-flushed" "FLUSHALL again and again under load" redis::flushed;
        "R6" "redis-wrong" "False events, made-up nodes, letters of 8 MB and nonsense in its channels: what is shown stays true, nobody is signed out, memory stays (its keys hold nothing of ours)" redis::wrong;
        "R7" "overload" "Ten times the sustainable load for two minutes: at least 80 % of the peak's throughput, admitted within 0.5 s, refusals within 50 ms, normal again within 5 s" overload::tenfold;
        "R8" "database-killed" "`kill -9` of PostgreSQL 50 times: the node never ends, refuses within 50 ms, heals within 5 s, `/readyz` tells" database::killed;
        "R8" "database-locked" "A SQLite file that somebody else has locked: 503 after the busy wait of 2 s, reads go on, heals" database::locked;
        "R9" "disk-full" "The disk of the database is full (SQLite): nothing acknowledged that is not stored, reads go on, heals within 5 s" disk::full;
        "R9" "disk-full-postgres" "The disk of PostgreSQL is full" disk::full_postgres;
        "R9" "fsync-fails" "The disk refuses to write through (SQLite, EIO from fsync and fdatasync): nothing acknowledged that is not stored, heals" disk::fsync;
        "R10" "backup-sqlite" "A backup under load, restored to a fresh place: everything acknowledged before it is there, every total right (SQLite)" backup::sqlite;
        "R10" "backup-postgres" "The same on PostgreSQL" backup::postgres;
        "R11" "clock" "The clock of a node jumps an hour and a year, both ways: each key once, every total right, no link lives longer" clock::jumps;
        "R12" "migrations" "Three nodes that start together migrate once; the schema grows beyond what they know and shrinks again while they serve, and one is started meanwhile" deploy::migrations;
    }
}

/// What drills are handed.
pub struct Yard {
    short: bool,
    pub speed: Option<PathBuf>,
}

impl Yard {
    /// `short`: a tenth of everything.
    pub fn new(short: bool, speed: Option<PathBuf>) -> Arc<Self> {
        Arc::new(Self { short, speed })
    }

    /// How often, or how many: the promise's number, or a tenth of it.
    pub fn times(&self, whole: usize) -> usize {
        if self.short {
            whole.div_ceil(10)
        } else {
            whole
        }
    }

    /// A drill with everything that can go wrong in it.
    pub async fn run(self: &Arc<Self>, drill: &Drill) -> Row {
        eprintln!("-- {}: {}", drill.name, drill.says);
        let began = Instant::now();
        // A drill that is surprised must not end the others.
        let (figures, verdict) = match tokio::spawn((drill.hold)(self.clone())).await {
            Ok(Ok(found)) if found.faults.is_empty() => (found.figures.join("; "), Verdict::Passed),
            Ok(Ok(found)) => (found.figures.join("; "), Verdict::Failed(found.faults)),
            Ok(Err(NotRunnable(why))) => (String::new(), Verdict::NotRunnable(why)),
            Err(fault) => {
                let panic = fault.into_panic();
                let said = panic.downcast_ref::<String>().cloned();
                let said =
                    said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                let said = said.unwrap_or_else(|| "a surprise".to_owned());
                (String::new(), Verdict::Failed(vec![said]))
            }
        };
        Row {
            promise: drill.promise,
            name: drill.name,
            says: drill.says,
            figures,
            verdict,
            took: began.elapsed(),
        }
    }
}

/// A PostgreSQL and a Redis of the drill's own, and a campaign on them.
pub struct Services {
    pub postgres: OwnPostgres,
    pub redis: OwnRedis,
}

impl Services {
    /// Starts them.
    pub async fn start() -> Result<Self, NotRunnable> {
        let missing = |what: &str| NotRunnable(format!("{what} is not on the PATH"));
        // On this very thread: what it starts ends with the thread that started it.
        let postgres = OwnPostgres::start();
        Ok(Self {
            postgres: postgres.ok_or_else(|| missing("postgres or initdb"))?,
            redis: OwnRedis::start()
                .await
                .ok_or_else(|| missing("redis-server"))?,
        })
    }

    /// A campaign on them.
    pub fn site(&self, members: usize) -> Site {
        Site::of(&self.postgres.url, &self.redis.url, members)
    }
}

/// `count` nodes that are ready.
pub async fn nodes(site: &Site, count: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    for _ in 0..count {
        let mut node = Node::of(site).await;
        node.launch().await;
        nodes.push(node);
    }
    nodes
}

/// Where people come to these nodes.
pub fn doors(nodes: &[Node]) -> Vec<String> {
    nodes.iter().map(Node::door).collect()
}

/// Ends the load, and judges what everybody was told, what boards show and whether nodes live.
pub async fn judged(finding: &mut Finding, site: &Site, log: &Log, crew: Crew, nodes: &mut [Node]) {
    let left = crew.finish(PATIENCE).await;
    if left > 0 {
        finding
            .faults
            .push(format!("{left} entries were never acknowledged"));
    }
    match boards_agree(site, &doors(nodes), PATIENCE).await {
        Ok(took) => finding.at_most("at the end every board was right after", took, BEHIND),
        Err(why) => finding.faults.push(why),
    }
    finding.faults.extend(judge(site, log).await);
    finding.figure(format!(
        "{} entries acknowledged, 0 lost, 0 doubled",
        log.saved()
    ));
    if !finding.faults.is_empty() {
        finding.figures.pop();
    }
    for node in nodes {
        finding.must(
            node.lives(),
            &format!("a node ended: {}", node.last_words()),
        );
        finding.faults.extend(node.panics());
    }
}

//! A game day: faults mixed at random against three nodes, from a seed that is printed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use muster_tests::drill::{Crew, Load, Log, Node, Site, Viewers, boards_agree};
use muster_tests::{Fault, Proxy};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::report::{spoken, spread};
use crate::yard::{Finding, NotRunnable, PATIENCE, Services, doors, judged, nodes};

/// What kind of day.
#[derive(Args)]
pub struct Wish {
    /// How long it lasts
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=1_440))]
    minutes: u64,
    /// The same seed gives the same faults in the same order; drawn where none is given
    #[arg(long)]
    seed: Option<u64>,
    /// Entries logged each second
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    rate: u32,
}

/// What may happen.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    NodeKilled(usize),
    NodeStopped(usize),
    NodeFrozen(usize),
    Gate(usize, Fault),
    DatabaseKilled,
    DatabaseLink(Fault),
    RedisKilled,
    RedisFrozen,
    RedisFlushed,
}

/// Link faults, the most usual first.
const LINKS: [Fault; 6] = [
    Fault::Swallow,
    Fault::CutReply(60),
    Fault::Late(Duration::from_millis(100)),
    Fault::Slow(1_000),
    Fault::Silent,
    Fault::Cut,
];

impl Trouble {
    fn draw(chance: &mut ChaCha8Rng) -> Self {
        let node = chance.random_range(0..3);
        let link = *LINKS.choose(chance).expect("some");
        match chance.random_range(0..100) {
            0..20 => Self::NodeKilled(node),
            20..35 => Self::NodeStopped(node),
            35..42 => Self::NodeFrozen(node),
            42..62 => Self::Gate(node, link),
            62..72 => Self::DatabaseKilled,
            72..82 => Self::DatabaseLink(link),
            82..90 => Self::RedisKilled,
            90..95 => Self::RedisFrozen,
            _ => Self::RedisFlushed,
        }
    }
}

impl Trouble {
    /// What it befalls: the nodes by number, PostgreSQL, Redis.
    fn what(self) -> usize {
        match self {
            Self::NodeKilled(at)
            | Self::NodeStopped(at)
            | Self::NodeFrozen(at)
            | Self::Gate(at, _) => at,
            Self::DatabaseKilled | Self::DatabaseLink(_) => 3,
            Self::RedisKilled | Self::RedisFrozen | Self::RedisFlushed => 4,
        }
    }
}

struct Day {
    services: Services,
    link: Proxy,
    site: Arc<Site>,
    log: Arc<Log>,
    nodes: Vec<Node>,
}

/// Holds the day; whether every promise was kept.
pub async fn run(wish: Wish) -> bool {
    let seed = wish
        .seed
        .unwrap_or_else(|| rand::random_range(0..1_000_000));
    println!(
        "A game day of {} minutes, seed {seed}: again with --seed {seed}",
        wish.minutes
    );
    match hold(&wish, seed).await {
        Ok(finding) => {
            println!("{}", finding.figures.join("\n"));
            for fault in &finding.faults {
                println!("FAILED: {fault}");
            }
            if finding.faults.is_empty() {
                println!("Every promise was kept (seed {seed}).");
            }
            finding.faults.is_empty()
        }
        Err(NotRunnable(why)) => {
            println!("It cannot be held here: {why}.");
            false
        }
    }
}

async fn hold(wish: &Wish, seed: u64) -> Result<Finding, NotRunnable> {
    let services = Services::start().await?;
    let mut site = services.site(600);
    let (link, database) = Proxy::before_database(&site.database).await;
    site.database = database;
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let nodes = nodes(&site, 3).await;
    let viewers = Viewers::open(&site, &doors(&nodes), 60, Duration::from_secs(2));
    let crew = Crew::start(
        &site,
        &log,
        doors(&nodes),
        Load {
            rate: wish.rate,
            patience: Duration::from_secs(3),
        },
    );
    let mut day = Day {
        services,
        link,
        site,
        log,
        nodes,
    };
    let (mut chance, began) = (ChaCha8Rng::seed_from_u64(seed), Instant::now());
    let (mut healed, mut count) = (Vec::new(), 0);
    while began.elapsed() < Duration::from_secs(60 * wish.minutes) {
        tokio::time::sleep(Duration::from_millis(chance.random_range(300..2_500))).await;
        // Sometimes two at a time, of different things.
        let mut troubles = vec![Trouble::draw(&mut chance)];
        let second = chance.random_bool(0.4).then(|| Trouble::draw(&mut chance));
        troubles.extend(second.filter(|second| second.what() != troubles[0].what()));
        let lasts = Duration::from_millis(chance.random_range(300..4_000));
        println!(
            "[{:>5} s] {troubles:?} for {}; {} acknowledged",
            began.elapsed().as_secs(),
            spoken(lasts),
            day.log.saved()
        );
        count += troubles.len();
        for trouble in &troubles {
            day.log.note(&format!("{trouble:?}"));
            day = day.begin(*trouble).await;
        }
        tokio::time::sleep(lasts).await;
        for trouble in &troubles {
            day = day.end(*trouble).await;
        }
        let from = Instant::now();
        for node in &mut day.nodes {
            node.ready().await;
        }
        let again = crate::database::saved_again(&day.log).await;
        finding.must(
            again < PATIENCE,
            "nothing was saved for a minute after all was well",
        );
        healed.push(from.elapsed());
    }
    healed.sort_unstable();
    finding.figure(format!(
        "{count} troubles; serving again after they ended: {}",
        spread(&healed)
    ));
    let (site, log) = (day.site.clone(), day.log.clone());
    judged(&mut finding, &site, &log, crew, &mut day.nodes).await;
    finding.faults.extend(
        boards_agree(&site, &doors(&day.nodes), PATIENCE)
            .await
            .err(),
    );
    finding
        .faults
        .extend(viewers.all_follow(PATIENCE).await.err());
    finding
        .faults
        .extend(viewers.judge(Duration::from_secs(5)).await);
    finding.figure(format!("60 pages were sent {} frames", viewers.frames()));
    Ok(finding)
}

impl Day {
    async fn begin(mut self, trouble: Trouble) -> Self {
        match trouble {
            Trouble::NodeKilled(at) => self.nodes[at].kill(),
            Trouble::NodeStopped(at) if self.nodes[at].lives() => {
                let code = self.nodes[at].stop().await;
                assert_eq!(
                    code,
                    0,
                    "a node ended badly: {}",
                    self.nodes[at].last_words()
                );
            }
            Trouble::NodeFrozen(at) if self.nodes[at].lives() => self.nodes[at].signal("-STOP"),
            Trouble::NodeStopped(_) | Trouble::NodeFrozen(_) => {}
            Trouble::Gate(at, fault) => self.nodes[at].gate.fail(fault),
            Trouble::DatabaseKilled => self.services.postgres.kill(),
            Trouble::DatabaseLink(fault) => self.link.fail(fault),
            Trouble::RedisKilled => self.services.redis.kill(),
            Trouble::RedisFrozen => self.services.redis.freeze(),
            Trouble::RedisFlushed => drop(self.services.redis.say("FLUSHALL").await),
        }
        self
    }

    async fn end(mut self, trouble: Trouble) -> Self {
        match trouble {
            Trouble::NodeKilled(at) | Trouble::NodeStopped(at) => {
                if !self.nodes[at].lives() {
                    self.nodes[at].kill();
                    self.nodes[at].spawn();
                }
            }
            Trouble::NodeFrozen(at) if self.nodes[at].lives() => self.nodes[at].signal("-CONT"),
            Trouble::NodeFrozen(_) | Trouble::RedisFlushed => {}
            Trouble::Gate(at, _) => self.nodes[at].gate.heal(),
            Trouble::DatabaseLink(_) => self.link.heal(),
            Trouble::DatabaseKilled => {
                self.services.postgres.launch();
                self.services.postgres.await_answer();
            }
            Trouble::RedisKilled => self.services.redis.launch().await,
            Trouble::RedisFrozen => self.services.redis.thaw(),
        }
        self
    }
}

//! R8: the database may vanish and return.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use muster_tests::Client;
use muster_tests::drill::{Crew, Load, Log, Node, Site};

use crate::report::{spoken, spread};
use crate::yard::{Finding, Held, PATIENCE, Services, Yard, doors, judged, nodes};

/// Kills in all, and entries a second.
const KILLS: usize = 50;
const RATE: u32 = 200;
/// From when on after a kill a refusal must be prompt: who was under way at that moment has to find
/// out first.
const NOTICED: Duration = Duration::from_millis(500);

/// Waits until the node says this at `/readyz`.
async fn says(node: &Node, status: u16) -> Option<Duration> {
    let (began, asking) = (Instant::now(), Client::new(&node.url));
    while began.elapsed() < PATIENCE {
        let asked = asking
            .try_send(reqwest::Method::GET, "/readyz", &[], None)
            .await;
        if asked.is_ok_and(|answer| answer.status == status) {
            return Some(began.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}

/// PostgreSQL is killed again and again.
pub async fn killed(yard: Arc<Yard>) -> Held {
    let mut services = Services::start().await?;
    let site = services.site(400);
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 2).await;
    let crew = Crew::start(&site, &log, doors(&nodes), Load::of(RATE));
    let (mut refusals, mut healed, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..yard.times(KILLS) {
        tokio::time::sleep(Duration::from_millis(rand::random_range(500..1_500))).await;
        log.note("kill -9 of PostgreSQL");
        services.postgres.kill();
        let killed = Instant::now();
        for node in &nodes {
            told.extend(says(node, 503).await);
        }
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        refusals.extend(log.figures(killed + NOTICED, Instant::now()).busy_took);
        services.postgres.launch();
        services.postgres.await_answer();
        let back = Instant::now();
        for node in &nodes {
            finding.must(says(node, 200).await.is_some(), "a node does not heal");
        }
        healed.push(back.elapsed());
    }
    for took in [&mut refusals, &mut healed, &mut told] {
        took.sort_unstable();
    }
    finding.figure(format!(
        "{} kills; `/readyz` told: {}",
        yard.times(KILLS),
        spread(&told)
    ));
    finding.figure(format!(
        "{} refusals: {}",
        refusals.len(),
        spread(&refusals)
    ));
    finding.figure(format!("healthy after its return: {}", spread(&healed)));
    let promised =
        muster_tests::drill::Figures::quantile(&refusals, 99) <= Duration::from_millis(50);
    finding.must(
        promised && !refusals.is_empty(),
        "of 100 refusals more than one took longer than 50 ms",
    );
    let longest = healed.last().copied().unwrap_or_default();
    finding.must(
        longest <= Duration::from_secs(5),
        "a node was not healthy within 5 s",
    );
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    Ok(finding)
}

/// Somebody else holds the lock of the SQLite file.
pub async fn locked(yard: Arc<Yard>) -> Held {
    let site = Site::of("", "", 400);
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 1).await;
    let load = Load {
        rate: 50,
        patience: Duration::from_secs(10),
    };
    let crew = Crew::start(&site, &log, doors(&nodes), load);
    let file = site.database.trim_start_matches("sqlite:").to_owned();
    let (mut refusals, mut healed) = (Vec::new(), Vec::new());
    for _ in 0..yard.times(10) {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let mut intruder = SqliteConnection::establish(&file).expect("a connection");
        intruder
            .batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE")
            .expect("the lock");
        log.note("locked");
        let from = Instant::now();
        tokio::time::sleep(Duration::from_secs(3)).await;
        finding.must(
            reads(&site, &nodes[0]).await,
            "reads did not go on beside a lock",
        );
        tokio::time::sleep(Duration::from_secs(2)).await;
        refusals.extend(log.figures(from, Instant::now()).busy_took);
        intruder.batch_execute("ROLLBACK").expect("the lock goes");
        healed.push(saved_again(&log).await);
    }
    refusals.sort_unstable();
    healed.sort_unstable();
    finding.figure(format!(
        "{} refusals: {}",
        refusals.len(),
        spread(&refusals)
    ));
    finding.figure(format!(
        "saved again after {} at most",
        spoken(healed.last().copied().unwrap_or_default())
    ));
    // The wait itself is two seconds, and who came in the middle of one is refused with the one who waits.
    let longest = refusals.last().copied().unwrap_or_default();
    finding.must(
        longest <= Duration::from_millis(2_500),
        "somebody waited longer than the busy wait of 2 s",
    );
    finding.must(!refusals.is_empty(), "nobody was refused");
    finding.must(
        healed
            .last()
            .is_some_and(|took| *took <= Duration::from_secs(5)),
        "it did not heal within 5 s",
    );
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    Ok(finding)
}

/// Whether somebody can read their own points and page, and a board.
pub async fn reads(site: &Site, node: &Node) -> bool {
    let asking = Client::with_bearer(&node.url, &site.token(&site.members[1]));
    for path in ["/api/v1/me/points", "/home", "/races/us"] {
        let asked = asking.try_send(reqwest::Method::GET, path, &[], None).await;
        if !asked.is_ok_and(|answer| answer.status == 200) {
            return false;
        }
    }
    true
}

/// How long it takes from now until something is saved that was asked from now on.
pub async fn saved_again(log: &Log) -> Duration {
    let from = Instant::now();
    while from.elapsed() < PATIENCE {
        if let Some(at) = log.saved_after(from) {
            return at - from;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    from.elapsed()
}

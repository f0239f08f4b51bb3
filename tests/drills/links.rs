//! R2 and R3: links fail in every way a link can, and each key scores once.

use std::sync::Arc;
use std::time::Duration;

use muster_tests::drill::{Crew, Load, Site, Viewers};
use muster_tests::{Fault, Proxy};

use crate::yard::{Finding, Held, PATIENCE, Services, Yard, doors, judged, nodes};

/// Rounds of every fault, and entries a second.
const ROUNDS: usize = 10;
const RATE: u32 = 200;

/// Every way, and how long each lasts.
const FAULTS: [(Fault, u64); 7] = [
    (Fault::Swallow, 1_500),
    (Fault::CutReply(40), 1_500),
    (Fault::CutReply(400), 1_500),
    (Fault::Late(Duration::from_millis(200)), 1_500),
    (Fault::Slow(1_000), 1_500),
    (Fault::Silent, 2_500),
    (Fault::Cut, 1_500),
];

/// Before three nodes on PostgreSQL and Redis.
pub async fn replies(yard: Arc<Yard>) -> Held {
    let services = Services::start().await?;
    Ok(before_nodes(&yard, services.site(400), 3).await)
}

/// Before one node on SQLite.
pub async fn replies_sqlite(yard: Arc<Yard>) -> Held {
    Ok(before_nodes(&yard, Site::of("", "", 400), 1).await)
}

async fn before_nodes(yard: &Yard, site: Site, count: usize) -> Finding {
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, count).await;
    let viewers = Viewers::open(&site, &doors(&nodes), 30, Duration::from_secs(1));
    let load = Load {
        rate: RATE,
        patience: Duration::from_secs(2),
    };
    let crew = Crew::start(&site, &log, doors(&nodes), load);
    for round in 0..yard.times(ROUNDS) {
        for (at, (fault, lasts)) in FAULTS.into_iter().enumerate() {
            let node = &nodes[(round + at) % count];
            log.note(&format!("{fault:?} before {}", node.url));
            node.gate.fail(fault);
            tokio::time::sleep(Duration::from_millis(lasts)).await;
            node.gate.heal();
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    finding.figure(format!("{} faults", yard.times(ROUNDS) * FAULTS.len()));
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    finding
        .faults
        .extend(viewers.all_follow(PATIENCE).await.err());
    finding
        .faults
        .extend(viewers.judge(Duration::from_secs(5)).await);
    finding.figure(format!("30 pages were sent {} frames", viewers.frames()));
    finding
}

/// Between three nodes and PostgreSQL.
pub async fn database(yard: Arc<Yard>) -> Held {
    let services = Services::start().await?;
    let mut site = services.site(400);
    let (link, database) = Proxy::before_database(&site.database).await;
    site.database = database;
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 3).await;
    let crew = Crew::start(&site, &log, doors(&nodes), Load::of(RATE));
    for _ in 0..yard.times(ROUNDS) {
        for (fault, lasts) in FAULTS {
            log.note(&format!("{fault:?} before PostgreSQL"));
            link.fail(fault);
            tokio::time::sleep(Duration::from_millis(lasts)).await;
            link.heal();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    finding.figure(format!("{} faults", yard.times(ROUNDS) * FAULTS.len()));
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    Ok(finding)
}

//! R5 and R12: deploys in the middle of the day.

use std::sync::Arc;
use std::time::Duration;

use diesel::RunQueryDsl;
use muster_tests::drill::{Crew, Load, Node, Site, Viewers};

use crate::program::run;
use crate::report::spread;
use crate::yard::{Finding, Held, PATIENCE, Services, Yard, doors, judged, nodes};

/// Rolling restarts, and entries a second.
const ROUNDS: usize = 20;
const RATE: u32 = 200;

/// Three nodes are replaced one after the other, again and again.
pub async fn rolling(yard: Arc<Yard>) -> Held {
    let services = Services::start().await?;
    let site = services.site(400);
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 3).await;
    let viewers = Viewers::open(&site, &doors(&nodes), 30, Duration::from_secs(2));
    finding
        .faults
        .extend(viewers.all_follow(PATIENCE).await.err());
    let crew = Crew::balanced(&site, &log, doors(&nodes), Load::of(RATE));
    let mut ready = Vec::new();
    for _ in 0..yard.times(ROUNDS) {
        for node in &mut nodes {
            log.note(&format!("SIGTERM to {}", node.url));
            let code = node.stop().await;
            finding.must(code == 0, &format!("a node ended with code {code}"));
            ready.push(node.launch().await);
            // A balancer asks every quarter of a second.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    ready.sort_unstable();
    finding.figure(format!(
        "{} restarts; ready: {}",
        ready.len(),
        spread(&ready)
    ));
    let lost = log.unanswered();
    finding.figure(format!("{lost} requests without an answer"));
    finding.must(
        lost == 0,
        "requests went without an answer behind a balancer that asks /readyz",
    );
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    finding
        .faults
        .extend(viewers.all_follow(PATIENCE).await.err());
    finding
        .faults
        .extend(viewers.judge(Duration::from_secs(5)).await);
    let told = viewers.closed_with(1012);
    finding.figure(format!("sockets closed with 1012: {told}"));
    finding.must(told >= 30, "sockets were not told to come again");
    Ok(finding)
}

/// What a newer version's first step may do (`migrations/README.md`: expand, then contract).
const EXPANDS: [&str; 3] = [
    "ALTER TABLE ledger ADD COLUMN drilled TEXT",
    "CREATE TABLE drilled (id BIGINT PRIMARY KEY, said TEXT)",
    "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')",
];
const CONTRACTS: [&str; 3] = [
    "DELETE FROM __diesel_schema_migrations WHERE version = '99991231000000'",
    "DROP TABLE drilled",
    "ALTER TABLE ledger DROP COLUMN drilled",
];

/// The schema grows beyond what the nodes know and shrinks again while they serve, also one that is
/// started meanwhile; and three nodes that start together migrate once.
pub async fn migrations(yard: Arc<Yard>) -> Held {
    let services = Services::start().await?;
    let site = services.site(400);
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    // The newest step is missing, and nobody has served yet.
    let ended = run(&site, &["migrate", "--down", "1"]).await;
    finding.must(ended.code == 0, &ended.said);
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let mut node = Node::of(&site).await;
        node.spawn();
        nodes.push(node);
    }
    for node in &mut nodes {
        node.ready().await;
    }
    finding.figure("three nodes started together on a schema that lacked a step".to_owned());
    let crew = Crew::start(&site, &log, doors(&nodes), Load::of(RATE));
    let times = yard.times(20);
    for round in 0..times {
        for statement in EXPANDS {
            change(&site, statement).await;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let at = round % nodes.len();
        nodes[at].kill();
        nodes[at].launch().await;
        for statement in CONTRACTS {
            change(&site, statement).await;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    finding.figure(format!(
        "{times} times up and down under load, a node started in between"
    ));
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    Ok(finding)
}

/// One step of a migration, in a transaction of its own.
async fn change(site: &Site, statement: &'static str) {
    let done = site
        .db
        .write(move |conn| Ok(diesel::sql_query(statement).execute(conn)?));
    done.await.expect(statement);
}

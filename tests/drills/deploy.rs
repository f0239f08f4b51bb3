//! R5 and R12: deploys in the middle of the day.

use std::sync::Arc;
use std::time::Duration;

use muster_tests::drill::{Crew, Load, Viewers};

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

/// The schema goes one step down and up again while nodes serve.
pub async fn migrations(yard: Arc<Yard>) -> Held {
    let services = Services::start().await?;
    let site = services.site(400);
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 2).await;
    let crew = Crew::start(&site, &log, doors(&nodes), Load::of(RATE));
    for _ in 0..yard.times(10) {
        for wish in [&["migrate", "--down", "1"][..], &["migrate"]] {
            log.note(&wish.join(" "));
            let ended = run(&site, wish).await;
            finding.must(
                ended.code == 0,
                &format!("{}: {}", wish.join(" "), ended.said),
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    // And three nodes at a time on a schema that lacks a step.
    let ended = run(&site, &["migrate", "--down", "1"]).await;
    finding.must(ended.code == 0, &ended.said);
    let mut more = Vec::new();
    for _ in 0..3 {
        let mut node = muster_tests::drill::Node::of(&site).await;
        node.spawn();
        more.push(node);
    }
    for node in &mut more {
        node.ready().await;
    }
    nodes.append(&mut more);
    finding.figure(format!(
        "{} times down and up under load, and by three nodes that start together",
        yard.times(10)
    ));
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    Ok(finding)
}

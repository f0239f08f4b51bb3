//! R4: sockets resume without a gap, or say so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_tests::drill::{Crew, Load, Node, Viewers};

use crate::report::spoken;
use crate::yard::{Finding, Held, NotRunnable, PATIENCE, Services, Yard, judged, nodes};

/// Sockets in all; a person may have five.
const SOCKETS: usize = 15_000;
/// Within which time pages come again, by chance.
const JITTER: Duration = Duration::from_secs(5);
/// How long it may take to open all of them on a machine that is both ends.
const OPENING: Duration = Duration::from_secs(180);

/// All sockets of three nodes are cut at once: the nodes are killed together.
pub async fn cut(yard: Arc<Yard>) -> Held {
    let count = yard.times(SOCKETS);
    if open_files() < count + 1_000 {
        return Err(NotRunnable(format!(
            "a process may open only {} files",
            open_files()
        )));
    }
    let services = Services::start().await?;
    let site = services.site(count.div_ceil(5));
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 3).await;
    // Past the gates, which would need two files more for each.
    let urls: Vec<String> = nodes.iter().map(|node| node.url.clone()).collect();
    let viewers = Viewers::open(&site, &urls, count, JITTER);
    match viewers.all_follow(OPENING).await {
        Ok(took) => finding.figure(format!("{count} sockets opened in {}", spoken(took))),
        Err(why) => finding.faults.push(why),
    }
    let crew = Crew::start(&site, &log, urls, Load::of(20));
    tokio::time::sleep(Duration::from_secs(5)).await;
    for round in 0..2 {
        log.note("kill -9 of all nodes at once");
        nodes.iter_mut().for_each(Node::kill);
        nodes.iter_mut().for_each(Node::spawn);
        let back = Instant::now();
        for node in &mut nodes {
            node.ready().await;
        }
        // Until the cut was noticed everybody seems to follow.
        tokio::time::sleep(Duration::from_secs(2)).await;
        match viewers.all_follow(OPENING).await {
            Ok(_) => finding.figure(format!(
                "cut {}: all follow again after {}",
                round + 1,
                spoken(back.elapsed())
            )),
            Err(why) => finding.faults.push(why),
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    finding.faults.extend(viewers.judge(PATIENCE).await);
    finding.figure(format!("{} frames received", viewers.frames()));
    Ok(finding)
}

/// How many files this process may open.
fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    soft.unwrap_or(1_024)
}

//! R1: what was acknowledged is on disk.

use std::sync::Arc;
use std::time::Duration;

use muster_tests::drill::{Crew, Load, Site};

use crate::report::spread;
use crate::yard::{Finding, Held, Services, Yard, doors, judged, nodes};

/// Kills in all, entries a second, and how soon a node must be ready again.
const KILLS: usize = 200;
const RATE: u32 = 500;
const READY: Duration = Duration::from_secs(2);

/// On SQLite.
pub async fn sqlite(yard: Arc<Yard>) -> Held {
    Ok(kills(&yard, Site::of("", "", 1_000)).await)
}

/// On PostgreSQL and Redis.
pub async fn postgres(yard: Arc<Yard>) -> Held {
    let services = Services::start().await?;
    Ok(kills(&yard, services.site(1_000)).await)
}

async fn kills(yard: &Yard, site: Site) -> Finding {
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 1).await;
    let crew = Crew::start(&site, &log, doors(&nodes), Load::of(RATE));
    let (mut ready, mut idle) = (Vec::new(), 0);
    for _ in 0..yard.times(KILLS) {
        let before = log.saved();
        tokio::time::sleep(Duration::from_millis(rand::random_range(250..750))).await;
        log.note("kill -9");
        nodes[0].kill();
        idle += usize::from(log.saved() == before);
        ready.push(nodes[0].launch().await);
    }
    ready.sort_unstable();
    finding.figure(format!(
        "{} kills; ready again: {}",
        ready.len(),
        spread(&ready)
    ));
    let longest = ready.last().copied().unwrap_or_default();
    finding.must(longest <= READY, "a node was not ready again within 2 s");
    finding.must(
        idle * 10 <= ready.len(),
        "too little was acknowledged between kills to prove anything",
    );
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    finding
}

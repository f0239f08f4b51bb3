//! The pool over PostgreSQL, while the server is there.

use futures_util::future::join_all;

use crate::outage::{heals, register};
use crate::support::{Place, World};

/// The server's processes that serve this world's database.
async fn backends(world: &World) -> Vec<i64> {
    let ids = "SELECT CAST(COALESCE(MIN(pid), 0) AS BIGINT) AS n FROM (SELECT pid, row_number() OVER (ORDER BY pid) AS place \
               FROM pg_stat_activity WHERE datname = current_database()) AS b WHERE place = ";
    let mut found = Vec::new();
    loop {
        match world.count(&format!("{ids}{}", found.len() + 1)).await {
            0 => return found,
            id => found.push(id),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_that_is_ended_costs_only_itself() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: MUSTER_TEST_DATABASE_URL is not set");
        return;
    };
    let asking = world.browser();
    // Enough at once for several connections.
    join_all((0..40).map(|_| asking.get("/api/v1/regions/us-oh"))).await;
    world.sql("SELECT pg_sleep(0.1)".to_owned()).await;
    join_all((0..6).map(|_| world.sql("SELECT pg_sleep(0.3)".to_owned()))).await;
    let before = backends(&world).await;
    assert!(before.len() > 3, "{before:?}");
    let own = "SELECT CAST(pg_backend_pid() AS BIGINT) AS n";
    let own = world.count(own).await;
    let one = before.iter().find(|id| **id != own).expect("another");
    world
        .count(&format!(
            "SELECT CAST(COUNT(pg_terminate_backend({one})) AS BIGINT) AS n"
        ))
        .await;
    for _ in 0..4 {
        join_all((0..8).map(|n| {
            let email = format!("ada{n}@example.org");
            let asking = asking.clone();
            async move { register(&asking, &email).await }
        }))
        .await;
    }
    heals(&asking, "/readyz").await;
    let after = backends(&world).await;
    let kept = before.iter().filter(|id| after.contains(id)).count();
    assert_eq!(kept, before.len() - 1, "{before:?} {after:?}");
}

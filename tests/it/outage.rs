//! Bad days: the database is locked, or gone, and comes back.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use muster::settings::Secret;
use serde_json::json;

use crate::support::{Client, Place, Proxy, World};

/// Asks until the answer has this status, for ten seconds at most.
async fn heals(browser: &Client, path: &str) {
    for _ in 0..100 {
        if browser.get(path).await.status == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{path} did not heal");
}

async fn register(browser: &Client, email: &str) -> crate::support::Answer {
    browser
        .call(
            "POST",
            "/api/v1/registrations",
            &json!({"email": email, "zip": "02139"}),
        )
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_database_answers_503_with_retry_after_and_heals() {
    let world = World::open(Place::Embedded)
        .await
        .expect("the embedded world");
    let file = world
        .settings
        .database_url
        .0
        .trim_start_matches("sqlite:")
        .to_owned();
    let mut intruder = SqliteConnection::establish(&file).expect("a second connection");
    intruder.batch_execute("BEGIN IMMEDIATE").expect("the lock");
    let refused = register(&world.browser(), "ada@example.org")
        .await
        .expect(503);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(refused.header("content-type"), "application/problem+json");
    intruder.batch_execute("ROLLBACK").expect("the lock goes");
    register(&world.browser(), "ada@example.org")
        .await
        .expect(202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_answers_503_with_retry_after_and_heals() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: no production services are named");
        return;
    };
    let url = url::Url::parse(&world.settings.database_url.0).expect("a URL");
    let host = url.host_str().expect("a host");
    let proxy = Proxy::before(format!("{host}:{}", url.port().unwrap_or(5432))).await;
    let mut proxied = url.clone();
    proxied.set_host(Some("127.0.0.1")).expect("a host");
    proxied
        .set_port(Some(proxy.address.port()))
        .expect("a port");
    let mut settings = world.settings.clone();
    settings.database_url = Secret(proxied.to_string());
    let node = muster::Server::start(settings, world.clock.clone())
        .await
        .expect("a node behind the proxy");
    let browser = world.browser_of(&node);
    register(&browser, "ada@example.org").await.expect(202);
    proxy.cut();
    let refused = register(&browser, "ben@example.org").await.expect(503);
    assert!(!refused.header("retry-after").is_empty());
    browser.get("/readyz").await.expect(503);
    browser.get("/healthz").await.expect(200);
    proxy.heal();
    heals(&browser, "/readyz").await;
    register(&browser, "ben@example.org").await.expect(202);
    // One that neither answers nor hangs up is as good as gone.
    proxy.fall_silent();
    let asked = std::time::Instant::now();
    browser.get("/readyz").await.expect(503);
    assert!(asked.elapsed() < std::time::Duration::from_secs(5));
    proxy.speak();
    heals(&browser, "/readyz").await;
}

//! Bad days: the database is locked, full, silent or gone, and comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use futures_util::future::join_all;
use muster::Server;
use muster::settings::Secret;
use muster_tests::drill::{Crew, Load, Node, Site, judge};
use serde_json::{Value, json};

use crate::support::{Answer, Client, OwnPostgres, Place, Proxy, World};

/// Asks until the answer has this status, for ten seconds at most.
pub(crate) async fn heals(browser: &Client, path: &str) {
    for _ in 0..100 {
        if browser.get(path).await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path} did not heal");
}

pub(crate) async fn register(browser: &Client, email: &str) -> Answer {
    browser
        .call(
            "POST",
            "/api/v1/registrations",
            &json!({"email": email, "zip": "02139"}),
        )
        .await
}

/// A node that reaches the world's database through a proxy.
async fn behind_proxy(world: &World) -> (Proxy, Server) {
    let (proxy, url) = Proxy::before_database(&world.settings.database_url.0).await;
    let mut settings = world.settings.clone();
    settings.database_url = Secret(url);
    let node = Server::start(settings, world.clock.clone())
        .await
        .expect("a node behind the proxy");
    (proxy, node)
}

fn doors(quantity: i64) -> Value {
    json!({"kind": "doors", "quantity": quantity, "conversations": 0})
}

/// Waits until the node knows that its database is away, for ten seconds at most.
async fn noticed(asking: &Client) {
    for _ in 0..100 {
        if asking.get("/readyz").await.status == 503 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody noticed that the database is away");
}

/// Sends 64 entries and 64 reads at once: each is refused, and none waits for the database. Prints
/// how long they took, which is a promise only where nothing else runs.
async fn refuses_at_once(asking: &Client, when: &str) {
    let (body, path) = (doors(1), "/api/v1/activities");
    let sent = (0..128).map(|n| {
        let body = body.clone();
        async move {
            let (began, key) = (Instant::now(), format!("away-{n}"));
            let answer = match n % 2 {
                0 => asking.score(path, &key, &body).await,
                _ => asking.get("/api/v1/me/points").await,
            };
            assert!(!answer.clone().expect(503).header("retry-after").is_empty());
            began.elapsed()
        }
    });
    let mut took = join_all(sent).await;
    took.sort();
    println!(
        "{when}: 128 refused at once, half within {:?}, all within {:?}",
        took[64], took[127]
    );
    assert!(
        took[127] < Duration::from_secs(2),
        "somebody waited: {:?}",
        took[127]
    );
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
    let (proxy, node) = behind_proxy(&world).await;
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
    let asked = Instant::now();
    browser.get("/readyz").await.expect(503);
    assert!(asked.elapsed() < Duration::from_secs(5));
    proxy.heal();
    heals(&browser, "/readyz").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_who_waits_for_a_locked_database_is_refused_after_one_wait() {
    let world = World::open(Place::Embedded)
        .await
        .expect("the embedded world");
    // From before everybody got an invitation's code on joining.
    let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
    // The first board of a week counts its rosters.
    ben.client.get("/api/v1/races/us").await.expect(200);
    let file = world
        .settings
        .database_url
        .0
        .trim_start_matches("sqlite:")
        .to_owned();
    let mut intruder = SqliteConnection::establish(&file).expect("a second connection");
    intruder.batch_execute("BEGIN IMMEDIATE").expect("the lock");
    let body = doors(10);
    let (browser, began) = (world.browser(), Instant::now());
    let registering = join_all((0..8).map(|n| {
        let (browser, email) = (&browser, format!("p{n}@example.org"));
        async move { register(browser, &email).await }
    }));
    let (refused, logged) = tokio::join!(
        registering,
        ben.client.score("/api/v1/activities", "k", &body)
    );
    println!(
        "a locked file: nine writers were refused within {:?}",
        began.elapsed()
    );
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "each waited for the one before"
    );
    for answer in refused.into_iter().chain([logged]) {
        assert!(!answer.expect(503).header("retry-after").is_empty());
    }
    ben.client.get("/api/v1/me/points").await.expect(200);
    for path in ["/home", "/me"] {
        let page = ben.client.get(path).await.expect(200).text;
        assert!(!page.contains("/i/"), "{path} waits for no link: {page}");
    }
    intruder.batch_execute("ROLLBACK").expect("the lock goes");
    let home = ben.client.get("/home").await.expect(200).text;
    assert!(home.contains("/i/"), "his link waited: {home}");
    ben.client
        .score("/api/v1/activities", "k", &body)
        .await
        .expect(201);
    world.assert_totals_fold().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_what_it_cannot_store_and_reads_go_on() {
    let world = World::open(Place::Embedded)
        .await
        .expect("the embedded world");
    let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
    let ada = world.join("ada@example.org", "43215").await;
    // As large as it is now and no larger: SQLite then says what it says of a full disk.
    world.sql("PRAGMA max_page_count = 1".into()).await;
    let mut stored = 0;
    let refused = loop {
        let body = doors(1 + stored);
        let answer = ben
            .client
            .score("/api/v1/activities", &format!("k{stored}"), &body)
            .await;
        if answer.status == 503 {
            break answer;
        }
        answer.expect(201);
        stored += 1;
        assert!(stored < 10_000, "the disk never filled");
    };
    assert!(!refused.header("retry-after").is_empty());
    for path in ["/api/v1/me/points", "/api/v1/races/us", "/readyz"] {
        ben.client.get(path).await.expect(200);
    }
    // Ada has not been here yet, and finds her link all the same; Ben is from before everybody got one
    // on joining.
    for path in ["/home", "/me"] {
        let page = ada.client.get(path).await.expect(200).text;
        assert!(page.contains("/i/"), "{path}: {page}");
        ben.client.get(path).await.expect(200);
    }
    assert_eq!(
        world.count("SELECT COUNT(*) AS n FROM ledger").await,
        stored
    );
    // A browser whose token ran out gets a new one, though its use cannot be noted.
    world.clock.advance(chrono::TimeDelta::minutes(11));
    ada.client.get("/home").await.expect(200);
    world.sql("PRAGMA max_page_count = 1000000".into()).await;
    let ben = world.again(&ben).await;
    let home = ben.client.get("/home").await.expect(200).text;
    assert!(home.contains("/i/"), "his link waited: {home}");
    let key = format!("k{stored}");
    let healed = ben
        .client
        .score("/api/v1/activities", &key, &doors(1 + stored))
        .await
        .expect(201);
    assert_eq!(
        healed.header("idempotent-replayed"),
        "",
        "nothing had been stored of it"
    );
    assert_eq!(
        world.count("SELECT COUNT(*) AS n FROM ledger").await,
        stored + 1
    );
    world.assert_totals_fold().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_cut_off_or_says_nothing_is_not_waited_for() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: no production services are named");
        return;
    };
    let (proxy, node) = behind_proxy(&world).await;
    let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
    let ben = ben.client.at(node.url());
    for (round, when) in ["cut off", "silent"].into_iter().enumerate() {
        let (before, lost) = (format!("before-{round}"), format!("lost-{round}"));
        ben.score("/api/v1/activities", &before, &doors(10))
            .await
            .expect(201);
        let began = Instant::now();
        if round == 0 {
            proxy.cut();
        } else {
            proxy.fall_silent();
        }
        let first = ben
            .score("/api/v1/activities", &lost, &doors(11))
            .await
            .expect(503);
        assert!(!first.header("retry-after").is_empty());
        println!("{when}: the first was refused after {:?}", began.elapsed());
        noticed(&ben).await;
        refuses_at_once(&ben, when).await;
        ben.get("/healthz").await.expect(200);
        proxy.heal();
        let back = Instant::now();
        heals(&ben, "/readyz").await;
        heals(&ben, "/api/v1/me/points").await;
        println!("{when}: healthy {:?} after its return", back.elapsed());
        // Its fate was unknown: under the same key it counts once.
        ben.score("/api/v1/activities", &lost, &doors(11))
            .await
            .expect(201);
        assert_eq!(
            world
                .count(&format!(
                    "SELECT COUNT(*) AS n FROM ledger WHERE key LIKE '%{lost}'"
                ))
                .await,
            1
        );
    }
    world.assert_totals_fold().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_killed_under_load_loses_and_doubles_nothing() {
    let Some(mut postgres) = OwnPostgres::start() else {
        return;
    };
    let site = Arc::new(Site::of(&postgres.url, "", 40));
    let log = site.log();
    let mut node = Node::of(&site).await;
    node.launch().await;
    let asking = Client::with_bearer(&node.url, &site.token(&site.members[0]));
    let crew = Crew::start(&site, &log, vec![node.url.clone()], Load::of(60));
    for round in 1..=3 {
        let (began, enough) = (Instant::now(), log.saved() + 50);
        while log.saved() < enough {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "nothing is acknowledged"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        postgres.kill();
        noticed(&asking).await;
        refuses_at_once(&asking, &format!("killed, round {round}")).await;
        // On this very thread: what it starts ends with the thread that started it.
        postgres.launch();
        postgres.await_answer();
        let back = Instant::now();
        heals(&asking, "/readyz").await;
        println!(
            "killed, round {round}: healthy {:?} after its return",
            back.elapsed()
        );
        assert!(node.lives(), "the node ended: {}", node.last_words());
    }
    assert_eq!(
        crew.finish(Duration::from_secs(60)).await,
        0,
        "never acknowledged"
    );
    assert_eq!(judge(&site, &log).await, Vec::<String>::new());
    assert_eq!(node.panics(), Vec::<String>::new());
    let told = std::fs::read_to_string(&node.complaints).expect("its log");
    for line in ["the database is away", "the database is back"] {
        assert_eq!(told.matches(line).count(), 3, "once a kill: {told}");
    }
}

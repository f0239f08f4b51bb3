//! What a node tells of itself: on a listener of its own, by pattern and never by path or person.

use std::time::Duration;

use muster::Server;
use muster::settings::Secret;
use serde_json::json;

use crate::support::{Client, Command, Place, Proxy, Socket, World, both};

const HOME: &str = "us-oh-39049-43215";

/// A node beside the world's own that serves its metrics.
async fn measured(world: &World) -> (Server, Client) {
    let mut settings = world.settings.clone();
    settings.metrics_listen = "127.0.0.1:0".into();
    let node = Server::start(settings, world.clock.clone())
        .await
        .expect("a node with metrics");
    let address = node.metrics.as_ref().expect("its listener").address;
    (node, Client::new(&format!("http://{address}")))
}

/// All that is shown.
async fn shown(metrics: &Client) -> String {
    let answer = metrics.get("/metrics").await.expect(200);
    let kind = answer.header("content-type");
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    answer.text
}

/// The value of the line that is `series`, if there is one.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

/// Asks until `series` has `wanted`, for ten seconds at most.
async fn becomes(metrics: &Client, series: &str, wanted: f64) {
    let mut text = String::new();
    for _ in 0..100 {
        text = shown(metrics).await;
        if value(&text, series) == Some(wanted) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{series} is not {wanted}:\n{text}");
}

both! {
    async fn what_happens_is_counted_by_pattern_and_names_nobody(world: World) {
        let (node, metrics) = measured(&world).await;
        let ada = world.person("ada@example.org", HOME).await;
        let ada = ada.on(&node);
        for region in ["us", "us-oh", "us-tx"] {
            ada.client.get(&format!("/api/v1/races/{region}")).await.expect(200);
        }
        ada.client.get("/api/v1/races/nowhere").await.expect(404);
        ada.client.call("DELETE", "/api/v1/races/us", &json!({})).await.expect(405);
        ada.client.get("/ada/secret-place").await.expect(404);
        world.browser_of(&node).get("/api/v1/me").await.expect(401);

        let text = shown(&metrics).await;
        let race = |method: &str, status: &str| {
            let labels = format!("route=\"/api/v1/races/{{region}}\",method=\"{method}\",status=\"{status}\"");
            value(&text, &format!("muster_http_requests_total{{{labels}}}"))
        };
        assert_eq!(race("GET", "2xx"), Some(3.0), "{text}");
        assert_eq!(race("GET", "4xx"), Some(1.0));
        assert_eq!(race("other", "4xx"), Some(1.0), "a method the route does not take");
        assert_eq!(race("POST", "2xx"), None, "nothing is shown that never happened");
        let took = "muster_http_request_seconds_count{route=\"/api/v1/races/{region}\",method=\"GET\"}";
        assert_eq!(value(&text, took), Some(4.0));
        let nowhere = "muster_http_requests_total{route=\"none\",method=\"other\",status=\"4xx\"}";
        assert_eq!(value(&text, nowhere), Some(1.0));
        for secret in ["ada", "secret-place", "us-tx", "example.org", &ada.id.0.to_string()] {
            assert!(!text.contains(secret), "{secret} stands in\n{text}");
        }
        node.stop().await;
    }

    async fn the_ledger_the_sockets_and_the_pools_say_how_they_are(world: World) {
        let (node, metrics) = measured(&world).await;
        let ada = world.person("ada@example.org", HOME).await;
        let ada = ada.on(&node);
        let mut socket = Socket::of(&ada).await;
        socket.subscribe("race/us-oh").await;
        socket.frame().await;
        for n in 0..3 {
            let body = json!({"kind": "doors", "quantity": 10 + n});
            ada.client.score("/api/v1/activities", &format!("k{n}"), &body).await.expect(201);
        }
        let text = shown(&metrics).await;
        let one = |series: &str| value(&text, series).unwrap_or_else(|| panic!("{series} is not in\n{text}"));
        assert_eq!(one("muster_ledger_batch_entries_sum"), 3.0);
        assert_eq!(one("muster_ledger_batch_entries_count"), one("muster_ledger_commit_seconds_count"));
        assert!(one("muster_ledger_commit_seconds_sum") > 0.0);
        assert_eq!(one("muster_ledger_queue_entries"), 0.0);
        assert_eq!(one("muster_ledger_queue_size"), f64::from(world.settings.ledger_queue));
        assert_eq!(one("muster_ledger_entries_refused_total"), 0.0);
        assert_eq!(one("muster_live_sockets"), 1.0);
        assert!(one("muster_live_frames_total") >= 1.0);
        assert_eq!(one("muster_live_frames_dropped_total"), 0.0);
        assert_eq!(one("muster_database_refusals_total"), 0.0);
        assert_eq!(one("muster_erasures_unlisted"), 0.0);
        match world.place {
            Place::Embedded => {
                assert_eq!(one("muster_database_connections{pool=\"writer\",state=\"idle\"}"), 1.0);
                assert_eq!(value(&text, "muster_redis_up"), None, "there is none");
            }
            Place::Production => {
                assert!(one("muster_database_connections{pool=\"all\",state=\"idle\"}") >= 1.0);
                becomes(&metrics, "muster_redis_up", 1.0).await;
            }
        }
        becomes(&metrics, "muster_people_here", 1.0).await;
        drop(socket);
        becomes(&metrics, "muster_live_sockets", 0.0).await;
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_and_what_becomes_of_them_are_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let mails = folder.path().join("mail");
    let world = World::open_with(Place::Embedded, |settings| {
        settings.mail = Secret(format!("folder:{}", mails.display()));
    })
    .await
    .expect("the embedded world");
    let (node, metrics) = measured(&world).await;
    let browser = world.browser_of(&node);
    let register = |email: &'static str| {
        let body = json!({"email": email, "zip": "02139"});
        let browser = browser.clone();
        async move { browser.call("POST", "/api/v1/registrations", &body).await }
    };
    register("ada@example.org").await.expect(202);
    becomes(&metrics, "muster_mails_sent_total", 1.0).await;
    std::fs::remove_dir_all(&mails).expect("the folder goes");
    register("ben@example.org").await.expect(202);
    becomes(&metrics, "muster_mails_failed_total", 1.0).await;
    let text = shown(&metrics).await;
    assert_eq!(value(&text, "muster_mails_sent_total"), Some(1.0), "{text}");
    assert_eq!(value(&text, "muster_mails_waiting"), Some(0.0), "{text}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_event_and_an_absent_database_are_told_of() {
    let Some(mut world) = World::open(Place::Production).await else {
        eprintln!("left out: MUSTER_TEST_DATABASE_URL is not set");
        return;
    };
    let (proxy, url) = Proxy::before_database(&world.settings.database_url.0).await;
    world.settings.database_url = Secret(url);
    // Nobody to hear events from.
    world.settings.redis_url = Secret(String::new());
    let (node, metrics) = measured(&world).await;
    let ada = world.person("ada@example.org", HOME).await;
    let mut socket = Socket::of(&ada.on(&node)).await;
    socket.subscribe("race/us-oh").await;
    socket.frame().await;
    let knock = json!({"kind": "doors", "quantity": 30});
    ada.client
        .score("/api/v1/activities", "k", &knock)
        .await
        .expect(201);
    becomes(&metrics, "muster_boards_found_moved_total", 1.0).await;
    let away = |text: &str| value(text, "muster_database_away_seconds_total").expect("it is shown");
    assert_eq!(away(&shown(&metrics).await), 0.0);
    proxy.cut();
    for _ in 0..200 {
        world.browser_of(&node).get("/readyz").await;
        if away(&shown(&metrics).await) > 0.0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    proxy.heal();
    for _ in 0..200 {
        if world.browser_of(&node).get("/readyz").await.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let before = away(&shown(&metrics).await);
    assert!(before > 0.0);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(
        away(&shown(&metrics).await),
        before,
        "it is back and counted no longer"
    );
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_served_where_they_were_asked_for_and_nowhere_else() {
    let world = World::open(Place::Embedded)
        .await
        .expect("the embedded world");
    assert!(world.server.metrics.is_none(), "by default there are none");
    world.browser().get("/metrics").await.expect(404);
    let (node, metrics) = measured(&world).await;
    world.browser_of(&node).get("/metrics").await.expect(404);
    for path in ["/", "/home", "/readyz", "/api/v1/me"] {
        assert_eq!(metrics.get(path).await.status, 404, "{path}");
    }
    let base = metrics.base.clone();
    node.stop().await;
    let gone = Client::new(&base)
        .try_send(reqwest::Method::GET, "/metrics", &[], None)
        .await;
    assert!(gone.is_err(), "its listener ended with the node");
}

#[test]
fn a_metrics_address_that_cannot_be_had_is_said_before_anything_starts() {
    let held = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = held.local_addr().expect("an address").to_string();
    for (address, said) in [
        (taken.as_str(), "metrics on 127."),
        ("9100", "metrics_listen"),
    ] {
        let ended = Command::new()
            .with("LISTEN", "127.0.0.1:0")
            .with("METRICS_LISTEN", address)
            .run(&["serve"]);
        assert_eq!(ended.code, 1, "{}", ended.err);
        assert!(ended.err.contains(said), "{}", ended.err);
    }
}

//! The live socket: who may open one, what may be followed, and when it ends.

use std::time::Duration;

use chrono::TimeDelta;
use muster::live::{Frame, Topic};
use muster::regions::RegionCode;
use muster::scope::Scope;
use muster::sessions::{self, Audience};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Person, Place, Socket, World, both};

const HOME: &str = "us-oh-39049-43215";
/// A node that waited for the client to hang up first would take two seconds and more.
const CLOSING: Duration = Duration::from_millis(1_500);

async fn ben(world: &World) -> Person {
    world.person("ben@example.org", HOME).await
}

async fn ticket(person: &Person) -> String {
    let answer = person
        .client
        .call("POST", "/api/v1/live-tickets", &json!({}))
        .await
        .expect(201)
        .json();
    assert_eq!(answer["expires_in"], 30);
    format!("/live?ticket={}", answer["ticket"].as_str().unwrap())
}

fn bearer(person: &Person) -> String {
    format!("Bearer {}", person.client.bearer.as_deref().unwrap())
}

/// The cookie of a browser in the same session.
async fn cookie(world: &World, person: &Person) -> String {
    let app = &world.server.app;
    let (scope, now) = (Scope::Own(person.id), app.clock.now());
    let sessions = app
        .db
        .read(move |conn| sessions::list(conn, &scope, now))
        .await
        .expect("sessions");
    let token = app
        .sessions
        .token(sessions[0].id, Audience::Web, now)
        .expect("a token");
    format!("muster={token}")
}

both! {
    async fn a_socket_opens_only_from_our_own_pages(world: World) {
        let ben = ben(&world).await;
        let (base, token) = (world.server.url(), bearer(&ben));
        let open = |headers: Vec<(&'static str, String)>| async move {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Socket::open(base, "/live", &headers).await.err()
        };
        let signed_in = ("authorization", token);
        assert_eq!(open(vec![("origin", base.into()), signed_in.clone()]).await, None);
        assert_eq!(open(vec![("origin", "https://evil.example.org".into()), signed_in.clone()]).await, Some(403));
        assert_eq!(open(vec![signed_in.clone()]).await, Some(403), "no origin and no ticket");
        assert_eq!(open(vec![("origin", base.into())]).await, Some(401), "nobody is signed in");
        let cookie = ("cookie", cookie(&world, &ben).await);
        assert_eq!(open(vec![("origin", base.into()), cookie.clone()]).await, None);
        assert_eq!(open(vec![("origin", "https://evil.example.org".into()), cookie.clone()]).await, Some(403));
        assert_eq!(open(vec![cookie]).await, Some(403), "no browser leaves the origin out");
        assert_eq!(open(vec![("origin", base.into()), signed_in.clone(), ("sec-websocket-protocol", String::new())]).await, Some(400));
        assert_eq!(open(vec![("origin", base.into()), signed_in, ("sec-websocket-protocol", "muster.v9".into())]).await, Some(400));
    }

    async fn a_ticket_opens_one_socket_within_half_a_minute(world: World) {
        let ben = ben(&world).await;
        let base = world.server.url();
        world.browser().call("POST", "/api/v1/live-tickets", &json!({})).await.expect(401);
        let first = ticket(&ben).await;
        let foreign = Socket::open(base, &first, &[("origin", "https://evil.example.org")]).await.err();
        assert_eq!(foreign, Some(403), "a page elsewhere has no use for it");
        let mut open = Socket::open(base, &first, &[]).await.expect("a socket");
        open.say(r#"{"op":"ping"}"#).await;
        assert_eq!(open.frame().await["kind"], "pong");
        assert_eq!(Socket::open(base, &first, &[]).await.err(), Some(401), "spent");
        let late = ticket(&ben).await;
        world.clock.advance(TimeDelta::seconds(31));
        assert_eq!(Socket::open(base, &late, &[]).await.err(), Some(401), "expired");
        assert_eq!(Socket::open(base, "/live?ticket=made-up", &[]).await.err(), Some(401));
    }

    async fn of_many_who_show_one_ticket_one_gets_in(world: World) {
        let address = ticket(&ben(&world).await).await;
        let base = world.server.url().to_owned();
        let tries = (0..20).map(|_| {
            let (base, address) = (base.clone(), address.clone());
            tokio::spawn(async move { Socket::open(&base, &address, &[]).await.err() })
        });
        let mut refused = Vec::new();
        for tried in tries.collect::<Vec<_>>() {
            refused.extend(tried.await.unwrap());
        }
        assert_eq!(refused.len(), 19, "{refused:?}");
        assert!(refused.iter().all(|status| [401, 503].contains(status)), "{refused:?}");
    }

    async fn what_is_not_yours_cannot_be_followed(world: World) {
        let ben = ben(&world).await;
        let mut socket = Socket::of(&ben).await;
        for (topic, code) in [
            ("captain/us-oh-39049", "forbidden"),
            ("captain/us-zz", "forbidden"),
            ("feed/us-oh-39041", "forbidden"),
            ("race/us-zz", "unknown_topic"),
            ("race/us-oh-39049-43215", "unknown_topic"),
            ("race/groups", "unknown_topic"),
            ("secrets", "unknown_topic"),
        ] {
            socket.subscribe(topic).await;
            let refused = socket.frame().await;
            assert_eq!(refused, json!({"topic": topic, "kind": "error", "code": code}));
        }
        socket.subscribe("race/us").await;
        assert_eq!(socket.frame().await["kind"], "snapshot");
    }

    async fn one_hears_of_ones_own_affairs_and_a_captain_of_their_queue(world: World) {
        use muster::cluster::Event;
        let ben = ben(&world).await;
        let ada = world.captain_person("ada@example.org", "us-oh").await;
        let (mut bens, mut adas) = (Socket::of(&ben).await, Socket::of(&ada).await);
        bens.subscribe("me").await;
        bens.subscribe("feed/us-oh").await;
        adas.subscribe("me").await;
        adas.subscribe("captain/us-oh").await;
        bens.say(r#"{"op":"ping"}"#).await;
        bens.frame_with(|frame| frame["kind"] == "pong").await;
        adas.say(r#"{"op":"ping"}"#).await;
        adas.frame_with(|frame| frame["kind"] == "pong").await;
        let cluster = &world.server.app.cluster;
        cluster.publish(Event::PeopleMoved { volunteers: vec![ben.id] });
        assert_eq!(bens.frame().await, json!({"topic": "me", "kind": "moved"}));
        cluster.publish(Event::FeedMoved { region: RegionCode::parse("us-oh").unwrap() });
        assert_eq!(bens.frame().await, json!({"topic": "feed/us-oh", "kind": "moved"}));
        cluster.publish(Event::QueuesMoved { regions: vec![RegionCode::parse(HOME).unwrap()] });
        assert_eq!(adas.frame().await, json!({"topic": "captain/us-oh", "kind": "moved"}), "and nothing of Ben's");
    }

    async fn a_busy_queue_is_one_word_a_second(world: World) {
        use muster::cluster::Event;
        let ada = world.captain_person("ada@example.org", "us-oh").await;
        let mut socket = Socket::of(&ada).await;
        socket.subscribe("captain/us-oh").await;
        socket.say(r#"{"op":"ping"}"#).await;
        socket.frame_with(|frame| frame["kind"] == "pong").await;
        let began = std::time::Instant::now();
        for _ in 0..50 {
            world.server.app.cluster.publish(Event::QueuesMoved { regions: vec![RegionCode::parse(HOME).unwrap()] });
        }
        let moved = json!({"topic": "captain/us-oh", "kind": "moved"});
        assert_eq!((socket.frame().await, socket.frame().await), (moved.clone(), moved));
        assert!(began.elapsed().as_millis() >= 900, "the other 49 were said together, later");
        socket.say(r#"{"op":"ping"}"#).await;
        assert_eq!(socket.frame().await["kind"], "pong", "and that was all");
    }

    async fn bounds_close_a_socket_with_the_code_that_says_which(world: World) {
        let ben = ben(&world).await;
        let mut big = Socket::of(&ben).await;
        big.push(&"x".repeat(17 * 1024)).await;
        assert_eq!(big.closed().await, 1009);

        let mut chatty = Socket::of(&ben).await;
        for _ in 0..101 {
            chatty.push(r#"{"op":"unsubscribe","topic":"me"}"#).await;
        }
        assert_eq!(chatty.closed().await, 1008);

        let mut garbled = Socket::of(&ben).await;
        garbled.push("hello").await;
        assert_eq!(garbled.closed().await, 1007);
    }

    async fn a_socket_follows_fifty_topics_and_a_person_holds_five_sockets(world: World) {
        let ben = ben(&world).await;
        let tree = world.server.app.tree.clone();
        let states = tree.children(tree.root().code).map(|state| state.code.to_string());
        let states: Vec<String> = states.filter(|code| tree.children(&RegionCode::parse(code).unwrap()).next().is_some()).take(51).collect();
        let mut socket = Socket::of(&ben).await;
        for state in &states {
            socket.subscribe(&format!("race/{state}")).await;
        }
        let refused = socket.frame_with(|frame| frame["kind"] == "error").await;
        assert_eq!(refused, json!({"topic": format!("race/{}", states[50]), "kind": "error", "code": "too_many"}));

        let mut more = Vec::new();
        for _ in 0..4 {
            more.push(Socket::of(&ben).await);
        }
        assert_eq!(Socket::of(&ben).await.closed().await, 1008, "the sixth");
        drop(more.pop());
        for attempt in 0.. {
            let mut again = Socket::of(&ben).await;
            again.push(r#"{"op":"ping"}"#).await;
            if again.frame().await["kind"] == "pong" {
                break;
            }
            assert!(attempt < 50, "a closed one makes room");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn a_socket_that_both_have_closed_is_gone_at_once(world: World) {
        let ben = ben(&world).await;
        let mut socket = Socket::of(&ben).await;
        socket.subscribe("race/us").await;
        socket.frame().await;
        socket.close().await;
        assert_eq!(socket.closed().await, 1000);
        let kept = socket.hung_up().await;
        println!("  the connection went {kept:?} after both had closed");
        assert!(kept < CLOSING, "{kept:?}");
        // A client that does not close as well is waited for, but not for long.
        let mut silent = sleeper(&ben, "race/us").await;
        let _ = silent.write_all(b"no frame").await;
        let until_it_ends = async { while silent.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {} };
        tokio::time::timeout(Duration::from_secs(12), until_it_ends).await.expect("an end");
    }

    async fn a_session_that_ends_takes_its_sockets_along(world: World) {
        let ben = ben(&world).await;
        let cy = world.person("cy@example.org", HOME).await;
        let (mut bens, mut cys) = (Socket::of(&ben).await, Socket::of(&cy).await);
        // Nothing announces it: the database alone knows.
        world.sql(format!("UPDATE sessions SET revoked_at = '2026-11-18 15:00:00' WHERE volunteer_id = {}", ben.id.0)).await;
        let before = tokio::time::Instant::now();
        assert_eq!(bens.closed().await, 4401);
        assert!(before.elapsed() < Duration::from_secs(6), "{:?}", before.elapsed());
        cys.say(r#"{"op":"ping"}"#).await;
        assert_eq!(cys.frame().await["kind"], "pong", "others stay");
    }

    async fn a_captain_who_is_one_no_longer_hears_nothing_more(world: World) {
        let ada = world.captain_person("ada@example.org", "us-oh-39049").await;
        let mut socket = Socket::of(&ada).await;
        socket.subscribe("captain/us-oh-39049").await;
        socket.say(r#"{"op":"ping"}"#).await;
        assert_eq!(socket.frame().await["kind"], "pong");
        world.sql(format!("DELETE FROM captains WHERE volunteer_id = {}", ada.id.0)).await;
        let before = tokio::time::Instant::now();
        assert_eq!(socket.closed().await, 4403);
        assert!(before.elapsed() < Duration::from_secs(6), "{:?}", before.elapsed());
    }

    async fn a_stopping_node_says_so(world: World) {
        let ben = ben(&world).await;
        let mut socket = Socket::of(&ben).await;
        socket.subscribe("race/us").await;
        socket.frame().await;
        let stopping = tokio::spawn(world.server.stop());
        assert_eq!(socket.closed().await, 1012);
        // A browser tells its page only when the connection is gone.
        let kept = socket.hung_up().await;
        println!("  the connection went {kept:?} after both had closed");
        assert!(kept < CLOSING, "{kept:?}");
        tokio::time::timeout(Duration::from_secs(8), stopping).await.expect("it stops").unwrap();
    }
}

/// Somebody who opens a socket, follows a topic, and then reads nothing more.
async fn sleeper(person: &Person, topic: &str) -> TcpStream {
    let address = ticket(person).await;
    let host = person.client.base.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&host).await.unwrap();
    let request = format!(
        "GET {address} HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: muster.v1\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 4096];
    let read = stream.read(&mut head).await.unwrap();
    assert!(head[..read].starts_with(b"HTTP/1.1 101"));
    let message = format!(r#"{{"op":"subscribe","topic":"{topic}"}}"#);
    let mut frame = vec![
        0x81,
        0x80 | u8::try_from(message.len()).unwrap(),
        0,
        0,
        0,
        0,
    ];
    frame.extend_from_slice(message.as_bytes());
    stream.write_all(&frame).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_stops_is_dropped_and_nobody_else_notices() {
    let world = World::open(Place::Embedded)
        .await
        .expect("the embedded world");
    let (ben, cy) = (
        ben(&world).await,
        world.person("cy@example.org", HOME).await,
    );
    let hub = &world.server.app.hub;
    let asleep = sleeper(&cy, "feed/us-oh").await;
    let mut awake = Socket::of(&ben).await;
    awake.subscribe("feed/us-oh").await;
    awake.say(r#"{"op":"ping"}"#).await;
    awake.frame().await;
    let topic = Topic::Feed(RegionCode::parse("us-oh").unwrap());
    let filling = "x".repeat(256 * 1024);
    let mut longest = Duration::ZERO;
    let started = tokio::time::Instant::now();
    let mut dropped = None;
    for n in 0_u32.. {
        let told = tokio::time::Instant::now();
        hub.publish(
            &topic,
            &Frame::text(&json!({"n": n, "filling": filling}).to_string()),
            None,
        );
        assert!(
            told.elapsed() < Duration::from_millis(100),
            "publishing waits for nobody"
        );
        awake.frame_with(|frame| frame["n"] == n).await;
        longest = longest.max(told.elapsed());
        if hub.lines().len() == 1 {
            dropped = Some(started.elapsed());
            break;
        }
        assert!(
            started.elapsed() < Duration::from_secs(12),
            "it is still there"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    assert!(dropped.unwrap() < Duration::from_secs(10), "{dropped:?}");
    drop(asleep);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_of_one_node_opens_a_socket_on_another() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: MUSTER_TEST_DATABASE_URL and MUSTER_TEST_REDIS_URL are not set");
        return;
    };
    let ben = ben(&world).await;
    let other = world.second_node().await;
    let address = ticket(&ben).await;
    let mut socket = Socket::open(other.url(), &address, &[])
        .await
        .expect("a socket");
    assert_eq!(
        Socket::open(world.server.url(), &address, &[]).await.err(),
        Some(401),
        "spent everywhere"
    );
    socket.subscribe("me").await;
    socket.say(r#"{"op":"ping"}"#).await;
    socket.frame().await;
    // What happens on one node is told on the other.
    for _ in 0..40 {
        world
            .server
            .app
            .cluster
            .publish(muster::cluster::Event::PeopleMoved {
                volunteers: vec![ben.id],
            });
        if !socket
            .frames_for(Duration::from_millis(250))
            .await
            .is_empty()
        {
            return;
        }
    }
    panic!("the other node heard nothing");
}

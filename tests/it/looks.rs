//! What moves on one node is heard on another that was not told: feeds, captains' queues and one's own
//! affairs.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use muster::Server;
use muster::cluster::Reach;
use muster::settings::Secret;
use serde_json::{Value, json};

use crate::support::{Client, Pair, Person, Place, Socket, World};

const HOME: &str = "us-oh-39049-43215";
const FRANKLIN: &str = "us-oh-39049";

/// Two looks without Redis, and a little.
const QUIET: Duration = Duration::from_secs(12);
const NOTHING: [Value; 0] = [];

/// Two nodes on one database that cannot tell each other anything.
async fn apart(place: Place) -> Option<(World, Server)> {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let world = World::open_with(place, |settings| {
        settings.redis_url = Secret(format!("redis://127.0.0.1:{port}/"));
    });
    let Some(world) = world.await else {
        eprintln!("left out: no production services are named");
        return None;
    };
    let other = world.second_node().await;
    assert_eq!(other.app.cluster.reach(), Reach::Down);
    Some((world, other))
}

/// A socket of somebody on `node` that follows these topics.
async fn follows(node: &Server, person: &Person, topics: &[&str]) -> Socket {
    let bearer = person.client.bearer.as_deref().expect("a token");
    let person = Person {
        client: Client::with_bearer(node.url(), bearer),
        ..person.clone()
    };
    let mut socket = Socket::of(&person).await;
    for topic in topics {
        socket.subscribe(topic).await;
    }
    socket.say(r#"{"op":"ping"}"#).await;
    socket.frame_with(|frame| frame["kind"] == "pong").await;
    socket
}

/// Waits until the socket has heard that all of `topics` moved, and nothing else: of each once, or
/// once more where what moved it took several steps.
async fn hear(socket: &mut Socket, topics: &[&str]) {
    hear_within(socket, topics, Duration::from_secs(15)).await;
}

async fn hear_within(socket: &mut Socket, topics: &[&str], span: Duration) {
    let (began, mut heard) = (Instant::now(), BTreeSet::new());
    while heard.len() < topics.len() {
        assert!(began.elapsed() < span, "of {topics:?} only {heard:?}");
        for frame in socket.frames_for(Duration::from_millis(250)).await {
            let topic = frame["topic"].as_str().unwrap_or_default();
            let is_right = topics.contains(&topic) && frame["kind"] == "moved";
            assert!(is_right, "{frame} instead of {topics:?}");
            heard.insert(topic.to_owned());
        }
    }
    println!("  {topics:?} after {:?}", began.elapsed());
}

async fn send(person: &Person, method: &str, path: &str, body: &Value, status: u16) -> Value {
    person
        .client
        .call(method, path, body)
        .await
        .expect(status)
        .json()
}

async fn heard_without_redis(place: Place) {
    let Some((world, other)) = apart(place).await else {
        return;
    };
    let ada = world.captain_person("ada@example.org", FRANKLIN).await;
    let ben = world.person("ben@example.org", HOME).await;
    let cy = world.person("cy@example.org", HOME).await;
    let (feed, queue) = (format!("feed/{FRANKLIN}"), format!("captain/{FRANKLIN}"));
    let mut bens = follows(&other, &ben, &["me", &feed]).await;
    let mut adas = follows(&other, &ada, &[&queue, "me"]).await;
    let mut cys = follows(&other, &cy, &["me", "feed/us-oh", "feed/us"]).await;
    for socket in [&mut bens, &mut adas] {
        assert_eq!(socket.frames_for(QUIET).await, NOTHING, "all is quiet");
    }

    // A post, and an entry that waits for the captain.
    let posts = format!("/api/v1/regions/{FRANKLIN}/posts");
    let text = json!({"text": "Doors at ten."});
    let post = send(&ada, "POST", &posts, &text, 201).await;
    let doors = json!({"kind": "doors", "quantity": 10, "conversations": 0});
    let logged = ben.client.score("/api/v1/activities", "k", &doors).await;
    let logged = logged.expect(201).json();
    hear(&mut bens, &["me", &feed]).await;
    hear(&mut adas, &[&queue]).await;

    // An answer, and her decision.
    let post = format!("/api/v1/posts/{}", post["id"].as_str().expect("an id"));
    let text = json!({"text": "I come."});
    send(&ben, "POST", &format!("{post}/comments"), &text, 201).await;
    let entry = logged["id"].as_str().expect("an id");
    let decide = format!("/api/v1/activities/{entry}/verification");
    send(&ada, "PUT", &decide, &json!({"state": "approved"}), 200).await;
    hear(&mut bens, &["me", &feed]).await;
    hear(&mut adas, &[&queue]).await;

    // A post that is taken away, a task that is given to him, and a newcomer who waits for a call.
    let task = json!({"title": "Drive neighbours", "kind": "shift", "region": FRANKLIN, "slots": 2,
        "starts_at": "2026-11-21T15:00:00Z", "ends_at": "2026-11-21T17:00:00Z"});
    let task = send(&ada, "POST", "/api/v1/tasks", &task, 201).await;
    let task = task["id"].as_str().expect("an id");
    let path = format!("/api/v1/tasks/{task}/assignments/{}", ben.id);
    send(&ada, "PUT", &path, &json!({"state": "assigned"}), 200).await;
    let gone = ada.client.call("DELETE", &post, &Value::Null).await;
    gone.expect(204);
    world.join("dee@example.org", "43215").await;
    hear(&mut bens, &["me", &feed]).await;
    hear(&mut adas, &[&queue]).await;

    // What he says of himself.
    let name = json!({"name": "Ben B."});
    send(&ben, "PATCH", "/api/v1/me", &name, 200).await;
    hear(&mut bens, &["me"]).await;
    let found = other.app.hub.counts().found.get();
    assert!(found >= 10, "each was found by looking: {found}");

    // Whoever is not concerned heard nothing at all, and nobody hears anything again.
    let quiet = cys.frames_for(Duration::from_secs(6)).await;
    assert_eq!(quiet, NOTHING);
    for socket in [&mut bens, &mut adas] {
        let more = socket.frames_for(Duration::from_millis(100)).await;
        assert_eq!(more, NOTHING);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moves_elsewhere_is_heard_without_redis_embedded() {
    heard_without_redis(Place::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moves_elsewhere_is_heard_without_redis_production() {
    heard_without_redis(Place::Production).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_message_told_is_said_once_and_what_it_did_not_is_found() {
    // Nothing is carried from one to the other, and both think that they can be heard.
    let Some(pair) = Pair::begin().await else {
        return;
    };
    let ben = pair.world.person("ben@example.org", HOME).await;
    for node in [&pair.world.server, &pair.other] {
        let began = Instant::now();
        while node.app.cluster.reach() != Reach::Up {
            assert!(began.elapsed() < Duration::from_secs(20), "Redis is there");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let mut here = follows(&pair.world.server, &ben, &["me"]).await;
    let mut there = follows(&pair.other, &ben, &["me"]).await;
    // Until each has looked once.
    let (look, wait) = (Duration::from_secs(32), Duration::from_secs(45));
    assert_eq!(here.frames_for(look).await, NOTHING, "nothing moved");
    let doors = json!({"kind": "doors", "quantity": 10, "conversations": 0});
    let logged = ben.client.score("/api/v1/activities", "k", &doors).await;
    logged.expect(201);
    hear(&mut here, &["me"]).await;
    hear_within(&mut there, &["me"], wait).await;
    // They began together, so the other has looked too, or is about to.
    let more = here.frames_for(Duration::from_secs(3)).await;
    assert_eq!(more, NOTHING, "a word was enough");
    let found = [&pair.world.server, &pair.other].map(|node| node.app.hub.counts().found.get());
    assert_eq!(found, [0, 1]);
}

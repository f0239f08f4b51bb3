//! What nodes tell each other, in process and over Redis, and what still holds without Redis.

use std::time::{Duration, Instant};

use muster::Server;
use muster::cluster::{Cluster, Event, Reach};
use muster::ids::TaskId;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::support::{Client, OwnRedis, Person, Socket, World, reaches};

const HOME: &str = "us-oh-39049-43215";
/// Boards move within five seconds by looking (promises.md, R6); two more for a busy test machine.
const BY_LOOKING: Duration = Duration::from_secs(7);
/// A sign-out holds everywhere within a second; one more for a busy test machine.
const SIGNED_OUT: Duration = Duration::from_secs(2);

fn event(number: i64) -> Event {
    Event::TaskMoved {
        task: TaskId(number),
    }
}

async fn next(events: &mut Receiver<Event>) -> Result<Event, RecvError> {
    tokio::time::timeout(Duration::from_secs(10), events.recv())
        .await
        .expect("an event in time")
}

/// What every link keeps: `one` and `other` may be two nodes, or one node twice.
async fn contract(one: &Cluster, other: &Cluster) {
    let (mut own, mut far) = (one.listen(), other.listen());
    for number in 0..500 {
        one.publish(event(number));
    }
    for number in 0..500 {
        assert_eq!(
            next(&mut own).await,
            Ok(event(number)),
            "one hears oneself, in order"
        );
        assert_eq!(
            next(&mut far).await,
            Ok(event(number)),
            "others hear it, in the same order"
        );
    }
    // Nothing comes back: what the other says is the next that either hears.
    other.publish(event(1_000));
    assert_eq!(next(&mut own).await, Ok(event(1_000)));
    assert_eq!(
        next(&mut far).await,
        Ok(event(1_000)),
        "each event is heard once"
    );
    // Who does not listen is told that something was missed, and hears the newest.
    let mut slow = other.listen();
    let mut count = 0;
    loop {
        for number in 0..500 {
            one.publish(event(number));
            assert_eq!(next(&mut far).await, Ok(event(number)));
        }
        count += 500;
        if count > 5_000 {
            break;
        }
    }
    assert!(matches!(next(&mut slow).await, Err(RecvError::Lagged(_))));
    let mut last = next(&mut slow).await;
    while let Ok(event) = slow.try_recv() {
        last = Ok(event);
    }
    assert_eq!(last, Ok(event(499)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_in_process_keeps_the_contract() {
    let node = Cluster::open("", "a test").expect("a link");
    assert_eq!(node.reach(), Reach::Solo);
    contract(&node, &node.clone()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_over_redis_keeps_the_contract() {
    let Some(redis) = OwnRedis::start().await else {
        return;
    };
    let (one, other) = (
        Cluster::open(&redis.url, "a-test"),
        Cluster::open(&redis.url, "a-test"),
    );
    let (one, other) = (one.expect("a link"), other.expect("a link"));
    reaches(&one, Reach::Up).await;
    reaches(&other, Reach::Up).await;
    contract(&one, &other).await;
    // What is no letter of ours is left aside.
    for wrong in [
        "nonsense",
        "{}",
        r#"{\"from\":\"x\",\"event\":{\"task_moved\":{}}}"#,
    ] {
        let said = redis
            .say(&format!("PUBLISH muster:events:1:a-test \"{wrong}\""))
            .await;
        assert_eq!(said.as_deref(), Some(":2\r\n"), "both listen");
    }
    // So is what is longer than any letter of ours, be it well formed.
    let letter = |regions: usize| {
        let regions = vec!["us-oh-39049-43215"; regions];
        let event = json!({"queues_moved": {"regions": regions}});
        json!({"from": "x", "event": event}).to_string()
    };
    let (events, rolls) = ("muster:events:1:a-test", "muster:rolls:1:a-test");
    let both = [one.listen(), other.listen()];
    for (channel, text) in [
        (events, letter(20_000)),
        (rolls, "x".repeat(3 << 20)),
        (events, letter(10_000)),
    ] {
        assert_eq!(redis.publish(channel, text.as_bytes()).await, Some(2));
    }
    for mut heard in both {
        let Ok(Event::QueuesMoved { regions }) = next(&mut heard).await else {
            panic!("the one that is not too long is heard");
        };
        assert_eq!(regions.len(), 10_000);
    }
    for node in [&one, &other] {
        assert_eq!(node.counts().refused.get(), 5, "the others are counted");
    }
    contract(&one, &other).await;
}

/// Two nodes on a Redis of their own.
struct Drill {
    redis: OwnRedis,
    world: World,
    other: Server,
    done: u32,
}

impl Drill {
    async fn begin() -> Option<Self> {
        let (redis, world, other) = World::pair().await?;
        let drill = Self {
            redis,
            world,
            other,
            done: 0,
        };
        drill.says("up").await;
        Some(drill)
    }

    /// Both nodes are ready and say this of Redis.
    async fn says(&self, word: &str) {
        for node in [&self.world.server, &self.other] {
            let asking = Client::new(node.url());
            let mut said = Value::Null;
            for _ in 0..200 {
                said = asking.get("/readyz").await.expect(200).json();
                if said["redis"] == word {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            assert_eq!(said["redis"], word);
        }
    }

    /// Logging, own points, boards, sign-in and sign-out over both nodes. Gives how long a board of
    /// the other node took to move.
    async fn work(&mut self) -> Duration {
        let world = &self.world;
        self.done += 1;
        let ben = format!("ben{}@example.org", self.done);
        let ben = world.person(&ben, HOME).await;
        let there = ben.client.at(self.other.url());
        let away = Person {
            client: there.clone(),
            ..ben.clone()
        };
        let mut socket = Socket::of(&away).await;
        socket.subscribe("race/us-oh").await;
        socket.frame_with(|frame| frame["kind"] == "snapshot").await;

        let body = json!({"kind": "doors", "quantity": 10, "conversations": 0});
        let began = Instant::now();
        let logged = ben.client.score("/api/v1/activities", "k", &body).await;
        logged.expect(201);
        assert!(
            began.elapsed() < Duration::from_secs(4),
            "logging waits for nobody"
        );
        let lines = there.get("/api/v1/me/points").await.expect(200).text;
        assert!(lines.contains("\"doors\""), "one's own points: {lines}");
        let total = world.total("us-oh-39049").await;
        let shows = |row: &Value| (row["points"].as_f64().unwrap_or_default() - total).abs() < 0.06;
        socket
            .frame_with(|frame| {
                frame["rows"]
                    .as_array()
                    .is_some_and(|rows| rows.iter().any(shows))
            })
            .await;
        let took = began.elapsed();

        let email = format!("new{}@example.org", self.done);
        let cy = world.join(&email, "43215").await;
        let phone = world.program(&cy).await;
        let elsewhere = phone.at(self.other.url());
        elsewhere.get("/api/v1/me").await.expect(200);
        phone
            .call("DELETE", "/api/v1/sessions/current", &Value::Null)
            .await
            .expect(204);
        let ended = Instant::now();
        while elsewhere.get("/api/v1/me").await.status != 401 {
            assert!(ended.elapsed() < SIGNED_OUT, "a sign-out holds everywhere");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        println!(
            "  a board of the other node moved after {took:?}, a sign-out held there after {:?}",
            ended.elapsed()
        );
        took
    }

    /// The same work while something is wrong, and after it.
    async fn through(&mut self, what: &str) {
        println!("{what}:");
        self.says("down").await;
        let took = self.work().await;
        assert!(took < BY_LOOKING, "boards move by looking: {took:?}");
    }

    async fn heals(&mut self) {
        let began = Instant::now();
        self.says("up").await;
        println!("  Redis up again after {:?}", began.elapsed());
        self.work().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_speed_is_lost_with_redis_killed_and_restarted_empty() {
    let Some(mut drill) = Drill::begin().await else {
        return;
    };
    drill.work().await;
    drill.redis.kill();
    drill.through("killed").await;
    drill.redis.launch().await;
    drill.heals().await;
    drill.redis.say("FLUSHALL").await.expect("an answer");
    drill.heals().await;
    drill.world.assert_totals_fold().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_speed_is_lost_with_a_redis_that_passes_nothing_on() {
    let Some(mut drill) = Drill::begin().await else {
        return;
    };
    let refuses = drill.redis.say("ACL SETUSER default -publish").await;
    assert_eq!(refuses.as_deref(), Some("+OK\r\n"));
    drill.through("mute").await;
    let passes_on = drill.redis.say("ACL SETUSER default +publish").await;
    assert_eq!(passes_on.as_deref(), Some("+OK\r\n"));
    drill.heals().await;
    drill.world.assert_totals_fold().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_speed_is_lost_with_redis_frozen() {
    let Some(mut drill) = Drill::begin().await else {
        return;
    };
    drill.redis.freeze();
    drill.through("frozen").await;
    drill.redis.thaw();
    drill.heals().await;
    drill.world.assert_totals_fold().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_speed_is_lost_with_something_else_in_the_place_of_redis() {
    let Some(mut drill) = Drill::begin().await else {
        return;
    };
    drill.redis.kill();
    let port = drill.redis.port;
    let impostor = tokio::spawn(async move {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .expect("the port");
        while let Ok((mut link, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = [0; 1024];
                while let Ok(1..) = link.read(&mut asked).await {
                    if link
                        .write_all(b"HTTP/1.1 400 \xff\x00\r\n$-7\r\n")
                        .await
                        .is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
    drill.through("answering nonsense").await;
    impostor.abort();
    let _ = impostor.await;
    drill.redis.launch().await;
    drill.heals().await;
    drill.world.assert_totals_fold().await;
}

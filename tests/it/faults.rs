//! Bad moments: a node is killed or stopped under load, and nothing that was acknowledged is lost
//! or doubled (the quick part of the durability promises R1 to R3).

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::{QueryableByName, RunQueryDsl};
use muster::clock::Clock;
use muster::ledger::verify;
use serde_json::json;

use crate::support::{Client, Command, Person, Running, World, both};

const CLIENTS: usize = 8;
const ROUNDS: usize = 10;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    key: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
}

/// What clients were told is saved: key and the number in the activity's id.
pub type Told = Arc<Mutex<HashMap<String, String>>>;

/// Somebody at work: sends one entry after the other, each until it is acknowledged.
pub async fn work(
    client: Client,
    next: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    told: Told,
    left: Arc<Mutex<Vec<u64>>>,
) {
    while !stop.load(Ordering::Relaxed) {
        let number = {
            let waiting = left.lock().expect("the list").pop();
            waiting.unwrap_or_else(|| next.fetch_add(1, Ordering::Relaxed))
        };
        let key = format!("k{number}");
        let body = json!({"kind": "doors", "quantity": 1 + number % 1900});
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        match client
            .try_send(
                reqwest::Method::POST,
                "/api/v1/activities",
                &headers,
                Some(body.to_string()),
            )
            .await
        {
            Ok(answer) if answer.status == 201 => {
                let id = answer.json()["id"].as_str().expect("an id").to_owned();
                let known = told
                    .lock()
                    .expect("the list")
                    .insert(key.clone(), id.clone());
                assert!(
                    known.is_none_or(|known| known == id),
                    "{key} was answered twice, differently"
                );
            }
            // Killed, stopping or busy: the same key goes again later.
            Ok(answer) if answer.status == 503 => left.lock().expect("the list").push(number),
            Ok(answer) => panic!("{}: {}", answer.status, answer.text),
            Err(_) => {
                left.lock().expect("the list").push(number);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

/// A node of its own process over the world's database.
struct Node {
    running: Running,
    url: String,
    _command: Command,
}

async fn node(world: &World) -> Node {
    let port = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let command = Command::new()
        .with("LISTEN", &format!("127.0.0.1:{port}"))
        .with("PUBLIC_URL", &url)
        .with("DATABASE_URL", &world.settings.database_url.0)
        .with("REDIS_URL", &world.settings.redis_url.0)
        .with("KEYS_FILE", &world.settings.keys_file.display().to_string())
        .with("WORKERS", "2")
        .with("DRAIN_SECONDS", "5")
        .with("DRAIN_NOTICE_SECONDS", "1");
    let running = command.start(&["serve"]);
    let asking = Client::new(&url);
    for _ in 0..600 {
        if asking
            .try_send(reqwest::Method::GET, "/readyz", &[], None)
            .await
            .is_ok_and(|answer| answer.status == 200)
        {
            return Node {
                running,
                url,
                _command: command,
            };
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the node does not come up");
}

/// Every acknowledged key stands in the ledger once, under the id that was told, and every total is
/// the fold of the ledger.
pub async fn check(world: &World, told: &Told) {
    let rows: Vec<Row> = world
        .server
        .app
        .db
        .read(|conn| Ok(diesel::sql_query("SELECT key, id FROM ledger").load(conn)?))
        .await
        .expect("the ledger");
    let mut stored: HashMap<String, String> = HashMap::new();
    for row in rows {
        let key = row.key.rsplit(':').next().expect("a key").to_owned();
        let twice = stored.insert(key.clone(), muster::ids::encode(row.id));
        assert!(twice.is_none(), "{key} stands twice in the ledger");
    }
    let told = told.lock().expect("the list").clone();
    for (key, id) in &told {
        let found = stored
            .get(key)
            .unwrap_or_else(|| panic!("{key} was acknowledged and is lost"));
        assert!(
            id.ends_with(found.as_str()),
            "{key}: {id} was told and {found} is stored"
        );
    }
    let app = &world.server.app;
    let differences = verify(&app.db, &app.scoring, |_| {})
        .await
        .expect("a check");
    assert!(differences.is_empty(), "{differences:?}");
    assert!(!told.is_empty(), "nothing was acknowledged at all");
}

/// Who logs: real time rules in the other process, so their tokens must live by it.
async fn people(world: &World) -> Vec<Person> {
    let mut people = Vec::new();
    for n in 0..4 {
        let person = world
            .person(&format!("p{n}@example.org"), "us-oh-39049-43215")
            .await;
        people.push(world.by_clock(&person, &Clock::System).await);
    }
    people
}

both! {
    async fn a_node_killed_ten_times_under_load_loses_and_doubles_nothing(world: World) {
        let people = people(&world).await;
        let (told, left, next): (Told, _, _) = (Told::default(), Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU64::new(0)));
        let mut enough = 0;
        for _ in 0..ROUNDS {
            let node = node(&world).await;
            let stop = Arc::new(AtomicBool::new(false));
            let tasks: Vec<_> = (0..CLIENTS)
                .map(|_| {
                    let client = Client::with_bearer(&node.url, people[0].client.bearer.as_deref().expect("a token"));
                    tokio::spawn(work(client, next.clone(), stop.clone(), told.clone(), left.clone()))
                })
                .collect();
            enough += 15;
            for _ in 0..400 {
                if told.lock().expect("the list").len() >= enough {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            node.running.kill();
            stop.store(true, Ordering::Relaxed);
            for task in tasks {
                task.await.expect("a client");
            }
        }
        assert!(told.lock().expect("the list").len() >= ROUNDS, "the load was too small to prove anything");
        check(&world, &told).await;
    }

    async fn a_node_that_is_stopped_under_load_answers_what_it_took(world: World) {
        let people = people(&world).await;
        let node = node(&world).await;
        let (told, left, next): (Told, _, _) = (Told::default(), Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU64::new(0)));
        let stop = Arc::new(AtomicBool::new(false));
        let tasks: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let client = Client::with_bearer(&node.url, people[1].client.bearer.as_deref().expect("a token"));
                tokio::spawn(work(client, next.clone(), stop.clone(), told.clone(), left.clone()))
            })
            .collect();
        for _ in 0..400 {
            if told.lock().expect("the list").len() >= 50 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let asking = Client::new(&node.url);
        let stopping = tokio::task::spawn_blocking(move || node.running.stop());
        // A proxy that asks anew is told before the door closes.
        let mut told_so = false;
        while !told_so {
            let asked = asking.try_send(reqwest::Method::GET, "/readyz", &[], None).await;
            let answer = asked.expect("it still takes connections");
            told_so = answer.status == 503 && answer.json()["draining"] == true;
        }
        assert_eq!(stopping.await.expect("a thread"), 0);
        stop.store(true, Ordering::Relaxed);
        for task in tasks {
            task.await.expect("a client");
        }
        check(&world, &told).await;
    }
}

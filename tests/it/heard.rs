//! Boards of two nodes between which messages are lost, repeated, late, out of order and made up; and
//! commits that come in another order than they began. In the end every board shows what the ledger
//! gives, and no number ever went back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use muster::Server;
use muster::races::compare;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::support::{Client, Pair, Person, Socket, World};

/// Two leaves of one county and one of another.
const HOMES: [&str; 3] = [
    "us-oh-39049-43215",
    "us-oh-39049-43201",
    "us-oh-39035-44113",
];
const BOARDS: [&str; 4] = ["us", "us-oh", "us-oh-39049", "us-oh-39035"];

/// What a socket shows of one board, checked with every frame.
#[derive(Default)]
struct Shown {
    seq: u64,
    points: BTreeMap<String, f64>,
}

impl Shown {
    fn take(&mut self, frame: &Value) {
        let seq = frame["seq"].as_u64().expect("a number");
        if frame["kind"] == "delta" {
            assert_eq!(seq, self.seq + 1, "no frame is left out: {frame}");
        }
        self.seq = seq;
        for row in frame["rows"].as_array().expect("rows") {
            let region = row["region"].as_str().expect("a code").to_owned();
            let points = row["points"].as_f64().expect("points");
            let before = self.points.insert(region, points).unwrap_or(0.0);
            assert!(before <= points, "from {before} back: {frame}");
        }
    }
}

/// A socket of `person` on `node` that follows every board, and what it shows.
struct Follower {
    name: &'static str,
    socket: Socket,
    boards: BTreeMap<String, Shown>,
}

impl Follower {
    async fn of(name: &'static str, node: &Server, person: &Person) -> Self {
        let client = person.client.at(node.url());
        let mut socket = Socket::of(&Person {
            client,
            ..person.clone()
        })
        .await;
        for board in BOARDS {
            socket.subscribe(&format!("race/{board}")).await;
        }
        Self {
            name,
            socket,
            boards: BTreeMap::new(),
        }
    }

    async fn listen(&mut self, span: Duration) {
        for frame in self.socket.frames_for(span).await {
            let topic = frame["topic"].as_str().expect("a topic").to_owned();
            self.boards.entry(topic).or_default().take(&frame);
        }
    }

    /// Whether it shows exactly the totals of the database.
    async fn shows_the_truth(&self, world: &World) -> Result<(), String> {
        for board in BOARDS {
            let shown = self.boards.get(&format!("race/{board}"));
            let shown = shown.ok_or_else(|| format!("{} has no {board}", self.name))?;
            for (region, points) in &shown.points {
                let total = world.total(region).await;
                if *points != total {
                    let name = self.name;
                    return Err(format!(
                        "{name}: {board} shows {points} for {region}, not {total}"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Logs as each of `clients` in turn until it is told to stop; gives how many were acknowledged.
fn log(clients: Vec<Client>, stop: &Arc<AtomicBool>) -> JoinHandle<i64> {
    let stop = stop.clone();
    tokio::spawn(async move {
        let mut done = 0;
        for client in clients.iter().cycle() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            // A minute each, and few doors: neither the same thing said twice nor more than counts.
            let at = format!("2026-11-18T{:02}:{:02}:00Z", 14 - done / 60, 59 - done % 60);
            let body =
                json!({"kind": "doors", "quantity": 1, "conversations": 0, "occurred_at": at});
            let key = format!("heard-{done}");
            let answer = client.score("/api/v1/activities", &key, &body).await;
            answer.expect(201);
            done += 1;
            sleep(Duration::from_millis(25)).await;
        }
        done
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_repeated_late_and_made_up_events_leave_every_board_right() {
    let Some(pair) = Pair::begin().await else {
        return;
    };
    let mut people = Vec::new();
    for (at, home) in HOMES.iter().enumerate() {
        people.push(pair.world.person(&format!("p{at}@example.org"), home).await);
    }
    let carriers = [
        pair.carry(&pair.near, &pair.far, 1).await,
        pair.carry(&pair.far, &pair.near, 2).await,
    ];
    let mut here = Follower::of("here", &pair.world.server, &people[0]).await;
    let mut there = Follower::of("there", &pair.other, &people[1]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let clients = [&pair.world.server, &pair.other]
        .into_iter()
        .flat_map(|node| {
            let theirs = people
                .iter()
                .map(move |person| person.client.at(node.url()));
            theirs.collect::<Vec<_>>()
        });
    let logging = log(clients.collect(), &stop);
    for _ in 0..8 {
        tokio::join!(
            here.listen(Duration::from_secs(1)),
            there.listen(Duration::from_secs(1))
        );
    }
    stop.store(true, Ordering::Relaxed);
    let logged = logging.await.expect("every entry is taken");
    let lines = pair.world.count("SELECT count(*) AS n FROM ledger").await;
    assert_eq!(lines, logged, "what was acknowledged is there, once");
    // A look every five seconds heals what no event told.
    let mut wrong = String::new();
    for _ in 0..20 {
        tokio::join!(
            here.listen(Duration::from_secs(1)),
            there.listen(Duration::from_secs(1))
        );
        let told = [
            here.shows_the_truth(&pair.world).await,
            there.shows_the_truth(&pair.world).await,
        ];
        wrong = told.into_iter().filter_map(Result::err).collect();
        if wrong.is_empty() {
            break;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    for node in [&pair.world.server, &pair.other] {
        let asking = people[0].client.at(node.url());
        for board in BOARDS {
            let answer = asking.get(&format!("/api/v1/races/{board}")).await;
            for row in answer.expect(200).json()["rows"].as_array().expect("rows") {
                let region = row["region"].as_str().expect("a code");
                let total = pair.world.total(region).await;
                assert_eq!(row["points"].as_f64(), Some(total), "{region}");
            }
        }
        let found = compare(&node.app).await.expect("a comparison");
        assert_eq!((found.boards, found.stale), (BOARDS.len() as u64, 0));
    }
    pair.world.assert_totals_fold().await;
    carriers.iter().for_each(JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_that_heard_nothing_is_found_behind_and_mended() {
    let Some(pair) = Pair::begin().await else {
        return;
    };
    let ada = pair.world.person("ada@example.org", HOMES[0]).await;
    let mut here = Follower::of("here", &pair.world.server, &ada).await;
    here.listen(Duration::from_secs(1)).await;
    // Nobody carries anything: this node learns of entries at the other one by looking alone.
    let stop = Arc::new(AtomicBool::new(false));
    let logging = log(vec![ada.client.at(pair.other.url())], &stop);
    let mut found = compare(&pair.world.server.app).await.expect("a comparison");
    // A look every five seconds may come just before the comparison.
    for _ in 0..10 {
        if found.stale > 0 {
            break;
        }
        found = compare(&pair.world.server.app).await.expect("a comparison");
    }
    assert!(found.stale > 0, "{found:?}");
    assert_eq!(found.healed, found.stale, "{found:?}");
    stop.store(true, Ordering::Relaxed);
    logging.await.expect("every entry is taken");
    let counts = pair.world.server.app.boards.counts();
    assert!(counts.stale.get() >= found.stale && counts.compared.get() >= found.boards);
    assert_eq!(counts.healed.get(), counts.stale.get());
    for _ in 0..12 {
        here.listen(Duration::from_secs(1)).await;
        if here.shows_the_truth(&pair.world).await.is_ok() {
            break;
        }
    }
    assert_eq!(here.shows_the_truth(&pair.world).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_began_first_and_is_committed_last_is_in_every_board() {
    let Some(pair) = Pair::begin().await else {
        return;
    };
    let ada = pair.world.person("ada@example.org", HOMES[0]).await;
    let ben = pair.world.person("ben@example.org", HOMES[1]).await;
    let mut here = Follower::of("here", &pair.world.server, &ada).await;
    let mut there = Follower::of("there", &pair.other, &ben).await;
    let url = pair.world.settings.database_url.0.clone();
    let mut intruder = PgConnection::establish(&url).expect("a connection");
    // Ada's entry carries words, so its transaction waits for her row; it began before Ben's does.
    let row = format!(
        "BEGIN; SELECT id FROM volunteers WHERE id = {} FOR UPDATE",
        ada.id.0
    );
    intruder.batch_execute(&row).expect("the row");
    let first = ada.client.clone();
    let first = tokio::spawn(async move {
        let body = json!({"kind": "listening_note", "note": "The bus comes late since spring"});
        first.score("/api/v1/activities", "first", &body).await
    });
    sleep(Duration::from_secs(1)).await;
    pair.world
        .clock
        .advance(muster::clock::Duration::seconds(1));
    let body = json!({"kind": "doors", "quantity": 10, "conversations": 0});
    let last = ben.client.at(pair.other.url());
    last.score("/api/v1/activities", "last", &body)
        .await
        .expect(201);
    tokio::join!(
        here.listen(Duration::from_millis(500)),
        there.listen(Duration::from_millis(500))
    );
    assert!(!first.is_finished(), "it waits");
    intruder.batch_execute("ROLLBACK").expect("the row is free");
    first.await.expect("an answer").expect(201);
    let order = "SELECT count(*) AS n FROM ledger a JOIN ledger b ON a.created_at < b.created_at \
                 WHERE a.kind = 'listening_note' AND b.kind = 'doors'";
    assert_eq!(pair.world.count(order).await, 1, "the first began first");
    for _ in 0..12 {
        tokio::join!(
            here.listen(Duration::from_secs(1)),
            there.listen(Duration::from_secs(1))
        );
        let told = (
            here.shows_the_truth(&pair.world).await,
            there.shows_the_truth(&pair.world).await,
        );
        if told == (Ok(()), Ok(())) {
            break;
        }
    }
    assert_eq!(here.shows_the_truth(&pair.world).await, Ok(()));
    assert_eq!(there.shows_the_truth(&pair.world).await, Ok(()));
    let county = &there.boards["race/us-oh-39049"].points;
    assert!(
        county[HOMES[0]] > 0.0 && county[HOMES[1]] > 0.0,
        "{county:?}"
    );
    pair.world.assert_totals_fold().await;
}

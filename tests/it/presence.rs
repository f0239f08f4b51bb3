//! Who is here now: counted once each over all nodes, told to whoever leads there and to nobody else.

use std::time::{Duration, Instant};

use muster::Server;
use muster::cluster::{Cluster, Present, Reach, Roll};
use muster::ids::VolunteerId;
use muster::regions::RegionCode;
use serde_json::{Value, json};

use crate::support::{OwnRedis, Person, Socket, World, both};

const FRANKLIN: &str = "us-oh-39049";
const HOME: &str = "us-oh-39049-43215";
const CUYAHOGA: &str = "us-oh-39035";

fn roll(people: &[i64]) -> Roll {
    let region = RegionCode::parse(HOME).expect("a region");
    let present = |person: &i64| Present {
        person: VolunteerId(*person),
        sockets: 1,
    };
    let people = people
        .iter()
        .map(|person| (region.clone(), present(person)));
    Roll::of(people.collect())
}

/// Every node comes to count `wanted` people. They show their rolls again and again, as nodes do.
async fn all_count(nodes: &[(Cluster, Roll)], wanted: u32) {
    let mut counts = Vec::new();
    for _ in 0..400 {
        for (cluster, own) in nodes {
            cluster.show(own);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let people = |(cluster, own): &(Cluster, Roll)| cluster.company(own, 5).people();
        counts = nodes.iter().map(people).collect();
        if counts.iter().all(|count| *count == wanted) {
            return;
        }
    }
    panic!("{counts:?} are counted instead of {wanted}");
}

/// What every link keeps: on each node is a person of its own, and one who is on all of them.
async fn contract(clusters: Vec<Cluster>) -> Vec<(Cluster, Roll)> {
    let mut nodes: Vec<(Cluster, Roll)> = clusters
        .into_iter()
        .zip(1..)
        .map(|(cluster, n)| (cluster, roll(&[n, 100])))
        .collect();
    let own = u32::try_from(nodes.len()).expect("few");
    all_count(&nodes, own + 1).await;
    // Who left one node is still on the others; who left the last is gone.
    nodes[0].1 = roll(&[1]);
    all_count(&nodes, if own == 1 { 1 } else { own + 1 }).await;
    for (node, n) in nodes.iter_mut().zip(1..) {
        node.1 = roll(&[n]);
    }
    all_count(&nodes, own).await;
    nodes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_alone_counts_its_own() {
    contract(vec![Cluster::open("", "").expect("a link")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_share_a_redis_count_each_person_once() {
    let Some(mut redis) = OwnRedis::start().await else {
        return;
    };
    let url = redis.url.clone();
    let open = |mark: &str| Cluster::open(&url, mark).expect("a link");
    let stranger = open("another-campaign");
    let nodes = contract(vec![open("a-test"), open("a-test"), open("a-test")]).await;
    assert_eq!(stranger.company(&roll(&[]), 5).people(), 0);
    // What is no roll is left aside, and an emptied Redis has lost nothing.
    for wrong in ["", "nonsense", "\\x05us", "\\x01a\\xff\\xff\\xff\\xff"] {
        let said = redis
            .say(&format!("PUBLISH muster:rolls:1:a-test \"{wrong}\""))
            .await;
        assert_eq!(said.as_deref(), Some(":3\r\n"), "all listen");
    }
    redis.say("FLUSHALL").await.expect("an answer");
    assert_eq!(nodes[0].0.company(&nodes[0].1, 5).people(), 3);
    redis.kill();
    redis.launch().await;
    let joined = (open("a-test"), roll(&[4]));
    let nodes: Vec<_> = nodes.into_iter().chain([joined]).collect();
    all_count(&nodes, 4).await;
}

/// One to four people, of whom no more is told.
const FEW: Value = Value::Null;

async fn here(leader: &Person, region: &str) -> Value {
    let summary = format!("/api/v1/regions/{region}/summary");
    let summary = leader.client.get(&summary).await.expect(200).json();
    summary.get("here_now").expect("a count").clone()
}

/// Asks until `region` counts `wanted`, for as long as the issue allows: thirty seconds.
async fn becomes(leader: &Person, region: &str, wanted: impl Into<Value>) -> Duration {
    let (began, wanted) = (Instant::now(), wanted.into());
    loop {
        let count = here(leader, region).await;
        if count == wanted {
            return began.elapsed();
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{count} instead of {wanted} in {region}"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

both! {
    async fn a_captain_sees_how_many_are_here_and_nobody_sees_who(world: World) {
        let ada = world.captain_person("ada@example.org", FRANKLIN).await;
        let hq = world.staff_person("hq@example.org").await;
        let ben = world.person("ben@example.org", HOME).await;
        let cy = world.person("cy@example.org", CUYAHOGA).await;
        let nobody = "Franklin: nobody is following live right now.";
        let page = ada.client.get("/captain").await.expect(200).text;
        assert!(page.contains(nobody), "{page}");

        let mut watching = Socket::of(&ada).await;
        let topic = format!("here/{FRANKLIN}");
        watching.subscribe(&topic).await;
        let few = json!({"topic": topic, "kind": "here", "people": null, "few": true});
        assert_eq!(watching.frame().await, few);
        let page = ada.client.get("/captain").await.expect(200).text;
        assert!(page.contains("Franklin: a few people are following live right now."), "{page}");
        // Two pages of one person, and one of somebody who lives elsewhere.
        let (first, second) = (Socket::of(&ben).await, Socket::of(&ben).await);
        let away = Socket::of(&cy).await;
        becomes(&hq, CUYAHOGA, FEW).await;
        let others = present(&world, "other", 3).await;
        // Nothing was said in between: who came second and third nobody can tell.
        let five = json!({"topic": topic, "kind": "here", "people": 5});
        assert_eq!(watching.frame().await, five);
        // What was said is said to a newcomer at once.
        let mut newcomer = Socket::of(&hq).await;
        newcomer.subscribe(&topic).await;
        assert_eq!(newcomer.frame().await, five);
        becomes(&hq, "us", 7).await;
        assert_eq!(here(&ada, FRANKLIN).await, 5);
        let page = ada.client.get("/captain").await.expect(200).text;
        assert!(page.contains("Franklin: 5 people are following live right now."), "{page}");
        let page = hq.client.get("/hq").await.expect(200).text;
        assert!(page.contains("United States: 7 people are following live right now."), "{page}");

        // Nobody else learns of it, not even of oneself.
        let mut socket = Socket::of(&ben).await;
        for region in [FRANKLIN, HOME, "us"] {
            let topic = format!("here/{region}");
            socket.subscribe(&topic).await;
            assert_eq!(socket.frame().await, json!({"topic": topic, "kind": "error", "code": "forbidden"}));
        }
        watching.subscribe("here/us-oh").await;
        let refused = watching.frame_with(|frame| frame["kind"] == "error").await;
        assert_eq!(refused["code"], "forbidden", "a captain sees no further than they lead");
        ada.client.get("/api/v1/regions/us-oh/summary").await.expect(404);

        // Somebody who moves counts where they belong now, and who leaves no more.
        world.sql(format!("UPDATE volunteers SET region = '{CUYAHOGA}' WHERE id = {}", ben.id.0)).await;
        watching.frame_with(|frame| *frame == few).await;
        drop((away, others));
        becomes(&hq, "us", FEW).await;
        becomes(&hq, CUYAHOGA, FEW).await;
        drop((first, second, socket));
        becomes(&hq, CUYAHOGA, 0).await;
    }
}

/// A socket each of `count` people of Franklin.
async fn present(world: &World, name: &str, count: usize) -> Vec<Socket> {
    let mut sockets = Vec::new();
    for n in 0..count {
        let person = world.person(&format!("{name}{n}@example.org"), HOME).await;
        sockets.push(Socket::of(&person).await);
    }
    sockets
}

/// HQ on both nodes of a pair, the first of which has five people of Franklin with a socket, the other
/// two.
async fn watched(world: &World, other: &Server) -> ([Person; 2], Vec<Socket>) {
    let hq = world.staff_person("hq@example.org").await;
    let mut sockets = present(world, "here", 5).await;
    for name in ["ben", "cy"] {
        let person = world.person(&format!("{name}@example.org"), HOME).await;
        sockets.push(Socket::of(&person.on(other)).await);
    }
    let leaders = [hq.clone(), hq.on(other)];
    for leader in &leaders {
        becomes(leader, FRANKLIN, 7).await;
    }
    (leaders, sockets)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_lost_is_forgotten_and_one_that_stops_says_good_bye() {
    let Some((redis, world, other)) = World::pair().await else {
        return;
    };
    let (leaders, _sockets) = watched(&world, &other).await;
    // A third node says who is on it, and is never heard again: as when it is killed.
    let mark = world.server.app.db.write(muster::db::mark).await;
    let third = Cluster::open(&redis.url, &mark.expect("a mark")).expect("a link");
    while third.reach() != Reach::Up {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    third.show(&roll(&[1, 2, 3]));
    for leader in &leaders {
        becomes(leader, FRANKLIN, 10).await;
    }
    drop(third);
    for leader in &leaders {
        let took = becomes(leader, FRANKLIN, 7).await;
        println!("a lost node was forgotten after {took:?}");
    }
    other.stop().await;
    let took = becomes(&leaders[0], FRANKLIN, 5).await;
    assert!(
        took < Duration::from_secs(15),
        "before it is forgotten: {took:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_count_heals_unaided_when_redis_comes_back_empty() {
    let Some((mut redis, world, other)) = World::pair().await else {
        return;
    };
    let (leaders, _sockets) = watched(&world, &other).await;
    redis.kill();
    for (leader, own) in leaders.iter().zip([Value::from(5), FEW]) {
        let took = becomes(leader, FRANKLIN, own).await;
        println!("without Redis a node counts its own after {took:?}");
    }
    redis.launch().await;
    for leader in &leaders {
        let took = becomes(leader, FRANKLIN, 7).await;
        println!("with an empty Redis it counts everybody after {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_holds_five_sockets_over_all_nodes() {
    let Some((_redis, world, other)) = World::pair().await else {
        return;
    };
    let ben = world.person("ben@example.org", HOME).await;
    let away = ben.on(&other);
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(Socket::of(&ben).await);
    }
    let mut last = Vec::new();
    for _ in 0..3 {
        last.push(Socket::of(&away).await);
    }
    // Each node takes in five, and over both the newest of those elsewhere go.
    let mut newest = last.split_off(1);
    sockets.append(&mut last);
    for socket in &mut newest {
        let end = Instant::now() + Duration::from_secs(60);
        let code = loop {
            match socket.ended_within(Duration::from_secs(5)).await {
                Some(code) => break code,
                None => assert!(Instant::now() < end, "a seventh socket stays open"),
            }
        };
        assert_eq!(code, 1008);
    }
    for socket in &mut sockets {
        socket.say(r#"{"op":"ping"}"#).await;
        assert_eq!(socket.frame().await["kind"], "pong", "the first five stay");
    }
}

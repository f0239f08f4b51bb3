//! Bad moments: a node is killed, stopped or cut off under load, and nothing that was acknowledged is
//! lost or doubled (the quick part of the durability promises R1 to R5; `tests/run faults` has all).

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use muster_tests::drill::{Crew, Load, Log, Node, Site, Viewers, boards_agree, judge};

use crate::support::{Client, Fault, Proxy, both};

/// How long anything may take on a machine that runs many tests at a time.
const PATIENCE: Duration = Duration::from_secs(60);
/// Entries a second.
const LOAD: u32 = 60;

/// Waits until `more` entries were acknowledged than now.
async fn acknowledged(log: &Log, more: usize) {
    let (began, enough) = (Instant::now(), log.saved() + more);
    while log.saved() < enough {
        assert!(began.elapsed() < PATIENCE, "nothing is acknowledged");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Ends the load and asserts that every promise was kept.
async fn ends_well(site: &Site, log: &Log, crew: Crew, nodes: &mut [Node]) {
    assert_eq!(
        crew.finish(PATIENCE).await,
        0,
        "entries are never acknowledged"
    );
    let doors: Vec<String> = nodes.iter().map(Node::door).collect();
    boards_agree(site, &doors, PATIENCE)
        .await
        .expect("boards as the totals");
    assert_eq!(judge(site, log).await, Vec::<String>::new());
    for node in nodes {
        assert!(node.lives(), "a node ended: {}", node.last_words());
        assert_eq!(node.panics(), Vec::<String>::new());
    }
}

/// `count` nodes that are ready, and where people come.
async fn ready(site: &Site, count: usize) -> (Vec<Node>, Vec<String>) {
    let mut nodes = Vec::new();
    for _ in 0..count {
        let mut node = Node::of(site).await;
        node.launch().await;
        nodes.push(node);
    }
    let doors = nodes.iter().map(Node::door).collect();
    (nodes, doors)
}

both! {
    async fn a_node_killed_ten_times_under_load_loses_and_doubles_nothing(site: Site) {
        let (log, site) = (site.log(), Arc::new(site));
        let (mut nodes, doors) = ready(&site, 1).await;
        let crew = Crew::start(&site, &log, doors, Load::of(LOAD));
        for _ in 0..10 {
            acknowledged(&log, 15).await;
            nodes[0].kill();
            nodes[0].launch().await;
        }
        ends_well(&site, &log, crew, &mut nodes).await;
    }

    async fn a_node_that_is_stopped_under_load_answers_what_it_took(site: Site) {
        let (log, site) = (site.log(), Arc::new(site));
        let (mut nodes, doors) = ready(&site, 1).await;
        let crew = Crew::start(&site, &log, doors, Load::of(LOAD));
        acknowledged(&log, 50).await;
        let asking = Client::new(&nodes[0].url);
        let draining = tokio::spawn(async move {
            // A proxy that asks anew is told before the door closes.
            loop {
                let asked = asking.try_send(reqwest::Method::GET, "/readyz", &[], None).await;
                let answer = asked.expect("it still takes connections");
                if answer.status == 503 && answer.json()["draining"] == true {
                    return;
                }
            }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(nodes[0].stop().await, 0, "{}", nodes[0].last_words());
        draining.await.expect("it says so");
        nodes[0].launch().await;
        ends_well(&site, &log, crew, &mut nodes).await;
    }

    async fn whatever_a_link_does_each_key_scores_once(site: Site) {
        let (log, site) = (site.log(), Arc::new(site));
        let (mut nodes, doors) = ready(&site, 1).await;
        let load = Load { rate: LOAD, patience: Duration::from_secs(2) };
        let crew = Crew::start(&site, &log, doors, load);
        let viewers = Viewers::open(&site, &[nodes[0].door()], 4, Duration::from_millis(200));
        let faults = [
            Fault::Late(Duration::from_millis(150)),
            Fault::Slow(1_000),
            Fault::CutReply(40),
            Fault::Swallow,
            Fault::Silent,
            Fault::Cut,
        ];
        for fault in faults {
            acknowledged(&log, 10).await;
            nodes[0].gate.fail(fault);
            tokio::time::sleep(Duration::from_millis(900)).await;
            nodes[0].gate.heal();
        }
        ends_well(&site, &log, crew, &mut nodes).await;
        viewers.all_follow(PATIENCE).await.expect("pages come again");
        assert_eq!(viewers.judge(PATIENCE).await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_link_to_the_database_does_nothing_is_lost_or_doubled() {
    let Some(mut site) = Site::open(crate::support::Place::Production).await else {
        eprintln!("left out: no production services are named");
        return;
    };
    let (link, database) = Proxy::before_database(&site.database).await;
    site.database = database;
    let (log, site) = (site.log(), Arc::new(site));
    let (mut nodes, doors) = ready(&site, 2).await;
    let crew = Crew::start(&site, &log, doors, Load::of(LOAD));
    let faults = [
        Fault::Late(Duration::from_millis(20)),
        Fault::Slow(1_000),
        Fault::CutReply(30),
        Fault::Swallow,
        Fault::Silent,
        Fault::Cut,
    ];
    for fault in faults {
        acknowledged(&log, 20).await;
        link.fail(fault);
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        link.heal();
    }
    ends_well(&site, &log, crew, &mut nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_are_replaced_one_after_the_other_and_nobody_notices() {
    let Some(site) = Site::open(crate::support::Place::Production).await else {
        eprintln!("left out: no production services are named");
        return;
    };
    let (log, site) = (site.log(), Arc::new(site));
    let (mut nodes, doors) = ready(&site, 3).await;
    let viewers = Viewers::open(&site, &doors, 12, Duration::from_millis(500));
    viewers.all_follow(PATIENCE).await.expect("pages");
    let crew = Crew::start(&site, &log, doors, Load::of(LOAD));
    for node in &mut nodes {
        acknowledged(&log, 20).await;
        assert_eq!(node.stop().await, 0, "{}", node.last_words());
        node.launch().await;
    }
    acknowledged(&log, 20).await;
    ends_well(&site, &log, crew, &mut nodes).await;
    viewers
        .all_follow(PATIENCE)
        .await
        .expect("pages come again");
    assert_eq!(viewers.judge(PATIENCE).await, Vec::<String>::new());
    assert!(
        viewers.closed_with(1012) >= 12,
        "each page was told to come again"
    );
}

/// A judge that finds nothing may be blind: here is something to find.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_judge_finds_what_is_lost_invented_doubled_and_miscounted() {
    let site = Site::open(crate::support::Place::Embedded).await;
    let site = Arc::new(site.expect("the embedded world"));
    let log = site.log();
    let (mut nodes, doors) = ready(&site, 1).await;
    let crew = Crew::start(&site, &log, doors, Load::of(LOAD));
    acknowledged(&log, 20).await;
    ends_well(&site, &log, crew, &mut nodes).await;
    let tampered = [
        (
            "UPDATE region_weeks SET points = points + 1 WHERE region = 'us'",
            "the ledger gives",
        ),
        (
            "UPDATE ledger SET quantity = quantity + 1 WHERE key LIKE '%:k3'",
            "k3 is not what was sent",
        ),
        (
            "UPDATE ledger SET key = key || 'x' WHERE key LIKE '%:k4'",
            "k4x was sent by nobody",
        ),
        (
            "UPDATE ledger SET key = replace(key, ':k5', ':k6'), volunteer_id = volunteer_id + 1 WHERE key LIKE '%:k5'",
            "k6 stands twice",
        ),
    ];
    for (statement, _) in tampered {
        let done = site
            .db
            .write(move |conn| Ok(diesel::sql_query(statement).execute(conn)?));
        assert_eq!(done.await.expect("a statement"), 1, "{statement}");
    }
    let found = judge(&site, &log).await.join("\n");
    for (_, finding) in tampered {
        assert!(found.contains(finding), "{finding}: {found}");
    }
    assert!(found.contains("k4 was acknowledged and is lost"), "{found}");
    boards_agree(&site, &[nodes[0].door()], Duration::from_secs(60))
        .await
        .expect("a page reads what is stored");
}

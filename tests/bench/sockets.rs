//! Five thousand live sockets that follow one race: what each costs in memory while nothing happens,
//! and how long an activity takes to the last of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::campaign::{Campaign, Member, STATE, World};
use crate::load::{Caller, Load};
use crate::node::Node;
use crate::numbers::{Finding, Goal, Rounds, real, short};
use crate::plan::{CLIENTS, Plan, SOCKETS};
use crate::socket::Socket;
use crate::wire::Wire;
use crate::work::Logger;

/// Sockets of one member; the default allows no more.
const EACH: usize = 5;
/// How long nothing happens before memory is read.
const REST: Duration = Duration::from_secs(5);
/// What must come comes within this.
const PATIENCE: Duration = Duration::from_secs(20);
/// Activities sent through all sockets a round.
const SHOTS: u32 = 3;

/// What all sockets of a round have seen.
struct Seen {
    began: Instant,
    /// Whole boards, and frames that tell of a deed. Who fell behind gets the board in place of those.
    told: AtomicU64,
    /// Microseconds after `began` when the last of them came.
    last: AtomicU64,
}

/// Measures it, with a fresh node a round.
///
/// # Errors
/// One sentence.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>, String> {
    let campaign = Campaign::open(&plan.folder, "sockets", &World::Embedded, true)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|why| why.to_string())?;
    let (mut each, mut after, mut delay) =
        (Rounds::default(), Rounds::default(), Rounds::default());
    for round in 1..=plan.rounds {
        let node = Node::serve(&plan.program, &campaign)?;
        let found = one_round(&runtime, &campaign, &node, round)?;
        each.push(found.idle);
        after.push(found.told);
        for seconds in found.delays {
            delay.push(seconds);
        }
        plan.say(&format!(
            "sockets, round {round}: {} KiB each, {} KiB once told, {} s to the last",
            short(found.idle),
            short(found.told),
            short(delay.median())
        ));
    }
    let sockets = short(real(SOCKETS as u64));
    Ok(vec![
        Finding {
            what: format!("Memory of each of {sockets} idle sockets"),
            unit: "KiB",
            rounds: each,
            goal: Goal::AtMost(20.0),
            detail: format!(
                "growth of the node's resident memory, each following a board of 100 rows and \
                 having been sent it whole; {} KiB after {SHOTS} frames to all",
                short(after.median())
            ),
        },
        Finding {
            what: format!("From an activity sent to the last of {sockets} sockets told"),
            unit: "s",
            rounds: delay,
            goal: Goal::None,
            detail: "a board sends at most one frame a second".into(),
        },
    ])
}

struct Found {
    idle: f64,
    told: f64,
    delays: Vec<f64>,
}

fn one_round(
    runtime: &Runtime,
    campaign: &Campaign,
    node: &Node,
    round: u32,
) -> Result<Found, String> {
    let members = campaign.members()?;
    let host = node.address.to_string();
    // Something to show, and a node that has answered before its memory is read.
    let fill = Load {
        address: node.address,
        time: Duration::from_secs(1),
        status: 201,
        pace: None,
    };
    let name = format!("fill-{round}");
    fill.run(Logger::share(&members, CLIENTS, &host, &name))?;
    let shots = Logger::share(&members, 1, &host, &format!("shot-{round}"));
    let mut shots: Vec<Logger> = shots
        .into_iter()
        .map(|one| one.from(500 + round * 10))
        .collect();
    runtime.block_on(async {
        sleep(REST).await;
        let empty = node.memory()?;
        let seen = Arc::new(Seen {
            began: Instant::now(),
            told: AtomicU64::new(0),
            last: AtomicU64::new(0),
        });
        let mut sockets = open(node.address, &members, &seen).await?;
        until(|| seen.told.load(Ordering::SeqCst) >= SOCKETS as u64).await?;
        sleep(REST).await;
        let idle = grown(node, empty)?;
        let mut delays = Vec::new();
        let mut wire = Wire::open(node.address)
            .await
            .map_err(|why| why.to_string())?;
        for _ in 0..SHOTS {
            let before = seen.told.load(Ordering::SeqCst);
            let mut request = Vec::new();
            for one in &mut shots {
                one.ask(&mut request);
            }
            let asked = seen.began.elapsed();
            let head = wire.ask(&request).await.map_err(|why| why.to_string())?;
            if head.status != 201 {
                return Err(format!("An activity was answered {}.", head.status));
            }
            until(|| seen.told.load(Ordering::SeqCst) >= before + SOCKETS as u64).await?;
            let last = Duration::from_micros(seen.last.load(Ordering::SeqCst));
            delays.push(last.saturating_sub(asked).as_secs_f64());
            sleep(Duration::from_secs(2)).await;
        }
        let told = grown(node, empty)?;
        if let Some(ended) = sockets.try_join_next() {
            return Err(format!("A socket ended: {ended:?}."));
        }
        sockets.shutdown().await;
        Ok(Found { idle, told, delays })
    })
}

/// KiB a socket since the node held `empty` KiB.
fn grown(node: &Node, empty: u64) -> Result<f64, String> {
    Ok(real(node.memory()?.saturating_sub(empty)) / real(SOCKETS as u64))
}

async fn until(done: impl Fn() -> bool) -> Result<(), String> {
    let wait = async {
        while !done() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    let late = |_| "Some socket was not told what it should have been told.".to_owned();
    timeout(PATIENCE, wait).await.map_err(late)
}

async fn open(
    address: SocketAddr,
    members: &[Member],
    seen: &Arc<Seen>,
) -> Result<JoinSet<Result<(), String>>, String> {
    // Not all in one moment: a listener's queue is short.
    let places = Arc::new(Semaphore::new(CLIENTS));
    let mut opening = JoinSet::new();
    for at in 0..SOCKETS {
        let Some(member) = members.get(at / EACH) else {
            return Err("There are too few members for so many sockets.".into());
        };
        let (token, places) = (member.token.clone(), places.clone());
        opening.spawn(async move {
            let _place = places.acquire().await;
            Socket::follow(address, &token, &[&format!("race/{STATE}")]).await
        });
    }
    let mut sockets = JoinSet::new();
    while let Some(opened) = opening.join_next().await {
        let socket = opened.map_err(|why| why.to_string())??;
        sockets.spawn(listen(socket, seen.clone()));
    }
    Ok(sockets)
}

/// Notes what comes until the other side ends.
async fn listen(mut socket: Socket, seen: Arc<Seen>) -> Result<(), String> {
    loop {
        note(&socket.text().await?, &seen);
    }
}

fn note(text: &str, seen: &Seen) {
    if text.contains(r#""kind":"snapshot""#) || text.contains(r#""moved":[{"#) {
        let now = u64::try_from(seen.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        seen.last.fetch_max(now, Ordering::SeqCst);
        seen.told.fetch_add(1, Ordering::SeqCst);
    }
}

//! Three nodes on one PostgreSQL and one Redis under a constant stream of entries: how long until a
//! socket of another node shows what was logged.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use muster::clock::Clock;
use muster::ledger::{ScoringConfig, verify};
use muster::regions::RegionCode;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::campaign::{Campaign, Member, STATE, World};
use crate::followers::Followers;
use crate::load::{Answered, Load};
use crate::markers::{Marker, Shown, seconds};
use crate::node::Node;
use crate::numbers::{Finding, Goal, Rounds, quantile, rate, real, short};
use crate::plan::{CLIENTS, Plan};
use crate::work::Logger;

/// Nodes.
const NODES: usize = 3;
/// Entries a second, over all nodes.
const PACE: f64 = 2_000.0;
/// One county in so many has a marker and nobody else; as many have a marker in one of its places.
const QUIET: usize = 8;
/// Sockets a node that follow the state's board; besides, one follows each county's and the country's.
const STATE_SOCKETS: usize = 50;
/// A round lasts so many times as long as other loads: the tail needs many entries.
const LONGER: u32 = 5;
/// Beyond this a board has been looked at, whatever was heard.
const REST: Duration = Duration::from_secs(8);

/// Measures it.
///
/// # Errors
/// One sentence.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>, String> {
    plan.in_production(in_production)
}

fn in_production(plan: &Plan, world: &World) -> Result<Vec<Finding>, String> {
    let campaign = Campaign::open(&plan.folder, "cluster", world, true)?;
    let nodes: Result<Vec<Node>, String> = (0..NODES)
        .map(|_| Node::serve(&plan.program, &campaign))
        .collect();
    let nodes = nodes?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|why| why.to_string())?;
    let members = campaign.members()?;
    let (mut markers, workers) = roles(&members, &nodes);
    let workers = |members: &[Member]| -> Vec<Member> {
        members
            .iter()
            .filter(|member| workers.contains(&member.home))
            .cloned()
            .collect()
    };
    let mut loggers: Vec<Vec<Logger>> = Vec::new();
    let all = workers(&members);
    for (node, some) in nodes.iter().zip(all.chunks(all.len().div_ceil(NODES))) {
        let host = node.address.to_string();
        let logger = Logger::share(some, CLIENTS, &host, &format!("load-{host}"));
        loggers.push(logger.into_iter().map(Logger::lightly).collect());
    }
    let followers = runtime.block_on(follow(&nodes, &members))?;
    let (mut half, mut most) = (Rounds::default(), Rounds::default());
    let (mut half_answer, mut most_answer) = (Rounds::default(), Rounds::default());
    let (mut answers, mut cost, mut frames) =
        (Rounds::default(), Rounds::default(), Rounds::default());
    let (mut shown, mut acknowledged) = (0, 0);
    let time = plan.time * LONGER;
    for round in 1..=plan.rounds {
        let members = campaign.members()?;
        for logger in loggers.iter_mut().flatten() {
            logger.renew(&members);
        }
        for marker in &mut markers {
            if let Some(fresh) = members.iter().find(|one| one.id == marker.member.id) {
                marker.member.clone_from(fresh);
            }
        }
        let (told, before) = (followers.frames(), worked(&nodes)?);
        let logged: u32 = markers.iter().map(|marker| marker.logged).sum();
        let found = one_round(&runtime, &nodes, time, (loggers, markers))?;
        let used = worked(&nodes)?.saturating_sub(before);
        let told = followers.frames() - told;
        let Round { load, entries } = found.0;
        (loggers, markers) = found.1;
        let now: u32 = markers.iter().map(|marker| marker.logged).sum();
        acknowledged += load.count + u64::from(now - logged);
        shown += entries.from_due.len();
        half.push(seconds(quantile(&entries.from_due, 0.5)));
        most.push(seconds(quantile(&entries.from_due, 0.99)));
        half_answer.push(seconds(quantile(&entries.from_answer, 0.5)));
        most_answer.push(seconds(quantile(&entries.from_answer, 0.99)));
        answers.push(f64::from(quantile(&load.micros, 0.99)) / 1000.0);
        cost.push(used.as_secs_f64() / time.as_secs_f64());
        frames.push(rate(told, time));
        plan.say(&format!(
            "cluster, round {round}: {} entries a second, answered within {} ms (99 of 100); {} of \
             them shown elsewhere within {} s (half), {} s (99 of 100), {} s (all)",
            short(rate(load.count, time)),
            short(answers.median()),
            entries.from_due.len(),
            short(half.median()),
            short(most.median()),
            short(seconds(entries.from_due.last().copied().unwrap_or(0))),
        ));
        let found = campaign.count("SELECT COUNT(*) AS count FROM ledger")?;
        if found != acknowledged {
            return Err(format!(
                "The ledger has {found} lines, but {acknowledged} were acknowledged."
            ));
        }
    }
    let rows = runtime.block_on(async {
        sleep(REST).await;
        let scoring = ScoringConfig::shipped().map_err(|why| why.to_string())?;
        let wrong = verify(&campaign.db, &scoring, |_| {}).await;
        match wrong.map_err(|why| why.to_string())?.first() {
            Some(wrong) => Err(format!("A total is wrong: {wrong}.")),
            None => followers.compare(&campaign),
        }
    })?;
    Ok(vec![
        Finding {
            what:
                "Half of the entries at one node of three shown by a socket of another, at 2,000 a \
                   second"
                    .into(),
            unit: "s",
            rounds: half,
            goal: Goal::AtMost(1.1),
            detail: format!(
                "{} entries watched, from when each was due; from its 201: {} s. 99 of 100 answered \
                 within {} ms; {} frames a second; the nodes took {} of the two cores",
                short(real(shown as u64)),
                short(half_answer.median()),
                short(answers.median()),
                short(frames.median()),
                short(cost.median()),
            ),
        },
        Finding {
            what: "99 of 100 of them".into(),
            unit: "s",
            rounds: most,
            goal: Goal::AtMost(2.0),
            detail: format!(
                "from the 201: {} s; at the end all {} rows on sockets were the database's",
                short(most_answer.median()),
                short(real(rows as u64)),
            ),
        },
    ])
}

struct Round {
    load: Answered,
    entries: Shown,
}

type Actors = (Vec<Vec<Logger>>, Vec<Marker>);

/// The stream of entries, and the markers in it.
fn one_round(
    runtime: &Runtime,
    nodes: &[Node],
    time: Duration,
    (loggers, markers): Actors,
) -> Result<(Round, Actors), String> {
    runtime.block_on(async {
        let mut loads = JoinSet::new();
        for (node, loggers) in nodes.iter().zip(loggers) {
            let load = Load {
                address: node.address,
                time,
                status: 201,
                pace: Some(PACE / real(nodes.len() as u64)),
            };
            loads.spawn(async move { load.put(loggers).await });
        }
        // The first second shows boards that have just begun to move.
        sleep(Duration::from_secs(1)).await;
        let until = Instant::now() + time.saturating_sub(Duration::from_secs(4));
        let (mut watching, count) = (JoinSet::new(), markers.len());
        for (at, marker) in markers.into_iter().enumerate() {
            let share = real(at as u64) / real(count as u64);
            watching.spawn(marker.run(share, until));
        }
        let (mut entries, mut markers) = (Shown::default(), Vec::new());
        while let Some(ended) = watching.join_next().await {
            let (shown, marker) = ended.map_err(|why| why.to_string())??;
            entries.from_due.extend(shown.from_due);
            entries.from_answer.extend(shown.from_answer);
            markers.push(marker);
        }
        entries.from_due.sort_unstable();
        entries.from_answer.sort_unstable();
        let (mut load, mut loggers) = (Answered::default(), Vec::new());
        while let Some(ended) = loads.join_next().await {
            let (answered, back) = ended.map_err(|why| why.to_string())??;
            load.count += answered.count;
            load.micros.extend(answered.micros);
            loggers.push(back);
        }
        load.micros.sort_unstable();
        if real(load.count) < PACE * time.as_secs_f64() * 0.97 {
            return Err(format!(
                "The stream could not be kept up: {} entries in {} s.",
                load.count,
                time.as_secs()
            ));
        }
        Ok((Round { load, entries }, (loggers, markers)))
    })
}

/// Who marks, and the places of those who make up the stream.
fn roles(members: &[Member], nodes: &[Node]) -> (Vec<Marker>, HashSet<RegionCode>) {
    let county = |member: &Member| member.home.parent().unwrap_or_else(|| member.home.clone());
    let mut counties: Vec<RegionCode> = members.iter().map(county).collect();
    counties.sort();
    counties.dedup();
    let (mut markers, mut silent) = (Vec::new(), HashSet::new());
    for (at, code) in counties.iter().enumerate() {
        let theirs: Vec<&Member> = members.iter().filter(|one| county(one) == *code).collect();
        let Some(member) = theirs.first() else {
            continue;
        };
        let of_state = at % QUIET == 0;
        let others = theirs.iter().any(|other| other.home != member.home);
        let (board, row) = if of_state {
            silent.extend(theirs.iter().map(|one| one.home.clone()));
            (STATE.to_owned(), code.to_string())
        } else if at % QUIET == QUIET / 2 && others {
            silent.insert(member.home.clone());
            (code.to_string(), member.home.to_string())
        } else {
            continue;
        };
        let listen = markers.len() % nodes.len();
        let asked = nodes.iter().enumerate().filter(|(node, _)| *node != listen);
        markers.push(Marker {
            member: (*member).clone(),
            board,
            row,
            ask: asked.map(|(_, node)| node.address).collect(),
            listen: nodes[listen].address,
            now: Clock::System.now(),
            logged: 0,
        });
    }
    let homes = members.iter().map(|member| member.home.clone());
    let workers = homes.filter(|home| !silent.contains(home)).collect();
    (markers, workers)
}

/// On each node a socket follows each county's board and the country's, and many the state's.
async fn follow(nodes: &[Node], members: &[Member]) -> Result<Followers, String> {
    let mut followers = Followers::default();
    let mut boards: Vec<RegionCode> = members
        .iter()
        .filter_map(|member| member.home.parent())
        .collect();
    boards.sort();
    boards.dedup();
    for node in nodes {
        // Sockets of one person are few: those who mark need theirs for themselves.
        let mut people = members.iter().rev();
        for board in &boards {
            let Some(member) = people.next() else { break };
            let board = board.as_str();
            followers.follow(node.address, member, board, true).await?;
        }
        for at in 0..=STATE_SOCKETS {
            let Some(member) = people.next() else { break };
            let board = if at == 0 { "us" } else { STATE };
            let thoroughly = at < 2;
            followers
                .follow(node.address, member, board, thoroughly)
                .await?;
        }
    }
    Ok(followers)
}

/// Processor time of all of them so far.
fn worked(nodes: &[Node]) -> Result<Duration, String> {
    nodes.iter().map(Node::worked).sum()
}

//! What things cost at a large ledger, against what they cost at a small one.
//!
//! Two campaigns on one PostgreSQL, each with a node of its own: one client asks the one, the other,
//! the one again. A cost is the middle time of the node's answer.

use std::time::Duration;
use std::time::Instant as Moment;

use muster::clock::Clock;
use tokio::runtime::Builder;

use crate::campaign::{Campaign, Member, STATE, World};
use crate::fill::{Filled, fill};
use crate::node::{Node, attached};
use crate::numbers::{Finding, Goal, Rounds, quantile, real, short};
use crate::plan::Plan;
use crate::wire::Wire;
use crate::work::body;

/// What a small ledger has, unless the large one is not ten times as large.
const SMALL: u64 = 100_000;
/// How much more anything may cost at the large one.
const MOST: f64 = 1.5;
/// People who log in turn, so that nobody comes near the soft cap and boards move.
const LOGGERS: usize = 512;
/// People whose week is read in turn.
const READERS: usize = 256;
/// Entries of theirs in that week, or near it.
const THEIRS: u32 = 4;
/// How long the news of an entry may take to its own node's boards.
const NEWS: Duration = Duration::from_millis(5);

/// A filled campaign that is served.
struct Side {
    name: &'static str,
    filled: Filled,
    campaign: Campaign,
    node: Node,
    readers: usize,
    asked: u32,
}

/// What was asked, in the order in which one client asks it.
const ASKED: [&str; 4] = [
    "One logged activity",
    "A board of 100 rows, computed from the database",
    "The same board, ready",
    "A person's week",
];

/// Microseconds of the answers to each of [`ASKED`].
type Costs = [f64; ASKED.len()];

/// Measures it with `entries` at the large ledger.
///
/// # Errors
/// One sentence.
pub fn measure(plan: &Plan, entries: u64) -> Result<Vec<Finding>, String> {
    let Some(World::Production { database, .. }) = plan.worlds.get(1) else {
        plan.say("size: left out without PostgreSQL");
        return Ok(Vec::new());
    };
    // Alone, each with its own database: nothing is said from one to the other.
    let world = World::Production {
        database: database.clone(),
        redis: String::new(),
    };
    let mut small = Side::open(plan, &world, "small", SMALL.min(entries / 10))?;
    let mut large = Side::open(plan, &world, "large", entries)?;
    for side in [&mut small, &mut large] {
        side.load(plan.time)?;
    }
    let mut ratios: [Rounds; ASKED.len()] = Default::default();
    let mut costs: [(Rounds, Rounds); ASKED.len()] = Default::default();
    for round in 1..=plan.rounds {
        let before = small.load(plan.time)?;
        let large = large.load(plan.time)?;
        let after = small.load(plan.time)?;
        let mut told = Vec::new();
        for at in 0..ASKED.len() {
            let small = f64::midpoint(before[at], after[at]);
            ratios[at].push(large[at] / small);
            costs[at].0.push(large[at] / 1000.0);
            costs[at].1.push(small / 1000.0);
            told.push(format!("{} ×", short(large[at] / small)));
        }
        plan.say(&format!("size, round {round}: {}", told.join(", ")));
    }
    let memory = format!(
        "nodes of {} and {} MiB",
        large.node.memory()? / 1024,
        small.node.memory()? / 1024
    );
    let finding = |(at, (rounds, costs)): (usize, (Rounds, (Rounds, Rounds)))| {
        let (large_cost, small_cost) = costs;
        let what: &str = ASKED[at];
        Finding {
            what: format!(
                "{what} at {} entries, to {}",
                short(real(large.filled.entries)),
                short(real(small.filled.entries)),
            ),
            unit: "×",
            rounds,
            goal: Goal::AtMost(MOST),
            detail: format!(
                "{} against {} ms, one client; {} people against {}, PostgreSQL{}",
                short(large_cost.median()),
                short(small_cost.median()),
                short(real(large.filled.people)),
                short(real(small.filled.people)),
                if at == 0 {
                    format!("; {memory}")
                } else {
                    String::new()
                },
            ),
        }
    };
    Ok(ratios
        .into_iter()
        .zip(costs)
        .enumerate()
        .map(finding)
        .collect())
}

impl Side {
    fn open(plan: &Plan, world: &World, name: &'static str, entries: u64) -> Result<Self, String> {
        let mut campaign = Campaign::open(&plan.folder, &format!("size-{name}"), world, false)?;
        let filled = fill(plan, &campaign, name, entries)?;
        for (table, of) in [("ledger", "corrects IS NULL"), ("entry_states", "TRUE")] {
            let query = format!("SELECT COUNT(*) AS count FROM {table} WHERE {of}");
            let count = campaign.count(&query)?;
            if count != filled.entries {
                let made = filled.entries;
                return Err(format!("{made} entries were made, {table} has {count}."));
            }
        }
        verify(plan, &campaign, name)?;
        let week = filled.week.to_string();
        let mut people = campaign.people(&format!(
            "SELECT volunteer_id AS count FROM member_weeks WHERE week = '{week}' \
             ORDER BY abs(entries - {THEIRS}), md5(volunteer_id::text) LIMIT {READERS}"
        ))?;
        let readers = people.len();
        people.extend(campaign.people(&format!(
            "SELECT volunteer_id AS count FROM member_weeks WHERE week = '{week}' \
             ORDER BY md5('log' || volunteer_id::text) LIMIT {LOGGERS}"
        ))?);
        campaign.sign_in(&people)?;
        let node = Node::serve(&plan.program, &campaign)?;
        Ok(Self {
            name,
            filled,
            campaign,
            node,
            readers,
            asked: 0,
        })
    }

    /// One client that logs, looks at the board twice and at a week, and begins again.
    fn load(&mut self, time: Duration) -> Result<Costs, String> {
        let members = self.campaign.members()?;
        let (readers, loggers) = members.split_at(self.readers);
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|why| why.to_string())?;
        let mut micros: [Vec<u32>; ASKED.len()] = Default::default();
        let (mut last, mut moved, mut rounds) = (Vec::new(), 0_u32, 0_u32);
        runtime.block_on(async {
            let (began, mut wire) = (Moment::now(), self.wire().await?);
            while began.elapsed() < time {
                let logger = turn(loggers, self.asked)?;
                let logged = self.log(logger);
                micros[0].push(self.ask(&mut wire, &logged, 201).await?);
                tokio::time::sleep(NEWS).await;
                let board = self.get(logger, &format!("/api/v1/races/{STATE}"));
                micros[1].push(self.ask(&mut wire, &board, 200).await?);
                moved += u32::from(last != wire.answer());
                last = wire.answer().to_vec();
                micros[2].push(self.ask(&mut wire, &board, 200).await?);
                let week = format!("/api/v1/me/points?week={}", self.filled.week);
                let week = self.get(turn(readers, self.asked)?, &week);
                micros[3].push(self.ask(&mut wire, &week, 200).await?);
                self.asked += 1;
                rounds += 1;
            }
            Ok::<(), String>(())
        })?;
        // A board that did not move was not computed, and its time says nothing.
        if moved * 10 < rounds * 9 {
            return Err(format!("Of {rounds} boards only {moved} had moved."));
        }
        Ok(micros.map(|mut micros| {
            micros.sort_unstable();
            f64::from(quantile(&micros, 0.5))
        }))
    }

    async fn wire(&self) -> Result<Wire, String> {
        let wire = Wire::open(self.node.address).await;
        wire.map_err(|why| format!("A client cannot connect: {why}."))
    }

    /// Microseconds until the whole answer was there.
    async fn ask(&self, wire: &mut Wire, request: &[u8], status: u16) -> Result<u32, String> {
        let asked = Moment::now();
        let head = wire.ask(request).await;
        let took = asked.elapsed();
        let head = head.map_err(|why| format!("An answer did not come: {why}."))?;
        if head.status != status {
            let said = String::from_utf8_lossy(wire.answer()).into_owned();
            return Err(format!(
                "{}: expected {status}, was told:\n{said}",
                self.name
            ));
        }
        u32::try_from(took.as_micros()).map_err(|why| why.to_string())
    }

    fn get(&self, member: &Member, path: &str) -> Vec<u8> {
        let (host, token) = (self.node.address, &member.token);
        format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n")
            .into_bytes()
    }

    fn log(&self, member: &Member) -> Vec<u8> {
        let (host, token, n) = (self.node.address, &member.token, self.asked);
        let mut text = String::new();
        body(n, Clock::System.now(), &mut text);
        format!(
            "POST /api/v1/activities HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
             idempotency-key: size-{n}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{text}",
            text.len(),
        )
        .into_bytes()
    }
}

fn turn(members: &[Member], asked: u32) -> Result<&Member, String> {
    let count = members.len().max(1);
    let member = members.get(asked as usize % count);
    member.ok_or_else(|| "Nobody did anything last week: a larger ledger is needed.".to_owned())
}

/// Every total against the ledger, by the command that operators have.
fn verify(plan: &Plan, campaign: &Campaign, name: &str) -> Result<(), String> {
    let began = Moment::now();
    let status = attached(&plan.program)
        .args(["boards", "verify"])
        .current_dir(&campaign.folder)
        .envs(campaign.environment())
        .status()
        .map_err(|why| format!("The totals cannot be verified: {why}."))?;
    if !status.success() {
        return Err(format!(
            "{name} ledger: totals are not what the ledger gives."
        ));
    }
    let took = began.elapsed().as_secs_f64();
    plan.say(&format!("{name} ledger: verified in {took:.0} s"));
    Ok(())
}

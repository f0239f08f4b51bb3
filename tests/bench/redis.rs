//! What Redis adds to the cost of an entry: one node on PostgreSQL, with Redis and without, in turn.

use std::time::Duration;

use crate::campaign::{Campaign, World};
use crate::load::Load;
use crate::node::Node;
use crate::numbers::{Finding, Goal, Rounds, rate, real, short};
use crate::plan::{CLIENTS, Plan};
use crate::work::Logger;

/// Entries a second, and microseconds of the node's processor time for each.
type Found = (f64, f64);

/// Measures it.
///
/// # Errors
/// One sentence.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>, String> {
    plan.in_production(in_production)
}

fn in_production(plan: &Plan, world: &World) -> Result<Vec<Finding>, String> {
    let campaign = Campaign::open(&plan.folder, "redis", world, true)?;
    let mut bench = Bench {
        plan,
        loggers: Logger::share(&campaign.members()?, CLIENTS, "localhost", "load")
            .into_iter()
            .map(Logger::lightly)
            .collect(),
        campaign,
        logged: 0,
    };
    let (mut rates, mut costs) = (Rounds::default(), Rounds::default());
    let (mut own, mut its) = (Rounds::default(), Rounds::default());
    for round in 1..=plan.rounds {
        let before = bench.run(&[("MUSTER_REDIS_URL", "")])?;
        let with = bench.run(&[])?;
        let after = bench.run(&[("MUSTER_REDIS_URL", "")])?;
        let without = (
            f64::midpoint(before.0, after.0),
            f64::midpoint(before.1, after.1),
        );
        rates.push(with.0 / without.0);
        costs.push(with.1 / without.1);
        own.push(with.1);
        its.push(without.1);
        plan.say(&format!(
            "redis, round {round}: {} entries a second of {:.1} µs with it, {} of {:.1} µs without",
            short(with.0),
            with.1,
            short(without.0),
            without.1,
        ));
    }
    Ok(vec![
        Finding {
            what: "Processor time of an entry with Redis, to that without".into(),
            unit: "×",
            rounds: costs,
            goal: Goal::AtMost(1.1),
            detail: format!(
                "{:.1} against {:.1} µs of the node's; one node on PostgreSQL, 64 clients",
                own.median(),
                its.median(),
            ),
        },
        Finding {
            what: "Entries a second with Redis, to those without".into(),
            unit: "×",
            rounds: rates,
            goal: Goal::AtLeast(1.0 / 1.1),
            detail: "Redis itself, the database and the clients on the same two cores".into(),
        },
    ])
}

struct Bench<'a> {
    plan: &'a Plan,
    campaign: Campaign,
    loggers: Vec<Logger>,
    logged: u64,
}

impl Bench<'_> {
    /// One load on a fresh node with this in its environment.
    fn run(&mut self, environment: &[(&str, &str)]) -> Result<Found, String> {
        let node = Node::serve_with(&self.plan.program, &self.campaign, environment)?;
        let members = self.campaign.members()?;
        for logger in &mut self.loggers {
            logger.renew(&members);
        }
        // A fresh node is slow at first.
        self.load(&node, Duration::from_secs(1))?;
        self.load(&node, self.plan.time)
    }

    fn load(&mut self, node: &Node, time: Duration) -> Result<Found, String> {
        let load = Load {
            address: node.address,
            time,
            status: 201,
            pace: None,
        };
        let before = node.worked()?;
        let (done, loggers) = load.run(std::mem::take(&mut self.loggers))?;
        let worked = node.worked()?.saturating_sub(before);
        self.loggers = loggers;
        self.logged += done.count;
        let found = self
            .campaign
            .count("SELECT COUNT(*) AS count FROM ledger")?;
        if found != self.logged {
            return Err(format!(
                "The ledger has {found} lines, but {} were acknowledged.",
                self.logged
            ));
        }
        Ok((
            rate(done.count, done.took),
            worked.as_secs_f64() * 1e6 / real(done.count.max(1)),
        ))
    }
}

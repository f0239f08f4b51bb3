//! Activities logged over HTTP by 64 clients, against rows inserted by as many, each row in a
//! transaction of its own, in the same database.

use std::time::Duration;

use crate::campaign::{Campaign, World};
use crate::load::{Answered, Load};
use crate::node::Node;
use crate::numbers::{Finding, Goal, Rounds, quantile, rate, real, short};
use crate::plan::{CLIENTS, Plan};
use crate::rows::{self, Deed, Way};
use crate::work::Logger;

/// Members each client speaks for.
const MEMBERS: usize = 4;

/// Measures it in every world of the plan.
///
/// # Errors
/// One sentence.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>, String> {
    let mut findings = Vec::new();
    for world in &plan.worlds {
        findings.append(&mut one_world(plan, world)?);
    }
    Ok(findings)
}

fn one_world(plan: &Plan, world: &World) -> Result<Vec<Finding>, String> {
    let name = match world {
        World::Embedded => "activities-embedded",
        World::Production { .. } => "activities-production",
    };
    let campaign = Campaign::open(&plan.folder, name, world, true)?;
    rows::create(&campaign)?;
    let node = Node::serve(&plan.program, &campaign)?;
    let mut bench = Bench {
        loggers: loggers(&campaign, &node)?,
        campaign,
        node,
        logged: 0,
        inserted: 0,
        worked: Duration::ZERO,
        way: Way::Each,
    };
    bench.warm_up(plan, world)?;

    let (mut ratios, mut own, mut its) = (Rounds::default(), Rounds::default(), Rounds::default());
    let (mut equals, mut equal) = (Rounds::default(), Rounds::default());
    let (mut cost, mut batch) = (Rounds::default(), Rounds::default());
    for round in 1..=plan.rounds {
        let before = bench.peer(plan.time, Deed::Row)?;
        let batches = bench.batches()?;
        let ours = bench.ours(plan.time, None)?;
        let batches = bench.batches()? - batches;
        let after = bench.peer(plan.time, Deed::Row)?;
        let sums = bench.peer(plan.time, Deed::Totals)?;
        let sums = rate(sums.count, sums.took);
        let (fast, slow) = (
            rate(ours.count, ours.took),
            f64::midpoint(
                rate(before.count, before.took),
                rate(after.count, after.took),
            ),
        );
        ratios.push(fast / slow);
        equals.push(fast / sums);
        equal.push(sums);
        own.push(fast);
        its.push(slow);
        batch.push(real(ours.count) / real(batches.max(1)));
        cost.push(bench.worked.as_secs_f64() * 1e6 / real(ours.count.max(1)));
        plan.say(&format!(
            "activities on {}, round {round}: {} a second, one by one {}, with totals {}",
            world.name(),
            short(fast),
            short(slow),
            short(sums)
        ));
    }
    let mut late = Rounds::default();
    for _ in 0..plan.rounds {
        let half = bench.ours(plan.time, Some(own.median() / 2.0))?;
        late.push(f64::from(quantile(&half.micros, 0.99)) / 1000.0);
    }
    plan.say(&format!(
        "activities on {}: {} ms at half load",
        world.name(),
        short(late.median())
    ));
    let way = bench.way.name();
    Ok(vec![
        Finding {
            what: format!(
                "Activities over HTTP, to one transaction for a row and its totals, on {}",
                world.name()
            ),
            unit: "×",
            rounds: equals,
            goal: Goal::AtLeast(3.0),
            detail: format!(
                "{} against {} a second ({way}); {} entries a commit, {:.0} µs of the node's \
                 processor time each",
                short(own.median()),
                short(equal.median()),
                short(batch.median()),
                cost.median(),
            ),
        },
        Finding {
            what: format!(
                "The same, to one transaction for a row alone, on {}",
                world.name()
            ),
            unit: "×",
            rounds: ratios,
            goal: Goal::None,
            detail: format!("against {} a second ({way})", short(its.median())),
        },
        Finding {
            what: format!(
                "99 of 100 activities at half that load, on {}",
                world.name()
            ),
            unit: "ms",
            rounds: late,
            goal: Goal::None,
            detail: format!("{} a second", short(own.median() / 2.0)),
        },
    ])
}

fn loggers(campaign: &Campaign, node: &Node) -> Result<Vec<Logger>, String> {
    let mut members = campaign.members()?;
    members.truncate(CLIENTS * MEMBERS);
    Ok(Logger::share(
        &members,
        CLIENTS,
        &node.address.to_string(),
        "load",
    ))
}

/// What is measured, and what has been counted so far.
struct Bench {
    campaign: Campaign,
    node: Node,
    loggers: Vec<Logger>,
    logged: u64,
    inserted: u64,
    /// Processor time of the node in the last load.
    worked: Duration,
    way: Way,
}

impl Bench {
    /// Warms both up, and finds out how the peer is faster.
    fn warm_up(&mut self, plan: &Plan, world: &World) -> Result<(), String> {
        let time = Duration::from_secs(2);
        let each = self.peer(time, Deed::Row)?;
        if *world == World::Embedded {
            self.way = Way::Shared;
            let shared = self.peer(time, Deed::Row)?;
            if each.count > shared.count {
                self.way = Way::Each;
            }
        }
        let ours = self.ours(time, None)?;
        plan.say(&format!(
            "activities on {}, warm: {} a second; the peer with {}",
            world.name(),
            short(rate(ours.count, ours.took)),
            self.way.name()
        ));
        Ok(())
    }

    fn peer(&mut self, time: Duration, deed: Deed) -> Result<Answered, String> {
        let done = rows::run(&self.campaign, CLIENTS, time, (self.way, deed))?;
        self.inserted += done.count;
        let table = rows::TABLE;
        self.agrees(
            &format!("SELECT COUNT(*) AS count FROM {table}"),
            self.inserted,
        )?;
        Ok(done)
    }

    fn ours(&mut self, time: Duration, pace: Option<f64>) -> Result<Answered, String> {
        let members = self.campaign.members()?;
        let mut loggers = std::mem::take(&mut self.loggers);
        for logger in &mut loggers {
            logger.renew(&members);
        }
        let load = Load {
            address: self.node.address,
            time,
            status: 201,
            pace,
        };
        let before = self.node.worked()?;
        let (done, loggers) = load.run(loggers)?;
        self.worked = self.node.worked()?.saturating_sub(before);
        self.loggers = loggers;
        self.logged += done.count;
        self.agrees("SELECT COUNT(*) AS count FROM ledger", self.logged)?;
        let held = "SELECT COUNT(*) AS count FROM ledger WHERE verification = 'held'";
        self.agrees(held, 0)?;
        Ok(done)
    }

    /// Commits so far: everything of one commit bears one moment.
    fn batches(&self) -> Result<u64, String> {
        self.campaign
            .count("SELECT COUNT(DISTINCT created_at) AS count FROM ledger")
    }

    fn agrees(&self, query: &str, acknowledged: u64) -> Result<(), String> {
        let found = self.campaign.count(query)?;
        if found == acknowledged {
            return Ok(());
        }
        Err(format!(
            "{query} gives {found}, but {acknowledged} were acknowledged."
        ))
    }
}

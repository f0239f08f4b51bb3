//! Ten times as much as a node can do: what it still does, how fast it lets in and turns away, and
//! how soon it is itself again.

mod cores;
mod flood;
mod mix;
mod tally;

use std::collections::HashSet;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use muster::http::Class;
use muster::regions::{RegionCode, Tree};

use crate::campaign::{Campaign, STATE, World};
use crate::load::Load;
use crate::node::Node;
use crate::numbers::{Finding, Goal, Rounds, short};
use crate::plan::{CLIENTS, Plan};
use crate::work::Logger;
use cores::Cores;
use flood::{Came, Pace};
use mix::{KEY, Mix};
use tally::Tally;

/// How much more comes than can be answered.
const TIMES: f64 = 10.0;
/// The load before and after, of what can be answered.
const CALM: f64 = 0.5;
/// How long a load lasts that warms up, finds the peak, or comes before or after.
const MOMENT: Duration = Duration::from_secs(6);
const AFTER: Duration = Duration::from_secs(10);
/// The load must send on time itself, or what it finds says nothing of the node.
const LATE: f64 = 25.0;

/// Measures it in every world of the plan.
///
/// # Errors
/// One sentence.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>, String> {
    let cores = Cores::take();
    // Each world is looked at, whatever came of the one before.
    let found: Vec<_> = (plan.worlds.iter())
        .map(|world| one_world(plan, world, cores))
        .collect();
    Ok(found.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
}

fn one_world(plan: &Plan, world: &World, cores: Cores) -> Result<Vec<Finding>, String> {
    let name = match world {
        World::Embedded => "overload-embedded",
        World::Production { .. } => "overload-production",
    };
    let campaign = Campaign::open(&plan.folder, name, world, true)?;
    talk(&campaign)?;
    cores.pin_services(world, &campaign)?;
    let mut command = cores.attached(&plan.program);
    command
        .arg("serve")
        .current_dir(&campaign.folder)
        .envs(campaign.environment())
        .env("MUSTER_TRUSTED_PROXIES", "127.0.0.1");
    let node = Node::start(command, "Muster serves at http://")?;
    cores.pin_load();
    something_done(&campaign, &node)?;
    let mut bench = Bench {
        mix: Some(Mix::new(
            node.address.to_string(),
            &campaign.members()?,
            &campaign.browsers()?,
            counties()?,
        )),
        campaign,
        node,
        acknowledged: HashSet::new(),
        unsure: 0,
    };
    bench.load(Pace::Clients(CLIENTS), MOMENT)?;
    let full = bench.load(Pace::Clients(CLIENTS), MOMENT)?;
    let peak = full.throughput();
    plan.say(&format!(
        "overload on {}: {} answers a second at most, 99 of 100 within {} ms",
        world.name(),
        short(peak),
        short(full.p99(Came::Answer))
    ));
    let before = bench.load(Pace::Rate(peak * CALM), MOMENT)?;
    plan.say(&format!(
        "overload on {}: half of that: 99 of 100 within {} ms, {} refused",
        world.name(),
        short(before.p99(Came::Answer)),
        before.count(Came::Refusal),
    ));
    let worked = bench.node.worked()?;
    let during = bench.load(Pace::Rate(peak * TIMES), plan.overload)?;
    let worked = bench.node.worked()?.saturating_sub(worked);
    let after = bench.load(Pace::Rate(peak * CALM), AFTER)?;
    eprint!("{}", during.seconds());
    eprint!("{}", after.seconds());
    bench.agrees()?;
    println!(
        "\nOverload on {}, {} s of {} requests a second:\n\n{}",
        world.name(),
        plan.overload.as_secs(),
        short(peak * TIMES),
        during.by_class()
    );
    let late = during.lateness();
    if late > LATE {
        return Err(format!(
            "The load was late itself: 99 of 100 requests were sent up to {} ms after they were due.",
            short(late)
        ));
    }
    // A busy second between two quiet ones is no other state of the node.
    let usual = (2.0 * before.p99(Came::Answer)).max(50.0);
    let place = world.name();
    let finding = |what: &str, unit, value, goal, detail| {
        let mut rounds = Rounds::default();
        rounds.push(value);
        Finding {
            what: format!("{what}, on {place}"),
            unit,
            rounds,
            goal,
            detail,
        }
    };
    Ok(vec![
        finding(
            "Answers a second while ten times as much comes, to the most",
            "×",
            during.throughput() / peak,
            Goal::AtLeast(0.8),
            format!(
                "{} against {} a second; {} s; {}; {:.1} s of the node's processor time",
                short(during.throughput()),
                short(peak),
                plan.overload.as_secs(),
                cores.name(),
                worked.as_secs_f64(),
            ),
        ),
        finding(
            "99 of 100 of those let in",
            "ms",
            during.p99(Came::Answer),
            Goal::AtMost(500.0),
            format!(
                "from when they were due; {} unanswered; the load itself was late by {} ms",
                during.count(Came::Nothing),
                short(late)
            ),
        ),
        finding(
            "99 of 100 of those refused",
            "ms",
            during.p99(Came::Refusal),
            Goal::AtMost(50.0),
            format!(
                "{} of them",
                short(crate::numbers::real(during.count(Came::Refusal)))
            ),
        ),
        finding(
            "Normal again after it",
            "s",
            after.calm_from(usual),
            Goal::AtMost(5.0),
            format!(
                "half of the most: nobody refused and 99 of 100 within {} ms; {} ms before",
                short(usual),
                short(before.p99(Came::Answer))
            ),
        ),
        finding(
            "Activities let in, to sign-ins let in",
            "×",
            during.let_in(Class::Log) / during.let_in(Class::SignIn).max(0.001),
            Goal::AtLeast(1.0),
            "of what was asked of each".into(),
        ),
    ])
}

/// Something to read: posts to the state.
fn talk(campaign: &Campaign) -> Result<(), String> {
    let posts = format!(
        "INSERT INTO posts (id, region, author, body, created_at) \
         SELECT id, '{STATE}', id, 'We met at the library and shared out the streets.', joined_at \
         FROM volunteers ORDER BY id LIMIT 60"
    );
    campaign
        .db
        .write_blocking(|conn| Ok(conn.batch_execute(&posts)?))
        .map_err(|why| why.to_string())
}

/// What those have done who will read of it.
fn something_done(campaign: &Campaign, node: &Node) -> Result<(), String> {
    let mut members = campaign.members()?;
    let mut number = 0..members.len();
    members.retain(|_| number.next().is_some_and(mix::reads));
    let load = Load {
        address: node.address,
        time: Duration::from_secs(2),
        status: 201,
        pace: None,
    };
    load.run(Logger::share(
        &members,
        CLIENTS,
        &node.address.to_string(),
        "before",
    ))?;
    Ok(())
}

fn counties() -> Result<Vec<String>, String> {
    let tree = Tree::embedded().map_err(|why| why.to_string())?;
    let state = RegionCode::parse(STATE).map_err(|why| why.to_string())?;
    let counties = tree.children(&state);
    Ok(counties.map(|county| county.code.to_string()).collect())
}

struct Bench {
    campaign: Campaign,
    node: Node,
    mix: Option<Mix>,
    /// Numbers of activities that the node said are saved.
    acknowledged: HashSet<u32>,
    /// Requests of which nobody knows what became of them.
    unsure: u64,
}

impl Bench {
    fn load(&mut self, pace: Pace, time: Duration) -> Result<Tally, String> {
        let mut mix = self.mix.take().ok_or("The load generator is gone.")?;
        mix.renew(&self.campaign.members()?, &self.campaign.browsers()?);
        let (over, mix) = flood::run(self.node.address, pace, time, mix)?;
        self.mix = Some(mix);
        let tally = Tally::new(over, time);
        self.acknowledged.extend(tally.acknowledged());
        self.unsure += tally.count(Came::Nothing) + tally.count(Came::Refusal);
        Ok(tally)
    }

    /// Whether the ledger holds each activity that was acknowledged, once, and no others but those
    /// that nobody knows of.
    fn agrees(&self) -> Result<(), String> {
        let keys = self.campaign.texts(&format!(
            "SELECT CAST(key AS TEXT) AS text FROM ledger WHERE key LIKE '%{KEY}%'"
        ))?;
        let mut saved = HashSet::with_capacity(keys.len());
        for key in &keys {
            let number = key
                .rsplit_once(KEY)
                .and_then(|(_, number)| number.parse().ok());
            let number: u32 = number.ok_or_else(|| format!("The ledger has a key {key}."))?;
            if !saved.insert(number) {
                return Err(format!("Activity {number} is in the ledger twice."));
            }
        }
        let lost = self.acknowledged.difference(&saved).count();
        if lost > 0 {
            return Err(format!(
                "{lost} acknowledged activities are not in the ledger."
            ));
        }
        let more = saved.difference(&self.acknowledged).count() as u64;
        if more > self.unsure {
            return Err(format!(
                "The ledger has {more} activities that nobody was told of."
            ));
        }
        Ok(())
    }
}

//! What a node holds in memory that serves an empty campaign and has nothing to do.

use std::time::Duration;

use crate::campaign::{Campaign, World};
use crate::node::Node;
use crate::numbers::{Finding, Goal, Rounds, real};
use crate::plan::Plan;

/// How long it is left alone first.
const REST: Duration = Duration::from_secs(3);

/// Measures it, with a fresh process a round.
///
/// # Errors
/// One sentence.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>, String> {
    let campaign = Campaign::open(&plan.folder, "idle", &World::Embedded, false)?;
    let mut held = Rounds::default();
    for round in 1..=plan.rounds {
        let node = Node::serve(&plan.program, &campaign)?;
        std::thread::sleep(REST);
        held.push(real(node.memory()?) / 1024.0);
        plan.say(&format!("idle, round {round}: {:.0} MiB", held.median()));
    }
    Ok(vec![Finding {
        what: "Memory of an idle node".into(),
        unit: "MiB",
        rounds: held,
        goal: Goal::AtMost(150.0),
        detail: "the whole tree of the United States loaded, SQLite, no campaign yet".into(),
    }])
}

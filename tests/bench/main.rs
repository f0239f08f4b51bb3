//! The speed harness behind `tests/run bench`; `docs/BENCHMARKS.md` says what it measures and how.
//!
//! Everything is a ratio to a peer, or a number of bytes: rates alone say more about a machine than
//! about a program. A round runs the peer, Muster and the peer again, so that what else happens on
//! the machine meets both; a number is told as the median of the rounds with its least and most. No
//! rate is believed before every answer was the right one and the database holds exactly what was
//! acknowledged.

mod activities;
mod board;
mod bytes;
mod campaign;
mod cluster;
mod fill;
mod fold;
mod followers;
mod idle;
mod load;
mod markers;
mod node;
mod numbers;
mod overload;
mod plan;
mod redis;
mod rows;
mod size;
mod socket;
mod sockets;
mod wire;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};

use campaign::World;
use numbers::{Finding, HEAD};
use plan::Plan;

/// Measures Muster against peers.
#[derive(Parser)]
#[command(name = "tests/run bench")]
struct Arguments {
    /// What to measure; everything where nothing is named
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Rounds of everything
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Seconds of one load; a round has three
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Entries of the large ledger of the part `size`; a person has fifty
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(20_000..=100_000_000))]
    entries: u64,
    /// Seconds that ten times as much comes as can be answered
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=300))]
    overload_seconds: u64,
    /// The release binary of Muster
    #[arg(long, hide = true, required_unless_present = "bare")]
    program: Option<PathBuf>,
    /// An empty folder for databases
    #[arg(long, hide = true, required_unless_present = "bare")]
    folder: Option<PathBuf>,
    /// The superuser's database of PostgreSQL
    #[arg(long, hide = true, requires = "redis")]
    postgres: Option<String>,
    /// Redis
    #[arg(long, hide = true)]
    redis: Option<String>,
    /// Serves this many bytes, as a peer, and does nothing else
    #[arg(long, hide = true, value_name = "BYTES")]
    bare: Option<usize>,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Activities logged over HTTP, against one transaction a row
    Activities,
    /// A board of a hundred rows over HTTP, against a bare handler
    Board,
    /// Five thousand idle sockets
    Sockets,
    /// The memory of a node with nothing to do
    Idle,
    /// What things cost at a large ledger, against a small one
    Size,
    /// Three nodes: how soon another one's sockets show an entry, and what Redis costs
    Cluster,
    /// Ten times as much as can be answered
    Overload,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.bare {
        Some(bytes) => bytes::serve(bytes).map(|()| true),
        None => run(arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("A goal was missed.");
            ExitCode::FAILURE
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every goal was met.
fn run(arguments: Arguments) -> Result<bool, String> {
    let mut worlds = vec![World::Embedded];
    if let Some((database, redis)) = arguments.postgres.zip(arguments.redis) {
        worlds.push(World::Production { database, redis });
    }
    let plan = Plan {
        program: arguments.program.unwrap_or_default(),
        itself: std::env::current_exe().map_err(|why| why.to_string())?,
        folder: arguments.folder.unwrap_or_default(),
        worlds,
        rounds: arguments.rounds,
        time: Duration::from_secs(arguments.seconds),
        overload: Duration::from_secs(arguments.overload_seconds),
        began: Instant::now(),
    };
    // Overload comes last: it brings the services to one core and leaves them there.
    let all = [
        Part::Activities,
        Part::Board,
        Part::Sockets,
        Part::Idle,
        Part::Size,
        Part::Cluster,
        Part::Overload,
    ];
    let mut findings: Vec<Finding> = Vec::new();
    for part in all {
        if !arguments.parts.is_empty() && !arguments.parts.contains(&part) {
            continue;
        }
        findings.append(&mut match part {
            Part::Activities => activities::measure(&plan)?,
            Part::Board => board::measure(&plan)?,
            Part::Sockets => sockets::measure(&plan)?,
            Part::Idle => idle::measure(&plan)?,
            Part::Size => size::measure(&plan, arguments.entries)?,
            Part::Cluster => {
                let mut found = cluster::measure(&plan)?;
                found.append(&mut redis::measure(&plan)?);
                found
            }
            Part::Overload => overload::measure(&plan)?,
        });
    }
    println!("\n{HEAD}");
    for finding in &findings {
        println!("{finding}");
    }
    Ok(findings.iter().all(Finding::is_met))
}

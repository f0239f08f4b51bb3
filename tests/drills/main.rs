//! The drills behind `tests/run faults` and `tests/run gameday`: what the durability promises say,
//! done to real nodes and services, and judged by what people were told. A whole
//! run writes its report to `docs/DRILLS.md`.
//!
//! A drill that cannot run on a machine says so and does not count as passed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a drill that is surprised has failed, and says where"
)]

mod backup;
mod clock;
mod database;
mod deploy;
mod disk;
mod gameday;
mod killed;
mod lies;
mod links;
mod overload;
mod program;
mod redis;
mod report;
mod sockets;
mod yard;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use report::Row;
use yard::Yard;

/// Bad days on purpose.
#[derive(Parser)]
#[command(name = "tests/run")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// What cargo says to every benchmark
    #[arg(long, hide = true, global = true)]
    bench: bool,
    /// The release build of the speed harness, which puts on the overload
    #[arg(long, hide = true, global = true)]
    speed: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Every drill of the durability promises, one after the other
    Faults(Faults),
    /// Drills mixed at random against three nodes
    Gameday(gameday::Wish),
}

#[derive(Args)]
struct Faults {
    /// Only drills whose name contains one of these
    names: Vec<String>,
    /// A tenth of everything, to try the drills themselves; writes no report
    #[arg(long)]
    short: bool,
    /// Where the report is written
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // More threads than cores: services are started and awaited on one of them.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build();
    let runtime = runtime.expect("threads");
    let good = runtime.block_on(async move {
        match arguments.command {
            Command::Faults(wish) => faults(wish, arguments.speed).await,
            Command::Gameday(wish) => gameday::run(wish).await,
        }
    });
    // Whoever still waits for something is not waited for.
    runtime.shutdown_background();
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs the drills; whether every one that can run here passed.
async fn faults(wish: Faults, speed: Option<PathBuf>) -> bool {
    let yard = Yard::new(wish.short, speed);
    let mut rows: Vec<Row> = Vec::new();
    for drill in yard::every() {
        let named = wish
            .names
            .iter()
            .any(|name| drill.name.contains(name.as_str()));
        if !named && !wish.names.is_empty() {
            continue;
        }
        let row = yard.run(&drill).await;
        println!("{row}");
        rows.push(row);
    }
    let whole = wish.names.is_empty() && !wish.short;
    if let Some(path) = wish.report.filter(|_| whole) {
        std::fs::write(&path, report::document(&rows)).expect("the report is written");
        println!("The report is in {}.", path.display());
    }
    let failed = rows.iter().filter(|row| row.failed()).count();
    let left_out = rows.iter().filter(|row| row.left_out()).count();
    println!(
        "{} drills: {} passed, {failed} failed, {left_out} could not run on this machine",
        rows.len(),
        rows.len() - failed - left_out
    );
    failed == 0 && !rows.is_empty()
}

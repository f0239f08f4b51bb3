//! The command line. A file a command; exit codes are 0 done, 1 failed, 2 wrong usage.
//!
//! Answers go to standard output, progress and complaints to standard error. A complaint is one
//! sentence that says what to do.

mod backup;
mod boards;
mod check_config;
mod client;
mod demo;
mod erasures;
mod log;
mod migrate;
mod openapi;
mod pace;
mod part;
mod progress;
mod restore;
mod sentence;
mod serve;
mod settle;
mod staff;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::db::{Db, Place};
use crate::settings::Settings;

pub(crate) use sentence::sentence;

/// An open, self-hosted field office for volunteer campaigns.
#[derive(Parser)]
#[command(name = "muster", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a node: pages, API and the live socket
    Serve(ConfigFile),
    /// Runs a full example campaign with made-up people, on this machine alone
    Demo(demo::Arguments),
    /// Names the people of HQ
    Staff(staff::Arguments),
    /// Brings the database up to this version's schema, or takes migrations back
    Migrate(migrate::Arguments),
    /// Says whether the settings can be used, without starting anything
    CheckConfig(ConfigFile),
    /// Prints the OpenAPI document of the JSON API
    Openapi,
    /// Checks every total of the boards against the ledger, or mends them
    Boards(boards::Arguments),
    /// Copies everything into a new file, also beside serving nodes
    Backup(backup::Arguments),
    /// Makes a backup the campaign's database, where there is none yet
    Restore(restore::Arguments),
    /// Applies lists of people who left to a campaign that was restored without them
    Erasures(erasures::Arguments),
    /// Computes a board again from its inputs, for an audit
    Pace(pace::Arguments),
}

/// Where the settings of a command come from.
#[derive(Args)]
struct ConfigFile {
    /// A settings file; config/default.toml lists every setting
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ConfigFile {
    /// Default, then the file, then the environment.
    fn settings(&self) -> Result<Settings, Failure> {
        Settings::load(self.config.as_deref(), Settings::environment())
            .map_err(|why| Failure(why.to_string()))
    }
}

/// Why a command failed: one sentence.
#[derive(Debug)]
struct Failure(String);

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self(sentence)
    }
}

impl From<crate::error::Error> for Failure {
    fn from(error: crate::error::Error) -> Self {
        Self(sentence(&error))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(format!("The machine refused: {error}."))
    }
}

/// Reads the command line, runs the command and says how it ended.
pub fn main() -> ExitCode {
    let command = Arguments::parse().command;
    log::start(matches!(command, Command::Serve(_)));
    let result = match command {
        Command::Serve(from) => serve::run(&from),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Staff(arguments) => staff::run(arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::CheckConfig(from) => check_config::run(&from),
        Command::Openapi => openapi::run(),
        Command::Boards(arguments) => boards::run(arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Erasures(arguments) => erasures::run(&arguments),
        Command::Pace(arguments) => pace::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The database of `settings`, as this version knows it, for a command that works beside the nodes.
fn database(settings: &Settings) -> Result<Db, Failure> {
    let db = Db::open(&Place {
        url: settings.database_url.0.clone(),
        connections: 2,
        create: false,
    })?;
    match crate::db::pending(&db)? {
        0 => Ok(db),
        _ => Err(Failure(
            "The database is older than this program: run `muster migrate` first.".to_owned(),
        )),
    }
}

/// Prints a line of the answer; whoever reads may have gone away, which is no fault of the command.
fn answer(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

//! `muster backup`: everything the database holds, as it is at one moment, beside serving nodes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::client::Client;
use super::part::Part;
use super::progress::Progress;
use super::{ConfigFile, Failure, answer};
use crate::db::{self, Db, Place};

/// How often somebody at a terminal hears how far it is.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Args)]
pub(super) struct Arguments {
    /// The new file; one that is there already is never overwritten
    file: PathBuf,
    #[command(flatten)]
    from: ConfigFile,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let url = arguments.from.settings()?.database_url.0;
    let db = Db::open(&Place {
        url: url.clone(),
        connections: 1,
        create: false,
    })?;
    if db.read_blocking(db::is_empty)? {
        return Err(Failure(
            "The database holds nothing that could be backed up: check database_url.".to_owned(),
        ));
    }
    drop(db);
    let part = Part::of(&arguments.file)?;
    if let Some(file) = url.strip_prefix("sqlite:") {
        watched(&part, || Ok(db::copy(Path::new(file), part.path())?))?;
    } else {
        let options = ["--format=custom", "--no-owner", "--no-privileges"];
        let dump = Client::new("pg_dump", &options, &url)?;
        let into = part.file()?;
        watched(&part, || dump.run(None, Some(into)))?;
        answer(&format!("{} > {}", dump.line(), arguments.file.display()));
    }
    let kib = part.length().div_ceil(1024);
    part.keep()?;
    answer(&format!(
        "{} holds everything now: {kib} KiB.",
        arguments.file.display()
    ));
    Ok(())
}

/// Shows how `part` grows while `work` writes it.
pub(super) fn watched(
    part: &Part,
    work: impl FnOnce() -> Result<(), Failure> + Send,
) -> Result<(), Failure> {
    let progress = Progress::counting("KiB written");
    let done = std::thread::scope(|scope| {
        let working = scope.spawn(work);
        while !working.is_finished() {
            progress.at(part.length() / 1024);
            std::thread::sleep(LOOK);
        }
        let broken = |_| Err(Failure("The copying broke off: try again.".to_owned()));
        working.join().unwrap_or_else(broken)
    });
    progress.end();
    done
}

//! `muster boards verify` and `rebuild`: every total against the ledger, beside serving nodes.

use clap::{Args, Subcommand};

use super::progress::Progress;
use super::{ConfigFile, Failure, answer, database};
use crate::ledger::{self, ScoringConfig};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Prints every total that differs from its ledger lines; exits 1 if there are any
    Verify(ConfigFile),
    /// Sets every total that differs to what the ledger gives
    Rebuild(ConfigFile),
}

#[tokio::main]
pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let (rebuild, from) = match arguments.what {
        What::Verify(from) => (false, from),
        What::Rebuild(from) => (true, from),
    };
    let db = database(&from.settings()?)?;
    let scoring = ScoringConfig::shipped().map_err(|why| why.to_string())?;
    let progress = Progress::counting("lines read");
    let bar = progress.clone();
    let count = move |lines| bar.at(lines);
    let found = if rebuild {
        ledger::rebuild(&db, &scoring, count).await
    } else {
        ledger::verify(&db, &scoring, count).await
    };
    progress.end();
    let found = found?;
    for difference in &found {
        answer(&difference.to_string());
    }
    match (rebuild, found.len()) {
        (_, 0) => answer("Every total is what the ledger gives."),
        (true, 1) => answer("1 total was mended."),
        (true, count) => answer(&format!("{count} totals were mended.")),
        (false, count) => {
            let totals = if count == 1 {
                "1 total differs".to_owned()
            } else {
                format!("{count} totals differ")
            };
            return Err(Failure(format!(
                "{totals} from the ledger: run `muster boards rebuild`."
            )));
        }
    }
    Ok(())
}

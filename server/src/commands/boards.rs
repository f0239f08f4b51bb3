//! `muster boards verify` and `rebuild`: every total against the ledger.

use clap::{Args, Subcommand};

use super::{ConfigFile, Failure};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Prints every total that differs from its ledger lines; exits 1 if there are any
    Verify(ConfigFile),
    /// Computes every total from the ledger again
    Rebuild(ConfigFile),
}

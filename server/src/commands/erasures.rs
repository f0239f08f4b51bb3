//! `muster erasures apply`: a list of who left, for a campaign that was restored without it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::settle::Lists;
use super::{ConfigFile, Failure, database};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Erases again who is listed, also beside serving nodes; who is gone already stays gone
    Apply {
        /// Lists that nodes kept, their setting `erasures_file`
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        from: ConfigFile,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let What::Apply { files, from } = &arguments.what;
    let settings = from.settings()?;
    let lists = Lists::read(files, &settings)?;
    lists.apply(&database(&settings)?)
}

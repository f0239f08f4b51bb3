//! `muster pace INPUT.json`: a board computed again by anybody, with the live board's own code.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, answer};
use crate::ledger::ScoringConfig;
use crate::races::{audit, audit_input};

#[derive(Args)]
pub(super) struct Arguments {
    /// {"phi","tau2","g","seed","regions":[{"code","points","par","share","members"}]}
    #[arg(value_name = "INPUT.json")]
    input: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = arguments.input.display();
    let text = std::fs::read_to_string(&arguments.input)
        .map_err(|why| format!("{file} cannot be read: {why}."))?;
    let input: audit_input::Input = serde_json::from_str(&text)
        .map_err(|why| format!("{file} is not an audit's input: {why}."))?;
    let scoring = ScoringConfig::shipped().map_err(|why| why.to_string())?;
    let rows = audit::audit(&scoring.race, &input).map_err(|why| why.to_string())?;
    let json = serde_json::to_string_pretty(&rows)
        .map_err(|why| format!("The board cannot be written: {why}."))?;
    answer(&json);
    Ok(())
}

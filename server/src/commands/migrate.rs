//! `muster migrate`: the schema forwards, or back.

use clap::Args;

use super::{ConfigFile, Failure, answer};
use crate::db::{Db, Place, migrate, revert};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    from: ConfigFile,
    /// Takes back the newest N migrations, and what their tables hold
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    down: Option<u16>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = arguments.from.settings()?;
    let db = Db::open(&Place {
        url: settings.database_url.0,
        connections: 1,
        create: arguments.down.is_none(),
    })?;
    let told = match arguments.down {
        None => match migrate(&db)? {
            0 => "The database is up to date.".to_owned(),
            1 => "1 migration was applied.".to_owned(),
            count => format!("{count} migrations were applied."),
        },
        Some(count) => match revert(&db, usize::from(count))? {
            1 => "1 migration was taken back.".to_owned(),
            count => format!("{count} migrations were taken back."),
        },
    };
    answer(&told);
    Ok(())
}

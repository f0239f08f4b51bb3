//! `muster restore`: a backup as the database of a campaign, where there is none yet.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::backup::watched;
use super::client::Client;
use super::part::Part;
use super::progress::Progress;
use super::settle::{Lists, Settled, settle};
use super::{ConfigFile, Failure, answer};
use crate::db::{self, Db, Kind, Place};

#[derive(Args)]
pub(super) struct Arguments {
    /// A file that `muster backup` made
    file: PathBuf,
    /// A list of who left that a node kept, instead of the one of the setting `erasures_file`; may be named
    /// several times
    #[arg(long, value_name = "FILE")]
    erasures: Vec<PathBuf>,
    #[command(flatten)]
    from: ConfigFile,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = arguments.from.settings()?;
    let url = &settings.database_url.0;
    let backup = &arguments.file;
    let kind = kind_of(backup)?;
    let lists = Lists::read(&arguments.erasures, &settings)?;
    let settled = match (kind, url.strip_prefix("sqlite:")) {
        (Kind::Sqlite, Some(file)) => restore_file(backup, Path::new(file), &lists)?,
        (Kind::Postgres, None) => restore_server(backup, url, &lists)?,
        (Kind::Sqlite, None) => return Err(other(backup, "SQLite")),
        (Kind::Postgres, Some(_)) => return Err(other(backup, "PostgreSQL")),
    };
    answer(&format!(
        "{} is the campaign's database now: {}.",
        backup.display(),
        shown(url)
    ));
    settled.tell(&lists);
    Ok(())
}

/// Where a database is, as anybody may see it.
fn shown(url: &str) -> String {
    match url.strip_prefix("sqlite:") {
        Some(file) => file.to_owned(),
        None => db::without_password(url).map_or_else(String::new, |(shown, _)| {
            shown.split('?').next().unwrap_or_default().to_owned()
        }),
    }
}

/// Which database a backup is of, by how it begins.
fn kind_of(backup: &Path) -> Result<Kind, Failure> {
    let mut start = Vec::with_capacity(16);
    File::open(backup)
        .and_then(|file| file.take(16).read_to_end(&mut start))
        .map_err(|why| Failure(format!("{} cannot be read: {why}.", backup.display())))?;
    if start.starts_with(b"SQLite format 3\0") {
        Ok(Kind::Sqlite)
    } else if start.starts_with(b"PGDMP") {
        Ok(Kind::Postgres)
    } else {
        Err(Failure(format!(
            "{} is no backup: name a file that `muster backup` made.",
            backup.display()
        )))
    }
}

fn other(backup: &Path, kind: &str) -> Failure {
    Failure(format!(
        "{} is a backup of {kind}: let database_url name a database of that kind.",
        backup.display()
    ))
}

/// The place of a SQLite database must hold nothing, not even what a killed node left beside it. It gets
/// the database once nothing is in it any more that must not come back.
fn restore_file(backup: &Path, file: &Path, lists: &Lists) -> Result<Settled, Failure> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut beside = file.as_os_str().to_owned();
        beside.push(ending);
        let beside = PathBuf::from(beside);
        match fs::metadata(&beside) {
            Ok(found) if found.len() > 0 => {
                return Err(Failure(format!(
                    "{} holds data and stays as it is: move it away, or let database_url name a new file.",
                    beside.display()
                )));
            }
            Ok(_) => fs::remove_file(&beside)?,
            Err(_) => {}
        }
    }
    let part = Part::of(file)?;
    let workshop = part.workshop()?;
    let work = workshop.path().join("muster.db");
    db::copy(backup, &work)?;
    let settled = {
        let db = open(&format!("sqlite:{}", work.display()))?;
        known(&db, backup)?;
        settle(&db, lists)?
    };
    watched(&part, || Ok(db::copy(&work, part.path())?))?;
    part.keep()?;
    Ok(settled)
}

/// All of it or nothing, in one transaction; and in a second one what must not come back.
fn restore_server(backup: &Path, url: &str, lists: &Lists) -> Result<Settled, Failure> {
    if !open(url)?.read_blocking(db::is_empty)? {
        return Err(Failure(
            "The database holds data and stays as it is: let database_url name an empty one."
                .to_owned(),
        ));
    }
    let options = [
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
    ];
    let restore = Client::new("pg_restore", &options, url)?;
    let progress = Progress::counting("backup is being put in place");
    let done = restore.run(Some(File::open(backup)?), None);
    progress.end();
    done?;
    answer(&format!("{} < {}", restore.line(), backup.display()));
    let db = open(url)?;
    known(&db, backup)
        .and_then(|()| settle(&db, lists))
        .map_err(|Failure(why)| {
            Failure(format!(
                "{why} What was restored must not be served: empty the database and restore again."
            ))
        })
}

/// A newer version's database cannot be looked through for what must not come back.
fn known(db: &Db, backup: &Path) -> Result<(), Failure> {
    match db::unknown(db)? {
        0 => Ok(()),
        _ => Err(Failure(format!(
            "{} is of a newer Muster: restore it with that version.",
            backup.display()
        ))),
    }
}

fn open(url: &str) -> Result<Db, Failure> {
    Ok(Db::open(&Place {
        url: url.to_owned(),
        connections: 1,
        create: false,
    })?)
}

//! `muster restore`: a backup as the database of a campaign, where there is none yet.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::backup::watched;
use super::client::Client;
use super::part::Part;
use super::progress::Progress;
use super::{ConfigFile, Failure, answer};
use crate::db::{self, Db, Kind, Place};

#[derive(Args)]
pub(super) struct Arguments {
    /// A file that `muster backup` made
    file: PathBuf,
    #[command(flatten)]
    from: ConfigFile,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let url = arguments.from.settings()?.database_url.0;
    let backup = &arguments.file;
    match (kind_of(backup)?, url.strip_prefix("sqlite:")) {
        (Kind::Sqlite, Some(file)) => restore_file(backup, Path::new(file))?,
        (Kind::Postgres, None) => restore_server(backup, &url)?,
        (Kind::Sqlite, None) => return Err(other(backup, "SQLite")),
        (Kind::Postgres, Some(_)) => return Err(other(backup, "PostgreSQL")),
    }
    let db = open(&url)?;
    if db::unknown(&db)? > 0 {
        return Err(Failure(format!(
            "{} is restored, but a newer Muster made it: serve it with that version.",
            backup.display()
        )));
    }
    answer(&match db::pending(&db)? {
        0 => format!("{} is the campaign's database now.", backup.display()),
        _ => format!(
            "{} is the campaign's database now, of an older version: run `muster migrate`.",
            backup.display()
        ),
    });
    Ok(())
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

/// The place of a SQLite database must hold nothing, not even what a killed node left beside it.
fn restore_file(backup: &Path, file: &Path) -> Result<(), Failure> {
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
    watched(&part, || Ok(db::copy(backup, part.path())?))?;
    part.keep()
}

/// All of it or nothing: in one transaction.
fn restore_server(backup: &Path, url: &str) -> Result<(), Failure> {
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
    Ok(())
}

fn open(url: &str) -> Result<Db, Failure> {
    Ok(Db::open(&Place {
        url: url.to_owned(),
        connections: 1,
        create: false,
    })?)
}

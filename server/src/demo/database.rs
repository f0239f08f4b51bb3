//! The demo's own database: made anew each time, and nobody else's ever touched.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::store;
use crate::db::{Db, Place, is_empty, migrate, revert_all};
use crate::error::Error;

/// The key of the campaign that marks a database as a demo's.
const MARK: &str = "demo";
/// The file of a demo without a database of its own choice.
pub const FILE: &str = "muster-demo.db";

/// Holds the database for this process alone.
pub struct Held {
    _lock: Option<File>,
}

/// Empties a demo's database, or makes a new one, and marks it.
///
/// # Errors
/// One sentence when it is somebody else's, is in use or cannot be reached.
pub fn prepare(url: &str) -> Result<Held, Error> {
    let lock = if let Some(file) = url.strip_prefix("sqlite:") {
        Some(prepare_file(Path::new(file), url)?)
    } else {
        prepare_server(url)?;
        None
    };
    let db = open(url, true)?;
    migrate(&db)?;
    db.write_blocking(|conn| Ok(store::insert_campaign(conn, MARK, "1")?))?;
    Ok(Held { _lock: lock })
}

/// The folder beside which the demo keeps its mail.
pub fn folder(url: &str) -> PathBuf {
    url.strip_prefix("sqlite:")
        .and_then(|file| Path::new(file).parent())
        .map_or_else(PathBuf::new, Path::to_owned)
}

fn prepare_file(file: &Path, url: &str) -> Result<File, Error> {
    let lock = lock(file)?;
    if file.exists() {
        if !open(url, false).and_then(|db| marked(&db)).unwrap_or(false) {
            return Err(foreign(&file.display().to_string()));
        }
        for ending in ["", "-wal", "-shm"] {
            let mut name = file.as_os_str().to_owned();
            name.push(ending);
            match std::fs::remove_file(&name) {
                Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::Internal(format!(
                        "The old demo cannot be removed: {why}."
                    )));
                }
                _ => {}
            }
        }
    }
    Ok(lock)
}

/// One demo a file: a second one would pull the database away from under the first.
fn lock(file: &Path) -> Result<File, Error> {
    let mut name = file.as_os_str().to_owned();
    name.push(".lock");
    let lock = File::create(&name).map_err(|why| {
        Error::Internal(format!("{} cannot be made here: {why}.", file.display()))
    })?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::Internal(format!(
            "A demo is running on {} already; stop it, or start this one in another folder.",
            file.display()
        ))),
        Err(TryLockError::Error(why)) => Err(Error::Internal(format!(
            "{} cannot be locked: {why}.",
            file.display()
        ))),
    }
}

fn prepare_server(url: &str) -> Result<(), Error> {
    let db = open(url, false)?;
    if db.read_blocking(is_empty)? {
        return Ok(());
    }
    if !marked(&db)? {
        return Err(foreign("This database"));
    }
    revert_all(&db)
}

fn open(url: &str, create: bool) -> Result<Db, Error> {
    Db::open(&Place {
        url: url.to_owned(),
        connections: 1,
        create,
    })
}

/// Whether a demo made this database; one without our tables was not.
fn marked(db: &Db) -> Result<bool, Error> {
    match db.read_blocking(|conn| Ok(store::find_campaign(conn, MARK)?)) {
        Ok(mark) => Ok(mark.is_some()),
        Err(Error::Internal(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

fn foreign(what: &str) -> Error {
    Error::Internal(format!(
        "{what} was not made by a demo, so it stays as it is; name another one with --database-url."
    ))
}

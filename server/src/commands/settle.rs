//! What a restored backup must not bring back: people who left, sessions that ended, links that were
//! used.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Failure, answer};
use crate::clock::Clock;
use crate::db::{self, Conn, Db};
use crate::error::Error;
use crate::me::{self, Erased, read_list};
use crate::scope::Scope;
use crate::settings::Settings;
use crate::{accounts, audit, mailer, sessions, volunteers};

/// The lists of erasures that are at hand.
pub(super) struct Lists {
    read: Vec<(PathBuf, usize)>,
    absent: Option<PathBuf>,
    erased: Vec<Erased>,
}

impl Lists {
    /// Reads those in `files`, or where none is named the one that the settings' node keeps.
    pub(super) fn read(files: &[PathBuf], settings: &Settings) -> Result<Self, Failure> {
        let mut lists = Self {
            read: Vec::new(),
            absent: None,
            erased: Vec::new(),
        };
        if files.is_empty() {
            match settings.erasures() {
                Some(file) if file.exists() => lists.add(&file)?,
                absent => lists.absent = absent,
            }
        }
        for file in files {
            lists.add(file)?;
        }
        Ok(lists)
    }

    fn add(&mut self, file: &Path) -> Result<(), Failure> {
        let listed = read_list(file)
            .map_err(|why| Failure(format!("{} cannot be applied: {why}.", file.display())))?;
        if listed.broken > 0 {
            eprintln!(
                "{} has {} that cannot be read: apply another node's list too.",
                file.display(),
                several(listed.broken, "line", "lines")
            );
        }
        self.read.push((file.to_owned(), listed.erased.len()));
        self.erased.extend(listed.erased);
        Ok(())
    }

    /// Erases again who is listed, beside serving nodes.
    pub(super) fn apply(&self, db: &Db) -> Result<(), Failure> {
        let now = Clock::System.now();
        let again = db.write_blocking(|conn| {
            db::take_time(conn)?;
            let again = me::erase_again(conn, &self.erased)?;
            let detail = json!({ "erased": again });
            audit::append(conn, &Scope::System, "erasures_applied", &detail, now)?;
            Ok(again)
        })?;
        self.tell(again);
        Ok(())
    }

    fn tell(&self, again: usize) {
        let names: Vec<String> = self
            .read
            .iter()
            .map(|(file, listed)| format!("{} ({listed} listed)", file.display()))
            .collect();
        if names.is_empty() {
            let looked = self.absent.as_ref().map_or(String::new(), |file| {
                format!(" ({} does not exist)", file.display())
            });
            answer(&format!(
                "No list of erasures was at hand{looked}: who left after the backup was made is there again until `muster erasures apply FILE` is run with one."
            ));
        } else {
            answer(&format!(
                "{} erased again, by {}.",
                several(again, "person was", "people were"),
                names.join(" and ")
            ));
        }
    }
}

/// What became of a restored database.
pub(super) struct Settled {
    again: usize,
    sessions: usize,
    links: usize,
    captaincies: i64,
    staff: i64,
    mails: i64,
}

/// Brings a restored database up to this version and takes out of it what must not come back, before
/// any node serves it.
pub(super) fn settle(db: &Db, lists: &Lists) -> Result<Settled, Failure> {
    db::migrate(db)?;
    let now = Clock::System.now();
    let settled = db.write_blocking(|conn: &mut Conn| -> Result<Settled, Error> {
        db::take_time(conn)?;
        let again = me::erase_again(conn, &lists.erased)?;
        let (sessions, links) = (sessions::end_all(conn, now)?, accounts::forget_links(conn)?);
        let (captaincies, staff) = volunteers::count_offices(conn)?;
        let detail = json!({ "erased": again, "sessions": sessions, "links": links });
        audit::append(conn, &Scope::System, "backup_restored", &detail, now)?;
        Ok(Settled {
            again,
            sessions,
            links,
            captaincies,
            staff,
            mails: mailer::waiting(conn)?,
        })
    })?;
    Ok(settled)
}

impl Settled {
    /// Says what was done, and what is left to a person.
    pub(super) fn tell(&self, lists: &Lists) {
        lists.tell(self.again);
        answer(&format!(
            "{} and {} ended: everybody signs in again.",
            several(self.sessions, "session", "sessions"),
            several(self.links, "link", "links")
        ));
        answer(&format!(
            "Offices are as they were: {} and {} of HQ; look at /hq/staff for who no longer holds one.",
            several(self.captaincies, "captaincy", "captaincies"),
            several(self.staff, "person", "people")
        ));
        if self.mails > 0 {
            answer(&format!(
                "{} in it and will go out, even if the lost campaign sent them.",
                several(self.mails, "mail waits", "mails wait")
            ));
        }
    }
}

fn several(count: impl TryInto<u64>, one: &str, more: &str) -> String {
    let count = count.try_into().unwrap_or_default();
    format!("{count} {}", if count == 1 { one } else { more })
}

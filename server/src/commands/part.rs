//! A file in the making: nobody sees it under its name before it is whole.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use super::Failure;

/// A new file for its owner alone. It is gone again if it is not kept, unless the program is killed.
pub(super) struct Part {
    file: NamedTempFile,
    target: PathBuf,
}

impl Part {
    /// Begins a file that shall be `target`, which must not be there yet.
    pub(super) fn of(target: &Path) -> Result<Self, Failure> {
        if target.exists() {
            return Err(taken(target));
        }
        let file = tempfile::Builder::new()
            .prefix(".muster-")
            .suffix(".part")
            .tempfile_in(folder(target))
            .map_err(|why| Failure(format!("{} cannot be made: {why}.", target.display())))?;
        Ok(Self {
            file,
            target: target.to_owned(),
        })
    }

    /// Where it grows.
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// A folder beside the target, for its owner alone, to work in; gone with what it gives.
    pub(super) fn workshop(&self) -> Result<TempDir, Failure> {
        tempfile::Builder::new()
            .prefix(".muster-")
            .suffix(".part")
            .tempdir_in(folder(&self.target))
            .map_err(|why| Failure(format!("{} cannot be made: {why}.", self.target.display())))
    }

    /// The open file.
    pub(super) fn file(&self) -> std::io::Result<File> {
        self.file.as_file().try_clone()
    }

    /// How much of it there is.
    pub(super) fn length(&self) -> u64 {
        std::fs::metadata(self.path()).map_or(0, |found| found.len())
    }

    /// Gives it its name, once it is on the disk.
    pub(super) fn keep(self) -> Result<(), Failure> {
        let failed = |why| Failure(format!("{} cannot be kept: {why}.", self.target.display()));
        self.file.as_file().sync_all().map_err(failed)?;
        match self.file.persist_noclobber(&self.target) {
            Ok(_) => {}
            Err(_) if self.target.exists() => return Err(taken(&self.target)),
            Err(why) => return Err(failed(why.error)),
        }
        File::open(folder(&self.target))
            .and_then(|folder| folder.sync_all())
            .map_err(failed)
    }
}

fn folder(file: &Path) -> &Path {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn taken(target: &Path) -> Failure {
    Failure(format!(
        "{} is there already and stays as it is: name a new file.",
        target.display()
    ))
}

//! The list of who left: numbers and times in a file beside the database, not in it, so that a
//! backup from before somebody left can be made to forget them again.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Instant;
use crate::ids::VolunteerId;

/// How every list begins.
const HEADER: &str = "Muster erasures 1";
/// Bytes that are read of a list at most: some six million people.
const LONGEST: u64 = 256 * 1024 * 1024;

/// Somebody who left. Nobody can tell from it who that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Their number.
    pub who: VolunteerId,
    /// When they left.
    pub at: Instant,
}

/// What a list says.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Who left, as often as they are listed.
    pub erased: Vec<Erased>,
    /// Lines that cannot be read, such as one that was cut short.
    pub broken: usize,
}

/// Reads the list in `file`.
///
/// # Errors
/// `InvalidData` when it is no such list or longer than any is; else what the machine says.
pub fn read_list(file: &Path) -> io::Result<Listed> {
    let mut text = String::new();
    File::open(file)?
        .take(LONGEST + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is too long"));
    }
    parse(&text).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it is no list of erasures"))
}

/// An empty file is an empty list: whoever made it was stopped before the first line.
fn parse(text: &str) -> Option<Listed> {
    let mut listed = Listed::default();
    if !text.is_empty() && !text.starts_with(HEADER) {
        return None;
    }
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && *line != HEADER)
    {
        match line.split_once(' ').and_then(erased) {
            Some(erased) => listed.erased.push(erased),
            None => listed.broken += 1,
        }
    }
    Some(listed)
}

fn erased((who, at): (&str, &str)) -> Option<Erased> {
    let who = who.parse().ok()?;
    let at = chrono::DateTime::parse_from_rfc3339(at).ok()?;
    Some(Erased {
        who,
        at: at.to_utc().into(),
    })
}

/// The list that this node keeps; cheap to clone.
#[derive(Clone)]
pub struct Erasures(Option<Arc<List>>);

struct List {
    file: PathBuf,
    known: Mutex<Known>,
    missing: AtomicU64,
}

/// What stands in the file, as far as this node saw it.
#[derive(Default)]
struct Known {
    people: HashSet<VolunteerId>,
    length: u64,
}

impl Erasures {
    /// The list in `file`; `None` keeps none, which only a campaign that is never restored can do.
    pub fn over(file: Option<PathBuf>) -> Self {
        Self(file.map(|file| {
            Arc::new(List {
                file,
                known: Mutex::default(),
                missing: AtomicU64::new(0),
            })
        }))
    }

    /// Makes the list where there is none, and sees whether it can be written to.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub fn check(&self) -> Result<(), String> {
        let Some(list) = &self.0 else { return Ok(()) };
        list.add(&[]).map_err(|why| {
            format!(
                "The list of erasures {} cannot be kept ({why}). Check erasures_file, and that the node may write there.",
                list.file.display()
            )
        })
    }

    /// Writes down who of `erased` is not listed yet; on the disk when this returns. Blocks.
    ///
    /// # Errors
    /// What the machine says; the list may then hold some of them, and a line that is cut short.
    pub fn add(&self, erased: &[Erased]) -> io::Result<()> {
        let Some(list) = &self.0 else { return Ok(()) };
        let added = list.add(erased);
        let missing = match &added {
            Ok(()) => 0,
            Err(_) => list.unknown(erased),
        };
        list.missing.store(missing as u64, Ordering::Relaxed);
        added
    }

    /// Whether the file is as this node left it.
    pub fn stands(&self) -> bool {
        let Some(list) = &self.0 else { return true };
        let length = std::fs::metadata(&list.file).map(|found| found.len());
        length.is_ok_and(|length| length == list.known().length)
    }

    /// Whether a list is kept at all.
    pub fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// People who left and could not be listed when that was tried last.
    pub fn missing(&self) -> u64 {
        self.0
            .as_ref()
            .map_or(0, |list| list.missing.load(Ordering::Relaxed))
    }
}

impl List {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unknown(&self, erased: &[Erased]) -> usize {
        let known = self.known();
        let unknown = |one: &&Erased| !known.people.contains(&one.who);
        erased.iter().filter(unknown).count()
    }

    fn add(&self, erased: &[Erased]) -> io::Result<()> {
        let mut known = self.known();
        let mut file = self.open()?;
        let length = file.metadata()?.len();
        if length != known.length || length == 0 {
            // Another node shares it, or somebody put another one there.
            *known = Known::default();
            let listed = read_list(&self.file)?;
            known.people = listed.erased.into_iter().map(|one| one.who).collect();
        }
        let mut text = String::new();
        if length == 0 {
            text = format!("{HEADER}\n");
        } else if !ends_a_line(&mut file)? {
            text.push('\n');
        }
        let new: Vec<&Erased> = erased
            .iter()
            .filter(|one| !known.people.contains(&one.who))
            .collect();
        for Erased { who, at } in &new {
            let _ = writeln!(text, "{who} {at}");
        }
        // In one piece: others may append at the same time.
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        known.people.extend(new.iter().map(|one| one.who));
        known.length = length + text.len() as u64;
        Ok(())
    }

    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).append(true);
        match options.open(&self.file) {
            Err(why) if why.kind() == ErrorKind::NotFound => {}
            opened => return opened,
        }
        options.create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let made = options.open(&self.file)?;
        let folder = self.file.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(made)
    }
}

/// Whether the last write into `file` was a whole one.
fn ends_a_line(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == [b'\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(number: i64) -> Erased {
        Erased {
            who: VolunteerId(number),
            at: Instant::from_micros(1_800_000_000_000_000 + number),
        }
    }

    #[test]
    fn everybody_is_listed_once_whoever_writes_and_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("erasures");
        let nodes = [(), ()].map(|()| Erasures::over(Some(file.clone())));
        nodes[0].check().unwrap();
        nodes[0].add(&[left(1), left(2)]).unwrap();
        nodes[1].add(&[left(2), left(3)]).unwrap();
        nodes[0].add(&[left(3), left(1)]).unwrap();
        let listed = read_list(&file).unwrap();
        assert_eq!(listed.erased, [left(1), left(2), left(3)]);
        assert_eq!(listed.broken, 0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::remove_file(&file).unwrap();
        nodes[0].add(&[left(1), left(2)]).unwrap();
        assert_eq!(
            read_list(&file).unwrap().erased.len(),
            2,
            "a lost list is made anew"
        );
    }

    #[test]
    fn a_line_that_was_cut_short_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("erasures");
        let whole = format!("{HEADER}\n{} {}\n", left(1).who, left(1).at);
        std::fs::write(&file, format!("{whole}{}", &left(2).who.to_string()[..7])).unwrap();
        Erasures::over(Some(file.clone())).add(&[left(2)]).unwrap();
        let listed = read_list(&file).unwrap();
        assert_eq!(listed.erased, [left(1), left(2)]);
        assert_eq!(listed.broken, 1);
    }

    #[test]
    fn what_is_no_list_is_neither_read_nor_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        std::fs::write(&file, "{}").unwrap();
        assert!(read_list(&file).is_err());
        let list = Erasures::over(Some(file.clone()));
        assert!(list.check().is_err());
        assert!(list.add(&[left(1)]).is_err());
        assert_eq!(list.missing(), 1);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{}");
    }
}

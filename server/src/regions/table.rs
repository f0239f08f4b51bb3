//! Rows of a CSV file with a header, and the line each stands on.

use std::borrow::Cow;
use std::io::Cursor;

use super::format::{Source, TreeError};

/// One file of a tree, read row by row.
pub(super) struct Table<'a> {
    title: String,
    header: csv::StringRecord,
    reader: csv::Reader<Cursor<Bytes<'a>>>,
    record: csv::StringRecord,
}

/// The text of a file, embedded or read.
struct Bytes<'a>(Cow<'a, str>);

impl AsRef<[u8]> for Bytes<'_> {
    fn as_ref(&self) -> &[u8] {
        // Some spreadsheets put an invisible mark first, which would become part of a column's name.
        self.0
            .strip_prefix('\u{feff}')
            .unwrap_or(&self.0)
            .as_bytes()
    }
}

impl<'a> Table<'a> {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When it is absent, no UTF-8 or no CSV.
    pub fn open(source: &'a Source<'_>, file: &str) -> Result<Self, TreeError> {
        let title = source.title(file);
        let mut reader = csv::Reader::from_reader(Cursor::new(Bytes(source.read(file)?)));
        let header = reader
            .headers()
            .map_err(|error| refused(&title, &error))?
            .clone();
        Ok(Self {
            title,
            header,
            reader,
            record: csv::StringRecord::new(),
        })
    }

    /// Where a column stands.
    ///
    /// # Errors
    /// When the header has no such column.
    pub fn column(&self, name: &str) -> Result<usize, TreeError> {
        let at = self.header.iter().position(|column| column.trim() == name);
        at.ok_or_else(|| {
            TreeError::new(&self.title, Some(1), format!("there is no column “{name}”"))
        })
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    /// When the row has another number of columns than the header.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, TreeError> {
        let more = self
            .reader
            .read_record(&mut self.record)
            .map_err(|error| refused(&self.title, &error))?;
        let line = self.record.position().map_or(0, csv::Position::line);
        Ok(more.then_some(Row {
            title: &self.title,
            record: &self.record,
            line,
        }))
    }
}

fn refused(title: &str, error: &csv::Error) -> TreeError {
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            format!("the header has {expected_len} columns, but this line {len}")
        }
        _ => "it cannot be read as CSV".to_owned(),
    };
    TreeError::new(title, error.position().map(csv::Position::line), what)
}

/// One row.
pub(super) struct Row<'t> {
    title: &'t str,
    record: &'t csv::StringRecord,
    /// Its line in the file, from 1.
    pub line: u64,
}

impl<'t> Row<'t> {
    /// The value in a column, without surrounding blanks.
    pub fn get(&self, column: usize) -> &'t str {
        // Trimming here, only what is asked for and has a blank at an end, halves the start compared
        // with the reader's own.
        let value = self.record.get(column).unwrap_or_default();
        match value.as_bytes() {
            [] => value,
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => value,
            _ => value.trim(),
        }
    }

    /// An error that names this row.
    pub fn error(&self, what: impl Into<String>) -> TreeError {
        TreeError::new(self.title, Some(self.line), what)
    }
}

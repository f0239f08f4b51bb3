//! A whole SQLite database as one new file, while others write on.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::error::Error;

#[derive(QueryableByName)]
struct Verdict {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

/// Writes the database in `from`, as it is at one moment, to `into`, which must be empty, and reads the
/// copy once to see that it is whole. Changes nothing in `from` and keeps no writer waiting.
///
/// # Errors
/// One sentence when either cannot be used.
pub fn copy(from: &Path, into: &Path) -> Result<(), Error> {
    let text = into.to_str().ok_or_else(|| {
        Error::Internal(format!(
            "The path {} cannot be used: rename what is no Unicode in it.",
            into.display()
        ))
    })?;
    let refused = |why: String| {
        Error::Internal(format!(
            "{} cannot be copied ({why}). Check that it is a whole SQLite database and that there is room for the copy.",
            from.display()
        ))
    };
    let mut source =
        SqliteConnection::establish(&read_only(from)?).map_err(|why| refused(why.to_string()))?;
    source
        .batch_execute("PRAGMA busy_timeout = 2000")
        .map_err(|why| refused(why.to_string()))?;
    diesel::sql_query("VACUUM INTO $1")
        .bind::<Text, _>(text)
        .execute(&mut source)
        .map_err(|why| refused(why.to_string()))?;
    let mut copy =
        SqliteConnection::establish(&read_only(into)?).map_err(|why| refused(why.to_string()))?;
    let verdict: Verdict = diesel::sql_query("PRAGMA quick_check(1)")
        .get_result(&mut copy)
        .map_err(|why| refused(why.to_string()))?;
    if verdict.quick_check == "ok" {
        Ok(())
    } else {
        Err(refused(verdict.quick_check))
    }
}

/// The address under which SQLite opens `file` for reading alone.
fn read_only(file: &Path) -> Result<String, Error> {
    let refused =
        |why: String| Error::Internal(format!("{} cannot be opened: {why}.", file.display()));
    let full = file
        .canonicalize()
        .map_err(|why| refused(why.to_string()))?;
    let mut url = url::Url::from_file_path(full)
        .map_err(|()| refused("its path cannot be written as an address".to_owned()))?;
    url.set_query(Some("mode=ro"));
    Ok(url.into())
}

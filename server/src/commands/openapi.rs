//! `muster openapi`: the JSON API's own description.

use super::{Failure, answer};

pub(super) fn run() -> Result<(), Failure> {
    let document = crate::http::document(&crate::routes::table());
    let text = serde_json::to_string_pretty(&document)
        .map_err(|why| format!("The document cannot be written: {why}."))?;
    answer(&text);
    Ok(())
}

//! What a captain's call queue posts. The queue itself stands on the captain's page.

use actix_web::web::{Data, Path};
use serde::Deserialize;

use super::{Outcome, Record};
use crate::app::App;
use crate::error::Error;
use crate::http::{Form, Leader, PageError, See};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// The buttons under a name.
#[derive(Deserialize)]
pub struct Posted {
    outcome: Outcome,
    note: Option<String>,
    region: Option<RegionCode>,
}

/// `POST /captain/follow-ups/{volunteer}`.
pub async fn create(
    app: Data<App>,
    who: Leader,
    person: Path<String>,
    form: Form<Posted>,
) -> Result<See, PageError> {
    let person: VolunteerId = person.parse().map_err(|_| Error::NotFound)?;
    let posted = form.0;
    let record = Record {
        outcome: posted.outcome,
        note: posted.note,
    };
    super::record(&app, who.0.scope(), person, record).await?;
    let region = posted
        .region
        .map(|region| format!("&region={region}"))
        .unwrap_or_default();
    Ok(See(format!(
        "/captain?called={}{region}",
        posted.outcome.as_str()
    )))
}

//! The paper sheet: many rows at once, good ones kept, bad ones shown again.

use actix_web::web::Data;
use actix_web::{HttpRequest, Responder};
use chrono::{NaiveDate, NaiveTime, TimeZone};
use serde::Deserialize;

use super::captain::{Asked, region_of, show};
use crate::activities::{self, Kind, SheetRow};
use crate::app::App;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, FieldErrors};
use crate::http::{Form, Leader, PageError, See};
use crate::ids::{VolunteerId, secret};
use crate::region_code::RegionCode;
use crate::scope::Scope;
use crate::volunteers::{self, Filter};
use crate::words::Lang;

/// Rows of a blank sheet.
const BLANK: usize = 4;
/// Rows at most.
const MOST: usize = 100;
/// The kinds that stand on paper.
pub(super) const KINDS: [Kind; 7] = [
    Kind::Doors,
    Kind::Calls,
    Kind::Shift,
    Kind::EventHosted,
    Kind::EventAttended,
    Kind::DataEntry,
    Kind::Translation,
];

/// A row as typed, and what became of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub person: String,
    pub kind: String,
    pub quantity: String,
    pub conversations: String,
    pub minutes: String,
    pub day: String,
    /// Stored.
    pub saved: bool,
    /// Why it was not.
    pub fault: Option<String>,
}

impl Row {
    /// Nothing was typed: the kind is always there.
    fn is_blank(&self) -> bool {
        [
            &self.person,
            &self.quantity,
            &self.conversations,
            &self.minutes,
        ]
        .iter()
        .all(|text| text.trim().is_empty())
    }
}

/// A sheet: its key makes every row's, so that sending it twice stores nothing twice.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub key: String,
    pub rows: Vec<Row>,
}

impl Sheet {
    /// A sheet to write on.
    pub fn blank() -> Self {
        Self {
            key: secret(8),
            rows: vec![Row::default(); BLANK],
        }
    }

    /// Whether a row could not be stored.
    pub fn has_faults(&self) -> bool {
        self.rows.iter().any(|row| row.fault.is_some())
    }
}

/// The form: one list a column.
#[derive(Deserialize)]
pub struct Posted {
    key: String,
    region: Option<String>,
    more: Option<usize>,
    #[serde(default)]
    person: Vec<String>,
    #[serde(default)]
    kind: Vec<String>,
    #[serde(default)]
    quantity: Vec<String>,
    #[serde(default)]
    conversations: Vec<String>,
    #[serde(default)]
    minutes: Vec<String>,
    #[serde(default)]
    day: Vec<String>,
}

impl Posted {
    fn sheet(&self) -> Sheet {
        let cell = |column: &[String], at: usize| column.get(at).cloned().unwrap_or_default();
        let rows = (0..self.person.len().min(MOST)).map(|at| Row {
            person: cell(&self.person, at),
            kind: cell(&self.kind, at),
            quantity: cell(&self.quantity, at),
            conversations: cell(&self.conversations, at),
            minutes: cell(&self.minutes, at),
            day: cell(&self.day, at),
            ..Row::default()
        });
        Sheet {
            key: self.key.chars().take(64).collect(),
            rows: rows.collect(),
        }
    }
}

/// `POST /captain/sheet`.
pub async fn create(
    app: Data<App>,
    Leader(viewer): Leader,
    l: Lang,
    Form(posted): Form<Posted>,
    request: HttpRequest,
) -> Result<impl Responder, PageError> {
    let region = region_of(&app, &viewer, posted.region.as_deref())?;
    let mut sheet = posted.sheet();
    if let Some(more) = posted.more {
        let rows = (sheet.rows.len() + more.min(MOST)).min(MOST);
        sheet.rows.resize(rows, Row::default());
        let page = show(&app, &viewer, l, region, Asked::default(), sheet).await?;
        return Ok(page.respond_to(&request));
    }
    let asked: Vec<usize> = (0..sheet.rows.len())
        .filter(|at| !sheet.rows[*at].is_blank())
        .collect();
    let rows = read(&app, viewer.scope(), &region, &sheet, &asked).await?;
    let answers = activities::log_sheet(&app, &viewer, rows).await?;
    let mut saved = 0_u32;
    for (at, answer) in asked.into_iter().zip(answers) {
        match answer {
            Ok(_) => {
                sheet.rows[at].saved = true;
                saved += 1;
            }
            Err(error @ Error::Unavailable { .. }) => return Err(error.into()),
            Err(error) => sheet.rows[at].fault = Some(sentence(&l, &error)),
        }
    }
    if sheet.has_faults() {
        let page = show(&app, &viewer, l, region, Asked::default(), sheet).await?;
        return Ok(page.with_status(422).respond_to(&request));
    }
    Ok(See(format!("/captain?region={region}&saved={saved}")).respond_to(&request))
}

/// What is wrong with a row, in one line.
fn sentence(l: &Lang, error: &Error) -> String {
    match error {
        Error::Invalid(faults) => faults
            .0
            .iter()
            .map(|(_, why)| l.sentence(why))
            .collect::<Vec<_>>()
            .join(" "),
        Error::Conflict(why) | Error::Forbidden(why) | Error::Malformed(why) => l.sentence(why),
        _ => l.say("desk-sheet-nobody").with("name", "").to_string(),
    }
}

/// The rows that something was typed into, read.
async fn read(
    app: &App,
    scope: Scope,
    region: &RegionCode,
    sheet: &Sheet,
    asked: &[usize],
) -> Result<Vec<Result<SheetRow, Error>>, Error> {
    let (now, zone) = (app.clock.now(), app.tree.zone(region));
    let (sheet, asked, region) = (sheet.clone(), asked.to_vec(), region.clone());
    app.db
        .read(move |conn| {
            let mut rows = Vec::new();
            for at in asked {
                let row = &sheet.rows[at];
                rows.push(match somebody(conn, &scope, &region, &row.person) {
                    Ok(person) => read_row(row, &sheet.key, at, person, now, zone),
                    Err(error @ Error::Invalid(_)) => Err(error),
                    Err(error) => return Err(error),
                });
            }
            Ok(rows)
        })
        .await
}

fn read_row(
    row: &Row,
    key: &str,
    at: usize,
    person: VolunteerId,
    now: Instant,
    zone: chrono_tz::Tz,
) -> Result<SheetRow, Error> {
    let number = |field: &str, text: &str| match text.trim() {
        "" => Ok(None),
        text => text
            .parse::<i64>()
            .map(Some)
            .map_err(|_| Error::field(field, "activity-number")),
    };
    let kind = row.kind.parse::<Kind>();
    Ok(SheetRow {
        key: format!("sheet-{key}-{at}"),
        kind: kind.map_err(|_| Error::field("kind", "activity-kind"))?,
        quantity: number("quantity", &row.quantity)?,
        conversations: number("conversations", &row.conversations)?,
        minutes: number("minutes", &row.minutes)?,
        occurred_at: day(&row.day, now, zone)?,
        task: None,
        note: None,
        volunteer: Some(person),
    })
}

/// Noon of a day where the region is. Of today there is only "now", so that a sheet sent again is
/// the same sheet.
fn day(text: &str, now: Instant, zone: chrono_tz::Tz) -> Result<Option<Instant>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let date: NaiveDate = text
        .parse()
        .map_err(|_| Error::field("day", "desk-sheet-day"))?;
    if date == now.local(zone).date_naive() {
        return Ok(None);
    }
    let noon = date.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default());
    let at = zone.from_local_datetime(&noon).earliest();
    Ok(at.map(|at| Instant::from(at.to_utc())))
}

/// The person meant by an address, or by a name that only one person there shows.
fn somebody(
    conn: &mut Conn,
    scope: &Scope,
    region: &RegionCode,
    typed: &str,
) -> Result<VolunteerId, Error> {
    let typed = typed.trim().to_lowercase();
    let fault = |key| {
        let args = vec![("name", typed.chars().take(60).collect())];
        Err(FieldErrors::with(String::from("person"), key, args).into())
    };
    if typed.is_empty() || typed.contains('\0') {
        return fault("desk-sheet-who");
    }
    let filter = Filter {
        region: Some(region.clone()),
        text: Some(typed.clone()),
        ..Filter::default()
    };
    let mut same = volunteers::search(conn, scope, &filter, None, 50)?;
    same.retain(|found| found.email == typed || found.name.to_lowercase() == typed);
    match same.as_slice() {
        [one] => Ok(one.id),
        [] => fault("desk-sheet-nobody"),
        _ => fault("desk-sheet-several"),
    }
}

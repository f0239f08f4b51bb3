//! The judge: compares what people were told with the ledger, and boards with both.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use diesel::{QueryableByName, RunQueryDsl, sql_types};
use muster::ledger::verify;
use serde_json::Value;

use super::site::STATE;
use super::{Log, Site};

/// Findings named one by one; of more only the number is told.
const NAMED: usize = 8;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::BigInt)]
    volunteer_id: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    id: i64,
    #[diesel(sql_type = sql_types::Text)]
    key: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Integer>)]
    quantity: Option<i32>,
}

/// What is wrong after a drill, one sentence each; nothing where every promise was kept: what was
/// acknowledged stands in the ledger under the id that was told, no key stands twice, what was refused
/// for good is not there, nothing stands there that nobody sent, and every total is the fold of the
/// ledger.
pub async fn judge(site: &Site, log: &Log) -> Vec<String> {
    let mut faults = Vec::new();
    let query = "SELECT volunteer_id, id, key, quantity FROM ledger WHERE corrects IS NULL";
    let rows: Vec<Row> = site
        .db
        .read(move |conn| Ok(diesel::sql_query(query).load(conn)?))
        .await
        .expect("the ledger");
    let told = log.told();
    let asked: HashMap<&str, _> = told
        .iter()
        .map(|told| (told.operation.key.as_str(), told))
        .collect();
    let mut stored: HashMap<&str, &Row> = HashMap::new();
    for row in &rows {
        let key = row.key.rsplit(':').next().unwrap_or_default();
        if stored.insert(key, row).is_some() {
            faults.push(format!("{key} stands twice in the ledger"));
        }
        match asked.get(key).map(|told| &told.operation) {
            None => faults.push(format!("{key} was sent by nobody")),
            Some(sent) => {
                let same = sent.person.0 == row.volunteer_id
                    && row.quantity.map(i64::from) == Some(sent.quantity);
                if !same {
                    faults.push(format!("{key} is not what was sent"));
                }
            }
        }
    }
    for told in &told {
        let key = told.operation.key.as_str();
        let found = stored.get(key).map(|row| muster::ids::encode(row.id));
        match (&told.id, &found) {
            (Some(_), None) => faults.push(format!("{key} was acknowledged and is lost")),
            (Some(id), Some(found)) if !id.ends_with(found.as_str()) => {
                faults.push(format!("{key} was told to be {id} and is {found}"));
            }
            _ => {}
        }
        if let Some(twice) = &told.contradiction {
            faults.push(format!("{key} was told to be {twice}"));
        }
        if let Some(status) = told.refused {
            faults.push(format!("{key} was refused with {status}"));
        }
    }
    let differences = verify(&site.db, &site.scoring, |_| {})
        .await
        .expect("a check");
    faults.extend(differences.iter().map(ToString::to_string));
    if told.is_empty() {
        faults.push("nothing was logged at all".to_owned());
    }
    if faults.len() > NAMED {
        let more = faults.len() - NAMED;
        faults.truncate(NAMED);
        faults.push(format!("and {more} more"));
    }
    faults
}

/// Waits until the board of every node at `doors` shows the totals of the database, and gives how
/// long that took.
///
/// # Errors
/// What differs after `patience`.
pub async fn boards_agree(
    site: &Site,
    doors: &[String],
    patience: Duration,
) -> Result<Duration, String> {
    let began = Instant::now();
    loop {
        let mut wrong = None;
        for door in doors {
            if let Err(why) = agrees(site, door).await {
                wrong = Some(format!("the board at {door}: {why}"));
                break;
            }
        }
        match wrong {
            None => return Ok(began.elapsed()),
            Some(why) if began.elapsed() > patience => return Err(why),
            Some(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn agrees(site: &Site, door: &str) -> Result<(), String> {
    let asked = reqwest::Client::new()
        .get(format!("{door}/api/v1/races/{STATE}"))
        .bearer_auth(site.token(&site.members[0]))
        .timeout(Duration::from_secs(5))
        .send()
        .await;
    let answer = asked.map_err(|why| why.to_string())?;
    let text = answer.text().await.map_err(|why| why.to_string())?;
    let board: Value = serde_json::from_str(&text).map_err(|_| text)?;
    let rows = board["rows"].as_array().ok_or("it has no rows")?;
    let week = board["week"].as_str().ok_or("it has no week")?;
    let shown = rows.iter().filter_map(|row| {
        let region = row["region"].as_str()?;
        Some((region.to_owned(), row["points"].as_f64()?))
    });
    same(&site.totals(week).await, &shown.collect())
}

/// Whether points by region are those totals.
///
/// # Errors
/// The first that differs.
pub fn same(totals: &[(String, i64)], shown: &HashMap<String, f64>) -> Result<(), String> {
    let under = format!("{STATE}-");
    for (region, points) in totals {
        let child = region
            .strip_prefix(&under)
            .is_some_and(|rest| !rest.contains('-'));
        if !child {
            continue;
        }
        let points = *points as f64 / 100.0;
        let told = shown.get(region.as_str()).copied().unwrap_or_default();
        if (told - points).abs() > 0.005 {
            return Err(format!("{region} shows {told} and has {points}"));
        }
    }
    Ok(())
}

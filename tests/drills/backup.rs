//! R10: a backup is a real one.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::{QueryableByName, RunQueryDsl, sql_types};
use muster::db::{Db, Place};
use muster_tests::drill::{Crew, Load, Site};
use muster_tests::empty_database;

use crate::program::{run, run_with};
use crate::report::spoken;
use crate::yard::{Finding, Held, Services, Yard, doors, judged, nodes};

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = sql_types::Text)]
    key: String,
}

/// Of SQLite.
pub async fn sqlite(yard: Arc<Yard>) -> Held {
    let site = Site::of("", "", 400);
    let fresh = format!(
        "sqlite:{}",
        site.folder.path().join("restored.db").display()
    );
    Ok(round_trips(&yard, site, |_| fresh.clone()).await)
}

/// Of PostgreSQL.
pub async fn postgres(yard: Arc<Yard>) -> Held {
    let services = Services::start().await?;
    let url = services.postgres.url.clone();
    Ok(round_trips(&yard, services.site(400), |_| empty_database(&url)).await)
}

async fn round_trips(yard: &Yard, site: Site, fresh: impl Fn(usize) -> String) -> Finding {
    let (log, site, mut finding) = (site.log(), Arc::new(site), Finding::default());
    let mut nodes = nodes(&site, 1).await;
    let crew = Crew::start(&site, &log, doors(&nodes), Load::of(200));
    for round in 0..yard.times(5) {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let before: Vec<String> = log
            .told()
            .into_iter()
            .filter(|told| told.id.is_some())
            .map(|told| told.operation.key)
            .collect();
        let file = site.folder.path().join(format!("backup-{round}"));
        let file = file.to_str().expect("a path");
        let began = Instant::now();
        let made = run(&site, &["backup", file]).await;
        finding.must(made.code == 0, &made.said);
        let (made, place) = (began.elapsed(), fresh(round));
        if let Some(old) = place.strip_prefix("sqlite:") {
            let _ = std::fs::remove_file(old);
        }
        let settings = [("MUSTER_DATABASE_URL", place.as_str())];
        let began = Instant::now();
        let back = run_with(&site, &["restore", file], &settings).await;
        finding.must(back.code == 0, &back.said);
        let back = began.elapsed();
        let right = run_with(&site, &["boards", "verify"], &settings).await;
        finding.must(right.code == 0, &format!("restored totals: {}", right.said));
        let there = keys(&place).await;
        let gone = before
            .iter()
            .filter(|key| !there.contains(key.as_str()))
            .count();
        finding.must(
            gone == 0,
            &format!("{gone} entries acknowledged before the backup are not in it"),
        );
        if round == 0 {
            finding.figure(format!(
                "{} rounds under 200 entries a second; the first took {} and its restore {}",
                yard.times(5),
                spoken(made),
                spoken(back)
            ));
        }
    }
    judged(&mut finding, &site, &log, crew, &mut nodes).await;
    finding
}

/// The keys in the ledger of another database.
async fn keys(url: &str) -> HashSet<String> {
    let place = Place {
        url: url.to_owned(),
        connections: 1,
        create: false,
    };
    let db = Db::open(&place).expect("the restored database");
    let rows: Vec<Key> = db
        .read(|conn| Ok(diesel::sql_query("SELECT key FROM ledger").load(conn)?))
        .await
        .expect("its ledger");
    let own = |row: Key| row.key.rsplit(':').next().unwrap_or_default().to_owned();
    rows.into_iter().map(own).collect()
}

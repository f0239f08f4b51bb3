//! The totals of a world, and whether they are the fold of its ledger.

use diesel::{QueryableByName, RunQueryDsl};
use muster::clock::Clock;
use muster::ledger::verify;

use super::World;
use super::cast::Person;

#[derive(QueryableByName)]
struct Points {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    points: i64,
}

impl World {
    /// A region's points of week 47.
    pub async fn total(&self, region: &str) -> f64 {
        let query = format!(
            "SELECT points FROM region_weeks WHERE region = '{region}' AND week = '2026-W47'"
        );
        let found: Vec<Points> = self
            .server
            .app
            .db
            .read(move |conn| Ok(diesel::sql_query(query).load(conn)?))
            .await
            .expect("a total");
        found.first().map_or(0.0, |row| row.points as f64 / 100.0)
    }

    /// Asserts that every total is the fold of the ledger.
    pub async fn assert_totals_fold(&self) {
        let app = &self.server.app;
        let found = verify(&app.db, &app.scoring, |_| {})
            .await
            .expect("a check");
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }

    /// The same person with a fresh token, after the clock went on.
    pub async fn again(&self, person: &Person) -> Person {
        self.by_clock(person, &self.clock).await
    }

    /// The same person with a token that is fresh by another clock.
    pub async fn by_clock(&self, person: &Person, clock: &Clock) -> Person {
        self.signed_in(person.id, &person.email, clock).await
    }
}

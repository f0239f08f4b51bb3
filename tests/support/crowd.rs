//! Many members at once, who joined long enough ago to be counted on.

use muster::clock::Instant;
use muster::ids::VolunteerId;
use muster::regions::RegionCode;
use muster::scope::Scope;
use muster::sessions::Audience;
use muster::volunteers::{self, Email, NewVolunteer};

use super::cast::Person;
use super::{Client, World};

impl World {
    /// `count` members of `region` who joined two weeks before the world's Monday; the first of them
    /// has a program that is signed in.
    pub async fn crowd(&self, region: &str, count: usize) -> Person {
        self.crowd_since(region, count, "2026-11-02T12:00:00Z")
            .await
    }

    /// The same, who joined at `joined`.
    pub async fn crowd_since(&self, region: &str, count: usize, joined: &str) -> Person {
        let app = &self.server.app;
        let (now, sessions) = (app.clock.now(), app.sessions.clone());
        let joined: Instant = serde_json::from_value(joined.into()).expect("a time");
        let code = RegionCode::parse(region).expect("a region");
        let zone = app.tree.zone(&code).name();
        let people: Vec<NewVolunteer> = (0..count)
            .map(|n| {
                let email = format!("one-of-{count}-{n}-{region}@example.org");
                let email = Email::parse(&email).expect("an address");
                NewVolunteer::new(VolunteerId::fresh(now), &email, code.clone(), zone, joined)
            })
            .collect();
        let first = people.first().expect("a crowd of one at least").clone();
        let opened = app
            .db
            .write(move |conn| {
                for person in &people {
                    volunteers::create(conn, &Scope::System, person)?;
                }
                sessions.open(conn, first.id, Audience::Api, "a test", now)
            })
            .await
            .expect("a crowd");
        let token = app
            .sessions
            .token(opened.session, Audience::Api, now)
            .expect("a token");
        Person {
            id: opened.volunteer,
            email: format!("one-of-{count}-0-{region}@example.org"),
            client: Client::with_bearer(self.server.url(), &token),
        }
    }
}

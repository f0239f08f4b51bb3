//! People made without their mails: signed-in programs straight from the house, for tests in which
//! joining itself is not the point.

use diesel::RunQueryDsl;
use muster::Server;
use muster::clock::Clock;
use muster::db::Conn;
use muster::error::Error;
use muster::ids::VolunteerId;
use muster::regions::RegionCode;
use muster::scope::Scope;
use muster::sessions::Audience;
use muster::volunteers::{self, Email, NewVolunteer};

use super::{Client, World};

/// Somebody with a program that is signed in as them.
#[derive(Clone)]
pub struct Person {
    pub id: VolunteerId,
    pub email: String,
    pub client: Client,
}

impl Person {
    /// The same person at another node.
    pub fn on(&self, node: &Server) -> Self {
        Self {
            client: self.client.at(node.url()),
            ..self.clone()
        }
    }
}

impl World {
    /// A member of `region`.
    pub async fn person(&self, email: &str, region: &str) -> Person {
        let app = &self.server.app;
        let now = app.clock.now();
        let region = RegionCode::parse(region).expect("a region");
        let zone = app.tree.zone(&region).name();
        let address = Email::parse(email).expect("an address");
        let new = NewVolunteer {
            name: email.split('@').next().unwrap_or_default().to_owned(),
            ..NewVolunteer::new(VolunteerId::fresh(now), &address, region, zone, now)
        };
        let id = new.id;
        app.db
            .write(move |conn| volunteers::create(conn, &Scope::System, &new))
            .await
            .expect("a person");
        self.signed_in(id, email, &self.clock).await
    }

    /// Somebody who is there, with a program that is signed in now, by `clock`.
    pub(super) async fn signed_in(&self, id: VolunteerId, email: &str, clock: &Clock) -> Person {
        let app = &self.server.app;
        let (now, sessions) = (clock.now(), app.sessions.clone());
        let opened = app
            .db
            .write(move |conn| sessions.open(conn, id, Audience::Api, "a test", now))
            .await
            .expect("a session");
        let token = app
            .sessions
            .token(opened.session, Audience::Api, now)
            .expect("a token");
        Person {
            id,
            email: email.to_owned(),
            client: Client::with_bearer(self.server.url(), &token),
        }
    }

    /// A captain of `region`, who lives there.
    pub async fn captain_person(&self, email: &str, region: &str) -> Person {
        let person = self.person(email, region).await;
        let (region, id) = (region.to_owned(), person.id.0);
        self.sql(format!(
            "INSERT INTO captains (region, volunteer_id, named_by, since) VALUES ('{region}', {id}, NULL, '2026-11-01 00:00:00')"
        ))
        .await;
        person
    }

    /// Somebody of HQ.
    pub async fn staff_person(&self, email: &str) -> Person {
        let person = self.person(email, "us").await;
        let id = person.id.0;
        self.sql(format!(
            "INSERT INTO staff (volunteer_id, added_by, since) VALUES ({id}, NULL, '2026-11-01 00:00:00')"
        ))
        .await;
        person
    }

    /// Runs one statement on the campaign's database.
    pub async fn sql(&self, statement: String) {
        let done = self
            .server
            .app
            .db
            .write(move |conn: &mut Conn| -> Result<usize, Error> {
                Ok(diesel::sql_query(statement).execute(conn)?)
            });
        done.await.expect("the statement runs");
        self.server.app.sessions.forget_all();
    }

    /// The number that a query gives as its column `n`.
    pub async fn count(&self, query: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Counted {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let query = query.to_owned();
        let rows = self
            .server
            .app
            .db
            .read(move |conn: &mut Conn| Ok(diesel::sql_query(query).load::<Counted>(conn)?));
        rows.await.expect("the query runs")[0].n
    }
}

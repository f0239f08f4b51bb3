//! Signed-in people.

use muster::clock::Instant;
use muster::followups;
use muster::ids::VolunteerId;
use muster::region_code::RegionCode;
use muster::scope::Scope;
use muster::sessions::Audience;
use muster::volunteers::{self, Email, NewVolunteer};

use super::{Client, World};

/// Somebody with a program that is signed in.
#[derive(Clone)]
pub struct Member {
    pub id: VolunteerId,
    pub email: String,
    pub client: Client,
}

impl World {
    /// A newcomer at a postcode.
    pub async fn join(&self, email: &str, zip: &str) -> Member {
        let app = self.server.app.clone();
        let now: Instant = app.clock.now();
        let place = app.tree.place(zip).expect("a postcode");
        let address = Email::parse(email).expect("an address");
        let zone = place.timezone.to_string();
        let mut new = NewVolunteer::new(
            VolunteerId::fresh(now),
            &address,
            place.region.clone(),
            &zone,
            now,
        );
        new.zip = Some(place.postcode);
        new.name = email.split('@').next().unwrap_or_default().to_owned();
        let id = new.id;
        let sessions = app.sessions.clone();
        let opened = app
            .db
            .write(move |conn| {
                let person = volunteers::create(conn, &Scope::System, &new)?;
                followups::open(conn, &person, now)?;
                sessions.open(conn, person.id, Audience::Api, "a test", now)
            })
            .await
            .expect("they join");
        let token = app
            .sessions
            .token(opened.session, Audience::Api, now)
            .expect("a token");
        Member {
            id,
            email: email.to_owned(),
            client: Client::with_bearer(self.server.url(), &token),
        }
    }

    /// A program of `member` with a fresh bearer token.
    pub async fn program(&self, member: &Member) -> Client {
        let app = self.server.app.clone();
        let (id, now, sessions) = (member.id, app.clock.now(), app.sessions.clone());
        let opened = app
            .db
            .write(move |conn| sessions.open(conn, id, Audience::Api, "a test", now))
            .await
            .expect("a session");
        let token = app
            .sessions
            .token(opened.session, Audience::Api, now)
            .expect("a token");
        Client::with_bearer(self.server.url(), &token)
    }

    /// HQ.
    pub async fn staff(&self, email: &str) -> Member {
        let member = self.join(email, "20500").await;
        let (id, now) = (member.id, self.clock.now());
        self.server
            .app
            .db
            .write(move |conn| volunteers::name_staff(conn, &Scope::System, id, now))
            .await
            .expect("they are HQ");
        self.server.app.sessions.forget_all();
        member
    }

    /// A captain of `region`.
    pub async fn captain(&self, email: &str, zip: &str, region: &str) -> Member {
        let member = self.join(email, zip).await;
        let (id, now) = (member.id, self.clock.now());
        let region = RegionCode::parse(region).expect("a code");
        self.server
            .app
            .db
            .write(move |conn| volunteers::name_captain(conn, &Scope::System, &region, id, now))
            .await
            .expect("they are captain");
        self.server.app.sessions.forget_all();
        member
    }
}

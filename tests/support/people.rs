//! People, taken in through the doors that real ones use.

use std::sync::Arc;

use muster::ids::VolunteerId;
use muster::region_code::RegionCode;
use muster::scope::Scope;
use muster::volunteers;
use serde_json::json;

use super::client::Client;
use super::world::World;

/// Somebody with a browser that is signed in.
#[derive(Clone)]
pub struct Member {
    pub id: VolunteerId,
    pub email: String,
    pub client: Client,
}

/// The link that stands alone on a line of a mail's text.
pub fn link_in(text: &str) -> String {
    text.lines()
        .find(|line| line.starts_with("http") && line.contains("/sign-in?token="))
        .unwrap_or_else(|| panic!("no link in: {text}"))
        .to_owned()
}

/// The token of a link.
pub fn token_of(link: &str) -> String {
    let (_, token) = link.split_once("token=").expect("a token");
    token.to_owned()
}

impl World {
    /// Joins with a browser of one's own: the form, the mail, the button. Their name is what stands
    /// before the `@`.
    pub async fn join(&self, email: &str, zip: &str) -> Member {
        let name = email.split('@').next().unwrap_or_default();
        self.join_through(self.browser(), email, zip, &[("name", name)])
            .await
    }

    /// Joins through the invitation link of `inviter`.
    pub async fn join_invited(&self, inviter: &Member, email: &str, zip: &str) -> Member {
        let viewer = self.viewer(inviter).await;
        let link = muster::accounts::invitation_link(&self.server.app, &viewer)
            .await
            .expect("the database answers")
            .expect("an invitation link");
        let code = link.rsplit('/').next().expect("a code");
        self.join_through(self.browser(), email, zip, &[("invite", code)])
            .await
    }

    /// The same with a given browser and more fields in the form.
    pub async fn join_through(
        &self,
        client: Client,
        email: &str,
        zip: &str,
        more: &[(&str, &str)],
    ) -> Member {
        let before = self.mails_now(email).len();
        let mut fields = vec![("email", email), ("zip", zip)];
        fields.extend_from_slice(more);
        client.post("/join", &fields).await.expect(303);
        let mails = self.mails(email, before + 1).await;
        self.press(&client, &link_in(&mails[before].text)).await;
        self.member(client, email).await
    }

    /// Presses the button behind a link; the browser is signed in afterwards.
    pub async fn press(&self, client: &Client, link: &str) {
        let token = token_of(link);
        client
            .post("/sign-in", &[("token", &token)])
            .await
            .expect(303);
    }

    async fn member(&self, client: Client, email: &str) -> Member {
        let address = volunteers::Email::parse(email).expect("an address");
        let person = self
            .server
            .app
            .db
            .read(move |conn| volunteers::find_by_email(conn, &Scope::System, &address))
            .await
            .expect("the database answers")
            .expect("the person is there");
        Member {
            id: person.id,
            email: email.to_owned(),
            client,
        }
    }

    /// A program of `member` with a bearer token, signed in over the API.
    pub async fn program(&self, member: &Member) -> Client {
        let open = Client::program(self.server.url());
        let before = self.mails_now(&member.email).len();
        let asked = open
            .call(
                "POST",
                "/api/v1/sign-in-links",
                &json!({"email": member.email}),
            )
            .await
            .expect(202)
            .json();
        let mails = self.mails(&member.email, before + 1).await;
        let token = token_of(&link_in(&mails[before].text));
        let grant = open
            .call(
                "POST",
                "/api/v1/sessions",
                &json!({"request": asked["request"], "token": token}),
            )
            .await
            .expect(201)
            .json();
        Client::with_bearer(
            self.server.url(),
            grant["access_token"].as_str().expect("a token"),
        )
    }

    /// Somebody of HQ, through the link that `muster staff add` prints.
    pub async fn staff(&self, email: &str) -> Member {
        let link = muster::accounts::add_staff(&self.server.app, email, None)
            .await
            .expect("a link");
        let client = self.browser();
        self.press(&client, &link).await;
        self.member(client, email).await
    }

    /// Somebody who joined and was named captain of `region`.
    pub async fn captain(&self, email: &str, zip: &str, region: &str) -> Member {
        let member = self.join(email, zip).await;
        self.name_captain(&member, region).await;
        member
    }

    /// Names a member captain of `region`, at once on this node.
    pub async fn name_captain(&self, member: &Member, region: &str) {
        let app = &self.server.app;
        let (now, person) = (app.clock.now(), member.id);
        let region: RegionCode = region.parse().expect("a region code");
        app.db
            .write(move |conn| volunteers::name_captain(conn, &Scope::System, &region, person, now))
            .await
            .expect("a captain");
        app.sessions.forget_all();
    }

    /// The person behind a member's browser, as the server sees them now.
    pub async fn viewer(&self, member: &Member) -> Arc<muster::sessions::Viewer> {
        let app = &self.server.app;
        let (now, scope) = (app.clock.now(), Scope::Own(member.id));
        let sessions = app
            .db
            .read(move |conn| muster::sessions::list(conn, &scope, now))
            .await
            .expect("the database answers");
        let session = sessions.first().expect("a session").id;
        app.sessions
            .viewer(&app.db, session, now)
            .await
            .expect("the database answers")
            .expect("a viewer")
    }
}

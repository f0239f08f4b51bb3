//! Joining: what is asked, what is kept, what comes of it. Nobody learns whose address is known, and
//! nothing a stranger posts changes an account.

use std::path::PathBuf;

use muster::clock::Duration;
use muster::regions::RegionView;
use muster::scope::Scope;
use muster::volunteers::{self, Email, Volunteer};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Place, World, both, link_in, token_of};

/// The person behind an address, if there is one.
async fn person(world: &World, email: &str) -> Option<Volunteer> {
    let address = Email::parse(email).unwrap();
    let find = move |conn: &mut _| volunteers::find_by_email(conn, &Scope::System, &address);
    world.server.app.db.read(find).await.unwrap()
}

/// What two answers must share: all but names of requests, secrets and the time.
fn face(answer: &Answer) -> (u16, HeaderMap, String) {
    let mut headers = answer.headers.clone();
    for own in ["date", "x-request-id", "set-cookie", "content-length"] {
        headers.remove(own);
    }
    let mut text = answer.text.clone();
    if let Ok(mut body) = serde_json::from_str::<Value>(&answer.text)
        && body.get("request").is_some()
    {
        body["request"] = json!("");
        text = body.to_string();
    }
    (answer.status, headers, text)
}

both! {
    async fn somebody_joins_with_an_address_and_a_zip_alone(world: World) {
        let browser = world.browser();
        browser.get("/").await.expect(200);
        browser.get("/join").await.expect(200);
        let answer = browser.post("/join", &[("email", " Cy@Example.org "), ("zip", "43215-1234")]).await.expect(303);
        let waiting = browser.get(answer.header("location")).await.expect(200);
        assert!(waiting.text.contains("Franklin") && waiting.text.contains("cy@example.org"), "{}", waiting.text);
        assert!(person(&world, "cy@example.org").await.is_none(), "nobody is taken in before the mail");

        let mail = world.mails("cy@example.org", 1).await.remove(0);
        let link = link_in(&mail.text);
        assert!(link.starts_with(&format!("{}/sign-in?token=", world.server.url())));
        browser.get(&link[world.server.url().len()..]).await.expect(200);
        let pressed = browser.post("/sign-in", &[("token", &token_of(&link))]).await.expect(303);
        assert_eq!(pressed.header("location"), "/home");

        let me = browser.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["email"], "cy@example.org");
        assert_eq!(me["zip"], "43215");
        assert_eq!(me["region"]["code"], "us-oh-39049-43215");
    }

    async fn the_api_names_the_region_at_once(world: World) {
        let body = json!({"email": "cy@example.org", "zip": "02139"});
        let answer = world.browser().call("POST", "/api/v1/registrations", &body).await.expect(202).json();
        assert_eq!(answer["region"]["code"], "us-ma-25017-02139");
        let path = RegionView::of(&world.server.app.tree, &"us-ma-25017-02139".parse().unwrap()).path;
        assert_eq!(answer["region"]["path"], json!(path));
        assert!(answer["request"].as_str().unwrap().len() >= 32);
    }

    async fn answers_are_the_same_for_known_and_unknown_addresses(world: World) {
        world.join("ada@example.org", "02139").await;
        let program = Client::program(world.server.url());
        let ask = async |email: &str| {
            let browser = world.browser();
            let mut faces = Vec::new();
            for (path, body) in [
                ("/api/v1/registrations", json!({"email": email, "zip": "43215"})),
                ("/api/v1/sign-in-links", json!({"email": email})),
            ] {
                faces.push(face(&program.call("POST", path, &body).await.expect(202)));
            }
            let link = browser.post("/sign-in/links", &[("email", email)]).await.expect(303);
            let join = browser.post("/join", &[("email", email), ("zip", "43215")]).await.expect(303);
            for answer in [link, join] {
                faces.push(face(&answer));
                let mut page = browser.get(answer.header("location")).await.expect(200);
                page.text = page.text.replace(email, "ADDRESS");
                faces.push(face(&page));
            }
            faces
        };
        let (known, unknown) = (ask("ada@example.org").await, ask("nobody@example.org").await);
        for (number, (known, unknown)) in known.iter().zip(&unknown).enumerate() {
            assert!(known == unknown, "answer {number}: {known:?}\n{unknown:?}");
        }
    }

    async fn an_unknown_address_is_told_how_to_join_and_nothing_else_happens(world: World) {
        world.browser().post("/sign-in/links", &[("email", "nobody@example.org")]).await.expect(303);
        let mail = world.mails("nobody@example.org", 1).await.remove(0);
        assert!(!mail.text.contains("token="), "{}", mail.text);
        assert!(mail.text.lines().any(|line| line == format!("{}/join", world.server.url())), "{}", mail.text);
        assert!(person(&world, "nobody@example.org").await.is_none());
    }

    async fn nothing_a_stranger_posts_changes_an_account(world: World) {
        let ada = world.join("ada@example.org", "02139").await;
        let before = ada.client.get("/api/v1/me").await.expect(200).json();
        let stranger = world.browser();
        let fields = [("email", "ada@example.org"), ("zip", "43215"), ("name", "Mallory")];
        stranger.post("/join", &fields).await.expect(303);
        stranger.post("/join/request", &[("interests", "calls"), ("availability", "sun-eve")]).await.expect(303);
        let mails = world.mails("ada@example.org", 2).await;

        // Ada opens the stranger's link herself: a code, no session, and no change.
        let token = token_of(&link_in(&mails[1].text));
        let opened = ada.client.post("/sign-in", &[("token", &token)]).await.expect(200);
        assert!(opened.text.contains("Type this only where you asked"), "{}", opened.text);
        assert_eq!(ada.client.get("/api/v1/me").await.expect(200).json(), before);

        // And when she asked for it in her own browser, with another ZIP: signed in, nothing else.
        let again = world.join_through(world.browser(), "ada@example.org", "10001", &[("name", "Eve")]).await;
        assert_eq!(again.client.get("/api/v1/me").await.expect(200).json(), before);
    }

    async fn what_is_picked_while_waiting_counts_for_the_account_it_makes(world: World) {
        let browser = world.browser();
        browser.post("/join", &[("email", "ben@example.org"), ("zip", "43215")]).await.expect(303);
        let picked = [("interests", "doors"), ("interests", "translation"), ("availability", "sat-am"), ("availability", "tue-eve")];
        let kept = browser.post("/join/request", &picked).await.expect(303);
        let page = browser.get(kept.header("location")).await.expect(200);
        assert_eq!(page.text.matches(" checked").count(), 4, "what was picked is shown again");
        for bad in [("interests", "arson"), ("availability", "someday")] {
            browser.post("/join/request", &[bad]).await.expect(422);
        }
        let mail = world.mails("ben@example.org", 1).await.remove(0);
        world.press(&browser, &link_in(&mail.text)).await;
        let me = browser.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["interests"], json!(["doors", "translation"]));
        assert_eq!(me["availability"], json!(["tue-eve", "sat-am"]));
        // A browser that asked for nothing has nothing to pick for.
        let lost = world.browser().post("/join/request", &picked).await.expect(303);
        assert_eq!(lost.header("location"), "/join");
    }

    async fn a_newcomer_waits_for_a_call_from_then_on(world: World) {
        world.join("cy@example.org", "43215").await;
        let captain = world.captain("dee@example.org", "43215", "us-oh").await;
        let queue = captain.client.get("/api/v1/regions/us-oh/follow-ups").await.expect(200);
        assert!(queue.text.contains("cy"), "{}", queue.text);
    }

    async fn an_invitation_is_remembered_until_somebody_joins(world: World) {
        let ada = world.join("ada@example.org", "02139").await;
        let viewer = world.viewer(&ada).await;
        let app = &world.server.app;
        let link = muster::accounts::invitation_link(app, &viewer).await.unwrap().unwrap();
        assert_eq!(muster::accounts::invitation_link(app, &viewer).await.unwrap().unwrap(), link, "it stays the same");
        let page = world.browser().get(&link[world.server.url().len()..]).await.expect(200);
        assert!(page.text.contains("ada invited you"), "{}", page.text);
        world.join_invited(&ada, "ben@example.org", "43215").await;
        assert_eq!(person(&world, "ben@example.org").await.unwrap().invited_by, Some(ada.id));

        // A code nobody has: the page leads on to joining, the API says what is wrong.
        let lost = world.browser().get("/i/NOBODY99").await.expect(303);
        assert_eq!(lost.header("location"), "/join");
        let body = json!({"email": "cy@example.org", "zip": "43215", "invite": "NOBODY99"});
        let refused = world.browser().call("POST", "/api/v1/registrations", &body).await.expect(422).json();
        assert!(refused["errors"]["invite"][0].is_string(), "{refused}");
    }

    async fn a_form_that_fails_names_each_field_and_keeps_what_was_typed(world: World) {
        let browser = world.browser();
        let page = browser.post("/join", &[("email", "ada@example"), ("zip", "4321")]).await.expect(422);
        for shown in ["value=\"ada@example\"", "value=\"4321\"", "href=\"#email\"", "href=\"#zip\"", "id=\"zip-error\""] {
            assert!(page.text.contains(shown), "{shown}: {}", page.text);
        }
        let page = browser.post("/sign-in/links", &[("email", "ada")]).await.expect(422);
        assert!(page.text.contains("value=\"ada\"") && page.text.contains("email-error"), "{}", page.text);
        let typed = "\"><script>alert(1)</script>";
        let page = browser.post("/join", &[("email", typed), ("zip", typed)]).await.expect(422);
        assert!(!page.text.contains("<script>alert"), "what was typed is inert");
    }

    async fn a_bad_registration_is_refused_by_name_and_nothing_is_stored(world: World) {
        let program = Client::program(world.server.url());
        let long = "x".repeat(81);
        for (body, field) in [
            (json!({"email": "ada", "zip": "43215"}), "email"),
            (json!({"email": "ada@example.org", "zip": "K1A 0B1"}), "zip"),
            (json!({"email": "ada@example.org", "zip": ""}), "zip"),
            (json!({"email": "ada@example.org"}), "zip"),
            (json!({"email": "ada@example.org", "zip": "43215", "name": long}), "name"),
            (json!({"email": "ada@example.org", "zip": "43215", "staff": true}), "staff"),
            (json!({"email": 7, "zip": "43215"}), "email"),
        ] {
            let refused = program.call("POST", "/api/v1/registrations", &body).await.expect(422).json();
            assert!(refused["errors"][field][0].is_string(), "{field}: {refused}");
        }
        let both_wrong = program.call("POST", "/api/v1/registrations", &json!({"email": "x", "zip": "y"})).await.expect(422).json();
        assert!(both_wrong["errors"]["email"].is_array() && both_wrong["errors"]["zip"].is_array(), "{both_wrong}");
        program.send(reqwest::Method::POST, "/api/v1/registrations", &[("content-type", "text/plain")], Some("{}".into())).await.expect(415);
        assert!(world.server.app.mailer.sent().is_empty());
        assert_eq!(world.count("SELECT count(*) AS n FROM sign_in_requests").await, 0);
    }
}

/// Every awkward postcode of the test data, answered over HTTP as the contract says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner may name the folder of test data in the environment"
)]
async fn awkward_zip_codes_are_answered_over_http() {
    let folder = std::env::var("MUSTER_TEST_DATA").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/test"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(folder.join("awkward_zips.csv")) else {
        println!(
            "skipped: there is no {}",
            folder.join("awkward_zips.csv").display()
        );
        return;
    };
    let world = World::open(Place::Embedded).await.unwrap();
    let program = Client::program(world.server.url());
    for (number, row) in text.lines().skip(1).enumerate() {
        let mut cells = row.split(',');
        let (zip, expect) = (cells.next().unwrap(), cells.next().unwrap());
        let body = json!({"email": format!("p{number}@example.org"), "zip": zip});
        let answer = program.call("POST", "/api/v1/registrations", &body).await;
        // Five digits that are not listed may be new: a known prefix is good for its state.
        let level = |code: &str| code.split('-').count();
        match (expect, answer.status) {
            ("ok", 202) => {
                let code = answer.json()["region"]["code"].as_str().unwrap().to_owned();
                assert!(code.ends_with(&zip[..5]), "{zip}: {code}");
            }
            ("unknown", 202) => {
                let code = answer.json()["region"]["code"].as_str().unwrap().to_owned();
                assert_eq!(level(&code), 2, "{zip}: {code}");
            }
            ("unknown" | "malformed", 422) => {
                assert!(answer.json()["errors"]["zip"][0].is_string(), "{zip}");
            }
            other => panic!("{zip}: {other:?} {}", answer.text),
        }
    }
}

both! {
    async fn requests_are_forgotten_when_nobody_can_use_them(world: World) {
        world.browser().post("/join", &[("email", "ada@example.org"), ("zip", "43215")]).await.expect(303);
        world.mails("ada@example.org", 1).await;
        world.clock.advance(Duration::hours(47));
        muster::accounts::forget_old(&world.server.app).await.unwrap();
        assert_eq!(world.count("SELECT count(*) AS n FROM sign_in_requests").await, 1);
        world.clock.advance(Duration::hours(2));
        muster::accounts::forget_old(&world.server.app).await.unwrap();
        assert_eq!(world.count("SELECT count(*) AS n FROM sign_in_requests").await, 0);
    }
}

//! Sessions (promises.md, "Sessions" and "Browser"): named by short tokens, ended at once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use muster::clock::Duration;
use muster::settings::Settings;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Person, Place, Socket, World, both, link_in, token_of};

async fn status(client: &Client) -> u16 {
    client.get("/api/v1/me").await.status
}

/// Tries for a second, as long as sign-out may take to reach another node.
async fn is_out_within_a_second(client: &Client) -> bool {
    for _ in 0..10 {
        if status(client).await == 401 {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    false
}

/// A fresh API session of somebody who joined: access and refresh token.
async fn granted(world: &World, email: &str) -> (String, String) {
    let program = Client::program(world.server.url());
    let before = world.mails_now(email).len();
    let asked = program
        .call("POST", "/api/v1/sign-in-links", &json!({"email": email}))
        .await
        .expect(202)
        .json();
    let mail = world.mails(email, before + 1).await.remove(before);
    let body = json!({"request": asked["request"], "token": token_of(&link_in(&mail.text))});
    let grant = program
        .call("POST", "/api/v1/sessions", &body)
        .await
        .expect(201)
        .json();
    let text = |key: &str| grant[key].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

/// Shows a refresh token, as a program that calls itself `name`.
async fn refreshed(base: &str, token: &str, name: &str) -> Answer {
    let body = json!({"refresh_token": token});
    Client::program(base)
        .call_with(
            "POST",
            "/api/v1/sessions/refresh",
            &body,
            &[("user-agent", name)],
        )
        .await
}

/// The tokens of a grant that came.
fn tokens(answer: Answer) -> (String, String) {
    let grant = answer.expect(200).json();
    let text = |key: &str| grant[key].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

both! {
    async fn a_token_that_is_not_ours_is_401(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let (good, _) = granted(&world, &ada.email).await;
        let mut parts = good.split('.');
        let (head, body, mark) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let read = |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
        let header = |change: &dyn Fn(&mut Value)| {
            let mut header = read(head);
            change(&mut header);
            part(&header)
        };
        let claims = |key: &str, value: Value| {
            let mut claims = read(body);
            claims[key] = value;
            part(&claims)
        };
        let key = json!({"kty": "oct", "k": "AAAA"});
        let forged = [
            format!("{}.{body}.", header(&|h| h["alg"] = json!("none"))),
            format!("{}.{body}.{mark}", header(&|h| h["alg"] = json!("HS512"))),
            format!("{}.{body}.{mark}", header(&|h| h["kid"] = json!("unknown"))),
            format!("{}.{body}.{mark}", header(&|h| drop(h.as_object_mut().unwrap().remove("kid")))),
            format!("{}.{body}.{mark}", header(&|h| h["jku"] = json!("https://evil.example.org/keys"))),
            format!("{}.{body}.{mark}", header(&|h| h["jwk"] = key.clone())),
            format!("{head}.{}.{mark}", claims("aud", json!("muster-web"))),
            format!("{head}.{}.{mark}", claims("exp", json!(4_000_000_000_i64))),
            format!("{head}.{}.{mark}", claims("staff", json!(true))),
            format!("{head}.{body}."),
            format!("{head}.{body}"),
            "muster".to_owned(),
        ];
        assert_eq!(status(&Client::with_bearer(world.server.url(), &good)).await, 200);
        for token in &forged {
            assert_eq!(status(&Client::with_bearer(world.server.url(), token)).await, 401, "{token}");
        }
    }

    async fn a_cookie_is_no_bearer_token_and_the_other_way_round(world: World) {
        let browser = world.browser();
        browser.post("/join", &[("email", "ada@example.org"), ("zip", "43215")]).await.expect(303);
        let token = token_of(&link_in(&world.mails("ada@example.org", 1).await[0].text));
        let pressed = browser.post("/sign-in", &[("token", &token)]).await.expect(303);
        let cookie = pressed.headers.get_all("set-cookie").iter()
            .filter_map(|value| value.to_str().ok()?.strip_prefix("muster=")?.split(';').next())
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(status(&Client::with_bearer(world.server.url(), &cookie)).await, 401);
        let (bearer, _) = granted(&world, "ada@example.org").await;
        let cookie = format!("muster={bearer}");
        let answer = world.browser().send(reqwest::Method::GET, "/api/v1/me", &[("cookie", &cookie)], None).await;
        assert_eq!(answer.status, 401);
    }

    async fn a_token_lives_ten_minutes_and_a_browser_does_not_notice(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let (access, _) = granted(&world, &ada.email).await;
        let program = Client::with_bearer(world.server.url(), &access);
        world.clock.advance(Duration::minutes(10));
        assert_eq!(status(&program).await, 200);
        world.clock.advance(Duration::seconds(6));
        assert_eq!(status(&program).await, 401);
        assert_eq!(status(&ada.client).await, 200, "the browser renews by itself");
        world.clock.advance(Duration::days(31));
        assert_eq!(status(&ada.client).await, 401, "a month unused is the end");
    }

    async fn a_refresh_token_is_good_once(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let (_, refresh) = granted(&world, &ada.email).await;
        let program = Client::program(world.server.url());
        let body = json!({"refresh_token": refresh});
        let answers = join_all((0..8).map(|_| program.call("POST", "/api/v1/sessions/refresh", &body))).await;
        let won: Vec<Value> = answers.iter().filter(|a| a.status == 200).map(Answer::json).collect();
        assert_eq!(won.len(), 1);
        assert!(answers.iter().all(|a| [200, 401].contains(&a.status)));
        assert_eq!(status(&Client::with_bearer(world.server.url(), won[0]["access_token"].as_str().unwrap())).await, 200);
        let next = json!({"refresh_token": won[0]["refresh_token"]});
        program.call("POST", "/api/v1/sessions/refresh", &next).await.expect(200);
        program.call("POST", "/api/v1/sessions/refresh", &json!({"refresh_token": "x"})).await.expect(401);
    }

    async fn a_spent_refresh_token_that_comes_again_ends_its_session_and_no_other(world: World) {
        let base = world.server.url();
        let ada = world.join("ada@example.org", "43215").await;
        let (_, first) = granted(&world, &ada.email).await;
        let (other, _) = granted(&world, &ada.email).await;
        let (_, second) = tokens(refreshed(base, &first, "").await);
        let (access, third) = tokens(refreshed(base, &second, "").await);
        let program = Client::with_bearer(base, &access);
        let as_person = Person { id: ada.id, email: ada.email.clone(), client: program.clone() };
        let mut socket = Socket::of(&as_person).await;
        // What nobody was ever given ends nobody.
        refreshed(base, &"0".repeat(128), "").await.expect(401);
        refreshed(base, &"ö".repeat(64), "").await.expect(401);
        assert_eq!(status(&program).await, 200);
        // Not even the last one spent: whoever holds an older one is a thief, or has been robbed.
        refreshed(base, &first, "").await.expect(401);
        assert_eq!(status(&program).await, 401, "the token in use is worth nothing any more");
        refreshed(base, &third, "").await.expect(401);
        assert_eq!(socket.closed().await, 4401);
        assert_eq!(status(&ada.client).await, 200, "her browser stays");
        assert_eq!(status(&Client::with_bearer(base, &other)).await, 200, "and her other program");
    }

    async fn asking_twice_at_once_loses_nothing_but_a_copy_does(world: World) {
        let base = world.server.url();
        let ada = world.join("ada@example.org", "43215").await;
        for (waits, name, left) in [(5, "Field app", 200), (6, "Field app", 401), (1, "Somebody else", 401)] {
            let (_, first) = granted(&world, &ada.email).await;
            // Sessions are named by who opened them: the tests' own client says nothing.
            world.sql("UPDATE sessions SET device = 'Field app' WHERE audience = 'api'".into()).await;
            let (access, _) = tokens(refreshed(base, &first, "Field app").await);
            world.clock.advance(Duration::seconds(waits));
            refreshed(base, &first, name).await.expect(401);
            assert_eq!(status(&Client::with_bearer(base, &access)).await, left, "{name} after {waits} s");
        }
    }

    async fn signing_out_ends_the_session_at_once_and_no_other(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let (access, refresh) = granted(&world, &ada.email).await;
        let program = Client::with_bearer(world.server.url(), &access);
        assert_eq!(status(&program).await, 200);
        program.call("DELETE", "/api/v1/sessions/current", &Value::Null).await.expect(204);
        assert_eq!(status(&program).await, 401);
        let body = json!({"refresh_token": refresh});
        Client::program(world.server.url()).call("POST", "/api/v1/sessions/refresh", &body).await.expect(401);
        assert_eq!(status(&ada.client).await, 200);

        // A kept copy of the cookies is worth nothing after the button.
        let copy = ada.client.clone();
        let out = ada.client.post("/sign-out", &[]).await.expect(303);
        assert_eq!(out.header("location"), "/");
        assert_eq!(status(&copy).await, 401);
        copy.post("/sign-out", &[]).await.expect(303);
    }

    async fn signing_out_everywhere_ends_them_all(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let other = world.join_through(world.browser(), "ada@example.org", "43215", &[]).await;
        let program = world.program(&ada).await;
        let ben = world.join("ben@example.org", "43215").await;
        for client in [&ada.client, &other.client, &program] {
            assert_eq!(status(client).await, 200);
        }
        let viewer = world.viewer(&ada).await;
        assert_eq!(muster::accounts::sessions(&world.server.app, &viewer).await.unwrap().len(), 3);
        let page = ada.client.get("/me").await.expect(200).text;
        assert!(page.contains("A program") && page.contains("A browser"), "{page}");
        ada.client.post("/me/sessions/deletion", &[]).await.expect(303);
        for client in [&ada.client, &other.client, &program] {
            assert_eq!(status(client).await, 401);
        }
        assert_eq!(status(&ben.client).await, 200, "somebody else stays");
    }

    async fn one_session_of_ones_own_can_be_ended_and_nobody_elses(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let ben = world.join("ben@example.org", "43215").await;
        let of_ben = world.viewer(&ben).await.session;
        ada.client.post(&format!("/me/sessions/{of_ben}/deletion"), &[]).await.expect(404);
        ada.client.post("/me/sessions/nonsense/deletion", &[]).await.expect(404);
        assert_eq!(status(&ben.client).await, 200);
        let other = world.join_through(world.browser(), "ada@example.org", "43215", &[]).await;
        let newest = world.viewer(&ada).await.session;
        ada.client.post(&format!("/me/sessions/{newest}/deletion"), &[]).await.expect(303);
        let left = [status(&ada.client).await, status(&other.client).await];
        assert!(left.contains(&200) && left.contains(&401), "{left:?}");
    }

    async fn many_requests_at_once_see_the_same_person_with_each_office_once(world: World) {
        let cap = world.captain("cap@example.org", "43215", "us-oh-39049").await;
        let ada = world.join("ada@example.org", "43215").await;
        let (cap, ada) = (world.viewer(&cap).await.session, world.viewer(&ada).await.session);
        let app = &world.server.app;
        let now = app.clock.now();
        for _ in 0..5 {
            app.sessions.forget_all();
            let asked = (0..40).map(|n| app.sessions.viewer(&app.db, if n % 2 == 0 { cap } else { ada }, now));
            for (n, viewer) in join_all(asked).await.into_iter().enumerate() {
                let viewer = viewer.expect("an answer").expect("somebody");
                assert_eq!(viewer.session, if n % 2 == 0 { cap } else { ada });
                assert_eq!(viewer.leads.len(), usize::from(n % 2 == 0), "{viewer:?}");
            }
        }
    }

    async fn signing_in_again_ends_what_the_browser_had(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let copy = ada.client.clone();
        world.join_through(copy, "ada@example.org", "43215", &[]).await;
        let live = "SELECT count(*) AS n FROM sessions WHERE revoked_at IS NULL";
        assert_eq!(world.count(live).await, 1);
        assert_eq!(status(&ada.client).await, 200);
    }

    async fn a_change_from_another_site_is_refused_whoever_is_signed_in(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let mut tricked = ada.client.clone();
        for origin in ["https://evil.example.org", "null", "http://127.0.0.1:1"] {
            tricked.origin = Some(origin.into());
            for path in ["/join", "/sign-in", "/sign-in/links", "/sign-in/code", "/sign-out", "/me/sessions/deletion"] {
                tricked.post(path, &[("email", "x@example.org"), ("zip", "43215")]).await.expect(403);
            }
            tricked.call("DELETE", "/api/v1/sessions/current", &Value::Null).await.expect(403);
        }
        // A cookie without any word about where it comes from is not believed either.
        tricked.origin = None;
        tricked.call("DELETE", "/api/v1/sessions/current", &Value::Null).await.expect(403);
        assert_eq!(status(&ada.client).await, 200);
        assert!(world.mails_now("x@example.org").is_empty());
    }

    async fn cookies_are_out_of_reach_of_scripts_and_other_sites(world: World) {
        let browser = world.browser();
        let joined = browser.post("/join", &[("email", "ada@example.org"), ("zip", "43215")]).await.expect(303);
        let token = token_of(&link_in(&world.mails("ada@example.org", 1).await[0].text));
        let pressed = browser.post("/sign-in", &[("token", &token)]).await.expect(303);
        let mut names = Vec::new();
        for answer in [joined, pressed] {
            for cookie in answer.headers.get_all("set-cookie") {
                let cookie = cookie.to_str().unwrap();
                for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                    assert!(cookie.contains(flag), "{cookie}");
                }
                assert!(!cookie.contains("Domain"), "{cookie}");
                names.push(cookie.split('=').next().unwrap().to_owned());
            }
        }
        assert_eq!(names, ["muster-browser", "muster", "muster-refresh"]);
    }
}

fn https(settings: &mut Settings) {
    settings.public_url = "https://muster.example.org".into();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_https_cookies_are_bound_to_the_host() {
    let world = World::open_with(Place::Embedded, https).await.unwrap();
    let address = format!("http://{}", world.server.address);
    let mut browser = Client::new(&address);
    browser.origin = Some("https://muster.example.org".into());
    let fields = [("email", "ada@example.org"), ("zip", "43215")];
    let joined = browser.post("/join", &fields).await.expect(303);
    let cookie = joined.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-muster-browser=") && cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(
        joined
            .header("strict-transport-security")
            .contains("max-age")
    );
    let mail = world.mails("ada@example.org", 1).await.remove(0);
    let link = link_in(&mail.text);
    assert!(link.starts_with("https://muster.example.org/sign-in?token="));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn signing_out_on_one_node_is_heard_on_another_within_a_second() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: MUSTER_TEST_DATABASE_URL and MUSTER_TEST_REDIS_URL are not set");
        return;
    };
    let other = world.second_node().await;
    let ada = world.join("ada@example.org", "43215").await;
    let (access, _) = granted(&world, &ada.email).await;
    let here = Client::with_bearer(world.server.url(), &access);
    let there = Client::with_bearer(other.url(), &access);
    assert_eq!((status(&here).await, status(&there).await), (200, 200));
    here.call("DELETE", "/api/v1/sessions/current", &Value::Null)
        .await
        .expect(204);
    assert!(is_out_within_a_second(&there).await);
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copied_refresh_token_ends_the_session_on_every_node_within_a_second() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: MUSTER_TEST_DATABASE_URL and MUSTER_TEST_REDIS_URL are not set");
        return;
    };
    let other = world.second_node().await;
    let ada = world.join("ada@example.org", "43215").await;
    let (_, first) = granted(&world, &ada.email).await;
    let (access, _) = tokens(refreshed(world.server.url(), &first, "").await);
    let there = Person {
        id: ada.id,
        email: ada.email.clone(),
        client: Client::with_bearer(other.url(), &access),
    };
    let mut socket = Socket::of(&there).await;
    assert_eq!(status(&there.client).await, 200);
    world.clock.advance(Duration::seconds(6));
    refreshed(world.server.url(), &first, "").await.expect(401);
    assert!(is_out_within_a_second(&there.client).await);
    assert_eq!(socket.closed().await, 4401);
    other.stop().await;
}

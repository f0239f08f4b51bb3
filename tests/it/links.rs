//! Links and codes (promises.md, "Links"): what spends them, who may, how long, how many.

use std::net::{IpAddr, Ipv4Addr};

use futures_util::future::join_all;
use muster::clock::Duration;
use muster::settings::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Place, World, both, link_in, token_of};

/// Asks for a link from `browser` and gives its token once the mail is there.
async fn asked(world: &World, browser: &Client, email: &str) -> String {
    let before = world.mails_now(email).len();
    browser
        .post("/sign-in/links", &[("email", email)])
        .await
        .expect(303);
    token_of(&link_in(&world.mails(email, before + 1).await[before].text))
}

/// The code on the page another browser was shown.
fn code_in(page: &str) -> String {
    let (_, rest) = page
        .split_once("class=\"code-shown\"")
        .expect("a code is shown");
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split('<').next().unwrap().to_owned()
}

async fn is_in(browser: &Client) -> bool {
    browser.get("/api/v1/me").await.status == 200
}

both! {
    async fn looking_at_a_link_spends_nothing(world: World) {
        world.join("ada@example.org", "43215").await;
        let browser = world.browser();
        let token = asked(&world, &browser, "ada@example.org").await;
        for method in [Method::GET, Method::HEAD] {
            for _ in 0..10 {
                let page = world.browser().send(method.clone(), &format!("/sign-in?token={token}"), &[], None).await;
                assert_eq!(page.status, 200, "{method}");
            }
        }
        browser.post("/sign-in", &[("token", &token)]).await.expect(303);
        assert!(is_in(&browser).await);
    }

    async fn of_a_hundred_presses_at_once_one_signs_in(world: World) {
        world.join("ada@example.org", "43215").await;
        let browser = world.browser();
        let token = asked(&world, &browser, "ada@example.org").await;
        let fields = [("token", token.as_str())];
        let mut statuses: Vec<u16> = join_all((0..100).map(|_| browser.post("/sign-in", &fields)))
            .await
            .iter()
            .map(|answer| answer.status)
            .collect();
        statuses.sort_unstable();
        assert_eq!((statuses[0], &statuses[1..]), (303, &[410; 99][..]));
        assert_eq!(world.count("SELECT count(*) AS n FROM sessions").await, 2, "joining and this one");
    }

    async fn of_many_confirmations_of_a_new_address_one_takes_the_person_in(world: World) {
        let browsers: Vec<Client> = (0..5).map(|_| world.browser()).collect();
        for browser in &browsers {
            browser.post("/join", &[("email", "cy@example.org"), ("zip", "43215")]).await.expect(303);
        }
        let mails = world.mails("cy@example.org", 5).await;
        let tokens: Vec<String> = mails.iter().map(|mail| token_of(&link_in(&mail.text))).collect();
        // Which mail belongs to which browser is not known from outside: all try all, at once.
        let tries = browsers.iter().flat_map(|browser| tokens.iter().map(move |token| async move {
            browser.post("/sign-in", &[("token", token.as_str())]).await.status
        }));
        let statuses = join_all(tries).await;
        assert!(statuses.iter().all(|status| [200, 303, 410].contains(status)), "{statuses:?}");
        assert!(world.count("SELECT count(*) AS n FROM volunteers").await <= 1);
    }

    async fn a_link_dies_ten_minutes_after_it_was_sent(world: World) {
        world.join("ada@example.org", "43215").await;
        let (early, late) = (world.browser(), world.browser());
        let first = asked(&world, &early, "ada@example.org").await;
        let second = asked(&world, &late, "ada@example.org").await;
        world.clock.advance(Duration::minutes(10));
        early.post("/sign-in", &[("token", &first)]).await.expect(303);
        world.clock.advance(Duration::seconds(1));
        let dead = late.post("/sign-in", &[("token", &second)]).await.expect(410);
        assert!(dead.text.contains("action=\"/sign-in/links\""), "the page offers a fresh link");
        assert!(!is_in(&late).await);
    }

    async fn a_wrong_token_is_410_and_voids_nothing(world: World) {
        world.join("ada@example.org", "43215").await;
        let browser = world.browser();
        let token = asked(&world, &browser, "ada@example.org").await;
        for wrong in ["", "0", &token[1..], &token.to_uppercase(), &"f".repeat(5000)] {
            browser.post("/sign-in", &[("token", wrong)]).await.expect(410);
        }
        browser.post("/sign-in", &[]).await.expect(410);
        browser.post("/sign-in", &[("token", &token)]).await.expect(303);
    }

    async fn another_browser_gets_a_code_that_the_asking_one_takes(world: World) {
        world.join("ada@example.org", "43215").await;
        let (asking, other) = (world.browser(), world.browser());
        let token = asked(&world, &asking, "ada@example.org").await;
        let early = asking.post("/sign-in/code", &[("code", "22222222")]).await.expect(422);
        assert!(early.text.contains("No code has been shown yet"), "{}", early.text);
        let page = other.post("/sign-in", &[("token", &token)]).await.expect(200);
        assert!(page.text.contains("Type this only where you asked for the link"));
        let code = code_in(&page.text);
        assert_eq!(code.len(), 8);
        assert!(!is_in(&other).await && !is_in(&asking).await, "no session yet");
        // The link is spent, and the code is worth nothing where it was shown.
        other.post("/sign-in", &[("token", &token)]).await.expect(410);
        other.post("/sign-in/code", &[("code", &code)]).await.expect(410);
        let typed = format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]);
        asking.post("/sign-in/code", &[("code", &typed)]).await.expect(303);
        assert!(is_in(&asking).await && !is_in(&other).await);
        world.browser().post("/sign-in/code", &[("code", &code)]).await.expect(410);
    }

    async fn a_newcomer_who_opens_the_mail_elsewhere_is_taken_in_by_the_code(world: World) {
        let (asking, other) = (world.browser(), world.browser());
        asking.post("/join", &[("email", "cy@example.org"), ("zip", "43215")]).await.expect(303);
        let token = token_of(&link_in(&world.mails("cy@example.org", 1).await[0].text));
        let code = code_in(&other.post("/sign-in", &[("token", &token)]).await.expect(200).text);
        assert_eq!(world.count("SELECT count(*) AS n FROM volunteers").await, 0, "nobody before the code");
        asking.post("/sign-in/code", &[("code", &code)]).await.expect(303);
        assert!(is_in(&asking).await);
    }

    async fn a_code_has_five_tries(world: World) {
        world.join("ada@example.org", "43215").await;
        for (wrong_ones, last) in [(4, 303), (5, 410)] {
            let (asking, other) = (world.browser(), world.browser());
            let token = asked(&world, &asking, "ada@example.org").await;
            let code = code_in(&other.post("/sign-in", &[("token", &token)]).await.expect(200).text);
            for used in 1..=wrong_ones {
                let page = asking.post("/sign-in/code", &[("code", "22222222")]).await.expect(410);
                if used < 5 {
                    assert!(page.text.contains(&format!("Tries left: {}", 5 - used)), "{}", page.text);
                }
            }
            asking.post("/sign-in/code", &[("code", &code)]).await.expect(last);
        }
    }

    async fn a_code_dies_too(world: World) {
        world.join("ada@example.org", "43215").await;
        let (asking, other) = (world.browser(), world.browser());
        let token = asked(&world, &asking, "ada@example.org").await;
        world.clock.advance(Duration::minutes(9));
        let code = code_in(&other.post("/sign-in", &[("token", &token)]).await.expect(200).text);
        world.clock.advance(Duration::minutes(10) + Duration::seconds(1));
        asking.post("/sign-in/code", &[("code", &code)]).await.expect(410);
    }

    async fn a_newer_link_voids_older_ones_of_the_same_browser_only(world: World) {
        world.join("ada@example.org", "43215").await;
        let (here, there) = (world.browser(), world.browser());
        let old = asked(&world, &here, "ada@example.org").await;
        let foreign = asked(&world, &there, "ada@example.org").await;
        let new = asked(&world, &here, "ada@example.org").await;
        here.post("/sign-in", &[("token", &old)]).await.expect(410);
        here.post("/sign-in", &[("token", &new)]).await.expect(303);
        there.post("/sign-in", &[("token", &foreign)]).await.expect(303);
    }

    async fn a_request_to_sign_in_voids_the_older_link_to_join(world: World) {
        world.join("ada@example.org", "43215").await;
        let browser = world.browser();
        browser.post("/join", &[("email", "ada@example.org"), ("zip", "43215")]).await.expect(303);
        let old = token_of(&link_in(&world.mails("ada@example.org", 2).await[1].text));
        let new = asked(&world, &browser, "ada@example.org").await;
        browser.post("/sign-in", &[("token", &old)]).await.expect(410);
        browser.post("/sign-in", &[("token", &new)]).await.expect(303);
    }

    async fn a_program_signs_in_with_its_own_token_or_the_code(world: World) {
        world.join("ada@example.org", "43215").await;
        let program = Client::program(world.server.url());
        let ask = async |count: usize| {
            let asked = program.call("POST", "/api/v1/sign-in-links", &json!({"email": "ada@example.org"})).await.expect(202).json();
            let mail = world.mails("ada@example.org", count).await.remove(count - 1);
            (asked["request"].clone(), token_of(&link_in(&mail.text)))
        };
        let session = async |body: Value| program.call("POST", "/api/v1/sessions", &body).await;

        let (request, token) = ask(2).await;
        session(json!({"request": "not mine", "token": token})).await.expect(410);
        session(json!({"request": request, "token": "0"})).await.expect(410);
        let grant = session(json!({"request": request, "token": token})).await.expect(201).json();
        assert_eq!(grant["expires_in"], 600);
        assert_eq!(grant["volunteer"]["email"], "ada@example.org");
        session(json!({"request": request, "token": token})).await.expect(410);

        let (request, token) = ask(3).await;
        let code = code_in(&world.browser().post("/sign-in", &[("token", &token)]).await.expect(200).text);
        session(json!({"request": request, "code": "22222222"})).await.expect(410);
        session(json!({"request": request, "code": code})).await.expect(201);
        session(json!({"request": request, "code": code})).await.expect(410);

        for body in [json!({"request": request}), json!({"request": request, "code": code, "token": token})] {
            let refused = session(body).await.expect(422).json();
            assert!(refused["errors"]["token"][0].is_string(), "{refused}");
        }
    }

    async fn the_host_of_a_link_comes_from_the_settings(world: World) {
        let program = Client::program(world.server.url());
        let body = json!({"email": "cy@example.org", "zip": "43215"}).to_string();
        let headers = [
            ("content-type", "application/json"),
            ("host", "evil.example.org"),
            ("x-forwarded-host", "evil.example.org"),
            ("forwarded", "host=evil.example.org"),
        ];
        program.send(Method::POST, "/api/v1/registrations", &headers, Some(body)).await.expect(202);
        let mail = world.mails("cy@example.org", 1).await.remove(0);
        assert!(link_in(&mail.text).starts_with(world.server.url()) && !mail.text.contains("evil"), "{}", mail.text);
    }

    async fn a_token_stands_in_no_table(world: World) {
        let browser = world.browser();
        browser.post("/join", &[("email", "cy@example.org"), ("zip", "43215")]).await.expect(303);
        let token = token_of(&link_in(&world.mails("cy@example.org", 1).await[0].text));
        for (table, column) in [("sign_in_requests", "token_hash"), ("sign_in_requests", "handle_hash"), ("sign_in_requests", "choices"), ("outbox", "body")] {
            let query = format!("SELECT count(*) AS n FROM {table} WHERE {column} LIKE '%{token}%'");
            assert_eq!(world.count(&query).await, 0, "{table}.{column}");
        }
    }

    async fn beyond_five_an_hour_the_answer_is_the_same_and_no_mail_goes(world: World) {
        let program = Client::program(world.server.url());
        let ask = async || program.call("POST", "/api/v1/registrations", &json!({"email": "cy@example.org", "zip": "43215"})).await.expect(202);
        for _ in 0..5 {
            ask().await;
        }
        world.mails("cy@example.org", 5).await;
        let over = ask().await.json();
        assert!(over["request"].is_string() && over["region"]["code"] == "us-oh-39049-43215", "{over}");
        // Somebody else's mail comes through; after it, no sixth can be on its way.
        world.browser().post("/join", &[("email", "ben@example.org"), ("zip", "43215")]).await.expect(303);
        world.mails("ben@example.org", 1).await;
        assert_eq!(world.mails_now("cy@example.org").len(), 5);
        world.clock.advance(Duration::hours(1));
        ask().await;
        world.mails("cy@example.org", 6).await;
    }

    async fn the_first_link_of_hq_works_once_in_any_browser_for_a_day(world: World) {
        let app = &world.server.app;
        let (first, second) = (
            muster::accounts::add_staff(app, "dee@example.org", None).await.unwrap(),
            muster::accounts::add_staff(app, "dee@example.org", None).await.unwrap(),
        );
        world.clock.advance(Duration::hours(24));
        let browser = world.browser();
        world.press(&browser, &first).await;
        let me = browser.get("/api/v1/me").await.expect(200).json();
        assert!(me["roles"].to_string().contains("staff"), "{me}");
        world.browser().post("/sign-in", &[("token", &token_of(&first))]).await.expect(410);
        world.clock.advance(Duration::seconds(1));
        world.browser().post("/sign-in", &[("token", &token_of(&second))]).await.expect(410);
        assert_eq!(world.count("SELECT count(*) AS n FROM staff").await, 1);
    }

    async fn there_is_no_reusable_link_outside_the_demo(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        assert!(muster::accounts::ready_link(&world.server.app, ada.id).await.is_err());
        // Not even for a row that a demo left behind.
        let row = format!(
            "INSERT INTO sign_in_requests (id, purpose, handle_hash, browser_hash, email, ip, name, choices, asked_at, mailed, token_hash, expires_at, code_tries, volunteer_id) \
             VALUES (1, 'demo', 'a', 'b', 'ada@example.org', '', '', '{{}}', '2026-11-18 00:00:00', {}, '{}', '2036-01-01 00:00:00', 0, {})",
            if world.place == Place::Embedded { "0" } else { "false" },
            muster::sessions::digest("token"),
            ada.id.0,
        );
        world.sql(row).await;
        world.browser().post("/sign-in", &[("token", "token")]).await.expect(410);
    }

    async fn one_goes_on_to_the_page_one_came_for_if_it_is_ours(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        for (next, there) in [("/tasks/7?from=mail", "/tasks/7?from=mail"), ("//evil.example.org", "/home"), ("https://evil.example.org", "/home")] {
            let browser = world.browser();
            let before = world.mails_now(&ada.email).len();
            browser.post("/sign-in/links", &[("email", &ada.email), ("next", next)]).await.expect(303);
            let mail = world.mails(&ada.email, before + 1).await.remove(before);
            let pressed = browser.post("/sign-in", &[("token", &token_of(&link_in(&mail.text)))]).await.expect(303);
            assert_eq!(pressed.header("location"), there);
        }
    }
}

/// The limits that need other settings: a proxy whose word counts for where people come from.
async fn with_settings(change: fn(&mut Settings), promise: impl AsyncFn(&World)) {
    for place in [Place::Embedded, Place::Production] {
        if let Some(world) = World::open_with(place, change).await {
            promise(&world).await;
        }
    }
}

fn behind_a_proxy(settings: &mut Settings) {
    settings.trusted_proxies = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    settings.links_per_ip_hour = 20;
}

async fn register_from(program: &Client, ip: &str, email: &str) {
    let body = json!({"email": email, "zip": "43215"}).to_string();
    let headers = [
        ("content-type", "application/json"),
        ("x-forwarded-for", ip),
    ];
    program
        .send(Method::POST, "/api/v1/registrations", &headers, Some(body))
        .await
        .expect(202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_ip_gets_twenty_links_an_hour_and_another_its_own() {
    with_settings(behind_a_proxy, async |world| {
        let program = Client::program(world.server.url());
        for number in 0..25 {
            register_from(&program, "192.0.2.1", &format!("p{number}@example.org")).await;
        }
        register_from(&program, "192.0.2.2", "last@example.org").await;
        world.mails("last@example.org", 1).await;
        world.mails("p19@example.org", 1).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(world.server.app.mailer.sent().len(), 21);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_gets_twenty_links_an_hour_in_all_however_many_ask_at_once() {
    with_settings(behind_a_proxy, async |world| {
        let program = Client::program(world.server.url());
        let asks = (0..40).map(|number| {
            let (program, ip) = (program.clone(), format!("192.0.2.{number}"));
            async move { register_from(&program, &ip, "cy@example.org").await }
        });
        join_all(asks).await;
        world.mails("cy@example.org", 20).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(world.mails_now("cy@example.org").len(), 20);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demos_links_work_again_and_again() {
    with_settings(
        |settings| settings.demo = true,
        async |world| {
            let ada = world.join("ada@example.org", "43215").await;
            let link = muster::accounts::ready_link(&world.server.app, ada.id)
                .await
                .unwrap();
            world.clock.advance(Duration::days(30));
            for _ in 0..3 {
                let browser = world.browser();
                world.press(&browser, &link).await;
                assert!(is_in(&browser).await);
            }
        },
    )
    .await;
}

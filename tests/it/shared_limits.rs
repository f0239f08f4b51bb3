//! Limits hold over all nodes together, without Redis: they are counted where the thing is written.

use futures_util::future::join_all;
use muster::Server;
use muster::settings::{Secret, Settings};
use serde_json::{Value, json};

use crate::support::{Client, Member, Place, World, link_in, token_of};

/// Two nodes of one campaign that share a database and nothing else.
async fn pair(change: fn(&mut Settings)) -> Option<(World, Server)> {
    let world = World::open_with(Place::Production, |settings| {
        settings.redis_url = Secret(String::new());
        change(settings);
    });
    let Some(world) = world.await else {
        eprintln!("left out: no production services are named");
        return None;
    };
    let other = world.second_node().await;
    Some((world, other))
}

/// Mails to `address` that either node sent, once no more come.
async fn mailed(world: &World, other: &Server, address: &str) -> usize {
    let sent = || {
        let there = other.app.mailer.sent();
        let there = there.iter().filter(|mail| mail.to == address).count();
        world.mails_now(address).len() + there
    };
    let mut before = sent();
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        if sent() == before {
            return before;
        }
        before = sent();
    }
}

/// Asks on both nodes by turns, `times` in all, from the addresses that `ip` gives.
async fn ask(
    nodes: [&str; 2],
    times: u32,
    email: impl Fn(u32) -> String,
    ip: impl Fn(u32) -> String,
) {
    for n in 0..times {
        let program = Client::program(nodes[n as usize % 2]);
        let body = json!({"email": email(n)});
        let ip = ip(n);
        let answer = program
            .call_with(
                "POST",
                "/api/v1/sign-in-links",
                &body,
                &[("x-forwarded-for", ip.as_str())],
            )
            .await;
        answer.expect(202);
    }
}

fn proxied(settings: &mut Settings) {
    settings.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")];
    settings.links_per_ip_hour = 20;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_are_limited_over_all_nodes_per_address_and_per_ip() {
    let Some((world, other)) = pair(proxied).await else {
        return;
    };
    let nodes = [world.server.url(), other.url()];
    for name in ["ada", "ben"] {
        world
            .person(&format!("{name}@example.org"), "us-oh-39049-43215")
            .await;
    }
    // One address from one IP: five an hour.
    ask(
        nodes,
        12,
        |_| "ada@example.org".into(),
        |_| "203.0.113.1".into(),
    )
    .await;
    assert_eq!(mailed(&world, &other, "ada@example.org").await, 5);
    // One address, each time from elsewhere: twenty an hour.
    ask(
        nodes,
        30,
        |_| "ben@example.org".into(),
        |n| format!("198.51.100.{n}"),
    )
    .await;
    assert_eq!(mailed(&world, &other, "ben@example.org").await, 20);
    // One IP, each time another address: twenty an hour, whether or not somebody is behind it.
    ask(
        nodes,
        30,
        |n| format!("nobody{n}@example.org"),
        |_| "203.0.113.2".into(),
    )
    .await;
    let counted =
        "SELECT count(*) AS n FROM sign_in_requests WHERE mailed AND ip LIKE '203.0.113.2%'";
    assert_eq!(world.count(counted).await, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_has_five_tries_over_all_nodes() {
    let Some((world, other)) = pair(|_| {}).await else {
        return;
    };
    let ada = world.join("ada@example.org", "43215").await;
    for (wrong, last) in [(4, 201), (5, 410)] {
        let (request, code) = shown(&world, &ada).await;
        let nodes = [world.server.url(), other.url()];
        let try_it = async |n: usize, code: &str| {
            let body = json!({"request": request, "code": code});
            let program = Client::program(nodes[n % 2]);
            program.call("POST", "/api/v1/sessions", &body).await.status
        };
        for n in 0..wrong {
            assert_ne!(try_it(n, "22222222").await, 201);
        }
        assert_eq!(try_it(wrong, &code).await, last, "after {wrong} wrong ones");
    }
}

/// What a program asked with, and the code that another browser showed for it.
async fn shown(world: &World, ada: &Member) -> (Value, String) {
    let before = world.mails_now(&ada.email).len();
    let asked = Client::program(world.server.url())
        .call(
            "POST",
            "/api/v1/sign-in-links",
            &json!({"email": ada.email}),
        )
        .await
        .expect(202)
        .json();
    let mails = world.mails(&ada.email, before + 1).await;
    let token = token_of(&link_in(&mails[before].text));
    let page = world.browser().post("/sign-in", &[("token", &token)]).await;
    let page = page.expect(200).text;
    let (_, rest) = page.split_once("class=\"code-shown\"").expect("a code");
    let code = rest.split(['>', '<']).nth(1).expect("its text");
    (asked["request"].clone(), code.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_comments_in_ten_minutes_over_all_nodes_however_many_come_at_once() {
    let Some((world, other)) = pair(|_| {}).await else {
        return;
    };
    let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
    let captain = world.captain_person("dee@example.org", "us-oh-39049").await;
    let posts = "/api/v1/regions/us-oh-39049/posts";
    let post = captain
        .client
        .call("POST", posts, &json!({"text": "Who takes Hilltop?"}))
        .await
        .expect(201)
        .json();
    let path = format!(
        "/api/v1/posts/{}/comments",
        post["id"].as_str().expect("an id")
    );
    let token = ada.client.bearer.as_deref().expect("a token");
    let programs = [world.server.url(), other.url()].map(|url| Client::with_bearer(url, token));
    let answers = (0..30).map(|n| {
        let (program, path) = (programs[n % 2].clone(), path.clone());
        async move {
            let body = json!({"text": format!("I do, {n}.")});
            program.call("POST", &path, &body).await.status
        }
    });
    let answers = join_all(answers).await;
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(201), count(429)), (20, 10), "{answers:?}");
}

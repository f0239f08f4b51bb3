//! What goes over the wire whatever the call is: methods, bodies, tokens, and sentences that people
//! who write programs can use.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{Client, Place, World, both};

/// Words that belong to the house's own language, not to its visitors'.
const INNER: [&str; 8] = [
    "i32",
    "i64",
    "u32",
    "struct",
    "variant",
    "expected",
    "sequence",
    "invalid type",
];

async fn world() -> World {
    World::open(Place::Embedded)
        .await
        .expect("the embedded world")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_method_is_405_and_says_which_are_right() {
    let world = world().await;
    let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
    let send = async |method: &str, path: &str| {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        ben.client.send(method, path, &[], None).await
    };
    for (method, path, allow) in [
        ("DELETE", "/api/v1/activities", "POST, OPTIONS"),
        ("PUT", "/api/v1/me", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("TRACE", "/api/v1/me", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("GET", "/sign-out", "POST, OPTIONS"),
    ] {
        let answer = send(method, path).await.expect(405);
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        if path.starts_with("/api/") {
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert!(
                answer.json()["detail"].as_str().unwrap().contains(allow),
                "{}",
                answer.text
            );
        } else {
            assert!(
                answer.text.contains("<h1") && answer.text.contains("Not like this"),
                "{}",
                answer.text
            );
        }
    }
    let asked = send("OPTIONS", "/api/v1/tasks").await.expect(204);
    assert_eq!(asked.header("allow"), "GET, POST, HEAD, OPTIONS");
    assert_eq!(asked.header("access-control-allow-origin"), "");
    send("DELETE", "/api/v1/nothing").await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_an_object_with_named_fields() {
    let world = world().await;
    let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
    for body in [
        json!(["doors", 3]),
        json!([]),
        json!("doors"),
        json!(7),
        json!([{"kind": "doors", "quantity": 3}]),
    ] {
        let refused = ben
            .client
            .score("/api/v1/activities", "k", &body)
            .await
            .expect(400)
            .json();
        assert!(
            refused["detail"]
                .as_str()
                .unwrap()
                .contains("one JSON object"),
            "{refused}"
        );
    }
    let sheet = json!({"rows": [["k", "doors", 3, null, null, null, null, null, null]]});
    let answer = ben
        .client
        .call("POST", "/api/v1/activities/batch", &sheet)
        .await
        .expect(200)
        .json();
    assert_eq!(answer["results"][0]["status"], 422, "{answer}");
    for change in [
        json!({"skills": [["spanish", 4]]}),
        json!({"certificates": [["first-aid"]]}),
    ] {
        let refused = ben
            .client
            .call("PATCH", "/api/v1/me", &change)
            .await
            .expect(422)
            .json();
        assert!(
            refused["detail"].as_str().unwrap().contains("object"),
            "{refused}"
        );
    }
    let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
    let draft =
        json!({"title": "Doors", "kind": "doors", "region": "us-oh-39049", "place": [39.9, -83.0]});
    let refused = dee
        .client
        .call("POST", "/api/v1/tasks", &draft)
        .await
        .expect(422)
        .json();
    assert!(refused["errors"]["place"].is_array(), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_name_the_field_in_words_of_the_field() {
    let world = world().await;
    let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
    let mut told: Vec<(String, Value, &str)> = Vec::new();
    for (body, field) in [
        (json!({"kind": "doors", "quantity": "many"}), "quantity"),
        (json!({"kind": "doors", "quantity": 1.5}), "quantity"),
        (json!({"kind": "bribes", "quantity": 1}), "kind"),
        (json!({"kind": null, "quantity": 1}), "kind"),
        (json!({"kind": 7, "quantity": 1}), "kind"),
        (json!({"quantity": 1}), "kind"),
        (
            json!({"kind": "doors", "quantity": 1, "occurred_at": "soon"}),
            "occurred_at",
        ),
        (json!({"kind": "doors", "quantity": 1, "task": "x"}), "task"),
        (json!({"kind": "doors", "quantity": 1, "note": 7}), "note"),
    ] {
        let refused = ben
            .client
            .score("/api/v1/activities", "k", &body)
            .await
            .expect(422)
            .json();
        told.push((body.to_string(), refused, field));
    }
    for (change, field) in [
        (json!({"travel_km": 1e12}), "travel_km"),
        (json!({"travel_km": 5_000_000_000_i64}), "travel_km"),
        (json!({"quiet": "yes"}), "quiet"),
        (json!({"skills": {"slug": "spanish"}}), "skills"),
        (
            json!({"skills": [{"slug": "spanish", "level": "good"}]}),
            "skills[0].level",
        ),
        (
            json!({"certificates": [{"name": "first-aid", "expires": "soon"}]}),
            "certificates[0].expires",
        ),
    ] {
        let refused = ben
            .client
            .call("PATCH", "/api/v1/me", &change)
            .await
            .expect(422)
            .json();
        told.push((change.to_string(), refused, field));
    }
    for (path, field) in [
        ("/api/v1/tasks?limit=x", "limit"),
        ("/api/v1/tasks?limit=0", "limit"),
        ("/api/v1/tasks?limit=201", "limit"),
        ("/api/v1/tasks?colour=red", "colour"),
        ("/api/v1/tasks?after=x", "after"),
    ] {
        let refused = ben.client.get(path).await.expect(422).json();
        told.push((path.to_owned(), refused, field));
    }
    for (asked, refused, field) in told {
        let why = refused["errors"][field][0]
            .as_str()
            .unwrap_or_else(|| panic!("{asked}: {refused}"));
        assert!(
            why.ends_with('.') && !INNER.iter().any(|word| why.contains(word)),
            "{asked}: {why}"
        );
    }
    let most = ben.client.get("/api/v1/tasks?limit=0").await.json();
    assert!(
        most["detail"].as_str().unwrap().contains("from 1 to 200"),
        "{most}"
    );
    let kinds = ben
        .client
        .score("/api/v1/activities", "k", &json!({"kind": "bribes"}))
        .await
        .json();
    assert!(
        kinds["detail"].as_str().unwrap().contains("calls, doors"),
        "{kinds}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_says_it_is_too_large_is_refused_before_it_comes() {
    let world = world().await;
    let mut line = TcpStream::connect(world.server.address).await.unwrap();
    let head = "POST /api/v1/registrations HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/json\r\ncontent-length: 99999999999\r\n\r\n{";
    line.write_all(head.as_bytes()).await.unwrap();
    let mut begin = [0; 12];
    let told = timeout(Duration::from_secs(10), line.read_exact(&mut begin));
    told.await.expect("an answer in time").unwrap();
    assert_eq!(&begin, b"HTTP/1.1 413");
}

both! {
    async fn a_bearer_token_is_asked_for_and_taken_however_its_scheme_is_written(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let token = ben.client.bearer.clone().expect("a token");
        let program = Client::program(world.server.url());
        let asked = program.get("/api/v1/me").await.expect(401);
        assert_eq!(asked.header("www-authenticate"), "Bearer");
        for scheme in ["bearer", "BEARER", "Bearer"] {
            let value = format!("{scheme} {token}");
            program.send(Method::GET, "/api/v1/me", &[("authorization", &value)], None).await.expect(200);
        }
        let basic = format!("Basic {token}");
        program.send(Method::GET, "/api/v1/me", &[("authorization", &basic)], None).await.expect(401);
    }
}

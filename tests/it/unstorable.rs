//! What no database can store breaks no call: U+0000 in an address, in a query or in a body is
//! refused like any other slip, by PostgreSQL as by SQLite.

use muster::http::Route;
use reqwest::Method;
use serde_json::json;

use crate::support::{Client, World, both};

const NAMES: [&str; 12] = [
    "q",
    "region",
    "kind",
    "status",
    "skill",
    "language",
    "availability",
    "after",
    "week",
    "next",
    "token",
    "invite",
];

/// A path with something unstorable for each `{name}`.
fn filled(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((start, after)) = rest.split_once('{') {
        out.push_str(start);
        out.push_str("a%00b");
        rest = after.split_once('}').expect("a name ends").1;
    }
    out + rest
}

both! {
    async fn what_cannot_be_stored_breaks_no_page_and_no_call(world: World) {
        let staff = world.staff("hq@example.org").await;
        let program = world.program(&staff).await;
        let mut faults = Vec::new();
        for Route { method, path, .. } in muster::routes::table() {
            let method = Method::from_bytes(method.as_str().as_bytes()).expect("a method");
            let client = if path.starts_with("/api/") { &program } else { &staff.client };
            let filled = filled(path);
            let queries = NAMES.iter().map(|name| format!("{filled}?{name}=a%00b"));
            let asked: Vec<String> = match method {
                Method::GET if path != "/live" => std::iter::once(filled.clone()).chain(queries).collect(),
                _ if filled == path => continue,
                _ => vec![filled],
            };
            for path in asked {
                let body = (method != Method::GET).then(|| "{}".to_owned());
                let answer = client.send(method.clone(), &path, &[("content-type", "application/json")], body).await;
                if answer.status >= 500 {
                    faults.push(format!("{method} {path}: {}", answer.status));
                }
            }
        }
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }

    async fn a_text_that_cannot_be_stored_or_shown_is_refused_by_its_field(world: World) {
        let program = world.program(&world.staff("hq@example.org").await).await;
        let place = json!({"lat": 40, "lon": -83, "name": "a\u{0}"});
        for (method, path, field, value) in [
            ("POST", "/api/v1/tasks", "place.name", json!({"place": place})),
            ("POST", "/api/v1/tasks", "title", json!({"title": "Call \u{202e}"})),
            ("POST", "/api/v1/tasks", "body", json!({"body": "a\u{2066}b"})),
            ("PATCH", "/api/v1/me", "certificates", json!({"certificates": [{"name": "a\u{0}"}]})),
        ] {
            let mut body = match path {
                "/api/v1/tasks" => json!({"title": "Call", "kind": "calls", "region": "us-oh"}),
                _ => json!({}),
            };
            for (name, value) in value.as_object().expect("fields") {
                body[name] = value.clone();
            }
            let refused = program.call(method, path, &body).await.expect(422).json();
            assert!(refused["errors"][field].is_array(), "{field}: {refused}");
        }
    }

    async fn an_invitation_that_cannot_be_stored_is_one_that_nobody_sent(world: World) {
        let program = Client::program(world.server.url());
        let join = json!({"email": "ada@example.org", "zip": "43215", "invite": "\u{0}"});
        let refused = program.call("POST", "/api/v1/registrations", &join).await.expect(422).json();
        assert!(refused["errors"]["invite"].is_array(), "{refused}");
        let form = [("email", "ada@example.org"), ("zip", "43215"), ("invite", "\u{0}")];
        let again = world.browser().post("/join", &form).await.expect(422);
        assert!(again.text.contains("ada@example.org"), "what was typed stays: {}", again.text);
    }

    async fn an_invitation_may_be_typed_in_small_letters(world: World) {
        let ada = world.join("ada@example.org", "43215").await;
        let viewer = world.viewer(&ada).await;
        let link = muster::accounts::invitation_link(&world.server.app, &viewer).await.expect("an answer").expect("a link");
        let code = link.rsplit('/').next().expect("a code").to_lowercase();
        let page = world.browser().get(&format!("/i/{code}")).await.expect(200);
        assert!(page.text.contains("ada"), "{}", page.text);
        let join = json!({"email": "ben@example.org", "zip": "43215", "invite": code});
        Client::program(world.server.url()).call("POST", "/api/v1/registrations", &join).await.expect(202);
    }

    async fn a_key_that_cannot_be_stored_spoils_its_own_row_alone(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let sheet = json!({"rows": [
            {"key": "a\u{0}", "kind": "calls", "quantity": 1},
            {"key": "b", "kind": "calls", "quantity": 1},
        ]});
        let told = ben.client.call("POST", "/api/v1/activities/batch", &sheet).await.expect(200).json();
        assert_eq!(told["results"][0]["status"], 422, "{told}");
        assert_eq!(told["results"][1]["status"], 201, "{told}");
    }
}

//! What a restored backup must not bring back: people who left, sessions and links of before.

use std::fs;
use std::path::PathBuf;

use muster::Server;
use muster::sessions::Audience;
use muster::settings::Secret;
use serde_json::{Value, json};

use crate::backup::elsewhere;
use crate::support::{Client, Command, Person, World, both, link_in, token_of};

const HOME: &str = "us-oh-39049-43215";

/// A program of `person` on `node`, where none of their sessions is known.
pub(crate) async fn signed_in_on(node: &Server, person: &Person) -> Client {
    let (app, id) = (&node.app, person.id);
    let (now, sessions) = (app.clock.now(), app.sessions.clone());
    let opened = app
        .db
        .write(move |conn| sessions.open(conn, id, Audience::Api, "a test", now))
        .await
        .expect("a session");
    let token = app.sessions.token(opened.session, Audience::Api, now);
    Client::with_bearer(node.url(), &token.expect("a token"))
}

/// `muster` in a folder of its own on the database at `url`, run to the end beside the test.
async fn run(muster: Command, arguments: &[&str]) -> (Command, String) {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let (muster, ended) = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ended = muster.run(&arguments);
        (muster, ended)
    })
    .await
    .expect("a thread");
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    (muster, ended.out)
}

async fn backup(world: &World) -> (Command, String) {
    let muster = Command::new().with("DATABASE_URL", &world.settings.database_url.0);
    let (muster, _) = run(muster, &["backup", "muster.backup"]).await;
    let path = muster.folder().join("muster.backup").display().to_string();
    (muster, path)
}

/// A node on the restored database at `url`.
async fn node(world: &World, url: &str) -> Server {
    let mut settings = world.settings.clone();
    settings.database_url = Secret(url.to_owned());
    settings.erasures_file = PathBuf::from(format!("{}-2", list_of(world)));
    Server::start(settings, world.clock.clone())
        .await
        .expect("a node of the restored campaign")
}

fn list_of(world: &World) -> String {
    let list = world.settings.erasures().expect("a list is kept");
    list.display().to_string()
}

/// A link on its way to `email`, and what its program sends to spend it.
async fn link_to(world: &World, email: &str) -> Value {
    let program = Client::program(world.server.url());
    let body = json!({ "email": email });
    let asked = program.call("POST", "/api/v1/sign-in-links", &body).await;
    let mut link = asked.expect(202).json();
    let mail = world.mails(email, 1).await;
    link["token"] = token_of(&link_in(&mail[0].text)).into();
    link
}

/// Somebody with everything that an erasure takes away.
async fn ada_of(world: &World) -> Person {
    let ada = world.captain_person("ada@example.org", HOME).await;
    let knock = json!({"kind": "doors", "quantity": 7, "note": "Ada knocked at number 7."});
    ada.client
        .score("/api/v1/activities", "k1", &knock)
        .await
        .expect(201);
    let posts = format!("/api/v1/regions/{HOME}/posts");
    let text = json!({"text": "Ada was here."});
    ada.client.call("POST", &posts, &text).await.expect(201);
    ada
}

const ADA_LEFT: [&str; 6] = [
    "SELECT COUNT(*) AS n FROM volunteers WHERE email = 'ada@example.org' OR name = 'ada'",
    "SELECT COUNT(*) AS n FROM posts WHERE body LIKE '%Ada%'",
    "SELECT COUNT(*) AS n FROM ledger WHERE note IS NOT NULL",
    "SELECT COUNT(*) AS n FROM captains c JOIN volunteers v ON v.id = c.volunteer_id WHERE v.name <> 'dee'",
    "SELECT COUNT(*) AS n FROM sign_in_requests",
    "SELECT COUNT(*) AS n FROM sessions WHERE revoked_at IS NULL",
];

both! {
    async fn who_left_after_a_backup_stays_gone_when_it_is_restored(world: World) {
        let ada = ada_of(&world).await;
        let ben = world.person("ben@example.org", HOME).await;
        let links = [link_to(&world, &ada.email).await, link_to(&world, &ben.email).await];
        world.captain_person("dee@example.org", HOME).await;
        world.staff_person("hq@example.org").await;
        let (_muster, path) = backup(&world).await;
        ada.client.call("DELETE", "/api/v1/me", &json!({})).await.expect(204);
        let list = list_of(&world);
        let listed = fs::read_to_string(&list).expect("the list");
        assert!(listed.contains(&ada.id.to_string()) && listed.lines().count() == 2, "{listed}");
        for word in ["ada", "example.org", HOME] {
            assert!(!listed.contains(word), "{listed}");
        }

        let fresh = Command::new();
        let url = elsewhere(&world, fresh.folder());
        let fresh = fresh.with("DATABASE_URL", &url);
        let (fresh, said) = run(fresh, &["restore", &path, "--erasures", &list]).await;
        let target = url.trim_start_matches("sqlite:").split('@').next_back().unwrap_or_default();
        assert!(said.contains(target), "{said}");
        assert!(said.contains(&format!("1 person was erased again, by {list} (1 listed).")), "{said}");
        assert!(said.contains("4 sessions and 1 link ended"), "{said}");
        assert!(said.contains("1 captaincy and 1 person of HQ") && said.contains("/hq/staff"), "{said}");
        let (_fresh, _) = run(fresh, &["boards", "verify"]).await;

        let node = node(&world, &url).await;
        let mut restored = world;
        restored.server = node;
        for query in ADA_LEFT {
            assert_eq!(restored.count(query).await, 0, "{query}");
        }
        assert_eq!(restored.count("SELECT COUNT(*) AS n FROM ledger").await, 1, "her line counts still");
        let erased = "SELECT COUNT(*) AS n FROM volunteers WHERE erased_at IS NOT NULL";
        assert_eq!(restored.count(erased).await, 1);
        for person in [&ada, &ben] {
            let there = Client::with_bearer(restored.server.url(), person.client.bearer.as_deref().expect("a token"));
            there.get("/api/v1/me").await.expect(401);
        }
        let late = Client::program(restored.server.url());
        for link in links {
            late.call("POST", "/api/v1/sessions", &link).await.expect(410);
        }
        let ben = signed_in_on(&restored.server, &ben).await;
        assert_eq!(ben.get("/api/v1/me").await.expect(200).json()["email"], "ben@example.org");
        restored.server.stop().await;
    }

    async fn a_list_that_is_found_later_is_applied_beside_a_serving_node(world: World) {
        let ada = ada_of(&world).await;
        link_to(&world, &ada.email).await;
        let (_muster, path) = backup(&world).await;
        ada.client.call("DELETE", "/api/v1/me", &json!({})).await.expect(204);

        let fresh = Command::new();
        let url = elsewhere(&world, fresh.folder());
        let fresh = fresh.with("DATABASE_URL", &url).with("KEYS_FILE", "keys.json");
        let (fresh, said) = run(fresh, &["restore", &path]).await;
        assert!(said.contains("No list of erasures was at hand"), "{said}");
        let list = list_of(&world);
        let node = node(&world, &url).await;
        let mut restored = world;
        restored.server = node;
        let back = signed_in_on(&restored.server, &ada).await;
        back.get("/api/v1/me").await.expect(200);
        let (fresh, said) = run(fresh, &["erasures", "apply", &list]).await;
        assert!(said.contains("1 person was erased again"), "{said}");
        // As soon as on any other node.
        tokio::time::sleep(muster::sessions::FRESH).await;
        back.get("/api/v1/me").await.expect(401);
        for query in &ADA_LEFT[..5] {
            assert_eq!(restored.count(query).await, 0, "{query}");
        }
        let (fresh, said) = run(fresh, &["erasures", "apply", &list]).await;
        assert!(said.contains("0 people were erased again"), "{said}");
        let (_fresh, _) = run(fresh, &["boards", "verify"]).await;
        restored.server.stop().await;
    }

    async fn who_leaves_while_the_list_cannot_be_written_is_listed_later_on_every_node(world: World) {
        let ada = world.person("ada@example.org", HOME).await;
        let list = list_of(&world);
        // A folder in its place; the node may just be making the list anew.
        while fs::create_dir(&list).is_err() {
            let _ = fs::remove_file(&list);
        }
        ada.client.call("DELETE", "/api/v1/me", &json!({})).await.expect(204);
        ada.client.get("/api/v1/me").await.expect(401);
        assert_eq!(world.server.app.erasures.missing(), 1, "somebody who looks is told");
        let broken = Server::start(world.settings.clone(), world.clock.clone()).await;
        let why = broken.err().expect("a node that cannot keep the list does not start");
        assert!(why.contains(&list) && why.contains("erasures_file"), "{why}");
        fs::remove_dir(&list).expect("the folder goes");
        let second = world.second_node().await;
        let third = node(&world, &world.settings.database_url.0).await;
        for list in [list.clone(), format!("{list}-2")] {
            let mut listed = String::new();
            for _ in 0..200 {
                listed = fs::read_to_string(&list).expect("the list");
                if listed.contains(&ada.id.to_string()) {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            assert!(listed.contains(&ada.id.to_string()), "{list}: {listed}");
        }
        second.stop().await;
        third.stop().await;
    }
}

#[test]
fn what_is_no_list_stops_a_restore_before_anything_is_done() {
    let muster = Command::new().with("DATABASE_URL", "sqlite:campaign.db");
    assert_eq!(muster.run(&["migrate"]).code, 0);
    assert_eq!(muster.run(&["backup", "whole.backup"]).code, 0);
    let backup = muster.folder().join("whole.backup").display().to_string();
    let fresh = Command::new().with("DATABASE_URL", "sqlite:campaign.db");
    fresh.file("keys.json", "{}");
    for list in ["keys.json", "absent"] {
        let ended = fresh.run(&["restore", &backup, "--erasures", list]);
        assert_eq!(ended.code, 1, "{}", ended.out);
        assert!(ended.err.contains(list), "{}", ended.err);
        assert!(!fresh.folder().join("campaign.db").exists());
    }
}

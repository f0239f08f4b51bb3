//! One's own pages: the profile, the log, and why a score is what it is.

use muster::clock::Duration;
use serde_json::{Value, json};

use crate::support::{Person, World, both};

const HOME: &str = "us-oh-39049-43215";

async fn page(who: &Person, path: &str) -> String {
    who.client.get(path).await.expect(200).text
}

/// The page with its markup left out, every run of blanks one.
fn read(page: &str) -> String {
    let mut text = String::new();
    for part in page.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, shown)| shown));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn log(who: &Person, key: &str, body: Value) -> String {
    let entry = who
        .client
        .score("/api/v1/activities", key, &body)
        .await
        .expect(201)
        .json();
    entry["id"].as_str().unwrap().to_owned()
}

async fn decide(leader: &Person, entry: &str, state: &str) {
    let path = format!("/api/v1/activities/{entry}/verification");
    leader
        .client
        .call("PUT", &path, &json!({"state": state}))
        .await
        .expect(200);
}

both! {
    async fn the_profile_form_shows_and_keeps_all_that_is_known(world: World) {
        let ada = world.person("ada@example.org", HOME).await;
        let form = [
            ("name", "Ada"), ("region", HOME), ("interests", "doors"), ("interests", "translation"), ("languages", "es"),
            ("languages", "hmn"), ("travel", "10"), ("hours", "6"), ("access", "Step-free, parking"), ("adult", "on"),
        ];
        ada.client.post("/me", &form).await.expect(303);
        let me = ada.client.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["interests"], json!(["doors", "translation"]));
        assert_eq!((&me["languages"], &me["adult"], &me["weekly_hours"]), (&json!(["es", "hmn"]), &json!(true), &json!(6)));
        assert_eq!(me["access_needs"], json!(["step-free", "parking"]));
        let shown = page(&ada, "/me").await;
        for text in ["value=\"translation\" checked", "value=\"hmn\" checked", "name=\"adult\" checked", "value=\"6\"", "value=\"10\"", "step-free, parking", "Hmong"] {
            assert!(shown.contains(text), "{text}: {shown}");
        }
    }

    async fn every_fault_of_the_profile_form_is_named_and_led_to(world: World) {
        let ada = world.person("ada@example.org", HOME).await;
        let form = [("name", "Ada\u{202e}"), ("zip", "00000"), ("languages", "klingon"), ("travel", "far"), ("hours", "200")];
        let refused = ada.client.post("/me", &form).await.expect(422).text;
        for field in ["name", "zip", "languages", "travel", "hours"] {
            assert!(refused.contains(&format!("href=\"#{field}\"")), "{field}: {refused}");
            assert!(refused.contains(&format!("id=\"{field}\"")), "the link leads to {field}");
        }
        assert!(refused.contains("Hours a week, at most: Choose a number from 0 to 80.") && refused.contains("value=\"far\""), "{refused}");
        assert_eq!(ada.client.get("/api/v1/me").await.expect(200).json()["name"], "ada");
    }

    async fn the_log_asks_in_the_words_of_the_field(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        for (kind, field, sentence) in [
            ("doors", "quantity", "How many doors?"),
            ("calls", "quantity", "How many calls?"),
            ("shift", "minutes", "How many minutes did it take?"),
            ("listening_note", "note", "What did you hear? Write it down here."),
            ("training", "task", "Which training was it?"),
        ] {
            let refused = ben.client.post("/log", &[("key", "k"), ("kind", kind), ("day", "today")]).await.expect(422).text;
            assert!(refused.contains(sentence) && refused.contains(&format!("href=\"#{field}\"")), "{kind}: {refused}");
            assert!(!refused.contains("is needed for"), "{refused}");
        }
        let form = [("key", "k"), ("kind", "calls"), ("quantity", "3"), ("conversations", "4")];
        let refused = ben.client.post("/log", &form).await.expect(422).text;
        assert!(refused.contains("There cannot be more conversations than calls."), "{refused}");
    }

    async fn presets_are_what_was_really_done_said_in_full(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        log(&ben, "a", json!({"kind": "doors", "quantity": 17, "conversations": 5})).await;
        log(&ben, "d", json!({"kind": "calls", "quantity": 41, "occurred_at": "2026-11-17T20:00:00Z"})).await;
        let undone = log(&ben, "b", json!({"kind": "doors", "quantity": 99})).await;
        ben.client.post(&format!("/log/{undone}/reversal"), &[]).await.expect(303);
        let wrong = log(&ben, "c", json!({"kind": "calls", "quantity": 77})).await;
        decide(&dee, &wrong, "rejected").await;
        let shown = read(&page(&ben, "/log").await);
        assert!(shown.contains("17 doors, 5 conversations · today") && shown.contains("as earlier today"), "{shown}");
        assert!(shown.contains("41 calls · today as on Tuesday, Nov 17"), "{shown}");
        assert!(!shown.contains("99 doors") && !shown.contains("77 calls"), "{shown}");
    }

    async fn a_task_of_today_is_logged_with_one_tap_and_only_once(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        for (title, starts) in [("Drive to the polls", "2026-11-18T14:00:00Z"), ("Drive on Saturday", "2026-11-21T14:00:00Z")] {
            let draft = json!({"title": title, "kind": "shift", "region": "us-oh-39049", "minutes": 90, "slots": 3, "starts_at": starts});
            let task = dee.client.call("POST", "/api/v1/tasks", &draft).await.expect(201).json();
            let path = format!("/api/v1/tasks/{}/assignments/{}", task["id"].as_str().unwrap(), ben.id);
            dee.client.call("PUT", &path, &json!({"state": "assigned"})).await.expect(200);
        }
        let form = page(&ben, "/log").await;
        let presets = form.split("aria-labelledby=\"else\"").next().unwrap();
        assert!(presets.contains("Drive to the polls") && !presets.contains("Drive on Saturday"), "{presets}");
        let value = |name: &str| {
            let (_, rest) = presets.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let (key, task) = (value("key"), value("task"));
        let tap = [("key", key.as_str()), ("kind", "shift"), ("day", "today"), ("minutes", "90"), ("task", task.as_str())];
        ben.client.post("/log", &tap).await.expect(303);
        let form = page(&ben, "/log").await;
        let presets = form.split("aria-labelledby=\"else\"").next().unwrap();
        assert!(!presets.contains("Drive to the polls"), "{presets}");
    }

    async fn a_score_adds_up_and_its_corrections_say_what_they_are_about(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let first = log(&ben, "a", json!({"kind": "doors", "quantity": 22})).await;
        world.clock.advance(Duration::seconds(1));
        decide(&dee, &first, "approved").await;
        let shown = read(&page(&ben, "/me/points").await);
        assert!(shown.contains("22 doors on Nov 18, confirmed"), "{shown}");
        assert!(!shown.contains("0 doors"), "{shown}");
        assert!(shown.contains("Sum 44 44"), "earned and counted: {shown}");
        let receipt = read(&page(&ben, &format!("/log/{first}")).await);
        assert!(receipt.contains("22 doors on Nov 18, confirmed"), "{receipt}");
        let mut more = json!({"kind": "doors", "quantity": 131});
        more["volunteer"] = json!(ben.id.to_string());
        log(&dee, "b", more).await;
        let shown = read(&page(&ben, "/me/points").await);
        assert!(shown.contains("Sum 306 306 Above 200, half counts 253"), "{shown}");
    }

    async fn a_name_that_turns_text_around_is_refused(world: World) {
        let ada = world.person("ada@example.org", HOME).await;
        for mark in ["\u{202e}", "\u{2067}", "\u{200f}"] {
            let name = json!({"name": format!("Ada{mark}")});
            let refused = ada.client.call("PATCH", "/api/v1/me", &name).await.expect(422).json();
            assert!(refused["errors"]["name"].is_array(), "{refused}");
        }
        ada.client.call("PATCH", "/api/v1/me", &json!({"name": "عادة"})).await.expect(200);
        assert!(page(&ada, "/me").await.contains("<bdi>عادة</bdi>"));
        ada.client.call("PATCH", "/api/v1/me", &json!({"languages": ["spanish"]})).await.expect(422);
    }
}

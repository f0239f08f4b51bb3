//! Captains and HQ: numbers, people, offices, and the log of what they did.

use muster::clock::Duration;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Member, World, both};

const COLUMBUS: &str = "43215";
const CLEVELAND: &str = "44114";
const FRANKLIN: &str = "us-oh-39049";

async fn get(who: &Client, path: &str) -> Value {
    who.get(path).await.expect(200).json()
}

async fn found(who: &Client, query: &str) -> Vec<String> {
    let list = get(who, &format!("/api/v1/volunteers?{query}")).await;
    let mut emails: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| person["email"].as_str().unwrap().to_owned())
        .collect();
    emails.sort();
    emails
}

async fn patch(who: &Member, change: Value) {
    who.client
        .call("PATCH", "/api/v1/me", &change)
        .await
        .expect(200);
}

fn captaincy(region: &str, person: &Member) -> String {
    format!("/api/v1/regions/{region}/captains/{}", person.id)
}

async fn put(who: &Member, path: &str) -> Answer {
    who.client.call("PUT", path, &Value::Null).await
}

async fn delete(who: &Member, path: &str) -> Answer {
    who.client.call("DELETE", path, &Value::Null).await
}

/// A problem document without the name of its request.
fn bare(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    problem
}

/// The deeds in the audit log, newest first.
async fn deeds(hal: &Member) -> Vec<Value> {
    get(&hal.client, "/api/v1/audit").await["items"]
        .as_array()
        .unwrap()
        .clone()
}

both! {
    async fn a_captain_named_by_hq_leads_at_once_and_no_longer_when_unnamed(world: World) {
        let hal = world.staff("hal@example.org").await;
        let dee = world.join("dee@example.org", COLUMBUS).await;
        let summary = format!("/api/v1/regions/{FRANKLIN}/summary");
        dee.client.get(&summary).await.expect(403);
        let holder = put(&hal, &captaincy(FRANKLIN, &dee)).await.expect(200).json();
        assert_eq!(holder["email"], "dee@example.org");
        dee.client.get(&summary).await.expect(200);
        put(&hal, &captaincy(FRANKLIN, &dee)).await.expect(200);
        delete(&hal, &captaincy(FRANKLIN, &dee)).await.expect(204);
        dee.client.get(&summary).await.expect(403);
        delete(&hal, &captaincy(FRANKLIN, &dee)).await.expect(404);
        let log = deeds(&hal).await;
        let names: Vec<_> = log.iter().map(|line| line["deed"].as_str().unwrap()).collect();
        assert!(names.contains(&"captain_named") && names.contains(&"captaincy_ended"), "{names:?}");
    }

    async fn a_captain_moved_to_another_region_loses_the_old_one_at_once(world: World) {
        let hal = world.staff("hal@example.org").await;
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        let calls = format!("/api/v1/regions/{FRANKLIN}/follow-ups");
        dee.client.get(&calls).await.expect(200);
        put(&hal, &captaincy("us-oh-39035", &dee)).await.expect(200);
        delete(&hal, &captaincy(FRANKLIN, &dee)).await.expect(204);
        dee.client.get(&calls).await.expect(404);
        let path = format!("/api/v1/follow-ups/{}", cy.id);
        dee.client.call("PUT", &path, &json!({"outcome": "reached"})).await.expect(404);
        assert_eq!(found(&dee.client, "").await, ["dee@example.org"], "themselves, and nobody of the old region");
    }

    async fn only_hq_names_captains_and_hq(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        for who in [&dee, &ada] {
            put(who, &captaincy(FRANKLIN, &ada)).await.expect(403);
            delete(who, &captaincy(FRANKLIN, &dee)).await.expect(403);
            who.client.get("/api/v1/staff").await.expect(403);
            who.client.call("POST", "/api/v1/staff", &json!({"email": "ada@example.org"})).await.expect(403);
            who.client.get("/api/v1/audit").await.expect(403);
        }
        ada.client.get(&format!("/api/v1/regions/{FRANKLIN}/summary")).await.expect(403);
        ada.client.get("/api/v1/volunteers").await.expect(403);
    }

    async fn an_office_needs_a_region_and_a_person_that_exist(world: World) {
        let hal = world.staff("hal@example.org").await;
        let dee = world.join("dee@example.org", COLUMBUS).await;
        put(&hal, &captaincy("us-zz", &dee)).await.expect(404);
        put(&hal, &captaincy("US!", &dee)).await.expect(404);
        put(&hal, &format!("/api/v1/regions/us-oh/captains/{}", muster::ids::encode(5))).await.expect(404);
        put(&hal, "/api/v1/regions/us-oh/captains/nobody").await.expect(404);
        for (body, field) in [
            (json!({"email": "nobody@example.org"}), "email"),
            (json!({"email": "no address"}), "email"),
            (json!({"mail": "dee@example.org"}), "mail"),
        ] {
            let refused = hal.client.call("POST", "/api/v1/staff", &body).await.expect(422).json();
            assert!(refused["errors"][field][0].is_string(), "{refused}");
        }
    }

    async fn hq_takes_somebody_into_hq(world: World) {
        let hal = world.staff("hal@example.org").await;
        let ida = world.join("ida@example.org", COLUMBUS).await;
        let holder = hal.client.call("POST", "/api/v1/staff", &json!({"email": " IDA@example.org "})).await.expect(201).json();
        assert_eq!(holder["volunteer"], ida.id.to_string());
        let staff = get(&ida.client, "/api/v1/staff").await;
        assert_eq!(staff.as_array().unwrap().len(), 2);
    }

    async fn a_region_in_numbers(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let ben = world.join("ben@example.org", COLUMBUS).await;
        let out = world.join("out@example.org", CLEVELAND).await;
        // Wednesday morning in Ohio.
        patch(&ada, json!({"availability": ["wed-am", "sat-am"], "skills": [{"slug": "phone-calls", "level": 3}]})).await;
        patch(&ben, json!({"availability": ["sat-am"], "skills": [{"slug": "phone-calls", "level": 1}]})).await;
        patch(&out, json!({"availability": ["wed-am"]})).await;
        ada.client.score("/api/v1/activities", "k1", &json!({"kind": "doors", "quantity": 10, "conversations": 2})).await.expect(201);
        let path = format!("/api/v1/regions/{FRANKLIN}/summary");
        let numbers = get(&dee.client, &path).await;
        assert_eq!(numbers["region"]["code"], FRANKLIN);
        assert_eq!(numbers["volunteers"], 3);
        assert_eq!(numbers["active"], 1);
        assert_eq!(numbers["ready_now"], 1, "Ada alone is free now");
        assert_eq!(numbers["by_availability"]["sat-am"], 2);
        assert_eq!(numbers["by_availability"]["sun-eve"], 0);
        assert_eq!(numbers["by_skill"], json!({"phone-calls": 2}));
        assert_eq!(numbers["uncontacted"], 3);
        assert_eq!(numbers["overdue"], 0);
        patch(&ada, json!({"quiet": true})).await;
        assert_eq!(get(&dee.client, &path).await["ready_now"], 0, "who asked for quiet is left alone");
        world.clock.advance(Duration::hours(73));
        assert_eq!(get(&world.program(&dee).await, &path).await["overdue"], 3);
    }

    async fn a_foreign_region_has_no_numbers_as_if_it_did_not_exist(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        for what in ["summary", "follow-ups"] {
            let foreign = dee.client.get(&format!("/api/v1/regions/us-oh-39035/{what}")).await.expect(404);
            let above = dee.client.get(&format!("/api/v1/regions/us-oh/{what}")).await.expect(404);
            let nowhere = dee.client.get(&format!("/api/v1/regions/us-zz/{what}")).await.expect(404);
            assert_eq!(bare(&foreign), bare(&nowhere));
            assert_eq!(bare(&above), bare(&nowhere));
        }
        let foreign = dee.client.get("/api/v1/volunteers?region=us-oh-39035").await.expect(404);
        let nowhere = dee.client.get("/api/v1/volunteers?region=us-zz").await.expect(404);
        assert_eq!(bare(&foreign), bare(&nowhere));
    }

    async fn people_are_found_by_region_skill_time_language_and_name(world: World) {
        let hal = world.staff("hal@example.org").await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let ben = world.join("ben@example.org", CLEVELAND).await;
        patch(&ada, json!({"name": "Ada Canvasser", "languages": ["es"], "availability": ["tue-eve"], "skills": [{"slug": "phone-calls", "level": 3}]})).await;
        patch(&ben, json!({"name": "Ben 100%_!Host", "availability": ["mon-am"]})).await;
        let hq = &hal.client;
        assert_eq!(found(hq, "").await, ["ada@example.org", "ben@example.org", "hal@example.org"]);
        for query in [&format!("region={FRANKLIN}"), "skill=phone-calls", "availability=tue-eve", "language=es", "q=CANVASS", "q=ada%40"] {
            assert_eq!(found(hq, query).await, ["ada@example.org"], "{query}");
        }
        assert_eq!(found(hq, "q=100%25_%21").await, ["ben@example.org"], "marks of the query language are letters here");
        assert_eq!(found(hq, "q=a%25a").await, Vec::<String>::new());
        assert_eq!(found(hq, "region=us-oh&availability=mon-am&skill=phone-calls").await, Vec::<String>::new());
        let first = get(hq, "/api/v1/volunteers?limit=2").await;
        let rest = get(hq, &format!("/api/v1/volunteers?limit=2&after={}", first["next"].as_str().unwrap())).await;
        assert_eq!(first["items"].as_array().unwrap().len() + rest["items"].as_array().unwrap().len(), 3);
        assert_eq!(rest["next"], Value::Null);
        let ada = &get(hq, "/api/v1/volunteers?q=canvasser").await["items"][0];
        assert_eq!(ada["skills"], json!([{"slug": "phone-calls", "level": 3}]));
        assert_eq!(ada["region"]["name"], "Columbus 43215");
    }

    async fn a_search_that_cannot_be_read_names_the_part(world: World) {
        let hal = world.staff("hal@example.org").await;
        for (query, field) in [
            ("skill=juggling", "skill"), ("availability=someday", "availability"), ("limit=201", "limit"),
            ("after=x", "after"), ("colour=red", "colour"), ("q=a%00b", "q"),
        ] {
            let refused = hal.client.get(&format!("/api/v1/volunteers?{query}")).await.expect(422).json();
            assert!(refused["errors"][field][0].is_string(), "{query}: {refused}");
        }
        hal.client.get("/api/v1/volunteers?limit=x").await.expect(422);
    }

    async fn every_look_at_people_is_written_down_without_the_words_looked_for(world: World) {
        let hal = world.staff("hal@example.org").await;
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        found(&dee.client, "q=secret").await;
        get(&dee.client, &format!("/api/v1/regions/{FRANKLIN}/follow-ups")).await;
        let log = deeds(&hal).await;
        let of = |deed: &str| log.iter().find(|line| line["deed"] == deed).expect("a line").clone();
        assert_eq!(of("people_read")["actor"], dee.id.to_string());
        assert_eq!(of("people_read")["detail"]["people"], 0);
        assert!(!of("people_read").to_string().contains("secret"));
        assert_eq!(of("follow_ups_read")["detail"]["region"], FRANKLIN);
        assert!(log[0]["id"].as_str() > log[1]["id"].as_str(), "newest first");
    }
}

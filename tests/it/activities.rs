//! Logging what was done: bounds, on behalf, sheets, decisions, and why a score is what it is.

use muster::clock::Duration;
use serde_json::{Value, json};

use crate::support::{Person, World, both};

const HOME: &str = "us-oh-39049-43215";

fn doors(quantity: i64) -> Value {
    json!({"kind": "doors", "quantity": quantity})
}

/// Logs and gives the answer.
async fn log(person: &Person, key: &str, body: &Value) -> Value {
    person
        .client
        .score("/api/v1/activities", key, body)
        .await
        .expect(201)
        .json()
}

/// What counts of a person's week, before the soft cap.
async fn net(person: &Person) -> f64 {
    let lines = person
        .client
        .get("/api/v1/me/points?week=2026-W47")
        .await
        .expect(200)
        .json();
    lines
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| line["counted"].as_f64().expect("points"))
        .sum()
}

async fn decide(leader: &Person, id: &Value, state: &str) -> crate::support::Answer {
    let path = format!(
        "/api/v1/activities/{}/verification",
        id.as_str().expect("an id")
    );
    leader
        .client
        .call("PUT", &path, &json!({"state": state}))
        .await
}

both! {
    async fn an_activity_without_a_key_is_malformed(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let sent = json!({"kind": "doors", "quantity": 1});
        ben.client.call("POST", "/api/v1/activities", &sent).await.expect(400);
        let long = ben.client.score("/api/v1/activities", &"k".repeat(201), &sent).await.expect(400).json();
        assert!(long["detail"].as_str().unwrap().contains("200"), "it was sent, and is too long: {long}");
    }

    async fn a_bad_entry_is_refused_by_the_names_of_its_fields(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        for (body, field) in [
            (json!({"kind": "doors"}), "quantity"),
            (json!({"kind": "doors", "quantity": 0}), "quantity"),
            (json!({"kind": "doors", "quantity": 2001}), "quantity"),
            (json!({"kind": "doors", "quantity": -3}), "quantity"),
            (json!({"kind": "doors", "quantity": 1.5}), "quantity"),
            (json!({"kind": "doors", "quantity": "many"}), "quantity"),
            (json!({"kind": "doors", "quantity": 3, "conversations": 4}), "conversations"),
            (json!({"kind": "doors", "quantity": 3, "colour": "red"}), "colour"),
            (json!({"kind": "shift", "minutes": 961}), "minutes"),
            (json!({"kind": "listening_note"}), "note"),
            (json!({"kind": "training"}), "task"),
            (json!({"kind": "recruit"}), "kind"),
            (json!({"kind": "bribes"}), "kind"),
            (json!({"kind": "doors", "quantity": 3, "occurred_at": "2026-11-18T15:06:00Z"}), "occurred_at"),
            (json!({"kind": "doors", "quantity": 3, "occurred_at": "2026-11-01T12:00:00Z"}), "occurred_at"),
            (json!({"kind": "doors", "quantity": 3, "occurred_at": "yesterday"}), "occurred_at"),
            (json!({"kind": "doors", "quantity": 3, "task": "0000000000000"}), "task"),
            (json!({"kind": "doors", "quantity": 3, "task": "nonsense"}), "task"),
        ] {
            let refused = ben.client.score("/api/v1/activities", "k", &body).await.expect(422).json();
            assert!(refused["errors"][field].is_array(), "{body}: {refused}");
        }
        ben.client.score("/api/v1/activities", "k", &json!({"kind": "doors", "quantity": 3})).await.expect(201);
    }

    async fn an_approval_appends_the_difference_and_a_rejection_takes_it_all(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let entry = log(&ben, "a", &doors(40)).await;
        assert_eq!(entry["points"], json!({"base": 80, "counted": 40}));
        world.clock.advance(Duration::seconds(1));
        let approved = decide(&dee, &entry["id"], "approved").await.expect(200).json();
        assert_eq!((&approved["points"], &approved["verification"]), (&json!({"base": 80, "counted": 80}), &json!("approved")));
        assert_eq!(net(&ben).await, 80.0);
        decide(&dee, &entry["id"], "approved").await.expect(200);
        assert_eq!(net(&ben).await, 80.0, "the same decision again changes nothing");
        world.clock.advance(Duration::seconds(1));
        // Trust has grown, and what is written stays as it was: 3/5 for the new one.
        assert_eq!(log(&ben, "b", &doors(10)).await["points"]["counted"], 12);
        world.clock.advance(Duration::seconds(1));
        decide(&dee, &entry["id"], "rejected").await.expect(200);
        assert_eq!(net(&ben).await, 12.0);
        let lines = ben.client.get("/api/v1/me/points?week=2026-W47").await.expect(200).json();
        let counted: Vec<_> = lines.as_array().unwrap().iter().map(|line| line["counted"].clone()).collect();
        assert_eq!(counted, [json!(40), json!(40), json!(12), json!(-80)]);
        assert_eq!(lines[0]["verification"], "rejected");
        for line in lines.as_array().unwrap() {
            let why = line["why"].as_str().unwrap();
            assert!(why.ends_with('.') && !why.contains('{'), "{why}");
        }
        decide(&dee, &entry["id"], "unverified").await.expect(422);
        decide(&dee, &entry["id"], "reversed").await.expect(422);
    }

    async fn nobody_verifies_themselves_and_no_member_anybody(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let own = log(&dee, "a", &doors(10)).await;
        decide(&dee, &own["id"], "approved").await.expect(403);
        let path = format!("/api/v1/activities/{}/reversal", own["id"].as_str().unwrap());
        dee.client.call("PUT", &path, &json!({"reason": "a slip"})).await.expect(403);
        decide(&ben, &own["id"], "approved").await.expect(403);
    }

    async fn an_activity_out_of_scope_looks_like_none(world: World) {
        let cy = world.person("cy@example.org", "us-il-17031-60601").await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let foreign = log(&cy, "a", &doors(10)).await;
        let nothing = json!(format!("{}{}", "0000000000009", "0000000000009"));
        let mut bodies = Vec::new();
        for id in [&foreign["id"], &nothing, &json!("nonsense")] {
            let mut body = decide(&dee, id, "approved").await.expect(404).json();
            body["request_id"] = Value::Null;
            bodies.push(body);
        }
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
        // The same for a person named in a body.
        let mut bodies = Vec::new();
        for who in [cy.id.to_string(), "0000000000009".into()] {
            let mut new = doors(10);
            new["volunteer"] = json!(who);
            let mut body = dee.client.score("/api/v1/activities", "b", &new).await.expect(404).json();
            body["request_id"] = Value::Null;
            bodies.push(body);
        }
        assert_eq!(bodies[0], bodies[1]);
    }

    async fn a_captain_enters_for_others_in_full_and_only_within_scope(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let mut body = doors(10);
        body["volunteer"] = json!(ben.id.to_string());
        let entry = log(&dee, "sheet", &body).await;
        assert_eq!((&entry["points"], &entry["verification"]), (&json!({"base": 20, "counted": 20}), &json!("approved")));
        assert_eq!(net(&ben).await, 20.0);
        // A member may not, not even for a neighbour.
        let cy = world.person("cy@example.org", HOME).await;
        cy.client.score("/api/v1/activities", "sheet", &body).await.expect(403);
        // Naming oneself is no way around trust.
        let mut own = doors(11);
        own["volunteer"] = json!(dee.id.to_string());
        assert_eq!(log(&dee, "own", &own).await["verification"], "unverified");
        // A key belongs to the captain, whomever they enter for.
        body["volunteer"] = json!(cy.id.to_string());
        let refused = dee.client.score("/api/v1/activities", "sheet", &body).await.expect(422).json();
        assert!(refused["errors"]["Idempotency-Key"].is_array(), "{refused}");
        dee.client.score("/api/v1/activities", "sheet", &doors(10)).await.expect(422);
        dee.client.score("/api/v1/activities", "own", &body).await.expect(422);
        assert_eq!(net(&cy).await, 0.0);
    }

    async fn a_sheet_keeps_its_valid_rows_and_answers_for_each(world: World) {
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let ben = world.person("ben@example.org", HOME).await;
        let cy = world.person("cy@example.org", "us-il-17031-60601").await;
        let row = |key: &str, who: &Person, quantity: Value| json!({"key": key, "kind": "doors", "quantity": quantity, "volunteer": who.id.to_string()});
        let mut rows = vec![
            row("r1", &ben, json!(10)),
            row("r2", &ben, json!(0)),
            row("r3", &cy, json!(10)),
            row("r4", &ben, json!("ten")),
            row("r1", &ben, json!(10)),
            row("r1", &ben, json!(11)),
            json!({"kind": "doors", "quantity": 3}),
            row("", &ben, json!(10)),
            json!(7),
        ];
        rows.extend((0..300).map(|n| row(&format!("more{n}"), &ben, json!(100 + n))));
        let sheet = json!({"rows": rows});
        let answer = dee.client.call("POST", "/api/v1/activities/batch", &sheet).await.expect(200).json();
        let results = answer["results"].as_array().unwrap();
        let status: Vec<u64> = results.iter().take(10).map(|row| row["status"].as_u64().unwrap()).collect();
        assert_eq!(status, [201, 422, 404, 422, 201, 422, 422, 422, 422, 201], "{:?}", &results[..10]);
        assert!(results[9..].iter().all(|row| row["status"] == 201));
        assert_eq!(results[4]["replayed"], true);
        assert_eq!(results[4]["activity"], results[0]["activity"]);
        assert!(results[3]["problem"]["errors"]["quantity"].is_array(), "{}", results[3]);
        assert!(results[5]["problem"]["errors"]["key"].is_array(), "{}", results[5]);
        // Sent again, every row that was kept is kept no second time.
        let before = net(&ben).await;
        let again = dee.client.call("POST", "/api/v1/activities/batch", &sheet).await.expect(200).json();
        assert!(again["results"].as_array().unwrap().iter().all(|row| row["status"] != 201 || row["replayed"] == true));
        assert_eq!(net(&ben).await, before);
        let rows: Vec<Value> = (0..501).map(|n| json!({"key": format!("x{n}"), "kind": "doors", "quantity": 1})).collect();
        let long = dee.client.call("POST", "/api/v1/activities/batch", &json!({"rows": rows})).await.expect(422).json();
        assert!(long["errors"]["rows"].is_array());
    }

    async fn a_reversal_restores_what_was_before(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let mut body = doors(60);
        body["volunteer"] = json!(ben.id.to_string());
        log(&dee, "a", &body).await;
        let before = world.total("us-oh-39049").await;
        body["quantity"] = json!(400);
        let much = log(&dee, "b", &body).await;
        assert_eq!(world.total("us-oh-39049").await, 400.0, "120 and 800 points of a week count 400");
        let path = format!("/api/v1/activities/{}/reversal", much["id"].as_str().unwrap());
        dee.client.call("PUT", &path, &json!({"reason": " "})).await.expect(422);
        let gone = dee.client.call("PUT", &path, &json!({"reason": "entered twice"})).await.expect(200).json();
        assert_eq!((&gone["verification"], &gone["points"]), (&json!("reversed"), &json!({"base": 0, "counted": 0})));
        dee.client.call("PUT", &path, &json!({"reason": "entered twice"})).await.expect(200);
        assert_eq!((before, world.total("us-oh-39049").await), (120.0, 120.0));
        decide(&dee, &much["id"], "approved").await.expect(409);
        world.assert_totals_fold().await;
    }

    async fn the_week_is_that_of_the_person_at_its_borders(world: World) {
        // Monday 23 November, 05:30 UTC: still Sunday 23:30 in Chicago, Monday in Columbus.
        world.clock.advance(Duration::hours(4 * 24 + 14) + Duration::minutes(30));
        let chicago = world.person("cy@example.org", "us-il-17031-60601").await;
        let columbus = world.person("ben@example.org", HOME).await;
        log(&chicago, "a", &doors(10)).await;
        log(&columbus, "a", &doors(10)).await;
        let weeks = async |who: &Person, week: &str| {
            let lines = who.client.get(&format!("/api/v1/me/points?week={week}")).await.expect(200).json();
            lines.as_array().unwrap().len()
        };
        assert_eq!((weeks(&chicago, "2026-W47").await, weeks(&chicago, "2026-W48").await), (1, 0));
        assert_eq!((weeks(&columbus, "2026-W47").await, weeks(&columbus, "2026-W48").await), (0, 1));
        chicago.client.get("/api/v1/me/points?week=soon").await.expect(422);
    }

    async fn late_entries_count_for_two_days_after_the_last_sunday_and_repeats_for_ever(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let mut body = doors(10);
        body["occurred_at"] = json!("2026-11-18T14:00:00Z");
        let first = log(&ben, "a", &body).await;
        // Ohio's Sunday ends on Monday at 05:00 UTC, and two days later so do late entries.
        world.clock.advance(Duration::days(6));
        let ben = world.again(&ben).await;
        body["quantity"] = json!(11);
        log(&ben, "late", &body).await;
        world.clock.advance(Duration::days(2));
        let ben = world.again(&ben).await;
        body["quantity"] = json!(12);
        let refused = ben.client.score("/api/v1/activities", "later", &body).await.expect(422).json();
        assert!(refused["errors"]["occurred_at"].is_array(), "{refused}");
        body["quantity"] = json!(10);
        let again = ben.client.score("/api/v1/activities", "a", &body).await.expect(201);
        assert_eq!((again.header("idempotent-replayed"), again.json()), ("true", first));
    }

    async fn the_same_amount_in_the_same_minute_under_another_key_is_held(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        log(&ben, "a", &doors(10)).await;
        let twin = log(&ben, "b", &doors(10)).await;
        assert_eq!((&twin["verification"], &twin["points"]), (&json!("held"), &json!({"base": 20, "counted": 0})));
        assert_eq!(log(&ben, "c", &doors(11)).await["verification"], "unverified");
        assert_eq!(decide(&dee, &twin["id"], "approved").await.expect(200).json()["points"]["counted"], 20);
        world.clock.advance(Duration::minutes(1));
        assert_eq!(log(&ben, "d", &doors(10)).await["verification"], "unverified");
    }

    async fn shifts_that_overlap_are_held(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let shift = |start: &str, minutes: i64| json!({"kind": "shift", "minutes": minutes, "occurred_at": format!("2026-11-18T{start}:00Z")});
        assert_eq!(log(&ben, "a", &shift("08:00", 120)).await["verification"], "unverified");
        assert_eq!(log(&ben, "b", &shift("09:45", 60)).await["verification"], "unverified", "a quarter of an hour is free");
        assert_eq!(log(&ben, "c", &shift("09:00", 90)).await["verification"], "held");
        assert_eq!(log(&ben, "d", &shift("11:00", 60)).await["verification"], "unverified");
    }

    async fn notes_and_donations_score_up_to_their_limits(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        for n in 0..22 {
            let note = log(&ben, &format!("n{n}"), &json!({"kind": "listening_note", "note": format!("The bus is late, {n}.")})).await;
            assert_eq!(note["points"]["base"], if n < 20 { 2 } else { 0 }, "note {n}");
        }
        for (n, base) in [50, 50, 50, 50, 50, 50, 0].into_iter().enumerate() {
            let given = log(&ben, &format!("d{n}"), &json!({"kind": "donation", "quantity": 100 + n})).await;
            assert_eq!(given["points"]["base"], base, "donor {n}");
        }
    }

    async fn an_inviter_is_thanked_for_the_first_and_the_third_action(world: World) {
        let ada = world.person("ada@example.org", HOME).await;
        let cy = world.person("cy@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        world.sql(format!("UPDATE volunteers SET invited_by = {} WHERE id = {}", ada.id.0, cy.id.0)).await;
        let first = log(&cy, "a", &doors(10)).await;
        assert_eq!(net(&ada).await, 0.0, "nobody has looked at it yet");
        decide(&dee, &first["id"], "approved").await.expect(200);
        assert_eq!(net(&ada).await, 20.0);
        for n in 11..14 {
            let mut body = doors(n);
            body["volunteer"] = json!(cy.id.to_string());
            log(&dee, &format!("k{n}"), &body).await;
            assert_eq!(net(&ada).await, if n < 12 { 20.0 } else { 40.0 });
        }
        let lines = ada.client.get("/api/v1/me/points").await.expect(200).json();
        assert_eq!(lines[0]["kind"], "recruit");
        assert!(lines[0]["why"].as_str().unwrap().contains("invited cy"), "{lines}");
        world.assert_totals_fold().await;
    }

    async fn a_key_is_not_needed_twice_on_the_page(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let page = ben.client.get("/log").await.expect(200).text;
        assert_eq!(page.matches("name=\"key\"").count(), 4, "three presets and the form");
        let key = page.split("name=\"key\" value=\"").nth(4).unwrap().split('"').next().unwrap();
        let form = [("key", key), ("kind", "doors"), ("quantity", "12"), ("conversations", "3"), ("minutes", "90"), ("day", "today")];
        let saved = ben.client.post("/log", &form).await.expect(303);
        let again = ben.client.post("/log", &form).await.expect(303);
        assert_eq!(saved.header("location"), again.header("location"));
        let receipt = ben.client.get(saved.header("location")).await.expect(200).text;
        assert!(receipt.contains("+36") && receipt.contains("12 doors, 3 conversations") && receipt.contains("Undo"), "{receipt}");
        let undo = format!("{}/reversal", saved.header("location"));
        ben.client.post(&undo, &[]).await.expect(303);
        assert_eq!(net(&ben).await, 0.0);
        let receipt = ben.client.get(saved.header("location")).await.expect(200).text;
        assert!(receipt.contains("Taken back") && !receipt.contains("data-undo"));
        let why = ben.client.get("/me/points").await.expect(200).text;
        assert!(why.contains("You took it back."), "{why}");
    }

    async fn an_entry_can_be_undone_for_a_minute_by_its_owner_alone(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let cy = world.person("cy@example.org", HOME).await;
        let entry = log(&ben, "a", &doors(10)).await;
        let undo = format!("/log/{}/reversal", entry["id"].as_str().unwrap());
        cy.client.post(&undo, &[]).await.expect(404);
        cy.client.get(undo.trim_end_matches("/reversal")).await.expect(404);
        world.clock.advance(Duration::seconds(61));
        ben.client.post(&undo, &[]).await.expect(409);
        assert_eq!(net(&ben).await, 10.0);
    }

    async fn a_refused_form_comes_back_as_it_was_typed(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let form = [("key", "k"), ("kind", "calls"), ("quantity", "many"), ("note", "Ask <Ada>"), ("day", "yesterday")];
        let page = ben.client.post("/log", &form).await.expect(422).text;
        for kept in ["value=\"many\"", "Ask &#60;Ada&#62;", "value=\"calls\" checked", "value=\"yesterday\" checked", "data-error-summary"] {
            assert!(page.contains(kept), "{kept}: {page}");
        }
    }

    async fn who_came_and_who_did_it_scores_once_by_itself(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let mut earned = Vec::new();
        for kind in ["doors", "shift", "event_attended", "training"] {
            let draft = json!({
                "title": "Saturday at the library", "kind": kind, "region": "us-oh-39049", "minutes": 90, "slots": 3,
                "starts_at": "2026-11-18T10:00:00Z", "ends_at": "2026-11-18T11:30:00Z",
            });
            let task = dee.client.call("POST", "/api/v1/tasks", &draft).await.expect(201).json();
            let path = format!("/api/v1/tasks/{}/assignments/{}", task["id"].as_str().unwrap(), ben.id);
            dee.client.call("PUT", &path, &json!({"state": "assigned"})).await.expect(200);
            let before = net(&ben).await;
            for state in ["checked_in", "checked_in", "done", "done"] {
                dee.client.call("PUT", &path, &json!({"state": state})).await.expect(200);
            }
            earned.push((kind, net(&ben).await - before));
        }
        assert_eq!(earned, [("doors", 10.0), ("shift", 70.0), ("event_attended", 15.0), ("training", 20.0)]);
        let lines = ben.client.get("/api/v1/me/points").await.expect(200).json();
        assert!(lines.as_array().unwrap().iter().all(|line| line["verification"] == "approved" && line["weight"] == 1.0));
        world.assert_totals_fold().await;
    }

    async fn a_training_scores_once_a_task(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let draft = json!({"title": "How to canvass", "kind": "training", "region": "us-oh-39049", "slots": 9});
        let task = dee.client.call("POST", "/api/v1/tasks", &draft).await.expect(201).json()["id"].clone();
        let body = json!({"kind": "training", "task": task});
        let first = log(&ben, "a", &body).await;
        assert_eq!(first["points"]["base"], 20);
        let refused = ben.client.score("/api/v1/activities", "b", &body).await.expect(422).json();
        assert!(refused["errors"]["task"].is_array(), "{refused}");
        assert_eq!(log(&ben, "a", &body).await, first, "the first key is still answered");
    }
}

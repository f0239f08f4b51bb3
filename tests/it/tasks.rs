//! Tasks: who may write them, who may do them, and that places are never given twice.

use serde_json::{Value, json};

use crate::support::{Person, World, both};

const FRANKLIN: &str = "us-oh-39049";

/// A shift on Saturday morning with so many places.
fn shift(slots: u32) -> Value {
    json!({
        "title": "Drive neighbours to the polls", "kind": "shift", "region": FRANKLIN,
        "starts_at": "2026-11-21T15:00:00Z", "ends_at": "2026-11-21T17:00:00Z", "slots": slots,
    })
}

async fn written(leader: &Person, draft: &Value) -> String {
    let task = leader
        .client
        .call("POST", "/api/v1/tasks", draft)
        .await
        .expect(201)
        .json();
    task["id"].as_str().unwrap().to_owned()
}

async fn seen(who: &Person, task: &str) -> Value {
    who.client
        .get(&format!("/api/v1/tasks/{task}"))
        .await
        .expect(200)
        .json()
}

fn own(task: &str) -> String {
    format!("/api/v1/tasks/{task}/assignment")
}

fn theirs(task: &str, person: &Person) -> String {
    format!("/api/v1/tasks/{task}/assignments/{}", person.id)
}

both! {
    async fn a_captain_writes_a_task_and_everybody_reads_it_whole(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let draft = json!({
            "title": "  Call   Spanish-speaking voters ", "body": "Forty short calls.", "kind": "calls",
            "region": FRANKLIN, "remote": true, "ends_at": "2026-11-26T22:00:00-05:00", "minutes": 40,
            "slots": 8, "skills": [{"slug": "phone-calls", "level": 2}], "languages": ["es"], "rung": 2,
            "priority": 1.5, "host": cap.id, "certificates": ["First Aid"], "min_age": 16,
            "access": ["step-free"], "radius_km": 30, "place": {"lat": 39.96, "lon": -83.0, "name": "Library"},
        });
        let id = written(&cap, &draft).await;
        let task = seen(&ada, &id).await;
        assert_eq!(task["title"], "Call Spanish-speaking voters");
        assert_eq!(task["region"]["path"], json!(["United States", "Ohio", "Franklin"]));
        assert_eq!(task["skills"], json!([{"slug": "phone-calls", "level": 2, "required": false, "weight": 1.0}]));
        assert_eq!(task["ends_at"], "2026-11-27T03:00:00Z");
        assert_eq!(task["host_name"], "cap");
        assert_eq!((task["slots"].clone(), task["taken"].clone(), task["free"].clone()), (json!(8), json!(0), json!(8)));
        for field in ["kind", "remote", "minutes", "languages", "rung", "priority", "host", "min_age", "access", "radius_km", "place"] {
            assert_eq!(task[field], draft[field], "{field}");
        }
        assert_eq!(task["certificates"], json!(["first aid"]));
    }

    async fn what_is_left_out_takes_its_default(world: World) {
        let hq = world.staff_person("hq@example.org").await;
        let id = written(&hq, &json!({"title": "Greet newcomers", "kind": "event_attended", "region": "us"})).await;
        let task = seen(&hq, &id).await;
        assert_eq!(task["slots"], 1);
        assert_eq!(task["rung"], 1);
        assert_eq!(task["priority"], 1.0);
        assert_eq!(task["status"], "open");
        assert_eq!(task["remote"], false);
        assert_eq!(task["minutes"], 60);
    }

    async fn a_task_changes_field_by_field_and_null_clears(world: World) {
        let hq = world.staff_person("hq@example.org").await;
        let id = written(&hq, &shift(3)).await;
        let path = format!("/api/v1/tasks/{id}");
        hq.client.call("PATCH", &path, &json!({"ends_at": null, "slots": 4, "skills": [{"slug": "spanish", "level": 3, "required": true}]})).await.expect(200);
        let task = seen(&hq, &id).await;
        assert_eq!(task["ends_at"], Value::Null);
        assert_eq!(task["starts_at"], "2026-11-21T15:00:00Z");
        assert_eq!(task["slots"], 4);
        assert_eq!(task["skills"][0]["slug"], "spanish");
        hq.client.call("PATCH", &path, &json!({"skills": []})).await.expect(200);
        assert_eq!(seen(&hq, &id).await["skills"], json!([]));
    }

    async fn every_bad_field_gets_one_sentence_and_nothing_is_stored(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        for (change, field) in [
            (json!({"slots": 0}), "slots"),
            (json!({"slots": 10_000}), "slots"),
            (json!({"slots": "many"}), "slots"),
            (json!({"rung": 0}), "rung"),
            (json!({"priority": 0.4}), "priority"),
            (json!({"title": ""}), "title"),
            (json!({"title": "x".repeat(121)}), "title"),
            (json!({"body": "x".repeat(4001)}), "body"),
            (json!({"kind": "juggling"}), "kind"),
            (json!({"kind": "recruit"}), "kind"),
            (json!({"region": "us-zz"}), "region"),
            (json!({"region": "us-or-41051"}), "region"),
            (json!({"starts_at": "tomorrow"}), "starts_at"),
            (json!({"ends_at": "2026-11-21T14:00:00Z"}), "ends_at"),
            (json!({"starts_at": "2036-11-21T15:00:00Z"}), "starts_at"),
            (json!({"skills": [{"slug": "juggling", "level": 1}]}), "skills[0].slug"),
            (json!({"skills": [{"slug": "spanish"}]}), "skills[0].level"),
            (json!({"host": "0000000000000"}), "host"),
            (json!({"status": "gone"}), "status"),
            (json!({"place": {"lat": 99.0, "lon": 0.0}}), "place.lat"),
            (json!({"taken": 5}), "taken"),
            (json!({"colour": "red"}), "colour"),
        ] {
            let mut draft = shift(2);
            for (key, value) in change.as_object().unwrap() {
                draft[key] = value.clone();
            }
            let answer = cap.client.call("POST", "/api/v1/tasks", &draft).await.expect(422).json();
            let sentences = answer["errors"][field].as_array().unwrap_or_else(|| panic!("{field}: {answer}"));
            assert_eq!(sentences.len(), 1, "{answer}");
        }
        let missing = cap.client.call("POST", "/api/v1/tasks", &json!({})).await.expect(422).json();
        assert!(missing["errors"]["title"].is_array() && missing["errors"]["kind"].is_array() && missing["errors"]["region"].is_array(), "{missing}");
        let list = cap.client.get("/api/v1/tasks").await.expect(200).json();
        assert_eq!(list["items"], json!([]));
    }

    async fn a_draft_is_seen_by_its_leaders_alone(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let other = world.captain_person("other@example.org", "us-or-41051").await;
        let hq = world.staff_person("hq@example.org").await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let mut draft = shift(2);
        draft["status"] = json!("draft");
        let id = written(&cap, &draft).await;
        seen(&cap, &id).await;
        seen(&hq, &id).await;
        for stranger in [&ada, &other] {
            let hidden = stranger.client.get(&format!("/api/v1/tasks/{id}")).await.expect(404).json();
            let missing = stranger.client.get("/api/v1/tasks/0000000000001").await.expect(404).json();
            assert_eq!(without_name(hidden), without_name(missing));
            stranger.client.call("PUT", &own(&id), &json!({"state": "accepted"})).await.expect(404);
            assert_eq!(stranger.client.get("/api/v1/tasks").await.expect(200).json()["items"], json!([]));
        }
        cap.client.call("PATCH", &format!("/api/v1/tasks/{id}"), &json!({"status": "open"})).await.expect(200);
        seen(&ada, &id).await;
    }

    async fn a_foreign_task_cannot_be_changed_nor_told_from_none(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let other = world.captain_person("other@example.org", "us-or-41051").await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let id = written(&cap, &shift(2)).await;
        for (path, body) in [
            ("/api/v1/tasks/{}", json!({"title": "Mine now"})),
            ("/api/v1/tasks/{}/assignments/PERSON", json!({"state": "invited"})),
        ] {
            let path = path.replace("PERSON", &ada.id.to_string());
            let method = if path.contains("assignments") { "PUT" } else { "PATCH" };
            let foreign = other.client.call(method, &path.replace("{}", &id), &body).await.expect(404).json();
            let missing = other.client.call(method, &path.replace("{}", "0000000000001"), &body).await.expect(404).json();
            assert_eq!(without_name(foreign), without_name(missing));
            ada.client.call(method, &path.replace("{}", &id), &body).await.expect(403);
        }
        assert_eq!(seen(&cap, &id).await["title"], "Drive neighbours to the polls");
        ada.client.call("POST", "/api/v1/tasks", &shift(1)).await.expect(403);
        world.browser().get("/api/v1/tasks").await.expect(401);
    }

    async fn a_full_task_refuses_a_second_claim(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let id = written(&cap, &shift(1)).await;
        let yes = json!({"state": "accepted"});
        let mine = ada.client.call("PUT", &own(&id), &yes).await.expect(200).json();
        assert_eq!((mine["state"].clone(), mine["free"].clone()), (json!("accepted"), json!(0)));
        let refused = ben.client.call("PUT", &own(&id), &yes).await.expect(409).json();
        assert_eq!(refused["detail"], "All places are taken.");
        ada.client.call("PUT", &own(&id), &yes).await.expect(200);
        ada.client.call("PUT", &own(&id), &json!({"state": "cancelled"})).await.expect(200);
        ben.client.call("PUT", &own(&id), &yes).await.expect(200);
        assert_eq!(seen(&cap, &id).await["taken"], 1);
    }

    async fn sixty_four_who_say_yes_at_once_to_five_places_are_five(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let id = written(&cap, &shift(5)).await;
        let mut crowd = Vec::new();
        for n in 0..64 {
            crowd.push(world.person(&format!("p{n}@example.org"), "us-oh-39049-43215").await);
        }
        let path = own(&id);
        let answers = crowd.iter().map(|person| {
            let (client, path) = (person.client.clone(), path.clone());
            tokio::spawn(async move { client.call("PUT", &path, &json!({"state": "accepted"})).await.status })
        });
        let answers: Vec<_> = answers.collect();
        let mut counts = (0, 0);
        for answer in answers {
            match answer.await.unwrap() {
                200 => counts.0 += 1,
                409 => counts.1 += 1,
                other => panic!("{other}"),
            }
        }
        assert_eq!(counts, (5, 59));
        assert_eq!(seen(&cap, &id).await["taken"], 5);
    }

    async fn one_person_who_says_yes_many_times_at_once_takes_one_place(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let id = written(&cap, &shift(5)).await;
        let answers: Vec<_> = (0..16).map(|_| {
            let (client, path) = (ada.client.clone(), own(&id));
            tokio::spawn(async move { client.call("PUT", &path, &json!({"state": "accepted"})).await.status })
        }).collect();
        for answer in answers {
            assert_eq!(answer.await.unwrap(), 200);
        }
        assert_eq!(seen(&cap, &id).await["taken"], 1);
    }

    async fn an_invitation_sends_one_mail_however_often_it_is_sent(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let id = written(&cap, &shift(2)).await;
        let invite = json!({"state": "invited"});
        let calls: Vec<_> = (0..8).map(|_| {
            let (client, path, body) = (cap.client.clone(), theirs(&id, &ada), invite.clone());
            tokio::spawn(async move { client.call("PUT", &path, &body).await.status })
        }).collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), 200);
        }
        let mails = world.mails(&ada.email, 1).await;
        assert!(mails[0].subject.contains("Drive neighbours"), "{}", mails[0].subject);
        assert!(mails[0].text.contains(&format!("{}/tasks/{id}\n", world.server.url())), "{}", mails[0].text);
        assert!(mails[0].text.contains("Saturday, Nov 21, 10:00 AM – 12:00 PM"), "{}", mails[0].text);
        cap.client.call("PUT", &theirs(&id, &ada), &json!({"state": "assigned"})).await.expect(200);
        world.mails(&ada.email, 2).await;
        cap.client.call("PUT", &theirs(&id, &ada), &json!({"state": "cancelled"})).await.expect(200);
        cap.client.call("PUT", &theirs(&id, &ada), &invite).await.expect(200);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(world.mails_now(&ada.email).len(), 2);
    }

    async fn a_shift_goes_from_yes_to_done_and_not_backwards(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let id = written(&cap, &shift(2)).await;
        let state = |state: &str| json!({"state": state});
        cap.client.call("PUT", &theirs(&id, &ada), &state("checked_in")).await.expect(409);
        cap.client.call("PUT", &theirs(&id, &ada), &state("accepted")).await.expect(422);
        ada.client.call("PUT", &own(&id), &state("checked_in")).await.expect(422);
        ada.client.call("PUT", &own(&id), &state("cancelled")).await.expect(409);
        ada.client.call("PUT", &own(&id), &state("accepted")).await.expect(200);
        cap.client.call("PUT", &theirs(&id, &ada), &state("checked_in")).await.expect(200);
        ada.client.call("PUT", &own(&id), &state("cancelled")).await.expect(409);
        cap.client.call("PUT", &theirs(&id, &ada), &state("done")).await.expect(200);
        cap.client.call("PUT", &theirs(&id, &ada), &state("done")).await.expect(200);
        cap.client.call("PUT", &theirs(&id, &ada), &state("no_show")).await.expect(409);
        assert_eq!(seen(&cap, &id).await["taken"], 1);
    }

    async fn who_does_not_come_gives_the_place_back(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let id = written(&cap, &shift(1)).await;
        cap.client.call("PUT", &theirs(&id, &ada), &json!({"state": "assigned"})).await.expect(200);
        assert_eq!(seen(&cap, &id).await["free"], 0);
        cap.client.call("PUT", &theirs(&id, &ada), &json!({"state": "no_show"})).await.expect(200);
        assert_eq!(seen(&cap, &id).await["free"], 1);
    }

    async fn places_that_are_taken_cannot_be_taken_away(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let id = written(&cap, &shift(3)).await;
        for person in [&ada, &ben] {
            person.client.call("PUT", &own(&id), &json!({"state": "accepted"})).await.expect(200);
        }
        let path = format!("/api/v1/tasks/{id}");
        let refused = cap.client.call("PATCH", &path, &json!({"slots": 1})).await.expect(422).json();
        assert!(refused["errors"]["slots"][0].as_str().unwrap().contains('2'), "{refused}");
        cap.client.call("PATCH", &path, &json!({"status": "draft"})).await.expect(422);
        cap.client.call("PATCH", &path, &json!({"slots": 2})).await.expect(200);
    }

    async fn a_closed_task_takes_nobody_and_stays_with_those_on_it(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let id = written(&cap, &shift(3)).await;
        ada.client.call("PUT", &own(&id), &json!({"state": "accepted"})).await.expect(200);
        cap.client.call("PATCH", &format!("/api/v1/tasks/{id}"), &json!({"status": "closed"})).await.expect(200);
        ben.client.call("PUT", &own(&id), &json!({"state": "accepted"})).await.expect(404);
        cap.client.call("PUT", &theirs(&id, &ben), &json!({"state": "invited"})).await.expect(409);
        assert_eq!(seen(&ada, &id).await["status"], "closed");
        cap.client.call("PUT", &theirs(&id, &ada), &json!({"state": "done"})).await.expect(200);
    }

    async fn what_is_over_or_for_older_people_is_refused(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let mut draft = shift(3);
        draft["min_age"] = json!(18);
        let id = written(&cap, &draft).await;
        let yes = json!({"state": "accepted"});
        ada.client.call("PUT", &own(&id), &yes).await.expect(409);
        cap.client.call("PATCH", &format!("/api/v1/tasks/{id}"), &json!({"min_age": null})).await.expect(200);
        world.clock.advance(chrono::Duration::days(4));
        let ada = world.person("ada2@example.org", "us-oh-39049-43215").await;
        let late = ada.client.call("PUT", &own(&id), &yes).await.expect(409).json();
        assert_eq!(late["detail"], "It is over.");
    }

    async fn a_list_is_narrowed_and_read_page_by_page(world: World) {
        let hq = world.staff_person("hq@example.org").await;
        for n in 0..5 {
            written(&hq, &json!({"title": format!("Knock on 100% of doors {n}"), "kind": "doors", "region": "us-oh-39049"})).await;
        }
        written(&hq, &json!({"title": "Call Portland", "kind": "calls", "region": "us-or-41051"})).await;
        let count = |answer: Value| answer["items"].as_array().unwrap().len();
        let get = async |query: &str| hq.client.get(&format!("/api/v1/tasks{query}")).await.expect(200).json();
        assert_eq!(count(get("?region=us-oh").await), 5);
        assert_eq!(count(get("?kind=calls").await), 1);
        assert_eq!(count(get("?q=PORTLAND").await), 1);
        assert_eq!(count(get("?q=100%25").await), 5);
        assert_eq!(count(get("?q=1%25of").await), 0);
        assert_eq!(count(get("?status=draft").await), 0);
        let mut read = Vec::new();
        let mut path = "?limit=4".to_owned();
        loop {
            let page = get(&path).await;
            read.extend(page["items"].as_array().unwrap().iter().map(|task| task["id"].to_string()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("?limit=4&after={next}");
        }
        assert_eq!(read.len(), 6);
        read.sort();
        read.dedup();
        assert_eq!(read.len(), 6);
        for bad in ["?limit=0", "?limit=201", "?after=7", "?region=us-zz", "?status=gone", "?kind=x", "?colour=red"] {
            hq.client.get(&format!("/api/v1/tasks{bad}")).await.expect(422);
        }
    }
}

/// A problem document without what differs from request to request.
fn without_name(mut problem: Value) -> Value {
    problem["request_id"] = Value::Null;
    problem
}

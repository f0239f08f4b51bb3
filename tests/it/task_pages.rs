//! The pages of tasks, as a browser without script uses them.

use serde_json::json;

use crate::support::{Member, World, both};

const FRANKLIN: &str = "us-oh-39049";

/// What a leader types for a shift on Saturday morning.
fn typed() -> Vec<(&'static str, &'static str)> {
    vec![
        ("title", "Drive neighbours to the polls"),
        ("body", "Two rides.\nBring a coat."),
        ("kind", "shift"),
        ("region", FRANKLIN),
        ("starts_at", "2026-11-21T10:00"),
        ("ends_at", "2026-11-21T12:00"),
        ("minutes", "120"),
        ("slots", "2"),
        ("rung", "1"),
        ("priority", "1"),
        ("place_name", "Whetstone Library"),
        ("place_zip", "43214"),
        ("skill", "driving"),
        ("level", "2"),
        ("need", "required"),
        ("skill", ""),
        ("level", "1"),
        ("need", "welcome"),
        ("languages_welcome", "es"),
        ("status", "open"),
    ]
}

async fn written(leader: &Member) -> String {
    let answer = leader.client.post("/hq/tasks", &typed()).await.expect(303);
    let to = answer.header("location").to_owned();
    to.trim_start_matches("/hq/tasks/")
        .split('?')
        .next()
        .unwrap()
        .to_owned()
}

both! {
    async fn a_captain_writes_a_task_with_a_form_and_finds_it_again_as_typed(world: World) {
        let cap = world.captain("cap@example.org", "43215", FRANKLIN).await;
        cap.client.get("/hq/tasks/new").await.expect(200);
        let id = written(&cap).await;
        let task = cap.client.get(&format!("/api/v1/tasks/{id}")).await.expect(200).json();
        assert_eq!(task["starts_at"], "2026-11-21T15:00:00Z", "ten in the morning in Ohio");
        assert_eq!(task["skills"], json!([{"slug": "driving", "level": 2, "required": true, "weight": 1.0}]));
        assert_eq!(task["languages"], json!([{"tag": "es", "required": false}]));
        assert_eq!(task["place"]["name"], "Whetstone Library");
        assert!((task["place"]["lat"].as_f64().unwrap() - 40.05).abs() < 0.1, "{task}");
        let page = cap.client.get(&format!("/hq/tasks/{id}?saved=1")).await.expect(200).text;
        for text in ["value=\"2026-11-21T10:00\"", "Whetstone Library", "Saved.", "value=\"Franklin, Ohio\""] {
            assert!(page.contains(text), "{text} is not in {page}");
        }
        let list = cap.client.get("/hq/tasks?status=open").await.expect(200).text;
        assert!(list.contains("Drive neighbours to the polls") && list.contains("0 of 2"), "{list}");
    }

    async fn how_long_a_task_takes_follows_its_times_when_nobody_says(world: World) {
        let cap = world.captain("cap@example.org", "43215", FRANKLIN).await;
        let mut fields = typed();
        fields.retain(|(name, _)| *name != "minutes" && *name != "region");
        fields.extend([("minutes", ""), ("region", "Franklin, Ohio")]);
        let to = cap.client.post("/hq/tasks", &fields).await.expect(303).header("location").to_owned();
        let id = to.trim_start_matches("/hq/tasks/").split('?').next().unwrap().to_owned();
        let path = format!("/api/v1/tasks/{id}");
        let task = cap.client.get(&path).await.expect(200).json();
        assert_eq!((&task["minutes"], &task["region"]["code"]), (&json!(120), &json!(FRANKLIN)), "{task}");
        fields.retain(|(name, _)| *name != "ends_at");
        fields.push(("ends_at", "2026-11-21T13:30"));
        cap.client.post(&format!("/hq/tasks/{id}"), &fields).await.expect(303);
        assert_eq!(cap.client.get(&path).await.expect(200).json()["minutes"], 210, "moved with the end");
    }

    async fn a_leader_is_told_what_was_done_and_when_a_task_is_full(world: World) {
        let cap = world.captain("cap@example.org", "43215", FRANKLIN).await;
        let ada = world.join("ada@example.org", "43215").await;
        let ben = world.join("ben@example.org", "43215").await;
        let id = written(&cap).await;
        for person in [&ada, &ben] {
            let path = format!("/hq/tasks/{id}/assignments/{}", person.id);
            let done = cap.client.post(&path, &[("state", "assigned")]).await.expect(303);
            let page = cap.client.get(done.header("location")).await.expect(200).text;
            let name = person.email.split('@').next().unwrap();
            assert!(page.contains(&format!("{name}: Assigned.")), "{page}");
        }
        let page = cap.client.get(&format!("/hq/tasks/{id}")).await.expect(200).text;
        assert!(page.contains("All places are taken.") && !page.contains("Ask for less"), "{page}");
        let mut closed = typed();
        closed.retain(|(name, _)| *name != "status");
        closed.push(("status", "closed"));
        let done = cap.client.post(&format!("/hq/tasks/{id}"), &closed).await.expect(303);
        let page = cap.client.get(done.header("location")).await.expect(200).text;
        assert!(page.contains("Closed. Nobody new can join"), "{page}");
    }

    async fn a_form_that_fails_keeps_what_was_typed_and_says_what_is_wrong(world: World) {
        let cap = world.captain("cap@example.org", "43215", FRANKLIN).await;
        for (field, value, sentence) in [
            ("slots", "0", "between 1 and 9999"),
            ("slots", "many", "not a number"),
            ("title", "", "begins with a verb"),
            ("region", "us-or-41051", "You do not lead this region."),
            ("ends_at", "2026-11-21T09:00", "end after it starts"),
            ("starts_at", "soon", "no date and time"),
            ("place_zip", "00000", "do not know where this ZIP code is"),
            ("host", "nobody@example.org", "nobody of that name"),
        ] {
            let mut fields = typed();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, value));
            let page = cap.client.post("/hq/tasks", &fields).await.expect(422).text;
            assert!(page.contains(sentence), "{field}: {sentence} is not in {page}");
            assert!(page.contains("Bring a coat."), "what was typed is gone");
            assert!(page.contains(&format!("href=\"#{field}\"")), "the summary leads to {field}");
        }
        assert!(cap.client.get("/hq/tasks").await.expect(200).text.contains("No task here yet."));
    }

    async fn a_member_finds_reads_and_takes_a_task_without_script(world: World) {
        let cap = world.captain("cap@example.org", "43215", FRANKLIN).await;
        let ada = world.join("ada@example.org", "43215").await;
        let id = written(&cap).await;
        let list = ada.client.get("/tasks").await.expect(200).text;
        assert!(list.contains(&format!("/tasks/{id}")) && list.contains("Whetstone Library"), "{list}");
        let far = world.join("far@example.org", "97201").await;
        assert!(!far.client.get("/tasks").await.expect(200).text.contains("Whetstone"));
        assert!(far.client.get("/tasks?far=yes").await.expect(200).text.contains("Whetstone"));
        let page = ada.client.get(&format!("/tasks/{id}")).await.expect(200).text;
        for text in ["Why you", "Saturday, Nov 21, 10:00 AM", "2 of 2 left", "About 80 points.", "driving, level 2"] {
            assert!(page.contains(text), "{text} is not in {page}");
        }
        let path = format!("/tasks/{id}/assignment");
        let answer = ada.client.post(&path, &[("state", "accepted")]).await.expect(303);
        assert_eq!(answer.header("location"), format!("/tasks/{id}"));
        let page = ada.client.get(&format!("/tasks/{id}")).await.expect(200).text;
        assert!(page.contains("You’re in. Thank you, ada."), "{page}");
        let list = ada.client.get("/tasks").await.expect(200).text;
        assert!(list.contains("You’re on it") && !list.contains("value=\"accepted\""), "{list}");
        ada.client.post(&path, &[("state", "cancelled")]).await.expect(303);
        let answer = ada.client.post(&path, &[("state", "declined"), ("reason", "never")]).await.expect(303);
        assert_eq!(answer.header("location"), format!("/home?said=never&task={id}"));
        assert!(ada.client.get(&format!("/tasks/{id}")).await.expect(200).text.contains("still change your mind"));
    }

    async fn a_task_that_filled_up_meanwhile_says_so_on_its_page(world: World) {
        let cap = world.captain("cap@example.org", "43215", FRANKLIN).await;
        let ada = world.join("ada@example.org", "43215").await;
        let id = written(&cap).await;
        cap.client.call("PATCH", &format!("/api/v1/tasks/{id}"), &json!({"slots": 1})).await.expect(200);
        cap.client.call("PUT", &format!("/api/v1/tasks/{id}/assignment"), &json!({"state": "accepted"})).await.expect(200);
        let page = ada.client.post(&format!("/tasks/{id}/assignment"), &[("state", "accepted")]).await.expect(409).text;
        assert!(page.contains("All places are taken.") && page.contains("<h1"), "{page}");
    }

    async fn a_leader_invites_assigns_and_marks_who_came(world: World) {
        let cap = world.captain("cap@example.org", "43215", FRANKLIN).await;
        let ada = world.join("ada@example.org", "43215").await;
        let ben = world.join("ben@example.org", "43215").await;
        ada.client.call("PATCH", "/api/v1/me", &json!({"skills": [{"slug": "driving", "level": 3}]})).await.expect(200);
        let id = written(&cap).await;
        let page = cap.client.get(&format!("/hq/tasks/{id}")).await.expect(200).text;
        assert!(page.contains("Has a skill it needs: driving."), "{page}");
        assert!(page.contains("Lacks driving at level 2."), "{page}");
        let path = |person: &Member| format!("/hq/tasks/{id}/assignments/{}", person.id);
        let before = world.mails_now(&ada.email).len();
        cap.client.post(&path(&ada), &[("state", "invited")]).await.expect(303);
        assert!(world.mails(&ada.email, before + 1).await[before].subject.contains("Drive neighbours"));
        assert!(ada.client.get(&format!("/tasks/{id}")).await.expect(200).text.contains("You are asked to do this."));
        ada.client.post(&format!("/tasks/{id}/assignment"), &[("state", "accepted")]).await.expect(303);
        cap.client.post(&path(&ada), &[("state", "checked_in")]).await.expect(303);
        let refused = cap.client.post(&path(&ben), &[("state", "done")]).await.expect(409).text;
        assert!(refused.contains("does not follow"), "{refused}");
        let page = cap.client.get(&format!("/hq/tasks/{id}")).await.expect(200).text;
        assert!(page.contains("Checked in"), "{page}");
        cap.client.post(&path(&ada), &[("state", "done")]).await.expect(303);
        ada.client.get(&format!("/hq/tasks/{id}")).await.expect(403);
        world.browser().get("/hq/tasks").await.expect(303);
    }

    async fn what_people_write_is_inert_on_every_page(world: World) {
        let cap = world.captain("cap@example.org", "43215", FRANKLIN).await;
        let ada = world.join("ada@example.org", "43215").await;
        let nasty = "<script>alert(1)</script>\"'><img src=x>";
        let draft = json!({"title": nasty, "body": nasty, "kind": "shift", "region": FRANKLIN, "place": {"lat": 40.0, "lon": -83.0, "name": nasty}});
        let id = cap.client.call("POST", "/api/v1/tasks", &draft).await.expect(201).json()["id"].as_str().unwrap().to_owned();
        for (who, path) in [(&ada, "/tasks".to_owned()), (&ada, format!("/tasks/{id}")), (&cap, "/hq/tasks".to_owned()), (&cap, format!("/hq/tasks/{id}"))] {
            let page = who.client.get(&path).await.expect(200).text;
            assert!(!page.contains("<script>alert") && !page.contains("<img"), "{path}");
            assert!(page.contains("alert(1)"), "{path} shows it as text");
        }
    }
}

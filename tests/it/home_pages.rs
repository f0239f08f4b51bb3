//! Home and the tasks on it, without script.

use muster::clock::Duration;
use serde_json::{Value, json};

use crate::support::{Member, Person, World, both};

const COLUMBUS: &str = "43215";
const FRANKLIN: &str = "us-oh-39049";

async fn page(who: &Member, path: &str) -> String {
    who.client.get(path).await.expect(200).text
}

/// Writes an open shift of two hours in Franklin that begins so many hours from now.
async fn shift(leader: &Person, title: &str, hours: i64) -> String {
    let start = chrono::DateTime::parse_from_rfc3339("2026-11-18T15:00:00Z").unwrap();
    let start = start + Duration::hours(hours);
    let draft = json!({"title": title, "kind": "shift", "region": FRANKLIN, "minutes": 120, "slots": 3, "starts_at": start.to_rfc3339()});
    let task = leader
        .client
        .call("POST", "/api/v1/tasks", &draft)
        .await
        .expect(201)
        .json();
    task["id"].as_str().unwrap().to_owned()
}

async fn place(leader: &Person, task: &str, who: &Member, state: &str) {
    let path = format!("/api/v1/tasks/{task}/assignments/{}", who.id);
    leader
        .client
        .call("PUT", &path, &json!({"state": state}))
        .await
        .expect(200);
}

async fn close(leader: &Person, task: &str) {
    let path = format!("/api/v1/tasks/{task}");
    leader
        .client
        .call("PATCH", &path, &json!({"status": "closed"}))
        .await
        .expect(200);
}

both! {
    async fn everything_i_said_yes_to_stands_on_home_the_soonest_first(world: World) {
        let dee = world.captain_person("dee@example.org", FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        for (title, hours) in [("Third shift", 72), ("First shift", 24), ("Second shift", 48)] {
            let task = shift(&dee, title, hours).await;
            ada.client.post(&format!("/tasks/{task}/assignment"), &[("state", "accepted")]).await.expect(303);
        }
        let home = page(&ada, "/home").await;
        let at = |text: &str| home.find(text).unwrap_or_else(|| panic!("{text}: {home}"));
        assert!(at("Your next commitment") < at("First shift") && at("First shift") < at("Also yours"));
        assert!(at("Also yours") < at("Second shift") && at("Second shift") < at("Third shift"));
    }

    async fn a_closed_task_invites_nobody_and_its_page_says_so(world: World) {
        let dee = world.captain_person("dee@example.org", FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let task = shift(&dee, "Stuff envelopes", 24).await;
        place(&dee, &task, &ada, "invited").await;
        assert!(page(&ada, "/home").await.contains("You are invited"));
        close(&dee, &task).await;
        assert!(!page(&ada, "/home").await.contains("Stuff envelopes"));
        let told = page(&ada, &format!("/tasks/{task}")).await;
        assert!(told.contains("This task is closed.") && told.contains("href=\"/tasks\""), "{told}");
        assert!(!told.contains("You are asked") && !told.contains("value=\"accepted\""), "{told}");
    }

    async fn a_task_that_is_full_or_over_says_so_instead_of_asking(world: World) {
        let dee = world.captain_person("dee@example.org", FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let ben = world.join("ben@example.org", COLUMBUS).await;
        let task = shift(&dee, "Carry chairs", 1).await;
        dee.client.call("PATCH", &format!("/api/v1/tasks/{task}"), &json!({"slots": 1})).await.expect(200);
        place(&dee, &task, &ben, "assigned").await;
        let full = page(&ada, &format!("/tasks/{task}")).await;
        assert!(full.contains("All places are taken.") && !full.contains("value=\"accepted\""), "{full}");
        assert!(page(&ben, &format!("/tasks/{task}")).await.contains("You’re in."));
        world.clock.advance(Duration::hours(5));
        assert!(page(&ada, &format!("/tasks/{task}")).await.contains("This task is over."));
        assert!(!page(&ben, "/home").await.contains("Carry chairs"), "what is over is no commitment");
    }

    async fn a_task_of_another_region_is_taken_only_by_whom_its_leader_asked(world: World) {
        let dee = world.captain_person("dee@example.org", FRANKLIN).await;
        let hq = world.staff_person("hq@example.org").await;
        let far = world.join("far@example.org", "97201").await;
        let task = shift(&dee, "Greet at the door", 24).await;
        let told = page(&far, &format!("/tasks/{task}")).await;
        assert!(told.contains("for people of Franklin") && !told.contains("value=\"accepted\""), "{told}");
        let list = page(&far, "/tasks?far=yes").await;
        assert!(list.contains("Greet at the door") && !list.contains("value=\"accepted\""), "{list}");
        let path = format!("/tasks/{task}/assignment");
        let refused = far.client.post(&path, &[("state", "accepted")]).await.expect(409).text;
        assert!(refused.contains("It is for people of another region."), "{refused}");
        place(&hq, &task, &far, "invited").await;
        assert!(page(&far, "/home").await.contains("value=\"accepted\""));
        far.client.post(&path, &[("state", "accepted")]).await.expect(303);
        assert!(page(&far, "/home").await.contains("Greet at the door"));
    }

    async fn what_a_no_did_is_told_on_home_with_a_way_back(world: World) {
        let dee = world.captain_person("dee@example.org", FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let task = shift(&dee, "Carry chairs", 24).await;
        let home = page(&ada, "/home").await;
        assert!(home.contains("Carry chairs") && home.contains("About 80 points.") && home.contains("All tasks"), "{home}");
        for (state, reason, said) in [("declined", "not_now", "Not now, then."), ("accepted", "", ""), ("cancelled", "", "you are off it"), ("declined", "never", "offer you its kind again")] {
            let answer = ada.client.post(&format!("/tasks/{task}/assignment"), &[("state", state), ("reason", reason)]).await.expect(303);
            let home = page(&ada, answer.header("location")).await;
            assert!(home.contains(said), "{state}: {home}");
            assert_eq!(home.contains("Changed your mind?"), state != "accepted");
        }
    }

    async fn somebody_without_a_name_is_asked_for_one_while_waiting_and_on_home(world: World) {
        let browser = world.browser();
        browser.post("/join", &[("email", "cy@example.org"), ("zip", COLUMBUS)]).await.expect(303);
        let waiting = browser.get("/join/request").await.expect(200).text;
        assert!(waiting.contains("What should we call you?"), "{waiting}");
        assert!(waiting.contains("<a href=\"/join\">type your address again</a>"), "a way out of a mistyped address");
        let refused = browser.post("/join/request", &[("name", "Cy\u{202e}"), ("interests", "doors")]).await.expect(422).text;
        assert!(refused.contains("name-error"), "{refused}");
        browser.post("/join/request", &[("name", "Cy"), ("interests", "doors")]).await.expect(303);
        let kept = browser.get("/join/request?kept=yes").await.expect(200).text;
        assert!(kept.contains("value=\"Cy\""), "{kept}");
        let mails = world.mails("cy@example.org", 1).await;
        world.press(&browser, &crate::support::link_in(&mails[0].text)).await;
        let me = browser.get("/api/v1/me").await.expect(200).json();
        assert_eq!((&me["name"], &me["interests"]), (&json!("Cy"), &json!(["doors"])));

        let dan = world.join_through(world.browser(), "dan@example.org", COLUMBUS, &[]).await;
        assert!(page(&dan, "/home").await.contains("action=\"/me/name\""));
        let answer = dan.client.post("/me/name", &[("name", "Dan")]).await.expect(303);
        let home = page(&dan, answer.header("location")).await;
        assert!(home.contains("Good to meet you.") && home.contains(", Dan.") && !home.contains("/me/name"), "{home}");
        let me: Value = dan.client.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["zip"], COLUMBUS, "nothing else is changed");
    }

    async fn an_error_page_still_knows_who_reads_it(world: World) {
        let ada = world.join("ada@example.org", COLUMBUS).await;
        for (path, status) in [("/races/nowhere", 404), ("/hq", 403), ("/me/points?week=never", 422)] {
            let lost = ada.client.get(path).await.expect(status).text;
            assert!(lost.contains("href=\"/me\"") && !lost.contains("href=\"/join\""), "{path}: {lost}");
            assert!(lost.matches("A week is written like").count() <= 1, "said once: {lost}");
        }
    }
}

//! Which task for whom: five for a person, people for a task, and why.

use serde_json::{Value, json};

use crate::support::{Person, World, both};

const FRANKLIN: &str = "us-oh-39049";
const TURF: &str = "us-oh-39049-43215";

async fn five(who: &Person) -> Vec<Value> {
    let answer = who
        .client
        .get("/api/v1/me/suggestions")
        .await
        .expect(200)
        .json();
    answer.as_array().expect("a bare array").clone()
}

fn titles(five: &[Value]) -> Vec<String> {
    five.iter()
        .map(|one| one["task"]["title"].as_str().unwrap().to_owned())
        .collect()
}

fn codes(one: &Value, field: &str) -> Vec<String> {
    one[field]
        .as_array()
        .unwrap()
        .iter()
        .map(|said| said["code"].as_str().unwrap().to_owned())
        .collect()
}

async fn task(leader: &Person, draft: Value) -> String {
    let mut whole = json!({"kind": "shift", "region": FRANKLIN, "slots": 4});
    for (key, value) in draft.as_object().unwrap() {
        whole[key] = value.clone();
    }
    let task = leader
        .client
        .call("POST", "/api/v1/tasks", &whole)
        .await
        .expect(201)
        .json();
    task["id"].as_str().unwrap().to_owned()
}

/// Eight tasks of four kinds, one of them ten minutes from home.
async fn plenty(leader: &Person) {
    for (n, kind) in [
        "calls",
        "calls",
        "calls",
        "doors",
        "doors",
        "shift",
        "event_attended",
    ]
    .iter()
    .enumerate()
    {
        let day = 20 + n;
        task(leader, json!({
            "title": format!("Do {kind} {n}"), "kind": kind, "place": {"lat": 39.97 + f64::from(u8::try_from(n).unwrap()) * 0.02, "lon": -83.0},
            "starts_at": format!("2026-11-{day}T22:30:00Z"), "minutes": 60,
        })).await;
    }
    task(
        leader,
        json!({"title": "Type in lists", "kind": "data_entry", "remote": true, "minutes": 10}),
    )
    .await;
}

async fn profile(who: &Person, change: Value) {
    who.client
        .call("PATCH", "/api/v1/me", &change)
        .await
        .expect(200);
}

both! {
    async fn somebody_with_skills_gets_five_tasks_with_reasons_and_one_caveat(world: World) {
        let hq = world.staff_person("hq@example.org").await;
        let ada = world.person("ada@example.org", TURF).await;
        plenty(&hq).await;
        let spanish = task(&hq, json!({
            "title": "Call Spanish-speaking voters", "kind": "calls", "remote": true, "minutes": 40,
            "languages": ["es"], "skills": [{"slug": "phone-calls", "level": 2, "required": true}],
        })).await;
        profile(&ada, json!({"skills": [{"slug": "phone-calls", "level": 4}], "languages": ["es", "en"]})).await;
        let list = five(&ada).await;
        assert_eq!(list.len(), 5);
        let scores: Vec<f64> = list.iter().map(|one| one["score"].as_f64().unwrap()).collect();
        assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]), "{scores:?}");
        for one in &list {
            let reasons = one["reasons"].as_array().unwrap();
            assert!((1..=2).contains(&reasons.len()), "{one}");
            assert!(reasons.iter().all(|said| said["text"].as_str().unwrap().ends_with('.')), "{one}");
            assert!(one["task"]["slots"].is_i64() && one["task"]["region"]["code"] == FRANKLIN, "the whole task: {one}");
        }
        let kinds: Vec<&str> = list.iter().map(|one| one["task"]["kind"].as_str().unwrap()).collect();
        assert!(kinds.iter().all(|kind| kinds.iter().filter(|other| *other == kind).count() <= 2), "{kinds:?}");
        assert!(list.iter().any(|one| one["task"]["title"] == "Type in lists"), "one from home in a quarter of an hour");
        let one = list.iter().find(|one| one["task"]["id"] == *spanish).expect("the task she is made for");
        assert_eq!(codes(one, "reasons"), ["skill", "language"]);
        assert_eq!(one["reasons"][1]["text"], "You speak Spanish, and this needs it.");
        let timed = list.iter().find(|one| one["task"]["starts_at"].is_string()).unwrap();
        assert_eq!(timed["caveat"]["code"], "time_guessed");
        assert_eq!(timed["caveat"]["fix"]["href"], "/me#when");
    }

    async fn a_reload_shows_the_same_five_and_notes_them_once(world: World) {
        let hq = world.staff_person("hq@example.org").await;
        let ada = world.person("ada@example.org", TURF).await;
        plenty(&hq).await;
        let first = five(&ada).await;
        for _ in 0..3 {
            assert_eq!(titles(&five(&ada).await), titles(&first));
        }
        let export = ada.client.get("/api/v1/me/export").await.expect(200).json();
        let shown = export["tables"]["task_events"].as_array().unwrap().clone();
        assert_eq!(shown.len(), first.len(), "{shown:?}");
    }

    async fn what_somebody_declined_or_does_is_not_offered_again(world: World) {
        let hq = world.staff_person("hq@example.org").await;
        let ada = world.person("ada@example.org", TURF).await;
        let bank = task(&hq, json!({"title": "Call voters", "kind": "calls", "remote": true})).await;
        let doors = task(&hq, json!({"title": "Knock on doors", "kind": "doors"})).await;
        let rides = task(&hq, json!({"title": "Drive neighbours"})).await;
        let more = task(&hq, json!({"title": "Drive more neighbours"})).await;
        assert_eq!(five(&ada).await.len(), 4);
        let answer = async |id: &str, body: Value| {
            ada.client.call("PUT", &format!("/api/v1/tasks/{id}/assignment"), &body).await.expect(200);
        };
        answer(&bank, json!({"state": "declined"})).await;
        answer(&doors, json!({"state": "accepted"})).await;
        assert_eq!(titles(&five(&ada).await).len(), 2);
        answer(&rides, json!({"state": "declined", "reason": "too_far"})).await;
        assert_eq!(titles(&five(&ada).await), ["Drive more neighbours"]);
        answer(&more, json!({"state": "declined", "reason": "never"})).await;
        task(&hq, json!({"title": "One more of the kind"})).await;
        assert!(five(&ada).await.is_empty(), "never means nothing of the kind");
        let bad = ada.client.call("PUT", &format!("/api/v1/tasks/{bank}/assignment"), &json!({"state": "declined", "reason": "bored"})).await.expect(422).json();
        assert!(bad["errors"]["reason"].is_array(), "{bad}");
    }

    async fn a_not_now_comes_back_after_two_weeks(world: World) {
        let hq = world.staff_person("hq@example.org").await;
        let ada = world.person("ada@example.org", TURF).await;
        let bank = task(&hq, json!({"title": "Call voters", "kind": "calls", "remote": true})).await;
        ada.client.call("PUT", &format!("/api/v1/tasks/{bank}/assignment"), &json!({"state": "declined", "reason": "not_now"})).await.expect(200);
        assert!(five(&ada).await.is_empty());
        let later = |days: i64| world.server.app.clock.now() + chrono::Duration::days(days);
        let viewer = |id| muster::sessions::Viewer {
            id, session: muster::ids::SessionId(1), name: String::new(),
            region: muster::regions::RegionCode::parse(TURF).unwrap(), zone: "America/New_York".into(),
            quiet: false, staff: false, leads: vec![],
        };
        let (before, after) = (later(13), later(15));
        let l = world.server.app.words.english();
        world.clock.advance(before - world.server.app.clock.now());
        assert!(muster::matching::suggest(&world.server.app, &viewer(ada.id), &l).await.unwrap().is_empty());
        world.clock.advance(after - before);
        assert_eq!(muster::matching::suggest(&world.server.app, &viewer(ada.id), &l).await.unwrap().len(), 1);
    }

    async fn a_task_that_is_full_closed_foreign_or_out_of_reach_is_not_offered(world: World) {
        let hq = world.staff_person("hq@example.org").await;
        let ada = world.person("ada@example.org", TURF).await;
        let ben = world.person("ben@example.org", TURF).await;
        let full = task(&hq, json!({"title": "Full", "slots": 1})).await;
        ben.client.call("PUT", &format!("/api/v1/tasks/{full}/assignment"), &json!({"state": "accepted"})).await.expect(200);
        task(&hq, json!({"title": "Foreign", "region": "us-or-41051"})).await;
        task(&hq, json!({"title": "Draft", "status": "draft"})).await;
        task(&hq, json!({"title": "Far", "region": "us-oh", "place": {"lat": 41.5, "lon": -81.7}})).await;
        task(&hq, json!({"title": "Skilled", "kind": "data_entry", "skills": [{"slug": "gis", "level": 3, "required": true}]})).await;
        task(&hq, json!({"title": "Certified", "certificates": ["first-aid"]})).await;
        task(&hq, json!({"title": "Grown up", "kind": "doors", "min_age": 18})).await;
        task(&hq, json!({"title": "In Spanish", "kind": "calls", "languages": ["es"]})).await;
        let closing = task(&hq, json!({"title": "Closing"})).await;
        task(&hq, json!({"title": "Over", "starts_at": "2026-11-18T10:00:00Z"})).await;
        task(&hq, json!({"title": "Yes"})).await;
        hq.client.call("PATCH", &format!("/api/v1/tasks/{closing}"), &json!({"status": "closed"})).await.expect(200);
        assert_eq!(titles(&five(&ada).await), ["Yes"]);
        profile(&ada, json!({"adult": true, "languages": ["es"], "skills": [{"slug": "gis", "level": 3}]})).await;
        let mut now = titles(&five(&ada).await);
        now.sort();
        assert_eq!(now, ["Grown up", "In Spanish", "Skilled", "Yes"]);
    }

    async fn both_views_of_the_same_question_agree(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", TURF).await;
        let ben = world.person("ben@example.org", TURF).await;
        let far = world.person("far@example.org", "us-or-41051").await;
        let id = task(&cap, json!({
            "title": "Map the turf", "place": {"lat": 39.97, "lon": -83.0}, "minutes": 10, "remote": true,
            "skills": [{"slug": "gis", "level": 3, "required": true}],
        })).await;
        profile(&ada, json!({"skills": [{"slug": "gis", "level": 5}]})).await;
        let offered = five(&ada).await;
        assert_eq!(titles(&offered), ["Map the turf"]);
        assert!(five(&ben).await.is_empty());
        assert!(five(&far).await.is_empty());
        let answer = cap.client.get(&format!("/api/v1/tasks/{id}/candidates")).await.expect(200).json();
        let ranked = answer["ranked"].as_array().unwrap();
        assert_eq!(ranked.len(), 1, "{answer}");
        assert_eq!(ranked[0]["volunteer"]["id"], ada.id.to_string());
        assert_eq!(codes(&ranked[0], "reasons"), codes(&offered[0], "reasons"));
        assert_eq!(ranked[0]["caveat"], offered[0]["caveat"]);
        assert_eq!(offered[0]["reasons"][0]["text"], "It needs one of your skills: maps and GIS.");
        assert_eq!(ranked[0]["reasons"][0]["text"], "Has a skill it needs: maps and GIS.", "a leader reads about her, not about themselves");
        let rest = answer["rest"].as_array().unwrap();
        let why = |person: &Person| {
            let one = rest.iter().find(|one| one["volunteer"]["id"] == person.id.to_string());
            one.map(|one| codes(one, "why_not"))
        };
        assert_eq!(why(&ben), Some(vec!["skill".to_owned()]));
        assert_eq!(why(&far), None, "nobody from outside the captain's scope");
        assert_eq!(answer["why_not"]["skill"], 2);
        ada.client.call("PUT", &format!("/api/v1/tasks/{id}/assignment"), &json!({"state": "accepted"})).await.expect(200);
        let answer = cap.client.get(&format!("/api/v1/tasks/{id}/candidates")).await.expect(200).json();
        let one = answer["rest"].as_array().unwrap().iter().find(|one| one["volunteer"]["id"] == ada.id.to_string()).unwrap().clone();
        assert_eq!(one["state"], "accepted");
        assert!(codes(&one, "why_not").contains(&"already_going".to_owned()), "{one}");
    }

    async fn candidates_are_for_those_who_lead_the_task(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let other = world.captain_person("other@example.org", "us-or-41051").await;
        let ada = world.person("ada@example.org", TURF).await;
        let id = task(&cap, json!({"title": "Drive neighbours"})).await;
        let path = format!("/api/v1/tasks/{id}/candidates");
        ada.client.get(&path).await.expect(403);
        let mut foreign = other.client.get(&path).await.expect(404).json();
        let mut missing = other.client.get("/api/v1/tasks/0000000000001/candidates").await.expect(404).json();
        foreign["request_id"] = Value::Null;
        missing["request_id"] = Value::Null;
        assert_eq!(foreign, missing);
        world.browser().get(&path).await.expect(401);
        world.browser().get("/api/v1/me/suggestions").await.expect(401);
    }

    async fn somebody_invited_still_sees_the_task_and_a_friend_who_goes_is_a_reason(world: World) {
        let cap = world.captain_person("cap@example.org", FRANKLIN).await;
        let ada = world.person("ada@example.org", TURF).await;
        let ben = world.person("ben@example.org", TURF).await;
        world.sql(format!("UPDATE volunteers SET invited_by = {} WHERE id = {}", ada.id.0, ben.id.0)).await;
        let id = task(&cap, json!({"title": "Greet newcomers", "kind": "event_attended"})).await;
        ben.client.call("PUT", &format!("/api/v1/tasks/{id}/assignment"), &json!({"state": "accepted"})).await.expect(200);
        cap.client.call("PUT", &format!("/api/v1/tasks/{id}/assignments/{}", ada.id), &json!({"state": "invited"})).await.expect(200);
        let list = five(&ada).await;
        assert_eq!(titles(&list), ["Greet newcomers"]);
        let candidates = cap.client.get(&format!("/api/v1/tasks/{id}/candidates")).await.expect(200).json();
        let row = candidates["ranked"].as_array().unwrap().iter().find(|one| one["volunteer"]["id"] == ada.id.to_string()).unwrap().clone();
        assert_eq!(row["state"], "invited");
        assert!(row["bars"].as_array().unwrap().iter().any(|bar| bar["text"] == "Knows somebody" && bar["value"].as_f64().unwrap() > 0.0), "{row}");
    }
}

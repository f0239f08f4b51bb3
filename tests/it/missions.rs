//! What counts more in a week: HQ says it before the week begins, and every entry of the week earns it.

use muster::clock::{Duration, Instant};
use muster::ledger::{Week, rebuild};
use serde_json::{Value, json};

use crate::support::{Answer, Client, Person, Place, World, both};

const COLUMBUS: &str = "us-oh-39049-43215";
const WEEK: &str = "2026-W48";

async fn set(hq: &Person, week: &str, kind: &str, weight: f64) -> Answer {
    let path = format!("/api/v1/missions/{week}/{kind}");
    hq.client
        .call("PUT", &path, &json!({"weight": weight}))
        .await
}

async fn list(who: &Client, week: &str) -> Value {
    let path = format!("/api/v1/missions?week={week}");
    who.get(&path).await.expect(200).json()
}

/// Base points of a fresh entry.
async fn earns(who: &Person, key: &str, body: Value) -> f64 {
    let answer = who.client.score("/api/v1/activities", key, &body).await;
    answer.expect(201).json()["points"]["base"]
        .as_f64()
        .unwrap()
}

fn doors(at: &str) -> Value {
    json!({"kind": "doors", "quantity": 10, "conversations": 2, "occurred_at": at})
}

/// Moves the clock to `at`, and gives everybody a fresh token.
async fn at<const N: usize>(world: &World, at: &str, people: [&Person; N]) -> [Person; N] {
    let at: Instant = serde_json::from_value(json!(at)).unwrap();
    world.clock.advance(at - world.clock.now());
    let mut fresh = Vec::new();
    for person in people {
        fresh.push(world.again(person).await);
    }
    fresh
        .try_into()
        .unwrap_or_else(|_| panic!("as many as before"))
}

both! {
    async fn what_hq_says_before_a_week_every_entry_of_that_week_earns(world: World) {
        let hal = world.staff_person("hal@example.org").await;
        let ben = world.person("ben@example.org", COLUMBUS).await;
        let said = set(&hal, WEEK, "doors", 1.5).await.expect(200).json();
        assert_eq!(said, json!({"week": WEEK, "kind": "doors", "weight": 1.5, "text": "Doors count 1.5× in week 48."}));
        set(&hal, WEEK, "listening_note", 2.0).await.expect(200);
        set(&hal, WEEK, "calls", 0.5).await.expect(200);
        let known = list(&ben.client, WEEK).await;
        assert_eq!(known.as_array().unwrap().len(), 3, "members know before: {known}");
        assert_eq!(list(&ben.client, "").await, json!([]), "nothing is said of this week");
        assert_eq!(earns(&ben, "a", json!({"kind": "doors", "quantity": 10, "conversations": 2})).await, 28.0);

        // Sunday evening in Ohio, while it is Monday in London; then Monday.
        let [ben] = at(&world, "2026-11-23T03:00:00Z", [&ben]).await;
        assert_eq!(earns(&ben, "b", doors("2026-11-23T02:00:00Z")).await, 28.0, "still week 47 where Ben is");
        let [ben] = at(&world, "2026-11-23T15:00:00Z", [&ben]).await;
        assert_eq!(earns(&ben, "c", doors("2026-11-23T14:00:00Z")).await, 42.0);
        assert_eq!(earns(&ben, "d", doors("2026-11-22T20:00:00Z")).await, 28.0, "logged late, for the week before");
        assert_eq!(earns(&ben, "e", json!({"kind": "calls", "quantity": 9})).await, 4.5);
        assert_eq!(earns(&ben, "f", json!({"kind": "shift", "minutes": 60})).await, 40.0, "nothing was said of shifts");
        let heard = json!({"kind": "listening_note", "note": "The bus comes too seldom."});
        assert_eq!(earns(&ben, "g", heard).await, 4.0);
        let again = ben.client.score("/api/v1/activities", "c", &doors("2026-11-23T14:00:00Z")).await.expect(201);
        assert_eq!((again.header("idempotent-replayed"), &again.json()["points"]["base"]), ("true", &json!(42)));

        let lines = ben.client.get(&format!("/api/v1/me/points?week={WEEK}")).await.expect(200).json();
        let walked = lines.as_array().unwrap().iter().find(|line| line["kind"] == "doors").unwrap();
        let why = walked["why"].as_str().unwrap();
        assert!(why.starts_with("2 a door and 4 a conversation. Doors count 1.5× in week 48."), "{why}");
        world.assert_totals_fold().await;
        let app = &world.server.app;
        rebuild(&app.db, &app.scoring, |_| {}).await.expect("a rebuild");
        world.assert_totals_fold().await;
    }

    async fn a_captains_sheet_and_a_decision_keep_the_weight_of_the_week(world: World) {
        let hal = world.staff_person("hal@example.org").await;
        let ada = world.captain_person("ada@example.org", "us-oh-39049").await;
        let ben = world.person("ben@example.org", COLUMBUS).await;
        set(&hal, WEEK, "doors", 2.0).await.expect(200);
        let [ada, ben] = at(&world, "2026-11-24T15:00:00Z", [&ada, &ben]).await;
        let own = ben.client.score("/api/v1/activities", "own", &doors("2026-11-24T14:00:00Z")).await.expect(201).json();
        assert_eq!(own["points"], json!({"base": 56, "counted": 28}), "trusted by half");
        let path = format!("/api/v1/activities/{}/verification", own["id"].as_str().unwrap());
        let decided = ada.client.call("PUT", &path, &json!({"state": "approved"})).await.expect(200).json();
        assert_eq!(decided["points"], json!({"base": 56, "counted": 56}));
        let sheet = json!({"rows": [
            {"key": "r1", "kind": "doors", "quantity": 5, "volunteer": ben.id.to_string()},
            {"key": "r2", "kind": "doors", "quantity": 5, "volunteer": ben.id.to_string(), "occurred_at": "2026-11-20T15:00:00Z"},
        ]});
        let rows = ada.client.call("POST", "/api/v1/activities/batch", &sheet).await.expect(200).json();
        let base = |at: usize| rows["results"][at]["activity"]["points"]["base"].clone();
        assert_eq!((base(0), base(1)), (json!(20), json!(10)), "each by its own week: {rows}");
        world.assert_totals_fold().await;
    }

    async fn a_week_that_has_begun_anywhere_stands_as_it_is(world: World) {
        let hal = world.staff_person("hal@example.org").await;
        set(&hal, "2026-W47", "doors", 1.5).await.expect(409);
        set(&hal, "2026-W20", "doors", 1.5).await.expect(409);
        let week: Week = WEEK.parse().unwrap();
        let first = world.server.app.tree.zones().into_iter().map(|zone| week.start(zone)).min().unwrap();
        // Entries may lie five minutes ahead, so it stands five minutes before.
        world.clock.advance(Instant::from(first) - Duration::minutes(5) - Duration::seconds(1) - world.clock.now());
        let hal = world.again(&hal).await;
        set(&hal, WEEK, "doors", 1.5).await.expect(200);
        world.clock.advance(Duration::seconds(1));
        let late = set(&hal, WEEK, "doors", 1.25).await.expect(409).json();
        assert_eq!(late["detail"], "Week 48 has begun, so what counts in it stands. Choose a later week.");
        set(&hal, WEEK, "doors", 1.0).await.expect(409);
        assert_eq!(list(&hal.client, WEEK).await[0]["weight"], 1.5);
        set(&hal, "2026-W49", "doors", 1.25).await.expect(200);
    }

    async fn only_hq_says_it_within_bounds_and_it_is_written_down(world: World) {
        let hal = world.staff_person("hal@example.org").await;
        let ada = world.captain_person("ada@example.org", "us-oh").await;
        set(&ada, WEEK, "doors", 1.5).await.expect(403);
        for weight in [0.49, 2.01, -1.0, 1.00001, 1e300] {
            let refused = set(&hal, WEEK, "doors", weight).await.expect(422).json();
            assert!(refused["errors"]["weight"][0].is_string(), "{weight}: {refused}");
        }
        set(&hal, WEEK, "juggling", 1.5).await.expect(404);
        set(&hal, "2026-W99", "doors", 1.5).await.expect(404);
        ada.client.get("/api/v1/missions?week=soon").await.expect(422);
        for weight in [1.5, 1.5, 2.0, 1.0, 1.0] {
            set(&hal, WEEK, "doors", weight).await.expect(200);
        }
        assert_eq!(list(&ada.client, WEEK).await, json!([]), "1 is as usual");
        let log = hal.client.get("/api/v1/audit").await.expect(200).json();
        let set: Vec<_> = log["items"].as_array().unwrap().iter().filter(|line| line["deed"] == "mission_set").collect();
        let steps: Vec<_> = set.iter().map(|line| (line["detail"]["was"].as_f64(), line["detail"]["weight"].as_f64())).collect();
        assert_eq!(steps, [(Some(2.0), Some(1.0)), (Some(1.5), Some(2.0)), (Some(1.0), Some(1.5))], "changes alone: {log}");
        assert_eq!(set[0]["actor"], hal.id.to_string());
        assert_eq!((&set[0]["detail"]["week"], &set[0]["detail"]["kind"]), (&json!(WEEK), &json!("doors")));
    }

    async fn hq_says_it_with_a_form_and_people_read_it_where_they_log(world: World) {
        let staff = world.staff("hal@example.org").await;
        let ben = world.join("ben@example.org", "43215").await;
        let page = staff.client.get("/hq").await.expect(200).text;
        assert!(page.contains("What counts more") && page.contains("Week 48, from Nov 23"), "{page}");
        assert!(!page.contains("value=\"2026-W47\""), "this week is no choice");
        let form = |week: &'static str, weight: &'static str| [("week", week), ("kind", "doors"), ("weight", weight)];
        let done = staff.client.post("/hq/missions", &form(WEEK, "1.5")).await.expect(303);
        assert_eq!(done.header("location"), "/hq?said=1#missions");
        let page = staff.client.get("/hq?said=1").await.expect(200).text;
        assert!(page.contains("Doors count 1.5× in week 48.") && page.contains("Saved. People will see it"), "{page}");
        let late = staff.client.post("/hq/missions", &form("2026-W47", "1.5")).await.expect(409).text;
        assert!(late.contains("Week 47 has begun") && late.contains("role=\"alert\""), "{late}");
        for (week, weight, why) in [(WEEK, "3", "0.5 to 2 times"), (WEEK, "much", "such as 1.5"), ("", "1.5", "like 2026-W47")] {
            let refused = staff.client.post("/hq/missions", &form(week, weight)).await.expect(422).text;
            assert!(refused.contains(why), "{why}: {refused}");
        }
        assert!(!staff.client.get("/hq?region=us-oh").await.expect(200).text.contains("What counts more"));

        assert!(!ben.client.get("/log").await.expect(200).text.contains("count 1.5×"));
        world.clock.advance(Duration::days(6));
        let page = ben.client.get("/log").await.expect(200).text;
        assert!(page.contains("Doors count 1.5× this week."), "{page}");
        assert!(page.contains("12 doors · today") && page.contains("+36<"), "the tap says what it earns: {page}");
        let saved = ben.client.post("/log", &[("key", "k"), ("kind", "doors"), ("quantity", "10"), ("day", "today")]).await.expect(303);
        let receipt = ben.client.get(saved.header("location")).await.expect(200).text;
        assert!(receipt.contains("+30<") && receipt.contains("Doors count 1.5× in week 48."), "{receipt}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_said_on_one_node_is_earned_on_another() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: MUSTER_TEST_DATABASE_URL and MUSTER_TEST_REDIS_URL are not set");
        return;
    };
    let other = world.second_node().await;
    let hal = world.staff_person("hal@example.org").await;
    let ben = world.person("ben@example.org", COLUMBUS).await;
    // The other node has looked at the week before anything was said of it.
    let there = Client::with_bearer(other.url(), ben.client.bearer.as_deref().unwrap());
    assert_eq!(list(&there, WEEK).await, json!([]));
    set(&hal, WEEK, "doors", 1.5).await.expect(200);
    let [ben] = at(&world, "2026-11-24T15:00:00Z", [&ben]).await;
    let there = Person {
        client: Client::with_bearer(other.url(), ben.client.bearer.as_deref().unwrap()),
        ..ben
    };
    let walked = doors("2026-11-24T14:00:00Z");
    assert_eq!(earns(&there, "there", walked).await, 42.0);
    // A begun week is kept in memory: what somebody does to the table beside us moves no price.
    world.sql("DELETE FROM missions".into()).await;
    let later = doors("2026-11-24T14:30:00Z");
    assert_eq!(earns(&there, "later", later).await, 42.0);
    world.assert_totals_fold().await;
    other.stop().await;
}

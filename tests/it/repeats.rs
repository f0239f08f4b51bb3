//! A repeat gets its first answer again, whatever has become of everything around it.

use serde_json::{Value, json};

use crate::support::{Answer, Person, World, both};

const HOME: &str = "us-oh-39049-43215";
const FRANKLIN: &str = "us-oh-39049";

async fn score(who: &Person, key: &str, body: &Value) -> Answer {
    who.client.score("/api/v1/activities", key, body).await
}

/// Asserts that `again` is the answer `first`, marked as given before.
#[track_caller]
fn assert_replayed(again: Answer, first: &Answer) {
    let again = again.expect(201);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("idempotent-replayed"), "true");
}

both! {
    async fn a_repeat_outlives_its_task(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", FRANKLIN).await;
        let draft = json!({"title": "Doors", "kind": "doors", "region": FRANKLIN, "slots": 9});
        let task = dee.client.call("POST", "/api/v1/tasks", &draft).await.expect(201).json()["id"].clone();
        let body = json!({"kind": "doors", "quantity": 10, "task": task});
        let first = score(&ben, "a", &body).await.expect(201);
        world.sql("UPDATE tasks SET status = 'draft'".into()).await;
        score(&ben, "b", &body).await.expect(422);
        assert_replayed(score(&ben, "a", &body).await, &first);
        let other = json!({"kind": "doors", "quantity": 11, "task": task});
        score(&ben, "a", &other).await.expect(422);
        let row = |key: &str, body: &Value| {
            let mut row = body.clone();
            row["key"] = json!(key);
            row
        };
        let sheet = json!({"rows": [row("a", &body), row("b", &body), row("c", &json!({"kind": "doors", "quantity": 7})), row("a", &other)]});
        let results = ben.client.call("POST", "/api/v1/activities/batch", &sheet).await.expect(200).json()["results"].clone();
        let told: Vec<_> = results.as_array().unwrap().iter().map(|row| (row["status"].as_u64().unwrap(), row["replayed"] == true)).collect();
        assert_eq!(told, [(201, true), (422, false), (201, false), (422, false)], "{results}");
        assert_eq!(results[0]["activity"], first.json());
        assert_eq!(world.total(FRANKLIN).await, 17.0, "10 and 7 doors at half, once");
    }

    async fn a_repeat_outlives_the_captains_office_and_the_persons_move(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", FRANKLIN).await;
        let hq = world.staff_person("hq@example.org").await;
        let body = json!({"kind": "doors", "quantity": 10, "volunteer": ben.id.to_string()});
        let other = json!({"kind": "doors", "quantity": 11, "volunteer": ben.id.to_string()});
        let first = score(&dee, "a", &body).await.expect(201);
        let path = format!("/api/v1/volunteers/{}/region", ben.id);
        hq.client.call("PUT", &path, &json!({"region": "us-ca"})).await.expect(200);
        score(&dee, "b", &body).await.expect(404);
        assert_replayed(score(&dee, "a", &body).await, &first);
        score(&dee, "a", &other).await.expect(422);
        let end = format!("/api/v1/regions/{FRANKLIN}/captains/{}", dee.id);
        hq.client.call("DELETE", &end, &Value::Null).await.expect(204);
        score(&dee, "b", &body).await.expect(403);
        assert_replayed(score(&dee, "a", &body).await, &first);
        score(&dee, "a", &other).await.expect(422);
    }

    async fn somebody_elses_key_tells_nothing(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let dee = world.captain_person("dee@example.org", FRANKLIN).await;
        let cy = world.person("cy@example.org", HOME).await;
        let body = json!({"kind": "doors", "quantity": 10, "volunteer": ben.id.to_string()});
        score(&dee, "a", &body).await.expect(201);
        let guessed = format!("{}:a", dee.id);
        let told: Vec<(u16, Value)> = [score(&cy, "a", &body).await, score(&cy, &guessed, &body).await, score(&cy, "never", &body).await]
            .into_iter()
            .map(|answer| {
                let mut body = answer.json();
                body["request_id"] = Value::Null;
                (answer.status, body)
            })
            .collect();
        assert_eq!(told[0].0, 403);
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    }
}

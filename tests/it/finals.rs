//! Final weeks: until when late entries count, and what decisions still change.

use muster::clock::Duration;
use serde_json::{Value, json};

use crate::support::{Person, World, both};

const COLUMBUS: &str = "us-oh-39049-43215";

/// From the world's Wednesday, 15:00 UTC, to the next one, 05:00 UTC: 48 hours after Ohio's Sunday.
const TO_THE_END: i64 = 6 * 24 + 14;

async fn late(person: &Person, key: &str) -> crate::support::Answer {
    let body = json!({"kind": "doors", "quantity": 10, "occurred_at": "2026-11-20T16:00:00Z"});
    person.client.score("/api/v1/activities", key, &body).await
}

async fn decide(hq: &Person, id: &Value, state: &str) -> Value {
    let id = id.as_str().expect("an id");
    let path = format!("/api/v1/activities/{id}/verification");
    let answer = hq.client.call("PUT", &path, &json!({"state": state})).await;
    answer.expect(200).json()
}

both! {
    async fn late_entries_count_until_the_boards_they_count_in_are_final(world: World) {
        world.clock.advance(Duration::hours(TO_THE_END) - Duration::minutes(1));
        let ben = world.person("ben@example.org", COLUMBUS).await;
        late(&ben, "in-time").await.expect(201);
        world.clock.advance(Duration::minutes(2));
        // Ohio's race is final; Hawaii's, and so the nation's, are not for some hours.
        let board = ben.client.get("/api/v1/races/us-oh?week=2026-W47").await.expect(200).json();
        assert_eq!(board["status"], "final");
        let refused = late(&ben, "too-late").await.expect(422).json();
        assert!(refused["errors"]["occurred_at"].is_array(), "{refused}");
        late(&ben, "in-time").await.expect(201);
        let kai = world.person("kai@example.org", "us-hi-15003-96813").await;
        late(&kai, "in-time").await.expect(201);
        let nation = kai.client.get("/api/v1/races/us?week=2026-W47").await.expect(200).json();
        assert_ne!(nation["status"], "final");
        world.assert_totals_fold().await;
    }

    async fn what_was_held_when_its_week_became_final_stays_without_points(world: World) {
        let ben = world.person("ben@example.org", COLUMBUS).await;
        let first = late(&ben, "one").await;
        assert_eq!(first.status, 422, "Friday lies ahead");
        world.clock.advance(Duration::days(3));
        let ben = world.person("cy@example.org", COLUMBUS).await;
        let first = late(&ben, "one").await.expect(201).json();
        let held = late(&ben, "two").await.expect(201).json();
        assert_eq!((&first["verification"], &held["verification"]), (&json!("unverified"), &json!("held")));
        world.clock.advance(Duration::days(5));
        let hq = world.staff_person("hq@example.org").await;
        // No detour leads around it.
        for state in ["approved", "rejected", "approved"] {
            assert_eq!(decide(&hq, &held["id"], state).await["points"]["counted"], 0, "{state}");
        }
        // And a hold that came later takes nothing away for good.
        assert_eq!(decide(&hq, &first["id"], "held").await["points"]["counted"], 0);
        assert_eq!(decide(&hq, &first["id"], "approved").await["points"]["counted"], 20);
        world.assert_totals_fold().await;
    }
}

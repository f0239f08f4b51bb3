//! Logging what was done: bounds, on behalf, sheets, decisions, and why a score is what it is.

use serde_json::json;

use crate::support::{World, both};

both! {
    async fn an_activity_without_a_key_is_malformed(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        ben.client.call("POST", "/api/v1/activities", &json!({"kind": "doors", "quantity": 1})).await.expect(400);
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
}

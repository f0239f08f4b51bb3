//! What people say about themselves, and what they get when they ask for all of it.

use serde_json::{Value, json};

use crate::support::{World, both};

/// Every field of this name, in all rows of an export.
fn fields(export: &Value, fits: impl Fn(&str) -> bool) -> Vec<(String, &Value)> {
    let tables = export["tables"].as_object().expect("tables");
    tables
        .iter()
        .flat_map(|(table, rows)| {
            rows.as_array()
                .expect("rows")
                .iter()
                .map(move |row| (table, row))
        })
        .flat_map(|(table, row)| {
            row.as_object()
                .expect("a row")
                .iter()
                .map(move |cell| (table, cell))
        })
        .filter(|(_, (name, value))| fits(name) && !value.is_null())
        .map(|(table, (name, value))| (format!("{table}.{name}"), value))
        .collect()
}

both! {
    async fn interests_are_kinds_of_task_and_needs_are_plain_words(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let patch = async |change: Value| ben.client.call("PATCH", "/api/v1/me", &change).await;
        let me = patch(json!({"interests": [" Doors", "training", "doors"], "access_needs": ["Step-free", "hearing loop (front row)"]})).await.expect(200).json();
        assert_eq!((&me["interests"], &me["access_needs"]), (&json!(["doors", "training"]), &json!(["step-free", "hearing loop (front row)"])));
        for (change, field) in [
            (json!({"interests": ["bribes"]}), "interests"),
            (json!({"interests": ["recruit"]}), "interests"),
            (json!({"access_needs": ["<script>"]}), "access_needs"),
            (json!({"access_needs": ["a\u{202e}b"]}), "access_needs"),
            (json!({"access_needs": ["x".repeat(61)]}), "access_needs"),
        ] {
            let refused = patch(change.clone()).await.expect(422).json();
            assert!(refused["errors"][field].is_array(), "{change}: {refused}");
        }
        assert_eq!(ben.client.get("/api/v1/me").await.expect(200).json(), me);
    }

    async fn an_export_speaks_of_ids_and_times_like_every_other_answer(world: World) {
        let ben = world.join("ben@example.org", "43215").await;
        let doors = json!({"kind": "doors", "quantity": 3});
        ben.client.score("/api/v1/activities", "a", &doors).await.expect(201);
        let export = ben.client.get("/api/v1/me/export").await.expect(200).json();
        let me = ben.client.get("/api/v1/me").await.expect(200).json();
        assert_eq!(export["tables"]["volunteers"][0]["id"], me["id"]);
        assert_eq!(export["tables"]["volunteers"][0]["joined_at"], me["joined_at"]);
        assert_eq!(export["tables"]["ledger"][0]["volunteer_id"], me["id"]);
        let ids = fields(&export, |name| name == "id" || name.ends_with("_id") || name == "actor");
        let times = fields(&export, |name| name.ends_with("_at") || name == "since");
        assert!(ids.len() > 5 && times.len() > 5, "{export}");
        for (name, id) in ids {
            assert!(id.as_str().is_some_and(|id| id.len() == 13), "{name}: {id}");
        }
        for (name, time) in times {
            let time = time.as_str().unwrap_or_default();
            assert!(time.ends_with('Z') && time.contains('T'), "{name}: {time}");
        }
    }
}

//! The write path of an activity: one key scores once, totals are the fold of the ledger.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{World, both};

fn doors(quantity: i64) -> serde_json::Value {
    json!({"kind": "doors", "quantity": quantity, "conversations": 0})
}

both! {
    async fn one_key_scores_once_however_often_it_is_sent_at_once(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let body = json!({"kind": "doors", "quantity": 15, "conversations": 5});
        let sent = (0..64).map(|_| ben.client.score("/api/v1/activities", "sheet-1", &body));
        let answers = join_all(sent).await;
        let first = answers[0].clone().expect(201).json();
        assert_eq!(first["points"], json!({"base": 50, "counted": 25}));
        assert_eq!(first["verification"], "unverified");
        let codes: Vec<_> = first["regions"].as_array().unwrap().iter().map(|region| region["code"].clone()).collect();
        assert_eq!(codes, ["us", "us-oh", "us-oh-39049", "us-oh-39049-43215"]);
        let mut fresh = 0;
        for answer in answers {
            let answer = answer.expect(201);
            assert_eq!(answer.json(), first);
            fresh += usize::from(answer.header("idempotent-replayed") != "true");
        }
        assert_eq!(fresh, 1, "one answer is the first, the others say that they repeat it");
    }

    async fn the_same_key_with_another_body_is_refused(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        ben.client.score("/api/v1/activities", "k", &doors(10)).await.expect(201);
        let refused = ben.client.score("/api/v1/activities", "k", &doors(11)).await.expect(422).json();
        assert!(refused["errors"]["Idempotency-Key"].is_array(), "{refused}");
        // Compared after parsing: blanks, order and how a time is written make no other body.
        let body = r#"{ "conversations" : 0, "quantity":10,"kind":"doors" }"#;
        let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
        let again = ben.client.send(reqwest::Method::POST, "/api/v1/activities", &headers, Some(body.into())).await.expect(201);
        assert_eq!(again.header("idempotent-replayed"), "true");
    }

    async fn a_key_belongs_to_the_person_who_acts(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let cy = world.person("cy@example.org", "us-oh-39049-43215").await;
        ben.client.score("/api/v1/activities", "k", &doors(10)).await.expect(201);
        let other = cy.client.score("/api/v1/activities", "k", &doors(20)).await.expect(201);
        assert_eq!(other.header("idempotent-replayed"), "");
    }
}

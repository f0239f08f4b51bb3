//! Newcomers and the 72 hours in which somebody calls them.

use muster::clock::Duration;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Member, World, both};

/// Columbus, Ohio, in Franklin County.
const COLUMBUS: &str = "43215";
const FRANKLIN: &str = "us-oh-39049";

async fn queue(who: &Client, region: &str) -> Vec<Value> {
    let path = format!("/api/v1/regions/{region}/follow-ups");
    let answer = who.get(&path).await.expect(200).json();
    answer.as_array().expect("a list").clone()
}

fn people(queue: &[Value]) -> Vec<&str> {
    queue
        .iter()
        .map(|call| call["volunteer"].as_str().unwrap())
        .collect()
}

async fn report(who: &Member, person: &Member, body: Value) -> Answer {
    let path = format!("/api/v1/follow-ups/{}", person.id);
    who.client.call("PUT", &path, &body).await
}

both! {
    async fn a_newcomer_waits_in_their_captains_queue_with_what_is_left_of_72_hours(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        world.clock.advance(Duration::hours(5));
        let calls = queue(&world.program(&dee).await, FRANKLIN).await;
        let call = calls.iter().find(|call| call["volunteer"] == cy.id.to_string()).expect("Cy waits");
        assert_eq!(call["hours_left"], 67);
        assert_eq!(call["overdue"], false);
        assert_eq!(call["email"], "cy@example.org");
        assert_eq!(call["held_by"], FRANKLIN);
    }

    async fn whoever_has_waited_longest_stands_first(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, "us-oh").await;
        let mut waiting = vec![dee.id.to_string()];
        for (email, zip) in [("cy@example.org", "43215"), ("di@example.org", "44114"), ("fay@example.org", "43215")] {
            world.clock.advance(Duration::hours(1));
            waiting.push(world.join(email, zip).await.id.to_string());
        }
        world.clock.advance(Duration::hours(70));
        let calls = queue(&world.program(&dee).await, "us-oh").await;
        assert_eq!(people(&calls), waiting);
        let overdue: Vec<_> = calls.iter().map(|call| call["overdue"].as_bool().unwrap()).collect();
        assert_eq!(overdue, [true, true, false, false]);
    }

    async fn an_overdue_newcomer_climbs_to_the_parent_region_and_then_to_hq(world: World) {
        let ohio = world.captain("oz@example.org", COLUMBUS, "us-oh").await;
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        let held = async |who: &Member| {
            let region = if who.id == dee.id { FRANKLIN } else { "us-oh" };
            let calls = queue(&world.program(who).await, region).await;
            let call = calls.iter().find(|call| call["volunteer"] == cy.id.to_string()).expect("never lost").clone();
            call["held_by"].clone()
        };
        assert_eq!(held(&dee).await, FRANKLIN);
        world.clock.advance(Duration::hours(73));
        assert_eq!(held(&dee).await, "us-oh");
        assert_eq!(held(&ohio).await, "us-oh");
        world.clock.advance(Duration::hours(72));
        assert_eq!(held(&ohio).await, Value::Null, "HQ has to call now");
    }

    async fn only_having_spoken_closes_the_clock(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        let tried = report(&dee, &cy, json!({"outcome": "no_answer", "note": "Evenings are better."})).await.expect(200).json();
        assert_eq!(tried["tries"], 1);
        assert_eq!(tried["closed_at"], Value::Null);
        assert!(people(&queue(&dee.client, FRANKLIN).await).contains(&&*cy.id.to_string()));
        let reached = report(&dee, &cy, json!({"outcome": "reached"})).await.expect(200).json();
        assert_eq!(reached["tries"], 2);
        assert_eq!(reached["note"], "Evenings are better.", "the earlier note stays");
        assert!(!people(&queue(&dee.client, FRANKLIN).await).contains(&&*cy.id.to_string()));
        report(&dee, &cy, json!({"outcome": "reached"})).await.expect(404);
    }

    async fn a_captain_neither_sees_nor_calls_the_newcomers_of_another_region(world: World) {
        let mia = world.captain("mia@example.org", "48226", "us-mi").await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        let foreign = mia.client.get("/api/v1/regions/us-oh/follow-ups").await.expect(404);
        let nowhere = mia.client.get("/api/v1/regions/us-zz/follow-ups").await.expect(404);
        assert_eq!(bare(&foreign.json()), bare(&nowhere.json()));
        let foreign = report(&mia, &cy, json!({"outcome": "reached"})).await.expect(404);
        let path = format!("/api/v1/follow-ups/{}", muster::ids::encode(7));
        let nobody = mia.client.call("PUT", &path, &json!({"outcome": "reached"})).await.expect(404);
        assert_eq!(bare(&foreign.json()), bare(&nobody.json()));
    }

    async fn a_member_without_office_has_no_queue(world: World) {
        let cy = world.join("cy@example.org", COLUMBUS).await;
        cy.client.get("/api/v1/regions/us-oh/follow-ups").await.expect(403);
        report(&cy, &cy, json!({"outcome": "reached"})).await.expect(403);
        world.browser().get("/api/v1/regions/us-oh/follow-ups").await.expect(401);
    }

    async fn nobody_follows_up_on_themselves(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        report(&dee, &dee, json!({"outcome": "reached"})).await.expect(404);
    }

    async fn a_report_that_cannot_be_used_names_the_field_and_changes_nothing(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        for (body, field) in [
            (json!({"outcome": "vanished"}), "outcome"),
            (json!({}), "outcome"),
            (json!({"outcome": "reached", "note": "a".repeat(2001)}), "note"),
            (json!({"outcome": "reached", "note": "\u{0}"}), "note"),
            (json!({"outcome": "reached", "colour": "red"}), "colour"),
        ] {
            let refused = report(&dee, &cy, body).await.expect(422).json();
            assert!(refused["errors"][field][0].is_string(), "{field}: {refused}");
        }
        let calls = queue(&dee.client, FRANKLIN).await;
        assert!(calls.iter().all(|call| call["tries"] == 0));
    }
}

/// A problem document without the name of its request.
fn bare(problem: &Value) -> Value {
    let mut problem = problem.clone();
    problem["request_id"] = Value::Null;
    problem
}

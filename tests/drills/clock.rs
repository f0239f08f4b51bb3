//! R11: the clock jumps.

use std::sync::Arc;

use muster::clock::Duration;
use muster_tests::{Place, World, token_of};
use serde_json::json;

use crate::yard::{Finding, Held, NotRunnable, Yard};

/// In both worlds, on one node whose clock is moved by hand.
pub async fn jumps(_: Arc<Yard>) -> Held {
    let mut finding = Finding::default();
    for place in [Place::Embedded, Place::Production] {
        let world = World::open(place).await;
        let world = world.ok_or_else(|| NotRunnable("no PostgreSQL and Redis are named".into()))?;
        through_time(&world, &mut finding).await;
        finding.figure(format!("{place:?}: eight jumps"));
    }
    Ok(finding)
}

async fn through_time(world: &World, finding: &mut Finding) {
    let person = world.person("ada@example.org", "us-oh-39049-43215").await;
    let jumps = [
        Duration::hours(1),
        Duration::hours(-2),
        Duration::hours(1),
        Duration::days(365),
        Duration::days(-730),
        Duration::days(365),
        Duration::seconds(-1),
        Duration::seconds(1),
    ];
    let mut ids = Vec::new();
    for (round, jump) in jumps.into_iter().enumerate() {
        // A link asked for now lives ten minutes, whatever the clock says later.
        let email = format!("jumps-{round}@example.org");
        let browser = world.browser();
        let body = json!({"email": email, "zip": "43215"});
        browser
            .call("POST", "/api/v1/registrations", &body)
            .await
            .expect(202);
        let mails = world.mails(&email, 1).await;
        let token = token_of(&mails[0].text);
        world.clock.advance(jump);
        let spent = world
            .browser()
            .post("/sign-in", &[("token", &token)])
            .await
            .status;
        let extended = jump < Duration::minutes(-1) && spent != 410;
        finding.must(!extended, &format!("after {jump} a link lived on: {spent}"));
        let person = world.again(&person).await;
        let body = json!({"kind": "doors", "quantity": 10 + round, "conversations": 0});
        let key = format!("jump-{round}");
        let first = person
            .client
            .score("/api/v1/activities", &key, &body)
            .await
            .expect(201)
            .json();
        let again = person
            .client
            .score("/api/v1/activities", &key, &body)
            .await
            .json();
        finding.must(
            first["id"] == again["id"],
            "a key sent again after a jump gave another id",
        );
        // What was logged before the jump is still known by its key.
        if round > 0 {
            let (key, body) = (
                format!("jump-{}", round - 1),
                json!({"kind": "doors", "quantity": 9 + round, "conversations": 0}),
            );
            let earlier = person
                .client
                .score("/api/v1/activities", &key, &body)
                .await
                .json();
            finding.must(
                earlier["id"] == ids[round - 1],
                "a key from before a jump gave another id",
            );
        }
        ids.push(first["id"].clone());
    }
    world.assert_totals_fold().await;
}

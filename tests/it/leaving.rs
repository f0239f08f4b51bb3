//! Leaving for good, while others still write.

use futures_util::future::join_all;
use muster::clock::Duration;
use serde_json::json;

use crate::support::{Person, World, both};

const HOME: &str = "us-oh-39049-43215";

/// Everything that can be written about somebody at the moment they leave.
async fn write_about(ben: &Person, dee: &Person, hq: &Person, task: &str, post: &str, round: u32) {
    let (id, n) = (ben.id, round);
    let own = format!("/api/v1/tasks/{task}/assignment");
    let placed = format!("/api/v1/tasks/{task}/assignments/{id}");
    let comments = format!("/api/v1/posts/{post}/comments");
    let (called, moved) = (
        format!("/api/v1/follow-ups/{id}"),
        format!("/api/v1/volunteers/{id}/region"),
    );
    let captain = format!("/api/v1/regions/us-oh-39049/captains/{id}");
    let knock = json!({"kind": "doors", "quantity": 1 + n, "note": "They live at number 7."});
    let mut for_ben = knock.clone();
    for_ben["volunteer"] = json!(id.to_string());
    let (mine, theirs) = (format!("own-{n}"), format!("{id}-{n}"));
    let state = if n % 2 == 0 { "accepted" } else { "cancelled" };
    let given = if n % 2 == 0 { "assigned" } else { "invited" };
    let profile = json!({"name": "Ben Again", "skills": [{"slug": "spanish", "level": 3}]});
    let answers = [
        ben.client.call("PATCH", "/api/v1/me", &profile).await,
        ben.client.score("/api/v1/activities", &mine, &knock).await,
        dee.client
            .score("/api/v1/activities", &theirs, &for_ben)
            .await,
        ben.client.call("PUT", &own, &json!({"state": state})).await,
        dee.client
            .call("PUT", &placed, &json!({"state": given}))
            .await,
        ben.client
            .call("POST", &comments, &json!({"text": "Still here."}))
            .await,
        dee.client
            .call("PUT", &called, &json!({"outcome": "no_answer"}))
            .await,
        hq.client
            .call("PUT", &moved, &json!({"zip": "43202"}))
            .await,
        hq.client.call("PUT", &captain, &json!({})).await,
    ];
    for answer in answers {
        assert!(answer.status < 500, "{}: {}", answer.status, answer.text);
    }
}

both! {
    async fn an_erasure_among_writers_leaves_nothing_behind(world: World) {
        let dee = world.captain_person("dee@example.org", "us-oh-39049").await;
        let hq = world.staff_person("hq@example.org").await;
        let task = json!({"title": "Knock on doors", "kind": "doors", "region": "us-oh-39049", "slots": 50});
        let task = dee.client.call("POST", "/api/v1/tasks", &task).await.expect(201).json();
        let post = dee.client.call("POST", "/api/v1/regions/us-oh-39049/posts", &json!({"text": "Well done."})).await.expect(201).json();
        let (task, post) = (task["id"].as_str().unwrap(), post["id"].as_str().unwrap());
        for n in 0..8 {
            let ben = world.person(&format!("ben{n}@example.org"), HOME).await;
            world.clock.advance(Duration::seconds(1));
            let writers = join_all((0..6).map(|round| write_about(&ben, &dee, &hq, task, post, round)));
            let leaving = async {
                tokio::time::sleep(std::time::Duration::from_millis(10 + 12 * n)).await;
                let answer = ben.client.call("DELETE", "/api/v1/me", &json!({})).await;
                assert_eq!(answer.status, 204, "{}", answer.text);
            };
            tokio::join!(writers, leaving);
        }
        for (what, query) in [
            ("profiles", "SELECT COUNT(*) AS n FROM volunteers WHERE erased_at IS NOT NULL AND (name <> '' OR zip IS NOT NULL)"),
            ("notes", "SELECT COUNT(*) AS n FROM ledger l JOIN volunteers v ON v.id = l.volunteer_id WHERE v.erased_at IS NOT NULL AND l.note IS NOT NULL"),
            ("skills", "SELECT COUNT(*) AS n FROM volunteer_skills s JOIN volunteers v ON v.id = s.volunteer_id WHERE v.erased_at IS NOT NULL"),
            ("offices", "SELECT COUNT(*) AS n FROM captains c JOIN volunteers v ON v.id = c.volunteer_id WHERE v.erased_at IS NOT NULL"),
            ("places", "SELECT COUNT(*) AS n FROM assignments a JOIN volunteers v ON v.id = a.volunteer_id WHERE v.erased_at IS NOT NULL"),
            ("comments", "SELECT COUNT(*) AS n FROM comments c JOIN volunteers v ON v.id = c.author WHERE v.erased_at IS NOT NULL AND c.deleted_at IS NULL"),
            ("taken places", "SELECT CAST(taken + pending AS BIGINT) AS n FROM tasks"),
        ] {
            let left = world.count(query).await;
            assert_eq!(left, 0, "{what} are left of people who are gone");
        }
        assert_eq!(world.count("SELECT COUNT(*) AS n FROM volunteers WHERE erased_at IS NOT NULL").await, 8);
        world.assert_totals_fold().await;
    }
}

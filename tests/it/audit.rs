//! The audit log (promises.md, "Data"): whoever looks at people from an office leaves a line.

use muster::http::Who;
use serde_json::{Value, json};

use crate::support::{Client, World, both};

const FRANKLIN: &str = "us-oh-39049";

/// The look of a page that shows nobody's data.
const NONE: &str = "";

/// What a captain or HQ can read, and the look that the log must then hold. `None` fails the test:
/// give a new route a row.
fn look(path: &str) -> Option<&'static str> {
    Some(match path {
        "/api/v1/tasks/{id}/candidates" | "/hq/tasks/{id}" => "candidates_read",
        "/api/v1/regions/{code}/follow-ups" => "follow_ups_read",
        "/api/v1/volunteers" | "/hq/people" => "people_read",
        "/api/v1/staff" | "/hq/staff" => "offices_read",
        "/api/v1/audit" => "audit_read",
        "/captain" => "captain_page_read",
        // Numbers, tasks and forms.
        "/api/v1/regions/{code}/summary" | "/hq" | "/hq/tasks" | "/hq/tasks/new" => NONE,
        _ => return None,
    })
}

/// The deeds of `who` in the log, newest first.
async fn deeds(hq: &Client, who: &str) -> Vec<Value> {
    let log = hq.get("/api/v1/audit?limit=200").await.expect(200).json();
    let lines = log["items"].as_array().expect("lines").iter();
    lines.filter(|line| line["actor"] == who).cloned().collect()
}

async fn task(leader: &Client) -> String {
    let draft = json!({"title": "Doors", "kind": "doors", "region": FRANKLIN, "minutes": 60});
    let task = leader
        .call("POST", "/api/v1/tasks", &draft)
        .await
        .expect(201)
        .json();
    task["id"].as_str().expect("an id").to_owned()
}

both! {
    async fn every_look_from_an_office_leaves_a_line(world: World) {
        let staff = world.staff("hal@example.org").await;
        let hq = world.program(&staff).await;
        world.join("ada@example.org", "43215").await;
        let id = task(&hq).await;
        let mut faults = Vec::new();
        for route in muster::routes::table() {
            if route.method != "GET" || !matches!(route.who, Who::Leader | Who::Staff) {
                continue;
            }
            let Some(look) = look(route.path) else {
                faults.push(format!("{} has no row", route.path));
                continue;
            };
            let path = route.path.replace("{code}", FRANKLIN).replace("{id}", &id);
            let before = deeds(&hq, &staff.id.to_string()).await.len();
            staff.client.get(&path).await.expect(200);
            let now = deeds(&hq, &staff.id.to_string()).await;
            // The reading of the log itself is one more each time.
            let new: Vec<&str> = now[..now.len() - before]
                .iter()
                .filter_map(|line| line["deed"].as_str())
                .collect();
            let looks = new.len() - 1;
            match look {
                NONE if looks == 0 => {}
                look if looks > 0 && new.contains(&look) => {}
                _ => faults.push(format!("{} left {new:?}", route.path)),
            }
        }
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }

    async fn a_look_says_at_what_and_at_how_many_and_ones_own_data_leaves_none(world: World) {
        let staff = world.staff("hal@example.org").await;
        let hq = world.program(&staff).await;
        let dee = world.captain("dee@example.org", "43215", FRANKLIN).await;
        world.join("ada@example.org", "43215").await;
        let id = task(&dee.client).await;
        let seen = dee.client.get(&format!("/api/v1/tasks/{id}/candidates")).await.expect(200).json();
        let line = deeds(&hq, &dee.id.to_string()).await.remove(0);
        assert_eq!(line["deed"], "candidates_read");
        assert_eq!(line["detail"]["task"], id);
        let shown = seen["ranked"].as_array().unwrap().len() + seen["rest"].as_array().unwrap().len();
        assert_eq!((line["detail"]["people"].as_u64(), shown), (Some(2), 2), "{line}");
        assert!(!line.to_string().contains("example.org"), "{line}");

        let before = deeds(&hq, &dee.id.to_string()).await.len();
        for own in ["/home", "/me", "/me/points", "/api/v1/me", "/api/v1/me/export", "/api/v1/me/suggestions"] {
            dee.client.get(own).await.expect(200);
        }
        // What is refused shows nobody.
        dee.client.get("/api/v1/regions/us-oh-39035/follow-ups").await.expect(404);
        dee.client.get("/api/v1/tasks/0000000000000/candidates").await.expect(404);
        dee.client.get("/api/v1/staff").await.expect(403);
        assert_eq!(deeds(&hq, &dee.id.to_string()).await.len(), before);
    }

    async fn saving_a_task_shows_nobody_and_so_is_no_look(world: World) {
        let dee = world.captain("dee@example.org", "43215", FRANKLIN).await;
        let id = task(&dee.client).await;
        let fields = [
            ("title", "More doors"), ("kind", "doors"), ("region", FRANKLIN), ("minutes", "60"),
            ("slots", "1"), ("rung", "1"), ("priority", "1"), ("status", "open"),
        ];
        dee.client.post(&format!("/hq/tasks/{id}"), &fields).await.expect(303);
        let looks = "SELECT count(*) AS n FROM audit WHERE deed = 'candidates_read'";
        assert_eq!(world.count(looks).await, 0);
        let refused = dee.client.post(&format!("/hq/tasks/{id}"), &[("title", "")]).await;
        assert_eq!(refused.status, 422);
        assert_eq!(world.count(looks).await, 1, "shown again, with its people");
    }
}

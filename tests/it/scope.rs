//! The matrix: every route as every role, for what is own, foreign and nonexistent.
//!
//! It is made from the route table, so a route that has no row in [`case`] fails the test.

use muster::http::{Route, Who};
use serde_json::{Value, json};

use crate::support::{Answer, Client, World, both};

/// A well-formed id of nothing.
const NOTHING: &str = "0000000000000";
const NO_ACTIVITY: &str = "00000000000000000000000000";
/// A well-formed code of no region.
const NOWHERE: &str = "us-oh-99999";

/// Who asks for what is not theirs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asker {
    /// A volunteer of Middlesex, Massachusetts.
    Ada,
    /// Its captain.
    Dee,
}

/// What a route is about.
enum Case {
    /// Nobody's thing in particular: only who may call it matters.
    Open,
    /// A thing with an owner: the path of a foreign one and of one that does not exist.
    Owned(Asker, String, String),
}

/// Things of Franklin, Ohio, which nobody in Massachusetts may see or change.
struct Foreign {
    volunteer: String,
    session: String,
    draft: String,
    activity: String,
    post: String,
    comment: String,
}

/// The row of a route. `None` fails the test: give a new route a row.
fn case(method: &str, path: &str, foreign: &Foreign) -> Option<Case> {
    let owned = |asker, what: &str, nothing: &str| {
        let (start, rest) = path.split_once('{')?;
        let end = rest.split_once('}').map_or("", |(_, end)| end);
        Some(Case::Owned(
            asker,
            format!("{start}{what}{end}"),
            format!("{start}{nothing}{end}"),
        ))
    };
    let far = "us-oh-39049";
    match (method, path) {
        (
            _,
            "/healthz" | "/readyz" | "/static/{hash}/{name:.*}" | "/live" | "/api/v1/openapi.json",
        ) => Some(Case::Open),
        (_, "/" | "/join" | "/join/request" | "/i/{code}" | "/sign-out") => Some(Case::Open),
        (_, path) if path == "/sign-in" || path.starts_with("/sign-in/") => Some(Case::Open),
        (
            _,
            "/api/v1/registrations"
            | "/api/v1/sign-in-links"
            | "/api/v1/sessions"
            | "/api/v1/sessions/refresh",
        ) => Some(Case::Open),
        (
            _,
            "/api/v1/skills"
            | "/api/v1/zips/{zip}"
            | "/api/v1/regions/{code}"
            | "/api/v1/regions/{code}/children",
        ) => Some(Case::Open),
        (_, "/me/sessions/{id}/deletion") => owned(Asker::Ada, &foreign.session, NOTHING),
        // One's own things alone can be named by these.
        (_, path)
            if path == "/me" || path.starts_with("/me/") || path.starts_with("/api/v1/me") =>
        {
            Some(Case::Open)
        }
        (_, "/api/v1/sessions/current" | "/api/v1/live-tickets") => Some(Case::Open),
        // A board shows regions, not people.
        (_, "/races/{region}" | "/api/v1/races/{region}") => Some(Case::Open),
        (_, "/api/v1/tasks" | "/tasks" | "/hq/tasks" | "/hq/tasks/new") => Some(Case::Open),
        ("GET", "/api/v1/tasks/{id}" | "/tasks/{id}") => owned(Asker::Ada, &foreign.draft, NOTHING),
        ("PUT", "/api/v1/tasks/{id}/assignment") => owned(Asker::Ada, &foreign.draft, NOTHING),
        ("POST", path) if path.starts_with("/tasks/{id}") => {
            owned(Asker::Ada, &foreign.draft, NOTHING)
        }
        (
            _,
            "/api/v1/tasks/{id}/assignments/{volunteer}" | "/hq/tasks/{id}/assignments/{volunteer}",
        ) => {
            let path = |task: &str| path.replace("{id}", task).replace("{volunteer}", NOTHING);
            Some(Case::Owned(Asker::Dee, path(&foreign.draft), path(NOTHING)))
        }
        (_, path)
            if path.starts_with("/api/v1/tasks/{id}") || path.starts_with("/hq/tasks/{id}") =>
        {
            owned(Asker::Dee, &foreign.draft, NOTHING)
        }
        (_, "/log" | "/api/v1/activities" | "/api/v1/activities/batch") => Some(Case::Open),
        // What counts more is everybody's to know, and HQ's to say.
        (_, "/api/v1/missions" | "/api/v1/missions/{week}/{kind}") => Some(Case::Open),
        (_, path) if path.starts_with("/log/{id}") || path.starts_with("/activities/{id}") => {
            owned(Asker::Ada, &foreign.activity, NO_ACTIVITY)
        }
        (_, path) if path.starts_with("/api/v1/activities/{id}") => {
            owned(Asker::Dee, &foreign.activity, NO_ACTIVITY)
        }
        (_, "/api/v1/regions/{code}/follow-ups" | "/api/v1/regions/{code}/summary") => {
            owned(Asker::Dee, far, NOWHERE)
        }
        (_, "/api/v1/follow-ups/{volunteer}" | "/captain/follow-ups/{volunteer}") => {
            owned(Asker::Dee, &foreign.volunteer, NOTHING)
        }
        // A region's page stands open to every member; its feed, people and roll do not (`feed.rs`).
        ("GET", "/regions/{code}") => Some(Case::Open),
        (_, path)
            if path.starts_with("/regions/{code}")
                || path.starts_with("/api/v1/regions/{code}/posts") =>
        {
            owned(Asker::Ada, far, NOWHERE)
        }
        (_, "/api/v1/regions/{code}/honour-roll") => owned(Asker::Ada, far, NOWHERE),
        (_, path) if path.starts_with("/api/v1/posts/{id}") || path.starts_with("/posts/{id}") => {
            owned(Asker::Ada, &foreign.post, NOTHING)
        }
        (_, path)
            if path.starts_with("/api/v1/comments/{id}") || path.starts_with("/comments/{id}") =>
        {
            owned(Asker::Ada, &foreign.comment, NOTHING)
        }
        (_, "/home" | "/captain" | "/api/v1/volunteers") => Some(Case::Open),
        (_, path) if path.starts_with("/captain/") && !path.contains('{') => Some(Case::Open),
        // HQ sees everything: nothing is foreign to it.
        (_, path) if path == "/hq" || path.starts_with("/hq/") => Some(Case::Open),
        (
            _,
            "/api/v1/staff"
            | "/api/v1/audit"
            | "/api/v1/regions/{code}/captains/{volunteer}"
            | "/api/v1/volunteers/{volunteer}/region",
        ) => Some(Case::Open),
        _ => None,
    }
}

/// A body that is good enough to be looked at.
fn body(path: &str) -> Value {
    match path {
        path if path.ends_with("/assignment") => json!({"state": "accepted"}),
        path if path.contains("/assignments/") => json!({"state": "invited"}),
        path if path.ends_with("/verification") => json!({"state": "approved"}),
        path if path.ends_with("/reversal") => json!({"reason": "A slip"}),
        path if path.ends_with("/posts") || path.ends_with("/comments") => json!({"text": "Hello"}),
        path if path.starts_with("/api/v1/follow-ups/") => json!({"outcome": "reached"}),
        path if path.starts_with("/api/v1/tasks/") => json!({"title": "Doors"}),
        _ => json!({}),
    }
}

/// The same as a form, for pages.
fn form(path: &str) -> Vec<(&'static str, &'static str)> {
    match path {
        path if path.contains("assignment") => vec![("state", "accepted")],
        path if path.contains("follow-ups") => vec![("outcome", "reached")],
        path if path.ends_with("/posts") || path.ends_with("/comments") => vec![("text", "Hello")],
        _ => vec![
            ("reason", "A slip"),
            ("state", "approved"),
            ("title", "Doors"),
        ],
    }
}

async fn ask(client: &Client, method: &str, path: &str) -> Answer {
    if method == "GET" {
        client.get(path).await
    } else if path.starts_with("/api/") {
        client
            .call_with(method, path, &body(path), &[("idempotency-key", "matrix")])
            .await
    } else {
        client.post(path, &form(path)).await
    }
}

/// A path with every `{name}` filled by something that does not exist.
fn filled(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((start, after)) = rest.split_once('{') {
        let (name, end) = after.split_once('}').expect("a name ends");
        let region = matches!(name, "code" | "region");
        out.push_str(start);
        out.push_str(if region {
            "us-oh"
        } else if path.contains("activities") {
            NO_ACTIVITY
        } else {
            NOTHING
        });
        rest = end;
    }
    out + rest
}

/// An answer without what differs by nature: the request's name.
fn plain(answer: &Answer) -> String {
    answer.text.replace(answer.header("x-request-id"), "…")
}

async fn foreign(world: &World, hq: &Client) -> Foreign {
    let eve = world.join("eve@example.org", "43215").await;
    let program = world.program(&eve).await;
    let text =
        |answer: &Answer, field: &str| answer.json()[field].as_str().expect("a text").to_owned();
    let draft = json!({"title": "Doors in Ohio", "kind": "doors", "region": "us-oh-39049", "minutes": 60, "status": "draft"});
    let draft = hq.call("POST", "/api/v1/tasks", &draft).await.expect(201);
    let doors = json!({"kind": "doors", "quantity": 5});
    let activity = program
        .score("/api/v1/activities", "one", &doors)
        .await
        .expect(201);
    let post = hq
        .call(
            "POST",
            "/api/v1/regions/us-oh-39049/posts",
            &json!({"text": "Hello"}),
        )
        .await
        .expect(201);
    let post = text(&post, "id");
    let comment = program
        .call(
            "POST",
            &format!("/api/v1/posts/{post}/comments"),
            &json!({"text": "Hi"}),
        )
        .await
        .expect(201);
    let viewer = eve.id;
    let sessions = muster::accounts::sessions(&world.server.app, &*world.viewer(&eve).await)
        .await
        .expect("sessions");
    Foreign {
        volunteer: viewer.to_string(),
        session: sessions[0].id.to_string(),
        draft: text(&draft, "id"),
        activity: text(&activity, "id"),
        post,
        comment: text(&comment, "id"),
    }
}

both! {
    async fn every_route_keeps_every_role_to_what_is_theirs(world: World) {
        let staff = world.staff("hq@example.org").await;
        let hq = world.program(&staff).await;
        let ada = world.join("ada@example.org", "02139").await;
        let dee = world.captain("dee@example.org", "02139", "us-ma-25017").await;
        let programs = (world.program(&ada).await, world.program(&dee).await);
        let things = foreign(&world, &hq).await;
        let nobody = world.browser();
        let mut faults = Vec::new();
        for route in muster::routes::table() {
            let Route { path, who, .. } = &route;
            let method = route.method.as_str();
            let Some(case) = case(method, path, &things) else {
                faults.push(format!("{method} {path} has no row in the matrix"));
                continue;
            };
            // Answers that end the asker's own session or account would spoil the rest of the walk.
            let ends = path.contains("deletion") || path.ends_with("sessions/current") || *path == "/api/v1/me";
            let api = path.starts_with("/api/");
            let target = filled(path);
            let mut hold = |role: &str, answer: &Answer, wanted: u16| {
                if answer.status != wanted {
                    faults.push(format!("{role} {method} {path}: {} instead of {wanted}", answer.status));
                }
            };
            if *who != Who::Anyone {
                let answer = ask(&nobody, method, &target).await;
                hold("nobody", &answer, if api { 401 } else { 303 });
            }
            let pick = |page: &Client, program: &Client| if api { program.clone() } else { page.clone() };
            if matches!(who, Who::Leader | Who::Staff) {
                hold("a volunteer", &ask(&pick(&ada.client, &programs.0), method, &target).await, 403);
            }
            if *who == Who::Staff {
                hold("a captain", &ask(&pick(&dee.client, &programs.1), method, &target).await, 403);
            }
            if let Case::Owned(asker, foreign, missing) = case {
                let client = match asker {
                    Asker::Ada => pick(&ada.client, &programs.0),
                    Asker::Dee => pick(&dee.client, &programs.1),
                };
                let (foreign, missing) = (ask(&client, method, &foreign).await, ask(&client, method, &missing).await);
                hold("foreign", &foreign, 404);
                hold("missing", &missing, 404);
                if plain(&foreign) != plain(&missing) {
                    faults.push(format!("{asker:?} can tell foreign from missing at {method} {path}"));
                }
            } else if !ends && method == "GET" && !path.contains('{') && *path != "/live" {
                let answer = ask(&pick(&staff.client, &hq), method, &target).await;
                if !(200..400).contains(&answer.status) && *path != "/sign-in" {
                    faults.push(format!("HQ {method} {path}: {}", answer.status));
                }
            }
        }
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }

    async fn a_captain_who_is_moved_loses_the_region_at_once(world: World) {
        let dee = world.captain("dee@example.org", "02139", "us-ma-25017").await;
        let staff = world.staff("hq@example.org").await;
        let (hq, program) = (world.program(&staff).await, world.program(&dee).await);
        let ben = world.join("ben@example.org", "02139").await;
        let call = format!("/api/v1/follow-ups/{}", ben.id);
        program.get("/api/v1/regions/us-ma-25017/follow-ups").await.expect(200);
        hq.call("DELETE", &format!("/api/v1/regions/us-ma-25017/captains/{}", dee.id), &Value::Null).await.expect(204);
        let refused = program.call("PUT", &call, &json!({"outcome": "reached"})).await;
        assert_eq!(refused.status, 403, "no longer a captain at all: {}", refused.text);
    }
}

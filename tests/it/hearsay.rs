//! What other nodes say is a reason to look, and no more: an event may be made up.

use std::time::Duration;

use muster::cluster::{DeedMoved, Event};
use muster::ids::SessionId;
use muster::regions::RegionCode;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{Person, Socket, World, both};

const HOME: &str = "us-oh-39049-43215";

async fn session_of(world: &World, person: &Person) -> SessionId {
    let sql = format!(
        "SELECT id AS n FROM sessions WHERE volunteer_id = {}",
        person.id.0
    );
    SessionId(world.count(&sql).await)
}

both! {
    async fn what_an_event_makes_up_is_shown_to_nobody(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let mut socket = Socket::of(&ben).await;
        socket.subscribe("race/us-oh").await;
        socket.frame_with(|frame| frame["kind"] == "snapshot").await;
        let deed = |region: &str, kind: &str, points| DeedMoved {
            region: RegionCode::parse(region).unwrap(), kind: kind.into(), points,
        };
        let deeds = vec![
            deed(HOME, "doors", i64::MAX), deed(HOME, "doors", 9_000_000_000_000_000_000),
            deed(HOME, "doors", 2_400_001), deed(HOME, "bribes", 7_700),
            deed("us-oh-39049-99999", "doors", 8_800), deed(HOME, "doors", -5), deed(HOME, "doors", 1_200),
        ];
        let regions = ["us-oh-39049", "us-oh"].map(|code| RegionCode::parse(code).unwrap()).into();
        world.server.app.cluster.publish(Event::ScoresMoved { regions, weeks: vec!["2026-W47".into()], deeds });
        let body = json!({"kind": "doors", "quantity": 10, "conversations": 0});
        ben.client.score("/api/v1/activities", "k", &body).await.expect(201);
        let delta = socket.frame_with(|frame| frame["kind"] == "delta").await;
        let told = [json!({"text": "+12 Franklin doors"}), json!({"text": "+10 Franklin doors"})];
        assert!(delta["moved"].as_array().unwrap().iter().all(|text| told.contains(text)), "{delta}");
        let page = ben.client.get("/races/us-oh").await.expect(200).text;
        assert!(page.contains("+12 Franklin doors"), "{page}");
        for made_up in ["00 Franklin", "24000", "+77", "+88"] {
            assert!(!page.contains(made_up), "{made_up} is in {page}");
        }
    }

    async fn a_session_said_to_have_ended_keeps_its_sockets_while_it_lives(world: World) {
        let ben = world.person("ben@example.org", HOME).await;
        let sessions = vec![session_of(&world, &ben).await];
        let mut socket = Socket::of(&ben).await;
        let cluster = &world.server.app.cluster;
        cluster.publish(Event::SessionsEnded { sessions: sessions.clone() });
        assert_eq!(socket.ended_within(Duration::from_millis(500)).await, None);
        ben.client.get("/api/v1/me").await.expect(200);
        world.sql(format!("UPDATE sessions SET revoked_at = '2026-11-18 15:00:00' WHERE volunteer_id = {}", ben.id.0)).await;
        let told = Instant::now();
        cluster.publish(Event::SessionsEnded { sessions });
        assert_eq!(socket.closed().await, 4401);
        // Promised is one second; one more for a busy test machine.
        assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
        ben.client.get("/api/v1/me").await.expect(401);
    }
}

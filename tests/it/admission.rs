//! More comes than can be answered: what is urgent is still let in, the rest is told when to ask again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::json;

use crate::support::{Client, Place, World, both};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowded_node_refuses_the_less_urgent_and_still_logs() {
    let world = World::open_with(Place::Embedded, |settings| {
        settings.requests_at_once = 16;
        settings.metrics_listen = "127.0.0.1:0".into();
    })
    .await
    .expect("the embedded world");
    let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
    ada.client.get("/api/v1/me").await.expect(200);
    let file = world.settings.database_url.0.clone();
    let mut intruder = SqliteConnection::establish(file.trim_start_matches("sqlite:"))
        .expect("a second connection");
    // Whoever wants to save something waits; so requests come to be under way.
    intruder.batch_execute("BEGIN IMMEDIATE").expect("the lock");
    let log = |number: i64| {
        let client = ada.client.clone();
        tokio::spawn(async move {
            let body = json!({"kind": "doors", "quantity": 1 + number}).to_string();
            let key = format!("crowd-{number}");
            let headers = [
                ("content-type", "application/json"),
                ("idempotency-key", key.as_str()),
            ];
            client
                .try_send(
                    reqwest::Method::POST,
                    "/api/v1/activities",
                    &headers,
                    Some(body),
                )
                .await
                .expect("an answer")
        })
    };
    let waiting: Vec<_> = (0..9).map(log).collect();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    for (path, status) in [
        ("/api/v1/me/export", 503),
        ("/api/v1/regions/us-oh/posts", 503),
        ("/api/v1/races/us-oh", 503),
        ("/races/us-oh", 503),
        // The work of the day has ten places of sixteen, signing in fourteen.
        ("/api/v1/me", 200),
        ("/sign-in", 303),
        ("/healthz", 200),
    ] {
        let answer = ada.client.get(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        if status == 503 {
            let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
            assert!((1..=3).contains(&seconds), "{seconds}");
        }
    }
    let metrics = world.server.metrics.as_ref().expect("its listener");
    let metrics = Client::new(&format!("http://{}", metrics.address));
    let told = metrics.get("/metrics").await.expect(200).text;
    for refused in ["exports\"} 1", "boards\"} 2", "log\"} 0"] {
        let line = format!("muster_http_requests_refused_total{{class=\"{refused}\n");
        assert!(told.contains(&line), "{line} is not in {told}");
    }
    let more: Vec<_> = (9..30).map(log).collect();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    intruder.batch_execute("ROLLBACK").expect("the lock goes");
    for saved in waiting {
        saved.await.expect("a client").expect(201);
    }
    // Sixteen were let in; whoever was not has saved nothing and was told so.
    let mut saved = 9;
    for answer in more {
        let answer = answer.await.expect("a client");
        assert!(
            matches!(answer.status, 201 | 503),
            "{}: {}",
            answer.status,
            answer.text
        );
        saved += i64::from(answer.status == 201);
    }
    assert!((16..30).contains(&saved), "{saved} were let in");
    let lines = ada.client.get("/api/v1/me/points").await.expect(200).json();
    assert_eq!(lines.as_array().expect("lines").len() as i64, saved);
    ada.client.get("/api/v1/races/us-oh").await.expect(200);
}

both! {
    async fn who_is_urgent_passes_slow_readers_that_fill_the_database(world: World) {
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let app = &world.server.app;
        let began = Arc::new(AtomicUsize::new(0));
        let readers = app.settings.database_connections as usize;
        // Each holds its connection until its gate is gone.
        let (gates, held): (Vec<_>, Vec<_>) = (0..readers)
            .map(|_| {
                let (gate, shut) = mpsc::channel::<()>();
                let (db, began) = (app.db.clone(), began.clone());
                let held = tokio::spawn(async move {
                    db.read(move |_| {
                        began.fetch_add(1, Ordering::SeqCst);
                        Ok(shut.recv().is_err())
                    })
                    .await
                });
                (gate, held)
            })
            .unzip();
        while began.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        // Nobody remembers who she is: that is asked of the database as well.
        app.sessions.forget_all();
        let body = json!({"kind": "doors", "quantity": 3});
        ada.client
            .score("/api/v1/activities", "urgent", &body)
            .await
            .expect(201);
        let asks = json!({"email": "ada@example.org"});
        ada.client
            .call("POST", "/api/v1/sign-in-links", &asks)
            .await
            .expect(202);
        let inside = began.load(Ordering::SeqCst);
        assert!(inside < readers, "{inside} of {readers} places are for all");
        drop(gates);
        for one in held {
            // Who found no place before the gates were gone was told so.
            let _ = one.await.expect("a reader");
        }
        ada.client.get("/api/v1/me").await.expect(200);
    }
}

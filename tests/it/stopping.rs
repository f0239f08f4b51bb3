//! A node that is told to stop does so in time, whatever is stuck.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use muster::settings::Secret;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Place, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stuck_delays_a_stop_by_drain_seconds_in_all_and_nothing_is_lost_silently() {
    // A mail server that takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mail = format!("smtp://{}", silent.local_addr().expect("an address"));
    let world = World::open_with(Place::Embedded, |settings| {
        settings.mail = Secret(mail);
        settings.drain_seconds = 4;
    })
    .await
    .expect("the embedded world");
    let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
    world
        .browser()
        .post("/join", &[("email", "cy@example.org"), ("zip", "43215")])
        .await
        .expect(303);
    let _stuck = silent.accept().await.expect("the mail comes");
    // A request of which only half was sent.
    let mut half = TcpStream::connect(world.server.address)
        .await
        .expect("a connection");
    half.write_all(b"POST /join HTTP/1.1\r\nHost: here\r\nContent-Length: 90\r\n\r\nemail=")
        .await
        .expect("half of it");
    // A database that takes nothing.
    let file = world.settings.database_url.0.clone();
    let mut intruder = SqliteConnection::establish(file.trim_start_matches("sqlite:"))
        .expect("a second connection");
    intruder.batch_execute("BEGIN IMMEDIATE").expect("the lock");
    let logging = tokio::spawn(async move {
        let doors = json!({"kind": "doors", "quantity": 10, "conversations": 0});
        ben.client.score("/api/v1/activities", "k", &doors).await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;

    let began = Instant::now();
    world.server.stop().await;
    let took = began.elapsed();
    println!("stopped after {took:?}");
    assert!(
        took < Duration::from_secs(7),
        "one thing after the other: {took:?}"
    );
    let refused = logging.await.expect("an answer").expect(503);
    assert!(!refused.header("retry-after").is_empty());
}

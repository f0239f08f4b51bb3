//! The write path of an activity: one key scores once, totals are the fold of the ledger.

use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use muster::Server;
use muster::db::Conn;
use muster::ledger::{rebuild, verify};
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

both! {
    async fn totals_are_the_fold_of_a_thousand_entries_by_sixty_four_clients(world: World) {
        let regions = ["us-oh-39049-43215", "us-oh-39049-43201", "us-oh-39035-44101", "us-il-17031-60601"];
        let mut people = Vec::new();
        for n in 0..16 {
            people.push(world.person(&format!("p{n}@example.org"), regions[n % regions.len()]).await);
        }
        let people = &people;
        let clients = (0..64).map(|client| async move {
            for n in 0..16 {
                let person = &people[(client * 7 + n) % people.len()];
                let (key, body) = (format!("c{client}-{n}"), doors(1 + ((client * 16 + n) % 1_900) as i64));
                person.client.score_surely("/api/v1/activities", &key, &body).await.expect(201);
            }
        });
        join_all(clients).await;
        world.assert_totals_fold().await;
        let (nation, states) = (world.total("us").await, world.total("us-oh").await + world.total("us-il").await);
        assert!(nation > 0.0 && (nation - states).abs() < 0.001, "{nation} {states}");
        // Sixteen people who did far more than anybody can: each counts 400.
        assert!((nation - 6_400.0).abs() < 0.001, "{nation}");
    }

    async fn moving_in_the_middle_of_a_week_lifts_no_cap_and_counts_nobody_twice(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let hq = world.staff_person("hal@example.org").await;
        let moves = |region: &str| format!("UPDATE volunteers SET region = '{region}' WHERE id = {}", ben.id.0);
        let first = ben.client.score("/api/v1/activities", "first", &doors(100)).await.expect(201).json();
        let tasks = (0..40).map(|n| {
            let (ben, world, moves) = (&ben, &world, &moves);
            async move {
                if n % 4 == 0 {
                    world.sql(moves(["us-oh-39041", "us-oh-39049"][n / 4 % 2])).await;
                }
                ben.client.score_surely("/api/v1/activities", &format!("k{n}"), &doors(101 + n as i64)).await.expect(201);
            }
        });
        join_all(tasks).await;
        world.sql(moves("us-oh-39041")).await;
        let last = ben.client.score("/api/v1/activities", "last", &doors(99)).await.expect(201).json();
        assert_eq!(last["regions"][2]["code"], "us-oh-39041", "counts where one belongs as it is written");
        world.assert_totals_fold().await;
        for region in ["us", "us-oh"] {
            let total = world.total(region).await;
            assert!((total - 400.0).abs() < 0.001, "{region}: {total}");
        }
        let counties = world.total("us-oh-39041").await + world.total("us-oh-39049").await;
        assert!((counties - 400.0).abs() < 0.001, "{counties}");
        let board = ben.client.get("/api/v1/races/us").await.expect(200).json();
        assert_eq!((&board["rows"][0]["region"], &board["rows"][0]["active"]), (&json!("us-oh"), &json!(1)));
        let path = format!("/api/v1/activities/{}/reversal", first["id"].as_str().unwrap());
        hq.client.call("PUT", &path, &json!({"reason": "entered twice"})).await.expect(200);
        world.assert_totals_fold().await;
    }

    async fn a_changed_total_is_found_and_mended(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        ben.client.score("/api/v1/activities", "k", &doors(10)).await.expect(201);
        world.sql("UPDATE region_weeks SET points = points + 100 WHERE region = 'us-oh'".into()).await;
        world.sql("DELETE FROM region_weeks WHERE region = 'us-oh-39049'".into()).await;
        world.sql("UPDATE member_weeks SET entries = 7".into()).await;
        let app = &world.server.app;
        let found = verify(&app.db, &app.scoring, |_| {}).await.expect("a check");
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[1].to_string(), "us-oh 2026-W47: stored 11 points and 1 active, the ledger gives 10 and 1");
        assert_eq!(rebuild(&app.db, &app.scoring, |_| {}).await.expect("a rebuild"), found);
        world.assert_totals_fold().await;
        ben.client.score("/api/v1/activities", "k2", &doors(20)).await.expect(201);
        world.assert_totals_fold().await;
    }

    async fn a_full_queue_turns_entries_away_at_once(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let mut settings = world.settings.clone();
        settings.ledger_queue = 16;
        let node = Server::start(settings, world.clock.clone()).await.expect("a node with a short queue");
        let client = ben.client.at(node.url());
        // Somebody holds the totals, so that the writer has to wait.
        let app = world.server.app.clone();
        let (held, holding) = std::sync::mpsc::channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let holder = std::thread::spawn(move || {
            app.db.write_blocking(|conn| {
                let lock = match conn {
                    Conn::Sqlite(_) => "SELECT 1",
                    Conn::Postgres(_) => "LOCK TABLE member_weeks IN ACCESS EXCLUSIVE MODE",
                };
                conn.batch_execute(lock)?;
                held.send(()).expect("a listener");
                released.recv().expect("a sign");
                Ok(())
            })
        });
        tokio::task::spawn_blocking(move || holding.recv().expect("the lock")).await.expect("a thread");
        let waiting: Vec<_> = (0..40)
            .map(|n| {
                let (client, body) = (client.clone(), doors(n + 1));
                tokio::spawn(async move { client.score("/api/v1/activities", &format!("k{n}"), &body).await })
            })
            .collect();
        // Those beyond the queue are answered at once, while the others wait.
        for _ in 0..200 {
            if waiting.iter().filter(|task| task.is_finished()).count() >= 8 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        release.send(()).expect("the holder");
        holder.join().expect("a thread").expect("released");
        let mut kept = 0;
        for task in waiting {
            let answer = task.await.expect("an answer");
            if answer.status == 503 {
                assert_eq!(answer.header("retry-after"), "1");
            } else {
                answer.expect(201);
                kept += 1;
            }
        }
        node.stop().await;
        assert!((1..40).contains(&kept), "{kept} of 40 were kept by a queue of 16");
        world.assert_totals_fold().await;
    }

    async fn two_nodes_that_write_at_once_agree_with_the_ledger(world: World) {
        let other = world.second_node().await;
        let mut people = Vec::new();
        for n in 0..6 {
            people.push(world.person(&format!("p{n}@example.org"), "us-oh-39049-43215").await);
        }
        let urls = [world.server.url().to_owned(), other.url().to_owned()];
        let (people, urls) = (&people, &urls);
        let clients = (0..16).map(|client| async move {
            for n in 0..12 {
                let person = &people[(client + n) % people.len()];
                let there = person.client.at(&urls[(client + n) % 2]);
                // Half of the keys go to both nodes, and each may score once.
                let key = format!("k{}", (client / 2) * 100 + n);
                there.score_surely("/api/v1/activities", &key, &doors(1 + ((client / 2) * 12 + n) as i64)).await.expect(201);
            }
        });
        join_all(clients).await;
        world.assert_totals_fold().await;
        other.stop().await;
    }

    async fn a_stopped_node_takes_no_more_entries_and_has_written_the_others(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let node = world.second_node().await;
        let client = ben.client.at(node.url());
        client.score("/api/v1/activities", "k", &doors(10)).await.expect(201);
        let ledger = node.app.ledger.clone();
        node.stop().await;
        let app = &world.server.app;
        let entry = muster::ledger::Entry {
            volunteer: ben.id,
            key: "test:k2".into(),
            fingerprint: String::new(),
            kind: "doors",
            quantity: Some(5),
            conversations: None,
            minutes: None,
            note: None,
            task: None,
            occurred_at: None,
            mission: muster::ledger::Mission::ONE,
            base: muster::ledger::Points::whole(10),
            standing: muster::ledger::Standing::Trusted,
            actor: ben.id,
            shared_key: false,
        };
        let refused = ledger.write(entry.clone()).await;
        assert!(matches!(refused, Err(muster::error::Error::Unavailable { .. })), "{refused:?}");
        app.ledger.write(entry).await.expect("another node takes it");
        world.assert_totals_fold().await;
    }
}

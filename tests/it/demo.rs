//! `muster demo`: a campaign of its own, and nobody else's touched.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use crate::support::{Client, Command, Running, fresh_database, services};

/// A small, still demo in an empty folder.
fn small(muster: &Command, more: &[&str]) -> Running {
    let mut arguments = vec!["demo", "--volunteers", "200", "--listen", "127.0.0.1:0"];
    arguments.extend_from_slice(more);
    muster.start(&arguments)
}

/// A browser signed in by a printed link.
async fn sign_in(base: &str, link: &str) -> Client {
    let browser = Client::new(base);
    let path = link.strip_prefix(base).expect("a link of the demo's own");
    let token = path.split_once("token=").expect("a token").1;
    browser.get(path).await.expect(200);
    browser
        .post("/sign-in", &[("token", token)])
        .await
        .expect(303);
    browser
}

#[tokio::test]
async fn a_demo_prints_three_links_that_work_as_often_as_wanted() {
    let muster = Command::new();
    let mut demo = small(&muster, &["--still"]);
    let base = demo.line("Muster demo ready at");
    for (role, expected) in [
        ("Volunteer", "volunteer"),
        ("Captain", "captain"),
        ("HQ", "staff"),
    ] {
        let link = demo.line(role);
        for _ in 0..2 {
            let me = sign_in(&base, &link).await.get("/api/v1/me").await;
            let roles = me.expect(200).json()["roles"].clone();
            let roles: Vec<&str> = roles
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|r| r.as_str())
                .collect();
            assert!(roles.contains(&expected), "{role}: {roles:?}");
        }
    }
    let volunteer = sign_in(&base, &demo.line("Volunteer")).await;
    let five = volunteer
        .get("/api/v1/me/suggestions")
        .await
        .expect(200)
        .json();
    let five = five.as_array().unwrap();
    assert!(!five.is_empty());
    assert!(
        five.iter()
            .all(|task| !task["reasons"].as_array().unwrap().is_empty())
    );
    let race = volunteer.get("/api/v1/races/us").await.expect(200).json();
    assert!(
        race["rows"].as_array().unwrap().len() >= 6,
        "six states and more"
    );
    let captain = sign_in(&base, &demo.line("Captain")).await;
    let queue = captain
        .get("/api/v1/regions/us-oh-39049/follow-ups")
        .await
        .expect(200)
        .json();
    assert!(
        queue.as_array().unwrap().len() >= 3,
        "newcomers wait: {queue}"
    );
    assert_eq!(demo.stop(), 0);
}

#[tokio::test]
async fn a_demo_shows_a_usual_week_and_its_rows_move_by_themselves() {
    let muster = Command::new();
    let mut demo = small(&muster, &[]);
    let base = demo.line("Muster demo ready at");
    let hq = sign_in(&base, &demo.line("HQ")).await;
    let board = async || hq.get("/api/v1/races/us").await.expect(200).json();
    let first = board().await;
    let mut paces: Vec<f64> = first["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["pace"].as_f64())
        .collect();
    paces.sort_by(f64::total_cmp);
    // Early on a Monday nobody is ranked yet.
    if let Some(middle) = paces.get(paces.len() / 2) {
        assert!((70.0..140.0).contains(middle), "{paces:?}");
    }
    let points = |board: &serde_json::Value| board["rows"].to_string();
    let mut moved = false;
    for _ in 0..90 {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        moved = points(&board().await) != points(&first);
        if moved {
            break;
        }
    }
    assert!(moved, "nothing moved in three quarters of a minute");
    assert_eq!(demo.stop(), 0);
}

#[test]
fn the_boards_of_a_demo_are_what_its_ledger_gives_and_a_changed_total_is_found_and_mended() {
    let muster = Command::new().with("DATABASE_URL", "sqlite:muster-demo.db");
    let mut demo = small(&muster, &["--still"]);
    demo.line("Muster demo ready at");
    let clean = muster.run(&["boards", "verify"]);
    assert_eq!(clean.code, 0, "{}{}", clean.out, clean.err);
    assert_eq!(demo.stop(), 0);
    let file = muster.folder().join("muster-demo.db");
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the file");
    conn.batch_execute("UPDATE region_weeks SET points = points + 500 WHERE region = 'us-oh'")
        .expect("a change behind the ledger's back");
    let found = muster.run(&["boards", "verify"]);
    assert_eq!(found.code, 1);
    assert!(
        found.out.contains("us-oh ") && found.err.contains("rebuild"),
        "{}",
        found.out
    );
    assert_eq!(muster.run(&["boards", "rebuild"]).code, 0);
    assert_eq!(muster.run(&["boards", "verify"]).code, 0);
}

#[test]
fn a_demo_is_made_anew_each_time() {
    let muster = Command::new();
    for _ in 0..2 {
        let mut demo = small(&muster, &["--still"]);
        demo.line("Muster demo ready at");
        assert_eq!(demo.stop(), 0);
    }
}

#[test]
fn a_database_that_no_demo_made_is_refused_and_stays_as_it_is() {
    let muster = Command::new().with("DATABASE_URL", "sqlite:muster-demo.db");
    muster.run(&["staff", "add", "ada@example.org"]);
    let file = muster.folder().join("muster-demo.db");
    // What that left in the write-ahead log would go into the file when the next one closes it.
    let mut conn = SqliteConnection::establish(&file.display().to_string()).expect("the campaign");
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("a checkpoint");
    drop(conn);
    let before = std::fs::read(&file).expect("the campaign");
    let refused = muster.run(&["demo", "--still", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("was not made by a demo"),
        "{}",
        refused.err
    );
    let after = std::fs::read(&file).expect("the campaign");
    assert!(after == before, "the file was written to");
}

#[test]
fn two_demos_do_not_share_a_file() {
    let muster = Command::new();
    let mut first = small(&muster, &["--still"]);
    first.line("Muster demo ready at");
    let second = muster.run(&["demo", "--still", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 1);
    assert!(second.err.contains("is running"), "{}", second.err);
    assert_eq!(first.stop(), 0);
}

#[test]
fn a_demo_listens_on_this_machine_alone() {
    for address in ["0.0.0.0:8080", "192.0.2.1:80", "nowhere"] {
        let ended = Command::new().run(&["demo", "--listen", address]);
        assert_eq!(ended.code, 2, "{address}: {}", ended.err);
    }
}

#[test]
fn a_demo_on_postgresql_keeps_to_the_same_rule() {
    let Some((server, _)) = services() else {
        eprintln!("left out: MUSTER_TEST_DATABASE_URL and MUSTER_TEST_REDIS_URL are not set");
        return;
    };
    let foreign = fresh_database(&server);
    let muster = Command::new();
    let refused = muster.run(&[
        "demo",
        "--still",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        &foreign,
    ]);
    assert_eq!(refused.code, 1, "a campaign's tables without a demo's mark");
    assert!(
        refused.err.contains("was not made by a demo"),
        "{}",
        refused.err
    );
    let down = Command::new().with("DATABASE_URL", &foreign);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/postgres");
    let all = std::fs::read_dir(folder).expect("the migrations").count();
    assert_eq!(down.run(&["migrate", "--down", &all.to_string()]).code, 0);
    for _ in 0..2 {
        let mut demo = small(&muster, &["--still", "--database-url", &foreign]);
        demo.line("Muster demo ready at");
        assert_eq!(demo.stop(), 0);
    }
    assert_eq!(down.run(&["boards", "verify"]).code, 0);
}

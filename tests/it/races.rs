//! The race: who is ranked, what a board says over the API, on its page and over sockets.

use std::time::Duration;

use chrono::TimeDelta;
use muster::races;
use serde_json::{Value, json};

use crate::support::{Person, Place, Socket, World, both};

/// Logs `doors` doors, a fifth of them with a conversation: 2.8 points each, half of it on trust.
async fn knock(person: &Person, key: &str, doors: u32) {
    let body = json!({"kind": "doors", "quantity": doors, "conversations": doors / 5});
    person
        .client
        .score("/api/v1/activities", key, &body)
        .await
        .expect(201);
}

/// Three states with a dozen members each, and work done in each: a live board over `us`.
async fn three_states(world: &World) -> [Person; 3] {
    let people = [
        world.crowd("us-oh", 12).await,
        world.crowd("us-ma", 12).await,
        world.crowd("us-tx", 12).await,
    ];
    for (person, doors) in people.iter().zip([100, 80, 60]) {
        knock(person, "first", doors).await;
    }
    people
}

async fn board(person: &Person, address: &str) -> Value {
    person.client.get(address).await.expect(200).json()
}

fn row<'a>(board: &'a Value, region: &str) -> &'a Value {
    let rows = board["rows"].as_array().expect("rows");
    rows.iter()
        .find(|row| row["region"] == region)
        .unwrap_or_else(|| panic!("{region} is not on {board}"))
}

fn codes(board: &Value) -> Vec<&str> {
    board["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["region"].as_str().expect("a code"))
        .collect()
}

both! {
    async fn a_board_ranks_by_pace_and_lists_the_rest_by_points(world: World) {
        let [ohio, ..] = three_states(&world).await;
        let vermont = world.crowd("us-vt", 4).await;
        knock(&vermont, "first", 100).await;
        let guam = world.person("cy@example.org", "us-gu").await;
        knock(&guam, "first", 10).await;
        let board = board(&ohio, "/api/v1/races/us").await;
        assert_eq!(board["region"], json!({"code": "us", "name": "United States", "path": ["United States"]}));
        assert_eq!((&board["week"], &board["status"]), (&json!("2026-W47"), &json!("live")));
        assert!(board["epoch"].is_string() && board["seq"].is_u64());
        assert_eq!(codes(&board), ["us-oh", "us-ma", "us-tx", "us-vt", "us-gu"]);
        let ranks: Vec<&Value> = board["rows"].as_array().unwrap().iter().map(|row| &row["rank"]).collect();
        assert_eq!(ranks, [&json!(1), &json!(2), &json!(3), &Value::Null, &Value::Null]);

        let first = row(&board, "us-oh");
        assert_eq!(first["regions"], json!(["us-oh"]));
        assert_eq!((&first["name"], &first["points"], &first["par"]), (&json!("Ohio"), &json!(140), &first["par"]));
        assert_eq!((&first["members"], &first["active"], &first["made_par"]), (&json!(12), &json!(1), &json!(false)));
        assert_eq!(first["to_next"], Value::Null);
        let (low, pace, high) = (&first["pace_low"], &first["pace"], &first["pace_high"]);
        assert!(low.as_f64() <= pace.as_f64() && pace.as_f64() <= high.as_f64());
        assert!(first["rank_low"].as_u64() <= Some(1) && first["rank_high"].as_u64() >= Some(1));
        let second = row(&board, "us-ma");
        assert_eq!(second["points"], 112);
        let gap = second["to_next"].as_f64().expect("a gap");
        assert!((27.0..30.0).contains(&gap), "the pars are nearly the same: {gap}");
        let small = row(&board, "us-vt");
        for null in ["rank", "rank_low", "rank_high", "pace", "pace_low", "pace_high", "to_next"] {
            assert_eq!(small[null], Value::Null, "{null}");
        }
        assert_eq!((&small["members"], &small["points"]), (&json!(4), &json!(140)));
        let island = row(&board, "us-gu");
        assert_eq!((&island["members"], &island["par"], &island["made_par"]), (&json!(0), &json!(0), &json!(false)));
    }

    async fn a_first_week_ranks_nobody_and_is_final_two_days_after_its_close(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        knock(&ben, "first", 10).await;
        let first = board(&ben, "/api/v1/races/us-oh").await;
        assert_eq!(first["status"], "warming_up");
        let franklin = row(&first, "us-oh-39049");
        assert_eq!((&franklin["name"], &franklin["points"], &franklin["members"]), (&json!("Franklin"), &json!(14), &json!(0)));
        assert_eq!(franklin["rank"], Value::Null);
        let page = ben.client.get("/races/us-oh").await.expect(200).text;
        assert!(page.contains("data-cell=\"active\">1<") && !page.contains("data-cell=\"members\""), "who joined since Monday is seen: {page}");
        let home = ben.client.get("/home").await.expect(200).text;
        assert!(home.contains("14 points so far."), "{home}");

        // Monday 00:00 and Wednesday 00:00 in Ohio, a minute before and at them.
        let week = "/api/v1/races/us-oh?week=2026-W47";
        world.clock.advance(TimeDelta::minutes(4 * 1440 + 14 * 60 + 1));
        let ben = again(&world, &ben).await;
        assert_eq!(board(&ben, week).await["status"], "warming_up", "closed, late entries still count");
        assert_eq!(codes(&board(&ben, "/api/v1/races/us-oh").await), ["us-oh-39049"], "on the roster of week 48");
        world.clock.advance(TimeDelta::days(2));
        let ben = again(&world, &ben).await;
        let last = board(&ben, week).await;
        assert_eq!(last["status"], "final");
        world.sql("UPDATE region_weeks SET points = points + 100000".into()).await;
        world.clock.advance(TimeDelta::seconds(2));
        assert_eq!(board(&ben, week).await["rows"], last["rows"], "it stays as it was published");
    }

    async fn a_roster_holds_who_had_joined_by_monday_and_does_not_rest(world: World) {
        let ohio = world.crowd("us-oh-39049-43215", 7).await;
        world.crowd_since("us-oh-39049", 3, "2026-11-16T06:00:00Z").await;
        world.crowd_since("us-oh-39041", 2, "2026-08-01T12:00:00Z").await;
        world.crowd_since("us-oh-39035", 1, "2026-08-01T12:00:00Z").await;
        world.sql("UPDATE volunteers SET last_active_at = '2026-10-30 12:00:00' WHERE region = 'us-oh-39035'".into()).await;
        world.sql("UPDATE volunteers SET erased_at = '2026-11-03 12:00:00' WHERE email LIKE 'one-of-7-6-%'".into()).await;
        let states = board(&ohio, "/api/v1/races/us").await;
        assert_eq!(row(&states, "us-oh")["members"], 7);
        let counties = board(&ohio, "/api/v1/races/us-oh").await;
        assert_eq!(codes(&counties), ["us-oh-39035", "us-oh-39049"], "rest, and nobody is there");
        assert_eq!(row(&counties, "us-oh-39049")["members"], 6);

        // Whoever comes later adds points, never par; and nobody counts a Monday twice.
        let week = "2026-W47".parse().unwrap();
        world.crowd_since("us-oh-39041", 5, "2026-10-28T12:00:00Z").await;
        assert_eq!(races::lock_rosters(&world.server.app, week).await.unwrap(), 0);
        let second = world.second_node().await;
        assert_eq!(races::lock_rosters(&second.app, week).await.unwrap(), 0);
        world.clock.advance(TimeDelta::seconds(2));
        assert_eq!(codes(&board(&ohio, "/api/v1/races/us-oh").await), ["us-oh-39035", "us-oh-39049"]);
        // A week gone by is counted as of its own Monday: the seven had not joined yet.
        races::lock_rosters(&world.server.app, "2026-W45".parse().unwrap()).await.unwrap();
        let before = board(&ohio, "/api/v1/races/us?week=2026-W45").await;
        assert_eq!(row(&before, "us-oh")["members"], 6);
    }

    async fn what_is_no_race_is_refused(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        for (address, status, field) in [
            ("/api/v1/races/us?week=soon", 422, "week"),
            ("/api/v1/races/us?week=2026-W48", 422, "week"),
            ("/api/v1/races/us?weak=2026-W47", 422, "weak"),
            ("/api/v1/races/us-zz", 404, ""),
            ("/api/v1/races/US", 404, ""),
            ("/api/v1/races/us-oh-39049-43215", 404, ""),
        ] {
            let refused = ben.client.get(address).await.expect(status).json();
            assert!(field.is_empty() || refused["errors"][field].is_array(), "{address}: {refused}");
        }
        world.browser().get("/api/v1/races/us").await.expect(401);
        let way = world.browser().get("/races/us").await.expect(303);
        assert!(way.header("location").starts_with("/sign-in"));
    }

    async fn the_page_shows_the_board_without_any_script(world: World) {
        let [ohio, ..] = three_states(&world).await;
        let page = ohio.client.get("/races/us").await.expect(200).text;
        for part in [
            "<h1>The United States race</h1>",
            "data-race=\"us\"",
            "data-live=\"race/us\"",
            "data-week=\"2026-W47\"",
            "data-status=\"live\"",
            "data-own=\"us-oh\"",
            "<tr data-region=\"us-oh\" class=\"mine\">",
            "<a href=\"/races/us-ma\" data-cell=\"name\">Massachusetts</a>",
            "data-text-next-other=\"{n} doors\"",
            "data-ordinal-two=\"{n}nd\"",
            "Ahead of Massachusetts, for now.",
            "+140 Ohio doors",
            "Week 47, Nov 16 to Nov 22 · closes in",
        ] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        let order: Vec<usize> = ["us-oh", "us-ma", "us-tx"]
            .map(|code| page.find(&format!("<tr data-region=\"{code}\"")).expect("a row"))
            .to_vec();
        assert!(order.is_sorted());
        let below = ohio.client.get("/races/us-oh").await.expect(200).text;
        assert!(below.contains("Nobody races here yet."), "a state's own members race in no county");
        let past = ohio.client.get("/races/us?week=2026-W46").await.expect(200).text;
        assert!(!past.contains("data-race="), "a week gone by does not move");
        ohio.client.get("/races/us-zz").await.expect(404);
    }

    async fn a_board_moves_while_one_watches(world: World) {
        let [ohio, bay, texas] = three_states(&world).await;
        let (mut one, mut two) = (Socket::of(&ohio).await, Socket::of(&bay).await);
        one.subscribe("race/us").await;
        let snapshot = one.frame().await;
        assert_eq!((&snapshot["topic"], &snapshot["kind"]), (&json!("race/us"), &json!("snapshot")));
        assert_eq!((&snapshot["week"], &snapshot["status"]), (&json!("2026-W47"), &json!("live")));
        assert_eq!(snapshot["rows"], board(&ohio, "/api/v1/races/us").await["rows"]);
        two.subscribe("race/us").await;
        let joined = two.frame().await;
        assert_eq!((&joined["epoch"], &joined["seq"], &joined["rows"]), (&snapshot["epoch"], &snapshot["seq"], &snapshot["rows"]));

        knock(&texas, "more", 50).await;
        let (text, same) = (one.text().await, two.text().await);
        assert_eq!(text, same, "one frame for everybody");
        let delta: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&delta["kind"], &delta["epoch"], &delta["week"]), (&json!("delta"), &snapshot["epoch"], &json!("2026-W47")));
        assert_eq!(delta["seq"].as_u64(), snapshot["seq"].as_u64().map(|seq| seq + 1));
        assert_eq!(delta["removed"], json!([]));
        assert_eq!(delta["moved"], json!([{"text": "+70 Texas doors"}]));
        assert_eq!(row(&delta, "us-tx")["points"], 154);
        assert_eq!(row(&delta, "us-tx")["rank"], 1);
        for changed in delta["rows"].as_array().unwrap() {
            assert_eq!(changed.as_object().unwrap().len(), 15, "rows are whole: {changed}");
        }
    }

    async fn a_board_sends_one_frame_a_second_at_most_and_none_is_missing(world: World) {
        let [ohio, ..] = three_states(&world).await;
        let mut socket = Socket::of(&ohio).await;
        socket.subscribe("race/us").await;
        let snapshot = socket.frame().await;
        let client = ohio.clone();
        let busy = tokio::spawn(async move {
            for n in 0..40 {
                // Another number each time: the same one again within a minute is held as a double.
                knock(&client, &format!("busy-{n}"), n + 1).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let mut seq = snapshot["seq"].as_u64().unwrap();
        let mut last = tokio::time::Instant::now();
        let mut frames = 0;
        loop {
            let frame = socket.frame().await;
            frames += 1;
            assert_eq!(frame["seq"].as_u64(), Some(seq + 1), "contiguous");
            seq += 1;
            // Frames leave a second apart; what the way adds or takes is allowed for.
            assert!(frames == 1 || last.elapsed() > Duration::from_millis(750), "{:?}", last.elapsed());
            last = tokio::time::Instant::now();
            let points = frame["rows"].as_array().unwrap().iter().find(|row| row["region"] == "us-oh").map(|row| row["points"].as_f64());
            // 820 doors on trust pass the cap of one person's week: 200 whole and half of 400.
            if points == Some(Some(400.0)) {
                break;
            }
        }
        busy.await.unwrap();
        assert!(frames < 20, "{frames} frames for 40 entries");
    }

    async fn a_lost_event_heals_within_seconds(world: World) {
        let [ohio, ..] = three_states(&world).await;
        let mut socket = Socket::of(&ohio).await;
        socket.subscribe("race/us").await;
        socket.frame().await;
        // Nobody tells; the totals alone have moved.
        world.sql("UPDATE region_weeks SET points = points + 5000 WHERE region = 'us-ma'".into()).await;
        let before = tokio::time::Instant::now();
        let delta = socket.frame().await;
        assert_eq!(row(&delta, "us-ma")["points"], 162);
        assert!(before.elapsed() < Duration::from_secs(8), "{:?}", before.elapsed());
    }

    async fn a_new_week_comes_as_a_snapshot(world: World) {
        let [ohio, ..] = three_states(&world).await;
        let mut socket = Socket::of(&ohio).await;
        socket.subscribe("race/us").await;
        let before = socket.frame().await;
        // The session outlives the week; the token need not, once the socket is open.
        world.clock.advance(TimeDelta::days(5));
        let after = socket.frame().await;
        assert_eq!((&after["kind"], &after["week"], &after["status"]), (&json!("snapshot"), &json!("2026-W48"), &json!("warming_up")));
        assert_eq!(after["seq"].as_u64(), before["seq"].as_u64().map(|seq| seq + 1));
        assert_eq!(row(&after, "us-oh")["points"], 0);
    }

    async fn a_strip_says_how_ones_own_region_stands(world: World) {
        for (county, members, doors) in [("39049", 12, 60), ("39041", 12, 100), ("39035", 12, 20)] {
            let person = world.crowd(&format!("us-oh-{county}"), members).await;
            knock(&person, "first", doors).await;
        }
        let app = &world.server.app;
        let home = "us-oh-39049-43215".parse().unwrap();
        let strip = races::strip(app, &home).await.unwrap().expect("a race");
        assert_eq!((strip.board.name.as_str(), strip.entries), ("Ohio", 3));
        assert_eq!(strip.own.as_ref().and_then(|own| own.rank), Some(2));
        let ahead = strip.ahead.clone().expect("somebody is ahead");
        assert_eq!((ahead.name.as_str(), ahead.doors), ("Delaware", 20), "56 points are 20 doors");
        let view = races::StripView::new(&app.words.english(), &strip, &app.scoring.doors);
        assert!(view.says.ends_with("About 20 doors behind Delaware."), "{}", view.says);
        assert_eq!(view.lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["Delaware", "Franklin", "Cuyahoga"]);
        let root = races::strip(app, &"us".parse().unwrap()).await.unwrap().expect("a race");
        assert!(root.own.is_none());
    }
}

/// The same person after their token has expired.
async fn again(world: &World, person: &Person) -> Person {
    let mut person = person.clone();
    let app = &world.server.app;
    let scope = muster::scope::Scope::Own(person.id);
    let now = app.clock.now();
    let sessions = app
        .db
        .read(move |conn| muster::sessions::list(conn, &scope, now))
        .await
        .expect("sessions");
    let token = app
        .sessions
        .token(sessions[0].id, muster::sessions::Audience::Api, now)
        .expect("a token");
    person.client.bearer = Some(token);
    person
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_on_one_node_moves_the_board_on_another() {
    let Some(world) = World::open(Place::Production).await else {
        eprintln!("left out: MUSTER_TEST_DATABASE_URL and MUSTER_TEST_REDIS_URL are not set");
        return;
    };
    let [mut ohio, bay, _] = three_states(&world).await;
    let other = world.second_node().await;
    ohio.client.base = other.url().to_owned();
    let mut socket = Socket::of(&ohio).await;
    socket.subscribe("race/us").await;
    let snapshot = socket.frame().await;
    knock(&bay, "more", 50).await;
    let before = tokio::time::Instant::now();
    let delta = socket.frame_with(|frame| frame["kind"] == "delta").await;
    assert!(
        before.elapsed() < Duration::from_secs(6),
        "{:?}",
        before.elapsed()
    );
    assert_eq!(row(&delta, "us-ma")["points"], 182);
    assert_eq!(delta["epoch"], snapshot["epoch"]);
    // Another campaign on the same Redis is another affair.
    let stranger = World::open(Place::Production).await.expect("the services");
    let [theirs, ..] = three_states(&stranger).await;
    let mut elsewhere = Socket::of(&theirs).await;
    elsewhere.subscribe("race/us").await;
    elsewhere.frame().await;
    knock(&bay, "much-more", 60).await;
    knock(&theirs, "own", 10).await;
    let own = elsewhere.frame().await;
    assert_eq!(own["moved"], json!([{"text": "+14 Ohio doors"}]), "{own}");
    let there = board(&bay, "/api/v1/races/us").await;
    assert_ne!(
        there["epoch"], snapshot["epoch"],
        "each node counts its own frames"
    );
    assert_eq!(row(&there, "us-ma")["points"], 233, "266 on trust, capped");
}

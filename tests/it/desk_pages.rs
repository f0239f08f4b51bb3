//! Home, the captain's page and HQ as people use them, without script.

use muster::clock::Duration;
use serde_json::{Value, json};

use crate::support::{Answer, Member, World, both};

const COLUMBUS: &str = "43215";
const CLEVELAND: &str = "44114";
const FRANKLIN: &str = "us-oh-39049";

async fn page(who: &Member, path: &str) -> String {
    who.client.get(path).await.expect(200).text
}

async fn patch(who: &Member, change: Value) {
    who.client
        .call("PATCH", "/api/v1/me", &change)
        .await
        .expect(200);
}

async fn doors(who: &Member, key: &str, quantity: u32) {
    let deed = json!({"kind": "doors", "quantity": quantity, "conversations": 1});
    who.client
        .score("/api/v1/activities", key, &deed)
        .await
        .expect(201);
}

/// A sheet of rows: who, kind, how many.
async fn sheet(who: &Member, rows: &[(&str, &str, &str)]) -> Answer {
    let mut fields = vec![("key", "s1"), ("region", FRANKLIN)];
    for (person, kind, quantity) in rows {
        fields.extend([
            ("person", *person),
            ("kind", *kind),
            ("quantity", *quantity),
            ("conversations", ""),
            ("minutes", ""),
            ("day", ""),
        ]);
    }
    who.client.post("/captain/sheet", &fields).await
}

/// The value of the first field of this name.
fn value_of(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect("the field");
    rest.split('"').next().unwrap().to_owned()
}

async fn points(who: &Member) -> usize {
    let lines = who.client.get("/api/v1/me/points").await.expect(200).json();
    lines
        .as_array()
        .or(lines["items"].as_array())
        .or(lines["lines"].as_array())
        .expect("lines")
        .len()
}

both! {
    async fn a_newcomer_is_welcomed_and_told_who_will_write(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        patch(&dee, json!({"name": "Dee Captain"})).await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        patch(&cy, json!({"name": "Cy <b>New</b>"})).await;
        let home = page(&cy, "/home").await;
        assert!(home.contains("Dee Captain looks after your region and will write to you"), "{home}");
        assert!(home.contains("/i/"), "an invitation link");
        assert!(home.contains("Cy ") && !home.contains("<b>New"), "a name is no markup");
        let path = format!("/api/v1/follow-ups/{}", cy.id);
        dee.client.call("PUT", &path, &json!({"outcome": "reached"})).await.expect(200);
        assert!(!page(&cy, "/home").await.contains("looks after your region"), "said once they have talked");
    }

    async fn home_shows_five_tasks_with_reasons_and_then_the_commitment(world: World) {
        let hal = world.staff("hal@example.org").await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        for kind in ["calls", "data_entry", "translation", "shift", "event_attended", "listening_note"] {
            let task = json!({"title": format!("Help with {kind}"), "kind": kind, "region": "us-oh", "remote": true, "minutes": 40, "slots": 5});
            hal.client.call("POST", "/api/v1/tasks", &task).await.expect(201);
        }
        let home = page(&ada, "/home").await;
        assert_eq!(home.matches("<article class=\"card task\"").count(), 5);
        assert!(home.contains("<ul class=\"why\"><li>"), "a reason");
        let (_, rest) = home.split_once("action=\"/tasks/").expect("a task to accept");
        let task = rest.split('/').next().unwrap();
        let own = format!("/api/v1/tasks/{task}/assignment");
        ada.client.call("PUT", &own, &json!({"state": "accepted"})).await.expect(200);
        let home = page(&ada, "/home").await;
        assert!(home.contains("Your next commitment"));
    }

    async fn who_wants_quiet_sees_no_comparison_at_home(world: World) {
        let ada = world.join("ada@example.org", COLUMBUS).await;
        doors(&ada, "k", 10).await;
        assert!(page(&ada, "/home").await.contains("scoreboard"));
        patch(&ada, json!({"quiet": true})).await;
        assert!(!page(&ada, "/home").await.contains("scoreboard"));
    }

    async fn weeks_with_something_done_are_told_at_home(world: World) {
        let ada = world.join("ada@example.org", COLUMBUS).await;
        doors(&ada, "k1", 10).await;
        world.clock.advance(Duration::days(7));
        assert!(page(&ada, "/home").await.contains("1 of your last 2 weeks"));
    }

    async fn a_captain_reaches_a_newcomer_by_a_button(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        assert!(page(&dee, "/captain").await.contains("cy@example.org"));
        let path = format!("/captain/follow-ups/{}", cy.id);
        let fields = [("outcome", "reached"), ("note", "Likes calls"), ("region", FRANKLIN)];
        let gone = dee.client.post(&path, &fields).await.expect(303);
        assert_eq!(gone.header("location"), format!("/captain?called=reached&region={FRANKLIN}"));
        assert!(!page(&dee, "/captain").await.contains(&path), "off the list");
    }

    async fn a_state_captain_is_spared_what_county_captains_have_time_for(world: World) {
        let oz = world.captain("oz@example.org", CLEVELAND, "us-oh").await;
        world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let cy = world.join("cy@example.org", COLUMBUS).await;
        let call = format!("/captain/follow-ups/{}", cy.id);
        let before = page(&oz, "/captain").await;
        assert!(!before.contains(&call) && before.contains("captains beneath you"), "{before}");
        world.clock.advance(Duration::hours(73));
        assert!(page(&oz, "/captain").await.contains(&call), "overdue, it has climbed");
    }

    async fn a_captain_confirms_and_rejects_in_batches(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let mia = world.join("mia@example.org", "48226").await;
        doors(&ada, "k1", 12).await;
        doors(&ada, "k2", 13).await;
        doors(&mia, "k3", 14).await;
        let before = page(&dee, "/captain").await;
        assert!(before.contains("12 doors") && before.contains("13 doors") && !before.contains("14 doors"));
        let ids: Vec<&str> = before
            .split("name=\"activity\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let fields = [("activity", ids[0]), ("activity", ids[1]), ("state", "approved"), ("region", FRANKLIN)];
        let gone = dee.client.post("/captain/approvals", &fields).await.expect(303);
        assert!(gone.header("location").ends_with("decided=2"));
        assert!(page(&dee, "/captain").await.contains("Nothing waits to be confirmed"));
        assert!(page(&ada, "/me/points").await.contains("Confirmed by"));
    }

    async fn a_decision_about_nothing_or_without_a_reason_is_asked_back(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        doors(&ada, "k1", 12).await;
        let none = [("state", "approved"), ("region", FRANKLIN)];
        let again = dee.client.post("/captain/approvals", &none).await.expect(422).text;
        assert!(again.contains("Tick at least one line.") && !again.contains(" checked>"), "{again}");
        let id = value_of(&again, "activity");
        let bare = [("activity", id.as_str()), ("state", "rejected"), ("reason", " "), ("region", FRANKLIN)];
        let again = dee.client.post("/captain/approvals", &bare).await.expect(422).text;
        assert!(again.contains("Say why, so that they know.") && again.contains(" checked>"), "the tick is kept: {again}");
        let full = [("activity", id.as_str()), ("state", "rejected"), ("reason", "Counted already."), ("region", FRANKLIN)];
        dee.client.post("/captain/approvals", &full).await.expect(303);
        assert!(page(&ada, "/me/points").await.contains("Counted already."));
    }

    async fn hq_lands_on_its_own_page_and_finds_three_first_steps(world: World) {
        let hal = world.staff("hal@example.org").await;
        let link = muster::accounts::add_staff(&world.server.app, "hal@example.org", None).await.unwrap();
        let token = link.split_once("token=").unwrap().1;
        let landed = world.browser().post("/sign-in", &[("token", token)]).await.expect(303);
        assert_eq!(landed.header("location"), "/hq");
        assert!(page(&hal, "/hq").await.contains("Three first steps"));
        let task = json!({"title": "Help", "kind": "calls", "region": "us-oh", "remote": true});
        hal.client.call("POST", "/api/v1/tasks", &task).await.expect(201);
        assert!(!page(&hal, "/hq").await.contains("Three first steps"));
    }

    async fn people_are_found_by_the_name_of_a_region(world: World) {
        let hal = world.staff("hal@example.org").await;
        world.join("ada@example.org", COLUMBUS).await;
        world.join("mia@example.org", "48226").await;
        for region in ["Ohio", "franklin%2C%20oh", FRANKLIN, COLUMBUS] {
            let found = page(&hal, &format!("/hq/people?region={region}")).await;
            assert!(found.contains("ada@example.org") && !found.contains("mia@example.org"), "{region}");
        }
        let several = hal.client.get("/hq/people?region=Franklin").await.expect(422).text;
        assert!(several.contains("Franklin, Ohio (us-oh-39049)") && several.contains("value=\"Franklin\""), "{several}");
        let called = page(&hal, &format!("/hq/people?region={FRANKLIN}")).await;
        assert!(called.contains("value=\"Franklin, Ohio\""), "a code is shown as its name");
    }

    async fn a_sheet_keeps_its_good_lines_and_shows_the_bad_ones_again(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let ben = world.join("ben@example.org", COLUMBUS).await;
        world.join("cle@example.org", CLEVELAND).await;
        patch(&ada, json!({"name": "Ada Canvasser"})).await;
        let rows = [
            ("ada canvasser", "doors", "30"),
            ("ben@example.org", "doors", "9000"),
            ("cle@example.org", "doors", "10"),
            ("", "doors", ""),
            ("ben@example.org", "doors", "many"),
        ];
        let again = sheet(&dee, &rows).await.expect(422);
        assert_eq!(again.text.matches("class=\"row-saved\"").count(), 1);
        assert_eq!(again.text.matches("class=\"row-error\"").count(), 3);
        assert!(again.text.contains("There is nobody called “cle@example.org” here"), "foreign is unknown");
        assert_eq!(value_of(&again.text, "key"), "s1", "the same sheet");
        assert_eq!((points(&ada).await, points(&ben).await), (1, 0));
        let mended = [rows[0], ("ben@example.org", "doors", "90"), ("", "doors", ""), rows[3], ("", "doors", "")];
        sheet(&dee, &mended).await.expect(303);
        sheet(&dee, &mended).await.expect(303);
        assert_eq!((points(&ada).await, points(&ben).await), (1, 1), "a sheet sent twice counts once");
    }

    async fn a_captain_of_one_region_has_no_page_for_another(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        dee.client.get("/captain?region=us-oh-39035").await.expect(404);
        dee.client.get("/captain?region=us-zz").await.expect(404);
        dee.client.get("/hq/people?region=us-oh-39035").await.expect(404);
        dee.client.get("/hq").await.expect(403);
        let cle = world.join("cle@example.org", CLEVELAND).await;
        doors(&cle, "k", 5).await;
        let people = page(&dee, "/hq/people").await;
        assert!(people.contains("dee@example.org") && !people.contains("cle@example.org"));
        cle.client.get("/captain").await.expect(403);
    }

    async fn hq_sees_numbers_and_goes_deeper(world: World) {
        let hal = world.staff("hal@example.org").await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        patch(&ada, json!({"availability": ["wed-am"], "skills": [{"slug": "phone-calls", "level": 2}]})).await;
        let top = page(&hal, "/hq").await;
        assert!(top.contains("/hq?region=us-oh\""), "{top}");
        let ohio = page(&hal, "/hq?region=us-oh").await;
        assert!(ohio.contains(&format!("/hq?region={FRANKLIN}\"")));
        assert!(ohio.contains("One volunteer, 1 ready now."), "{ohio}");
        let people = page(&hal, "/hq/people?region=us-oh&skill=phone-calls&availability=wed-am").await;
        assert!(people.contains("ada@example.org") && people.contains("Ready now"));
        assert!(page(&hal, "/hq/people?language=es").await.contains("<option value=\"es\" selected>Spanish</option>"));
        hal.client.get("/hq/people?skill=juggling").await.expect(422);
        hal.client.get("/hq?region=us-zz").await.expect(404);
    }

    async fn hq_names_and_unnames_a_captain_by_forms(world: World) {
        let hal = world.staff("hal@example.org").await;
        let dee = world.join("dee@example.org", COLUMBUS).await;
        let name = [("office", "captain"), ("email", "dee@example.org"), ("region", "43215")];
        hal.client.post("/hq/staff", &name).await.expect(303);
        assert!(page(&dee, "/captain").await.contains("Columbus 43215"));
        let staff = page(&hal, "/hq/staff").await;
        let (region, volunteer) = (value_of(&staff, "region"), value_of(&staff, "volunteer"));
        let end = [("region", region.as_str()), ("volunteer", volunteer.as_str())];
        let ended = hal.client.post("/hq/staff/captains/deletion", &end).await.expect(303);
        assert!(page(&hal, ended.header("location")).await.contains("Ended."));
        dee.client.get("/captain").await.expect(403);
        for (email, region) in [("nobody@example.org", "us-oh"), ("dee@example.org", "Atlantis"), ("no address", "us-oh")] {
            let typed = [("office", "captain"), ("email", email), ("region", region)];
            let again = hal.client.post("/hq/staff", &typed).await.expect(422);
            assert!(again.text.contains(&format!("value=\"{region}\"")), "what was typed is kept");
        }
    }
}

//! Moving: near by on one's own word, farther by HQ's.

use serde_json::{Value, json};

use crate::support::{Answer, World, both};

/// What a refusal says about `field`.
fn said(answer: &Answer, field: &str) -> String {
    assert_eq!(answer.status, 422, "{}", answer.text);
    answer.json()["errors"][field][0]
        .as_str()
        .unwrap_or_else(|| panic!("nothing about {field}: {}", answer.text))
        .to_owned()
}

both! {
    async fn a_person_takes_a_zip_near_their_own_and_no_farther(world: World) {
        let ben = world.join("ben@example.org", "43215").await;
        let patch = async |change: Value| ben.client.call("PATCH", "/api/v1/me", &change).await;
        let far = patch(json!({"zip": "90210", "name": "Ben Mover"})).await;
        let why = said(&far, "zip");
        assert!(why.contains("90210") && why.contains("80 km") && why.contains("HQ"), "{why}");
        let me = ben.client.get("/api/v1/me").await.expect(200).json();
        assert_eq!((&me["zip"], &me["name"]), (&json!("43215"), &json!("ben")), "nothing of it was stored");
        let near = patch(json!({"zip": "43055"})).await.expect(200).json();
        assert_eq!((&near["zip"], &near["region"]["code"]), (&json!("43055"), &json!("us-oh-39089-43055")));
        // The page keeps to the same rule.
        let page = ben.client.post("/me", &[("zip", "90210")]).await.expect(422);
        assert!(page.text.contains("HQ can move you there"), "{}", page.text);
        ben.client.post("/me", &[("zip", "43215")]).await.expect(303);
    }

    async fn a_zip_without_a_point_reaches_its_own_state_alone(world: World) {
        // No such ZIP code is listed, and its beginning is Ohio's: that is all that is known.
        let ben = world.join("ben@example.org", "43299").await;
        let patch = async |zip: &str| ben.client.call("PATCH", "/api/v1/me", &json!({"zip": zip})).await;
        let why = said(&patch("02139").await, "zip");
        assert!(why.contains("another state") && why.contains("HQ"), "{why}");
        patch("44114").await.expect(200);
        said(&patch("43215").await, "zip");
    }

    async fn a_refused_region_says_what_to_choose_instead(world: World) {
        let ben = world.join("ben@example.org", "43215").await;
        let patch = async |region: &str| {
            let answer = ben.client.call("PATCH", "/api/v1/me", &json!({"region": region})).await;
            said(&answer, "region")
        };
        let state = patch("us-oh").await;
        assert!(state.contains("Ohio is not a county") && !state.contains("more than"), "{state}");
        let turf = patch("us-oh-39041-43015").await;
        assert!(turf.contains("us-oh-39041 ") && !turf.contains("more than"), "{turf}");
        let far = patch("us-oh-39035").await;
        assert!(far.contains("more than 80 km") && far.contains("HQ"), "{far}");
        let nobody = world.person("cy@example.org", "us-oh-39049-43215").await;
        let answer = nobody.client.call("PATCH", "/api/v1/me", &json!({"region": "us-oh-39041"})).await;
        let why = said(&answer, "region");
        assert!(!why.contains("more than") && why.contains("HQ"), "{why}");
    }

    async fn hq_moves_anybody_anywhere_and_it_is_written_down(world: World) {
        let ben = world.join("ben@example.org", "43215").await;
        let hq = world.staff_person("hq@example.org").await;
        let path = format!("/api/v1/volunteers/{}/region", ben.id);
        let put = async |to: Value| hq.client.call("PUT", &path, &to).await;
        let moved = put(json!({"zip": "90210"})).await.expect(200).json();
        assert_eq!((&moved["zip"], &moved["id"]), (&json!("90210"), &json!(ben.id.to_string())));
        let me = ben.client.get("/api/v1/me").await.expect(200).json();
        assert_eq!(me["region"], moved["region"], "it counts at once");
        let whole = put(json!({"region": "us-oh"})).await.expect(200).json();
        assert_eq!((&whole["zip"], &whole["region"]["code"]), (&json!("90210"), &json!("us-oh")));
        said(&put(json!({})).await, "region");
        said(&put(json!({"zip": "43215", "region": "us-oh"})).await, "region");
        said(&put(json!({"zip": "K1A 0B1"})).await, "zip");
        said(&put(json!({"region": "us-zz"})).await, "region");
        hq.client.call("PUT", "/api/v1/volunteers/0000000000000/region", &json!({"zip": "43215"})).await.expect(404);
        let lines = hq.client.get("/api/v1/audit").await.expect(200).json();
        let newest = lines["items"].as_array().unwrap().iter().find(|line| line["deed"] == "person_moved").expect("a line");
        assert_eq!(newest["detail"]["volunteer"], ben.id.to_string());
        assert_eq!(newest["detail"]["to"], "us-oh");
    }

    async fn the_page_of_a_mover_says_what_their_regions_got(world: World) {
        let ben = world.person("ben@example.org", "us-oh-39049-43215").await;
        let hq = world.staff_person("hq@example.org").await;
        let knock = async |key: &str, doors: u64| {
            let body = json!({"kind": "doors", "quantity": doors, "volunteer": ben.id.to_string()});
            hq.client.score("/api/v1/activities", key, &body).await.expect(201)
        };
        knock("before", 200).await;
        let path = format!("/api/v1/volunteers/{}/region", ben.id);
        hq.client.call("PUT", &path, &json!({"zip": "44114"})).await.expect(200);
        knock("after", 201).await;
        // 400 and 402 points: one cap for the whole week, not one for each region.
        assert_eq!(world.total("us-oh").await, 400.0);
        let page = ben.client.get("/me/points").await.expect(200).text;
        assert!(page.contains("Your region counts 400 of them now."), "{page}");
        assert!(page.contains("given your region full marks"), "{page}");
    }

    async fn hq_moves_somebody_from_the_people_page_without_script(world: World) {
        let ben = world.join("ben@example.org", "43215").await;
        let hq = world.staff("hq@example.org").await;
        let page = hq.client.get("/hq/people?q=ben").await.expect(200).text;
        let action = format!("/hq/people/{}/region", ben.id);
        assert!(page.contains(&format!("action=\"{action}\"")), "{page}");
        let unclear = hq.client.post(&action, &[("to", "Nowhere <b>")]).await.expect(422).text;
        assert!(unclear.contains("No region is called") && unclear.contains("value=\"Nowhere &#60;b&#62;\""), "{unclear}");
        for (typed, region) in [("90210", "us-ca-06037-90210"), ("us-oh-39035", "us-oh-39035"), ("California", "us-ca")] {
            let done = hq.client.post(&action, &[("to", typed)]).await.expect(303);
            let page = hq.client.get(done.header("location")).await.expect(200).text;
            assert!(page.contains("Moved.") && page.contains("ben@example.org"), "{page}");
            let me = ben.client.get("/api/v1/me").await.expect(200).json();
            assert_eq!(me["region"]["code"], region);
        }
        // A captain sees the list and no way to move anybody.
        let dee = world.captain("dee@example.org", "43215", "us-ca").await;
        let page = dee.client.get("/hq/people").await.expect(200).text;
        assert!(page.contains("ben@example.org") && !page.contains("/region\""), "{page}");
    }
}

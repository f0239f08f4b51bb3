//! What a region says to its people.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Answer, Member, World, both};

const COLUMBUS: &str = "43215";
const CLEVELAND: &str = "44114";
const DETROIT: &str = "48226";
const FRANKLIN: &str = "us-oh-39049";

async fn write(who: &Member, region: &str, text: &str) -> Answer {
    let path = format!("/api/v1/regions/{region}/posts");
    who.client.call("POST", &path, &json!({"text": text})).await
}

async fn answer(who: &Member, post: &Value, text: &str) -> Answer {
    let path = format!("/api/v1/posts/{}/comments", post["id"].as_str().unwrap());
    who.client.call("POST", &path, &json!({"text": text})).await
}

async fn posts(who: &Member, region: &str) -> Vec<Value> {
    let path = format!("/api/v1/regions/{region}/posts");
    let list = who.client.get(&path).await.expect(200).json();
    list["items"].as_array().expect("items").clone()
}

async fn remove(who: &Member, path: &str) -> Answer {
    who.client.call("DELETE", path, &Value::Null).await
}

/// A problem document without the name of its request.
fn bare(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    problem
}

both! {
    async fn what_is_sent_again_under_its_key_stands_once(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let path = format!("/api/v1/regions/{FRANKLIN}/posts");
        let text = json!({"text": "Good morning."});
        let send = |key: &'static str, path: String, text: Value| {
            let client = dee.client.clone();
            async move { client.call_with("POST", &path, &text, &[("idempotency-key", key)]).await }
        };
        let sent = join_all((0..8).map(|_| send("k1", path.clone(), text.clone()))).await;
        let ids: BTreeSet<String> = sent.iter().map(|answer| answer.clone().expect(201).json()["id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "all are told of the same post");
        let replayed = sent.iter().filter(|answer| answer.header("idempotent-replayed") == "true").count();
        assert_eq!(replayed, 7);
        assert_eq!(posts(&dee, FRANKLIN).await.len(), 1);
        send("k1", path.clone(), json!({"text": "Good evening."})).await.expect(422);
        send("", path.clone(), text.clone()).await.expect(400);

        let post = sent[0].json();
        let under = format!("/api/v1/posts/{}/comments", post["id"].as_str().unwrap());
        let said = join_all((0..8).map(|_| send("k1", under.clone(), text.clone()))).await;
        assert!(said.iter().all(|answer| answer.status == 201), "{said:?}");
        send("k1", under.clone(), json!({"text": "Me too."})).await.expect(422);
        let seen = posts(&dee, FRANKLIN).await;
        let comments = seen[0]["comments"].as_array().unwrap();
        assert_eq!(comments.len(), 1);
        remove(&dee, &format!("{under}/{}", comments[0]["id"].as_str().unwrap())).await.expect(204);
        send("k1", under, text.clone()).await.expect(404);
        remove(&dee, &format!("/api/v1/posts/{}", post["id"].as_str().unwrap())).await.expect(204);
        send("k1", path, text).await.expect(404);
        assert!(posts(&dee, FRANKLIN).await.is_empty(), "what was taken away stays away");
    }

    async fn a_form_that_is_sent_twice_posts_once(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let page = dee.client.get(&format!("/regions/{FRANKLIN}")).await.expect(200).text;
        let key = |page: &str| {
            let rest = page.split("name=\"key\" value=\"").nth(1).expect("a key");
            rest.split('"').next().unwrap().to_owned()
        };
        let key_of_post = key(&page);
        for _ in 0..2 {
            let form = [("key", key_of_post.as_str()), ("text", "Good morning.")];
            dee.client.post(&format!("/regions/{FRANKLIN}/posts"), &form).await.expect(303);
        }
        let seen = posts(&dee, FRANKLIN).await;
        assert_eq!(seen.len(), 1);
        let page = dee.client.get(&format!("/regions/{FRANKLIN}")).await.expect(200).text;
        let post = seen[0]["id"].as_str().unwrap();
        let under = page.split("class=\"say\"").nth(1).expect("a form");
        let key_of_answer = key(under);
        assert!(key_of_answer.ends_with(post) && !key_of_answer.starts_with(&key_of_post));
        for _ in 0..2 {
            let form = [("key", key_of_answer.as_str()), ("text", "So early?")];
            dee.client.post(&format!("/posts/{post}/comments"), &form).await.expect(303);
        }
        assert_eq!(posts(&dee, FRANKLIN).await[0]["comments"].as_array().unwrap().len(), 1);
    }

    async fn a_captain_posts_and_a_member_answers(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let post = write(&dee, FRANKLIN, "Who takes an hour?").await.expect(201).json();
        assert_eq!(post["author"]["role"], "captain");
        answer(&ada, &post, "I take Hilltop.").await.expect(201);
        let seen = posts(&ada, FRANKLIN).await;
        assert_eq!(seen[0]["text"], "Who takes an hour?");
        assert_eq!(seen[0]["comments"][0]["text"], "I take Hilltop.");
        assert_eq!(seen[0]["comments"][0]["author"]["name"], "ada");
        assert_eq!(seen[0]["deletable"], false);
        assert_eq!(seen[0]["comments"][0]["deletable"], true);
    }

    async fn a_member_without_office_cannot_post(world: World) {
        let ada = world.join("ada@example.org", COLUMBUS).await;
        write(&ada, FRANKLIN, "Listen!").await.expect(403);
        assert!(posts(&ada, FRANKLIN).await.is_empty());
    }

    async fn a_feed_is_closed_to_members_of_other_regions_as_if_it_were_not_there(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let mia = world.captain("mia@example.org", DETROIT, "us-mi").await;
        let cle = world.join("cle@example.org", CLEVELAND).await;
        let post = write(&dee, FRANKLIN, "Only for Franklin").await.expect(201).json();
        for other in [&mia, &cle] {
            let foreign = other.client.get(&format!("/api/v1/regions/{FRANKLIN}/posts")).await.expect(404);
            let nowhere = other.client.get("/api/v1/regions/us-zz/posts").await.expect(404);
            assert_eq!(bare(&foreign), bare(&nowhere));
            let foreign = answer(other, &post, "Hello").await.expect(404);
            let nothing = answer(other, &json!({"id": muster::ids::encode(9)}), "Hello").await.expect(404);
            assert_eq!(bare(&foreign), bare(&nothing));
            let path = format!("/api/v1/posts/{}", post["id"].as_str().unwrap());
            remove(other, &path).await.expect(404);
            other.client.get(&format!("/api/v1/regions/{FRANKLIN}/honour-roll")).await.expect(404);
            let page = other.client.get(&format!("/regions/{FRANKLIN}")).await.expect(200);
            assert!(!page.text.contains("Only for Franklin"), "the page tells no more than the API");
        }
        write(&mia, FRANKLIN, "From Detroit").await.expect(404);
        assert_eq!(posts(&dee, FRANKLIN).await.len(), 1);
    }

    async fn what_is_said_to_a_state_is_heard_in_its_counties(world: World) {
        let hal = world.staff("hal@example.org").await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        write(&hal, "us-oh", "Thank you, Ohio").await.expect(201);
        assert_eq!(posts(&ada, "us-oh").await.len(), 1);
        let page = ada.client.get(&format!("/regions/{FRANKLIN}")).await.expect(200);
        assert!(page.text.contains("Thank you, Ohio"));
    }

    async fn a_post_is_deleted_by_its_author_the_captain_or_hq_and_nobody_else(world: World) {
        let hal = world.staff("hal@example.org").await;
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let ben = world.join("ben@example.org", COLUMBUS).await;
        let post = write(&dee, FRANKLIN, "One").await.expect(201).json();
        let path = format!("/api/v1/posts/{}", post["id"].as_str().unwrap());
        let comments = async |text| {
            let comment = answer(&ada, &post, text).await.expect(201).json();
            format!("{path}/comments/{}", comment["id"].as_str().unwrap())
        };
        let (own, captains, hqs) = (comments("a").await, comments("b").await, comments("c").await);
        remove(&ben, &own).await.expect(403);
        remove(&ada, &own).await.expect(204);
        remove(&dee, &captains).await.expect(204);
        remove(&hal, &hqs).await.expect(204);
        remove(&ada, &own).await.expect(404);
        assert_eq!(posts(&ada, FRANKLIN).await[0]["comments"], json!([]));
        remove(&ada, &path).await.expect(403);
        remove(&hal, &path).await.expect(204);
        assert!(posts(&dee, FRANKLIN).await.is_empty());
        answer(&ada, &post, "Too late").await.expect(404);
    }

    async fn names_and_texts_are_shown_as_they_were_typed_and_never_run(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let nasty = "<script>alert(1)</script> \"'&lt; <b>bold</b>";
        let post = write(&dee, FRANKLIN, nasty).await.expect(201).json();
        answer(&dee, &post, nasty).await.expect(201);
        assert_eq!(post["text"], nasty);
        let page = dee.client.get(&format!("/regions/{FRANKLIN}")).await.expect(200);
        assert!(!page.text.contains("<script>alert"), "markup stays text");
        assert!(!page.text.contains("<b>bold"), "markup stays text");
        assert_eq!(page.text.matches("alert(1)").count(), 2, "post and answer are both shown");
    }

    async fn a_text_that_cannot_be_used_is_refused_by_name(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let post = write(&dee, FRANKLIN, "Fine").await.expect(201).json();
        for text in ["", "  \n ", "a\u{0}b", &"é".repeat(2001)] {
            let refused = write(&dee, FRANKLIN, text).await.expect(422).json();
            assert!(refused["errors"]["text"][0].is_string(), "{refused}");
            answer(&dee, &post, text).await.expect(422);
        }
        write(&dee, FRANKLIN, &"é".repeat(2000)).await.expect(201);
        let path = format!("/api/v1/regions/{FRANKLIN}/posts");
        dee.client.call("POST", &path, &json!({"text": "a", "html": true})).await.expect(422);
        dee.client.call("POST", "/api/v1/posts/not-an-id/comments", &json!({"text": "a"})).await.expect(404);
        dee.client.get(&format!("{path}?limit=0")).await.expect(422);
        dee.client.get(&format!("{path}?after=nonsense")).await.expect(422);
        assert_eq!(posts(&dee, FRANKLIN).await.len(), 2);
    }

    async fn a_long_feed_comes_page_by_page(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        for n in 1..=5 {
            write(&dee, FRANKLIN, &format!("Post {n}")).await.expect(201);
            world.clock.advance(muster::clock::Duration::seconds(1));
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/regions/{FRANKLIN}/posts?limit=2&after={after}");
            let page = dee.client.get(&path).await.expect(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|post| post["text"].clone()));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => break,
            }
        }
        assert_eq!(seen, ["Post 5", "Post 4", "Post 3", "Post 2", "Post 1"]);
    }

    async fn a_form_that_fails_keeps_what_was_typed(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let path = format!("/regions/{FRANKLIN}/posts");
        let long = format!("keep me {}", "x".repeat(2000));
        let again = dee.client.post(&path, &[("text", &long)]).await.expect(422);
        assert!(again.text.contains("keep me") && again.text.contains("aria-invalid"));
        let gone = dee.client.post(&path, &[("text", "Good")]).await.expect(303);
        assert!(gone.header("location").starts_with(&format!("/regions/{FRANKLIN}#post-")));
    }

    async fn nobody_floods_a_discussion(world: World) {
        let dee = world.captain("dee@example.org", COLUMBUS, FRANKLIN).await;
        let post = write(&dee, FRANKLIN, "Talk").await.expect(201).json();
        for n in 0..20 {
            answer(&dee, &post, &format!("{n}")).await.expect(201);
        }
        let refused = answer(&dee, &post, "one more").await.expect(429);
        assert_eq!(refused.header("retry-after"), "60");
    }

    async fn the_honour_roll_names_only_those_who_asked_best_first(world: World) {
        let ada = world.join("ada@example.org", COLUMBUS).await;
        let ben = world.join("ben@example.org", COLUMBUS).await;
        let shy = world.join("shy@example.org", COLUMBUS).await;
        for (who, name, doors, shown) in [(&ada, "Ada <b>C</b>", 10, true), (&ben, "Ben", 20, true), (&shy, "Shy", 30, false)] {
            let change = json!({"name": name, "honour_roll": shown});
            who.client.call("PATCH", "/api/v1/me", &change).await.expect(200);
            let deed = json!({"kind": "doors", "quantity": doors, "conversations": 3});
            who.client.score("/api/v1/activities", name.split(' ').next().unwrap(), &deed).await.expect(201);
        }
        for region in [FRANKLIN, "us-oh"] {
            let path = format!("/api/v1/regions/{region}/honour-roll");
            let roll = shy.client.get(&path).await.expect(200).json();
            assert_eq!(roll, json!([{"name": "Ben"}, {"name": "Ada <b>C</b>"}]));
        }
        let page = shy.client.get(&format!("/regions/{FRANKLIN}")).await.expect(200);
        assert!(page.text.contains("knocked on 20 doors"), "what the best did lately");
        assert!(!page.text.contains("knocked on 30 doors"), "but not of whom nobody asked");
        assert!(!page.text.contains("<b>C"), "a name is no markup");
        ben.client.call("PATCH", "/api/v1/me", &json!({"honour_roll": false})).await.expect(200);
        let roll = shy.client.get("/api/v1/regions/us-oh/honour-roll").await.expect(200).json();
        assert_eq!(roll, json!([{"name": "Ada <b>C</b>"}]), "gone as soon as they say so");
    }
}

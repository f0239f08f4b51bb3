//! The house itself: health, headers, errors.

use serde_json::Value;

use crate::support::{World, both};

both! {
    async fn a_node_says_that_it_lives_and_serves(world: World) {
        let browser = world.browser();
        browser.get("/healthz").await.expect(200);
        let ready = browser.get("/readyz").await.expect(200).json();
        assert_eq!(ready["database"], "up");
    }

    async fn what_does_not_exist_is_a_helpful_page_or_a_problem_document(world: World) {
        let page = world.browser().get("/no-such-page").await.expect(404);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text.contains(page.header("x-request-id")), "the page shows the request's name");
        let call = world.browser().get("/api/v1/no-such-call").await.expect(404);
        assert_eq!(call.header("content-type"), "application/problem+json");
        assert_eq!(call.json()["request_id"], call.header("x-request-id"));
    }

    async fn every_answer_carries_the_security_headers(world: World) {
        for path in ["/healthz", "/no-such-page", "/api/v1/nothing", "/static/0/none.css"] {
            let answer = world.browser().get(path).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        }
    }

    async fn a_change_from_another_site_is_refused(world: World) {
        let mut stranger = world.browser();
        stranger.origin = Some("https://evil.example.org".into());
        stranger.call("POST", "/api/v1/nothing", &Value::Null).await.expect(403);
    }
}

//! A fault of ours that nobody foresaw is answered, and named, like every other.

use actix_web::dev::ServiceResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use actix_web::{App, HttpResponse};
use muster::http::{Requests, Route, Who, configure, guard};
use serde_json::Value;

use crate::support::{Place, World};

async fn falls() -> HttpResponse {
    // It has waited for something before, as handlers do.
    tokio::task::yield_now().await;
    panic!("a stone in the way")
}

fn header(answer: &ServiceResponse, name: &str) -> String {
    let value = answer.headers().get(name).expect(name);
    value.to_str().expect("text").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_panics_is_answered_500_with_the_name_of_the_request() {
    let world = World::open(Place::Embedded)
        .await
        .expect("the embedded world");
    let front = Data::new(world.server.app.front());
    let table = || {
        vec![
            Route::get("/stone", Who::Anyone, falls),
            Route::get("/api/v1/stone", Who::Anyone, falls),
        ]
    };
    let app = App::new()
        .app_data(front)
        .wrap(from_fn(guard))
        .configure(|config| configure(config, table(), &Requests::unseen()));
    let app = init_service(app).await;
    // Twice each: the worker goes on.
    for path in ["/stone", "/api/v1/stone", "/stone", "/api/v1/stone"] {
        let asked = TestRequest::get().uri(path).to_request();
        let answer = call_service(&app, asked).await;
        assert_eq!(answer.status().as_u16(), 500);
        let name = header(&answer, "x-request-id");
        assert_eq!(header(&answer, "x-frame-options"), "DENY");
        let kind = header(&answer, CONTENT_TYPE.as_str());
        let text = read_body(answer).await;
        let text = std::str::from_utf8(&text).expect("text");
        assert!(
            !text.contains("a stone"),
            "what it said is for the log: {text}"
        );
        if path.starts_with("/api/") {
            assert_eq!(kind, "application/problem+json");
            let problem: Value = serde_json::from_str(text).expect("a problem document");
            assert_eq!(problem["request_id"], name);
        } else {
            assert!(
                kind.starts_with("text/html") && text.contains(&name),
                "{text}"
            );
        }
    }
}

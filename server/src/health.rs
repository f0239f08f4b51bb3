//! Whether this node lives, whether it can serve, and the API's own description.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use serde_json::json;
use tokio::time::timeout;

use crate::app::App;

/// Set while the node drains, so that the proxy stops sending.
#[derive(Clone, Default)]
pub struct Draining(pub Arc<AtomicBool>);

/// `GET /healthz`: the process lives.
pub async fn alive() -> impl Responder {
    HttpResponse::Ok().json(json!({"status": "alive"}))
}

/// How long the database may take to answer; one that is silent for longer is down.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /readyz`: 200 while the database answers; Redis' state in the body.
pub async fn ready(app: Data<App>, draining: Data<Draining>) -> impl Responder {
    let asked = timeout(PATIENCE, app.db.answers()).await;
    let database = matches!(asked, Ok(Ok(())));
    let draining = draining.0.load(Ordering::Relaxed);
    let redis = app.cluster.reach().word();
    let body = json!({"database": if database { "up" } else { "down" }, "redis": redis, "draining": draining});
    if database && !draining {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable()
            .insert_header(("retry-after", "1"))
            .json(body)
    }
}

/// `GET /api/v1/openapi.json`.
pub async fn openapi() -> impl Responder {
    static DOCUMENT: LazyLock<String> =
        LazyLock::new(|| crate::http::document(&crate::routes::table()).to_string());
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "max-age=300"))
        .body(DOCUMENT.as_str())
}

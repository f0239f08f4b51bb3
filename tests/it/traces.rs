//! Traces reach a collector, name nobody, and a collector that is away is nobody's trouble.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::web::{self, Data, Json};
use actix_web::{App, HttpResponse, HttpServer};
use muster::Server;
use serde_json::{Value, json};

use crate::support::{Client, Place, World, both};

/// What was posted so far.
type Posted = Arc<Mutex<Vec<Value>>>;

/// A collector of one's own.
struct Collector {
    endpoint: String,
    posted: Posted,
}

impl Collector {
    /// One that takes everything.
    fn open() -> Self {
        let posted = Posted::default();
        let kept = posted.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::new(kept.clone()))
                .app_data(web::JsonConfig::default().limit(1 << 24))
                .route("/in/v1/traces", web::post().to(take))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .expect("a port");
        let endpoint = format!("http://{}/in", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { endpoint, posted }
    }

    /// All spans so far.
    fn spans(&self) -> Vec<Value> {
        let posted = self.posted.lock().expect("what was posted");
        let spans = |body: &Value| body["resourceSpans"][0]["scopeSpans"][0]["spans"].clone();
        posted
            .iter()
            .flat_map(|body| spans(body).as_array().cloned().unwrap_or_default())
            .collect()
    }

    /// The first span that `is` so, waiting ten seconds for it at most.
    async fn span(&self, is: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..200 {
            if let Some(found) = self.spans().into_iter().find(&is) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no such span: {:#?}", self.spans());
    }
}

async fn take(posted: Data<Posted>, body: Json<Value>) -> HttpResponse {
    posted.lock().expect("what was posted").push(body.0);
    HttpResponse::Ok().json(json!({}))
}

/// What is said about a span under `name`.
fn said(span: &Value, name: &str) -> String {
    let about = span["attributes"].as_array().expect("attributes");
    let found = about.iter().find(|one| one["key"] == name);
    let value = found.map_or(&Value::Null, |one| &one["value"]);
    let text = value["stringValue"].as_str().or(value["intValue"].as_str());
    text.unwrap_or_default().to_owned()
}

async fn traced(world: &World, endpoint: &str, one_in: u32) -> Server {
    let mut settings = world.settings.clone();
    settings.otlp_endpoint = endpoint.to_owned();
    settings.otlp_one_in = one_in;
    Server::start(settings, world.clock.clone())
        .await
        .expect("a node that traces")
}

both! {
    async fn a_request_arrives_as_spans_that_name_its_route_and_nobody(world: World) {
        let collector = Collector::open();
        let node = traced(&world, &collector.endpoint, 1).await;
        let ada = world.person("ada@example.org", "us-oh-39049-43215").await;
        let hq = world.staff_person("hq@example.org").await;
        let hq = hq.client.at(node.url());
        let found = hq.get("/api/v1/volunteers?q=ada%40example.org").await.expect(200);
        let name = found.header("x-request-id").to_owned();
        let search = collector.span(|span| said(span, "muster.request_id") == name).await;
        assert_eq!(search["name"], "GET /api/v1/volunteers");
        assert_eq!(search["kind"], 2);
        assert_eq!(said(&search, "http.route"), "/api/v1/volunteers");
        assert_eq!(said(&search, "http.request.method"), "GET");
        assert_eq!(said(&search, "http.response.status_code"), "200");
        assert!(search["parentSpanId"].is_null());
        let part = |span: &Value| span["parentSpanId"] == search["spanId"] && span["name"] == "database read";
        let read = collector.span(part).await;
        assert_eq!(read["traceId"], search["traceId"]);
        let system = match world.place { Place::Embedded => "sqlite", Place::Production => "postgresql" };
        assert_eq!(said(&read, "db.system.name"), system);

        let on = ada.client.at(node.url());
        let knock = json!({"kind": "doors", "quantity": 7, "note": "secret-note"});
        on.score("/api/v1/activities", "secret-key", &knock).await.expect(201);
        let commit = collector.span(|span| span["name"] == "ledger commit").await;
        assert_eq!(said(&commit, "muster.entries"), "1");
        let saved = collector.span(|span| span["name"] == "POST /api/v1/activities").await;
        collector.span(|span| span["name"] == "ledger queue" && span["parentSpanId"] == saved["spanId"]).await;
        on.get(&format!("/api/v1/tasks/{}", ada.id)).await.expect(404);
        on.get("/secret-place?token=secret-token").await.expect(404);
        collector.span(|span| span["name"] == "GET /api/v1/tasks/{id}" && said(span, "http.response.status_code") == "404").await;
        collector.span(|span| span["name"] == "GET" && said(span, "http.route").is_empty()).await;

        let last = on.get("/healthz").await.expect(200).header("x-request-id").to_owned();
        node.stop().await;
        let all = collector.spans();
        assert!(all.iter().any(|span| said(span, "muster.request_id") == last), "what ended last came too");
        let text = Value::from(all).to_string();
        let bearer = ada.client.bearer.clone().expect("a token");
        for secret in ["ada@", "\"ada", "example.org", "secret", "127.0.0.1", "us-oh", &bearer, &ada.id.to_string(), &ada.id.0.to_string()] {
            assert!(!text.contains(secret), "{secret} stands in {text}");
        }
        let names: BTreeSet<String> = collector.posted.lock().expect("what was posted").iter()
            .map(|body| body["resourceSpans"][0]["resource"]["attributes"].to_string()).collect();
        assert!(names.len() == 1 && names.iter().all(|name| name.contains("service.name")), "{names:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_silent_or_full_harms_nothing() {
    let world = World::open(Place::Embedded).await.expect("a world");
    // Takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", silent.local_addr().expect("an address"));
    let full = Collector::open().endpoint.replace("/in", "/nowhere");
    for endpoint in ["http://127.0.0.1:9", &silent, &full] {
        let node = traced(&world, endpoint, 1).await;
        let browser = Client::new(node.url());
        for _ in 0..20 {
            browser.get("/healthz").await.expect(200);
        }
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_in_so_many_is_traced_where_that_is_asked_for() {
    let world = World::open(Place::Embedded).await.expect("a world");
    let collector = Collector::open();
    let node = traced(&world, &collector.endpoint, 10).await;
    let browser = Client::new(node.url());
    for _ in 0..40 {
        browser.get("/healthz").await.expect(200);
    }
    node.stop().await;
    let spans = collector.spans();
    assert_eq!(spans.len(), 4, "{spans:#?}");
}

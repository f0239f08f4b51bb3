//! `/metrics`, on a listener of its own: what a node counted, as text for Prometheus.
//!
//! The parts of the house count for themselves; what is a state and no count is looked up when
//! somebody asks. No label holds anything of a person.

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Data};
use actix_web::{App as Actix, HttpResponse, HttpServer};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::cluster::Reach;
use crate::http::Requests;

/// The listener of `/metrics`, while it serves.
pub struct Listener {
    /// Where it listens.
    pub address: SocketAddr,
    handle: ServerHandle,
}

impl Listener {
    /// Serves what `app` and its `requests` count, where the settings want it served.
    ///
    /// # Errors
    /// One sentence when the address cannot be used.
    pub fn open(app: &App, requests: &Requests) -> Result<Option<Self>, String> {
        let wanted = &app.settings.metrics_listen;
        if wanted.is_empty() {
            return Ok(None);
        }
        let refused = |why| format!("Cannot listen for metrics on {wanted}: {why}.");
        let listener = TcpListener::bind(wanted).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let registry = Arc::new(registry(app, requests));
        let running = HttpServer::new(move || {
            Actix::new()
                .app_data(Data::from(registry.clone()))
                .route("/metrics", web::get().to(show))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .map_err(refused)?
        .run();
        let handle = running.handle();
        tokio::spawn(running);
        Ok(Some(Self { address, handle }))
    }

    /// Ends it at once.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

/// `GET /metrics`.
async fn show(registry: Data<Registry>) -> HttpResponse {
    let mut text = String::new();
    match prometheus_text::encode(&mut text, &registry) {
        Ok(()) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, prometheus_text::CONTENT_TYPE))
            .body(text),
        Err(why) => {
            tracing::error!(%why, "the metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn registry(app: &App, requests: &Requests) -> Registry {
    let mut registry = Registry::with_prefix("muster");
    let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("build", "The version that runs", build);
    requests.register(&mut registry);
    let ledger = app.ledger.counts();
    registry.register(
        "ledger_batch_entries",
        "Entries committed together",
        ledger.batch.clone(),
    );
    registry.register(
        "ledger_commit_seconds",
        "Seconds to write and commit a batch",
        ledger.commit.clone(),
    );
    registry.register(
        "ledger_batches_failed",
        "Batches that could not be committed",
        ledger.failed.clone(),
    );
    registry.register(
        "ledger_entries_refused",
        "Entries turned away because the queue was full",
        ledger.refused.clone(),
    );
    let live = app.hub.counts();
    registry.register(
        "live_frames",
        "Frames handed to sockets",
        live.frames.clone(),
    );
    registry.register(
        "live_frames_dropped",
        "Frames that a later one replaced before a slow reader took them",
        live.dropped.clone(),
    );
    registry.register(
        "live_found_moved",
        "Times that a followed queue, feed or person was found moved by looking",
        live.found.clone(),
    );
    registry.register(
        "database_refusals",
        "Times that no connection could be had",
        app.db.refusals().clone(),
    );
    let cluster = app.cluster.counts();
    registry.register(
        "cluster_events_heard",
        "Events heard from other nodes",
        cluster.heard.clone(),
    );
    registry.register(
        "cluster_events_dropped",
        "Events that other nodes were not told, and find by looking",
        cluster.dropped.clone(),
    );
    registry.register(
        "cluster_messages_refused",
        "Messages over Redis that were none of another node, or too long, and were left aside",
        cluster.refused.clone(),
    );
    let mails = &app.mailer.counts;
    registry.register(
        "mails_sent",
        "Mails that the mail server took",
        mails.sent.clone(),
    );
    registry.register(
        "mails_failed",
        "Tries at which the mail server did not take a mail",
        mails.failed.clone(),
    );
    registry.register(
        "mails_waiting",
        "Mails that waited in the outbox when it was looked at last",
        mails.waiting.clone(),
    );
    registry.register(
        "boards_found_moved",
        "Times that a followed board had moved without an event telling of it",
        app.boards.found().clone(),
    );
    if let Some(tracer) = &app.tracer {
        registry.register(
            "traces_dropped",
            "Spans that the collector of traces did not get",
            tracer.dropped().clone(),
        );
    }
    let boards = app.boards.counts();
    registry.register(
        "boards_compared",
        "Boards on sockets that were compared with the database",
        boards.compared.clone(),
    );
    registry.register(
        "boards_stale",
        "Those of them that were more than two seconds behind it",
        boards.stale.clone(),
    );
    registry.register(
        "boards_healed",
        "Stale ones that were mended",
        boards.healed.clone(),
    );
    registry.register_collector(Box::new(States(app.clone())));
    registry
}

/// What is so at the moment of asking.
struct States(App);

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("States").finish_non_exhaustive()
    }
}

impl Collector for States {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let app = &self.0;
        let mut state = |name, help, value: u64| {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(value).encode(metric)
        };
        let waiting = app.ledger.waiting();
        state(
            "ledger_queue_entries",
            "Entries that wait for the ledger.",
            waiting as u64,
        )?;
        state(
            "ledger_queue_size",
            "Entries that may wait for the ledger.",
            u64::from(app.settings.ledger_queue),
        )?;
        let sockets = app.hub.sockets();
        state("live_sockets", "Sockets that are open.", sockets as u64)?;
        state(
            "erasures_unlisted",
            "People who left and could not be put on the list of erasures.",
            app.erasures.missing(),
        )?;
        let people = app.hub.company().people();
        state(
            "people_here",
            "People with an open socket, on this node and those it hears of.",
            people.into(),
        )?;
        let reach = app.cluster.reach();
        if reach != Reach::Solo {
            let up = u64::from(reach == Reach::Up);
            state(
                "redis_up",
                "1 while Redis answers; else nodes look at the database instead.",
                up,
            )?;
        }
        if let Some(away) = app.db.time_away() {
            let name = "database_away_seconds";
            let help = "Seconds for which the database was away.";
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            ConstCounter::new(away.as_secs_f64()).encode(metric)?;
        }
        let mut metric = encoder.encode_descriptor(
            "database_connections",
            "Connections of a pool, in use or idle.",
            None,
            MetricType::Gauge,
        )?;
        for pool in app.db.in_use() {
            for (state, count) in [("busy", pool.busy), ("idle", pool.idle)] {
                let labels = [("pool", pool.name), ("state", state)];
                ConstGauge::new(count).encode(metric.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

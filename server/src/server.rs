//! A running node: used by `main` and by every test alike.

use std::any::Any;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration as Span;

use actix_web::dev::{Extensions, ServerHandle};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::{App as Actix, HttpServer, rt, web};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::accounts;
use crate::activities;
use crate::app::App;
use crate::clock::{Clock, Duration};
use crate::cluster::Cluster;
use crate::db::{Db, Place, migrate};
use crate::desk;
use crate::feed;
use crate::health::Draining;
use crate::http::{Assets, Crowd, Door, Requests, configure, guard, traced};
use crate::ledger::{Ledger, ScoringConfig, Size};
use crate::live::{self, Hub, Limits, Topic, Watch};
use crate::mailer::{self, Mailer};
use crate::matching::Matcher;
use crate::me;
use crate::metrics;
use crate::races::{self, Boards};
use crate::regions::Tree;
use crate::routes;
use crate::sessions::{Keys, Sessions};
use crate::settings::Settings;
use crate::trace::Tracer;
use crate::words::Words;

/// A node that serves. Dropping it leaves it serving; [`Server::stop`] drains it.
pub struct Server {
    /// The house, for tests and jobs beside the server.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    handle: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
    jobs: Vec<JoinHandle<()>>,
    draining: Draining,
    /// The listener of `/metrics`, where there is one.
    pub metrics: Option<metrics::Listener>,
}

impl Server {
    /// Opens everything and starts to serve; `listen` may name port 0.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub async fn start(settings: Settings, clock: Clock) -> Result<Self, String> {
        let listener = TcpListener::bind(&settings.listen)
            .map_err(|why| format!("Cannot listen on {}: {why}.", settings.listen))?;
        let app = open(settings, clock, Some(&listener))?;
        races::catch_up(&app).await;
        Self::serve(app, listener)
    }

    /// Serves an app that is open already.
    ///
    /// # Errors
    /// One sentence when the listener cannot be used.
    pub fn serve(app: App, listener: TcpListener) -> Result<Self, String> {
        let address = listener.local_addr().map_err(|why| why.to_string())?;
        app.erasures.check()?;
        let draining = Draining::default();
        let data = (
            web::Data::new(app.clone()),
            web::Data::new(app.front()),
            web::Data::new(draining.clone()),
            web::Data::new(app.hub.clone()),
        );
        let requests = if app.settings.metrics_listen.is_empty() {
            Requests::unseen()
        } else {
            Requests::default()
        };
        let metrics = metrics::Listener::open(&app, &requests)?;
        let mut jobs = start_jobs(&app);
        let tracer = app.tracer.clone();
        let crowd = Crowd::new(app.settings.requests_at_once);
        let patience = Span::from_millis(app.settings.patience_ms.into());
        let db = app.db.clone();
        jobs.push(tokio::spawn(
            crowd.clone().adapt(patience, move || db.waits()),
        ));
        let mut server = HttpServer::new(move || {
            // Called on the thread of each worker.
            let door = Door::new(crowd.clone(), patience);
            rt::spawn(door.clone().keep_watch());
            let (tracer, wanted) = (tracer.clone(), tracer.is_some());
            Actix::new()
                .configure(|config| {
                    if let Some(tracer) = tracer {
                        config.app_data(web::Data::new(tracer));
                    }
                })
                .app_data(door)
                .app_data(data.0.clone())
                .app_data(data.1.clone())
                .app_data(data.2.clone())
                .app_data(data.3.clone())
                .wrap(Compress::default())
                .wrap(from_fn(guard))
                .wrap(Condition::new(wanted, from_fn(traced)))
                .configure(|config| configure(config, routes::table(), &requests))
        })
        .on_connect(give_up_on_the_silent)
        .shutdown_timeout(for_requests(app.settings.drain_seconds))
        .disable_signals();
        if app.settings.workers > 0 {
            server = server.workers(app.settings.workers as usize);
        }
        let running = server
            .listen(listener)
            .map_err(|why| format!("Cannot serve: {why}."))?
            .run();
        let handle = running.handle();
        Ok(Self {
            app,
            address,
            handle,
            serving: tokio::spawn(running),
            jobs,
            draining,
            metrics,
        })
    }

    /// Where people reach it.
    pub fn url(&self) -> &str {
        self.app.settings.public_url.trim_end_matches('/')
    }

    /// Drains: readiness turns off, requests under way are answered, mails under way sent, waiting
    /// entries committed or refused. All of it takes `drain_seconds` at most after the notice.
    pub async fn stop(self) {
        self.draining.0.store(true, Ordering::Relaxed);
        self.app.hub.drain();
        // Their sockets come again elsewhere, and must not be taken for too many there.
        self.app.cluster.show(&self.app.hub.roll());
        // Who asks whether this node is ready hears of it while it still takes connections.
        let notice = u64::from(self.app.settings.drain_notice_seconds);
        tokio::time::sleep(Span::from_secs(notice)).await;
        let end = Instant::now() + Span::from_secs(self.app.settings.drain_seconds.into());
        self.handle.stop(true).await;
        if let Err(why) = self.serving.await {
            tracing::error!(%why, "the server ended badly");
        }
        let ledger = async {
            if timeout_at(end, self.app.ledger.stop()).await.is_err() {
                tracing::error!(
                    "the database does not take what waits; whoever sent it was not told that it is saved"
                );
            }
        };
        // Neither needs the other, and who asked for a mail was answered before.
        tokio::join!(ledger, self.app.mailer.errands.drained(end));
        for job in self.jobs {
            job.abort();
        }
        if let Some(tracer) = &self.app.tracer {
            tracer.flush().await;
        }
        if let Some(metrics) = self.metrics {
            metrics.stop().await;
        }
    }
}

/// Of the seconds that a stopping node has, those that it gives to requests: a quarter is kept for
/// what they leave in the ledger's queue, and for mails.
fn for_requests(drain_seconds: u32) -> u64 {
    u64::from((drain_seconds - drain_seconds.div_ceil(4)).max(1))
}

/// Opens an app without serving it: for commands, and for [`Server::start`], which knows the address.
///
/// # Errors
/// One sentence that says what to do.
pub fn open(
    mut settings: Settings,
    clock: Clock,
    listener: Option<&TcpListener>,
) -> Result<App, String> {
    if let Some(listener) = listener
        && settings.public_url.is_empty()
    {
        let address = listener.local_addr().map_err(|why| why.to_string())?;
        settings.public_url = format!("http://{address}");
    }
    let place = Place {
        url: settings.database_url.0.clone(),
        connections: settings.database_connections,
        create: settings.migrate_on_start,
    };
    let db = Db::open(&place).map_err(|why| why.to_string())?;
    if settings.migrate_on_start {
        migrate(&db).map_err(|why| why.to_string())?;
    }
    let tree = if settings.regions_dir.is_empty() {
        Tree::embedded()
    } else {
        Tree::load(settings.regions_dir.as_ref()).map(Arc::new)
    }
    .map_err(|why| why.to_string())?;
    let keys = if settings.keys_file.as_os_str().is_empty() {
        Keys::passing()
    } else {
        Keys::open(&settings.keys_file)?
    };
    let scoring = Arc::new(ScoringConfig::shipped().map_err(|why| why.to_string())?);
    let mark = if settings.redis_url.0.is_empty() {
        String::new()
    } else {
        db.write_blocking(crate::db::mark)
            .map_err(|why| why.to_string())?
    };
    let cluster = Cluster::open(&settings.redis_url.0, &mark)?;
    let tracer = Tracer::open(&settings.otlp_endpoint, settings.otlp_one_in, clock.clone())?;
    let missions = activities::Missions::new(scoring.clone(), &tree);
    let book = activities::Book::new(scoring.clone(), tree.clone(), missions.clone());
    let ledger = Ledger::open(
        db.clone(),
        cluster.clone(),
        clock.clone(),
        scoring.clone(),
        Arc::new(book),
        Size {
            queue: settings.ledger_queue,
            batch: settings.ledger_batch,
        },
        tracer.clone(),
    )?;
    Ok(App {
        hub: hub(&settings, tree.clone()),
        boards: Boards::default(),
        matcher: Matcher::open(&cluster, tree.clone())?,
        sessions: Sessions::new(keys, Duration::days(i64::from(settings.session_days))),
        cluster,
        missions,
        scoring,
        ledger,
        mailer: Mailer::open(&settings.mail.0, &settings.mail_from)?,
        tracer,
        erasures: me::Erasures::over(settings.erasures()),
        words: Words::embedded().map_err(|why| why.to_string())?,
        assets: Assets::embedded(&settings.accent),
        tree,
        db,
        clock,
        settings: Arc::new(settings),
    })
}

/// Follows what exists: a race needs children to run it, a queue and a feed just the region.
fn hub(settings: &Settings, tree: Arc<Tree>) -> Hub {
    let limits = Limits {
        sockets_per_person: settings.sockets_per_person as usize,
        topics_per_socket: settings.topics_per_socket as usize,
        messages_minute: settings.socket_messages_minute,
    };
    Hub::new(limits, move |topic| match topic {
        Topic::Race(region) => tree.children(region).next().is_some(),
        other => other
            .region()
            .is_none_or(|region| tree.get(region).is_some()),
    })
}

/// Lets the kernel end a connection whose other side takes nothing for four seconds. Only that frees
/// its buffers and descriptor: dropping what we hold of it does not.
fn give_up_on_the_silent(connection: &dyn Any, _: &mut Extensions) {
    #[cfg(target_os = "linux")]
    if let Some(stream) = connection.downcast_ref::<TcpStream>() {
        let patience = Some(Span::from_secs(4));
        if let Err(why) = socket2::SockRef::from(stream).set_tcp_user_timeout(patience) {
            tracing::debug!(%why, "a connection keeps the system's patience");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = connection;
}

/// The jobs beside the requests.
fn start_jobs(app: &App) -> Vec<JoinHandle<()>> {
    let watch = Watch {
        hub: app.hub.clone(),
        cluster: app.cluster.clone(),
        sessions: app.sessions.clone(),
        db: app.db.clone(),
        clock: app.clock.clone(),
    };
    let kinds = vec![me::standing(), feed::standing(), desk::standing()];
    vec![
        tokio::spawn(mailer::run(
            app.db.clone(),
            app.mailer.clone(),
            app.clock.clone(),
        )),
        tokio::spawn(app.sessions.clone().follow(app.cluster.listen())),
        tokio::spawn(accounts::tidy(app.clone())),
        tokio::spawn(live::run(watch, kinds)),
        tokio::spawn(live::Presence::new(&app.hub, &app.cluster).keep()),
        tokio::spawn(races::run(app.clone())),
        tokio::spawn(me::keep_list(app.clone())),
    ]
}

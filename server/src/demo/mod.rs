//! An example campaign: real places, made-up people, five weeks of work, and more of it while one
//! watches (contract.md, Commands).

mod chance;
mod crews;
mod crowd;
mod database;
mod fill;
mod history;
mod names;
mod past;
mod people;
mod personas;
mod places;
mod plan;
mod simulate;
mod store;
mod talk;
mod tasks;
mod texts;
mod usual;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

pub use crowd::{Crowd, Entries, Roll, Wrote};
pub use database::FILE;
pub use places::Home;

use crate::Server;
use crate::accounts;
use crate::clock::Clock;
use crate::error::Error;
use crate::server;
use crate::settings::{Secret, Settings};

/// Where a demo listens when nobody says otherwise, and the port is free.
pub const LISTEN: &str = "127.0.0.1:8080";
/// Links an hour that one machine may ask for: everybody in a demo shares it.
const LINKS: u32 = 500;

/// What somebody wants to see.
pub struct Wish {
    /// How many people.
    pub volunteers: usize,
    /// `sqlite:FILE` or `postgres://…`.
    pub database_url: String,
    /// Where to listen; [`LISTEN`], or a free port if that is taken, when none is given.
    pub listen: Option<SocketAddr>,
    /// Whether nothing moves by itself.
    pub still: bool,
}

/// A demo that runs.
pub struct Demo {
    /// Its node.
    pub server: Server,
    /// Sign-in links that work as often as wanted: for a volunteer, a captain and HQ.
    pub links: [String; 3],
    /// Where its mails lie.
    pub mail: PathBuf,
    simulation: Option<tokio::task::JoinHandle<()>>,
    _held: database::Held,
}

/// Makes the campaign and serves it; `tell` hears each step.
///
/// # Errors
/// `Internal` with one sentence: the database is not a demo's, the address cannot be used.
pub async fn start(wish: Wish, tell: &dyn Fn(&str)) -> Result<Demo, Error> {
    let listener = listen(wish.listen)?;
    tell("Preparing the database");
    let url = wish.database_url.clone();
    let held = tokio::task::spawn_blocking(move || database::prepare(&url))
        .await
        .map_err(|why| Error::Internal(why.to_string()))??;
    let mail = database::folder(&wish.database_url).join("mail");
    let app = server::open(settings(&wish, &mail)?, Clock::System, Some(&listener))
        .map_err(Error::Internal)?;
    tell("Making up people on real streets");
    let (tree, now) = (app.tree.clone(), app.clock.now());
    let plan =
        tokio::task::spawn_blocking(move || plan::plan(&tree, wish.volunteers, plan::SEED, now))
            .await
            .map_err(|why| Error::Internal(why.to_string()))?
            .map_err(Error::Internal)?;
    let plan = fill::fill(&app, plan, tell).await?;
    let (cast, mut links) = (&plan.people.cast, Vec::new());
    for at in [cast.volunteer, cast.captain, cast.hq] {
        links.push(accounts::ready_link(&app, plan.people.all[at].id).await?);
    }
    let links = links
        .try_into()
        .map_err(|_| Error::Internal("three links were wanted".into()))?;
    let server = Server::serve(app, listener).map_err(Error::Internal)?;
    let simulation = (!wish.still)
        .then(|| tokio::spawn(simulate::simulate(server.app.clone(), plan, plan::SEED)));
    Ok(Demo {
        server,
        links,
        mail,
        simulation,
        _held: held,
    })
}

impl Demo {
    /// Stops: nobody does anything any more, and the node drains.
    pub async fn stop(self) {
        if let Some(simulation) = self.simulation {
            simulation.abort();
        }
        self.server.stop().await;
    }
}

fn listen(wanted: Option<SocketAddr>) -> Result<TcpListener, Error> {
    let taken = |why| {
        Error::Internal(format!(
            "The demo cannot listen there; name another address with --listen: {why}."
        ))
    };
    match wanted {
        Some(address) if !address.ip().is_loopback() => Err(Error::Internal(
            "A demo listens on this machine alone: name an address such as 127.0.0.1:8080.".into(),
        )),
        Some(address) => TcpListener::bind(address).map_err(taken),
        None => TcpListener::bind(LISTEN)
            .or_else(|_| TcpListener::bind("127.0.0.1:0"))
            .map_err(taken),
    }
}

fn settings(wish: &Wish, mail: &std::path::Path) -> Result<Settings, Error> {
    let mut settings = Settings::defaults().map_err(|why| Error::Internal(why.to_string()))?;
    settings.campaign = "Common Ground".into();
    settings.database_url = Secret(wish.database_url.clone());
    settings.keys_file = PathBuf::new();
    settings.mail = Secret(format!("folder:{}", mail.display()));
    settings.mail_from = "Common Ground <office@example.org>".into();
    settings.links_per_ip_hour = LINKS;
    settings.drain_notice_seconds = 0;
    settings.demo = true;
    Ok(settings)
}

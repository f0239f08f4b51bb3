//! One campaign on one node (or more), fresh for each test.

use muster::Server;
use muster::clock::{Clock, Instant};
use muster::cluster::{Cluster, Reach};
use muster::mailer::Mail;
use muster::settings::{Secret, Settings};
use tempfile::TempDir;

use super::client::Client;
use super::own_redis::OwnRedis;
use super::postgres;

/// Which pair of services a world stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Embedded,
    Production,
}

pub struct World {
    pub place: Place,
    pub clock: Clock,
    pub server: Server,
    pub settings: Settings,
    _folder: TempDir,
}

impl World {
    /// A fresh campaign on Wednesday of week 47 in 2026, 15:00 UTC. `None` where the production
    /// services are not named.
    pub async fn open(place: Place) -> Option<Self> {
        Self::open_with(place, |_| {}).await
    }

    /// The same with settings changed first.
    pub async fn open_with(place: Place, change: impl FnOnce(&mut Settings)) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut settings = Settings::defaults().expect("the defaults");
        settings.listen = "127.0.0.1:0".into();
        settings.mail = Secret("memory".into());
        settings.workers = 2;
        settings.database_connections = 8;
        settings.drain_seconds = 2;
        // A machine that runs many tests at a time may be late as much as it likes.
        settings.patience_ms = 3_600_000;
        settings.drain_notice_seconds = 0;
        // Everybody in a test comes from this machine.
        settings.links_per_ip_hour = 10_000;
        settings.keys_file = folder.path().join("keys.json");
        match place {
            Place::Embedded => {
                settings.database_url = Secret(format!(
                    "sqlite:{}",
                    folder.path().join("muster.db").display()
                ));
            }
            Place::Production => {
                let (database, redis) = postgres::services()?;
                settings.database_url = Secret(postgres::fresh_database(&database));
                settings.redis_url = Secret(redis);
            }
        }
        change(&mut settings);
        let start: Instant = serde_json::from_str("\"2026-11-18T15:00:00Z\"").expect("a time");
        let clock = Clock::manual(start);
        let server = Server::start(settings.clone(), clock.clone())
            .await
            .expect("the server starts");
        Some(Self {
            place,
            clock,
            server,
            settings,
            _folder: folder,
        })
    }

    /// Another node on the same database and Redis, for tests of the cluster.
    pub async fn second_node(&self) -> Server {
        Server::start(self.settings.clone(), self.clock.clone())
            .await
            .expect("the second node starts")
    }

    /// A world of production on a Redis of its own and another node of it, both of which reach it;
    /// `None` where no production services are named.
    pub async fn pair() -> Option<(OwnRedis, Self, Server)> {
        let redis = OwnRedis::start().await?;
        let url = redis.url.clone();
        let world = Self::open_with(Place::Production, |settings| {
            settings.redis_url = Secret(url);
        });
        let Some(world) = world.await else {
            eprintln!("left out: no production services are named");
            return None;
        };
        let other = world.second_node().await;
        for node in [&world.server, &other] {
            reaches(&node.app.cluster, Reach::Up).await;
        }
        Some((redis, world, other))
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Client {
        Client::new(self.server.url())
    }

    /// A browser of another node.
    pub fn browser_of(&self, node: &Server) -> Client {
        Client::new(node.url())
    }

    /// Mails sent so far to `address`, oldest first, after waiting up to five seconds for `count`.
    pub async fn mails(&self, address: &str, count: usize) -> Vec<Mail> {
        for _ in 0..250 {
            let mails = self.mails_now(address);
            if mails.len() >= count {
                return mails;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!(
            "{count} mails to {address} were expected, got {}",
            self.mails_now(address).len()
        );
    }

    /// Mails sent so far, without waiting.
    pub fn mails_now(&self, address: &str) -> Vec<Mail> {
        self.server
            .app
            .mailer
            .sent()
            .into_iter()
            .filter(|mail| mail.to == address)
            .collect()
    }
}

/// Waits until a node's link to Redis is as wanted.
pub async fn reaches(cluster: &Cluster, reach: Reach) {
    for _ in 0..200 {
        if cluster.reach() == reach {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the link does not become {reach:?}");
}

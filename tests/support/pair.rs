//! Two nodes between which only a test carries events, as badly as it likes.

use std::collections::VecDeque;
use std::time::Duration;

use muster::Server;
use muster::cluster::{Cluster, DeedMoved, Event, Reach};
use muster::settings::Secret;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{OwnRedis, Place, World};

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % bound
    }
}

/// Two nodes on one database, each with a Redis of its own, so that only what the test carries from
/// one to the other is heard there.
pub struct Pair {
    pub world: World,
    pub other: Server,
    pub near: OwnRedis,
    pub far: OwnRedis,
    mark: String,
}

impl Pair {
    /// Starts both; `None`, and says so, where the services are missing.
    pub async fn begin() -> Option<Self> {
        let (near, far) = (OwnRedis::start().await?, OwnRedis::start().await?);
        let url = near.url.clone();
        let world = World::open_with(Place::Production, |settings| {
            settings.redis_url = Secret(url);
        });
        let Some(world) = world.await else {
            eprintln!("left out: no production services are named");
            return None;
        };
        let mut settings = world.settings.clone();
        settings.redis_url = Secret(far.url.clone());
        let other = Server::start(settings, world.clock.clone())
            .await
            .expect("the second node starts");
        let mark = world.server.app.db.write(muster::db::mark).await;
        Some(Self {
            mark: mark.expect("the campaign's mark"),
            world,
            other,
            near,
            far,
        })
    }

    /// A place beside the node on `redis`: hears what it says, and can say something to it.
    async fn ear(&self, redis: &OwnRedis) -> Cluster {
        let ear = Cluster::open(&redis.url, &self.mark).expect("a link");
        for _ in 0..200 {
            if ear.reach() == Reach::Up {
                return ear;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("the link does not come up");
    }

    /// Carries events from one Redis to the other, badly: some never, some twice, some late and some
    /// in another order; and now and then one that is old or made up.
    pub async fn carry(&self, from: &OwnRedis, to: &OwnRedis, seed: u64) -> JoinHandle<()> {
        let mut heard = self.ear(from).await.listen();
        let (to, mut chance) = (self.ear(to).await, Chance(seed));
        tokio::spawn(async move {
            let mut held: VecDeque<Event> = VecDeque::new();
            let mut old: Option<Event> = None;
            loop {
                let wait = Duration::from_millis(50 + chance.below(150));
                match timeout(wait, heard.recv()).await {
                    Ok(Ok(event)) => match chance.below(10) {
                        0..4 => {}
                        4..6 => {
                            to.publish(event.clone());
                            to.publish(event.clone());
                            old = Some(event);
                        }
                        6..8 => held.push_front(event),
                        _ => to.publish(event),
                    },
                    Ok(Err(why)) => panic!("{why}"),
                    // Newest first: what was held back comes in the wrong order.
                    Err(_) => match held.pop_front() {
                        Some(event) if chance.below(2) == 0 => to.publish(event),
                        Some(event) => held.push_back(event),
                        None => match chance.below(8) {
                            0 => old.iter().for_each(|event| to.publish(event.clone())),
                            1 => to.publish(made_up()),
                            _ => {}
                        },
                    },
                }
            }
        })
    }
}

/// Says what never happened, of regions and weeks that are not there as well.
fn made_up() -> Event {
    let regions = ["us", "us-oh", "us-oh-39049", "us-tx", "zz-nowhere"];
    Event::ScoresMoved {
        regions: regions
            .iter()
            .filter_map(|code| code.parse().ok())
            .collect(),
        weeks: vec!["2026-W47".into(), "1999-W01".into(), "no week".into()],
        deeds: vec![DeedMoved {
            region: "us-oh-39049-43215".parse().expect("a region"),
            kind: "doors".into(),
            points: 99_999_900,
        }],
    }
}

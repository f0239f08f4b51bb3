//! A world to test in: a real server on a free port, a clock moved by hand, mail kept in memory.

mod cast;
mod client;
mod command;
mod crowd;
mod own_postgres;
mod own_redis;
mod people;
mod postgres;
mod proxy;
mod socket;
mod totals;
mod world;

pub use cast::Person;
pub use client::{Answer, Client};
pub use command::{Command, Running};
pub use own_postgres::OwnPostgres;
pub use own_redis::OwnRedis;
pub use people::{Member, link_in, token_of};
pub use postgres::{empty_database, fresh_database, services};
pub use proxy::Proxy;
pub use socket::Socket;
pub use world::{Place, World};

/// Writes a test once and runs it in both worlds: SQLite in process, PostgreSQL with Redis. The
/// second is left out, and says so, where its services are not named in the environment.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: World) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn promise($world: World) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn embedded() {
                promise(World::open($crate::support::Place::Embedded).await.expect("the embedded world")).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn production() {
                match World::open($crate::support::Place::Production).await {
                    Some(world) => promise(world).await,
                    None => eprintln!("left out: MUSTER_TEST_DATABASE_URL and MUSTER_TEST_REDIS_URL are not set"),
                }
            }
        }
    )+};
}
pub(crate) use both;

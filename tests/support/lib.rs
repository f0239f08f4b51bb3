//! What tests and drills stand on: a world with a real server on a free port, a clock moved by hand
//! and mail kept in memory; services of their own to be treated badly; a log of every operation and a
//! judge of it.
#![allow(missing_docs, reason = "a test's name is its sentence")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test may stop at a surprise"
)]
#![allow(
    clippy::new_without_default,
    clippy::return_self_not_must_use,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "points are exact in tests, counts small"
)]

mod cast;
mod client;
mod command;
mod crowd;
pub mod drill;
mod own_postgres;
mod own_redis;
mod pair;
mod people;
mod postgres;
mod proxy;
mod socket;
mod totals;
mod world;

pub use cast::Person;
pub use client::{Answer, Client};
pub use command::{Command, Running, program};
pub use own_postgres::OwnPostgres;
pub use own_redis::OwnRedis;
pub use pair::Pair;
pub use people::{Member, link_in, token_of};
pub use postgres::{empty_database, fresh_database, services};
pub use proxy::{Fault, Proxy};
pub use socket::Socket;
pub use world::{Place, World, reaches};

/// Writes a test of a `World` or a `Site` once and runs it in both worlds: SQLite in process, PostgreSQL with Redis. The
/// second is left out, and says so, where its services are not named in the environment.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: $kind:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn promise($world: $kind) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn embedded() {
                promise($kind::open($crate::Place::Embedded).await.expect("the embedded world")).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn production() {
                match $kind::open($crate::Place::Production).await {
                    Some(world) => promise(world).await,
                    None => eprintln!("left out: MUSTER_TEST_DATABASE_URL and MUSTER_TEST_REDIS_URL are not set"),
                }
            }
        }
    )+};
}

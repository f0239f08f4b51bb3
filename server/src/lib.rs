//! Muster: an open, self-hosted field office for volunteer campaigns.
//!
//! `docs/ARCHITECTURE.md` is the map. In short: `routes` lists every URL; a feature folder holds one
//! noun (`mod` its face, `rules` pure thinking, `store` its SQL, `pages` and `api` its two outsides);
//! `ledger` is the append-only truth of points and `live` carries what moved to the sockets.

pub mod accounts;
pub mod activities;
pub mod app;
pub mod audit;
pub mod clock;
pub mod cluster;
pub mod commands;
pub mod db;
pub mod demo;
pub mod desk;
pub mod error;
pub mod feed;
pub mod followups;
pub mod health;
pub mod http;
pub mod ids;
pub mod ledger;
pub mod live;
pub mod mailer;
pub mod matching;
pub mod me;
pub mod metrics;
pub mod prose;
pub mod races;
pub mod region_code;
pub mod regions;
pub mod routes;
pub mod scope;
pub mod server;
pub mod sessions;
pub mod settings;
pub mod tasks;
pub mod trace;
pub mod volunteers;
pub mod words;

pub use server::Server;

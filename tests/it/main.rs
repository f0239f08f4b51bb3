//! Promises, kept in two worlds: each test drives a real server over HTTP and sockets.
#![allow(missing_docs, reason = "a test's name is its sentence")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at a surprise"
)]

mod support;

mod accounts;
mod activities;
mod desk;
mod desk_pages;
mod feed;
mod followups;
mod commands;
mod house;
mod ledger;
mod live;
mod matching;
mod migrations;
mod races;
mod tasks;
mod tidy;
mod outage;
mod scope;

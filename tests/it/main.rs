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
mod commands;
mod demo;
mod desk;
mod desk_pages;
mod faults;
mod feed;
mod followups;
mod house;
mod ledger;
mod links;
mod live;
mod matching;
mod migrations;
mod outage;
mod races;
mod scope;
mod sessions;
mod smtp;
mod task_pages;
mod tasks;
mod tidy;

//! Promises, kept in two worlds: each test drives a real server over HTTP and sockets.
#![allow(missing_docs, reason = "a test's name is its sentence")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at a surprise"
)]
#![allow(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "points are exact in tests, counts small"
)]
#![allow(
    clippy::match_same_arms,
    clippy::struct_field_names,
    clippy::unused_self,
    clippy::flat_map_option,
    clippy::filter_map_next,
    reason = "rows of a matrix and small builders read better as they are"
)]

use muster_tests as support;

mod accounts;
mod activities;
mod admission;
mod audit;
mod backup;
mod cluster;
mod commands;
mod connections;
mod demo;
mod desk;
mod desk_pages;
mod faults;
mod feed;
mod finals;
mod followups;
mod heard;
mod hearsay;
mod home_pages;
mod house;
mod leaving;
mod ledger;
mod links;
mod live;
mod looks;
mod matching;
mod metrics;
mod migrations;
mod missions;
mod moving;
mod outage;
mod own_pages;
mod panics;
mod presence;
mod profile;
mod races;
mod repeats;
mod restore;
mod scope;
mod sessions;
mod shared_limits;
mod smtp;
mod stopping;
mod task_pages;
mod tasks;
mod tidy;
mod traces;
mod unstorable;
mod wire;

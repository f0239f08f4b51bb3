//! HTTP, once: sessions from cookies, forms, bodies, pages, errors, headers, assets, the route table.
//!
//! A feature's `pages.rs` and `api.rs` use what stands here and nothing else of actix.

mod admission;
mod api;
mod assets;
mod body;
mod caught;
mod crowd;
mod error;
mod form;
mod guard;
mod meter;
mod openapi;
mod page;
mod route;
mod session;
mod traced;
mod unread;

pub use admission::{Class, Door};
pub use api::{
    Accepted, Body, Created, Key, Listing, MaybeKey, NoContent, Paging, Query, read_value,
};
pub use assets::Assets;
pub use crowd::Crowd;
pub use error::{ApiError, PageError, problem};
pub use form::{Faults, Form};
pub use guard::{RequestName, guard};
pub use meter::Requests;
pub use openapi::document;
pub use page::{Page, See};
pub use route::{Route, Who, configure};
pub use session::{Browser, Cookies, Leader, Maybe, Peer, SignedIn, Staff};
pub use traced::traced;

use std::sync::Arc;

use crate::clock::Clock;
use crate::db::Db;
use crate::sessions::Sessions;
use crate::settings::Settings;
use crate::words::Words;

/// What the HTTP layer itself needs of the house; the app hands it over at start.
#[derive(Clone)]
pub struct Front {
    /// Sessions and their keys.
    pub sessions: Sessions,
    /// The database, for sessions.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The catalogue.
    pub words: Words,
    /// The settings; `public_url` is filled in by now.
    pub settings: Arc<Settings>,
    /// Styles, scripts and pictures.
    pub assets: Assets,
}

impl Front {
    /// The origin that links and the same-origin check go by, such as `https://muster.example.org`.
    pub fn origin(&self) -> &str {
        self.settings.public_url.trim_end_matches('/')
    }

    /// The front of the app that serves `request`. Present in every app that [`configure`] made.
    pub fn of(request: &actix_web::HttpRequest) -> Option<&Self> {
        request
            .app_data::<actix_web::web::Data<Self>>()
            .map(actix_web::web::Data::get_ref)
    }
}

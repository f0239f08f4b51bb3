//! Joining and signing in as pages.

mod joining;
mod signing_in;

pub use joining::{choices, invitation, join, register, waiting, welcome};
pub use signing_in::{end_session, enter, link, sign_in, sign_out, sign_out_everywhere, spend};

use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::Asker;
use crate::app::App;
use crate::http::{Browser, Cookies, PageError, Peer, See};
use crate::words::Lang;

type Answer = Result<HttpResponse, PageError>;

fn asker(browser: &Browser, peer: Peer, lang: &Lang) -> Asker {
    Asker {
        browser: Some(browser.handle.clone()),
        ip: peer.ip,
        lang: lang.tag().to_owned(),
    }
}

/// The cookie that binds the coming link to this browser.
fn bound(app: &App, browser: &Browser) -> Cookie<'static> {
    Cookies::browser(&app.front(), &browser.handle)
}

fn see(path: &str, request: &HttpRequest, cookies: &[Cookie<'static>]) -> HttpResponse {
    let mut response = See(path.to_owned()).respond_to(request);
    for cookie in cookies {
        if let Err(why) = response.add_cookie(cookie) {
            tracing::warn!(%why, "a cookie could not be set");
        }
    }
    response
}

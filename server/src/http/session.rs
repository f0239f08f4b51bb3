//! The person behind a request, and the cookies that say so.

use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite, time::Duration as CookieSpan};
use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::{ApiError, Front, PageError};
use crate::error::Error;
use crate::ids::{SessionId, secret};
use crate::sessions::{Audience, Opened, Viewer};
use crate::words::Lang;

/// What the guard found out about the request's person.
#[derive(Clone, Default)]
pub(super) struct Resolved {
    pub viewer: Option<Arc<Viewer>>,
    /// The database could not be asked.
    pub away: bool,
    /// A fresh token for the browser.
    pub renewed: Option<String>,
}

impl Resolved {
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    fn required(request: &HttpRequest) -> Result<Arc<Viewer>, Error> {
        let found = Self::of(request).unwrap_or_default();
        if found.away {
            return Err(Error::Unavailable { retry_after: 1 });
        }
        found.viewer.ok_or(Error::SignInNeeded)
    }
}

/// The names and flags of our cookies.
pub struct Cookies;

impl Cookies {
    fn name(front: &Front, what: &str) -> String {
        // The prefix makes browsers insist on Secure, Path=/ and no Domain.
        if front.settings.is_https() {
            format!("__Host-{what}")
        } else {
            what.to_owned()
        }
    }

    fn make(front: &Front, what: &str, value: String, seconds: i64) -> Cookie<'static> {
        Cookie::build(Self::name(front, what), value)
            .path("/")
            .http_only(true)
            .secure(front.settings.is_https())
            .same_site(SameSite::Lax)
            .max_age(CookieSpan::seconds(seconds))
            .finish()
    }

    /// The short token that names a session.
    pub(super) fn token(front: &Front, token: String) -> Cookie<'static> {
        Self::make(front, "muster", token, 600)
    }

    /// Both cookies of a browser's session that was just opened.
    pub fn opened(front: &Front, opened: &Opened) -> Result<Vec<Cookie<'static>>, Error> {
        let token = front
            .sessions
            .token(opened.session, Audience::Web, front.clock.now())?;
        let life = i64::from(front.settings.session_days) * 86_400;
        Ok(vec![
            Self::token(front, token),
            Self::make(front, "muster-refresh", opened.refresh.clone(), life),
        ])
    }

    /// Takes both away.
    pub fn closed(front: &Front) -> Vec<Cookie<'static>> {
        ["muster", "muster-refresh"]
            .map(|what| Self::make(front, what, String::new(), 0))
            .into()
    }

    /// The cookie that binds a browser to its requests for links; lives a day.
    pub fn browser(front: &Front, handle: &str) -> Cookie<'static> {
        Self::make(front, "muster-browser", handle.to_owned(), 86_400)
    }

    fn read(request: &HttpRequest, front: &Front, what: &str) -> Option<String> {
        request
            .cookie(&Self::name(front, what))
            .map(|cookie| cookie.value().to_owned())
    }

    /// True when the request brings a session cookie of ours.
    pub(super) fn any(request: &HttpRequest, front: &Front) -> bool {
        ["muster", "muster-refresh", "muster-browser"]
            .iter()
            .any(|what| Self::read(request, front, what).is_some())
    }
}

/// The person behind a request, where nothing need be waited for: the token names somebody who was
/// here a moment ago, or nothing says who it is.
pub(super) fn resolve_now(request: &HttpRequest, front: &Front) -> Option<Resolved> {
    let now = front.clock.now();
    let session = if let Some(token) = bearer(request) {
        front.sessions.named(token, Audience::Api, now)
    } else if let Some(token) = Cookies::read(request, front, "muster") {
        front.sessions.named(&token, Audience::Web, now)
    } else {
        let nobody = Cookies::read(request, front, "muster-refresh").is_none();
        return nobody.then(Resolved::default);
    };
    let session = session.ok()?;
    Some(Resolved {
        viewer: front.sessions.known(session)?,
        ..Resolved::default()
    })
}

/// Finds the person behind a request: bearer token, else cookie token, else the refresh cookie.
pub(super) async fn resolve(request: &HttpRequest, front: &Front) -> Resolved {
    let now = front.clock.now();
    let mut found = Resolved::default();
    let session: Option<SessionId> = if let Some(bearer) = bearer(request) {
        front.sessions.named(bearer, Audience::Api, now).ok()
    } else {
        let named = Cookies::read(request, front, "muster")
            .and_then(|token| front.sessions.named(&token, Audience::Web, now).ok());
        match (named, Cookies::read(request, front, "muster-refresh")) {
            (Some(session), _) => Some(session),
            (None, Some(refresh)) => match front.sessions.renew(&front.db, &refresh, now).await {
                Ok(session) => {
                    found.renewed = front.sessions.token(session, Audience::Web, now).ok();
                    Some(session)
                }
                Err(Error::SignInNeeded) => None,
                Err(_) => {
                    found.away = true;
                    None
                }
            },
            (None, None) => None,
        }
    };
    if let Some(session) = session {
        match front.sessions.viewer(&front.db, session, now).await {
            Ok(viewer) => found.viewer = viewer,
            Err(_) => found.away = true,
        }
    }
    found
}

pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim_start().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The language of a request.
pub(super) fn lang_of(request: &HttpRequest, front: &Front) -> Lang {
    let accept = request
        .headers()
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    front.words.choose(accept.unwrap_or("en"))
}

fn refused(request: &HttpRequest, error: Error) -> actix_web::Error {
    if request.path().starts_with("/api/") || request.path() == "/live" {
        ApiError(error).into()
    } else {
        PageError(error).into()
    }
}

/// Somebody signed in; 401 or a way to the sign-in page otherwise.
pub struct SignedIn(pub Arc<Viewer>);

/// A captain or HQ; 403 for other members.
pub struct Leader(pub Arc<Viewer>);

/// HQ; 403 for other members.
pub struct Staff(pub Arc<Viewer>);

/// Whoever it is, or nobody.
pub struct Maybe(pub Option<Arc<Viewer>>);

macro_rules! person {
    ($name:ident, $allowed:expr) => {
        impl FromRequest for $name {
            type Error = actix_web::Error;
            type Future = Ready<Result<Self, actix_web::Error>>;
            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let allowed: fn(&Viewer) -> bool = $allowed;
                ready(match Resolved::required(request) {
                    Ok(viewer) if allowed(&viewer) => Ok(Self(viewer)),
                    Ok(_) => Err(refused(request, Error::Forbidden("error-forbidden".into()))),
                    Err(error) => Err(refused(request, error)),
                })
            }
        }
    };
}
person!(SignedIn, |_| true);
person!(Leader, Viewer::is_leader);
person!(Staff, |viewer| viewer.staff);

impl FromRequest for Maybe {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(
            Resolved::of(request).and_then(|resolved| resolved.viewer),
        )))
    }
}

impl FromRequest for Lang {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match Front::of(request) {
            Some(front) => Ok(lang_of(request, front)),
            None => Err(refused(
                request,
                Error::Internal("no front in the app".into()),
            )),
        })
    }
}

/// The browser's own secret, which links are bound to: from its cookie, or fresh.
pub struct Browser {
    /// The secret.
    pub handle: String,
    /// Whether the browser brought it.
    pub known: bool,
}

impl FromRequest for Browser {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let brought = Front::of(request)
            .and_then(|front| Cookies::read(request, front, "muster-browser"))
            .filter(|handle| handle.len() == 64);
        ready(Ok(match brought {
            Some(handle) => Self {
                handle,
                known: true,
            },
            None => Self {
                handle: secret(32),
                known: false,
            },
        }))
    }
}

/// Where a request comes from: the peer's address, or what a trusted proxy says it forwarded for.
pub struct Peer {
    /// The address; empty when there is none (a test without a socket).
    pub ip: String,
    /// What the browser calls itself.
    pub device: String,
}

/// Who is behind `peer`: the last address that is not itself a trusted proxy, which is the one we can
/// vouch for. A proxy adds to the line that came or sends one of its own after it, and may add a port.
/// What is no address was not written by a proxy of ours to be believed, nor is what stands before it.
fn forwarded(peer: IpAddr, lines: &[&str], proxies: &[IpAddr]) -> IpAddr {
    let proxies: Vec<IpAddr> = proxies.iter().map(IpAddr::to_canonical).collect();
    let mut last = peer.to_canonical();
    for text in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !proxies.contains(&last) {
            break;
        }
        match address(text.trim()) {
            Some(before) => last = before.to_canonical(),
            None => break,
        }
    }
    last
}

/// An address, perhaps with a port: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let port = || text.parse::<SocketAddr>().map(|address| address.ip());
    bare.unwrap_or(text).parse().or_else(|_| port()).ok()
}

impl FromRequest for Peer {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = |name: &str| {
            request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let peer = request.peer_addr().map(|address| address.ip());
        let proxies = Front::of(request).map(|front| &*front.settings.trusted_proxies);
        let lines = request.headers().get_all("x-forwarded-for");
        let lines: Vec<&str> = lines
            .map(|line| line.to_str().unwrap_or_default())
            .collect();
        let ip = peer.map(|peer| forwarded(peer, &lines, proxies.unwrap_or_default()));
        ready(Ok(Self {
            ip: ip.map(|ip| ip.to_string()).unwrap_or_default(),
            device: header("user-agent").unwrap_or_default().to_owned(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_wrote_is_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [ip("127.0.0.1"), ip("10.0.0.1")];
        for (peer, lines, asker) in [
            ("192.0.2.9", &["198.51.100.1"][..], "192.0.2.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["203.0.113.1, 198.51.100.1"], "198.51.100.1"),
            (
                "127.0.0.1",
                &["203.0.113.1", "198.51.100.1"],
                "198.51.100.1",
            ),
            (
                "127.0.0.1",
                &["203.0.113.1, 198.51.100.1, 10.0.0.1"],
                "198.51.100.1",
            ),
            (
                "127.0.0.1",
                &["203.0.113.1, 198.51.100.1:4711"],
                "198.51.100.1",
            ),
            ("127.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("127.0.0.1", &["[2001:db8::7]"], "2001:db8::7"),
            ("127.0.0.1", &["203.0.113.1, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.1, unknown, 10.0.0.1"], "10.0.0.1"),
            ("127.0.0.1", &["10.0.0.1"], "10.0.0.1"),
        ] {
            let found = forwarded(ip(peer), lines, &proxies);
            assert_eq!(found, ip(asker), "{peer} {lines:?}");
        }
    }
}

//! What happens to every request: a name, the same-origin check, the person, the error body, and the
//! security headers, on errors too.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CROSS_ORIGIN_OPENER_POLICY,
    CROSS_ORIGIN_RESOURCE_POLICY, HeaderName, HeaderValue, ORIGIN, PERMISSIONS_POLICY,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use super::admission::{Class, Door, Pass, Refused};
use super::error::{ApiError, Asked, PageError, render};
use super::meter::Meter;
use super::session::{self, Cookies, Resolved};
use super::{Front, page};
use crate::db::urgently;
use crate::error::Error;
use crate::ids::readable;

/// The request's name: in the log, on error pages, in problem documents, in `x-request-id`.
#[derive(Clone)]
pub struct RequestName(pub String);

/// What every response says to browsers.
static SECURITY: [(HeaderName, HeaderValue); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        CROSS_ORIGIN_OPENER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        CROSS_ORIGIN_RESOURCE_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=()"),
    ),
];
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost middleware.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(front) = request.app_data::<Data<Front>>().cloned() else {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_boxed_body);
    };
    let begun = Instant::now();
    let name = readable(10);
    request.extensions_mut().insert(RequestName(name.clone()));
    // Before anything is asked or read, so that a refusal costs next to nothing.
    let pass = match enter(&request) {
        Ok(pass) => pass,
        Err(Refused { retry_after }) => {
            let error = Error::Unavailable { retry_after };
            let answer = answer(&error, request.request(), &front, &name);
            let refused = request.into_response(answer);
            return Ok(finish(refused, &front, &name, None, None));
        }
    };
    let urgent = pass.as_ref().is_some_and(|(class, _)| class.is_urgent());
    let asked = Name { name, begun };
    if urgent {
        // In a box: it would make the future of every request larger.
        Box::pin(urgently(inside(request, next, front, asked))).await
    } else {
        inside(request, next, front, asked).await
    }
}

/// What a request is called, and when it came.
struct Name {
    name: String,
    begun: Instant,
}

/// What happens to a request that was let in.
async fn inside(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    front: Data<Front>,
    Name { name, begun }: Name,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let static_file = request.path().starts_with("/static/");
    if !static_file {
        if let Err(error) = same_origin(request.request(), &front) {
            let answer = answer(&error, request.request(), &front, &name);
            let refused = request.into_response(answer);
            return Ok(finish(refused, &front, &name, None, Some(begun)));
        }
        let found = match session::resolve_now(request.request(), &front) {
            Some(found) => found,
            // In a box: what is seldom needed would make every request's future larger.
            None => Box::pin(session::resolve(request.request(), &front)).await,
        };
        request.extensions_mut().insert(found);
    }
    // The request must not be held here as well: routing needs it for itself alone.
    let response = next.call(request).await?.map_into_boxed_body();
    let renewed = Resolved::of(response.request()).and_then(|found| found.renewed);
    let response = match fault(&response) {
        Some(error) => {
            let body = answer(&error, response.request(), &front, &name);
            response.into_response(body)
        }
        None => response,
    };
    Ok(finish(response, &front, &name, renewed, Some(begun)))
}

/// Through the door of this worker; what is never refused needs no pass.
fn enter(request: &ServiceRequest) -> Result<Option<(Class, Pass)>, Refused> {
    let class = Class::of(request.method(), request.path());
    let door = request.app_data::<Door>();
    let Some((door, class)) = door.zip(class) else {
        return Ok(None);
    };
    let entered = door.enter(class);
    if entered.is_err()
        && let Some(meter) = Meter::of(request.request())
    {
        meter.refuse(class);
    }
    entered.map(|pass| Some((class, pass)))
}

/// The error behind a response, if it still needs a body.
fn fault(response: &ServiceResponse<BoxBody>) -> Option<Error> {
    let status = response.status();
    if let Some(error) = response.response().error() {
        let ours = error
            .as_error::<ApiError>()
            .map(|error| &error.0)
            .or_else(|| error.as_error::<PageError>().map(|error| &error.0));
        return Some(match ours {
            Some(error) => error.clone(),
            None if status == StatusCode::NOT_FOUND => Error::NotFound,
            None if status == StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            None if status.is_client_error() => Error::Malformed("error-malformed".into()),
            None => Error::Internal(error.to_string()),
        });
    }
    None
}

fn answer(error: &Error, request: &HttpRequest, front: &Front, name: &str) -> HttpResponse {
    let path = request
        .uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string);
    let api = path.starts_with("/api/") || path.starts_with("/live");
    let lang = session::lang_of(request, front);
    render(
        error,
        &Asked {
            front,
            lang,
            name,
            viewer: Resolved::of(request).and_then(|found| found.viewer),
            path,
            api,
        },
    )
}

/// State changes must come from our own pages, or from a program that brings no cookie.
fn same_origin(request: &HttpRequest, front: &Front) -> Result<(), Error> {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    ) {
        return Ok(());
    }
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let foreign = || Err(Error::Forbidden("error-origin".into()));
    if session::bearer(request).is_some() {
        return Ok(());
    }
    match header(ORIGIN.as_str()) {
        Some(origin) if origin == front.origin() => Ok(()),
        Some(_) => foreign(),
        None if header("sec-fetch-site") == Some("same-origin") => Ok(()),
        None if Cookies::any(request, front) || header("sec-fetch-site").is_some() => foreign(),
        None => Ok(()),
    }
}

fn finish(
    mut response: ServiceResponse<BoxBody>,
    front: &Front,
    name: &str,
    renewed: Option<String>,
    begun: Option<Instant>,
) -> ServiceResponse<BoxBody> {
    if let Some(token) = renewed {
        // A handler that set or took the cookie itself has the last word.
        let set = response
            .response()
            .cookies()
            .any(|cookie| cookie.name().ends_with("muster"));
        if !set
            && let Err(why) = response
                .response_mut()
                .add_cookie(&Cookies::token(front, token))
        {
            tracing::warn!(%why, "a renewed token could not be set");
        }
    }
    let headers = response.headers_mut();
    for (name, value) in &SECURITY {
        headers.insert(name.clone(), value.clone());
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, NO_STORE);
    }
    if front.settings.is_https() {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    if let Ok(value) = HeaderValue::from_str(name) {
        headers.insert(REQUEST_ID, value);
    }
    // What was not let in is counted at the door, and says nothing of how long answers take.
    let request = response.request();
    if let (Some(begun), Some(meter)) = (begun, Meter::of(request)) {
        meter.count(request.method(), response.status(), begun.elapsed());
    }
    response
}

/// What a known path answers to a method that it does not take: what it takes.
pub(super) fn otherwise(allow: String) -> actix_web::Route {
    actix_web::web::to(move |method: Method| {
        let allow = allow.clone();
        async move {
            if method == Method::OPTIONS {
                Ok(HttpResponse::NoContent()
                    .insert_header((ALLOW, allow))
                    .finish())
            } else {
                Err(ApiError(Error::WrongMethod { allow }))
            }
        }
    })
}

/// What is not in the table.
pub(super) fn fallback() -> actix_web::Route {
    actix_web::web::to(page::nothing_here)
}

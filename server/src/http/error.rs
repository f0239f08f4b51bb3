//! From an [`Error`] to what a client reads: HTML for pages, problem+json for the API.
//!
//! A handler's return type picks the form; the guard renders the body, since it knows the request's
//! name and language, and logs internals, once.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;
use std::fmt;
use std::sync::Arc;

use super::Front;
use super::page::{self, ErrorPage};
use crate::error::Error;
use crate::sessions::Viewer;
use crate::words::Lang;

/// An error of a JSON call.
#[derive(Debug, Clone)]
pub struct ApiError(pub Error);

/// An error of a page.
#[derive(Debug, Clone)]
pub struct PageError(pub Error);

macro_rules! wraps {
    ($name:ident) => {
        impl<E: Into<Error>> From<E> for $name {
            fn from(error: E) -> Self {
                Self(error.into())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl ResponseError for $name {
            fn status_code(&self) -> StatusCode {
                status(&self.0)
            }
            fn error_response(&self) -> HttpResponse {
                HttpResponse::new(status(&self.0))
            }
        }
    };
}
wraps!(ApiError);
wraps!(PageError);

/// The status table.
pub(super) fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Malformed(_) => StatusCode::BAD_REQUEST,
        Error::SignInNeeded => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::WrongMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Gone(_) => StatusCode::GONE,
        Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn detail(error: &Error, lang: &Lang, front: &Front, api: bool) -> String {
    match error {
        Error::Invalid(faults) if faults.0.len() == 1 => lang.sentence(&faults.0[0].1),
        Error::Invalid(_) => lang.say("error-invalid").to_string(),
        Error::Malformed(why) | Error::Forbidden(why) | Error::Conflict(why) | Error::Gone(why) => {
            lang.sentence(why)
        }
        Error::SignInNeeded => lang.say("error-sign-in-needed").to_string(),
        Error::NotFound => lang.say("error-not-found").to_string(),
        Error::WrongMethod { allow } => lang
            .say("error-method")
            .with("allow", allow.as_str())
            .to_string(),
        Error::TooSlow => lang.say("error-too-slow").to_string(),
        Error::TooLarge => lang
            .say("error-too-large")
            .with("kib", front.settings.body_limit_kib)
            .to_string(),
        Error::WrongType => {
            let wanted = if api {
                "application/json"
            } else {
                "application/x-www-form-urlencoded"
            };
            lang.say("error-wrong-type")
                .with("wanted", wanted)
                .to_string()
        }
        Error::TooMany { retry_after } => lang
            .say("error-too-many")
            .with("seconds", *retry_after)
            .to_string(),
        Error::Unavailable { retry_after } => lang
            .say("error-unavailable")
            .with("seconds", *retry_after)
            .to_string(),
        Error::Internal(_) => lang.say("error-internal").to_string(),
    }
}

/// The problem document of an error, still without a request's name.
pub fn problem(error: &Error, lang: &Lang, front: &Front) -> serde_json::Value {
    let status = status(error).as_u16();
    let mut body = json!({
        "type": "about:blank",
        "title": lang.say(&format!("error-title-{status}")).to_string(),
        "status": status,
        "detail": detail(error, lang, front, true),
        "errors": {},
    });
    if let Error::Invalid(faults) = error {
        for (field, sentence) in &faults.0 {
            let list = &mut body["errors"][field.as_str()];
            let text = json!(lang.sentence(sentence));
            match list.as_array_mut() {
                Some(list) => list.push(text),
                None => *list = json!([text]),
            }
        }
    }
    body
}

/// What a response about `error` should be rendered for.
pub(super) struct Asked<'a> {
    pub front: &'a Front,
    pub lang: Lang,
    pub name: &'a str,
    /// Who asked, for the frame of a page.
    pub viewer: Option<Arc<Viewer>>,
    pub path: String,
    pub api: bool,
}

/// The finished response.
pub(super) fn render(error: &Error, asked: &Asked<'_>) -> HttpResponse {
    let status = status(error);
    if let Error::Internal(why) = error {
        tracing::error!(request = asked.name, why, "internal fault");
    }
    let mut response = HttpResponse::build(status);
    if let Error::Unavailable { retry_after } | Error::TooMany { retry_after } = error {
        response.insert_header((RETRY_AFTER, retry_after.to_string()));
    }
    if let Error::WrongMethod { allow } = error {
        response.insert_header((ALLOW, allow.as_str()));
    }
    if matches!(error, Error::TooSlow) {
        // What is left of the body may still come, and is no next request.
        response.force_close();
    }
    if asked.api && matches!(error, Error::SignInNeeded) {
        response.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    if !asked.api && matches!(error, Error::SignInNeeded) {
        let next: String = url::form_urlencoded::byte_serialize(asked.path.as_bytes()).collect();
        return HttpResponse::SeeOther()
            .insert_header((LOCATION, format!("/sign-in?next={next}")))
            .finish();
    }
    if asked.api {
        let mut body = problem(error, &asked.lang, asked.front);
        body["request_id"] = json!(asked.name);
        return response
            .insert_header((CONTENT_TYPE, "application/problem+json"))
            .body(body.to_string());
    }
    let title_key = format!("error-title-{}", status.as_u16());
    let title = asked.lang.say(&title_key).to_string();
    let detail = detail(error, &asked.lang, asked.front, false);
    let faults = match error {
        // A single fault is the sentence above already.
        Error::Invalid(faults) if faults.0.len() > 1 => faults
            .0
            .iter()
            .map(|(_, why)| asked.lang.sentence(why))
            .collect(),
        _ => Vec::new(),
    };
    let content = ErrorPage {
        l: asked.lang.clone(),
        status: status.as_u16(),
        title: title.clone(),
        detail,
        faults,
        name: asked.name.to_owned(),
    };
    page::finish(
        &mut response,
        asked.front,
        &asked.lang,
        asked.viewer.as_deref(),
        &asked.path,
        &title,
        &content,
    )
}

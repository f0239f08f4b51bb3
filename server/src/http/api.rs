//! Bodies, queries and answers of the JSON API.

use std::future::{Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use serde::de::{DeserializeOwned, IgnoredAny as Any};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::{ApiError, body, unread};
use crate::error::{Error, Sentence};

/// A JSON body read into `T`: unknown, missing and ill-typed fields are refused by name (422), other
/// content types with 415, larger bodies with 413.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        let bytes = body::take(request, payload);
        Box::pin(async move {
            if !json {
                return Err(ApiError(Error::WrongType));
            }
            let body = bytes.await.map_err(ApiError)?;
            read(&body).map(Self).map_err(ApiError)
        })
    }
}

/// Reads a JSON object, telling bad syntax (400) from a bad field (422). A list is refused: a struct
/// would take its entries for fields by their place.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err(match serde_json::from_slice::<Any>(body) {
            Err(why) if first.is_some() => syntax(&why),
            _ => Error::Malformed("error-json-object".into()),
        });
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|fault| {
        let (path, why) = (fault.path().to_string(), fault.into_inner());
        if why.is_data() {
            Error::Invalid(unread::fault(&path, &why.to_string()))
        } else {
            misread::<T>(body).unwrap_or_else(|| syntax(&why))
        }
    })?;
    json.end().map_err(|why| syntax(&why))?;
    Ok(value)
}

/// The fault of a body that is JSON after all: where one of a few names should stand and no text
/// does, the reader complains of the syntax.
fn misread<T: DeserializeOwned>(body: &[u8]) -> Option<Error> {
    let whole = serde_json::from_slice(body).ok()?;
    read_value::<T>(whole).err()
}

/// Reads a part of a body that was taken in unread, as [`Body`] would.
///
/// # Errors
/// `Invalid` naming the field.
pub fn read_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Error> {
    if !value.is_object() {
        return Err(Error::field("row", "error-json-object"));
    }
    serde_path_to_error::deserialize(value).map_err(|fault| {
        let path = fault.path().to_string();
        Error::Invalid(unread::fault(&path, &fault.into_inner().to_string()))
    })
}

fn syntax(why: &serde_json::Error) -> Error {
    Error::Malformed(Sentence::Key(
        "error-json-syntax",
        vec![("why", why.to_string())],
    ))
}

/// A query string read into `T`; unknown and ill-typed parts are 422.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = form_urlencoded::parse(request.query_string().as_bytes());
        let read = serde_path_to_error::deserialize(serde_html_form::Deserializer::new(parts));
        ready(read.map(Self).map_err(|fault| {
            let path = fault.path().to_string();
            ApiError(Error::Invalid(unread::fault(
                &path,
                &fault.into_inner().to_string(),
            )))
        }))
    }
}

/// `?after=&limit=` of a long list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The cursor of the page before: its `next`.
    pub after: Option<String>,
    /// Rows wanted, 1 to 200; 50 when left out.
    pub limit: Option<i64>,
}

impl Paging {
    /// The limit, checked.
    ///
    /// # Errors
    /// `Invalid` on field `limit`.
    pub fn limit(&self) -> Result<i64, Error> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=200 => Ok(limit),
            _ => Err(Error::field("limit", "error-limit")),
        }
    }

    /// The cursor as an id, if one was given.
    ///
    /// # Errors
    /// `Invalid` on field `after`.
    pub fn after(&self) -> Result<Option<i64>, Error> {
        match self.after.as_deref().filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => match crate::ids::decode(text) {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(Error::field("after", "error-cursor")),
            },
        }
    }
}

/// One page of a long list.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; null at the end.
    pub next: Option<String>,
}

impl<T> Listing<T> {
    /// Makes a page of `items`, which were asked for with one row more than `limit`; `cursor` gives
    /// a row's place.
    pub fn page(mut items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> i64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| crate::ids::encode(cursor(last)));
        Self { items, next }
    }
}

impl<T: Serialize> Responder for Listing<T> {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}

macro_rules! answer {
    ($(#[$doc:meta])* $name:ident, $status:expr) => {
        $(#[$doc])*
        pub struct $name<T>(pub T);
        impl<T: Serialize> Responder for $name<T> {
            type Body = actix_web::body::BoxBody;
            fn respond_to(self, _: &HttpRequest) -> HttpResponse {
                HttpResponse::build($status).json(self.0)
            }
        }
    };
}
answer!(
    /// 201 with the thing.
    Created,
    StatusCode::CREATED
);
answer!(
    /// 202: taken in, not yet done.
    Accepted,
    StatusCode::ACCEPTED
);

/// 204.
pub struct NoContent;

impl Responder for NoContent {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

/// The `Idempotency-Key` of a call that scores: 1 to 200 visible ASCII characters; 400 without.
pub struct Key(pub String);

impl Key {
    /// Marks an answer that was given before.
    pub fn replayed() -> (HeaderName, HeaderValue) {
        (
            HeaderName::from_static("idempotent-replayed"),
            HeaderValue::from_static("true"),
        )
    }
}

impl FromRequest for Key {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let refuse = |why: &'static str| ready(Err(ApiError(Error::Malformed(why.into()))));
        let Some(sent) = request.headers().get("idempotency-key") else {
            return refuse("error-key-needed");
        };
        let key = sent.to_str().unwrap_or_default().trim();
        if (1..=200).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
            ready(Ok(Self(key.to_owned())))
        } else {
            refuse("error-key-malformed")
        }
    }
}

/// The `Idempotency-Key` of a call that may do without one.
pub struct MaybeKey(pub Option<String>);

impl FromRequest for MaybeKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if request.headers().contains_key("idempotency-key") {
            let key = Key::from_request(request, payload).into_inner();
            ready(key.map(|Key(key)| Self(Some(key))))
        } else {
            ready(Ok(Self(None)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        #[expect(dead_code, reason = "only its reading is under test")]
        quantity: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sheet {
        #[expect(dead_code, reason = "only its reading is under test")]
        rows: Vec<Row>,
    }

    fn field(body: &str) -> String {
        match read::<Sheet>(body.as_bytes()) {
            Err(Error::Invalid(faults)) => faults.0[0].0.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bad_body_names_the_field() {
        assert_eq!(field(r#"{"rows":[],"colour":1}"#), "colour");
        assert_eq!(field(r#"{"rows":[{"quantity":1,"x":2}]}"#), "rows[0].x");
        assert_eq!(
            field(r#"{"rows":[{"quantity":"many"}]}"#),
            "rows[0].quantity"
        );
        assert_eq!(field(r"{}"), "rows");
    }

    #[test]
    fn what_is_no_object_is_malformed() {
        for body in [
            "",
            " ",
            "[[]]",
            " [{\"quantity\":1}]",
            "7",
            "null",
            "\"rows\"",
        ] {
            assert!(
                matches!(
                    read::<Sheet>(body.as_bytes()),
                    Err(Error::Malformed(Sentence::Key("error-json-object", _)))
                ),
                "{body}"
            );
        }
    }

    #[test]
    fn bad_syntax_is_malformed() {
        for body in ["{", "{\"rows\":[]} x", "\u{0}", "[1"] {
            assert!(
                matches!(read::<Sheet>(body.as_bytes()), Err(Error::Malformed(_))),
                "{body}"
            );
        }
    }
}

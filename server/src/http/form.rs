//! Posted forms, and the faults a form is shown again with.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::{PageError, body, unread};
use crate::error::{Error, FieldErrors, Sentence};
use crate::words::Lang;

/// A urlencoded form read into `T`. Repeated fields become lists.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let typed = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let bytes = body::take(request, payload);
        Box::pin(async move {
            if !typed {
                return Err(PageError(Error::WrongType));
            }
            let body = bytes.await.map_err(PageError)?;
            let parts = form_urlencoded::parse(&body);
            serde_path_to_error::deserialize(serde_html_form::Deserializer::new(parts))
                .map(Self)
                .map_err(|fault| {
                    let path = fault.path().to_string();
                    let named = unread::fault(&path, &fault.into_inner().to_string()).0;
                    let field = named.into_iter().next().map(|(field, _)| field);
                    PageError(Error::Malformed(Sentence::Key(
                        "error-form",
                        vec![("field", field.unwrap_or_default())],
                    )))
                })
        })
    }
}

/// Rendered faults for a template: a summary, and each field's own.
#[derive(Debug, Clone, Default)]
pub struct Faults(pub Vec<(String, String)>);

impl Faults {
    /// Renders `errors` in `lang`.
    pub fn new(errors: &FieldErrors, lang: &Lang) -> Self {
        Self(
            errors
                .0
                .iter()
                .map(|(field, why)| (field.clone(), lang.sentence(why)))
                .collect(),
        )
    }

    /// The first sentence about `field`.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, why)| why.as_str())
    }

    /// True when there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

//! A browser or a program, as the server sees one.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, redirect};
use serde_json::Value;

/// Keeps cookies like a browser and sends an Origin with every change; or carries a bearer token.
#[derive(Clone)]
pub struct Client {
    pub base: String,
    http: reqwest::Client,
    pub bearer: Option<String>,
    pub origin: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|why| panic!("no JSON ({why}): {}", self.text))
    }

    /// A header as text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Asserts the status, showing the body otherwise.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

impl Client {
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(20))
            .build()
            .expect("a client");
        Self {
            base: base.to_owned(),
            http,
            bearer: None,
            origin: Some(base.to_owned()),
        }
    }

    /// A program that has not signed in: it sends no Origin.
    pub fn program(base: &str) -> Self {
        Self {
            origin: None,
            ..Self::new(base)
        }
    }

    /// The same program with a bearer token and no Origin.
    pub fn with_bearer(base: &str, token: &str) -> Self {
        Self {
            bearer: Some(token.to_owned()),
            origin: None,
            ..Self::new(base)
        }
    }

    /// The same signed-in program at another node.
    pub fn at(&self, base: &str) -> Self {
        Self::with_bearer(base, self.bearer.as_deref().expect("a token"))
    }

    /// Sends anything.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        self.try_send(method, path, headers, body)
            .await
            .expect("the server answers")
    }

    /// Sends anything to a server that may be gone.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.base));
        let mut all = HeaderMap::new();
        if let Some(token) = &self.bearer {
            all.insert(
                "authorization",
                HeaderValue::from_str(&format!("Bearer {token}")).expect("a header"),
            );
        }
        if let Some(origin) = self.origin.as_ref().filter(|_| method != Method::GET) {
            all.insert("origin", HeaderValue::from_str(origin).expect("a header"));
        }
        for (name, value) in headers {
            all.insert(
                HeaderName::from_bytes(name.as_bytes()).expect("a header name"),
                HeaderValue::from_str(value).expect("a header value"),
            );
        }
        request = request.headers(all);
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            text: response.text().await?,
        })
    }

    /// A call that scores, sent again under its key until there is an answer.
    pub async fn score_surely(&self, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        loop {
            let sent = self.try_send(Method::POST, path, &headers, Some(body.to_string()));
            match sent.await {
                Ok(answer) => return answer,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// A call of the JSON API.
    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.call_with(method, path, body, &[]).await
    }

    /// A call that scores, with its key.
    pub async fn score(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.call_with("POST", path, body, &[("idempotency-key", key)])
            .await
    }

    pub async fn call_with(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let body = (!body.is_null()).then(|| body.to_string());
        self.send(method, path, &all, body).await
    }

    /// Posts a form as a page does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(
            Method::POST,
            path,
            &[("content-type", "application/x-www-form-urlencoded")],
            Some(body),
        )
        .await
    }
}

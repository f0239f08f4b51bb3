//! A live socket, as a program or a page holds one.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::header::HeaderValue;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Person;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(12);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Asks for a socket at `address` (`/live?…`) with these headers; the refusal's status otherwise.
    pub async fn open(
        base: &str,
        address: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let mut request = format!("{}{address}", base.replacen("http", "ws", 1))
            .into_client_request()
            .expect("a request");
        request.headers_mut().insert(
            "sec-websocket-protocol",
            HeaderValue::from_static("muster.v1"),
        );
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a header value");
            if value.is_empty() {
                request.headers_mut().remove(*name);
            } else {
                request.headers_mut().insert(*name, value);
            }
        }
        match connect_async(request).await {
            Ok((socket, answer)) => {
                assert_eq!(answer.headers()["sec-websocket-protocol"], "muster.v1");
                Ok(Self(socket))
            }
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(why) => panic!("no answer: {why}"),
        }
    }

    /// A socket of `person` on their node, by ticket.
    pub async fn of(person: &Person) -> Self {
        let ticket = person
            .client
            .call("POST", "/api/v1/live-tickets", &json!({}))
            .await;
        let ticket = ticket.expect(201).json();
        let address = format!(
            "/live?ticket={}",
            ticket["ticket"].as_str().expect("a ticket")
        );
        Self::open(&person.client.base, &address, &[])
            .await
            .expect("a socket")
    }

    pub async fn say(&mut self, text: &str) {
        self.0
            .send(Message::text(text))
            .await
            .expect("the socket takes it");
    }

    pub async fn subscribe(&mut self, topic: &str) {
        self.say(&json!({"op": "subscribe", "topic": topic}).to_string())
            .await;
    }

    /// The next text frame.
    pub async fn text(&mut self) -> String {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next())
                .await
                .expect("a frame in time")
            {
                Some(Ok(Message::Text(text))) => return text.to_string(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Value {
        serde_json::from_str(&self.text().await).expect("JSON")
    }

    /// The next frame for which `wanted` holds.
    pub async fn frame_with(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.frame().await;
            if wanted(&frame) {
                return frame;
            }
        }
    }

    /// What arrives within `span`.
    pub async fn frames_for(&mut self, span: Duration) -> Vec<Value> {
        let mut frames = Vec::new();
        let end = tokio::time::Instant::now() + span;
        while let Ok(Some(Ok(message))) = tokio::time::timeout_at(end, self.0.next()).await {
            if let Message::Text(text) = message {
                frames.push(serde_json::from_str(&text).expect("JSON"));
            }
        }
        frames
    }

    /// The code of a close that comes within `span`; none while it stays open.
    pub async fn ended_within(&mut self, span: Duration) -> Option<u16> {
        let end = tokio::time::Instant::now() + span;
        loop {
            match tokio::time::timeout_at(end, self.0.next()).await {
                Ok(Some(Ok(Message::Close(Some(close))))) => return Some(close.code.into()),
                Ok(Some(Ok(_))) => {}
                Ok(other) => panic!("closed without a word: {other:?}"),
                Err(_) => return None,
            }
        }
    }

    /// Closes from this side.
    pub async fn close(&mut self) {
        self.0.close(None).await.expect("the socket takes it");
    }

    /// How long the other side keeps the connection after both have closed.
    pub async fn hung_up(&mut self) -> Duration {
        let began = tokio::time::Instant::now();
        while let Some(Ok(_)) = tokio::time::timeout(PATIENCE, self.0.next())
            .await
            .expect("an end in time")
        {}
        began.elapsed()
    }

    /// Sends without caring whether it arrives: to a server that is about to close.
    pub async fn push(&mut self, text: &str) {
        let _ = self.0.send(Message::text(text)).await;
    }

    /// Waits for the close and gives its code, however many frames come before.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next())
                .await
                .expect("a close in time")
            {
                Some(Ok(Message::Close(Some(close)))) => return close.code.into(),
                Some(Ok(_)) => {}
                other => panic!("closed without a word: {other:?}"),
            }
        }
    }
}

//! `GET /live`: from an HTTP request to a socket.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_http::body::{BodyStream, MessageBody};
use actix_http::ws::handshake;
use actix_web::http::header::{ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use actix_web::web::{Data, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::json;

use super::frame::{End, Frame};
use super::line::Line;
use super::outgoing::Outgoing;
use super::read::{Heard, Incoming, Message, Op};
use super::topic::{Refusal, Topic};
use super::{Hub, ticket};
use crate::error::Error;
use crate::http::{ApiError, Front, Query, SignedIn};
use crate::sessions::Viewer;

pub use super::ticket::create as create_ticket;

const PROTOCOL: &str = "muster.v1";
/// How long a closing socket waits for the other side.
const MOMENT: Duration = Duration::from_secs(2);

/// The query of the address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entrance {
    ticket: Option<String>,
}

/// The handler. Everything that can be refused is refused before the upgrade, but too many sockets
/// of one person: a browser sees the code of a close, not the status of a refused upgrade.
pub async fn open(
    request: HttpRequest,
    payload: Payload,
    hub: Data<Hub>,
    front: Data<Front>,
    Query(entrance): Query<Entrance>,
) -> Result<HttpResponse, actix_web::Error> {
    if hub.is_draining() {
        return Err(ApiError(Error::Unavailable { retry_after: 1 }).into());
    }
    same_origin(&request, &front, entrance.ticket.is_some())?;
    let viewer = viewer(&request, &front, entrance.ticket).await?;
    if !offers(&request) {
        return Err(ApiError(Error::Malformed("live-protocol".into())).into());
    }
    let mut response = handshake(request.head())
        .map_err(|_| ApiError(Error::Malformed("live-handshake".into())))?;
    response.insert_header((SEC_WEBSOCKET_PROTOCOL, PROTOCOL));
    let region = viewer.region.clone();
    let line = hub
        .open(viewer.id, viewer.session, region)
        .unwrap_or_else(|| {
            let refused = Line::new(0, viewer.id, viewer.session);
            turn_away(&refused);
            refused
        });
    let body = BodyStream::new(Outgoing::of(line.clone())).boxed();
    let response = response.message_body(body)?;
    actix_web::rt::spawn(listen(
        Socket {
            line,
            hub: hub.get_ref().clone(),
            front: front.into_inner(),
            window: Instant::now(),
            messages: 0,
        },
        payload,
    ));
    Ok(response.into())
}

/// A page of ours, or a program with a ticket, which has no origin.
fn same_origin(request: &HttpRequest, front: &Front, has_ticket: bool) -> Result<(), ApiError> {
    let origin = request
        .headers()
        .get(ORIGIN)
        .map(|value| value.to_str().unwrap_or_default());
    match origin {
        Some(origin) if origin == front.origin() => Ok(()),
        None if has_ticket => Ok(()),
        _ => Err(ApiError(Error::Forbidden("error-origin".into()))),
    }
}

async fn viewer(
    request: &HttpRequest,
    front: &Front,
    ticket: Option<String>,
) -> Result<Arc<Viewer>, actix_web::Error> {
    let Some(ticket) = ticket else {
        let SignedIn(viewer) = SignedIn::extract(request).await?;
        return Ok(viewer);
    };
    let session = ticket::spend(front, &ticket).await.map_err(ApiError)?;
    let now = front.clock.now();
    let viewer = front.sessions.viewer(&front.db, session, now).await;
    Ok(viewer
        .and_then(|viewer| viewer.ok_or(Error::SignInNeeded))
        .map_err(ApiError)?)
}

fn offers(request: &HttpRequest) -> bool {
    request
        .headers()
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|name| name.trim() == PROTOCOL)
}

/// Closes a socket of somebody who has as many as they may.
pub(super) fn turn_away(line: &Line) {
    line.note(error(None, Refusal::TooMany));
    line.end(End::TooMany);
}

fn error(topic: Option<&str>, refusal: Refusal) -> Frame {
    Frame::text(&json!({"topic": topic, "kind": "error", "code": refusal.code()}).to_string())
}

/// The reading side of a socket.
struct Socket {
    line: Arc<Line>,
    hub: Hub,
    front: Arc<Front>,
    window: Instant,
    messages: u32,
}

/// Reads until either side has had enough, and then gives the other a moment to close as well, so
/// that the reason given is not lost in a broken connection.
async fn listen(mut socket: Socket, mut payload: Payload) {
    let mut incoming = Incoming::default();
    let mut closed = false;
    loop {
        tokio::select! {
            () = socket.line.over.notified() => break,
            chunk = payload.next() => if let Some(Ok(chunk)) = chunk {
                incoming.push(&chunk);
            } else {
                socket.line.cut();
                break;
            }
        }
        if let Err(end) = socket.hear(&mut incoming).await {
            closed = end == End::Done;
            socket.line.end(end);
            break;
        }
    }
    socket.hub.drop_line(&socket.line);
    let farewell = async {
        if closed || closes(&mut incoming, &mut payload).await {
            socket.line.close();
            socket.line.gone().await;
        }
    };
    let _ = tokio::time::timeout(MOMENT, farewell).await;
    socket.line.cut();
}

/// Waits for the client's close frame and heeds nothing before it; false when the connection ended
/// without one.
async fn closes(incoming: &mut Incoming, payload: &mut Payload) -> bool {
    // What is no frame hides where the next one begins; it is read all the same, since what lies
    // unread would break the connection before the reason has arrived.
    let mut readable = true;
    loop {
        while readable {
            match incoming.next() {
                Ok(None) => break,
                Ok(Some(_)) | Err(End::Unreadable) => {}
                Err(End::Done) => return true,
                Err(_) => readable = false,
            }
        }
        match payload.next().await {
            Some(Ok(chunk)) if readable => incoming.push(&chunk),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return false,
        }
    }
}

impl Socket {
    async fn hear(&mut self, incoming: &mut Incoming) -> Result<(), End> {
        while let Some(heard) = incoming.next()? {
            self.count()?;
            match heard {
                Heard::Message(message) => self.obey(message).await,
                Heard::Ping(payload) => self.line.note(Frame::pong(&payload)),
                Heard::Pong => {}
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), End> {
        if self.window.elapsed() >= Duration::from_secs(60) {
            self.window = Instant::now();
            self.messages = 0;
        }
        self.messages += 1;
        if self.messages > self.hub.limits().messages_minute {
            return Err(End::TooMany);
        }
        Ok(())
    }

    async fn obey(&self, message: Message) {
        let named = message.topic.unwrap_or_default();
        let topic = Topic::parse(&named, self.line.person);
        match (message.op, topic) {
            (Op::Ping, _) => {
                let pong = json!({"topic": null, "kind": "pong"}).to_string();
                self.line.note(Frame::text(&pong));
            }
            (Op::Subscribe, topic) => {
                if let Err(refusal) = self.subscribe(topic).await {
                    self.line.note(error(Some(&named), refusal));
                }
            }
            (Op::Unsubscribe, Some(topic)) => self.hub.unsubscribe(&self.line, &topic),
            (Op::Unsubscribe, None) => {}
        }
    }

    async fn subscribe(&self, topic: Option<Topic>) -> Result<(), Refusal> {
        let topic = topic.ok_or(Refusal::UnknownTopic)?;
        let (front, now) = (&self.front, self.front.clock.now());
        let viewer = front
            .sessions
            .viewer(&front.db, self.line.session, now)
            .await;
        match viewer {
            Ok(Some(viewer)) => topic.allows(&viewer)?,
            Ok(None) => {
                self.line.end(End::SignedOut);
                return Ok(());
            }
            // Nothing is allowed unseen, and a client that reconnects asks again.
            Err(_) => {
                self.line.end(End::Restart);
                return Ok(());
            }
        }
        if !self.hub.exists(&topic) {
            return Err(Refusal::UnknownTopic);
        }
        self.hub.subscribe(&self.line, &topic)
    }
}

//! Tickets: how a program without a cookie opens a socket, without a token in an address that may be
//! written down. Single use, half a minute.

use actix_web::Responder;
use actix_web::web::Data;
use schemars::JsonSchema;
use serde::Serialize;

use super::store;
use crate::clock::Duration;
use crate::error::Error;
use crate::http::{ApiError, Created, Front, SignedIn};
use crate::ids::{SessionId, secret};
use crate::sessions::digest;

/// Seconds a ticket lives.
pub const TICKET_SECONDS: i64 = 30;

/// A ticket, shown this once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ticket {
    /// For `GET /live?ticket=…`.
    pub ticket: String,
    /// Seconds it lives.
    pub expires_in: i64,
}

/// `POST /api/v1/live-tickets`.
pub async fn create(
    front: Data<Front>,
    SignedIn(viewer): SignedIn,
) -> Result<impl Responder, ApiError> {
    let (ticket, now) = (secret(24), front.clock.now());
    let hash = digest(&ticket);
    let expires = now + Duration::seconds(TICKET_SECONDS);
    front
        .db
        .write(move |conn| Ok(store::insert(conn, &hash, &viewer, now, expires)?))
        .await?;
    Ok(Created(Ticket {
        ticket,
        expires_in: TICKET_SECONDS,
    }))
}

/// Spends a ticket.
///
/// # Errors
/// `SignInNeeded` for one that is spent, expired or none of ours.
pub(super) async fn spend(front: &Front, ticket: &str) -> Result<SessionId, Error> {
    let (hash, now) = (digest(ticket), front.clock.now());
    front
        .db
        .write(move |conn| store::delete(conn, &hash, now)?.ok_or(Error::SignInNeeded))
        .await
}

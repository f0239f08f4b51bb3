//! A program's refresh token, which changes with each use (RFC 9700, 4.14.2, "Refresh Token Rotation").
//!
//! It is two secrets in a row: one that every token of the session shares, its family, and one of its
//! own. A token of a known family that is not the present one was used before. Two parties hold it
//! then, and which of them is the thief nobody can tell: the session ends for both.

use super::store::Held;
use super::{Opened, Sessions, keys, store};
use crate::clock::{Duration, Instant};
use crate::db::Db;
use crate::error::Error;
use crate::ids::{SessionId, secret};

/// Bytes of each of the two secrets.
const BYTES: usize = 32;
/// Characters of a secret: two a byte.
const LENGTH: usize = 2 * BYTES;
/// Characters kept of what a client calls itself.
const DEVICE: usize = 120;
/// How long after a use the same client may still come with the token just spent, as one does that
/// asks twice at once: it gets nothing, and loses nothing.
pub const RACE: Duration = Duration::seconds(5);

/// What became of a refresh token.
#[derive(Debug, Clone)]
pub enum Rotated {
    /// It was good; here is the next one.
    Renewed(Opened),
    /// It had been used: its session has ended.
    Reused(SessionId),
}

impl Sessions {
    /// Trades a program's refresh token for the next one, or ends the session of a spent one.
    /// Whoever gets [`Rotated::Reused`] tells the other nodes.
    ///
    /// # Errors
    /// `SignInNeeded` for a token of no live session, and for one spent within [`RACE`] by the same
    /// `device`, the name the client gives itself.
    pub async fn rotate(
        &self,
        db: &Db,
        token: &str,
        device: &str,
        now: Instant,
    ) -> Result<Rotated, Error> {
        let shared = family(token).ok_or(Error::SignInNeeded)?;
        let (family, old) = (keys::digest(shared), keys::digest(token));
        let refresh = format!("{shared}{}", secret(BYTES));
        let (life, device) = (self.life, device_column(device));
        db.write(move |conn| {
            let find = |conn: &mut _| store::find_family(conn, &family, now);
            let mut held = find(conn)?.ok_or(Error::SignInNeeded)?;
            if held.refresh_hash == old {
                let new = keys::digest(&refresh);
                if store::update_refresh(conn, held.id, &old, &new, now, now + life)? == 1 {
                    return Ok(Rotated::Renewed(Opened {
                        session: held.id,
                        volunteer: held.volunteer_id,
                        refresh,
                    }));
                }
                // Somebody was faster in this very moment.
                held = find(conn)?.ok_or(Error::SignInNeeded)?;
            }
            if is_race(&held, &old, &device, now) {
                return Err(Error::SignInNeeded);
            }
            store::revoke_held(conn, &held, now)?;
            Ok(Rotated::Reused(held.id))
        })
        .await
    }
}

/// A fresh token of a fresh family.
pub(super) fn fresh() -> String {
    secret(2 * BYTES)
}

/// The part of a program's token that its session's tokens share; `None` for anything else, such as
/// a browser's secret.
pub(super) fn family(token: &str) -> Option<&str> {
    let ours = token.len() == 2 * LENGTH && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    ours.then(|| token.split_at(LENGTH).0)
}

/// What a client calls itself, as the table keeps it.
pub(super) fn device_column(device: &str) -> String {
    device.chars().take(DEVICE).collect()
}

fn is_race(held: &Held, presented: &str, device: &str, now: Instant) -> bool {
    held.spent_hash.as_deref() == Some(presented)
        && held.device == device
        && (now - held.seen_at).abs() <= RACE
}

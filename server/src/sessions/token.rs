//! The short tokens that name a session. What every request needs to judge one is made once.

use std::collections::BTreeMap;
use std::time::Duration as Span;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};

use super::Keys;
use super::recent::Recent;
use crate::clock::{Duration, Instant};
use crate::error::Error;
use crate::ids::SessionId;

/// How long a token names its session.
pub const TOKEN_LIFE: Duration = Duration::minutes(10);
/// How far clocks of nodes may differ.
const LEEWAY: Duration = Duration::seconds(5);
/// Proved tokens kept at most, and how long: no longer than one lives.
const PROVED: usize = 50_000;
const PROVED_FOR: Span = Span::from_secs(600);
const ISSUER: &str = "muster";

/// What a token is for; one is never taken for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The cookie of a browser.
    Web,
    /// The bearer token of a program.
    Api,
}

impl Audience {
    /// As it stands in a token.
    pub fn claim(self) -> &'static str {
        match self {
            Self::Web => "muster-web",
            Self::Api => "muster-api",
        }
    }

    /// As it stands in the table.
    pub fn column(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
        }
    }
}

/// The token is not one of ours, or no longer good. Why is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this token is not good")]
pub struct BadToken;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
}

/// The keys of [`Keys`], ready for use.
pub(super) struct Ring {
    newest: String,
    signing: EncodingKey,
    believed: BTreeMap<String, DecodingKey>,
    web: Validation,
    api: Validation,
    /// Tokens whose signature was good, so that a client's next request need not prove it again.
    proved: Recent<String, Proved>,
}

/// What a token with a good signature says.
#[derive(Debug, Clone, Copy)]
struct Proved {
    audience: Audience,
    session: SessionId,
    /// Seconds since 1970.
    expires: i64,
}

impl Ring {
    /// A ring of these ids and secrets, the newest last.
    pub(super) fn new<'a>(
        keys: impl DoubleEndedIterator<Item = (&'a str, &'a [u8])> + Clone,
    ) -> Self {
        let (newest, secret) = keys.clone().next_back().unwrap_or_default();
        let believed = keys.map(|(kid, secret)| (kid.to_owned(), DecodingKey::from_secret(secret)));
        Self {
            newest: newest.to_owned(),
            signing: EncodingKey::from_secret(secret),
            believed: believed.collect(),
            web: rules(Audience::Web),
            api: rules(Audience::Api),
            proved: Recent::new(PROVED_FOR, PROVED),
        }
    }
}

impl Keys {
    pub(super) fn mint(
        &self,
        session: SessionId,
        audience: Audience,
        now: Instant,
    ) -> Result<String, Error> {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.0.newest.clone());
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: audience.claim().to_owned(),
            sub: session.to_string(),
            exp: (now + TOKEN_LIFE).utc().timestamp(),
        };
        encode(&header, &claims, &self.0.signing)
            .map_err(|why| Error::Internal(format!("a token could not be signed: {why}")))
    }

    pub(super) fn read(
        &self,
        token: &str,
        audience: Audience,
        now: Instant,
    ) -> Result<SessionId, BadToken> {
        let known = self.0.proved.get(token);
        let proved = if let Some(proved) = known.filter(|proved| proved.audience == audience) {
            proved
        } else {
            let proved = self.prove(token, audience)?;
            self.0.proved.insert(token.to_owned(), proved);
            proved
        };
        // Asked of every request: a token that was good is not good for ever.
        let now = now.utc().timestamp();
        let longest = (TOKEN_LIFE + LEEWAY).num_seconds();
        if proved.expires.saturating_add(LEEWAY.num_seconds()) < now
            || proved.expires > now + longest
        {
            return Err(BadToken);
        }
        Ok(proved.session)
    }

    /// What `token` says, if one of our keys signed it for `audience`, whenever that was.
    fn prove(&self, token: &str, audience: Audience) -> Result<Proved, BadToken> {
        let header = decode_header(token).map_err(|_| BadToken)?;
        // Keys come from our ring alone: a token that brings its own or points elsewhere is refused.
        if header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() {
            return Err(BadToken);
        }
        let key = self
            .0
            .believed
            .get(&header.kid.ok_or(BadToken)?)
            .ok_or(BadToken)?;
        let rules = match audience {
            Audience::Web => &self.0.web,
            Audience::Api => &self.0.api,
        };
        let claims = decode::<Claims>(token, key, rules)
            .map_err(|_| BadToken)?
            .claims;
        Ok(Proved {
            audience,
            session: claims.sub.parse().map_err(|_| BadToken)?,
            expires: claims.exp,
        })
    }
}

/// What is asked of a token but its expiry, which is judged by our own clock: a test can move that.
fn rules(audience: Audience) -> Validation {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[audience.claim()]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.validate_exp = false;
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        Instant::from_micros(1_800_000_000_000_000)
    }

    #[test]
    fn a_token_names_its_session_until_it_expires() {
        let (keys, session) = (Keys::passing(), SessionId(77));
        let token = keys.mint(session, Audience::Web, now()).unwrap();
        assert_eq!(keys.read(&token, Audience::Web, now()), Ok(session));
        assert_eq!(
            keys.read(&token, Audience::Web, now() + TOKEN_LIFE),
            Ok(session)
        );
        assert_eq!(
            keys.read(
                &token,
                Audience::Web,
                now() + TOKEN_LIFE + Duration::seconds(6)
            ),
            Err(BadToken)
        );
    }

    #[test]
    fn a_token_is_good_for_its_audience_and_ring_alone() {
        let keys = Keys::passing();
        let token = keys.mint(SessionId(1), Audience::Web, now()).unwrap();
        assert_eq!(keys.read(&token, Audience::Web, now()), Ok(SessionId(1)));
        assert_eq!(keys.read(&token, Audience::Api, now()), Err(BadToken));
        assert_eq!(
            Keys::passing().read(&token, Audience::Web, now()),
            Err(BadToken)
        );
        assert_eq!(
            keys.read("eyJhbGciOiJub25lIn0.e30.", Audience::Web, now()),
            Err(BadToken)
        );
    }

    #[test]
    fn a_token_that_says_it_lives_for_ever_is_refused() {
        let keys = Keys::passing();
        for exp in [i64::MAX, i64::MIN] {
            let claims = Claims {
                iss: ISSUER.to_owned(),
                aud: Audience::Web.claim().to_owned(),
                sub: SessionId(1).to_string(),
                exp,
            };
            let mut header = Header::new(Algorithm::HS256);
            header.kid = Some(keys.0.newest.clone());
            let token = encode(&header, &claims, &keys.0.signing).unwrap();
            assert_eq!(keys.read(&token, Audience::Web, now()), Err(BadToken));
        }
    }
}

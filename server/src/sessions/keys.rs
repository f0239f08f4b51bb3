//! The signing key ring, and the short tokens that name a session.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::{Duration, Instant};
use crate::error::Error;
use crate::ids::{SessionId, hex, readable, secret};

/// How long a token names its session.
pub const TOKEN_LIFE: Duration = Duration::minutes(10);
/// How far clocks of nodes may differ.
const LEEWAY: Duration = Duration::seconds(5);
const ISSUER: &str = "muster";
/// Bytes of a signing secret at least.
const STRONG: usize = 32;
/// Different bytes in it at least: one character over and over is long and still no secret.
const VARIED: usize = 8;

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

/// Keys by id; the newest signs, every one of them is believed.
#[derive(Clone)]
pub struct Keys(Arc<Ring>);

struct Ring {
    newest: String,
    secrets: BTreeMap<String, Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    keys: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    kid: String,
    secret: String,
}

impl Keys {
    /// A ring of one fresh key that is written nowhere: tests and the demo.
    pub fn passing() -> Self {
        Self::ring(vec![KeyEntry {
            kid: readable(8),
            secret: secret(STRONG),
        }])
    }

    /// The ring in `file`, made with mode 0600 where absent.
    ///
    /// # Errors
    /// One sentence when the file cannot be used, others may read it, or a secret is short.
    pub fn open(file: &Path) -> Result<Self, String> {
        if !file.exists() {
            create(file)?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(file)
                .map_err(|why| said(file, &why))?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                return Err(format!(
                    "{0} can be read by others. Run `chmod 600 {0}`.",
                    file.display()
                ));
            }
        }
        let text = fs::read_to_string(file).map_err(|why| said(file, &why))?;
        let read: KeyFile = serde_json::from_str(&text).map_err(|why| said(file, &why))?;
        if read.keys.is_empty() {
            return Err(format!(
                "{} holds no key. Delete it to have one made.",
                file.display()
            ));
        }
        if let Some(weak) = read.keys.iter().find(|key| key.secret.len() < STRONG) {
            return Err(format!(
                "The key {} in {} is shorter than {STRONG} characters. Delete it to have one made.",
                weak.kid,
                file.display()
            ));
        }
        let varied = |key: &KeyEntry| key.secret.bytes().collect::<BTreeSet<u8>>().len() >= VARIED;
        if let Some(weak) = read.keys.iter().find(|key| !varied(key)) {
            return Err(format!(
                "The key {} in {} repeats a few characters. Delete it to have one made.",
                weak.kid,
                file.display()
            ));
        }
        Ok(Self::ring(read.keys))
    }

    /// Whether [`Keys::open`] could use `file`, or make it; nothing is made.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(file: &Path) -> Result<(), String> {
        if file.exists() {
            return Self::open(file).map(drop);
        }
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let fits = fs::metadata(folder)
            .is_ok_and(|about| about.is_dir() && !about.permissions().readonly());
        if fits {
            Ok(())
        } else {
            Err(format!(
                "The key file {} cannot be made: {} is no folder that can be written to.",
                file.display(),
                folder.display()
            ))
        }
    }

    fn ring(keys: Vec<KeyEntry>) -> Self {
        let newest = keys.last().map(|key| key.kid.clone()).unwrap_or_default();
        let secrets = keys
            .into_iter()
            .map(|key| (key.kid, key.secret.into_bytes()))
            .collect();
        Self(Arc::new(Ring { newest, secrets }))
    }

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
        let key = self
            .0
            .secrets
            .get(&self.0.newest)
            .map(Vec::as_slice)
            .unwrap_or_default();
        encode(&header, &claims, &EncodingKey::from_secret(key))
            .map_err(|why| Error::Internal(format!("a token could not be signed: {why}")))
    }

    pub(super) fn read(
        &self,
        token: &str,
        audience: Audience,
        now: Instant,
    ) -> Result<SessionId, BadToken> {
        let header = decode_header(token).map_err(|_| BadToken)?;
        // Keys come from our ring alone: a token that brings its own or points elsewhere is refused.
        if header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() {
            return Err(BadToken);
        }
        let key = self
            .0
            .secrets
            .get(&header.kid.ok_or(BadToken)?)
            .ok_or(BadToken)?;
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[audience.claim()]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The expiry is judged below by our own clock, which a test can move.
        rules.validate_exp = false;
        let claims = decode::<Claims>(token, &DecodingKey::from_secret(key), &rules)
            .map_err(|_| BadToken)?
            .claims;
        let now = now.utc().timestamp();
        let longest = (TOKEN_LIFE + LEEWAY).num_seconds();
        if claims.exp.saturating_add(LEEWAY.num_seconds()) < now || claims.exp > now + longest {
            return Err(BadToken);
        }
        claims.sub.parse().map_err(|_| BadToken)
    }
}

fn said(file: &Path, why: &dyn std::fmt::Display) -> String {
    format!("The key file {} cannot be used: {why}.", file.display())
}

fn create(file: &Path) -> Result<(), String> {
    let fresh = KeyFile {
        keys: vec![KeyEntry {
            kid: readable(8),
            secret: secret(STRONG),
        }],
    };
    let text = serde_json::to_string_pretty(&fresh).map_err(|why| said(file, &why))?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(file) {
        Ok(mut open) => open
            .write_all(text.as_bytes())
            .map_err(|why| said(file, &why)),
        // Another node was first: its keys are as good.
        Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(why) => Err(said(file, &why)),
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
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
            let key = EncodingKey::from_secret(&keys.0.secrets[&keys.0.newest]);
            let token = encode(&header, &claims, &key).unwrap();
            assert_eq!(keys.read(&token, Audience::Web, now()), Err(BadToken));
        }
    }

    #[test]
    fn a_key_file_is_made_for_its_owner_alone_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        let token = Keys::open(&file)
            .unwrap()
            .mint(SessionId(5), Audience::Api, now())
            .unwrap();
        assert_eq!(
            Keys::open(&file)
                .unwrap()
                .read(&token, Audience::Api, now()),
            Ok(SessionId(5))
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(Keys::open(&file).is_err_and(|why| why.contains("chmod 600")));
        }
    }
}

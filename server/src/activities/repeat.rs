//! A repeat gets its first answer again, even if a check would refuse it by now: the task was closed,
//! the person credited moved away, the captain's office ended.
//!
//! The ledger answers repeats by itself, within its batch. Only what is refused before it gets there
//! is looked up here.

use std::collections::HashMap;

use super::{NewActivity, is_key, store};
use crate::app::App;
use crate::error::Error;
use crate::ledger::{Entry, Line, Written};
use crate::scope::Scope;
use crate::sessions::Viewer;

/// What one person wrote under some of their keys.
pub struct Firsts {
    viewer: Viewer,
    lines: HashMap<String, Line>,
}

impl Firsts {
    /// Looks up the viewer's own `keys`; nobody else's can be found, and nothing was written under
    /// what is no key.
    pub async fn look(app: &App, viewer: &Viewer, keys: &[String]) -> Result<Self, Error> {
        let keys: Vec<&String> = keys.iter().filter(|key| is_key(key)).collect();
        let mut firsts = Self {
            viewer: viewer.clone(),
            lines: HashMap::new(),
        };
        if keys.is_empty() {
            return Ok(firsts);
        }
        let (scope, keys): (Scope, Vec<String>) = (
            Scope::Own(viewer.id),
            keys.into_iter()
                .map(|key| Entry::key_of(viewer.id, key))
                .collect(),
        );
        let lines = app
            .db
            .read(move |conn| Ok(store::list_own_keys(conn, &scope, &keys)?))
            .await?;
        firsts.lines = lines
            .into_iter()
            .map(|line| (line.key.clone(), line))
            .collect();
        Ok(firsts)
    }

    /// The first answer to this request, or else why it is refused now. A key that came with another
    /// body is refused for that, unless the body itself is at fault.
    pub fn answer(&self, key: &str, new: &NewActivity, refusal: Error) -> Result<Written, Error> {
        let first = self.lines.get(&Entry::key_of(self.viewer.id, key));
        match (first, refusal) {
            (Some(line), _) if line.fingerprint == new.fingerprint() => Ok(Written {
                line: line.clone(),
                replayed: true,
            }),
            (Some(_), Error::NotFound | Error::Forbidden(_)) => {
                Err(Error::field("Idempotency-Key", "ledger-key-reused"))
            }
            (_, refusal) => Err(refusal),
        }
    }
}

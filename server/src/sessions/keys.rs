//! The signing keys and the file they stand in.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::token::Ring;
use crate::ids::{hex, readable, secret};

/// Bytes of a signing secret at least.
const STRONG: usize = 32;
/// Different bytes in it at least: one character over and over is long and still no secret.
const VARIED: usize = 8;

/// Keys by id; the newest signs, every one of them is believed.
#[derive(Clone)]
pub struct Keys(pub(super) Arc<Ring>);

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
        Self::ring(&[KeyEntry {
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
        Ok(Self::ring(&read.keys))
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

    fn ring(keys: &[KeyEntry]) -> Self {
        let keys = keys.iter().map(|key| (&*key.kid, key.secret.as_bytes()));
        Self(Arc::new(Ring::new(keys)))
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
    use crate::clock::Instant;
    use crate::ids::SessionId;
    use crate::sessions::Audience;

    fn now() -> Instant {
        Instant::from_micros(1_800_000_000_000_000)
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

//! Every setting: default, then file, then environment; validated before anything starts.
//!
//! The defaults and their reasons stand in `config/default.toml`, which is compiled in. The file
//! may name no key that is unknown; `MUSTER_…` variables that are unknown only warn.

mod check;

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The defaults, as shipped.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// How lines of the log look, and which there are: read before the settings, which may log already.
pub const LOG_FORMAT: &str = "MUSTER_LOG_FORMAT";
const LOG: &str = "MUSTER_LOG";

/// What a node is told. Field names are the keys of the file and, in capitals behind `MUSTER_`, of
/// the environment; `config/default.toml` says what each means.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents each key")]
pub struct Settings {
    pub listen: String,
    pub public_url: String,
    pub campaign: String,
    pub accent: String,
    pub database_url: Secret,
    pub database_connections: u32,
    pub migrate_on_start: bool,
    pub redis_url: Secret,
    pub keys_file: PathBuf,
    pub erasures_file: PathBuf,
    pub mail: Secret,
    pub mail_from: String,
    pub regions_dir: String,
    pub metrics_listen: String,
    pub otlp_endpoint: String,
    pub otlp_one_in: u32,
    pub workers: u32,
    pub trusted_proxies: Vec<IpAddr>,
    pub requests_at_once: u32,
    pub patience_ms: u32,
    pub body_limit_kib: u32,
    pub links_per_address_hour: u32,
    pub links_per_ip_hour: u32,
    pub links_per_address_hour_total: u32,
    pub link_minutes: u32,
    pub code_tries: u32,
    pub session_days: u32,
    pub staff_second_factor: SecondFactor,
    pub ledger_queue: u32,
    pub ledger_batch: u32,
    pub sockets_per_person: u32,
    pub topics_per_socket: u32,
    pub socket_messages_minute: u32,
    pub drain_seconds: u32,
    pub drain_notice_seconds: u32,
    /// Set by `muster demo` alone, never by file or environment: links that may be used again.
    #[serde(skip)]
    pub demo: bool,
}

/// Whether captains and HQ must show a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Not asked for.
    Off,
}

/// A text that may hold a password: printed only where it is used.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.split_once("://").map_or("", |(scheme, _)| scheme);
        write!(
            f,
            "{}",
            if shown.is_empty() {
                "…".to_owned()
            } else {
                format!("{shown}://…")
            }
        )
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("database_url", &self.database_url)
            .field("redis_url", &self.redis_url)
            .field("mail", &self.mail)
            .finish_non_exhaustive()
    }
}

/// The settings cannot be used; the text is one sentence that says what to change.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadSettings(pub String);

impl Settings {
    /// Default, then `file` if there is one, then the given environment.
    ///
    /// # Errors
    /// One sentence: an unknown or ill-typed key, or a value that cannot be used.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, BadSettings> {
        let mut table: toml::Table = DEFAULTS
            .parse()
            .map_err(|why| BadSettings(format!("config/default.toml: {why}")))?;
        let defaults = table.clone();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|why| BadSettings(format!("{} cannot be read: {why}.", path.display())))?;
            let more: toml::Table = text
                .parse()
                .map_err(|why| BadSettings(broken(path, &text, &why)))?;
            if let Some(key) = more.keys().find(|key| !table.contains_key(*key)) {
                return Err(BadSettings(format!(
                    "{} has an unknown setting `{key}`; config/default.toml lists them all.",
                    path.display()
                )));
            }
            table.extend(more);
        }
        for (name, value) in environment {
            let Some(key) = name.strip_prefix("MUSTER_").map(str::to_lowercase) else {
                continue;
            };
            let Some(default) = table.get(&key) else {
                if !key.starts_with("test_") && ![LOG, LOG_FORMAT].contains(&name.as_str()) {
                    tracing::warn!(name, "unknown setting in the environment, left aside");
                }
                continue;
            };
            let typed = read(default, &value)
                .ok_or_else(|| BadSettings(format!("{name} should be {}.", wanted(default))))?;
            table.insert(key, typed);
        }
        let settings: Self =
            serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|fault| {
                let path = fault.path().to_string();
                let key = path.split(['.', '[']).next().unwrap_or_default();
                let default = defaults.get(key).map_or("something else", wanted);
                BadSettings(format!("{key} should be {default}."))
            })?;
        settings.check()?;
        Ok(settings)
    }

    /// The shipped defaults with nothing changed: where tests begin.
    ///
    /// # Errors
    /// Only if `config/default.toml` itself is broken.
    pub fn defaults() -> Result<Self, BadSettings> {
        Self::load(None, std::iter::empty())
    }

    /// The whole process environment, for [`Settings::load`].
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one home of the environment"
    )]
    pub fn environment() -> impl Iterator<Item = (String, String)> {
        std::env::vars()
    }

    /// True when people reach the campaign over https.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Where who left is listed; `None` in a demo, and where nothing says where that could be.
    pub fn erasures(&self) -> Option<PathBuf> {
        if self.demo {
            return None;
        }
        if !self.erasures_file.as_os_str().is_empty() {
            return Some(self.erasures_file.clone());
        }
        let beside = match self.database_url.0.strip_prefix("sqlite:") {
            Some(file) => Path::new(file),
            None => &self.keys_file,
        };
        let mut file = beside.as_os_str().to_owned();
        file.push(".erasures");
        (beside.file_name().is_some()).then(|| file.into())
    }
}

/// One sentence about a file that is no TOML, with the line.
fn broken(path: &Path, text: &str, why: &toml::de::Error) -> String {
    let before = why.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    let what = why.message().lines().collect::<Vec<_>>().join("; ");
    format!("{}, line {line}, is not TOML: {what}.", path.display())
}

/// What a setting should be, from its default.
fn wanted(default: &toml::Value) -> &'static str {
    match default {
        toml::Value::Integer(_) => "a whole number from 0 to 4294967295",
        toml::Value::Boolean(_) => "true or false",
        toml::Value::Array(_) => {
            "a list of IP addresses (in the environment with commas between them)"
        }
        _ => "a text such as config/default.toml explains",
    }
}

/// Reads an environment value as the type its default has.
fn read(default: &toml::Value, text: &str) -> Option<toml::Value> {
    match default {
        toml::Value::String(_) => Some(toml::Value::String(text.to_owned())),
        toml::Value::Integer(_) => text.parse().ok().map(toml::Value::Integer),
        toml::Value::Boolean(_) => text.parse().ok().map(toml::Value::Boolean),
        toml::Value::Array(_) => Some(toml::Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| toml::Value::String(item.to_owned()))
                .collect(),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Result<Settings, BadSettings> {
        Settings::load(None, std::iter::once((name.to_owned(), value.to_owned())))
    }

    #[test]
    fn the_environment_overrides_the_default() {
        assert_eq!(
            with("MUSTER_LINKS_PER_IP_HOUR", "7")
                .unwrap()
                .links_per_ip_hour,
            7
        );
        assert_eq!(with("MUSTER_REDIS_URL", "").unwrap().redis_url.0, "");
    }

    #[test]
    fn a_plain_http_address_is_refused_outside_this_machine() {
        assert!(with("MUSTER_PUBLIC_URL", "http://muster.example.org").is_err());
        assert!(with("MUSTER_PUBLIC_URL", "http://localhost:8080").is_ok());
        assert!(with("MUSTER_PUBLIC_URL", "https://muster.example.org").is_ok());
        assert!(with("MUSTER_PUBLIC_URL", "https://muster.example.org/").is_ok());
    }

    #[test]
    fn a_public_address_is_an_origin_and_nothing_more() {
        for url in [
            "https://muster.example.org/path",
            "https://muster.example.org/?q",
            "https://muster.example.org/#part",
            "https://ada:hunter2@muster.example.org",
            "https://Muster.example.org",
            "https://muster.example.org:443",
        ] {
            let refused = with("MUSTER_PUBLIC_URL", url).unwrap_err().to_string();
            assert!(
                refused.ends_with("alone: https://muster.example.org."),
                "{refused}"
            );
        }
    }

    #[test]
    fn an_unknown_key_in_the_file_is_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "listten = \"127.0.0.1:1\"").unwrap();
        let refused = Settings::load(Some(file.path()), std::iter::empty()).unwrap_err();
        assert!(refused.to_string().contains("`listten`"), "{refused}");
    }

    #[test]
    fn a_redis_behind_tls_is_refused_with_the_reason() {
        let refused = with("MUSTER_REDIS_URL", "rediss://10.0.0.5:6379/").unwrap_err();
        assert!(refused.to_string().contains("TLS to Redis"), "{refused}");
        assert!(with("MUSTER_REDIS_URL", "redis://:word@10.0.0.5:6379/").is_ok());
    }

    #[test]
    fn passwords_are_not_printed() {
        let settings = with(
            "MUSTER_DATABASE_URL",
            "postgres://ada:hunter2@localhost/muster",
        )
        .unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}

//! Which values can be used: one sentence for the first that cannot.

use std::net::SocketAddr;

use super::{BadSettings, Settings};

impl Settings {
    /// What can be seen without asking anybody.
    pub(super) fn check(&self) -> Result<(), BadSettings> {
        let refuse = |text: &str| Err(BadSettings(text.to_owned()));
        if !self.public_url.is_empty() {
            let Ok(url) = url::Url::parse(&self.public_url) else {
                return refuse(
                    "public_url should be a full address such as https://muster.example.org.",
                );
            };
            let host = url.host_str().unwrap_or_default();
            let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
            if !matches!(url.scheme(), "https" | "http") {
                return refuse("public_url should begin with https:// or http://.");
            }
            if url.scheme() != "https" && !loopback {
                return refuse("public_url must start with https:// unless it is on this machine.");
            }
            // As browsers write it: every change must bring this very text as its `Origin`.
            let origin = url.origin().ascii_serialization();
            if origin != self.public_url.trim_end_matches('/') {
                return refuse(&format!("public_url should be an origin alone: {origin}."));
            }
        }
        let accent = self.accent.strip_prefix('#').unwrap_or_default();
        if accent.len() != 6 || !accent.bytes().all(|b| b.is_ascii_hexdigit()) {
            return refuse("accent should be a colour such as #1f5fbf.");
        }
        let database = &self.database_url.0;
        if !["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| database.starts_with(scheme))
        {
            return refuse(
                "database_url should be `sqlite:FILE` or `postgres://user:password@host/name`.",
            );
        }
        let before = database.rsplit_once('@').map_or("", |(before, _)| before);
        if !database.starts_with("sqlite:") && before.contains(['#', '?']) {
            return refuse("database_url should say %23 for # and %3F for ? in its password.");
        }
        if self.redis_url.0.starts_with("rediss://") {
            return refuse(
                "redis_url begins with `rediss://`, but TLS to Redis is not spoken: it should be `redis://host:port/`, in a network of the nodes' own.",
            );
        }
        if !is_redis(&self.redis_url.0) {
            return refuse("redis_url should be `redis://host:port/`, or empty for one node.");
        }
        if !is_address(&self.listen) {
            return refuse("listen should be an IP address and a port, such as 127.0.0.1:8080.");
        }
        if !self.metrics_listen.is_empty() {
            if !is_address(&self.metrics_listen) {
                return refuse(
                    "metrics_listen should be empty or an IP address and a port, such as 127.0.0.1:9100.",
                );
            }
            if meet(&self.listen, &self.metrics_listen) {
                return refuse("metrics_listen should be another port than listen has.");
            }
        }
        let mail = &self.mail.0;
        if !(mail.starts_with("folder:")
            || mail.starts_with("smtp://")
            || mail.starts_with("smtps://")
            || mail == "memory")
        {
            return refuse("mail should be `folder:PATH` or `smtp://…`.");
        }
        let bounds = [
            ("database_connections", self.database_connections, 1, 500),
            ("body_limit_kib", self.body_limit_kib, 16, 16_384),
            ("link_minutes", self.link_minutes, 1, 60),
            ("session_days", self.session_days, 1, 365),
            ("code_tries", self.code_tries, 1, 20),
            ("requests_at_once", self.requests_at_once, 8, 1_000_000),
            ("patience_ms", self.patience_ms, 8, 3_600_000),
            ("ledger_queue", self.ledger_queue, 16, 1_000_000),
            ("ledger_batch", self.ledger_batch, 1, 1_000),
            ("sockets_per_person", self.sockets_per_person, 1, 255),
            ("topics_per_socket", self.topics_per_socket, 1, 10_000),
            (
                "socket_messages_minute",
                self.socket_messages_minute,
                1,
                1_000_000,
            ),
            ("otlp_one_in", self.otlp_one_in, 1, 1_000_000),
            ("drain_seconds", self.drain_seconds, 2, 600),
            ("drain_notice_seconds", self.drain_notice_seconds, 0, 60),
        ];
        for (name, value, low, high) in bounds {
            if !(low..=high).contains(&value) {
                return refuse(&format!("{name} should lie between {low} and {high}."));
            }
        }
        Ok(())
    }
}

/// Whether this is empty or names a Redis, and nothing else with it than the number of a database.
fn is_redis(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    let Ok(url) = url::Url::parse(text) else {
        return false;
    };
    let number = url.path().trim_start_matches('/');
    url.scheme() == "redis"
        && url.host_str().is_some_and(|host| !host.is_empty())
        && (number.is_empty() || number.parse::<u32>().is_ok())
}

/// The address in `text`, if it is one that a node can listen on without asking anybody where it is.
fn address(text: &str) -> Option<SocketAddr> {
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    text.parse().ok()
}

fn is_address(text: &str) -> bool {
    address(text).is_some()
}

/// Whether two listeners would be in each other's way.
fn meet(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (address(one), address(other)) else {
        return false;
    };
    let all = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && (all || one.ip() == other.ip())
}

//! What a command logs, to standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::settings::{LOG_FORMAT, Settings};

/// A node that `serves` tells its story; every other command speaks for itself and logs trouble
/// alone; what strangers send that is no HTTP is nobody's trouble. `MUSTER_LOG` says otherwise, and
/// `MUSTER_LOG_FORMAT=json` makes each line an object for programs.
pub(super) fn start(serves: bool) {
    let usual = if serves {
        "info,actix_server=warn,actix_http=off"
    } else {
        "warn"
    };
    let filter = EnvFilter::try_from_env("MUSTER_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if Settings::environment().any(|(name, value)| name == LOG_FORMAT && value == "json") {
        logs.json().init();
    } else {
        logs.init();
    }
}

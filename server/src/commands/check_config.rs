//! `muster check-config`: whether a node could start with these settings, without starting one.

use super::{ConfigFile, Failure, answer};
use crate::mailer::Mailer;
use crate::regions::Tree;
use crate::sessions::Keys;
use crate::settings::Settings;

pub(super) fn run(from: &ConfigFile) -> Result<(), Failure> {
    let settings = from.settings()?;
    check(&settings)?;
    answer(&told(&settings));
    Ok(())
}

/// What [`Settings::load`] cannot see by itself. Nothing is made and nobody is called.
fn check(settings: &Settings) -> Result<(), Failure> {
    let port = settings
        .listen
        .rsplit_once(':')
        .filter(|(host, _)| !host.is_empty());
    if port.is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
        return Err(Failure(
            "listen should be an address and a port, such as 127.0.0.1:8080.".to_owned(),
        ));
    }
    Mailer::open("memory", &settings.mail_from)?;
    if !settings.keys_file.as_os_str().is_empty() {
        Keys::check(&settings.keys_file)?;
    }
    if !settings.regions_dir.is_empty() {
        Tree::load(settings.regions_dir.as_ref())
            .map_err(|why| format!("regions_dir cannot be used: {why}"))?;
    }
    Ok(())
}

fn told(settings: &Settings) -> String {
    let database = if settings.database_url.0.starts_with("sqlite:") {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let nodes = if settings.redis_url.0.is_empty() {
        "one node"
    } else {
        "any number of nodes"
    };
    format!(
        "The settings can be used: {} on {}, {database}, {nodes}.",
        settings.campaign, settings.listen
    )
}

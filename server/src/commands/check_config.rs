//! `muster check-config`: whether a node could start with these settings, without starting one.

use super::{ConfigFile, Failure, answer};
use crate::mailer::Mailer;
use crate::regions::Tree;
use crate::sessions::Keys;
use crate::settings::Settings;
use crate::trace::Tracer;

pub(super) fn run(from: &ConfigFile) -> Result<(), Failure> {
    let settings = from.settings()?;
    check(&settings)?;
    answer(&told(&settings));
    Ok(())
}

/// What [`Settings::load`] cannot see by itself. Nothing is made and nobody is called.
fn check(settings: &Settings) -> Result<(), Failure> {
    Tracer::check(&settings.otlp_endpoint)?;
    // A folder would be made.
    let mail = &settings.mail.0;
    let mail = if mail.starts_with("folder:") {
        "memory"
    } else {
        mail
    };
    Mailer::open(mail, &settings.mail_from)?;
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

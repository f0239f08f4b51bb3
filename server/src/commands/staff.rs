//! `muster staff add EMAIL`: the first HQ person's way in.

use clap::{Args, Subcommand};

use super::{ConfigFile, Failure, answer};
use crate::accounts;
use crate::clock::Clock;
use crate::server;
use crate::volunteers::Email;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Makes an HQ person and prints their one-time link, good for 24 hours in any browser
    Add {
        /// Their e-mail address
        #[arg(value_name = "EMAIL", value_parser = address)]
        email: String,
        #[command(flatten)]
        from: ConfigFile,
    },
}

fn address(text: &str) -> Result<String, String> {
    Email::parse(text)
        .map(|email| email.to_string())
        .map_err(|_| "write an e-mail address, such as ada@example.org".to_owned())
}

#[tokio::main]
pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let What::Add { email, from } = arguments.what;
    let mut settings = from.settings()?;
    if settings.public_url.is_empty() {
        settings.public_url = format!("http://{}", settings.listen);
    }
    // Nodes see it for themselves within a second; a command that ends at once can tell nobody.
    settings.redis_url.0.clear();
    let app = server::open(settings, Clock::System, None)?;
    answer(&accounts::add_staff(&app, &email, None).await?);
    Ok(())
}

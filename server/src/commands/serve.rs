//! `muster serve`: runs a node until it is told to stop.

use super::{ConfigFile, Failure};
use crate::Server;
use crate::clock::Clock;

pub(super) fn run(from: &ConfigFile) -> Result<(), Failure> {
    let settings = from.settings()?;
    serve(settings)
}

#[tokio::main]
async fn serve(settings: crate::settings::Settings) -> Result<(), Failure> {
    let server = Server::start(settings, Clock::System).await?;
    eprintln!("Muster serves at {}", server.url());
    stopped().await?;
    server.stop().await;
    Ok(())
}

/// Returns at SIGTERM or Ctrl-C.
pub(super) async fn stopped() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut ended = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = ended.recv() => Ok(()),
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

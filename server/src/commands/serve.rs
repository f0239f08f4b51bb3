//! `muster serve`: runs a node until it is told to stop.

use super::{ConfigFile, Failure};
use std::time::Duration;

use crate::Server;
use crate::clock::Clock;

/// What is left on other threads when a node has drained has so long to end.
const LAST: Duration = Duration::from_secs(1);

pub(super) fn run(from: &ConfigFile) -> Result<(), Failure> {
    let settings = from.settings()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(serve(settings));
    // Who waits for a statement that does not end was not told that anything is saved.
    runtime.shutdown_timeout(LAST);
    served
}

async fn serve(settings: crate::settings::Settings) -> Result<(), Failure> {
    let server = Server::start(settings, Clock::System).await?;
    let stop = stops()?;
    eprintln!("Muster serves at {}", server.url());
    stop.await;
    server.stop().await;
    Ok(())
}

/// Listens from now on for SIGTERM and Ctrl-C; what it gives ends at the first of them. To be called
/// before anybody is told that the node is ready.
pub(super) fn stops() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut ended = signal(SignalKind::terminate())?;
        let mut interrupted = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = ended.recv() => {}
                _ = interrupted.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if let Err(why) = tokio::signal::ctrl_c().await {
            tracing::error!(%why, "Ctrl-C cannot be heard");
        }
    })
}

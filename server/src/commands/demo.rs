//! `muster demo`: an example campaign to walk around in.

use std::net::SocketAddr;

use clap::Args;

use super::progress::Progress;
use super::serve::stops;
use super::{Failure, answer};
use crate::demo::{self, Demo, FILE, Wish};

/// Steps that [`demo::start`] tells of.
const STEPS: u64 = 5;

#[derive(Args)]
pub(super) struct Arguments {
    /// How many people take part
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    volunteers: u32,
    /// A database of the demo's own instead of muster-demo.db in this folder; made anew each time
    #[arg(long, value_name = "URL", default_value_t = format!("sqlite:{FILE}"), value_parser = database)]
    database_url: String,
    /// An address of this machine; 127.0.0.1:8080, or a free port if that is taken
    #[arg(long, value_name = "ADDR", value_parser = loopback)]
    listen: Option<SocketAddr>,
    /// Nothing moves by itself
    #[arg(long)]
    still: bool,
}

#[tokio::main]
pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let wish = Wish {
        volunteers: arguments.volunteers as usize,
        database_url: arguments.database_url,
        listen: arguments.listen,
        still: arguments.still,
    };
    let progress = Progress::new(STEPS);
    let demo = demo::start(wish, &|step| progress.step(step)).await;
    progress.end();
    let demo = demo?;
    let stop = stops()?;
    greet(&demo);
    stop.await;
    demo.stop().await;
    Ok(())
}

fn greet(demo: &Demo) {
    let [volunteer, captain, hq] = &demo.links;
    answer(&format!("Muster demo ready at {}", demo.server.url()));
    answer(&format!("  Volunteer  {volunteer}"));
    answer(&format!("  Captain    {captain}"));
    answer(&format!("  HQ         {hq}"));
    let mail = std::path::absolute(&demo.mail).unwrap_or_else(|_| demo.mail.clone());
    answer(&format!("Mails are written to {}", mail.display()));
    answer("Open each link in a browser window of its own. Ctrl-C stops the demo.");
}

fn database(text: &str) -> Result<String, String> {
    ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
        .then(|| text.to_owned())
        .ok_or_else(|| "write sqlite:FILE or postgres://user:password@host/name".to_owned())
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .replace("localhost:", "127.0.0.1:")
        .parse()
        .map_err(|_| "write an address and a port, such as 127.0.0.1:8080".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("a demo listens on this machine alone, such as 127.0.0.1:8080".to_owned())
    }
}

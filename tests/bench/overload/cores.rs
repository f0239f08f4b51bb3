//! Who runs on which core: what is measured on one, what measures on another, so that the load
//! cannot take from the node what the node is judged by.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::campaign::{Campaign, World};
use crate::node::attached;

/// The core of the node and its services, and the core of the load.
#[derive(Debug, Clone, Copy)]
pub struct Cores(Option<(u32, u32)>);

impl Cores {
    /// Two of the cores this process may use; none where there is only one, or no `taskset`.
    pub fn take() -> Self {
        let found = Command::new("taskset")
            .args(["-cp", &std::process::id().to_string()])
            .output();
        let told = found.map(|found| String::from_utf8_lossy(&found.stdout).into_owned());
        let list = told.unwrap_or_default();
        let cores = listed(list.rsplit(": ").next().unwrap_or_default());
        Self(cores.first().copied().zip(cores.get(1).copied()))
    }

    /// In the table.
    pub fn name(self) -> &'static str {
        match self.0 {
            Some(_) => "node and services on one core, the load on another",
            None => "all on one core",
        }
    }

    /// Brings this process to its core.
    pub fn pin_load(self) {
        if let Some((_, load)) = self.0 {
            pin(std::process::id(), load);
        }
    }

    /// A command that runs beside the services and dies with this process.
    pub fn attached(self, program: &Path) -> Command {
        match self.0 {
            Some((node, _)) => {
                let mut command = attached(Path::new("taskset"));
                command.args(["-c", &node.to_string()]).arg(program);
                command
            }
            None => attached(program),
        }
    }

    /// Brings the services of `world` to the core of the node.
    ///
    /// # Errors
    /// One sentence when they do not say which processes they are.
    pub fn pin_services(self, world: &World, campaign: &Campaign) -> Result<(), String> {
        let (Some((core, _)), World::Production { redis, .. }) = (self.0, world) else {
            return Ok(());
        };
        let own = campaign.texts("SELECT CAST(pg_backend_pid() AS TEXT) AS text")?;
        let own = own.first().map_or("", String::as_str);
        // Before its children are listed, so that none comes after that on another core.
        pin(parent(own)?, core);
        let all = "SELECT CAST(pid AS TEXT) AS text FROM pg_stat_activity";
        for process in campaign.texts(all)? {
            pin(process.parse().unwrap_or_default(), core);
        }
        pin(redis_process(redis)?, core);
        Ok(())
    }
}

/// Of `0-3,6`, each.
fn listed(text: &str) -> Vec<u32> {
    let mut cores = Vec::new();
    for part in text.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse()) {
            cores.extend(first..=last);
        }
    }
    cores
}

/// With all its threads. One that has ended meanwhile needs no core.
fn pin(process: u32, core: u32) {
    let _ = Command::new("taskset")
        .args(["-acp", &core.to_string(), &process.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

fn parent(process: &str) -> Result<u32, String> {
    let path = format!("/proc/{process}/status");
    let text = std::fs::read_to_string(&path).map_err(|why| format!("{path}: {why}."))?;
    let line = text.lines().find_map(|line| line.strip_prefix("PPid:"));
    line.and_then(|rest| rest.trim().parse().ok())
        .ok_or_else(|| format!("{path} names no parent."))
}

fn redis_process(url: &str) -> Result<u32, String> {
    let unknown = |why: std::io::Error| format!("Redis does not say which process it is: {why}.");
    let place = url.trim_start_matches("redis://").trim_end_matches('/');
    let place = place.split('/').next().unwrap_or(place);
    let mut stream = TcpStream::connect(place).map_err(unknown)?;
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .map_err(unknown)?;
    stream.write_all(b"INFO server\r\n").map_err(unknown)?;
    for line in BufReader::new(stream).lines() {
        let line = line.map_err(unknown)?;
        if let Some(process) = line.strip_prefix("process_id:") {
            return process.trim().parse().map_err(|_| format!("Redis: {line}"));
        }
    }
    Err("Redis does not say which process it is.".into())
}

//! The program under test: the release binary as a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::campaign::Campaign;

/// How long a process may take to say where it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that runs; it is stopped when dropped.
pub struct Node {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Node {
    /// `muster serve` for a campaign.
    ///
    /// # Errors
    /// One sentence.
    pub fn serve(program: &Path, campaign: &Campaign) -> Result<Self, String> {
        Self::serve_with(program, campaign, &[])
    }

    /// The same with more in its environment.
    ///
    /// # Errors
    /// One sentence.
    pub fn serve_with(
        program: &Path,
        campaign: &Campaign,
        more: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut command = attached(program);
        command
            .arg("serve")
            .current_dir(&campaign.folder)
            .envs(campaign.environment())
            .envs(more.iter().copied());
        Self::start(command, "Muster serves at http://")
    }

    /// Starts a command that says on standard error where it listens, behind `says`.
    ///
    /// # Errors
    /// One sentence.
    pub fn start(mut command: Command, says: &'static str) -> Result<Self, String> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|why| format!("A server cannot be started: {why}."))?;
        let (send, lines) = channel();
        if let Some(complaints) = child.stderr.take() {
            // Read to the end, or its pipe would fill and stop it.
            std::thread::spawn(move || {
                for line in BufReader::new(complaints).lines().map_while(Result::ok) {
                    match line.strip_prefix(says).map(str::parse) {
                        Some(Ok(address)) => drop(send.send(address)),
                        _ => drop(writeln!(std::io::stderr(), "server: {line}")),
                    }
                }
            });
        }
        match lines.recv_timeout(PATIENCE) {
            Ok(address) => Ok(Self { child, address }),
            Err(why) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(match why {
                    RecvTimeoutError::Timeout => "A server does not say where it listens.",
                    RecvTimeoutError::Disconnected => "A server ended at once.",
                }
                .to_owned())
            }
        }
    }

    /// What it holds in memory (its resident set), in KiB.
    ///
    /// # Errors
    /// One sentence when the system does not tell.
    pub fn memory(&self) -> Result<u64, String> {
        let text = self.told("status")?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse().ok())
            .ok_or_else(|| "The system does not tell a process' memory.".to_owned())
    }

    /// Processor time it has used so far, to a hundredth of a second.
    ///
    /// # Errors
    /// One sentence when the system does not tell.
    pub fn worked(&self) -> Result<Duration, String> {
        let text = self.told("stat")?;
        // The name in parentheses may hold blanks; user and system ticks are the 12th and 13th after.
        let fields = text.rsplit(')').next().unwrap_or_default();
        let ticks: Vec<u64> = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse().ok())
            .collect();
        match ticks.as_slice() {
            [user, system] => Ok(Duration::from_millis((user + system) * 10)),
            _ => Err("The system does not tell a process' time.".into()),
        }
    }

    fn told(&self, file: &str) -> Result<String, String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        std::fs::read_to_string(&path).map_err(|why| format!("{path}: {why}."))
    }
}

/// A command that dies with this process, even if it is killed outright.
pub fn attached(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
}

impl Drop for Node {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

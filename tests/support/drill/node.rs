//! One node: a process of its own at an address that it keeps, behind a gate that can fail.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::program;
use crate::{Client, Proxy};

use super::Site;

/// How long a node may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Node {
    /// Its own address.
    pub url: String,
    /// The proxy that people come through.
    pub gate: Proxy,
    /// Where its complaints are kept.
    pub complaints: PathBuf,
    program: PathBuf,
    wrapped: Vec<String>,
    environment: Vec<(String, String)>,
    folder: PathBuf,
    running: Option<Child>,
}

/// A port below the range that the system gives away by itself, so that a node that is down for a
/// moment finds its own free.
fn free_port() -> u16 {
    for _ in 0..200 {
        let port = 20_000 + rand::random_range(0..12_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}

impl Node {
    /// A node of `site` that does not run yet.
    pub async fn of(site: &Site) -> Self {
        let (port, folder) = (free_port(), site.folder.path().to_owned());
        let listen = format!("127.0.0.1:{port}");
        let gate = Proxy::before(listen.clone()).await;
        let url = format!("http://{listen}");
        let mut environment = site.environment();
        environment.push(("MUSTER_LISTEN".into(), listen));
        environment.push(("MUSTER_PUBLIC_URL".into(), url.clone()));
        Self {
            complaints: folder.join(format!("node-{port}.log")),
            program: program(),
            wrapped: Vec::new(),
            url,
            gate,
            environment,
            folder,
            running: None,
        }
    }

    /// With `MUSTER_<NAME>` set from its next start.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.set(&format!("MUSTER_{name}"), value);
        self
    }

    /// Sets a variable of its environment from its next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs it under another program from its next start: the words before its own.
    pub fn wrap(&mut self, words: &[&str]) {
        self.wrapped = words.iter().map(|word| (*word).to_owned()).collect();
    }

    /// Where people come.
    pub fn door(&self) -> String {
        format!("http://{}", self.gate.address)
    }

    /// Starts it and gives how long it took to be ready.
    pub async fn launch(&mut self) -> Duration {
        let began = Instant::now();
        self.spawn();
        self.ready().await;
        began.elapsed()
    }

    /// Starts it without waiting.
    pub fn spawn(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        let open = || {
            let options = File::options()
                .create(true)
                .append(true)
                .open(&self.complaints);
            options.expect("a log")
        };
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL"])
            .args(&self.wrapped)
            .arg(&self.program)
            .arg("serve")
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(open());
        for (name, _) in muster::settings::Settings::environment() {
            if name.starts_with("MUSTER_") {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        self.running = Some(command.spawn().expect("the program starts"));
    }

    /// Waits until it is ready.
    pub async fn ready(&mut self) {
        let (began, asking) = (Instant::now(), Client::new(&self.url));
        while began.elapsed() < PATIENCE {
            assert!(self.lives(), "the node ended: {}", self.last_words());
            if self.is_ready(&asking).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the node does not come up: {}", self.last_words());
    }

    async fn is_ready(&self, asking: &Client) -> bool {
        let asked = asking.try_send(reqwest::Method::GET, "/readyz", &[], None);
        asked.await.is_ok_and(|answer| answer.status == 200)
    }

    /// Whether its process is there.
    pub fn lives(&mut self) -> bool {
        let running = self.running.as_mut();
        running.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// The end of what it complained about.
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.complaints).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    /// What in its complaints no drill may bring about: a panic.
    pub fn panics(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.complaints).unwrap_or_default();
        let panics = text.lines().filter(|line| line.contains("panicked"));
        panics.map(str::to_owned).collect()
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().expect("a signal");
            child.wait().expect("its end");
        }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.running.as_ref().expect("it runs").id()
    }

    /// Sends it a signal (`-STOP`).
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.id().to_string()])
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "a signal");
    }

    /// Asks it to stop and waits for its end; gives its exit code.
    pub async fn stop(&mut self) -> i32 {
        self.signal("-TERM");
        let (began, mut child) = (Instant::now(), self.running.take().expect("it runs"));
        while began.elapsed() < PATIENCE {
            if let Some(status) = child.try_wait().expect("a child") {
                return status.code().unwrap_or(-1);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let _ = child.kill();
        let _ = child.wait();
        panic!("the node does not stop: {}", self.last_words());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

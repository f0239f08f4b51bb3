//! A Redis of one test's own: to be killed, frozen, emptied and replaced by something else.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct OwnRedis {
    pub url: String,
    pub port: u16,
    running: Option<Child>,
    folder: TempDir,
}

impl OwnRedis {
    /// Starts one; `None`, and says so, where there is no program for it and no services are named.
    pub async fn start() -> Option<Self> {
        let there = Command::new("redis-server").arg("--version").output();
        if there.is_err() {
            assert!(
                super::services().is_none(),
                "redis-server is not on the PATH"
            );
            eprintln!("left out: redis-server is not on the PATH");
            return None;
        }
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut own = Self {
            url: format!("redis://127.0.0.1:{port}/"),
            port,
            running: None,
            folder: tempfile::tempdir().expect("a folder"),
        };
        own.launch().await;
        Some(own)
    }

    /// Starts it, empty, and waits until it answers.
    pub async fn launch(&mut self) {
        let running = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "redis-server"])
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server starts");
        self.running = Some(running);
        for _ in 0..100 {
            if self
                .say("PING")
                .await
                .is_some_and(|answer| answer.starts_with("+PONG"))
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("Redis does not come up");
    }

    /// Says one line by hand; gives what comes back.
    pub async fn say(&self, line: &str) -> Option<String> {
        let mut link = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        link.write_all(format!("{line}\r\n").as_bytes())
            .await
            .ok()?;
        let mut answer = vec![0; 16 << 10];
        let read = tokio::time::timeout(Duration::from_secs(2), link.read(&mut answer)).await;
        let count = read.ok()?.ok()?;
        Some(String::from_utf8_lossy(&answer[..count]).into_owned())
    }

    /// Publishes any bytes by hand; gives how many heard it, `None` where it was refused.
    pub async fn publish(&self, channel: &str, letter: &[u8]) -> Option<u32> {
        let mut link = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        let head = format!(
            "*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n",
            channel.len(),
            letter.len()
        );
        let said = [head.as_bytes(), letter, b"\r\n"].concat();
        link.write_all(&said).await.ok()?;
        let mut answer = [0; 64];
        let read = tokio::time::timeout(Duration::from_secs(5), link.read(&mut answer)).await;
        let count = read.ok()?.ok()?;
        let answer = String::from_utf8_lossy(&answer[..count]);
        answer.trim().strip_prefix(':')?.parse().ok()
    }

    /// Says one line by hand; gives the texts of the list that comes back.
    pub async fn list(&self, line: &str) -> Vec<String> {
        let answer = self.say(line).await.unwrap_or_default();
        let texts = answer.lines().filter(|text| !text.starts_with(['*', '$']));
        texts.map(|text| text.trim().to_owned()).collect()
    }

    /// Kills it as a machine does that loses its power.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill().expect("a signal");
            running.wait().expect("its end");
        }
    }

    /// Holds it where it is: its connections stay and it says nothing.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.running.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill runs").success());
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.kill();
            let _ = running.wait();
        }
    }
}

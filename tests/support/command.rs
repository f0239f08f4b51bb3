//! The program as somebody at a terminal uses it, in a folder of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What a command may take at most.
const PATIENCE: Duration = Duration::from_secs(90);

/// Where a command runs and what its environment says.
pub struct Command {
    folder: TempDir,
    settings: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A command that goes on running; it dies with the test.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    printed: Vec<String>,
}

/// The program, which cargo builds beside whatever tests it, in tests under another name.
pub fn program() -> PathBuf {
    let itself = std::env::current_exe().expect("a name");
    let built = itself.ancestors().nth(2).expect("target's folder");
    let tested = built.join("muster-tested");
    if tested.exists() {
        tested
    } else {
        built.join("muster")
    }
}

impl Command {
    /// In an empty folder, with nothing in the environment but patience: a machine that runs many
    /// tests at a time may be late.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            settings: Vec::new(),
        }
        .with("PATIENCE_MS", "3600000")
    }

    /// With `MUSTER_<NAME>` set.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings
            .push((format!("MUSTER_{name}"), value.to_owned()));
        self
    }

    /// The folder it runs in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file into the folder.
    pub fn file(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("a file");
    }

    fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = std::process::Command::new(program());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, _) in muster::settings::Settings::environment() {
            if name.starts_with("MUSTER_") {
                command.env_remove(name);
            }
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.spawn().expect("the program starts")
    }

    /// Runs to the end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let mut child = self.spawn(arguments);
        let mut streams = (child.stdout.take(), child.stderr.take());
        let err = std::thread::spawn(move || all(&mut streams.1));
        let out = all(&mut streams.0);
        let status = wait(&mut child, arguments);
        Ended {
            code: status.expect("it ended by itself"),
            out,
            err: err.join().expect("its complaints"),
        }
    }

    /// Starts it and leaves it running.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.spawn(arguments);
        let out = child.stdout.take().expect("its output");
        let mut err = child.stderr.take();
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        std::thread::spawn(move || eprintln!("{}", all(&mut err)));
        Running {
            child,
            lines,
            printed: Vec::new(),
        }
    }
}

fn all(stream: &mut Option<impl Read>) -> String {
    let mut text = String::new();
    if let Some(stream) = stream {
        stream.read_to_string(&mut text).expect("text");
    }
    text
}

fn wait(child: &mut Child, arguments: &[&str]) -> Option<i32> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        assert!(Instant::now() < until, "{arguments:?} does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Running {
    /// What follows `start` on the line that begins with it, waiting for that line.
    pub fn line(&mut self, start: &str) -> String {
        let rest = |line: &String| {
            line.trim()
                .strip_prefix(start)
                .map(|rest| rest.trim().to_owned())
        };
        if let Some(found) = self.printed.iter().find_map(rest) {
            return found;
        }
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                panic!("no line begins with {start:?}: {:?}", self.printed);
            });
            let found = rest(&line);
            self.printed.push(line);
            if let Some(found) = found {
                return found;
            }
        }
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it is gone");
    }

    /// Asks it to stop and gives its exit code.
    pub fn stop(mut self) -> i32 {
        let asked = std::process::Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(asked.is_ok_and(|status| status.success()));
        wait(&mut self.child, &["stop"]).expect("it ended by itself")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

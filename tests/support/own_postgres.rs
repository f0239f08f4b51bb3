//! A PostgreSQL of one test's own, to be killed. It needs the programs on the PATH, as `tests/run`
//! puts them there.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use diesel::{Connection, PgConnection};
use tempfile::TempDir;

pub struct OwnPostgres {
    pub url: String,
    port: u16,
    data: PathBuf,
    running: Option<Child>,
    folder: TempDir,
}

/// What a program says, or nothing where there is none.
fn said(program: &str, args: &[&str]) -> Option<String> {
    let out = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    out.status.success().then(|| text.trim().to_owned())
}

/// PostgreSQL refuses to run as root: its package brings a user for it.
fn as_its_user(program: &str, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]).current_dir(folder);
    if said("id", &["-u"]).as_deref() == Some("0") {
        command.args([
            "--reuid",
            "postgres",
            "--regid",
            "postgres",
            "--clear-groups",
        ]);
    }
    command.arg(program).stdin(Stdio::null());
    command
}

impl OwnPostgres {
    /// Starts one; `None`, and says so, where the programs are missing.
    pub fn start() -> Option<Self> {
        if said("initdb", &["--version"]).is_none() || said("postgres", &["--version"]).is_none() {
            eprintln!("left out: initdb and postgres are not on the PATH");
            return None;
        }
        Some(Self::within(None))
    }

    /// Starts one whose files lie in the empty folder `data`, which anybody may write to.
    pub fn start_in(data: &Path) -> Option<Self> {
        said("postgres", &["--version"])?;
        Some(Self::within(Some(data)))
    }

    fn within(place: Option<&Path>) -> Self {
        // Not in TMPDIR: the database's user must be able to enter it.
        let folder = tempfile::Builder::new()
            .prefix("muster-own-postgres.")
            .tempdir_in("/tmp")
            .expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("rights");
        if said("id", &["-u"]).as_deref() == Some("0") {
            let user = said("id", &["-u", "postgres"]).expect("the user postgres");
            let user = user.parse().expect("a number");
            chown(folder.path(), Some(user), None).expect("an owner");
        }
        let data = place.map_or_else(|| folder.path().join("data"), |place| place.join("data"));
        let made = as_its_user("initdb", folder.path())
            .args(["-U", "muster", "-A", "trust", "-E", "UTF8", "--no-sync"])
            .args(["--locale=C.UTF-8", "-D"])
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut own = Self {
            url: format!("postgres://muster@127.0.0.1:{port}/postgres"),
            port,
            data,
            running: None,
            folder,
        };
        own.launch();
        own.await_answer();
        own
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, also again over what it left behind.
    pub fn launch(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .expect("a log");
        let running = as_its_user("postgres", self.folder.path())
            .arg("-D")
            .arg(&self.data)
            .args([
                "-p",
                &self.port.to_string(),
                "-c",
                "listen_addresses=127.0.0.1",
            ])
            .args([
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=100",
            ])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("postgres starts");
        self.running = Some(running);
    }

    /// Kills it as a machine does that loses its power.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill().expect("a signal");
            running.wait().expect("its end");
        }
    }

    /// Waits until it answers; one that found the last one's children still there is started again.
    pub fn await_answer(&mut self) {
        for _ in 0..300 {
            if PgConnection::establish(&self.url).is_ok() {
                return;
            }
            let ended = |child: &mut Child| child.try_wait().is_ok_and(|code| code.is_some());
            if self.running.as_mut().is_none_or(ended) {
                self.launch();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("PostgreSQL does not come up: {log}");
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = Command::new("kill")
                .args(["-INT", &running.id().to_string()])
                .status();
            let _ = running.wait();
        }
    }
}

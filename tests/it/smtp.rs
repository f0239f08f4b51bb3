//! Mail over a real SMTP server, which the test runner names in `MUSTER_TEST_SMTPD`: a command that
//! takes the arguments of aiosmtpd. Without it these tests are left out, and say so.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use muster::settings::Secret;

use crate::support::{Place, World, link_in, token_of};

/// An SMTP server of one's own; ends with the test.
struct Post {
    process: Child,
    port: u16,
    box_: PathBuf,
}

impl Drop for Post {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test runner names its services in the environment"
)]
fn command() -> Option<String> {
    let named = std::env::var("MUSTER_TEST_SMTPD")
        .ok()
        .filter(|text| !text.is_empty());
    if named.is_none() {
        println!("left out: MUSTER_TEST_SMTPD is not set");
    }
    named
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Starts the server and waits until it answers.
fn open(command: &str, port: u16, folder: &Path) -> Post {
    let mut words = command.split_whitespace();
    let box_ = folder.join("box");
    let process = Command::new(words.next().expect("a command"))
        .args(words)
        .args([
            "-n",
            "-l",
            &format!("127.0.0.1:{port}"),
            "-c",
            "aiosmtpd.handlers.Mailbox",
        ])
        .arg(&box_)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the SMTP server starts");
    let post = Post {
        process,
        port,
        box_,
    };
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", post.port)).is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the SMTP server does not answer"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    post
}

impl Post {
    /// The one message that arrives within twenty seconds, as it came over the wire.
    async fn message(&self) -> String {
        for _ in 0..400 {
            let arrived = std::fs::read_dir(self.box_.join("new"))
                .into_iter()
                .flatten()
                .flatten()
                .next();
            if let Some(file) = arrived {
                return std::fs::read_to_string(file.path())
                    .expect("a message")
                    .replace('\r', "");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no message arrived");
    }
}

async fn world(port: u16) -> World {
    let mail = format!("smtp://127.0.0.1:{port}");
    World::open_with(Place::Embedded, |settings| settings.mail = Secret(mail))
        .await
        .expect("a world")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_came_over_smtp_signs_in() {
    let Some(command) = command() else { return };
    let folder = tempfile::tempdir().unwrap();
    let post = open(&command, free_port(), folder.path());
    let world = world(post.port).await;
    let browser = world.browser();
    browser
        .post("/join", &[("email", "cy@example.org"), ("zip", "43215")])
        .await
        .expect(303);
    let message = post.message().await;
    for header in [
        "To: cy@example.org",
        "From: ",
        "Subject: Welcome to Muster",
        "Date: ",
    ] {
        assert!(message.contains(header), "{header}: {message}");
    }
    browser
        .post("/sign-in", &[("token", &token_of(&link_in(&message)))])
        .await
        .expect(303);
    browser.get("/api/v1/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_waits_for_a_mail_server_that_is_away() {
    let Some(command) = command() else { return };
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let world = world(port).await;
    let browser = world.browser();
    // The answer does not wait for the mail.
    browser
        .post("/join", &[("email", "cy@example.org"), ("zip", "43215")])
        .await
        .expect(303);
    let post = open(&command, port, folder.path());
    let link = link_in(&post.message().await);
    browser
        .post("/sign-in", &[("token", &token_of(&link))])
        .await
        .expect(303);
}

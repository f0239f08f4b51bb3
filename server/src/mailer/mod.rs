//! Mail: composed once, handed to a folder of `.eml` files or to an SMTP server.
//!
//! Two ways out. [`Mailer::send`] goes at once and is for sign-in links, whose token must not stand
//! in a table. [`post`] writes into the outbox inside the transaction that causes the mail, under a
//! key that can exist once; the outbox task sends it afterwards, on whichever node comes first.

mod errands;
mod store;

pub use errands::{Errands, Slot};

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration as Span;

use lettre::message::header::{ContentTransferEncoding, ContentType, MIME_VERSION_1_0};
use lettre::message::{Body, Mailbox, Message};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::Notify;

use crate::clock::{Clock, Duration};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::ids;

/// How long a node may take over one mail before another tries.
const CLAIM: Duration = Duration::minutes(2);
/// Tries before a mail is given up.
const TRIES: i32 = 8;
/// Characters of a line at most that a mail server must take (RFC 5322).
const LONGEST_LINE: usize = 998;
/// How often the outbox is looked at without being told.
const LOOK: Span = Span::from_secs(15);

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
}

/// Where mail goes.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
    /// Wakes the outbox task.
    pub waiting: Arc<Notify>,
    /// What is made and sent beside the requests.
    pub errands: Errands,
    /// What became of mails.
    pub counts: Counts,
}

/// Mails of this node since its start; cheap to clone.
#[derive(Clone, Default)]
pub struct Counts {
    /// Taken by the mail server or the folder.
    pub sent: Counter,
    /// Not taken, at some try.
    pub failed: Counter,
    /// Mails that waited in the outbox, for any node, when this one looked last.
    pub waiting: Gauge,
}

#[derive(Clone)]
enum Way {
    Folder(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Memory(Arc<Mutex<Vec<Mail>>>),
}

impl Mailer {
    /// A mailer for the setting `mail`: `folder:PATH`, `smtp://…`, `smtps://…`, or `memory` in tests.
    ///
    /// # Errors
    /// One sentence when the setting or the sender's address cannot be used.
    pub fn open(mail: &str, from: &str) -> Result<Self, String> {
        let from = from
            .parse()
            .map_err(|why| format!("mail_from cannot be used: {why}."))?;
        let way = if let Some(folder) = mail.strip_prefix("folder:") {
            make_private(Path::new(folder))
                .map_err(|why| format!("The mail folder {folder}: {why}."))?;
            Way::Folder(folder.into())
        } else if mail == "memory" {
            Way::Memory(Arc::default())
        } else {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(mail)
                .map_err(|why| format!("mail cannot be used: {why}."))?
                .timeout(Some(Span::from_secs(20)))
                .build();
            Way::Smtp(transport)
        };
        Ok(Self {
            from,
            way,
            waiting: Arc::default(),
            errands: Errands::new(),
            counts: Counts::default(),
        })
    }

    /// Sends now.
    ///
    /// # Errors
    /// `Internal` when the address is no mailbox or the server refuses; `Unavailable` when it is away.
    pub async fn send(&self, mail: &Mail) -> Result<(), Error> {
        let sent = self.hand_over(mail).await;
        match &sent {
            Ok(()) => self.counts.sent.inc(),
            Err(_) => self.counts.failed.inc(),
        };
        sent
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), Error> {
        if let Way::Memory(sent) = &self.way {
            sent.lock()
                .map_err(|_| Error::Internal("the mail list is poisoned".into()))?
                .push(mail.clone());
            return Ok(());
        }
        let message = self.compose(mail)?;
        match &self.way {
            Way::Folder(folder) => {
                let file = folder.join(format!("{}.eml", ids::secret(12)));
                let bytes = message.formatted();
                tokio::task::spawn_blocking(move || {
                    // Written beside and renamed, so that nobody reads half a mail.
                    let part = file.with_extension("part");
                    write_private(&part, &bytes).and_then(|()| fs::rename(&part, &file))
                })
                .await
                .map_err(|why| Error::Internal(why.to_string()))?
                .map_err(|why| Error::Internal(format!("the mail folder: {why}")))
            }
            Way::Smtp(transport) => match transport.send(message).await {
                Ok(_) => Ok(()),
                Err(why) if why.is_permanent() => {
                    Err(Error::Internal(format!("mail refused: {why}")))
                }
                Err(why) => {
                    tracing::warn!(%why, "the mail server is away");
                    Err(Error::Unavailable { retry_after: 30 })
                }
            },
            Way::Memory(_) => Ok(()),
        }
    }

    /// What was sent in memory so far.
    pub fn sent(&self) -> Vec<Mail> {
        match &self.way {
            Way::Memory(sent) => sent.lock().map(|sent| sent.clone()).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// What stands behind the @ of our own names for mails.
    fn domain(&self) -> &str {
        let domain = self.from.email.domain();
        if domain.is_ascii() {
            domain
        } else {
            "muster.invalid"
        }
    }

    fn compose(&self, mail: &Mail) -> Result<Message, Error> {
        let to: Address = mail
            .to
            .parse()
            .map_err(|_| Error::Internal("not an address".into()))?;
        let id = format!("<{}@{}>", ids::secret(16), self.domain());
        Message::builder()
            .message_id(Some(id))
            .header(MIME_VERSION_1_0)
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(body(&mail.text))
            .map_err(|why| Error::Internal(format!("a mail could not be composed: {why}")))
    }
}

/// Makes a folder for its owner alone, where there is none yet: what lies in it signs people in.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a new file for its owner alone.
fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(bytes)
}

/// Plain ASCII goes as it is, so that a link stays whole on its line even for those who read the raw
/// message; anything else is encoded.
fn body(text: &str) -> Body {
    let plain = text.is_ascii()
        && !text.contains('\r')
        && text.lines().all(|line| line.len() <= LONGEST_LINE);
    if plain {
        let bytes = text.replace('\n', "\r\n").into_bytes();
        Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit)
    } else {
        Body::new(text.to_owned())
    }
}

/// Puts a mail into the outbox under `key`; a key that is there already sends nothing more. Joins
/// the caller's transaction; wake the task with `mailer.waiting.notify_one()` after it.
pub fn post(
    conn: &mut Conn,
    key: &str,
    mail: &Mail,
    now: crate::clock::Instant,
) -> Result<(), Error> {
    store::insert(conn, ids::fresh(now), key, mail, now)?;
    Ok(())
}

/// How many mails wait in the outbox to be sent.
pub fn waiting(conn: &mut Conn) -> Result<i64, Error> {
    Ok(store::count_waiting(conn, TRIES)?)
}

/// Sends what waits in the outbox, until the process ends.
pub async fn run(db: Db, mailer: Mailer, clock: Clock) {
    loop {
        let _ = tokio::time::timeout(LOOK, mailer.waiting.notified()).await;
        while let Ok(true) = send_one(&db, &mailer, &clock).await {}
        if let Ok(count) = db.read(waiting).await {
            mailer.counts.waiting.set(count);
        }
    }
}

/// Claims and sends one mail; false when none waits.
async fn send_one(db: &Db, mailer: &Mailer, clock: &Clock) -> Result<bool, Error> {
    let now = clock.now();
    let claimed = db
        .write(move |conn| Ok(store::claim(conn, now, now + CLAIM, TRIES)?))
        .await?;
    let Some((id, mail)) = claimed else {
        return Ok(false);
    };
    match mailer.send(&mail).await {
        Ok(()) => {
            let now = clock.now();
            db.write(move |conn| Ok(store::update_sent(conn, id, now)?))
                .await?;
            Ok(true)
        }
        Err(why) => {
            tracing::warn!(%why, "a mail waits for its next try");
            Err(why)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_gets_one_eml_a_message() {
        let folder = tempfile::tempdir().unwrap();
        let mails = folder.path().join("mail");
        let mailer = Mailer::open(
            &format!("folder:{}", mails.display()),
            "Office <office@example.org>",
        )
        .unwrap();
        let mail = Mail {
            to: "ada@example.org".into(),
            subject: "Hello".into(),
            text: format!("Line\nhttp://localhost/sign-in?token={}\n", "f".repeat(64)),
        };
        mailer.send(&mail).await.unwrap();
        let files: Vec<_> = fs::read_dir(&mails).unwrap().collect();
        assert_eq!(files.len(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&files[0].as_ref().unwrap().path()), 0o600);
            assert_eq!(mode(&mails), 0o700, "nobody else reads a link");
        }
        let text = fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
        assert!(
            text.contains("To: ada@example.org") && text.contains("Subject: Hello"),
            "{text}"
        );
        assert!(
            text.lines()
                .any(|line| line.ends_with(&format!("?token={}", "f".repeat(64)))),
            "the link is whole: {text}"
        );
        let header = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            line.unwrap_or_else(|| panic!("no {name} in {text}"))
        };
        assert_eq!(header("MIME-Version:"), "MIME-Version: 1.0");
        let id = header("Message-ID:");
        assert!(id.ends_with("@example.org>"), "{id}");
    }
}

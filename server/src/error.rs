//! The one error type of use cases.
//!
//! Which type belongs where: stores return diesel's `QueryResult`; pure code has small enums of its
//! own; faces (`mod.rs`) return [`Error`]; pages and API handlers wrap it in `http::PageError` and
//! `http::ApiError`, and what a person reads is rendered there, once.

use std::any::Any;
use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as Sql};

/// A sentence for a person: a key of the message catalogue with its arguments, or finished text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sentence {
    /// A key of the catalogue and its arguments.
    Key(&'static str, Vec<(&'static str, String)>),
    /// A finished sentence.
    Plain(String),
}

impl From<&'static str> for Sentence {
    fn from(key: &'static str) -> Self {
        Self::Key(key, Vec::new())
    }
}

/// What is wrong with which field of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<(String, Sentence)>);

impl FieldErrors {
    /// One field, one catalogue key.
    pub fn one(field: impl Into<String>, key: &'static str) -> Self {
        Self(vec![(field.into(), Sentence::from(key))])
    }

    /// One field, one catalogue key with arguments.
    pub fn with(
        field: impl Into<String>,
        key: &'static str,
        args: Vec<(&'static str, String)>,
    ) -> Self {
        Self(vec![(field.into(), Sentence::Key(key, args))])
    }

    /// One field, one finished sentence.
    pub fn plain(field: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self(vec![(field.into(), Sentence::Plain(sentence.into()))])
    }

    /// Adds a fault.
    pub fn add(&mut self, field: impl Into<String>, sentence: impl Into<Sentence>) {
        self.0.push((field.into(), sentence.into()));
    }

    /// Takes what could be read, or keeps the sentences of a bad part for later, so that all of them
    /// are told at once.
    ///
    /// # Errors
    /// Any error but `Invalid`.
    pub fn keep<T>(&mut self, read: Result<T, Error>) -> Result<Option<T>, Error> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(Error::Invalid(more)) => {
                self.0.extend(more.0);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// `Ok` when nothing was found wrong.
    pub fn done(self) -> Result<(), Error> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self))
        }
    }
}

/// Why a use case did not happen. Each variant is one HTTP status (`http::status`).
#[derive(Debug, Clone)]
pub enum Error {
    /// 422: fields with their sentences; nothing was stored.
    Invalid(FieldErrors),
    /// 400: the request cannot be understood.
    Malformed(Sentence),
    /// 401: nobody is signed in.
    SignInNeeded,
    /// 403: known, but not allowed, and no secret is told by saying so.
    Forbidden(Sentence),
    /// 404: it does not exist, or not for this person: the two look the same.
    NotFound,
    /// 405: the address is known, and takes only these methods.
    WrongMethod {
        /// As the header `Allow` lists them.
        allow: String,
    },
    /// 408: the body did not arrive in time.
    TooSlow,
    /// 409: the state of things does not allow it now.
    Conflict(Sentence),
    /// 410: it was there once: a spent link.
    Gone(Sentence),
    /// 413: the body is larger than this call takes.
    TooLarge,
    /// 415: the body is of a type this call does not take.
    WrongType,
    /// 429, after `retry_after` seconds.
    TooMany {
        /// Seconds.
        retry_after: u32,
    },
    /// 503, after `retry_after` seconds: the database is away or the queue is full.
    Unavailable {
        /// Seconds.
        retry_after: u32,
    },
    /// 500: a fault of ours; the text is for the log alone.
    Internal(String),
}

impl Error {
    /// A 422 with one field and one catalogue key.
    pub fn field(field: &str, key: &'static str) -> Self {
        Self::Invalid(FieldErrors::one(field, key))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Start-up and the log show this text; nobody else ever sees it.
            Self::Internal(why) => f.write_str(why),
            other => write!(f, "{other:?}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<Sql> for Error {
    fn from(error: Sql) -> Self {
        match error {
            Sql::NotFound => Self::NotFound,
            Sql::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                ref why,
            ) => {
                // `db/watch` says once that the database is away, and once that it is back.
                tracing::debug!(error = why.message(), "a use of the database broke off");
                Self::Unavailable { retry_after: 1 }
            }
            Sql::DatabaseError(_, ref why) if is_farewell(why.message()) => {
                tracing::debug!(error = why.message(), "a use of the database broke off");
                Self::Unavailable { retry_after: 1 }
            }
            Sql::DatabaseError(_, ref why) if is_passing(why.message()) => {
                tracing::warn!(error = why.message(), "the database cannot serve now");
                Self::Unavailable { retry_after: 1 }
            }
            Sql::BrokenTransactionManager => Self::Unavailable { retry_after: 1 },
            other => Self::Internal(other.to_string()),
        }
    }
}

/// The words of a server that goes, comes or is gone, and of a connection that ended.
fn is_farewell(message: &str) -> bool {
    const WORDS: [&str; 5] = [
        "terminating connection",
        "server closed the connection",
        "connection to server",
        "the database system is",
        "no connection to the server",
    ];
    WORDS.iter().any(|word| message.contains(word))
}

/// Faults of the moment, told apart by the databases' own words since diesel has no kind for them.
fn is_passing(message: &str) -> bool {
    const WORDS: [&str; 11] = [
        "database is locked",
        "database table is locked",
        "disk is full",
        "disk I/O error",
        "attempt to write a readonly database",
        "unable to open database file",
        "No space left on device",
        "in a read-only transaction",
        "deadlock detected",
        "due to lock timeout",
        "due to statement timeout",
    ];
    WORDS.iter().any(|word| message.contains(word))
}

/// What was said in a panic, if it was a text.
pub fn panic_text(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

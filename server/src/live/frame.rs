//! Frames as they go over the wire: encoded once, shared by every socket that gets them.

use std::fmt;
use std::sync::{Arc, LazyLock};

use actix_http::ws::{CloseCode, CloseReason, OpCode, Parser};
use actix_web::web::{Bytes, BytesMut};

/// An encoded frame; cloning shares its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(Bytes);

impl Frame {
    /// A text frame.
    pub fn text(text: &str) -> Self {
        Self::encode(text.as_bytes(), OpCode::Text)
    }

    /// A ping, to find out whether the other side is still there.
    pub fn ping() -> Self {
        Self::encode(b"", OpCode::Ping)
    }

    /// The answer to a client's ping.
    pub fn pong(payload: &[u8]) -> Self {
        Self::encode(payload, OpCode::Pong)
    }

    /// The last frame of a socket.
    pub fn close(end: End) -> Self {
        let mut bytes = BytesMut::new();
        let (code, text) = end.reason();
        let reason = CloseReason {
            code: CloseCode::from(code),
            description: Some(text.to_owned()),
        };
        Parser::write_close(&mut bytes, Some(reason), false);
        Self(bytes.freeze())
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }

    fn encode(payload: &[u8], kind: OpCode) -> Self {
        let mut bytes = BytesMut::new();
        Parser::write_message(&mut bytes, payload, kind, true, false);
        Self(bytes.freeze())
    }
}

/// Why a socket ends (contract.md, "Live socket").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client closed.
    Done,
    /// What came is no WebSocket.
    Protocol,
    /// A message that cannot be read.
    Unreadable,
    /// Too many messages, or too many sockets of one person.
    TooMany,
    /// A frame over the limit.
    TooBig,
    /// The node stops.
    Restart,
    /// The session ended.
    SignedOut,
    /// A subscription is no longer allowed.
    NotAllowed,
}

impl End {
    fn reason(self) -> (u16, &'static str) {
        match self {
            Self::Done => (1000, ""),
            Self::Protocol => (1002, "not a WebSocket frame"),
            Self::Unreadable => (1007, "not a message of muster.v1"),
            Self::TooMany => (1008, "too many"),
            Self::TooBig => (1009, "too big"),
            Self::Restart => (1012, "restart"),
            Self::SignedOut => (4401, "signed out"),
            Self::NotAllowed => (4403, "no longer allowed"),
        }
    }
}

/// The whole state of a topic as one frame: what somebody gets who comes anew or fell behind.
/// Encoded at first use and then shared.
#[derive(Clone)]
pub struct Whole(Arc<LazyLock<Frame, Make>>);

type Make = Box<dyn FnOnce() -> Frame + Send>;

impl Whole {
    /// The frame that `make` will give.
    pub fn new(make: impl FnOnce() -> Frame + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }

    /// The frame.
    pub fn frame(&self) -> Frame {
        LazyLock::force(&self.0).clone()
    }
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Whole")
    }
}

//! What a client may say, read within bounds.

use actix_http::ws::{OpCode, Parser, ProtocolError};
use actix_web::web::{Bytes, BytesMut};
use serde::Deserialize;

use super::frame::End;

/// The largest message of a client, in bytes.
pub const LARGEST: usize = 16 * 1024;

/// A message of a client.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What to do.
    pub op: Op,
    /// With which topic; none for a ping.
    pub topic: Option<String>,
}

/// What a client may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Follow a topic.
    Subscribe,
    /// No longer.
    Unsubscribe,
    /// Answer me.
    Ping,
}

/// What came over the wire.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Message(Message),
    /// A ping of the protocol, with its payload.
    Ping(Bytes),
    /// A pong of the protocol.
    Pong,
}

/// Bytes of a client on their way to messages.
#[derive(Default)]
pub struct Incoming {
    bytes: BytesMut,
    /// A text message whose first frames are here.
    begun: Option<BytesMut>,
}

impl Incoming {
    /// Adds what arrived.
    pub fn push(&mut self, chunk: &[u8]) {
        self.bytes.extend_from_slice(chunk);
    }

    /// The next message, `None` when more bytes are needed.
    ///
    /// # Errors
    /// Why the socket ends: the client closed, or sent what is too big or cannot be read.
    pub fn next(&mut self) -> Result<Option<Heard>, End> {
        loop {
            // The parser waits for a whole frame; one too big is refused by its announced length.
            if announced(&self.bytes) > LARGEST as u64 {
                return Err(End::TooBig);
            }
            let frame = Parser::parse(&mut self.bytes, true, LARGEST).map_err(|why| match why {
                ProtocolError::Overflow => End::TooBig,
                _ => End::Protocol,
            })?;
            let Some((is_last, kind, payload)) = frame else {
                return Ok(None);
            };
            let payload = payload.unwrap_or_default();
            match kind {
                OpCode::Text if self.begun.is_none() => {
                    if is_last {
                        return read(&payload).map(Some);
                    }
                    self.begun = Some(payload);
                }
                OpCode::Continue => {
                    let mut whole = self.begun.take().ok_or(End::Protocol)?;
                    if whole.len() + payload.len() > LARGEST {
                        return Err(End::TooBig);
                    }
                    whole.extend_from_slice(&payload);
                    if is_last {
                        return read(&whole).map(Some);
                    }
                    self.begun = Some(whole);
                }
                OpCode::Ping => return Ok(Some(Heard::Ping(payload.freeze()))),
                OpCode::Pong => return Ok(Some(Heard::Pong)),
                OpCode::Close => return Err(End::Done),
                OpCode::Binary => return Err(End::Unreadable),
                OpCode::Text | OpCode::Bad => return Err(End::Protocol),
            }
        }
    }
}

fn read(payload: &[u8]) -> Result<Heard, End> {
    serde_json::from_slice(payload)
        .map(Heard::Message)
        .map_err(|_| End::Unreadable)
}

/// The payload length that the frame at the start of `bytes` announces (RFC 6455, 5.2); 0 while that
/// part has not arrived.
fn announced(bytes: &[u8]) -> u64 {
    let length = |from: usize, to: usize| {
        bytes.get(from..to).map_or(0, |field| {
            field
                .iter()
                .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
        })
    };
    match bytes.get(1).map(|byte| byte & 0x7f) {
        Some(126) => length(2, 4),
        Some(127) => length(2, 10),
        Some(short) => u64::from(short),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(parts: &[(&str, OpCode, bool)]) -> Incoming {
        let mut incoming = Incoming::default();
        for (text, kind, last) in parts {
            let mut bytes = BytesMut::new();
            Parser::write_message(&mut bytes, text.as_bytes(), *kind, *last, true);
            incoming.push(&bytes);
        }
        incoming
    }

    fn subscribed(topic: &str) -> Heard {
        Heard::Message(Message {
            op: Op::Subscribe,
            topic: Some(topic.into()),
        })
    }

    #[test]
    fn messages_are_read_whole_in_pieces_and_with_pings_between() {
        let (head, tail) = ("{\"op\":\"subscribe\",", "\"topic\":\"race/us\"}");
        let mut incoming = sent(&[
            (&format!("{head}{tail}"), OpCode::Text, true),
            (head, OpCode::Text, false),
            ("p", OpCode::Ping, true),
            (tail, OpCode::Continue, true),
        ]);
        assert_eq!(incoming.next(), Ok(Some(subscribed("race/us"))));
        assert_eq!(incoming.next(), Ok(Some(Heard::Ping("p".into()))));
        assert_eq!(incoming.next(), Ok(Some(subscribed("race/us"))));
        assert_eq!(incoming.next(), Ok(None));
    }

    #[test]
    fn what_is_too_big_is_refused_before_it_has_arrived() {
        let mut incoming = Incoming::default();
        incoming.push(&[0x81, 0x80 | 127, 0, 0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(
            incoming.next(),
            Err(End::TooBig),
            "four gibibytes announced"
        );
        let half = "x".repeat(LARGEST / 2 + 1);
        let mut incoming = sent(&[
            (&half, OpCode::Text, false),
            (&half, OpCode::Continue, true),
        ]);
        assert_eq!(incoming.next(), Err(End::TooBig));
    }

    #[test]
    fn what_is_no_message_ends_the_socket() {
        for text in [
            "",
            "hello",
            "{}",
            "{\"op\":\"shout\"}",
            "{\"op\":\"ping\",\"x\":1}",
        ] {
            assert_eq!(
                sent(&[(text, OpCode::Text, true)]).next(),
                Err(End::Unreadable),
                "{text}"
            );
        }
        assert_eq!(
            sent(&[("x", OpCode::Binary, true)]).next(),
            Err(End::Unreadable)
        );
        assert_eq!(
            sent(&[("x", OpCode::Continue, true)]).next(),
            Err(End::Protocol)
        );
        assert_eq!(sent(&[("", OpCode::Close, true)]).next(), Err(End::Done));
        let mut bare = Incoming::default();
        bare.push(&[0x81, 0x02, b'h', b'i']);
        assert_eq!(bare.next(), Err(End::Protocol), "a client must mask");
    }
}

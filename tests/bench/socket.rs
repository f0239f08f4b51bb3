//! A live socket as a program holds one, as far as a load needs it.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::wire::Wire;

/// An open socket.
pub struct Socket {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Socket {
    /// A socket of whom `token` names that has asked for these topics.
    ///
    /// # Errors
    /// One sentence.
    pub async fn follow(address: SocketAddr, token: &str, topics: &[&str]) -> Result<Self, String> {
        let request = format!(
            "GET /live HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
             authorization: Bearer {token}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: bXVzdGVyIGF0IHNwZWVkIQ==\r\n\
             sec-websocket-protocol: muster.v1\r\n\r\n"
        );
        let failed = |why| format!("A socket cannot be opened: {why}.");
        let mut wire = Wire::open(address).await.map_err(failed)?;
        let head = wire.ask(request.as_bytes()).await.map_err(failed)?;
        if head.status != 101 {
            let said = String::from_utf8_lossy(wire.answer()).into_owned();
            return Err(format!("A socket was refused:\n{said}"));
        }
        let mut stream = wire.into_stream();
        for topic in topics {
            let topic = format!(r#"{{"op":"subscribe","topic":"{topic}"}}"#);
            let masked = masked(1, topic.as_bytes());
            stream.write_all(&masked).await.map_err(failed)?;
        }
        Ok(Self {
            stream,
            bytes: Vec::new(),
        })
    }

    /// The next text; pings are answered. Loses nothing when it is given up while it waits.
    ///
    /// # Errors
    /// One sentence when the other side ends.
    pub async fn text(&mut self) -> Result<String, String> {
        loop {
            while let Some((kind, payload, whole)) = frame(&self.bytes) {
                let payload = String::from_utf8_lossy(payload).into_owned();
                self.bytes.drain(..whole);
                match kind {
                    1 => {
                        if self.bytes.is_empty() {
                            self.bytes = Vec::new();
                        }
                        return Ok(payload);
                    }
                    8 => return Err(format!("A socket was closed: {payload}")),
                    9 => {
                        let pong = masked(10, payload.as_bytes());
                        let sent = self.stream.write_all(&pong).await;
                        sent.map_err(|why| why.to_string())?;
                    }
                    _ => {}
                }
            }
            let count = self.stream.read_buf(&mut self.bytes).await;
            if count.map_err(|why| why.to_string())? == 0 {
                return Err("A socket ended without a word.".into());
            }
        }
    }
}

/// A client's short frame (RFC 6455, 5.2), under a mask of zeros.
fn masked(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or(125).min(125);
    let mut frame = vec![0x80 | kind, 0x80 | length, 0, 0, 0, 0];
    frame.extend(payload.iter().take(usize::from(length)));
    frame
}

/// The server's frame at the start of `bytes`: its kind, its payload and its length with the head.
fn frame(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let kind = bytes.first()? & 0x0f;
    let number = |from: usize, to: usize| {
        let field = bytes.get(from..to)?;
        Some(
            field
                .iter()
                .fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte)),
        )
    };
    let (head, length) = match bytes.get(1)? & 0x7f {
        126 => (4, number(2, 4)?),
        127 => (10, number(2, 10)?),
        short => (2, usize::from(short)),
    };
    let payload = bytes.get(head..head + length)?;
    Some((kind, payload, head + length))
}

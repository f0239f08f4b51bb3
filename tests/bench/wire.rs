//! HTTP/1.1 as far as a load generator needs it: whole requests out, whole answers in, no copies.

use std::io;
use std::net::SocketAddr;

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the last chunk of a body ends with, and what comes before it.
const LAST: &[u8] = b"\r\n0\r\n\r\n";

/// A connection that is kept.
pub struct Wire {
    stream: TcpStream,
    answer: Vec<u8>,
}

/// The head of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// 200, 201, …
    pub status: u16,
    /// Where the body begins.
    pub body: usize,
    /// Bytes of head and body together; of a body in chunks, those of the head.
    pub whole: usize,
    /// Whether the body comes in chunks, the last of which is empty.
    pub chunks: bool,
}

impl Wire {
    /// Connects.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            answer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and waits for its whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Head> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        let mut head = None;
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if head.is_none() {
                head = read_head(&self.answer)?;
            }
            if let Some(head) = head
                && self.answer.len() >= head.whole
                && (!head.chunks || self.answer.ends_with(LAST))
            {
                return Ok(head);
            }
        }
    }

    /// The bytes of the last answer.
    pub fn answer(&self) -> &[u8] {
        &self.answer
    }

    /// The connection itself, for what becomes of it after an upgrade.
    pub fn into_stream(self) -> TcpStream {
        self.stream
    }
}

/// The head at the start of `bytes`; `None` while it has not wholly arrived. An answer without a
/// length has no body: only an upgrade comes without one here.
pub fn read_head(bytes: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = bytes.get(..end).unwrap_or_default();
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.trim().parse::<usize>().ok();
    let status = head.get(9..12).and_then(number);
    let status = status.ok_or_else(|| bad("an answer without a status"))?;
    let (mut length, mut chunks) = (0, false);
    let mut rest = head;
    while let Some(line_end) = memchr::memchr(b'\n', rest) {
        rest = rest.get(line_end + 1..).unwrap_or_default();
        let Some(colon) = memchr::memchr(b':', rest) else {
            break;
        };
        let (name, value) = rest.split_at(colon);
        if name.eq_ignore_ascii_case(b"content-length") {
            let value = value
                .split(|byte| *byte == b'\r')
                .next()
                .unwrap_or_default();
            let value = value.get(1..).and_then(number);
            length = value.ok_or_else(|| bad("an answer with a bad length"))?;
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            chunks = true;
        }
    }
    Ok(Some(Head {
        status: u16::try_from(status).map_err(|_| bad("a status out of range"))?,
        body: end + 4,
        whole: end + 4 + length,
        chunks,
    }))
}

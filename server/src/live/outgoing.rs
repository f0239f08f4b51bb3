//! The writing side of a socket: the body of its response, which its connection asks when it can write.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::web::Bytes;
use futures_util::Stream;

use super::line::Line;

/// Bytes handed over at once: as many as the connection's buffer holds from the beginning. It grows
/// with what it is given and never shrinks, so that one whole board would cost each socket its size
/// for as long as it lives.
const PIECE: usize = 8 * 1024;

/// How the body of a socket ends that both sides have closed. As an error, since a body that merely
/// ends has the connection wait up to a second for the client to hang up first, which is what the
/// client waits for.
#[derive(Debug)]
pub struct BothClosed;

impl fmt::Display for BothClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no fault: both sides of a socket have closed")
    }
}

impl std::error::Error for BothClosed {}

/// The response body of a socket: the connection polls it when it has room to write.
pub struct Outgoing {
    line: Arc<Line>,
    /// What is left of a frame.
    rest: Bytes,
    /// Whether the connection asked for it and was told to write first.
    asked: bool,
}

impl Outgoing {
    /// The body of `line`.
    pub fn of(line: Arc<Line>) -> Self {
        Self {
            line,
            rest: Bytes::new(),
            asked: false,
        }
    }

    fn piece(&mut self) -> Bytes {
        let length = self.rest.len().min(PIECE);
        self.rest.split_to(length)
    }
}

impl Stream for Outgoing {
    type Item = Result<Bytes, BothClosed>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.line.waker.register(context.waker());
        if self.rest.is_empty() {
            match self.line.take() {
                Poll::Ready(Some(frame)) => self.rest = frame.bytes(),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending if !self.line.is_closed() => return Poll::Pending,
                Poll::Pending if std::mem::replace(&mut self.asked, true) => {
                    return Poll::Ready(Some(Err(BothClosed)));
                }
                Poll::Pending => {
                    // The connection writes the close frame before it asks again.
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        } else if !std::mem::replace(&mut self.asked, true) {
            // The connection writes what it has before it asks again.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.asked = false;
        Poll::Ready(Some(Ok(self.piece())))
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.line.cut();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, StreamExt};

    use super::super::frame::{End, Frame};
    use super::super::topic::Topic;
    use super::*;
    use crate::ids::{SessionId, VolunteerId};
    use crate::region_code::RegionCode;

    fn line() -> Arc<Line> {
        Line::new(1, VolunteerId(7), SessionId(1))
    }

    fn race(code: &str) -> Topic {
        Topic::Race(RegionCode::parse(code).unwrap())
    }

    #[test]
    fn a_long_frame_goes_out_in_pieces_that_make_it_whole() {
        let line = line();
        let frame = Frame::text(&"x".repeat(2 * PIECE));
        line.offer(&race("us"), &frame, None);
        line.offer(&race("us-oh"), &Frame::text("next"), None);
        let mut out = Outgoing::of(line);
        let (mut pieces, mut pauses) = (Vec::new(), 0);
        while pieces.len() < 4 {
            match out.next().now_or_never() {
                Some(Some(Ok(piece))) => pieces.push(piece),
                Some(other) => panic!("{other:?}"),
                None => pauses += 1,
            }
        }
        assert_eq!(pauses, 2, "one before each further piece");
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE));
        assert_eq!(pieces[..3].concat(), frame.bytes());
        assert_eq!(pieces[3], Frame::text("next").bytes());
    }

    #[test]
    fn a_socket_that_both_have_closed_ends_when_the_close_frame_is_written() {
        let line = line();
        let mut out = Outgoing::of(line.clone());
        line.end(End::Done);
        line.close();
        let last = out.next().now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(last, Frame::close(End::Done).bytes());
        assert!(out.next().now_or_never().is_none(), "it is written first");
        assert!(out.next().now_or_never().unwrap().unwrap().is_err());
        drop(out);
        line.gone().now_or_never().expect("it is gone");
    }
}

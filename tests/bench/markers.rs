//! Markers: people in regions where nobody else logs anything, one entry at a time, so that the first
//! frame with another number of points is the one that shows this entry.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use muster::clock::{Duration as Span, Instant as Moment};
use serde_json::Value;
use tokio::time::{sleep_until, timeout};

use crate::campaign::Member;
use crate::numbers::real;
use crate::socket::Socket;
use crate::wire::Wire;
use crate::work::post;

/// Between two entries of a marker. No divisor or multiple of the second, so that they meet a board's
/// frames at every phase.
const EVERY: Duration = Duration::from_millis(1_370);
/// What must come comes within this.
const PATIENCE: Duration = Duration::from_secs(30);
/// What an entry counts, in hundredths of a point: one door of a newcomer.
const WORTH: i64 = 100;

/// One of them.
pub struct Marker {
    /// Who logs.
    pub member: Member,
    /// The board that is followed, as its region's code.
    pub board: String,
    /// The row of it that moves.
    pub row: String,
    /// The nodes that entries go to in turn.
    pub ask: Vec<SocketAddr>,
    /// The node whose socket is listened to.
    pub listen: SocketAddr,
    /// Before when its entries happened, a minute apart.
    pub now: Moment,
    /// Entries logged so far.
    pub logged: u32,
}

/// How long entries took, in microseconds.
#[derive(Default)]
pub struct Shown {
    /// From when an entry was due until a frame showed it.
    pub from_due: Vec<u32>,
    /// From when its 201 had come; 0 where the frame was first.
    pub from_answer: Vec<u32>,
}

impl Marker {
    /// Logs one entry after the other, each when it is due, until `until`; `share` of a whole turn (0
    /// to 1) sets it apart from its fellows.
    ///
    /// # Errors
    /// One sentence: a frame that does not come, or one with points that cannot be.
    pub async fn run(mut self, share: f64, until: Instant) -> Result<(Shown, Self), String> {
        let topic = format!("race/{}", self.board);
        let mut socket = Socket::follow(self.listen, &self.member.token, &[&topic]).await?;
        let mut wires = Vec::new();
        for address in &self.ask {
            let wire = Wire::open(*address).await;
            wires.push(wire.map_err(|why| format!("A marker cannot connect: {why}."))?);
        }
        let mut shown = Shown::default();
        let mut due = Instant::now() + EVERY.mul_f64(share);
        while due < until {
            // The timer's own lateness is none of the server's, but a late start is.
            let late = Instant::now() >= due;
            // What comes meanwhile must show what was shown.
            let nothing = self.next(&mut socket, self.points(), false);
            tokio::select! {
                biased;
                () = sleep_until(due.into()) => {}
                other = nothing => return Err(other.err().unwrap_or_default()),
            }
            let asked = if late { due } else { Instant::now() };
            let turn = self.logged as usize % wires.len().max(1);
            let request = self.request(turn);
            let Some(wire) = wires.get_mut(turn) else {
                return Err("A marker has no node to ask.".into());
            };
            let answer = async {
                let head = wire.ask(&request).await.map_err(|why| why.to_string())?;
                let said = String::from_utf8_lossy(wire.answer()).into_owned();
                if head.status == 201 && said.contains("\"counted\":1}") {
                    return Ok(Instant::now());
                }
                Err(format!("A marker's entry was answered:\n{said}"))
            };
            let frame = self.next(&mut socket, self.points() + WORTH, true);
            let both = async { tokio::try_join!(answer, frame) };
            let missing = |_| format!("{} did not move on {topic} of {}.", self.row, self.listen);
            let (answered, seen) = timeout(PATIENCE, both).await.map_err(missing)??;
            self.logged += 1;
            shown
                .from_due
                .push(micros(seen.saturating_duration_since(asked)));
            shown
                .from_answer
                .push(micros(seen.saturating_duration_since(answered)));
            due += EVERY;
        }
        Ok((shown, self))
    }

    fn points(&self) -> i64 {
        i64::from(self.logged) * WORTH
    }

    fn request(&self, turn: usize) -> Vec<u8> {
        let at = self.now - Span::minutes(i64::from(1 + self.logged));
        let body =
            format!(r#"{{"kind":"doors","quantity":1,"conversations":0,"occurred_at":"{at}"}}"#);
        let host = self.ask.get(turn).map(ToString::to_string);
        let key = format!("marker-{}-{}", self.member.id, self.logged);
        let mut request = Vec::with_capacity(512);
        post(
            &host.unwrap_or_default(),
            &self.member.token,
            &key,
            &body,
            &mut request,
        );
        request
    }

    /// Waits for a frame whose row has `wanted` points; until then it may show only what it did. Never
    /// ends where nothing shall `move`.
    async fn next(&self, socket: &mut Socket, wanted: i64, moves: bool) -> Result<Instant, String> {
        loop {
            let text = socket.text().await?;
            let came = Instant::now();
            for row in rows(&text)? {
                if row.0 != self.row {
                    continue;
                }
                if row.1 == wanted && moves {
                    return Ok(came);
                }
                if row.1 != self.points() {
                    return Err(format!(
                        "{} shows {} hundredths of a point for {}, which has {}.",
                        self.board,
                        row.1,
                        self.row,
                        self.points()
                    ));
                }
            }
        }
    }
}

/// The rows of a frame: their regions and hundredths of a point.
///
/// # Errors
/// One sentence when it is none of a board.
pub fn rows(text: &str) -> Result<Vec<(String, i64)>, String> {
    let frame: Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
    let rows = frame.get("rows").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| format!("No frame of a board: {text}"))?;
    let row = |row: &Value| {
        let region = row.get("region")?.as_str()?.to_owned();
        Some((region, hundredths(row.get("points")?.as_f64()?)))
    };
    Ok(rows.iter().filter_map(row).collect())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "points of a benchmark are far below 2^53 hundredths"
)]
fn hundredths(points: f64) -> i64 {
    (points * 100.0).round() as i64
}

fn micros(span: Duration) -> u32 {
    u32::try_from(span.as_micros()).unwrap_or(u32::MAX)
}

/// Seconds of so many microseconds.
pub fn seconds(micros: u32) -> f64 {
    real(u64::from(micros)) / 1e6
}

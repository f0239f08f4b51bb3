//! Sockets that follow boards and keep what they are told, to be compared with the database.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::campaign::{Campaign, Member};
use crate::markers::rows;
use crate::socket::Socket;

/// What one socket shows of each region: hundredths of a point.
type Rows = HashMap<String, i64>;

/// A socket's board and what it shows, once the first frame came.
struct Kept {
    name: String,
    week: String,
    seq: u64,
    rows: Rows,
}

/// Sockets that follow a board each.
#[derive(Default)]
pub struct Followers {
    sockets: JoinSet<Result<(), String>>,
    kept: Vec<Arc<Mutex<Kept>>>,
    frames: Arc<std::sync::atomic::AtomicU64>,
}

impl Followers {
    /// One more socket, of `member` on the node at `address`. With `thoroughly` each frame is read and
    /// kept; else it is only taken.
    ///
    /// # Errors
    /// One sentence.
    pub async fn follow(
        &mut self,
        address: SocketAddr,
        member: &Member,
        board: &str,
        thoroughly: bool,
    ) -> Result<(), String> {
        let topic = format!("race/{board}");
        let mut socket = Socket::follow(address, &member.token, &[&topic]).await?;
        let frames = self.frames.clone();
        let kept = Arc::new(Mutex::new(Kept {
            name: format!("{topic} of {address}"),
            week: String::new(),
            seq: 0,
            rows: Rows::new(),
        }));
        if thoroughly {
            self.kept.push(kept.clone());
        }
        self.sockets.spawn(async move {
            loop {
                let text = socket.text().await?;
                frames.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if thoroughly {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.take(&text)?;
                }
            }
        });
        Ok(())
    }

    /// Frames that came so far.
    pub fn frames(&self) -> u64 {
        self.frames.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Ends them, after comparing what each shows with the totals of the database. Gives how many
    /// rows there were.
    ///
    /// # Errors
    /// One sentence: a socket that ended, a number that went backwards, a frame that was skipped, or
    /// a row that is not what the database says.
    pub fn compare(mut self, campaign: &Campaign) -> Result<usize, String> {
        if let Some(ended) = self.sockets.try_join_next() {
            return Err(match ended {
                Ok(Err(why)) => why,
                _ => "A socket ended.".into(),
            });
        }
        let query = "SELECT week || ' ' || region || ' ' || points AS text FROM region_weeks";
        let texts = campaign.texts(query)?;
        let totals: HashMap<&str, i64> = texts
            .iter()
            .filter_map(|text| text.rsplit_once(' '))
            .filter_map(|(key, points)| Some((key, points.parse().ok()?)))
            .collect();
        let mut count = 0;
        for kept in &self.kept {
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            for (region, points) in &kept.rows {
                let key = format!("{} {region}", kept.week);
                let total = totals.get(key.as_str()).copied().unwrap_or(0);
                if *points != total {
                    return Err(format!(
                        "{} shows {points} for {region}, the database has {total}.",
                        kept.name
                    ));
                }
                count += 1;
            }
        }
        Ok(count)
    }
}

impl Kept {
    fn take(&mut self, text: &str) -> Result<(), String> {
        let frame: Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
        let seq = frame.get("seq").and_then(Value::as_u64).unwrap_or(0);
        let whole = frame.get("kind").and_then(Value::as_str) == Some("snapshot");
        if !whole && seq != self.seq + 1 {
            return Err(format!("{}: {seq} follows {}.", self.name, self.seq));
        }
        self.seq = seq;
        if let Some(week) = frame.get("week").and_then(Value::as_str) {
            week.clone_into(&mut self.week);
        }
        for (region, points) in rows(text)? {
            let before = self.rows.insert(region.clone(), points).unwrap_or(0);
            if points < before {
                return Err(format!(
                    "{}: {region} went back from {before} to {points}.",
                    self.name
                ));
            }
        }
        Ok(())
    }
}

//! A page that follows a board whatever happens: it comes again when it is cut off, as the page's own
//! script does, and watches that no frame is missed without a word.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::judge::same;
use super::site::STATE;
use super::{Member, Site};

/// After how much silence a page asks whether anybody is there, and how long it waits for a word.
const SILENCE: Duration = Duration::from_secs(5);
/// Pages that come at the same moment: one machine is all of them.
const COMING: usize = 128;

/// What a page saw.
#[derive(Default)]
struct Seen {
    week: String,
    points: HashMap<String, f64>,
    epoch: String,
    seq: u64,
    faults: Vec<String>,
    closes: HashMap<u16, usize>,
    connected: Option<Instant>,
    frames: usize,
}

/// One page.
pub struct Viewer {
    seen: Arc<Mutex<Seen>>,
}

/// Pages that follow the board of the state.
pub struct Viewers {
    site: Arc<Site>,
    all: Vec<Viewer>,
    stop: Arc<AtomicBool>,
    open: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Viewers {
    /// `count` pages of different people, spread over `doors`. Whoever is cut off comes again within
    /// `longest`, by chance.
    pub fn open(site: &Arc<Site>, doors: &[String], count: usize, longest: Duration) -> Self {
        let (stop, open) = (
            Arc::new(AtomicBool::new(false)),
            Arc::<AtomicUsize>::default(),
        );
        let mut all = Self {
            site: site.clone(),
            all: Vec::new(),
            stop,
            open,
            tasks: Vec::new(),
        };
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .build()
            .expect("a client");
        let coming = Arc::new(Semaphore::new(COMING));
        for at in 0..count {
            let page = Page {
                site: site.clone(),
                member: site.members[at % site.members.len()].clone(),
                doors: doors.to_vec(),
                at,
                http: http.clone(),
                longest,
                stop: all.stop.clone(),
                open: all.open.clone(),
                coming: coming.clone(),
                seen: Arc::default(),
            };
            all.all.push(Viewer {
                seen: page.seen.clone(),
            });
            all.tasks.push(tokio::spawn(page.follow()));
        }
        all
    }

    /// Pages that have a socket and were sent the board over it.
    pub fn following(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Waits until all follow, and gives how long it took.
    ///
    /// # Errors
    /// How many do after `patience`.
    pub async fn all_follow(&self, patience: Duration) -> Result<Duration, String> {
        let began = Instant::now();
        while self.following() < self.all.len() {
            if began.elapsed() > patience {
                return Err(format!(
                    "{} of {} pages follow",
                    self.following(),
                    self.all.len()
                ));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(began.elapsed())
    }

    /// Frames that came so far.
    pub fn frames(&self) -> usize {
        self.each(|seen| seen.frames).into_iter().sum()
    }

    /// How often sockets were closed with this code.
    pub fn closed_with(&self, code: u16) -> usize {
        self.each(|seen| seen.closes.get(&code).copied().unwrap_or(0))
            .into_iter()
            .sum()
    }

    fn each<T>(&self, look: impl Fn(&mut Seen) -> T) -> Vec<T> {
        self.all
            .iter()
            .map(|viewer| look(&mut viewer.seen.lock().unwrap_or_else(PoisonError::into_inner)))
            .collect()
    }

    /// What is wrong: frames missed without a word, and pages that after `patience` still show
    /// something else than the database has.
    pub async fn judge(&self, patience: Duration) -> Vec<String> {
        let mut faults: Vec<String> = self.each(|seen| std::mem::take(&mut seen.faults)).concat();
        let began = Instant::now();
        loop {
            let weeks: HashSet<String> = self.each(|seen| seen.week.clone()).into_iter().collect();
            let mut wrong = None;
            for week in weeks {
                let totals = self.site.totals(&week).await;
                let stale = self
                    .each(|seen| (seen.week == week).then(|| same(&totals, &seen.points).err()));
                wrong = wrong.or_else(|| stale.into_iter().flatten().flatten().next());
            }
            if wrong.is_none() || began.elapsed() > patience {
                faults.extend(
                    wrong
                        .into_iter()
                        .map(|why| format!("a page is stale: {why}")),
                );
                return faults;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Viewers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in &self.tasks {
            task.abort();
        }
    }
}

struct Page {
    site: Arc<Site>,
    member: Member,
    doors: Vec<String>,
    at: usize,
    http: reqwest::Client,
    longest: Duration,
    stop: Arc<AtomicBool>,
    open: Arc<AtomicUsize>,
    coming: Arc<Semaphore>,
    seen: Arc<Mutex<Seen>>,
}

/// Thousands of sockets share one process.
fn small() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4 << 10)
        .write_buffer_size(0)
}

impl Page {
    async fn follow(self) {
        let mut tries = self.at;
        while !self.stop.load(Ordering::Relaxed) {
            let door = &self.doors[tries % self.doors.len()];
            let _ = self.once(door).await;
            let had = self.looking(|seen| seen.connected.take().is_some());
            if had {
                self.open.fetch_sub(1, Ordering::Relaxed);
            }
            tries += 1;
            sleep(self.longest.mul_f64(rand::random_range(0.1..1.0))).await;
        }
    }

    fn looking<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One socket, from its ticket to its end.
    async fn once(&self, door: &str) -> Option<()> {
        let place = self.coming.acquire().await.ok()?;
        let asked = self
            .http
            .post(format!("{door}/api/v1/live-tickets"))
            .bearer_auth(self.site.token(&self.member))
            .header("content-type", "application/json")
            .body("{}")
            .send()
            .await;
        let text = asked.ok()?.text().await.ok()?;
        let answer: Value = serde_json::from_str(&text).ok()?;
        let address = door.replacen("http", "ws", 1);
        let ticket = answer["ticket"].as_str()?;
        let mut request = format!("{address}/live?ticket={ticket}")
            .into_client_request()
            .ok()?;
        let version = "muster.v1".parse().expect("a header value");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", version);
        let (mut socket, _) = timeout(
            SILENCE,
            connect_async_with_config(request, Some(small()), true),
        )
        .await
        .ok()?
        .ok()?;
        drop(place);
        let topic = format!("race/{STATE}");
        let wish = json!({"op": "subscribe", "topic": topic}).to_string();
        socket.send(Message::text(wish)).await.ok()?;
        let mut asked = false;
        loop {
            match timeout(SILENCE, socket.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => {
                    asked = false;
                    let frame: Value = serde_json::from_str(&text).ok()?;
                    if frame["topic"] == topic.as_str() && !self.take(&frame) {
                        // Told of a gap by what came, it subscribes anew, as the contract says.
                        return None;
                    }
                }
                Ok(Some(Ok(Message::Close(close)))) => {
                    let code = close.map_or(1005, |close| close.code.into());
                    self.looking(|seen| *seen.closes.entry(code).or_default() += 1);
                    return None;
                }
                Ok(Some(Ok(_))) => asked = false,
                Ok(Some(Err(_)) | None) => return None,
                // Nobody there any more?
                Err(_) if asked => return None,
                Err(_) => {
                    asked = true;
                    socket.send(Message::text(r#"{"op":"ping"}"#)).await.ok()?;
                }
            }
        }
    }

    /// Takes a board's frame; false where it could not be understood from those before.
    fn take(&self, frame: &Value) -> bool {
        let (epoch, seq) = (
            frame["epoch"].as_str().unwrap_or_default(),
            frame["seq"].as_u64().unwrap_or(0),
        );
        self.looking(|seen| {
            seen.frames += 1;
            let whole = frame["kind"] == "snapshot";
            if whole {
                seen.points.clear();
                if seen.connected.is_none() {
                    seen.connected = Some(Instant::now());
                    self.open.fetch_add(1, Ordering::Relaxed);
                } else if seen.epoch == epoch && seq < seen.seq {
                    seen.faults.push(format!(
                        "a board went back from frame {} to {seq}",
                        seen.seq
                    ));
                }
            } else if seen.connected.is_none() || seen.epoch != epoch || seq != seen.seq + 1 {
                seen.faults.push(format!(
                    "after frame {} of {} came {seq} of {epoch}, and no whole board before it",
                    seen.seq, seen.epoch
                ));
                return false;
            }
            (seen.epoch, seen.seq) = (epoch.to_owned(), seq);
            frame["week"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut seen.week);
            for row in frame["rows"].as_array().into_iter().flatten() {
                if let (Some(region), Some(points)) =
                    (row["region"].as_str(), row["points"].as_f64())
                {
                    seen.points.insert(region.to_owned(), points);
                }
            }
            for gone in frame["removed"].as_array().into_iter().flatten() {
                seen.points.remove(gone.as_str().unwrap_or_default());
            }
            true
        })
    }
}

//! Events and rolls over Redis pub/sub. The link mends itself; what is lost meanwhile is not made up for here,
//! since every listener also looks at the database from time to time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration as Span, Instant};

use futures_util::StreamExt;
use redis::aio::{MultiplexedConnection, PubSub, PubSubSink, PubSubStream};
use redis::{AsyncCommands, AsyncConnectionConfig, RedisResult, Value};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::timeout;

use super::roll::Roll;
use super::rolls::{self, Rolls};
use super::standing::Standing;
use super::{Counts, Event};
use crate::ids::readable;

/// Where the nodes of a campaign talk; its mark follows. Redis keeps no channels apart by the number
/// of a database, and campaigns that share a Redis must not hear each other.
const EVENTS: &str = "muster:events:1";
/// The same for who is on which node.
const ROLLS: &str = "muster:rolls:1";
/// Events that may wait for Redis; more are dropped, since each is only a hint.
const WAITING: usize = 4096;
/// The longest letter with an event, in bytes, said or heard: of the largest batch, with every entry in
/// a ZIP code and a county of its own, it takes a sixth, and ten thousand sessions of one person fit.
const LETTER: usize = 256 << 10;
/// The longest letter with a roll: ten bytes for each of the people that fit on a node, and as many
/// again for their regions.
const ROLL: usize = 2 << 20;
/// Between two tries, and between two questions whether it is still there.
const AGAIN: Span = Span::from_millis(500);
/// How long Redis may take to answer anything: a frozen one takes connections and says nothing.
const PATIENCE: Span = Span::from_secs(2);

#[derive(Serialize, Deserialize)]
struct Letter {
    from: String,
    event: Event,
}

/// What is to be said, and on which channel.
struct Parcel {
    channel: Arc<str>,
    text: Vec<u8>,
    /// Whether its loss is counted: a roll is made up for by the next.
    counts: bool,
}

/// This node's link to Redis.
#[derive(Clone)]
pub struct Wire {
    node: Arc<str>,
    events: Arc<str>,
    rolls: Arc<str>,
    heard: Rolls,
    out: mpsc::Sender<Parcel>,
    standing: Standing,
    counts: Counts,
}

/// The listening half of the link.
struct Ear {
    node: Arc<str>,
    events: Arc<str>,
    rolls: Arc<str>,
    roll: Rolls,
    standing: Standing,
    counts: Counts,
    heard: broadcast::Sender<Event>,
    /// It was said that something was left aside.
    said: AtomicBool,
}

impl Wire {
    /// Starts the two tasks of the link, which end when it is dropped. Needs a tokio runtime.
    pub fn open(
        url: &str,
        mark: &str,
        heard: broadcast::Sender<Event>,
        counts: Counts,
    ) -> Result<Self, String> {
        let client =
            redis::Client::open(url).map_err(|why| format!("redis_url cannot be used: {why}."))?;
        let (out, waiting) = mpsc::channel(WAITING);
        let wire = Self {
            node: readable(8).into(),
            events: format!("{EVENTS}:{mark}").into(),
            rolls: format!("{ROLLS}:{mark}").into(),
            heard: Rolls::default(),
            out,
            standing: Standing::default(),
            counts: counts.clone(),
        };
        let (alive, over) = oneshot::channel::<()>();
        let ear = wire.ear(heard);
        let mouth = Mouth {
            client: client.clone(),
            link: None,
            events: wire.events.clone(),
            standing: wire.standing.clone(),
            counts,
        };
        tokio::spawn(async move {
            mouth.publish(waiting).await;
            drop(alive);
        });
        tokio::spawn(async move {
            tokio::select! {
                () = hear(client, ear) => {}
                _ = over => {}
            }
        });
        Ok(wire)
    }

    /// What listening needs, without a way to send: the link ends with its last sender.
    fn ear(&self, heard: broadcast::Sender<Event>) -> Ear {
        Ear {
            node: self.node.clone(),
            events: self.events.clone(),
            rolls: self.rolls.clone(),
            roll: self.heard.clone(),
            standing: self.standing.clone(),
            counts: self.counts.clone(),
            heard,
            said: AtomicBool::new(false),
        }
    }

    pub fn send(&self, event: &Event) {
        let letter = Letter {
            from: self.node.to_string(),
            event: event.clone(),
        };
        match serde_json::to_vec(&letter) {
            Ok(text) => {
                let parcel = Parcel {
                    channel: self.events.clone(),
                    text,
                    counts: true,
                };
                if parcel.text.len() > LETTER || self.out.try_send(parcel).is_err() {
                    self.counts.dropped.inc();
                    tracing::debug!("an event for other nodes was dropped");
                }
            }
            Err(why) => tracing::error!(%why, "an event has no JSON"),
        }
    }

    /// Says who is on this node. One that does not get out is made up for by the next.
    pub fn show(&self, own: &Roll) {
        let text = rolls::letter(&self.node, own);
        if text.len() > ROLL {
            tracing::error!("there are more people on this node than other nodes can be told");
            return;
        }
        let _ = self.out.try_send(Parcel {
            channel: self.rolls.clone(),
            text,
            counts: false,
        });
    }

    /// What the other nodes said last.
    pub fn rolls(&self, now: Instant) -> Vec<(String, Arc<Roll>)> {
        self.heard.list(now)
    }

    /// What this node calls itself among the others.
    pub fn name(&self) -> &str {
        &self.node
    }

    pub fn is_up(&self) -> bool {
        self.standing.is_up()
    }
}

/// The speaking half of the link.
struct Mouth {
    client: redis::Client,
    link: Option<MultiplexedConnection>,
    events: Arc<str>,
    standing: Standing,
    counts: Counts,
}

impl Mouth {
    /// Sends what waits; gives up with the last sender.
    async fn publish(mut self, mut waiting: mpsc::Receiver<Parcel>) {
        while let Some(parcel) = waiting.recv().await {
            if let Err(why) = self.say(&parcel.channel, parcel.text).await {
                self.lose(parcel.counts);
                self.standing.is_mute(&why);
                if self.until_heard(&mut waiting).await.is_none() {
                    return;
                }
                self.standing.speaks();
            }
        }
    }

    /// Tries twice a second whether words get out again, with an empty one that nobody heeds. What waits
    /// is dropped: by then everybody has looked at the database. `None` with the last sender.
    async fn until_heard(&mut self, waiting: &mut mpsc::Receiver<Parcel>) -> Option<()> {
        loop {
            tokio::time::sleep(AGAIN).await;
            loop {
                match waiting.try_recv() {
                    Ok(more) => self.lose(more.counts),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return None,
                }
            }
            let events = self.events.clone();
            if self.say(&events, Vec::new()).await.is_ok() {
                return Some(());
            }
        }
    }

    async fn say(&mut self, channel: &str, text: Vec<u8>) -> RedisResult<()> {
        let link = match &mut self.link {
            Some(link) => link,
            none => none.insert(connect(&self.client).await?),
        };
        let sent: RedisResult<i64> = link.publish(channel, text).await;
        if sent.is_err() {
            self.link = None;
        }
        sent.map(|_| ())
    }

    fn lose(&self, counts: bool) {
        self.counts.dropped.inc_by(u64::from(counts));
    }
}

async fn connect(client: &redis::Client) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// Listens for other nodes, and notices when Redis is away.
async fn hear(client: redis::Client, ear: Ear) {
    loop {
        if let Ok(Ok(link)) = timeout(PATIENCE, subscribe(&client, &ear)).await {
            ear.standing.hears(true);
            let (sink, letters) = link.split();
            tokio::select! {
                () = pass_on(letters, &ear) => {}
                () = until_silent(sink) => {}
            }
        }
        ear.standing.hears(false);
        tokio::time::sleep(AGAIN).await;
    }
}

async fn subscribe(client: &redis::Client, ear: &Ear) -> RedisResult<PubSub> {
    let mut link = client.get_async_pubsub().await?;
    link.subscribe(&[&*ear.events, &*ear.rolls]).await?;
    Ok(link)
}

/// Hands on what other nodes say. What is no letter of ours is left aside.
async fn pass_on(mut letters: PubSubStream, ear: &Ear) {
    while let Some(message) = letters.next().await {
        let text = message.get_payload_bytes();
        // Somebody tried whether words get out.
        if text.is_empty() {
            continue;
        }
        let is_ours = if message.get_channel_name() == &*ear.rolls {
            text.len() <= ROLL && ear.roll.hear(&ear.node, text, Instant::now())
        } else {
            text.len() <= LETTER && ear.hand_on(text)
        };
        if !is_ours {
            ear.refuse(text.len());
        }
    }
}

impl Ear {
    /// Whether this is a letter.
    fn hand_on(&self, text: &[u8]) -> bool {
        let Ok(letter) = serde_json::from_slice::<Letter>(text) else {
            return false;
        };
        if *letter.from != *self.node {
            self.counts.heard.inc();
            let _ = self.heard.send(letter.event);
        }
        true
    }

    /// Counts what is left aside, and says so once.
    fn refuse(&self, bytes: usize) {
        self.counts.refused.inc();
        if !self.said.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                bytes,
                "what came over Redis is no message of another node, or too long, and is left aside; \
                 others like it are only counted"
            );
        }
    }
}

/// Asks again and again whether Redis is there, until it does not answer.
async fn until_silent(mut link: PubSubSink) {
    while let Ok(Ok(_)) = timeout(PATIENCE, link.ping::<Value>()).await {
        tokio::time::sleep(AGAIN).await;
    }
}

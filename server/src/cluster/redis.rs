//! Events and rolls over Redis pub/sub. The link mends itself; what is lost meanwhile is not made up for here,
//! since every listener also looks at the database from time to time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration as Span, Instant};

use futures_util::StreamExt;
use redis::aio::{MultiplexedConnection, PubSub, PubSubSink, PubSubStream};
use redis::{AsyncCommands, AsyncConnectionConfig, RedisResult, Value};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::timeout;

use super::roll::Roll;
use super::rolls::{self, Rolls};
use super::{Counts, Event};
use crate::ids::readable;

/// Where the nodes of a campaign talk; its mark follows. Redis keeps no channels apart by the number
/// of a database, and campaigns that share a Redis must not hear each other.
const EVENTS: &str = "muster:events:1";
/// The same for who is on which node.
const ROLLS: &str = "muster:rolls:1";
/// Events that may wait for Redis; more are dropped, since each is only a hint.
const WAITING: usize = 4096;
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
    up: Arc<AtomicBool>,
    counts: Counts,
}

/// The listening half of the link.
struct Ear {
    node: Arc<str>,
    events: Arc<str>,
    rolls: Arc<str>,
    roll: Rolls,
    up: Arc<AtomicBool>,
    counts: Counts,
    heard: broadcast::Sender<Event>,
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
            up: Arc::default(),
            counts: counts.clone(),
        };
        let (alive, over) = oneshot::channel::<()>();
        let (at_work, ear) = (client.clone(), wire.ear(heard));
        tokio::spawn(async move {
            publish(at_work, waiting, counts).await;
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
            up: self.up.clone(),
            counts: self.counts.clone(),
            heard,
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
                if self.out.try_send(parcel).is_err() {
                    self.counts.dropped.inc();
                    tracing::debug!("an event for other nodes was dropped");
                }
            }
            Err(why) => tracing::error!(%why, "an event has no JSON"),
        }
    }

    /// Says who is on this node. One that does not get out is made up for by the next.
    pub fn show(&self, own: &Roll) {
        let _ = self.out.try_send(Parcel {
            channel: self.rolls.clone(),
            text: rolls::letter(&self.node, own),
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
        self.up.load(Ordering::Relaxed)
    }
}

/// Sends what waits; gives up with the last sender. While Redis is away what waits is dropped: once
/// it is back everybody has looked at the database.
async fn publish(client: redis::Client, mut waiting: mpsc::Receiver<Parcel>, counts: Counts) {
    let lost = |event: bool| counts.dropped.inc_by(u64::from(event));
    let mut link = None;
    while let Some(parcel) = waiting.recv().await {
        if link.is_none() {
            link = connect(&client).await.ok();
        }
        let Some(open) = &mut link else {
            lost(parcel.counts);
            while let Ok(more) = waiting.try_recv() {
                lost(more.counts);
            }
            tokio::time::sleep(AGAIN).await;
            continue;
        };
        let sent: RedisResult<i64> = open.publish(&*parcel.channel, parcel.text).await;
        if let Err(why) = sent {
            lost(parcel.counts);
            tracing::warn!(%why, "Redis did not take a message for other nodes");
            link = None;
        }
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
            ear.up.store(true, Ordering::Relaxed);
            let (sink, letters) = link.split();
            tokio::select! {
                () = pass_on(letters, &ear) => {}
                () = until_silent(sink) => {}
            }
        }
        if ear.up.swap(false, Ordering::Relaxed) {
            tracing::warn!("Redis is away; other nodes will notice changes by looking");
        }
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
        if message.get_channel_name() == &*ear.rolls {
            ear.roll.hear(&ear.node, text, Instant::now());
            continue;
        }
        let letter: Option<Letter> = serde_json::from_slice(text).ok();
        if let Some(letter) = letter.filter(|letter| *letter.from != *ear.node) {
            ear.counts.heard.inc();
            let _ = ear.heard.send(letter.event);
        }
    }
}

/// Asks again and again whether Redis is there, until it does not answer.
async fn until_silent(mut link: PubSubSink) {
    while let Ok(Ok(_)) = timeout(PATIENCE, link.ping::<Value>()).await {
        tokio::time::sleep(AGAIN).await;
    }
}

//! Spans on their way to the collector, many at a time. One that is away harms nothing.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use tokio::sync::mpsc::Receiver;
use tokio::time::{sleep, timeout};

use super::collector::Collector;
use super::otlp::{self, Node};
use super::{Ended, Message};

/// Spans sent together at most.
const TOGETHER: usize = 512;
/// How long the first of them waits for others.
const GATHER: Duration = Duration::from_secs(1);
/// What the collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends what ends, until nobody can send any more.
pub async fn run(collector: Collector, mut waiting: Receiver<Message>, dropped: Counter) {
    let node = Node::this();
    let mut away = false;
    let mut messages = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut messages, TOGETHER).await > 0 {
        if !holds_flush(&messages) {
            gather(&mut waiting, &mut messages).await;
        }
        let mut spans = Vec::with_capacity(messages.len());
        let mut flushes = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Ended(span) => spans.push(span),
                Message::Flush(done) => flushes.push(done),
            }
        }
        if !spans.is_empty() {
            let sent = deliver(&collector, &node, &spans).await;
            match sent {
                Ok(()) if away => tracing::info!("the collector of traces is back"),
                Ok(()) => {}
                Err(why) => {
                    dropped.inc_by(spans.len() as u64);
                    if !away {
                        tracing::warn!(%why, "the collector of traces is away; what it does not take is dropped");
                    }
                    away = true;
                    continue;
                }
            }
            away = false;
        }
        for done in flushes {
            let _ = done.send(());
        }
    }
}

fn holds_flush(messages: &[Message]) -> bool {
    messages
        .iter()
        .any(|message| matches!(message, Message::Flush(_)))
}

/// More of them, until there are enough, a moment has passed, or somebody waits for them to be sent.
async fn gather(waiting: &mut Receiver<Message>, messages: &mut Vec<Message>) {
    let wait = sleep(GATHER);
    tokio::pin!(wait);
    while messages.len() < TOGETHER {
        tokio::select! {
            more = waiting.recv_many(messages, TOGETHER - messages.len()) => {
                if more == 0 || holds_flush(messages) {
                    return;
                }
            }
            () = &mut wait => return,
        }
    }
}

async fn deliver(collector: &Collector, node: &Node, spans: &[Ended]) -> Result<(), String> {
    let body = otlp::request(node, spans).to_string();
    match timeout(PATIENCE, collector.post(body.as_bytes())).await {
        Ok(sent) => sent.map_err(|why| why.to_string()),
        Err(_) => Err("it did not answer within five seconds".to_owned()),
    }
}

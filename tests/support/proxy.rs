//! A TCP proxy of our own, which does to a link what bad networks and dying machines do.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

/// What goes wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every connection ends and no new one is taken.
    Cut,
    /// Half-open, as a machine that is gone without a word: connections stay and new ones are taken,
    /// and nothing passes. What was held back goes on once it heals.
    Silent,
    /// Everything comes later by this much.
    Late(Duration),
    /// So many bytes a second each way, on each connection.
    Slow(usize),
    /// Of what comes back, each connection gives on so many bytes and ends.
    CutReply(usize),
    /// Requests arrive and are answered; the answer is swallowed and the connection ends.
    Swallow,
}

/// Steps of a slow link in a second.
const STEPS: usize = 20;

pub struct Proxy {
    pub address: SocketAddr,
    fault: watch::Sender<Option<Fault>>,
}

impl Proxy {
    /// Stands in front of `target` (`host:port`).
    pub async fn before(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (fault, seen) = watch::channel(None);
        tokio::spawn(async move {
            // Until its proxy is dropped.
            let mut end = seen.clone();
            let gone = async move { while end.changed().await.is_ok() {} };
            tokio::pin!(gone);
            loop {
                tokio::select! {
                    () = &mut gone => return,
                    taken = listener.accept() => {
                        if let Ok((near, _)) = taken {
                            tokio::spawn(carry(near, target.clone(), seen.clone()));
                        }
                    }
                }
            }
        });
        Self { address, fault }
    }

    /// Stands in front of the PostgreSQL server that `url` names; gives the address past the proxy too.
    pub async fn before_database(url: &str) -> (Self, String) {
        let mut url = url::Url::parse(url).expect("a URL");
        let host = url.host_str().expect("a host");
        let proxy = Self::before(format!("{host}:{}", url.port().unwrap_or(5432))).await;
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(proxy.address.port())).expect("a port");
        (proxy, url.to_string())
    }

    /// Makes the link fail in this way, connections that are open included.
    pub fn fail(&self, fault: Fault) {
        self.fault.send_replace(Some(fault));
    }

    /// Ends every connection and takes no new ones.
    pub fn cut(&self) {
        self.fail(Fault::Cut);
    }

    /// Lets nothing through any more, and says nothing of it.
    pub fn fall_silent(&self) {
        self.fail(Fault::Silent);
    }

    /// Lets everything through again.
    pub fn heal(&self) {
        self.fault.send_replace(None);
    }
}

type Seen = watch::Receiver<Option<Fault>>;

/// One connection, until either side or the proxy ends it.
async fn carry(near: TcpStream, target: String, mut seen: Seen) {
    let speaks = |fault: &Option<Fault>| *fault != Some(Fault::Silent);
    if *seen.borrow() == Some(Fault::Cut) || seen.wait_for(speaks).await.is_err() {
        return;
    }
    let Ok(far) = TcpStream::connect(target).await else {
        return;
    };
    // What is small and late must not wait for more.
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let mut end = seen.clone();
    tokio::select! {
        () = pump(near_in, far_out, seen.clone(), false) => {}
        () = pump(far_in, near_out, seen, true) => {}
        _ = end.wait_for(|fault| *fault == Some(Fault::Cut)) => {}
    }
}

/// Carries one way; `replies` are what the far side says.
async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut seen: Seen,
    replies: bool,
) {
    let mut bytes = vec![0; 64 << 10];
    let mut given = 0;
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let mut rest = &bytes[..count];
        while !rest.is_empty() {
            let passes = seen.wait_for(|fault| *fault != Some(Fault::Silent)).await;
            let Ok(fault) = passes.map(|fault| *fault) else {
                return;
            };
            let mut piece = rest.len();
            match fault {
                Some(Fault::Late(by)) => sleep(by).await,
                Some(Fault::Slow(rate)) => {
                    piece = piece.min((rate / STEPS).max(1));
                    sleep(Duration::from_secs(1) / u32::try_from(STEPS).expect("few")).await;
                }
                Some(Fault::CutReply(most)) if replies => {
                    piece = piece.min(most.saturating_sub(given));
                    given += piece;
                }
                Some(Fault::Swallow) if replies => piece = 0,
                _ => {}
            }
            if piece == 0 || to.write_all(&rest[..piece]).await.is_err() {
                return;
            }
            rest = &rest[piece..];
        }
    }
}

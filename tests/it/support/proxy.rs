//! A TCP proxy of our own that can cut every connection and refuse new ones, or fall silent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;

pub struct Proxy {
    pub address: SocketAddr,
    open: Arc<AtomicBool>,
    cut: broadcast::Sender<()>,
    silence: tokio::sync::watch::Sender<bool>,
}

impl Proxy {
    /// Stands in front of `target` (`host:port`).
    pub async fn before(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (open, (cut, _)) = (Arc::new(AtomicBool::new(true)), broadcast::channel(8));
        let (silence, silent) = tokio::sync::watch::channel(false);
        let (passing, ends) = (open.clone(), cut.clone());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if !passing.load(Ordering::SeqCst) {
                    continue;
                }
                let (target, mut end) = (target.clone(), ends.subscribe());
                let mut silent = silent.clone();
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(target).await else {
                        return;
                    };
                    loop {
                        if silent.wait_for(|silent| !silent).await.is_err() {
                            return;
                        }
                        tokio::select! {
                            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => return,
                            _ = end.recv() => return,
                            _ = silent.wait_for(|silent| *silent) => {}
                        }
                    }
                });
            }
        });
        Self {
            address,
            open,
            cut,
            silence,
        }
    }

    /// Ends every connection and takes no new ones.
    pub fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
        let _ = self.cut.send(());
    }

    /// Passes nothing on, and says so to nobody.
    pub fn fall_silent(&self) {
        let _ = self.silence.send(true);
    }

    /// Passes everything on again.
    pub fn speak(&self) {
        let _ = self.silence.send(false);
    }

    /// Lets new connections through again.
    pub fn heal(&self) {
        self.open.store(true, Ordering::SeqCst);
    }
}

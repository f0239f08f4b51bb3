//! A collector that takes OTLP over plain HTTP: one connection a delivery, and no more of HTTP than that
//! needs. A collector beside the node is the usual place; it speaks to farther ones encrypted.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::{Host, Url};

/// Where the protocol wants traces, behind the endpoint's own path.
const TRACES: &str = "/v1/traces";
/// Bytes of an answer that are looked at: its first line is in them.
const HEAD: usize = 256;

/// Where spans are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collector {
    host: String,
    port: u16,
    /// The host as the request names it.
    authority: String,
    path: String,
}

impl Collector {
    /// The collector at `endpoint`, such as `http://127.0.0.1:4318`.
    ///
    /// # Errors
    /// One sentence when it is no plain HTTP address, or holds a name, a password or a query.
    pub fn at(endpoint: &str) -> Result<Self, String> {
        let refused = || {
            "otlp_endpoint should be empty or the http:// address of a collector, such as http://127.0.0.1:4318."
                .to_owned()
        };
        let url = Url::parse(endpoint).map_err(|_| refused())?;
        let bare = url.username().is_empty() && url.password().is_none();
        let plain = url.query().is_none() && url.fragment().is_none();
        let (Some(host), true) = (url.host(), url.scheme() == "http" && bare && plain) else {
            return Err(refused());
        };
        let port = url.port().unwrap_or(80);
        Ok(Self {
            authority: format!("{host}:{port}"),
            host: match host {
                Host::Domain(name) => name.to_owned(),
                Host::Ipv4(address) => address.to_string(),
                Host::Ipv6(address) => address.to_string(),
            },
            port,
            path: format!("{}{TRACES}", url.path().trim_end_matches('/')),
        })
    }

    /// Posts `body`, which is JSON.
    ///
    /// # Errors
    /// When the collector cannot be reached or does not take it.
    pub async fn post(&self, body: &[u8]) -> io::Result<()> {
        let mut stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.path,
            self.authority,
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut answer = [0; HEAD];
        let mut length = 0;
        while length < HEAD && !answer[..length].contains(&b'\n') {
            match stream.read(&mut answer[length..]).await? {
                0 => break,
                more => length += more,
            }
        }
        match status(&answer[..length]) {
            Some(200..300) => Ok(()),
            Some(status) => Err(io::Error::other(format!("it answered {status}"))),
            None => Err(io::Error::other("its answer is no HTTP")),
        }
    }
}

/// The status of an answer that begins so.
fn status(answer: &[u8]) -> Option<u16> {
    let line = answer
        .split(|byte| *byte == b'\r' || *byte == b'\n')
        .next()?;
    let rest = line.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(rest).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_plain_address() {
        let at = |endpoint: &str| Collector::at(endpoint).map(|it| (it.authority, it.path));
        let told = |authority: &str, path: &str| Ok((authority.to_owned(), path.to_owned()));
        assert_eq!(
            at("http://127.0.0.1:4318"),
            told("127.0.0.1:4318", "/v1/traces")
        );
        assert_eq!(at("http://otel/in/"), told("otel:80", "/in/v1/traces"));
        assert_eq!(at("http://[::1]:4318/"), told("[::1]:4318", "/v1/traces"));
        for endpoint in [
            "https://otel:4318",
            "127.0.0.1:4318",
            "http://ada:hunter2@otel",
            "http://otel/?key=hunter2",
        ] {
            let refused = at(endpoint).unwrap_err();
            assert!(refused.starts_with("otlp_endpoint") && !refused.contains("hunter2"));
        }
    }

    #[test]
    fn only_an_answer_of_two_hundred_is_one() {
        assert_eq!(status(b"HTTP/1.1 200 OK\r\n"), Some(200));
        assert_eq!(status(b"HTTP/1.0 503\r\n"), Some(503));
        for nonsense in [&b""[..], b"HTTP/1.1", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n"] {
            assert_eq!(status(nonsense), None);
        }
    }
}

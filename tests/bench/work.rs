//! What the clients log: work as a campaign does it, never the same twice.

use std::fmt::Write;

use muster::clock::{Clock, Duration, Instant};

use crate::campaign::Member;
use crate::load::Caller;

/// Minutes of the past that entries are spread over: less than a day, so that none is refused.
const MINUTES: u32 = 1_380;

/// One client that logs for a few members in turn, as phones behind one proxy do.
pub struct Logger {
    host: String,
    name: String,
    members: Vec<Member>,
    body: Body,
    now: Instant,
    asked: u32,
}

/// Writes a member's `n`th entry.
type Body = fn(u32, Instant, &mut String);

impl Logger {
    /// Clients that share `members` out among them.
    pub fn share(members: &[Member], clients: usize, host: &str, name: &str) -> Vec<Self> {
        let each = (members.len() / clients.max(1)).max(1);
        members
            .chunks(each)
            .take(clients)
            .enumerate()
            .map(|(at, members)| Self {
                host: host.to_owned(),
                name: format!("{name}-{at}"),
                members: members.to_vec(),
                body,
                now: Clock::System.now(),
                asked: 0,
            })
            .collect()
    }

    /// Begins with each member's `n`th entry, where another load of the same minutes began with the
    /// first.
    #[must_use]
    pub fn from(mut self, n: u32) -> Self {
        self.asked = n * u32::try_from(self.members.len()).unwrap_or(1);
        self
    }

    /// Logs the least that counts, so that points of the same few people go on to move boards for long:
    /// beyond a few hundred in a week they would not.
    #[must_use]
    pub fn lightly(mut self) -> Self {
        self.body = light;
        self
    }

    /// Goes on with fresh tokens.
    pub fn renew(&mut self, members: &[Member]) {
        for own in &mut self.members {
            if let Some(fresh) = members.iter().find(|member| member.id == own.id) {
                own.token.clone_from(&fresh.token);
            }
        }
    }
}

/// The body of a member's `n`th entry. Two of one member never share kind, amount and minute, which
/// the rules of fair play would hold back as the same thing said twice.
pub fn body(n: u32, now: Instant, into: &mut String) {
    let at = now - Duration::minutes(i64::from(1 + n % MINUTES));
    let (round, talked) = (n / MINUTES, n % 5);
    let _ = match n % 20 {
        0..10 => write!(
            into,
            r#"{{"kind":"doors","quantity":{},"conversations":{talked},"occurred_at":"{at}"}}"#,
            8 + n % 40 + round,
        ),
        10..16 => write!(
            into,
            r#"{{"kind":"calls","quantity":{},"conversations":{talked},"minutes":{},"occurred_at":"{at}"}}"#,
            12 + n % 60 + round,
            20 + n % 30,
        ),
        16..18 => write!(
            into,
            r#"{{"kind":"data_entry","minutes":{},"occurred_at":"{at}"}}"#,
            15 + n % 90 + round,
        ),
        18 => write!(
            into,
            r#"{{"kind":"translation","minutes":{},"occurred_at":"{at}"}}"#,
            10 + n % 50 + round,
        ),
        _ => write!(
            into,
            r#"{{"kind":"listening_note","note":"The bus on {n}th street comes late since spring","occurred_at":"{at}"}}"#,
        ),
    };
}

/// The body of a member's `n`th entry, worth a point or half of one.
pub fn light(n: u32, now: Instant, into: &mut String) {
    let at = now - Duration::minutes(i64::from(1 + n % MINUTES));
    let kind = if n.is_multiple_of(2) {
        "doors"
    } else {
        "calls"
    };
    let quantity = 1 + n / MINUTES;
    let _ = write!(
        into,
        r#"{{"kind":"{kind}","quantity":{quantity},"conversations":0,"occurred_at":"{at}"}}"#,
    );
}

impl Caller for Logger {
    fn ask(&mut self, into: &mut Vec<u8>) {
        let count = u32::try_from(self.members.len()).unwrap_or(1).max(1);
        let (turn, n) = (self.asked % count, self.asked / count);
        let mut text = String::with_capacity(160);
        // Neighbours in time are not doing the same.
        (self.body)(n.wrapping_add(turn * 7), self.now, &mut text);
        let token = self
            .members
            .get(turn as usize)
            .map_or("", |member| member.token.as_str());
        let key = format!("{}-{}", self.name, self.asked);
        post(&self.host, token, &key, &text, into);
        self.asked += 1;
    }
}

/// The request that logs `body`.
pub fn post(host: &str, token: &str, key: &str, body: &str, into: &mut Vec<u8>) {
    let length = body.len();
    let _ = std::io::Write::write_fmt(
        into,
        format_args!(
            "POST /api/v1/activities HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
             idempotency-key: {key}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        ),
    );
}

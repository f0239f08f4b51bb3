//! What people ask of a node on a busy day: everything at once, each time somebody else.

use std::io::Write;

use muster::clock::{Clock, Instant};
use muster::http::Class;

use crate::campaign::{Member, STATE};
use crate::work;

/// What is asked, how often in a hundred requests, and the status that is believed. The page of a
/// region is not among it: what that costs grows with the ledger, and so with the flood itself.
const SHARES: [(Class, What, u32, u16); 10] = [
    (Class::Log, What::Activity, 30, 201),
    (Class::SignIn, What::Link, 10, 202),
    (Class::Own, What::Home, 12, 200),
    (Class::Own, What::Profile, 10, 200),
    (Class::Own, What::Points, 8, 200),
    (Class::Boards, What::BoardPage, 8, 200),
    (Class::Boards, What::State, 4, 200),
    (Class::Boards, What::County, 6, 200),
    (Class::Feed, What::Posts, 8, 200),
    (Class::Exports, What::Export, 4, 200),
];
/// Steps in which requests and people are walked through: primes, so that all are met before one is
/// met again, and neighbours in time are not alike.
const STEP: usize = 37;
const NEXT: usize = 769;
/// Of this many people all but one log, and the last reads: so that what is read costs the same after
/// a flood of entries as before it.
const READS: usize = 4;

#[derive(Debug, Clone, Copy)]
enum What {
    Activity,
    Link,
    Home,
    Profile,
    Points,
    BoardPage,
    State,
    County,
    Posts,
    Export,
}

/// A request that was made up.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// What it is for.
    pub class: Class,
    /// The status of the right answer.
    pub status: u16,
    /// Which activity it logs, if it does.
    pub activity: Option<u32>,
}

/// Makes requests of many people.
pub struct Mix {
    host: String,
    loggers: Vec<Person>,
    readers: Vec<Person>,
    counties: Vec<String>,
    order: Vec<(Class, What, u16)>,
    asked: usize,
    /// Requests of each class so far.
    turns: [usize; Class::EVERY.len()],
    activities: u32,
    now: Instant,
}

struct Person {
    number: usize,
    bearer: String,
    cookie: String,
    logged: u32,
}

impl Mix {
    /// Of `members`, who also come as browsers with the cookies of `browsers`, about `counties`.
    pub fn new(
        host: String,
        members: &[Member],
        browsers: &[Member],
        counties: Vec<String>,
    ) -> Self {
        let (mut loggers, mut readers) = (Vec::new(), Vec::new());
        for (at, (program, browser)) in members.iter().zip(browsers).enumerate() {
            let person = Person {
                number: at,
                bearer: program.token.clone(),
                cookie: browser.token.clone(),
                logged: 0,
            };
            if reads(at) {
                readers.push(person);
            } else {
                loggers.push(person);
            }
        }
        let mut order = Vec::with_capacity(100);
        for (class, what, share, status) in SHARES {
            order.extend((0..share).map(|_| (class, what, status)));
        }
        Self {
            host,
            loggers,
            readers,
            counties,
            order,
            asked: 0,
            turns: [0; Class::EVERY.len()],
            activities: 0,
            now: Clock::System.now(),
        }
    }

    /// Goes on with fresh tokens.
    pub fn renew(&mut self, members: &[Member], browsers: &[Member]) {
        for person in self.loggers.iter_mut().chain(&mut self.readers) {
            if let Some((program, browser)) =
                members.get(person.number).zip(browsers.get(person.number))
            {
                person.bearer.clone_from(&program.token);
                person.cookie.clone_from(&browser.token);
            }
        }
    }

    /// Writes the next request into `into`.
    pub fn ask(&mut self, into: &mut Vec<u8>) -> Ask {
        let at = self.asked;
        self.asked += 1;
        let (class, what, status) = self.order[at * STEP % self.order.len()];
        let people = match what {
            What::Activity => &mut self.loggers,
            _ => &mut self.readers,
        };
        let who = self.turns[class as usize] * NEXT % people.len();
        self.turns[class as usize] += 1;
        let county = &self.counties[at % self.counties.len()];
        let (host, person) = (&self.host, &mut people[who]);
        let (bearer, cookie) = (&person.bearer, &person.cookie);
        let mut activity = None;
        // Writing into memory does not fail.
        let _ = match what {
            What::Activity => {
                let number = self.activities;
                self.activities += 1;
                activity = Some(number);
                let mut text = String::with_capacity(160);
                work::body(person.logged, self.now, &mut text);
                person.logged += 1;
                write!(
                    into,
                    "POST /api/v1/activities HTTP/1.1\r\nhost: {host}\r\n\
                     authorization: Bearer {bearer}\r\nidempotency-key: {KEY}{number}\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
                    text.len(),
                )
            }
            What::Link => {
                let number = person.number;
                let text = format!(r#"{{"email":"member-{number}@example.org"}}"#);
                // Everybody has an address of their own: else the limits would spare the node most
                // of the work.
                let (a, b) = (number / 200, number % 200);
                write!(
                    into,
                    "POST /api/v1/sign-in-links HTTP/1.1\r\nhost: {host}\r\n\
                     x-forwarded-for: 198.18.{a}.{b}\r\ncontent-type: application/json\r\n\
                     content-length: {}\r\n\r\n{text}",
                    text.len(),
                )
            }
            What::Home => browse(into, host, "/home", cookie),
            What::BoardPage => browse(into, host, &format!("/races/{STATE}"), cookie),
            What::Profile => call(into, host, "/api/v1/me", bearer),
            What::Points => call(into, host, "/api/v1/me/points", bearer),
            What::State => call(into, host, &format!("/api/v1/races/{STATE}"), bearer),
            What::County => call(into, host, &format!("/api/v1/races/{county}"), bearer),
            What::Posts => {
                let path = format!("/api/v1/regions/{STATE}/posts");
                call(into, host, &path, bearer)
            }
            What::Export => call(into, host, "/api/v1/me/export", bearer),
        };
        Ask {
            class,
            status,
            activity,
        }
    }
}

/// Whether the member of this number is one of those who read.
pub fn reads(number: usize) -> bool {
    number % READS == READS - 1
}

/// How the key of every activity begins; its number follows.
pub const KEY: &str = "flood-";

fn call(into: &mut Vec<u8>, host: &str, path: &str, bearer: &str) -> std::io::Result<()> {
    write!(
        into,
        "GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {bearer}\r\n\r\n",
    )
}

/// As browsers ask: they take what is compressed.
fn browse(into: &mut Vec<u8>, host: &str, path: &str, cookie: &str) -> std::io::Result<()> {
    write!(
        into,
        "GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: muster={cookie}\r\n\
         accept: text/html\r\naccept-language: en\r\naccept-encoding: gzip, deflate, br\r\n\r\n",
    )
}

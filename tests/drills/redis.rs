//! R6: what holds without Redis, and that it heals by itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_tests::drill::{
    Crew, Load, Log, Member, Node, Operation, Outcome, STATE, Site, Viewers,
};
use muster_tests::{Client, Person, Socket};
use serde_json::{Value, json};

use crate::lies;
use crate::report::{spoken, spread};
use crate::yard::{Finding, Held, PATIENCE, Services, Yard, doors, judged};

/// Entries a second.
const RATE: u32 = 150;
/// Boards of other nodes move within five seconds without Redis, and may take a second to compute.
const POLLING: Duration = Duration::from_secs(6);
/// A county of a state in which nobody else is, so that its board moves by one entry alone.
const ASIDE: &str = "us-vt-50007-05401";
/// What all the letters of `lies` may add to a node, in mebibytes.
const GROWTH: u64 = 64;
/// Everything in it is rebuilt within this time.
const REBUILT: Duration = Duration::from_secs(30);

struct Day {
    services: Services,
    site: Arc<Site>,
    log: Arc<Log>,
    nodes: Vec<Node>,
    crew: Crew,
    viewers: Viewers,
    aside: Member,
    /// Entries of theirs so far.
    marks: u32,
    finding: Finding,
}

impl Day {
    async fn begin() -> Result<Self, crate::yard::NotRunnable> {
        let services = Services::start().await?;
        let site = services.site(400);
        let (log, site) = (site.log(), Arc::new(site));
        let mut nodes = Vec::new();
        for _ in 0..3 {
            let mut node = Node::of(&site).await.with("METRICS_LISTEN", "127.0.0.1:0");
            node.launch().await;
            nodes.push(node);
        }
        let viewers = Viewers::open(&site, &doors(&nodes), 30, Duration::from_secs(1));
        let crew = Crew::start(&site, &log, doors(&nodes), Load::of(RATE));
        let aside = site.newcomer(ASIDE).await;
        let day = Self {
            aside,
            marks: 0,
            services,
            site,
            log,
            nodes,
            crew,
            viewers,
            finding: Finding::default(),
        };
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(day)
    }

    /// What must hold while Redis is away: everything but quick news of other nodes.
    async fn holds(&mut self, what: &str, lasts: Duration) {
        let from = Instant::now();
        self.log.note(what);
        self.revoked(what).await;
        self.joins(what).await;
        let site = self.site.clone();
        let points = crate::database::reads(&site, &self.nodes[2]).await;
        self.finding
            .must(points, &format!("{what}: own points cannot be read"));
        self.moves(what).await;
        if let Some(rest) = lasts.checked_sub(from.elapsed()) {
            tokio::time::sleep(rest).await;
        }
        let seen = self.log.figures(from, Instant::now());
        self.finding.figure(format!(
            "{what}: {} saved ({})",
            seen.saved,
            spread(&seen.saved_took)
        ));
        let refused = seen.busy + seen.other;
        self.finding.must(
            refused == 0,
            &format!("{what}: {refused} entries were refused"),
        );
        self.finding
            .must(seen.saved > 0, &format!("{what}: nothing was saved"));
    }

    /// Somebody signs out on one node: no other serves them a second later.
    async fn revoked(&mut self, what: &str) {
        let (site, at) = (&self.site, self.site.members.len() - 1);
        let token = site.spare_token(at).await;
        let [first, second, ..] = self.nodes.as_slice() else {
            return;
        };
        let (here, there) = (
            Client::with_bearer(&first.url, &token),
            Client::with_bearer(&second.url, &token),
        );
        let known = there.get("/api/v1/me").await.status;
        let gone = here
            .call("DELETE", "/api/v1/sessions/current", &json!(null))
            .await
            .status;
        let left = Instant::now();
        while there.get("/api/v1/me").await.status == 200 && left.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.finding.must(
            known == 200 && gone < 300,
            &format!("{what}: signing out said {gone}"),
        );
        self.finding.at_most(
            &format!("{what}: a sign-out held on another node after"),
            left.elapsed(),
            Duration::from_secs(1),
        );
    }

    /// An entry saved on one node shows on a socket of another.
    async fn moves(&mut self, what: &str) {
        let [first, _, third, ..] = self.nodes.as_slice() else {
            return;
        };
        let token = self.site.token(&self.aside);
        let there = Person {
            id: self.aside.id,
            email: String::new(),
            client: Client::with_bearer(&third.url, &token),
        };
        let mut socket = Socket::of(&there).await;
        socket.subscribe("race/us-vt").await;
        let before = socket.frame_with(|frame| frame["kind"] == "snapshot").await;
        let before = points(&before);
        // Another amount each time: the same twice in a minute would be held.
        self.marks += 1;
        let body = json!({"kind": "doors", "quantity": self.marks, "conversations": 0});
        let here = Client::with_bearer(&first.url, &token);
        let mark = Operation {
            key: format!("mark-{}", self.marks),
            person: self.aside.id,
            quantity: self.marks.into(),
        };
        self.log.asks(&mark);
        let asked = Instant::now();
        let said = here.score("/api/v1/activities", &mark.key, &body).await;
        let saved = Instant::now();
        let outcome = if said.status == 201 {
            Outcome::Saved(said.json()["id"].as_str().unwrap_or_default().to_owned())
        } else {
            Outcome::Refused(said.status)
        };
        self.log.hears(&mark, &first.url, &outcome, saved - asked);
        socket.frame_with(|frame| points(frame) > before).await;
        self.finding.at_most(
            &format!("{what}: an entry showed on another node's board after"),
            saved.elapsed(),
            POLLING,
        );
    }

    /// Somebody asks to join.
    async fn joins(&mut self, what: &str) {
        let asking = Client::program(&self.nodes[1].url);
        let email = format!(
            "joins-{}@example.org",
            muster::ids::readable(8).to_lowercase()
        );
        let answer = asking
            .call(
                "POST",
                "/api/v1/registrations",
                &json!({"email": email, "zip": "27601"}),
            )
            .await;
        self.finding.must(
            answer.status == 202,
            &format!("{what}: joining said {}", answer.status),
        );
    }

    /// Pages tell nothing of what was made up, and everybody is signed in.
    async fn shows_no_lies(&mut self) {
        let token = self.site.token(&self.site.members[0]);
        for node in &self.nodes {
            let asking = Client::with_bearer(&node.url, &token);
            let page = asking.get(&format!("/races/{STATE}")).await;
            self.finding.must(
                page.status == 200
                    && !page.text.contains("0000000")
                    && !page.text.contains("+1000 "),
                &format!("the page of the race said {}: {}", page.status, page.text),
            );
        }
    }

    /// Waits until every node says this of Redis at `/readyz`, and gives how long it took.
    async fn told(&mut self, word: &str, most: Duration) {
        let began = Instant::now();
        for node in &self.nodes {
            let asking = Client::new(&node.url);
            loop {
                let answer = asking.get("/readyz").await;
                if answer.json()["redis"] == word {
                    break;
                }
                if began.elapsed() > most {
                    self.finding
                        .faults
                        .push(format!("/readyz does not say {word}: {}", answer.text));
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        self.finding.figure(format!(
            "`/readyz` said {word} after {}",
            spoken(began.elapsed())
        ));
    }

    async fn end(mut self) -> Finding {
        judged(
            &mut self.finding,
            &self.site,
            &self.log,
            self.crew,
            &mut self.nodes,
        )
        .await;
        self.finding
            .faults
            .extend(self.viewers.all_follow(PATIENCE).await.err());
        self.finding
            .faults
            .extend(self.viewers.judge(Duration::from_secs(5)).await);
        self.finding
    }
}

/// The most points that a row of this frame shows.
fn points(frame: &Value) -> f64 {
    let rows = frame["rows"].as_array().into_iter().flatten();
    let points = rows.filter_map(|row| row["points"].as_f64());
    points.fold(0.0, f64::max)
}

/// Killed, and back, empty.
pub async fn killed(yard: Arc<Yard>) -> Held {
    let mut day = Day::begin().await?;
    for _ in 0..yard.times(3) {
        day.services.redis.kill();
        day.told("down", REBUILT).await;
        day.holds("killed", Duration::from_secs(10)).await;
        // Its end without Redis, where nobody waits for it: by looking every five seconds.
        day.services.redis.launch().await;
        day.told("up", REBUILT).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    Ok(day.end().await)
}

/// Frozen: it takes connections and says nothing.
pub async fn frozen(yard: Arc<Yard>) -> Held {
    let mut day = Day::begin().await?;
    for _ in 0..yard.times(3) {
        day.services.redis.freeze();
        day.holds("frozen for 5 s", Duration::from_secs(5)).await;
        day.services.redis.thaw();
        day.told("up", REBUILT).await;
        day.services.redis.freeze();
        day.told("down", REBUILT).await;
        day.holds("frozen for 15 s", Duration::from_secs(15)).await;
        day.services.redis.thaw();
        day.told("up", REBUILT).await;
    }
    Ok(day.end().await)
}

/// Emptied.
pub async fn flushed(yard: Arc<Yard>) -> Held {
    let mut day = Day::begin().await?;
    for round in 0..yard.times(20) {
        let said = day.services.redis.say("FLUSHALL").await;
        day.finding.must(
            said.is_some_and(|said| said.starts_with("+OK")),
            "FLUSHALL was refused",
        );
        if round % 5 == 0 {
            day.holds("flushed", Duration::from_secs(2)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    day.told("up", REBUILT).await;
    Ok(day.end().await)
}

/// Saying what is not so.
pub async fn wrong(yard: Arc<Yard>) -> Held {
    let mut day = Day::begin().await?;
    let keys = day.services.redis.say("DBSIZE").await;
    day.finding.must(
        keys.as_deref() == Some(":0\r\n"),
        &format!("nodes keep something in Redis: {keys:?}"),
    );
    let held = |day: &Day| day.nodes.iter().filter_map(lies::held).max().unwrap_or(0);
    let before = held(&day);
    for _ in 0..yard.times(10) {
        let told = lies::tell(&day.services.redis, &day.site).await;
        day.finding
            .must(told > 80, &format!("only {told} letters were taken"));
        day.holds("false events", Duration::from_secs(3)).await;
        day.shows_no_lies().await;
    }
    let grown = held(&day).saturating_sub(before);
    day.finding
        .figure(format!("the largest node grew by {grown} MiB"));
    day.finding.must(
        grown <= GROWTH,
        &format!("a node grew by {grown} MiB, more than {GROWTH}"),
    );
    let ended = day.viewers.closed_with(4401);
    day.finding
        .must(ended == 0, &format!("{ended} pages were told to sign in"));
    day.told("up", REBUILT).await;
    Ok(day.end().await)
}

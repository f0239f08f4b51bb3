//! A campaign to have bad days: its database, its people, and how its nodes are started.

use std::path::PathBuf;
use std::sync::Arc;

use diesel::{QueryableByName, RunQueryDsl, sql_types};
use muster::clock::{Clock, Duration};
use muster::db::{self, Db, migrate};
use muster::ids::{SessionId, VolunteerId};
use muster::ledger::ScoringConfig;
use muster::regions::{RegionCode, Tree};
use muster::scope::Scope;
use muster::sessions::{Audience, Keys, Sessions};
use muster::volunteers::{self, Email, NewVolunteer};
use tempfile::TempDir;

use super::Log;
use crate::{Place, fresh_database, services};

/// The state whose counties race.
pub const STATE: &str = "us-nc";
/// Counties that have members.
const COUNTIES: usize = 20;
/// Members where nobody says otherwise.
const MEMBERS: usize = 240;

/// Somebody with a program that is signed in.
#[derive(Debug, Clone)]
pub struct Member {
    pub id: VolunteerId,
    pub session: SessionId,
}

pub struct Site {
    /// The database itself, past every proxy.
    pub db: Db,
    pub scoring: ScoringConfig,
    pub members: Vec<Member>,
    pub folder: TempDir,
    /// Where nodes find the database; past a proxy if nothing else is set.
    pub database: String,
    /// The same for Redis; empty for a node alone.
    pub redis: String,
    sessions: Sessions,
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = sql_types::Text)]
    region: String,
    #[diesel(sql_type = sql_types::BigInt)]
    points: i64,
}

impl Site {
    /// A fresh campaign of 240 members on the services of a place; `None` where those of production
    /// are not named.
    #[expect(clippy::unused_async, reason = "opened as a world is")]
    pub async fn open(place: Place) -> Option<Self> {
        let (database, redis) = match place {
            Place::Embedded => (String::new(), String::new()),
            Place::Production => {
                let (database, redis) = services()?;
                (fresh_database(&database), redis)
            }
        };
        Some(Self::of(&database, &redis, MEMBERS))
    }

    /// A campaign in the empty database at `database`, beside the Redis at `redis`; in a SQLite file of
    /// its own where no database is named.
    pub fn of(database: &str, redis: &str, members: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = match database {
            "" => format!("sqlite:{}", folder.path().join("muster.db").display()),
            named => named.to_owned(),
        };
        let db = Db::open(&db::Place {
            url: database.clone(),
            connections: 3,
            create: true,
        })
        .expect("a database");
        migrate(&db).expect("the schema");
        let keys = Keys::open(&folder.path().join("keys.json")).expect("keys");
        let mut site = Self {
            db,
            scoring: ScoringConfig::shipped().expect("the figures"),
            members: Vec::new(),
            sessions: Sessions::new(keys, Duration::days(1)),
            folder,
            database,
            redis: redis.to_owned(),
        };
        site.members = site.people(members);
        site
    }

    /// Takes members in, two weeks ago, so that boards count with them.
    fn people(&self, count: usize) -> Vec<Member> {
        let now = Clock::System.now();
        let tree = Tree::embedded().expect("the tree");
        let state = RegionCode::parse(STATE).expect("a state");
        let homes: Vec<&RegionCode> = tree
            .children(&state)
            .take(COUNTIES)
            .filter_map(|county| tree.children(county.code).next())
            .map(|turf| turf.code)
            .collect();
        let person = |at: usize| {
            let email = Email::parse(&format!("drilled-{at}@example.org")).expect("an address");
            let home = homes[at % homes.len()];
            // A millisecond apart, since an id holds the time and little chance.
            let apart = Duration::milliseconds(i64::try_from(at).expect("few"));
            let joined = now - Duration::days(15) + apart;
            let zone = tree.zone(home).name();
            let id = VolunteerId::fresh(joined);
            NewVolunteer::new(id, &email, home.clone(), zone, joined)
        };
        let people: Vec<NewVolunteer> = (0..count).map(person).collect();
        self.db
            .write_blocking(|conn| {
                let open = |(at, person): (usize, &NewVolunteer)| {
                    volunteers::create(conn, &Scope::System, person)?;
                    let at = now - Duration::milliseconds(i64::try_from(at).expect("few"));
                    let opened =
                        self.sessions
                            .open(conn, person.id, Audience::Api, "a drill", at)?;
                    Ok(Member {
                        id: opened.volunteer,
                        session: opened.session,
                    })
                };
                people.iter().enumerate().map(open).collect()
            })
            .expect("members")
    }

    /// Somebody in `home` as well, who joined two weeks ago and does nothing by themselves.
    pub async fn newcomer(&self, home: &str) -> Member {
        let (now, sessions) = (Clock::System.now(), self.sessions.clone());
        let home = RegionCode::parse(home).expect("a region");
        let zone = Tree::embedded().expect("the tree").zone(&home).name();
        let email = Email::parse("drilled-elsewhere@example.org").expect("an address");
        let joined = now - Duration::days(15) - Duration::hours(1);
        let id = VolunteerId::fresh(joined);
        let person = NewVolunteer::new(id, &email, home, zone, joined);
        let opened = self
            .db
            .write(move |conn| {
                volunteers::create(conn, &Scope::System, &person)?;
                sessions.open(conn, id, Audience::Api, "a drill", now)
            })
            .await
            .expect("a member");
        Member {
            id: opened.volunteer,
            session: opened.session,
        }
    }

    /// A token of a member that is good from now on.
    pub fn token(&self, member: &Member) -> String {
        let now = Clock::System.now();
        let token = self.sessions.token(member.session, Audience::Api, now);
        token.expect("a token")
    }

    /// A token of a new session of the member at `at`, to be ended.
    pub async fn spare_token(&self, at: usize) -> String {
        let (sessions, id) = (self.sessions.clone(), self.members[at].id);
        let now = Clock::System.now();
        let opened = self
            .db
            .write(move |conn| sessions.open(conn, id, Audience::Api, "a drill", now))
            .await
            .expect("a session");
        let token = self.sessions.token(opened.session, Audience::Api, now);
        token.expect("a token")
    }

    /// What every node's environment says.
    pub fn environment(&self) -> Vec<(String, String)> {
        let keys = self.folder.path().join("keys.json").display().to_string();
        [
            ("DATABASE_URL", self.database.clone()),
            ("REDIS_URL", self.redis.clone()),
            ("KEYS_FILE", keys),
            ("MAIL", format!("folder:{}", self.mail().display())),
            ("WORKERS", "2".into()),
            ("DRAIN_SECONDS", "10".into()),
            ("DRAIN_NOTICE_SECONDS", "1".into()),
            // A machine that does a drill beside its nodes may be late.
            ("PATIENCE_MS", "3600000".into()),
        ]
        .into_iter()
        .map(|(name, value)| (format!("MUSTER_{name}"), value))
        .collect()
    }

    /// A log of operations in its folder.
    pub fn log(&self) -> Arc<Log> {
        Arc::new(Log::create(&self.folder.path().join("operations.jsonl")))
    }

    fn mail(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// Points in hundredths of the regions that have any in `week`, as the database has them.
    pub async fn totals(&self, week: &str) -> Vec<(String, i64)> {
        let query = format!("SELECT region, points FROM region_weeks WHERE week = '{week}'");
        let rows: Vec<Total> = self
            .db
            .read(move |conn| Ok(diesel::sql_query(query).load(conn)?))
            .await
            .expect("totals");
        rows.into_iter()
            .map(|row| (row.region, row.points))
            .collect()
    }
}

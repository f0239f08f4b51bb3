//! A campaign to measure: its own database in one of the two worlds, members in every county of one
//! state, and a session for each.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_types};
use muster::clock::{Clock, Duration};
use muster::db::{Db, Place, migrate};
use muster::ids::VolunteerId;
use muster::regions::{RegionCode, Tree};
use muster::scope::Scope;
use muster::sessions::{Audience, Keys, Opened, Sessions};
use muster::volunteers::{self, Email, NewVolunteer};

/// A state of exactly a hundred counties: its board has a hundred rows.
pub const STATE: &str = "us-nc";
/// Members of each county.
const EACH: usize = 20;

/// Which services a campaign stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum World {
    /// SQLite, one node alone.
    Embedded,
    /// PostgreSQL and Redis.
    Production {
        /// The superuser's database.
        database: String,
        /// Redis.
        redis: String,
    },
}

impl World {
    /// In a heading.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Embedded => "SQLite",
            Self::Production { .. } => "PostgreSQL and Redis",
        }
    }
}

/// A campaign and how its nodes find it.
pub struct Campaign {
    /// Where its nodes run.
    pub folder: PathBuf,
    /// Its database.
    pub url: String,
    /// The same, open.
    pub db: Db,
    redis: String,
    sessions: Sessions,
    members: Vec<(Opened, RegionCode)>,
}

/// A member's bearer token, who they are and where.
#[derive(Debug, Clone)]
pub struct Member {
    /// Good for ten minutes.
    pub token: String,
    /// Their id.
    pub id: VolunteerId,
    /// The region they live in: the smallest there is.
    pub home: RegionCode,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = sql_types::Text)]
    text: String,
}

impl Campaign {
    /// A fresh one in `folder/name`, with or without members.
    ///
    /// # Errors
    /// One sentence.
    pub fn open(folder: &Path, name: &str, world: &World, peopled: bool) -> Result<Self, String> {
        let folder = folder.join(name);
        std::fs::create_dir(&folder).map_err(|why| format!("{}: {why}.", folder.display()))?;
        let (url, redis) = match world {
            World::Embedded => {
                let file = folder.join("muster.db");
                (format!("sqlite:{}", file.display()), String::new())
            }
            World::Production { database, redis } => {
                (create_database(database, name)?, redis.clone())
            }
        };
        let place = Place {
            url: url.clone(),
            connections: 2,
            create: true,
        };
        let db = Db::open(&place).map_err(|why| why.to_string())?;
        migrate(&db).map_err(|why| why.to_string())?;
        let keys = Keys::open(&folder.join("keys.json"))?;
        let mut campaign = Self {
            sessions: Sessions::new(keys, Duration::days(1)),
            folder,
            url,
            db,
            redis,
            members: Vec::new(),
        };
        if peopled {
            campaign.members = campaign.take_in()?;
        }
        Ok(campaign)
    }

    /// Takes members in, two weeks ago, so that the board counts with them.
    fn take_in(&self) -> Result<Vec<(Opened, RegionCode)>, String> {
        let now = Clock::System.now();
        let tree = Tree::embedded().map_err(|why| why.to_string())?;
        let state = RegionCode::parse(STATE).map_err(|why| why.to_string())?;
        let counties: Vec<Vec<&RegionCode>> = tree
            .children(&state)
            .map(|county| tree.children(county.code).map(|turf| turf.code).collect())
            .collect();
        // One of each county after the other, so that any few of them come from many counties; and a
        // millisecond apart, since an id holds the time and little chance.
        let mut people = Vec::new();
        for at in 0..EACH {
            for turfs in &counties {
                let Some(home) = turfs.get(at % turfs.len().max(1)) else {
                    continue;
                };
                let at = people.len();
                let email = format!("member-{at}@example.org");
                let email = Email::parse(&email).map_err(|why| why.to_string())?;
                let joined = now - Duration::days(15) + moments(at);
                let zone = tree.zone(home).name();
                let id = VolunteerId::fresh(joined);
                people.push(NewVolunteer::new(id, &email, (*home).clone(), zone, joined));
            }
        }
        self.db
            .write_blocking(|conn| {
                let open = |(at, person): (usize, &NewVolunteer)| {
                    volunteers::create(conn, &Scope::System, person)?;
                    let (who, what, at) = (person.id, Audience::Api, now - moments(at));
                    let opened = self
                        .sessions
                        .open(conn, who, what, "a load generator", at)?;
                    Ok((opened, person.region.clone()))
                };
                people.iter().enumerate().map(open).collect()
            })
            .map_err(|why| why.to_string())
    }

    /// Opens a session for each of these people, who are in the database already.
    ///
    /// # Errors
    /// One sentence when the database refuses.
    pub fn sign_in(&mut self, people: &[VolunteerId]) -> Result<(), String> {
        let now = Clock::System.now();
        let opened: Result<Vec<_>, _> = self.db.write_blocking(|conn| {
            let open = |(at, who): (usize, &VolunteerId)| {
                let home = volunteers::find(conn, &Scope::System, *who)?.region;
                let (what, at) = (Audience::Api, now - moments(at));
                let opened = self
                    .sessions
                    .open(conn, *who, what, "a load generator", at)?;
                Ok((opened, home))
            };
            people.iter().enumerate().map(open).collect()
        });
        self.members = opened.map_err(|why| why.to_string())?;
        Ok(())
    }

    /// Every member with a token that is good from now on.
    ///
    /// # Errors
    /// One sentence when a token cannot be signed.
    pub fn members(&self) -> Result<Vec<Member>, String> {
        self.with_tokens(Audience::Api)
    }

    /// The same, with tokens for the cookies of browsers.
    ///
    /// # Errors
    /// One sentence when a token cannot be signed.
    pub fn browsers(&self) -> Result<Vec<Member>, String> {
        self.with_tokens(Audience::Web)
    }

    fn with_tokens(&self, audience: Audience) -> Result<Vec<Member>, String> {
        let now = Clock::System.now();
        let member = |(opened, home): &(Opened, RegionCode)| {
            let token = self.sessions.token(opened.session, audience, now);
            token.map(|token| Member {
                token,
                id: opened.volunteer,
                home: home.clone(),
            })
        };
        let members: Result<Vec<Member>, _> = self.members.iter().map(member).collect();
        members.map_err(|why| why.to_string())
    }

    /// What the environment of its nodes says.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let keys = self.folder.join("keys.json").display().to_string();
        vec![
            ("MUSTER_LISTEN", "127.0.0.1:0".into()),
            ("MUSTER_DATABASE_URL", self.url.clone()),
            ("MUSTER_REDIS_URL", self.redis.clone()),
            ("MUSTER_KEYS_FILE", keys),
        ]
    }

    /// The number a `SELECT … AS count` gives.
    ///
    /// # Errors
    /// One sentence when the database refuses.
    pub fn count(&self, query: &str) -> Result<u64, String> {
        let found: Count = self
            .db
            .read_blocking(|conn| Ok(diesel::sql_query(query).get_result(conn)?))
            .map_err(|why| why.to_string())?;
        u64::try_from(found.count).map_err(|why| why.to_string())
    }

    /// The people whose ids a `SELECT … AS count` gives.
    ///
    /// # Errors
    /// One sentence when the database refuses.
    pub fn people(&self, query: &str) -> Result<Vec<VolunteerId>, String> {
        let found: Vec<Count> = self
            .db
            .read_blocking(|conn| Ok(diesel::sql_query(query).load(conn)?))
            .map_err(|why| why.to_string())?;
        Ok(found
            .into_iter()
            .map(|row| VolunteerId(row.count))
            .collect())
    }

    /// The texts a `SELECT … AS text` gives.
    ///
    /// # Errors
    /// One sentence when the database refuses.
    pub fn texts(&self, query: &str) -> Result<Vec<String>, String> {
        let found: Vec<Text> = self
            .db
            .read_blocking(|conn| Ok(diesel::sql_query(query).load(conn)?))
            .map_err(|why| why.to_string())?;
        Ok(found.into_iter().map(|row| row.text).collect())
    }
}

fn moments(count: usize) -> Duration {
    Duration::milliseconds(i64::try_from(count).unwrap_or(0))
}

/// A database of its own beside the superuser's; gives its URL.
fn create_database(server: &str, name: &str) -> Result<String, String> {
    let name = format!("bench_{}", name.replace('-', "_"));
    let mut conn = PgConnection::establish(server).map_err(|why| why.to_string())?;
    conn.batch_execute(&format!("CREATE DATABASE {name}"))
        .map_err(|why| why.to_string())?;
    let (front, _) = server.rsplit_once('/').unwrap_or((server, ""));
    Ok(format!("{front}/{name}"))
}

//! A database a test, cloned from a template that is migrated once.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use muster::db::{Db, Place, migrate};

/// The services named in the environment: the superuser's database URL and the Redis URL.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner names its services in the environment"
)]
pub fn services() -> Option<(String, String)> {
    let database = std::env::var("MUSTER_TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())?;
    let redis = std::env::var("MUSTER_TEST_REDIS_URL")
        .ok()
        .filter(|url| !url.is_empty())?;
    Some((database, redis))
}

/// A fresh database with the schema in it; gives its URL.
pub fn fresh_database(server: &str) -> String {
    let mut conn = PgConnection::establish(server).expect("PostgreSQL answers");
    let template = template(&mut conn, server);
    let name = format!("muster_test_{}", muster::ids::readable(12).to_lowercase());
    // Only one session may use a template at a time: creation is serialised, tests are not.
    conn.batch_execute("SELECT pg_advisory_lock(7061972)")
        .expect("the lock");
    conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
        .expect("a database from the template");
    conn.batch_execute("SELECT pg_advisory_unlock(7061972)")
        .expect("the lock goes");
    at(server, &name)
}

/// A database without a table, on the same server; gives its URL.
pub fn empty_database(server: &str) -> String {
    let mut conn = PgConnection::establish(server).expect("PostgreSQL answers");
    let name = format!("muster_test_{}", muster::ids::readable(12).to_lowercase());
    conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0"))
        .expect("an empty database");
    at(server, &name)
}

/// The template's name, which changes with the migrations; made by whoever comes first.
fn template(conn: &mut PgConnection, server: &str) -> String {
    let name = format!("muster_template_{}", muster::db::migrations_mark());
    conn.batch_execute("SELECT pg_advisory_lock(7061973)")
        .expect("the lock");
    let missing = conn
        .batch_execute(&format!("CREATE DATABASE {name}_making"))
        .is_ok();
    if missing {
        let place = Place {
            url: at(server, &format!("{name}_making")),
            connections: 1,
            create: true,
        };
        migrate(&Db::open(&place).expect("the template opens")).expect("the template migrates");
        // A moment for the pool's connections to close; a template must be unused.
        for _ in 0..100 {
            if conn
                .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {name}_making"))
                .is_ok()
            {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
    conn.batch_execute("SELECT pg_advisory_unlock(7061973)")
        .expect("the lock goes");
    name
}

fn at(server: &str, database: &str) -> String {
    let mut url = url::Url::parse(server).expect("MUSTER_TEST_DATABASE_URL is a URL");
    url.set_path(database);
    url.to_string()
}

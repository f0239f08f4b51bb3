//! How people's own affairs stand in the database, for nodes that were not told that something moved.

use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::ledger;
use crate::live::{Mark, Marks, Standing, Topic};
use crate::scope::Scope;
use crate::{tasks, volunteers};

/// How the topics `me` stand.
pub fn standing() -> Standing {
    Standing {
        of: |topic| matches!(topic, Topic::Me(_)),
        at_once: 500,
        read: marks,
    }
}

/// Points, tasks and profiles of these people.
fn marks(conn: &mut Conn, topics: &[Topic]) -> Result<Marks, Error> {
    let people: Vec<VolunteerId> = topics
        .iter()
        .filter_map(|topic| match topic {
            Topic::Me(person) => Some(*person),
            _ => None,
        })
        .collect();
    let mut marks = Marks::with_capacity(people.len());
    let mut add = |person, part, newest, count| {
        let mark: &mut Mark = marks.entry(Topic::Me(person)).or_default();
        mark.add(part, newest, count);
    };
    for (person, version) in ledger::versions(conn, &Scope::System, &people)? {
        add(person, 0, version, 0);
    }
    for (person, count, at) in tasks::changes(conn, &Scope::System, &people)? {
        add(person, 1, at.map_or(0, Instant::micros), count);
    }
    for (person, version) in volunteers::versions(conn, &Scope::System, &people)? {
        add(person, 2, version, 0);
    }
    Ok(marks)
}

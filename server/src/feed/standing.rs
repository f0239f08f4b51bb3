//! How feeds stand in the database, for nodes that were not told that one moved.

use std::collections::HashMap;

use super::store;
use crate::db::Conn;
use crate::error::Error;
use crate::live::{Mark, Marks, Standing, Topic};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Posts, comments and deletions looked at, the newest of each.
const LATELY: i64 = 2_000;

/// How the topics `feed/{region}` stand.
pub fn standing() -> Standing {
    Standing {
        of: |topic| matches!(topic, Topic::Feed(_)),
        // What happened last is asked for once, whoever follows it.
        at_once: usize::MAX,
        read: |conn, _| marks(conn),
    }
}

/// The marks of all feeds in which something happened lately.
fn marks(conn: &mut Conn) -> Result<Marks, Error> {
    let mut marks: HashMap<RegionCode, Mark> = HashMap::new();
    for (region, post) in store::list_new_posts(conn, &Scope::System, LATELY)? {
        marks.entry(region).or_default().add(0, post.0, 1);
    }
    for (region, comment) in store::list_new_comments(conn, &Scope::System, LATELY)? {
        marks.entry(region).or_default().add(1, comment.0, 1);
    }
    for (region, at) in store::list_deleted(conn, &Scope::System, LATELY)? {
        if let Some(at) = at {
            marks.entry(region).or_default().add_at(2, at);
        }
    }
    Ok(marks
        .into_iter()
        .map(|(region, mark)| (Topic::Feed(region), mark))
        .collect())
}

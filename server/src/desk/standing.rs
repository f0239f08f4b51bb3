//! How captains' queues stand in the database, for nodes that were not told that one moved.

use std::collections::{HashMap, HashSet};

use crate::activities;
use crate::db::Conn;
use crate::error::Error;
use crate::followups;
use crate::live::{Mark, Marks, Standing, Topic};
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// How the topics `captain/{region}` stand.
pub fn standing() -> Standing {
    Standing {
        of: |topic| matches!(topic, Topic::Captain(_)),
        // What happened last is asked for once, whoever follows it.
        at_once: usize::MAX,
        read: marks,
    }
}

/// What happened lately under each of these regions.
fn marks(conn: &mut Conn, topics: &[Topic]) -> Result<Marks, Error> {
    let mut leaves: HashMap<RegionCode, Mark> = HashMap::new();
    for (region, happened) in activities::lately(conn, &Scope::System)? {
        let mark = leaves.entry(region).or_default();
        match happened {
            activities::Happened::Entered(line) => mark.add(0, line, 1),
            activities::Happened::Decided(at) => mark.add_at(1, at),
        }
    }
    for (region, happened) in followups::lately(conn, &Scope::System)? {
        let mark = leaves.entry(region).or_default();
        match happened {
            followups::Happened::Opened(due, tries) => {
                mark.add(2, due.micros(), i64::from(tries) + 1);
            }
            followups::Happened::Closed(at) => mark.add_at(3, at),
        }
    }
    let asked: HashSet<&RegionCode> = topics.iter().filter_map(Topic::region).collect();
    let mut marks = Marks::new();
    for (region, mark) in leaves {
        for above in region.ancestors_and_self() {
            if asked.contains(&above) {
                marks.entry(Topic::Captain(above)).or_default().join(&mark);
            }
        }
    }
    Ok(marks)
}

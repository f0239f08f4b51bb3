//! The honour roll of a region, and what its people did lately. Only people who asked to be shown,
//! only the name they show.

mod store;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::FeedScope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::ledger::{Points, SoftCap, Week};
use crate::region_code::RegionCode;
use crate::regions::Tree;

/// People on a roll at most (contract).
const ROLL: usize = 50;
/// Deeds shown at most.
const DEEDS: i64 = 6;
/// Of all entries, the last so many are looked at first.
const LATEST: i64 = 1_000;

/// Somebody on the honour roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// Their display name.
    pub name: String,
}

/// Something a person of the honour roll did.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Their display name.
    pub name: String,
    /// The activity's kind.
    pub kind: String,
    /// How many.
    pub quantity: i32,
    /// How long.
    pub minutes: i32,
    /// When.
    pub at: Instant,
}

/// People of `region` who opted in, best first by what of this week counts (scoring.md, "Soft
/// cap"); equals by name.
///
/// # Errors
/// `NotFound` when the region is closed to `reader`.
pub fn honour_roll(
    conn: &mut Conn,
    tree: &Tree,
    cap: &SoftCap,
    reader: &FeedScope,
    region: &RegionCode,
    now: Instant,
) -> Result<Vec<Named>, Error> {
    reader.must_read(region)?;
    let week = Week::at(now.utc(), tree.zone(region));
    let rows = store::list_members(conn, reader, region, &week.to_string())?;
    Ok(best_first(rows, cap))
}

/// The latest deeds of this week by the people on the honour roll of `region`; nothing for a reader
/// to whom it is closed.
pub fn deeds(
    conn: &mut Conn,
    tree: &Tree,
    reader: &FeedScope,
    region: &RegionCode,
    now: Instant,
) -> Result<Vec<Deed>, Error> {
    let week = Week::at(now.utc(), tree.zone(region));
    // A large region has enough among what was written last anywhere, and would take long to search;
    // a small one is quickly searched.
    let rows = match latest(conn, reader, region, week)? {
        Some(rows) => rows,
        None => store::list_deeds(conn, reader, region, week, DEEDS)?,
    };
    Ok(rows
        .into_iter()
        .map(|(name, kind, quantity, minutes, at)| Deed {
            name,
            kind,
            quantity: quantity.unwrap_or(0),
            minutes: minutes.unwrap_or(0),
            at,
        })
        .collect())
}

/// The deeds to show, if the last entries of the whole campaign hold enough of them.
fn latest(
    conn: &mut Conn,
    reader: &FeedScope,
    region: &RegionCode,
    week: Week,
) -> Result<Option<Vec<store::Deed>>, Error> {
    let entries = store::list_latest(conn, reader, week, LATEST)?;
    let people: BTreeSet<VolunteerId> = entries.iter().map(|(who, _)| *who).collect();
    let people: Vec<VolunteerId> = people.into_iter().collect();
    let names = store::list_named(conn, reader, region, &people)?;
    let wanted = usize::try_from(DEEDS).unwrap_or(0);
    let mut deeds = Vec::with_capacity(wanted);
    for (who, entry) in entries {
        if let Some(name) = names.get(&who)
            && let Some(deed) = store::find_deed(conn, reader, (who, entry), week, name)?
        {
            deeds.push(deed);
        }
        if deeds.len() == wanted {
            return Ok(Some(deeds));
        }
    }
    Ok(None)
}

/// How many members of `region` did something this week.
pub fn active(
    conn: &mut Conn,
    tree: &Tree,
    region: &RegionCode,
    now: Instant,
) -> Result<i64, Error> {
    let week = Week::at(now.utc(), tree.zone(region)).to_string();
    Ok(store::count_active(conn, region, &week)?)
}

/// Sorts people with their net sums in hundredths by what of the sum counts.
fn best_first(rows: Vec<(VolunteerId, String, i64)>, cap: &SoftCap) -> Vec<Named> {
    let mut sums: BTreeMap<VolunteerId, (String, i64)> = BTreeMap::new();
    for (person, name, net) in rows {
        sums.entry(person).or_insert((name, 0)).1 += net;
    }
    let mut rows: Vec<(Points, String)> = sums
        .into_values()
        .map(|(name, net)| {
            let net = Points::from_hundredths(net);
            (cap.counted(net), name)
        })
        .collect();
    rows.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.cmp(other)));
    rows.truncate(ROLL);
    rows.into_iter().map(|(_, name)| Named { name }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ScoringConfig;

    #[test]
    fn beyond_full_marks_nobody_stands_higher() {
        let rows = vec![
            (VolunteerId(1), "Ben".to_owned(), 90_000),
            (VolunteerId(2), "Cy".to_owned(), 100),
            (VolunteerId(3), "Ada".to_owned(), 50_000),
            (VolunteerId(3), "Ada".to_owned(), 10_000),
        ];
        let cap = ScoringConfig::shipped().unwrap().soft_cap;
        let names: Vec<_> = best_first(rows, &cap)
            .into_iter()
            .map(|named| named.name)
            .collect();
        assert_eq!(names, ["Ada", "Ben", "Cy"]);
    }
}

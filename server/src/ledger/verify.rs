//! Whether every total is the fold of the ledger, and mending those that are not
//! (`muster boards verify` and `rebuild`).

use std::fmt;

use super::fold::{self, MemberKey, MemberSum, MemberSums, Parts, RegionSum, RegionSums};
use super::model::{MemberWeek, RegionWeek};
use super::store::totals;
use super::{Points, ScoringConfig, SoftCap};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::scope::Scope;

/// Rows read at once.
const PAGE: i64 = 5_000;

/// A total that is not what the ledger says. Its `Display` is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Whose, for the total of a member.
    pub volunteer: Option<VolunteerId>,
    /// Where; `None` for a member who moved in the middle of the week.
    pub region: Option<RegionCode>,
    /// `2026-W47`.
    pub week: String,
    /// Points and entries (or active members) as the table has them.
    pub stored: (Points, i64),
    /// The same as the ledger gives them.
    pub folded: (Points, i64),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.region {
            Some(region) => write!(f, "{region} {}", self.week)?,
            None => write!(f, "several regions {}", self.week)?,
        }
        let counted = match self.volunteer {
            Some(volunteer) => {
                write!(f, " of {volunteer}")?;
                "entries"
            }
            None => "active",
        };
        let ((stored, n), (folded, m)) = (self.stored, self.folded);
        write!(
            f,
            ": stored {stored} points and {n} {counted}, the ledger gives {folded} and {m}"
        )
    }
}

/// Every total that differs from the fold of the ledger, on one state of the database while nodes
/// serve on. `progress` hears how many lines were read so far.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(
    db: &Db,
    scoring: &ScoringConfig,
    mut progress: impl FnMut(u64) + Send + 'static,
) -> Result<Vec<Difference>, Error> {
    let cap = scoring.soft_cap.clone();
    db.snapshot(move |conn| {
        let mut differences = Vec::new();
        walk(conn, &cap, &mut progress, |_, found| {
            differences.extend(found);
            Ok(())
        })?;
        Ok(differences)
    })
    .await
}

/// Sets every total that differs to the fold of the ledger; gives those that did. Serving nodes wait
/// meanwhile, or turn entries away for a moment.
///
/// # Errors
/// When the database cannot be written; then nothing changed.
pub async fn rebuild(
    db: &Db,
    scoring: &ScoringConfig,
    mut progress: impl FnMut(u64) + Send + 'static,
) -> Result<Vec<Difference>, Error> {
    let cap = scoring.soft_cap.clone();
    db.write(move |conn| {
        totals::lock(conn)?;
        let mut differences = Vec::new();
        walk(conn, &cap, &mut progress, |conn, found| {
            mend(conn, &found)?;
            differences.extend(found);
            Ok(())
        })?;
        Ok(differences)
    })
    .await
}

fn mend(conn: &mut Conn, differences: &[Difference]) -> Result<(), Error> {
    let (mut members, mut regions) = (Vec::new(), Vec::new());
    for difference in differences {
        let (points, count) = difference.folded;
        match difference.volunteer {
            Some(volunteer_id) => members.push(MemberWeek {
                volunteer_id,
                week: difference.week.clone(),
                region: difference.region.clone(),
                net: points.hundredths(),
                entries: i32::try_from(count).unwrap_or(i32::MAX),
                version: 1,
            }),
            None => regions.extend(difference.region.clone().map(|region| RegionWeek {
                region,
                week: difference.week.clone(),
                points: points.hundredths(),
                active: count,
                version: 1,
            })),
        }
    }
    totals::set_members(conn, &Scope::System, &members)?;
    totals::set_regions(conn, &regions)?;
    Ok(())
}

/// Reads the ledger person by person, and hands over what differs.
fn walk(
    conn: &mut Conn,
    cap: &SoftCap,
    progress: &mut dyn FnMut(u64),
    mut found: impl FnMut(&mut Conn, Vec<Difference>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut regions = RegionSums::new();
    let mut sums = MemberSums::new();
    let (mut after, mut done, mut read) = ((VolunteerId(i64::MIN), i64::MIN), i64::MIN, 0_u64);
    loop {
        let lines = totals::page(conn, &Scope::System, after, PAGE)?;
        let last = lines.last().map(|line| (line.volunteer_id, line.id));
        read += lines.len() as u64;
        progress(read);
        for line in lines {
            fold::add_brief(&mut sums, line);
        }
        // The last person of a page may go on in the next one.
        let still = last.map(|(person, _)| person);
        let (open, folded): (MemberSums, MemberSums) = std::mem::take(&mut sums)
            .into_iter()
            .partition(|(key, _)| Some(key.volunteer) == still);
        sums = open;
        for (key, parts) in &folded {
            fold::add_member(&mut regions, cap, &key.week, &Parts::new(), parts);
        }
        let whole = still.map_or(i64::MAX, |person| person.0.saturating_sub(1));
        if whole > done {
            let stored =
                totals::list_members(conn, &Scope::System, VolunteerId(done), VolunteerId(whole))?;
            let differences = members(folded, stored);
            found(conn, differences)?;
            done = whole;
        }
        match last {
            Some(at) => after = at,
            None => break,
        }
    }
    let mut at = (String::new(), String::new());
    loop {
        let stored = totals::page_regions(conn, &at, PAGE)?;
        let Some(last) = stored.last() else { break };
        at = (last.region.to_string(), last.week.clone());
        let differences = stored
            .into_iter()
            .filter_map(|row| {
                let folded = regions
                    .remove(&(row.region.clone(), row.week.clone()))
                    .unwrap_or_default();
                let stored = RegionSum {
                    points: row.points,
                    active: row.active,
                };
                region(row.region, row.week, stored, folded)
            })
            .collect();
        found(conn, differences)?;
    }
    let missing = regions
        .into_iter()
        .filter_map(|((code, week), folded)| region(code, week, RegionSum::default(), folded))
        .collect();
    found(conn, missing)
}

fn members(mut folded: MemberSums, stored: Vec<MemberWeek>) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut compare = |key: MemberKey, stored: (MemberSum, Option<RegionCode>), parts: &Parts| {
        let folded = (fold::whole(parts), fold::region(parts).cloned());
        if stored != folded {
            let pair = |sum: MemberSum| (Points::from_hundredths(sum.net), i64::from(sum.entries));
            differences.push(Difference {
                volunteer: Some(key.volunteer),
                region: folded.1,
                week: key.week,
                stored: pair(stored.0),
                folded: pair(folded.0),
            });
        }
    };
    for row in stored {
        let key = MemberKey {
            volunteer: row.volunteer_id,
            week: row.week,
        };
        let sum = MemberSum {
            net: row.net,
            entries: row.entries,
        };
        let parts = folded.remove(&key).unwrap_or_default();
        compare(key, (sum, row.region), &parts);
    }
    for (key, parts) in folded {
        compare(key, (MemberSum::default(), None), &parts);
    }
    differences
}

fn region(
    region: RegionCode,
    week: String,
    stored: RegionSum,
    folded: RegionSum,
) -> Option<Difference> {
    let pair = |sum: RegionSum| (Points::from_hundredths(sum.points), sum.active);
    (stored != folded).then(|| Difference {
        volunteer: None,
        region: Some(region),
        week,
        stored: pair(stored),
        folded: pair(folded),
    })
}

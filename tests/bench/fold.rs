//! The totals of a ledger as it is filled, kept in arrays: reckoned here for itself, so that
//! `muster boards verify` compares two ways to the same numbers.

use std::collections::BTreeMap;

use muster::clock::Instant;
use muster::demo::Roll;
use muster::ids::VolunteerId;
use muster::ledger::{Line, MemberWeek, Points, RegionWeek, SoftCap, Week};
use muster::regions::RegionCode;

/// Rows handed out at once.
const ROWS: usize = 10_000;

/// Sums of everybody's weeks.
pub struct Fold {
    /// Each week's name, and what each person has in it.
    weeks: Vec<(String, Vec<Sum>)>,
    last: Vec<Option<Instant>>,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    net: i64,
    entries: i32,
    lines: i32,
}

impl Fold {
    /// Nothing yet.
    pub fn new(roll: &Roll, weeks: &[Week]) -> Self {
        let people = roll.people.len();
        Self {
            weeks: weeks
                .iter()
                .map(|week| (week.to_string(), vec![Sum::default(); people]))
                .collect(),
            last: vec![None; people],
        }
    }

    /// Adds a line of the person at this place.
    pub fn add(&mut self, who: usize, line: &Line) {
        let week = self
            .weeks
            .iter_mut()
            .rev()
            .find(|(name, _)| *name == line.week);
        if let Some(sum) = week.and_then(|(_, sums)| sums.get_mut(who)) {
            sum.net += line.counted;
            sum.entries += line.entries();
            sum.lines += 1;
        }
        if line.corrects.is_none()
            && let Some(last) = self.last.get_mut(who)
        {
            *last = (*last).max(Some(line.created_at));
        }
    }

    /// The member-weeks, some at a time.
    pub fn members<'a>(&'a self, roll: &'a Roll) -> impl Iterator<Item = Vec<MemberWeek>> + 'a {
        self.weeks.iter().flat_map(move |(week, sums)| {
            sums.chunks(ROWS)
                .zip(roll.people.chunks(ROWS))
                .map(move |(sums, people)| {
                    let row = |(sum, person): (&Sum, &muster::volunteers::NewVolunteer)| {
                        (sum.lines > 0).then(|| MemberWeek {
                            volunteer_id: person.id,
                            week: week.clone(),
                            region: Some(person.region.clone()),
                            net: sum.net,
                            entries: sum.entries,
                            version: 1,
                        })
                    };
                    sums.iter().zip(people).filter_map(row).collect()
                })
        })
    }

    /// The region-weeks: nobody moved, so that each person's week counts in one place and above it.
    pub fn regions(&self, roll: &Roll, cap: &SoftCap) -> Vec<RegionWeek> {
        let mut rows = Vec::new();
        for (week, sums) in &self.weeks {
            let mut regions: BTreeMap<RegionCode, (i64, i64)> = BTreeMap::new();
            for (sum, person) in sums
                .iter()
                .zip(&roll.people)
                .filter(|(sum, _)| sum.lines > 0)
            {
                let counted = cap.counted(Points::from_hundredths(sum.net)).hundredths();
                for above in person.region.ancestors_and_self() {
                    let region = regions.entry(above).or_default();
                    region.0 += counted;
                    region.1 += i64::from(sum.entries > 0);
                }
            }
            rows.extend(
                regions
                    .into_iter()
                    .map(|(region, (points, active))| RegionWeek {
                        region,
                        week: week.clone(),
                        points,
                        active,
                        version: 1,
                    }),
            );
        }
        rows
    }

    /// When everybody did something last, who did.
    pub fn active(&self, roll: &Roll) -> Vec<(VolunteerId, Instant)> {
        let people = self.last.iter().zip(&roll.people);
        people
            .filter_map(|(last, person)| last.map(|at| (person.id, at)))
            .collect()
    }
}

//! Ranks by Pace, and what of them is chance (scoring.md, The race, steps 5 and 6; Weeks, seasons, ties). Tested
//! through `standings` and `audit`, its two callers.

use std::collections::BTreeMap;

use super::draws::{RankRange, rank_ranges};
use super::pace::{Entry, Field, Measure, shown};
use crate::ledger::{Points, RaceNumbers};

/// Where the likely ranks come from.
#[derive(Clone, Copy, Debug)]
pub enum Draws<'a> {
    /// Draw now, with the seed of the board and week.
    Fresh(u64),
    /// Keep the ranges drawn a moment ago (`Standings::drawn`); each is widened to the rank it now stands beside.
    Kept(&'a BTreeMap<String, RankRange>),
}

/// A place in a race.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// From 1; equal shown Paces share a rank (1, 1, 3).
    pub rank: u32,
    /// The likely ranks; they hold `rank`.
    pub range: RankRange,
    /// The rank key.
    pub z: f64,
    /// Pace to a tenth.
    pub pace: f64,
    /// Lower end of its interval, to a tenth.
    pub pace_low: f64,
    /// Upper end, to a tenth.
    pub pace_high: f64,
    /// Points to catch the next better rank; `None` for the first.
    pub to_next: Option<Points>,
}

/// Ranks the `chosen` entries (indexes into `entries`, each with a measure) among themselves: best first, with
/// the ranges as drawn.
pub fn rank(
    numbers: &RaceNumbers,
    entries: &[Entry],
    field: &Field,
    chosen: Vec<usize>,
    draws: Draws<'_>,
) -> (Vec<(usize, Standing)>, BTreeMap<String, RankRange>) {
    let mut ranked: Vec<(usize, Measure)> = chosen
        .into_iter()
        .filter_map(|i| field.measures[i].map(|measure| (i, measure)))
        .collect();
    ranked.sort_by(|(i, a), (j, b)| {
        b.z.total_cmp(&a.z)
            .then_with(|| entries[*i].code.cmp(&entries[*j].code))
    });
    let code = |i: usize| entries[i].code.as_str();
    let drawn: BTreeMap<String, RankRange> = match draws {
        Draws::Fresh(seed) => {
            let regions: Vec<_> = ranked
                .iter()
                .map(|(i, measure)| (code(*i), measure.posterior))
                .collect();
            let codes = regions.iter().map(|(code, _)| (*code).to_owned());
            codes.zip(rank_ranges(numbers, seed, &regions)).collect()
        }
        Draws::Kept(kept) => kept.clone(),
    };
    let count = u32::try_from(ranked.len()).unwrap_or(u32::MAX);
    let mut places: Vec<(usize, Standing)> = Vec::with_capacity(ranked.len());
    let mut rank = 1;
    let mut rival = None; // the rank key of the last entry of the next better rank
    for (place, (i, measure)) in (1..).zip(&ranked) {
        let pace = shown(measure.pace);
        if let Some((before, better)) = places.last()
            && better.pace > pace
        {
            rank = place;
            rival = field.measures[*before].map(|measure| measure.z);
        }
        let alone = RankRange {
            low: rank,
            high: rank,
        };
        let standing = Standing {
            rank,
            range: drawn
                .get(code(*i))
                .copied()
                .unwrap_or(alone)
                .holding(rank, count),
            z: measure.z,
            pace,
            pace_low: shown(measure.low),
            pace_high: shown(measure.high),
            to_next: rival.map(|rival| measure.to_reach(entries[*i].points, rival)),
        };
        places.push((*i, standing));
    }
    (places, drawn)
}

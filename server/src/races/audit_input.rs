//! What an audit is given, and what of it makes no sense.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;

use super::estimate::{self, Members};
use super::pace::Entry;
use crate::ledger::RaceNumbers;

/// What an audit is given.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Dispersion between members; estimated from `member_points` where left out.
    #[serde(default)]
    pub phi: Option<f64>,
    /// Variance between regions; estimated where left out.
    #[serde(default)]
    pub tau2: Option<f64>,
    /// The common pace; estimated where left out.
    #[serde(default)]
    pub g: Option<f64>,
    /// The seed of the board and week, for the likely ranks.
    pub seed: u64,
    /// The regions, in any order.
    pub regions: Vec<InputRegion>,
}

/// One region of an audit.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputRegion {
    /// Its code.
    pub code: String,
    /// Points P so far.
    pub points: f64,
    /// Par of the week, in points.
    pub par: f64,
    /// Share C of the week expected to be done, 0 to 1.
    pub share: f64,
    /// Its roster n.
    pub members: i64,
    /// The capped points u of each member, for estimating φ.
    #[serde(default)]
    pub member_points: Option<Vec<f64>>,
}

/// What is wrong with an input, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadInput(String);

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

/// Regions an audit takes at most.
pub const REGIONS: usize = 10_000;

fn bad<T>(sentence: String) -> Result<T, BadInput> {
    Err(BadInput(sentence))
}

fn within(
    what: impl FnOnce() -> String,
    value: f64,
    least: f64,
    most: f64,
) -> Result<(), BadInput> {
    if value >= least && value <= most {
        return Ok(());
    }
    bad(format!(
        "{} must lie from {least} to {most}, and it is {value}.",
        what()
    ))
}

/// The regions as entries, once every number has been looked at.
pub fn entries(numbers: &RaceNumbers, input: &Input) -> Result<Vec<Entry>, BadInput> {
    for (name, given, (least, most)) in [
        ("phi", input.phi, estimate::PHI),
        ("tau2", input.tau2, (0.0001, 1.0)),
        ("g", input.g, (numbers.g_min, numbers.g_max)),
    ] {
        if let Some(value) = given {
            within(|| format!("`{name}`"), value, least, most)?;
        }
    }
    if input.regions.is_empty() || input.regions.len() > REGIONS {
        return bad(format!(
            "`regions` must list 1 to {REGIONS} regions, and it lists {}.",
            input.regions.len()
        ));
    }
    let mut codes = BTreeSet::new();
    let entry = |region: &InputRegion| {
        let (code, field) = (&region.code, |name: &'static str| {
            move || format!("`{name}` of {}", region.code)
        });
        if code.trim().is_empty() || code.chars().count() > 200 {
            return bad("Every region needs a `code` of at most 200 characters.".to_owned());
        }
        within(field("points"), region.points, 0.0, 1e9)?;
        within(field("par"), region.par, 0.0, 1e9)?;
        within(field("share"), region.share, 0.0, 1.0)?;
        let Ok(members) = u32::try_from(region.members) else {
            return bad(format!(
                "`members` of {code} must be a count of people, and it is {}.",
                region.members
            ));
        };
        if members > 0 && region.par <= 0.0 {
            return bad(format!(
                "`par` of {code} must be above 0, because the region has members."
            ));
        }
        for u in region.member_points.iter().flatten() {
            within(field("member_points"), *u, 0.0, 1e9)?;
        }
        Ok(Entry {
            code: code.clone(),
            points: region.points,
            par: region.par,
            share: region.share,
            members,
        })
    };
    let entries = input
        .regions
        .iter()
        .map(entry)
        .collect::<Result<Vec<_>, _>>()?;
    match input
        .regions
        .iter()
        .find(|region| !codes.insert(&region.code))
    {
        Some(twice) => bad(format!(
            "The code {} stands twice in `regions`.",
            twice.code
        )),
        None => Ok(entries),
    }
}

/// What φ is estimated from: every region that has members, or the sentence that says which has no list.
pub fn members(input: &Input) -> Result<Vec<Members<'_>>, BadInput> {
    let of = |region: &'_ InputRegion| region.member_points.is_none();
    let peopled = || input.regions.iter().filter(|region| region.members > 0);
    if let Some(region) = peopled().find(|region| of(region)) {
        let code = &region.code;
        return bad(format!(
            "`phi` is left out, so every region needs `member_points`, and {code} has none."
        ));
    }
    let members = peopled().map(|region| Members {
        points: region.points,
        members: u32::try_from(region.members).unwrap_or(0),
        each: region.member_points.as_deref().unwrap_or_default(),
    });
    Ok(members.collect())
}

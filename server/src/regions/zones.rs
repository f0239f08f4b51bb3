//! Which time zone each region counts its weeks in (scoring.md, "Where and when an entry counts").

use std::collections::BTreeMap;

use super::node::Entry;

/// Turns the zones given in the data into one for every region: its own; else, where it has
/// children, the one most people beneath it live in; else its parent's; else UTC (`utc`).
///
/// A root lends only a zone it was given, never the one it shows: the most populous zone of a
/// nation says nothing about a mailbox abroad.
pub(super) fn resolve(entries: &mut [Entry], utc: u16) {
    let given = inherited(entries);
    for at in 0..entries.len() {
        let Entry {
            zone, parent, end, ..
        } = entries[at];
        let lent = if parent == 0 {
            given[0]
        } else {
            entries[parent as usize].zone
        };
        entries[at].zone = zone
            .or_else(|| most_populous(entries, &given, at + 1..end as usize))
            .or(lent)
            .or(Some(utc));
    }
}

/// Every region's own zone or that of its nearest ancestor which was given one.
fn inherited(entries: &[Entry]) -> Vec<Option<u16>> {
    let mut given: Vec<Option<u16>> = Vec::with_capacity(entries.len());
    for entry in entries {
        // The root is its own parent, and not there yet.
        let above = given.get(entry.parent as usize).copied().flatten();
        given.push(entry.zone.or(above));
    }
    given
}

/// The zone of most people in `beneath`; where nobody was counted, of most places.
fn most_populous(
    entries: &[Entry],
    given: &[Option<u16>],
    beneath: std::ops::Range<usize>,
) -> Option<u16> {
    let mut tally: BTreeMap<u16, (u64, u32)> = BTreeMap::new();
    for at in beneath {
        let is_leaf = entries[at].end as usize == at + 1;
        if let (true, Some(zone)) = (is_leaf, given[at]) {
            let (people, places) = tally.entry(zone).or_default();
            *people += u64::from(entries[at].population.unwrap_or(0));
            *places += 1;
        }
    }
    tally
        .into_iter()
        .max_by_key(|&(zone, counted)| (counted, std::cmp::Reverse(zone)))
        .map(|(zone, _)| zone)
}

//! The sockets of this node and whose they are.

use std::collections::HashMap;
use std::sync::Arc;

use super::line::Line;
use crate::cluster::Present;
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// All sockets, each also with its person.
#[derive(Default)]
pub struct People {
    lines: HashMap<u64, Arc<Line>>,
    guests: HashMap<VolunteerId, Guest>,
}

/// Somebody who has a socket here.
struct Guest {
    region: RegionCode,
    /// Their sockets, the oldest first.
    lines: Vec<Arc<Line>>,
}

impl People {
    /// How many sockets `person` has.
    pub fn held(&self, person: VolunteerId) -> usize {
        self.guests
            .get(&person)
            .map_or(0, |guest| guest.lines.len())
    }

    /// Takes in a socket of somebody who belongs to `region`.
    pub fn add(&mut self, line: &Arc<Line>, region: RegionCode) {
        self.lines.insert(line.id, line.clone());
        let guest = self.guests.entry(line.person).or_insert_with(|| Guest {
            region: region.clone(),
            lines: Vec::with_capacity(1),
        });
        guest.region = region;
        guest.lines.push(line.clone());
    }

    /// Forgets a socket; one that is not there is no fault.
    pub fn remove(&mut self, line: &Line) {
        if self.lines.remove(&line.id).is_none() {
            return;
        }
        if let Some(guest) = self.guests.get_mut(&line.person) {
            guest.lines.retain(|theirs| theirs.id != line.id);
            if guest.lines.is_empty() {
                self.guests.remove(&line.person);
            }
        }
    }

    /// Somebody belongs to `region`, whatever was said when they came.
    pub fn place(&mut self, person: VolunteerId, region: &RegionCode) {
        if let Some(guest) = self.guests.get_mut(&person)
            && guest.region != *region
        {
            guest.region = region.clone();
        }
    }

    /// All sockets.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &Arc<Line>> {
        self.lines.values()
    }

    /// The sockets of `person` but their `first` oldest.
    pub fn beyond(&self, person: VolunteerId, first: usize) -> Vec<Arc<Line>> {
        let theirs = self.guests.get(&person).map(|guest| guest.lines.iter());
        theirs.into_iter().flatten().skip(first).cloned().collect()
    }

    /// Everybody with a socket, in no order, for a roll.
    pub fn present(&self) -> Vec<(RegionCode, Present)> {
        self.guests
            .iter()
            .map(|(&person, guest)| {
                let sockets = u8::try_from(guest.lines.len()).unwrap_or(u8::MAX);
                (guest.region.clone(), Present { person, sockets })
            })
            .collect()
    }
}

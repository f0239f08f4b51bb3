//! What a committed transaction moved, and telling everybody.

use std::collections::BTreeSet;

use super::fold::RegionSums;
use super::model::{Line, Verification};
use crate::cluster::{Cluster, DeedMoved, Event};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// Deeds an event carries at most: what moved a board most.
const DEEDS: usize = 8;
/// People and queues that are told of one batch at most; the others find out when they look.
const TOLD: usize = 256;

/// What a committed transaction moved.
#[derive(Debug, Default)]
pub struct Moved {
    /// Region totals.
    pub regions: RegionSums,
    /// The lines behind them.
    pub deeds: Vec<DeedMoved>,
    /// People whose points moved.
    pub people: BTreeSet<VolunteerId>,
    /// Where something waits for a captain.
    pub queues: BTreeSet<RegionCode>,
}

impl Moved {
    /// Notes new lines.
    pub fn note(&mut self, lines: &[Line]) {
        for line in lines {
            self.people.insert(line.volunteer_id);
            if line.corrects.is_some()
                || matches!(
                    line.verification(),
                    Verification::Unverified | Verification::Held
                )
            {
                self.queues.insert(line.region.clone());
            }
            if line.counted > 0 && line.corrects.is_none() {
                self.deeds.push(DeedMoved {
                    region: line.region.clone(),
                    kind: line.kind.clone(),
                    points: line.counted,
                });
            }
        }
    }

    /// Tells everybody, once the transaction is committed.
    pub fn publish(mut self, cluster: &Cluster) {
        if !self.regions.is_empty() {
            let mut regions = Vec::new();
            let mut weeks = Vec::new();
            for (region, week) in self.regions.into_keys() {
                if regions.last() != Some(&region) {
                    regions.push(region);
                }
                weeks.push(week);
            }
            weeks.sort_unstable();
            weeks.dedup();
            self.deeds
                .sort_by_key(|deed| std::cmp::Reverse(deed.points));
            self.deeds.truncate(DEEDS);
            cluster.publish(Event::ScoresMoved {
                regions,
                weeks,
                deeds: self.deeds,
            });
        }
        // One event for all of a batch: an event each would cost more than the entries themselves.
        if !self.people.is_empty() {
            let volunteers = self.people.into_iter().take(TOLD).collect();
            cluster.publish(Event::PeopleMoved { volunteers });
        }
        if !self.queues.is_empty() {
            let regions = self.queues.into_iter().take(TOLD).collect();
            cluster.publish(Event::QueuesMoved { regions });
        }
    }
}

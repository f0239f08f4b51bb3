//! The promise and who has to keep it. Pure.

use std::collections::BTreeSet;

use crate::clock::{Duration, Instant};
use crate::region_code::RegionCode;

/// Engagement falls off a cliff after three days without a human reply.
pub const PROMISE: Duration = Duration::hours(72);

/// When a newcomer who confirmed at `joined` must have been reached.
pub fn due(joined: Instant) -> Instant {
    joined + PROMISE
}

/// How often a follow-up has climbed: once when it falls due, and once more for every further 72
/// hours.
fn climbed(due: Instant, now: Instant) -> usize {
    if now < due {
        return 0;
    }
    let more = (now - due).num_seconds() / PROMISE.num_seconds();
    usize::try_from(more).map_or(1, |more| more.saturating_add(1))
}

/// The highest region whose captain has to call a person of `region` now, of those in `captained`:
/// the nearest at first, then one captain further up with every climb. `None`: HQ has to.
pub fn holder(
    region: &RegionCode,
    captained: &BTreeSet<RegionCode>,
    due: Instant,
    now: Instant,
) -> Option<RegionCode> {
    let mut above: Vec<RegionCode> = region
        .ancestors_and_self()
        .filter(|code| captained.contains(code))
        .collect();
    above.reverse();
    above.into_iter().nth(climbed(due, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn a_follow_up_climbs_one_captain_every_72_hours_and_ends_at_hq() {
        let joined = Instant::from_micros(0);
        let captained = BTreeSet::from([code("us-oh"), code("us-oh-39049"), code("us-mi")]);
        let held = |hours| {
            holder(
                &code("us-oh-39049-43215"),
                &captained,
                due(joined),
                joined + Duration::hours(hours),
            )
            .map(String::from)
        };
        assert_eq!(held(0).as_deref(), Some("us-oh-39049"));
        assert_eq!(held(71).as_deref(), Some("us-oh-39049"));
        assert_eq!(held(72).as_deref(), Some("us-oh"));
        assert_eq!(held(143).as_deref(), Some("us-oh"));
        assert_eq!(held(144), None);
        assert_eq!(held(100_000), None);
    }

    #[test]
    fn where_nobody_is_captain_hq_calls_at_once() {
        let now = Instant::from_micros(0);
        assert_eq!(
            holder(&code("us-oh"), &BTreeSet::new(), due(now), now),
            None
        );
    }
}

//! Who may move a person on a task from which state to which.

use super::model::State::{
    self, Accepted, Assigned, Cancelled, CheckedIn, Declined, Done, Invited, NoShow,
};

/// Who changes the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// The person themselves.
    Own,
    /// A captain or HQ.
    Leader,
}

/// Whether `hand` may lead a person from `from` (none: nothing yet) to `to`. Staying is allowed
/// wherever arriving is, so that a repeat does no harm.
pub fn may(hand: Hand, from: Option<State>, to: State) -> bool {
    let before: &[Option<State>] = match (hand, to) {
        (Hand::Own, Accepted | Declined) => &[
            None,
            Some(Invited),
            Some(Accepted),
            Some(Assigned),
            Some(Declined),
            Some(Cancelled),
        ],
        (Hand::Own, Cancelled) => &[
            Some(Invited),
            Some(Accepted),
            Some(Assigned),
            Some(Cancelled),
        ],
        (Hand::Leader, Invited) => &[None, Some(Invited), Some(Declined), Some(Cancelled)],
        (Hand::Leader, Assigned) => &[
            None,
            Some(Invited),
            Some(Accepted),
            Some(Assigned),
            Some(Declined),
            Some(Cancelled),
            Some(NoShow),
        ],
        (Hand::Leader, CheckedIn) => &[
            Some(Accepted),
            Some(Assigned),
            Some(CheckedIn),
            Some(NoShow),
        ],
        (Hand::Leader, Done) => &[
            Some(Accepted),
            Some(Assigned),
            Some(CheckedIn),
            Some(Done),
            Some(NoShow),
        ],
        (Hand::Leader, NoShow) => &[Some(Accepted), Some(Assigned), Some(NoShow)],
        (Hand::Leader, Cancelled) => &[
            Some(Invited),
            Some(Accepted),
            Some(Assigned),
            Some(Cancelled),
            Some(NoShow),
        ],
        (Hand::Own, Invited | Assigned | CheckedIn | Done | NoShow)
        | (Hand::Leader, Accepted | Declined) => &[],
    };
    before.contains(&from)
}

/// What a change does to a task's counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delta {
    /// To `taken`: −1, 0 or 1.
    pub taken: i32,
    /// To `pending`: −1, 0 or 1.
    pub pending: i32,
}

/// The counters' change from `from` to `to`.
pub fn delta(from: Option<State>, to: State) -> Delta {
    let places = |state: State| i32::from(state.takes_a_place());
    let waits = |state: State| i32::from(state == Invited);
    Delta {
        taken: places(to) - from.map_or(0, places),
        pending: waits(to) - from.map_or(0, waits),
    }
}

/// Whether a change needs a task that is open: joining does, what happens on the day does not.
pub fn needs_open(from: Option<State>, to: State) -> bool {
    from != Some(to) && matches!(to, Invited | Accepted | Assigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Option<State>> {
        std::iter::once(None).chain(State::ALL.iter().copied().map(Some))
    }

    #[test]
    fn nobody_but_a_leader_says_who_came() {
        for from in all() {
            for to in [Invited, Assigned, CheckedIn, Done, NoShow] {
                assert!(!may(Hand::Own, from, to), "{from:?} to {to}");
            }
        }
    }

    #[test]
    fn nobody_says_yes_or_no_for_somebody_else() {
        for from in all() {
            for to in [Accepted, Declined] {
                assert!(!may(Hand::Leader, from, to), "{from:?} to {to}");
            }
        }
    }

    #[test]
    fn what_is_done_stays_done() {
        for to in State::ALL {
            for hand in [Hand::Own, Hand::Leader] {
                let same = hand == Hand::Leader && *to == Done;
                assert_eq!(may(hand, Some(Done), *to), same, "{to}");
            }
        }
    }

    #[test]
    fn nobody_is_checked_in_who_was_not_on_the_task() {
        for from in [None, Some(Invited), Some(Declined), Some(Cancelled)] {
            for to in [CheckedIn, Done, NoShow] {
                assert!(!may(Hand::Leader, from, to), "{from:?} to {to}");
            }
        }
    }

    #[test]
    fn counters_come_back_to_where_they_were() {
        for start in all() {
            for middle in State::ALL {
                for end in State::ALL {
                    let (there, on) = (delta(start, *middle), delta(Some(*middle), *end));
                    let straight = delta(start, *end);
                    assert_eq!(there.taken + on.taken, straight.taken);
                    assert_eq!(there.pending + on.pending, straight.pending);
                }
            }
        }
    }

    #[test]
    fn a_repeat_changes_no_counter_and_needs_nothing_open() {
        for state in State::ALL {
            assert_eq!(delta(Some(*state), *state), Delta::default());
            assert!(!needs_open(Some(*state), *state));
        }
    }
}

//! How much a node has under way, and how much of that is too much.
//!
//! A fixed bound would have to know how fast the machine is, so it is found out: while work waits
//! for the database longer than it should, ever fewer requests are let in at once, and more again
//! while somebody is refused and nothing waits. Signing in has a bound of its own besides: each is
//! a commit, and on SQLite they wait for one writer while readers have nothing to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::db::Waited;

/// How often the bound is looked at.
const ADAPT: Duration = Duration::from_millis(100);
/// Requests under way that are many to begin with: what a thread does in a quarter of a second.
const AT_FIRST: usize = 256;
/// Requests under way that are never many, and of those joining and signing in: where each waits for
/// one writer behind all of the others and the ledger's batches, more of them would wait too long.
const FEW: usize = 16;
pub const FEW_SIGN_INS: usize = 4;

/// Eighths of many that are all of it.
pub const ALL: u32 = 8;

/// What the workers of one node have under way together, and how much that may be; cheap to clone.
#[derive(Clone)]
pub struct Crowd(Arc<Bounds>);

struct Bounds {
    /// Everything.
    all: Bound,
    /// Of that, joining and signing in.
    sign_ins: Bound,
}

/// How many are under way of something, and how many are many.
pub struct Bound {
    under_way: AtomicUsize,
    many: AtomicUsize,
    /// Whether anybody was refused because there were many, since [`Crowd::adapt`] looked last.
    refused: AtomicBool,
    least: usize,
    most: usize,
}

impl Bound {
    fn new(least: usize, most: usize) -> Self {
        Self {
            under_way: AtomicUsize::new(0),
            many: AtomicUsize::new(most.min(AT_FIRST)),
            refused: AtomicBool::new(false),
            least,
            most,
        }
    }

    /// Counts one more in; says whether there were fewer than `eighths` of many before.
    pub fn enter(&self, eighths: u32) -> bool {
        let before = self.under_way.fetch_add(1, Ordering::Relaxed);
        let few = before * (ALL as usize) < self.many.load(Ordering::Relaxed) * eighths as usize;
        if !few {
            self.refused.store(true, Ordering::Relaxed);
        }
        few
    }

    pub fn leave(&self) {
        self.under_way.fetch_sub(1, Ordering::Relaxed);
    }

    /// Judges whether more or fewer are many now that work `waits`, or does not.
    pub fn adapt(&self, waits: bool) {
        let refused = self.refused.swap(false, Ordering::Relaxed);
        let now = self.many.load(Ordering::Relaxed);
        let first = AT_FIRST.min(self.most);
        let next = if waits {
            (now * 3 / 4).max(self.least)
        } else if refused {
            now + now / 16 + 1
        } else if now > first {
            // What was many in a rush may be too many in the next.
            now - (now - first).div_ceil(16)
        } else {
            now + (first - now).div_ceil(16)
        };
        self.many.store(next.min(self.most), Ordering::Relaxed);
    }
}

impl Crowd {
    /// Never more than `most` under way.
    pub fn new(most: u32) -> Self {
        let most = most as usize;
        Self(Arc::new(Bounds {
            all: Bound::new(FEW, most),
            sign_ins: Bound::new(FEW_SIGN_INS, most),
        }))
    }

    /// Everything under way.
    pub(super) fn all(&self) -> &Bound {
        &self.0.all
    }

    /// Joining and signing in.
    pub(super) fn sign_ins(&self) -> &Bound {
        &self.0.sign_ins
    }

    /// Finds out for ever how many are many: `waits` tells how long work waited on the mean since it
    /// was asked last, `patience` how long it should at most.
    pub async fn adapt(self, patience: Duration, waits: impl Fn() -> Waited) {
        loop {
            tokio::time::sleep(ADAPT).await;
            let Waited { soon, usual } = waits();
            self.0.all.adapt(usual > patience);
            self.0.sign_ins.adapt(soon > patience);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_are_let_in_while_work_waits_and_more_again_when_it_does_not() {
        let bound = Bound::new(FEW, 1024);
        let look = |waits, refused, times| {
            for _ in 0..times {
                bound.refused.store(refused, Ordering::Relaxed);
                bound.adapt(waits);
            }
            bound.many.load(Ordering::Relaxed)
        };
        assert_eq!(look(false, false, 1), AT_FIRST);
        assert_eq!(look(true, true, 1), 192);
        assert_eq!(look(true, true, 100), FEW, "never none");
        assert!((FEW + 10..AT_FIRST).contains(&look(false, true, 10)));
        assert_eq!(look(false, true, 100), 1024, "never more than the setting");
        assert!(look(false, false, 200) < AT_FIRST + 16, "back in a calm");
        assert_eq!(look(true, false, 100), FEW);
        assert!(look(false, false, 200) > AT_FIRST - 16);
    }
}

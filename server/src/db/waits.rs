//! How long work waits for a connection: what tells a node that more comes than its database does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::urgency::Urgency;

/// The waits of one pool since somebody looked, by urgency: who comes first hardly waits, and must
/// not hide how long the others do.
#[derive(Default)]
pub struct Waits([Sum; Urgency::EVERY.len()]);

#[derive(Default)]
struct Sum {
    micros: AtomicU64,
    count: AtomicU64,
}

impl Waits {
    /// Notes one.
    pub fn note(&self, urgency: Urgency, waited: Duration) {
        let sum = &self.0[urgency as usize];
        let micros = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        sum.micros.fetch_add(micros, Ordering::Relaxed);
        sum.count.fetch_add(1, Ordering::Relaxed);
    }

    /// The mean waits since this was asked last.
    pub fn take(&self) -> Waited {
        Waited {
            soon: self.0[Urgency::Soon as usize].take(),
            usual: self.0[Urgency::Usual as usize].take(),
        }
    }
}

impl Sum {
    fn take(&self) -> Duration {
        let micros = self.micros.swap(0, Ordering::Relaxed);
        let count = self.count.swap(0, Ordering::Relaxed);
        Duration::from_micros(micros / count.max(1))
    }
}

/// How long those waited on the mean who got a connection; nothing where nobody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waited {
    /// Those who come before everybody else.
    pub soon: Duration,
    /// The others.
    pub usual: Duration,
}

impl Waited {
    /// The longer of each.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            soon: self.soon.max(other.soon),
            usual: self.usual.max(other.usual),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_come_first_do_not_hide_how_long_others_wait() {
        let waits = Waits::default();
        for _ in 0..99 {
            waits.note(Urgency::Soon, Duration::from_millis(1));
        }
        waits.note(Urgency::Usual, Duration::from_millis(100));
        waits.note(Urgency::Usual, Duration::from_millis(200));
        let waited = waits.take();
        assert_eq!(waited.soon, Duration::from_millis(1));
        assert_eq!(waited.usual, Duration::from_millis(150));
        assert_eq!(waits.take(), Waited::default());
    }
}

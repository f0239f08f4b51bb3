//! How the link to the other nodes stands, and one line in the log for each change.

use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Both halves of a link; cheap to clone.
#[derive(Clone, Default)]
pub struct Standing(Arc<Mutex<Halves>>);

#[derive(Default)]
struct Halves {
    /// What others say arrives here.
    hears: bool,
    /// The last word did not get out.
    mute: bool,
    /// It was said that the link is down.
    away: bool,
}

impl Standing {
    /// Up while both halves are: the others are heard, and what is said gets out.
    pub fn is_up(&self) -> bool {
        let halves = self.halves();
        halves.hears && !halves.mute
    }

    /// The others are heard, or no longer.
    pub fn hears(&self, hears: bool) {
        self.note(|halves| halves.hears = hears, &"nothing is heard from it");
    }

    /// What is said gets out.
    pub fn speaks(&self) {
        self.note(|halves| halves.mute = false, &"");
    }

    /// Nothing gets out.
    pub fn is_mute(&self, why: &dyn Display) {
        self.note(|halves| halves.mute = true, why);
    }

    fn note(&self, change: impl FnOnce(&mut Halves), why: &dyn Display) {
        let mut halves = self.halves();
        change(&mut halves);
        let away = !halves.hears || halves.mute;
        if away == halves.away {
            return;
        }
        halves.away = away;
        drop(halves);
        if away {
            tracing::warn!(%why, "Redis is away; other nodes will notice changes by looking");
        } else {
            tracing::info!("Redis is back");
        }
    }

    fn halves(&self) -> MutexGuard<'_, Halves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tracing::{Event, Level, Subscriber};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
    use tracing_subscriber::registry::Registry;

    use super::*;

    /// How loud each line of the log was.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<Level>>>);

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(*event.metadata().level());
        }
    }

    #[test]
    fn an_outage_has_two_lines_however_much_fails_in_it() {
        let lines = Lines::default();
        let log = Registry::default().with(lines.clone());
        tracing::subscriber::with_default(log, || {
            let standing = Standing::default();
            standing.hears(true);
            for _ in 0..2 {
                for _ in 0..40 {
                    standing.is_mute(&"no permission");
                }
                standing.hears(false);
                standing.speaks();
                standing.hears(true);
                standing.speaks();
            }
        });
        let said = [Level::WARN, Level::INFO, Level::WARN, Level::INFO];
        assert_eq!(*lines.0.lock().unwrap(), said);
    }

    #[test]
    fn a_link_is_up_while_it_hears_and_gets_through() {
        let standing = Standing::default();
        assert!(!standing.is_up(), "nothing was heard yet");
        standing.hears(true);
        assert!(standing.is_up());
        standing.is_mute(&"no permission");
        standing.hears(false);
        standing.hears(true);
        assert!(!standing.is_up());
        standing.speaks();
        assert!(standing.is_up());
    }
}

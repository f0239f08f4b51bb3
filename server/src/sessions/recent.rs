//! A bounded memory of what was found out a moment ago.
//!
//! Every request asks it twice. A cache that keeps account of what is used most took nearly a tenth of the
//! time of a whole request for that; this one only forgets what is old, or everything when it is
//! full of what is new.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};

pub(super) struct Recent<K, V> {
    kept: RwLock<HashMap<K, (Instant, V)>>,
    life: Duration,
    most: usize,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Remembers at most `most`, each for `life`.
    pub fn new(life: Duration, most: usize) -> Self {
        Self {
            kept: RwLock::default(),
            life,
            most,
        }
    }

    /// What is remembered of `key`, if it is not too old.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let (at, value) = kept.get(key)?;
        (at.elapsed() < self.life).then(|| value.clone())
    }

    pub fn insert(&self, key: K, value: V) {
        let mut kept = self.write();
        if kept.len() >= self.most {
            kept.retain(|_, (at, _)| at.elapsed() < self.life);
        }
        if kept.len() >= self.most {
            kept.clear();
        }
        kept.insert(key, (Instant::now(), value));
    }

    pub fn forget<Q: Eq + Hash + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.write().remove(key);
    }

    pub fn forget_all(&self) {
        self.write().clear();
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<K, (Instant, V)>> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_is_old_is_not_told() {
        let recent = Recent::new(Duration::ZERO, 10);
        recent.insert(1, "one");
        assert_eq!(recent.get(&1), None);
        let recent = Recent::new(LONG, 10);
        recent.insert(1, "one");
        assert_eq!(recent.get(&1), Some("one"));
        recent.forget(&1);
        assert_eq!(recent.get(&1), None);
    }

    #[test]
    fn it_never_holds_more_than_it_may() {
        for life in [Duration::ZERO, LONG] {
            let recent = Recent::new(life, 3);
            for number in 0..100 {
                recent.insert(number, ());
                assert!(recent.write().len() <= 3);
            }
        }
    }
}

//! Things that are dear to make and used by one thread at a time.

use std::sync::Mutex;

/// Things that are kept for the next use; more than were ever in use at once are never kept.
pub(super) const KEPT_MAX: usize = 64;

/// A stack of reusable things. The lock is held for a push or a pop only; inspections are far longer than that.
#[derive(Debug)]
pub(super) struct Pool<T>(Mutex<Vec<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T: Default> Pool<T> {
    /// A used thing if there is one, otherwise a new one.
    pub(super) fn take(&self) -> T {
        // A thread that panicked while holding the lock left a usable list: it only pushes and pops.
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.pop().unwrap_or_default()
    }

    /// Things that are kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).len()
    }

    /// Gives a thing back.
    pub(super) fn put(&self, thing: T) {
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if kept.len() < KEPT_MAX {
            kept.push(thing);
        }
    }
}

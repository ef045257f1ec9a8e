//! What is remembered of sessions: little, for a while, and in memory only.

use super::{Tail, TurnSession};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// Which session it is: a hash of whose it is and what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// The session of this name. Sessions of different tenants never meet.
    pub fn new(tenant: &str, session: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(tenant.len() as u64).to_le_bytes());
        hasher.update(tenant.as_bytes()).update(session.as_bytes());
        Self(*hasher.finalize().as_bytes())
    }
}

/// What the last messages of sessions ended in: at most
/// [`TURN_TAIL_BYTES_MAX`](crate::base::limits::TURN_TAIL_BYTES_MAX) bytes for each of
/// [`TURN_CHANNELS_MAX`](crate::base::limits::TURN_CHANNELS_MAX) kinds of messages, of which nothing is a value by itself.
///
/// A session that says nothing for a while is forgotten; if there are too many, the one that has been silent for longest.
#[derive(Debug)]
pub struct TurnMemory {
    sessions_max: usize,
    idle_ms: u64,
    /// Remembered texts are compared with by their hash only.
    state: RandomState,
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    by_key: HashMap<SessionKey, Remembered>,
    /// Which session is forgotten next: until when it is remembered, and a number that tells those of the same time apart.
    order: BTreeMap<(u64, u64), SessionKey>,
    number: u64,
    forgotten: u64,
}

#[derive(Debug)]
struct Remembered {
    until: (u64, u64),
    tails: Vec<Tail>,
}

impl TurnMemory {
    /// Room for so many sessions, each until it has been silent for so many milliseconds.
    pub fn new(sessions_max: usize, idle_ms: u64) -> Self {
        let sessions = Mutex::default();
        Self { sessions_max, idle_ms, state: RandomState::new(), sessions }
    }

    /// Sessions that are remembered.
    pub fn len(&self) -> usize {
        self.with(|sessions| sessions.by_key.len())
    }

    /// True if none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sessions that were forgotten before their time, since there were too many.
    pub fn forgotten(&self) -> u64 {
        self.with(|sessions| sessions.forgotten)
    }

    pub(super) fn hash(&self, text: &[u8]) -> u64 {
        self.state.hash_one(text)
    }

    pub(super) fn recall(&self, session: &TurnSession) -> Vec<Tail> {
        self.with(|sessions| {
            sessions.expire(session.now_ms);
            let known = sessions.by_key.get(&session.key);
            known.map(|known| known.tails.clone()).unwrap_or_default()
        })
    }

    pub(super) fn keep(&self, session: &TurnSession, tails: Vec<Tail>) {
        let tails: Vec<_> = tails.into_iter().map(Tail::left).collect();
        self.with(|sessions| {
            sessions.forget(session.key);
            if tails.is_empty() || self.sessions_max == 0 {
                return;
            }
            if sessions.by_key.len() >= self.sessions_max
                && let Some((_, oldest)) = sessions.order.pop_first()
            {
                sessions.by_key.remove(&oldest);
                sessions.forgotten += 1;
            }
            sessions.number += 1;
            let until = (session.now_ms.saturating_add(self.idle_ms), sessions.number);
            sessions.order.insert(until, session.key);
            sessions.by_key.insert(session.key, Remembered { until, tails });
        });
    }

    fn with<T>(&self, what: impl FnOnce(&mut Sessions) -> T) -> T {
        // Nothing below can panic with the lock held; if it did, what is remembered would still be whole sessions.
        what(&mut self.sessions.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sessions {
    fn forget(&mut self, key: SessionKey) {
        if let Some(known) = self.by_key.remove(&key) {
            self.order.remove(&known.until);
        }
    }

    fn expire(&mut self, now_ms: u64) {
        while let Some((until, key)) = self.order.first_key_value().map(|(at, key)| (*at, *key))
            && until.0 <= now_ms
        {
            self.order.remove(&until);
            self.by_key.remove(&key);
        }
    }
}

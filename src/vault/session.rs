//! One session: its values, sealed, and their tokens.

use super::keys::{Purpose, SessionKey};
use super::marker::{self, Marker};
use super::restore::Restorer;
use super::store::Vault;
use super::{digits, surrogate};
use crate::base::code::{VAULT_FULL, VAULT_VALUE};
use crate::base::limits::VAULT_VALUE_BYTES_MAX;
use crate::base::{Code, Sinks, base32};
use crate::syntax::TokenName;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a value takes beside its own bytes and those of its token: entries of tables, the seal.
const VALUE_OVERHEAD_BYTES: usize = 256;
/// How often a token is made anew if it stands for another value already.
const ATTEMPTS: u8 = 16;

/// A session of a vault, as long as it is used somewhere. Its tokens end when it is erased or expires, even here.
#[derive(Clone)]
pub struct Session {
    pub(super) vault: Arc<Vault>,
    pub(super) held: Arc<Mutex<Held>>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[session]")
    }
}

impl Session {
    /// What puts the values of the session into one text.
    pub fn restorer(&self, sinks: Sinks) -> Restorer {
        Restorer::new(self.clone(), sinks)
    }

    /// Whether a text may hold tokens at all, at a glance.
    pub fn may_be_in(&self, text: &[u8]) -> bool {
        memchr::memchr(b'[', text).is_some() || !self.held().bare.is_empty()
    }

    /// Whether all of these bytes of a text are a token of the session, or part of a marker of it.
    pub fn holds(&self, text: &[u8], start: usize, end: usize) -> bool {
        let Some(found) = text.get(start..end) else { return false };
        let held = self.held();
        if std::str::from_utf8(found).is_ok_and(|token| held.bare.contains(token)) {
            return true;
        }
        let from = end.saturating_sub(marker::MARKER_BYTES_MAX);
        let before = text.get(from..=start).unwrap_or_default();
        let Some(open) = before.iter().rposition(|byte| *byte == b'[') else {
            return false;
        };
        match marker::read(&text[from + open..]) {
            marker::Reading::Marker(marker) => {
                from + open + marker.whole.len() >= end && held.value_of_marker(marker).is_some()
            }
            _ => false,
        }
    }

    pub(super) fn bare(&self) -> Arc<[Arc<str>]> {
        let mut held = self.held();
        let Held { bare, listed, .. } = &mut *held;
        Arc::clone(listed.get_or_insert_with(|| bare.iter().cloned().collect()))
    }

    pub(super) fn value(&self, token: &str) -> Option<String> {
        self.held().value(token)
    }

    pub(super) fn value_of_marker(&self, marker: Marker<'_>) -> Option<String> {
        self.held().value_of_marker(marker)
    }

    pub(super) fn note_restored(&self, count: u64) {
        self.vault.note_restored(count);
    }

    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is kept of a session.
#[derive(Debug)]
pub(super) struct Held {
    /// None once it is over.
    key: Option<SessionKey>,
    pub(super) used_ms: u64,
    /// Bytes that it takes.
    pub(super) bytes: usize,
    /// The last number of each kind.
    numbers: HashMap<String, u32>,
    /// Values by their token, sealed.
    sealed: HashMap<Arc<str>, Vec<u8>>,
    /// Tokens of values by their keyed hash.
    tokens: HashMap<[u8; 16], Arc<str>>,
    /// Tokens that are no markers.
    bare: BTreeSet<Arc<str>>,
    /// The same as a list, once somebody has asked for it.
    listed: Option<Arc<[Arc<str>]>>,
}

impl Held {
    pub(super) fn new(key: SessionKey, now_ms: u64) -> Self {
        Self {
            key: Some(key),
            used_ms: now_ms,
            bytes: 0,
            numbers: HashMap::new(),
            sealed: HashMap::new(),
            tokens: HashMap::new(),
            bare: BTreeSet::new(),
            listed: None,
        }
    }

    /// Forgets everything, key first.
    pub(super) fn erase(&mut self) {
        self.key = None;
        let Self { numbers, sealed, tokens, bare, .. } = self;
        numbers.clear();
        sealed.clear();
        tokens.clear();
        bare.clear();
        self.listed = None;
        self.bytes = 0;
    }

    /// Whether it is over.
    pub(super) fn is_over(&self) -> bool {
        self.key.is_none()
    }

    /// Values that it holds.
    pub(super) fn len(&self) -> usize {
        self.sealed.len()
    }

    /// The token of a value. `room` is asked whether so many more bytes may be kept.
    pub(super) fn token(
        &mut self,
        form: TokenName,
        label: &str,
        value: &[u8],
        room: impl FnOnce(usize) -> bool,
    ) -> Result<Arc<str>, Code> {
        let key = self.key.as_ref().ok_or(VAULT_FULL)?;
        let value = std::str::from_utf8(value).map_err(|_| VAULT_VALUE)?;
        if value.len() > VAULT_VALUE_BYTES_MAX {
            return Err(VAULT_VALUE);
        }
        let kind = marker::kind(label);
        if form == TokenName::Carrying && value.len() + 16 <= marker::carried_bytes_max() {
            let sealed = key.siv(Purpose::Carry).encrypt([kind.as_bytes()], value.as_bytes());
            return sealed
                .map(|sealed| marker::carrying(&kind, &sealed).into())
                .map_err(|_| VAULT_VALUE);
        }
        let id = identity(key, form, label, value);
        if let Some(token) = self.tokens.get(&id) {
            return Ok(Arc::clone(token));
        }
        let bare = match form {
            TokenName::Placeholder | TokenName::Carrying => None,
            TokenName::Surrogate | TokenName::Digits => self.bare_token(key, form, label, value),
        };
        let is_bare = bare.is_some();
        let token: Arc<str> = match bare {
            Some(token) => token.into(),
            None => {
                let last = self.numbers.get(&kind).copied().unwrap_or_default();
                let name = format!("{kind}_{}", last.saturating_add(1));
                marker::numbered(&name, &key.mac("mark", &[name.as_bytes()])).into()
            }
        };
        let bytes = 2 * token.len() + value.len() + VALUE_OVERHEAD_BYTES;
        let sealed = key.siv(Purpose::Seal).encrypt([token.as_bytes()], value.as_bytes());
        let sealed = sealed.map_err(|_| VAULT_VALUE)?;
        if !room(bytes) {
            return Err(VAULT_FULL);
        }
        self.bytes += bytes;
        if is_bare {
            self.bare.insert(Arc::clone(&token));
            self.listed = None;
        } else {
            *self.numbers.entry(kind).or_default() += 1;
        }
        self.tokens.insert(id, Arc::clone(&token));
        self.sealed.insert(Arc::clone(&token), sealed);
        Ok(token)
    }

    /// A token that looks like a value. It must not stand for another value, nor be one that the session has.
    fn bare_token(
        &self,
        key: &SessionKey,
        form: TokenName,
        label: &str,
        value: &str,
    ) -> Option<String> {
        let make = |attempt: u8| match form {
            TokenName::Digits => digits::token(key, label, value, attempt),
            _ => {
                let parts = [&[attempt], label.as_bytes(), &[0], value.as_bytes()];
                surrogate::token(label, value, &key.mac("surrogate", &parts))
            }
        };
        let is_free = |token: &String| {
            let is_value = self.tokens.contains_key(&identity(key, form, label, token));
            token != value && !is_value && !self.sealed.contains_key(token.as_str())
        };
        (0..ATTEMPTS).map_while(make).find(is_free)
    }

    fn value(&self, token: &str) -> Option<String> {
        let sealed = self.sealed.get(token)?;
        let value = self.key.as_ref()?.siv(Purpose::Seal).decrypt([token.as_bytes()], sealed);
        String::from_utf8(value.ok()?).ok()
    }

    fn value_of_marker(&self, marker: Marker<'_>) -> Option<String> {
        if let Some(value) = self.value(marker.whole) {
            return Some(value);
        }
        let sealed = base32::decode_all(marker.letters.as_bytes())?;
        let siv = self.key.as_ref()?.siv(Purpose::Carry).decrypt([marker.name.as_bytes()], &sealed);
        String::from_utf8(siv.ok()?).ok()
    }
}

/// What makes two values the same: kind of token, label, bytes.
fn identity(key: &SessionKey, form: TokenName, label: &str, value: &str) -> [u8; 16] {
    let parts: [&[u8]; 4] = [form.name().as_bytes(), label.as_bytes(), &[0], value.as_bytes()];
    let mac = key.mac("same", &parts);
    std::array::from_fn(|place| mac[place])
}

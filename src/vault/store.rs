//! The vault: sessions, their limits and their end.

use super::keys::{SECRET_BYTES, Secret};
use super::session::{Held, Session};
use crate::base::Code;
use crate::base::code::VAULT_FULL;
use crate::syntax::TokenName;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much a vault holds, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultLimits {
    /// Sessions.
    pub sessions: usize,
    /// Values of one session.
    pub values: usize,
    /// Bytes of all sessions, with what it takes to keep them.
    pub bytes: usize,
    /// Milliseconds from the last use of a session to its end.
    pub idle_ms: u64,
}

/// What has been done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sessions that are held.
    pub sessions: u64,
    /// Bytes that they take.
    pub bytes: u64,
    /// Values that were replaced by tokens.
    pub made: u64,
    /// Values that got no token.
    pub denied: u64,
    /// Tokens that were turned back.
    pub restored: u64,
}

/// Holds the values of sessions in memory, for a time. Nothing of it survives the process.
///
/// ```
/// use lockgate::base::Sinks;
/// use lockgate::syntax::TokenName;
/// use lockgate::vault::{Vault, VaultLimits};
/// use std::sync::Arc;
///
/// let limits = VaultLimits { sessions: 10, values: 10, bytes: 1 << 20, idle_ms: 60_000 };
/// let vault = Arc::new(Vault::new([7; 32], limits));
/// let scope = vault.scope("acme", None, "conversation 1", 0);
/// let token = scope.token(TokenName::Placeholder, "pii.email", b"jane.doe@contoso.com")?;
/// assert!(token.starts_with("[EMAIL_1~"));
///
/// let mut text = Vec::new();
/// let mut restorer = scope.session().expect("it has a value").restorer(Sinks::TEXT);
/// restorer.push(format!("I wrote to {token}.").as_bytes(), &mut text);
/// restorer.finish(&mut text);
/// assert_eq!(text, b"I wrote to jane.doe@contoso.com.");
/// assert!(vault.scope("acme", None, "conversation 2", 0).session().is_none());
/// # Ok::<(), lockgate::base::Code>(())
/// ```
pub struct Vault {
    limits: VaultLimits,
    inner: Mutex<Inner>,
    bytes: AtomicUsize,
    made: AtomicU64,
    denied: AtomicU64,
    restored: AtomicU64,
}

struct Inner {
    secret: Secret,
    sessions: HashMap<Name, Arc<Mutex<Held>>>,
    /// When it is worth while to look for sessions that are over.
    sweep_ms: u64,
}

/// What a session is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name {
    tenant: Box<str>,
    /// Who made its tokens, and may have them turned back.
    reader: Box<str>,
    session: Box<str>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Vault {
    /// An empty vault. The secret must be random, and nobody else's.
    pub fn new(secret: [u8; SECRET_BYTES], limits: VaultLimits) -> Self {
        let inner = Inner { secret: Secret::new(secret), sessions: HashMap::new(), sweep_ms: 0 };
        Self {
            limits,
            inner: Mutex::new(inner),
            bytes: AtomicUsize::new(0),
            made: AtomicU64::new(0),
            denied: AtomicU64::new(0),
            restored: AtomicU64::new(0),
        }
    }

    /// The place of a session, whether there is anything in it or not. `reader` is the workload that sends its contents and gets its answers:
    /// the same session of another one is another session. `now_ms` must not go backwards by much.
    pub fn scope(
        self: &Arc<Self>,
        tenant: &str,
        reader: Option<&str>,
        session: &str,
        now_ms: u64,
    ) -> Scope {
        let reader = reader.unwrap_or_default().into();
        let name = Name { tenant: tenant.into(), reader, session: session.into() };
        Scope { vault: Arc::clone(self), name, now_ms }
    }

    /// Ends a session of a tenant, whoever its readers are. Gives how many there were.
    pub fn erase(&self, tenant: &str, session: &str) -> usize {
        let mut inner = self.inner();
        let before = inner.sessions.len();
        inner.sessions.retain(|name, held| {
            let keeps = *name.tenant != *tenant || *name.session != *session;
            if !keeps {
                self.end(held);
            }
            keeps
        });
        before - inner.sessions.len()
    }

    /// Ends the sessions whose time is over.
    pub fn expire(&self, now_ms: u64) {
        self.sweep(&mut self.inner(), now_ms);
    }

    /// What has been done so far.
    pub fn counts(&self) -> Counts {
        let sessions = self.inner().sessions.len() as u64;
        Counts {
            sessions,
            bytes: self.bytes.load(Ordering::Relaxed) as u64,
            made: self.made.load(Ordering::Relaxed),
            denied: self.denied.load(Ordering::Relaxed),
            restored: self.restored.load(Ordering::Relaxed),
        }
    }

    pub(super) fn note_restored(&self, count: u64) {
        self.restored.fetch_add(count, Ordering::Relaxed);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sweep(&self, inner: &mut Inner, now_ms: u64) {
        inner.sweep_ms = now_ms.saturating_add(self.limits.idle_ms / 16 + 1);
        inner.sessions.retain(|_, held| {
            let used_ms = held.lock().unwrap_or_else(PoisonError::into_inner).used_ms;
            let keeps = self.is_alive(used_ms, now_ms);
            if !keeps {
                self.end(held);
            }
            keeps
        });
    }

    const fn is_alive(&self, used_ms: u64, now_ms: u64) -> bool {
        now_ms < used_ms.saturating_add(self.limits.idle_ms)
    }

    fn end(&self, held: &Mutex<Held>) {
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        self.bytes.fetch_sub(held.bytes, Ordering::Relaxed);
        held.erase();
    }

    /// Takes room for so many bytes, if there is.
    fn take_room(&self, bytes: usize) -> bool {
        let fits = |taken: usize| taken.checked_add(bytes).filter(|sum| *sum <= self.limits.bytes);
        self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }
}

/// The place of one session in a vault, at one moment.
#[derive(Clone, Debug)]
pub struct Scope {
    vault: Arc<Vault>,
    name: Name,
    now_ms: u64,
}

impl Scope {
    /// The token of a value; the same for the same value, label and form.
    ///
    /// # Errors
    /// There is no room for one more value or session, or the value is too long or no text.
    pub fn token(&self, form: TokenName, label: &str, value: &[u8]) -> Result<Arc<str>, Code> {
        let made = self.make(form, label, value);
        let count = if made.is_ok() { &self.vault.made } else { &self.vault.denied };
        count.fetch_add(1, Ordering::Relaxed);
        made
    }

    /// The session, if it holds anything. It counts as a use of it.
    pub fn session(&self) -> Option<Session> {
        let held = Arc::clone(self.vault.inner().sessions.get(&self.name)?);
        let session = Session { vault: Arc::clone(&self.vault), held };
        let mut held = session.held();
        if held.is_over() || !self.vault.is_alive(held.used_ms, self.now_ms) {
            return None;
        }
        held.used_ms = held.used_ms.max(self.now_ms);
        drop(held);
        Some(session)
    }

    fn make(&self, form: TokenName, label: &str, value: &[u8]) -> Result<Arc<str>, Code> {
        let session = match self.session() {
            Some(session) => session,
            None => self.begin()?,
        };
        let vault = &self.vault;
        let mut held = session.held();
        let fits = held.len() < vault.limits.values;
        // Whether the session has ended in the meantime is seen under its lock, so that no room is taken for one that is gone.
        held.token(form, label, value, |bytes| fits && vault.take_room(bytes))
    }

    fn begin(&self) -> Result<Session, Code> {
        let vault = &self.vault;
        let mut inner = vault.inner();
        if self.now_ms >= inner.sweep_ms {
            vault.sweep(&mut inner, self.now_ms);
        }
        if let Some(held) = inner.sessions.get(&self.name).map(Arc::clone) {
            let session = Session { vault: Arc::clone(vault), held };
            let used_ms = session.held().used_ms;
            if vault.is_alive(used_ms, self.now_ms) {
                return Ok(session);
            }
            vault.end(&session.held);
            inner.sessions.remove(&self.name);
        }
        if inner.sessions.len() >= vault.limits.sessions {
            return Err(VAULT_FULL);
        }
        let Name { tenant, reader, session } = &self.name;
        let key = inner.secret.session([tenant, reader, session]);
        let held = Arc::new(Mutex::new(Held::new(key, self.now_ms)));
        inner.sessions.insert(self.name.clone(), Arc::clone(&held));
        Ok(Session { vault: Arc::clone(vault), held })
    }
}

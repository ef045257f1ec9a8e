//! Keys: one root secret, a salt for each epoch, keys for each tenant in it.
//!
//! ```text
//! K(epoch)         = HMAC-SHA-256(root,     "lockgate lineage v1 epoch"  ‖ 0 ‖ epoch ‖ salt)
//! K(epoch, tenant) = HMAC-SHA-256(K(epoch), "lockgate lineage v1 tenant" ‖ 0 ‖ tenant)
//! value, wire, mark = HMAC-SHA-256(K(epoch, tenant), "lockgate lineage v1 value" ‖ 0), …
//! ```
//! The salt is random and kept apart from the root secret: whoever has only one of the two has nothing, and once the salt of an epoch is
//! destroyed nobody can compute a token of that epoch again, not even with the root secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroize as _;

/// Bytes of the root secret and of a salt.
pub const KEY_BYTES: usize = 32;
/// Tenants of an epoch whose keys are kept ready. Beyond that they are derived anew, which takes a few microseconds.
const TENANTS_READY_MAX: usize = 1024;
const DAY_MS: u64 = 86_400_000;

/// 32 bytes that no output shows and that do not stay in memory.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; KEY_BYTES]);

impl Secret {
    /// Takes the bytes.
    pub const fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A span of time that shares keys: days since 1970 divided by the days of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u32);

impl Epoch {
    /// The epoch of a time, if epochs last `days` days.
    pub fn at(time_ms: u64, days: u32) -> Self {
        let number = time_ms / DAY_MS / u64::from(days.max(1));
        Self(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One HMAC key, ready to use.
#[derive(Clone)]
pub(super) struct MacKey(Hmac<Sha256>);

impl MacKey {
    fn derive(key: &Secret, purpose: &str, context: &[&[u8]]) -> Secret {
        let mut parts = vec![b"lockgate lineage v1 ".as_slice(), purpose.as_bytes(), &[0]];
        parts.extend_from_slice(context);
        Secret::new(Self::new(key).mac(&parts))
    }

    fn new(key: &Secret) -> Self {
        Self(Hmac::new_from_slice(key.bytes()).expect("HMAC takes keys of any length"))
    }

    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

/// The keys of one tenant in one epoch.
#[derive(Clone)]
pub struct TenantKeys {
    epoch: Epoch,
    pub(super) value: MacKey,
    pub(super) wire: MacKey,
    pub(super) mark: MacKey,
}

impl TenantKeys {
    /// The epoch they belong to.
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }
}

impl fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantKeys").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

/// All keys that are still there.
///
/// ```
/// use lockgate::lineage::{Epoch, Form, Keyring};
/// let keyring = Keyring::new([1; 32]);
/// keyring.add(Epoch(19), [2; 32]);
/// let keys = keyring.tenant(Epoch(19), "acme").expect("the epoch was added");
/// let token = |value: &str| keys.token(Form::Email, value.as_bytes(), &mut Vec::new());
/// assert_eq!(token("Jane.Doe@Example.COM"), token("jane.doe@example.com"));
/// keyring.shred(Epoch(19));
/// assert!(keyring.tenant(Epoch(19), "acme").is_none());
/// ```
#[derive(Debug)]
pub struct Keyring {
    root: Secret,
    epochs: RwLock<HashMap<Epoch, EpochKeys>>,
}

#[derive(Debug)]
struct EpochKeys {
    key: Secret,
    ready: HashMap<Box<str>, Arc<TenantKeys>>,
}

impl Keyring {
    /// A keyring without epochs.
    pub fn new(root: [u8; KEY_BYTES]) -> Self {
        Self { root: Secret::new(root), epochs: RwLock::default() }
    }

    /// Adds an epoch with its salt.
    pub fn add(&self, epoch: Epoch, mut salt: [u8; KEY_BYTES]) {
        let key = MacKey::derive(&self.root, "epoch", &[&epoch.0.to_be_bytes(), &salt]);
        salt.zeroize();
        let keys = EpochKeys { key, ready: HashMap::new() };
        self.epochs.write().unwrap_or_else(PoisonError::into_inner).insert(epoch, keys);
    }

    /// Forgets the keys of an epoch. Keys in use elsewhere live as long as that use.
    pub fn shred(&self, epoch: Epoch) {
        self.epochs.write().unwrap_or_else(PoisonError::into_inner).remove(&epoch);
    }

    /// True if there are keys of an epoch.
    pub fn has(&self, epoch: Epoch) -> bool {
        self.epochs.read().unwrap_or_else(PoisonError::into_inner).contains_key(&epoch)
    }

    /// The epochs with keys, oldest first.
    pub fn epochs(&self) -> Vec<Epoch> {
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        let mut epochs: Vec<_> = epochs.keys().copied().collect();
        epochs.sort_unstable();
        epochs
    }

    /// The keys of a tenant; `None` if the epoch has none.
    pub fn tenant(&self, epoch: Epoch, tenant: &str) -> Option<Arc<TenantKeys>> {
        {
            let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(keys) = epochs.get(&epoch)?.ready.get(tenant) {
                return Some(Arc::clone(keys));
            }
        }
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        let keys = epochs.get_mut(&epoch)?;
        let tenant_key = MacKey::derive(&keys.key, "tenant", &[tenant.as_bytes()]);
        let key = |purpose| MacKey::new(&MacKey::derive(&tenant_key, purpose, &[]));
        let made = TenantKeys { epoch, value: key("value"), wire: key("wire"), mark: key("mark") };
        let made = Arc::new(made);
        if keys.ready.len() < TENANTS_READY_MAX {
            keys.ready.insert(tenant.into(), Arc::clone(&made));
        }
        Some(made)
    }

    /// The secret from which the key that signs checkpoints is made. It does not depend on epochs: old checkpoints stay verifiable.
    pub(super) fn signing(&self) -> Secret {
        MacKey::derive(&self.root, "sign", &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_mac(keyring: &Keyring, epoch: u32, tenant: &str) -> Option<[u8; 32]> {
        Some(keyring.tenant(Epoch(epoch), tenant)?.value.mac(&[b"x"]))
    }

    #[test]
    fn keys_depend_on_root_salt_epoch_tenant_and_purpose() {
        let [one, two] = [[1; 32], [2; 32]].map(Keyring::new);
        for keyring in [&one, &two] {
            keyring.add(Epoch(1), [7; 32]);
            keyring.add(Epoch(2), [7; 32]);
            keyring.add(Epoch(3), [8; 32]);
        }
        let keys = one.tenant(Epoch(1), "a").unwrap();
        let mut macs = vec![
            keys.value.mac(&[b"x"]),
            keys.wire.mac(&[b"x"]),
            keys.mark.mac(&[b"x"]),
            value_mac(&one, 1, "b").unwrap(),
            value_mac(&one, 2, "a").unwrap(),
            value_mac(&one, 3, "a").unwrap(),
            value_mac(&two, 1, "a").unwrap(),
        ];
        macs.sort_unstable();
        macs.dedup();
        assert_eq!(macs.len(), 7);
        assert_eq!(value_mac(&one, 1, "a"), value_mac(&one, 1, "a"));
    }

    /// Were the salt not needed, a shredded epoch could be derived from the root secret again.
    #[test]
    fn a_shredded_epoch_is_gone() {
        let keyring = Keyring::new([1; 32]);
        keyring.add(Epoch(1), [7; 32]);
        let before = value_mac(&keyring, 1, "a");
        keyring.shred(Epoch(1));
        assert_eq!(value_mac(&keyring, 1, "a"), None);
        keyring.add(Epoch(1), [8; 32]);
        assert_ne!(value_mac(&keyring, 1, "a"), before);
        assert_eq!(keyring.epochs(), [Epoch(1)]);
    }

    #[test]
    fn more_tenants_than_are_kept_ready_work_all_the_same() {
        let keyring = Keyring::new([1; 32]);
        keyring.add(Epoch(1), [7; 32]);
        let macs = |name: usize| value_mac(&keyring, 1, &name.to_string());
        let first: Vec<_> = (0..TENANTS_READY_MAX + 3).map(macs).collect();
        let second: Vec<_> = (0..TENANTS_READY_MAX + 3).map(macs).collect();
        assert_eq!(first, second);
    }

    #[test]
    fn nothing_shows_a_key() {
        let keyring = Keyring::new([0x5a; 32]);
        keyring.add(Epoch(1), [0x5b; 32]);
        let keys = keyring.tenant(Epoch(1), "a");
        let shown = format!("{keyring:?} {keys:?} {:?}", keyring.signing());
        assert!(!shown.contains("5a") && !shown.contains("90") && !shown.contains("91"), "{shown}");
    }

    #[test]
    fn epochs_follow_the_calendar() {
        let check = |day: u64, days, expect| {
            assert_eq!(Epoch::at(day * DAY_MS, days), Epoch(expect), "{day} {days}");
        };
        check(0, 30, 0);
        check(29, 30, 0);
        check(30, 30, 1);
        check(20_000, 1, 20_000);
        check(20_000, 0, 20_000);
    }
}

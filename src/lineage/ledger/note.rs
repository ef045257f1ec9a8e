//! Checkpoints: size and root of the tree, as a signed note (C2SP `signed-note` and `tlog-checkpoint`, Ed25519).
//!
//! Somebody who keeps a checkpoint can tell later whether the ledger still holds what it held then.

use super::merkle::Hash;
use crate::base::Fault;
use crate::base::code::LEDGER_CHECKPOINT;
use crate::lineage::keys::{Keyring, Secret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;

/// Name of the algorithm in keys and in their hash.
const ED25519: u8 = 1;
const KEY_HASH_BYTES: usize = 4;
const SIGNATURE_BYTES: usize = 64;
/// Longest checkpoint that is read, in bytes.
const NOTE_BYTES_MAX: usize = 64 << 10;

/// Size and root of the tree at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Number of records.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

/// Signs checkpoints of one ledger.
pub struct Signer {
    key: SigningKey,
    public: PublicKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("public", &self.public).finish_non_exhaustive()
    }
}

impl Signer {
    /// The signer that belongs to the root secret. `origin` names the ledger: no white space, no `+`.
    ///
    /// # Errors
    /// The origin cannot be a name.
    pub fn new(keyring: &Keyring, origin: &str) -> Result<Self, Fault> {
        let secret: Secret = keyring.signing();
        let key = SigningKey::from_bytes(secret.bytes());
        let public = PublicKey::new(origin, key.verifying_key())?;
        Ok(Self { key, public })
    }

    /// What verifies its signatures. It is no secret.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signed note.
    pub fn sign(&self, checkpoint: Checkpoint) -> String {
        let PublicKey { origin, .. } = &self.public;
        let body = format!("{origin}\n{}\n{}\n", checkpoint.size, STANDARD.encode(checkpoint.root));
        let signature = self.key.sign(body.as_bytes()).to_bytes();
        let line = STANDARD.encode([&self.public.hash()[..], &signature].concat());
        format!("{body}\n\u{2014} {origin} {line}\n")
    }
}

/// Verifies checkpoints. Its text is the one of C2SP: name, hash and key.
///
/// ```
/// use lockgate::lineage::Keyring;
/// use lockgate::lineage::ledger::{Checkpoint, PublicKey, Signer};
/// let signer = Signer::new(&Keyring::new([1; 32]), "example.org/ledger")?;
/// let checkpoint = Checkpoint { size: 7, root: [9; 32] };
/// let note = signer.sign(checkpoint);
/// let public: PublicKey = signer.public().to_string().parse()?;
/// assert_eq!(public.open(&note)?, checkpoint);
/// # Ok::<(), lockgate::base::Fault>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    origin: String,
    key: VerifyingKey,
}

impl PublicKey {
    fn new(origin: &str, key: VerifyingKey) -> Result<Self, Fault> {
        let plain = |char: char| !char.is_whitespace() && !char.is_control() && char != '+';
        if origin.is_empty() || !origin.chars().all(plain) {
            return Err(Fault::new(
                LEDGER_CHECKPOINT,
                "the name of the ledger is no name of a key",
            ));
        }
        Ok(Self { origin: origin.to_owned(), key })
    }

    /// Which ledger it belongs to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn hash(&self) -> [u8; KEY_HASH_BYTES] {
        let hash = Sha256::new()
            .chain_update(&self.origin)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        std::array::from_fn(|i| hash[i])
    }

    /// The checkpoint of a signed note. Signatures of others, such as witnesses, may stand beside ours.
    ///
    /// # Errors
    /// It is not a checkpoint of this ledger, or our signature is missing or wrong.
    pub fn open(&self, note: &str) -> Result<Checkpoint, Fault> {
        let wrong = |what: &str| Fault::new(LEDGER_CHECKPOINT, what);
        if note.len() > NOTE_BYTES_MAX {
            return Err(wrong("it is too long"));
        }
        let (body, signatures) = note.rsplit_once("\n\n").ok_or_else(|| wrong("it is no note"))?;
        let body = format!("{body}\n");
        // Nothing may stand in a note that nobody signed.
        let signed = |line: &str| line.starts_with("\u{2014} ");
        if !signatures.ends_with('\n') || !signatures.lines().all(signed) {
            return Err(wrong("its signatures are damaged"));
        }
        let ours = signatures.lines().find_map(|line| {
            let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            let bytes = STANDARD.decode(signature).ok().filter(|_| name == self.origin)?;
            let (hash, signature) = bytes.split_at_checked(KEY_HASH_BYTES)?;
            let signature: [u8; SIGNATURE_BYTES] = signature.try_into().ok()?;
            (hash == self.hash()).then_some(Signature::from_bytes(&signature))
        });
        let signature = ours.ok_or_else(|| wrong("it has no signature of this key"))?;
        if self.key.verify_strict(body.as_bytes(), &signature).is_err() {
            return Err(wrong("its signature is wrong"));
        }
        let mut lines = body.lines();
        if lines.next() != Some(&self.origin) {
            return Err(wrong("it belongs to another ledger"));
        }
        let size = lines.next().and_then(|line| {
            let size: u64 = line.parse().ok()?;
            // One text for each number.
            (size.to_string() == line).then_some(size)
        });
        let root = lines.next().and_then(|line| STANDARD.decode(line).ok()?.try_into().ok());
        match (size, root) {
            (Some(size), Some(root)) => Ok(Checkpoint { size, root }),
            _ => Err(wrong("its size or its root is damaged")),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+", self.origin)?;
        self.hash().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        let key = STANDARD.encode([&[ED25519], &self.key.as_bytes()[..]].concat());
        write!(f, "+{key}")
    }
}

impl std::str::FromStr for PublicKey {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let wrong = || Fault::new(LEDGER_CHECKPOINT, "the public key is damaged");
        let mut parts = text.trim().splitn(3, '+');
        let mut part = || parts.next().ok_or_else(wrong);
        let (origin, hash, key) = (part()?, part()?, part()?);
        let bytes = STANDARD.decode(key).map_err(|_| wrong())?;
        let Some((&ED25519, bytes)) = bytes.split_first() else { return Err(wrong()) };
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| wrong())?;
        let public = Self::new(origin, VerifyingKey::from_bytes(bytes).map_err(|_| wrong())?)?;
        let expect: String = public.hash().iter().map(|byte| format!("{byte:02x}")).collect();
        if expect == hash { Ok(public) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(root: u8) -> Signer {
        Signer::new(&Keyring::new([root; 32]), "example.org/ledger").unwrap()
    }

    const CHECKPOINT: Checkpoint = Checkpoint { size: 20_852_163, root: [0xab; 32] };

    /// The example of the Go package `note`, which C2SP's format comes from.
    #[test]
    fn keys_are_written_as_others_write_them() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let public: PublicKey = text.parse().unwrap();
        assert_eq!(public.origin(), "PeterNeumann");
        assert_eq!(public.to_string(), text);
        let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        // The signature is right; the text is no checkpoint of that ledger.
        let fault = public.open(note).unwrap_err();
        assert!(fault.detail.contains("another ledger"), "{fault}");
        let fault = public.open(&note.replace("think", "thank")).unwrap_err();
        assert!(fault.detail.contains("signature is wrong"), "{fault}");
    }

    #[test]
    fn only_what_was_signed_is_believed() {
        let note = signer(1).sign(CHECKPOINT);
        let public = signer(1).public().clone();
        assert_eq!(public.open(&note), Ok(CHECKPOINT));
        let witnessed = format!("{note}\u{2014} witness.example AAAA\n");
        assert_eq!(public.open(&witnessed), Ok(CHECKPOINT));
        assert!(signer(2).public().open(&note).is_err());
        for at in 0..note.len() {
            let mut changed = note.clone().into_bytes();
            changed[at] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(public.open(&changed).is_err(), "byte {at}");
        }
        for end in 0..note.len() {
            let cut = note.get(..end).unwrap_or_default();
            assert!(public.open(cut).is_err(), "{end} bytes");
        }
    }

    #[test]
    fn damaged_keys_are_refused() {
        let text = signer(1).public().to_string();
        assert_eq!(text.parse::<PublicKey>().as_ref(), Ok(signer(1).public()));
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(changed.parse::<PublicKey>().is_err(), "byte {at}");
        }
        for origin in ["", "a b", "a+b", "a\nb"] {
            assert!(Signer::new(&Keyring::new([1; 32]), origin).is_err(), "{origin}");
        }
    }
}

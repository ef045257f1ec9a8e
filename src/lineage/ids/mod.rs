//! Ids of artifacts and flows.
//!
//! An artifact is one prompt, memory record, tool call or output; its id is a UUID of version 7 (RFC 9562). A flow is what the caller says
//! belongs together: a session, or else a trace. It is never invented here: what belongs to no flow is a flow of its own.

use crate::base::base32;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

/// A text is not an id of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of lineage")
    }
}

impl std::error::Error for NotAnId {}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// What the text of such an id begins with.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = String::with_capacity($prefix.len() + base32::letters(16));
                text.push_str($prefix);
                base32::encode(&self.0, &mut text);
                f.write_str(&text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let letters = text.strip_prefix($prefix).ok_or(NotAnId)?;
                base32::decode(letters).map(Self).ok_or(NotAnId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// One prompt, memory record, tool call or output: a UUID of version 7, written `dla1_` and 26 letters.
    ArtifactId, "dla1_"
}
id! {
    /// What belongs together: a session, a trace, or one artifact by itself. Written `dlf1_` and 26 letters.
    FlowId, "dlf1_"
}

impl ArtifactId {
    /// An id of this time and of random bits, of which 74 are used.
    pub const fn new(time_ms: u64, random: [u8; 10]) -> Self {
        let time = time_ms.to_be_bytes();
        let [a, b, rest @ ..] = random;
        let [c, d, e, f, g, h, i, j] = rest;
        let (version, variant) = (0x70 | a & 0x0f, 0x80 | c & 0x3f);
        Self([
            time[2], time[3], time[4], time[5], time[6], time[7], version, b, variant, d, e, f, g,
            h, i, j,
        ])
    }

    /// When it was made, in milliseconds since 1970.
    pub const fn time_ms(self) -> u64 {
        let [a, b, c, d, e, f, ..] = self.0;
        u64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }
}

/// What a flow is named after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowSource<'a> {
    /// The session, or conversation, that the caller named.
    Session(&'a str),
    /// The trace of `traceparent`.
    Trace([u8; 16]),
    /// Nothing: the artifact stands alone.
    Artifact(ArtifactId),
}

impl FlowId {
    /// The flow of a tenant. The same for ever: no key is in it, since what it is made of stands beside it in every record.
    pub fn new(tenant: &str, source: FlowSource<'_>) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"lockgate flow v1\0");
        hash.update((tenant.len() as u64).to_be_bytes());
        hash.update(tenant);
        match source {
            FlowSource::Session(name) => hash.update([&[0], name.as_bytes()].concat()),
            FlowSource::Trace(trace) => hash.update([&[1], &trace[..]].concat()),
            FlowSource::Artifact(artifact) => hash.update([&[2], &artifact.0[..]].concat()),
        }
        let mut id = [0; 16];
        id.copy_from_slice(&hash.finalize()[..16]);
        Self(id)
    }
}

/// Makes ids of artifacts that nobody can guess and that never come twice: random bits are a keyed hash of a counter.
#[derive(Debug)]
pub struct Mint {
    key: super::keys::Secret,
    counter: AtomicU64,
}

impl Mint {
    /// A mint of this process. The seed comes from the random source of the operating system and is used once.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { key: super::keys::Secret::new(seed), counter: AtomicU64::new(0) }
    }

    /// A new id of this time.
    pub fn artifact(&self, time_ms: u64) -> ArtifactId {
        ArtifactId::new(time_ms, self.random())
    }

    /// Random bytes that nobody else gets, at most 32.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        const { assert!(N <= 32) };
        let count = self.counter.fetch_add(1, Ordering::Relaxed);
        let hash = blake3::keyed_hash(self.key.bytes(), &count.to_le_bytes());
        std::array::from_fn(|i| hash.as_bytes()[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// RFC 9562, appendix A.6.
    #[test]
    fn ids_of_artifacts_are_uuids_of_version_7() {
        let random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
        let id = ArtifactId::new(0x017f_22e2_79b0, random);
        let hex: String = id.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "017f22e279b07cc398c4dc0c0c07398f");
        assert_eq!(id.time_ms(), 0x017f_22e2_79b0);
        assert_eq!(id.to_string(), "dla1_05zj5rksp1yc7664vg60r1sshw");
    }

    #[test]
    fn ids_read_back() {
        let mint = Mint::new([7; 32]);
        let mut seen = HashSet::new();
        for time in 0..1_000 {
            let id = mint.artifact(time);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!((id.0[6] >> 4, id.0[8] >> 6, id.time_ms()), (7, 2, time));
            assert!(seen.insert(id));
        }
        let check = |text: &str| assert_eq!(text.parse::<ArtifactId>(), Err(NotAnId), "{text}");
        check("");
        check("dla1_");
        check("dlf1_00000000000000000000000000");
        check("dla1_0000000000000000000000000");
        check("dla1_000000000000000000000000000");
        check("dla1_0000000000000000000000000u");
        check("DLA1_00000000000000000000000000");
    }

    #[test]
    fn flows_depend_on_tenant_and_source() {
        let artifact = Mint::new([1; 32]).artifact(1);
        let flows = [
            FlowId::new("a", FlowSource::Session("bc")),
            FlowId::new("ab", FlowSource::Session("c")),
            FlowId::new("a", FlowSource::Trace(*b"bc\0\0\0\0\0\0\0\0\0\0\0\0\0\0")),
            FlowId::new("a", FlowSource::Artifact(artifact)),
            FlowId::new("b", FlowSource::Artifact(artifact)),
        ];
        let distinct: HashSet<_> = flows.iter().collect();
        assert_eq!(distinct.len(), flows.len());
        assert_eq!(flows[0], FlowId::new("a", FlowSource::Session("bc")));
    }
}

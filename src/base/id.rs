//! Small integer names for things that live in one compiled rule set, and how dotted names relate.

use super::limits::LINEAGE_NAME_BYTES_MAX;

/// Position of a rule in its [`Rules`](crate::rules::Rules). Stable within one rule set (one fingerprint) only;
/// outside the process a rule is named by its id, such as `secrets.aws.access-key-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u32);

/// Position of a label in its [`Rules`](crate::rules::Rules).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelIndex(pub u16);

impl RuleIndex {
    /// The index as a `usize`, to index a slice with.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl LabelIndex {
    /// The index as a `usize`, to index a slice with.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// True if `label` is `ancestor` or lies below it.
///
/// ```
/// use lockgate::base::is_under;
/// assert!(is_under("pii.us.ssn", "pii"));
/// assert!(!is_under("pii.usage", "pii.us"));
/// ```
pub fn is_under(label: &str, ancestor: &str) -> bool {
    label.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Longest SPIFFE id, in bytes, as its standard says.
const SPIFFE_BYTES_MAX: usize = 2048;
/// Longest trust domain, in bytes.
const SPIFFE_DOMAIN_BYTES_MAX: usize = 255;

/// True for SPIFFE ids: a trust domain and a path of plain segments.
pub fn is_spiffe(id: &str) -> bool {
    let Some(rest) = id.strip_prefix("spiffe://").filter(|_| id.len() <= SPIFFE_BYTES_MAX) else {
        return false;
    };
    let (domain, path) = rest.split_once('/').map_or((rest, None), |(a, b)| (a, Some(b)));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let lower = |byte: u8| plain(byte) && !byte.is_ascii_uppercase();
    let segment = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(plain);
    (1..=SPIFFE_DOMAIN_BYTES_MAX).contains(&domain.len())
        && domain.bytes().all(lower)
        && path.is_none_or(|path| path.split('/').all(segment))
}

/// True for names of tenants, sessions, agents and tools: printable ASCII, and not too long.
pub fn is_name(name: &str) -> bool {
    let printable = name.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    printable && (1..=LINEAGE_NAME_BYTES_MAX).contains(&name.len())
}

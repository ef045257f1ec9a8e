//! Small integer names for things that live in one compiled rule set, and how dotted names relate.

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

//! What a scan reports. A finding holds offsets, never text.

use super::{Confidence, LabelIndex, RuleIndex, Span, ViewPath};

/// One place in the text where a rule matched, its validators agreed and its context held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// The rule that matched.
    pub rule: RuleIndex,
    /// What the match means: the rule's first label.
    pub label: LabelIndex,
    /// The bytes to act on, in the text that was scanned.
    pub span: Span,
    /// Level of [`score`](Self::score).
    pub confidence: Confidence,
    /// 0 to 1.
    pub score: f32,
    /// Why the score is what it is.
    pub evidence: Evidence,
    /// Through which views the value was seen.
    pub view: ViewPath,
}

/// The reasons behind a score, as a set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence(u8);

impl Evidence {
    /// Nothing but the pattern.
    pub const NONE: Self = Self(0);
    /// At least one validator checked the value.
    pub const VALIDATED: Self = Self(1);
    /// A keyword stands in the window before or after the value.
    pub const KEYWORD: Self = Self(1 << 1);
    /// The key of the JSON member that holds the value is a keyword.
    pub const KEY: Self = Self(1 << 2);
    /// The value is shaped like a random string, as the rule demands.
    pub const SHAPE: Self = Self(1 << 3);
    /// Another rule's finding stands near, as the rule demands.
    pub const COMPANION: Self = Self(1 << 4);
    /// The value begins and ends with the rule's region markers.
    pub const REGION: Self = Self(1 << 5);
    /// A model read the text around the value, and the score says what it made of it.
    pub const MODEL: Self = Self(1 << 6);

    /// The value was found or given elsewhere in the request.
    pub const SEEN: Self = Self(1 << 7);

    const NAMES: [(Self, &'static str); 8] = [
        (Self::VALIDATED, "validated"),
        (Self::KEYWORD, "keyword"),
        (Self::KEY, "key"),
        (Self::SHAPE, "shape"),
        (Self::COMPANION, "companion"),
        (Self::REGION, "region"),
        (Self::MODEL, "model"),
        (Self::SEEN, "seen"),
    ];

    /// This set and `other` together.
    #[must_use]
    #[inline]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True if every flag of `other` is set.
    #[inline]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of the flags that are set, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(flag, _)| self.has(*flag)).map(|(_, name)| name)
    }
}

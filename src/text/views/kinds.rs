//! Sets of views.

use crate::base::ViewKind;
use std::ops::BitOrAssign;

/// A set of kinds of views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u32);

const _: () = assert!(ViewKind::ALL.len() <= 32, "a kind is a bit");

impl Kinds {
    /// No kind.
    pub const NONE: Self = Self(0);

    /// One kind.
    pub const fn one(kind: ViewKind) -> Self {
        Self(1 << kind as u32)
    }

    /// One kind if a condition holds.
    pub(super) const fn when(kind: ViewKind, is: bool) -> Self {
        Self((is as u32) << kind as u32)
    }

    /// This set and `other` together.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the kind is in the set.
    pub const fn has(self, kind: ViewKind) -> bool {
        self.0 & Self::one(kind).0 != 0
    }

    /// Whether no kind is.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in the order of [`ViewKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = ViewKind> {
        ViewKind::ALL.iter().copied().filter(move |kind| self.has(*kind))
    }
}

impl BitOrAssign for Kinds {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

//! L2: finding candidates fast, and deciding which of them match.
//!
//! A pattern is not searched for. Its [`anchor`] is: a literal that every match contains, its first digit, a long token, a byte. All anchors
//! of all patterns are found in two passes over the text ([`literals`], [`classes`]); each gives a [`Candidate`], a narrow range of places
//! where the pattern is then [`verify`]-ed by an anchored automaton. [`mod@reference`] does the same without any of this, for the tests.

pub mod anchor;
mod byte_anchors;
pub mod byteset;
mod candidates;
pub mod classes;
mod groups;
pub mod hir;
#[cfg(feature = "hyperscan")]
pub mod hyperscan;
mod literal_anchors;
pub mod literals;
mod numbers;
mod offset_sets;
mod portable;
mod positions;
pub mod reference;
mod shapes;
mod value;
pub mod verify;
pub mod viable;
pub mod words;

pub use candidates::{Candidate, Matcher, MatcherScratch, Target};
pub use groups::Groups;
pub use literals::Backend;
pub use shapes::{Context, Near, SHAPE_KINDS, ShapeKind};

//! L5: reversible tokens. What stands for a value in a text, which values tokens stand for, and where they may be put back.
//!
//! A [`Vault`] holds the values of sessions, sealed, for a time. Whoever sends contents of one session has a [`Scope`] in it, which makes
//! tokens. A [`Restorer`] puts the values back into what comes from a model, for the same session only and not where an address would carry
//! them away. The vault has no clock and no chance: both are handed in.

mod around;
mod digits;
mod keys;
mod marker;
mod restore;
mod session;
mod store;
mod surrogate;
#[cfg(test)]
mod tests;

pub use keys::SECRET_BYTES;
pub use marker::open_from;
pub use restore::Restorer;
pub use session::Session;
pub use store::{Counts, Scope, Vault, VaultLimits};

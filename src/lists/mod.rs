//! L2: stored lists. What cannot be said as a pattern is looked up: terms ([`Dictionary`]), rows of a table ([`ExactData`]) and passages of
//! documents ([`Fingerprints`]).
//!
//! A list is built once, offline, into bytes ([`mod@file`]) that hold hashes and never text, and read back with every length checked: such a
//! file may come from anywhere. Looking up takes time linear in the text, whatever the size of the list. What is looked for, with what
//! confidence and in what context, the rules say; here nobody knows them.

pub mod dictionary;
pub mod exact_data;
pub mod file;
pub mod fingerprint;
pub mod hash;
pub mod winnow;
pub mod words;

mod exact_build;
mod table;

pub use dictionary::{Dictionary, DictionaryBuilder};
pub use exact_build::{
    ExactDataBuilder, PRIMARY_CHARS_MIN, SUPPORTING_BITS_MIN, SUPPORTING_CHARS_MIN,
};
pub use exact_data::{ExactData, Secret};
pub use file::{Content, List, ListKind};
pub use fingerprint::{FingerprintBuilder, Fingerprints};
pub use table::Filter;

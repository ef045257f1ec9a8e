//! Reads the tree itself and fails on what a compiler does not see: an import that goes up, a clock
//! in the engine, unsafe code outside its files, a limit nobody keeps, a code nobody documents.
//!
//! `UPDATE=1 cargo test --test tidy` rewrites `docs/codes.md`.

mod catalog;
mod layers;
mod licences;
mod pages;
mod paths;
mod rust;
mod texts;
mod tree;

/// One broken rule of the tree: `src/scan/mod.rs:12: scan (L4) imports engine (L6)`.
pub(crate) type Complaint = String;

/// Fails with all complaints at once, one per line.
#[track_caller]
pub(crate) fn expect_none(complaints: &[Complaint], advice: &str) {
    assert!(complaints.is_empty(), "\n{}\n\n{advice}\n", complaints.join("\n"));
}

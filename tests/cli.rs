//! The command line, driven as its users drive it: the real binary, real files, real pipes.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/eval.rs"]
mod eval;
#[path = "cli/findings.rs"]
mod findings;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/lists.rs"]
mod lists;
#[path = "cli/memory.rs"]
mod memory;
#[path = "cli/redact.rs"]
mod redact;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/stream.rs"]
mod stream;
#[path = "cli/tune.rs"]
mod tune;
#[path = "cli/walk.rs"]
mod walk;

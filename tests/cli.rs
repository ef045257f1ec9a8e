//! The command line, driven as its users drive it: the real binary, real files, real pipes.

#![cfg(feature = "cli")]

#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/redact.rs"]
mod redact;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/walk.rs"]
mod walk;

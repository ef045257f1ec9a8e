//! L1: rule files, label files and pack files as written by people; diagnostics with carets; lints.

mod diagnostic;
mod parse;
mod spec;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use parse::{parse_labels, parse_pack, parse_rules};
pub use spec::*;

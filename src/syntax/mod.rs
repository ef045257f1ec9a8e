//! L1: rule files, label files and pack files as written by people; diagnostics with carets; lints.

pub mod codes;

mod check;
mod diagnostic;
mod lint;
mod offset;
mod parse;
mod places;
mod render;
mod shape;
mod spec;
mod suggest;
mod walk;

pub use check::{Known, Selectable, check, check_labels, check_pack, full_ids, list_path};
pub use diagnostic::{Diagnostic, Diagnostics, Severity, line_column};
pub use lint::{lint, lint_labels, lint_pack};
pub use offset::pattern_offset;
pub use parse::{parse_labels, parse_pack, parse_rules, read_rules};
pub use places::{Places, Step};
pub use render::underline;
pub use spec::*;
pub use suggest::nearest;

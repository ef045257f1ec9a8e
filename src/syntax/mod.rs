//! L1: rule files, label files and pack files as written by people; diagnostics with carets; lints.

pub mod codes;

mod check;
mod diagnostic;
mod lint;
mod offset;
mod parse;
mod places;
mod policy;
mod render;
mod shape;
mod spec;
mod suggest;
mod walk;

pub(crate) use check::is_kebab;
pub use check::{Known, Selectable, check, check_labels, check_pack, full_ids, list_path};
pub use diagnostic::{Diagnostic, Diagnostics, Severity, line_column};
pub use lint::{lint, lint_labels, lint_pack};
pub use offset::pattern_offset;
pub use parse::{parse_cases, parse_labels, parse_pack, parse_policy, parse_rules, read_rules};
pub use places::{Places, Step};
pub use policy::*;
pub use render::underline;
pub use spec::*;
pub(crate) use suggest::did_you_mean;
pub use suggest::nearest;

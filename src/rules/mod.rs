//! L3: rule sets. [`Compiler`] reads rule files and compiles them into [`Rules`], which are immutable and shared.

mod builtin;
pub(crate) mod checks;
mod compiler;
pub(crate) mod keywords;
mod pack;
pub(crate) mod pattern;
mod rule;

pub use compiler::{Compiler, MatcherKind};
pub use pack::{Pack, RuleSetting};
pub use rule::{Label, Rule, Rules};

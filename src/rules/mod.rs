//! L3: rule sets. [`Compiler`] reads rule files and compiles them into [`Rules`], which are immutable and shared.

mod compiler;
mod pack;
mod rule;

pub use compiler::{Compiler, MatcherKind};
pub use pack::{Pack, RuleSetting};
pub use rule::{Label, Rule, Rules};

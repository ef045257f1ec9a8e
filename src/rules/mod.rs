//! L3: rule sets. [`Compiler`] reads rule files and compiles them into [`Rules`], which are immutable and shared.

mod builtin;
pub(crate) mod checks;
mod compiler;
mod explain;
pub(crate) mod keywords;
mod pack;
pub(crate) mod pattern;
mod quality;
mod rule;
pub(crate) mod stored;

pub use compiler::{Compiler, MatcherKind};
pub use explain::{
    Explanation, LookupExplanation, PatternExplanation, RegionExplanation, WindowExplanation,
};
pub(crate) use pack::level_of;
pub use pack::{Pack, RuleSetting};
pub use quality::{Quality, QualityRecord};
pub use rule::{Label, Rule, Rules};

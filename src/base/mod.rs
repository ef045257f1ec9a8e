//! L0: the vocabulary, plain data with public fields, and the one source of repeatable chance; knows nothing above it.

pub mod base32;
pub mod calendar;
pub mod code;
pub mod confidence;
pub mod finding;
pub mod id;
pub mod input;
pub mod limits;
pub mod place;
pub mod random;
pub mod sensitive;
pub mod sink;
pub mod span;
pub mod verdict;
pub mod view;

pub use code::{Code, Fault};
pub use confidence::Confidence;
pub use finding::{Evidence, Finding};
pub use id::{LabelIndex, RuleIndex, is_name, is_spiffe, is_under};
pub use input::{Direction, Input};
pub use place::{Format, Kind, Place, Role};
pub use sensitive::Sensitive;
pub use sink::Sinks;
pub use span::Span;
pub use verdict::{
    Action, Coverage, Decision, DocumentScore, Edit, Gap, Lineage, Ruled, Split, SplitPart,
    ValueTag, Verdict,
};
pub use view::{ViewKind, ViewPath};

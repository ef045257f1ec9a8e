//! L0: the vocabulary. Plain data with public fields, no logic worth testing alone; knows nothing above it.

pub mod code;
pub mod confidence;
pub mod finding;
pub mod id;
pub mod input;
pub mod limits;
pub mod sensitive;
pub mod span;
pub mod verdict;
pub mod view;

pub use code::{Code, Fault};
pub use confidence::Confidence;
pub use finding::{Evidence, Finding};
pub use id::{LabelIndex, RuleIndex};
pub use input::{Direction, Input};
pub use sensitive::Sensitive;
pub use span::Span;
pub use verdict::{Action, Coverage, DocumentScore, Edit, Gap, Verdict};
pub use view::{ViewKind, ViewPath};

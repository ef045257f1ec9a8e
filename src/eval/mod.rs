//! L7: how good a rule set is on labelled texts.
//!
//! A [`Study`] knows the corpora and how their labels are read; [`Study::examine`] matches the findings in one document with its truth; a
//! [`Tally`] keeps a small record of each; [`report()`] makes figures of them. Nothing here reads files or prints: who calls hands in lines and
//! findings, and renders a [`Report`] with [`render`].

mod compare;
mod cost;
mod excerpt;
mod gate;
mod label;
mod mapping;
mod matching;
pub mod render;
mod report;
mod score;
mod statistics;
mod study;
mod tally;
mod truth;
pub mod tune;
mod unlabelled;

pub use compare::{compare, read_baseline};
pub use cost::{SAMPLE_BYTES_MAX, Sample};
pub use excerpt::{Masking, excerpt};
pub use gate::{Gate, Shortfall};
pub use label::{LabelId, LabelMatch, Labels};
pub use mapping::{Mapping, MappingFile, builtin_label};
pub use matching::{Criterion, Found};
pub use report::*;
pub use score::{RuleName, Side, records, report};
pub use statistics::{Counts, Rate};
pub use study::{Document, Examined, Excerpts, Study, StudyOptions};
pub use tally::Tally;
pub use unlabelled::UnlabelledTally;

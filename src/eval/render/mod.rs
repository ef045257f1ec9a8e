//! Reports as people read them: tables for a terminal, Markdown, and one HTML file.

mod curve;
mod details;
mod diff;
mod html;
mod markdown;
mod matrix;
mod quality;
mod sections;
mod table;
mod text;

pub use diff::{DiffReport, diff_html, diff_markdown, diff_text};
pub use html::html;
pub use markdown::markdown;
pub use quality::quality_csv;
pub use text::text;

/// How much of a long table is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// The rows that matter most, for a terminal.
    Short,
    /// Every row.
    Full,
}

impl Extent {
    /// How many of `count` rows are shown where a short table has `short`.
    fn of(self, count: usize, short: usize) -> usize {
        match self {
            Self::Short => count.min(short),
            Self::Full => count,
        }
    }
}

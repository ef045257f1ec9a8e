//! What is wrong with a file a person wrote: a code, a place, a suggestion.

use super::Source;
use super::codes::DiagnosticCode;
use std::{fmt, ops::Range};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; never fails a check.
    Note,
    /// Works, but could be better.
    Warning,
    /// The file cannot be used.
    Error,
}

impl Severity {
    /// The name in text and JSON output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One problem in one file.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Stable code: `R001` and on.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, one line, no full stop.
    pub title: String,
    /// The file.
    pub source: Source,
    /// Where in the file, in bytes.
    pub span: Option<Range<usize>>,
    /// What the marked place is (`this pattern`).
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Full id of the rule, if it is about one.
    pub rule: Option<String>,
}

impl Diagnostic {
    /// A problem with a code of the [catalogue](super::codes), which decides how bad it is. Nothing is marked yet.
    pub fn new(code: &DiagnosticCode, source: &Source, title: impl Into<String>) -> Self {
        Self {
            code: code.id,
            severity: code.severity,
            title: title.into(),
            source: source.clone(),
            span: None,
            label: String::new(),
            help: None,
            rule: None,
        }
    }

    /// Marks a place. An empty span at the start of the file is what a default value has, so it marks nothing.
    #[must_use]
    pub fn at(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        if span != (0..0) {
            self.span = Some(span);
            self.label = label.into();
        }
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the rule by its full id.
    #[must_use]
    pub fn rule(mut self, id: impl Into<String>) -> Self {
        self.rule = Some(id.into());
        self
    }

    /// Line and column of the marked place, counted from 1, the column in characters.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.span.as_ref().map(|span| line_column(&self.source.text, span.start))
    }
}

/// Line and column of a byte offset, counted from 1, the column in characters.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// All problems found, in the order of files and places.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// True if one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many are this bad.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Sorts by file (in the order of first mention) and place.
    pub fn sort(&mut self) {
        let mut order: Vec<std::sync::Arc<str>> = Vec::new();
        let mut rank = std::collections::HashMap::new();
        for diagnostic in &self.0 {
            rank.entry(diagnostic.source.name.clone()).or_insert_with(|| {
                order.push(diagnostic.source.name.clone());
                order.len()
            });
        }
        self.0.sort_by_cached_key(|diagnostic| {
            let start = diagnostic.span.as_ref().map_or(usize::MAX, |span| span.start);
            (rank.get(&diagnostic.source.name).copied(), start, diagnostic.code)
        });
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::codes;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let text = "a\nüb\n";
        for (offset, expect) in
            [(0, (1, 1)), (1, (1, 2)), (2, (2, 1)), (4, (2, 2)), (5, (2, 3)), (99, (3, 1))]
        {
            assert_eq!(line_column(text, offset), expect, "offset {offset}");
        }
        assert_eq!(line_column(text, 3), (2, 1), "inside a character counts as its start");
    }

    #[test]
    fn sorting_keeps_files_together_in_order_of_mention() {
        let (b, a) = (Source::new("b", "xxxxxx"), Source::new("a", "xxxxxx"));
        let at = |source, start| {
            Diagnostic::new(&codes::TOML_SYNTAX, source, "t").at(start..start + 1, "")
        };
        let mut all = Diagnostics(vec![at(&b, 3), at(&a, 2), at(&b, 1)]);
        all.sort();
        let order: Vec<_> = all
            .0
            .iter()
            .map(|d| (&*d.source.name, d.span.as_ref().expect("marked").start))
            .collect();
        assert_eq!(order, [("b", 1), ("b", 3), ("a", 2)]);
    }
}

//! Diagnostics for people (text with carets) and for programs (JSON).

use super::{Diagnostic, Diagnostics, Severity, diagnostic::line_column};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};
use std::{fmt::Write as _, ops::Range};

/// A marked place that reaches over more lines than this is marked on its first line only.
const MARKED_LINES_MAX: usize = 6;
/// Longest piece of one line that is shown, in bytes to either side of the marked place.
const SHOWN_BYTES_MAX: usize = 4096;

impl Diagnostics {
    /// All of them as text, each with the line it is about and a caret below the place. Empty if there are none.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        for diagnostic in &self.0 {
            out.push_str(&one(&renderer, diagnostic));
            out.push_str("\n\n");
        }
        out
    }

    /// All of them as a JSON array.
    pub fn to_json(&self) -> Value {
        self.0.iter().map(Diagnostic::to_json).collect()
    }
}

impl Diagnostic {
    /// This problem as text with carets, as [`Diagnostics::render`] shows it.
    pub fn render(&self, color: bool) -> String {
        one(&if color { Renderer::styled() } else { Renderer::plain() }, self)
    }

    /// `code`, `severity`, `title`, `label`, `help`, `rule`, `file`, and of the marked place `start` and `end` (bytes),
    /// `line` and `column` (from 1, in characters). What does not apply is `null`.
    pub fn to_json(&self) -> Value {
        let position = self.position();
        json!({
            "code": self.code,
            "severity": self.severity.name(),
            "title": self.title,
            "label": if self.label.is_empty() { None } else { Some(&self.label) },
            "help": self.help,
            "rule": self.rule,
            "file": &*self.source.name,
            "start": self.span.as_ref().map(|span| span.start),
            "end": self.span.as_ref().map(|span| span.end),
            "line": position.map(|(line, _)| line),
            "column": position.map(|(_, column)| column),
        })
    }
}

fn one(renderer: &Renderer, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(&*diagnostic.title).id(diagnostic.code);
    let mut group = Group::with_title(title);
    group = match &diagnostic.span {
        Some(span) => {
            let shown = window(&diagnostic.source.text, span);
            let mark = AnnotationKind::Primary.span(shown.mark);
            let mark =
                if diagnostic.label.is_empty() { mark } else { mark.label(&*diagnostic.label) };
            group.element(
                Snippet::source(&diagnostic.source.text[shown.lines])
                    .line_start(shown.line)
                    .path(&*diagnostic.source.name)
                    .annotation(mark),
            )
        }
        None => group.element(Origin::path(&*diagnostic.source.name)),
    };
    if let Some(rule) = &diagnostic.rule {
        group = group.element(Level::NOTE.message(format!("rule {rule}")));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(&**help));
    }
    renderer.render(&[group])
}

struct Window {
    /// The part of the text to show.
    lines: Range<usize>,
    /// Number of its first line, from 1.
    line: usize,
    /// The marked place, relative to the part.
    mark: Range<usize>,
}

/// Cuts out the lines of the marked place, so that the cost of showing it does not depend on the size of the file.
fn window(text: &str, span: &Range<usize>) -> Window {
    let start = text.floor_char_boundary(span.start);
    let mut end = text.floor_char_boundary(span.end).max(start);
    if memchr::memchr_iter(b'\n', &text.as_bytes()[start..end]).count() >= MARKED_LINES_MAX {
        end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    }
    let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let last = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
    let from = text.ceil_char_boundary(first.max(start.saturating_sub(SHOWN_BYTES_MAX)));
    let shown_end = end.min(start.saturating_add(SHOWN_BYTES_MAX));
    let end = if end - start > SHOWN_BYTES_MAX { text.floor_char_boundary(shown_end) } else { end };
    let to = text.floor_char_boundary(last.min(end.saturating_add(SHOWN_BYTES_MAX)));
    Window { lines: from..to, line: line_column(text, first).0, mark: start - from..end - from }
}

/// A text with carets under one place of it: `    ^^^^ label`. For examples in documentation and on the terminal.
/// Returns the lines of the text, each followed by a line of carets if the place touches it.
pub fn underline(text: &str, place: &Range<usize>) -> String {
    let mut out = String::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        out.push_str(content);
        out.push('\n');
        let start = place.start.clamp(at, at + content.len()) - at;
        let end = place.end.clamp(at, at + content.len()) - at;
        if start < end {
            let width = |piece: &str| piece.chars().count();
            let (start, end) =
                (content.floor_char_boundary(start), content.floor_char_boundary(end));
            let (before, under) = (width(&content[..start]), width(&content[start..end]));
            let _infallible = writeln!(out, "{:before$}{:^<under$}", "", "");
        }
        at += line.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Source, codes};

    fn sample() -> Diagnostic {
        let source = Source::new("patterns/x/y.toml", "a = 1\nfamly = 'x'\n");
        Diagnostic::new(&codes::UNKNOWN_FIELD, &source, "unknown field `famly`")
            .at(6..11, "not a field of a rule file")
            .help("did you mean `family`?")
    }

    #[test]
    fn text_shows_code_place_caret_and_help() {
        let text = Diagnostics(vec![sample()]).render(false);
        for part in [
            "error[R003]: unknown field `famly`",
            "--> patterns/x/y.toml:2:1",
            "famly = 'x'",
            "^^^^^ not a field",
            "help: did you mean `family`?",
        ] {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
        assert!(!text.contains('\u{1b}'), "no colour was asked for");
        assert!(Diagnostics(vec![sample()]).render(true).contains('\u{1b}'));
    }

    #[test]
    fn json_has_line_and_column_from_one() {
        let value = sample().to_json();
        assert_eq!(value["code"], "R003");
        assert_eq!((value["line"].as_u64(), value["column"].as_u64()), (Some(2), Some(1)));
        assert_eq!((value["start"].as_u64(), value["end"].as_u64()), (Some(6), Some(11)));
        assert_eq!(value["rule"], Value::Null);
    }

    #[test]
    fn any_span_can_be_shown() {
        let text = format!("é{}\nü\n\n{}", "x".repeat(20_000), "é\n".repeat(20));
        let source = Source::new("f", text.as_str());
        for start in
            [0, 1, 2, 9_000, 20_001, 20_002, 20_003, 20_004, 20_010, text.len(), text.len() + 9]
        {
            for len in [0, 1, 5, 10_000, 30_000] {
                let diagnostic =
                    Diagnostic::new(&codes::TOML_SYNTAX, &source, "t").at(start..start + len, "l");
                assert!(diagnostic.render(false).contains("error[R001]"));
            }
        }
    }

    #[test]
    fn carets_stand_under_the_place() {
        assert_eq!(underline("key=ab c", &(4..6)), "key=ab c\n    ^^\n");
        assert_eq!(underline("é=ab\ncd\nx", &(3..7)), "é=ab\n  ^^\ncd\n^\nx\n");
        assert_eq!(underline("abc", &(7..9)), "abc\n");
    }
}

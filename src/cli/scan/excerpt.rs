//! A finding in its line: masked, trimmed, with a marker below. Never shows a byte of any finding.

use crate::base::Span;
use crate::text::terminal::printable_char;

/// Bytes that are shown in front of a finding.
const BEFORE_BYTES: usize = 60;
/// Bytes of a finding that are shown, masked.
const FINDING_BYTES: usize = 80;
/// Bytes that are shown behind a finding.
const AFTER_BYTES: usize = 40;

/// Two rows of text of the same shape.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line, or the part of it around the finding, with all findings masked.
    pub(super) line: String,
    /// Spaces, then carets under the finding.
    pub(super) marker: String,
    /// The finding goes on where the excerpt ends.
    pub(super) goes_on: bool,
}

/// The spans of all findings of a text, joined where they overlap, to mask with.
pub(super) struct Masks(Vec<Span>);

impl Masks {
    /// Spans in any order.
    pub(super) fn new(spans: &[Span]) -> Self {
        let mut sorted = spans.to_vec();
        sorted.sort_unstable();
        let mut joined: Vec<Span> = Vec::with_capacity(sorted.len());
        for span in sorted {
            match joined.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => joined.push(span),
            }
        }
        Self(joined)
    }

    fn hide(&self, start: usize, end: usize) -> bool {
        let next = self.0.partition_point(|span| span.end <= start);
        self.0.get(next).is_some_and(|span| span.start < end)
    }
}

/// Cuts the excerpt of the finding at `span` out of `text`.
pub(super) fn excerpt(text: &[u8], span: Span, masks: &Masks) -> Excerpt {
    let from = window_start(text, span.start);
    let (until, line_ends) = window_end(text, span);
    let mut rows = Rows { masks, span, line: String::new(), marker: String::new() };
    if from > 0 && text[from - 1] != b'\n' {
        rows.plain('…');
    }
    let mut at = from;
    for chunk in text[from..until].utf8_chunks() {
        for char in chunk.valid().chars() {
            rows.push(at, char.len_utf8(), char);
            at += char.len_utf8();
        }
        for _ in chunk.invalid() {
            rows.push(at, 1, char::REPLACEMENT_CHARACTER);
            at += 1;
        }
    }
    if !line_ends {
        rows.plain('…');
    }
    let marker = rows.marker.trim_end().to_owned();
    Excerpt { line: rows.line, marker, goes_on: until < span.end }
}

fn window_start(text: &[u8], start: usize) -> usize {
    let least = start.saturating_sub(BEFORE_BYTES);
    if let Some(newline) = memchr::memrchr(b'\n', &text[least..start]) {
        return least + newline + 1;
    }
    (least..start).find(|at| is_boundary(text, *at)).unwrap_or(start)
}

/// Where the excerpt ends, and whether the line ends there too.
fn window_end(text: &[u8], span: Span) -> (usize, bool) {
    let most = if span.len() > FINDING_BYTES {
        span.start + FINDING_BYTES
    } else {
        span.end.saturating_add(AFTER_BYTES).min(text.len())
    };
    if let Some(newline) = memchr::memchr(b'\n', &text[span.start..most]) {
        let end = span.start + newline;
        let carriage_return = end > span.start && text[end - 1] == b'\r';
        return (end - usize::from(carriage_return), true);
    }
    let end = (span.start..=most).rev().find(|at| is_boundary(text, *at)).unwrap_or(most);
    (end, matches!(text.get(end), None | Some(b'\n' | b'\r')))
}

fn is_boundary(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| byte & 0xC0 != 0x80)
}

struct Rows<'m> {
    masks: &'m Masks,
    span: Span,
    line: String,
    marker: String,
}

impl Rows<'_> {
    fn push(&mut self, at: usize, len: usize, char: char) {
        let end = at + len;
        let shown = if self.masks.hide(at, end) { '*' } else { printable_char(char) };
        let mark = if self.span.start < end && at < self.span.end { '^' } else { ' ' };
        self.line.push(shown);
        self.marker.extend(std::iter::repeat_n(mark, columns(shown)));
    }

    fn plain(&mut self, char: char) {
        self.line.push(char);
        self.marker.push(' ');
    }
}

/// Columns that a terminal gives a character. Coarse on purpose: it only has to keep the marker below the finding.
fn columns(char: char) -> usize {
    match u32::from(char) {
        0x0300..=0x036F | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF => 2,
        0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 => 2,
        0x1F300..=0x1F64F | 0x1F680..=0x1F6FF | 0x1F900..=0x1F9FF | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, secrets: &[&str], line: &str, marker: &str) -> Excerpt {
        let span_of = |secret: &&str| {
            let start = text.find(*secret).unwrap();
            Span::new(start, start + secret.len())
        };
        let spans: Vec<Span> = secrets.iter().map(span_of).collect();
        let got = excerpt(text.as_bytes(), spans[0], &Masks::new(&spans));
        assert_eq!((got.line.as_str(), got.marker.as_str()), (line, marker));
        got
    }

    #[test]
    fn masks_and_marks() {
        check("say abc now", &["abc"], "say *** now", "    ^^^");
        check("one\r\nsay abc\r\ntwo", &["abc"], "say ***", "    ^^^");
        check("x abc y def", &["abc", "def"], "x *** y ***", "  ^^^");
        check("x abcdef", &["abcd", "cdef"], "x ******", "  ^^^^");
        check("日本 abc", &["abc"], "日本 ***", "     ^^^");
        check("\tabc\x1b[31m", &["abc"], " ***\u{FFFD}[31m", " ^^^");
        check("abc", &["abc"], "***", "^^^");
    }

    #[test]
    fn trims_long_lines() {
        let long = format!("{}abc{}", "x".repeat(1000), "y".repeat(1000));
        let line = format!("…{}***{}…", "x".repeat(60), "y".repeat(40));
        let marker = format!("{}^^^", " ".repeat(61));
        check(&long, &["abc"], &line, &marker);
        let cut = format!("é{}abc", "x".repeat(59));
        check(
            &cut,
            &["abc"],
            &format!("…{}***", "x".repeat(59)),
            &format!("{}^^^", " ".repeat(60)),
        );
    }

    #[test]
    fn shows_the_start_of_a_long_finding() {
        let key = format!("begin\n{}", "k".repeat(500));
        let got = check(&format!("> {key}"), &[&key], "> *****", "  ^^^^^");
        assert!(got.goes_on);
        let token = "t".repeat(500);
        let got = check(&token, &[&token], &format!("{}…", "*".repeat(80)), &"^".repeat(80));
        assert!(got.goes_on);
    }

    #[test]
    fn any_bytes_and_any_span_are_fine() {
        let text = b"\xFF\xFE a\x80\x80b \xF0\x9F\x98 c\n\xC3";
        for start in 0..text.len() {
            for end in start..=text.len() {
                let span = Span::new(start, end);
                let got = excerpt(text, span, &Masks::new(&[span]));
                assert!(!got.line.contains('\n'));
            }
        }
    }
}

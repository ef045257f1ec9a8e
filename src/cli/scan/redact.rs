//! `--redact`: the same bytes without the findings.

use crate::base::code::REDACT_INCOMPLETE;
use crate::base::{Edit, Span, Verdict};
use crate::batch::{Document, Problem, Record, Severity};
use crate::redact::apply;
use std::sync::Arc;

/// Says why there is no redacted copy: a part that was not inspected must not pass for clean.
pub(super) fn refuse(document: &Document<'_>, verdict: &Verdict) -> Option<Problem> {
    let coverage = &verdict.coverage;
    if coverage.bytes_scanned >= coverage.bytes_total {
        return None;
    }
    Some(Problem {
        severity: Severity::Error,
        code: REDACT_INCOMPLETE,
        origin: Arc::clone(document.origin),
        line: document.record.map(|record| record.line),
        detail: format!("{} of {} bytes", coverage.bytes_scanned, coverage.bytes_total),
    })
}

/// Writes the document with the edits of the verdict. A JSONL line keeps everything but the edited places of its text.
pub(super) fn write(document: &Document<'_>, verdict: &Verdict, out: &mut Vec<u8>) {
    let original = document.record.map_or(document.text, |record| record.raw);
    let edited = match document.record {
        _ if verdict.edits.is_empty() => return out.extend_from_slice(original),
        None => apply(original, &verdict.edits),
        Some(record) => apply(original, &raw_edits(record, &verdict.edits)),
    };
    if out.is_empty() { *out = edited } else { out.extend_from_slice(&edited) }
}

fn raw_edits(record: &Record<'_>, edits: &[Edit]) -> Vec<Edit> {
    let spans: Vec<Span> = edits.iter().map(|edit| edit.span).collect();
    let mut done = 0;
    let raw = record.raw_spans(&spans).into_iter().zip(edits).map(|(span, edit)| {
        // Two edits within one escape sequence both grow to all of it; the second must not reach back.
        let start = span.start.max(done);
        let end = span.end.max(start);
        done = end;
        Edit { span: Span::new(start, end), replacement: edit.replacement.clone() }
    });
    raw.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Origin, TextField};

    fn redact(line: &str, edits: &[(usize, usize, &str)]) -> String {
        let record = Record::parse(line.as_bytes(), &TextField::default()).unwrap();
        let origin = Arc::new(Origin::Stdin);
        let document = Document { origin: &origin, text: &record.text, record: Some(&record) };
        let edit = |(start, end, replacement): &(usize, usize, &str)| Edit {
            span: Span::new(*start, *end),
            replacement: (*replacement).to_owned(),
        };
        let verdict = Verdict { edits: edits.iter().map(edit).collect(), ..Verdict::default() };
        let mut out = Vec::new();
        write(&document, &verdict, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn edits_the_text_and_nothing_else() {
        let check = |line: &str, edits: &[(usize, usize, &str)], expect: &str| {
            assert_eq!(redact(line, edits), expect);
        };
        check("{\"text\":\"ab\"}\n", &[], "{\"text\":\"ab\"}\n");
        check(
            r#"{ "x":1.0, "text" : "a secret b" }"#,
            &[(2, 8, "[s]")],
            r#"{ "x":1.0, "text" : "a [s] b" }"#,
        );
        check(r#"{"text":"\u00e9 secret\n"}"#, &[(3, 9, "[s]")], r#"{"text":"\u00e9 [s]\n"}"#);
        check(r#"{"text":"\u00e9"}"#, &[(0, 1, "[a]"), (1, 2, "[b]")], r#"{"text":"[a][b]"}"#);
        check("{\"text\":\"a\\\"b\"}\r\n", &[(0, 3, "")], "{\"text\":\"\"}\r\n");
    }

    #[test]
    fn incomplete_inspection_gives_no_copy() {
        let origin = Arc::new(Origin::Stdin);
        let document = Document { origin: &origin, text: b"abc", record: None };
        let mut verdict = Verdict::default();
        verdict.coverage.bytes_total = 3;
        assert_eq!(refuse(&document, &verdict).unwrap().code, REDACT_INCOMPLETE);
        verdict.coverage.bytes_scanned = 3;
        assert!(refuse(&document, &verdict).is_none());
    }
}

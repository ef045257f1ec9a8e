//! What one line of a corpus says: its spans, look-alikes and label, checked against its text.

use super::label::{LabelId, Labels};
use super::mapping::{CorpusMap, DocumentTarget, SpanTarget};
use crate::base::code::{
    EVAL_LABELS, EVAL_SPAN_CHARACTER, EVAL_SPAN_RANGE, EVAL_SPANS_MANY, EVAL_UTF8,
};
use crate::base::{Fault, Span};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Spans of one document, look-alikes included.
const SPANS_MAX: usize = 100_000;

/// The members of a line that matter here. The text and the id are read by who reads the file.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    spans: Option<Vec<LabelledSpan<'a>>>,
    #[serde(borrow)]
    neg_spans: Option<Vec<LabelledSpan<'a>>>,
    #[serde(borrow)]
    label: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct LabelledSpan<'a> {
    start: u64,
    end: u64,
    #[serde(borrow)]
    label: Option<Cow<'a, str>>,
}

/// An expected span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Expected {
    pub(super) span: Span,
    pub(super) label: LabelId,
}

/// What is true of one document.
#[derive(Clone, Debug)]
pub(super) struct Truth {
    /// What should be found, by start, no two alike.
    pub(super) expected: Vec<Expected>,
    /// Spans that are left out of the count, by start.
    pub(super) ignored: Vec<Span>,
    /// Look-alikes that should not be found, by start.
    pub(super) look_alikes: Vec<Span>,
    /// The document's label as written; empty if it has none.
    pub(super) label: String,
    pub(super) target: DocumentTarget,
    /// The line says which spans it has, if only that it has none.
    pub(super) has_spans: bool,
    /// Labels that are in no mapping, or are to be ignored, one per span.
    pub(super) unmapped: Vec<(String, SpanTarget)>,
    /// Expected spans that share a byte with the one before.
    pub(super) overlapping: u64,
    /// Spans that repeat another one with its label.
    pub(super) repeated: u64,
}

impl Truth {
    /// Reads the labels of a line whose text is `text`.
    ///
    /// # Errors
    /// The line cannot be used: its truth would be a guess.
    pub(super) fn parse(
        line: &[u8],
        text: &[u8],
        map: &CorpusMap,
        labels: &Labels,
    ) -> Result<Self, Fault> {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        if std::str::from_utf8(line).is_err() {
            return Err(EVAL_UTF8.into());
        }
        let text = std::str::from_utf8(text).map_err(|_| EVAL_UTF8)?;
        let read: Line<'_> = serde_json::from_slice(line)
            .map_err(|error| Fault::new(EVAL_LABELS, format!("at column {}", error.column())))?;
        let has_spans = read.spans.is_some();
        let spans = read.spans.unwrap_or_default();
        let look_alikes = read.neg_spans.unwrap_or_default();
        let count = spans.len() + look_alikes.len();
        if count > SPANS_MAX {
            return Err(Fault::new(EVAL_SPANS_MANY, format!("{count}, the limit is {SPANS_MAX}")));
        }
        let label = read.label.map_or_else(|| Ok(String::new()), document_label)?;
        let mut truth = Self {
            expected: Vec::with_capacity(spans.len()),
            ignored: Vec::new(),
            look_alikes: Vec::with_capacity(look_alikes.len()),
            target: map.document(&label, labels),
            label,
            has_spans,
            unmapped: Vec::new(),
            overlapping: 0,
            repeated: 0,
        };
        for (span, number) in spans.iter().zip(0..) {
            truth.add(span, number, text, map, labels)?;
        }
        for (span, number) in look_alikes.iter().zip(0..) {
            truth.look_alikes.push(place(span, number, text)?);
        }
        truth.settle();
        Ok(truth)
    }

    fn add(
        &mut self,
        span: &LabelledSpan<'_>,
        number: usize,
        text: &str,
        map: &CorpusMap,
        labels: &Labels,
    ) -> Result<(), Fault> {
        let place = place(span, number, text)?;
        let Some(foreign) = &span.label else {
            return Err(Fault::new(EVAL_LABELS, format!("span {number} has no label")));
        };
        match map.span(foreign, labels) {
            SpanTarget::Label(label) => self.expected.push(Expected { span: place, label }),
            target => {
                self.ignored.push(place);
                self.unmapped.push((foreign.to_string(), target));
            }
        }
        Ok(())
    }

    /// Sorts, and takes repeated spans out.
    fn settle(&mut self) {
        self.expected.sort_unstable();
        let before = self.expected.len();
        self.expected.dedup();
        self.repeated = (before - self.expected.len()) as u64;
        let mut end = 0;
        for expected in &self.expected {
            self.overlapping += u64::from(expected.span.start < end);
            end = end.max(expected.span.end);
        }
        self.ignored.sort_unstable();
        self.look_alikes.sort_unstable();
    }
}

/// A label is a string, or a number as some corpora have it.
fn document_label(value: &RawValue) -> Result<String, Fault> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw)
            .map_err(|_| Fault::new(EVAL_LABELS, "the label of the document")),
        Some(b'{' | b'[') => Err(Fault::new(EVAL_LABELS, "the label of the document is no string")),
        _ if raw == "null" => Ok(String::new()),
        _ => Ok(raw.to_owned()),
    }
}

fn place(span: &LabelledSpan<'_>, number: usize, text: &str) -> Result<Span, Fault> {
    let of = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    let (start, end) = (of(span.start), of(span.end));
    if start >= end || end > text.len() {
        let detail = format!("span {number}: {start} to {end} in a text of {} bytes", text.len());
        return Err(Fault::new(EVAL_SPAN_RANGE, detail));
    }
    if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
        return Err(Fault::new(EVAL_SPAN_CHARACTER, format!("span {number}: {start} to {end}")));
    }
    Ok(Span::new(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Code;
    use crate::base::code::*;
    use crate::eval::{LabelMatch, Mapping};

    fn parse(line: &[u8], text: &[u8]) -> Result<Truth, Fault> {
        let labels = Labels::new(["pii.email", "ai.injection"].into_iter(), LabelMatch::Related);
        let map = Mapping::new(Vec::new(), &labels).unwrap().corpus("x", &labels);
        Truth::parse(line, text, &map, &labels)
    }

    #[track_caller]
    fn refused(line: impl AsRef<[u8]>, text: &str, code: Code) {
        assert_eq!(parse(line.as_ref(), text.as_bytes()).unwrap_err().code, code);
    }

    #[test]
    fn spans_are_sorted_and_told_apart() {
        let line = r#"{"text":"0123456789","label":1,"other":{"spans":3},"neg_spans":[{"start":0,"end":1}],
            "spans":[{"start":4,"end":8,"label":"EMAIL","x":[]},{"start":2,"end":5,"label":"pii.email"},
            {"start":2,"end":5,"label":"email"},{"start":8,"end":9,"label":"ODD"}]}"#;
        let truth = parse(line.as_bytes(), b"0123456789").unwrap();
        let starts: Vec<usize> = truth.expected.iter().map(|e| e.span.start).collect();
        assert_eq!((starts, truth.repeated, truth.overlapping), (vec![2, 4], 1, 1));
        assert_eq!((truth.ignored.len(), truth.look_alikes.len()), (1, 1));
        assert_eq!(truth.unmapped, [("ODD".to_owned(), SpanTarget::Unmapped)]);
        assert_eq!((truth.label.as_str(), truth.has_spans), ("1", true));
        assert!(!parse(b"{\"text\":\"\",\"label\":null}", b"").unwrap().has_spans);
    }

    #[test]
    fn broken_truth_is_refused_with_a_code() {
        let line = |spans: &str| format!("{{\"spans\":[{spans}]}}");
        refused(line(r#"{"start":3,"end":3,"label":"x"}"#), "abcdef", EVAL_SPAN_RANGE);
        refused(line(r#"{"start":4,"end":3,"label":"x"}"#), "abcdef", EVAL_SPAN_RANGE);
        refused(line(r#"{"start":4,"end":7,"label":"x"}"#), "abcdef", EVAL_SPAN_RANGE);
        refused(
            line(r#"{"start":0,"end":18446744073709551615,"label":"x"}"#),
            "a",
            EVAL_SPAN_RANGE,
        );
        refused(line(r#"{"start":0,"end":1,"label":"x"}"#), "é", EVAL_SPAN_CHARACTER);
        refused(line(r#"{"start":-1,"end":1,"label":"x"}"#), "ab", EVAL_LABELS);
        refused(line(r#"{"start":0.5,"end":1,"label":"x"}"#), "ab", EVAL_LABELS);
        refused(line(r#"{"start":0,"end":1}"#), "ab", EVAL_LABELS);
        refused(line("7"), "ab", EVAL_LABELS);
        refused(r#"{"spans":{}}"#, "ab", EVAL_LABELS);
        refused(r#"{"label":["x"]}"#, "ab", EVAL_LABELS);
        refused(r#"{"spans":[],"spans":[]}"#, "ab", EVAL_LABELS);
        refused(b"{\"text\":\"\xFF\"}", "ab", EVAL_UTF8);
        let many = vec![r#"{"start":0,"end":1,"label":"x"}"#; SPANS_MAX + 1].join(",");
        refused(line(&many), "ab", EVAL_SPANS_MANY);
    }
}

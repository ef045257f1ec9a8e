//! `--format json` and `--format jsonl`: the same objects, in one document or one a line.

use super::args::OffsetUnit;
use super::place::Place;
use super::plan::{Mode, Plan};
use super::visitor::InFile;
use crate::base::place::{VIEW_RAW, view_of};
use crate::base::{DocumentScore, Format, Gap, Kind, Role, Span, Verdict};
use crate::batch::{Document, Origin, Problem};
use crate::rules::Rules;
use crate::text::offsets::convert_spans;
use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
struct JsonFinding<'r> {
    rule: &'r str,
    label: &'r str,
    start: usize,
    end: usize,
    confidence: &'static str,
    score: f32,
    /// JSON pointer of the value, in documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'r str>,
    /// Whose words they are, in documents of a known format.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    /// What they are for, in documents of a known format.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    /// How the text came about in which it was found, unless it was sent so.
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<Cow<'static, str>>,
    /// Why it cannot be edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<&'static str>,
    /// Line of the file, from 1; `json` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// Column in code points, from 1; `json` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

#[derive(Serialize)]
struct JsonScore<'r> {
    label: &'r str,
    model: &'static str,
    score: f32,
    detected: bool,
}

#[derive(Serialize)]
struct JsonCoverage {
    bytes_total: u64,
    bytes_scanned: u64,
    complete: bool,
    gaps: Vec<JsonGap>,
}

#[derive(Serialize)]
struct JsonGap {
    code: &'static str,
    start: u64,
    end: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<&'static str>,
}

/// Opens the document of `--format json`.
pub(super) fn begin(plan: &Plan, rules: &Rules) -> Vec<u8> {
    let unit = match plan.unit {
        OffsetUnit::Bytes => "bytes",
        OffsetUnit::CodePoints => "code-points",
        OffsetUnit::Utf16 => "utf16",
    };
    let mut out = b"{\"lockgate\":".to_vec();
    put(&mut out, env!("CARGO_PKG_VERSION"));
    out.extend_from_slice(b",\"rules\":");
    put(&mut out, rules.fingerprint());
    out.extend_from_slice(b",\"offsets\":");
    put(&mut out, unit);
    out.extend_from_slice(b",\"documents\":[");
    out
}

/// Closes the document of `--format json`.
pub(super) const END: &[u8] = b"\n]}\n";

/// Writes an inspected document.
pub(super) fn write(
    plan: &Plan,
    rules: &Rules,
    document: &Document<'_>,
    verdict: &Verdict,
    out: &mut Vec<u8>,
) {
    let line = document.record.map(|record| record.line);
    let id = document.record.and_then(|record| record.id.as_deref());
    head(plan, document.origin, line, id, out);
    put(out, &findings(plan, rules, document, verdict));
    if verdict.format != Format::Text {
        out.extend_from_slice(b",\"format\":");
        put(out, verdict.format.name());
    }
    if !verdict.documents.is_empty() {
        out.extend_from_slice(b",\"documents\":");
        put(out, &scores(rules, verdict));
    }
    out.extend_from_slice(b",\"coverage\":");
    let gaps = &verdict.coverage.gaps;
    let spans: Vec<_> = gaps.iter().map(|gap| gap.span).collect();
    let gap = |(gap, span): (&Gap, Span)| JsonGap {
        code: gap.code.id,
        start: span.start as u64,
        end: span.end as u64,
        media: gap.media,
    };
    let coverage = JsonCoverage {
        bytes_total: verdict.coverage.bytes_total as u64,
        bytes_scanned: verdict.coverage.bytes_scanned as u64,
        complete: verdict.coverage.is_complete(),
        gaps: gaps
            .iter()
            .zip(convert_spans(document.text, &spans, plan.unit.into()))
            .map(gap)
            .collect(),
    };
    put(out, &coverage);
    tail(plan, out);
}

/// What models say of the document as a whole.
fn scores<'r>(rules: &'r Rules, verdict: &Verdict) -> Vec<JsonScore<'r>> {
    let score = |document: &DocumentScore| JsonScore {
        label: &rules.label(document.label).id,
        model: document.model,
        score: document.score,
        detected: document.detected,
    };
    verdict.documents.iter().map(score).collect()
}

/// Writes a document that was not inspected: nothing found, nothing covered.
pub(super) fn lost(plan: &Plan, problem: &Problem, bytes: u64, out: &mut Vec<u8>) {
    head(plan, &problem.origin, problem.line, None, out);
    let gaps = vec![JsonGap { code: problem.code.id, start: 0, end: bytes, media: None }];
    out.extend_from_slice(b"[],\"coverage\":");
    put(out, &JsonCoverage { bytes_total: bytes, bytes_scanned: 0, complete: false, gaps });
    tail(plan, out);
}

fn findings<'r>(
    plan: &Plan,
    rules: &'r Rules,
    document: &Document<'_>,
    verdict: &'r Verdict,
) -> Vec<JsonFinding<'r>> {
    if verdict.findings.is_empty() {
        return Vec::new();
    }
    let spans: Vec<_> = verdict.findings.iter().map(|finding| finding.span).collect();
    let mut places = verdict.places.iter();
    let mut found: Vec<JsonFinding<'r>> = verdict
        .findings
        .iter()
        .zip(convert_spans(document.text, &spans, plan.unit.into()))
        .map(|(finding, span)| (finding, span, places.next()))
        .map(|(finding, span, place)| JsonFinding {
            rule: &rules.rule(finding.rule).id,
            label: &rules.label(finding.label).id,
            start: span.start,
            end: span.end,
            confidence: finding.confidence.name(),
            score: finding.score,
            pointer: place.and_then(|place| place.pointer.as_deref()),
            role: place.and_then(|place| place.role).map(Role::name),
            kind: place.and_then(|place| place.kind).map(Kind::name),
            view: Some(view_of(place, finding)).filter(|view| view != VIEW_RAW),
            fixed: place.and_then(|place| place.fixed).map(|code| code.id),
            line: None,
            column: None,
        })
        .collect();
    if plan.mode == Mode::Json {
        let file = InFile::new(document, &verdict.findings);
        let mut place = Place::new(file.text, file.line);
        for (finding, span) in found.iter_mut().zip(&file.spans) {
            place.advance(span.start);
            finding.line = Some(place.line);
            finding.column = Some(place.column);
        }
    }
    found
}

/// Everything up to the findings: which document it is.
fn head(plan: &Plan, origin: &Origin, line: Option<u64>, id: Option<&str>, out: &mut Vec<u8>) {
    let json = plan.mode == Mode::Json;
    out.extend_from_slice(if json { b",\n{" } else { b"{" });
    if json || plan.several || line.is_none() {
        out.extend_from_slice(b"\"path\":");
        put(out, &origin.name());
        out.push(b',');
    }
    if let Some(line) = line {
        if json {
            out.extend_from_slice(b"\"line\":");
            put(out, &line);
            out.push(b',');
        }
        out.extend_from_slice(b"\"id\":");
        match id {
            Some(id) => out.extend_from_slice(id.as_bytes()),
            None => put(out, &line),
        }
        out.push(b',');
    }
    out.extend_from_slice(b"\"findings\":");
}

fn tail(plan: &Plan, out: &mut Vec<u8>) {
    out.extend_from_slice(if plan.mode == Mode::Json { b"}" } else { b"}\n" });
}

fn put<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Strings, numbers and lists of them always serialise, and a vector takes every write.
    serde_json::to_writer(out, value).expect("plain data serialises into a vector");
}

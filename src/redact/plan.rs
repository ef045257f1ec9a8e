//! Findings to edits.

use super::carrier;
use super::style::{self, Redaction, Style};
use crate::base::{Edit, Finding, LabelIndex, Span};
use crate::payload::json::{Document, LeafKind};
use crate::rules::Rules;
use crate::text::boundary::{char_ceil, char_floor};
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::sync::Arc;

/// What the edits are for.
#[derive(Clone, Copy, Debug)]
pub enum Surface<'d> {
    /// Text: what was scanned is the original.
    Text,
    /// JSON: the view of this document was scanned. Only strings, numbers and keys are edited, so that it stays valid.
    Json(&'d Document),
}

/// What a plan needs to know of the rules.
pub trait Naming {
    /// The name of the finding's label.
    fn label(&self, finding: &Finding) -> &str;

    /// How the finding's rule wants to be redacted.
    fn hint(&self, finding: &Finding) -> Option<Style>;

    /// What stands for this value of the finding instead, and can be turned back. Then the style does not matter.
    fn token(&self, finding: &Finding, value: &[u8]) -> Option<Arc<str>> {
        let _ = (finding, value);
        None
    }
}

impl Naming for Rules {
    fn label(&self, finding: &Finding) -> &str {
        &Rules::label(self, finding.label).id
    }

    fn hint(&self, finding: &Finding) -> Option<Style> {
        self.rule(finding.rule).spec.redact.map(Style::from)
    }
}

/// The edits that take all `findings` out of the original, in ascending order and not overlapping.
///
/// `text` is what was scanned: the text itself, or the view of the document. Spans of the findings lie in it, spans of the edits in the
/// original. Findings that share a byte become one edit that covers them all, in the style of the surest, then longest one; a span that
/// cuts a character of valid UTF-8 is widened to all of it. In JSON a finding that reaches over several leaves becomes one edit in each
/// of them, and a number is replaced whole, by a string: in a document that stands in strings with the quotes that are right there.
///
/// Two keys of one object can become equal if the style shows both alike ([`Style::Placeholder`], [`Style::Remove`]); [`Style::Numbered`]
/// and [`Style::Hash`] keep them apart.
pub fn plan<N: Naming + ?Sized>(
    text: &[u8],
    findings: &[Finding],
    rules: &N,
    redaction: &Redaction,
    surface: Surface<'_>,
) -> Vec<Edit> {
    plan_on(text, findings, rules, redaction, surface, &mut Numbers::default())
}

/// As [`plan`] for a part of a longer text: [`Style::Numbered`] goes on with the numbers of the parts in front.
pub fn plan_on<N: Naming + ?Sized>(
    text: &[u8],
    findings: &[Finding],
    rules: &N,
    redaction: &Redaction,
    surface: Surface<'_>,
    numbers: &mut Numbers,
) -> Vec<Edit> {
    let mut pieces = Vec::with_capacity(findings.len());
    for finding in findings {
        cut(text, finding, surface, &mut pieces);
    }
    merge(&mut pieces);
    let mut writer = Writer { rules, redaction, numbers };
    let edit_of = |piece: &Piece<'_>| {
        let value = &text[piece.span.range()];
        let mut replacement = writer.replacement(piece.finding, value);
        if let (Some(LeafKind::Number), Surface::Json(document)) = (piece.kind, surface) {
            let quote = quote(document.level_at(piece.span.start));
            replacement = format!("{quote}{replacement}{quote}");
        }
        let span = match surface {
            Surface::Text => piece.span,
            Surface::Json(document) => document.to_raw(piece.span),
        };
        Edit { span, replacement }
    };
    pieces.iter().map(edit_of).collect()
}

/// A quote as it is written in a document that stands in so many strings: each of them doubles the backslashes and adds one.
fn quote(level: u8) -> String {
    let backslashes = (1_usize << level.min(8)) - 1;
    "\\".repeat(backslashes) + "\""
}

/// A span to replace, and the finding that decides how.
#[derive(Clone, Copy, Debug)]
struct Piece<'f> {
    span: Span,
    finding: &'f Finding,
    /// The kind of leaf, in JSON.
    kind: Option<LeafKind>,
}

/// Adds the parts of a finding that can be edited.
fn cut<'f>(text: &[u8], finding: &'f Finding, surface: Surface<'_>, pieces: &mut Vec<Piece<'f>>) {
    let end = finding.span.end.min(text.len());
    let span = Span { start: finding.span.start.min(end), end };
    if span.is_empty() {
        return;
    }
    match surface {
        Surface::Text => {
            let span = whole_characters(text, span);
            pieces.push(Piece { span, finding, kind: None });
        }
        Surface::Json(document) => {
            let leaves = document.leaves_overlapping(span).iter();
            for leaf in leaves.filter(|leaf| !leaf.span.is_empty()) {
                let span = if leaf.kind == LeafKind::Number {
                    leaf.span
                } else {
                    within_leaf(text, span, leaf.span)
                };
                pieces.push(Piece { span, finding, kind: Some(leaf.kind) });
            }
        }
    }
}

/// The part of a span that lies in a leaf, widened to whole characters of the leaf.
fn within_leaf(text: &[u8], span: Span, leaf: Span) -> Span {
    let start = span.start.max(leaf.start) - leaf.start;
    let end = span.end.min(leaf.end) - leaf.start;
    let inside = whole_characters(&text[leaf.range()], Span::new(start, end));
    Span::new(leaf.start + inside.start, leaf.start + inside.end)
}

fn whole_characters(text: &[u8], span: Span) -> Span {
    Span::new(char_floor(text, span.start), char_ceil(text, span.end))
}

/// Sorts the pieces and joins those that share a byte.
fn merge(pieces: &mut Vec<Piece<'_>>) {
    pieces.sort_by_key(|piece| (piece.span.start, Reverse(piece.span.end)));
    pieces.dedup_by(|next, kept| {
        let overlaps = next.span.overlaps(kept.span);
        if overlaps {
            kept.span.end = kept.span.end.max(next.span.end);
            if outranks(next.finding, kept.finding) {
                kept.finding = next.finding;
            }
        }
        overlaps
    });
}

/// True if `next` decides the style rather than `kept`, which starts no later.
fn outranks(next: &Finding, kept: &Finding) -> bool {
    let by_confidence = next.confidence.cmp(&kept.confidence);
    by_confidence.then(next.span.len().cmp(&kept.span.len())) == Ordering::Greater
}

/// Writes replacements.
struct Writer<'p, N: ?Sized> {
    rules: &'p N,
    redaction: &'p Redaction,
    numbers: &'p mut Numbers,
}

impl<N: Naming + ?Sized> Writer<'_, N> {
    fn replacement(&mut self, finding: &Finding, value: &[u8]) -> String {
        if let Some(token) = self.rules.token(finding, value) {
            return token.to_string();
        }
        let label = self.rules.label(finding);
        let hinted = || self.rules.hint(finding).unwrap_or_default();
        let shown = match (self.redaction.style.unwrap_or_else(hinted), &self.redaction.hash_key) {
            (Style::Placeholder, _) | (Style::Hash, None) => style::placeholder(label),
            (Style::Hash, Some(key)) => style::hashed(label, value, key),
            (Style::Numbered, _) => style::numbered(label, self.numbers.of(finding.label, value)),
            (Style::Mask { keep_first, keep_last }, _) => {
                style::masked(value, keep_first, keep_last)
            }
            (Style::Remove, _) => String::new(),
        };
        if self.redaction.reencode { carrier::encoded(shown, finding.view, value) } else { shown }
    }
}

/// Values that one text may have numbers for; each takes some 50 bytes. Those beyond get a new number wherever they stand.
const NUMBERED_VALUES_MAX: usize = 1 << 20;

/// Numbers of values, per label in order of appearance, from 1. Values are known by their hashes.
#[derive(Debug, Default)]
pub struct Numbers {
    last: HashMap<LabelIndex, usize>,
    known: HashMap<(LabelIndex, [u8; 16]), usize>,
}

impl Numbers {
    fn of(&mut self, label: LabelIndex, value: &[u8]) -> usize {
        let mut hash = [0; 16];
        hash.copy_from_slice(&blake3::hash(value).as_bytes()[..16]);
        if let Some(number) = self.known.get(&(label, hash)) {
            return *number;
        }
        let last = self.last.entry(label).or_default();
        *last += 1;
        if self.known.len() < NUMBERED_VALUES_MAX {
            self.known.insert((label, hash), *last);
        }
        *last
    }
}

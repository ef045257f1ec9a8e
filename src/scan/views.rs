//! Findings in views: what only shows once a text is decoded, with the bytes of the original that carry it.
//!
//! [`inspect`] scans a text as it is. Where [`Signals`] say that something may be encoded, it makes views of the text, scans these, makes
//! views of the views, and maps what it finds back. All findings are then resolved together: the usual precedence decides, except that
//! a finding which covers all bytes of another one that took a longer way to see makes that superfluous.

use super::{Scanner, Scratch, overlap};
use crate::base::code::{VIEW_BYTES, VIEW_DEPTH};
use crate::base::limits::{JSON_DEPTH_MAX, VIEW_BYTES_MIN, VIEW_BYTES_RATIO_MAX, VIEW_DEPTH_MAX};
use crate::base::{Evidence, Finding, Gap, Input, Span, ViewKind, ViewPath};
use crate::payload::json::{Broken, Document, Leaf};
use crate::text::views::{self, Part, Signals, View};
use std::collections::HashSet;

/// What an inspection through views found. Reusable: a text without anything encoded allocates nothing.
#[derive(Debug, Default)]
pub struct Seen {
    /// In ascending order of start; offsets are those of the text.
    pub findings: Vec<Finding>,
    /// What was encoded and not decoded.
    pub gaps: Vec<Gap>,
    /// Of the text, kept for their memory.
    segments: Vec<Span>,
}

/// Scans a text, and every view of it that is worth it. `leaves` are those of the document that the text is a view of, if it is one: then
/// only what lies in one leaf is decoded together.
///
/// # Panics
/// As [`Scanner::scan`].
///
/// ```
/// use lockgate::base::Input;
/// use lockgate::rules::Compiler;
/// use lockgate::scan::{Scanner, Scratch, Seen, inspect};
///
/// let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
/// let scanner = Scanner::new(&rules, rules.pack("default").expect("the default pack is built in"));
/// let (mut scratch, mut seen) = (Scratch::new(&rules), Seen::default());
/// inspect(&scanner, &mut scratch, &Input::new("to jane.doe%40example.com"), &[], &mut seen);
/// assert_eq!(seen.findings[0].span.range(), 3..25);
/// assert_eq!(seen.findings[0].view.to_string(), "percent");
/// ```
pub fn inspect(
    scanner: &Scanner<'_>,
    scratch: &mut Scratch,
    input: &Input<'_>,
    leaves: &[Leaf],
    seen: &mut Seen,
) {
    seen.findings.clear();
    seen.gaps.clear();
    seen.findings.extend_from_slice(scanner.scan_document(scratch, input, leaves));
    let signals = Signals::of(input.text);
    if signals == Signals::NONE {
        return;
    }
    let mut segments = std::mem::take(&mut seen.segments);
    segments.clear();
    if leaves.is_empty() {
        segments.push(Span::new(0, input.text.len()));
    } else {
        segments.extend(leaves.iter().map(|leaf| leaf.span));
    }
    let layer =
        Layer { text: input.text, leaves, segments: &segments, source: None, path: ViewPath::RAW };
    let budget = VIEW_BYTES_MIN.max(input.text.len().saturating_mul(VIEW_BYTES_RATIO_MAX));
    let own = seen.findings.len();
    let mut search =
        Search { scanner, scratch, key: input.key, seen, budget, known: HashSet::new() };
    search.descend(&layer, signals);
    if seen.findings.len() > own {
        merge(scanner, &mut seen.findings);
    }
    seen.gaps.dedup();
    seen.segments = segments;
}

/// A text to look at: the original, or a view of another layer.
struct Layer<'l> {
    text: &'l [u8],
    /// Of a document, in this text. As many as segments, or none.
    leaves: &'l [Leaf],
    segments: &'l [Span],
    source: Option<(&'l View, &'l Layer<'l>)>,
    path: ViewPath,
}

impl Layer<'_> {
    /// The bytes of the original that carry a span of this layer; `None` if it is not one value there.
    fn to_raw(&self, span: Span) -> Option<Span> {
        match self.source {
            None => Some(span),
            Some((view, below)) => below.to_raw(view.to_raw(span)?),
        }
    }

    /// The bytes of the original around a span, however it is cut.
    fn to_raw_roughly(&self, span: Span) -> Span {
        match self.source {
            None => span,
            Some((view, below)) => below.to_raw_roughly(view.map.to_raw(span)),
        }
    }
}

struct Search<'s, 'r> {
    scanner: &'s Scanner<'r>,
    scratch: &'s mut Scratch,
    key: Option<&'s [u8]>,
    seen: &'s mut Seen,
    /// Bytes that views may still have.
    budget: usize,
    /// Views that have been looked at: two ways often lead to the same text.
    known: HashSet<blake3::Hash>,
}

impl Search<'_, '_> {
    fn descend(&mut self, layer: &Layer<'_>, signals: Signals) {
        for kind in views::kinds(signals) {
            let view = match views::view(kind, layer.text, layer.segments) {
                Ok(view) => view,
                Err(gaps) => {
                    self.gaps(layer, &gaps);
                    continue;
                }
            };
            self.gaps(layer, &view.gaps);
            if layer.path.depth() == VIEW_DEPTH_MAX {
                // One more decoder would go on; folding and joining are no encodings.
                if !kind.joins() && kind != ViewKind::Fold && kind != ViewKind::Escape {
                    self.gap(layer, Gap::new(VIEW_DEPTH, Span::new(0, layer.text.len())));
                    return;
                }
                continue;
            }
            if !self.known.insert(blake3::hash(&view.bytes)) {
                continue;
            }
            let Some(budget) = self.budget.checked_sub(view.bytes.len()) else {
                self.gap(layer, Gap::new(VIEW_BYTES, Span::new(0, layer.text.len())));
                return;
            };
            self.budget = budget;
            self.look(layer, &view);
        }
    }

    /// Scans a view, and goes on from there.
    fn look(&mut self, below: &Layer<'_>, view: &View) {
        let (segments, leaves) = if below.leaves.is_empty() {
            (view.windows().collect(), Vec::new())
        } else {
            let parts = view.parts(below.segments);
            (parts.iter().map(|part| part.span).collect(), leaves_of(&parts, below.leaves))
        };
        let (segments, leaves): (Vec<Span>, Vec<Leaf>) = (segments, leaves);
        let path = below.path.then(view.kind);
        let layer = Layer {
            text: &view.bytes,
            leaves: &leaves,
            segments: &segments,
            source: Some((view, below)),
            path,
        };
        let input = Input { text: &view.bytes, key: self.key };
        let joins = path.steps().any(ViewKind::joins);
        for found in self.scanner.scan_document(self.scratch, &input, &leaves) {
            if joins && !found.evidence.has(Evidence::VALIDATED) {
                continue;
            }
            if let Some(span) = layer.to_raw(found.span).filter(|span| !span.is_empty()) {
                self.seen.findings.push(Finding { span, view: path, ..*found });
            }
        }
        self.documents(&layer);
        let signals = Signals::of(&view.bytes);
        if signals != Signals::NONE {
            self.descend(&layer, signals);
        }
    }

    /// Decoded text that is a JSON document is scanned as one too: with the names of its members, and its strings unescaped.
    fn documents(&mut self, layer: &Layer<'_>) {
        for segment in layer.segments {
            let text = &layer.text[segment.range()];
            let (Some(start), Some(end)) = (
                text.iter().position(|byte| matches!(byte, b'{' | b'[')),
                text.iter().rposition(|byte| matches!(byte, b'}' | b']')),
            ) else {
                continue;
            };
            let raw = text.get(start..=end).unwrap_or_default();
            let mut document = Document::default();
            if document.read(raw, JSON_DEPTH_MAX, Broken::Refuse).is_err() {
                continue;
            }
            let input = Input { text: document.text(raw), key: self.key };
            for found in self.scanner.scan_document(self.scratch, &input, document.leaves()) {
                let inner = document.to_raw(found.span);
                let offset = segment.start + start;
                let span = Span::new(offset + inner.start, offset + inner.end);
                let joins = layer.path.steps().any(ViewKind::joins);
                if joins && !found.evidence.has(Evidence::VALIDATED) {
                    continue;
                }
                if let Some(span) = layer.to_raw(span).filter(|span| !span.is_empty()) {
                    self.seen.findings.push(Finding { span, view: layer.path, ..*found });
                }
            }
        }
    }

    fn gaps(&mut self, layer: &Layer<'_>, gaps: &[Gap]) {
        for gap in gaps {
            self.gap(layer, *gap);
        }
    }

    fn gap(&mut self, layer: &Layer<'_>, gap: Gap) {
        let span = layer.to_raw_roughly(gap.span);
        if !self.seen.gaps.iter().any(|known| known.code == gap.code && known.span.contains(span)) {
            self.seen.gaps.push(Gap { span, ..gap });
        }
    }
}

/// The leaves that the parts of a view come from, at their places there. Names stay those of their values where both are shown.
fn leaves_of(parts: &[Part], leaves: &[Leaf]) -> Vec<Leaf> {
    let index_of = |leaf: u32| {
        let index = parts.partition_point(|part| part.segment < leaf as usize);
        let shown = parts.get(index).is_some_and(|part| part.segment == leaf as usize);
        shown.then(|| u32::try_from(index).ok()).flatten()
    };
    let leaf = |part: &Part| {
        let leaf = leaves[part.segment];
        Leaf { span: part.span, key: leaf.key.and_then(index_of), ..leaf }
    };
    parts.iter().map(leaf).collect()
}

/// Drops what is seen more directly, then resolves overlaps as for one text.
fn merge(scanner: &Scanner<'_>, findings: &mut Vec<Finding>) {
    findings
        .sort_by_key(|finding| (finding.span, finding.rule, finding.view.depth(), finding.view));
    findings.dedup_by_key(|finding| (finding.span, finding.rule));
    let raw: Vec<Span> = findings
        .iter()
        .filter(|finding| finding.view.is_raw())
        .map(|finding| finding.span)
        .collect();
    // Raw findings have been resolved: their ends ascend with their starts, so that only the last one in front can cover another.
    findings.retain(|finding| {
        let after = raw.partition_point(|span| span.start <= finding.span.start);
        finding.view.is_raw()
            || !raw[..after].last().is_some_and(|span| span.contains(finding.span))
    });
    overlap::resolve(findings, |finding| scanner.rules.checks[finding.rule.index()].generic);
}

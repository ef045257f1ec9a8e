//! Findings in views: what only shows once a text is decoded, with the bytes of the original that carry it.
//!
//! [`inspect`] scans a text as it is. Where [`Zones`] say that something may be encoded, it makes views of the text, scans these, makes
//! views of the views, and maps what it finds back. All findings are then resolved together: the usual precedence decides, except that
//! a finding which covers all bytes of another one that took a longer way to see makes that superfluous.

use super::stream::{Hold, StreamRules, frontier_behind};
use super::{Scanner, Scratch, overlap};
use crate::base::code::{VIEW_BYTES, VIEW_DEPTH};
use crate::base::limits::{JSON_DEPTH_MAX, VIEW_BYTES_MIN, VIEW_BYTES_RATIO_MAX, VIEW_DEPTH_MAX};
use crate::base::{Evidence, Finding, Gap, Input, Span, ViewKind, ViewPath};
use crate::matcher::classes::TokenRun;
use crate::payload::json::{Document, Leaf};
use crate::rules::Rules;
use crate::text::views::{Kinds, Noted, Part, View, Watch, Zones};
use std::collections::HashSet;

/// What an inspection through views found. Reusable: after warm-up a clean text allocates nothing, encoded or not.
#[derive(Debug, Default)]
pub struct Seen {
    /// In ascending order of start; offsets are those of the text.
    pub findings: Vec<Finding>,
    /// What was encoded and not decoded.
    pub gaps: Vec<Gap>,
    /// The views that may be worth making of the text.
    pub kinds: Kinds,
    /// Of the text, and of views on top of each other.
    levels: [Level; VIEW_DEPTH_MAX + 1],
    /// Views that have been looked at: two ways often lead to the same text.
    known: HashSet<blake3::Hash>,
    document: Document,
}

/// Memory for one text and its views.
#[derive(Debug, Default)]
struct Level {
    zones: Zones,
    segments: Vec<Span>,
    leaves: Vec<Leaf>,
    parts: Vec<Part>,
    /// The one that is being looked at.
    view: View,
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
/// use lockgate::scan::{Leaves, Scanner, Scratch, Seen, inspect};
///
/// let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
/// let scanner = Scanner::new(&rules, rules.pack("default").expect("the default pack is built in"));
/// let (mut scratch, mut seen) = (Scratch::new(&rules), Seen::default());
/// let input = Input::new("to jane.doe%40example.com");
/// inspect(&scanner, &mut scratch, &input, Leaves::default(), &mut seen);
/// assert_eq!(seen.findings[0].span.range(), 3..25);
/// assert_eq!(seen.findings[0].view.to_string(), "percent");
/// ```
pub fn inspect(
    scanner: &Scanner<'_>,
    scratch: &mut Scratch,
    input: &Input<'_>,
    leaves: Leaves<'_>,
    seen: &mut Seen,
) {
    seen.findings.clear();
    seen.gaps.clear();
    seen.findings.extend_from_slice(scanner.scan_document(scratch, input, leaves.all));
    let own = seen.findings.len();
    see(scanner, scratch, input, (leaves, None), seen);
    if seen.findings.len() > own {
        merge(scanner.rules, &mut seen.findings);
    }
}

/// Adds what is found in the views of a text that was scanned last, and says up to where that is final if there is more to come.
fn see(
    scanner: &Scanner<'_>,
    scratch: &mut Scratch,
    input: &Input<'_>,
    (leaves, ahead): (Leaves<'_>, Option<Ahead<'_>>),
    seen: &mut Seen,
) -> Option<usize> {
    let level = &mut seen.levels[0];
    read_zones(scanner, scratch, input.text, &mut level.zones);
    seen.kinds = level.zones.kinds();
    if seen.kinds.is_empty() {
        return None;
    }
    leaves.segments(input.text, &mut level.segments);
    seen.known.clear();
    let mut level = std::mem::take(level);
    let path = ViewPath::RAW;
    let layer = Layer {
        text: input.text,
        leaves: leaves.all,
        segments: &level.segments,
        source: None,
        path,
        open_from: ahead.as_ref().map(|ahead| ahead.from),
    };
    let budget = VIEW_BYTES_MIN.max(input.text.len().saturating_mul(VIEW_BYTES_RATIO_MAX));
    let mut search = Search { scanner, scratch, key: input.key, seen, budget, ahead };
    search.descend(&layer, &mut level.zones, &mut level.view);
    let hold = search.ahead.and_then(|ahead| ahead.hold);
    seen.gaps.dedup();
    seen.levels[0] = level;
    hold
}

/// Finds what shows in views of a text, and nothing else. If the text goes on, and what is in front of `from` has left, the place is
/// returned from which on what follows may matter in a view that goes on too.
pub(super) fn see_ahead(
    with: StreamRules<'_>,
    scratch: &mut Scratch,
    text: &[u8],
    from: Option<usize>,
    seen: &mut Seen,
) -> Option<usize> {
    let scanner = Scanner::new(with.rules, with.pack);
    seen.findings.clear();
    seen.gaps.clear();
    let input = Input { text, key: None };
    scanner.scan(scratch, &input);
    let ahead = from.map(|from| Ahead { with, from, hold: None });
    see(&scanner, scratch, &input, (Leaves::default(), ahead), seen)
}

/// More of a text will follow.
struct Ahead<'a> {
    with: StreamRules<'a>,
    /// What is in front of this place has left.
    from: usize,
    /// The earliest place from which on something may follow in a view that goes on.
    hold: Option<usize>,
}

/// The leaves of a document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Leaves<'l> {
    /// All of them.
    pub all: &'l [Leaf],
    /// Ascending indices of those of which no views are made, since they are read in their own way.
    pub closed: &'l [u32],
}

impl Leaves<'_> {
    /// What is decoded together: one segment for each leaf, an empty one if it is closed; or all of a text without leaves.
    fn segments(self, text: &[u8], segments: &mut Vec<Span>) {
        segments.clear();
        if self.all.is_empty() {
            segments.push(Span::new(0, text.len()));
            return;
        }
        segments.extend(self.all.iter().map(|leaf| leaf.span));
        for closed in self.closed {
            if let Some(segment) = segments.get_mut(*closed as usize) {
                segment.end = segment.start;
            }
        }
    }
}

/// Says where the text that was scanned last may be encoded.
fn read_zones(scanner: &Scanner<'_>, scratch: &mut Scratch, text: &[u8], zones: &mut Zones) {
    let (_, fitted) = scratch.fit(scanner.rules);
    let events = scanner.rules.matcher.events(&mut fitted.matcher, text);
    let span = |run: &TokenRun| Span::new(run.start as usize, run.end as usize);
    let tokens = events.tokens.iter().map(span);
    let (words, digits, ats) = (&events.words, &events.digit_masks, &events.ats);
    zones.read(text, Noted { words, digits, ats, tokens });
}

/// A text to look at: the original, or a view of another layer.
struct Layer<'l> {
    text: &'l [u8],
    /// Of a document, in this text. As many as segments, or none.
    leaves: &'l [Leaf],
    segments: &'l [Span],
    source: Option<(&'l View, &'l Layer<'l>)>,
    path: ViewPath,
    /// If more may follow: what is in front of this place has left.
    open_from: Option<usize>,
}

impl Layer<'_> {
    /// The bytes of the original that carry a span of this layer; `None` if it is not one value there.
    fn to_raw(&self, span: Span) -> Option<Span> {
        match self.source {
            None => Some(span),
            Some((view, below)) => below.to_raw(view.to_raw(span)?),
        }
    }

    /// The length of the view that it is of, of which the end may not be known.
    fn shown_len(&self) -> usize {
        self.source.map_or(self.text.len(), |(view, _)| view.bytes.len())
    }

    /// The bytes of the original around a span, however it is cut.
    fn to_raw_roughly(&self, span: Span) -> Span {
        match self.source {
            None => span,
            Some((view, below)) => below.to_raw_roughly(view.map.to_raw(span)),
        }
    }

    /// Notes findings whose place in this layer `outer` tells.
    fn report(
        &self,
        rules: &Rules,
        found: &[Finding],
        outer: impl Fn(Span) -> Span,
        findings: &mut Vec<Finding>,
    ) {
        let joins = self.path.steps().any(ViewKind::joins);
        let digits = self.path.steps().any(|step| step == ViewKind::Digits);
        for found in found.iter().filter(|found| !joins || holds_joined(rules, found, digits)) {
            if let Some(span) = self.to_raw(outer(found.span)).filter(|span| !span.is_empty()) {
                findings.push(Finding { span, view: self.path, ..*found });
            }
        }
    }
}

/// First segment of the labels of what catch-all rules take for a secret.
const SECRETS: &str = "credential";

/// Whether a finding is one where words, or the `digits` of numbers, have been joined that may have nothing to do with each other. What a
/// catch-all takes for a secret is no number, and would go on into the time stamp of the next line.
fn holds_joined(rules: &Rules, found: &Finding, digits: bool) -> bool {
    let catch_all = rules.checks[found.rule.index()].generic
        && rules.label(found.label).id.split('.').next() == Some(SECRETS);
    found.evidence.has(Evidence::VALIDATED) && !(digits && catch_all)
}

impl Level {
    /// Finds the segments and leaves of the layer below that a view shows.
    fn fill(&mut self, below: &Layer<'_>, view: &View) {
        let Self { segments, leaves, parts, .. } = self;
        segments.clear();
        leaves.clear();
        if below.leaves.is_empty() {
            segments.extend(view.windows());
            return;
        }
        parts.clear();
        view.parts(below.segments, parts);
        segments.extend(parts.iter().map(|part| part.span));
        // Names stay those of their values where both are shown.
        let index_of = |leaf: u32| {
            let index = parts.partition_point(|part| part.segment < leaf as usize);
            let shown = parts.get(index).is_some_and(|part| part.segment == leaf as usize);
            shown.then(|| u32::try_from(index).ok()).flatten()
        };
        leaves.extend(parts.iter().map(|part| {
            let leaf = below.leaves[part.segment];
            Leaf { span: part.span, key: leaf.key.and_then(index_of), ..leaf }
        }));
    }
}

struct Search<'s, 'r> {
    scanner: &'s Scanner<'r>,
    scratch: &'s mut Scratch,
    key: Option<&'s [u8]>,
    seen: &'s mut Seen,
    /// Bytes that views may still have.
    budget: usize,
    ahead: Option<Ahead<'s>>,
}

impl Search<'_, '_> {
    /// Makes all views of a layer, one after the other in the memory of `view`.
    fn descend(&mut self, layer: &Layer<'_>, zones: &mut Zones, view: &mut View) {
        for kind in zones.kinds().iter() {
            // What has been joined once is not joined to more.
            if kind.joins() && layer.path.steps().any(|step| step == kind) {
                continue;
            }
            let decoded = zones.view(kind, layer.text, layer.segments, view);
            for gap in &view.gaps {
                self.gap(layer, *gap);
            }
            if !decoded {
                continue;
            }
            if layer.path.depth() == VIEW_DEPTH_MAX {
                // One more decoder would go on; folding and joining are no encodings.
                if !kind.joins() && kind != ViewKind::Fold && kind != ViewKind::Escape {
                    self.gap(layer, Gap::new(VIEW_DEPTH, Span::new(0, layer.text.len())));
                    return;
                }
                continue;
            }
            if !self.seen.known.insert(blake3::hash(&view.bytes)) {
                continue;
            }
            let Some(budget) = self.budget.checked_sub(view.bytes.len()) else {
                self.gap(layer, Gap::new(VIEW_BYTES, Span::new(0, layer.text.len())));
                return;
            };
            self.budget = budget;
            self.look(layer, view);
        }
    }

    /// Scans a view, and goes on from there.
    fn look(&mut self, below: &Layer<'_>, view: &View) {
        let path = below.path.then(view.kind);
        let depth = path.depth();
        let mut level = std::mem::take(&mut self.seen.levels[depth]);
        level.fill(below, view);
        let inner = self.ahead.as_ref().is_some_and(|ahead| ahead.with.holds(Hold::Inner));
        let open = open_part(below, view, inner);
        let text = &view.bytes[..open.map_or(view.bytes.len(), |open| open.end)];
        let Level { zones, segments, leaves, view: next, .. } = &mut level;
        if open.is_some() {
            segments.iter_mut().for_each(|segment| segment.end = segment.end.min(text.len()));
        }
        let open_from = open.map(|open| open.start);
        let source = Some((view, below));
        let layer = Layer { text, leaves, segments, source, path, open_from };
        self.hold_back(&layer);
        let input = Input { text, key: self.key };
        let found = self.scanner.scan_document(self.scratch, &input, leaves);
        layer.report(self.scanner.rules, found, |span| span, &mut self.seen.findings);
        read_zones(self.scanner, self.scratch, layer.text, zones);
        self.documents(&layer);
        self.descend(&layer, zones, next);
        self.seen.levels[depth] = level;
    }

    /// Notes from where on more may follow in a layer that goes on.
    fn hold_back(&mut self, layer: &Layer<'_>) {
        let Some((ahead, from)) = self.ahead.as_mut().zip(layer.open_from) else { return };
        let frontier = frontier_behind(ahead.with, self.scratch, layer.text, from);
        let rest = Span::new(frontier, layer.shown_len());
        let place = layer.to_raw_roughly(rest).start;
        ahead.hold = Some(ahead.hold.map_or(place, |hold| hold.min(place)));
    }

    /// Decoded text that is a JSON document is scanned as one too: with the names of its members, and its strings unescaped.
    fn documents(&mut self, layer: &Layer<'_>) {
        for segment in layer.segments {
            let text = &layer.text[segment.range()];
            let Some(start) = text.iter().position(|byte| matches!(byte, b'{' | b'[')) else {
                continue;
            };
            let Some(end) = text.iter().rposition(|byte| matches!(byte, b'}' | b']')) else {
                continue;
            };
            let raw = text.get(start..=end).unwrap_or_default();
            let document = &mut self.seen.document;
            if !document.holds(raw, JSON_DEPTH_MAX) {
                continue;
            }
            let input = Input { text: document.text(raw), key: self.key };
            let found = self.scanner.scan_document(self.scratch, &input, document.leaves());
            let offset = segment.start + start;
            let outer = |span| {
                let inner = document.to_raw(span);
                Span::new(offset + inner.start, offset + inner.end)
            };
            layer.report(self.scanner.rules, found, outer, &mut self.seen.findings);
        }
    }

    fn gap(&mut self, layer: &Layer<'_>, gap: Gap) {
        let span = layer.to_raw_roughly(gap.span);
        let gaps = &mut self.seen.gaps;
        if !gaps.iter().any(|known| known.code == gap.code && known.span.contains(span)) {
            gaps.retain(|known| known.code != gap.code || !span.contains(known.span));
            gaps.push(Gap { span, ..gap });
        }
    }
}

/// The part of a view that has not left and is known, if its source goes on and it does so too.
fn open_part(below: &Layer<'_>, view: &View, inner: bool) -> Option<Span> {
    let from = below.open_from?;
    let window = view.open_window(below.text.len(), from)?;
    let from = view.map.to_view(from).clamp(window.start, window.end);
    let mut watch = Watch::new(from);
    watch.feed(&view.bytes[..window.end], 0, from);
    let open = watch.open().filter(|_| inner);
    Some(Span::new(from, open.map_or(window.end, |open| open.start)))
}

/// Label of text that hides by being invisible. What hides in it is something else, and found as well.
const CARRIER: &str = "ai.invisible-text";

/// Drops what is seen more directly, then resolves overlaps as for one text.
pub(super) fn merge(rules: &Rules, findings: &mut Vec<Finding>) {
    let is_carrier = |finding: &mut Finding| *rules.label(finding.label).id == *CARRIER;
    let mut carriers: Vec<Finding> = findings.extract_if(.., is_carrier).collect();
    let generic = |finding: &Finding| rules.checks[finding.rule.index()].generic;
    overlap::resolve(&mut carriers, generic);
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
    overlap::resolve(findings, generic);
    if !carriers.is_empty() {
        findings.extend(carriers);
        findings.sort_by_key(|finding| (finding.span, finding.rule));
    }
}

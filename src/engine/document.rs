//! Inspecting a document: the one scan of its view, the text that media in it carries, and what the places of the findings allow.

use super::assess::Text;
use super::tags::Tagger;
use super::{Inspection, Workspace};
use crate::base::code::MEDIA;
use crate::base::limits::MEDIA_TEXT_BYTES_MAX;
use crate::base::place::VIEW_RAW;
use crate::base::{
    Coverage, Edit, Fault, Finding, Format, Gap, Input, Place, Span, ValueTag, Verdict,
};
use crate::payload::json::Document;
use crate::payload::{formats, media};
use crate::policy::Ruling;
use crate::redact::Surface;
use crate::scan::{self, Scanner};

/// A finding in the view of a document, and the view within that in which it was found.
#[derive(Clone, Copy, Debug)]
struct Found {
    finding: Finding,
    view: &'static str,
    /// Of lineage, if it was asked for.
    tag: Option<ValueTag>,
}

impl Inspection<'_> {
    pub(super) fn document(&self, raw: &[u8], workspace: &mut Workspace) -> Result<Verdict, Fault> {
        let Workspace { scratch, seen, document, features, links, .. } = workspace;
        document.read(raw, self.options.json_depth_max, self.options.broken)?;
        let document = &*document;
        let view = document.text(raw);
        let format = match self.options.format {
            None | Some(Format::Text) => formats::recognise(document, view),
            Some(format) => format,
        };
        let scanner = Scanner::new(self.rules, self.pack);
        // What media carries is read in its own way, and would be seen twice.
        let leaves = scan::Leaves { all: document.leaves(), closed: document.media() };
        scan::inspect(&scanner, scratch, &Input::new(view), leaves, seen);
        let text = Text { bytes: view, document: Some(document) };
        let (mut findings, documents) = self.assessed(&text, &seen.findings, features);
        self.links(&text, format, seen.kinds, &mut findings, links);
        let context = self.options.lineage.as_deref();
        let mut tagger = context.map(|context| Tagger::new(context, self.rules));
        let mut tag = |text: &[u8], finding: &Finding| tagger.as_mut()?.tag(text, finding);
        let in_view = |finding| Found { tag: tag(view, &finding), finding, view: VIEW_RAW };
        let mut found: Vec<_> = findings.into_iter().map(in_view).collect();

        let mut coverage = Coverage::complete(raw.len());
        coverage.gaps.extend_from_slice(document.gaps());
        let to_raw = |gap: &Gap| Gap { span: document.to_raw(gap.span), ..*gap };
        coverage.gaps.extend(seen.gaps.iter().map(to_raw));
        if !document.media().is_empty() {
            self.media(document, view, &mut coverage.gaps, |text, span, kind| {
                let findings = scanner.scan(scratch, &Input::new(text));
                let carried = Text { bytes: text, document: None };
                let (findings, _) = self.assessed(&carried, findings, features);
                let whole = |finding: Finding| Found {
                    tag: tag(text, &finding),
                    finding: Finding { span, ..finding },
                    view: kind,
                };
                found.extend(findings.into_iter().map(whole));
            });
            found.sort_by_key(|found| found.finding.span.start);
            coverage.gaps.sort_by_key(|gap| gap.span);
        }
        let spans = hidden(found.iter().map(|found| found.finding.span));
        let splits = self.document_splits(scratch, document, view, format, &spans);
        let values = || found.iter().map(|found| found.tag).collect();
        let lineage = tagger.map(|tagger| tagger.lineage(values()));
        let mut verdict =
            Verdict { documents, coverage, format, splits, lineage, ..Verdict::default() };
        let ruling = self.ruling(view, found.iter().map(|found| (&found.finding, found.tag)));
        if !found.is_empty() {
            self.place(document, view, (&found, &spans), &ruling, &mut verdict);
        }
        Ok(self.decided(raw, verdict, &ruling))
    }

    /// Hands on the text that media carries, with the place of the media and how the text came about; notes what stays uninspected.
    fn media(
        &self,
        document: &Document,
        view: &[u8],
        gaps: &mut Vec<Gap>,
        mut scan: impl FnMut(&[u8], Span, &'static str),
    ) {
        let mut budget = MEDIA_TEXT_BYTES_MAX;
        for index in document.media() {
            let Some(leaf) = document.leaves().get(*index as usize) else { continue };
            let Some(media) = view.get(leaf.span.range()).and_then(media::parse) else { continue };
            let carried = media.carried(budget);
            budget = budget.saturating_sub(media.len());
            if !carried.text.is_empty() {
                scan(&carried.text, leaf.span, media.view());
            }
            if !carried.whole {
                let span = document.to_raw(leaf.span);
                gaps.push(Gap { code: MEDIA, span, media: Some(media.kind) });
            }
        }
    }

    /// Says where the findings are, and what follows from that: edits, or a reason why there can be none.
    fn place(
        &self,
        document: &Document,
        view: &[u8],
        (found, spans): (&[Found], &[Span]),
        ruling: &Ruling<'_>,
        verdict: &mut Verdict,
    ) {
        let mut locator = formats::Locator::new(verdict.format, document, view, spans);
        let place = |found: &Found| Place { view: found.view, ..locator.place(found.finding.span) };
        verdict.places = found.iter().map(place).collect();
        let placed = || found.iter().map(|found| &found.finding).zip(&verdict.places);
        verdict.reason = placed()
            .filter(|(finding, _)| ruling.redacts(finding))
            .find_map(|(_, place)| place.fixed);
        let editable = placed().filter(|(_, place)| place.fixed.is_none());
        let editable: Vec<_> = editable.map(|(finding, _)| *finding).collect();
        verdict.edits = self.edits(view, editable.iter(), Surface::Json(document), ruling);
        if !verdict.edits.is_empty() {
            let redacted = editable.iter().filter(|finding| ruling.redacts(finding));
            let edited: Vec<Span> = redacted.map(|finding| finding.span).collect();
            let repeats = formats::repeats(verdict.format, document, view, &edited);
            drop_repeats(&mut verdict.edits, repeats.iter().map(|span| document.to_raw(*span)));
        }
        verdict.findings = found
            .iter()
            .map(|Found { finding, .. }| Finding {
                span: document.to_raw(finding.span),
                ..*finding
            })
            .collect();
    }
}

/// Spans that ascend by start, widened so that their ends ascend too: a link can hold a value.
pub(super) fn hidden(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut end = 0;
    let widened = spans.map(|span| {
        end = span.end.max(end);
        Span::new(span.start, end)
    });
    widened.collect()
}

/// Replaces what repeats edited text as a whole; edits within it are not needed any more.
fn drop_repeats(edits: &mut Vec<Edit>, repeats: impl Iterator<Item = Span>) {
    for span in repeats {
        edits.retain(|edit| !span.contains(edit.span));
        edits.push(Edit { span, replacement: "null".to_owned() });
    }
    edits.sort_by_key(|edit| edit.span);
}

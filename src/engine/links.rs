//! The links of a content: what they give away, as findings of the rules about links.

use super::Inspection;
use super::assess::Text;
use super::document::hidden;
use crate::base::{
    Confidence, Direction, Evidence, Finding, Format, Kind, Role, Span, ViewKind, ViewPath,
    is_under,
};
use crate::payload::formats;
use crate::payload::json::{Document, LeafKind};
use crate::policy::links::{Hit, Scope, Values};
use crate::syntax::LinkName;
use crate::text::links::{Form, Link, anchored, extract};
use crate::text::views::{Kinds, View, view};

/// Names of members that hold whom something is sent to.
const RECIPIENTS: [&str; 9] = [
    "to",
    "cc",
    "bcc",
    "recipient",
    "recipients",
    "to_email",
    "email_to",
    "to_address",
    "attendees",
];
/// Label of mail addresses.
const MAIL: &str = "pii.email";

/// Labels of findings that are no values: what they mark is harmless in a link, is the link, or signs it.
const NOT_VALUES: [&str; 4] = ["ai", "corporate", "network", "credential.signed-url"];

/// Working memory.
#[derive(Debug, Default)]
pub(super) struct LinkScratch {
    links: Vec<Link>,
    segments: Vec<Span>,
}

impl Inspection<'_> {
    /// Adds what the links of the content give away. On the way out, rules whose patterns describe links
    /// have nothing to say about those that were read.
    pub(super) fn links(
        &self,
        text: &Text<'_>,
        format: Format,
        views: Kinds,
        findings: &mut Vec<Finding>,
        LinkScratch { links, segments }: &mut LinkScratch,
    ) {
        let is_on = |(_, rule): &(LinkName, _)| self.setting(*rule).enabled;
        if !self.rules.link_rules().iter().any(is_on) {
            return;
        }
        let recipients = self.recipients(text, findings);
        if !recipients.is_empty() {
            self.report(text, format, recipients, findings);
        }
        let entities = views.has(ViewKind::Entity);
        if !entities && !anchored(text.bytes) {
            return;
        }
        segments.clear();
        segments.extend(parts(text));
        links.clear();
        segments.iter().for_each(|segment| within(text.bytes, *segment, links));
        // What is written in entities is an address to browsers all the same.
        let decoded = entities.then(|| decoded(text.bytes, segments)).flatten();
        if links.is_empty() && decoded.as_ref().is_none_or(|(_, links)| links.is_empty()) {
            return;
        }
        if self.is_outward() {
            let read = |finding: &Finding| {
                let first = links.partition_point(|link| link.span.end <= finding.span.start);
                let link = links.get(first).filter(|link| link.span.start < finding.span.end);
                // A page that leads away by itself needs no data in its address.
                link.is_some_and(|link| link.form != Form::Refresh)
            };
            findings.retain(|finding| !(self.is_judged(finding) && read(finding)));
        }
        let hits = self.hits(text, links, decoded.as_ref(), findings);
        if !hits.is_empty() {
            self.report(text, format, hits, findings);
        }
    }

    /// What is wrong with the links, in spans of the text, with the view in which each one was read.
    fn hits(
        &self,
        text: &Text<'_>,
        links: &[Link],
        decoded: Option<&(View, Vec<Link>)>,
        findings: &[Finding],
    ) -> Vec<(Hit, ViewPath)> {
        let values: Vec<&Finding> =
            findings.iter().filter(|finding| self.is_value(finding)).collect();
        // A value that is found inside of a link is seen there; those outside must not come back in one.
        let bytes = |finding: &&&Finding| finding.view.is_raw();
        let known = values.iter().filter(bytes).map(|finding| &text.bytes[finding.span.range()]);
        let given = self.options.seen.iter().map(String::as_bytes);
        let mut found: Vec<Span> = values.iter().map(|finding| finding.span).collect();
        found.sort();
        let values = Values::new(given.chain(known));
        let scope = Scope { policy: &self.options.links, values: &values, found: &found };
        let raw = scope.inspect(text.bytes, links);
        let mut hits: Vec<_> = raw.into_iter().map(|hit| (hit, ViewPath::RAW)).collect();
        if let Some((view, links)) = decoded {
            let path = ViewPath::RAW.then(ViewKind::Entity);
            for hit in (Scope { found: &[], ..scope }).inspect(&view.bytes, links) {
                let Some(span) = view.to_raw(hit.span) else { continue };
                if !hits.iter().any(|(known, _)| known.span.overlaps(span)) {
                    hits.push((Hit { span, ..hit }, path));
                }
            }
            hits.sort_by_key(|(hit, _)| hit.span);
        }
        hits
    }

    /// Mail addresses under names that hold recipients, to which nothing may go.
    fn recipients(&self, text: &Text<'_>, findings: &[Finding]) -> Vec<(Hit, ViewPath)> {
        let policy = &self.options.links;
        let Some(document) = text.document.filter(|_| policy.is_set()) else { return Vec::new() };
        let is_recipient = |finding: &&Finding| {
            let leaf = document.leaf_containing(finding.span);
            let key = leaf.and_then(|leaf| document.leaves().get(leaf.key? as usize));
            let name = key.and_then(|key| text.bytes.get(key.span.range())).unwrap_or_default();
            let named = RECIPIENTS.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
            named && &*self.rules.label(finding.label).id == MAIL && finding.view.is_raw()
        };
        let denied = |finding: &&Finding| policy.denies_mail(&text.bytes[finding.span.range()]);
        let hit = |finding: &Finding| {
            let (span, confidence) = (finding.span, Confidence::High);
            (Hit { check: LinkName::Denied, span, confidence }, ViewPath::RAW)
        };
        findings.iter().filter(is_recipient).filter(denied).map(hit).collect()
    }

    /// True for findings of what must not leave in a link.
    fn is_value(&self, finding: &Finding) -> bool {
        let label = &*self.rules.label(finding.label).id;
        finding.confidence >= Confidence::Medium
            && !NOT_VALUES.iter().any(|above| is_under(label, above))
    }

    fn report(
        &self,
        text: &Text<'_>,
        format: Format,
        hits: Vec<(Hit, ViewPath)>,
        findings: &mut Vec<Finding>,
    ) {
        let spans: Vec<Span> = hits.iter().map(|(hit, _)| hit.span).collect();
        let outward = self.outward(text, format, &spans);
        let judged: Vec<Finding> =
            findings.iter().filter(|finding| self.is_judged(finding)).copied().collect();
        for ((hit, view), outward) in hits.into_iter().zip(outward) {
            let confidence = if outward { Some(hit.confidence) } else { less(hit.confidence) };
            let Some(confidence) = confidence else { continue };
            // In a prompt the patterns have said it already.
            let said = |finding: &Finding| {
                finding.span.overlaps(hit.span) && finding.confidence >= confidence
            };
            if !outward && judged.iter().any(said) {
                continue;
            }
            let evidence = match hit.check {
                LinkName::Seen => Evidence::SEEN,
                _ => Evidence::NONE,
            };
            for (_, rule) in self.rules.link_rules().iter().filter(|(check, _)| *check == hit.check)
            {
                let setting = self.setting(*rule);
                let least = self.options.min_confidence.unwrap_or(Confidence::Low);
                if setting.enabled && confidence >= setting.min_confidence.max(least) {
                    findings.push(Finding {
                        rule: *rule,
                        label: self.rules.rule(*rule).label,
                        span: hit.span,
                        confidence,
                        score: score(confidence),
                        evidence,
                        view,
                    });
                }
            }
        }
        findings.sort_by_key(|finding| (finding.span, finding.rule));
    }

    /// Per span: whether it is on its way out. What a prompt holds has not been written by the model, so its links say less.
    fn outward(&self, text: &Text<'_>, format: Format, spans: &[Span]) -> Vec<bool> {
        if self.is_outward() {
            return vec![true; spans.len()];
        }
        let Some(document) = text.document else { return vec![false; spans.len()] };
        let hidden = hidden(spans.iter().copied());
        let mut locator = formats::Locator::new(format, document, text.bytes, &hidden);
        let outward = |span: &Span| {
            let place = locator.place(*span);
            place.role == Some(Role::Assistant) || place.kind == Some(Kind::ToolArguments)
        };
        spans.iter().map(outward).collect()
    }

    /// True if the whole content is on its way out.
    fn is_outward(&self) -> bool {
        matches!(self.options.direction, Direction::Output | Direction::ToolCall)
    }

    /// True for findings of patterns that describe links.
    fn is_judged(&self, finding: &Finding) -> bool {
        let link = self.rules.rule(finding.rule).spec.link.as_ref();
        finding.view.is_raw() && link.is_some_and(|link| *link.get_ref() == LinkName::Judged)
    }

    fn setting(&self, rule: crate::base::RuleIndex) -> &crate::rules::RuleSetting {
        &self.pack.settings[rule.index()]
    }
}

/// What is read on its own: the whole text, or the strings of a document.
fn parts<'t>(text: &Text<'t>) -> impl Iterator<Item = Span> + use<'t> {
    let leaves = text.document.map(Document::leaves).unwrap_or_default().iter();
    let strings = leaves.filter(|leaf| leaf.kind != LeafKind::Number).map(|leaf| leaf.span);
    let whole = text.document.is_none().then(|| Span::new(0, text.bytes.len()));
    whole.into_iter().chain(strings)
}

/// The text without its entities, and the links in that.
fn decoded(text: &[u8], segments: &[Span]) -> Option<(View, Vec<Link>)> {
    let view = view(ViewKind::Entity, text, segments).ok()?;
    let (mut parts, mut links) = (Vec::new(), Vec::new());
    view.parts(segments, &mut parts);
    parts.iter().for_each(|part| within(&view.bytes, part.span, &mut links));
    Some((view, links))
}

/// The links of a part of a text.
fn within(text: &[u8], part: Span, links: &mut Vec<Link>) {
    let bytes = &text[part.range()];
    if !anchored(bytes) {
        return;
    }
    let first = links.len();
    extract(bytes, links);
    for Link { span, .. } in &mut links[first..] {
        *span = Span::new(span.start + part.start, span.end + part.start);
    }
}

/// One level less.
const fn less(confidence: Confidence) -> Option<Confidence> {
    match confidence {
        Confidence::High => Some(Confidence::Medium),
        Confidence::Medium => Some(Confidence::Low),
        Confidence::Low => None,
    }
}

/// The score of a finding of this level, as rules have it.
const fn score(confidence: Confidence) -> f32 {
    match confidence {
        Confidence::High => 0.9,
        Confidence::Medium => 0.6,
        Confidence::Low => 0.3,
    }
}

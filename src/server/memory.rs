//! `POST /v1/memory/inspect`.

use super::app::App;
use super::envelope;
use super::inspect::{answer, coverage, depth_max, elapsed_us, to_json};
use super::lineage;
use super::media::MediaType;
use super::offsets::Converter;
use super::problem::Problem;
use super::sender::Sender;
use super::wire::{self, Redacted};
use crate::base::place::view_of;
use crate::base::{
    Coverage, Direction, Edit, Fault, Finding, Gap, Kind, Lineage, Role, Ruled, Span, ValueTag,
    Verdict, code,
};
use crate::engine::{ContentHasher, InspectOptions};
use crate::payload::memory::{Hidden, Snapshot};
use crate::policy::Ruling;
use crate::redact::apply;
use crate::rules::Rules;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

/// Inspect a snapshot of what an agent remembers: agent files, checkpoints, exports, transcripts, dumps of vector stores.
///
/// JSON is sent as `application/json`; lines of JSON, Markdown and other text as `text/plain`. What it is, is recognised; what is not known
/// is inspected all the same. The answer says which record holds what, since when, and from which message or tool. Nothing in the body is
/// an option; options go into the query string. `body` and `format` have no meaning here.
#[utoipa::path(
    post, path = "/v1/memory/inspect", tag = "inspect", params(wire::Query),
    request_body(content(
        (serde_json::Value = "application/json"),
        (String = "text/plain"),
    )),
    responses(
        (status = 200, description = "Which record holds what.", body = wire::MemoryReport<'static>),
        (status = "4XX", description = "The request has a mistake.", body = wire::Problem<'static>, content_type = "application/problem+json"),
        (status = 503, description = "Overload or shutdown; try again.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn inspect(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    answer(app, request, answer_snapshot).await
}

fn answer_snapshot(
    app: &App,
    _kind: MediaType,
    query: wire::Query,
    sender: &Sender,
    body: &[u8],
) -> Result<Vec<u8>, Fault> {
    let started = Instant::now();
    if query.body.is_some() || query.format.is_some() {
        let detail = "`body` and `format` have no meaning for snapshots";
        return Err(Fault::new(code::REQUEST_FIELD, detail));
    }
    let rules = app.engine.rules();
    let name = query.pack.as_deref().unwrap_or(&app.config.pack);
    let pack = rules.pack(name).ok_or(code::PACK_UNKNOWN)?;
    let text = envelope::utf8(body)?;
    let direction = query.direction.map_or(Direction::Memory, Into::into);
    let options = InspectOptions {
        pack: Some(name.to_owned()),
        direction,
        min_confidence: query.min_confidence.map(Into::into),
        classify: query.classify.map(Into::into).unwrap_or_default(),
        redaction: app.config.redaction(query.style),
        json_depth_max: depth_max(app),
        links: Arc::clone(&app.links),
        lineage: lineage::context(app, &sender.caller)?,
        tokens: sender.tokens.clone(),
        policy: sender.enforced(app, direction),
        ..InspectOptions::default()
    };
    let snapshot = Snapshot::read(body);
    let verdicts: Vec<Verdict> = (0..snapshot.pieces())
        .map(|piece| app.engine.inspect_piece(&snapshot, piece, &options))
        .collect::<Result<_, _>>()?;
    let whole = whole(&snapshot, &verdicts, body.len());
    app.metrics.verdict(&whole);
    lineage::record(app, &options, &whole, started)?;
    let unit = query.offsets.unwrap_or(app.config.offsets);
    let spans = whole.findings.iter().flat_map(|found| [found.span.start, found.span.end]);
    let told = Told {
        rules,
        snapshot: &snapshot,
        hasher: app.engine.content_hasher(&options),
        offsets: Converter::new(text, unit, spans),
        hidden: Hidden::new(whole.findings.iter().map(|found| found.span).collect()),
    };
    let records = verdicts.iter().enumerate().filter(|(_, verdict)| !is_clean(verdict));
    let ruling = Ruling::new(pack, options.policy.as_deref(), &[]);
    let mut labels = BTreeMap::new();
    for finding in &whole.findings {
        *labels.entry(&*rules.label(finding.label).id).or_default() += 1;
    }
    to_json(&wire::MemoryReport {
        shape: snapshot.shape(),
        action: whole.action.name(),
        records_total: snapshot.pieces(),
        records: records.map(|(piece, verdict)| told.record(piece, verdict)).collect(),
        labels,
        left: verdicts.iter().map(|verdict| left(verdict, &ruling)).sum(),
        redacted: redacted(text, &whole.edits, query.redact)?,
        coverage: coverage(&whole),
        rules: rules.fingerprint(),
        lineage: lineage::told(&options),
        policy: whole.ruled.map(wire::Policy::from),
        took_us: elapsed_us(started),
    })
}

fn is_clean(verdict: &Verdict) -> bool {
    verdict.findings.is_empty() && verdict.coverage.is_complete()
}

/// The verdicts of all pieces as one about the snapshot.
fn whole(snapshot: &Snapshot<'_>, verdicts: &[Verdict], bytes: usize) -> Verdict {
    let mut whole = Verdict { coverage: Coverage::complete(bytes), ..Verdict::default() };
    let mut found: Vec<(Finding, Option<ValueTag>)> = Vec::new();
    for (piece, verdict) in verdicts.iter().enumerate() {
        let moved = |span: Span| snapshot.to_raw(piece, span);
        whole.action = whole.action.max(verdict.action);
        let edit = |edit: &Edit| Edit { span: moved(edit.span), ..edit.clone() };
        whole.edits.extend(verdict.edits.iter().map(edit));
        let tags = verdict.lineage.iter().flat_map(|lineage| &lineage.values).copied();
        let findings = verdict.findings.iter().zip(tags.chain(std::iter::repeat(None)));
        found.extend(
            findings.map(|(finding, tag)| (Finding { span: moved(finding.span), ..*finding }, tag)),
        );
        let coverage = &verdict.coverage;
        let gaps = coverage.gaps.iter().map(|gap| Gap { span: moved(gap.span), ..*gap });
        whole.coverage.gaps.extend(gaps);
        let unseen = coverage.bytes_total - coverage.bytes_scanned;
        whole.coverage.bytes_scanned = whole.coverage.bytes_scanned.saturating_sub(unseen);
    }
    whole.edits.sort_by_key(|edit| edit.span);
    found.sort_by_key(|(finding, _)| finding.span);
    let values: Vec<_>;
    (whole.findings, values) = found.into_iter().unzip();
    whole.ruled = verdicts.iter().filter_map(|verdict| verdict.ruled.clone()).reduce(Ruled::join);
    // All pieces are one content: they have the same ids.
    let lineage = verdicts.iter().find_map(|verdict| verdict.lineage.as_ref());
    whole.lineage = lineage.map(|lineage| Lineage { values, ..lineage.clone() });
    whole.coverage.gaps.sort_by_key(|gap| gap.span);
    whole
}

/// Findings that ask for an edit and lie where there can be none.
fn left(verdict: &Verdict, ruling: &Ruling<'_>) -> usize {
    let placed = verdict.findings.iter().zip(&verdict.places);
    let left = placed.filter(|(finding, place)| place.fixed.is_some() && ruling.redacts(finding));
    left.count()
}

/// What records are told with.
struct Told<'a> {
    rules: &'a Rules,
    snapshot: &'a Snapshot<'a>,
    hasher: ContentHasher,
    offsets: Converter,
    hidden: Hidden,
}

impl<'a> Told<'a> {
    fn record(&self, piece: usize, verdict: &Verdict) -> wire::MemoryRecord<'a> {
        let facts = self.snapshot.facts(piece, &self.hidden);
        let pointer = self.snapshot.pointer(piece, &self.hidden);
        let mut hash = String::new();
        for byte in self.hasher.hash(self.snapshot, piece).0 {
            // Writing to a string does not fail.
            let _ = write!(hash, "{byte:02x}");
        }
        wire::MemoryRecord {
            findings: self.findings(piece, verdict, &pointer),
            record: pointer,
            line: self.snapshot.line(piece),
            what: self.snapshot.what(piece),
            id: facts.id,
            since: facts.since,
            role: facts.role,
            source: facts.source,
            hash,
            action: verdict.action.name(),
        }
    }

    fn findings(&self, piece: usize, verdict: &Verdict, record: &str) -> Vec<wire::Finding<'a>> {
        let mut places = verdict.places.iter();
        let wire = verdict.findings.iter().map(|finding| {
            let place = places.next();
            let span = self.snapshot.to_raw(piece, finding.span);
            wire::Finding {
                rule: &self.rules.rule(finding.rule).id,
                label: &self.rules.label(finding.label).id,
                start: self.offsets.at(span.start),
                end: self.offsets.at(span.end),
                path: place
                    .and_then(|place| place.pointer.as_ref())
                    .map(|inner| format!("{record}{inner}")),
                role: place.and_then(|place| place.role).map(Role::name),
                kind: place.and_then(|place| place.kind).map(Kind::name),
                view: view_of(place, finding),
                fixed: place.and_then(|place| place.fixed).map(|code| code.id),
                confidence: finding.confidence.name(),
                score: finding.score,
                evidence: finding.evidence.names().collect(),
                tag: None,
            }
        });
        wire.collect()
    }
}

/// The copy, if it was not declined and differs: JSON where the snapshot is one document.
fn redacted(text: &str, edits: &[Edit], wanted: Option<bool>) -> Result<Option<Redacted>, Fault> {
    if edits.is_empty() || wanted == Some(false) {
        return Ok(None);
    }
    let copy = String::from_utf8(apply(text.as_bytes(), edits)).map_err(|_| {
        Fault::new(code::REQUEST_INTERNAL, "the redacted content is not well-formed")
    })?;
    let document = RawValue::from_string(envelope::without_mark(&copy).to_owned());
    Ok(Some(document.map_or(Redacted::Text(copy), Redacted::Json)))
}

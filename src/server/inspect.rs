//! `POST /v1/inspect` and `POST /v1/inspect/batch`.

use super::app::App;
use super::body::{self, Held};
use super::envelope::{self, Subject, What};
use super::lineage;
use super::media::MediaType;
use super::offsets::Converter;
use super::problem::Problem;
use super::sender::Sender;
use super::wire::{self, BodyForm, Redacted};
use crate::base::place::view_of;
use crate::base::{
    Direction, DocumentScore, Fault, Format, Kind, Place, Role, Sinks, Split, SplitPart, Verdict,
    code,
};
use crate::engine::{InspectOptions, Restored};
use crate::lineage::{Epoch, Handle};
use crate::payload::json::Broken;
use crate::redact::{self, Redaction};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout_at;

/// Largest body that is inspected on the async worker that read it, in bytes. Larger ones would keep other requests of that worker
/// waiting for longer than about 100 µs.
const INLINE_BYTES_MAX: usize = 256 << 10;
/// Memory reserved for an answer, in bytes. A verdict without findings fits.
const ANSWER_RESERVE_BYTES: usize = 512;

/// Turns a body into the JSON of an answer. Runs to its end without waiting.
pub(super) type Answer = fn(&App, MediaType, wire::Query, &Sender, &[u8]) -> Result<Vec<u8>, Fault>;

/// Inspect one thing: a text (`text/plain`), an envelope around one, or any JSON document as it is.
///
/// A JSON body is an envelope if it is an object with exactly one of `text`, `messages` and `content`, with no other members than `id`,
/// `direction` and `options`, and if one of these stands beside `messages` or `content`. Everything else is a document: the request or
/// answer of any model API comes back in `redacted` as it was sent but for what was found. Options of a document go into the query string.
/// `inspected` in the answer says how the body was understood.
#[utoipa::path(
    post, path = "/v1/inspect", tag = "inspect", params(wire::Query),
    request_body(content(
        (wire::InspectRequest<'static> = "application/json"),
        (String = "text/plain"),
    )),
    responses(
        (status = 200, description = "The verdict.", body = wire::Verdict<'static>),
        (status = "4XX", description = "The request has a mistake.", body = wire::Problem<'static>, content_type = "application/problem+json"),
        (status = 503, description = "Overload or shutdown; try again.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    answer(app, request, answer_one).await
}

/// Inspect several things in one request. One item's error does not touch the others.
#[utoipa::path(
    post, path = "/v1/inspect/batch", tag = "inspect", params(wire::Query),
    request_body = wire::BatchRequest<'static>,
    responses(
        (status = 200, description = "One result per item, in the same order.", body = wire::BatchResponse<'static>),
        (status = "4XX", description = "The request has a mistake.", body = wire::Problem<'static>, content_type = "application/problem+json"),
        (status = 503, description = "Overload or shutdown; try again.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn batch(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    answer(app, request, answer_batch).await
}

/// What both routes do: take a slot, read the body, answer here or on the scan pool, all within the time limit.
pub(super) async fn answer(
    app: Arc<App>,
    request: Request,
    answer: Answer,
) -> Result<Response, Problem> {
    let _slot = app.slots.try_acquire().map_err(|_| Problem::from(code::REQUEST_OVERLOAD))?;
    let deadline = tokio::time::Instant::now() + app.config.request_timeout();
    let kind = MediaType::of(request.headers())?;
    let query = envelope::query(request.uri())?;
    let sender = Sender::of(&app, request.headers())?;
    let limit = usize::try_from(app.config.max_body_bytes).unwrap_or(usize::MAX);
    let body = timeout_at(deadline, body::read(request.into_body(), limit, &app.bodies))
        .await
        .map_err(|_| Problem::from(code::REQUEST_TIMEOUT))??;
    app.metrics.inspected_bytes(body.len());
    let waits = lineage::blocks(&app);
    let json = if body.len() <= INLINE_BYTES_MAX && !waits {
        let json = answer(&app, kind, query, &sender, &body)?;
        drop(body);
        json
    } else {
        let scan = on_scan_pool(Arc::clone(&app), kind, query, sender, body, answer);
        timeout_at(deadline, scan).await.map_err(|_| Problem::from(code::REQUEST_DEADLINE))??
    };
    let mut response = body::answer(json, &app.bodies)?.into_response();
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// Answers on a thread of its own, as many at a time as there are workers.
async fn on_scan_pool(
    app: Arc<App>,
    kind: MediaType,
    query: wire::Query,
    sender: Sender,
    body: Held,
    answer: Answer,
) -> Result<Vec<u8>, Fault> {
    let permit = Arc::clone(&app.large).acquire_owned().await;
    let task = tokio::task::spawn_blocking(move || {
        // The permit lives as long as the scan, even if the request that asked for it has given up.
        let _permit = permit;
        answer(&app, kind, query, &sender, &body)
    });
    task.await.unwrap_or_else(|_| {
        tracing::error!("an inspection panicked");
        Err(code::REQUEST_INTERNAL.into())
    })
}

fn answer_one(
    app: &App,
    kind: MediaType,
    query: wire::Query,
    sender: &Sender,
    body: &[u8],
) -> Result<Vec<u8>, Fault> {
    let started = Instant::now();
    let subject = envelope::subject(kind, body, query, app.engine.rules(), depth_max(app))?;
    let verdict = inspect(app, &subject, sender, started)?;
    to_json(&wire::Verdict { id: subject.id, ..verdict })
}

fn answer_batch(
    app: &App,
    kind: MediaType,
    query: wire::Query,
    sender: &Sender,
    body: &[u8],
) -> Result<Vec<u8>, Fault> {
    if kind != MediaType::Json {
        return Err(Fault::new(code::REQUEST_CONTENT_TYPE, "a batch is JSON"));
    }
    let body = envelope::utf8(body)?;
    envelope::check_depth(body, depth_max(app))?;
    let request: wire::BatchRequest<'_> = serde_json::from_str(envelope::without_mark(body))
        .map_err(|error| envelope::json_fault(&error, body))?;
    let (count, limit) = (request.items.len(), app.config.batch_items_max);
    if count as u64 > limit {
        return Err(Fault::new(code::REQUEST_ITEMS, format!("limit {limit}, got {count}")));
    }
    let results =
        request.items.into_iter().map(|item| batch_item(app, item, &query, sender)).collect();
    to_json(&wire::BatchResponse { results })
}

fn batch_item<'a>(
    app: &'a App,
    item: &'a RawValue,
    query: &wire::Query,
    sender: &Sender,
) -> wire::BatchResult<'a> {
    let started = Instant::now();
    let mut id = None;
    let form = query.body.unwrap_or(BodyForm::Envelope);
    let subject = envelope::json_subject(item.get(), form, query, app.engine.rules(), &mut id);
    let verdict = subject.and_then(|subject| inspect(app, &subject, sender, started));
    let (verdict, error) = match verdict {
        Ok(verdict) => (Some(verdict), None),
        Err(Fault { code, detail }) => {
            (None, Some(wire::ItemError { code: code.id, title: code.title, detail }))
        }
    };
    wire::BatchResult { id, verdict, error }
}

fn inspect<'a>(
    app: &'a App,
    subject: &Subject<'_>,
    sender: &Sender,
    started: Instant,
) -> Result<wire::Verdict<'a>, Fault> {
    let pack = subject.options.pack.as_ref().unwrap_or(&app.config.pack);
    let restores = subject.options.restore == Some(true);
    if restores && !matches!(subject.direction, Direction::Output | Direction::ToolCall) {
        return Err(code::VAULT_DIRECTION.into());
    }
    if subject.options.pack.is_some() && app.engine.rules().pack(pack).is_none() {
        return Err(code::PACK_UNKNOWN.into());
    }
    let options = InspectOptions {
        pack: Some(pack.clone()),
        direction: subject.direction,
        min_confidence: subject.options.min_confidence.map(Into::into),
        classify: subject.options.classify.map(Into::into).unwrap_or_default(),
        redaction: Redaction {
            reencode: subject.options.reencode.unwrap_or_default(),
            ..app.config.redaction(subject.options.style)
        },
        json_depth_max: depth_max(app),
        broken: subject.broken,
        format: subject.options.format.map(Format::from),
        links: Arc::clone(&app.links),
        seen: subject.options.seen.clone(),
        lineage: lineage::context(app, &sender.caller)?,
        tokens: sender.tokens.clone(),
        turns: app.turns(&sender.caller),
        policy: sender.enforced(app, subject.direction),
    };
    let mut verdict = app.engine.inspect(subject.what.content(), &options)?;
    app.metrics.verdict(&verdict);
    lineage::record(app, &options, &verdict, started)?;
    let places = std::mem::take(&mut verdict.places);
    let restored = if restores && !verdict.blocked() {
        restored(app, subject, sender, &verdict)?
    } else {
        None
    };
    Ok(wire::Verdict {
        id: None,
        action: verdict.action.name(),
        blocked: verdict.blocked(),
        reason: verdict.reason.map(|code| code.id),
        format: verdict.format.name(),
        inspected: subject.member,
        restored: restores.then(|| restored.as_ref().map_or(0, |restored| restored.tokens)),
        redacted: redacted(subject, &verdict, restored)?,
        findings: findings(app, subject, &verdict, places),
        splits: splits(app, subject, &verdict),
        documents: documents(app, &verdict),
        coverage: coverage(&verdict),
        rules: app.engine.rules().fingerprint(),
        lineage: lineage::told(&options),
        policy: verdict.ruled.map(wire::Policy::from),
        took_us: elapsed_us(started),
    })
}

pub(super) fn elapsed_us(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// The content with the values of the sender's session, if it has any that the policy lets stand there.
fn restored(
    app: &App,
    subject: &Subject<'_>,
    sender: &Sender,
    verdict: &Verdict,
) -> Result<Option<Restored>, Fault> {
    let sinks = sender.restores(app, subject.direction);
    let Some(session) = sender.session().filter(|_| sinks != Sinks::NONE) else { return Ok(None) };
    app.engine.restored(subject.what.content(), verdict, &session, sinks).map(Some)
}

/// The redacted content, if it was asked for and differs. It is checked to be well-formed before it leaves.
fn redacted(
    subject: &Subject<'_>,
    verdict: &Verdict,
    restored: Option<Restored>,
) -> Result<Option<Redacted>, Fault> {
    let restored = restored.filter(|restored| restored.tokens > 0);
    if (verdict.edits.is_empty() && restored.is_none()) || subject.options.redact == Some(false) {
        return Ok(None);
    }
    let bytes = match restored {
        Some(restored) => restored.bytes,
        None => redact::apply(subject.what.text().as_bytes(), &verdict.edits),
    };
    let broken = || Fault::new(code::REQUEST_INTERNAL, "the redacted content is not well-formed");
    let text = String::from_utf8(bytes).map_err(|_| broken())?;
    match subject.what {
        What::Text(_) => Ok(Some(Redacted::Text(text))),
        What::Json(_) => {
            // A byte order mark must stand in front of everything or nowhere.
            let json = envelope::without_mark(&text).to_owned();
            match RawValue::from_string(json) {
                Ok(raw) => Ok(Some(Redacted::Json(raw))),
                Err(_) if is_broken(subject) => Ok(Some(Redacted::Text(text))),
                Err(_) => Err(broken()),
            }
        }
    }
}

/// Whether the subject is no JSON, or more than one document of it, and was inspected all the same.
fn is_broken(subject: &Subject<'_>) -> bool {
    let json = envelope::without_mark(subject.what.text());
    subject.broken == Broken::Scan && serde_json::from_str::<&RawValue>(json).is_err()
}

fn findings<'a>(
    app: &'a App,
    subject: &Subject<'_>,
    verdict: &Verdict,
    places: Vec<Place>,
) -> Vec<wire::Finding<'a>> {
    let findings = &verdict.findings;
    if findings.is_empty() {
        return Vec::new();
    }
    let text = subject.what.text();
    let unit = subject.options.offsets.unwrap_or(app.config.offsets);
    let wanted = findings.iter().flat_map(|finding| [finding.span.start, finding.span.end]);
    let offsets = Converter::new(text, unit, wanted);
    let mut places = places.into_iter();
    let rules = app.engine.rules();
    let lineage = verdict.lineage.as_ref();
    let wire = findings.iter().enumerate().map(|(index, finding)| {
        let place = places.next();
        let known = place.as_ref();
        wire::Finding {
            rule: &rules.rule(finding.rule).id,
            label: &rules.label(finding.label).id,
            start: offsets.at(finding.span.start),
            end: offsets.at(finding.span.end),
            role: known.and_then(|place| place.role).map(Role::name),
            kind: known.and_then(|place| place.kind).map(Kind::name),
            view: view_of(known, finding),
            fixed: known.and_then(|place| place.fixed).map(|code| code.id),
            path: place.and_then(|place| place.pointer),
            confidence: finding.confidence.name(),
            score: finding.score,
            evidence: finding.evidence.names().collect(),
            tag: lineage.and_then(|lineage| {
                let (epoch, bytes) = (Epoch(lineage.epoch), (*lineage.values.get(index)?)?.handle);
                Some(Handle { epoch, bytes }.to_string())
            }),
        }
    });
    wire.collect()
}

fn splits<'a>(app: &'a App, subject: &Subject<'_>, verdict: &Verdict) -> Vec<wire::Split<'a>> {
    if verdict.splits.is_empty() {
        return Vec::new();
    }
    let unit = subject.options.offsets.unwrap_or(app.config.offsets);
    let parts = verdict.splits.iter().flat_map(|split| &split.parts);
    let wanted = parts.filter_map(|part| part.span).flat_map(|span| [span.start, span.end]);
    let offsets = Converter::new(subject.what.text(), unit, wanted);
    let rules = app.engine.rules();
    let part = |part: &SplitPart| wire::SplitPart {
        earlier: part.span.is_none(),
        bytes: part.bytes,
        start: part.span.map(|span| offsets.at(span.start)),
        end: part.span.map(|span| offsets.at(span.end)),
        path: part.pointer.clone(),
    };
    let split = |split: &Split| wire::Split {
        rule: &rules.rule(split.rule).id,
        label: &rules.label(split.label).id,
        confidence: split.confidence.name(),
        score: split.score,
        parts: split.parts.iter().map(part).collect(),
    };
    verdict.splits.iter().map(split).collect()
}

fn documents<'a>(app: &'a App, verdict: &Verdict) -> Vec<wire::DocumentScore<'a>> {
    let rules = app.engine.rules();
    let score = |document: &DocumentScore| wire::DocumentScore {
        label: &rules.label(document.label).id,
        model: document.model,
        score: document.score,
        detected: document.detected,
    };
    verdict.documents.iter().map(score).collect()
}

pub(super) fn coverage(verdict: &Verdict) -> wire::Coverage {
    let coverage = &verdict.coverage;
    let gaps = coverage.gaps.iter().map(|gap| wire::Gap {
        code: gap.code.id,
        title: gap.code.title,
        start: gap.span.start,
        end: gap.span.end,
        media: gap.media,
    });
    wire::Coverage {
        bytes_total: coverage.bytes_total,
        bytes_scanned: coverage.bytes_scanned,
        complete: coverage.is_complete(),
        gaps: gaps.collect(),
    }
}

pub(super) fn depth_max(app: &App) -> usize {
    usize::try_from(app.config.json_depth_max).unwrap_or(usize::MAX)
}

pub(super) fn to_json(answer: &impl serde::Serialize) -> Result<Vec<u8>, Fault> {
    let mut json = Vec::with_capacity(ANSWER_RESERVE_BYTES);
    serde_json::to_writer(&mut json, answer).map_err(|_| Fault::from(code::REQUEST_INTERNAL))?;
    Ok(json)
}

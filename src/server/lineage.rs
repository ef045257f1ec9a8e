//! `/v1/lineage`: questions about where values come from and where they go; and who sends what, from the headers.

use super::app::App;
use super::config::Switch;
use super::envelope;
use super::inspect::elapsed_us;
use super::problem::Problem;
use super::sender::{self, Sender};
use super::wire;
use crate::base::{Action, Code, Coverage, Direction, Fault, Verdict, code};
use crate::engine::InspectOptions;
use crate::lineage::index::{Index, Mode, Toward};
use crate::lineage::{
    ArtifactId, BAGGAGE, Caller, Circumstances, Context, Found, HEADER, Inspection, RecordedPolicy,
    Service, is_name, tier,
};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLockReadGuard};
use std::time::Instant;

/// Deepest closure, in edges from the content that is asked about.
const DEPTH_MAX: u32 = 100;
/// Longest value that is looked up, in bytes.
const VALUE_BYTES_MAX: usize = 64 << 10;

/// What the headers say about the sender. Nothing is read if nobody asks: no lineage, no policy, and no memory of sessions.
pub(super) fn caller(app: &App, headers: &HeaderMap) -> Result<Caller, Fault> {
    let mut caller = Caller::default();
    if app.lineage.is_none() && app.policy.is_none() && app.turns.is_none() {
        return Ok(caller);
    }
    for name in ["traceparent", "baggage", HEADER] {
        for value in headers.get_all(name) {
            match value.to_str() {
                Ok(text) => caller.header(name, text)?,
                Err(_) if name == HEADER => {
                    return Err(Fault::new(code::LINEAGE_HEADER, "it is not ASCII"));
                }
                // Mistakes in the headers of others are ignored, as their standards say.
                Err(_) => {}
            }
        }
    }
    Ok(caller)
}

/// The context of a new content, if lineage is on.
pub(super) fn context(app: &App, caller: &Caller) -> Result<Option<Arc<Context>>, Fault> {
    let context = app.lineage.as_deref().map(|lineage| lineage.context(caller.clone()));
    Ok(context.transpose()?.map(Arc::new))
}

/// The ids of a content, as its answer has them.
pub(super) fn told(options: &InspectOptions) -> Option<wire::Lineage> {
    let context = options.lineage.as_ref()?;
    let (artifact, flow) = (context.artifact.to_string(), context.flow.to_string());
    Some(wire::Lineage { artifact, flow })
}

/// Whether recording may wait, so that an inspection must not be answered where others wait.
pub(super) fn blocks(app: &App) -> bool {
    app.lineage.as_ref().is_some_and(|lineage| lineage.blocks())
}

/// Records an inspection, if lineage is on. What was not recorded is not answered.
pub(super) fn record(
    app: &App,
    options: &InspectOptions,
    verdict: &Verdict,
    started: Instant,
) -> Result<(), Fault> {
    let (Some(lineage), Some(context)) = (&app.lineage, &options.lineage) else { return Ok(()) };
    let facts = options.policy.as_ref().map(|enforced| sender::recorded(&enforced.facts));
    let circumstances = Circumstances {
        facts: facts.as_ref(),
        direction: options.direction,
        pack: options.pack.as_deref().unwrap_or(&app.config.pack),
        took_us: elapsed_us(started),
    };
    lineage.record(Inspection::new(context, verdict, app.engine.rules(), circumstances))
}

/// How a stream is recorded at its end.
pub(super) struct StreamRecord {
    pub(super) context: Arc<Context>,
    pub(super) direction: Direction,
    pub(super) pack: String,
    /// What decided beside the pack.
    pub(super) policy: Option<RecordedPolicy>,
    pub(super) started: Instant,
}

impl StreamRecord {
    /// For a stream that begins now, if lineage is on.
    pub(super) fn begin(
        app: &App,
        sender: &Sender,
        direction: Direction,
        pack: Option<&str>,
    ) -> Result<Option<Self>, Fault> {
        let pack = pack.unwrap_or(&app.config.pack).to_owned();
        let started = Instant::now();
        let policy = sender.enforced(app, direction).map(|enforced| RecordedPolicy {
            fingerprint: Arc::clone(enforced.policy.fingerprint()),
            rule: None,
            facts: sender::recorded(&enforced.facts),
        });
        let record = |context| Self { context, direction, pack, policy, started };
        Ok(context(app, &sender.caller)?.map(record))
    }
}

/// How a stream went.
pub(super) struct Streamed<'a> {
    pub(super) action: Action,
    /// Why it ended before its end.
    pub(super) code: Option<Code>,
    pub(super) bytes: u64,
    pub(super) findings: &'a BTreeMap<u16, u64>,
}

/// Records a stream that has ended, without tokens: its values are gone. It has been answered already, so that a record that cannot be
/// written can only be told of in the log.
pub(super) fn record_stream(app: &Arc<App>, record: &StreamRecord, streamed: &Streamed<'_>) {
    let rules = app.engine.rules();
    let bytes = usize::try_from(streamed.bytes).unwrap_or(usize::MAX);
    let coverage = Coverage::complete(bytes);
    let (action, reason) = (streamed.action, streamed.code);
    let verdict = Verdict { action, reason, coverage, ..Verdict::default() };
    let circumstances = Circumstances {
        direction: record.direction,
        pack: &record.pack,
        took_us: elapsed_us(record.started),
        facts: None,
    };
    let found = streamed.findings.iter().filter_map(|(label, count)| {
        let label = rules.labels().get(usize::from(*label))?;
        let tier = tier(label.spec.linkability);
        Some(Found {
            label: Arc::clone(&label.id),
            tier,
            count: *count,
            levels: None,
            tokens: Vec::new(),
        })
    });
    let inspection = Inspection {
        format: "stream".into(),
        findings: found.collect(),
        policy: record.policy.clone(),
        ..Inspection::new(&record.context, &verdict, rules, circumstances)
    };
    let app = Arc::clone(app);
    let record = move || {
        let recorded = app.lineage.as_ref().map(|lineage| lineage.record(inspection));
        if let Some(Err(fault)) = recorded {
            tracing::error!(code = fault.code.id, "a stream was not recorded");
        }
    };
    // A stream ends where others wait; without a runtime nobody does.
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn_blocking(record)),
        Err(_) => record(),
    }
}

/// Takes what is meant for us out of headers that go to somebody else: our own ones, and our member of `baggage`.
pub(super) fn strip(headers: &mut HeaderMap) {
    headers.remove(HEADER);
    headers.remove(sender::HEADER);
    let others: Vec<_> = headers
        .get_all("baggage")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|member| member.split('=').next().unwrap_or_default().trim() != BAGGAGE)
        .collect();
    let others = others.join(",");
    headers.remove("baggage");
    if !others.is_empty()
        && let Ok(others) = HeaderValue::try_from(others)
    {
        headers.insert("baggage", others);
    }
}

/// A question that may be answered.
struct Asked<'a> {
    service: &'a dyn Service,
    question: wire::LineageQuery,
}

impl<'a> Asked<'a> {
    fn new(app: &'a App, uri: &Uri) -> Result<Self, Problem> {
        let service = app.lineage.as_deref();
        let service = service.filter(|_| app.config.lineage_queries == Switch::On);
        let service = service.ok_or(code::LINEAGE_OFF)?;
        Ok(Self { service, question: envelope::query(uri)? })
    }

    fn tenant(&self) -> &str {
        self.question.tenant.as_deref().unwrap_or_else(|| self.service.tenant())
    }

    fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.service.index().read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn json(answer: &impl Serialize) -> Result<Response, Problem> {
    let json = super::inspect::to_json(answer)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// A list that may have been cut.
#[derive(Serialize)]
struct Cut<T> {
    items: Vec<T>,
    /// There is more than fits into an answer.
    more: bool,
}

impl<T> From<(Vec<T>, bool)> for Cut<T> {
    fn from((items, more): (Vec<T>, bool)) -> Self {
        Self { items, more }
    }
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::from(code::LINEAGE_ID))
}

fn path(path: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    path.map(|Path(text)| text).map_err(|_| Problem::from(code::LINEAGE_ID))
}

fn field(detail: &str) -> Problem {
    Problem::new(code::REQUEST_FIELD, detail)
}

fn known<T>(found: Option<T>) -> Result<T, Problem> {
    found.ok_or_else(|| Problem::from(code::LINEAGE_UNKNOWN))
}

/// What is recorded of a content.
#[utoipa::path(
    get, path = "/v1/lineage/artifacts/{id}", tag = "lineage",
    params(("id" = String, Path, description = "Id of the content."), wire::LineageQuery),
    responses(
        (status = 200, description = "Its record: who, which way, what was found, what was decided.", body = Object),
        (status = 404, description = "Nothing is known of it, or questions are not answered.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn artifact(
    State(app): State<Arc<App>>,
    uri: Uri,
    artifact: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let asked = Asked::new(&app, &uri)?;
    let artifact: ArtifactId = id(&path(artifact)?)?;
    json(&known(asked.index().artifact(asked.tenant(), artifact))?)
}

/// What a content comes from, or what came from it.
#[utoipa::path(
    get, path = "/v1/lineage/artifacts/{id}/closure", tag = "lineage",
    params(("id" = String, Path, description = "Id of the content."), wire::LineageQuery),
    responses(
        (status = 200, description = "Contents by distance, and the edges between them with their evidence.", body = Object),
        (status = 404, description = "Nothing is known of it, or questions are not answered.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn closure(
    State(app): State<Arc<App>>,
    uri: Uri,
    artifact: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let asked = Asked::new(&app, &uri)?;
    let artifact: ArtifactId = id(&path(artifact)?)?;
    let toward = match asked.question.toward.as_deref() {
        None | Some("sources") => Toward::Sources,
        Some("targets") => Toward::Targets,
        Some(_) => return Err(field("toward is sources or targets")),
    };
    let mode = match asked.question.mode.as_deref() {
        None | Some("reachable") => Mode::Reachable,
        Some("observed") => Mode::Observed,
        Some(_) => return Err(field("mode is observed or reachable")),
    };
    let depth = asked.question.depth.unwrap_or(DEPTH_MAX).min(DEPTH_MAX);
    json(&known(asked.index().closure(asked.tenant(), artifact, toward, mode, depth))?)
}

/// Where a value went, by its token.
#[utoipa::path(
    get, path = "/v1/lineage/tokens/{token}", tag = "lineage",
    params(("token" = String, Path, description = "Token of a value, as records show it."), wire::LineageQuery),
    responses(
        (status = 200, description = "The contents in which it stood, oldest first.", body = Object),
        (status = 404, description = "Questions are not answered.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn token(
    State(app): State<Arc<App>>,
    uri: Uri,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let asked = Asked::new(&app, &uri)?;
    let token = id(&path(token)?)?;
    json(&Cut::from(asked.index().trail(asked.tenant(), token)))
}

/// Where a value went. It is the body, so that it stands in no address and no log.
#[utoipa::path(
    post, path = "/v1/lineage/values", tag = "lineage", params(wire::LineageQuery), request_body = String,
    responses(
        (status = 200, description = "The contents in which it stood, oldest first.", body = Object),
        (status = 404, description = "Questions are not answered.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn values(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let asked = Asked::new(&app, request.uri())?;
    let deadline = tokio::time::Instant::now() + app.config.request_timeout();
    let read = super::body::read(request.into_body(), VALUE_BYTES_MAX, &app.bodies);
    let value = tokio::time::timeout_at(deadline, read)
        .await
        .map_err(|_| Problem::from(code::REQUEST_TIMEOUT))??;
    let index = asked.index();
    let tokens = asked.service.tokens(asked.tenant(), &value);
    let mut found = Cut { items: Vec::new(), more: false };
    for token in tokens {
        let (items, more) = index.trail(asked.tenant(), token);
        found.items.extend(items);
        found.more |= more;
    }
    found.items.sort_by_key(|sighting| sighting.step.seq);
    json(&found)
}

/// What happened in a session, step by step.
#[utoipa::path(
    get, path = "/v1/lineage/sessions", tag = "lineage", params(wire::LineageQuery),
    responses(
        (status = 200, description = "The inspections of the session, oldest first.", body = Object),
        (status = 404, description = "Questions are not answered.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn session(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::new(&app, &uri)?;
    let session = asked.question.session.as_deref().filter(|session| is_name(session));
    let session = session.ok_or_else(|| field("session is missing or no name"))?;
    json(&Cut::from(asked.index().session(asked.tenant(), session)))
}

/// What a workload saw.
#[utoipa::path(
    get, path = "/v1/lineage/actors", tag = "lineage", params(wire::LineageQuery),
    responses(
        (status = 200, description = "Findings and distinct values by label.", body = Object),
        (status = 404, description = "Questions are not answered.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn actor(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::new(&app, &uri)?;
    let wire::LineageQuery { actor, from, to, .. } = &asked.question;
    let actor = actor.as_deref().ok_or_else(|| field("actor is missing"))?;
    let time = |text: &Option<String>, default| match text {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| field("from and to are milliseconds since 1970")),
    };
    let (from, to) = (time(from, 0)?, time(to, u64::MAX)?);
    json(&asked.index().exposure(asked.tenant(), actor, from, to))
}

/// Why one content may come from another.
#[utoipa::path(
    get, path = "/v1/lineage/why", tag = "lineage", params(wire::LineageQuery),
    responses(
        (status = 200, description = "The edges of a shortest way, with their evidence; none if there is no way.", body = Object),
        (status = 404, description = "One of them is not known, or questions are not answered.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn why(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::new(&app, &uri)?;
    let wire::LineageQuery { from, to, .. } = &asked.question;
    let (Some(from), Some(to)) = (from, to) else { return Err(field("from or to is missing")) };
    let edges = known(asked.index().why(asked.tenant(), id(from)?, id(to)?))?;
    json(&Cut { items: edges, more: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_is_taken_out() {
        let check = |given: &[&str], expect: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_static("session=a"));
            headers.insert("traceparent", HeaderValue::from_static("x"));
            for value in given {
                headers.append("baggage", HeaderValue::try_from(*value).unwrap());
            }
            strip(&mut headers);
            assert!(headers.get(HEADER).is_none() && headers.contains_key("traceparent"));
            let left: Vec<_> = headers.get_all("baggage").iter().collect();
            assert_eq!(left, expect.into_iter().collect::<Vec<_>>(), "{given:?}");
        };
        check(&[], None);
        check(&["dlp.lineage=dla1_x;l=2"], None);
        check(&["a=b, dlp.lineage=x;l=2,c=d"], Some("a=b,c=d"));
        check(&["a=b", " dlp.lineage = x", "c=d;p"], Some("a=b,c=d;p"));
        check(&["dlp.lineages=x"], Some("dlp.lineages=x"));
    }
}

//! The reverse proxy: requests to a model's API are inspected and redacted, and so are its answers, streams while they arrive.

mod api;
mod upstream;

use super::app::App;
use super::body::{self, Held};
use super::config::Config;
use super::guard::{Guard, Source};
use super::inspect::depth_max;
use super::lineage::{self, StreamRecord};
use super::metrics::Route;
use super::problem::Problem;
use super::sender::Sender;
use super::{router, stream};
use crate::base::code::{
    PROXY_BLOCKED, PROXY_BROKEN, PROXY_CODING, REQUEST_CODING, REQUEST_EMPTY, REQUEST_OVERLOAD,
    REQUEST_TIMEOUT,
};
use crate::base::{Action, Decision, Direction, Fault, Format, Sinks, Verdict};
use crate::engine::{Content, FrameOptions, InspectOptions, StreamFormat, StreamOptions};
use crate::lineage::ArtifactId;
use crate::redact;
use crate::vault::Session;
use api::Api;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::sync::Arc;
use tokio::time::{Instant, timeout_at};
use upstream::{Upstream, strip};

/// Largest body that is inspected on the worker that read it, in bytes.
const INLINE_BYTES_MAX: usize = 256 << 10;

#[derive(Debug)]
struct Proxy {
    app: Arc<App>,
    upstream: Upstream,
}

/// The service that the proxy's listener speaks.
///
/// # Errors
/// The upstream of the settings is none.
pub(super) fn router(app: &Arc<App>) -> Result<Router, Fault> {
    let proxy = Arc::new(Proxy { app: Arc::clone(app), upstream: Upstream::new(&app.config)? });
    let handler = any(move |request: Request| forward(Arc::clone(&proxy), request));
    let service = router::stack(app, Route::Proxy, handler);
    Ok(Router::new().fallback_service(service.with_state(Arc::clone(app))))
}

/// Checks the upstream of the settings, if there is one.
///
/// # Errors
/// It is none.
pub(super) fn check(config: &Config) -> Result<(), Fault> {
    if config.upstream.is_empty() {
        return Ok(());
    }
    Upstream::new(config).map(drop)
}

async fn forward(proxy: Arc<Proxy>, request: Request) -> Response {
    let api = Api::of(request.uri().path());
    proxy.pass(api, request).await.unwrap_or_else(|fault| {
        proxy.app.metrics.problem(fault.code);
        api.error(&fault)
    })
}

impl Proxy {
    async fn pass(&self, api: Api, request: Request) -> Result<Response, Fault> {
        let is_head = request.method() == Method::HEAD;
        let list = request.uri().query().is_none_or(|query| !query.contains("alt=sse"));
        let is_list = list && request.uri().path().ends_with(":streamGenerateContent");
        let mut sender = Sender::of(&self.app, request.headers())?;
        sender.of_proxy(self.upstream.host());
        let (request, artifact) = self.request(api, &sender, request).await?;
        // The answer was made from the request, whatever that was made from.
        sender.caller.parents = artifact.into_iter().collect();
        sender.answered();
        let answer = self.upstream.send(request).await?;
        let (mut parts, body) = answer.into_parts();
        let body = Body::new(body);
        strip(&mut parts.headers);
        let is_empty = is_head
            || body.is_end_stream()
            || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        // Vectors say nothing that a rule could find, and what looks like a value in them is none.
        let is_opaque = api.format == Some(Format::OpenaiEmbeddings) && parts.status.is_success();
        if is_empty || is_opaque || !is_text(&parts.headers) {
            return Ok(Response::from_parts(parts, body));
        }
        let inflates = is_compressed(&parts.headers)?;
        for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::ETAG] {
            parts.headers.remove(name);
        }
        let format = match stream::announced(&parts.headers) {
            StreamFormat::Auto if is_list && parts.status.is_success() => api.stream(),
            StreamFormat::Auto => None,
            StreamFormat::Text => Some(StreamFormat::Text),
            announced => Some(api.stream().unwrap_or(announced)),
        };
        let body = match format {
            Some(format) => self.streamed(body, &sender, format, inflates)?,
            None => Body::from(self.whole(api, &sender, body, inflates).await?),
        };
        Ok(Response::from_parts(parts, body))
    }

    /// The request, inspected and redacted, and the id of its content.
    async fn request(
        &self,
        api: Api,
        sender: &Sender,
        request: Request,
    ) -> Result<(Request, Option<ArtifactId>), Fault> {
        let (mut parts, body) = request.into_parts();
        lineage::strip(&mut parts.headers);
        let Some(held) = self.read(body).await? else {
            return Ok((Request::from_parts(parts, Body::empty()), None));
        };
        let codings = parts.headers.get_all(header::CONTENT_ENCODING);
        if codings.iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(REQUEST_CODING.into());
        }
        let is_json = api.format.is_some() || is_json(&parts.headers);
        let options = self.options(api, Direction::Input, sender)?;
        let artifact = options.lineage.as_ref().map(|context| context.artifact);
        let kind = kind_of(is_json);
        let editable = is_json || is_text(&parts.headers);
        let bytes = self.inspected(held, kind, options, editable, None).await?;
        parts.headers.remove(header::CONTENT_ENCODING);
        Ok((Request::from_parts(parts, Body::from(bytes)), artifact))
    }

    /// An answer that is inspected as a whole.
    async fn whole(
        &self,
        api: Api,
        sender: &Sender,
        body: Body,
        inflates: bool,
    ) -> Result<Vec<u8>, Fault> {
        let Some(held) = self.read(body).await.map_err(from_upstream)? else {
            return Ok(Vec::new());
        };
        let limit = usize::try_from(self.app.config.max_body_bytes).unwrap_or(usize::MAX);
        let bytes = if inflates { inflated(&held, limit)? } else { held.to_vec() };
        let is_json = matches!(bytes.trim_ascii().first(), Some(b'{' | b'['))
            && serde_json::from_slice::<&serde_json::value::RawValue>(&bytes).is_ok();
        let kind = kind_of(is_json);
        let options = self.options(api, Direction::Output, sender)?;
        let sinks = sender.restores(&self.app, Direction::Output);
        let session = sender.session().filter(|_| sinks != Sinks::NONE);
        let restores = session.map(|session| (session, sinks));
        self.inspected(bytes, kind, options, true, restores).await
    }

    /// An answer that is redacted while it arrives.
    fn streamed(
        &self,
        body: Body,
        sender: &Sender,
        format: StreamFormat,
        inflates: bool,
    ) -> Result<Body, Fault> {
        let app = &self.app;
        let permit = stream::permit(app).map_err(|Problem(fault)| fault)?;
        let options = FrameOptions {
            text: StreamOptions {
                pack: Some(app.config.pack.clone()),
                redaction: app.config.redaction(None),
                acting: sender.acting(app, Direction::Output, &app.config.pack)?,
                tokens: sender.session(),
                restore: sender.restores(app, Direction::Output),
                ..StreamOptions::default()
            },
            format,
            ..FrameOptions::default()
        };
        let frames = app.engine.frames(options)?;
        let guard = Guard::new(app, body, frames, stream::bounds(app))
            .from(Source { broken: PROXY_BROKEN })
            .breaking_off(format == StreamFormat::Text)
            .inflating(inflates)
            .recorded(StreamRecord::begin(app, sender, Direction::Output, None)?)
            .holding(permit);
        Ok(Body::new(guard))
    }

    fn options(
        &self,
        api: Api,
        direction: Direction,
        sender: &Sender,
    ) -> Result<InspectOptions, Fault> {
        Ok(InspectOptions {
            pack: Some(self.app.config.pack.clone()),
            direction,
            redaction: self.app.config.redaction(None),
            json_depth_max: depth_max(&self.app),
            format: api.format,
            links: Arc::clone(&self.app.links),
            lineage: lineage::context(&self.app, &sender.caller)?,
            tokens: sender.tokens.clone(),
            turns: self.app.turns(&sender.caller),
            policy: sender.enforced(&self.app, direction),
            ..InspectOptions::default()
        })
    }

    /// A body as a whole; `None` if it is empty.
    async fn read(&self, body: Body) -> Result<Option<Held>, Fault> {
        if body.is_end_stream() {
            return Ok(None);
        }
        let app = &self.app;
        let deadline = Instant::now() + app.config.request_timeout();
        let limit = usize::try_from(app.config.max_body_bytes).unwrap_or(usize::MAX);
        match timeout_at(deadline, body::read(body, limit, &app.bodies)).await {
            Ok(Ok(held)) => Ok(Some(held)),
            Ok(Err(Problem(fault))) if fault.code == REQUEST_EMPTY => Ok(None),
            Ok(Err(Problem(fault))) => Err(fault),
            Err(_) => Err(REQUEST_TIMEOUT.into()),
        }
    }

    /// Inspects a body, and gives what may go on, with the values of a session where they may stand.
    ///
    /// # Errors
    /// It may not, or it would have to be edited and cannot.
    async fn inspected(
        &self,
        bytes: impl std::ops::Deref<Target = [u8]> + Send + 'static,
        kind: Kind,
        options: InspectOptions,
        editable: bool,
        restores: Option<(Session, Sinks)>,
    ) -> Result<Vec<u8>, Fault> {
        let _slot = self.app.slots.try_acquire().map_err(|_| Fault::from(REQUEST_OVERLOAD))?;
        let app = Arc::clone(&self.app);
        app.metrics.inspected_bytes(bytes.len());
        let inline = bytes.len() <= INLINE_BYTES_MAX && !lineage::blocks(&app);
        let started = std::time::Instant::now();
        let work = move || {
            let verdict = app.engine.inspect(kind(&bytes), &options)?;
            app.metrics.verdict(&verdict);
            lineage::record(&app, &options, &verdict, started)?;
            let blocks = verdict.action == Action::Block || !verdict.edits.is_empty() && !editable;
            if blocks {
                return Err(refusal(&verdict));
            }
            match restores {
                None => Ok(redact::apply(&bytes, &verdict.edits)),
                Some((session, sinks)) => {
                    let restored = app.engine.restored(kind(&bytes), &verdict, &session, sinks);
                    restored.map(|restored| restored.bytes)
                }
            }
        };
        let result = if inline {
            work()
        } else {
            let permit = Arc::clone(&self.app.large).acquire_owned().await;
            let task = tokio::task::spawn_blocking(move || {
                // The permit lives as long as the scan, even if the client has gone.
                let _permit = permit;
                work()
            });
            task.await.unwrap_or_else(|_| Err(crate::base::code::REQUEST_INTERNAL.into()))
        };
        // A reason why nothing can be edited is no code of HTTP.
        result.map_err(|fault| match fault.code.status {
            0 => Fault::new(PROXY_BLOCKED, fault.code.title),
            _ => fault,
        })
    }
}

/// Why a content does not pass: what cannot be done, or the rule of the policy with its reason.
fn refusal(verdict: &Verdict) -> Fault {
    let ruled = verdict.ruled.as_ref().and_then(|ruled| ruled.decisions.first());
    match (verdict.reason, ruled) {
        (Some(reason), _) => reason.into(),
        (None, Some(Decision { by, action: Action::Block, reason: Some(reason), .. })) => {
            Fault::new(PROXY_BLOCKED, format!("{by}: {reason}"))
        }
        (None, _) => PROXY_BLOCKED.into(),
    }
}

/// How a body is inspected.
type Kind = for<'a> fn(&'a [u8]) -> Content<'a>;

fn kind_of(is_json: bool) -> Kind {
    if is_json { |bytes| Content::Json(bytes) } else { |bytes| Content::Text(bytes) }
}

/// What failed while the upstream's answer was read is not the client's mistake.
fn from_upstream(fault: Fault) -> Fault {
    match fault.code.status {
        503 => fault,
        _ => Fault::new(PROXY_BROKEN, fault.code.title),
    }
}

fn content_type(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = content_type(headers);
    kind.ends_with("/json") || kind.ends_with("+json")
}

/// Whether a body is text of any kind: media and archives pass as they are. What is not said is text.
fn is_text(headers: &HeaderMap) -> bool {
    const MEDIA: [&str; 4] = ["image/", "audio/", "video/", "font/"];
    const BINARY: [&str; 5] = [
        "application/octet-stream",
        "application/pdf",
        "application/zip",
        "application/gzip",
        "multipart/form-data",
    ];
    let kind = content_type(headers);
    !BINARY.contains(&kind.as_str()) && !MEDIA.iter().any(|media| kind.starts_with(media))
}

/// Whether an answer is compressed in the one way that is undone.
///
/// # Errors
/// It is compressed in another way, though it was not to be compressed at all.
fn is_compressed(headers: &HeaderMap) -> Result<bool, Fault> {
    match headers.get(header::CONTENT_ENCODING).map(|coding| coding.as_bytes()) {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip" | b"x-gzip") => Ok(true),
        Some(_) => Err(PROXY_CODING.into()),
    }
}

/// # Errors
/// The bytes are not what they are said to be, or inflate to more than the limit.
fn inflated(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take(limit as u64 + 1);
    reader.read_to_end(&mut out).map_err(|_| Fault::from(PROXY_CODING))?;
    if out.len() > limit {
        return Err(Fault::new(PROXY_CODING, format!("more than {limit} bytes")));
    }
    Ok(out)
}

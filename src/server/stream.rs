//! `POST /v1/stream`: a stream in, the same stream redacted out while it arrives.

use super::app::App;
use super::envelope;
use super::guard::{Bounds, Closing, Guard, TRAILERS};
use super::lineage::StreamRecord;
use super::media;
use super::problem::Problem;
use super::sender::Sender;
use super::wire::{self, VerdictName};
use crate::base::{Direction, Fault, Sinks, code};
use crate::engine::{FrameOptions, FrameStream, OnBlock, StreamFormat, StreamOptions};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use std::sync::Arc;

/// Redact a stream while it passes: the answer begins before the request has ended, and has the same bytes but for what was found.
///
/// `format` says what the stream is made of; `auto` recognises it. Texts in events are held back for as long as something in them may still
/// become a finding, mostly a few bytes, and leave in the next event or in one of the same shape. What the pack wants blocked ends the stream
/// with the error event of its API. The action, the number of findings and, if the stream could not go on, the code are sent as trailers
/// (`lockgate-action`, `lockgate-findings`, `lockgate-code`) to clients that take trailers, and with `verdict=event` in a last event.
#[utoipa::path(
    post, path = "/v1/stream", tag = "inspect", params(wire::StreamQuery),
    request_body(content(
        (String = "text/event-stream"),
        (String = "application/x-ndjson"),
        (String = "application/vnd.amazon.eventstream"),
        (String = "text/plain"),
    )),
    responses(
        (status = 200, description = "The redacted stream, of the type that was sent.", body = String),
        (status = "4XX", description = "The request has a mistake.", body = wire::Problem<'static>, content_type = "application/problem+json"),
        (status = 503, description = "Overload or shutdown; try again.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let permit = permit(&app)?;
    let query: wire::StreamQuery = envelope::query(request.uri())?;
    let headers = request.headers();
    media::check_codings(headers)?;
    let kind = headers.get(header::CONTENT_TYPE).cloned();
    let takes_trailers = request.version() == axum::http::Version::HTTP_2
        || headers.get(header::TE).is_some_and(|te| te.as_bytes() == b"trailers");
    let sender = Sender::of(&app, headers)?;
    let (stream, format) = opened(&app, &query, headers, &sender)?;
    let closing = match query.verdict {
        Some(VerdictName::Event) if format == StreamFormat::Text => {
            let detail = "`verdict=event` has no place in plain text";
            return Err(Problem::new(code::REQUEST_FIELD, detail));
        }
        Some(VerdictName::Event) => Closing::Event,
        None | Some(VerdictName::Trailer) => Closing::Trailers,
    };
    let record = record_of(&app, &query, &sender)?;
    let guard = Guard::new(&app, request.into_body(), stream, bounds(&app))
        .closing(closing)
        .recorded(record)
        .breaking_off(format == StreamFormat::Text && !takes_trailers)
        .holding(permit);
    let mut response = Response::new(Body::new(guard));
    let headers = response.headers_mut();
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let trailers = HeaderValue::try_from(TRAILERS.join(", "));
    headers.insert(header::TRAILER, trailers.expect("names are a header value"));
    Ok(response)
}

/// Longest message of a WebSocket or over gRPC, in bytes. Longer pieces come in several.
pub(super) const MESSAGE_BYTES_MAX: usize = 1 << 20;

/// The stream that the query asks for, and what it is made of.
pub(super) fn opened(
    app: &App,
    query: &wire::StreamQuery,
    headers: &HeaderMap,
    sender: &Sender,
) -> Result<(FrameStream, StreamFormat), Fault> {
    let format = match query.format.as_deref() {
        None | Some("auto") => announced(headers),
        Some(name) => StreamFormat::named(name).ok_or_else(unknown_format)?,
    };
    let pack = query.pack.as_ref().unwrap_or(&app.config.pack);
    let options = FrameOptions {
        text: StreamOptions {
            pack: Some(pack.clone()),
            acting: sender.acting(app, direction_of(query), pack)?,
            tokens: sender.session(),
            restore: match query.restore {
                Some(true) => sender.restores(app, direction_of(query)),
                None | Some(false) => Sinks::NONE,
            },
            min_confidence: query.min_confidence.map(Into::into),
            redaction: app.config.redaction(query.style),
            ..StreamOptions::default()
        },
        format,
        on_block: match query.on_block {
            Some(wire::OnBlockName::Redact) => OnBlock::Redact,
            None | Some(wire::OnBlockName::End) => OnBlock::End,
        },
        ..FrameOptions::default()
    };
    Ok((app.engine.frames(options)?, format))
}

/// How the stream that the query asks for is recorded, if lineage is on.
pub(super) fn record_of(
    app: &App,
    query: &wire::StreamQuery,
    sender: &Sender,
) -> Result<Option<StreamRecord>, Fault> {
    StreamRecord::begin(app, sender, direction_of(query), query.pack.as_deref())
}

/// Streams come from models if nothing is said.
fn direction_of(query: &wire::StreamQuery) -> Direction {
    query.direction.map_or(Direction::Output, Into::into)
}

/// The right to have one more stream.
pub(super) fn permit(app: &App) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
    Arc::clone(&app.streams)
        .try_acquire_owned()
        .map_err(|_| Problem::new(code::REQUEST_OVERLOAD, "too many streams are open"))
}

pub(super) fn bounds(app: &App) -> Bounds {
    Bounds {
        idle: std::time::Duration::from_millis(app.config.stream_idle_ms),
        total: std::time::Duration::from_millis(app.config.stream_timeout_ms),
        bytes_max: app.config.stream_bytes_max,
    }
}

fn unknown_format() -> Fault {
    let names: Vec<_> = StreamFormat::names().map(|name| format!("`{name}`")).collect();
    Fault::new(code::REQUEST_FIELD, format!("`format` is one of {}", names.join(", ")))
}

/// What the content type says; nothing if it says nothing that is known.
pub(super) fn announced(headers: &HeaderMap) -> StreamFormat {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match kind.to_ascii_lowercase().as_str() {
        "text/event-stream" => StreamFormat::Sse,
        "application/x-ndjson" | "application/jsonl" => StreamFormat::Lines,
        "application/vnd.amazon.eventstream" => {
            StreamFormat::Api(crate::base::Format::BedrockConverse)
        }
        "text/plain" | "text/markdown" => StreamFormat::Text,
        _ => StreamFormat::Auto,
    }
}

//! `/v1/stream/ws`: the same over a WebSocket, with the findings of each piece.

use super::app::App;
use super::envelope;
use super::guard::{Bounds, Outcome};
use super::problem::Problem;
use super::sender::Sender;
use super::stream::{self, opened};
use super::wire;
use crate::base::code::{INPUT_TOO_LARGE, STREAM_BLOCKED, STREAM_STALLED, STREAM_TIMEOUT};
use crate::base::{Fault, Finding};
use crate::engine::FrameStream;
use crate::rules::Rules;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

/// Longest message of a client, in bytes. Longer pieces come in several.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

/// Redact a stream over a WebSocket.
///
/// Every message of the client, text or binary, is the next piece of the stream; an empty one ends it. Every message of the service is an
/// object: `text` (or `bytes`, in base64, if it is no text) is what may leave, `findings` what was found in it, and the last one has the
/// `verdict`. Options are those of `/v1/stream`.
#[utoipa::path(
    get, path = "/v1/stream/ws", tag = "inspect", params(wire::StreamQuery),
    responses(
        (status = 101, description = "The connection speaks WebSocket now.", body = wire::StreamPiece<'static>),
        (status = "4XX", description = "The request has a mistake.", body = wire::Problem<'static>, content_type = "application/problem+json"),
        (status = 503, description = "Overload or shutdown; try again.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let permit = stream::permit(&app)?;
    let query: wire::StreamQuery = envelope::query(request.uri())?;
    let (mut parts, _) = request.into_parts();
    let sender = Sender::of(&app, &parts.headers)?;
    let (frames, _) = opened(&app, &query, &parts.headers, &sender)?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.map_err(|_| {
        Problem::new(crate::base::code::REQUEST_FIELD, "it is no WebSocket handshake")
    })?;
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    let bounds = stream::bounds(&app);
    Ok(upgrade.on_upgrade(move |socket| async move {
        app.metrics.stream_opened();
        let mut talk = Talk { app: &app, socket, frames, bounds, bytes: 0, findings: Vec::new() };
        let outcome = talk.run(permit).await;
        app.metrics.stream_closed(outcome, talk.frames.action());
    }))
}

struct Talk<'a> {
    app: &'a App,
    socket: WebSocket,
    frames: FrameStream,
    bounds: Bounds,
    bytes: u64,
    /// All findings so far, by label.
    findings: Vec<u64>,
}

impl Talk<'_> {
    async fn run(&mut self, _permit: OwnedSemaphorePermit) -> Outcome {
        self.findings = vec![0; self.app.engine.rules().labels().len()];
        let end = Instant::now() + self.bounds.total;
        loop {
            let idle = (Instant::now() + self.bounds.idle).min(end);
            let message = match timeout_at(idle, self.socket.recv()).await {
                Ok(Some(Ok(Message::Text(text)))) => Some(text.into()),
                Ok(Some(Ok(Message::Binary(bytes)))) => Some(bytes),
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
                Ok(_) => return Outcome::Left,
                Err(_) => None,
            };
            let is_last = match message {
                None => {
                    let code = if idle == end { STREAM_TIMEOUT } else { STREAM_STALLED };
                    self.answer(Next::Abort(code.into())).await
                }
                Some(bytes) if bytes.is_empty() => self.answer(Next::End).await,
                Some(bytes) => {
                    self.bytes += bytes.len() as u64;
                    if self.bytes > self.bounds.bytes_max {
                        self.answer(Next::Abort(INPUT_TOO_LARGE.into())).await
                    } else {
                        self.answer(Next::Piece(&bytes)).await
                    }
                }
            };
            match is_last {
                Err(_) => return Outcome::Left,
                Ok(false) => {}
                Ok(true) => return self.close().await,
            }
        }
    }

    /// Answers with what may leave, and says whether that was the last of it.
    async fn answer(&mut self, next: Next<'_>) -> Result<bool, axum::Error> {
        let ends = matches!(next, Next::End | Next::Abort(_));
        let rules = Arc::clone(self.app.engine.rules());
        let released = match next {
            Next::Piece(bytes) => {
                self.app.metrics.inspected_bytes(bytes.len());
                self.frames.push(bytes)
            }
            Next::End => self.frames.finish(),
            Next::Abort(fault) => self.frames.abort(fault),
        };
        for finding in released.findings {
            self.app.metrics.finding(finding.label);
            if let Some(count) = self.findings.get_mut(finding.label.index()) {
                *count += 1;
            }
        }
        let text = std::str::from_utf8(released.bytes).ok();
        let bytes = if text.is_none() { Some(STANDARD.encode(released.bytes)) } else { None };
        let found = released.findings.iter().map(|finding| wire_of(&rules, finding)).collect();
        let piece = wire::StreamPiece { text, bytes, findings: found, verdict: None };
        let is_empty = released.bytes.is_empty() && released.findings.is_empty();
        let message = serde_json::to_string(&piece).unwrap_or_default();
        let is_last = ends || self.frames.ended().is_some();
        if !is_empty {
            self.socket.send(Message::Text(message.into())).await?;
        }
        if is_last {
            let verdict = self.verdict(&rules);
            self.socket.send(Message::Text(verdict.into())).await?;
        }
        Ok(is_last)
    }

    fn verdict(&self, rules: &Rules) -> String {
        let labels = rules.labels().iter().zip(&self.findings).filter(|(_, count)| **count > 0);
        let verdict = wire::StreamVerdict {
            action: self.frames.action().name(),
            findings: labels.map(|(label, count)| (&*label.id, *count)).collect(),
            code: self.frames.ended().map(|fault| fault.code.id),
            rules: rules.fingerprint(),
        };
        let piece = wire::StreamPiece {
            text: None,
            bytes: None,
            findings: Vec::new(),
            verdict: Some(verdict),
        };
        serde_json::to_string(&piece).unwrap_or_default()
    }

    async fn close(&mut self) -> Outcome {
        let (code, outcome) = match self.frames.ended() {
            None => (close_code::NORMAL, Outcome::Whole),
            Some(fault) if fault.code == STREAM_BLOCKED => (close_code::POLICY, Outcome::Blocked),
            Some(_) => (close_code::POLICY, Outcome::Failed),
        };
        let reason = self.frames.ended().map_or("", |fault| fault.code.id);
        let frame = CloseFrame { code, reason: reason.into() };
        // The client may have gone already.
        let _ = self.socket.send(Message::Close(Some(frame))).await;
        outcome
    }
}

/// What comes next in a stream.
enum Next<'b> {
    Piece(&'b [u8]),
    End,
    Abort(Fault),
}

fn wire_of<'r>(rules: &'r Rules, finding: &Finding) -> wire::StreamFinding<'r> {
    wire::StreamFinding {
        rule: &rules.rule(finding.rule).id,
        label: &rules.label(finding.label).id,
        start: finding.span.start,
        end: finding.span.end,
        confidence: finding.confidence.name(),
        score: finding.score,
    }
}

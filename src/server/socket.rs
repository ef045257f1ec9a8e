//! `/v1/stream/ws`: the same over a WebSocket, with the findings of each piece.

use super::app::App;
use super::envelope;
use super::problem::Problem;
use super::sender::Sender;
use super::stream::{self, MESSAGE_BYTES_MAX, opened};
use super::talk::{Answer, Talk};
use super::wire;
use crate::base::{Fault, Finding};
use crate::rules::Rules;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use tokio::time::timeout_at;

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
    let record = stream::record_of(&app, &query, &sender)?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.map_err(|_| {
        Problem::new(crate::base::code::REQUEST_FIELD, "it is no WebSocket handshake")
    })?;
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let talk = Talk::new(&app, frames, record, permit);
        Socket { rules: Arc::clone(app.engine.rules()), socket, talk }.run().await;
    }))
}

struct Socket {
    rules: Arc<Rules>,
    socket: WebSocket,
    talk: Talk,
}

impl Socket {
    /// Answers until the stream is over, or the client has gone.
    async fn run(mut self) {
        while !self.talk.is_over() {
            let (until, late) = self.talk.deadline();
            let next = match timeout_at(until, self.socket.recv()).await {
                Err(_) => Next::Abort(late.into()),
                Ok(Some(Ok(Message::Text(text)))) => Next::of(text.into()),
                Ok(Some(Ok(Message::Binary(bytes)))) => Next::of(bytes),
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
                Ok(_) => return,
            };
            if self.answer(next).await.is_err() {
                return;
            }
        }
        self.close().await;
    }

    /// Answers with what may leave, and in the end with the verdict.
    async fn answer(&mut self, next: Next) -> Result<(), axum::Error> {
        let Answer { bytes, findings } = match next {
            Next::Piece(bytes) => self.talk.push(&bytes),
            Next::End => self.talk.finish(),
            Next::Abort(fault) => self.talk.abort(fault),
        };
        if !bytes.is_empty() || !findings.is_empty() {
            let text = std::str::from_utf8(&bytes).ok();
            let encoded = if text.is_none() { Some(STANDARD.encode(&bytes)) } else { None };
            let findings = findings.iter().map(|finding| wire_of(&self.rules, finding)).collect();
            let piece = wire::StreamPiece { text, bytes: encoded, findings, verdict: None };
            let message = json(&piece);
            self.socket.send(message).await?;
        }
        if self.talk.is_over() {
            let message = json(&wire::StreamPiece {
                text: None,
                bytes: None,
                findings: Vec::new(),
                verdict: Some(self.talk.verdict()),
            });
            self.socket.send(message).await?;
        }
        Ok(())
    }

    async fn close(&mut self) {
        let ended = self.talk.frames().ended();
        let code = if ended.is_none() { close_code::NORMAL } else { close_code::POLICY };
        let reason = ended.map_or("", |fault| fault.code.id);
        let frame = CloseFrame { code, reason: reason.into() };
        // The client may have gone already.
        let _ = self.socket.send(Message::Close(Some(frame))).await;
    }
}

/// What comes next in a stream.
enum Next {
    Piece(Bytes),
    End,
    Abort(Fault),
}

impl Next {
    /// An empty message ends the stream.
    fn of(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::End } else { Self::Piece(bytes) }
    }
}

fn json(piece: &wire::StreamPiece<'_>) -> Message {
    Message::Text(serde_json::to_string(piece).unwrap_or_default().into())
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

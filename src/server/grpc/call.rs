//! One call of `Inspect.Stream`: messages in, messages out, one at a time.
//!
//! Nothing is read before what was redacted has been taken, so that a slow reader slows the writer.

use super::super::app::App;
use super::super::guard::SLICE_BYTES;
use super::super::sender::Sender;
use super::super::stream::{self, MESSAGE_BYTES_MAX};
use super::super::talk::{Answer, Talk};
use super::{names, status, v1};
use crate::base::code::{
    INPUT_TOO_LARGE, REQUEST_BROKEN, REQUEST_EMPTY, REQUEST_FIELD, STREAM_STALLED,
};
use crate::base::{Fault, Finding};
use crate::engine::FrameStream;
use crate::rules::Rules;
use axum::body::Bytes;
use axum::http::HeaderMap;
use futures_util::stream::{Stream, unfold};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use tonic::{Status, Streaming};
use v1::stream_request::Part;

/// A call.
pub(super) struct Call {
    app: Arc<App>,
    messages: Streaming<v1::StreamRequest>,
    /// What has arrived and was not redacted yet.
    arrived: Bytes,
    state: State,
}

enum State {
    /// The first message has not come.
    Begun(HeaderMap, OwnedSemaphorePermit),
    Open(Box<Talk>),
    /// Everything has left but the status, if it is not OK.
    Over(Option<Status>),
}

impl Call {
    pub(super) fn new(
        app: &Arc<App>,
        metadata: HeaderMap,
        messages: Streaming<v1::StreamRequest>,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let state = State::Begun(metadata, permit);
        Self { app: Arc::clone(app), messages, arrived: Bytes::new(), state }
    }

    /// The messages of the service.
    pub(super) fn answers(
        self,
    ) -> impl Stream<Item = Result<v1::StreamResponse, Status>> + Send + 'static {
        unfold(self, |mut call| async move { Some((call.next().await?, call)) })
    }

    /// The next message; or the status, if something is wrong.
    async fn next(&mut self) -> Option<Result<v1::StreamResponse, Status>> {
        loop {
            match std::mem::replace(&mut self.state, State::Over(None)) {
                State::Over(status) => return status.map(Err),
                State::Begun(metadata, permit) => match self.open(&metadata, permit).await {
                    Ok(talk) => self.state = State::Open(Box::new(talk)),
                    Err(fault) => return Some(Err(status::refused(&self.app, &fault))),
                },
                State::Open(mut talk) => {
                    // Nobody is left to hear why.
                    let Ok(answer) = self.answer(&mut talk).await else { return None };
                    self.state = match talk.is_over() {
                        true => State::Over(talk.frames().ended().map(status::of)),
                        false => State::Open(talk),
                    };
                    if let Some(answer) = answer {
                        return Some(Ok(answer));
                    }
                }
            }
        }
    }

    /// Waits for the first message.
    async fn open(
        &mut self,
        metadata: &HeaderMap,
        permit: OwnedSemaphorePermit,
    ) -> Result<Talk, Fault> {
        let until = Instant::now() + stream::bounds(&self.app).idle;
        let first = timeout_at(until, self.messages.message()).await;
        let first = first.map_err(|_| Fault::from(STREAM_STALLED))?;
        let first = first.map_err(|wrong| unread(&wrong))?.ok_or(REQUEST_EMPTY)?;
        let Some(Part::Open(open)) = first.part else {
            return Err(Fault::new(REQUEST_FIELD, "the first message opens the stream"));
        };
        let query = names::query(open)?;
        let sender = Sender::of(&self.app, metadata)?;
        let (frames, _) = stream::opened(&self.app, &query, metadata, &sender)?;
        let record = stream::record_of(&self.app, &query, &sender)?;
        Ok(Talk::new(&self.app, frames, record, permit))
    }

    /// Takes the next slice, or waits for the next message. Nothing if nothing leaves.
    ///
    /// # Errors
    /// The client has gone.
    async fn answer(&mut self, talk: &mut Talk) -> Result<Option<v1::StreamResponse>, Gone> {
        let Answer { bytes, findings } = if self.arrived.is_empty() {
            let (until, late) = talk.deadline();
            match timeout_at(until, self.messages.message()).await {
                Err(_) => talk.abort(late.into()),
                Ok(Err(wrong)) if is_gone(&wrong) => return Err(Gone),
                Ok(Err(wrong)) => talk.abort(unread(&wrong)),
                Ok(Ok(None)) => talk.finish(),
                Ok(Ok(Some(v1::StreamRequest { part: Some(Part::Data(bytes)) }))) => {
                    self.arrived = bytes;
                    return Ok(None);
                }
                Ok(Ok(Some(_))) => {
                    let detail = "a message behind the first one is a piece of the stream";
                    talk.abort(Fault::new(REQUEST_FIELD, detail))
                }
            }
        } else {
            let slice = self.arrived.split_to(self.arrived.len().min(SLICE_BYTES));
            if !self.arrived.is_empty() {
                // Other calls of the thread get their turn.
                tokio::task::yield_now().await;
            }
            talk.push(&slice)
        };
        if bytes.is_empty() && findings.is_empty() && !talk.is_over() {
            return Ok(None);
        }
        let rules = self.app.engine.rules();
        let finding = |finding: &Finding| finding_of(rules, talk.frames(), finding);
        Ok(Some(v1::StreamResponse {
            data: bytes,
            findings: findings.iter().map(finding).collect(),
            verdict: talk.is_over().then(|| verdict_of(talk)),
        }))
    }
}

/// The client does not want to hear any more.
struct Gone;

/// Whether the call was reset, which tonic without a transport knows only as an error of the connection.
fn is_gone(wrong: &Status) -> bool {
    matches!(wrong.code(), tonic::Code::Cancelled | tonic::Code::Unknown)
}

/// Why there is no next message. What the library says of it may quote it.
fn unread(wrong: &Status) -> Fault {
    if wrong.code() == tonic::Code::OutOfRange {
        let detail = format!("a message has at most {MESSAGE_BYTES_MAX} bytes");
        return Fault::new(INPUT_TOO_LARGE, detail);
    }
    REQUEST_BROKEN.into()
}

fn finding_of(rules: &Rules, frames: &FrameStream, finding: &Finding) -> v1::Finding {
    v1::Finding {
        rule: rules.rule(finding.rule).id.to_string(),
        label: rules.label(finding.label).id.to_string(),
        start: finding.span.start as u64,
        end: finding.span.end as u64,
        confidence: names::of_confidence(finding.confidence).into(),
        score: finding.score,
        action: names::action(frames.action_of(finding)).into(),
    }
}

fn verdict_of(talk: &Talk) -> v1::Verdict {
    let verdict = talk.verdict();
    let findings = verdict.findings.into_iter().map(|(label, count)| (label.to_owned(), count));
    v1::Verdict {
        action: names::action(talk.frames().action()).into(),
        findings: findings.collect(),
        code: verdict.code.unwrap_or_default().to_owned(),
        rules: verdict.rules.to_owned(),
    }
}

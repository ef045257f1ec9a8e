//! A body that is redacted while it passes: nothing is read before what was redacted has been taken, so that a slow reader slows the writer.

use super::app::App;
use super::lineage::{StreamRecord, Streamed, record_stream};
use super::wire;
use crate::base::code::{
    INPUT_TOO_LARGE, PROXY_CODING, REQUEST_BROKEN, STREAM_BLOCKED, STREAM_STALLED, STREAM_TIMEOUT,
};
use crate::base::{Code, Fault};
use crate::engine::{FrameStream, Released};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue};
use flate2::write::MultiGzDecoder;
use hyper::body::Frame;
use std::collections::BTreeMap;
use std::io::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};

/// Bytes that are redacted at a time, so that other connections of the thread get their turn.
pub(super) const SLICE_BYTES: usize = 16 << 10;
/// Bytes that a slice of compressed data may inflate to; with fewer, a stream of zeros would fill the memory.
const INFLATED_BYTES_MAX: usize = 4 << 20;

/// What bounds a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Longest pause between two pieces.
    pub(super) idle: Duration,
    /// Longest time from the first byte to the last.
    pub(super) total: Duration,
    pub(super) bytes_max: u64,
}

/// What is said of a stream at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Closing {
    /// Trailers only.
    #[default]
    Trailers,
    /// An event of its own as well.
    Event,
}

/// Where the bytes come from, which decides what is said when they break off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) broken: Code,
}

impl Source {
    pub(super) const CLIENT: Self = Self { broken: REQUEST_BROKEN };
}

/// The redacted body.
pub(super) struct Guard {
    app: Arc<App>,
    body: Body,
    stream: FrameStream,
    source: Source,
    closing: Closing,
    bounds: Bounds,
    inflate: Option<MultiGzDecoder<Vec<u8>>>,
    /// What has arrived and was not redacted yet.
    arrived: Bytes,
    bytes: u64,
    idle: Pin<Box<Sleep>>,
    end: Pin<Box<Sleep>>,
    state: State,
    /// Whether the reader is told of a stream that was cut off in a way that it cannot miss.
    breaks_off: bool,
    findings: BTreeMap<u16, u64>,
    /// How it is recorded at its end, if lineage is on.
    record: Option<StreamRecord>,
    _permit: Option<OwnedSemaphorePermit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// All has been redacted; the trailers follow.
    Closed,
    Done,
}

impl Guard {
    pub(super) fn new(app: &Arc<App>, body: Body, stream: FrameStream, bounds: Bounds) -> Self {
        app.metrics.stream_opened();
        Self {
            app: Arc::clone(app),
            body,
            stream,
            source: Source::CLIENT,
            closing: Closing::default(),
            bounds,
            inflate: None,
            arrived: Bytes::new(),
            bytes: 0,
            idle: Box::pin(sleep(bounds.idle)),
            end: Box::pin(sleep(bounds.total)),
            state: State::Open,
            breaks_off: false,
            findings: BTreeMap::new(),
            record: None,
            _permit: None,
        }
    }

    pub(super) fn from(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    pub(super) fn closing(mut self, closing: Closing) -> Self {
        self.closing = closing;
        self
    }

    /// Cuts the connection if the stream cannot go on, instead of ending it as if it were whole: for text, in which nothing can say so.
    pub(super) fn breaking_off(mut self, breaks_off: bool) -> Self {
        self.breaks_off = breaks_off;
        self
    }

    /// The body is compressed with gzip.
    pub(super) fn inflating(mut self, inflates: bool) -> Self {
        self.inflate = inflates.then(|| MultiGzDecoder::new(Vec::new()));
        self
    }

    /// Counts the stream for as long as it lasts.
    pub(super) fn holding(mut self, permit: OwnedSemaphorePermit) -> Self {
        self._permit = Some(permit);
        self
    }

    /// Records the stream at its end, if lineage is on.
    pub(super) fn recorded(mut self, record: Option<StreamRecord>) -> Self {
        self.record = record;
        self
    }

    /// Redacts the next slice. What leaves may be nothing.
    fn redact(&mut self) -> Bytes {
        let slice = self.arrived.split_to(self.arrived.len().min(SLICE_BYTES));
        let inflated = match &mut self.inflate {
            None => None,
            Some(inflate) => match inflated(inflate, &slice) {
                Ok(bytes) => Some(bytes),
                Err(fault) => return self.abort(fault),
            },
        };
        let bytes = inflated.as_deref().unwrap_or(&slice);
        self.app.metrics.inspected_bytes(bytes.len());
        let released = self.stream.push(bytes);
        let bytes = take(&self.app, &mut self.findings, released);
        self.check_end();
        bytes
    }

    /// The last bytes, once all have arrived.
    fn finish(&mut self) -> Bytes {
        self.state = State::Closed;
        if let Some(inflate) = &mut self.inflate
            && inflate.try_finish().is_err()
        {
            return self.abort(self.source.broken.into());
        }
        let mut bytes = take(&self.app, &mut self.findings, self.stream.finish()).to_vec();
        self.check_end();
        if self.closing == Closing::Event && self.stream.ended().is_none() {
            let verdict = self.verdict();
            bytes.extend_from_slice(self.stream.append("lockgate.verdict", verdict.as_bytes()));
        }
        bytes.into()
    }

    fn abort(&mut self, fault: Fault) -> Bytes {
        let bytes = Bytes::copy_from_slice(self.stream.abort(fault).bytes);
        self.check_end();
        bytes
    }

    fn check_end(&mut self) {
        if self.stream.ended().is_some() {
            self.state = State::Closed;
            // Nothing more is read: whoever writes notices that soon enough.
            self.body = Body::empty();
            self.arrived = Bytes::new();
        }
    }

    /// What arrives next.
    fn poll_arrived(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, Fault>> {
        if self.end.as_mut().poll(context).is_ready() {
            let detail = format!("the limit is {} ms", self.bounds.total.as_millis());
            return Poll::Ready(Err(Fault::new(STREAM_TIMEOUT, detail)));
        }
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            ready!(self.idle.as_mut().poll(context));
            let detail = format!("the limit is {} ms", self.bounds.idle.as_millis());
            return Poll::Ready(Err(Fault::new(STREAM_STALLED, detail)));
        };
        self.idle.as_mut().reset(Instant::now() + self.bounds.idle);
        // What the library says of a broken body may quote it.
        let frame = match frame {
            None => return Poll::Ready(Ok(false)),
            Some(Err(_)) => return Poll::Ready(Err(self.source.broken.into())),
            Some(Ok(frame)) => frame,
        };
        if let Ok(data) = frame.into_data() {
            self.bytes += data.len() as u64;
            if self.bytes > self.bounds.bytes_max {
                let detail = format!("the limit is {} bytes", self.bounds.bytes_max);
                return Poll::Ready(Err(Fault::new(INPUT_TOO_LARGE, detail)));
            }
            self.arrived = data;
        }
        Poll::Ready(Ok(true))
    }

    fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        loop {
            if self.state != State::Open {
                return Poll::Ready(None);
            }
            let bytes = if self.arrived.is_empty() {
                match ready!(self.poll_arrived(context)) {
                    Ok(true) => continue,
                    Ok(false) => self.finish(),
                    Err(fault) => self.abort(fault),
                }
            } else {
                self.redact()
            };
            if !bytes.is_empty() {
                return Poll::Ready(Some(bytes));
            }
        }
    }

    fn verdict(&self) -> String {
        let verdict = verdict(&self.app, &self.stream, &self.findings);
        serde_json::to_string(&verdict).unwrap_or_default()
    }

    fn trailers(&self) -> HeaderMap {
        let mut trailers = HeaderMap::new();
        let count: u64 = self.findings.values().sum();
        trailers.insert(TRAILERS[0], HeaderValue::from_static(self.stream.action().name()));
        trailers.insert(TRAILERS[1], HeaderValue::from(count));
        if let Some(fault) = self.stream.ended() {
            trailers.insert(TRAILERS[2], HeaderValue::from_static(fault.code.id));
        }
        trailers
    }
}

/// Names of the trailers: the strongest action, the number of findings, and why the stream ended before its end.
pub(super) const TRAILERS: [&str; 3] = ["lockgate-action", "lockgate-findings", "lockgate-code"];

/// Counts what was found in what leaves.
pub(super) fn take(app: &App, findings: &mut BTreeMap<u16, u64>, released: Released<'_>) -> Bytes {
    for finding in released.findings {
        app.metrics.finding(finding.label);
        *findings.entry(finding.label.0).or_default() += 1;
    }
    Bytes::copy_from_slice(released.bytes)
}

/// What is said of a stream with these findings, by label.
pub(super) fn verdict<'a>(
    app: &'a App,
    stream: &FrameStream,
    findings: &BTreeMap<u16, u64>,
) -> wire::StreamVerdict<'a> {
    let rules = app.engine.rules();
    let labels = findings.iter().filter_map(|(label, count)| {
        let label = rules.labels().get(usize::from(*label))?;
        Some((&*label.id, *count))
    });
    wire::StreamVerdict {
        action: stream.action().name(),
        findings: labels.collect(),
        code: stream.ended().map(|fault| fault.code.id),
        rules: rules.fingerprint(),
    }
}

/// # Errors
/// The bytes are not what they are said to be, or inflate to too much.
fn inflated(inflate: &mut MultiGzDecoder<Vec<u8>>, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    // Small steps, so that the bound is noticed before the memory is full.
    for step in bytes.chunks(512) {
        inflate.write_all(step).map_err(|_| Fault::from(PROXY_CODING))?;
        if inflate.get_ref().len() > INFLATED_BYTES_MAX {
            let detail = format!("more than {INFLATED_BYTES_MAX} bytes at once");
            return Err(Fault::new(PROXY_CODING, detail));
        }
    }
    inflate.flush().map_err(|_| Fault::from(PROXY_CODING))?;
    Ok(std::mem::take(inflate.get_mut()))
}

impl HttpBody for Guard {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let guard = self.get_mut();
        if let Some(bytes) = ready!(guard.poll_bytes(context)) {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if std::mem::replace(&mut guard.state, State::Done) == State::Done {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(match guard.stream.ended() {
            Some(fault) if guard.breaks_off => Err(fault.clone()),
            _ => Ok(Frame::trailers(guard.trailers())),
        }))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let outcome = match self.state {
            State::Open => Outcome::Left,
            State::Closed | State::Done => Outcome::of(&self.stream),
        };
        self.app.metrics.stream_closed(outcome, self.stream.action());
        if let Some(record) = &self.record {
            let streamed = Streamed {
                action: self.stream.action(),
                code: self.stream.ended().map(|fault| fault.code),
                bytes: self.bytes,
                findings: &self.findings,
            };
            record_stream(&self.app, record, &streamed);
        }
    }
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// At its end.
    Whole,
    /// It was blocked.
    Blocked,
    /// A limit was reached, or it was damaged or broke off.
    Failed,
    /// Nobody read it any more.
    Left,
}

impl Outcome {
    /// That of a stream that was read to its end.
    pub(super) fn of(stream: &FrameStream) -> Self {
        match stream.ended() {
            None => Self::Whole,
            Some(fault) if fault.code == STREAM_BLOCKED => Self::Blocked,
            Some(_) => Self::Failed,
        }
    }

    pub(super) const ALL: [(Self, &'static str); 4] = [
        (Self::Whole, "whole"),
        (Self::Blocked, "blocked"),
        (Self::Failed, "failed"),
        (Self::Left, "left"),
    ];
}

//! A stream whose pieces are answered one by one, with their findings: over a WebSocket and over gRPC.

use super::app::App;
use super::guard::{self, Bounds, Outcome};
use super::lineage::{StreamRecord, Streamed, record_stream};
use super::stream;
use super::wire;
use crate::base::code::{INPUT_TOO_LARGE, STREAM_STALLED, STREAM_TIMEOUT};
use crate::base::{Code, Fault, Finding};
use crate::engine::FrameStream;
use axum::body::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

/// A stream that is counted, bounded, and recorded at its end.
pub(super) struct Talk {
    app: Arc<App>,
    frames: FrameStream,
    bounds: Bounds,
    end: Instant,
    bytes: u64,
    /// All findings so far, by label.
    findings: BTreeMap<u16, u64>,
    record: Option<StreamRecord>,
    /// Nothing more leaves.
    is_over: bool,
    _permit: OwnedSemaphorePermit,
}

/// What leaves, and what was found in it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) bytes: Bytes,
    pub(super) findings: Vec<Finding>,
}

impl Talk {
    pub(super) fn new(
        app: &Arc<App>,
        frames: FrameStream,
        record: Option<StreamRecord>,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        app.metrics.stream_opened();
        let bounds = stream::bounds(app);
        Self {
            app: Arc::clone(app),
            frames,
            bounds,
            end: Instant::now() + bounds.total,
            bytes: 0,
            findings: BTreeMap::new(),
            record,
            is_over: false,
            _permit: permit,
        }
    }

    /// Until when the next piece must have arrived, and what is wrong if it has not.
    pub(super) fn deadline(&self) -> (Instant, Code) {
        let idle = Instant::now() + self.bounds.idle;
        if idle < self.end { (idle, STREAM_STALLED) } else { (self.end, STREAM_TIMEOUT) }
    }

    /// Takes the next piece.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Answer {
        self.bytes += bytes.len() as u64;
        let max = self.bounds.bytes_max;
        if self.bytes > max {
            return self.abort(Fault::new(INPUT_TOO_LARGE, format!("the limit is {max} bytes")));
        }
        self.app.metrics.inspected_bytes(bytes.len());
        let released = self.frames.push(bytes);
        let findings = released.findings.to_vec();
        let bytes = guard::take(&self.app, &mut self.findings, released);
        self.is_over = self.frames.ended().is_some();
        Answer { bytes, findings }
    }

    /// The rest, once nothing follows.
    pub(super) fn finish(&mut self) -> Answer {
        self.is_over = true;
        let released = self.frames.finish();
        let findings = released.findings.to_vec();
        let bytes = guard::take(&self.app, &mut self.findings, released);
        Answer { bytes, findings }
    }

    /// Ends the stream with what its API says of errors, without anything that is held back.
    pub(super) fn abort(&mut self, fault: Fault) -> Answer {
        self.is_over = true;
        let released = self.frames.abort(fault);
        // Whatever was found has been told of before.
        Answer { bytes: Bytes::copy_from_slice(released.bytes), findings: Vec::new() }
    }

    /// Whether nothing more leaves.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The stream itself.
    pub(super) fn frames(&self) -> &FrameStream {
        &self.frames
    }

    /// What is said at the end.
    pub(super) fn verdict(&self) -> wire::StreamVerdict<'_> {
        guard::verdict(&self.app, &self.frames, &self.findings)
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let outcome = if self.is_over { Outcome::of(&self.frames) } else { Outcome::Left };
        self.app.metrics.stream_closed(outcome, self.frames.action());
        if let Some(record) = &self.record {
            let streamed = Streamed {
                action: self.frames.action(),
                code: self.frames.ended().map(|fault| fault.code),
                bytes: self.bytes,
                findings: &self.findings,
            };
            record_stream(&self.app, record, &streamed);
        }
    }
}

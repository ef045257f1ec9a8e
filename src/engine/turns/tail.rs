//! What the messages of one channel ended in.

use crate::base::{Finding, Span, Split, SplitPart};
use std::fmt;
use zeroize::Zeroizing;

/// What may still become a value, and where it stands.
#[derive(Clone)]
pub(in crate::engine) struct Tail {
    pub(in crate::engine) channel: u64,
    /// Of the first message of the channel.
    first: Option<u64>,
    /// The message of this content that the last text was data of.
    data_of: Option<u64>,
    /// Whether a message of this content was looked at.
    begun: bool,
    bytes: Zeroizing<Vec<u8>>,
    /// The bytes, message by message.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    len: usize,
    /// First byte in the view of this content; nothing if it stands in an earlier one.
    at: Option<usize>,
}

impl fmt::Debug for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.bytes.len())
    }
}

impl Tail {
    pub(super) fn new(channel: u64) -> Self {
        Self {
            channel,
            first: None,
            data_of: None,
            begun: false,
            bytes: Zeroizing::default(),
            pieces: Vec::new(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Shows it the hash of the first message of a content. Whoever sends the whole conversation each time begins with the same one: then
    /// what was remembered is in the content itself.
    pub(super) fn begin(&mut self, hash: impl FnOnce() -> u64) {
        if self.begun {
            return;
        }
        let hash = hash();
        if self.first == Some(hash) {
            self.forget();
        }
        self.begun = true;
        self.first.get_or_insert(hash);
    }

    /// Shows it which message the next text is data of.
    pub(super) fn follow(&mut self, data_of: Option<u64>) {
        if data_of.is_some() && self.data_of == data_of {
            self.forget();
        }
        self.data_of = data_of;
    }

    pub(super) fn forget(&mut self) {
        self.bytes = Zeroizing::default();
        self.pieces.clear();
    }

    /// Adds the end of a message.
    pub(super) fn push(&mut self, text: &[u8], at: usize) {
        // A buffer that grows leaves its bytes behind.
        self.bytes = Zeroizing::new([&self.bytes[..], text].concat());
        self.pieces.push(Piece { len: text.len(), at: Some(at) });
    }

    /// Forgets all but the last bytes.
    pub(super) fn keep_last(&mut self, count: usize) {
        let mut gone = self.bytes.len().saturating_sub(count);
        self.bytes = Zeroizing::new(self.bytes[gone..].to_vec());
        self.pieces.retain_mut(|piece| {
            let cut = gone.min(piece.len);
            gone -= cut;
            piece.len -= cut;
            piece.at = piece.at.map(|at| at + cut);
            piece.len > 0
        });
    }

    /// What is left of it once its content is gone.
    pub(super) fn left(mut self) -> Self {
        (self.begun, self.data_of) = (false, None);
        self.pieces.iter_mut().for_each(|piece| piece.at = None);
        self
    }

    /// A finding in these bytes and in the message behind them, whose first byte stands at `at`.
    pub(super) fn split(&self, finding: &Finding, at: usize) -> Split {
        let Finding { rule, label, confidence, score, span, .. } = *finding;
        let mut parts = Vec::new();
        let mut from = 0;
        for piece in &self.pieces {
            let (start, end) = (span.start.max(from), span.end.min(from + piece.len));
            if start < end {
                let place = piece.at.map(|at| Span::new(at + start - from, at + end - from));
                parts.push(SplitPart { bytes: end - start, span: place, pointer: None });
            }
            from += piece.len;
        }
        let last = Span::new(at, at + span.end - from);
        parts.push(SplitPart { bytes: last.len(), span: Some(last), pointer: None });
        Split { rule, label, confidence, score, parts }
    }
}

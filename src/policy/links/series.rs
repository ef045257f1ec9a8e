//! Many small requests that carry data together: one picture for each letter of a secret.

use super::Hit;
use super::address::{Address, PartKind};
use crate::base::{Confidence, Span};
use crate::syntax::LinkName;
use std::collections::{BTreeMap, HashSet};

/// Fewer requests to one host are a gallery, or badges.
const REQUESTS_MIN: usize = 16;
/// What differs between them is that short, in bytes.
const PIECE_BYTES_MAX: usize = 4;

/// Requests by host.
#[derive(Debug, Default)]
pub(super) struct Series(BTreeMap<String, Requests>);

#[derive(Debug, Default)]
struct Requests {
    spans: Vec<Span>,
    pieces: HashSet<Vec<u8>>,
}

impl Series {
    /// Takes note of an address that is fetched without a click. `start` is where it begins in the text.
    pub(super) fn add(&mut self, address: &Address, raw: &[u8], start: usize) {
        let last = address.parts.iter().rfind(|part| part.kind != PartKind::Label);
        let Some((domain, last)) = address.domain.as_ref().zip(last) else { return };
        let piece = &raw[last.span.range()];
        let stem = piece.split(|byte| *byte == b'.').next().unwrap_or_default();
        if stem.len() > PIECE_BYTES_MAX {
            return;
        }
        let requests = self.0.entry(domain.clone()).or_default();
        requests.pieces.insert(stem.to_ascii_lowercase());
        requests.spans.push(Span::new(start + last.span.start, start + last.span.end));
    }

    /// All that belong to a series.
    pub(super) fn finish(self) -> impl Iterator<Item = Hit> {
        let is_series = |requests: &Requests| {
            requests.spans.len() >= REQUESTS_MIN && requests.pieces.len() >= REQUESTS_MIN / 4
        };
        let spans = self.0.into_values().filter(is_series).flat_map(|requests| requests.spans);
        spans.map(|span| Hit { check: LinkName::Series, span, confidence: Confidence::Medium })
    }
}

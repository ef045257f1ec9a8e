//! Targets of payloads: the JSON tokenizer, snapshots of memory, MessagePack, media, links.

use lockgate::base::Span;
use lockgate::payload::json::{Broken, Document, LeafKind};
use lockgate::payload::memory::{Hidden, Snapshot, msgpack};
use lockgate::payload::{formats, media};
use lockgate::policy::links::{LinkPolicy, Scope, Values};
use lockgate::text::links::{anchored, extract};

/// Open brackets that are allowed: few, so that the limit is met.
const DEPTH_MAX: usize = 16;

/// Leaves ascend and lie apart, in the view and in the original; what is read strictly is read the same leniently.
pub(crate) fn json(data: &[u8]) {
    let mut lenient = Document::default();
    let read = lenient.read(data, DEPTH_MAX, Broken::Scan);
    let text = lenient.text(data);
    if read.is_ok() {
        let (mut view_end, mut raw_end) = (0, 0);
        for leaf in lenient.leaves() {
            assert!(leaf.span.start >= view_end && leaf.span.end <= text.len());
            let raw = lenient.to_raw(leaf.span);
            assert!(raw.start >= raw_end && raw.end <= data.len() && raw.len() >= leaf.span.len());
            assert!(
                leaf.key.is_none_or(|key| lenient.leaves()[key as usize].kind == LeafKind::Key)
            );
            (view_end, raw_end) = (leaf.span.end, raw.end);
        }
        for gap in lenient.gaps() {
            assert!(gap.span.end <= data.len());
        }
        formats::recognise(&lenient, text);
    }
    let mut strict = Document::default();
    if strict.parse(data, DEPTH_MAX).is_ok() {
        assert_eq!(strict.leaves(), lenient.leaves());
        assert_eq!(strict.text(data), text);
        assert!(lenient.gaps().is_empty());
    }
}

/// Every piece has a place, a pointer and facts, and no byte is in two of them.
pub(crate) fn snapshot(data: &[u8]) {
    let snapshot = Snapshot::read(data);
    let mut covered = 0;
    for piece in 0..snapshot.pieces() {
        let bytes = snapshot.bytes(piece);
        let span = snapshot.to_raw(piece, Span::new(0, bytes.len()));
        assert!(span.end <= data.len().max(bytes.len()));
        snapshot.facts(piece, &Hidden::default());
        snapshot.pointer(piece, &Hidden::default());
        covered += if piece > 0 { bytes.len() } else { 0 };
    }
    assert!(covered <= data.len());
}

/// What MessagePack stands for is JSON.
pub(crate) fn messagepack(data: &[u8]) {
    if let Some(json) = msgpack::to_json(data) {
        let mut document = Document::default();
        assert!(document.parse(&json, usize::MAX).is_ok());
    }
}

/// Media says what it carries, within the limit.
pub(crate) fn medium(data: &[u8]) {
    if let Some(media) = media::parse(data) {
        assert!(media.len() <= data.len());
        media.carried(1 << 16);
        assert!(!media.view().is_empty());
    }
}

/// Links ascend and lie apart, what is wrong with one lies in it, and a text without an anchor has none.
pub(crate) fn links(data: &[u8]) {
    let mut links = Vec::new();
    extract(data, &mut links);
    assert!(links.is_empty() || anchored(data));
    let mut end = 0;
    for link in &links {
        assert!(link.span.start >= end && !link.span.is_empty() && link.span.end <= data.len());
        end = link.span.end;
    }
    let (policy, values) = (LinkPolicy::default(), Values::new([&b"blue heron 4711"[..]]));
    let hits = Scope { policy: &policy, values: &values, found: &[] }.inspect(data, &links);
    for hit in hits {
        assert!(!hit.span.is_empty() && links.iter().any(|link| link.span.contains(hit.span)));
    }
}

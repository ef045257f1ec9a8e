//! Streams of events: what leaves is what arrived but for what was found, however it was cut and whatever else is in the stream.

#[path = "frames/api.rs"]
mod api;
#[path = "frames/cases.rs"]
mod cases;
#[path = "frames/properties.rs"]
mod properties;
#[path = "frames/reader.rs"]
mod reader;

use lockgate::engine::{Engine, FrameOptions, FrameStream, StreamFormat, StreamOptions};
use lockgate::rules::Compiler;
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| match Compiler::with_builtin().build() {
    Ok((rules, _warnings)) => Engine::new(Arc::new(rules)),
    Err(errors) => panic!("{}", errors.render(false)),
});

fn open(format: &str) -> FrameStream {
    let format = StreamFormat::named(format).expect("a format");
    let options = FrameOptions { format, ..FrameOptions::default() };
    ENGINE.frames(options).expect("the pack has no lists")
}

/// All that leaves a stream that arrives in these pieces.
fn through<'p>(mut stream: FrameStream, pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(stream.push(piece).bytes);
    }
    out.extend_from_slice(stream.finish().bytes);
    assert!(stream.ended().is_none(), "{:?}", stream.ended());
    assert_eq!(stream.held(), 0);
    out
}

/// What becomes of a text.
fn redacted(text: &str) -> String {
    let mut stream = ENGINE.stream(StreamOptions::default()).expect("the pack has no lists");
    let mut out = stream.push(text.as_bytes()).expect("short").bytes.to_vec();
    out.extend_from_slice(stream.finish().expect("short").bytes);
    String::from_utf8(out).expect("text stays text")
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

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
use lockgate::syntax::Source;
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| match Compiler::with_builtin().build() {
    Ok((rules, _warnings)) => Engine::new(Arc::new(rules)),
    Err(errors) => panic!("{}", errors.render(false)),
});

/// Two rules, so that it is known what is held: words before an `@`, and `lgtest_`.
static SMALL: LazyLock<Engine> = LazyLock::new(|| {
    let mut compiler = Compiler::new();
    compiler
        .add_labels(Source::new("labels.toml", include_str!("http/rules/labels.toml")))
        .add_rules(Source::new("pii.toml", include_str!("http/rules/pii.toml")))
        .add_pack(Source::new("default.toml", include_str!("http/rules/default.toml")))
        .add_pack(Source::new("strict.toml", include_str!("http/rules/strict.toml")));
    match compiler.build() {
        Ok((rules, _warnings)) => Engine::new(Arc::new(rules)),
        Err(errors) => panic!("{}", errors.render(false)),
    }
});

fn open_with(engine: &Engine, format: &str) -> FrameStream {
    let format = StreamFormat::named(format).expect("a format");
    let options = FrameOptions { format, ..FrameOptions::default() };
    engine.frames(options).expect("the pack has no lists")
}

fn open(format: &str) -> FrameStream {
    open_with(&ENGINE, format)
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

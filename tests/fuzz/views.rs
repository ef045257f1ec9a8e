//! Targets of the views: every decoder on its own, and an inspection through all of them.

use lockgate::base::{Input, Span, ViewKind};
use lockgate::rules::{Compiler, Rules};
use lockgate::scan::{Leaves, Scanner, Scratch, Seen, inspect};
use lockgate::text::views;
use std::sync::LazyLock;

macro_rules! decoders {
    ($($name:ident = $kind:ident;)*) => {
        $(pub(crate) fn $name(data: &[u8]) {
            decoder(ViewKind::$kind, data);
        })*
    };
}

decoders! {
    fold = Fold;
    tags = Tags;
    selectors = Selectors;
    invisible_bits = InvisibleBits;
    utf16 = Utf16;
    escape = Escape;
    percent = Percent;
    entity = Entity;
    quoted = Quoted;
    mime = Mime;
    utf7 = Utf7;
    punycode = Punycode;
    base64 = Base64;
    base32 = Base32;
    hex = Hex;
    glue = Glue;
    digits = Digits;
    letters = Letters;
    words = Words;
    reversed = Reversed;
    rot13 = Rot13;
}

/// A text as one segment, and cut in two where its last byte says.
fn decoder(kind: ViewKind, text: &[u8]) {
    let cut = text.last().map_or(0, |last| usize::from(*last).min(text.len()));
    let whole = [Span::new(0, text.len())];
    let halves = [Span::new(0, cut), Span::new(cut, text.len())];
    for segments in [&whole[..], &halves] {
        let Ok(view) = views::view(kind, text, segments) else { continue };
        assert_eq!(view.map.view_len(), view.bytes.len());
        let mut last = 0;
        for at in 0..view.bytes.len() {
            let raw = view.map.to_raw(Span::new(at, at + 1));
            assert!(raw.end <= text.len(), "{kind} maps {at} to {raw:?}");
            if kind != ViewKind::Reversed {
                assert!(raw.start >= last, "{kind} goes back at {at}");
                last = raw.start;
            }
        }
        let mut parts = Vec::new();
        view.parts(segments, &mut parts);
        for part in parts {
            let raw = view.map.to_raw(part.span);
            assert!(segments[part.segment].contains(raw), "{kind} crosses a border: {raw:?}");
        }
        for gap in &view.gaps {
            assert!(gap.span.end <= text.len(), "{kind} leaves out what is not there");
        }
    }
}

static RULES: LazyLock<Rules> = LazyLock::new(|| match Compiler::with_builtin().build() {
    Ok((rules, _warnings)) => rules,
    Err(errors) => panic!("{}", errors.render(false)),
});

/// Findings lie in the text and ascend.
pub(crate) fn all(data: &[u8]) {
    let scanner = Scanner::new(&RULES, RULES.pack("default").expect("built in"));
    let (mut scratch, mut seen) = (Scratch::new(&RULES), Seen::default());
    inspect(&scanner, &mut scratch, &Input::new(data), Leaves::default(), &mut seen);
    for pair in seen.findings.windows(2) {
        assert!(pair[0].span.start <= pair[1].span.start, "{pair:?} do not ascend");
    }
    for span in
        seen.findings.iter().map(|found| found.span).chain(seen.gaps.iter().map(|gap| gap.span))
    {
        assert!(span.start <= span.end && span.end <= data.len(), "{span:?} of {}", data.len());
    }
}

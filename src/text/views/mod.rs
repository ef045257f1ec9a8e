//! Other ways to read a text: folded, decoded, put together.
//!
//! [`Signals`] say which views a text may have, [`view()`] makes one. A [`View`] holds windows of the text in which what was understood is
//! decoded, and a [`Map`] from its offsets back to the bytes that carry them. Views of views are made the same way; the caller keeps
//! the maps of all layers. What the views mean, and when they are tried, is nothing that this layer knows.

mod decode;
mod fold;
mod map;
mod signals;
mod view;

use crate::base::{Gap, Span, ViewKind};
use decode::{
    Decode, base32, base64, digits, entity, escape, glue, hex, invisible, letters, mime, percent,
    punycode, quoted, reversed, utf7, utf16, words,
};
pub use map::Map;
pub use signals::Signals;
pub use view::{Builder, Part, View};

/// One way to read a text.
struct Entry {
    kind: ViewKind,
    /// It is tried if one of these was seen.
    signals: Signals,
    decode: Decode,
}

const fn entry(kind: ViewKind, signals: Signals, decode: Decode) -> Entry {
    Entry { kind, signals, decode }
}

/// All ways, in the order of [`ViewKind::ALL`].
#[rustfmt::skip]
static REGISTRY: [Entry; 21] = [
    entry(ViewKind::Fold, Signals::NON_ASCII, fold::fold),
    entry(ViewKind::Tags, Signals::NON_ASCII, invisible::decode_tags),
    entry(ViewKind::Selectors, Signals::NON_ASCII, invisible::decode_selectors),
    entry(ViewKind::InvisibleBits, Signals::NON_ASCII, invisible::decode_bits),
    entry(ViewKind::Utf16, Signals::NUL, utf16::decode),
    entry(ViewKind::Escape, Signals::BACKSLASH, escape::decode),
    entry(ViewKind::Percent, Signals::PERCENT, percent::decode),
    entry(ViewKind::Entity, Signals::ENTITY, entity::decode),
    entry(ViewKind::Quoted, Signals::QUOTED, quoted::decode),
    entry(ViewKind::Mime, Signals::MIME, mime::decode),
    entry(ViewKind::Utf7, Signals::UTF7, utf7::decode),
    entry(ViewKind::Punycode, Signals::TOKEN, punycode::decode),
    entry(ViewKind::Base64, Signals::TOKEN, base64::decode),
    entry(ViewKind::Base32, Signals::TOKEN, base32::decode),
    entry(ViewKind::Hex, Signals::TOKEN.or(Signals::DIGITS), hex::decode),
    entry(ViewKind::Glue, Signals::GLUE, glue::decode),
    entry(ViewKind::Digits, Signals::DIGITS, digits::decode),
    entry(ViewKind::Letters, Signals::SPACED, letters::decode),
    entry(ViewKind::Words, Signals::WORDS, words::decode),
    entry(ViewKind::Reversed, Signals::TOKEN, reversed::decode),
    entry(ViewKind::Rot13, Signals::TOKEN, reversed::decode_rot13),
];

/// The kinds of views that are worth trying on a text with these signals.
pub fn kinds(signals: Signals) -> impl Iterator<Item = ViewKind> {
    REGISTRY.iter().filter(move |entry| signals.any(entry.signals)).map(|entry| entry.kind)
}

/// Makes a view of a text. Segments ascend and do not overlap; nothing is decoded across their borders, or outside of them.
///
/// # Errors
/// Nothing was decoded; what could have been, but was too large, is in the list.
///
/// ```
/// use lockgate::base::{Span, ViewKind};
/// use lockgate::text::views::view;
/// let text = b"to jane%40example.com";
/// let view = view(ViewKind::Percent, text, &[Span::new(0, text.len())]).expect("there is a sequence");
/// assert_eq!(view.bytes, b"to jane@example.com");
/// assert_eq!(view.to_raw(Span::new(3, 8)), Some(Span::new(3, 10)));
/// ```
pub fn view(kind: ViewKind, text: &[u8], segments: &[Span]) -> Result<View, Vec<Gap>> {
    let mut out = Builder::new(text);
    let decode = REGISTRY[kind as usize].decode;
    for segment in segments {
        decode(text, *segment, &mut out);
    }
    out.finish(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_decoder() {
        let kinds: Vec<_> = REGISTRY.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, ViewKind::ALL);
    }
}

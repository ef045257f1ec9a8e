//! Other ways to read a text: folded, decoded, put together.
//!
//! [`Zones`] say where a text may be encoded and how, and make a [`View`] of one kind at a time: windows of the text in which what was
//! understood is decoded, and a [`Map`] from its offsets back to the bytes that carry them. Views of views are made the same way; the
//! caller keeps the maps of all layers. Of a text that is still arriving a [`Watch`] says what may not be over. What the views mean, and
//! when they are tried, is nothing that this layer knows.

mod decode;
mod fold;
mod kinds;
mod map;
mod signals;
mod tokens;
mod view;
mod watch;
mod zones;

use crate::base::{Gap, Span, ViewKind};
use decode::{
    Decode, base32, base64, digits, entity, escape, glue, hex, invisible, letters, mime, percent,
    punycode, quoted, reversed, utf7, utf16, words,
};
pub use kinds::Kinds;
pub use map::Map;
pub use view::{Builder, Part, View};
pub use watch::{Open, Watch};
pub use zones::{BLOCK_BYTES, Noted, Zones};

/// All ways to read a text, in the order of [`ViewKind::ALL`].
#[rustfmt::skip]
static DECODERS: [(ViewKind, Decode); 21] = [
    (ViewKind::Fold, fold::fold),
    (ViewKind::Tags, invisible::decode_tags),
    (ViewKind::Selectors, invisible::decode_selectors),
    (ViewKind::InvisibleBits, invisible::decode_bits),
    (ViewKind::Utf16, utf16::decode),
    (ViewKind::Escape, escape::decode),
    (ViewKind::Percent, percent::decode),
    (ViewKind::Entity, entity::decode),
    (ViewKind::Quoted, quoted::decode),
    (ViewKind::Mime, mime::decode),
    (ViewKind::Utf7, utf7::decode),
    (ViewKind::Punycode, punycode::decode),
    (ViewKind::Base64, base64::decode),
    (ViewKind::Base32, base32::decode),
    (ViewKind::Hex, hex::decode),
    (ViewKind::Glue, glue::decode),
    (ViewKind::Digits, digits::decode),
    (ViewKind::Letters, letters::decode),
    (ViewKind::Words, words::decode),
    (ViewKind::Reversed, reversed::decode),
    (ViewKind::Rot13, reversed::decode_rot13),
];

/// Makes a view of a text without asking first where that may be worth it. Segments ascend and do not overlap; nothing is decoded across
/// their borders, or outside of them.
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
    let mut out = Builder::new(text, View::default());
    let decode = DECODERS[kind as usize].1;
    for segment in segments {
        decode(text, *segment, &mut out);
    }
    let view = out.finish(kind);
    if view.is_empty() { Err(view.gaps) } else { Ok(view) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_decoder() {
        let kinds: Vec<_> = DECODERS.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, ViewKind::ALL);
    }
}

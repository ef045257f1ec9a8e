//! Compressed data in an encoding: gzip and zlib, within limits.

use super::is_text;
use crate::base::code::VIEW_INFLATE;
use crate::base::limits::{VIEW_INFLATE_BYTES_MAX, VIEW_INFLATE_RATIO_MAX};
use crate::base::{Gap, Span};
use crate::text::views::view::Builder;
use std::io::Read;

/// True for the first bytes of gzip or zlib data.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    is_gzip(bytes) || matches!(bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..])
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
}

/// Reports a blob whose data inflates to text. Data that ends early or is damaged shows what came before.
pub(super) fn inflate(data: &[u8], blob: Span, out: &mut Builder<'_>) -> bool {
    let limit = VIEW_INFLATE_BYTES_MAX.min(data.len().saturating_mul(VIEW_INFLATE_RATIO_MAX));
    let mut bytes = Vec::new();
    // An error is the end of the data: what was read stays in `bytes`.
    let _ = if is_gzip(data) {
        flate2::read::GzDecoder::new(data).take(limit as u64 + 1).read_to_end(&mut bytes)
    } else {
        flate2::read::ZlibDecoder::new(data).take(limit as u64 + 1).read_to_end(&mut bytes)
    };
    if bytes.len() > limit {
        out.gap(Gap::new(VIEW_INFLATE, blob));
        return false;
    }
    let shown = is_text(&bytes);
    if shown {
        out.unit(blob, &bytes);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::base64::decode;
    use super::*;
    use ::base64::Engine;
    use ::base64::engine::general_purpose::STANDARD;
    use flate2::{Compression, read};

    fn shown(packed: &[u8]) -> Result<Vec<u8>, Vec<Gap>> {
        let text = STANDARD.encode(packed);
        let mut out = Builder::new(text.as_bytes());
        decode(text.as_bytes(), Span::new(0, text.len()), &mut out);
        out.finish(crate::base::ViewKind::Base64).map(|view| view.bytes)
    }

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        read::GzEncoder::new(data, Compression::best()).read_to_end(&mut packed).expect("packs");
        packed
    }

    #[test]
    fn packed_text_is_shown() {
        let text = b"card 4111 1111 1111 1111";
        assert_eq!(shown(&gzip(text)).expect("inflates"), text);
        let mut packed = Vec::new();
        read::ZlibEncoder::new(&text[..], Compression::fast())
            .read_to_end(&mut packed)
            .expect("packs");
        assert_eq!(shown(&packed).expect("inflates"), text);
        assert_eq!(
            shown(&[0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            Err(Vec::new())
        );
    }

    #[test]
    fn a_bomb_is_a_gap() {
        let bomb = gzip(&vec![b'x'; 64 << 20]);
        let gaps = shown(&bomb).expect_err("too large");
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].code, VIEW_INFLATE);
    }
}

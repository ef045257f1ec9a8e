//! Compressed data in an encoding: gzip, zlib and zstd, within limits.

use super::is_text;
use crate::base::code::{VIEW_BYTES, VIEW_INFLATE};
use crate::base::limits::{VIEW_INFLATE_BYTES_MAX, VIEW_INFLATE_RATIO_MAX};
use crate::base::{Gap, Span};
use crate::text::views::view::Builder;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::Read;

/// Back references of zstd data may reach this far, in bytes: what RFC 8878 asks every decoder to support.
const ZSTD_WINDOW_BYTES_MAX: u64 = 8 << 20;
/// A frame of zstd is charged as many bytes at least: its tables cost as much as filling so many.
const ZSTD_CHARGE_BYTES_MIN: usize = 16 << 10;

#[derive(Clone, Copy)]
enum Packing {
    Gzip,
    Zlib,
    Zstd,
}

/// How the data that begins like this is compressed.
fn packing(bytes: &[u8]) -> Option<Packing> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some(Packing::Gzip),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Some(Packing::Zlib),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
        _ => None,
    }
}

/// True for the first bytes of compressed data.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    packing(bytes).is_some()
}

/// Reports a blob whose data inflates to text. Data that ends early or is damaged shows what came before.
pub(super) fn inflate(data: &[u8], blob: Span, out: &mut Builder<'_>) -> bool {
    let Some(packing) = packing(data) else { return false };
    let limit = VIEW_INFLATE_BYTES_MAX.min(data.len().saturating_mul(VIEW_INFLATE_RATIO_MAX));
    let (room, whole) = (out.room(), out.room_at_first());
    let limit = limit.min(room);
    let bytes = match packing {
        Packing::Gzip => read(flate2::read::GzDecoder::new(data), limit),
        Packing::Zlib => read(flate2::read::ZlibDecoder::new(data), limit),
        Packing::Zstd => {
            out.charge(ZSTD_CHARGE_BYTES_MIN);
            zstd(data, limit)
        }
    };
    out.charge(bytes.as_ref().map_or(limit, Vec::len));
    let Some(bytes) = bytes.filter(|bytes| bytes.len() <= limit) else {
        // Where others took the room, no further one is read either.
        out.gap(if limit == room && room < whole {
            Gap::new(VIEW_BYTES, out.source())
        } else {
            Gap::new(VIEW_INFLATE, blob)
        });
        return false;
    };
    let shown = is_text(&bytes);
    if shown {
        out.unit(blob, &bytes);
    }
    shown
}

/// All that a decoder gives, or one byte more than the limit.
fn read(decoder: impl Read, limit: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // An error is the end of the data: what was read stays in `bytes`.
    let _ = decoder.take(limit as u64 + 1).read_to_end(&mut bytes);
    Some(bytes)
}

/// All of a frame; `None` if it is too large, wants too much memory, or cannot be read to its end.
fn zstd(mut data: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(ZSTD_WINDOW_BYTES_MAX);
    decoder.reset(&mut data).ok()?;
    decoder.decode_blocks(&mut data, BlockDecodingStrategy::UptoBytes(limit + 1)).ok()?;
    decoder.is_finished().then(|| decoder.collect())?
}

#[cfg(test)]
mod tests {
    use super::super::base64::decode;
    use super::*;
    use crate::text::views::View;
    use ::base64::Engine;
    use ::base64::engine::general_purpose::STANDARD;
    use flate2::{Compression, read};

    fn shown(packed: &[u8]) -> Result<Vec<u8>, Vec<Gap>> {
        let text = STANDARD.encode(packed);
        let mut out = Builder::new(text.as_bytes(), View::default());
        decode(text.as_bytes(), Span::new(0, text.len()), &mut out);
        let view = out.finish(crate::base::ViewKind::Base64);
        if view.is_empty() { Err(view.gaps) } else { Ok(view.bytes) }
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
    fn zstd_is_inflated_within_its_limits() {
        use ruzstd::encoding::{CompressionLevel, compress_to_vec};
        let pack = |text: &[u8]| compress_to_vec(text, CompressionLevel::Fastest);
        let text = b"to jane.doe@example.com, and to jane.doe@example.com again";
        assert_eq!(shown(&pack(text)), Ok(text.to_vec()));
        let bomb = pack(&vec![b'a'; 1 << 24]);
        assert_eq!(shown(&bomb).expect_err("a bomb")[0].code, VIEW_INFLATE);
        // A window of 64 MiB, and nothing else.
        let greedy = [0x28, 0xb5, 0x2f, 0xfd, 0, 16 << 3, 1, 0, 0, 0, 0, 0];
        assert_eq!(shown(&greedy).expect_err("too much")[0].code, VIEW_INFLATE);
        assert!(shown(&pack(text)[..30]).is_err(), "cut");
    }

    #[test]
    fn a_bomb_is_a_gap() {
        let bomb = gzip(&vec![b'x'; 64 << 20]);
        let gaps = shown(&bomb).expect_err("too large");
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].code, VIEW_INFLATE);
    }
}

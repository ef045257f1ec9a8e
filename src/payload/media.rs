//! Media in strings: how it is recognised, and the text that it carries.
//!
//! Pixels and sounds are not looked at. What is, is the text that travels with them, where people and programs leave names, places and
//! comments: text chunks of PNG, comments and EXIF of JPEG, and text that is only wrapped in a `data:` URI.

mod jpeg;
mod png;
mod uri;

use base64::Engine as _;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use base64::{alphabet, engine};
pub use uri::DataUri;

/// Shortest string that is taken for media, in bytes.
pub const TEXT_BYTES_MIN: usize = 64;
/// Characters of base64 that must all be such before a string is taken for it.
const SAMPLE_BYTES: usize = TEXT_BYTES_MIN;

/// The types that begin with known bytes, and those bytes in base64.
const MAGIC: [(&str, &str); 16] = [
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
    ("SUkqA", "image/tiff"),
    ("TU0AK", "image/tiff"),
    ("JVBERi", "application/pdf"),
    ("UEsDB", "application/zip"),
    ("H4sI", "application/gzip"),
    ("SUQz", "audio/mpeg"),
    ("T2dnU", "audio/ogg"),
    ("ZkxhQ", "audio/flac"),
    ("GkXfo", "video/webm"),
    ("AAAAHGZ0eX", "video/mp4"),
    ("AAAAIGZ0eX", "video/mp4"),
    ("AAAAGGZ0eX", "video/mp4"),
];

/// Whether a string that begins with this byte may be media.
#[inline]
pub(crate) fn may_start_with(first: u8) -> bool {
    matches!(first, b'i' | b'/' | b'R' | b'U' | b'S' | b'T' | b'J' | b'H' | b'Z' | b'G' | b'A')
        || matches!(first, b'd' | b'D')
}

/// Whether a string is encoded media, going by its beginning.
pub(crate) fn is_media(text: &[u8]) -> bool {
    parse(text).is_some()
}

/// Media in a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Media<'t> {
    /// The type, as the bytes or the URI tell it; `application/octet-stream` for one that is not known here.
    pub kind: &'static str,
    /// The base64.
    encoded: &'t [u8],
}

/// The text that media carries, one after the other, separated by line ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// The text.
    pub text: Vec<u8>,
    /// True if that was all there is to read: then nothing of it remains uninspected.
    pub whole: bool,
}

/// The media that a string is.
pub fn parse(text: &[u8]) -> Option<Media<'_>> {
    let (declared, encoded) = match DataUri::parse(text) {
        Some(uri) => (Some(uri.kind), uri.base64?),
        None => (None, text),
    };
    let by_bytes = MAGIC.iter().find(|(magic, _)| encoded.starts_with(magic.as_bytes()));
    let kind = match (by_bytes, declared) {
        (Some((_, kind)), _) => kind,
        (None, Some(declared)) => declared,
        (None, None) => return None,
    };
    let sample = &encoded[..encoded.len().min(SAMPLE_BYTES)];
    sample.iter().all(|byte| is_base64(*byte)).then_some(Media { kind, encoded })
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
        || byte.is_ascii_whitespace()
}

impl Media<'_> {
    /// Bytes of base64.
    pub fn len(&self) -> usize {
        self.encoded.len()
    }

    /// True if there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.encoded.is_empty()
    }

    /// How the text that it carries came about.
    pub fn view(&self) -> &'static str {
        match self.kind {
            "image/png" => "base64>png",
            "image/jpeg" => "base64>jpeg",
            _ => "base64>text",
        }
    }

    /// The text that it carries, as far as it stands in the first `bytes_max` bytes of base64.
    pub fn carried(&self, bytes_max: usize) -> Carried {
        let read: fn(&[u8], &mut Vec<u8>) = match self.kind {
            "image/png" => png::texts,
            "image/jpeg" => jpeg::texts,
            "text/plain" => |bytes, out| out.extend_from_slice(bytes),
            _ => return Carried::default(),
        };
        let bytes = decode(&self.encoded[..self.encoded.len().min(bytes_max)]);
        let mut carried = Carried::default();
        read(&bytes, &mut carried.text);
        carried.whole = self.kind == "text/plain" && self.encoded.len() <= bytes_max;
        carried
    }
}

/// Decodes base64 of either alphabet, padded or not, wrapped or not; up to the first byte that is neither.
fn decode(encoded: &[u8]) -> Vec<u8> {
    let clean: Vec<u8> = encoded
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => *byte,
        })
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        .collect();
    const LENIENT: GeneralPurposeConfig = engine::general_purpose::NO_PAD
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decoder = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
    // One digit of the last four stands for no byte.
    let len = if clean.len() % 4 == 1 { clean.len() - 1 } else { clean.len() };
    decoder.decode(&clean[..len]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(bytes: &[u8]) -> String {
        engine::general_purpose::STANDARD.encode(bytes)
    }

    fn padded(bytes: &[u8]) -> Vec<u8> {
        [bytes, &[0; 64]].concat()
    }

    #[test]
    fn media_is_told_by_its_bytes_or_its_uri() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(parse(text.as_bytes()).map(|media| media.kind), expect, "{text}");
        };
        check(&encode(&padded(b"\x89PNG\r\n\x1a\n")), Some("image/png"));
        check(&encode(&padded(b"\xff\xd8\xff\xe0")), Some("image/jpeg"));
        check(&encode(&padded(b"%PDF-1.7")), Some("application/pdf"));
        check("data:image/png;base64,iVBORw0KGgo=", Some("image/png"));
        check("data:image/gif;base64,iVBORw0KGgo=", Some("image/png"));
        check("data:application/x-acme;base64,AAAA", Some("application/octet-stream"));
        check("data:text/plain;base64,aGVsbG8=", Some("text/plain"));
        check("data:text/plain,hello", None);
        check("data: it is about the data", None);
        check("/9j/ is how a JPEG begins in base64, says the manual, which is right", None);
        check("", None);
    }

    #[test]
    fn base64_decodes_in_every_dress() {
        let check =
            |text: &str, expect: &[u8]| assert_eq!(decode(text.as_bytes()), expect, "{text}");
        check("aGVsbG8=", b"hello");
        check("aGVsbG8", b"hello");
        check("aGVs\nbG8=", b"hello");
        check("aGVsbG8=junk", b"hello");
        check("-_8", b"\xfb\xff");
        check("aGVsb", b"hel");
        check("!", b"");
    }

    #[test]
    fn text_is_carried_whole_if_it_fits() {
        let uri = format!("data:text/plain;base64,{}", encode(b"write to jane"));
        let media = parse(uri.as_bytes()).expect("a data URI");
        let carried = media.carried(1000);
        assert_eq!((&*carried.text, carried.whole), (&b"write to jane"[..], true));
        let cut = media.carried(8);
        assert_eq!((&*cut.text, cut.whole), (&b"write "[..], false));
    }
}

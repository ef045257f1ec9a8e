//! What somebody who receives a text could read in it, by decoders that have nothing in common with those under test: naive, greedy and
//! whole-text, so that what they miss is what nobody would find.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::io::Read as _;
use unicode_normalization::UnicodeNormalization as _;

/// All readings of a text, its own included, and readings of readings up to a depth.
pub(crate) fn readings(text: &str, depth: usize) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    let mut fresh = 0;
    for _ in 0..depth {
        let end = all.len();
        for i in fresh..end {
            for read in READERS {
                for reading in read(&all[i]) {
                    if !reading.is_empty() && !all.contains(&reading) {
                        all.push(reading);
                    }
                }
            }
        }
        fresh = end;
    }
    all
}

type Reader = fn(&str) -> Vec<String>;

const READERS: &[Reader] = &[
    compatible,
    tags,
    selectors,
    bits,
    joined,
    words,
    turned,
    percent,
    entities,
    escapes,
    quoted,
    mime,
    utf7,
    utf16,
    literals,
    lists,
    base64,
    base32,
    hexadecimal,
];

/// NFKC without what is invisible and without marks, digits of two scripts and letters of one as the ASCII they look like.
fn compatible(text: &str) -> Vec<String> {
    let shown = text.nfkd().filter(|char| {
        !matches!(u32::from(*char),
            0xad | 0x300..=0x36f | 0x489 | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2064
            | 0x20e3 | 0x3164 | 0x1160 | 0xfe00..=0xfe0f | 0xfeff | 0xe0000..=0xe01ef)
    });
    let ascii = shown.map(|char| match char {
        '\u{660}'..='\u{669}' => digit(char, 0x660),
        '\u{966}'..='\u{96f}' => digit(char, 0x966),
        '\u{2010}' | '\u{2011}' => '-',
        _ => {
            let like = "АAВBЕEКKМMОOРPСCаaеeоoрpсcхxіiѕs".chars().collect::<Vec<_>>();
            like.chunks(2).find(|pair| pair[0] == char).map_or(char, |pair| pair[1])
        }
    });
    let text: String = ascii.collect();
    // Parenthesised digits fall apart.
    let bare = text.replace(['(', ')'], "");
    vec![text, bare]
}

fn digit(char: char, zero: u32) -> char {
    char::from(b'0' + (u32::from(char) - zero) as u8)
}

fn tags(text: &str) -> Vec<String> {
    let tag =
        |char: char| u32::from(char).checked_sub(0xe0000).and_then(|code| u8::try_from(code).ok());
    vec![text.chars().filter_map(tag).map(char::from).collect()]
}

fn selectors(text: &str) -> Vec<String> {
    let byte = |char: char| match u32::from(char) {
        code @ 0xfe00..=0xfe0f => Some((code - 0xfe00) as u8),
        code @ 0xe0100..=0xe01ef => Some((code - 0xe0100 + 16) as u8),
        _ => None,
    };
    let bytes: Vec<u8> = text.chars().filter_map(byte).collect();
    vec![String::from_utf8_lossy(&bytes).into_owned()]
}

fn bits(text: &str) -> Vec<String> {
    let bits: Vec<char> =
        text.chars().filter(|char| ('\u{200b}'..='\u{2064}').contains(char)).collect();
    let read = |one: char| {
        let byte =
            |octet: &[char]| octet.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit == one));
        let bytes: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    bits.first().map_or_else(Vec::new, |first| {
        let other = bits.iter().find(|bit| *bit != first).unwrap_or(first);
        vec![read(*first), read(*other)]
    })
}

/// Without what keeps characters apart.
fn joined(text: &str) -> Vec<String> {
    [" ", "-", "\n"].iter().map(|sign| text.replace(sign, "")).collect()
}

fn words(text: &str) -> Vec<String> {
    const NAMES: [&str; 10] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let digits = NAMES.iter().enumerate();
    let digits =
        digits.fold(text.to_lowercase(), |text, (i, name)| text.replace(name, &i.to_string()));
    vec![digits.replace(' ', "")]
}

fn turned(text: &str) -> Vec<String> {
    let rot13 = |char: char| match char {
        'a'..='z' => char::from((char as u8 - b'a' + 13) % 26 + b'a'),
        'A'..='Z' => char::from((char as u8 - b'A' + 13) % 26 + b'A'),
        _ => char,
    };
    vec![text.chars().rev().collect(), text.chars().map(rot13).collect()]
}

/// Replaces what a reader understands at a place: it returns the bytes and how long their code is.
fn replaced(text: &str, code: impl Fn(&str) -> Option<(Vec<u8>, usize)>) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut found = false;
    while let Some(first) = rest.chars().next() {
        if let Some((bytes, len)) = code(rest) {
            out.extend(bytes);
            rest = &rest[len..];
            found = true;
        } else {
            out.extend(first.to_string().as_bytes());
            rest = &rest[first.len_utf8()..];
        }
    }
    if found { vec![String::from_utf8_lossy(&out).into_owned()] } else { Vec::new() }
}

fn char_bytes(code: u32) -> Option<Vec<u8>> {
    Some(char::from_u32(code)?.to_string().into_bytes())
}

fn hex(text: &str, start: usize, len: usize) -> Option<u32> {
    u32::from_str_radix(text.get(start..start + len)?, 16).ok()
}

fn percent(text: &str) -> Vec<String> {
    replaced(text, |rest| {
        if !rest.starts_with('%') {
            return None;
        }
        if rest.get(1..2)?.eq_ignore_ascii_case("u") {
            return Some((char_bytes(hex(rest, 2, 4)?)?, 6));
        }
        Some((vec![hex(rest, 1, 2)? as u8], 3))
    })
}

fn entities(text: &str) -> Vec<String> {
    replaced(text, |rest| {
        let body = rest.strip_prefix("&#")?;
        let end = body.find(';')?;
        let number = &body[..end];
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        Some((char_bytes(code.ok()?)?, end + 3))
    })
}

fn escapes(text: &str) -> Vec<String> {
    let css = replaced(text, |rest| {
        let body = rest.strip_prefix('\\')?;
        let len = body.bytes().take_while(u8::is_ascii_hexdigit).count();
        let space = usize::from(body[len..].starts_with(' '));
        Some((char_bytes(hex(body, 0, len)?)?, 1 + len + space))
    });
    let code = replaced(text, |rest| {
        let body = rest.strip_prefix('\\')?;
        if let Some(braced) = body.strip_prefix("u{") {
            let end = braced.find('}')?;
            return Some((char_bytes(hex(braced, 0, end)?)?, end + 4));
        }
        match body.chars().next()? {
            'u' => Some((char_bytes(hex(body, 1, 4)?)?, 6)),
            'x' => Some((vec![hex(body, 1, 2)? as u8], 4)),
            '0'..='7' => Some((vec![u8::from_str_radix(body.get(..3)?, 8).ok()?], 4)),
            _ => None,
        }
    });
    [css, code].concat()
}

fn quoted(text: &str) -> Vec<String> {
    replaced(&text.replace("=\r\n", "").replace("=\n", ""), |rest| {
        rest.starts_with('=').then(|| Some((vec![hex(rest, 1, 2)? as u8], 3)))?
    })
    .into_iter()
    .chain([text.replace("=\r\n", "")])
    .collect()
}

fn mime(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("=?utf-8?") {
        let body = text[at + 8..].split("?=").next().unwrap_or_default();
        match body.split_once('?') {
            Some(("B", data)) => found.extend(base64(data)),
            Some((_, data)) => found.extend(quoted(data)),
            None => {}
        }
    }
    found
}

fn wide(bytes: &[u8]) -> String {
    let units: Vec<u16> =
        bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

fn utf7(text: &str) -> Vec<String> {
    let shifts = text.match_indices('+').filter_map(|(at, _)| {
        let data = text[at + 1..]
            .split(|char: char| !char.is_ascii_alphanumeric() && char != '/')
            .next()?;
        lenient().decode(data).ok()
    });
    shifts.map(|bytes| wide(&bytes)).collect()
}

fn utf16(text: &str) -> Vec<String> {
    if text.contains('\0') { vec![text.replace('\0', "")] } else { Vec::new() }
}

fn literals(text: &str) -> Vec<String> {
    vec![text.replace("\" + \"", "")]
}

fn lists(text: &str) -> Vec<String> {
    let numbers = |radix: u32| {
        let number = |item: &str| u8::from_str_radix(item.trim_start_matches("0x"), radix).ok();
        let bytes: Vec<u8> =
            text.split(|char: char| !char.is_ascii_alphanumeric()).filter_map(number).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    vec![numbers(16), numbers(10)]
}

fn lenient() -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::STANDARD, config)
}

/// Every run of the alphabet, from each of four phases on: as text, UTF-16 and compressed.
fn base64(text: &str) -> Vec<String> {
    let one_line = text.replace(['\n', '\r'], "").replace('-', "+").replace('_', "/");
    let outside = |char: char| !char.is_ascii_alphanumeric() && char != '+' && char != '/';
    let mut found = Vec::new();
    for run in one_line.split(outside).filter(|run| run.len() >= 8) {
        for phase in 0..4 {
            let part = &run[phase..];
            let part = if part.len() % 4 == 1 { &part[..part.len() - 1] } else { part };
            let Ok(bytes) = lenient().decode(part) else { continue };
            let mut unpacked = Vec::new();
            let _ = flate2::read::GzDecoder::new(&*bytes).take(1 << 16).read_to_end(&mut unpacked);
            let _ =
                flate2::read::ZlibDecoder::new(&*bytes).take(1 << 16).read_to_end(&mut unpacked);
            let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
            for bytes in [bytes, narrow, unpacked] {
                found.push(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    found.retain(|text| is_readable(text));
    found
}

fn base32(text: &str) -> Vec<String> {
    let value = |char: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(char.to_ascii_uppercase());
    let mut found = Vec::new();
    for run in text.split(|char: char| value(char).is_none()).filter(|run| run.len() >= 8) {
        for phase in 0..8 {
            let bits: Vec<bool> = run[phase..]
                .chars()
                .filter_map(value)
                .flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1 == 1))
                .collect();
            let byte =
                |octet: &[bool]| octet.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
            let bytes: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
            found.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    found.retain(|text| is_readable(text));
    found
}

fn hexadecimal(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for run in text.split(|char: char| !char.is_ascii_hexdigit()).filter(|run| run.len() >= 8) {
        for phase in 0..2 {
            let bytes = (phase..run.len().saturating_sub(1)).step_by(2);
            let bytes: Vec<u8> =
                bytes.filter_map(|at| hex(run, at, 2)).map(|byte| byte as u8).collect();
            found.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    found.retain(|text| is_readable(text));
    found
}

/// Another phase of a code makes noise.
fn is_readable(text: &str) -> bool {
    let plain = text.chars().filter(|char| char.is_ascii_graphic() || char.is_whitespace()).count();
    plain * 4 >= text.chars().count() * 3
}

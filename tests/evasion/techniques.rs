//! How a value is hidden: one encoder per technique, written apart from the decoders that it tests.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use flate2::Compression;
use flate2::read::{GzEncoder, ZlibEncoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::fmt::Write as _;
use std::io::Read as _;

/// What is encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The value alone: the rest of the text stays readable.
    Value,
    /// All of the text, as one blob.
    Text,
}

pub(crate) struct Technique {
    pub(crate) name: &'static str,
    /// 0: always seen through. 1: seen through where it is noticed.
    pub(crate) tier: u8,
    pub(crate) scope: Scope,
    /// Whether there is anything to encode in a value. The flag says whether the rule has a validator.
    pub(crate) applies: fn(&str, bool) -> bool,
    pub(crate) encode: fn(&str) -> String,
}

const fn value(
    name: &'static str,
    tier: u8,
    applies: fn(&str, bool) -> bool,
    encode: fn(&str) -> String,
) -> Technique {
    Technique { name, tier, scope: Scope::Value, applies, encode }
}

const fn text(name: &'static str, encode: fn(&str) -> String) -> Technique {
    Technique { name, tier: 1, scope: Scope::Text, applies: any, encode }
}

pub(crate) static TECHNIQUES: &[Technique] = &[
    value("full width", 0, any, |text| map(text, |char| shift(char, ('!', '~'), 0xff01))),
    value("mathematical digits", 0, has_digit, |text| {
        map(text, |char| shift(char, ('0', '9'), 0x1d7ce))
    }),
    value("mathematical letters", 0, has_letter, |text| {
        map(text, |char| shift(shift(char, ('A', 'Z'), 0x1d400), ('a', 'z'), 0x1d41a))
    }),
    value("Arabic digits", 0, has_digit, |text| map(text, |char| shift(char, ('0', '9'), 0x660))),
    value("Devanagari digits", 0, has_digit, |text| {
        map(text, |char| shift(char, ('0', '9'), 0x966))
    }),
    value("circled digits", 0, has_digit, |text| {
        map(text, |char| if char == '0' { '⓪' } else { shift(char, ('1', '9'), 0x2460) })
    }),
    value(
        "parenthesised digits",
        0,
        |text, _| text.bytes().any(|byte| matches!(byte, b'1'..=b'9')),
        |text| map(text, |char| shift(char, ('1', '9'), 0x2474)),
    ),
    value("zero-width space", 0, long, |text| between(text, "\u{200b}")),
    value("zero-width joiner", 0, long, |text| between(text, "\u{200d}")),
    value("word joiner", 0, long, |text| between(text, "\u{2060}")),
    value("soft hyphen", 0, long, |text| between(text, "\u{ad}")),
    value("byte order mark", 0, long, |text| between(text, "\u{feff}")),
    value("bidi controls", 0, long, |text| between(text, "\u{202e}\u{202c}")),
    value("Hangul filler", 0, long, |text| between(text, "\u{3164}")),
    value("variation selector inside", 0, long, |text| between(text, "\u{fe0f}")),
    value("combining marks", 0, long, |text| between(text, "\u{336}")),
    value("stacked marks", 0, long, |text| between(text, "\u{300}\u{489}\u{35b}")),
    value(
        "keycaps",
        0,
        |text, _| text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_digit()),
        |text| between(text, "\u{fe0f}\u{20e3}"),
    ),
    value(
        "exotic spaces",
        0,
        |text, _| digits_around(text, ' '),
        |text| text.replace(' ', "\u{2007}"),
    ),
    value(
        "exotic dashes",
        0,
        |text, _| digits_around(text, '-'),
        |text| text.replace('-', "\u{2011}"),
    ),
    value("tag characters", 0, ascii_long, |text| {
        text.chars().filter_map(|char| char::from_u32(0xe0000 + char as u32)).collect()
    }),
    value("variation selectors", 0, ascii_long, |text| text.bytes().filter_map(selector).collect()),
    value("spaced digits", 0, number, |text| between(text, " ")),
    value("dashed digits", 0, number, |text| between(text, "-")),
    value("digits over two lines", 0, number, |text| {
        let (first, second) = text.split_at(text.len() / 2);
        format!("{first}\n{second}")
    }),
    value(
        "homoglyphs",
        1,
        |text, _| {
            homoglyphs(text) != text
                && text.bytes().filter(u8::is_ascii_alphanumeric).count() > 8
                && homoglyphs(text).bytes().any(|byte| byte.is_ascii_alphabetic())
        },
        homoglyphs,
    ),
    value("invisible bits", 1, ascii_long, |text| {
        let bits = text.bytes().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1));
        bits.map(|bit| if bit == 1 { '\u{2064}' } else { '\u{2062}' }).collect()
    }),
    value(
        "spaced letters",
        1,
        |text, checked| {
            checked && text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        },
        |text| between(text, "-"),
    ),
    value("number words", 1, number, |text| {
        const NAMES: [&str; 10] =
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
        text.bytes().map(|byte| NAMES[usize::from(byte - b'0')]).collect::<Vec<_>>().join(" ")
    }),
    value("reversed", 1, known, |text| text.chars().rev().collect()),
    value("rot13", 1, known, |text| map(text, rot13)),
    value("percent", 1, long, |text| each(text, |out, byte| write!(out, "%{byte:02X}"))),
    value(
        "percent, signs only",
        1,
        |text, _| text.contains(['@', ':', '/', '=', ' ', '+']),
        |text| {
            text.replace('@', "%40")
                .replace(':', "%3a")
                .replace('/', "%2F")
                .replace('=', "%3D")
                .replace(' ', "%20")
                .replace('+', "%2B")
        },
    ),
    value("percent, twice", 1, long, |text| each(text, |out, byte| write!(out, "%25{byte:02x}"))),
    value("percent, %u", 1, long, |text| each(text, |out, byte| write!(out, "%u{byte:04x}"))),
    value("decimal entities", 1, long, |text| chars(text, |out, code| write!(out, "&#{code};"))),
    value("hexadecimal entities", 1, long, |text| {
        chars(text, |out, code| write!(out, "&#x{code:x};"))
    }),
    value("Unicode escapes", 1, long, |text| each(text, |out, byte| write!(out, "\\u{byte:04x}"))),
    value("braced escapes", 1, long, |text| each(text, |out, byte| write!(out, "\\u{{{byte:x}}}"))),
    value("hexadecimal escapes", 1, long, |text| {
        each(text, |out, byte| write!(out, "\\x{byte:02x}"))
    }),
    value("octal escapes", 1, long, |text| each(text, |out, byte| write!(out, "\\{byte:03o}"))),
    value("CSS escapes", 1, printable, |text| each(text, |out, byte| write!(out, "\\{byte:x} "))),
    value("quoted-printable", 1, printable, |text| {
        each(text, |out, byte| write!(out, "={byte:02X}"))
    }),
    value("quoted-printable lines", 1, long, |text| {
        let (first, second) = text.split_at(text.len() / 2);
        format!("{first}=\r\n{second}")
    }),
    value("UTF-7", 1, printable, |text| {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        format!("+{}-", STANDARD_NO_PAD.encode(wide))
    }),
    value("UTF-16, low byte first", 1, long, |text| {
        text.chars().flat_map(|char| [char, '\0']).collect()
    }),
    value("UTF-16, high byte first", 1, long, |text| {
        text.chars().flat_map(|char| ['\0', char]).collect()
    }),
    value(
        "string literals",
        1,
        |text, _| long(text, true) && !text.contains(['"', '\\', '\n']),
        |text| {
            let (first, second) = text.split_at(text.len() / 2);
            format!("{first}\" + \"{second}")
        },
    ),
    value("hexadecimal list", 1, printable, |text| {
        text.bytes().map(|byte| format!("0x{byte:02x}")).collect::<Vec<_>>().join(", ")
    }),
    value("decimal list", 1, printable, |text| {
        text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ")
    }),
    text("base64", |text| STANDARD.encode(text)),
    text("base64, URL alphabet", |text| URL_SAFE.encode(text)),
    text("base64, unpadded", |text| STANDARD_NO_PAD.encode(text)),
    text("base64, wrapped", |text| {
        let encoded = STANDARD.encode(text);
        encoded
            .as_bytes()
            .chunks(76)
            .map(|line| String::from_utf8_lossy(line))
            .collect::<Vec<_>>()
            .join("\n")
    }),
    text("base32", base32),
    text("hexadecimal", |text| each(text, |out, byte| write!(out, "{byte:02x}"))),
    text("hexadecimal, capitals", |text| each(text, |out, byte| write!(out, "{byte:02X}"))),
    text("MIME word, B", |text| format!("=?utf-8?B?{}?=", STANDARD.encode(text))),
    text("MIME word, Q", |text| {
        format!("=?utf-8?Q?{}?=", each(text, |out, byte| write!(out, "={byte:02X}")))
    }),
    text("gzip in base64", |text| {
        let mut packed = Vec::new();
        GzEncoder::new(text.as_bytes(), Compression::best())
            .read_to_end(&mut packed)
            .expect("memory");
        STANDARD.encode(packed)
    }),
    text("zlib in base64", |text| {
        let mut packed = Vec::new();
        ZlibEncoder::new(text.as_bytes(), Compression::default())
            .read_to_end(&mut packed)
            .expect("memory");
        STANDARD.encode(packed)
    }),
    text("zstd in base64", |text| {
        STANDARD.encode(compress_to_vec(text.as_bytes(), CompressionLevel::Fastest))
    }),
    text("UTF-16 with a mark in base64", |text| {
        let marked = ["\u{feff}密码 ", text, " 结束"].concat();
        STANDARD.encode(marked.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>())
    }),
    text("UTF-16 in base64", |text| {
        STANDARD.encode(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
    }),
];

fn any(_: &str, _: bool) -> bool {
    true
}

fn has_digit(text: &str, _: bool) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn has_letter(text: &str, _: bool) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn long(text: &str, _: bool) -> bool {
    text.len() >= 6
}

/// An alphabet without control characters.
fn printable(text: &str, _: bool) -> bool {
    text.len() >= 6 && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn ascii_long(text: &str, _: bool) -> bool {
    text.len() >= 6 && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A number with a check.
fn number(text: &str, checked: bool) -> bool {
    checked && (9..=34).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A value of the kinds that are looked for backwards.
fn known(text: &str, _: bool) -> bool {
    let starts = ["AKIA", "ghp_", "glpat-", "xoxb-", "AIza", "npm_", "hf_"];
    text.len() >= 12 && starts.iter().any(|start| text.starts_with(start))
        || text.ends_with("@example.com")
}

fn digits_around(text: &str, sign: char) -> bool {
    let bytes = text.as_bytes();
    let mut at = text.match_indices(sign).peekable();
    at.peek().is_some()
        && at.all(|(at, _)| {
            let digit = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
            at > 0 && digit(at - 1) && digit(at + 1)
        })
}

fn map(text: &str, of: fn(char) -> char) -> String {
    text.chars().map(of).collect()
}

fn shift(char: char, (first, last): (char, char), to: u32) -> char {
    if (first..=last).contains(&char) {
        char::from_u32(to + char as u32 - first as u32).unwrap_or(char)
    } else {
        char
    }
}

fn between(text: &str, sign: &str) -> String {
    text.chars().map(String::from).collect::<Vec<_>>().join(sign)
}

fn each(text: &str, put: fn(&mut String, u8) -> std::fmt::Result) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        put(&mut out, byte).expect("memory");
    }
    out
}

fn chars(text: &str, put: fn(&mut String, u32) -> std::fmt::Result) -> String {
    let mut out = String::new();
    for char in text.chars() {
        put(&mut out, u32::from(char)).expect("memory");
    }
    out
}

fn selector(byte: u8) -> Option<char> {
    let byte = u32::from(byte);
    char::from_u32(if byte < 16 { 0xfe00 + byte } else { 0xe0100 + byte - 16 })
}

fn homoglyphs(text: &str) -> String {
    const PAIRS: [(char, char); 16] = [
        ('A', 'А'),
        ('B', 'В'),
        ('E', 'Е'),
        ('K', 'К'),
        ('M', 'М'),
        ('O', 'О'),
        ('P', 'Р'),
        ('C', 'С'),
        ('a', 'а'),
        ('e', 'е'),
        ('o', 'о'),
        ('p', 'р'),
        ('c', 'с'),
        ('x', 'х'),
        ('i', 'і'),
        ('s', 'ѕ'),
    ];
    let deceive = |char| PAIRS.iter().find(|(latin, _)| *latin == char).map_or(char, |pair| pair.1);
    // Every other one, so that the token stays mixed.
    text.chars()
        .enumerate()
        .map(|(i, char)| if i % 2 == 0 { deceive(char) } else { char })
        .collect()
}

fn rot13(char: char) -> char {
    match char {
        'a'..='m' | 'A'..='M' => (char as u8 + 13) as char,
        'n'..='z' | 'N'..='Z' => (char as u8 - 13) as char,
        _ => char,
    }
}

fn base32(text: &str) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(5) {
        let mut bytes = [0; 8];
        bytes[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(bytes);
        let chars = (chunk.len() * 8).div_ceil(5);
        out.extend((0..chars).map(|i| char::from(ALPHABET[(bits >> (35 - 5 * i) & 31) as usize])));
        out.extend(std::iter::repeat_n('=', 8 - chars));
    }
    out
}

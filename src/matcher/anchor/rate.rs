//! How often a literal stands in ordinary text.

use crate::matcher::byteset::LETTERS;

/// Expected hits of a literal per byte of mixed prose, code and logs. Letters are taken as independent, which is wrong for words, so
/// everyday words have a floor.
pub(in crate::matcher) fn expected(literal: &[u8], caseless: bool) -> f64 {
    let independent: f64 = literal
        .iter()
        .map(|byte| {
            let own = byte_rate(*byte);
            if caseless && byte.is_ascii_alphabetic() {
                own + byte_rate(byte.to_ascii_uppercase())
            } else {
                own
            }
        })
        .product();
    let begins = |word: &&str| {
        let start = word.as_bytes().get(..literal.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(literal))
    };
    let is_everyday = EVERYDAY.iter().any(begins);
    let everyday = if is_everyday { 2e-4 } else { 0.0 };
    independent.max(everyday).max(words_rate(literal))
}

/// Written language repeats itself: a further letter of a phrase carries about one bit, not the four and more of independent ones.
fn words_rate(literal: &[u8]) -> f64 {
    let wordlike = |byte: &u8| byte.is_ascii_lowercase() || *byte == b' ';
    if literal.iter().all(wordlike) { 2_f64.powf(-6.0 - literal.len() as f64) } else { 0.0 }
}

/// Words that are far more frequent than their letters.
const EVERYDAY: [&str; 34] = [
    "account",
    "address",
    "api",
    "api_key",
    "apikey",
    "auth",
    "bank",
    "bearer",
    "card",
    "client",
    "code",
    "date",
    "email",
    "http://",
    "https://",
    "ident",
    "key",
    "login",
    "name",
    "number",
    "pass",
    "password",
    "phone",
    "private",
    "pwd",
    "secret",
    "session",
    "token",
    "user",
    "username",
    "www.",
    "insurance",
    "://",
    "tax",
];

/// Share of a byte in mixed prose, code and logs, roughly.
fn byte_rate(byte: u8) -> f64 {
    const LOWER: [f64; 26] = [
        0.065, 0.012, 0.022, 0.034, 0.10, 0.018, 0.016, 0.049, 0.056, 0.002, 0.008, 0.032, 0.020,
        0.056, 0.060, 0.015, 0.001, 0.048, 0.051, 0.073, 0.022, 0.008, 0.019, 0.002, 0.016, 0.001,
    ];
    match byte {
        b'a'..=b'z' => LOWER[usize::from(byte - b'a')] * 0.9,
        b'A'..=b'Z' => LOWER[usize::from(byte - b'A')] * 0.06 + 0.0005,
        b'0'..=b'9' => 0.008,
        b' ' => 0.15,
        b'\n' | b'"' | b'.' | b',' | b'_' | b'-' | b':' | b'/' | b'=' => 0.012,
        b'(' | b')' | b'\'' | b'{' | b'}' | b';' | b'<' | b'>' | b'[' | b']' => 0.006,
        0x80.. => 0.0005,
        _ => 0.001,
    }
}

const _: () = assert!(LETTERS.len() == 52, "byte_rate covers every letter");

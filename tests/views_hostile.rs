//! Views of hostile texts: bombs, floods of encodings, broken ones. Time is linear, nothing panics, what was left out is said.

mod clock;

use clock::clock;
use lockgate::base::code::{VIEW_BYTES, VIEW_DEPTH, VIEW_INFLATE};
use lockgate::base::{Action, Finding, Span, ViewKind};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::payload::json::Broken;
use lockgate::redact::{Redaction, apply};
use lockgate::rules::Compiler;
use lockgate::text::views;
use proptest::prelude::*;
use std::io::Read as _;
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
    Engine::new(Arc::new(rules))
});

/// Codes of what was left out of a text.
fn gaps(text: &[u8]) -> Vec<&'static str> {
    let verdict =
        ENGINE.inspect(Content::Text(text), &InspectOptions::default()).expect("inspected");
    assert_eq!(verdict.coverage.is_complete(), verdict.coverage.gaps.is_empty());
    assert!(verdict.coverage.is_complete() || verdict.action >= Action::Flag);
    verdict.coverage.gaps.iter().map(|gap| gap.code.id).collect()
}

fn base64(data: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(data)
}

#[test]
fn bombs_are_not_inflated_and_that_is_said() {
    let mut packed = Vec::new();
    let zeros = vec![b' '; 32 << 20];
    flate2::read::GzEncoder::new(&*zeros, flate2::Compression::best())
        .read_to_end(&mut packed)
        .expect("memory");
    assert_eq!(gaps(base64(&packed).as_bytes()), [VIEW_INFLATE.id]);
}

#[test]
fn what_is_encoded_too_often_is_said() {
    let layers = |count: usize| {
        (0..count)
            .fold("jane.doe@example.com and more".to_owned(), |text, _| base64(text.as_bytes()))
    };
    assert_eq!(gaps(layers(3).as_bytes()), [""; 0]);
    assert_eq!(gaps(layers(4).as_bytes()), [VIEW_DEPTH.id]);
}

#[test]
fn many_small_bombs_meet_the_budget() {
    let mut packed = Vec::new();
    let text = "word ".repeat(10_000);
    flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::best())
        .read_to_end(&mut packed)
        .expect("memory");
    // Each one alone stays below the ratio only if it is stored.
    let mut stored = Vec::new();
    let random: String = (0..60_000_u32)
        .map(|i| char::from(b'a' + (i.wrapping_mul(2_654_435_761) >> 27) as u8 % 26))
        .collect();
    flate2::read::GzEncoder::new(random.as_bytes(), flate2::Compression::best())
        .read_to_end(&mut stored)
        .expect("memory");
    let all = format!("{} ", base64(&stored)).repeat(12);
    let found = gaps(all.as_bytes());
    assert!(found.is_empty() || found == [VIEW_BYTES.id], "{found:?}");
}

/// Texts that make decoders work for nothing.
fn floods() -> Vec<(&'static str, String)> {
    vec![
        ("entities", "&#65;".to_owned()),
        ("half entities", "&#".to_owned()),
        ("percent", "%41".to_owned()),
        ("percent of percent", "%25".to_owned()),
        ("half percent", "%".to_owned()),
        ("escapes", "\\u0041".to_owned()),
        ("half escapes", "\\u00".to_owned()),
        ("backslashes", "\\".to_owned()),
        ("quoted", "=41".to_owned()),
        ("mime", "=?utf-8?B?".to_owned()),
        ("half mime", "=?".to_owned()),
        ("UTF-7", "+AGEAYg".to_owned()),
        ("plus", "+".to_owned()),
        ("glue", "\"+\"".to_owned()),
        ("half glue", "\" + ".to_owned()),
        (
            "base64 lines",
            format!("{}\n", "QUtJQUlPU0ZPRE5ON0VYQU1QTEUgYW5kIG1vcmUgdGV4dCB0byBmaWxsIGl0"),
        ),
        (
            "lines that are no text",
            format!("{}\n", "QUtJQUlPU0ZPRE5ON0VYQU1QTEUgYW5kIG1vcmUgd//dCB0byBmaWxsIGl0"),
        ),
        ("base32", "NJQW4ZJOMRXWKQDF".to_owned()),
        ("hexadecimal", "6a61".to_owned()),
        ("lists", "0x41, ".to_owned()),
        ("lists of something", "41 42 43 ff ".to_owned()),
        ("decimal lists", "65, ".to_owned()),
        ("digits", "4 ".to_owned()),
        ("letters", "a-".to_owned()),
        ("words", "one ".to_owned()),
        ("NUL", "a\0".to_owned()),
        ("zero width", "a\u{200b}".to_owned()),
        ("only zero width", "\u{200b}".to_owned()),
        ("bits", "\u{200b}\u{200c}".to_owned()),
        ("tags", "\u{e0041}".to_owned()),
        ("selectors", "\u{fe01}".to_owned()),
        ("marks", "\u{301}".to_owned()),
        ("look-alikes", "аa".to_owned()),
        ("full width", "Ａ".to_owned()),
        ("domains", "xn--a ".to_owned()),
        ("punycode", "xn--99999999 ".to_owned()),
        ("zstd", format!("{} ", base64(&[0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, 3, 0, 0x10, b'a']))),
        ("rare islands", format!("%41{}", "x".repeat(3000))),
        ("everything", "%41&#65;\\x41=41+AEE-QUtJQUlPU0ZPRE5ON0VY 4 1 1 1\u{200b}Ａ\0".to_owned()),
    ]
}

#[test]
fn floods_take_linear_time() {
    let time = |text: &str| {
        let start = clock();
        ENGINE
            .inspect(Content::Text(text.as_bytes()), &InspectOptions::default())
            .expect("inspected");
        clock().saturating_sub(start)
    };
    for (name, unit) in floods() {
        let small = unit.repeat((32 << 10) / unit.len() + 1);
        let large = small.repeat(8);
        let least = |text: &str| (0..3).map(|_| time(text)).min().expect("three runs");
        let (few, many) = (least(&small), least(&large));
        // Eight times the text: quadratic time would be 64 times as long. The budget of views grows only from 64 KiB on.
        let ratio = many.as_secs_f64() / few.as_secs_f64().max(2e-4);
        assert!(
            ratio < 24.0,
            "{name}: {few:?} for {} bytes, {many:?} for {}",
            small.len(),
            large.len()
        );
    }
}

fn found(text: &[u8], options: InspectOptions) -> Vec<String> {
    let verdict = ENGINE.inspect(Content::Text(text), &options).expect("inspected");
    let id = |finding: &Finding| ENGINE.rules().label(finding.label).id.to_string();
    verdict.findings.iter().map(id).collect()
}

#[test]
fn what_hides_in_invisible_text_is_found_beside_it() {
    let mail = "jane.doe@example.com";
    let tags: String = mail.chars().filter_map(|c| char::from_u32(0xe0000 + c as u32)).collect();
    let bits = |zero: char, one: char| -> String {
        let bit = |byte: u8, place: u8| if byte >> place & 1 == 1 { one } else { zero };
        mail.bytes().flat_map(|byte| (0..8).rev().map(move |place| bit(byte, place))).collect()
    };
    for hidden in [tags, bits('\u{200b}', '\u{200c}'), bits('\u{200e}', '\u{200f}')] {
        let labels = found(format!("write {hidden} now").as_bytes(), InspectOptions::default());
        for label in ["ai.invisible-text", "pii.email"] {
            assert!(labels.iter().any(|found| found == label), "{label} in {hidden:?}: {labels:?}");
        }
    }
    let harmless: String =
        "how are you?".chars().filter_map(|c| char::from_u32(0xe0000 + c as u32)).collect();
    assert_eq!(found(harmless.as_bytes(), InspectOptions::default()), ["ai.invisible-text"]);
}

#[test]
fn utf16_is_read_or_refused() {
    let text = r#"{"note":"Schlüssel 钥匙","to":"jane.doe@example.com"}"#;
    let orders: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
    for order in orders {
        let wide: Vec<u8> =
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(order).collect();
        assert_eq!(found(&wide, InspectOptions::default()), ["pii.email"]);
        let refused = ENGINE.inspect(Content::Json(&wide), &InspectOptions::default());
        assert!(refused.is_err_and(|fault| fault.code.id.starts_with("payload.json")), "no JSON");
        let options = InspectOptions { broken: Broken::Scan, ..InspectOptions::default() };
        let verdict = ENGINE.inspect(Content::Json(&wide), &options).expect("scanned");
        assert!(!verdict.coverage.is_complete());
        assert!(!verdict.findings.is_empty(), "the bytes are inspected");
    }
}

#[test]
fn what_replaces_a_value_can_be_decoded() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let text = "first line, then jane.doe@example.com, and what follows stays; the end";
    let encoded = STANDARD.encode(text);
    let redaction = Redaction { reencode: true, ..Redaction::default() };
    let options = InspectOptions { redaction, ..InspectOptions::default() };
    let verdict = ENGINE.inspect(Content::Text(encoded.as_bytes()), &options).expect("inspected");
    let redacted = apply(encoded.as_bytes(), &verdict.edits);
    let decoded = String::from_utf8(STANDARD.decode(redacted).expect("base64")).expect("text");
    assert!(
        decoded.starts_with("first line, the") && decoded.ends_with("hat follows stays; the end"),
        "{decoded}"
    );
    assert!(decoded.contains("[pii.email]") && !decoded.contains("example"), "{decoded}");
}

#[test]
fn legitimate_documents_are_covered() {
    let text = "Prices rose 5% (10% last year) & more: a=1&b=2, path C:\\temp\\new, x=[1, 2, 3], 2 + 2. \
                Commit d2f1c0b6e6e84a5a9c1a7f1c2f0e6b7d51234567, see https://example.com/a%20b?c=d%2Fe.";
    assert_eq!(gaps(text.as_bytes()), [""; 0]);
}

proptest! {
    #[test]
    fn no_text_breaks_a_decoder(text in "([%&#x;=?+\\\\u0-9a-fA-F\"' \\n\u{200b}\u{fe00}\u{e0041}аＡ１-]|QUtJQUlP|xn--|0x4|\\x00|=\\?utf-8\\?B\\?){0,80}") {
        let whole = [Span::new(0, text.len())];
        for kind in ViewKind::ALL {
            if let Ok(view) = views::view(*kind, text.as_bytes(), &whole) {
                prop_assert_eq!(view.map.view_len(), view.bytes.len());
                let mut last = 0;
                for start in 0..view.bytes.len() {
                    let raw = view.map.to_raw(Span::new(start, start + 1));
                    prop_assert!(raw.start <= raw.end && raw.end <= text.len());
                    if *kind != ViewKind::Reversed {
                        prop_assert!(raw.start >= last, "{} goes back at {}", kind, start);
                        last = raw.start;
                    }
                }
            }
        }
    }

    #[test]
    fn no_bytes_break_a_decoder(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..200) {
        let cut = cut.min(bytes.len());
        let segments = [Span::new(0, cut), Span::new(cut, bytes.len())];
        for kind in ViewKind::ALL {
            if let Ok(view) = views::view(*kind, &bytes, &segments) {
                let mut parts = Vec::new();
                view.parts(&segments, &mut parts);
                for part in parts {
                    prop_assert!(part.span.end <= view.bytes.len());
                    let raw = view.map.to_raw(part.span);
                    prop_assert!(segments[part.segment].contains(raw), "{} crosses a border", kind);
                }
            }
        }
    }
}

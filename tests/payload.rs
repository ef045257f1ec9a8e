//! The JSON flattener against a table, against truncation and depth, and against serde_json.

use lockgate::base::code::{JSON_DEPTH, JSON_EMPTY, JSON_SYNTAX, JSON_TRAILING, JSON_TRUNCATED};
use lockgate::base::limits::JSON_DEPTH_MAX;
use lockgate::base::{Code, Span};
use lockgate::payload::json::{Document, Leaf, LeafKind, Pointers};
use proptest::prelude::*;
use serde_json::Value;

fn parsed(raw: &[u8]) -> Document {
    let mut document = Document::default();
    let result = document.parse(raw, JSON_DEPTH_MAX);
    assert!(result.is_ok(), "{result:?} for {}", String::from_utf8_lossy(raw));
    document
}

fn check_fault(raw: impl AsRef<[u8]>, code: Code, detail: &str) {
    let raw = raw.as_ref();
    let mut document = Document::default();
    let fault = document.parse(raw, JSON_DEPTH_MAX).expect_err("the document is broken");
    let shown = String::from_utf8_lossy(raw);
    assert_eq!((fault.code, fault.detail.as_str()), (code, detail), "{shown}");
    assert!(document.leaves().is_empty());
    assert_eq!(document.text(raw), raw);
}

/// Leaves as kind, text and name of the key.
fn leaves(raw: &[u8]) -> Vec<(LeafKind, String, Option<String>)> {
    let document = parsed(raw);
    let text = document.text(raw);
    let shown = |span: Span| String::from_utf8_lossy(&text[span.range()]).into_owned();
    let name = |index: u32| {
        let key = document.leaves()[index as usize];
        assert_eq!(key.kind, LeafKind::Key);
        shown(key.span)
    };
    let show = |leaf: &Leaf| (leaf.kind, shown(leaf.span), leaf.key.map(name));
    document.leaves().iter().map(show).collect()
}

#[test]
fn leaves_carry_the_key_that_names_them() {
    use LeafKind::{Key, Number, String as Text};
    let raw = br#"{"a":"x","b":["y",[1,{"c":2},"z"],null],"d":{"e":true,"f":"w"},"g":-1.5e3}"#;
    let expect = [
        (Key, "a", None),
        (Text, "x", Some("a")),
        (Key, "b", None),
        (Text, "y", Some("b")),
        (Number, "1", Some("b")),
        (Key, "c", None),
        (Number, "2", Some("c")),
        (Text, "z", Some("b")),
        (Key, "d", None),
        (Key, "e", None),
        (Key, "f", None),
        (Text, "w", Some("f")),
        (Key, "g", None),
        (Number, "-1.5e3", Some("g")),
    ];
    let expect = expect.map(|(kind, text, key)| (kind, text.to_owned(), key.map(str::to_owned)));
    assert_eq!(leaves(raw), expect);
    assert_eq!(leaves(b" 7 "), [(Number, "7".to_owned(), None)]);
    assert_eq!(leaves(b"[[],{},\"\"]"), [(Text, String::new(), None)]);
    assert_eq!(leaves(br#"{"k":1,"k":2}"#).len(), 4, "duplicate keys are both kept");
}

#[test]
fn the_view_is_the_original_unless_something_is_escaped() {
    let raw = br#"{"a":["plain",1]}"#;
    assert_eq!(parsed(raw).text(raw).as_ptr(), raw.as_ptr());
    let raw = br#" {"\u0061":"tab\tquote\"\u20ac\ud83d\ude00"} "#;
    assert_eq!(parsed(raw).text(raw), " {\"a\":\"tab\tquote\"€😀\"} ".as_bytes());
}

#[test]
fn a_byte_order_mark_is_skipped_but_counted() {
    let raw = b"\xef\xbb\xbf\"ab\"";
    let document = parsed(raw);
    assert_eq!(document.leaves()[0].span, Span::new(4, 6));
    assert_eq!(document.text(raw), raw);
}

#[test]
fn lone_surrogates_and_invalid_utf8_are_kept_visible() {
    let raw = b"[\"\\ud800x\\udc00\",\"\xff\xc3\"]";
    let document = parsed(raw);
    assert_eq!(document.text(raw), b"[\"\xef\xbf\xbdx\xef\xbf\xbd\",\"\xff\xc3\"]");
    assert_eq!(document.lone_surrogates(), 2);
    assert_eq!(parsed(br#""\ud83d\ude00""#).lone_surrogates(), 0);
}

#[test]
fn broken_documents_are_refused_with_the_place() {
    check_fault("", JSON_EMPTY, "");
    check_fault(" \n\t\r", JSON_EMPTY, "");
    check_fault("\u{feff}", JSON_EMPTY, "");
    check_fault("{", JSON_TRUNCATED, "it ends at byte 1");
    check_fault("[1", JSON_TRUNCATED, "it ends at byte 2");
    check_fault("nul", JSON_TRUNCATED, "it ends at byte 3");
    check_fault("\"a\\", JSON_TRUNCATED, "it ends at byte 3");
    check_fault("\"\\u00", JSON_TRUNCATED, "it ends at byte 5");
    check_fault("-", JSON_TRUNCATED, "it ends at byte 1");
    check_fault("{} x", JSON_TRAILING, "from byte 3");
    check_fault("1 2", JSON_TRAILING, "from byte 2");
    check_fault("\"a\"\0", JSON_TRAILING, "from byte 3");
    check_fault("[1,]", JSON_SYNTAX, "expected a value at byte 3");
    check_fault("[,1]", JSON_SYNTAX, "expected a value at byte 1");
    check_fault("]", JSON_SYNTAX, "expected a value at byte 0");
    check_fault("[1}", JSON_SYNTAX, "expected a comma or a closing bracket at byte 2");
    check_fault("[1 2]", JSON_SYNTAX, "expected a comma or a closing bracket at byte 3");
    check_fault("{\"a\":1]", JSON_SYNTAX, "expected a comma or a closing bracket at byte 6");
    check_fault("{,}", JSON_SYNTAX, "expected a key at byte 1");
    check_fault("{1:2}", JSON_SYNTAX, "expected a key at byte 1");
    check_fault("{\"a\":1,}", JSON_SYNTAX, "expected a key at byte 7");
    check_fault("{\"a\" 1}", JSON_SYNTAX, "expected a colon at byte 5");
    check_fault("{\"a\":}", JSON_SYNTAX, "expected a value at byte 5");
    check_fault("truth", JSON_SYNTAX, "expected a value at byte 0");
    check_fault("[nulx]", JSON_SYNTAX, "expected a value at byte 1");
    check_fault("'a'", JSON_SYNTAX, "expected a value at byte 0");
    check_fault("\u{a0}1", JSON_SYNTAX, "expected a value at byte 0");
    check_fault("[01]", JSON_SYNTAX, "not a number at byte 2");
    check_fault("[1.]", JSON_SYNTAX, "not a number at byte 3");
    check_fault("\"a\nb\"", JSON_SYNTAX, "unescaped control character at byte 2");
    check_fault("\"a\0b\"", JSON_SYNTAX, "unescaped control character at byte 2");
    check_fault("\"ab\\x\"", JSON_SYNTAX, "unknown escape sequence at byte 3");
    check_fault("\"\\u00g0\"", JSON_SYNTAX, "unknown escape sequence at byte 1");
    check_fault("\"\\ud800\\u00g0\"", JSON_SYNTAX, "unknown escape sequence at byte 7");
}

#[test]
fn depth_is_limited_without_recursion() {
    let nested = |open: &str, close: &str, depth: usize| {
        (open.repeat(depth) + "1" + &close.repeat(depth)).into_bytes()
    };
    let mut document = Document::default();
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        let brackets = open.matches(['[', '{']).count();
        let at_limit = nested(open, close, JSON_DEPTH_MAX / brackets);
        assert_eq!(document.parse(&at_limit, JSON_DEPTH_MAX), Ok(()));
        let deep = nested(open, close, 10_000);
        let fault = document.parse(&deep, JSON_DEPTH_MAX).expect_err("the document is too deep");
        assert_eq!(fault.code, JSON_DEPTH);
        assert_eq!(document.parse(&deep, 20_000), Ok(()));
    }
    check_fault("[".repeat(513), JSON_DEPTH, "at byte 512, the limit is 512");
    check_fault("[".repeat(512), JSON_TRUNCATED, "it ends at byte 512");
    assert!(document.parse(b"1", 0).is_ok());
    assert!(document.parse(b"[]", 0).is_err());
}

const SAMPLE: &str = r#"{"model":"m-1","n":[1,-2.5e+3,0],"messages":[{"role":"user","content":
 "line\n\"quoted\" \u00e9\ud83d\ude00 \\ \/ end"},{"content":null,"ok":true,"no":false}],"":{}}"#;

#[test]
fn every_prefix_is_truncated() {
    parsed(SAMPLE.as_bytes());
    for len in 1..SAMPLE.len() {
        let result = Document::default().parse(&SAMPLE.as_bytes()[..len], JSON_DEPTH_MAX);
        assert_eq!(result.map_err(|fault| fault.code), Err(JSON_TRUNCATED), "{}", &SAMPLE[..len]);
    }
}

#[test]
fn escapes_at_every_position_map_back() {
    let escapes = [
        (r#"\""#, "\""),
        (r"\n", "\n"),
        (r"\u0041", "A"),
        (r"\u00e9", "é"),
        (r"\u20ac", "€"),
        (r"\ud83d\ude00", "😀"),
    ];
    for (escape, decoded) in escapes {
        for offset in 0..50 {
            let (before, after) = ("b".repeat(offset), "a".repeat(50 - offset));
            let raw = format!("[\"{before}{escape}{after}\",\"{escape}{escape}\"]");
            let view = format!("[\"{before}{decoded}{after}\",\"{decoded}{decoded}\"]");
            let document = parsed(raw.as_bytes());
            assert_eq!(document.text(raw.as_bytes()), view.as_bytes());
            check_mapping(raw.as_bytes(), &document);
        }
    }
}

/// Each span of each leaf that cuts no character maps to raw bytes that decode to the span.
fn check_mapping(raw: &[u8], document: &Document) {
    let text = document.text(raw);
    for leaf in document.leaves() {
        let leaf_raw = document.to_raw(leaf.span);
        for start in leaf.span.range() {
            for end in start..=leaf.span.end {
                let mapped = document.to_raw(Span::new(start, end));
                assert!(leaf_raw.contains(mapped), "{mapped:?} not in {leaf_raw:?}");
                assert_eq!(mapped.is_empty(), start == end);
                if let Ok(value) = str::from_utf8(&text[start..end]) {
                    let whole = str::from_utf8(&raw[mapped.range()]).expect("whole characters");
                    let decoded: String =
                        serde_json::from_str(&format!("\"{whole}\"")).expect("whole escapes");
                    assert_eq!(decoded, value, "{start}..{end}");
                }
            }
        }
    }
}

#[test]
fn spans_that_cut_an_escape_cover_it_whole() {
    let raw = br#""a\ud83d\ude00b\u20acc""#;
    let document = parsed(raw);
    let check = |start, end, expect: &[u8]| {
        let mapped = document.to_raw(Span::new(start, end));
        assert_eq!(&raw[mapped.range()], expect, "{start}..{end}");
    };
    check(1, 2, b"a");
    check(2, 3, br"\ud83d\ude00");
    check(4, 6, br"\ud83d\ude00");
    check(5, 7, br"\ud83d\ude00b");
    check(1, 3, br"a\ud83d\ude00");
    check(6, 7, b"b");
    check(5, 8, br"\ud83d\ude00b\u20ac");
    check(9, 11, br"\u20acc");
    check(10, 11, b"c");
    check(0, 12, raw);
    check(6, 6, b"");
    check(4, 4, b"");
}

#[test]
fn leaves_are_found_by_offset_and_span() {
    let raw = br#"{"ab":"c\n","":12}"#;
    let document = parsed(raw);
    let text = document.text(raw);
    let leaf_at = |offset| document.leaf_at(offset).map(|leaf| &text[leaf.span.range()]);
    for offset in 0..text.len() + 3 {
        let expect = match offset {
            2 | 3 => Some(&b"ab"[..]),
            7 | 8 => Some(&b"c\n"[..]),
            14 | 15 => Some(&b"12"[..]),
            _ => None,
        };
        assert_eq!(leaf_at(offset), expect, "{offset}");
    }
    assert!(document.leaf_containing(Span::new(7, 9)).is_some());
    assert!(document.leaf_containing(Span::new(7, 10)).is_none());
    assert!(document.leaf_containing(Span::new(5, 8)).is_none());
    assert_eq!(document.leaves_overlapping(Span::new(3, 8)).len(), 2);
    assert_eq!(document.leaves_overlapping(Span::new(4, 7)).len(), 0);
    assert_eq!(document.leaves_overlapping(Span::new(8, 15)).len(), 3);
    assert_eq!(document.leaves_overlapping(Span::new(3, 3)).len(), 0);
}

#[test]
fn a_long_string_is_one_leaf() {
    let long = "x".repeat(1 << 20);
    for tail in ["", r"\n"] {
        let raw = format!("{{\"k\":\"{long}{tail}\"}}");
        let document = parsed(raw.as_bytes());
        assert_eq!(document.leaves()[1].span.len(), (1 << 20) + tail.len() / 2);
    }
    check_fault(format!("\"{long}"), JSON_TRUNCATED, "it ends at byte 1048577");
}

#[test]
fn a_document_can_be_parsed_into_again() {
    let mut document = Document::default();
    for (raw, text) in [(r#"["\n"]"#, "[\"\n\"]"), (r#"{"a":1}"#, r#"{"a":1}"#), ("[", "[")] {
        let _ = document.parse(raw.as_bytes(), JSON_DEPTH_MAX);
        assert_eq!(document.text(raw.as_bytes()), text.as_bytes());
    }
    assert_eq!(document.leaves(), []);
}

/// Strings, numbers and keys of a value in document order, as the flattener lists them.
fn expected_leaves(value: &Value, out: &mut Vec<(LeafKind, String)>) {
    match value {
        Value::String(text) => out.push((LeafKind::String, text.clone())),
        Value::Number(number) => out.push((LeafKind::Number, number.to_string())),
        Value::Array(items) => items.iter().for_each(|item| expected_leaves(item, out)),
        Value::Object(members) => {
            for (key, member) in members {
                out.push((LeafKind::Key, key.clone()));
                expected_leaves(member, out);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn json() -> impl Strategy<Value = Value> {
    let text = || {
        let character = prop_oneof![
            4 => proptest::char::range(' ', '~'),
            1 => prop::sample::select(vec!['"', '\\', '/', '\n', '\u{1}', '\u{7f}', 'é', '€', '😀']),
        ];
        prop::collection::vec(character, 0..40).prop_map(String::from_iter)
    };
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Writes a value with odd white space, and each `every`-th character of its strings as a `\u` escape.
fn over_escaped(value: &Value, every: usize) -> String {
    let quoted = |text: &str| {
        let mut out = String::from("\"");
        for (index, char) in text.chars().enumerate() {
            if index % every == 0 || char < ' ' || char == '"' || char == '\\' {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    out += &format!("\\u{unit:04x}");
                }
            } else {
                out.push(char);
            }
        }
        out + "\""
    };
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| over_escaped(item, every)).collect();
            format!("[{}]", items.join(" , "))
        }
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                format!("{} :{}", quoted(key), over_escaped(value, every))
            };
            format!("{{{}\n}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// Both accept or both refuse, but for what the module documents and the range of numbers, which serde_json limits.
fn check_agreement(raw: &[u8]) -> Result<(), TestCaseError> {
    let mut document = Document::default();
    let ours = document.parse(raw, JSON_DEPTH_MAX);
    let theirs = serde_json::from_slice::<Value>(raw);
    let deviates = str::from_utf8(raw).is_err()
        || document.lone_surrogates() > 0
        || theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
    if !deviates {
        let shown = String::from_utf8_lossy(raw);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}: {:?} {:?}", shown, ours, theirs);
    }
    Ok(())
}

proptest! {
    #[test]
    fn leaves_equal_those_of_serde_json(value in json(), style in 0usize..5) {
        let raw = match style {
            0 => serde_json::to_string_pretty(&value).expect("a value can be written"),
            1 => value.to_string(),
            every => over_escaped(&value, every - 1),
        };
        prop_assert_eq!(&serde_json::from_str::<Value>(&raw).expect("the sample is valid"), &value);
        let mut expect = Vec::new();
        expected_leaves(&value, &mut expect);
        let found: Vec<_> =
            leaves(raw.as_bytes()).into_iter().map(|(kind, text, _)| (kind, text)).collect();
        prop_assert_eq!(found, expect);
        check_mapping(raw.as_bytes(), &parsed(raw.as_bytes()));
    }

    #[test]
    fn pointers_resolve_to_the_leaf(value in json()) {
        let raw = value.to_string();
        let document = parsed(raw.as_bytes());
        let text = document.text(raw.as_bytes());
        let mut pointers = Pointers::new(&document, text, &[]);
        for leaf in document.leaves().iter().filter(|leaf| !leaf.span.is_empty()) {
            let path = pointers.at(leaf.span.start).expect("a leaf has a pointer");
            let shown = String::from_utf8_lossy(&text[leaf.span.range()]);
            match value.pointer(&path).expect("the pointer leads somewhere") {
                Value::String(string) => prop_assert_eq!(string.as_str(), &*shown),
                Value::Object(members) => prop_assert!(members.contains_key(&*shown)),
                other => prop_assert_eq!(other.to_string(), &*shown),
            }
        }
    }

    #[test]
    fn broken_bytes_are_refused_as_serde_json_does(
        value in json(),
        at in any::<prop::sample::Index>(),
        change in prop::option::of(
            prop::sample::select(&b"\"\\{}[],:0-.eEtu x\n\x01\xff"[..])),
    ) {
        let mut raw = value.to_string().into_bytes();
        let at = at.index(raw.len());
        match change {
            Some(byte) => raw[at] = byte,
            None => { raw.remove(at); }
        }
        check_agreement(&raw)?;
    }

    #[test]
    fn any_bytes_are_judged_as_serde_json_does(
        raw in prop::collection::vec(
            prop::sample::select(&b"\"\"\\{}[],:01-.eEutrefalsn \n\x1f\x7f"[..]), 0..12),
    ) {
        check_agreement(&raw)?;
    }
}

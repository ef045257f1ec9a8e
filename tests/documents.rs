//! Documents within strings, broken documents, and edits in both: against serde_json, and against hostile input.

use lockgate::base::code::{
    ENCODING_UNSUPPORTED, JSON_DEPTH, JSON_EMPTY, JSON_SYNTAX, JSON_TRAILING, JSON_TRUNCATED,
};
use lockgate::base::limits::JSON_DEPTH_MAX;
use lockgate::base::{Code, Confidence, Evidence, Finding, LabelIndex, RuleIndex, Span};
use lockgate::payload::json::{Broken, Document, LeafKind, Pointers};
use lockgate::redact::{Naming, Redaction, Style, Surface, apply, plan};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(raw: &[u8]) -> Document {
    let mut document = Document::default();
    document.read(raw, JSON_DEPTH_MAX, Broken::Scan).expect("there is something to read");
    document
}

/// The leaves with their pointers: `pointer=text`.
fn leaves(raw: &str) -> Vec<String> {
    let document = read(raw.as_bytes());
    let text = document.text(raw.as_bytes());
    let mut pointers = Pointers::new(&document, text, &[]);
    let values = document.leaves().iter().filter(|leaf| leaf.kind != LeafKind::Key);
    let shown = values.map(|leaf| {
        let pointer = pointers.at(leaf.span.start).unwrap_or_else(|| "-".to_owned());
        format!("{pointer}={}", String::from_utf8_lossy(&text[leaf.span.range()]))
    });
    shown.collect()
}

/// A document in so many strings.
fn wrapped(value: &Value, levels: usize) -> Value {
    (0..levels).fold(value.clone(), |value, _| json!({ "in": value.to_string() }))
}

#[test]
fn documents_in_strings_are_read_three_levels_deep() {
    let inner = json!({"a": "x\n\"y\" \\ é", "b": [7]});
    let at = |levels: usize| "/in#".repeat(levels);
    for levels in 1..=3 {
        let raw = wrapped(&inner, levels).to_string();
        let expect = [format!("{}/a=x\n\"y\" \\ é", at(levels)), format!("{}/b/0=7", at(levels))];
        assert_eq!(leaves(&raw), expect);
    }
    let raw = wrapped(&inner, 4).to_string();
    assert_eq!(leaves(&raw), [format!("{}/in={inner}", at(3))]);
}

#[test]
fn what_only_looks_like_a_document_is_a_string() {
    for text in [
        "{",
        "[x]",
        "{\"a\":1} and {\"b\":2}",
        "{}",
        "[]",
        "[ ]",
        "{not json}",
        "[1,]",
        "{\"a\":\"\\x\"}",
    ] {
        let raw = json!({ "s": text }).to_string();
        assert_eq!(leaves(&raw), [format!("/s={text}")]);
    }
    let spaced = json!({ "s": " \n{\"a\": \"v\"}\n" }).to_string();
    assert_eq!(leaves(&spaced), ["/s#/a=v"]);
}

#[test]
fn elements_without_a_name_have_that_of_the_string() {
    let raw = br#"{"mails":"[\"x\",{\"k\":\"y\"}]"}"#;
    let document = read(raw);
    let text = document.text(raw);
    let name = |value: &str| {
        let is =
            |leaf: &&lockgate::payload::json::Leaf| &text[leaf.span.range()] == value.as_bytes();
        let leaf = document.leaves().iter().find(is).expect("the leaf is there");
        let key = document.leaves()[leaf.key.expect("it has a name") as usize];
        String::from_utf8_lossy(&text[key.span.range()]).into_owned()
    };
    assert_eq!((name("x"), name("y")), ("mails".to_owned(), "k".to_owned()));
}

#[track_caller]
fn check_broken(raw: &[u8], expect: &[&str], gaps: &[(Code, usize, usize)]) {
    let document = read(raw);
    let text = document.text(raw);
    let shown = String::from_utf8_lossy(raw);
    let values = document.leaves().iter().filter(|leaf| leaf.kind != LeafKind::Key);
    let values: Vec<_> =
        values.map(|leaf| String::from_utf8_lossy(&text[leaf.span.range()]).into_owned()).collect();
    assert_eq!(values, expect, "{shown}");
    let found: Vec<_> =
        document.gaps().iter().map(|gap| (gap.code, gap.span.start, gap.span.end)).collect();
    assert_eq!(found, gaps, "{shown}");
}

#[test]
fn broken_documents_are_read_as_far_as_they_go() {
    check_broken(br#"{"a":"x\n"#, &["x\n"], &[(JSON_TRUNCATED, 9, 9)]);
    check_broken(br#"{"a":"x\u00"#, &["x", r"\u00"], &[(JSON_TRUNCATED, 7, 11)]);
    check_broken(br#"{"a":["x","#, &["x"], &[(JSON_TRUNCATED, 10, 10)]);
    check_broken(br#"{"a":"x","b":12e"#, &["x", "12e"], &[(JSON_TRUNCATED, 13, 16)]);
    check_broken(
        br#"{"a":"x"; "b":"\u0041"}"#,
        &["x", r#"; "b":"\u0041"}"#],
        &[(JSON_SYNTAX, 8, 23)],
    );
    check_broken(br#"{'a':'x'}"#, &["'a':'x'}"], &[(JSON_SYNTAX, 1, 9)]);
    check_broken(br#"{"a":"x"} "y" [3]"#, &["x", "y", "3"], &[]);
    check_broken(br#"{"a":"x"} and more"#, &["x", "and more"], &[(JSON_TRAILING, 10, 18)]);
    check_broken(b"{\"a\":\"x\ny\"}", &["x\ny"], &[(JSON_SYNTAX, 7, 8)]);
    check_broken(br#"["a\qb"]"#, &[r"a\qb"], &[(JSON_SYNTAX, 3, 4)]);
    check_broken(b"\xff\xfe{\0", &["\u{fffd}\u{fffd}{\0"], &[(ENCODING_UNSUPPORTED, 0, 4)]);
    check_broken(b"{\0\"\0", &["{\0\"\0"], &[(ENCODING_UNSUPPORTED, 0, 4)]);
    let fault = Document::default().read(b" ", 9, Broken::Scan).expect_err("it is empty");
    assert_eq!(fault.code, JSON_EMPTY);
}

#[test]
fn what_is_too_deep_is_read_without_its_keys() {
    let mut document = Document::default();
    let raw = br#"{"k":[[{"deep":"\u0041","n":7}],"b"],"after":"c"}"#;
    document.read(raw, 3, Broken::Scan).expect("it can be read");
    let text = document.text(raw);
    let shown: Vec<_> = document
        .leaves()
        .iter()
        .map(|leaf| String::from_utf8_lossy(&text[leaf.span.range()]))
        .collect();
    assert_eq!(shown, ["k", "deep", "A", "n", "7", "b", "after", "c"]);
    assert_eq!(document.leaves()[2].key, Some(0), "the name of what holds it all");
    let gaps: Vec<_> =
        document.gaps().iter().map(|gap| (gap.code, &raw[gap.span.range()])).collect();
    assert_eq!(gaps, [(JSON_DEPTH, &br#"{"deep":"\u0041","n":7}"#[..])]);
    let mut pointers = Pointers::new(&document, text, &[]);
    let mut at = |index: usize| pointers.at(document.leaves()[index].span.start);
    assert_eq!(at(2).as_deref(), Some("/k/0/0"));
    assert_eq!(at(5).as_deref(), Some("/k/1"));
    assert_eq!(at(7).as_deref(), Some("/after"));
}

#[test]
fn every_prefix_is_read_and_nothing_of_it_is_lost() {
    let sample =
        json!({"a": "x\n\"é", "n": [1, -2.5, {"b": wrapped(&json!({"c": "d\ne"}), 2)}], "t": true});
    let raw = sample.to_string();
    for len in 1..raw.len() {
        let prefix = &raw.as_bytes()[..len];
        let document = read(prefix);
        assert!(!document.gaps().is_empty(), "{len}");
        let view = document.text(prefix);
        assert_eq!(document.to_raw(Span::new(0, view.len())), Span::new(0, len), "{len}");
    }
    assert_eq!(read(raw.as_bytes()).gaps(), []);
}

/// Names for plans: one label.
struct Names;

impl Naming for Names {
    fn label(&self, _: &Finding) -> &str {
        "l"
    }

    fn hint(&self, _: &Finding) -> Option<Style> {
        None
    }
}

fn finding(span: Span) -> Finding {
    Finding {
        rule: RuleIndex(0),
        label: LabelIndex(0),
        span,
        confidence: Confidence::High,
        score: 1.0,
        evidence: Evidence::NONE,
        view: lockgate::base::ViewPath::RAW,
    }
}

/// Replaces every value that has `needle` in it as the plan does: in strings the needle, numbers whole; within strings, too.
fn replaced(value: &Value, needle: &str, levels: usize) -> Value {
    match value {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) if levels > 0 => {
                // White space within a document stays; ours has none.
                Value::String(replaced(&inner, needle, levels - 1).to_string())
            }
            _ => Value::String(text.replace(needle, "[l]")),
        },
        Value::Number(number) if number.to_string().contains(needle) => Value::String("[l]".into()),
        Value::Array(items) => items.iter().map(|item| replaced(item, needle, levels)).collect(),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                (key.replace(needle, "[l]"), replaced(value, needle, levels))
            };
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

fn value() -> impl Strategy<Value = Value> {
    let text = || {
        let piece = prop::sample::select(vec![
            "a", "77", "77", "\n", "\"", "\\", "é", "😀", "{", "]", " ", "\u{1}", "/",
        ]);
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    };
    let scalar = prop_oneof![
        Just(Value::Null),
        (0_i64..1000).prop_map(Value::from),
        Just(Value::from(1177)),
        text().prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner.clone()), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
            inner.prop_map(|value| Value::String(value.to_string())),
        ]
    })
}

proptest! {
    #[test]
    fn edits_equal_those_of_the_tree(value in value()) {
        let raw = value.to_string();
        let mut document = Document::default();
        document.parse(raw.as_bytes(), JSON_DEPTH_MAX).expect("the sample is valid");
        let view = document.text(raw.as_bytes());
        // In leaves only: what stands between them is nobody's value.
        let hits: Vec<Finding> = document
            .leaves()
            .iter()
            .flat_map(|leaf| {
                let text = &view[leaf.span.range()];
                let mut at = 0;
                std::iter::from_fn(move || {
                    let found = text.get(at..)?.windows(2).position(|pair| pair == b"77")? + at;
                    at = found + 2;
                    Some(finding(Span::new(leaf.span.start + found, leaf.span.start + found + 2)))
                })
                .collect::<Vec<_>>()
            })
            .collect();
        let redaction = Redaction { style: Some(Style::Placeholder), ..Redaction::default() };
        let edits = plan(view, &hits, &Names, &redaction, Surface::Json(&document));
        let redacted = apply(raw.as_bytes(), &edits);
        let parsed: Value = serde_json::from_slice(&redacted).expect("still valid");
        prop_assert_eq!(parsed, replaced(&value, "77", 3), "{}", raw);
    }

    #[test]
    fn any_bytes_can_be_read_and_mapped(
        raw in prop::collection::vec(
            prop::sample::select(&b"\"\"\\\\{}[],:01-.eEutrefalsn \n\x1f\x7f\xff"[..]), 1..40),
    ) {
        let mut document = Document::default();
        if document.read(&raw, 3, Broken::Scan).is_ok() {
            let view = document.text(&raw);
            prop_assert_eq!(document.to_raw(Span::new(0, view.len())), Span::new(0, raw.len()));
            let mut end = 0;
            let mut pointers = Pointers::new(&document, view, &[]);
            for leaf in document.leaves() {
                prop_assert!(end <= leaf.span.start && leaf.span.end <= view.len());
                end = leaf.span.end;
                let _ = pointers.at(leaf.span.start);
            }
            let strict = Document::default().parse(&raw, 3);
            prop_assert_eq!(strict.is_ok(), document.gaps().is_empty() && !is_several(&raw));
        }
    }
}

/// Whether there is more than one document; each by itself is fine.
fn is_several(raw: &[u8]) -> bool {
    Document::default().parse(raw, 3).is_err_and(|fault| fault.code == JSON_TRAILING)
}

#[test]
fn hostile_documents_are_read() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(read(deep.as_bytes()).gaps().len(), 1);
    let closed_early = format!("{}\"x\"", "{\"a\":[".repeat(10_000));
    assert_eq!(read(closed_early.as_bytes()).gaps().len(), 2);
    let twins = format!("{{{}\"k\":0}}", "\"k\":\"v\",".repeat(1_000_000));
    assert_eq!(read(twins.as_bytes()).leaves().len(), 2_000_002);
    // A thousand levels would need 2^1000 backslashes; what fits into memory is some twenty.
    let mut nested = json!("x");
    while nested.to_string().len() < 1 << 20 {
        nested = json!([nested.to_string()]);
    }
    let raw = nested.to_string();
    assert_eq!(read(raw.as_bytes()).inners().len(), 3);
    let halves = format!("[\"{}\"]", "\\ud83d\\u00e9".repeat(10_000));
    assert_eq!(read(halves.as_bytes()).lone_surrogates(), 10_000);
}

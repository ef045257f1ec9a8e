//! From bytes to verdict: exact edits for the examples of every rule, options, and input that is odd.

use lockgate::base::{Action, Confidence, Edit, Finding, Span, Verdict};
use lockgate::engine::{Classify, Content, Engine, InspectOptions};
use lockgate::redact::{Redaction, Style, apply};
use lockgate::rules::Compiler;
use lockgate::syntax::Source;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| engine(Compiler::with_builtin().add_pack(redact_everything())));

/// A pack that redacts whatever any rule finds.
fn redact_everything() -> Source {
    let text = "id = \"test\"\ntitle = \"Everything\"\ninclude = [\"*\"]\npreview = true\n\
        [[on]]\nlabel = \"*\"\nmin-confidence = \"low\"\naction = \"redact\"\n";
    Source::new("test.toml", text)
}

fn engine(compiler: &Compiler) -> Engine {
    match compiler.build() {
        Ok((rules, _warnings)) => Engine::new(Arc::new(rules)),
        Err(errors) => panic!("{}", errors.render(false)),
    }
}

fn options(style: Option<Style>) -> InspectOptions {
    InspectOptions {
        pack: Some("test".to_owned()),
        redaction: Redaction { style, hash_key: Some([7; 32]), ..Redaction::default() },
        // What the rules find is tested here, and examples of weak cues are no attacks.
        classify: Classify::Never,
        ..InspectOptions::default()
    }
}

fn inspect(content: Content<'_>, style: Option<Style>) -> Verdict {
    ENGINE.inspect(content, &options(style)).expect("the content is valid")
}

/// Every style, and each rule's own.
const STYLES: [Option<Style>; 6] = [
    None,
    Some(Style::Placeholder),
    Some(Style::Numbered),
    Some(Style::Mask { keep_first: 2, keep_last: 4 }),
    Some(Style::Hash),
    Some(Style::Remove),
];

/// Calls `check` with the id, the text and the value of every example that its rule must find.
fn for_each_match(mut check: impl FnMut(&str, &str, &str)) {
    // What rules say of links the inspector of links says better, or not at all: tests/exfil.rs.
    for rule in ENGINE.rules().rules().iter().filter(|rule| rule.spec.link.is_none()) {
        for example in &rule.spec.matches {
            check(&rule.id, &example.text.joined(), &example.find.joined());
        }
    }
}

fn count(text: &[u8], value: &[u8]) -> usize {
    text.windows(value.len()).filter(|window| *window == value).count()
}

/// The edits lie apart, and what is outside of them stands in the result as it stood.
#[track_caller]
fn check_outside(original: &[u8], edits: &[Edit], redacted: &[u8]) {
    let (mut at, mut out) = (0, 0);
    for edit in edits {
        let kept = &original[at..edit.span.start];
        assert_eq!(&redacted[out..out + kept.len()], kept);
        out += kept.len() + edit.replacement.len();
        at = edit.span.end;
    }
    assert_eq!(&redacted[out..], &original[at..]);
}

/// What a rule or any other found in its place: every byte of `value` is in an edit.
fn is_covered(edits: &[Edit], value: Span) -> bool {
    (value.start..value.end)
        .all(|at| edits.iter().any(|edit| edit.span.start <= at && at < edit.span.end))
}

#[test]
fn every_example_is_redacted_from_text() {
    for_each_match(|id, text, value| {
        for style in STYLES {
            let verdict = inspect(Content::Text(text.as_bytes()), style);
            let redacted = apply(text.as_bytes(), &verdict.edits);
            check_outside(text.as_bytes(), &verdict.edits, &redacted);
            assert!(std::str::from_utf8(&redacted).is_ok(), "{id}: valid text stays valid");
            assert_eq!(verdict.coverage.bytes_scanned, text.len(), "{id}");
            if style == Some(Style::Remove) || style == Some(Style::Placeholder) {
                check_gone(id, text, value, &verdict, &redacted);
            }
        }
    });
}

#[track_caller]
fn check_gone(id: &str, text: &str, value: &str, verdict: &Verdict, redacted: &[u8]) {
    let start = text.find(value).expect("the value is in the text");
    let span = Span::new(start, start + value.len());
    // Another rule may be surer of a part of it; then that part is what goes.
    let surer = |finding: &Finding| finding.span.overlaps(span) && finding.span != span;
    if verdict.findings.iter().any(surer) {
        assert!(verdict.edits.iter().any(|edit| edit.span.overlaps(span)), "{id}");
        return;
    }
    assert!(is_covered(&verdict.edits, span), "{id}: the value is not in an edit");
    let left = count(redacted, value.as_bytes());
    assert!(left < count(text.as_bytes(), value.as_bytes()), "{id}: the value is still there");
}

#[test]
fn every_example_is_redacted_from_a_json_string() {
    let mut found = 0;
    let mut total = 0;
    for_each_match(|id, text, value| {
        let quoted = serde_json::to_string(text).expect("a string");
        let raw = format!(
            "{{\"model\":\"m-1\",  \"messages\" : [ {{\"role\":\"user\",\"content\": {quoted} }} ],\n\"n\":1}}"
        );
        for style in STYLES {
            let verdict = inspect(Content::Json(raw.as_bytes()), style);
            let redacted = apply(raw.as_bytes(), &verdict.edits);
            check_outside(raw.as_bytes(), &verdict.edits, &redacted);
            let parsed: Value = serde_json::from_slice(&redacted)
                .unwrap_or_else(|error| panic!("{id} in {style:?}: {error}"));
            assert_eq!((&parsed["model"], &parsed["n"]), (&json!("m-1"), &json!(1)), "{id}");
            let content = parsed["messages"][0]["content"].as_str().expect("still a string");
            if style == Some(Style::Remove) {
                total += 1;
                let before = count(text.as_bytes(), value.as_bytes());
                found += usize::from(count(content.as_bytes(), value.as_bytes()) < before);
            }
        }
    });
    // Examples that rest on the start of the text or on line breaks may lose what they rest on.
    assert!(found * 100 >= total * 95, "{found} of {total} values are gone");
}

#[test]
fn numbers_and_keys_are_context_and_can_be_redacted() {
    let redacted = |raw: &str| {
        let verdict = inspect(Content::Json(raw.as_bytes()), Some(Style::Placeholder));
        String::from_utf8(apply(raw.as_bytes(), &verdict.edits)).expect("valid text")
    };
    assert_eq!(redacted(r#"{"card":4111111111111111}"#), r#"{"card":"[finance.card]"}"#);
    assert_eq!(redacted(r#"{"ssn":"536904399"}"#), r#"{"ssn":"[pii.us.ssn]"}"#);
    assert_eq!(redacted(r#"{"ssn":["536904399"]}"#), r#"{"ssn":["[pii.us.ssn]"]}"#);
    assert_eq!(redacted(r#"{"x":"536904399"}"#), r#"{"x":"536904399"}"#);
    let key = r#"{"ann.lee@contoso.com":1}"#;
    assert_eq!(redacted(key), r#"{"[pii.email]":1}"#);
}

/// A rule in place of the built-in one for e-mail addresses.
const OWN_EMAIL: &str = r#"
family = "pii.contact"
title = "Own"
[[rule]]
id = "email"
title = "Only ours"
since = "0.1.0"
labels = ["pii.email"]
confidence = "high"
why = "A test."
pattern = '''\b[a-z]{1,20}@ours\.example\b'''
"#;

#[test]
fn a_rule_of_the_same_id_replaces_the_built_in_one() {
    assert!(ENGINE.rules().find("pii.contact.email").is_some(), "the id is a built-in one");
    let own =
        engine(Compiler::with_builtin().add_rules(Source::new("pii/contact.toml", OWN_EMAIL)));
    let found = |engine: &Engine, text: &str| {
        let verdict = engine.inspect(Content::Text(text.as_bytes()), &InspectOptions::default());
        verdict.expect("valid").findings.len()
    };
    assert_eq!(found(&own, "ann@ours.example"), 1);
    assert_eq!(found(&own, "jane.doe@contoso.com"), 0);
    assert_eq!(found(&ENGINE, "jane.doe@contoso.com"), 1);
    assert_eq!(own.rules().rules().len(), ENGINE.rules().rules().len());
    assert_ne!(own.rules().fingerprint(), ENGINE.rules().fingerprint());
}

#[test]
fn an_unknown_pack_is_an_error() {
    let options = InspectOptions { pack: Some("none".into()), ..InspectOptions::default() };
    let fault = ENGINE.inspect(Content::Text(b"x"), &options).expect_err("there is no such pack");
    assert_eq!(fault.code.id, "request.pack.unknown");
}

#[test]
fn findings_below_the_asked_confidence_are_dropped() {
    for_each_match(|id, text, _| {
        let all = inspect(Content::Text(text.as_bytes()), None);
        for min in Confidence::ALL {
            let options = InspectOptions { min_confidence: Some(min), ..options(None) };
            let kept = ENGINE.inspect(Content::Text(text.as_bytes()), &options).expect("valid");
            let expect: Vec<_> =
                all.findings.iter().filter(|finding| finding.confidence >= min).copied().collect();
            assert_eq!(kept.findings, expect, "{id}");
        }
    });
}

#[test]
fn a_text_in_utf_16_never_looks_clean() {
    for bom in [b"\xff\xfe", b"\xfe\xff"] {
        let text = [bom.as_slice(), b"h\0i\0"].concat();
        let verdict = inspect(Content::Text(&text), None);
        assert_eq!(verdict.action, Action::Flag);
        assert_eq!(verdict.coverage.gaps[0].code.id, "payload.encoding.unsupported");
        assert_eq!(verdict.coverage.gaps[0].span, Span::new(0, text.len()));
        assert_eq!(verdict.coverage.bytes_scanned, 0);
    }
}

#[test]
fn empty_input_is_clean_text_and_no_json() {
    let verdict = inspect(Content::Text(b""), None);
    assert_eq!((verdict.action, verdict.coverage.is_complete()), (Action::Allow, true));
    for raw in [b"".as_slice(), b" \n", b"\xef\xbb\xbf"] {
        let fault = ENGINE.inspect(Content::Json(raw), &options(None)).expect_err("no document");
        assert_eq!(fault.code.id, "payload.json.empty");
    }
}

#[test]
fn bytes_that_are_no_text_hide_nothing_and_stay() {
    for between in [b"\0".as_slice(), b"\xff", b"\xc3", b"\r\n", b"\xf0\x9f\x98"] {
        let text =
            [between, b"4111111111111111", between, b"jane.doe@contoso.com", between].concat();
        let verdict = inspect(Content::Text(&text), Some(Style::Remove));
        assert_eq!(verdict.findings.len(), 2, "{between:?}");
        assert_eq!(apply(&text, &verdict.edits), between.repeat(3));
    }
}

#[test]
fn overlapping_findings_are_one_edit() {
    let text = "postgres://admin:4111111111111111@db.contoso.com:5432/prod";
    let verdict = inspect(Content::Text(text.as_bytes()), Some(Style::Placeholder));
    assert!(!verdict.edits.is_empty());
    let redacted = apply(text.as_bytes(), &verdict.edits);
    check_outside(text.as_bytes(), &verdict.edits, &redacted);
    assert_eq!(count(&redacted, b"4111111111111111"), 0);
    for pair in verdict.edits.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start);
    }
}

//! Redaction: exact edits, JSON that stays JSON, nothing of the value left.

use lockgate::base::limits::JSON_DEPTH_MAX;
use lockgate::base::{Confidence, Edit, Evidence, Finding, LabelIndex, RuleIndex, Span, ViewPath};
use lockgate::payload::json::{Document, LeafKind};
use lockgate::redact::{Naming, Redaction, Style, Surface, apply, plan};
use proptest::prelude::*;
use serde_json::Value;

/// Labels by index; rule 1 hints at a mask, others at nothing.
struct Names;

const LABELS: [&str; 3] = ["pii.email", "finance.card", "odd.\"\\\n"];

impl Naming for Names {
    fn label(&self, finding: &Finding) -> &str {
        LABELS[finding.label.index()]
    }

    fn hint(&self, finding: &Finding) -> Option<Style> {
        (finding.rule == RuleIndex(1)).then_some(Style::Mask { keep_first: 0, keep_last: 4 })
    }
}

fn finding(start: usize, end: usize, label: u16) -> Finding {
    Finding {
        rule: RuleIndex(0),
        label: LabelIndex(label),
        span: Span::new(start, end),
        confidence: Confidence::Medium,
        score: 0.6,
        evidence: Evidence::NONE,
        view: ViewPath::RAW,
    }
}

fn styled(style: Style) -> Redaction {
    Redaction { style: Some(style), hash_key: Some([7; 32]), ..Redaction::default() }
}

fn redact_text(text: &str, findings: &[Finding], redaction: &Redaction) -> String {
    let edits = plan(text.as_bytes(), findings, &Names, redaction, Surface::Text);
    String::from_utf8(apply(text.as_bytes(), &edits)).expect("valid text stays valid")
}

fn parsed(raw: &[u8]) -> Document {
    let mut document = Document::default();
    let result = document.parse(raw, JSON_DEPTH_MAX);
    assert!(result.is_ok(), "{result:?} for {}", String::from_utf8_lossy(raw));
    document
}

/// Redacts every occurrence of each value in the view of the document.
fn redact_json(raw: &str, values: &[&str], redaction: &Redaction) -> String {
    let document = parsed(raw.as_bytes());
    let view = document.text(raw.as_bytes());
    let mut findings = Vec::new();
    for value in values {
        let mut at = 0;
        while let Some(offset) = view[at..].windows(value.len()).position(|w| w == value.as_bytes())
        {
            findings.push(finding(at + offset, at + offset + value.len(), 0));
            at += offset + value.len();
        }
    }
    assert!(!findings.is_empty(), "the sample holds the values");
    let edits = plan(view, &findings, &Names, redaction, Surface::Json(&document));
    let redacted = apply(raw.as_bytes(), &edits);
    parsed(&redacted);
    String::from_utf8(redacted).expect("valid text stays valid")
}

#[test]
fn each_style_shows_what_it_says() {
    let text = "mail ann@x.example now";
    let check = |style, expect: &str| {
        assert_eq!(redact_text(text, &[finding(5, 18, 0)], &styled(style)), expect);
    };
    check(Style::Placeholder, "mail [pii.email] now");
    check(Style::Numbered, "mail [pii.email#1] now");
    check(Style::Mask { keep_first: 1, keep_last: 2 }, "mail a**********le now");
    check(Style::Remove, "mail  now");
    let hashed = redact_text(text, &[finding(5, 18, 0)], &styled(Style::Hash));
    let digits =
        hashed.strip_prefix("mail [pii.email:").and_then(|rest| rest.strip_suffix("] now"));
    assert!(digits.is_some_and(|digits| digits.len() == 20), "{hashed}");
    let keyless = Redaction { style: Some(Style::Hash), ..Redaction::default() };
    assert_eq!(redact_text(text, &[finding(5, 18, 0)], &keyless), "mail [pii.email] now");
}

#[test]
fn the_hint_of_the_rule_counts_unless_a_style_is_asked_for() {
    let text = "4111111111111111";
    let card = Finding { rule: RuleIndex(1), ..finding(0, 16, 1) };
    assert_eq!(redact_text(text, &[card], &Redaction::default()), "************1111");
    assert_eq!(redact_text(text, &[card], &styled(Style::Placeholder)), "[finance.card]");
    let unhinted = finding(0, 16, 1);
    assert_eq!(redact_text(text, &[unhinted], &Redaction::default()), "[finance.card]");
}

#[test]
fn numbers_follow_values_per_label() {
    let findings = [finding(0, 1, 0), finding(2, 3, 0), finding(4, 5, 1), finding(6, 7, 0)];
    assert_eq!(
        redact_text("a b a a", &findings, &styled(Style::Numbered)),
        "[pii.email#1] [pii.email#2] [finance.card#1] [pii.email#1]"
    );
}

#[test]
fn overlapping_findings_become_one_edit_in_the_surest_style() {
    let check = |findings: &[Finding], expect: &str| {
        assert_eq!(redact_text("0123456789", findings, &styled(Style::Placeholder)), expect);
    };
    let sure = |start, end| Finding { confidence: Confidence::High, ..finding(start, end, 1) };
    check(&[finding(1, 5, 0), finding(4, 7, 0)], "0[pii.email]789");
    check(&[finding(1, 6, 0), sure(4, 7)], "0[finance.card]789");
    check(&[finding(1, 4, 0), finding(2, 8, 1)], "0[finance.card]89");
    check(&[finding(2, 3, 1), finding(1, 8, 0)], "0[pii.email]89");
    check(&[finding(1, 8, 0), sure(2, 3)], "0[finance.card]89");
    check(&[finding(1, 3, 0), finding(2, 5, 0), finding(4, 6, 0)], "0[pii.email]6789");
    check(&[finding(1, 3, 0), finding(3, 5, 1)], "0[pii.email][finance.card]56789");
    check(&[finding(3, 5, 1), finding(1, 3, 0)], "0[pii.email][finance.card]56789");
    check(&[finding(4, 4, 0)], "0123456789");
    check(&[finding(8, 99, 0), finding(50, 99, 0)], "01234567[pii.email]");
}

#[test]
fn characters_are_never_cut() {
    let text = "aé€😀z";
    let length = text.len();
    for start in 0..length {
        for end in start + 1..=length {
            let redacted = redact_text(text, &[finding(start, end, 0)], &styled(Style::Remove));
            assert!(text.chars().filter(|char| redacted.contains(*char)).count() < 5);
        }
    }
    assert_eq!(redact_text(text, &[finding(2, 5, 0)], &styled(Style::Remove)), "a😀z");
    let touching = [finding(0, 2, 0), finding(2, 3, 0)];
    assert_eq!(redact_text(text, &touching, &styled(Style::Placeholder)), "[pii.email]€😀z");
}

#[test]
fn json_keeps_everything_but_the_value() {
    let placeholder = styled(Style::Placeholder);
    let check = |raw, values: &[&str], expect| {
        assert_eq!(redact_json(raw, values, &placeholder), expect);
    };
    check(r#"{ "to" : "ann@x.example" }"#, &["ann@x.example"], r#"{ "to" : "[pii.email]" }"#);
    check(r#"["\n\u0061nn@x.example\n"]"#, &["ann@x.example"], r#"["\n[pii.email]\n"]"#);
    check(r#"["a\"b\\c"]"#, &["\"b\\"], r#"["a[pii.email]c"]"#);
    check(r#"{"ann@x":{"k":"ann@x"}}"#, &["ann@x"], r#"{"[pii.email]":{"k":"[pii.email]"}}"#);
    check(
        r#"{"n":4111,"m":[-1.4111e3,4]}"#,
        &["4111"],
        r#"{"n":"[pii.email]","m":["[pii.email]",4]}"#,
    );
    check("4111", &["11"], "\"[pii.email]\"");
    check(r#"[12344321]"#, &["23", "43"], r#"["[pii.email]"]"#);
    check(
        r#"["ab","","cd",true]"#,
        &["b\",\"\",\"c"],
        r#"["a[pii.email]","","[pii.email]d",true]"#,
    );
    check(r#"["{\"k\":\"ann@x\"}"]"#, &["ann@x"], r#"["{\"k\":\"[pii.email]\"}"]"#);
}

#[test]
fn json_numbers_take_every_style() {
    let check = |style, expect| {
        assert_eq!(redact_json(r#"{"n":-41115555}"#, &["5555"], &styled(style)), expect);
    };
    check(Style::Mask { keep_first: 0, keep_last: 4 }, r#"{"n":"*****5555"}"#);
    check(Style::Remove, r#"{"n":""}"#);
    check(Style::Numbered, r#"{"n":"[pii.email#1]"}"#);
}

#[test]
fn literals_and_structure_are_never_edited() {
    let raw = br#"{"a":true,"b":null}"#;
    let document = parsed(raw);
    let findings = [finding(4, 10, 0), finding(13, 18, 0)];
    let edits = plan(raw, &findings, &Names, &Redaction::default(), Surface::Json(&document));
    assert_eq!(edits, []);
}

#[test]
fn the_same_value_has_one_number_however_it_is_escaped() {
    assert_eq!(
        redact_json(r#"["ann@x","\u0061nn\u0040x"]"#, &["ann@x"], &styled(Style::Numbered)),
        r#"["[pii.email#1]","[pii.email#1]"]"#
    );
}

fn style() -> impl Strategy<Value = Option<Style>> {
    let mask = (0usize..6, 0usize..6)
        .prop_map(|(keep_first, keep_last)| Style::Mask { keep_first, keep_last });
    prop::option::of(prop_oneof![
        Just(Style::Placeholder),
        Just(Style::Numbered),
        mask,
        Just(Style::Hash),
        Just(Style::Remove),
    ])
}

fn redaction() -> impl Strategy<Value = Redaction> {
    (style(), any::<Option<[u8; 32]>>()).prop_map(|(style, hash_key)| Redaction {
        style,
        hash_key,
        reencode: false,
    })
}

fn confidence() -> impl Strategy<Value = Confidence> {
    prop::sample::select(&Confidence::ALL[..])
}

/// Findings as fractions of a text that is not known yet.
fn findings() -> impl Strategy<Value = Vec<(f64, f64, u32, u16, Confidence)>> {
    let finding = (0.0..1.0, 0.0..0.4, 0u32..2, 0u16..3, confidence());
    prop::collection::vec(finding, 0..8)
}

fn place(fractions: &[(f64, f64, u32, u16, Confidence)], len: usize) -> Vec<Finding> {
    let place = |&(start, width, rule, label, confidence): &(f64, f64, u32, u16, Confidence)| {
        let start = (start * len as f64) as usize;
        let end = (start + (width * len as f64) as usize).min(len);
        Finding { rule: RuleIndex(rule), confidence, ..finding(start, end, label) }
    };
    fractions.iter().map(place).collect()
}

fn json() -> impl Strategy<Value = Value> {
    let text = || {
        let character = prop_oneof![
            4 => proptest::char::range('a', 'z'),
            1 => prop::sample::select(vec!['"', '\\', '/', '\n', '\u{1}', 'é', '€', '😀']),
        ];
        prop::collection::vec(character, 0..20).prop_map(String::from_iter)
    };
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 30, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Writes every character beyond ASCII as an escape.
fn ascii(json: &str) -> String {
    let mut out = String::new();
    for char in json.chars() {
        if char.is_ascii() {
            out.push(char);
        } else {
            char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out += &format!("\\u{unit:04x}"));
        }
    }
    out
}

/// What holds for all edits: ascending, apart, within bounds, and printable.
fn check_edits(original: &[u8], edits: &[Edit]) -> Result<(), TestCaseError> {
    let mut at = 0;
    for edit in edits {
        prop_assert!(at <= edit.span.start && edit.span.end <= original.len());
        prop_assert!(!edit.span.is_empty());
        at = edit.span.end;
        let inner = edit.replacement.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let inner = inner.unwrap_or(&edit.replacement);
        let printable = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\';
        prop_assert!(inner.bytes().all(printable), "{}", inner);
    }
    Ok(())
}

/// Bytes outside edits reappear in order around the replacements.
fn check_rest(original: &[u8], edits: &[Edit], redacted: &[u8]) -> Result<(), TestCaseError> {
    let (mut from, mut to) = (0, 0);
    for edit in edits {
        let kept = &original[from..edit.span.start];
        prop_assert_eq!(&redacted[to..to + kept.len()], kept);
        to += kept.len();
        prop_assert!(redacted[to..].starts_with(edit.replacement.as_bytes()));
        to += edit.replacement.len();
        from = edit.span.end;
    }
    prop_assert_eq!(&redacted[to..], &original[from..]);
    Ok(())
}

/// The document with every string, number and key replaced by nothing: what redaction must not change.
fn skeleton(value: &Value) -> Value {
    match value {
        Value::String(_) | Value::Number(_) => Value::from(0),
        Value::Array(items) => items.iter().map(skeleton).collect(),
        Value::Object(members) => members.values().map(skeleton).collect(),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn text_loses_the_findings_and_nothing_else(
        text in prop::collection::vec(prop::sample::select(vec!['a', '1', '"', '\n', 'é', '😀']), 0..60)
            .prop_map(String::from_iter),
        fractions in findings(),
        redaction in redaction(),
    ) {
        let findings = place(&fractions, text.len());
        let edits = plan(text.as_bytes(), &findings, &Names, &redaction, Surface::Text);
        check_edits(text.as_bytes(), &edits)?;
        let redacted = apply(text.as_bytes(), &edits);
        check_rest(text.as_bytes(), &edits, &redacted)?;
        prop_assert!(str::from_utf8(&redacted).is_ok());
        for finding in findings.iter().filter(|finding| !finding.span.is_empty()) {
            let covering = edits.iter().filter(|edit| edit.span.contains(finding.span)).count();
            prop_assert_eq!(covering, 1, "{:?} in {:?}", finding.span, edits);
        }
    }

    #[test]
    fn any_bytes_are_edited_within_bounds(
        text in prop::collection::vec(any::<u8>(), 0..60),
        fractions in findings(),
        redaction in redaction(),
    ) {
        let findings = place(&fractions, text.len());
        let edits = plan(&text, &findings, &Names, &redaction, Surface::Text);
        check_edits(&text, &edits)?;
        check_rest(&text, &edits, &apply(&text, &edits))?;
    }

    #[test]
    fn json_stays_json_with_the_same_shape(
        value in json(),
        escaped in any::<bool>(),
        fractions in findings(),
        redaction in redaction(),
    ) {
        let raw = if escaped { ascii(&value.to_string()) } else { value.to_string() };
        let document = parsed(raw.as_bytes());
        let view = document.text(raw.as_bytes());
        let mut findings = place(&fractions, view.len());
        findings.retain(|finding| !finding.span.is_empty());
        let edits = plan(view, &findings, &Names, &redaction, Surface::Json(&document));
        check_edits(raw.as_bytes(), &edits)?;
        let redacted = apply(raw.as_bytes(), &edits);
        check_rest(raw.as_bytes(), &edits, &redacted)?;

        let after = parsed(&redacted);
        prop_assert_eq!(after.leaves().len(), document.leaves().len());
        let reread: Value = serde_json::from_slice(&redacted).expect("still valid JSON");
        // Keys that became equal merge in serde_json; the shapes are compared where none did.
        let keys = |value: &Value| skeleton(value).to_string().matches(['[', ',']).count();
        if keys(&reread) == keys(&value) {
            prop_assert_eq!(skeleton(&reread), skeleton(&value));
        }
        for (old, new) in document.leaves().iter().zip(after.leaves()) {
            let touched = findings.iter().any(|finding| finding.span.overlaps(old.span));
            let number = old.kind == LeafKind::Number && touched;
            let kind = if number { LeafKind::String } else { old.kind };
            prop_assert_eq!(new.kind, kind);
            if !touched {
                let new_text = &after.text(&redacted)[new.span.range()];
                prop_assert_eq!(&view[old.span.range()], new_text);
            }
        }
    }

    #[test]
    fn nothing_of_a_value_is_left_in_json(
        value in "[A-Z]{8,20}",
        before in "[a-z\"\\\\\n é]{0,10}",
        after in "[a-z\"\\\\\n é]{0,10}",
        redaction in redaction(),
    ) {
        let raw = serde_json::json!({ "k": format!("{before}{value}{after}"), &*value: [&*value] });
        let raw = raw.to_string();
        let redacted = redact_json(&raw, &[&value], &redaction);
        prop_assert!(!redacted.contains(&value));
        let kept = match redaction.style {
            Some(Style::Mask { .. }) => value.len() / 2,
            _ => 0,
        };
        let left = redacted.bytes().filter(u8::is_ascii_uppercase).count();
        prop_assert!(left <= 3 * kept, "{} bytes of {} are left", left, value.len());
        let expect = |part: &str| serde_json::to_string(part).expect("a string can be written");
        let (head, tail) = (expect(&before), expect(&after));
        prop_assert!(redacted.contains(&head[..head.len() - 1]));
        prop_assert!(redacted.contains(&tail[1..]));
        // Nothing is found any more, so redacting again changes nothing.
        let document = parsed(redacted.as_bytes());
        prop_assert!(!document.text(redacted.as_bytes()).windows(value.len()).any(|w| w == value.as_bytes()));
    }
}

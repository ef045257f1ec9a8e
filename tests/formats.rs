//! Payloads of every API against what must be found in them, where, and what becomes of it.

use lockgate::base::place::VIEW_RAW;
use lockgate::base::{Format, Gap, Kind, Place, Role};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::redact::apply;
use lockgate::rules::Compiler;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules compile");
    Engine::new(Arc::new(rules))
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    format: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    payload: String,
    action: String,
    reason: Option<String>,
    #[serde(default)]
    gaps: Vec<String>,
    findings: Vec<String>,
}

#[test]
fn payloads_are_understood() {
    let mut formats = BTreeSet::new();
    let mut problems = String::new();
    for entry in fs::read_dir("tests/formats").expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let text = fs::read_to_string(&path).expect("it is text");
        let table: Table =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &table.case {
            check(&table.format, case, &mut problems);
        }
        formats.insert(table.format);
    }
    assert!(problems.is_empty(), "{problems}");
    let all: BTreeSet<String> = Format::ALL.iter().map(|format| format.name().to_owned()).collect();
    let missing: Vec<_> = all.difference(&formats).filter(|name| *name != "text").collect();
    assert_eq!(missing, Vec::<&String>::new(), "formats without a table");
}

fn check(format: &str, case: &Case, problems: &mut String) {
    let raw = case.payload.trim_end().as_bytes();
    let name = format!("{format}: {}", case.name);
    let verdict = ENGINE.inspect(Content::Json(raw), &InspectOptions::default()).expect("JSON");
    let mut expect = |what: &str, found: &dyn std::fmt::Debug, wanted: &dyn std::fmt::Debug| {
        let (found, wanted) = (format!("{found:#?}"), format!("{wanted:#?}"));
        if found != wanted {
            problems.push_str(&format!("{name}: {what}\nfound {found}\nexpected {wanted}\n"));
        }
    };
    expect("format", &verdict.format.name(), &format);
    let found: Vec<String> = verdict.places.iter().map(shown).collect();
    expect("findings", &found, &case.findings);
    expect("action", &verdict.action.name(), &case.action);
    expect("reason", &verdict.reason.map(|code| code.id), &case.reason.as_deref());
    let gap = |gap: &Gap| format!("{} {}", gap.code, gap.media.unwrap_or("-"));
    let gaps: Vec<String> = verdict.coverage.gaps.iter().map(gap).collect();
    expect("gaps", &gaps, &case.gaps);
    assert_eq!(verdict.places.len(), verdict.findings.len(), "{name}");

    let redacted = apply(raw, &verdict.edits);
    let left = ENGINE.inspect(Content::Json(&redacted), &InspectOptions::default()).expect(&name);
    let fixed = verdict.places.iter().filter(|place| place.fixed.is_some()).count();
    assert_eq!(left.findings.len(), fixed, "{name}: what can be edited is gone");
    let parse = |raw: &[u8]| serde_json::from_slice::<Value>(raw).expect("valid JSON");
    check_shape(&parse(raw), &parse(&redacted), &name);
}

/// Pointer, role, kind, why it cannot be edited, and the view if it is not the original.
fn shown(place: &Place) -> String {
    let pointer = place.pointer.as_deref().unwrap_or("-");
    let role = place.role.map_or("-", Role::name);
    let kind = place.kind.map_or("-", Kind::name);
    let fixed = place.fixed.map(|code| format!(" {code}")).unwrap_or_default();
    let view = if place.view == VIEW_RAW { String::new() } else { format!(" {}", place.view) };
    format!("{pointer} {role} {kind}{fixed}{view}")
}

/// Both have the same members and elements, in documents within strings, too; what repeated an edited text may be gone.
fn check_shape(before: &Value, after: &Value, name: &str) {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{name}");
            for (key, value) in a {
                check_shape(value, &b[key], name);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{name}");
            a.iter().zip(b).for_each(|(a, b)| check_shape(a, b, name));
        }
        (Value::String(a), Value::String(b)) => {
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(a) {
                let after = serde_json::from_str(b).expect("still a document");
                check_shape(&inner, &after, name);
            }
        }
        (Value::Object(_) | Value::Array(_), Value::Null) => {}
        (a, b) => assert_eq!(a, b, "{name}"),
    }
}

#[test]
fn the_log_probabilities_of_an_edited_text_go_and_others_stay() {
    let raw = br#"{"object":"chat.completion","choices":[
        {"logprobs":{"content":[{"token":"ann"}]},"message":{"role":"assistant","content":"ann@contoso.com"}},
        {"logprobs":{"content":[{"token":"no"}]},"message":{"role":"assistant","content":"no"}}]}"#;
    let verdict = ENGINE.inspect(Content::Json(raw), &InspectOptions::default()).expect("JSON");
    let redacted: Value = serde_json::from_slice(&apply(raw, &verdict.edits)).expect("valid JSON");
    assert_eq!(redacted["choices"][0]["logprobs"], Value::Null);
    assert_eq!(redacted["choices"][0]["message"]["content"], "[pii.email]");
    assert_eq!(redacted["choices"][1]["logprobs"]["content"][0]["token"], "no");
}

#[test]
fn a_format_can_be_asked_for() {
    let raw = br#"{"messages":[{"role":"user","content":"ann@contoso.com"}]}"#;
    let format = |format| {
        let options = InspectOptions { format, ..InspectOptions::default() };
        let verdict = ENGINE.inspect(Content::Json(raw), &options).expect("JSON");
        (verdict.format, verdict.places[0].kind.map(|kind| kind.name()))
    };
    assert_eq!(format(None), (Format::OpenaiChat, Some("text")));
    assert_eq!(format(Some(Format::Ollama)), (Format::Ollama, Some("text")));
    assert_eq!(format(Some(Format::Json)), (Format::Json, None));
    assert_eq!(format(Some(Format::Text)), (Format::OpenaiChat, Some("text")));
}

#[test]
fn numbers_in_arguments_get_the_quotes_of_their_level() {
    let raw = br#"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"pay",
        "arguments":"{\"card\":4111111111111111,\"b\":\"{\\\"card\\\": 4111111111111111}\"}"}}]}]}"#;
    let verdict = ENGINE.inspect(Content::Json(raw), &InspectOptions::default()).expect("JSON");
    let redacted = apply(raw, &verdict.edits);
    let outer: Value = serde_json::from_slice(&redacted).expect("valid JSON");
    let arguments = &outer["messages"][0]["tool_calls"][0]["function"]["arguments"];
    let inner: Value = serde_json::from_str(arguments.as_str().expect("a string")).expect("JSON");
    assert!(inner["card"].is_string(), "{inner}");
    let deeper: Value = serde_json::from_str(inner["b"].as_str().expect("a string")).expect("JSON");
    assert!(deeper["card"].is_string(), "{deeper}");
}

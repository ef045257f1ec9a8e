//! `--format sarif`: a SARIF 2.1.0 log with one run.

use super::place::Place;
use super::visitor::InFile;
use crate::base::{Confidence, Verdict};
use crate::batch::{Document, Origin, Problem, Severity};
use crate::rules::{Rule, Rules};
use crate::syntax::ConfidenceName;
use serde_json::{Value, json};
use std::fmt::Write as _;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Everything up to the first result.
pub(super) fn begin(rules: &Rules) -> Vec<u8> {
    let described: Vec<Value> = rules.rules().iter().map(|rule| describe(rules, rule)).collect();
    let driver = json!({
        "name": "Lockgate",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": described,
    });
    format!(
        "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\
         \"columnKind\":\"unicodeCodePoints\",\"results\":["
    )
    .into_bytes()
}

/// Everything after the last result.
pub(super) fn end(problems: &[Problem]) -> Vec<u8> {
    let successful = problems.iter().all(|problem| problem.severity < Severity::Error);
    let notifications: Vec<Value> = problems.iter().map(notification).collect();
    let invocation = json!({
        "executionSuccessful": successful,
        "toolExecutionNotifications": notifications,
    });
    format!("\n],\"invocations\":[{invocation}]}}]}}\n").into_bytes()
}

/// One result per finding.
pub(super) fn write(rules: &Rules, document: &Document<'_>, verdict: &Verdict, out: &mut Vec<u8>) {
    if verdict.findings.is_empty() {
        return;
    }
    let file = InFile::new(document, &verdict.findings);
    let uri = uri(document.origin);
    let mut start = Place::new(file.text, file.line);
    for (finding, span) in verdict.findings.iter().zip(&file.spans) {
        start.advance(span.start);
        let mut end = start.clone();
        end.advance(span.end);
        let rule = rules.rule(finding.rule);
        // By way of its decimal form: widening 0.9_f32 to f64 would print 0.8999999761581421.
        let score: f64 = finding.score.to_string().parse().unwrap_or_default();
        let result = json!({
            "ruleId": &*rule.id,
            "ruleIndex": finding.rule.index(),
            "level": level(finding.confidence),
            "message": {"text": format!("{} ({})", rule.spec.title, rules.label(finding.label).id)},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": uri},
                "region": {
                    "startLine": start.line,
                    "startColumn": start.column,
                    "endLine": end.line,
                    "endColumn": end.column,
                    "byteOffset": file.offset + span.start as u64,
                    "byteLength": span.len(),
                },
            }}],
            "properties": {"confidence": finding.confidence.name(), "score": score},
        });
        out.extend_from_slice(format!(",\n{result}").as_bytes());
    }
}

fn describe(rules: &Rules, rule: &Rule) -> Value {
    let spec = &rule.spec;
    let confidence = match spec.confidence.get_ref() {
        ConfidenceName::Low => Confidence::Low,
        ConfidenceName::Medium => Confidence::Medium,
        ConfidenceName::High => Confidence::High,
    };
    let label = &rules.label(rule.label).id;
    let help = format!("{} Remove it, or redact it with `lockgate scan --redact`.", spec.why);
    let mut described = json!({
        "id": &*rule.id,
        "shortDescription": {"text": spec.title},
        "fullDescription": {"text": spec.why},
        "help": {"text": help},
        "defaultConfiguration": {"level": level(confidence)},
        "properties": {"tags": ["security", &**label]},
    });
    if let Some(reference) = spec.references.first().filter(|reference| reference.contains("://")) {
        described["helpUri"] = json!(reference);
    }
    described
}

fn notification(problem: &Problem) -> Value {
    let mut text = problem.code.title.to_owned();
    if !problem.detail.is_empty() {
        let _ = write!(text, ": {}", problem.detail);
    }
    let mut place = json!({"artifactLocation": {"uri": uri(&problem.origin)}});
    if let Some(line) = problem.line {
        place["region"] = json!({"startLine": line});
    }
    let level = match problem.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    json!({
        "descriptor": {"id": problem.code.id},
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    })
}

fn level(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "note",
        Confidence::Medium => "warning",
        Confidence::High => "error",
    }
}

/// The path as a URI reference: relative paths stay relative, every byte that is not plain is escaped.
fn uri(origin: &Origin) -> String {
    let Some(path) = origin.path() else { return "stdin".to_owned() };
    let bytes = path.as_os_str().as_encoded_bytes();
    let bytes = bytes.strip_prefix(b"./").unwrap_or(bytes);
    let mut uri = String::with_capacity(bytes.len());
    if path.is_absolute() {
        uri.push_str("file://");
    }
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(*byte));
            }
            _ => {
                // Writing to a string does not fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let check = |path: &str, expect: &str| {
            assert_eq!(uri(&Origin::File(path.into())), expect);
        };
        check("src/a.rs", "src/a.rs");
        check("./a b#c.txt", "a%20b%23c.txt");
        check("/var/é", "file:///var/%C3%A9");
        check("a:b", "a%3Ab");
    }
}

//! Snapshots of every shape against what must be found in them, in which record, since when, from where, and what becomes of them.

use lockgate::base::{Edit, Span};
use lockgate::engine::{Engine, InspectOptions};
use lockgate::payload::memory::{Hidden, Snapshot, names};
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
    shape: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    payload: String,
    records: Vec<String>,
    #[serde(default)]
    gaps: Vec<String>,
    /// Findings that no copy can be without.
    #[serde(default)]
    left: usize,
}

#[test]
fn snapshots_are_understood() {
    let mut shapes = BTreeSet::new();
    let mut problems = String::new();
    for entry in fs::read_dir("tests/memory").expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let text = fs::read_to_string(&path).expect("it is text");
        let table: Table =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &table.case {
            check(&table.shape, case, &mut problems);
        }
        shapes.insert(table.shape);
    }
    assert!(problems.is_empty(), "{problems}");
    let missing: Vec<_> = names().filter(|name| !shapes.contains(*name)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "shapes without a sample");
}

fn check(shape: &str, case: &Case, problems: &mut String) {
    let raw = case.payload.trim_start().as_bytes();
    let snapshot = Snapshot::read(raw);
    let mut records = Vec::new();
    let mut gaps = Vec::new();
    let mut left = 0;
    let mut edits = Vec::new();
    for piece in 0..snapshot.pieces() {
        let verdict = ENGINE
            .inspect_piece(&snapshot, piece, &InspectOptions::default())
            .expect("nothing is refused");
        gaps.extend(verdict.coverage.gaps.iter().map(|gap| gap.code.id));
        left += verdict.places.iter().filter(|place| place.fixed.is_some()).count();
        for edit in verdict.edits {
            let span = snapshot.to_raw(piece, edit.span);
            edits.push(Edit { span, ..edit });
        }
        if verdict.findings.is_empty() {
            continue;
        }
        let spans: Vec<Span> =
            verdict.findings.iter().map(|found| snapshot.to_raw(piece, found.span)).collect();
        let found: Vec<String> = verdict
            .findings
            .iter()
            .enumerate()
            .map(|(index, finding)| {
                let label = ENGINE.rules().label(finding.label).id.to_string();
                let Some(place) = verdict.places.get(index) else { return label };
                let pointer = place.pointer.clone().unwrap_or_default();
                let fixed = place.fixed.map(|code| format!(" [{code}]")).unwrap_or_default();
                format!(
                    "{label} at {}{pointer}{fixed}",
                    snapshot.pointer(piece, &Hidden::default())
                )
            })
            .collect();
        records.push(format!(
            "{}: {}",
            heading(&snapshot, piece, &Hidden::new(spans)),
            found.join("; ")
        ));
    }
    if snapshot.shape() != shape
        || records != case.records
        || gaps != case.gaps
        || left != case.left
    {
        problems.push_str(&format!(
            "{shape}: {}: {}, left {left}, gaps {gaps:?}\n  {}\n",
            case.name,
            snapshot.shape(),
            records.join("\n  ")
        ));
    }
    edits.sort_by_key(|edit| edit.span);
    check_copy(&case.name, raw, &apply(raw, &edits));
}

fn heading(snapshot: &Snapshot<'_>, piece: usize, found: &Hidden) -> String {
    let place = match snapshot.line(piece) {
        Some(line) => line.to_string(),
        None => snapshot.pointer(piece, found),
    };
    let facts = snapshot.facts(piece, found);
    let shown = |name: &str, fact: Option<String>| {
        fact.map(|fact| format!(" {name}={fact}")).unwrap_or_default()
    };
    let words = [
        shown("since", facts.since),
        shown("role", facts.role),
        shown("source", facts.source),
        shown("id", facts.id),
    ];
    format!("{} {place}{}", snapshot.what(piece), words.concat())
}

/// A copy has the same records with the same ids, nothing to edit, and the same structure.
fn check_copy(name: &str, raw: &[u8], copy: &[u8]) {
    let snapshot = Snapshot::read(copy);
    assert_eq!(snapshot.pieces(), Snapshot::read(raw).pieces(), "{name}");
    for piece in 0..snapshot.pieces() {
        let verdict = ENGINE
            .inspect_piece(&snapshot, piece, &InspectOptions::default())
            .expect("nothing is refused");
        assert_eq!(verdict.edits, [], "{name}: {}", String::from_utf8_lossy(copy));
    }
    if let (Ok(before), Ok(after)) = (serde_json::from_slice(raw), serde_json::from_slice(copy)) {
        check_shape(&before, &after, name);
    }
}

fn check_shape(before: &Value, after: &Value, name: &str) {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{name}");
            for (key, value) in a {
                let is_id = key == "id" || key.ends_with("_id") || key.ends_with("_at");
                assert!(!is_id || value == &b[key], "{name}: {key}");
                check_shape(value, &b[key], name);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{name}");
            a.iter().zip(b).for_each(|(a, b)| check_shape(a, b, name));
        }
        (Value::String(_), Value::String(_)) => {}
        (a, b) => assert_eq!(a, b, "{name}"),
    }
}

#[test]
fn a_hash_names_the_bytes_the_rules_and_the_options() {
    let snapshot = Snapshot::read(br#"[{"a":1},{"a":1},{"a":2}]"#);
    let options = InspectOptions::default();
    let hasher = ENGINE.content_hasher(&options);
    let hash = |piece| hasher.hash(&snapshot, piece);
    assert_eq!(hash(1), hash(2));
    assert_ne!(hash(1), hash(3));
    assert_ne!(hash(0), hash(1));
    assert_eq!(hasher.name(), ENGINE.content_hasher(&options).name());
    let strict = InspectOptions { pack: Some("pci".into()), ..InspectOptions::default() };
    let other = ENGINE.content_hasher(&strict);
    assert_ne!(other.name(), hasher.name());
    assert_ne!(other.hash(&snapshot, 1), hash(1));
}

#[test]
fn broken_snapshots_are_read_without_harm() {
    for entry in fs::read_dir("tests/memory").expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let text = fs::read_to_string(&path).expect("it is text");
        let table: Table = toml::from_str(&text).expect("it is a table");
        for case in &table.case {
            let raw = case.payload.as_bytes();
            for end in 0..raw.len() {
                walk(&raw[..end]);
                let mut bytes = raw.to_vec();
                for byte in [b'"', b'\\', b'{', b']', b',', 0xff] {
                    bytes[end] = byte;
                    walk(&bytes);
                }
            }
        }
    }
}

/// Every byte that is not between lines is in one piece, and nothing about any piece fails.
fn walk(raw: &[u8]) {
    let snapshot = Snapshot::read(raw);
    let mut covered = 0;
    for piece in 0..snapshot.pieces() {
        let bytes = snapshot.bytes(piece);
        let span = snapshot.to_raw(piece, Span::new(0, bytes.len()));
        assert!(span.end <= raw.len().max(bytes.len()));
        snapshot.facts(piece, &Hidden::default());
        snapshot.pointer(piece, &Hidden::default());
        covered += if piece > 0 { bytes.len() } else { 0 };
    }
    assert!(covered <= raw.len());
}

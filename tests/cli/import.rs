//! `lockgate rules import`: every format, what cannot be converted, and files that are broken. All samples are made up.

use crate::run::{Folder, Ran};
use serde_json::{Value, json};

const GITLEAKS: &str = r#"
title = "samples"
[extend]
useDefault = true
[[rules]]
id = "acme-key"
description = "Acme key"
regex = '''\b(acmekey_[a-z0-9]{16,})(?:['"\s;]|$)'''
secretGroup = 1
entropy = 3
keywords = ["acmekey_"]
tags = ["x"]
[[rules.allowlists]]
regexes = ['''^acmekey_aaaaaaaaaaaaaaaa$''', '''example.*''']
stopwords = ["sample"]
[[rules]]
id = "acme_key"
regex = '''\b[A-Z]{2}-acmf-[0-9]{6,12}\b'''
keywords = ["acme"]
[[rules]]
id = "behind"
regex = '''(?<=acme=)[a-z]{8}'''
[[rules]]
id = "paths"
path = '''\.pem$'''
[[rules]]
id = "acme-key"
regex = '''acmekey2_[a-z]{8}'''
"#;

const KINGFISHER: &str = r"
rules:
  - name: Acme token
    id: kingfisher.acme.1
    pattern: |
      (?x)
      \b
      (?:acme) .{0,20}
      (?P<TOKEN> acmetok_[A-Za-z0-9]{20} )  # the value
      \b
    min_entropy: 3.2
    confidence: high
    pattern_requirements:
      min_digits: 2
      checksum: {actual: x, expected: y}
    examples:
      - acme acmetok_a8Fk2mQ7xZ1vB4nC6tR9
    negative_examples:
      - acme acmetok_short
    validation:
      type: Http
  - name: Back
    id: kingfisher.acme.2
    pattern: (acme)x\1
";

const NOSEYPARKER: &str = r"
rules:
- name: Acme session
  id: np.acme.1
  pattern: '\b(acmesess-[0-9a-f]{24})\b'
  categories: [secret]
  examples: ['acmesess-0123456789abcdef01234567', 'nothing at all']
- name: Acme two
  id: np.acme.2
  pattern: 'acmeid-([0-9]{4})|acmenr-([0-9]{4})'
  categories: [secret]
";

const PRESIDIO: &str = r"
recognizers:
  - name: AcmeMailRecognizer
    supported_entity: EMAIL_ADDRESS
    supported_languages:
      - language: en
        context: [mail, inbox]
    patterns:
      - {name: weak, regex: '\bacmemail[0-9]{6}\b', score: 0.3}
      - {name: strong, regex: '\b(acme)mailbox[0-9]{6}\b', score: 0.9}
  - name: Titles
    supported_entity: ACME_TITLE
    deny_list: [Overlord, Majordomo]
  - name: CreditCardRecognizer
    type: predefined
  - name: Off
    enabled: false
";

const TRUFFLEHOG: &str = r"
detectors:
  - name: acme-detector
    keywords: [warehouse]
    regex:
      key: '\b(acmewh-[a-z0-9]{20})\b'
    entropy: 3.0
    exclude_words: [sample]
    validations:
      key: {contains_digit: true}
    verify:
      - endpoint: http://localhost/
  - name: pair
    keywords: [acme]
    regex: {id: 'acmeid[0-9]{8}', secret: 'acmese[0-9]{8}'}
";

/// Imports one file and checks what was written.
#[track_caller]
fn import(folder: &Folder, name: &str, text: &str, code: i32) -> Value {
    folder.file(name, text);
    let args = ["rules", "import", name, "--out", "out", "--report", "json"];
    let report = folder.run(&args).exits(code).json();
    let written = report["files"][0]["written"].as_str().unwrap().to_owned();
    let check = folder.run(&["rules", "check", &written]);
    assert_eq!(check.0.status.code(), Some(0), "{}", check.stdout());
    report
}

#[track_caller]
fn check(report: &Value, converted: &[&str], refused: &[(&str, &str)]) {
    let file = &report["files"][0];
    let rows = |list: &str| file[list].as_array().unwrap().clone();
    let got: Vec<Value> = rows("converted").iter().map(|row| row["id"].clone()).collect();
    assert_eq!(got, converted, "{file}");
    let got: Vec<Value> =
        rows("refused").iter().map(|row| json!([row["from"], row["reason"]])).collect();
    let expect: Vec<Value> = refused.iter().map(|(id, reason)| json!([id, reason])).collect();
    assert_eq!(got, expect);
}

fn notes(report: &Value, rule: usize) -> Vec<String> {
    let notes = report["files"][0]["converted"][rule]["notes"].as_array().unwrap();
    notes.iter().map(|note| note["kind"].as_str().unwrap().to_owned()).collect()
}

/// Findings of the imported rules in a text.
fn scan(folder: &Folder, text: &str) -> Vec<String> {
    folder.file("text.txt", text);
    let args = ["scan", "--rules", "out", "--format", "json", "--quiet", "text.txt"];
    let report = folder.run(&args).json();
    let findings = report["documents"][0]["findings"].as_array().unwrap().clone();
    let findings = findings.into_iter().map(|finding| finding["rule"].as_str().unwrap().to_owned());
    findings.filter(|rule| rule.starts_with("imported.")).collect()
}

#[test]
fn gitleaks_rules_are_converted() {
    let folder = Folder::new();
    let report = import(&folder, "git.toml", GITLEAKS, 1);
    check(
        &report,
        &["imported.git.acme-key", "imported.git.acme-key-2"],
        &[("behind", "look-around"), ("paths", "file-names"), ("acme-key", "duplicate-id")],
    );
    assert_eq!(notes(&report, 0), ["allow-list", "stop-words", "bounded"]);
    assert_eq!(notes(&report, 1), ["keywords", "id"]);
    assert_eq!(report["files"][0]["notes"][0]["kind"], "whole-file");
    let found = scan(&folder, "k = acmekey_8f3k2m9q7x1v4n6t\nacme AB-acmf-12345678 x\n");
    assert_eq!(found, ["imported.git.acme-key", "imported.git.acme-key-2"]);
    let quiet = "acmekey_aaaaaaaaaaaaaaaa \nacmekey_abababababababab \n";
    assert_eq!(scan(&folder, quiet), [""; 0]);
}

#[test]
fn kingfisher_rules_are_converted_with_their_examples() {
    let folder = Folder::new();
    let report = import(&folder, "king.yml", KINGFISHER, 1);
    check(
        &report,
        &["imported.king.kingfisher-acme-1"],
        &[("kingfisher.acme.2", "back-reference")],
    );
    let text = std::fs::read_to_string(folder.path().join("out/king.toml")).unwrap();
    for part in [
        "confidence = \"high\"",
        "min-digits = 2",
        "entropy = 3.2",
        "[[rule.match]]",
        "[[rule.no_match]]",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(notes(&report, 0), ["checksum", "validation"]);
}

#[test]
fn noseyparker_rules_are_converted() {
    let folder = Folder::new();
    let report = import(&folder, "np.yaml", NOSEYPARKER, 1);
    assert_eq!(report["files"][0]["format"], "noseyparker");
    check(&report, &["imported.np.np-acme-1"], &[("np.acme.2", "several-groups")]);
    assert_eq!(notes(&report, 0), ["example"]);
}

#[test]
fn presidio_recognisers_are_converted() {
    let folder = Folder::new();
    let report = import(&folder, "pii.yaml", PRESIDIO, 1);
    check(
        &report,
        &[
            "imported.pii.acme-mail-recognizer-high",
            "imported.pii.acme-mail-recognizer-low",
            "imported.pii.titles",
        ],
        &[("CreditCardRecognizer", "code"), ("Off", "disabled")],
    );
    assert_eq!(report["files"][0]["converted"][0]["label"], "pii.email");
    assert_eq!(notes(&report, 2), ["label"]);
    // Presidio ignores case unless it is told not to.
    assert_eq!(
        scan(&folder, "ACMEmail123456, dear majordomo"),
        ["imported.pii.acme-mail-recognizer-low", "imported.pii.titles"]
    );
}

#[test]
fn trufflehog_detectors_are_converted() {
    let folder = Folder::new();
    let report = import(&folder, "hog.yaml", TRUFFLEHOG, 1);
    check(&report, &["imported.hog.acme-detector"], &[("pair", "several-patterns")]);
    assert_eq!(notes(&report, 0), ["stop-words", "validation", "keywords"]);
    let value = "acmewh-8f3k2m9q7x1v4n6t0z5y";
    assert_eq!(scan(&folder, &format!("warehouse: {value}")), ["imported.hog.acme-detector"]);
    assert_eq!(scan(&folder, value), [""; 0]);
}

#[test]
fn nothing_is_written_unless_asked_and_nothing_is_replaced() {
    let folder = Folder::new();
    folder.file("a.yaml", NOSEYPARKER);
    let text = folder.run(&["rules", "import", "a.yaml"]).exits(1).stdout();
    assert!(text.starts_with("a.yaml (noseyparker): 1 of 2 rules converted\n"), "{text}");
    assert!(text.contains("refused   np.acme.2: several-groups: "), "{text}");
    assert!(!folder.path().join("out").exists());
    folder.run(&["rules", "import", "a.yaml", "--out", "out"]).exits(1);
    folder
        .run(&["rules", "import", "a.yaml", "--out", "out"])
        .exits(2)
        .tells(&["rules.write", "--force"]);
    folder.run(&["rules", "import", "a.yaml", "--out", "out", "--force"]).exits(1);
    folder
        .run(&["rules", "import", "a.yaml", "--label", "no.such"])
        .exits(2)
        .tells(&["rules.unknown"]);
    folder.run(&["rules", "import", "a.yaml", "--family", "Bad Name"]).exits(1);
}

#[test]
fn files_that_cannot_be_read_are_errors() {
    let folder = Folder::new();
    let refused = |name: &str, bytes: &[u8], words: &[&str]| -> Ran {
        folder.file(name, bytes);
        folder.run(&["rules", "import", name, "--out", "out"]).exits(2).tells(words)
    };
    refused("a.toml", b"[[rules]\n", &["rules.import", "not TOML: line 1"]);
    refused("b.yaml", b"rules: [\n", &["rules.import", "not YAML"]);
    refused("c.yaml", b"rules: \xff\n", &["not UTF-8 at byte 7"]);
    refused("d.yaml", b"something: else\n", &["--format"]);
    refused("e.toml", b"title = 'x'\n", &["no rules of gitleaks"]);
    refused("f.yaml", &vec![b'#'; (4 << 20) + 1], &["the limit is"]);
    let mut bomb = "rules: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        let row = vec![format!("*a{}", level - 1); 10].join(",");
        bomb += &format!("a{level}: &a{level} [{row}]\n");
    }
    refused("g.yaml", bomb.as_bytes(), &["too much"]);
    refused("h.yaml", "[".repeat(200_000).as_bytes(), &["rules.import"]);
    refused("i.toml", format!("a = {}", "[".repeat(200_000)).as_bytes(), &["not TOML"]);
    folder.run(&["rules", "import", "none.yaml"]).exits(2).tells(&["rules.import"]);
    folder.run(&["rules", "import", "."]).exits(2).tells(&["no file"]);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn rules_that_are_no_rules_are_listed() {
    let folder = Folder::new();
    let text = "rules:\n  - 7\n  - id: a\n  - id: b\n    pattern: [x]\n  - id: c\n    pattern: acme_key\n    \
                min_entropy: much\n  - id: d\n    pattern: acme_key\n    min_entropy: 99\n  - id: \"e\\e[2J\"\n    \
                pattern: acmekey_one\n    odd: 1\n";
    let report = import(&folder, "odd.yaml", text, 1);
    let reasons = ["malformed", "no-pattern", "no-pattern", "malformed", "malformed"];
    let got: Vec<&str> = report["files"][0]["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["reason"].as_str().unwrap())
        .collect();
    assert_eq!(got, reasons);
    assert_eq!(notes(&report, 0), ["unknown-field"]);
    let out = folder.run(&["rules", "import", "odd.yaml"]).exits(1).stdout();
    assert!(!out.contains('\x1b'), "{out:?}");
}

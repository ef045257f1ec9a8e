//! `lockgate tune`: planted bad settings are found and mended, what is proposed is what was measured, and nothing is shown by accident.

use crate::run::{Folder, pipe};
use lockgate::corpus::{Generator, Settings};
use serde_json::{Value, json};
use std::fs;

/// A rule that rejects most of what it should find, and one that finds look-alikes.
const RULES: &str = r#"# Rules of this test.
family = "pii.contact"
title = "Contact"
references = ["https://example.com/"]

[[rule]]
id = "email"              # replaces the built-in one
title = "E-mail address"
since = "0.1.0"
labels = ["pii.email"]
confidence = "medium"     # for now
why = "Names a person and is a way to reach them."
pattern = '''\b([a-z0-9.+_-]{1,40}@[a-z0-9.-]{1,60}\.[a-z]{2,6})\b'''

[rule.shape]
min-digits = 3            # the planted mistake
"#;

const TOKENS: &str = r#"
family = "secrets.acme"
title = "Acme"
references = ["https://example.com/"]

[[rule]]
id = "token"
title = "Acme token"
since = "0.1.0"
labels = ["credential.saas"]
confidence = "medium"
why = "Opens every account of a customer."
pattern = '''\b(acmetk-[a-z0-9]{20})\b'''

[[rule.match]]
text = ["acmetk-", "q7x1v4n6t0z5y8f3k2m9"]
find = ["acmetk-", "q7x1v4n6t0z5y8f3k2m9"]

[[rule.no_match]]
text = "acmetk-aaaa"
why = "too short"

[[rule.no_match]]
text = "acmetk-aaaaaaaaaaaaaaaaaaaaa"
why = "too long"
"#;

fn line(id: &str, text: &str, value: Option<&str>) -> String {
    let spans: Vec<Value> = value
        .map(|value| {
            let start = text.find(value).unwrap();
            json!({"start": start, "end": start + value.len(), "label": "credential.saas"})
        })
        .into_iter()
        .collect();
    format!("{}\n", json!({"id": id, "text": text, "spans": spans}))
}

/// Twenty letters and digits out of an alphabet of so many.
fn value(state: &mut u64, alphabet: u64) -> String {
    let chars = b"q7x1v4n6t0z5y8f3k2m9";
    (0..20)
        .map(|_| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(chars[usize::try_from(*state >> 33).unwrap() % alphabet as usize])
        })
        .collect()
}

/// Generated mails, and tokens with their look-alikes.
fn corpus(seed: u64) -> String {
    let labels = vec!["pii.email".to_owned()];
    let generator = Generator::new(&Settings { seed, labels, ..Settings::default() }).unwrap();
    let mut out = String::new();
    for index in 0..300 {
        generator.document(index).write_json(&mut out);
        out.push('\n');
    }
    let mut state = seed;
    for number in 0..120 {
        let real = format!("acmetk-{}", value(&mut state, 20));
        out += &line(&format!("r{number}"), &format!("deploy {number} with {real}"), Some(&real));
        let fake = format!("acmetk-{}", value(&mut state, 3));
        out += &line(&format!("f{number}"), &format!("deploy {number} with {fake}"), None);
    }
    out
}

fn proposal<'v>(report: &'v Value, aim: &str, rule: &str) -> &'v Value {
    let rows = report["tuned"][aim]["proposals"].as_array().unwrap();
    rows.iter().find(|row| row["rule"] == rule).unwrap_or_else(|| panic!("no {rule} in {rows:?}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn planted_mistakes_are_found_and_mended() {
    let folder = Folder::new();
    folder.file("rules/contact.toml", RULES);
    folder.file("rules/acme.toml", TOKENS);
    folder.file("c.jsonl", corpus(3));
    let args = [
        "tune",
        "c.jsonl",
        "--rules",
        "rules",
        "--rule",
        "pii.contact",
        "--rule",
        "secrets.acme",
        "--folds",
        "3",
    ];
    let run = |more: &[&str]| folder.run(&[&args[..], more].concat()).exits(0);
    let report = run(&["--format", "json", "--patch", "tune.patch"]).json();
    for aim in ["alert", "redact"] {
        let row = proposal(&report, aim, "pii.contact.email");
        assert_eq!(row["refused"], Value::Null, "{row}");
        let digits =
            row["changes"].as_array().unwrap().iter().find(|c| c["field"] == "shape.min-digits");
        assert_eq!(digits.unwrap()["from"], "3", "{row}");
        assert!(
            number(&row["before"]["recall"]) < 0.4 && number(&row["after"]["recall"]) > 0.9,
            "{row}"
        );
    }
    let row = proposal(&report, "alert", "secrets.acme.token");
    assert!(number(&row["before"]["precision"]) < 0.6, "{row}");
    assert!(
        number(&row["after"]["precision"]) > 0.95 && number(&row["after"]["recall"]) > 0.95,
        "{row}"
    );
    let point = &report["tuned"]["alert"];
    assert!(number(&point["after"]["f"]) > number(&point["before"]["f"]) + 0.2, "{point}");

    let patch = fs::read_to_string(folder.path().join("tune.patch")).unwrap();
    assert_eq!(report["patch"], patch);
    assert!(patch.contains("--- a/rules/contact.toml\n+++ b/rules/contact.toml\n@@ "), "{patch}");
    assert!(patch.contains("\n-min-digits = 3            # the planted mistake\n"), "{patch}");
    assert_eq!(fs::read_to_string(folder.path().join("rules/contact.toml")).unwrap(), RULES);

    assert_eq!(run(&["--apply", "--patch", "-"]).stdout(), patch);
    let mended = fs::read_to_string(folder.path().join("rules/contact.toml")).unwrap();
    assert!(
        mended.starts_with("# Rules of this test.") && mended.contains("# for now"),
        "{mended}"
    );
    let check = folder.run(&["rules", "check", "rules"]);
    assert_eq!(check.0.status.code(), Some(0), "{}", check.stdout());
    assert_eq!(run(&["--patch", "-"]).stdout(), "", "a tuned rule stays as it is");
}

#[test]
fn the_same_seed_gives_the_same_answer() {
    let folder = Folder::new();
    folder.file("rules/acme.toml", TOKENS);
    folder.file("c.jsonl", corpus(5));
    let args = ["tune", "c.jsonl", "--rules", "rules", "--rule", "secrets.acme", "--folds", "2"];
    let run = |more: &[&str]| folder.run(&[&args[..], more].concat()).exits(0).stdout();
    let text = run(&[]);
    assert_eq!(text, run(&["--jobs", "1"]));
    assert!(text.contains("To alert: precision first, F0.5 (the patch is for this one)"), "{text}");
    assert!(text.contains("secrets.acme.token (2 of the folds; act from "), "{text}");
    assert!(run(&["--point", "redact"]).contains("F2 (the patch is for this one)"));
}

#[test]
fn a_change_that_breaks_an_example_is_not_proposed() {
    let folder = Folder::new();
    let poor = "acmetk-777xxx777xxx777xxx77";
    let rules = TOKENS.replace("[[rule.no_match]]\ntext = \"acmetk-aaaa\"", &format!(
        "[[rule.match]]\ntext = \"{poor}\"\nfind = \"{poor}\"\n\n[[rule.no_match]]\ntext = \"acmetk-aaaa\""
    ));
    folder.file("rules/acme.toml", rules);
    folder.file("c.jsonl", corpus(7));
    let args = [
        "tune",
        "c.jsonl",
        "--rules",
        "rules",
        "--rule",
        "secrets.acme",
        "--folds",
        "2",
        "--format",
        "json",
    ];
    let report = folder.run(&args).exits(0).json();
    let row = proposal(&report, "alert", "secrets.acme.token");
    assert_eq!(row["refused"], "an example of the rule would fail");
    assert_eq!(report["patch"], "");
}

#[test]
fn rules_with_little_evidence_are_left_alone() {
    let folder = Folder::new();
    folder.file("rules/acme.toml", TOKENS);
    let few: String = corpus(3).lines().rev().take(12).map(|line| format!("{line}\n")).collect();
    folder.file("c.jsonl", few);
    let args = ["tune", "c.jsonl", "--rules", "rules", "--rule", "secrets.acme", "--folds", "2"];
    let text = folder.run(&args).exits(0).stdout();
    assert!(text.contains("nothing to propose"), "{text}");
    assert!(text.contains("  secrets.acme.token: 6 right, 6 wrong\n"), "{text}");
}

#[test]
fn what_cannot_be_done_is_an_error() {
    let folder = Folder::new();
    folder.file("c.jsonl", corpus(3));
    folder.file("broken.toml", "family = ");
    folder.file("empty.jsonl", "");
    let refused = |args: &[&str], words: &[&str]| folder.run(args).exits(2).tells(words);
    refused(&["tune"], &["eval.nothing"]);
    refused(&["tune", "none.jsonl"], &["cli.file.not-found"]);
    refused(&["tune", "empty.jsonl"], &["eval.empty"]);
    refused(&["tune", "c.jsonl", "--rules", "broken.toml"], &["cli.rules.invalid"]);
    refused(&["tune", "c.jsonl", "--pack", "none"], &["cli.rules.pack-unknown"]);
    refused(&["tune", "c.jsonl", "--folds", "1"], &["cli.usage"]);
    refused(&["tune", "c.jsonl", "--patch", "c.jsonl"], &["cli.output.overwrite"]);
    refused(&["tune", "suggest-negatives"], &["cli.usage"]);
    refused(&["tune", "suggest-negatives", "c.jsonl", "-o", "r.toml"], &["cli.usage"]);
}

#[test]
fn broken_lines_of_a_corpus_are_told_and_left_out() {
    let bad =
        "{\"text\":\"abc\",\"spans\":[{\"start\":2,\"end\":9,\"label\":\"email\"}]}\nnonsense\n";
    let ran =
        pipe(&["tune", "-", "--rule", "pii.contact", "--folds", "2"], corpus(3) + bad).exits(0);
    let ran = ran.tells(&["eval.span.range", "cli.jsonl.syntax"]);
    assert!(ran.stdout().starts_with("540 documents, "), "{}", ran.stdout());
}

#[test]
fn false_findings_become_suggestions() {
    let folder = Folder::new();
    let fake = "acmetk-777xxx777xxx777xxx77";
    folder.file("rules/acme.toml", TOKENS);
    folder.file("clean/a.txt", format!("ünï the sample {fake} of the manual\n"));
    folder.file("clean/b.txt", format!("ünï the sample {fake} of the manual\n"));
    folder.file("clean/c.bin", [0_u8, 255, 1]);
    let args = ["tune", "suggest-negatives", "clean", "--rules", "rules", "--rule", "secrets.acme"];
    let run = |more: &[&str]| folder.run(&[&args[..], more].concat()).exits(0);
    let text = run(&[]).stdout();
    assert!(text.contains("secrets.acme.token (rules/acme.toml): 2 findings\n"), "{text}");
    assert!(text.contains("ünï the sample xxxxxx-000xxx000xxx000xxx00 of the manual"), "{text}");
    let json = run(&["--format", "json"]).json();
    assert_eq!(json["rules"][0]["suggestions"].as_array().unwrap().len(), 1);
    assert!(!json.to_string().contains(fake) && !text.contains(fake));

    let shown = run(&["--show-text", "-o", "review.toml"]).stdout();
    assert!(shown.contains(fake));
    let review = fs::read_to_string(folder.path().join("review.toml")).unwrap();
    assert!(review.contains("[[rule.no_match]]\ntext = ["), "{review}");
    // As a counter-example it fails, until somebody corrects the rule.
    folder.file("rules/acme.toml", format!("{TOKENS}\n{review}"));
    let check = folder.run(&["rules", "check", "rules"]).exits(1).stdout();
    assert!(check.contains("counter-example"), "{check}");
}

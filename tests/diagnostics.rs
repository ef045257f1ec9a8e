//! Broken rule files and what is said about them: `tests/diagnostics/<name>.toml` → `<name>.out`. `UPDATE=1` rewrites.
//!
//! Files whose name starts with `labels-` are label files, with `pack-` packs, with `policy-` policies; all others are rule files.
//! Those that start with `compile-` go through the compiler; those that start with `path-` are read as if they stood in `patterns/secrets/`.

use lockgate::policy::{Policy, lint_grants};
use lockgate::rules::{Compiler, Rules};
use lockgate::syntax::{
    Diagnostics, Known, Selectable, Source, check, check_labels, check_pack, codes, lint,
    lint_labels, lint_pack, parse_labels, parse_pack, parse_policy, parse_rules, read_rules,
};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::{collections::BTreeSet, fs, path::PathBuf};

const LABELS: &[&str] = &["credential.aws", "finance.card", "pii.email"];
const VALIDATORS: &[&str] = &["iban", "luhn"];
const RULES: &[&str] = &["pii.contact.email", "secrets.aws.access-key-id"];

const LABEL_FILE: &str =
    "[[label]]\nid = 'credential.aws'\ntitle = 'AWS'\nsensitivity = 4\nlinkability = 'L3'\n";

/// Labels for policies.
static POLICY_RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut labels = String::new();
    for label in LABELS {
        labels.push_str("[[label]]\ntitle = 'A label'\nsensitivity = 3\nlinkability = 'L3'\n");
        labels.push_str(&format!("id = '{label}'\n"));
    }
    let mut compiler = Compiler::new();
    compiler.add_labels(Source::new("labels.toml", labels));
    compiler.build().expect("the labels are valid").0
});

/// What is said about one file, all stages together.
fn diagnose(name: &str, text: &str) -> Diagnostics {
    let source = Source::new(name, text);
    let mut found = Vec::new();
    let stem = name.rsplit('/').next().unwrap_or(name);
    if stem.starts_with("labels-") {
        match parse_labels(&source) {
            Ok(file) => {
                found.extend(check_labels(&source, &file));
                found.extend(lint_labels(&[(source, file)], &[]));
            }
            Err(problems) => found.extend(problems),
        }
    } else if stem.starts_with("pack-") {
        match parse_pack(&source) {
            Ok(pack) => {
                let from = Selectable { rules: RULES, labels: LABELS };
                found.extend(check_pack(&source, &pack, from));
                found.extend(lint_pack(&source, &pack, &[]));
            }
            Err(problems) => found.extend(problems),
        }
    } else if stem.starts_with("policy-") {
        return match Policy::compile(&[source], &POLICY_RULES) {
            Ok((_, found)) | Err(found) => found,
        };
    } else if stem.starts_with("compile-") {
        let mut compiler = Compiler::new();
        compiler.add_labels(Source::new("labels.toml", LABEL_FILE)).add_rules(source);
        return compiler.build().err().unwrap_or_default();
    } else {
        let (file, problems) = read_rules(&source);
        found.extend(problems);
        if let Some(file) = file {
            let files = [(source, file)];
            let known = Known { labels: LABELS, validators: VALIDATORS, rules: RULES };
            found.extend(check(&files, &known));
            found.extend(lint(&files));
        }
    }
    let mut found = Diagnostics(found);
    found.sort();
    found
}

fn cases() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn broken_files_get_the_expected_diagnostics() {
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    let cases = cases();
    assert!(cases.len() >= 25, "only {} files", cases.len());
    for path in cases {
        let text = fs::read_to_string(&path).expect("readable");
        let mut name = path.file_name().expect("a file").to_string_lossy().into_owned();
        if name.starts_with("path-") {
            name = format!("patterns/secrets/{name}");
        }
        let found = diagnose(&name, &text);
        seen.extend(found.0.iter().map(|diagnostic| diagnostic.code));
        for diagnostic in &found.0 {
            let code = codes::find(diagnostic.code).expect("the code is in the catalogue");
            assert_eq!(code.severity, diagnostic.severity, "{name} {}", code.id);
        }
        let rendered = found.render(false);
        let golden = path.with_extension("out");
        if update {
            fs::write(&golden, &rendered).expect("writable");
        } else if fs::read_to_string(&golden).unwrap_or_default() != rendered {
            wrong.push(format!("{name}: expected is {}, got\n{rendered}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "run with UPDATE=1 if this is right\n{}", wrong.join("\n"));
    let untested: Vec<_> =
        codes::ALL.iter().filter(|code| !seen.contains(code.id)).map(|c| c.id).collect();
    assert_eq!(untested, ELSEWHERE, "codes without a file in tests/diagnostics");
}

/// Codes that need a file system, many lines, a huge file, a broken matcher or the engine; tested where those are.
const ELSEWHERE: &[&str] = &[
    "R002", "R008", "R068", "R090", "R091", "R092", "R099", "R200", "R201", "R202", "R203", "R204",
    "R307", "R416", "R454",
];

#[test]
fn more_rules_than_a_policy_may_have_are_refused() {
    let head = "[policy]\nid='p'\ntitle='P'\n";
    let rule =
        |i| format!("[[rule]]\nid='r{i}'\naction='flag'\nreason='r'\nwhen={{tool=['t{i}']}}\n");
    let rules: String = (0..1024).map(rule).collect();
    assert!(!diagnose("policy-many.toml", &format!("{head}{rules}")).has_errors());
    let found = diagnose("policy-many.toml", &format!("{head}{rules}{}", rule(1024)));
    assert_eq!(found.0.iter().map(|one| one.code).collect::<Vec<_>>(), ["R416"]);
    let entries: String = (0..1025).map(|i| format!("'t{i}',")).collect();
    let long =
        format!("{head}[[rule]]\nid='r'\naction='flag'\nreason='r'\nwhen={{tool=[{entries}]}}\n");
    let found = diagnose("policy-long.toml", &long);
    assert_eq!(found.0.iter().map(|one| one.code).collect::<Vec<_>>(), ["R407"]);
}

#[test]
fn grants_that_are_over_are_told_of() {
    let text = "[[grant]]\nid='g'\nlifts=['r']\nfrom=1970-01-01T00:00:00Z\nuntil=1970-01-01T00:00:01Z\nreason='r'";
    let source = Source::new("p", text);
    let file = parse_policy(&source).expect("its form is right");
    let codes = |now_ms| -> Vec<_> {
        lint_grants(&source, &file, now_ms).iter().map(|one| one.code).collect()
    };
    assert!(codes(999).is_empty());
    assert_eq!(codes(1000), ["R454"]);
}

#[test]
fn a_huge_file_is_refused_unread() {
    let text = "#".repeat((4 << 20) + 1);
    let found = diagnose("huge.toml", &text);
    assert_eq!(found.0.iter().map(|d| d.code).collect::<Vec<_>>(), ["R002"]);
}

#[test]
fn deep_nesting_is_refused() {
    for text in [
        format!("x = {}", "[".repeat(100_000)),
        format!("x = {}", "{a=".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[{}]", vec!["a"; 100_000].join(".")),
    ] {
        assert!(diagnose("deep.toml", &text).has_errors());
    }
}

#[test]
fn many_problems_are_cut() {
    let text: String = (0..50_000).map(|i| format!("k{i} = 1\n")).collect();
    let found = diagnose("many.toml", &text);
    assert_eq!(found.0.len(), 101);
    assert!(found.0.iter().any(|diagnostic| diagnostic.code == "R008"));
    let broken = "= =\n".repeat(100_000);
    assert!(diagnose("broken.toml", &broken).0.len() <= 101);
    let one_line = "= ".repeat(1_000_000);
    assert!(diagnose("line.toml", &one_line).has_errors());
}

#[test]
fn more_words_than_a_rule_may_list_are_refused() {
    let words: String = (0..10_001).map(|i| format!("'word{i}',")).collect();
    let rule = "family='a.b'\ntitle='A'\nreferences=['r']\n[[rule]]\nid='x'\ntitle='X'\nsince='0.1.0'\n\
                labels=['pii.email']\nconfidence='low'\nwhy='Something that is long enough.'\n\
                match=[{text='a',find='a'}]\n";
    let found = diagnose("words.toml", &format!("{rule}words=[{words}]\n"));
    assert_eq!(found.0.iter().map(|one| one.code).collect::<Vec<_>>(), ["R068"]);
}

#[test]
fn a_broken_rule_does_not_hide_the_others() {
    let text = "family='a.b'\ntitle='T'\n[[rule]]\nid='x'\n[[rule]]\nid='y'\ntitle='Y'\nsince='0.1.0'\n\
                labels=['pii.email']\nconfidence='low'\nwhy='w'\npattern='abc'\n";
    let (file, problems) = read_rules(&Source::new("f", text));
    let file = file.expect("the head is fine");
    assert_eq!(file.rules.iter().map(|rule| rule.id.get_ref().as_str()).collect::<Vec<_>>(), ["y"]);
    assert!(problems.iter().all(|problem| problem.code == "R004"), "{problems:?}");
    assert_eq!(problems.len(), 5, "title, since, labels, confidence, why");
    assert!(parse_rules(&Source::new("f", text)).is_err());
}

/// Text that is almost a rule file: whole lines in any order, some of them cut.
fn almost() -> impl Strategy<Value = String> {
    const LINES: &[&str] = &[
        "family = 'a.b'",
        "title = \"T\"",
        "[[rule]]",
        "id = 'x'",
        "since = '0.1.0'",
        "labels = ['pii.email', 'é']",
        "confidence = 'high'",
        "why = '''\nx'''",
        "pattern = \"\\u00e9(\"",
        "patterns = ['a', 1]",
        "[rule.keywords]",
        "any = ['', 'a']",
        "within = -1",
        "within = 99999999999999999999",
        "[rule.shape]",
        "entropy = nan",
        "randomness = 1e999",
        "[[rule.match]]",
        "text = ['a', 'b']",
        "find = 'b'",
        "[rule]",
        "rule = 3",
        "[rule.region]",
        "max = 0xFFFFFFFF",
        "'''",
        "\"",
        "}",
        "x.y.z = {}",
        "allow = ['b']",
        "[[rule.requires]]",
        "rule = 'a.b.x'",
        "redact = { style = 'hash', keep-last = 2 }",
        "\u{0}",
        "\r\n",
    ];
    let line = (0..LINES.len(), 0..60usize, any::<bool>()).prop_map(|(index, cut, whole)| {
        let line = LINES[index];
        if whole { line.to_owned() } else { line.chars().take(cut).collect() }
    });
    proptest::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}

fn never_panics(text: &str) {
    for name in ["patterns/a/b.toml", "labels-x.toml", "pack-x.toml"] {
        let found = diagnose(name, text);
        let _shown = (found.render(false), found.render(true), found.to_json());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        never_panics(&text);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        never_panics(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn anything_like_a_rule_file_is_read_without_panic(text in almost()) {
        never_panics(&text);
    }
}

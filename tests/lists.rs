//! Rules with stored lists: fast and simple look-ups give the same findings, and what a list holds is part of the rule set.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use lockgate::base::{Confidence, Finding, Input};
use lockgate::lists::{DictionaryBuilder, ExactDataBuilder, FingerprintBuilder, List, Secret};
use lockgate::rules::{Compiler, Rules};
use lockgate::scan::{NaiveScanner, Scanner, Scratch};
use lockgate::syntax::{Diagnostics, Source};
use proptest::prelude::*;
use std::sync::LazyLock;

const LABELS: &str = "[[label]]\nid = 'a.b'\ntitle = 'A'\nsensitivity = 1\nlinkability = 'L0'\n";

const LEASE: &str = "The tenant shall return the premises swept and with all keys on the last day of the term. \
    Wallpaper that was put up without leave is removed at the cost of the tenant, who also bears the cost of the \
    locksmith if a key is missing.";

const RULES: &str = "
family = 'x.lists'
title = 'X'

[[rule]]
id = 'birds'
title = 'Birds'
since = '0.1.0'
labels = ['a.b']
confidence = 'medium'
why = 'w'
words = ['blue heron', 'blue heron nest', 'otter', \"O'Hara\"]
allow = ['Otter']
keywords = { any = ['zoo'], within = 12, side = 'before' }
exclude = { any = ['not'], within = 6 }

[[rule]]
id = 'projects'
title = 'Projects'
since = '0.1.0'
labels = ['a.b']
confidence = 'low'
why = 'w'
dictionary = 'deep/projects.dict'
precedence = 'generic'

[[rule]]
id = 'customers'
title = 'Customers'
since = '0.1.0'
labels = ['a.b']
confidence = 'medium'
why = 'w'
exact-data = { file = 'customers.edm', supporting = 1, within = 40 }

[[rule]]
id = 'lease'
title = 'Lease'
since = '0.1.0'
labels = ['a.b']
confidence = 'medium'
why = 'w'
fingerprint = { file = 'lease.fpr', containment = 0.3, passage = 60 }
";

fn dictionary(terms: &[&str]) -> List {
    let mut builder = DictionaryBuilder::default();
    terms.iter().for_each(|term| builder.add(term).unwrap());
    List::read(&builder.build().unwrap(), &[]).unwrap()
}

fn customers(secret: Option<&Secret>) -> Vec<u8> {
    let mut builder =
        ExactDataBuilder::new([1; 32], secret, &["number"], &["name", "born"]).unwrap();
    builder.add(["KD-4711-08", "Okonkwo", "1980-05-17"]).unwrap();
    builder.add(["KD-4712-15", "van der Berg", "1971-12-01"]).unwrap();
    builder.build().unwrap()
}

fn lease() -> List {
    let mut builder = FingerprintBuilder::default();
    builder.add("lease", LEASE.as_bytes()).unwrap();
    List::read(&builder.build().unwrap(), &[]).unwrap()
}

fn compiler(projects: &[&str]) -> Compiler {
    let mut compiler = Compiler::new();
    compiler
        .add_labels(Source::new("labels.toml", LABELS))
        .add_rules(Source::new("acme/x.toml", RULES))
        .add_list("acme/deep/projects.dict", dictionary(projects))
        .add_list("acme/customers.edm", List::read(&customers(None), &[]).unwrap())
        .add_list("acme/lease.fpr", lease());
    compiler
}

fn build(compiler: &Compiler) -> Rules {
    compiler.build().unwrap_or_else(|wrong| panic!("{}", wrong.render(false))).0
}

static SET: LazyLock<Rules> = LazyLock::new(|| build(&compiler(&["heron", "night owl", "zoo"])));

fn scan(rules: &Rules, text: &[u8]) -> Vec<Finding> {
    let pack = rules.everything();
    Scanner::new(rules, &pack).scan(&mut Scratch::new(rules), &Input::new(text)).to_vec()
}

#[track_caller]
fn check(text: &str, expect: &[(&str, &str)]) {
    let findings = scan(&SET, text.as_bytes());
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            let id = SET.rule(finding.rule).id.strip_prefix("x.lists.").unwrap();
            (id, &text[finding.span.range()])
        })
        .collect();
    assert_eq!(found, expect, "{text}");
}

#[test]
fn every_kind_of_list_is_looked_up() {
    check("A Blue-Heron nest and an otter", &[("birds", "Blue-Heron nest")]);
    check(
        "not a blue heron but o\u{2019}hara",
        &[("projects", "heron"), ("birds", "o\u{2019}hara")],
    );
    check("a night owl", &[("projects", "night owl")]);
    check("Customer kd4711-08 (Okonkwo)", &[("customers", "kd4711-08")]);
    check("Customer KD-4711-08 (van der Berg)", &[]);
    let findings = scan(&SET, format!("He wrote: {LEASE}").as_bytes());
    assert_eq!(findings.len(), 1);
    assert!(findings[0].span.len() > 180, "{findings:?}");
}

#[test]
fn evidence_beyond_the_demanded_raises_the_score() {
    let score = |text: &str| scan(&SET, text.as_bytes())[0].score;
    let (one, two) = (score("KD-4711-08 Okonkwo"), score("KD-4711-08 Okonkwo 1980-05-17"));
    assert!(one < 0.7 && two > 0.9, "{one} {two}");
    let (half, whole) = (score(&LEASE[..130]), score(LEASE));
    assert!(half < whole && whole > 0.95, "{half} {whole}");
    let near = scan(&SET, b"zoo: blue heron");
    assert_eq!(near[1].confidence, Confidence::High, "{near:?}");
}

#[test]
fn what_a_list_holds_is_part_of_the_fingerprint() {
    let of = |projects: &[&str]| build(&compiler(projects)).fingerprint().to_owned();
    assert_eq!(of(&["heron"]), of(&["heron"]));
    assert_ne!(of(&["heron"]), of(&["egret"]));
}

fn codes(wrong: &Diagnostics) -> Vec<(&str, Option<String>)> {
    wrong.0.iter().map(|one| (one.code, one.rule.as_ref().map(ToString::to_string))).collect()
}

#[test]
fn a_rule_without_its_list_is_an_error() {
    let mut lacking = Compiler::new();
    lacking
        .add_labels(Source::new("labels.toml", LABELS))
        .add_rules(Source::new("acme/x.toml", RULES))
        .add_list("acme/customers.edm", lease())
        .add_list("acme/lease.fpr", lease());
    let wrong = lacking.build().unwrap_err();
    let rule = |name: &str| Some(format!("x.lists.{name}"));
    assert_eq!(codes(&wrong), [("R110", rule("projects")), ("R110", rule("customers"))]);
    let text = wrong.render(false);
    assert!(text.contains("is not there") && text.contains("not of exact data"), "{text}");
}

#[test]
fn more_support_than_columns_is_an_error() {
    let rules = RULES.replace("supporting = 1", "supporting = 3");
    let mut greedy = compiler(&["heron"]);
    greedy.add_rules(Source::new("acme/x.toml", rules));
    let wrong = greedy.build().unwrap_err();
    assert!(wrong.render(false).contains("the table has 2"), "{}", wrong.render(false));
}

#[test]
fn a_pack_without_such_rules_looks_nothing_up() {
    let rules = build(&compiler(&["heron"]));
    let pack = rules.nothing();
    let mut scratch = Scratch::new(&rules);
    let found = Scanner::new(&rules, &pack).scan(&mut scratch, &Input::new("blue heron")).len();
    assert_eq!(found, 0);
    let only = rules.only(rules.find("x.lists.projects").unwrap());
    let found = Scanner::new(&rules, &only).scan(&mut scratch, &Input::new("blue heron")).to_vec();
    assert_eq!((found.len(), found[0].span.range()), (1, 5..10));
}

fn piece() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "blue",
        "Heron",
        "nest",
        "OTTER",
        "O'Hara",
        "night",
        "owl",
        "zoo",
        "not",
        "KD-4711-08",
        "kd471215",
        "Okonkwo",
        "Van der-Berg",
        "1980/05/17",
        "1971",
        "12",
        "01",
        "é",
        "日本",
    ];
    let cut = (0..LEASE.len(), 0..90_usize)
        .prop_map(|(start, len)| LEASE[start..(start + len).min(LEASE.len())].to_owned());
    prop_oneof![
        6 => prop::sample::select(WORDS).prop_map(str::to_owned),
        2 => Just(String::new()),
        2 => cut,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_naive_scanner_finds_the_same(
        pieces in prop::collection::vec((piece(), prop::sample::select(&[" ", "-", ", ", "\n", "_", ""][..])), 0..40),
        junk in prop::collection::vec(any::<u8>(), 0..6),
    ) {
        let mut text: Vec<u8> =
            pieces.iter().flat_map(|(piece, gap)| [piece.as_bytes(), gap.as_bytes()]).flatten().copied().collect();
        let middle = text.len() / 2;
        text.splice(middle..middle, junk);
        let pack = SET.everything();
        let naive = NaiveScanner::new(&SET, &pack).scan(&Input::new(&text));
        prop_assert_eq!(scan(&SET, &text), naive, "{}", text.escape_ascii().to_string());
    }
}

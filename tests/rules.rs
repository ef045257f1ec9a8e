//! The examples of every built-in rule, on every matcher, whole and cut in two at every byte.

use lockgate::base::{Direction, Finding, Input, RuleIndex, Span};
use lockgate::engine::{InspectOptions, findings};
use lockgate::rules::{Compiler, MatcherKind, Pack, Rules};
use lockgate::scan::{NaiveScanner, Scanner, Scratch};
use lockgate::syntax::Status;
use std::sync::LazyLock;

const MATCHERS: [MatcherKind; 2] = [MatcherKind::Fastest, MatcherKind::Portable];

static RULES: LazyLock<Vec<Rules>> = LazyLock::new(|| MATCHERS.map(compile).into());

fn compile(kind: MatcherKind) -> Rules {
    match Compiler::with_builtin().matcher(kind).build() {
        Ok((rules, _warnings)) => rules,
        Err(errors) => panic!("{}", errors.render(false)),
    }
}

fn scan(rules: &Rules, pack: &Pack, scratch: &mut Scratch, text: &[u8]) -> Vec<Finding> {
    Scanner::new(rules, pack).scan(scratch, &Input::new(text)).to_vec()
}

/// Calls `check` with every example text and what the rule finds in it.
fn for_each_example(mut check: impl FnMut(RuleIndex, &[u8], Option<Span>)) {
    for (i, rule) in RULES[0].rules().iter().enumerate() {
        let index = RuleIndex(i as u32);
        if rule.spec.is_about_links() {
            continue;
        }
        for example in &rule.spec.matches {
            let (text, find) = (example.text.joined(), example.find.joined());
            let start = text.find(&find).expect("the bytes to find are in the text");
            check(index, text.as_bytes(), Some(Span::new(start, start + find.len())));
        }
        for example in &rule.spec.no_matches {
            check(index, example.text.joined().as_bytes(), None);
        }
    }
}

#[test]
fn every_rule_finds_its_examples_and_nothing_in_its_counter_examples() {
    let mut wrong = Vec::new();
    for rules in RULES.iter() {
        let mut scratch = Scratch::new(rules);
        let mut alone: Option<(RuleIndex, Pack)> = None;
        for_each_example(|rule, text, expect| {
            if alone.as_ref().is_none_or(|(of, _)| *of != rule) {
                alone = Some((rule, rules.only(rule)));
            }
            let (_, pack) = alone.as_ref().expect("filled above");
            let spans: Vec<_> =
                scan(rules, pack, &mut scratch, text).iter().map(|found| found.span).collect();
            if spans != expect.into_iter().collect::<Vec<_>>() {
                let id = &rules.rule(rule).id;
                wrong.push(format!("{id} on {}: {spans:?}, not {expect:?}", rules.matcher_name()));
            }
        });
    }
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rules_about_links_find_their_examples() {
    let rules = &RULES[0];
    let everything = rules.everything();
    let options = InspectOptions { direction: Direction::Output, ..InspectOptions::default() };
    let mut wrong = Vec::new();
    let mut check = |index: RuleIndex, text: &str, expect: &[&str]| {
        let found = findings(rules, &everything, text.as_bytes(), &options);
        let own = found.iter().filter(|finding| finding.rule == index);
        let own: Vec<_> = own.map(|finding| &text[finding.span.range()]).collect();
        if own != expect {
            wrong.push(format!("{}: {own:?}, not {expect:?}", rules.rule(index).id));
        }
    };
    for (i, rule) in rules.rules().iter().enumerate() {
        let index = RuleIndex(i as u32);
        if !rule.spec.is_about_links() {
            continue;
        }
        for example in &rule.spec.matches {
            check(index, &example.text.joined(), &[&*example.find.joined()]);
        }
        for example in &rule.spec.no_matches {
            check(index, &example.text.joined(), &[]);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One cut in this many is also compared with the naive reference, which runs every regex and is slow.
const NAIVE_CUT_STEP: usize = 37;

#[test]
fn every_matcher_finds_what_the_naive_reference_finds_at_every_cut() {
    let everything: Vec<_> = RULES.iter().map(Rules::everything).collect();
    let mut scratches: Vec<_> = RULES.iter().map(Scratch::new).collect();
    let naive = NaiveScanner::new(&RULES[0], &everything[0]);
    let mut check = |text: &[u8], with_naive: bool| {
        let mut found: Vec<_> = RULES
            .iter()
            .zip(&everything)
            .zip(&mut scratches)
            .map(|((rules, pack), scratch)| {
                (rules.matcher_name(), scan(rules, pack, scratch, text))
            })
            .collect();
        if with_naive {
            found.push(("naive", naive.scan(&Input::new(text))));
        }
        for pair in found.windows(2) {
            assert_eq!(pair[0].1, pair[1].1, "{} and {} on {text:?}", pair[0].0, pair[1].0);
        }
    };
    for_each_example(|rule, text, _| {
        check(text, true);
        for cut in 1..text.len() {
            let with_naive = cut % NAIVE_CUT_STEP == rule.index() % NAIVE_CUT_STEP;
            check(&text[..cut], with_naive);
            check(&text[cut..], with_naive);
        }
    });
}

#[test]
fn there_are_enough_rules_and_every_stable_one_is_in_the_default_pack() {
    let rules = &RULES[0];
    let pack = rules.pack("default").expect("there is a default pack");
    assert!(rules.rules().len() >= 100, "{} rules", rules.rules().len());
    for (rule, setting) in rules.rules().iter().zip(&pack.settings) {
        assert_eq!(setting.enabled, rule.spec.status == Status::Stable, "{}", rule.id);
    }
}

#[test]
fn both_matchers_have_the_same_fingerprint_and_different_names() {
    assert_eq!(RULES[0].fingerprint(), RULES[1].fingerprint());
    assert_eq!(RULES[1].matcher_name(), "portable");
}

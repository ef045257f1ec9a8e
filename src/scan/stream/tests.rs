//! The tests of streams can fail: each reason to hold text back is needed, and leaving it out is noticed.

use super::program::{Hold, Part};
use super::{StreamProgram, StreamRules, StreamScanner};
use crate::base::{Finding, Input, Span};
use crate::rules::{Compiler, Rules};
use crate::scan::{Leaves, Scanner, Scratch, Seen, inspect};
use crate::syntax::Source;
use regex_syntax::hir::Hir;

const LABELS: &str =
    "[[label]]\nid = \"pii.test\"\ntitle = \"T\"\nsensitivity = 1\nlinkability = \"L1\"\n";

/// A rule file of rules as `id: fields; id: fields`.
fn rules(short: &[(&str, &str)]) -> Rules {
    let mut file = "family = \"pii.test\"\ntitle = \"Test\"\n".to_owned();
    for (id, fields) in short {
        file += &format!(
            "[[rule]]\nid = \"{id}\"\ntitle = \"T\"\nsince = \"0.1.0\"\nwhy = \"Test.\"\n\
             labels = [\"pii.test\"]\nconfidence = \"medium\"\nslow-ok = \"a test\"\n{fields}\n"
        );
    }
    let mut compiler = Compiler::new();
    compiler.add_labels(Source::new("labels.toml", LABELS));
    compiler.add_rules(Source::new("test.toml", file));
    compiler.build().unwrap_or_else(|errors| panic!("{}", errors.render(false))).0
}

/// A text that needs a reason to be held back, and the rules that make it so.
struct Case {
    hold: Hold,
    rules: &'static [(&'static str, &'static str)],
    text: &'static str,
}

const CASES: [Case; 6] = [
    Case {
        hold: Hold::Attempt,
        rules: &[("a", "pattern = 'k[0-9]{3,5}'")],
        text: "say k1234 and k12 twice",
    },
    Case {
        hold: Hold::Context,
        rules: &[(
            "a",
            "pattern = '\\b[0-9]{4}\\b'\nkeywords = { any = ['pin'], within = 9, side = 'after', require = true }",
        )],
        text: "1234 as pin, 5678 as year",
    },
    Case {
        hold: Hold::Region,
        rules: &[("a", "region = { begin = '<k>', end = '</k>', max = 40 }")],
        text: "an <k>inner text</k> and <k>no end",
    },
    Case {
        hold: Hold::Companion,
        rules: &[
            ("a", "pattern = 'x[0-9]{2}'\nrequires = [{ rule = 'pii.test.b', within = 12 }]"),
            ("b", "pattern = 'y[0-9]{2}'"),
        ],
        text: "x12 then y34 and x56 alone, far away",
    },
    Case {
        hold: Hold::Overlap,
        rules: &[("a", "pattern = 'ab[0-9]{2}'"), ("b", "pattern = '[0-9]{2}cd[0-9]{4}'")],
        text: "see ab12cd3456.",
    },
    Case {
        hold: Hold::Character, rules: &[("a", "pattern = '[0-9]{3}'")], text: "a 12€ or é123é"
    },
];

/// What is encoded: what shows only in views, as far as they are known.
const VIEWS: [Case; 5] = [
    Case {
        hold: Hold::Run,
        rules: &[("a", "pattern = 'k[0-9]{3}'")],
        text: "say k%31%32%33 and k12 twice",
    },
    Case { hold: Hold::Alive, rules: &[("a", "pattern = 'k[0-9]{3}'")], text: "say k1%32%33 once" },
    Case { hold: Hold::View, rules: &[("a", "pattern = 'k[0-9]{3}'")], text: "say k1%323 once" },
    Case {
        hold: Hold::Inner,
        rules: &[("a", "pattern = 'k[0-9]{3}'")],
        text: "say k%26#49;%26#50;%26#51; once",
    },
    Case {
        hold: Hold::ViewOverlap,
        rules: &[("a", "pattern = 'ab[0-9]{2}'"), ("b", "pattern = '32 to x[0-9]{4}'")],
        text: "see ab%31%32 to x3456.",
    },
];

/// What a stream of single bytes gives: its findings, and where each piece that left ended.
fn streamed(
    rules: &Rules,
    program: &StreamProgram,
    text: &[u8],
    views: bool,
) -> (Vec<Finding>, Vec<usize>) {
    let pack = rules.everything();
    let (mut stream, mut scratch) = (StreamScanner::default(), Scratch::new(rules));
    let (mut findings, mut ends) = (Vec::new(), Vec::new());
    for step in text.chunks(1).map(Some).chain([None]) {
        let with = StreamRules::new(rules, &pack, program);
        let with = if views { with } else { with.without_views() };
        let settled = match step {
            Some(bytes) => stream.push(with, &mut scratch, bytes),
            None => stream.finish(with, &mut scratch),
        };
        for finding in settled.findings {
            let Span { start, end } = finding.span;
            let span = Span::new(start + settled.offset, end + settled.offset);
            findings.push(Finding { span, ..*finding });
        }
        ends.push(settled.offset + settled.text.len());
    }
    (findings, ends)
}

/// Whether what left is what a scan of the whole text as it is says, in whole characters.
fn is_right(rules: &Rules, program: &StreamProgram, text: &str) -> bool {
    let pack = rules.everything();
    let mut scratch = Scratch::new(rules);
    let expect = Scanner::new(rules, &pack).scan(&mut scratch, &Input::new(text)).to_vec();
    is_as(&expect, &streamed(rules, program, text.as_bytes(), false), text)
}

/// Whether what left is what a scan of the whole text and of its views says.
fn is_seen(rules: &Rules, program: &StreamProgram, text: &str) -> bool {
    let pack = rules.everything();
    let (mut scratch, mut seen) = (Scratch::new(rules), Seen::default());
    let scanner = Scanner::new(rules, &pack);
    inspect(&scanner, &mut scratch, &Input::new(text), Leaves::default(), &mut seen);
    assert!(!seen.findings.is_empty(), "{text}");
    is_as(&seen.findings, &streamed(rules, program, text.as_bytes(), true), text)
}

fn is_as(expect: &[Finding], (findings, ends): &(Vec<Finding>, Vec<usize>), text: &str) -> bool {
    let in_finding =
        |end: usize| expect.iter().any(|found| found.span.start < end && end < found.span.end);
    *findings == expect && ends.iter().all(|end| text.is_char_boundary(*end) && !in_finding(*end))
}

#[test]
fn every_reason_to_hold_text_back_is_needed() {
    for case in &CASES {
        let rules = rules(case.rules);
        let pack = rules.everything();
        let mut program = StreamProgram::new(&rules, &pack).expect("no lists");
        assert!(is_right(&rules, &program, case.text), "{:?} as it is", case.hold);
        program.ignored = Some(case.hold);
        assert!(!is_right(&rules, &program, case.text), "{:?} left out", case.hold);
    }
}

#[test]
fn every_reason_to_hold_back_what_is_encoded_is_needed() {
    for case in &VIEWS {
        let rules = rules(case.rules);
        let pack = rules.everything();
        let mut program = StreamProgram::new(&rules, &pack).expect("no lists");
        assert!(is_seen(&rules, &program, case.text), "{:?} as it is", case.hold);
        program.ignored = Some(case.hold);
        let left = streamed(&rules, &program, case.text.as_bytes(), true);
        assert!(!is_seen(&rules, &program, case.text), "{:?} left out: {left:?}", case.hold);
    }
}

#[test]
fn the_rest_of_a_run_that_was_given_up_never_leaves() {
    let rules = rules(&[("a", "pattern = 'k[0-9]{3}'")]);
    let pack = rules.everything();
    let program = StreamProgram::new(&rules, &pack).expect("no lists");
    let with = StreamRules::new(&rules, &pack, &program);
    let (mut stream, mut scratch) = (StreamScanner::default(), Scratch::new(&rules));
    let blob = b"dGhpcyBpcyBhIHRleHQgd2l0aCBrMTIzIGFuZCBtb3JlIG9mIGl0";
    stream.push(with, &mut scratch, b"see ");
    assert_eq!(stream.push(with, &mut scratch, &blob[..30]).text, b"");
    assert_eq!(stream.give_up(), &blob[..30]);
    assert_eq!(stream.push(with, &mut scratch, &blob[30..]).text, b"");
    let settled = stream.push(with, &mut scratch, b" and more ");
    assert_eq!((settled.offset, settled.text), (4 + blob.len(), &b" and more "[..]));
}

#[test]
fn a_companion_may_stand_right_behind() {
    let rules = rules(&[
        ("a", "pattern = 'x[0-9]{2}'\nrequires = [{ rule = 'pii.test.b', within = 0 }]"),
        ("b", "pattern = 'y[0-9]{2}'"),
    ]);
    let program = StreamProgram::new(&rules, &rules.everything()).expect("no lists");
    assert!(is_right(&rules, &program, "x12y34 x56 y78"));
}

#[test]
fn an_automaton_that_lacks_one_pattern_is_noticed() {
    let rules = rules(&[("a", "pattern = 'k[0-9]{3}'"), ("b", "pattern = 'z[0-9]{3}'")]);
    let pack = rules.everything();
    for lacking in 0..2 {
        let mut program = StreamProgram::new(&rules, &pack).expect("no lists");
        let mut hirs: Vec<_> =
            rules.patterns.iter().map(|pattern| pattern.verifier.pattern()).collect();
        hirs[lacking] = Hir::fail();
        program.viable = crate::matcher::viable::Viable::new(&hirs).expect("compiles");
        assert!(!is_right(&rules, &program, "k123 z456"), "without pattern {lacking}");
    }
    let program = StreamProgram::new(&rules, &pack).expect("no lists");
    assert!(program.uses.iter().all(|used| used.part == Part::Match));
    assert!(is_right(&rules, &program, "k123 z456"));
}

#[test]
fn what_no_rule_looks_at_any_more_is_forgotten() {
    let rules = rules(&[
        ("a", "pattern = 'x[0-9]{2}'\nrequires = [{ rule = 'pii.test.b', within = 12 }]"),
        ("b", "pattern = 'y[0-9]{2}'"),
    ]);
    let pack = rules.everything();
    let program = StreamProgram::new(&rules, &pack).expect("no lists");
    let with = StreamRules::new(&rules, &pack, &program);
    let (mut stream, mut scratch) = (StreamScanner::default(), Scratch::new(&rules));
    stream.push(with, &mut scratch, b"y34 ");
    for _ in 0..1000 {
        stream.push(with, &mut scratch, b"some clean text ");
    }
    assert!(stream.text.len() < 4 << 10, "{} bytes", stream.text.len());
}

#[test]
fn what_is_given_up_does_not_come_back() {
    let rules = rules(&[("a", "region = { begin = '<k>', end = '</k>', max = 40 }")]);
    let pack = rules.everything();
    let program = StreamProgram::new(&rules, &pack).expect("no lists");
    let with = StreamRules::new(&rules, &pack, &program).without_views();
    let (mut stream, mut scratch) = (StreamScanner::default(), Scratch::new(&rules));
    assert_eq!(stream.push(with, &mut scratch, b"a <k>secret").text, b"a ");
    assert_eq!(stream.give_up(), b"<k>secret");
    assert_eq!(stream.push(with, &mut scratch, b" more").text, b"");
    let settled = stream.push(with, &mut scratch, b"</k> then");
    assert_eq!((settled.offset, settled.text), (11, &b" more</k> then"[..]));
    assert_eq!(settled.findings[0].span, Span::new(0, 9));
    assert_eq!(stream.finish(with, &mut scratch).text, b"");
}

//! Streams: however a text arrives, the same findings and the same bytes leave, and nothing leaves too early.
//!
//! That the tests notice when too little is held back is tested in `src/scan/stream/tests.rs`. `PROPTEST_CASES` sets how many rule sets
//! are generated; each is tried on many texts, each in several ways to cut it.

#[path = "differential/generate.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod generate;
#[path = "evasion/samples.rs"]
#[allow(dead_code, reason = "the matrix uses the rest")]
mod samples;
#[path = "evasion/techniques.rs"]
#[allow(dead_code, reason = "the matrix uses the rest")]
mod techniques;

use generate::{Draft, draft, files, mixture, pieces, text_of};
use lockgate::base::random::SplitMix64;
use lockgate::base::{Action, Finding, Input, Span};
use lockgate::engine::{
    Classify, Content, Engine, HELD, InspectOptions, Overflow, Released, StreamOptions,
};
use lockgate::matcher::hir;
use lockgate::policy;
use lockgate::redact::{Redaction, Style, Surface, apply, plan};
use lockgate::rules::{Compiler, Pack, Rules};
use lockgate::scan::{
    Leaves, Scanner, Scratch, Seen, Settled, StreamProgram, StreamRules, StreamScanner, inspect,
};
use lockgate::syntax::Source;
use proptest::prelude::*;
use samples::{Hidden, applies, examples};
use std::sync::{Arc, LazyLock};
use techniques::{Scope, TECHNIQUES};

static RULES: LazyLock<Arc<Rules>> = LazyLock::new(|| match Compiler::with_builtin().build() {
    Ok((rules, _warnings)) => Arc::new(rules),
    Err(errors) => panic!("{}", errors.render(false)),
});

static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let texts = RULES.rules().iter().flat_map(|rule| {
        let matches = rule.spec.matches.iter().map(|example| example.text.joined());
        matches.chain(rule.spec.no_matches.iter().map(|example| example.text.joined()))
    });
    texts.filter(|text| !text.is_empty()).collect()
});

/// How a text is cut.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Byte by byte.
    Bytes,
    /// As a model sends it.
    Tokens(u64),
    /// Anyhow, with empty pieces among them.
    Random(u64),
    /// Once.
    At(usize),
}

impl Cut {
    fn pieces(self, text: &[u8]) -> Vec<&[u8]> {
        let (seed, max) = match self {
            Self::Bytes => return text.chunks(1).collect(),
            Self::At(at) => return <[_; 2]>::from(text.split_at(at)).to_vec(),
            Self::Tokens(seed) => (seed, 7),
            Self::Random(seed) => (seed, 90),
        };
        let mut dice = SplitMix64::new(seed);
        let (mut pieces, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let least = usize::from(matches!(self, Self::Tokens(_)));
            let (piece, behind) = rest.split_at((least + dice.below(max)).min(rest.len()));
            pieces.push(piece);
            rest = behind;
        }
        pieces
    }
}

/// A pack and what its streams need.
struct Setting<'r> {
    rules: &'r Rules,
    pack: &'r Pack,
    program: StreamProgram,
    views: bool,
}

impl<'r> Setting<'r> {
    fn new(rules: &'r Rules, pack: &'r Pack) -> Self {
        let program = StreamProgram::new(rules, pack).expect("the pack has no lists");
        Self { rules, pack, program, views: true }
    }

    fn with(&self) -> StreamRules<'_> {
        let with = StreamRules::new(self.rules, self.pack, &self.program);
        if self.views { with } else { with.without_views() }
    }

    fn whole(&self, scratch: &mut Scratch, text: &[u8]) -> Vec<Finding> {
        let scanner = Scanner::new(self.rules, self.pack);
        if !self.views {
            return scanner.scan(scratch, &Input::new(text)).to_vec();
        }
        let mut seen = Seen::default();
        inspect(&scanner, scratch, &Input::new(text), Leaves::default(), &mut seen);
        seen.findings
    }

    /// What a stream of these pieces finds; what leaves is checked on the way.
    fn streamed(&self, scratch: &mut Scratch, pieces: &[&[u8]]) -> (Vec<Finding>, Vec<u8>) {
        let mut stream = StreamScanner::default();
        let (mut findings, mut out, mut arrived) = (Vec::new(), Vec::new(), 0);
        let mut take = |settled: Settled<'_>| {
            assert_eq!(settled.offset, out.len(), "what leaves follows what left");
            out.extend_from_slice(settled.text);
            for finding in settled.findings {
                let Span { start, end } = finding.span;
                assert!(end <= settled.text.len(), "a finding leaves with its text");
                let span = Span::new(start + settled.offset, end + settled.offset);
                findings.push(Finding { span, ..*finding });
            }
            out.len()
        };
        for piece in pieces {
            arrived += piece.len();
            let left = take(stream.push(self.with(), scratch, piece));
            assert_eq!(left + stream.held(), arrived, "no byte is lost");
        }
        take(stream.finish(self.with(), scratch));
        (findings, out)
    }

    fn check(&self, scratch: &mut Scratch, text: &[u8], cut: Cut) -> Result<(), String> {
        let expect = self.whole(scratch, text);
        let (found, out) = self.streamed(scratch, &cut.pieces(text));
        if found == expect && out == text {
            return Ok(());
        }
        Err(format!("{cut:?} of {}:\n{found:?}, not\n{expect:?}", text.escape_ascii()))
    }
}

#[test]
fn every_example_at_every_cut_and_byte_by_byte() {
    let pack = RULES.everything();
    let setting = Setting::new(&RULES, &pack);
    let mut scratch = Scratch::new(&RULES);
    let mut wrong = Vec::new();
    for text in EXAMPLES.iter().map(String::as_bytes) {
        let cuts = (1..text.len()).map(Cut::At).chain([Cut::Bytes, Cut::Tokens(1)]);
        wrong.extend(cuts.filter_map(|cut| setting.check(&mut scratch, text, cut).err()));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(4)].join("\n"));
}

/// Mixtures of examples that are tried.
const MIXTURES: u64 = 2000;

#[test]
fn mixtures_of_examples_have_the_same_findings() {
    let pack = RULES.everything();
    let setting = Setting::new(&RULES, &pack);
    let mut scratch = Scratch::new(&RULES);
    for seed in 0..MIXTURES {
        let text = mixture(&EXAMPLES, seed);
        for cut in [Cut::Bytes, Cut::Tokens(seed), Cut::Random(seed)] {
            setting.check(&mut scratch, &text, cut).unwrap_or_else(|wrong| panic!("{wrong}"));
        }
    }
}

#[test]
fn a_long_stream_forgets_what_it_need_not_know() {
    let pack = RULES.everything();
    let setting = Setting::new(&RULES, &pack);
    let mut scratch = Scratch::new(&RULES);
    for seed in 0..8 {
        let text = (0..60)
            .flat_map(|part| mixture(&EXAMPLES, MIXTURES + 60 * seed + part))
            .collect::<Vec<_>>();
        for cut in [Cut::Tokens(seed), Cut::Random(seed)] {
            setting.check(&mut scratch, &text, cut).unwrap_or_else(|wrong| panic!("{wrong}"));
        }
    }
}

fn compile(drafts: &[Draft]) -> Option<Rules> {
    let (labels, rules) = files(drafts);
    let mut compiler = Compiler::new();
    compiler.add_labels(Source::new("labels.toml", labels));
    compiler.add_rules(Source::new("test.toml", rules));
    compiler.build().ok().map(|(rules, _)| rules)
}

fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(340),
        // A generator that is refused often is slow, not wrong.
        max_local_rejects: u32::MAX,
        max_global_rejects: u32::MAX,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    /// Generated rules with regions, context on both sides, companions and overlaps: 150 cases for each set of rules.
    #[test]
    fn generated_rules_find_the_same(
        drafts in prop::collection::vec(draft(), 1..5),
        texts in prop::collection::vec(pieces(), 50),
        seed in any::<u64>(),
    ) {
        let Some(rules) = compile(&drafts) else { return Err(TestCaseError::reject("not a rule set")) };
        let parsed = |draft: &Draft| -> Vec<_> {
            draft.patterns.iter().map(|text| hir::parse(text).expect("it compiled")).collect()
        };
        let patterns: Vec<_> = drafts.iter().flat_map(parsed).collect();
        let pack = rules.everything();
        let mut setting = Setting::new(&rules, &pack);
        // What rules find in text as it is: how they see through views is theirs no longer.
        setting.views = false;
        let mut scratch = Scratch::new(&rules);
        for pieces in &texts {
            let text = text_of(pieces, &patterns);
            for cut in [Cut::Bytes, Cut::Tokens(seed), Cut::Random(seed)] {
                if let Err(wrong) = setting.check(&mut scratch, &text, cut) {
                    prop_assert!(false, "{wrong}\nwith\n{}", files(&drafts).1);
                }
            }
        }
    }
}

/// Words around what is hidden.
const PROSE: [&str; 2] = [
    "The service reads its settings once, at the start, and says what it has found. Then it listens. ",
    " Every request is inspected by the rules of a pack; what they find is replaced before it goes on, and so is the answer. ",
];

/// Samples of each technique that are tried.
const SAMPLES: usize = 6;

/// How many of the hidden examples leave a stream otherwise than they leave a scan of the whole text, with some of them.
fn hidden_wrongly(seed: u64) -> (usize, usize, Vec<String>) {
    let engine = Engine::new(Arc::clone(&RULES));
    let (options, redaction) = (StreamOptions::default(), Redaction::default());
    let mut scratch = Scratch::new(&RULES);
    let examples = examples();
    let (mut dice, mut wrong, mut all, mut edited) = (SplitMix64::new(seed), Vec::new(), 0, 0);
    for technique in TECHNIQUES {
        let fits: Vec<_> = examples.iter().filter(|example| applies(technique, example)).collect();
        for _ in 0..SAMPLES.min(fits.len()) {
            let example = fits[dice.below(fits.len())];
            let mut hidden = Hidden::new(example).by(technique);
            // Now and then all of it is encoded once more.
            let second = &TECHNIQUES[dice.below(TECHNIQUES.len())];
            if second.scope == Scope::Text && hidden.text().is_ascii() {
                hidden = hidden.by(second);
            }
            let hidden = hidden.text();
            let text = [PROSE[0], &hidden, PROSE[1]].concat();
            let expect = whole(&mut scratch, text.as_bytes(), &redaction);
            edited += usize::from(expect != text.as_bytes());
            for cut in
                [Cut::Bytes, Cut::Tokens(seed), Cut::Random(seed), Cut::At(dice.below(text.len()))]
            {
                let out = redacted(&engine, &options, &cut.pieces(text.as_bytes()));
                all += 1;
                if out != expect {
                    wrong.push(format!(
                        "{}, {cut:?} of {}:\n{}, not\n{}",
                        technique.name,
                        text.escape_debug(),
                        out.escape_ascii(),
                        expect.escape_ascii()
                    ));
                }
            }
        }
    }
    (all, edited, wrong)
}

#[test]
fn what_is_hidden_leaves_as_from_a_scan_of_the_whole_text() {
    let seeds = std::env::var("SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    for seed in 41..41 + seeds {
        let (all, edited, wrong) = hidden_wrongly(seed);
        assert!(edited > 200, "only {edited} samples are found");
        let shown = wrong[..wrong.len().min(12)].join("\n\n");
        assert!(wrong.is_empty(), "{} of {all} wrong:\n{shown}", wrong.len());
    }
}

#[test]
fn what_left_of_something_hidden_is_the_beginning_of_every_continuation() {
    let engine = Engine::new(Arc::clone(&RULES));
    let (mut scratch, mut dice) = (Scratch::new(&RULES), SplitMix64::new(12));
    let examples = examples();
    for round in 0..6 * TECHNIQUES.len() {
        let technique = &TECHNIQUES[round % TECHNIQUES.len()];
        let fits: Vec<_> = examples.iter().filter(|example| applies(technique, example)).collect();
        let mut hidden = || Hidden::new(fits[dice.below(fits.len())]).by(technique).text();
        let (mut begin, end) = ([PROSE[0], &hidden()].concat().into_bytes(), hidden());
        begin.truncate(PROSE[0].len() + dice.below(begin.len() - PROSE[0].len()));
        let mut stream = engine.stream(StreamOptions::default()).expect("no lists");
        let mut left = Vec::new();
        for piece in Cut::Tokens(round as u64).pieces(&begin) {
            left.extend_from_slice(stream.push(piece).expect("there is room").bytes);
        }
        let end = end.as_bytes();
        let ends = [end, PROSE[1].as_bytes(), &end[end.len() - end.len().min(9)..]];
        for text in ends.map(|end| [&begin[..], end].concat()) {
            let redacted = whole(&mut scratch, &text, &Redaction::default());
            assert!(
                redacted.starts_with(&left),
                "{}: {} left of {}, then came {}",
                technique.name,
                left.escape_ascii(),
                begin.escape_ascii(),
                text[begin.len()..].escape_ascii()
            );
        }
    }
}

#[test]
fn what_is_encoded_beyond_the_limit_never_leaves() {
    use base64::Engine as _;
    let engine = Engine::new(Arc::clone(&RULES));
    let blob = base64::engine::general_purpose::STANDARD
        .encode("write to jane.doe@example.com ".repeat(40));
    let text = format!("see {blob} and so on");
    let options = StreamOptions { hold_bytes_max: 600, ..StreamOptions::default() };
    let out = redacted(&engine, &options, &Cut::Tokens(3).pieces(text.as_bytes()));
    assert_eq!(String::from_utf8_lossy(&out), "see[held] and so on");
}

fn styled(style: Option<Style>) -> Redaction {
    Redaction { style, hash_key: Some([7; 32]), ..Redaction::default() }
}

const STYLES: [Option<Style>; 4] = [
    None,
    Some(Style::Numbered),
    Some(Style::Mask { keep_first: 1, keep_last: 3 }),
    Some(Style::Hash),
];

/// The whole text, redacted as the default pack wants it.
fn whole(scratch: &mut Scratch, text: &[u8], redaction: &Redaction) -> Vec<u8> {
    let pack = RULES.pack("default").expect("it is built in");
    let (scanner, mut seen) = (Scanner::new(&RULES, pack), Seen::default());
    inspect(&scanner, scratch, &Input::new(text), Leaves::default(), &mut seen);
    let mut findings = seen.findings;
    findings.retain(|finding| policy::redacts(finding, pack));
    apply(text, &plan(text, &findings, &**RULES, redaction, Surface::Text))
}

/// What leaves a stream, and that what leaves early is the beginning of what leaves in the end.
fn redacted(engine: &Engine, options: &StreamOptions, pieces: &[&[u8]]) -> Vec<u8> {
    let mut stream = engine.stream(options.clone()).expect("the default pack has no lists");
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(stream.push(piece).expect("there is room").bytes);
        assert!(stream.held() <= options.hold_bytes_max, "{} bytes held", stream.held());
    }
    out.extend_from_slice(stream.finish().expect("there is room").bytes);
    out
}

#[test]
fn the_same_bytes_leave_in_every_style() {
    let engine = Engine::new(Arc::clone(&RULES));
    let mut scratch = Scratch::new(&RULES);
    for seed in 0..600 {
        let text = mixture(&EXAMPLES, MIXTURES + seed);
        let redaction = styled(STYLES[seed as usize % STYLES.len()]);
        let expect = whole(&mut scratch, &text, &redaction);
        let options = StreamOptions { redaction, ..StreamOptions::default() };
        for cut in [Cut::Bytes, Cut::Tokens(seed), Cut::Random(seed)] {
            let out = redacted(&engine, &options, &cut.pieces(&text));
            assert!(
                out == expect,
                "{cut:?} of {}:\n{}, not\n{}",
                text.escape_ascii(),
                out.escape_ascii(),
                expect.escape_ascii()
            );
        }
    }
}

#[test]
fn what_left_is_the_beginning_of_every_continuation() {
    let engine = Engine::new(Arc::clone(&RULES));
    let options = StreamOptions::default();
    let mut scratch = Scratch::new(&RULES);
    let mut dice = SplitMix64::new(11);
    for seed in 0..400 {
        let mut begin = mixture(&EXAMPLES, 2 * MIXTURES + seed);
        begin.truncate(dice.below(begin.len() + 1));
        let mut stream = engine.stream(options.clone()).expect("the default pack has no lists");
        let left = stream.push(&begin).expect("there is room").bytes.to_vec();
        for other in 0..4 {
            let mut text = begin.clone();
            let end = mixture(&EXAMPLES, 3 * MIXTURES + 4 * seed + other);
            text.extend_from_slice(&end[dice.below(end.len() + 1)..]);
            let redacted = whole(&mut scratch, &text, &Redaction::default());
            assert!(
                redacted.starts_with(&left),
                "{} left of {}, then came {}",
                left.escape_ascii(),
                begin.escape_ascii(),
                text[begin.len()..].escape_ascii()
            );
        }
    }
}

/// Texts with phrases of attacks, and prose of any length around them.
fn attacks(dice: &mut SplitMix64, phrases: &[String]) -> Vec<u8> {
    let prose = include_str!("../benches/texts/prose.txt").as_bytes();
    let mut text = Vec::new();
    for _ in 0..1 + dice.below(4) {
        let from = dice.below(prose.len() - 700);
        text.extend_from_slice(&prose[from..from + dice.below(700)]);
        text.push(b' ');
        text.extend_from_slice(phrases[dice.below(phrases.len())].as_bytes());
        text.push(b' ');
    }
    text.extend_from_slice(&prose[..dice.below(300)]);
    text
}

#[test]
fn the_model_of_prompt_injection_says_the_same_as_of_the_whole_text() {
    let engine = Engine::new(Arc::clone(&RULES));
    let is_cue = |finding: &Finding| &*RULES.label(finding.label).id == "ai.injection";
    let cues = RULES.rules().iter().filter(|rule| &*RULES.label(rule.label).id == "ai.injection");
    let phrases = cues.flat_map(|rule| {
        let matches = rule.spec.matches.iter().map(|example| example.text.joined());
        matches.chain(rule.spec.no_matches.iter().map(|example| example.text.joined()))
    });
    // Streams have patterns instead of the inspector of links.
    let phrases: Vec<_> = phrases.filter(|phrase| !phrase.contains("://")).collect();
    let whole = |text: &[u8], classify: Classify| {
        let options = InspectOptions { classify, ..InspectOptions::default() };
        engine.inspect(Content::Text(text), &options).expect("the default pack is built in")
    };
    let mut dice = SplitMix64::new(23);
    let (mut revised, mut detected) = (0, 0);
    for seed in 0..400 {
        let text = attacks(&mut dice, &phrases);
        let expect = whole(&text, Classify::Cued);
        let cued: Vec<_> = expect.findings.iter().filter(|finding| is_cue(finding)).collect();
        let without = whole(&text, Classify::Never);
        revised += usize::from(without.findings != expect.findings);
        let flags = expect.documents.iter().any(|document| document.detected);
        detected += usize::from(flags);
        let cuts = [Cut::Tokens(seed), Cut::Random(seed), Cut::At(dice.below(text.len()))];
        for cut in cuts.into_iter().chain((seed < 20).then_some(Cut::Bytes)) {
            let mut stream = engine.stream(StreamOptions::default()).expect("no lists");
            let (mut out, mut found) = (Vec::new(), Vec::new());
            let mut take = |released: Released<'_>| {
                out.extend_from_slice(released.bytes);
                found.extend(released.findings.iter().filter(|finding| is_cue(finding)).copied());
            };
            for piece in cut.pieces(&text) {
                take(stream.push(piece).expect("there is room"));
            }
            take(stream.finish().expect("there is room"));
            let found: Vec<_> = found.iter().collect();
            assert_eq!(found, cued, "{cut:?} of {}", text.escape_ascii());
            assert_eq!(out, apply(&text, &expect.edits), "{cut:?} of {}", text.escape_ascii());
            assert!(!flags || stream.action() >= Action::Flag, "{cut:?}");
        }
    }
    assert!(revised > 100 && detected > 20, "{revised} revised, {detected} detected");
}

#[test]
fn what_is_held_too_long_never_leaves() {
    let engine = Engine::new(Arc::clone(&RULES));
    let key = ["-----BEGIN RSA PRIVATE", " KEY-----\n"].concat();
    let body = "MIIEpAIBAAKCAQEA7bq8Zx\n".repeat(40);
    let text = format!("key: {key}{body}. And so on");
    let options = StreamOptions { hold_bytes_max: 300, ..StreamOptions::default() };
    let out = redacted(&engine, &options, &Cut::Tokens(3).pieces(text.as_bytes()));
    let out = String::from_utf8(out).expect("text stays text");
    assert!(out.starts_with("key: [held][held]") && out.ends_with(". And so on"), "{out}");
    assert!(!out.contains("MII") && !out.contains("RSA"), "{out}");

    let options = StreamOptions { overflow: Overflow::Block, ..options };
    let mut stream = engine.stream(options).expect("the default pack has no lists");
    let mut out = Vec::new();
    let fault = Cut::Tokens(3).pieces(text.as_bytes()).into_iter().find_map(|piece| {
        stream.push(piece).map(|released| out.extend_from_slice(released.bytes)).err()
    });
    assert_eq!(fault.expect("too much is held").code.id, "request.stream.hold");
    assert_eq!(out, b"key: ");
    assert!(stream.finish().is_err() && !out.ends_with(HELD.as_bytes()));
}

#[test]
fn encodings_that_are_not_decoded_are_refused_and_marks_of_others_are_not() {
    let engine = Engine::new(Arc::clone(&RULES));
    let check = |text: &[u8], code: Option<&str>| {
        let mut stream = engine.stream(StreamOptions::default()).expect("no lists");
        let failed = text.chunks(1).find_map(|piece| stream.push(piece).err());
        let failed = failed.or_else(|| stream.finish().err());
        assert_eq!(failed.map(|fault| fault.code.id), code, "{text:x?}");
    };
    check(b"\xff\xfeh\0i\0", Some("payload.encoding.unsupported"));
    check(b"\0\0\xfe\xff", Some("payload.encoding.unsupported"));
    check(b"\xef\xbb\xbfhi", None);
    check(b"\0\0a", None);
    check(b"\xff", None);
}

#[test]
fn packs_with_lists_are_refused() {
    let (labels, _) = files(&[]);
    let mut compiler = Compiler::new();
    compiler.add_labels(Source::new("labels.toml", labels));
    let rule = "family = 'pii.test'\ntitle = 'T'\n[[rule]]\nid = 'r'\ntitle = 'T'\nsince = '0.1.0'\n\
                labels = ['pii.test']\nconfidence = 'high'\nwhy = 'Test.'\nwords = ['blue heron']\n";
    compiler.add_rules(Source::new("test.toml", rule));
    compiler.add_pack(Source::new("p.toml", "id = 'default'\ntitle = 'T'\ninclude = ['*']"));
    let (rules, _) = compiler.build().unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let refused = Engine::new(Arc::new(rules)).stream(StreamOptions::default());
    assert_eq!(refused.expect_err("it has a list").code.id, "request.stream.lists");
}

#[test]
fn clean_prose_is_held_for_about_a_token() {
    let engine = Engine::new(Arc::clone(&RULES));
    let text = include_bytes!("../benches/texts/prose.txt");
    let mut stream = engine.stream(StreamOptions::default()).expect("no lists");
    let mut held = Vec::new();
    for piece in Cut::Tokens(5).pieces(text) {
        stream.push(piece).expect("there is room");
        held.push(stream.held());
    }
    held.sort_unstable();
    let mean = held.iter().sum::<usize>() as f64 / held.len() as f64;
    let p99 = held[held.len() * 99 / 100];
    assert!(mean <= 6.0 && p99 <= 48, "mean {mean:.2}, 99 % {p99} bytes");
}

//! The fast way and the simple way give the same answer: generated patterns, rule sets and texts, and the built-in rules on their own
//! examples. `PROPTEST_CASES` sets how many.

#[path = "differential/generate.rs"]
mod generate;

use generate::{Draft, Piece, draft, files, mixture, pattern, pieces, text_of};
use lockgate::base::{Confidence, Finding, Input, limits};
use lockgate::matcher::anchor::Anchor;
use lockgate::matcher::byteset::TOKEN;
use lockgate::matcher::reference::Reference;
use lockgate::matcher::verify::{Match, Verifier, VerifierCache};
use lockgate::matcher::{Backend, Groups, Matcher, Target, hir};
use lockgate::payload::json::{Document, Leaf};
use lockgate::rules::{Compiler, MatcherKind, Rules};
use lockgate::scan::{NaiveScanner, Scanner, Scratch};
use lockgate::syntax::Source;
use proptest::prelude::*;
use regex_syntax::hir::Hir;

const MATCHERS: [MatcherKind; 2] = [MatcherKind::Fastest, MatcherKind::Portable];

/// The cases of one property: `share` of what `PROPTEST_CASES` asks for, by default of a number that takes a few seconds.
fn cases(share: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let cases = asked.unwrap_or(1200_u32).div_ceil(share);
    ProptestConfig {
        cases,
        // A generator that is refused often is slow, not wrong.
        max_local_rejects: u32::MAX,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Every match of the pattern, one per place at which one starts.
fn matches(pattern: &str, text: &[u8]) -> Vec<Match> {
    let reference = Reference::new(pattern).expect("generated patterns compile");
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(next) = reference.find_from(text, from) {
        from = next.start + 1;
        found.push(next);
        if from > text.len() {
            break;
        }
    }
    found
}

fn parsed(patterns: &[String]) -> Vec<Hir> {
    patterns.iter().map(|text| hir::parse(text).expect("generated patterns parse")).collect()
}

proptest! {
    #![proptest_config(cases(1))]

    /// Wherever a match starts, there is a candidate: anchors, guards and reach are sound, alone and among others.
    #[test]
    fn candidates_cover_every_match(
        patterns in prop::collection::vec(pattern(), 1..5),
        pieces in pieces(),
    ) {
        let hirs = parsed(&patterns);
        let text = text_of(&pieces, &hirs);
        let anchors: Vec<_> = hirs.iter().map(Anchor::of).collect();
        let targets: Vec<_> = hirs
            .iter()
            .zip(&anchors)
            .map(|(hir, anchor)| {
                let needs_digit = hir::alphabet(hir).is_subset(TOKEN);
                Target { hir, anchor, needs_digit, near: None, far: &[] }
            })
            .collect();
        let active = vec![true; patterns.len()];
        for backend in Backend::ALL {
            let matcher = Matcher::new(&targets, *backend).expect("anchors compile");
            let mut candidates = Vec::new();
            let mut scratch = matcher.scratch().expect("memory");
            matcher.candidates(&mut scratch, &text, &active, &mut |_, _, _| Groups::ALL, &mut candidates);
            for (i, pattern) in patterns.iter().enumerate() {
                for found in matches(pattern, &text) {
                    let has_digit = text[found.start..found.end].iter().any(u8::is_ascii_digit);
                    let covered = candidates.iter().any(|candidate| {
                        candidate.pattern as usize == i
                            && (candidate.first..=candidate.last).contains(&(found.start as u32))
                    });
                    prop_assert!(
                        covered || targets[i].needs_digit && !has_digit,
                        "{} misses {found:?} of {pattern} ({:?}) in {:?}",
                        backend.name(), anchors[i], text.escape_ascii().to_string(),
                    );
                }
            }
        }
    }

    /// Verifying at a place gives what searching gives, group included.
    #[test]
    fn verifying_agrees_with_searching(
        pattern in pattern(),
        pieces in pieces(),
        places in prop::collection::vec((any::<prop::sample::Index>(), 0..60_usize), 6),
    ) {
        let hirs = parsed(std::slice::from_ref(&pattern));
        let text = text_of(&pieces, &hirs);
        if text.is_empty() {
            return Ok(());
        }
        let len_max = hir::lengths(&hirs[0]).1.expect("generated patterns are bounded");
        let Ok(verifier) = Verifier::new(&pattern, &hirs[0], len_max, limits::PATTERN_NFA_BYTES_MAX) else {
            return Ok(());
        };
        let mut cache = VerifierCache::default();
        let all = matches(&pattern, &text);
        for found in &all {
            let verified = verifier.match_at(&mut cache, &text, found.start);
            prop_assert_eq!(verified, Some(*found), "{} at {}", pattern, found.start);
        }
        for (first, width) in places {
            let first = first.index(text.len());
            let last = (first + width).min(text.len() - 1);
            let expect = all.iter().find(|found| (first..=last).contains(&found.start)).copied();
            let verified = verifier.find(&mut cache, &text, first, last);
            prop_assert_eq!(verified, expect, "{} in {}..={}", pattern, first, last);
        }
    }
}

fn compile(drafts: &[Draft], kind: MatcherKind) -> Result<Rules, String> {
    let (labels, rules) = files(drafts);
    compile_files(labels, rules, kind)
}

fn compile_files(labels: String, rules: String, kind: MatcherKind) -> Result<Rules, String> {
    Compiler::new()
        .matcher(kind)
        .add_labels(Source::new("labels.toml", labels))
        .add_rules(Source::new("pii/test.toml", rules))
        .build()
        .map(|(rules, _warnings)| rules)
        .map_err(|errors| errors.render(false))
}

/// What every scanner finds, with its name.
fn scan_all(
    sets: &[Rules],
    input: &Input<'_>,
    leaves: &[Leaf],
) -> Vec<(&'static str, Vec<Finding>)> {
    let pack = sets[0].everything();
    let mut all: Vec<_> = sets
        .iter()
        .map(|rules| {
            let pack = rules.everything();
            let mut scratch = Scratch::new(rules);
            let scanner = Scanner::new(rules, &pack);
            // Twice: the second scan works with the memory of the first.
            let first = scanner.scan_document(&mut scratch, input, leaves).to_vec();
            let second = scanner.scan_document(&mut scratch, input, leaves);
            assert_eq!(first, second, "{} differs from itself", rules.matcher_name());
            (rules.matcher_name(), first)
        })
        .collect();
    all.push(("naive", NaiveScanner::new(&sets[0], &pack).scan_document(input, leaves)));
    all
}

fn patterns_of(drafts: &[Draft]) -> Vec<Hir> {
    let all: Vec<_> = drafts.iter().flat_map(|draft| draft.patterns.clone()).collect();
    parsed(&all)
}

proptest! {
    #![proptest_config(cases(2))]

    #[test]
    fn generated_rules_find_the_same_everywhere(
        drafts in prop::collection::vec(draft(), 1..6),
        pieces in pieces(),
        key in prop::option::weighted(0.2, prop::sample::select(&["ssn", "x", "testKey"][..])),
    ) {
        let text = text_of(&pieces, &patterns_of(&drafts));
        let sets: Result<Vec<_>, _> = MATCHERS.map(|kind| compile(&drafts, kind)).into_iter().collect();
        let Ok(sets) = sets else { return Err(TestCaseError::reject("not a rule set")) };
        let input = Input { text: &text, key: key.map(str::as_bytes) };
        let found = scan_all(&sets, &input, &[]);
        for pair in found.windows(2) {
            prop_assert_eq!(
                &pair[0].1, &pair[1].1, "{} and {} on {:?} with\n{}",
                pair[0].0, pair[1].0, text.escape_ascii().to_string(), files(&drafts).1
            );
        }
    }

    /// As above in a JSON document, whose keys are context.
    #[test]
    fn generated_rules_find_the_same_in_documents(
        drafts in prop::collection::vec(draft(), 1..6),
        members in prop::collection::vec(
            (prop::sample::select(&["ssn", "x", "testKey", "a", "n"][..]), pieces(), any::<bool>()), 1..5),
    ) {
        let patterns = patterns_of(&drafts);
        let mut document = String::new();
        for (key, pieces, list) in &members {
            let bytes = text_of(pieces, &patterns);
            let text = serde_json::to_string(&String::from_utf8_lossy(&bytes)).expect("a string");
            let value = if *list { format!("[{text},1234567890,{text}]") } else { text };
            document += &format!("{}\"{key}\":{value}", if document.is_empty() { "{" } else { "," });
        }
        document.push('}');
        let sets: Result<Vec<_>, _> = MATCHERS.map(|kind| compile(&drafts, kind)).into_iter().collect();
        let Ok(sets) = sets else { return Err(TestCaseError::reject("not a rule set")) };
        let mut parsed = Document::default();
        parsed.parse(document.as_bytes(), limits::JSON_DEPTH_MAX).expect("valid JSON");
        let found = scan_all(&sets, &Input::new(parsed.text(document.as_bytes())), parsed.leaves());
        for pair in found.windows(2) {
            prop_assert_eq!(
                &pair[0].1, &pair[1].1, "{} and {} on {} with\n{}",
                pair[0].0, pair[1].0, document, files(&drafts).1
            );
        }
    }
}

/// Rules, a text, whether it is a document, and the spans to find.
type Case = (&'static str, &'static str, bool, &'static [(usize, usize)]);

/// What was once scanned wrongly.
const ONCE_WRONG: [Case; 6] = [
    // A marker may be longer than its region.
    (
        "r: region = { begin = '[a-z]{40}', end = '#', max = 8, body = '[a-z]' }, \
         keywords = { any = ['ssn'], within = 9, side = 'after', require = true }",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmn: ssn",
        false,
        &[(0, 40)],
    ),
    // A region's digits need not stand in its marker.
    (
        "r: region = { begin = '\\b[A-Z]{16}\\b', end = '#', max = 40 }, shape = { min-digits = 1 }",
        "ABCDEFGHIJKLMNOP 1#",
        false,
        &[(0, 19)],
    ),
    // A class of characters has members of several bytes.
    (
        "r: pattern = '(?:é|@)(?:[+]1[ -]?)?[(][0-9]{3}[)] ?[0-9]{3}-[0-9]{4}'",
        "é(691)863-4008",
        false,
        &[(0, 15)],
    ),
    // A nested companion that ends early does not hide the one around it.
    (
        "a: patterns = ['<[^>]{0,40}>', 'x[0-9]y'], slow-ok = 'a test'; b: pattern = 'Bz[0-9]{2}q', \
         requires = [{ rule = 'pii.test.a', within = 10 }]",
        "<x1y x2y x3y aaaaaaaaaaaaaaaaaaaaa> Bz77q",
        false,
        &[(0, 35), (36, 41)],
    ),
    // The name of the field counts wherever in the match the value begins.
    (
        "r: pattern = '[:,]\\[?\"?([0-9]{9})', slow-ok = 'a test', \
         keywords = { any = ['ssn'], within = 1, side = 'after', require = true }",
        r#"{"ssn":["123456789"]}"#,
        true,
        &[(9, 18)],
    ),
    // Of two findings of a rule on the same bytes the surer one counts.
    (
        "r: patterns = ['Kq([0-9]{6})', 'key [a-z]{0,9} Kq([0-9]{6})'], \
         keywords = { any = ['key'], within = 1, side = 'before' }",
        "key aaaaaaaa Kq123456",
        false,
        &[(15, 21)],
    ),
];

/// `id: field = …, field = …; id: …` as a rule file.
fn rule_file(short: &str) -> String {
    let mut file = "family = \"pii.test\"\ntitle = \"Test\"\n".to_owned();
    for rule in short.split("; ") {
        let (id, fields) = rule.split_once(": ").expect("an id and its fields");
        file += &format!(
            "[[rule]]\nid = \"{id}\"\ntitle = \"T\"\nsince = \"0.1.0\"\nwhy = \"Test.\"\n"
        );
        file += "labels = [\"pii.test\"]\nconfidence = \"medium\"\n";
        file += &fields.replace(", requires", "\nrequires").replace(", shape", "\nshape");
        file = file.replace(", keywords", "\nkeywords").replace(", slow-ok", "\nslow-ok");
        file.push('\n');
    }
    file
}

#[test]
fn what_was_once_wrong_is_right() {
    let mut wrong = Vec::new();
    for (rules, text, is_document, expect) in ONCE_WRONG {
        let (labels, _) = files(&[]);
        let sets = MATCHERS.map(|kind| {
            compile_files(labels.clone(), rule_file(rules), kind)
                .unwrap_or_else(|error| panic!("{error}"))
        });
        let mut document = Document::default();
        if is_document {
            document.parse(text.as_bytes(), limits::JSON_DEPTH_MAX).expect("valid JSON");
        }
        for (name, found) in scan_all(&sets, &Input::new(text), document.leaves()) {
            let spans: Vec<_> =
                found.iter().map(|finding| (finding.span.start, finding.span.end)).collect();
            let sure = found.iter().all(|finding| finding.confidence == Confidence::High);
            if spans != expect
                || (rules.contains("keywords") && !rules.contains("require") && !sure)
            {
                wrong.push(format!("{name} on {text}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One text in this many is also given to the naive reference, which runs every regex and is slow.
const NAIVE_STEP: u64 = 8;

#[test]
fn built_in_rules_find_the_same_in_mixtures_of_their_examples() {
    let sets = MATCHERS.map(|kind| match Compiler::with_builtin().matcher(kind).build() {
        Ok((rules, _warnings)) => rules,
        Err(errors) => panic!("{}", errors.render(false)),
    });
    let packs = sets.each_ref().map(Rules::everything);
    let mut scratches = sets.each_ref().map(Scratch::new);
    let naive = NaiveScanner::new(&sets[0], &packs[0]);
    let examples: Vec<_> = sets[0]
        .rules()
        .iter()
        .flat_map(|rule| {
            let found = rule.spec.matches.iter().map(|example| example.text.joined());
            found.chain(rule.spec.no_matches.iter().map(|example| example.text.joined()))
        })
        .filter(|text| !text.is_empty())
        .collect();
    let mut any = 0;
    // Another start of the seeds in long runs would repeat what short runs saw.
    for seed in 0..u64::from(cases(1).cases) {
        let text = mixture(&examples, seed);
        let input = Input::new(&text);
        let [first, second] = [0, 1]
            .map(|i| Scanner::new(&sets[i], &packs[i]).scan(&mut scratches[i], &input).to_vec());
        let shown = text.escape_ascii();
        assert_eq!(first, second, "both matchers, seed {seed}: {shown}");
        if seed % NAIVE_STEP == 0 {
            assert_eq!(first, naive.scan(&input), "naive, seed {seed}: {shown}");
        }
        any += first.len();
    }
    assert!(any > 100, "the mixtures hold findings");
}

#[test]
fn pieces_become_texts_that_match() {
    let patterns = [r"\b\d{3}-\d{2}-\d{4}\b".to_owned()];
    let piece = Piece::Sample { pattern: 0, seed: 7, cut: false };
    let text = text_of(&[Piece::Noise(b"ssn "), piece], &parsed(&patterns));
    assert_eq!(matches(&patterns[0], &text).len(), 1);
}

//! The evasion matrix: examples of the rules, hidden by every technique, must be found, mapped and redacted.
//!
//! `UPDATE=1 cargo test --test evasion` writes `docs/evasion.md`. `MATRIX=full` takes all examples and all pairs instead of a sample.

#[path = "evasion/readings.rs"]
mod readings;
#[path = "evasion/samples.rs"]
mod samples;
#[path = "evasion/techniques.rs"]
mod techniques;

use lockgate::base::{Finding, Input, RuleIndex};
use lockgate::redact::{Redaction, Style, Surface, apply, plan};
use lockgate::rules::{Compiler, Pack, Rules};
use lockgate::scan::{Leaves, Scanner, Scratch, Seen, inspect};
use samples::{Example, Hidden, applies, examples};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;
use std::{env, fs, path::Path};
use techniques::{Scope, TECHNIQUES};

static RULES: LazyLock<Rules> = LazyLock::new(|| match Compiler::with_builtin().build() {
    Ok((rules, _warnings)) => rules,
    Err(errors) => panic!("{}", errors.render(false)),
});

/// One example in so many is taken for single techniques, and one pair in so many.
const EXAMPLE_STEP: usize = 1;
const PAIR_STEP: usize = 37;

/// Least shares that are found, mapped and redacted, in percent.
const TIER_0_MIN: f64 = 100.0;
const TIER_1_MIN: f64 = 99.0;
const PAIRS_MIN: f64 = 97.0;

fn is_full() -> bool {
    env::var("MATRIX").is_ok_and(|matrix| matrix == "full")
}

/// Reused from text to text.
struct Lab {
    scratch: Scratch,
    seen: Seen,
    packs: HashMap<RuleIndex, Pack>,
}

impl Lab {
    fn new() -> Self {
        Self { scratch: Scratch::new(&RULES), seen: Seen::default(), packs: HashMap::new() }
    }

    fn findings(&mut self, rule: RuleIndex, text: &str) -> &[Finding] {
        let pack = self.packs.entry(rule).or_insert_with(|| RULES.only(rule));
        let scanner = Scanner::new(&RULES, pack);
        inspect(&scanner, &mut self.scratch, &Input::new(text), Leaves::default(), &mut self.seen);
        &self.seen.findings
    }

    /// Why an example that is hidden like this would leak, or its text would be damaged; `None` if it is found and redacted as it should.
    fn trouble(&mut self, example: &Example, hidden: &Hidden) -> Option<String> {
        let text = hidden.text();
        let findings = self.findings(example.rule, &text).to_vec();
        let carrier = hidden.carrier();
        if env::var("DEBUG_RULE").is_ok_and(|id| id == *RULES.rule(example.rule).id) {
            eprintln!(
                "{text:?}\n {:?}",
                findings.iter().map(|f| (f.span, f.view.to_string(), f.score)).collect::<Vec<_>>()
            );
        }
        let found = findings.iter().filter(|finding| finding.span.overlaps(carrier));
        let found: Vec<_> = found.copied().collect();
        if found.is_empty() {
            return Some("not found".to_owned());
        }
        let covered: usize = found.iter().map(|finding| finding.span.len()).sum();
        let within =
            found.iter().all(|finding| carrier.contains(finding.span) || finding.view.is_raw());
        if hidden.exact && (covered < carrier.len() || !within) {
            return Some(format!("mapped to {:?}, not {carrier:?}", found[0].span));
        }
        if !within {
            return Some(format!("mapped to {:?}, beyond {carrier:?}", found[0].span));
        }
        let redaction = Redaction { style: Some(Style::Placeholder), ..Redaction::default() };
        let edits = plan(text.as_bytes(), &found, &*RULES, &redaction, Surface::Text);
        let redacted = String::from_utf8(apply(text.as_bytes(), &edits)).expect("whole characters");
        let kept = |start: &str, end: &str| redacted.starts_with(start) && redacted.ends_with(end);
        if found.iter().all(|finding| carrier.contains(finding.span))
            && !kept(&hidden.before, &hidden.after)
        {
            return Some("the rest of the text changed".to_owned());
        }
        if let Some(part) = readable_part(example, hidden, &redacted) {
            return Some(format!("another decoder still reads {part:?}"));
        }
        let left = self.findings(example.rule, &redacted);
        if left.iter().any(|finding| redacted[finding.span.range()].contains(&example.value)) {
            return Some("still readable".to_owned());
        }
        let again =
            left.len() >= findings.len() && left.iter().any(|finding| !finding.view.is_raw());
        again.then(|| "still found after redaction".to_owned())
    }
}

/// Three quarters of a value, of eight bytes at least, that somebody with other decoders than ours reads in what is left of the text.
fn readable_part<'e>(example: &'e Example, hidden: &Hidden, redacted: &str) -> Option<&'e str> {
    let value = &*example.value;
    let len = (value.len() * 3 / 4).max(8);
    let starts = [0, value.len().saturating_sub(len) / 2, value.len().saturating_sub(len)];
    let parts = starts.iter().filter_map(|start| value.get(*start..start + len));
    // What stands beside the value as well is no part of it.
    let own = |part: &&str| !example.before.contains(part) && !example.after.contains(part);
    let parts: Vec<_> = parts.filter(own).collect();
    let readings = readings::readings(redacted, hidden.layers);
    parts.into_iter().find(|part| readings.iter().any(|reading| reading.contains(part)))
}

/// How many samples there were, and how many went well.
#[derive(Default)]
struct Tally {
    all: usize,
    well: usize,
    troubles: Vec<String>,
}

impl Tally {
    fn add(&mut self, name: &str, trouble: Option<String>) {
        self.all += 1;
        match trouble {
            None => self.well += 1,
            Some(trouble) => self.troubles.push(format!("{name}: {trouble}")),
        }
    }

    fn share(&self) -> f64 {
        if self.all == 0 { 100.0 } else { self.well as f64 * 100.0 / self.all as f64 }
    }
}

fn check(what: &str, tally: &Tally, min: f64) -> bool {
    let good = tally.share() >= min && tally.all > 0;
    if !good {
        let shown = tally.troubles.iter().take(40).cloned().collect::<Vec<_>>().join("\n  ");
        eprintln!("{what}: {} of {} ({:.1} %)\n  {shown}", tally.well, tally.all, tally.share());
    }
    good
}

#[test]
fn every_technique_is_seen_through() {
    let examples = examples();
    let step = if is_full() { 1 } else { EXAMPLE_STEP };
    let mut lab = Lab::new();
    let mut good = true;
    let mut page = String::from(
        "# Evasion matrix\n\nExamples of the built-in rules, hidden by each technique: the share in which the value is found, the finding maps \
         to the bytes that carry it,\nthe redacted text holds it no more in any way that can be seen through, and the rest of the text is \
         unchanged. Generated by\n`UPDATE=1 cargo test --test evasion`, which also tries pairs of techniques on top of each other; what each view reads is in [VIEWS](VIEWS.md).\n\n\
         Tier 0 is always seen through. Tier 1 is, where a cheap look at the text notices it.\n\n\
         | technique | tier | samples | seen through |\n|---|---|---|---|\n",
    );
    for technique in TECHNIQUES {
        let mut tally = Tally::default();
        for example in examples.iter().filter(|example| applies(technique, example)).step_by(step) {
            let hidden = Hidden::new(example).by(technique);
            tally.add(&RULES.rule(example.rule).id, lab.trouble(example, &hidden));
        }
        let min = if technique.tier == 0 { TIER_0_MIN } else { TIER_1_MIN };
        good &= check(technique.name, &tally, min);
        let _ = writeln!(
            page,
            "| {} | {} | {} | {:.1} % |",
            technique.name,
            technique.tier,
            tally.all,
            tally.share()
        );
    }
    if is_full() {
        assert!(good, "see above");
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/evasion.md");
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    assert!(good, "see above");
    assert!(
        fs::read_to_string(&path).is_ok_and(|text| text == page),
        "docs/evasion.md is stale: run with UPDATE=1"
    );
}

#[test]
fn pairs_of_techniques_are_seen_through() {
    let examples = examples();
    let step = if is_full() { 1 } else { PAIR_STEP };
    let mut lab = Lab::new();
    let mut tally = Tally::default();
    let usable: Vec<_> = examples.iter().filter(|example| example.value.len() < 100).collect();
    for (i, first) in TECHNIQUES.iter().enumerate() {
        for (j, second) in TECHNIQUES.iter().enumerate() {
            // A blob takes ASCII, as it is encoded in practice; what joins or turns does so last, on the value itself.
            let fits = second.scope == Scope::Text || is_character_encoding(second.name);
            if !fits {
                continue;
            }
            let offset = (i * 31 + j * 17) % step;
            let some = usable.iter().filter(|example| applies(first, example));
            // UTF-16 is read where it holds ASCII, and is a layer of its own.
            let wide = second.name.starts_with("UTF-16");
            let some = some.filter(|example| {
                !wide
                    || first.name != "percent, twice"
                        && Hidden::new(example).by(first).text().is_ascii()
            });
            for example in some.skip(offset).step_by(step).take(if is_full() { 50 } else { 3 }) {
                let hidden = Hidden::new(example).by(first).by(second);
                let name =
                    format!("{} > {}, {}", first.name, second.name, RULES.rule(example.rule).id);
                tally.add(&name, lab.trouble(example, &hidden));
            }
        }
    }
    assert!(tally.all > 1000, "only {} pairs", tally.all);
    assert!(check("pairs", &tally, PAIRS_MIN));
    eprintln!("pairs: {} of {}", tally.well, tally.all);
}

/// Encodings that take any text, character by character.
fn is_character_encoding(name: &str) -> bool {
    matches!(
        name,
        "percent"
            | "hexadecimal escapes"
            | "decimal entities"
            | "quoted-printable"
            | "octal escapes"
    )
}

#[test]
fn legitimate_invisible_characters_stay() {
    let texts = [
        "👨\u{200d}👩\u{200d}👧\u{200d}👦 ❤\u{fe0f} 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} 1\u{fe0f}\u{20e3}",
        "می\u{200c}خواهم به خانه بروم",
        "שלום \u{200f}עולם\u{200e}, العربية\u{200f}!",
        "क्\u{200d}ष ক্\u{200c}ষ ශ්\u{200d}ර",
        "Daten\u{ad}schutz\u{ad}grund\u{ad}verordnung – “so” – 10\u{a0}000\u{202f}€",
        "naïve café, e\u{301}cole, Žluťoučký kůň, Καλημέρα κόσμε, Привет, 中文，标点。",
    ];
    let pack = RULES.pack("default").expect("built in");
    let scanner = Scanner::new(&RULES, pack);
    let (mut scratch, mut seen) = (Scratch::new(&RULES), Seen::default());
    for text in texts {
        inspect(&scanner, &mut scratch, &Input::new(text), Leaves::default(), &mut seen);
        assert_eq!((seen.findings.len(), seen.gaps.len()), (0, 0), "{text}: {:?}", seen.findings);
    }
}

/// Views that join lines must not make more of a value than is there.
#[test]
fn values_end_where_they_end() {
    let cases = [
        ("my wifi password is amberSummer4\n2026-02-03T11:22:34.001Z DEBUG done", "amberSummer4"),
        (
            "JWT_SECRET=iFt9Mjrj3MTgu57q8f0kk71FOzqezbpA7izl5ivNtIw=\nCMD [\"/bin/true\"]",
            "iFt9Mjrj3MTgu57q8f0kk71FOzqezbpA7izl5ivNtIw=",
        ),
    ];
    let pack = RULES.pack("default").expect("built in");
    let scanner = Scanner::new(&RULES, pack);
    let (mut scratch, mut seen) = (Scratch::new(&RULES), Seen::default());
    for (text, value) in cases {
        inspect(&scanner, &mut scratch, &Input::new(text), Leaves::default(), &mut seen);
        let found: Vec<_> = seen.findings.iter().map(|found| &text[found.span.range()]).collect();
        assert_eq!(found, [value], "{text}");
    }
}

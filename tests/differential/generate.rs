//! Patterns, rules and texts by chance, chosen so that anchors are hard to get right.

use lockgate::base::random::SplitMix64;
use lockgate::matcher::anchor::Anchor;
use lockgate::matcher::hir;
use proptest::prelude::*;
use proptest::sample::select;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Appends something that the pattern matches, apart from what it demands of its surroundings.
pub(crate) fn sample(hir: &Hir, dice: &mut SplitMix64, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(Class::Bytes(class)) => {
            if let Some(range) = class.ranges().get(dice.below(class.ranges().len().max(1))) {
                let width = usize::from(range.end() - range.start()) + 1;
                out.push(range.start() + dice.below(width) as u8);
            }
        }
        HirKind::Class(Class::Unicode(class)) => {
            if let Some(range) = class.ranges().get(dice.below(class.ranges().len().max(1))) {
                let char = if dice.below(2) == 0 { range.start() } else { range.end() };
                out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        HirKind::Repetition(repetition) => {
            let max = repetition.max.unwrap_or(repetition.min + 4);
            let spread = if dice.below(4) == 0 { max } else { max.min(repetition.min + 2) };
            let count = repetition.min + dice.below((spread - repetition.min) as usize + 1) as u32;
            (0..count).for_each(|_| sample(&repetition.sub, dice, out));
        }
        HirKind::Capture(capture) => sample(&capture.sub, dice, out),
        HirKind::Concat(subs) => subs.iter().for_each(|sub| sample(sub, dice, out)),
        HirKind::Alternation(subs) => sample(&subs[dice.below(subs.len())], dice, out),
    }
}

const LITERALS: [&str; 24] = [
    "key",
    "Key=",
    "abc",
    "AKIA",
    "ghp_",
    "sk-",
    "tok:",
    "::",
    "a",
    "b",
    "1",
    "12",
    "@",
    ":",
    "-",
    " ",
    "_",
    "=",
    "x@",
    "://",
    "é",
    "\u{20ac}1",
    "PL",
    "+",
];

const CLASSES: [&str; 26] = [
    r"\d",
    "[0-9]",
    "[1-5]",
    "[a-f0-9]",
    "[A-Z]",
    "[a-z]",
    r"\w",
    "[A-Za-z0-9_-]",
    "[A-Za-z0-9+/=]",
    r"\S",
    r"\s",
    "[ -]",
    "[ab1]",
    "[@:]",
    ".",
    "[^a]",
    r"\D",
    r"\W",
    r"(?-u:[\x80-\xff])",
    "[+0]",
    "[Kk]",
    "[A&]",
    r"[^\w]",
    "[:]",
    r"[^\n@]",
    "(?u:[à-ü])",
];

const LOOKS: [&str; 11] = [
    r"\b",
    r"\b",
    r"\b",
    r"\B",
    "^",
    "$",
    r"(?m:^)",
    r"(?m:$)",
    r"\b{start}",
    r"\b{end}",
    r"\b{start-half}",
];

const COUNTS: [&str; 14] = [
    "?", "??", "{0,3}", "{0,3}?", "{1,2}", "{2}", "{3}", "{4}", "{1,4}", "{2,5}?", "{9}", "{16}",
    "{14,20}", "{0}",
];

/// Shapes that the built-in rules have, where the general grammar would hardly get.
const SHAPES: [&str; 18] = [
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"\b(?:PL)?\d{10}\b",
    r"(?:\+1[ -]?)?\(\d{3}\) ?\d{3}-\d{4}",
    r"(?:^|[^.\w]|\D\.)(\d{4}[ -]?\d{4})\b",
    r"\b[A-Z]{2} ?\d{2}(?: ?\d{2}){2} ?[A-D]\b",
    r"(?i)\bpass(?:word|wd)?\s{0,4}[:=]\s{0,4}(\S{3,12})",
    r"[a-z0-9._-]{1,12}@[a-z0-9.-]{1,12}\.[a-z]{2,4}",
    r"(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}",
    r"\b[A-Za-z0-9_-]{16,24}\b",
    r"\bkey[_-]?[A-Za-z0-9+/]{16,20}={0,2}",
    r"[0-9]{3,5}:AAH[A-Za-z0-9_-]{6}",
    r"\b[0-9a-f]{16}(?:[0-9a-f]{4})?\b",
    r"(?:\b\d|\+)\d{4,8}\b",
    r"://[^\s:@/]{1,8}:([^\s@]{1,8})@",
    r"\b(?:4\d{3}|5[1-5]\d{2})[ -]?\d{4}\b",
    r"(?i)(?:akia|asia)[a-z2-7]{4,8}",
    r#"["']?(?:api|app)[ _-]?key["']?\s?[:=]\s?["']?([0-9a-zA-Z]{4,20})["']?"#,
    r"(?:a{1,3}b|ab{1,3}){1,3}c",
];

fn part() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => select(&LITERALS[..]).prop_map(regex_syntax::escape),
        8 => select(&CLASSES[..]).prop_map(str::to_owned),
        2 => select(&LOOKS[..]).prop_map(str::to_owned),
        4 => (select(&CLASSES[..]), select(&COUNTS[..])).prop_map(|(class, count)| format!("{class}{count}")),
        3 => select(&[r"\d{3}", r"\d{2,4}", r"\d{1,3}[ -]?", "[a-z0-9]{16}", r"\w{18,20}", "[0-9a-f]{20}"][..])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("(?:{})", all.join("|"))),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|all| all.concat()),
            2 => (inner.clone(), select(&COUNTS[..10])).prop_map(|(one, count)| format!("(?:{one}){count}")),
            1 => inner.prop_map(|one| format!("(?i:{one})")),
        ]
    })
}

/// A pattern that the compiler accepts, with or without a group.
pub(crate) fn pattern() -> impl Strategy<Value = String> {
    let composed = (prop::collection::vec(part(), 1..5), any::<bool>(), 0..12_usize).prop_map(
        |(mut parts, bounded, group)| {
            if let Some(part) = parts.get_mut(group) {
                *part = match group {
                    2 => format!("(?:x({part})|{part})"),
                    3 => format!("({part}){{1,2}}"),
                    _ => format!("({part})"),
                };
            }
            let whole = parts.concat();
            if bounded { format!(r"\b{whole}\b") } else { whole }
        },
    );
    let shaped = (select(&SHAPES[..]), part(), 0..4).prop_map(|(shape, part, place)| match place {
        0 => format!("{part}{shape}"),
        1 => format!("{shape}{part}"),
        2 => format!("(?:{part}|{shape})"),
        _ => shape.to_owned(),
    });
    prop_oneof![composed, shaped].prop_filter("the compiler refuses it", |text| is_allowed(text))
}

fn is_allowed(text: &str) -> bool {
    hir::parse(text).is_ok_and(|hir| {
        let (min, max) = hir::lengths(&hir);
        min > 0
            && max.is_some_and(|max| max <= 600)
            && hir.properties().explicit_captures_len() <= 1
    })
}

/// A piece of a text: something that a pattern matches, whole or cut, or something that surrounds it.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Sample { pattern: usize, seed: u64, cut: bool },
    Noise(&'static [u8]),
}

const NOISE: [&[u8]; 36] = [
    b" ",
    b" ",
    b"\n",
    b"-",
    b"_",
    b"a",
    b"B",
    b"1",
    b"12 ",
    b"4111",
    b".",
    b",",
    b":",
    b"@",
    b"=",
    b"+",
    b"/",
    b"\"",
    b"\0",
    b"\xff",
    b"\xc3",
    "é".as_bytes(),
    "€".as_bytes(),
    "😀".as_bytes(),
    b"key",
    b"Key ",
    b"ssn",
    b"userSsn:",
    b"test",
    b"social-security ",
    b"abcabc",
    b"aaaa",
    b"0000000000000000",
    b"deadbeefdeadbeefdeadbeef",
    b"x@",
    b"the quick brown fox jumps over the lazy dog and runs away from it ",
];

pub(crate) fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let piece = prop_oneof![
        3 => (0..64_usize, any::<u64>(), prop::bool::weighted(0.15))
            .prop_map(|(pattern, seed, cut)| Piece::Sample { pattern, seed, cut }),
        4 => select(&NOISE[..]).prop_map(Piece::Noise),
    ];
    prop::collection::vec(piece, 0..24)
}

/// The text that pieces stand for.
pub(crate) fn text_of(pieces: &[Piece], patterns: &[Hir]) -> Vec<u8> {
    let mut text = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Noise(bytes) => text.extend_from_slice(bytes),
            Piece::Sample { pattern, seed, cut } => {
                // From a seed, so that a text shrinks with its pieces and not with its bytes.
                let mut dice = SplitMix64::new(*seed);
                let start = text.len();
                sample(&patterns[pattern % patterns.len()], &mut dice, &mut text);
                if *cut {
                    let len = dice.below(text.len() - start + 1);
                    text.truncate(start + len);
                }
            }
        }
    }
    text
}

const WORDS: [&str; 6] = ["ssn", "social security", "key", "test", "a", "é"];
const SIDES: [&str; 3] = ["before", "after", "both"];

/// Words near a match.
#[derive(Clone, Debug)]
struct Words {
    word: &'static str,
    within: usize,
    side: &'static str,
}

impl Words {
    fn toml(&self, more: &str) -> String {
        let Self { word, within, side } = self;
        format!("{{ any = [\"{word}\"], within = {within}, side = \"{side}\"{more} }}")
    }
}

fn words() -> impl Strategy<Value = Words> {
    (select(&WORDS[..]), select(&[1, 4, 12, 64, 700][..]), select(&SIDES[..]))
        .prop_map(|(word, within, side)| Words { word, within, side })
}

/// A rule as a person might write it.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) patterns: Vec<String>,
    region: Option<(String, usize, Option<&'static str>)>,
    confidence: &'static str,
    keywords: Option<(Words, bool)>,
    exclude: Option<Words>,
    digits_min: usize,
    generic: bool,
    companion: Option<(usize, usize)>,
}

pub(crate) fn draft() -> impl Strategy<Value = Draft> {
    let body = prop::option::of(select(&["[a-z0-9 ]", r"[A-Za-z0-9+/=\s]", "a"][..]));
    let region = (pattern(), 8..200_usize, body);
    (
        prop::collection::vec(pattern(), 1..3),
        prop::option::weighted(0.2, region),
        select(&["low", "medium", "high"][..]),
        prop::option::weighted(0.4, (words(), any::<bool>())),
        prop::option::weighted(0.15, words()),
        prop_oneof![3 => Just(0), 1 => 1..6_usize],
        prop::bool::weighted(0.2),
        prop::option::weighted(0.2, (0..6_usize, 0..40_usize)),
    )
        .prop_map(
            |(patterns, region, confidence, keywords, exclude, digits_min, generic, companion)| {
                let exclude = exclude.filter(|exclude| {
                    keywords.as_ref().is_none_or(|(words, _)| words.word != exclude.word)
                });
                Draft {
                    patterns,
                    region,
                    confidence,
                    keywords,
                    exclude,
                    digits_min,
                    generic,
                    companion,
                }
            },
        )
}

/// The labels file and the rule file of some drafts.
pub(crate) fn files(drafts: &[Draft]) -> (String, String) {
    let labels =
        "[[label]]\nid = \"pii.test\"\ntitle = \"T\"\nsensitivity = 1\nlinkability = \"L1\"\n";
    let mut rules = "family = \"pii.test\"\ntitle = \"Test\"\n".to_owned();
    for (i, draft) in drafts.iter().enumerate() {
        rules += &format!(
            "[[rule]]\nid = \"r{i}\"\ntitle = \"T\"\nsince = \"0.1.0\"\nlabels = [\"pii.test\"]\n\
             confidence = \"{}\"\nwhy = \"Test.\"\n",
            draft.confidence
        );
        rules += &draft.body(i, drafts.len());
    }
    (labels.to_owned(), rules)
}

impl Draft {
    fn body(&self, own: usize, count: usize) -> String {
        let mut out = String::new();
        let slow = self.patterns.iter().any(|pattern| {
            hir::parse(pattern).is_ok_and(|hir| matches!(Anchor::of(&hir), Anchor::Every))
        });
        if slow {
            out += "slow-ok = \"a test\"\n";
        }
        match &self.region {
            None => {
                let all: Vec<_> =
                    self.patterns.iter().map(|pattern| format!("'''{pattern}'''")).collect();
                out += &format!("patterns = [{}]\n", all.join(", "));
            }
            Some((end, max, body)) => {
                let begin = &self.patterns[0];
                let body = body.map_or_else(String::new, |class| format!(", body = '''{class}'''"));
                out += &format!(
                    "region = {{ begin = '''{begin}''', end = '''{end}''', max = {max}{body} }}\n"
                );
            }
        }
        if let Some((words, require)) = &self.keywords {
            out += &format!("keywords = {}\n", words.toml(&format!(", require = {require}")));
        }
        if let Some(words) = &self.exclude {
            out += &format!("exclude = {}\n", words.toml(""));
        }
        if self.digits_min > 0 {
            out += &format!("shape = {{ min-digits = {} }}\n", self.digits_min);
        }
        if self.generic {
            out += "precedence = \"generic\"\n";
        }
        if let Some((other, within)) = self.companion
            && other % count != own
        {
            let other = other % count;
            out += &format!("requires = [{{ rule = \"pii.test.r{other}\", within = {within} }}]\n");
        }
        out
    }
}

/// A random mixture of examples: cut, doubled, interleaved, glued together.
pub(crate) fn mixture(examples: &[String], seed: u64) -> Vec<u8> {
    let mut dice = SplitMix64::new(seed);
    let mut text = Vec::new();
    for _ in 0..2 + dice.below(8) {
        let example = examples[dice.below(examples.len())].as_bytes();
        let (start, end) = match dice.below(4) {
            0 => (dice.below(example.len()), example.len()),
            1 => (0, dice.below(example.len())),
            _ => (0, example.len()),
        };
        let at = if dice.below(5) == 0 { dice.below(text.len() + 1) } else { text.len() };
        for _ in 0..=usize::from(dice.below(6) == 0) {
            text.splice(at..at, example[start..end].iter().copied());
        }
        let glue: [&[u8]; 9] = [b"", b" ", b"\n", b", ", b"-", b"a", b"7", b"\xff", "é".as_bytes()];
        text.extend_from_slice(glue[dice.below(glue.len())]);
    }
    text
}

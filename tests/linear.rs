//! No input makes a scan slower than linear: n bytes against 4n bytes, all rules on, on both matchers.

mod clock;

use clock::clock;
use lockgate::base::{Format, Input, Sinks, Span};
use lockgate::lists::{DictionaryBuilder, ExactDataBuilder, FingerprintBuilder, List};
use lockgate::payload::formats::{Locator, repeats};
use lockgate::payload::json::{Broken, Document};
use lockgate::policy::links::{LinkPolicy, Scope, Values};
use lockgate::rules::{Compiler, MatcherKind, Rules};
use lockgate::scan::{Scanner, Scratch};
use lockgate::syntax::{Source, TokenName};
use lockgate::text::links::extract;
use lockgate::vault::{Vault, VaultLimits};
use std::sync::Arc;
use std::time::Duration;

/// Greatest ratio of the times for four times the bytes.
const RATIO_MAX: f64 = 4.6;
/// A scan must take this long to be measured at all.
const TIME_MIN: Duration = Duration::from_millis(5);
const SIZE_MIN: usize = 16 << 10;
const SIZE_MAX: usize = 4 << 20;
/// The least of so many runs counts; noise only ever adds.
const RUNS: usize = 3;
/// A ratio that is too high may be noise: measured again so many times at each size.
const TRIES: usize = 6;
/// So many times the size is doubled then: what fits into a cache and four times of which does not is slower than linear there, and only
/// there. What grows faster than the text does so all the more the longer it is.
const DOUBLINGS: u32 = 3;

/// The same text over and over, or a text that begins once and goes on.
struct Family {
    name: &'static str,
    head: &'static str,
    body: Vec<u8>,
}

fn family(name: &'static str, body: &str) -> Family {
    Family { name, head: "", body: body.into() }
}

fn noise() -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..65_537).map(|_| next()).collect()
}

fn families() -> Vec<Family> {
    let token = "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8";
    let key = "-----BEGIN RSA PRIVATE KEY-----\n";
    let base64: String = noise()
        .iter()
        .map(|byte| char::from(b"ABCDabcd01234567+/EFefGg"[usize::from(*byte) % 24]))
        .collect();
    vec![
        family("x", "x"),
        family("digits", "1"),
        family("digits of a card", "4111111111111111 "),
        family("a@a@", "a@"),
        family("mail addresses", "ann@x.example "),
        family("tokens", &format!("{token} ")),
        family("prefix of a token", "ghp_"),
        family("groups of digits", "1234-1234-"),
        family("single digits", "1 "),
        family("phone numbers", "+1 415 555 0132, "),
        family("spaces", " "),
        family("hex", "0123456789abcdef"),
        family("assignments without value", "secret_key = "),
        family("password=", "password="),
        family("key markers", key),
        Family { name: "key without end", head: key, body: b"MIIEowIBAAKCAQEA7bq3 ".to_vec() },
        Family { name: "key full of addresses", head: key, body: b"a@b.com ".to_vec() },
        family("eyJ", "eyJ"),
        family("web tokens", "eyJhbGciOiJIUzI1NiJ9."),
        family("://a:", "://a:"),
        family("urls", "https://a:b@c.d/e?token=f "),
        Family { name: "base64", head: "", body: base64.into_bytes() },
        Family { name: "one token", head: "token=", body: b"Zx9".to_vec() },
        family("nested quotes", "\"'\\\"'`"),
        family("a:a:", "a:"),
        family("addresses of hosts", "1.2.3.4:5 fe80::1 "),
        family("brackets", "[[[["),
        Family { name: "NUL bytes", head: "", body: vec![0] },
        Family { name: "random bytes", head: "", body: noise() },
        family("keywords", "ssn account password token key secret "),
        family("keyword and digits", "ssn 1"),
        family("images", "![](https://a?b="),
    ]
}

impl Family {
    fn text(&self, size: usize) -> Vec<u8> {
        self.head.bytes().chain(self.body.iter().copied().cycle()).take(size).collect()
    }
}

fn least(mut work: impl FnMut()) -> Duration {
    let time = |work: &mut dyn FnMut()| {
        let start = clock();
        work();
        clock().saturating_sub(start)
    };
    (0..RUNS).map(|_| time(&mut work)).min().unwrap_or_default()
}

/// The least ratio of the times of `work` for 4n and n bytes, for an n at which it can be measured and for greater ones.
fn ratio(mut work: impl FnMut(usize) -> Duration) -> f64 {
    let mut size = SIZE_MIN;
    while size < SIZE_MAX && work(size) < TIME_MIN {
        size *= 2;
    }
    let mut best = f64::INFINITY;
    for size in (0..=DOUBLINGS).map(|doublings| size << doublings) {
        for _ in 0..TRIES {
            // Both times of a pair are taken under the same load.
            let small = work(size);
            best = best.min(work(4 * size).as_secs_f64() / small.as_secs_f64());
            if best <= RATIO_MAX {
                return best;
            }
        }
    }
    best
}

fn check(kind: MatcherKind) {
    let rules = match Compiler::with_builtin().matcher(kind).build() {
        Ok((rules, _warnings)) => rules,
        Err(errors) => panic!("{}", errors.render(false)),
    };
    let pack = rules.everything();
    let scanner = Scanner::new(&rules, &pack);
    let mut scratch = Scratch::new(&rules);
    let mut slow = Vec::new();
    for family in families() {
        let ratio = ratio(|size| {
            let text = family.text(size);
            least(|| {
                scanner.scan(&mut scratch, &Input::new(&text));
            })
        });
        if ratio > RATIO_MAX {
            slow.push(format!("{}: {ratio:.1}", family.name));
        }
    }
    assert!(slow.is_empty(), "{}: {}", Rules::matcher_name(&rules), slow.join(", "));
}

#[test]
fn the_fastest_matcher_is_linear() {
    check(MatcherKind::Fastest);
}

#[test]
fn the_portable_matcher_is_linear() {
    check(MatcherKind::Portable);
}

const LISTS: &str = "family = 'x.y'\ntitle = 'X'\n[[rule]]\nid = 'terms'\ntitle = 'T'\nsince = '0.1.0'\n\
    labels = ['pii.person.name']\nconfidence = 'high'\nwhy = 'w'\ndictionary = 'terms.dict'\n\
    [[rule]]\nid = 'rows'\ntitle = 'R'\nsince = '0.1.0'\n\
    labels = ['pii.person.name']\nconfidence = 'high'\nwhy = 'w'\n\
    exact-data = { file = 'rows.edm', supporting = 2, within = 1024 }\n\
    [[rule]]\nid = 'passages'\ntitle = 'P'\nsince = '0.1.0'\n\
    labels = ['pii.person.name']\nconfidence = 'high'\nwhy = 'w'\n\
    fingerprint = { file = 'passages.fpr', containment = 0.9, passage = 60 }\n";

const PASSAGE: &str = "The tenant shall return the premises swept and with all keys on the last day of the \
    term, and bears the cost of the locksmith if a key is missing. ";

/// A rule of each kind that looks things up.
fn with_lists() -> Rules {
    let mut terms = DictionaryBuilder::default();
    for words in 1..16 {
        terms.add(&"ab ".repeat(words)).expect("a good term");
    }
    let mut rows = ExactDataBuilder::new([0; 32], None, &["number"], &["a", "b"]).expect("columns");
    for row in [["471108", "okonkwo", "ab ab ab"], ["471215", "van der berg", "ab ab"]] {
        rows.add(row).expect("a row");
    }
    let mut passages = FingerprintBuilder::default();
    passages.add("passage", PASSAGE.as_bytes()).expect("a document");
    let list = |file: Vec<u8>| List::read(&file, &[]).expect("as written");
    let mut compiler = Compiler::new();
    compiler
        .add_labels(Source::new(
            "labels.toml",
            "[[label]]\nid='pii.person.name'\ntitle='N'\nsensitivity=1\nlinkability='L0'\n",
        ))
        .add_rules(Source::new("x.toml", LISTS))
        .add_list("terms.dict", list(terms.build().expect("terms")))
        .add_list("rows.edm", list(rows.build().expect("rows")))
        .add_list("passages.fpr", list(passages.build().expect("a document")));
    compiler.build().unwrap_or_else(|wrong| panic!("{}", wrong.render(false))).0
}

#[test]
fn look_ups_are_linear() {
    let rules = with_lists();
    let pack = rules.everything();
    let scanner = Scanner::new(&rules, &pack);
    let mut scratch = Scratch::new(&rules);
    let bodies =
        ["ab ", "abc", "x ab ", "é", "471108 ", "4 7 1 1 0 8 ", "471108 okonkwo ab ", "1", PASSAGE];
    for body in bodies {
        let ratio = ratio(|size| {
            let text = body.repeat(size / body.len());
            least(|| {
                scanner.scan(&mut scratch, &Input::new(&text));
            })
        });
        assert!(ratio <= RATIO_MAX, "{body}: {ratio:.1}");
    }
}

#[test]
fn inspecting_links_is_linear() {
    let bodies = [
        "![](",
        "[",
        "]",
        "[[[[]",
        "![x](//a",
        "<img src=//a ",
        "<//a ",
        "[x]:",
        "[x]: //a\n![x]",
        "![x",
        "src='//a",
        "url(//a ",
        "//",
        "\\\\",
        "https://",
        "https:",
        "https://a/?u=https%3A//",
        "http://a@",
        "<a href=//a ",
        "srcset=\"//a 1x, ",
        "https://a.b/c/",
        "javascript:x ",
        "https://a.example/?q=dGhlIHBs ",
    ];
    let (policy, values) = (LinkPolicy::default(), Values::new([&b"blue heron 4711"[..]]));
    for body in bodies {
        let ratio = ratio(|size| {
            let text = body.repeat(size / body.len());
            let mut links = Vec::new();
            least(|| {
                links.clear();
                extract(text.as_bytes(), &mut links);
                let scope = Scope { policy: &policy, values: &values, found: &[] };
                scope.inspect(text.as_bytes(), &links);
            })
        });
        assert!(ratio <= RATIO_MAX, "{body}: {ratio:.1}");
    }
}

#[test]
fn reading_json_is_linear() {
    let bodies = [
        "[1,",
        "{\"a\":\"\\u00e9\\n\"},",
        "[[[[],[[",
        "\"\\ud800\",",
        "{\"a\":{\"a\":1}},",
        "\"{\\\"a\\\":\\\"b\\\\n\\\"}\",",
        "\"[\\\"[\\\\\\\"x\\\\\\\"]\\\"]\",",
        "\"{\\\"a\\\":x}\",",
        "\\u00",
        "]",
    ];
    for body in bodies {
        for depth_max in [usize::MAX, 8] {
            let ratio = ratio(|size| {
                let text = format!("[{}0]", body.repeat(size / body.len()));
                let mut document = Document::default();
                least(|| {
                    let _ = document.read(text.as_bytes(), depth_max, Broken::Scan);
                })
            });
            assert!(ratio <= RATIO_MAX, "{body}: {ratio:.1}");
        }
    }
}

#[test]
fn one_string_full_of_documents_is_read_in_linear_time() {
    let wrap = |text: &str| format!("[{}]", serde_json::to_string(text).expect("a string"));
    for levels in 1..=5 {
        let ratio = ratio(|size| {
            let body = "{\"a\":\"b\\n\"},".repeat(size >> (levels + 3));
            let text = (0..levels).fold(format!("[{body}0]"), |text, _| wrap(&text));
            let mut document = Document::default();
            least(|| {
                let _ = document.read(text.as_bytes(), 64, Broken::Scan);
            })
        });
        assert!(ratio <= RATIO_MAX, "{levels} levels: {ratio:.1}");
    }
}

#[test]
fn finding_places_is_linear() {
    let bodies =
        ["{\"role\":\"user\",\"content\":\"x\"},", "[{\"a\":[", "\"{\\\"a\\\":1}\",", "\"x\","];
    for body in bodies {
        let ratio = ratio(|size| {
            let text = format!("{{\"messages\":[{}0]}}", body.repeat(size / body.len()));
            let mut document = Document::default();
            document.read(text.as_bytes(), 64, Broken::Scan).expect("there is a document");
            let view = document.text(text.as_bytes());
            let spans: Vec<Span> = document.leaves().iter().map(|leaf| leaf.span).collect();
            least(|| {
                let mut locator = Locator::new(Format::OpenaiChat, &document, view, &spans);
                for span in spans.iter().step_by(8) {
                    locator.place(*span);
                }
                repeats(Format::OpenaiChat, &document, view, &spans);
            })
        });
        assert!(ratio <= RATIO_MAX, "{body}: {ratio:.1}");
    }
}

#[test]
fn putting_values_back_is_linear() {
    let limits = VaultLimits { sessions: 1, values: 4096, bytes: 1 << 24, idle_ms: 1000 };
    let scope = Arc::new(Vault::new([7; 32], limits)).scope("t", None, "s", 0);
    let token = |form, value: &str| scope.token(form, "pii.email", value.as_bytes()).expect("room");
    let [mail, carried] = [TokenName::Placeholder, TokenName::Carrying]
        .map(|form| token(form, "ann@contoso.com").to_string());
    for number in 0..1000 {
        token(TokenName::Surrogate, &format!("u{number}@contoso.com"));
    }
    let session = scope.session().expect("it has values");
    let bodies = [
        &format!("{mail} "),
        &format!("{carried} "),
        &mail[..mail.len() - 1],
        &carried[..carried.len() - 1],
        "[",
        "[A",
        "[EMAIL_1~0",
        "user.",
        "<a b=\"",
        "](<",
        "]:",
    ];
    for body in bodies {
        let ratio = ratio(|size| {
            let text = body.repeat(size / body.len());
            let mut out = Vec::with_capacity(2 * size);
            least(|| {
                out.clear();
                let mut restorer = session.restorer(Sinks::TEXT);
                text.as_bytes().chunks(61).for_each(|piece| restorer.push(piece, &mut out));
                restorer.finish(&mut out);
            })
        });
        assert!(ratio <= RATIO_MAX, "{body}: {ratio:.1}");
    }
}

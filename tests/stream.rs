//! Streams: however a text arrives, the same findings and the same bytes leave, and nothing leaves too early.

use lockgate::base::{Finding, Input, Span};
use lockgate::rules::{Compiler, Pack, Rules};
use lockgate::scan::{Scanner, Scratch, StreamProgram, StreamRules, StreamScanner};
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(|| match Compiler::with_builtin().build() {
    Ok((rules, _warnings)) => rules,
    Err(errors) => panic!("{}", errors.render(false)),
});

/// A pack and what its streams need.
struct Setting<'r> {
    rules: &'r Rules,
    pack: &'r Pack,
    program: StreamProgram,
}

impl<'r> Setting<'r> {
    fn new(rules: &'r Rules, pack: &'r Pack) -> Self {
        let program = StreamProgram::new(rules, pack).expect("the pack has no lists");
        Self { rules, pack, program }
    }

    fn with(&self) -> StreamRules<'_> {
        StreamRules::new(self.rules, self.pack, &self.program)
    }

    fn whole(&self, scratch: &mut Scratch, text: &[u8]) -> Vec<Finding> {
        Scanner::new(self.rules, self.pack).scan(scratch, &Input::new(text)).to_vec()
    }

    /// What a stream of these pieces finds; what leaves is checked on the way.
    fn streamed<'t>(
        &self,
        scratch: &mut Scratch,
        pieces: impl Iterator<Item = &'t [u8]>,
    ) -> (Vec<Finding>, Vec<u8>) {
        let mut stream = StreamScanner::default();
        let (mut findings, mut out, mut arrived) = (Vec::new(), Vec::new(), 0);
        let mut take = |settled: lockgate::scan::Settled<'_>| {
            assert_eq!(settled.offset, out.len(), "what leaves follows what left");
            out.extend_from_slice(settled.text);
            for finding in settled.findings {
                assert!(finding.span.end <= settled.text.len(), "findings leave with their text");
                let span = Span::new(
                    finding.span.start + settled.offset,
                    finding.span.end + settled.offset,
                );
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
}

/// Calls `check` with every example text of the built-in rules.
fn examples() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for rule in RULES.rules() {
        let matches = rule.spec.matches.iter().map(|example| example.text.joined());
        let others = rule.spec.no_matches.iter().map(|example| example.text.joined());
        all.extend(matches.chain(others).map(|text| (rule.id.to_string(), text)));
    }
    all
}

#[test]
fn every_example_at_every_cut_and_byte_by_byte() {
    let pack = RULES.everything();
    let setting = Setting::new(&RULES, &pack);
    let mut scratch = Scratch::new(&RULES);
    let mut wrong = Vec::new();
    for (id, text) in examples() {
        let text = text.as_bytes();
        let expect = setting.whole(&mut scratch, text);
        let mut check = |what: &str, pieces: &mut dyn Iterator<Item = &[u8]>| {
            let (found, out) = setting.streamed(&mut scratch, pieces);
            assert_eq!(out, text);
            if found != expect {
                wrong.push(format!("{id} {what}: {found:?}, not {expect:?}"));
            }
        };
        check("byte by byte", &mut text.chunks(1));
        for cut in (0..=text.len()).step_by(5) {
            let (head, tail) = text.split_at(cut);
            check(&format!("cut at {cut}"), &mut [head, tail].into_iter());
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(8)].join("\n"));
}

#[test]
fn zz_measure() {
    let pack = RULES.pack("default").unwrap();
    let begin = std::time::Instant::now();
    let setting = Setting::new(&RULES, pack);
    eprintln!("program {:?} {} KiB", begin.elapsed(), setting.program.memory_usage() >> 10);
    let mut scratch = Scratch::new(&RULES);
    let text = include_bytes!("../benches/texts/prose.txt");
    for round in 0..3 {
        let mut stream = StreamScanner::default();
        let mut held = Vec::new();
        let begin = std::time::Instant::now();
        let mut n = 0;
        let mut at = 0;
        let mut times = Vec::new();
        let mut found = 0;
        while at < text.len() {
            let len = [3, 4, 4, 5, 2, 7, 1][n % 7].min(text.len() - at);
            let one = std::time::Instant::now();
            found += stream.push(setting.with(), &mut scratch, &text[at..at + len]).findings.len();
            times.push(one.elapsed().as_nanos());
            held.push(stream.held());
            if round == 2 && stream.held() > 100 && n % 10 == 0 {
                eprintln!(
                    "{} {:?}",
                    stream.held(),
                    String::from_utf8_lossy(
                        &text[at + len - stream.held().min(at + len)..at + len]
                    )
                );
            }
            at += len;
            n += 1;
        }
        let elapsed = begin.elapsed();
        held.sort_unstable();
        times.sort_unstable();
        eprintln!(
            "{} tokens {:?} each; p50 {} p99 {} max {}; hold mean {:.2} p50 {} p90 {} p99 {} p999 {} max {}; {found} findings",
            n,
            elapsed / n as u32,
            times[n / 2],
            times[n * 99 / 100],
            times[n - 1],
            held.iter().sum::<usize>() as f64 / n as f64,
            held[n / 2],
            held[n * 9 / 10],
            held[n * 99 / 100],
            held[n * 999 / 1000],
            held[n - 1]
        );
    }
}

//! The parts by themselves, with criterion: where a change of `benches/scan` comes from.

#[path = "../texts/mod.rs"]
mod texts;

mod policy;
mod tokens;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lockgate::audit::Folder;
use lockgate::base::Input;
use lockgate::base::{Direction, Edit, Span, Verdict, limits};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::lineage::index::{Index, Mode, Toward};
use lockgate::lineage::ledger::{Ledger, LedgerOptions, Signer};
use lockgate::lineage::{
    Caller, Circumstances, Context, Epoch, Event, Form, Inspection, Keyring, Mint,
};
use lockgate::lists::{DictionaryBuilder, List, winnow, words};
use lockgate::matcher::classes::{self, Events};
use lockgate::matcher::literals::{Backend, LiteralSet};
use lockgate::payload::json::Document;
use lockgate::rules::Compiler;
use lockgate::scan::{Scanner, Scratch};
use lockgate::syntax::Source;
use lockgate::{redact, validate};
use std::hint::black_box;
use std::sync::Arc;

const TEXT_BYTES: usize = 16 << 10;

fn text(generator: &str) -> Vec<u8> {
    texts::generate(generator, TEXT_BYTES, 1).expect("the generator exists")
}

/// One pass of byte classes, by kind of text, against its scalar twin.
fn byte_classes(c: &mut Criterion) {
    let mut group = c.benchmark_group("classes");
    let mut events = Events::default();
    for generator in ["prose", "code", "json-log", "hex"] {
        let text = text(generator);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("simd", generator), &text, |b, text| {
            b.iter(|| classes::scan(black_box(text), &mut events));
        });
        group.bench_with_input(BenchmarkId::new("scalar", generator), &text, |b, text| {
            b.iter(|| classes::scan_scalar(black_box(text), &mut events));
        });
    }
    group.finish();
}

/// One pass for the literal anchors of all rules, on every backend.
fn literals(c: &mut Criterion) {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules compile");
    let mut group = c.benchmark_group("literals");
    for &backend in Backend::ALL {
        let set = LiteralSet::new(rules.anchor_literals(), backend).expect("the anchors compile");
        let mut scratch = set.scratch().expect("there is memory for scratch");
        let mut hits = Vec::new();
        for generator in ["prose", "code"] {
            let text = text(generator);
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_with_input(
                BenchmarkId::new(backend.name(), generator),
                &text,
                |b, text| {
                    b.iter(|| {
                        hits.clear();
                        set.scan(&mut scratch, black_box(text), &mut hits);
                        hits.len()
                    });
                },
            );
        }
    }
    group.finish();
}

/// Every validator on a value that has digits, letters and the right length for many.
fn validators(c: &mut Criterion) {
    let mut group = c.benchmark_group("validate");
    for name in ["luhn", "iban"] {
        let Some(validator) = validate::find(name) else { continue };
        group
            .bench_function(name, |b| b.iter(|| (validator.check)(black_box(b"4539578763621486"))));
    }
    group.finish();
}

fn json(c: &mut Criterion) {
    let mut group = c.benchmark_group("json");
    let mut document = Document::default();
    for generator in ["chat", "chat-tools"] {
        let text = text(generator);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("flatten", generator), |b| {
            b.iter(|| document.parse(black_box(&text), limits::JSON_DEPTH_MAX).is_ok());
        });
    }
    group.finish();
}

fn edits(c: &mut Criterion) {
    let text = text("prose");
    let edit =
        |at: usize| Edit { span: Span::new(at, at + 16), replacement: "[pii.email]".to_owned() };
    let edits: Vec<_> = (0..TEXT_BYTES - 16).step_by(256).map(edit).collect();
    let mut group = c.benchmark_group("redact");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("apply", |b| b.iter(|| redact::apply(black_box(&text), &edits)));
    group.finish();
}

/// Terms of the dictionary.
const TERMS: u64 = 1_000_000;
const TERMS_RULE: &str = "family = 'x.y'\ntitle = 'X'\n[[rule]]\nid = 'z'\ntitle = 'Z'\nsince = '0.1.0'\n\
    labels = ['pii.person.name']\nconfidence = 'low'\nwhy = 'w'\ndictionary = 'terms.dict'\n";

/// A pronounceable word for each number.
fn word(number: u64) -> String {
    let mut rest = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let mut letter = |of: &[u8]| {
        let letter = of[(rest % of.len() as u64) as usize];
        rest /= of.len() as u64;
        char::from(letter)
    };
    (0..4).flat_map(|_| [letter(b"bcdfghjklmnprstvwz"), letter(b"aeiou")]).collect()
}

/// A scan of prose with and without a dictionary, and the look-ups alone.
fn lists(c: &mut Criterion) {
    let text = texts::generate("prose", 64 << 10, 1).expect("the generator exists");
    let mut builder = DictionaryBuilder::default();
    for number in 0..TERMS {
        let term = format!("{} {}", word(number), word(number + TERMS));
        builder.add(&term).expect("a good term");
    }
    let file = builder.build().expect("there are terms");
    let list = List::read(&file, &[]).expect("as written");
    let mut compiler = Compiler::with_builtin();
    let (without, _) = compiler.build().expect("the built-in rules compile");
    compiler.add_rules(Source::new("x.toml", TERMS_RULE)).add_list("terms.dict", list);
    let (with, _) = compiler.build().expect("the rule compiles");
    let mut group = c.benchmark_group("lists");
    group.throughput(Throughput::Bytes(text.len() as u64));
    for (name, rules) in [("scan", &without), ("scan-dictionary-1m", &with)] {
        let pack = rules.pack("default").expect("the default pack is built in");
        let (scanner, mut scratch) = (Scanner::new(rules, pack), Scratch::new(rules));
        group.bench_function(name, |b| {
            b.iter(|| scanner.scan(&mut scratch, &Input::new(black_box(&text))).len());
        });
    }
    group.bench_function("words", |b| {
        b.iter(|| {
            let mut sum = 0;
            words::walk(black_box(&text), |word| sum ^= word.hash);
            sum
        });
    });
    group.bench_function("winnow", |b| {
        b.iter(|| {
            let mut sum = 0;
            winnow::winnow(black_box(&text), |gram| sum ^= gram.hash);
            sum
        });
    });
    group.finish();
}

/// A kilobyte with three findings: the inspection alone, with its tags, and with the event of the ledger; then a query on an index.
fn lineage(c: &mut Criterion) {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules compile");
    let engine = Engine::new(Arc::new(rules));
    let mut text = text("prose");
    text.truncate(900);
    let values =
        b" write to jane.doe@contoso.com, card 4111 1111 1111 1111, call +1 212 555 0123 now.";
    text.extend_from_slice(values);
    let keyring = Keyring::new([1; 32]);
    keyring.add(Epoch(1), [2; 32]);
    let (mint, tenant) = (Mint::new([3; 32]), Arc::<str>::from("acme"));
    let caller = Caller { session: Some("one".to_owned()), ..Caller::default() };
    let options = |lineage| InspectOptions { lineage, ..InspectOptions::default() };
    let inspect = |options: &InspectOptions| {
        engine.inspect(Content::Text(black_box(&text)), options).expect("it is a text")
    };
    let context = || {
        let keys = keyring.tenant(Epoch(1), &tenant).expect("the epoch was added");
        Arc::new(Context::new(Arc::clone(&tenant), keys, mint.artifact(1), caller.clone()))
    };
    let circumstances =
        Circumstances { direction: Direction::Input, pack: "default", took_us: 1, facts: None };
    assert_eq!(inspect(&options(None)).findings.len(), 3, "the bound is about three findings");
    let mut group = c.benchmark_group("lineage");
    let plain = options(None);
    group.bench_function("none", |b| b.iter(|| inspect(&plain)));
    group.bench_function("tags", |b| b.iter(|| inspect(&options(Some(context())))));
    group.bench_function("tags and event", |b| {
        b.iter(|| {
            let context = context();
            let verdict = inspect(&options(Some(Arc::clone(&context))));
            Inspection::new(&context, &verdict, engine.rules(), circumstances)
        });
    });
    let (keys, flow) = (context().keys.clone(), context().flow);
    let mut scratch = Vec::new();
    group.bench_function("three tags alone", |b| {
        b.iter(|| {
            let mut tag = |form, value: &[u8]| {
                let token = keys.token(form, black_box(value), &mut scratch)?;
                Some(keys.handle(flow, token))
            };
            [
                tag(Form::Email, b"jane.doe@contoso.com"),
                tag(Form::Alnum, b"4111 1111 1111 1111"),
                tag(Form::Phone, b"+1 212 555 0123"),
            ]
        });
    });
    let ready = context();
    let verdict = inspect(&options(Some(Arc::clone(&ready))));
    let event = || Inspection::new(&ready, &verdict, engine.rules(), circumstances);
    group.bench_function("event alone", |b| b.iter(event));
    group.bench_function("context alone", |b| b.iter(context));
    let folder = tempfile::tempdir().expect("there is a folder for files");
    let disk = Folder::new(folder.path());
    let signer = Signer::new(&keyring, "bench/ledger").expect("the name is one");
    let ledger = Ledger::open(disk, signer, [4; 32], LedgerOptions::default());
    let (mut ledger, _) = ledger.expect("an empty folder is an empty ledger");
    let event = Event::Inspection(Box::new(event()));
    let batch = vec![serde_json::to_vec(&event).expect("an event is JSON"); 1000];
    group.throughput(Throughput::Elements(1000));
    group.bench_function("append 1000 events and sync", |b| {
        b.iter(|| ledger.append(1, &batch).expect("there is room"));
    });
    group.bench_function("1000 events to JSON and back", |b| {
        b.iter(|| {
            for _ in 0..1000 {
                let json = serde_json::to_vec(black_box(&event)).expect("an event is JSON");
                let read: Event = serde_json::from_slice(&json).expect("it is one");
                black_box(read);
            }
        });
    });
    group.throughput(Throughput::Elements(1));
    let mut index = Index::new(1_000_000);
    let (first, mut last) = (context(), context());
    for seq in 0..100_000 {
        last = if seq == 0 { Arc::clone(&first) } else { context() };
        let verdict = if seq % 1000 == 0 {
            inspect(&options(Some(Arc::clone(&last))))
        } else {
            Verdict::default()
        };
        let event = Inspection::new(&last, &verdict, engine.rules(), circumstances);
        index.insert(seq, Event::Inspection(Box::new(event)));
    }
    let value = keyring.tenant(Epoch(1), &tenant).expect("the epoch was added");
    let token = value.token(Form::Email, b"jane.doe@contoso.com", &mut Vec::new());
    let token = token.expect("an address is a value");
    group.bench_function("trail", |b| b.iter(|| index.trail("acme", black_box(token)).0.len()));
    group.bench_function("session", |b| b.iter(|| index.session("acme", "one").0.len()));
    group.bench_function("closure", |b| {
        b.iter(|| index.closure("acme", last.artifact, Toward::Sources, Mode::Reachable, 100));
    });
    group.finish();
}

criterion_group!(
    parts,
    byte_classes,
    literals,
    validators,
    json,
    edits,
    lists,
    lineage,
    policy::policy,
    tokens::tokens
);
criterion_main!(parts);

//! The parts by themselves, with criterion: where a change of `benches/scan` comes from.

#[path = "../texts/mod.rs"]
mod texts;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lockgate::base::{Edit, Span, limits};
use lockgate::matcher::classes::{self, Events};
use lockgate::matcher::literals::{Backend, LiteralSet};
use lockgate::payload::json::Document;
use lockgate::rules::Compiler;
use lockgate::{redact, validate};
use std::hint::black_box;

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

criterion_group!(parts, byte_classes, literals, validators, json, edits);
criterion_main!(parts);

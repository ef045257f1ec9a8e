//! Tokens: making one, and putting values back into an answer.

use criterion::{Criterion, Throughput};
use lockgate::base::Sinks;
use lockgate::syntax::TokenName;
use lockgate::vault::{Scope, Vault, VaultLimits};
use std::hint::black_box;
use std::sync::Arc;

const MAIL: &[u8] = b"jane.doe@contoso.com";
const CARD: &[u8] = b"4111 1111 1111 1111";

fn scope() -> Scope {
    let limits = VaultLimits { sessions: 1, values: 1 << 16, bytes: 1 << 28, idle_ms: 1000 };
    Arc::new(Vault::new([7; 32], limits)).scope("acme", None, "one", 0)
}

pub(super) fn tokens(c: &mut Criterion) {
    let scope = scope();
    let mut group = c.benchmark_group("tokens");
    for form in TokenName::ALL {
        let (label, value) = match form {
            TokenName::Digits => ("finance.card", CARD),
            _ => ("pii.email", MAIL),
        };
        group.bench_function(format!("{} again", form.name()), |b| {
            b.iter(|| scope.token(form, label, black_box(value)));
        });
    }
    let token = scope.token(TokenName::Placeholder, "pii.email", MAIL).expect("there is room");
    let mut prose = super::text("prose");
    prose.truncate(4096);
    let mut full = prose.clone();
    for place in (0..10).rev() {
        full.splice(place * 400..place * 400, format!(" {token} ").into_bytes());
    }
    let session = scope.session().expect("it has values");
    for (name, text, count) in [("nothing", &prose, 0), ("ten values", &full, 10)] {
        let put = |size: usize| {
            let mut restorer = session.restorer(Sinks::TEXT);
            let mut out = Vec::with_capacity(text.len());
            text.chunks(size).for_each(|piece| restorer.push(black_box(piece), &mut out));
            restorer.finish(&mut out);
            out
        };
        let found = put(4096).windows(MAIL.len()).filter(|window| *window == MAIL).count();
        assert_eq!((found, put(4) == put(4096)), (count, true), "it measures what it should");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("4 KiB, {name}"), |b| b.iter(|| put(8192)));
        group.bench_function(format!("4 KiB in pieces of 4 bytes, {name}"), |b| b.iter(|| put(4)));
    }
}

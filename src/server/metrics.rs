//! Counters, and their Prometheus text.
//!
//! Everything is counted per request with relaxed atomics at places known beforehand: no lock, no hashing of labels. The text is made
//! when it is asked for.

use super::guard::Outcome;
use crate::base::{Action, Code, LabelIndex, Verdict, code};
use crate::rules::Rules;
use crate::vault::Counts;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::{collector::Collector, registry::Registry};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// A route, as the label of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Inspect,
    Batch,
    Memory,
    Stream,
    Socket,
    Proxy,
    Rules,
    Rule,
    Labels,
    Packs,
    Lineage,
    Sessions,
    Health,
    Ready,
    Metrics,
    OpenApi,
    #[cfg(feature = "grpc")]
    Grpc,
    #[cfg(feature = "grpc")]
    GrpcHealth,
    Unknown,
}

impl Route {
    const ALL: [(Self, &'static str); if cfg!(feature = "grpc") { 19 } else { 17 }] = [
        (Self::Inspect, "/v1/inspect"),
        (Self::Batch, "/v1/inspect/batch"),
        (Self::Memory, "/v1/memory/inspect"),
        (Self::Stream, "/v1/stream"),
        (Self::Socket, "/v1/stream/ws"),
        (Self::Proxy, "proxy"),
        (Self::Rules, "/v1/rules"),
        (Self::Rule, "/v1/rules/{id}"),
        (Self::Labels, "/v1/labels"),
        (Self::Packs, "/v1/packs"),
        (Self::Lineage, "/v1/lineage"),
        (Self::Sessions, "/v1/sessions/{id}"),
        (Self::Health, "/healthz"),
        (Self::Ready, "/readyz"),
        (Self::Metrics, "/metrics"),
        (Self::OpenApi, "/openapi.json"),
        #[cfg(feature = "grpc")]
        (Self::Grpc, "/lockgate.v1.Inspect"),
        #[cfg(feature = "grpc")]
        (Self::GrpcHealth, "/grpc.health.v1.Health"),
        (Self::Unknown, "unknown"),
    ];

    /// The path as it was registered, never as it was sent.
    pub(super) fn path(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// Statuses with a counter of their own; others count as `other`.
const STATUSES: [u16; 12] = [200, 400, 404, 405, 408, 413, 415, 422, 500, 503, 204, 0];

/// Upper bounds of the latency buckets, in microseconds: a clean kilobyte takes a few, a large body some hundred thousand.
const BUCKETS_US: [u64; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    10_000_000,
];

/// A metric, for the documentation.
#[derive(Clone, Copy, Debug)]
pub struct MetricDoc {
    /// Full name, as Prometheus stores it.
    pub name: &'static str,
    /// `counter`, `gauge`, `histogram` or `info`.
    pub kind: &'static str,
    /// Names of the labels.
    pub labels: &'static [&'static str],
    /// What it counts.
    pub doc: &'static str,
}

/// All metrics, in the order of the output.
pub static METRICS: &[MetricDoc] = &[
    MetricDoc {
        name: "lockgate_build",
        kind: "info",
        labels: &["version"],
        doc: "Version of the program.",
    },
    MetricDoc {
        name: "lockgate_rules",
        kind: "gauge",
        labels: &["fingerprint"],
        doc: "Rules of the rule set in use.",
    },
    MetricDoc {
        name: "lockgate_requests",
        kind: "counter",
        labels: &["route", "status"],
        doc: "Answered requests.",
    },
    MetricDoc {
        name: "lockgate_request_duration_seconds",
        kind: "histogram",
        labels: &["route"],
        doc: "Time from the headers of a request to the headers of its answer.",
    },
    MetricDoc {
        name: "lockgate_inspected_bytes",
        kind: "counter",
        labels: &[],
        doc: "Bytes of bodies handed to an inspection.",
    },
    MetricDoc {
        name: "lockgate_body_bytes",
        kind: "gauge",
        labels: &[],
        doc: "Bytes of request bodies and answers in memory, as bounded by server.bodies-bytes-max.",
    },
    MetricDoc {
        name: "lockgate_problems",
        kind: "counter",
        labels: &["code"],
        doc: "Requests answered with an error, by its code.",
    },
    MetricDoc { name: "lockgate_verdicts", kind: "counter", labels: &["action"], doc: "Verdicts." },
    MetricDoc {
        name: "lockgate_incomplete",
        kind: "counter",
        labels: &[],
        doc: "Verdicts whose coverage has gaps.",
    },
    MetricDoc {
        name: "lockgate_streams",
        kind: "counter",
        labels: &["outcome"],
        doc: "Streams that ended: `whole`, `blocked`, `failed` (a limit, or broken off by the writer), `left` by the reader.",
    },
    MetricDoc {
        name: "lockgate_open_streams",
        kind: "gauge",
        labels: &[],
        doc: "Streams that are open.",
    },
    MetricDoc {
        name: "lockgate_ledger_events",
        kind: "counter",
        labels: &["result"],
        doc: "Events of the ledger: `recorded`, or `refused` because the queue was full or the disk failed. Absent if lineage is off.",
    },
    MetricDoc {
        name: "lockgate_ledger_failures",
        kind: "counter",
        labels: &[],
        doc: "Failed attempts to write the ledger. Absent if lineage is off.",
    },
    MetricDoc {
        name: "lockgate_tokens",
        kind: "counter",
        labels: &["result"],
        doc: "Tokens: `made` for a value, `denied` for want of room, `restored` to the value. Absent if there is no vault.",
    },
    MetricDoc {
        name: "lockgate_vault_sessions",
        kind: "gauge",
        labels: &[],
        doc: "Sessions of the vault. Absent if there is none.",
    },
    MetricDoc {
        name: "lockgate_vault_bytes",
        kind: "gauge",
        labels: &[],
        doc: "Bytes that the sessions of the vault take. Absent if there is none.",
    },
    MetricDoc {
        name: "lockgate_splits",
        kind: "counter",
        labels: &[],
        doc: "Values that were split over messages.",
    },
    MetricDoc {
        name: "lockgate_sessions",
        kind: "gauge",
        labels: &[],
        doc: "Sessions whose last messages are remembered. Absent if none are.",
    },
    MetricDoc {
        name: "lockgate_sessions_forgotten",
        kind: "counter",
        labels: &[],
        doc: "Sessions that were forgotten early, since there were more than turns.sessions-max. Absent if none are remembered.",
    },
    MetricDoc { name: "lockgate_findings", kind: "counter", labels: &["label"], doc: "Findings." },
];

/// `docs/metrics.md`.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Metrics\n\nGET /metrics answers in the OpenMetrics text format. Counters get the suffix `_total` there, the build information `_info`.\n\
         No label holds anything of a request: routes are the registered paths.\n\n\
         Generated from `src/server/metrics.rs`; `UPDATE=1 cargo test --test http` rewrites it.\n\n\
         | metric | type | labels | what it counts |\n|---|---|---|---|\n",
    );
    for metric in METRICS {
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let labels = labels.join(", ");
        out += &format!("| `{}` | {} | {labels} | {} |\n", metric.name, metric.kind, metric.doc);
    }
    out
}

/// All counters of one service.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    routes: [PerRoute; Route::ALL.len()],
    inspected_bytes: AtomicU64,
    incomplete: AtomicU64,
    streams: [AtomicU64; Outcome::ALL.len()],
    open_streams: AtomicU64,
    splits: AtomicU64,
    verdicts: [AtomicU64; Action::ALL.len()],
    /// By label index.
    findings: Box<[AtomicU64]>,
    /// In the order of all codes.
    problems: Box<[AtomicU64]>,
}

#[derive(Debug, Default)]
struct PerRoute {
    statuses: [AtomicU64; STATUSES.len()],
    /// One more than the bounds: the last is for everything slower.
    buckets: [AtomicU64; BUCKETS_US.len() + 1],
    sum_us: AtomicU64,
}

impl Metrics {
    pub(super) fn new(labels: usize) -> Self {
        let zeros = |count| (0..count).map(|_| AtomicU64::new(0)).collect();
        Self { findings: zeros(labels), problems: zeros(code::all().count()), ..Self::default() }
    }

    pub(super) fn request(&self, route: Route, status: u16, took: Duration) {
        let counters = &self.routes[route as usize];
        let status = STATUSES.iter().position(|&known| known == status);
        counters.statuses[status.unwrap_or(STATUSES.len() - 1)].fetch_add(1, Relaxed);
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS_US.partition_point(|&bound| bound < took_us);
        counters.buckets[bucket].fetch_add(1, Relaxed);
        counters.sum_us.fetch_add(took_us, Relaxed);
    }

    pub(super) fn problem(&self, problem: Code) {
        let counter = code::all().zip(&self.problems).find(|(code, _)| **code == problem);
        if let Some((_, counter)) = counter {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn inspected_bytes(&self, bytes: usize) {
        self.inspected_bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn verdict(&self, verdict: &Verdict) {
        self.verdicts[verdict.action as usize].fetch_add(1, Relaxed);
        if !verdict.coverage.is_complete() {
            self.incomplete.fetch_add(1, Relaxed);
        }
        self.splits.fetch_add(verdict.splits.len() as u64, Relaxed);
        for finding in &verdict.findings {
            self.finding(finding.label);
        }
    }

    pub(super) fn finding(&self, label: LabelIndex) {
        if let Some(counter) = self.findings.get(label.index()) {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn stream_opened(&self) {
        self.open_streams.fetch_add(1, Relaxed);
    }

    pub(super) fn stream_closed(&self, outcome: Outcome, action: Action) {
        self.open_streams.fetch_sub(1, Relaxed);
        self.streams[outcome as usize].fetch_add(1, Relaxed);
        self.verdicts[action as usize].fetch_add(1, Relaxed);
    }
}

/// The text of all metrics.
///
/// # Errors
/// None in practice: a `String` takes everything that is written to it.
pub(super) fn encode(app: &Arc<super::app::App>) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Scrape(Arc::clone(app))));
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Scrape(Arc<super::app::App>);

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let metrics = &self.0.metrics;
        let rules = self.0.engine.rules();
        for metric in METRICS {
            // The encoder ends help texts itself.
            let help = metric.doc.trim_end_matches('.');
            let mut family = Family { encoder: &mut encoder, name: metric.name, help };
            match metric.name {
                "lockgate_build" => family.build()?,
                "lockgate_rules" => family.rules(rules)?,
                "lockgate_requests" => family.requests(metrics)?,
                "lockgate_request_duration_seconds" => family.durations(metrics)?,
                "lockgate_inspected_bytes" => family.counter(&metrics.inspected_bytes)?,
                "lockgate_open_streams" => family.gauge(metrics.open_streams.load(Relaxed))?,
                "lockgate_streams" => {
                    let names = Outcome::ALL.iter().map(|(_, name)| [("outcome", *name)]);
                    family.counters(names.zip(&metrics.streams))?;
                }
                "lockgate_body_bytes" => family.gauge(self.0.bodies.used())?,
                "lockgate_problems" => {
                    let names = code::all().map(|code| [("code", code.id)]);
                    let used = names.zip(&metrics.problems);
                    family.counters(used.filter(|(_, counter)| counter.load(Relaxed) > 0))?;
                }
                "lockgate_ledger_events" => {
                    let Some(lineage) = &self.0.lineage else { continue };
                    let counts = lineage.counts();
                    let results = [("recorded", counts.recorded), ("refused", counts.refused)];
                    let counters = results.map(|(name, count)| (name, AtomicU64::new(count)));
                    family.counters(
                        counters.iter().map(|(name, count)| ([("result", *name)], count)),
                    )?;
                }
                "lockgate_ledger_failures" => {
                    let Some(lineage) = &self.0.lineage else { continue };
                    family.counter(&AtomicU64::new(lineage.counts().failures))?;
                }
                "lockgate_tokens" => {
                    let Some(vault) = &self.0.vault else { continue };
                    let Counts { made, denied, restored, .. } = vault.counts();
                    let results = [("made", made), ("denied", denied), ("restored", restored)];
                    let counters = results.map(|(name, count)| (name, AtomicU64::new(count)));
                    family.counters(
                        counters.iter().map(|(name, count)| ([("result", *name)], count)),
                    )?;
                }
                "lockgate_vault_sessions" | "lockgate_vault_bytes" => {
                    let Some(vault) = &self.0.vault else { continue };
                    let Counts { sessions, bytes, .. } = vault.counts();
                    let is_bytes = metric.name.ends_with("bytes");
                    family.gauge(if is_bytes { bytes } else { sessions })?;
                }
                "lockgate_splits" => family.counter(&metrics.splits)?,
                "lockgate_sessions" => {
                    let Some(turns) = &self.0.turns else { continue };
                    family.gauge(turns.len() as u64)?;
                }
                "lockgate_sessions_forgotten" => {
                    let Some(turns) = &self.0.turns else { continue };
                    family.counter(&AtomicU64::new(turns.forgotten()))?;
                }
                "lockgate_incomplete" => family.counter(&metrics.incomplete)?,
                "lockgate_verdicts" => {
                    let names = Action::ALL.iter().map(|action| [("action", action.name())]);
                    family.counters(names.zip(&metrics.verdicts))?;
                }
                _ => {
                    let names = rules.labels().iter().map(|label| [("label", &*label.id)]);
                    let used = names.zip(&metrics.findings);
                    family.counters(used.filter(|(_, counter)| counter.load(Relaxed) > 0))?;
                }
            }
        }
        Ok(())
    }
}

/// One metric while it is written.
struct Family<'a, 'e> {
    encoder: &'a mut DescriptorEncoder<'e>,
    name: &'static str,
    help: &'a str,
}

impl Family<'_, '_> {
    fn counter(&mut self, counter: &AtomicU64) -> fmt::Result {
        let mut metric =
            self.encoder.encode_descriptor(self.name, self.help, None, MetricType::Counter)?;
        metric.encode_counter::<NoLabelSet, u64, u64>(&counter.load(Relaxed), None)
    }

    fn gauge(&mut self, value: u64) -> fmt::Result {
        let mut metric =
            self.encoder.encode_descriptor(self.name, self.help, None, MetricType::Gauge)?;
        metric.encode_gauge(&i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn counters<'c, L: EncodeLabelSet>(
        &mut self,
        counters: impl Iterator<Item = (L, &'c AtomicU64)>,
    ) -> fmt::Result {
        let mut metric =
            self.encoder.encode_descriptor(self.name, self.help, None, MetricType::Counter)?;
        for (labels, counter) in counters {
            let count = counter.load(Relaxed);
            metric.encode_family(&labels)?.encode_counter::<NoLabelSet, u64, u64>(&count, None)?;
        }
        Ok(())
    }

    fn build(&mut self) -> fmt::Result {
        let mut metric =
            self.encoder.encode_descriptor(self.name, self.help, None, MetricType::Info)?;
        metric.encode_info(&[("version", env!("CARGO_PKG_VERSION"))])
    }

    fn rules(&mut self, rules: &Rules) -> fmt::Result {
        let mut metric =
            self.encoder.encode_descriptor(self.name, self.help, None, MetricType::Gauge)?;
        let count = i64::try_from(rules.rules().len()).unwrap_or(i64::MAX);
        metric.encode_family(&[("fingerprint", rules.fingerprint())])?.encode_gauge(&count)
    }

    fn requests(&mut self, metrics: &Metrics) -> fmt::Result {
        let names = STATUSES.map(|status| match status {
            0 => "other".to_owned(),
            status => status.to_string(),
        });
        let all = Route::ALL.iter().flat_map(|&(route, path)| {
            let counters = names.iter().zip(&metrics.routes[route as usize].statuses);
            counters.map(move |(status, counter)| ([("route", path), ("status", status)], counter))
        });
        self.counters(all.filter(|(_, counter)| counter.load(Relaxed) > 0))
    }

    fn durations(&mut self, metrics: &Metrics) -> fmt::Result {
        let mut metric =
            self.encoder.encode_descriptor(self.name, self.help, None, MetricType::Histogram)?;
        for &(route, path) in &Route::ALL {
            let counters = &metrics.routes[route as usize];
            let bounds = BUCKETS_US.iter().map(|&us| us as f64 / 1e6).chain([f64::INFINITY]);
            let counts = counters.buckets.iter().map(|bucket| bucket.load(Relaxed));
            let buckets: Vec<_> = bounds.zip(counts).collect();
            let count = buckets.iter().map(|(_, count)| count).sum();
            if count > 0 {
                let sum = counters.sum_us.load(Relaxed) as f64 / 1e6;
                let labels = [("route", path)];
                let mut one = metric.encode_family(&labels)?;
                one.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_stand_at_their_index() {
        for (index, (route, path)) in Route::ALL.into_iter().enumerate() {
            assert_eq!(route as usize, index);
            assert_eq!(route.path(), path);
        }
    }

    #[test]
    fn a_request_is_counted_once() {
        let metrics = Metrics::new(0);
        metrics.request(Route::Inspect, 200, Duration::from_micros(100));
        metrics.request(Route::Inspect, 418, Duration::from_secs(99));
        let counters = &metrics.routes[Route::Inspect as usize];
        assert_eq!(counters.statuses[0].load(Relaxed), 1);
        assert_eq!(counters.statuses[STATUSES.len() - 1].load(Relaxed), 1);
        assert_eq!(counters.buckets[1].load(Relaxed), 1, "bounds are inclusive");
        assert_eq!(counters.buckets[BUCKETS_US.len()].load(Relaxed), 1);
        assert_eq!(counters.sum_us.load(Relaxed), 99_000_100);
    }
}

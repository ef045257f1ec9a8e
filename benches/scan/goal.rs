//! Promises against figures.

use crate::{report::Row, workload::Workload};
use serde_json::{Value, json};

/// One promise and what came out.
#[derive(Debug)]
pub(crate) struct Met {
    workload: String,
    name: &'static str,
    promised: f64,
    measured: f64,
    holds: bool,
}

pub(crate) fn at_most(
    workload: &Workload,
    name: &'static str,
    promised: f64,
    measured: f64,
) -> Met {
    let holds = measured <= promised;
    Met { workload: workload.name.clone(), name, promised, measured, holds }
}

fn at_least(workload: &Workload, name: &'static str, promised: f64, measured: f64) -> Met {
    Met { holds: measured >= promised, ..at_most(workload, name, promised, measured) }
}

/// The promises of a workload; the first row is ours. A promise about a design that did not run is left out.
pub(crate) fn check(workload: &Workload, rows: &[Row<'_>]) -> Vec<Met> {
    let Some(ours) = rows.first() else { return Vec::new() };
    let goal = workload.goal;
    let ratio = |design: &str| rows.iter().find(|row| row.design == design).map(|row| row.ratio);
    let per_finding = ours.us() * ours.documents as f64 / ours.findings.max(1) as f64;
    let most = |name, promised: Option<f64>, measured: Option<f64>| {
        Some(at_most(workload, name, promised?, measured?))
    };
    let least = |name, promised: Option<f64>, measured: Option<f64>| {
        Some(at_least(workload, name, promised?, measured?))
    };
    let floor = ratio("literal floor").map(|ratio| 1.0 / ratio);
    [
        most("us_per_document_max", goal.us_per_document_max, Some(ours.us())),
        most("us_per_finding_max", goal.us_per_finding_max, Some(per_finding)),
        least("mib_per_s_min", goal.mib_per_s_min, Some(ours.mib_per_s())),
        most("floor_ratio_max", goal.floor_ratio_max, floor),
        least(
            "one_database_ratio_min",
            goal.one_database_ratio_min,
            ratio("one hyperscan database"),
        ),
        most("rules4x_ratio_max", goal.rules4x_ratio_max, ratio("lockgate, 4× the rules")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(crate) fn print(met: &Met) {
    let mark = if met.holds { "holds" } else { "MISSED" };
    println!(
        "  {:<24} promised {:>8.2}  measured {:>8.2}  {mark}",
        met.name, met.promised, met.measured
    );
}

pub(crate) fn json(met: &Met) -> Value {
    json!({
        "workload": met.workload, "goal": met.name, "promised": met.promised,
        "measured": met.measured, "holds": met.holds,
    })
}

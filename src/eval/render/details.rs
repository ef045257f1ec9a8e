//! The tables behind the figures: causes, changes, costs, examples.

use super::Extent;
use super::table::{Cell, Section, Table, bytes, count, decimal, grouped, ratio, text};
use crate::eval::report::{Change, ChangeKind, Changes, Example, Report};

/// Rows that a terminal gets of each table.
const ROWS_SHORT: usize = 20;
const EXAMPLES_SHORT: usize = 12;
const CONFUSION_SHORT: usize = 15;
const CHANGES_SHORT: usize = 30;
/// Changes that any format lists; all are in the JSON report.
const CHANGES_MAX: usize = 1000;

pub(super) fn causes(report: &Report) -> Section {
    let causes = &report.causes;
    let rows = [
        ("touches an annotated look-alike", Some(causes.wrong_look_alike), None),
        (
            "right label, wrong boundaries",
            Some(causes.wrong_boundary),
            Some(causes.missed_boundary),
        ),
        ("another label", Some(causes.wrong_label), Some(causes.missed_label)),
        ("nothing there", Some(causes.wrong_nothing), Some(causes.missed_nothing)),
    ];
    let cell = |number: Option<u64>| number.map_or_else(|| Cell::Number("–".to_owned()), count);
    let rows = rows.map(|(cause, wrong, missed)| vec![text(cause), cell(wrong), cell(missed)]);
    let any = report.total.figures.wrong + report.total.figures.missed > 0;
    Section {
        title: "Causes",
        remark: "By the first reason that holds.".to_owned(),
        table: Table {
            head: vec!["cause", "wrong findings", "missed spans"],
            rows: if any { rows.into() } else { Vec::new() },
        },
        hidden: 0,
    }
}

pub(super) fn confusion(report: &Report, extent: Extent) -> Section {
    let differs = report.confusion.iter().filter(|cell| cell.expected != cell.found);
    let cells: Vec<_> = differs.collect();
    let shown = extent.of(cells.len(), CONFUSION_SHORT);
    let name = |label: &Option<String>| text(label.as_deref().unwrap_or("(nothing)"));
    let rows = cells
        .iter()
        .take(shown)
        .map(|cell| vec![name(&cell.expected), name(&cell.found), count(cell.count)]);
    Section {
        title: "Expected and found",
        remark: "Where the two labels differ, by the finding that overlaps the span most. A label above or below is not wrong.".to_owned(),
        table: Table { head: vec!["expected", "found", "times"], rows: rows.collect() },
        hidden: cells.len() - shown,
    }
}

pub(super) fn average_precisions(report: &Report) -> Section {
    let rows = report.curves.iter().filter(|curve| curve.average_precision.is_some());
    let rows = rows.map(|curve| {
        vec![
            text(curve.label.as_deref().unwrap_or("all")),
            ratio(curve.average_precision),
            count(curve.points.len() as u64),
        ]
    });
    Section {
        title: "Precision and recall over the score",
        remark: "Average precision is the area under the curve; the points are in the JSON and HTML reports.".to_owned(),
        table: Table { head: vec!["label", "average precision", "points"], rows: rows.collect() },
        hidden: 0,
    }
}

pub(super) fn unlabelled(report: &Report, extent: Extent) -> Section {
    let Some(found) = &report.unlabelled else { return Section::default() };
    let shown = extent.of(found.rules.len(), ROWS_SHORT);
    let rows = found.rules.iter().take(shown).map(|row| {
        let [low, medium, high] = row.findings;
        vec![
            text(row.rule.as_str()),
            text(row.label.as_str()),
            count(low),
            count(medium),
            count(high),
            decimal(row.findings_per_mib),
        ]
    });
    let all = vec![
        text("all"),
        text(""),
        count(found.rules.iter().map(|row| row.findings[0]).sum()),
        count(found.rules.iter().map(|row| row.findings[1]).sum()),
        count(found.rules.iter().map(|row| row.findings[2]).sum()),
        decimal(found.findings_per_mib),
    ];
    Section {
        title: "Text without labels",
        remark: format!(
            "{} documents, {}; {:.1} per 1,000 documents have a finding.",
            grouped(found.documents),
            bytes(found.bytes),
            found.hit_per_1000
        ),
        table: Table {
            head: vec!["rule", "label", "low", "medium", "high", "per MiB"],
            rows: std::iter::once(all).chain(rows).collect(),
        },
        hidden: found.rules.len() - shown,
    }
}

pub(super) fn changes(changes: &Changes, extent: Extent) -> Section {
    let listed = extent.of(changes.list.len(), CHANGES_SHORT).min(CHANGES_MAX);
    let difference = changes.f1_difference.map_or_else(
        || "not measured".to_owned(),
        |rate| format!("{:+.4} [{:+.4}, {:+.4}]", rate.value, rate.low, rate.high),
    );
    let mut remark = format!(
        "{} spans gained, {} lost (p = {}); {} wrong findings new, {} gone, documents with wrong findings +{} −{} (p = {}); F1 {difference}. \
         p: exact McNemar test; interval: paired bootstrap over documents.",
        grouped(changes.gained),
        grouped(changes.lost),
        probability(changes.p_found),
        grouped(changes.new_wrong),
        grouped(changes.gone_wrong),
        grouped(changes.documents_wrong[0]),
        grouped(changes.documents_wrong[1]),
        probability(changes.p_wrong),
    );
    if changes.documents_apart > 0 {
        remark.push_str(&format!(
            " {} documents are in one of the two only and were left out.",
            grouped(changes.documents_apart)
        ));
    }
    if !changes.corpora_changed.is_empty() {
        remark.push_str(&format!(
            " Not the same corpus as before: {}.",
            changes.corpora_changed.join(", ")
        ));
    }
    let mut rows: Vec<Vec<Cell>> = changes.list.iter().take(listed).map(change).collect();
    if rows.is_empty() {
        rows.push(vec![text("nothing changed"), text(""), text(""), text(""), text(""), text("")]);
    }
    Section {
        title: "Changes",
        remark,
        table: Table { head: vec!["change", "label", "rule", "document", "bytes", "line"], rows },
        hidden: changes.list.len() - listed,
    }
}

fn probability(p: f64) -> String {
    if p < 1e-4 { "< 0.0001".to_owned() } else { format!("{p:.4}") }
}

fn change(change: &Change) -> Vec<Cell> {
    let kind = match change.kind {
        ChangeKind::Lost => "lost",
        ChangeKind::NewWrong => "new wrong",
        ChangeKind::Gained => "gained",
        ChangeKind::GoneWrong => "wrong gone",
    };
    vec![
        text(kind),
        text(change.label.as_str()),
        text(change.rule.as_deref().unwrap_or_default()),
        text(format!("{}/{}", change.corpus, change.document)),
        text(format!("{}-{}", change.start, change.end)),
        Cell::Excerpt(change.excerpt.clone()),
    ]
}

pub(super) fn cost(report: &Report, extent: Extent) -> Section {
    let rows = report.cost.as_deref().unwrap_or_default();
    let rows: Vec<_> = rows.iter().filter(|row| row.share > 0.0).collect();
    let shown = extent.of(rows.len(), ROWS_SHORT);
    let cells = rows.iter().take(shown).map(|row| {
        vec![
            text(row.rule.as_str()),
            Cell::Number(format!("{:.1}", row.ns_per_kib)),
            Cell::Number(format!("{:.1} %", row.share * 100.0)),
        ]
    });
    Section {
        title: "Cost per rule",
        remark: "Time that a scan of a sample of the texts with this rule alone takes beyond the median such scan: verifying and judging its \
                 candidates. The passes that find all candidates are shared and not in it. Small values are noise."
            .to_owned(),
        table: Table { head: vec!["rule", "ns per KiB", "share"], rows: cells.collect() },
        hidden: rows.len() - shown,
    }
}

pub(super) fn examples(
    title: &'static str,
    remark: &str,
    examples: &[Example],
    extent: Extent,
) -> Section {
    let shown = extent.of(examples.len(), EXAMPLES_SHORT);
    let rows = examples.iter().take(shown).map(|example| {
        vec![
            text(example.rule.as_deref().unwrap_or(&example.label)),
            Cell::Number(example.score.map_or_else(String::new, |score| format!("{score:.2}"))),
            text(example.cause.as_str()),
            text(format!("{}/{}", example.corpus, example.document)),
            text(format!("{}-{}", example.start, example.end)),
            Cell::Excerpt(example.excerpt.clone()),
        ]
    });
    Section {
        title,
        remark: remark.to_owned(),
        table: Table {
            head: vec!["rule or label", "score", "cause", "document", "bytes", "line"],
            rows: rows.collect(),
        },
        hidden: examples.len() - shown,
    }
}

pub(super) fn unmapped(report: &Report, extent: Extent) -> Section {
    let shown = extent.of(report.unmapped.len(), ROWS_SHORT);
    let rows = report.unmapped.iter().take(shown).map(|row| {
        let why = if row.ignored { "a mapping says so" } else { "no mapping knows it" };
        vec![text(row.corpus.as_str()), text(row.label.as_str()), count(row.spans), text(why)]
    });
    Section {
        title: "Labels that count for nothing",
        remark: "Their spans neither help nor hurt, nor does a finding on one.".to_owned(),
        table: Table { head: vec!["corpus", "label", "spans", "why"], rows: rows.collect() },
        hidden: report.unmapped.len() - shown,
    }
}

pub(super) fn skipped(report: &Report) -> Section {
    let rows = report
        .skipped
        .iter()
        .map(|row| vec![text(row.corpus.as_str()), text(row.code.as_str()), count(row.documents)]);
    Section {
        title: "Skipped documents",
        remark: "Their truth would be a guess. The codes are explained in docs/codes.md."
            .to_owned(),
        table: Table { head: vec!["corpus", "code", "documents"], rows: rows.collect() },
        hidden: 0,
    }
}

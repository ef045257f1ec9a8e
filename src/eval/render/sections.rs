//! The tables of a report, in the order in which they are read.

use super::Extent;
use super::details::{
    average_precisions, causes, changes, confusion, cost, examples, skipped, unlabelled, unmapped,
};
use super::table::{Cell, Section, Table, bytes, count, decimal, grouped, ratio, text};
use crate::eval::report::{Figures, Report, Total};

/// Rows that a terminal gets of each table.
const LABELS_SHORT: usize = 40;
const RULES_SHORT: usize = 20;

/// What stands above all tables.
pub(super) fn facts(report: &Report, extent: Extent) -> Vec<(&'static str, String)> {
    let total = &report.total;
    let counting = &report.counting;
    let rules = &report.rule_set;
    let mut set = format!("pack {} ({})", rules.pack, rules.name);
    if extent == Extent::Full {
        set.push_str(&format!(", {} rules, {}", rules.rules, rules.fingerprint));
    }
    let mut how = format!("{} spans, {} labels", counting.criterion.name(), counting.label_match);
    if let Some(level) = &counting.min_confidence {
        how.push_str(&format!(", from {level} confidence"));
    }
    if !counting.only.is_empty() {
        how.push_str(&format!(", only {}", counting.only.join(", ")));
    }
    let mut facts = vec![
        ("rules", set),
        ("counting", how),
        (
            "corpora",
            format!(
                "{}, {} documents, {}",
                report.corpora.len(),
                grouped(total.documents),
                bytes(total.bytes)
            ),
        ),
        (
            "findings",
            format!(
                "{}, {:.2} per MiB; {} cannot be judged, {} of them of labels that the corpus is not about",
                grouped(total.findings),
                total.findings_per_mib,
                grouped(total.unjudged),
                grouped(total.out_of_scope)
            ),
        ),
    ];
    if total.look_alikes > 0 {
        facts.push(("look-alikes", hit(total.look_alikes_hit, total.look_alikes)));
    }
    if total.clean_documents > 0 {
        facts.push(("clean documents", hit(total.clean_documents_hit, total.clean_documents)));
    }
    let skipped: u64 = report.skipped.iter().map(|row| row.documents).sum();
    if skipped > 0 {
        facts.push(("skipped", format!("{} documents", grouped(skipped))));
    }
    let unmapped: u64 = report.unmapped.iter().map(|row| row.spans).sum();
    if unmapped > 0 {
        facts.push((
            "not counted",
            format!("{} spans whose labels are mapped to nothing", grouped(unmapped)),
        ));
    }
    facts
}

fn hit(hit: u64, of: u64) -> String {
    format!(
        "{} of {} hit, {:.1} per 1,000",
        grouped(hit),
        grouped(of),
        hit as f64 * 1000.0 / of as f64
    )
}

pub(super) fn sections(report: &Report, extent: Extent) -> Vec<Section> {
    let mut sections = vec![total(&report.total)];
    sections.extend(report.changes.as_ref().map(|c| changes(c, extent)));
    sections.extend([
        levels(report),
        corpora(report, extent),
        labels(report, extent),
        rules(report, extent),
    ]);
    sections.extend([detection(report), document_labels(report, extent), causes(report)]);
    sections.extend([confusion(report, extent), average_precisions(report)]);
    sections.extend(report.unlabelled.as_ref().map(|_| unlabelled(report, extent)));
    sections.extend(report.cost.as_ref().map(|_| cost(report, extent)));
    sections.push(examples(
        "Wrong findings",
        "The surest first, a few of each rule.",
        &report.wrong_examples,
        extent,
    ));
    sections.push(examples(
        "Missed spans",
        "A few of each label.",
        &report.missed_examples,
        extent,
    ));
    sections.extend([unmapped(report, extent), skipped(report)]);
    sections.retain(|section| !section.table.rows.is_empty());
    sections
}

/// The cells of figures, for [`FIGURES_HEAD`].
fn figures(figures: &Figures) -> Vec<Cell> {
    vec![
        count(figures.counts.spans),
        count(figures.counts.found),
        count(figures.missed),
        count(figures.wrong),
        Cell::Share(figures.precision),
        Cell::Share(figures.recall),
        Cell::Score(figures.f1),
        Cell::Score(figures.f2),
    ]
}

const FIGURES_HEAD: [&str; 8] =
    ["spans", "found", "missed", "wrong", "precision", "recall", "F1", "F2"];

fn head(first: &[&'static str], rest: &[&'static str]) -> Vec<&'static str> {
    first.iter().chain(&FIGURES_HEAD).chain(rest).copied().collect()
}

fn row(first: Vec<Cell>, of: &Figures, rest: Vec<Cell>) -> Vec<Cell> {
    first.into_iter().chain(figures(of)).chain(rest).collect()
}

fn total(total: &Total) -> Section {
    let mut rows: Vec<Vec<Cell>> = total
        .criteria
        .iter()
        .map(|row| self::row(vec![text(row.criterion.name())], &row.figures, Vec::new()))
        .collect();
    if let (Some(covered), Some(first)) = (total.covered, total.criteria.first()) {
        let spans = first.figures.counts.spans;
        let found = (covered.value * spans as f64).round() as u64;
        let none = || Cell::Score(None);
        let cells = vec![text("covered"), count(spans), count(found), count(spans - found)];
        let rest =
            vec![Cell::Number("–".to_owned()), none(), Cell::Share(Some(covered)), none(), none()];
        rows.push(cells.into_iter().chain(rest).collect());
    }
    rows.retain(|row| !matches!((&row[1], &row[4]), (Cell::Number(a), Cell::Number(b)) if a == "0" && b == "0"));
    Section {
        title: "All corpora",
        remark: "Exact: the same bytes. Overlap: at least half of the bytes of either are common. Touched: one common byte. \
                 Covered: findings hold every byte of the span, so that redaction leaves nothing of it. Intervals are 95 %: \
                 Wilson for shares, bootstrap over documents for F."
            .to_owned(),
        table: Table { head: head(&["way of counting"], &[]), rows },
        hidden: 0,
    }
}

fn levels(report: &Report) -> Section {
    let rows = report.levels.iter().map(|level| {
        let of = &level.figures;
        vec![
            text(level.level.as_str()),
            count(of.counts.found),
            count(of.missed),
            count(of.wrong),
            Cell::Share(of.precision),
            Cell::Share(of.recall),
            ratio(level.f1),
            ratio(level.f2),
        ]
    });
    let rows = if report.total.figures.counts.spans > 0 { rows.collect() } else { Vec::new() };
    Section {
        title: "By confidence",
        remark: "What is left if findings below are dropped. A finding that gave way to one of these is not brought back."
            .to_owned(),
        table: Table {
            head: vec!["from", "found", "missed", "wrong", "precision", "recall", "F1", "F2"],
            rows,
        },
        hidden: 0,
    }
}

fn corpora(report: &Report, extent: Extent) -> Section {
    let rows = report.corpora.iter().map(|corpus| {
        let total = &corpus.total;
        let mut cells = vec![text(corpus.name.as_str()), text(corpus.kind.as_str())];
        if extent == Extent::Full {
            cells.push(text(match corpus.scope.as_slice() {
                [] => "all".to_owned(),
                scope => scope.join(" "),
            }));
        }
        cells.push(count(total.documents));
        let mut cells = row(cells, &total.figures, Vec::new());
        if extent == Extent::Short {
            // A terminal is not wide enough for the intervals as well.
            for cell in &mut cells {
                if let Cell::Share(rate) = cell {
                    *cell = Cell::Score(*rate);
                }
            }
        }
        cells.push(Cell::Score(total.covered));
        cells.push(hits(total.look_alikes_hit, total.look_alikes));
        cells.push(hits(total.clean_documents_hit, total.clean_documents));
        cells.push(decimal(total.findings_per_mib));
        cells
    });
    let rest = ["covered", "look-alikes hit", "clean documents hit", "findings per MiB"];
    Section {
        title: "Corpora",
        remark: "What a corpus can tell: values (spans), whole documents, that all is clean, or nothing (unlabelled). Only labels in its \
                 scope are judged."
            .to_owned(),
        table: Table {
            head: match extent {
                Extent::Short => head(&["corpus", "tells", "documents"], &rest),
                Extent::Full => head(&["corpus", "tells", "scope", "documents"], &rest),
            },
            rows: rows.collect(),
        },
        hidden: 0,
    }
}

fn hits(hit: u64, of: u64) -> Cell {
    Cell::Number(match of {
        0 => "–".to_owned(),
        of => format!("{} / {}", grouped(hit), grouped(of)),
    })
}

fn labels(report: &Report, extent: Extent) -> Section {
    let shown = extent.of(report.labels.len(), LABELS_SHORT);
    let mut by_weight: Vec<_> = report.labels.iter().collect();
    by_weight.sort_by_key(|row| std::cmp::Reverse(row.figures.counts.spans + row.figures.wrong));
    by_weight.truncate(shown);
    by_weight.sort_by_key(|row| &row.label);
    let rows = by_weight.iter().map(|label| {
        row(vec![text(label.label.as_str())], &label.figures, vec![count(label.covered)])
    });
    Section {
        title: "Labels",
        remark: "Each with what lies below it.".to_owned(),
        table: Table { head: head(&["label"], &["covered"]), rows: rows.collect() },
        hidden: report.labels.len() - shown,
    }
}

fn rules(report: &Report, extent: Extent) -> Section {
    let shown = extent.of(report.rules.len(), RULES_SHORT);
    let rows = report.rules.iter().take(shown).map(|rule| {
        vec![
            text(rule.rule.as_str()),
            text(rule.label.as_str()),
            count(rule.right),
            count(rule.wrong),
            count(rule.unjudged),
            Cell::Share(rule.precision),
            count(rule.spans),
            count(rule.missed),
            Cell::Share(rule.recall),
            ratio(rule.f1),
            ratio(rule.f2),
        ]
    });
    Section {
        title: "Rules",
        remark: "Those with the most wrong findings first. Spans are those that the rule's label counts for; recall is the share of them \
                 that this rule found, missed are those that no rule found."
            .to_owned(),
        table: Table {
            head: vec![
                "rule", "label", "right", "wrong", "unjudged", "precision", "spans", "missed",
                "recall", "F1", "F2",
            ],
            rows: rows.collect(),
        },
        hidden: report.rules.len() - shown,
    }
}

fn detection(report: &Report) -> Section {
    let rows = report.detection.iter().map(|row| {
        vec![
            text(row.label.as_str()),
            text(row.corpus.as_deref().unwrap_or("all")),
            count(row.figures.counts.spans),
            count(row.figures.counts.found),
            count(row.negatives),
            count(row.figures.wrong),
            Cell::Share(row.figures.precision),
            Cell::Share(row.figures.recall),
            Cell::Score(row.figures.f1),
            Cell::Share(row.false_alarm_rate),
        ]
    });
    Section {
        title: "Documents as a whole",
        remark: "Documents whose label says that they hold something, against clean ones: is there a finding of the label.".to_owned(),
        table: Table {
            head: vec![
                "label", "corpus", "positive", "told", "clean", "false alarms", "precision",
                "recall", "F1", "false alarm rate",
            ],
            rows: rows.collect(),
        },
        hidden: 0,
    }
}

fn document_labels(report: &Report, extent: Extent) -> Section {
    let mut labels: Vec<_> = report.document_labels.iter().collect();
    labels.sort_by_key(|row| std::cmp::Reverse(row.hit));
    let shown = extent.of(labels.len(), RULES_SHORT);
    let rows = labels.iter().take(shown).map(|row| {
        let label = if row.label.is_empty() { "(none)" } else { &row.label };
        vec![
            text(row.corpus.as_str()),
            text(label),
            count(row.documents),
            count(row.hit),
            Cell::Number(format!("{:.1}", row.hit_per_1000)),
        ]
    });
    Section {
        title: "Documents by their label as written",
        remark: "Hit: with a finding of what the corpus is about, right or wrong.".to_owned(),
        table: Table {
            head: vec!["corpus", "label", "documents", "hit", "per 1,000"],
            rows: rows.collect(),
        },
        hidden: labels.len() - shown,
    }
}

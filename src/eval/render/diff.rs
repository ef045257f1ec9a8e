//! Two rule sets side by side.

use super::details::changes;
use super::html::{Card, Page};
use super::table::{Cell, Section, Table, count, ratio, text};
use super::{Extent, markdown, text as plain};
use crate::eval::report::{Changes, Figures, Report};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Rows that a terminal gets of each table.
const ROWS_SHORT: usize = 30;

/// Two evaluations of the same texts, and what is different in the second.
#[derive(Debug, Serialize)]
pub struct DiffReport {
    /// With the first rule set.
    pub a: Report,
    /// With the second rule set.
    pub b: Report,
    /// From the first to the second.
    pub changes: Changes,
}

/// A comparison as plain text.
pub fn diff_text(diff: &DiffReport) -> String {
    let mut out = String::new();
    for (name, fact) in facts(diff, Extent::Short) {
        let _ = writeln!(out, "{name:7}  {fact}");
    }
    plain::write_sections(&mut out, &sections(diff, Extent::Short));
    out
}

/// A comparison as Markdown.
pub fn diff_markdown(diff: &DiffReport) -> String {
    let mut out = String::from("# Two rule sets\n\n");
    for (name, fact) in facts(diff, Extent::Full) {
        let _ = writeln!(out, "* **{name}**: {fact}");
    }
    markdown::write_sections(&mut out, &sections(diff, Extent::Full));
    out
}

/// A comparison as one HTML file.
pub fn diff_html(diff: &DiffReport) -> String {
    let names = format!("{} → {}", diff.a.rule_set.name, diff.b.rule_set.name);
    let mut page = Page::new("Two rule sets", &names);
    page.cards(&cards(diff));
    page.facts(&facts(diff, Extent::Full));
    let sections = sections(diff, Extent::Full);
    page.contents(&sections);
    for section in &sections {
        page.section(section);
    }
    page.finish(&diff.b)
}

fn cards(diff: &DiffReport) -> Vec<Card> {
    let (a, b) = (diff.a.total.figures.counts, diff.b.total.figures.counts);
    let card = |name, a: Option<f64>, b: Option<f64>| Card {
        name,
        value: b.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}")),
        note: a.map_or_else(String::new, |value| format!("was {value:.3}")),
    };
    let counted =
        |name, a: u64, b: u64| Card { name, value: b.to_string(), note: format!("was {a}") };
    vec![
        card("precision", a.precision(), b.precision()),
        card("recall", a.recall(), b.recall()),
        card("F1", a.f(1.0), b.f(1.0)),
        card("F2", a.f(2.0), b.f(2.0)),
        counted("wrong findings", a.wrong(), b.wrong()),
        counted("missed spans", a.missed(), b.missed()),
    ]
}

fn facts(diff: &DiffReport, extent: Extent) -> Vec<(&'static str, String)> {
    let set = |report: &Report| {
        let set = &report.rule_set;
        match extent {
            Extent::Short => format!("pack {} ({})", set.pack, set.name),
            Extent::Full => {
                let (rules, print) = (set.rules, &set.fingerprint);
                format!("pack {} ({}), {rules} rules, {print}", set.pack, set.name)
            }
        }
    };
    let total = &diff.b.total;
    vec![
        ("A", set(&diff.a)),
        ("B", set(&diff.b)),
        ("corpora", format!("{}, {} documents", diff.b.corpora.len(), total.documents)),
    ]
}

fn sections(diff: &DiffReport, extent: Extent) -> Vec<Section> {
    let mut sections = vec![totals(diff), changes(&diff.changes, extent)];
    sections.push(labels(diff, extent));
    sections.push(rules(diff, extent));
    sections.retain(|section| !section.table.rows.is_empty());
    sections
}

const HEAD: [&str; 10] = [
    "found A",
    "found B",
    "wrong A",
    "wrong B",
    "precision A",
    "precision B",
    "recall A",
    "recall B",
    "F1 A",
    "F1 B",
];

fn pair(name: &str, a: &Figures, b: &Figures) -> Vec<Cell> {
    let (a, b) = (a.counts, b.counts);
    vec![
        text(name),
        count(a.found),
        count(b.found),
        count(a.wrong()),
        count(b.wrong()),
        ratio(a.precision()),
        ratio(b.precision()),
        ratio(a.recall()),
        ratio(b.recall()),
        ratio(a.f(1.0)),
        ratio(b.f(1.0)),
    ]
}

fn head(first: &'static str) -> Vec<&'static str> {
    std::iter::once(first).chain(HEAD).collect()
}

fn totals(diff: &DiffReport) -> Section {
    let criteria = diff.a.total.criteria.iter().zip(&diff.b.total.criteria);
    let rows = criteria.map(|(a, b)| pair(a.criterion.name(), &a.figures, &b.figures));
    Section {
        title: "All corpora",
        table: Table { head: head("way of counting"), rows: rows.collect() },
        ..Section::default()
    }
}

fn labels(diff: &DiffReport, extent: Extent) -> Section {
    let of = |report: &Report| -> BTreeMap<String, Figures> {
        report.labels.iter().map(|row| (row.label.clone(), row.figures)).collect()
    };
    let (a, b) = (of(&diff.a), of(&diff.b));
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let none = Figures::default();
    let figures = |of: &BTreeMap<String, Figures>, name| of.get(name).copied().unwrap_or(none);
    let changed: Vec<_> = names
        .into_iter()
        .map(|name| (name, figures(&a, name), figures(&b, name)))
        .filter(|(_, a, b)| a.counts != b.counts)
        .collect();
    let shown = extent.of(changed.len(), ROWS_SHORT);
    Section {
        title: "Labels that differ",
        table: Table {
            head: head("label"),
            rows: changed.iter().take(shown).map(|(name, a, b)| pair(name, a, b)).collect(),
        },
        hidden: changed.len() - shown,
        ..Section::default()
    }
}

fn rules(diff: &DiffReport, extent: Extent) -> Section {
    let of = |report: &Report| -> BTreeMap<String, [u64; 3]> {
        let counts = report.rules.iter();
        counts.map(|row| (row.rule.clone(), [row.right, row.wrong, row.unjudged])).collect()
    };
    let (a, b) = (of(&diff.a), of(&diff.b));
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let counts = |of: &BTreeMap<String, [u64; 3]>, name| of.get(name).copied().unwrap_or_default();
    let changed: Vec<_> = names
        .into_iter()
        .map(|name| (name, counts(&a, name), counts(&b, name)))
        .filter(|(_, a, b)| a != b)
        .collect();
    let shown = extent.of(changed.len(), ROWS_SHORT);
    let row = |(name, a, b): &(&String, [u64; 3], [u64; 3])| {
        let numbers = a.iter().zip(b).flat_map(|(a, b)| [count(*a), count(*b)]);
        std::iter::once(text(name.as_str())).chain(numbers).collect()
    };
    Section {
        title: "Rules that differ",
        table: Table {
            head: vec![
                "rule",
                "right A",
                "right B",
                "wrong A",
                "wrong B",
                "unjudged A",
                "unjudged B",
            ],
            rows: changed.iter().take(shown).map(row).collect(),
        },
        hidden: changed.len() - shown,
        ..Section::default()
    }
}

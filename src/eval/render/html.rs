//! One HTML file: no scripts, nothing from elsewhere, readable in light and dark.

use super::Extent;
use super::curve::svg;
use super::matrix::matrix;
use super::sections::{facts, sections};
use super::table::{Cell, Section, grouped};
use crate::eval::report::Report;
use crate::eval::statistics::Rate;
use std::fmt::Write as _;

const STYLE: &str = include_str!("report.css");
/// Rows above which a table is folded.
const ROWS_OPEN_MAX: usize = 60;

/// A report as HTML.
pub fn html(report: &Report) -> String {
    let mut page = Page::new("Evaluation", &subtitle(report));
    page.cards(&cards(report));
    page.facts(&facts(report, Extent::Full));
    let sections = sections(report, Extent::Full);
    page.contents(&sections);
    for section in &sections {
        page.section(section);
        match section.title {
            "Precision and recall over the score" => page.plots(report),
            "Expected and found" => page.body.push_str(&matrix(&report.confusion)),
            _ => {}
        }
    }
    page.finish(report)
}

fn subtitle(report: &Report) -> String {
    let corpora: Vec<&str> = report.corpora.iter().map(|corpus| corpus.name.as_str()).collect();
    let mut text = corpora.iter().take(6).copied().collect::<Vec<_>>().join(", ");
    if corpora.len() > 6 {
        let _ = write!(text, " and {} more", corpora.len() - 6);
    }
    text
}

/// A number with its name and a remark.
pub(super) struct Card {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) note: String,
}

fn cards(report: &Report) -> Vec<Card> {
    let total = &report.total;
    let card = |name, rate: Option<Rate>| Card {
        name,
        value: rate.map_or_else(|| "–".to_owned(), |rate| format!("{:.3}", rate.value)),
        note: rate.map_or_else(String::new, |rate| format!("{:.3} to {:.3}", rate.low, rate.high)),
    };
    let counted = |name, value: u64, note: String| Card { name, value: grouped(value), note };
    vec![
        card("precision", total.figures.precision),
        card("recall", total.figures.recall),
        card("F1", total.figures.f1),
        card("F2", total.figures.f2),
        card("covered", total.covered),
        counted(
            "wrong findings",
            total.figures.wrong,
            format!("of {} judged", grouped(total.figures.counts.findings)),
        ),
        counted(
            "missed spans",
            total.figures.missed,
            format!("of {} expected", grouped(total.figures.counts.spans)),
        ),
    ]
}

/// A page that grows.
pub(super) struct Page {
    pub(super) body: String,
}

impl Page {
    pub(super) fn new(title: &str, subtitle: &str) -> Self {
        let title = escaped(title);
        Self {
            body: format!(
                "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
                 <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
                 <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
                 <title>Lockgate: {title}</title>\n<style>\n{STYLE}</style>\n<body>\n<header><h1>{title}</h1><p>{}</p></header>\n",
                escaped(subtitle)
            ),
        }
    }

    pub(super) fn cards(&mut self, cards: &[Card]) {
        self.body.push_str("<div class=cards>");
        for Card { name, value, note } in cards {
            let _ = write!(
                self.body,
                "<div class=card><span>{name}</span><b>{}</b><span>{}</span></div>",
                escaped(value),
                escaped(note)
            );
        }
        self.body.push_str("</div>\n");
    }

    pub(super) fn facts(&mut self, facts: &[(&'static str, String)]) {
        self.body.push_str("<dl>");
        for (name, fact) in facts {
            let _ = write!(self.body, "<dt>{name}</dt><dd>{}</dd>", escaped(fact));
        }
        self.body.push_str("</dl>\n");
    }

    pub(super) fn contents(&mut self, sections: &[Section]) {
        self.body.push_str("<nav>");
        for section in sections {
            let _ =
                write!(self.body, "<a href=\"#{}\">{}</a>", anchor(section.title), section.title);
        }
        self.body.push_str("</nav>\n");
    }

    pub(super) fn section(&mut self, section: &Section) {
        let rows = section.table.rows.len();
        let _ = write!(
            self.body,
            "<h2 id=\"{}\">{}</h2><p>{}</p>",
            anchor(section.title),
            section.title,
            escaped(&section.remark)
        );
        if rows > ROWS_OPEN_MAX {
            let _ = write!(self.body, "<details><summary>{} rows</summary>", grouped(rows as u64));
        }
        self.table(section);
        if rows > ROWS_OPEN_MAX {
            self.body.push_str("</details>");
        }
        if section.hidden > 0 {
            let hidden = grouped(section.hidden as u64);
            let _ = write!(self.body, "<p>{hidden} more are in the JSON report.</p>");
        }
        self.body.push('\n');
    }

    fn table(&mut self, section: &Section) {
        let table = &section.table;
        let Some(first) = table.rows.first() else { return };
        self.body.push_str("<div class=scroll><table><thead><tr>");
        for (name, cell) in table.head.iter().zip(first) {
            let class = if cell.is_left() { " class=left" } else { "" };
            let _ = write!(self.body, "<th{class}>{name}</th>");
        }
        self.body.push_str("</tr></thead><tbody>");
        for row in &table.rows {
            self.body.push_str("<tr>");
            for cell in row {
                push_cell(&mut self.body, cell);
            }
            self.body.push_str("</tr>");
        }
        self.body.push_str("</tbody></table></div>");
    }

    fn plots(&mut self, report: &Report) {
        self.body.push_str("<div class=plots>");
        for curve in report.curves.iter().filter(|curve| !curve.points.is_empty()) {
            let name = curve.label.as_deref().unwrap_or("all");
            let area = curve.average_precision.unwrap_or_default();
            let note = format!("average precision {area:.3}");
            self.body.push_str(&svg(name, &note, &curve.points));
        }
        for row in report.detection.iter().filter(|row| row.corpus.is_none()) {
            if !row.curve.is_empty() {
                self.body.push_str(&svg(&row.label, "documents as a whole", &row.curve));
            }
        }
        self.body.push_str("</div>\n");
    }

    pub(super) fn finish(mut self, report: &Report) -> String {
        let _ = writeln!(
            self.body,
            "<footer>Lockgate {}. Values show their shape only, unless --show-text was given: x for letters, 0 for digits.</footer>",
            escaped(&report.lockgate)
        );
        self.body
    }
}

fn push_cell(out: &mut String, cell: &Cell) {
    let _ = match cell {
        Cell::Text(text) => write!(out, "<td class=left>{}</td>", escaped(text)),
        Cell::Number(text) => write!(out, "<td>{}</td>", escaped(text)),
        Cell::Excerpt(text) => write!(out, "<td class=left><code>{}</code></td>", escaped(text)),
        Cell::Share(None) | Cell::Score(None) => write!(out, "<td class=share>–</td>"),
        Cell::Share(Some(rate)) | Cell::Score(Some(rate)) => push_share(out, *rate),
    };
}

fn push_share(out: &mut String, Rate { value, low, high }: Rate) -> std::fmt::Result {
    write!(
        out,
        "<td class=share>{value:.3}<small>{low:.3}–{high:.3}</small>\
         <i style=\"--value:{:.1}%;--low:{:.1}%;--high:{:.1}%\"></i></td>",
        value * 100.0,
        low * 100.0,
        high * 100.0
    )
}

fn anchor(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

/// The text with everything escaped that means something in HTML, in attributes too.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::report::{CorpusRow, Example};

    #[test]
    fn what_a_corpus_says_is_text() {
        let hostile = "<script>alert(1)</script>\"'";
        let report = Report {
            corpora: vec![CorpusRow { name: hostile.to_owned(), ..CorpusRow::default() }],
            wrong_examples: vec![Example {
                corpus: hostile.to_owned(),
                document: hostile.to_owned(),
                start: 0,
                end: 1,
                label: hostile.to_owned(),
                rule: Some(hostile.to_owned()),
                score: Some(0.5),
                cause: hostile.to_owned(),
                excerpt: hostile.to_owned(),
            }],
            ..Report::default()
        };
        let page = html(&report);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
        assert!(!page.contains("http://") && !page.contains("https://"));
    }
}

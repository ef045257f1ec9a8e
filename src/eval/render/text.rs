//! Tables for a terminal.

use super::Extent;
use super::sections::{facts, sections};
use super::table::Section;
use crate::eval::report::Report;
use std::fmt::Write as _;

/// Widest text of a cell, in characters.
const CELL_MAX: usize = 120;
/// Width of remarks, in characters.
const REMARK_WIDTH: usize = 110;

/// A report as plain text.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let facts = facts(report, Extent::Short);
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, fact) in facts {
        let _ = writeln!(out, "{name:width$}  {fact}");
    }
    write_sections(&mut out, &sections(report, Extent::Short));
    out
}

pub(super) fn write_sections(out: &mut String, sections: &[Section]) {
    for section in sections {
        let _ = writeln!(out, "\n{}", section.title);
        write_wrapped(out, &section.remark);
        write_table(out, section);
        if section.hidden > 0 {
            let _ = writeln!(out, "  {} more; see --format json, md or html", section.hidden);
        }
    }
}

fn write_wrapped(out: &mut String, remark: &str) {
    let mut line = String::new();
    for word in remark.split_whitespace() {
        if line.chars().count() + word.chars().count() >= REMARK_WIDTH {
            let _ = writeln!(out, "{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let _ = writeln!(out, "{line}");
    }
}

fn write_table(out: &mut String, section: &Section) {
    let table = &section.table;
    let left: Vec<bool> = match table.rows.first() {
        Some(row) => row.iter().map(super::table::Cell::is_left).collect(),
        None => return,
    };
    let cells: Vec<Vec<String>> =
        std::iter::once(table.head.iter().map(|h| (*h).to_owned()).collect())
            .chain(table.rows.iter().map(|row| row.iter().map(|cell| cut(&cell.plain())).collect()))
            .collect();
    let columns = table.head.len();
    let widths: Vec<usize> = (0..columns)
        .map(|i| {
            cells.iter().filter_map(|row| row.get(i)).map(|c| c.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for row in &cells {
        let mut line = String::from(" ");
        for ((cell, width), left) in row.iter().zip(&widths).zip(&left) {
            let _ = match left {
                true => write!(line, " {cell:<width$} "),
                false => write!(line, " {cell:>width$} "),
            };
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn cut(cell: &str) -> String {
    let cell: String = cell.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if cell.chars().count() <= CELL_MAX {
        return cell;
    }
    let mut short: String = cell.chars().take(CELL_MAX - 1).collect();
    short.push('…');
    short
}

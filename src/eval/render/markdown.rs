//! Markdown.

use super::Extent;
use super::sections::{facts, sections};
use super::table::{Cell, Section};
use crate::eval::report::Report;
use std::fmt::Write as _;

/// A report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("# Evaluation\n\n");
    for (name, fact) in facts(report, Extent::Full) {
        let _ = writeln!(out, "* **{name}**: {}", escaped(&fact));
    }
    write_sections(&mut out, &sections(report, Extent::Full));
    out
}

pub(super) fn write_sections(out: &mut String, sections: &[Section]) {
    for section in sections {
        let _ = writeln!(out, "\n## {}\n\n{}\n", section.title, escaped(&section.remark));
        let table = &section.table;
        let _ = writeln!(out, "| {} |", table.head.join(" | "));
        let is_left =
            |i: usize| table.rows.first().and_then(|row| row.get(i)).is_some_and(Cell::is_left);
        let rule = |i: usize| if is_left(i) { "---" } else { "--:" };
        let rules: Vec<&str> = (0..table.head.len()).map(rule).collect();
        let _ = writeln!(out, "| {} |", rules.join(" | "));
        for row in &table.rows {
            let cells: Vec<String> = row.iter().map(cell).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        if section.hidden > 0 {
            let _ = writeln!(out, "\n{} more are in the JSON report.", section.hidden);
        }
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        // A code span knows no escapes: what would end it or the cell is replaced.
        Cell::Excerpt(text) if !text.is_empty() => {
            format!("`{}`", text.replace('`', "'").replace('|', "¦"))
        }
        other => escaped(&other.plain()),
    }
}

/// The text with everything escaped that means something in Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '\\' => out.extend(['\\', char]),
            '\n' | '\r' => out.push(' '),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("a|b <i> `c`\n[d]"), "a\\|b \\<i\\> \\`c\\` \\[d\\]");
        assert_eq!(cell(&Cell::Excerpt("a`|b".to_owned())), "`a'¦b`");
    }
}

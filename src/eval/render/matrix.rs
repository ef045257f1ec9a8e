//! The confusion matrix as an HTML table, shaded by share of the row.

use super::html::escaped;
use super::table::grouped;
use crate::eval::report::ConfusionCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Labels on each side.
const LABELS_MAX: usize = 18;
const NOTHING: &str = "(nothing)";
const OTHERS: &str = "(others)";

/// The matrix of the labels that matter most; the others are summed up.
pub(super) fn matrix(cells: &[ConfusionCell]) -> String {
    let expected = most(cells, |cell| &cell.expected);
    let found = most(cells, |cell| &cell.found);
    let name = |label: &Option<String>, known: &[String]| match label {
        None => NOTHING.to_owned(),
        Some(label) if known.contains(label) => label.clone(),
        Some(_) => OTHERS.to_owned(),
    };
    let mut sums: BTreeMap<(String, String), u64> = BTreeMap::new();
    for cell in cells {
        let key = (name(&cell.expected, &expected), name(&cell.found, &found));
        *sums.entry(key).or_default() += cell.count;
    }
    let with_rest = |labels: Vec<String>| -> Vec<String> {
        labels.into_iter().chain([OTHERS.to_owned(), NOTHING.to_owned()]).collect()
    };
    let (rows, columns) = (with_rest(expected), with_rest(found));
    let mut out =
        String::from("<div class=scroll><table class=matrix><tr><th>expected ↓ found →</th>");
    for column in &columns {
        let _ = write!(out, "<th class=turn><span>{}</span></th>", escaped(column));
    }
    for row in &rows {
        let of = |column: &String| sums.get(&(row.clone(), column.clone())).copied().unwrap_or(0);
        let sum: u64 = columns.iter().map(of).sum();
        if sum == 0 {
            continue;
        }
        let _ = write!(out, "</tr><tr><th>{}</th>", escaped(row));
        for column in &columns {
            let count = of(column);
            if count == 0 {
                out.push_str("<td></td>");
                continue;
            }
            let share = (count as f64 / sum as f64 * 100.0).round();
            let kind = if related(row, column) { "good" } else { "bad" };
            let _ =
                write!(out, "<td class={kind} style=\"--share:{share}%\">{}</td>", grouped(count));
        }
    }
    out.push_str("</tr></table></div>");
    out
}

fn related(a: &str, b: &str) -> bool {
    crate::base::is_under(a, b) || crate::base::is_under(b, a)
}

/// The labels of one side with the highest counts, by name.
fn most(cells: &[ConfusionCell], side: impl Fn(&ConfusionCell) -> &Option<String>) -> Vec<String> {
    let mut counts: BTreeMap<&String, u64> = BTreeMap::new();
    for cell in cells {
        if let Some(label) = side(cell) {
            *counts.entry(label).or_default() += cell.count;
        }
    }
    let mut labels: Vec<(&String, u64)> = counts.into_iter().collect();
    labels.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut labels: Vec<String> =
        labels.into_iter().take(LABELS_MAX).map(|(label, _)| label.clone()).collect();
    labels.sort();
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_labels_are_summed_up_and_empty_rows_left_out() {
        let cell = |expected: Option<&str>, found: Option<&str>, count| ConfusionCell {
            expected: expected.map(str::to_owned),
            found: found.map(str::to_owned),
            count,
        };
        let mut cells: Vec<_> =
            (0..20).map(|i| cell(Some(&format!("l{i:02}")), None, 100 - i)).collect();
        cells.push(cell(Some("pii"), Some("pii.email"), 500));
        let html = matrix(&cells);
        assert!(
            html.contains("<th>pii</th>") && html.contains("class=good style=\"--share:100%\">500")
        );
        assert!(html.contains("<th>(others)</th>") && !html.contains("<th>l19</th>"));
        assert!(!html.contains("<tr><th>(nothing)</th>"));
    }
}

//! What tuning came to, for people and programs.

use crate::base::Fault;
use crate::cli::output;
use crate::eval::tune::{Aim, Figures, Point, Proposal, Tuned};
use serde_json::json;
use std::fmt::Write as _;

/// Rules that are named of those that are left alone.
const LEFT_MAX: usize = 40;

pub(super) fn json(tuned: &Tuned, aim: Aim, diff: &str) -> Result<String, Fault> {
    output::json(&json!({ "point": aim.name(), "patch": diff, "tuned": tuned }))
}

// Writing to a string cannot fail, here and below.
pub(super) fn text(tuned: &Tuned, aim: Aim) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} documents, {} judged findings of loosened rules, {} folds, seed {}",
        tuned.documents, tuned.candidates, tuned.folds, tuned.seed
    );
    for other in Aim::ALL {
        let chosen = if other == aim { " (the patch is for this one)" } else { "" };
        point(&mut out, tuned.point(other), chosen);
    }
    if !tuned.left_alone.is_empty() {
        let _ = writeln!(out, "\nLeft alone, as they have too few findings");
        for left in tuned.left_alone.iter().take(LEFT_MAX) {
            let _ = writeln!(out, "  {}: {} right, {} wrong", left.rule, left.right, left.wrong);
        }
        let more = tuned.left_alone.len().saturating_sub(LEFT_MAX);
        if more > 0 {
            let _ = writeln!(out, "  and {more} more");
        }
    }
    out
}

fn point(out: &mut String, point: &Point, chosen: &str) {
    let name = match point.aim {
        Aim::Alert => "To alert: precision first, F0.5",
        Aim::Redact => "To redact: recall first, F2",
    };
    let _ = writeln!(out, "\n{name}{chosen}");
    let (proposed, refused): (Vec<&Proposal>, Vec<&Proposal>) =
        point.proposals.iter().partition(|row| row.refused.is_none());
    if proposed.is_empty() {
        let _ = writeln!(out, "  nothing to propose");
    }
    for row in proposed {
        let _ = writeln!(
            out,
            "  {} ({} of the folds; act from {})",
            row.rule, row.folds_changed, row.act_from
        );
        for change in &row.changes {
            let arrow = if change.from.is_empty() { "" } else { " → " };
            let _ = writeln!(out, "    {}: {}{arrow}{}", change.field, change.from, change.to);
        }
        let _ = writeln!(out, "    held out: {}", figures(&row.before, &row.after));
    }
    for row in refused {
        let why = row.refused.as_deref().unwrap_or_default();
        let _ = writeln!(out, "  not proposed: {}: {why}", row.rule);
    }
    let _ =
        writeln!(out, "  all rules, on the last part: {}", figures(&point.before, &point.after));
}

fn figures(before: &Figures, after: &Figures) -> String {
    let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    format!(
        "precision {} → {}, recall {} → {}, F {} → {}; right {} → {}, wrong {} → {}",
        share(before.precision),
        share(after.precision),
        share(before.recall),
        share(after.recall),
        share(before.f),
        share(after.f),
        before.right,
        after.right,
        before.wrong,
        after.wrong,
    )
}

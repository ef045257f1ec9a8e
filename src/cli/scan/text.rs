//! `--format text`: each finding in its line, masked, in the manner of a compiler.

use super::excerpt::{Masks, excerpt};
use super::place::Place;
use super::plan::Plan;
use super::visitor::InFile;
use crate::base::{Confidence, Finding, Kind, Role, Verdict, place};
use crate::batch::Document;
use crate::cli::console::{Palette, printable};
use crate::rules::Rules;
use std::io::Write;

pub(super) fn write(
    plan: &Plan,
    rules: &Rules,
    document: &Document<'_>,
    verdict: &Verdict,
    out: &mut Vec<u8>,
) {
    if verdict.findings.is_empty() {
        return;
    }
    let Palette { red, yellow, cyan, blue, bold, reset } = plan.palette;
    let file = InFile::new(document, &verdict.findings);
    let masks = Masks::new(&file.spans);
    let name = printable(&document.origin.name());
    let mut place = Place::new(file.text, file.line);
    let mut places = verdict.places.iter();
    for (finding, span) in verdict.findings.iter().zip(&file.spans) {
        place.advance(span.start);
        let Place { line, column, .. } = place;
        let shown = excerpt(file.text, *span, &masks);
        let color = match finding.confidence {
            Confidence::High => red,
            Confidence::Medium => yellow,
            Confidence::Low => cyan,
        };
        let level = finding.confidence.name();
        let label = &rules.label(finding.label).id;
        let rule = &rules.rule(finding.rule).id;
        let gutter = " ".repeat(line.to_string().len());
        let more = if shown.goes_on { format!(" {} bytes", span.len()) } else { String::new() };
        let found_in = whereabouts(places.next(), finding);
        // Writing to a vector does not fail.
        let _ = write!(
            out,
            "{bold}{name}:{line}:{column}{reset}: {color}{level}{reset} {bold}{label}{reset} ({rule}){found_in}\n\
             {blue}{gutter} |{reset}\n\
             {blue}{line} |{reset} {}\n\
             {blue}{gutter} |{reset} {color}{}{more}{reset}\n",
            shown.line, shown.marker,
        );
    }
}

/// ` at /messages/0/content, user text`: as much of it as is known.
fn whereabouts(found: Option<&place::Place>, finding: &Finding) -> String {
    let mut out = String::new();
    // A pointer is made of keys, and so of what somebody else wrote.
    let pointer = found.and_then(|found| found.pointer.as_deref());
    if let Some(pointer) = pointer.filter(|pointer| !pointer.is_empty()) {
        out.push_str(" at ");
        out.push_str(&printable(pointer));
    }
    let view = place::view_of(found, finding);
    let words = [
        found.and_then(|found| found.role).map(Role::name),
        found.and_then(|found| found.kind).map(Kind::name),
        Some(&*view).filter(|view| *view != place::VIEW_RAW),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    if !words.is_empty() {
        out.push_str(", ");
        out.push_str(&words.join(" "));
    }
    if let Some(code) = found.and_then(|found| found.fixed) {
        out.push_str(&format!(" [{code}]"));
    }
    out
}

//! Changes of rule files: as a unified diff, and in place.

use super::write_file;
use crate::base::Fault;
use crate::base::code::{TUNE_BUILTIN, TUNE_STALE};
use crate::cli::load::Files;
use crate::eval::tune::Changed;
use crate::rules::Rules;
use crate::syntax::Source;
use similar::TextDiff;
use std::path::Path;

/// Lines around a change.
const CONTEXT_LINES: usize = 3;

/// A unified diff, for `patch -p1` and `git apply` in the folder that the names are relative to.
pub(super) fn diff(rules: &Rules, changed: &[Changed]) -> String {
    let mut out = String::new();
    for change in changed {
        let Some(source) = source(rules, &change.name) else { continue };
        let name = change.name.trim_start_matches('/');
        let diff = TextDiff::from_lines(&*source.text, change.text.as_str());
        let mut unified = diff.unified_diff();
        unified.context_radius(CONTEXT_LINES).header(&format!("a/{name}"), &format!("b/{name}"));
        out.push_str(&unified.to_string());
    }
    out
}

/// Writes the changed files. None is written unless all can be.
pub(super) fn apply(files: &Files, rules: &Rules, changed: &[Changed]) -> Result<(), Fault> {
    for change in changed {
        if !files.rules.iter().any(|source| source.name == change.name) {
            return Err(Fault::new(TUNE_BUILTIN, change.name.to_string()));
        }
        let now = std::fs::read_to_string(Path::new(&*change.name)).ok();
        let then = source(rules, &change.name).map(|source| &*source.text);
        if now.as_deref() != then {
            return Err(Fault::new(TUNE_STALE, change.name.to_string()));
        }
    }
    changed.iter().try_for_each(|change| write_file(Path::new(&*change.name), &change.text))
}

fn source<'r>(rules: &'r Rules, name: &str) -> Option<&'r Source> {
    rules.rules().iter().map(|rule| &rule.source).find(|source| &*source.name == name)
}

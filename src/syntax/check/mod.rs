//! Checks on what has been read: ids, references to other things, limits, contradictions.

mod context;
mod ids;
mod labels;
mod lists;
mod packs;
mod values;

pub use labels::check_labels;
pub use lists::list_path;
pub(super) use packs::selects;
pub use packs::{Selectable, check_pack};

use super::codes::DiagnosticCode;
use super::places::{Places, Step};
use super::suggest::did_you_mean;
use super::{Diagnostic, RuleFile, RuleSpec, Source};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// Names that rules may refer to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'k> {
    /// Every label.
    pub labels: &'k [&'k str],
    /// Every validator.
    pub validators: &'k [&'k str],
    /// Full ids of rules that are not among the checked files.
    pub rules: &'k [&'k str],
}

/// Checks rule files together: two rules of the same id may stand in different files.
pub fn check(files: &[(Source, RuleFile)], known: &Known<'_>) -> Vec<Diagnostic> {
    let ids: Vec<Vec<String>> = files.iter().map(|(_, file)| full_ids(file)).collect();
    let names = Names {
        labels: known.labels.iter().copied().collect(),
        validators: known.validators.iter().copied().collect(),
        rules: ids
            .iter()
            .flatten()
            .map(String::as_str)
            .chain(known.rules.iter().copied())
            .collect(),
        known,
    };
    let mut found = Vec::new();
    let mut first: HashMap<&str, (&Source, Range<usize>)> = HashMap::new();
    for ((source, file), ids) in files.iter().zip(&ids) {
        let places = Places::new(source);
        ids::family(source, file, &mut found);
        for (rule, id) in file.rules.iter().zip(ids) {
            let mut subject = Subject { source, rule, id, places: &places, found: &mut found };
            ids::rule(&mut subject, &mut first, &names);
            values::rule(&mut subject, &names);
            lists::rule(&mut subject);
            context::rule(&mut subject, &names);
        }
    }
    found
}

/// Full ids of the rules of a file, in order.
pub fn full_ids(file: &RuleFile) -> Vec<String> {
    let family = file.family.get_ref();
    file.rules.iter().map(|rule| format!("{family}.{}", rule.id.get_ref())).collect()
}

struct Names<'k> {
    labels: HashSet<&'k str>,
    validators: HashSet<&'k str>,
    rules: HashSet<&'k str>,
    known: &'k Known<'k>,
}

impl Names<'_> {
    fn nearest_rule(&self, id: &str) -> Option<String> {
        let mut ids: Vec<&str> = self.rules.iter().copied().collect();
        ids.sort_unstable();
        did_you_mean(id, ids)
    }
}

/// One rule while it is checked.
pub(in crate::syntax) struct Subject<'a, 'f> {
    pub(super) source: &'a Source,
    pub(super) rule: &'a RuleSpec,
    /// Full id.
    pub(super) id: &'a str,
    pub(super) places: &'f Places<'a>,
    pub(super) found: &'f mut Vec<Diagnostic>,
}

impl Subject<'_, '_> {
    /// Reports something about a place.
    pub(super) fn report(
        &mut self,
        code: &DiagnosticCode,
        title: impl Into<String>,
        at: Range<usize>,
        label: &str,
    ) -> &mut Diagnostic {
        let diagnostic =
            Diagnostic::new(code, self.source, title).at(at, label).rule(self.id).help(code.fix);
        self.found.push(diagnostic);
        self.found.last_mut().expect("one was pushed a line above")
    }

    /// The place of a field of the rule; its id if the field is not there.
    pub(super) fn place(&self, path: &[Step<'_>]) -> Range<usize> {
        let id = self.rule.id.span();
        self.places.find(&id, path).unwrap_or(id)
    }

    /// The place of a direct field of the rule; its id if the field is not there.
    pub(super) fn field(&self, name: &str) -> Range<usize> {
        self.place(&[Step::Field(name)])
    }
}

/// Lower-case letters and digits in words joined by single hyphens.
pub(crate) fn is_kebab(name: &str) -> bool {
    const NAME_BYTES_MAX: usize = 64;
    name.len() <= NAME_BYTES_MAX
        && name.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

/// `min` to `max` kebab-case words joined by dots.
pub(super) fn is_dotted(name: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&name.split('.').count()) && name.split('.').all(is_kebab)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expect) in [
            ("access-key-id", true),
            ("1password", true),
            ("a", true),
            ("", false),
            ("a--b", false),
            ("-a", false),
            ("a-", false),
            ("A", false),
            ("a_b", false),
            ("a.b", false),
            ("é", false),
        ] {
            assert_eq!(is_kebab(name), expect, "{name}");
        }
        assert!(!is_kebab(&"a".repeat(65)));
        assert!(is_dotted("pii.us", 2, 4) && !is_dotted("pii", 2, 4) && !is_dotted("a..b", 1, 4));
    }
}

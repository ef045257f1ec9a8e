//! Pack files.

use super::is_kebab;
use crate::syntax::suggest::did_you_mean;
use crate::syntax::{Diagnostic, PackSpec, Source, codes};
use toml::Spanned;

/// What the selectors of a pack can select.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selectable<'k> {
    /// Full ids of all rules.
    pub rules: &'k [&'k str],
    /// All labels.
    pub labels: &'k [&'k str],
}

/// Checks one pack against the rules and labels it selects from.
pub fn check_pack(source: &Source, pack: &PackSpec, from: Selectable<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let id = pack.id.get_ref();
    if !is_kebab(id) {
        let title = format!("`{id}` is not a pack id");
        found.push(
            Diagnostic::new(&codes::PACK_ID_MALFORMED, source, title)
                .at(pack.id.span(), "this id")
                .help(codes::PACK_ID_MALFORMED.fix),
        );
    }
    let names = || from.rules.iter().chain(from.labels).copied();
    for name in pack.include.iter().chain(&pack.exclude) {
        found.extend(selector(source, name, names()));
    }
    for line in &pack.on {
        found.extend(selector(source, &line.label, from.labels.iter().copied()));
    }
    found
}

fn selector<'n>(
    source: &Source,
    selector: &Spanned<String>,
    mut names: impl Iterator<Item = &'n str> + Clone,
) -> Option<Diagnostic> {
    let text = selector.get_ref();
    let at = selector.span();
    let prefix = text.strip_suffix('*').unwrap_or(text);
    if text.is_empty() || prefix.contains('*') {
        let title = format!("`{text}` is not a selector");
        let problem = Diagnostic::new(&codes::PACK_SELECTOR_MALFORMED, source, title).at(at, "");
        return Some(problem.help(codes::PACK_SELECTOR_MALFORMED.explanation));
    }
    let suggestions = names.clone();
    if prefix.is_empty() || names.any(|name| selects(text, name)) {
        return None;
    }
    let help = did_you_mean(text, suggestions)
        .unwrap_or_else(|| codes::PACK_SELECTOR_EMPTY.explanation.to_owned());
    let title = format!("`{text}` selects nothing");
    Some(Diagnostic::new(&codes::PACK_SELECTOR_EMPTY, source, title).at(at, "").help(help))
}

/// Whether a selector of a pack (`*`, `pii.us.*`, `pii.us`, `pii.us.ssn`) selects a rule id or label.
pub(in crate::syntax) fn selects(selector: &str, name: &str) -> bool {
    match selector.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => {
            name.strip_prefix(selector).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors() {
        for (selector, name, expect) in [
            ("*", "pii.email", true),
            ("pii.*", "pii.email", true),
            ("pii.*", "pii", false),
            ("pii.e*", "pii.email", true),
            ("pii.*", "piii.email", false),
            ("pii", "pii.email", true),
            ("pii.email", "pii.email", true),
            ("pii.e", "pii.email", false),
        ] {
            assert_eq!(selects(selector, name), expect, "{selector} {name}");
        }
    }
}

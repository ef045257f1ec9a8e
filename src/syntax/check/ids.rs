//! Ids, families, versions and the life of a rule.

use super::{Names, Subject, is_dotted, is_kebab};
use crate::syntax::{Diagnostic, RuleFile, Source, Status, codes, line_column};
use std::{collections::HashMap, ops::Range};

const FAMILY_WORDS_MAX: usize = 4;

pub(super) fn family(source: &Source, file: &RuleFile, found: &mut Vec<Diagnostic>) {
    let family = file.family.get_ref();
    let mut report = |code: &codes::DiagnosticCode, title: String, help: String| {
        found.push(
            Diagnostic::new(code, source, title).at(file.family.span(), "this family").help(help),
        );
    };
    if !is_dotted(family, 1, FAMILY_WORDS_MAX) {
        let title = format!("`{family}` is not a family");
        report(&codes::FAMILY_MALFORMED, title, codes::FAMILY_MALFORMED.fix.to_owned());
    } else if let Some(expect) = family_of_path(&source.name)
        && expect != *family
    {
        let title = format!("the path says `{expect}`, the file `{family}`");
        report(&codes::FAMILY_PATH, title, format!("`family = \"{expect}\"`, or move the file"));
    }
    if file.title.trim().is_empty() {
        let place = super::Places::new(source).top("title").unwrap_or(file.family.span());
        found.push(
            Diagnostic::new(&codes::TITLE_EMPTY, source, "the family has no title")
                .at(place, "empty")
                .help("`title = \"Amazon Web Services\"`"),
        );
    }
}

/// The family that a path like `patterns/<domain>/<family>.toml` promises.
fn family_of_path(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let (_, inside) = path.rsplit_once("patterns/")?;
    let (domain, file) = inside.strip_suffix(".toml")?.split_once('/')?;
    (!file.contains('/')).then(|| format!("{domain}.{file}"))
}

pub(super) fn rule<'a>(
    subject: &mut Subject<'a, '_>,
    first: &mut HashMap<&'a str, (&'a Source, Range<usize>)>,
    names: &Names<'_>,
) {
    let rule = subject.rule;
    let id = rule.id.get_ref();
    if !is_kebab(id) {
        let title = format!("`{id}` is not a rule id");
        subject.report(&codes::RULE_ID_MALFORMED, title, rule.id.span(), "this id");
    }
    match first.get(subject.id) {
        Some((source, span)) => {
            let (line, _) = line_column(&source.text, span.start);
            let help = format!("the first one is at {}:{line}; rename one of them", source.name);
            let title = format!("the id `{}` is taken", subject.id);
            subject.report(&codes::RULE_DUPLICATE, title, rule.id.span(), "taken").help =
                Some(help);
        }
        None => {
            first.insert(subject.id, (subject.source, rule.id.span()));
        }
    }
    if rule.title.trim().is_empty() {
        let place = subject.field("title");
        subject.report(&codes::TITLE_EMPTY, "the rule has no title", place, "empty");
    }
    if !is_version(&rule.since) {
        let place = subject.field("since");
        let title = format!("`{}` is not a version", rule.since);
        subject.report(&codes::SINCE_MALFORMED, title, place, "three numbers, joined by dots");
    }
    life(subject, names);
}

fn life(subject: &mut Subject<'_, '_>, names: &Names<'_>) {
    let rule = subject.rule;
    let deprecated = rule.status == Status::Deprecated;
    let Some(replacement) = &rule.replaced_by else {
        if deprecated {
            let place = subject.field("status");
            let title = "a deprecated rule needs `replaced-by`";
            subject.report(&codes::REPLACEMENT_MISSING, title, place, "deprecated");
        }
        return;
    };
    let place = subject.field("replaced-by");
    if !deprecated {
        let title = "`replaced-by` is for deprecated rules";
        subject.report(&codes::REPLACEMENT_UNEXPECTED, title, place.clone(), "not deprecated");
    }
    if replacement == subject.id {
        let title = "the rule is replaced by itself";
        subject.report(&codes::REPLACEMENT_SELF, title, place, "this is the rule itself");
    } else if !names.rules.contains(&**replacement) {
        let title = format!("there is no rule `{replacement}`");
        let near = names.nearest_rule(replacement);
        let diagnostic = subject.report(&codes::REPLACEMENT_UNKNOWN, title, place, "unknown rule");
        if near.is_some() {
            diagnostic.help = near;
        }
    }
}

fn is_version(text: &str) -> bool {
    text.split('.').count() == 3
        && text.split('.').all(|part| {
            let leading_zero = part.len() > 1 && part.starts_with('0');
            !part.is_empty()
                && part.len() <= 9
                && !leading_zero
                && part.bytes().all(|b| b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (text, expect) in [
            ("0.1.0", true),
            ("10.20.30", true),
            ("0.1", false),
            ("v0.1.0", false),
            ("0.01.0", false),
            ("0.1.0.0", false),
            ("", false),
            ("..", false),
        ] {
            assert_eq!(is_version(text), expect, "{text}");
        }
    }

    #[test]
    fn families_of_paths() {
        for (path, expect) in [
            ("patterns/secrets/aws.toml", Some("secrets.aws")),
            ("/x/patterns/secrets/aws.toml", Some("secrets.aws")),
            (r"x\patterns\secrets\aws.toml", Some("secrets.aws")),
            ("patterns/aws.toml", None),
            ("patterns/pii/us/ssn.toml", None),
            ("mine/aws.toml", None),
        ] {
            assert_eq!(family_of_path(path).as_deref(), expect, "{path}");
        }
    }
}

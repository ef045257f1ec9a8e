//! Lints: what works but could be better. Those that need the engine (examples, idle validators) are in `cli::rules::check`.

use super::check::{Subject, full_ids};
use super::places::Places;
use super::{
    ConfidenceName, Diagnostic, LabelFile, PackSpec, RuleFile, Source, Status, check::selects,
    codes, line_column,
};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};
use toml::Spanned;

/// A rule of medium or high confidence shows at least this many texts that it leaves alone.
const COUNTER_EXAMPLES_MIN: usize = 2;
/// `why` is a sentence.
const WHY_CHARS_MIN: usize = 20;
/// Longer expressions are spread over lines.
const PATTERN_LINE_CHARS_MAX: usize = 80;

/// Lints rule files together.
pub fn lint(files: &[(Source, RuleFile)]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut patterns: HashMap<Vec<&str>, (&Source, Range<usize>)> = HashMap::new();
    let ids: Vec<Vec<String>> = files.iter().map(|(_, file)| full_ids(file)).collect();
    for ((source, file), ids) in files.iter().zip(&ids) {
        let places = Places::new(source);
        for (rule, id) in file.rules.iter().zip(ids) {
            // A deprecated rule stays as it was.
            if rule.status == Status::Deprecated {
                continue;
            }
            let mut subject = Subject { source, rule, id, places: &places, found: &mut found };
            if rule.references.is_empty() && file.references.is_empty() {
                let title = "neither the rule nor its family has a reference";
                subject.report(&codes::NO_REFERENCE, title, rule.id.span(), "this rule");
            }
            examples(&mut subject);
            why(&mut subject);
            pattern_style(&mut subject);
            same_pattern(&mut subject, &mut patterns);
        }
    }
    found
}

fn examples(subject: &mut Subject<'_, '_>) {
    let rule = subject.rule;
    if rule.matches.is_empty() {
        let title = "the rule has no match example";
        subject.report(&codes::NO_EXAMPLE, title, rule.id.span(), "this rule");
    }
    let count = rule.no_matches.len();
    if count < COUNTER_EXAMPLES_MIN && *rule.confidence.get_ref() != ConfidenceName::Low {
        let title =
            format!("{count} counter-examples, at least {COUNTER_EXAMPLES_MIN} are expected");
        let label = "from medium confidence on";
        subject.report(&codes::FEW_COUNTER_EXAMPLES, title, rule.confidence.span(), label);
    }
}

fn why(subject: &mut Subject<'_, '_>) {
    let why = subject.rule.why.trim();
    if why.chars().count() < WHY_CHARS_MIN {
        let place = subject.field("why");
        subject.report(&codes::WHY_SHORT, "`why` is not a sentence", place, "what is the harm?");
    }
}

fn expressions<'r>(subject: &Subject<'r, '_>) -> Vec<&'r Spanned<String>> {
    let rule = subject.rule;
    let region = rule.region.iter().flat_map(|region| [&region.begin, &region.end]);
    rule.pattern.iter().chain(&rule.patterns).chain(region).collect()
}

fn pattern_style(subject: &mut Subject<'_, '_>) {
    for pattern in expressions(subject) {
        let text = pattern.get_ref();
        if text.chars().count() > PATTERN_LINE_CHARS_MAX && !is_extended(text) {
            let title = format!("{} characters on end", text.chars().count());
            subject.report(&codes::PATTERN_LONG, title, pattern.span(), "this pattern");
        }
        let quote = subject.source.text.as_bytes().get(pattern.span().start);
        if quote == Some(&b'"') {
            let title = "a pattern in double quotes";
            subject.report(&codes::PATTERN_ESCAPED, title, pattern.span(), "this pattern");
        }
    }
}

/// Whether the expression begins with flags that hold an `x`, such as `(?ix)`.
fn is_extended(pattern: &str) -> bool {
    let flags =
        pattern.trim_start().strip_prefix("(?").and_then(|rest| rest.split([')', ':']).next());
    flags.is_some_and(|flags| flags.split('-').next().is_some_and(|on| on.contains('x')))
}

fn same_pattern<'a>(
    subject: &mut Subject<'a, '_>,
    seen: &mut HashMap<Vec<&'a str>, (&'a Source, Range<usize>)>,
) {
    let all = expressions(subject);
    let Some(place) = all.first().map(|pattern| pattern.span()) else { return };
    // What a rule demands beyond the pattern may tell two rules apart.
    let rule = subject.rule;
    let required = rule.keywords.iter().filter(|keywords| keywords.require);
    let required = required.flat_map(|keywords| keywords.any.get_ref()).map(String::as_str);
    let written = all.into_iter().chain(&rule.validators).map(|name| name.get_ref().as_str());
    let key: Vec<&str> = written.chain(required).collect();
    if let Some((source, span)) = seen.get(&key) {
        let (line, _) = line_column(&source.text, span.start);
        let help =
            format!("the same stands at {}:{line}; {}", source.name, codes::PATTERN_TWICE.fix);
        let title = "another rule has the same pattern";
        subject.report(&codes::PATTERN_TWICE, title, place, "this pattern").help = Some(help);
    } else {
        seen.insert(key, (subject.source, place));
    }
}

/// Lints label files against the rules that use them.
pub fn lint_labels(files: &[(Source, LabelFile)], rules: &[&RuleFile]) -> Vec<Diagnostic> {
    let used: HashSet<&str> = rules
        .iter()
        .flat_map(|file| &file.rules)
        .flat_map(|rule| &rule.labels)
        .map(|label| label.get_ref().as_str())
        .collect();
    let labels =
        files.iter().flat_map(|(source, file)| file.labels.iter().map(move |l| (source, l)));
    labels
        .filter(|(_, label)| !used.contains(label.id.get_ref().as_str()))
        .map(|(source, label)| {
            let title = format!("no rule has the label `{}`", label.id.get_ref());
            Diagnostic::new(&codes::LABEL_UNUSED, source, title)
                .at(label.id.span(), "unused")
                .help(codes::LABEL_UNUSED.fix)
        })
        .collect()
}

/// Lints a pack against the rules it selects from.
pub fn lint_pack(source: &Source, pack: &PackSpec, rules: &[&RuleFile]) -> Option<Diagnostic> {
    let takes = |id: &str, labels: &[Spanned<String>]| {
        let any = |selectors: &[Spanned<String>]| {
            selectors.iter().any(|selector| {
                selects(selector.get_ref(), id)
                    || labels.iter().any(|label| selects(selector.get_ref(), label.get_ref()))
            })
        };
        any(&pack.include) && !any(&pack.exclude)
    };
    let stable = rules.iter().any(|file| {
        let ids = full_ids(file);
        file.rules
            .iter()
            .zip(ids)
            .any(|(rule, id)| rule.status == Status::Stable && takes(&id, &rule.labels))
    });
    let title = format!("the pack `{}` has no stable rule", pack.id.get_ref());
    (!stable).then(|| {
        Diagnostic::new(&codes::PACK_UNSTABLE, source, title)
            .at(pack.id.span(), "this pack")
            .help(codes::PACK_UNSTABLE.fix)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_flags() {
        for (pattern, expect) in [
            ("(?x)a", true),
            ("(?ix-u)a", true),
            ("  (?x: a)", true),
            ("(?i-x)a", false),
            ("ax", false),
            ("(?:x)", false),
        ] {
            assert_eq!(is_extended(pattern), expect, "{pattern}");
        }
    }
}

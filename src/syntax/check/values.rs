//! Patterns (how many), labels, validators, shape, redaction hint, allowed values, examples.

use super::{Names, Subject};
use crate::base::limits::{PATTERN_LEN_BYTES_MAX, PATTERNS_PER_RULE_MAX, REGION_LEN_BYTES_MAX};
use crate::syntax::codes::{self, DiagnosticCode};
use crate::syntax::places::Step;
use crate::syntax::suggest::did_you_mean;
use crate::syntax::{ShapeSpec, StyleName};
use std::collections::HashSet;
use toml::Spanned;

const ENTROPY_BITS_MAX: f32 = 8.0;

pub(super) fn rule(subject: &mut Subject<'_, '_>, names: &Names<'_>) {
    patterns(subject);
    references(subject, names);
    if let Some(shape) = subject.rule.shape {
        ranges(subject, &shape);
    }
    redact(subject);
    allow(subject);
    examples(subject);
}

fn patterns(subject: &mut Subject<'_, '_>) {
    let rule = subject.rule;
    let kinds = [
        ("pattern", rule.pattern.is_some()),
        ("patterns", !rule.patterns.is_empty()),
        ("region", rule.region.is_some()),
        ("words", !rule.words.is_empty()),
        ("dictionary", rule.dictionary.is_some()),
        ("exact-data", rule.exact_data.is_some()),
        ("fingerprint", rule.fingerprint.is_some()),
        ("link", rule.is_about_links()),
    ];
    let present: Vec<&str> = kinds.iter().filter(|kind| kind.1).map(|kind| kind.0).collect();
    match present[..] {
        [_] => {}
        [] => {
            let title = "the rule has nothing to look for";
            subject.report(&codes::PATTERN_MISSING, title, rule.id.span(), "this rule");
        }
        [.., last] => {
            let title = format!("the rule has {}", present.join(" and "));
            let place = subject.field(last);
            subject.report(&codes::PATTERN_MIXED, title, place, "one too many");
        }
    }
    let count = rule.patterns.len();
    if count > PATTERNS_PER_RULE_MAX {
        let title = format!("{count} patterns, the limit is {PATTERNS_PER_RULE_MAX}");
        let place = rule.patterns[PATTERNS_PER_RULE_MAX].span();
        subject.report(&codes::PATTERNS_TOO_MANY, title, place, "the first one too many");
    }
    if let Some(region) = &rule.region {
        let max = *region.max.get_ref();
        if max == 0 || max > REGION_LEN_BYTES_MAX {
            let title = format!("a region of {max} bytes, allowed are 1 to {REGION_LEN_BYTES_MAX}");
            subject.report(&codes::REGION_MAX, title, region.max.span(), "out of range");
        }
    }
}

fn references(subject: &mut Subject<'_, '_>, names: &Names<'_>) {
    let rule = subject.rule;
    if rule.labels.is_empty() {
        let place = subject.field("labels");
        subject.report(&codes::LABEL_MISSING, "the rule has no label", place, "empty");
    }
    for label in rule.labels.iter().filter(|label| !names.labels.contains(&**label.get_ref())) {
        let near = did_you_mean(label.get_ref(), names.known.labels.iter().copied());
        let title = format!("there is no label `{}`", label.get_ref());
        unknown(subject, &codes::LABEL_UNKNOWN, title, label, near);
    }
    for validator in &rule.validators {
        if !names.validators.contains(&**validator.get_ref()) {
            let near = did_you_mean(validator.get_ref(), names.known.validators.iter().copied());
            let title = format!("there is no validator `{}`", validator.get_ref());
            unknown(subject, &codes::VALIDATOR_UNKNOWN, title, validator, near);
        }
    }
    for list in [&rule.labels, &rule.validators, &rule.patterns, &rule.words] {
        let mut seen = HashSet::new();
        for entry in list.iter().filter(|entry| !seen.insert(entry.get_ref())) {
            let title = "the entry stands here twice";
            subject.report(&codes::ENTRY_TWICE, title, entry.span(), "the second one");
        }
    }
}

fn unknown(
    subject: &mut Subject<'_, '_>,
    code: &DiagnosticCode,
    title: String,
    name: &Spanned<String>,
    near: Option<String>,
) {
    let diagnostic = subject.report(code, title, name.span(), "unknown");
    if near.is_some() {
        diagnostic.help = near;
    }
}

fn ranges(subject: &mut Subject<'_, '_>, shape: &ShapeSpec) {
    let longest = subject.rule.region.as_ref().map_or(PATTERN_LEN_BYTES_MAX, |r| *r.max.get_ref());
    let counts = [
        ("min-digits", shape.min_digits, longest),
        ("min-letters", shape.min_letters, longest),
        ("min-upper", shape.min_upper, longest),
        ("min-lower", shape.min_lower, longest),
        ("min-unique", shape.min_unique, longest.min(256)),
    ];
    for (name, count, max) in counts.into_iter().filter(|&(_, count, max)| count > max) {
        let place = subject.place(&[Step::Field("shape"), Step::Field(name)]);
        let title = format!("`{name}` is {count}, at most {max} are possible");
        subject.report(&codes::SHAPE_RANGE, title, place, "never reached");
    }
    let ratios =
        [("entropy", shape.entropy, ENTROPY_BITS_MAX), ("randomness", shape.randomness, 1.0)];
    for (name, value, max) in ratios.into_iter().filter(|&(_, v, max)| !(0.0..=max).contains(&v)) {
        let place = subject.place(&[Step::Field("shape"), Step::Field(name)]);
        let title = format!("`{name}` is {value}, the range is 0 to {max}");
        subject.report(&codes::SHAPE_RANGE, title, place, "out of range");
    }
}

fn redact(subject: &mut Subject<'_, '_>) {
    let Some(redact) = subject.rule.redact.filter(|hint| hint.style != StyleName::Mask) else {
        return;
    };
    for (name, keep) in [("keep-first", redact.keep_first), ("keep-last", redact.keep_last)] {
        if keep > 0 {
            let place = subject.place(&[Step::Field("redact"), Step::Field(name)]);
            let title = format!("`{name}` has no effect with this style");
            subject.report(&codes::MASK_UNUSED, title, place, "needs the style `mask`");
        }
    }
}

fn allow(subject: &mut Subject<'_, '_>) {
    let rule = subject.rule;
    let wanted: HashSet<String> =
        rule.matches.iter().map(|example| example.find.joined().to_ascii_lowercase()).collect();
    for (index, value) in rule.allow.iter().enumerate() {
        let path = [Step::Field("allow"), Step::Item(index)];
        if value.is_empty() {
            let place = subject.place(&path);
            subject.report(&codes::ALLOW_EMPTY, "the allowed value is empty", place, "empty");
        } else if wanted.contains(&value.to_ascii_lowercase()) {
            let place = subject.place(&path);
            let title = "a match example must find this allowed value";
            subject.report(&codes::ALLOW_CONTRADICTION, title, place, "never reported");
        }
    }
}

fn examples(subject: &mut Subject<'_, '_>) {
    let rule = subject.rule;
    let mut texts = HashSet::new();
    for (index, example) in rule.matches.iter().enumerate() {
        let (text, find) = (example.text.joined(), example.find.joined());
        if find.is_empty() || !text.contains(&find) {
            let path = [Step::Field("match"), Step::Item(index), Step::Field("find")];
            let place = subject.place(&path);
            let title = if find.is_empty() { "`find` is empty" } else { "`find` is not in `text`" };
            subject.report(&codes::EXAMPLE_FIND, title, place, "these bytes");
        }
        texts.insert(text);
    }
    for (index, example) in rule.no_matches.iter().enumerate() {
        if texts.contains(&example.text.joined()) {
            let path = [Step::Field("no_match"), Step::Item(index), Step::Field("text")];
            let place = subject.place(&path);
            let title = "this text is a match example as well";
            subject.report(&codes::EXAMPLE_CONTRADICTION, title, place, "must not match");
        }
    }
}

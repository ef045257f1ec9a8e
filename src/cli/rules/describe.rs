//! A rule in words: what `rules show` and `rules docs` have in common.

use crate::syntax::{
    ConfidenceName, MatchExample, Precedence, RuleSpec, ShapeSpec, Side, StyleName, underline,
};
use crate::validate;

/// The expressions of a rule, each with the name of its field.
pub(super) fn patterns(spec: &RuleSpec) -> Vec<(&'static str, &str)> {
    let mut all: Vec<(&'static str, &str)> = Vec::new();
    all.extend(
        spec.pattern.iter().chain(&spec.patterns).map(|p| ("pattern", p.get_ref().as_str())),
    );
    if let Some(region) = &spec.region {
        all.push(("begin", region.begin.get_ref()));
        all.push(("end", region.end.get_ref()));
        all.extend(region.body.iter().map(|body| ("body", body.get_ref().as_str())));
    }
    all
}

/// Everything that is asked of a match beyond its pattern, one sentence each.
pub(super) fn conditions(spec: &RuleSpec) -> Vec<String> {
    conditions_short(spec, usize::MAX)
}

/// The same with at most `words_max` words of each list; the rest is counted.
pub(super) fn conditions_short(spec: &RuleSpec, words_max: usize) -> Vec<String> {
    let mut all = lookup(spec, words_max);
    if let Some(region) = &spec.region {
        all.push(format!("The region has at most {} bytes.", region.max.get_ref()));
    }
    for name in &spec.validators {
        let doc = validate::find(name.get_ref()).map_or("", |validator| validator.doc);
        all.push(
            format!("Validator `{}`: {doc}", name.get_ref())
                .trim_end_matches([':', ' '])
                .to_owned(),
        );
    }
    if let Some(keywords) = &spec.keywords {
        let duty = if keywords.require { "Required" } else { "Raises the confidence" };
        let place = place(*keywords.within.get_ref(), keywords.side);
        all.push(format!("{duty}: {} {place}.", one_of(keywords.any.get_ref(), words_max)));
    }
    if let Some(exclude) = &spec.exclude {
        let place = place(*exclude.within.get_ref(), exclude.side);
        all.push(format!("Ruled out by {} {place}.", one_of(exclude.any.get_ref(), words_max)));
    }
    if let Some(shape) = &spec.shape {
        all.extend(shape_words(shape));
    }
    if spec.classifier.is_some() {
        all.push("Score: the probability by the model `secret`, at least 0.2.".to_owned());
    }
    for companion in &spec.requires {
        let (rule, within) = (companion.rule.get_ref(), companion.within.get_ref());
        all.push(format!("Required: a finding of `{rule}` at most {within} bytes away."));
    }
    if !spec.allow.is_empty() {
        all.push(format!("Never reported: {}.", list(&spec.allow, words_max)));
    }
    if spec.precedence == Precedence::Generic {
        all.push("Gives way to any overlapping finding of a specific rule.".to_owned());
    }
    if let Some(redact) = &spec.redact {
        let keep = match redact.style {
            StyleName::Mask => {
                format!(
                    ", the first {} and last {} characters stay",
                    redact.keep_first, redact.keep_last
                )
            }
            _ => String::new(),
        };
        all.push(format!("Redacted by {}{keep}.", redact.style.name()));
    }
    all
}

/// What the rule looks up in a list.
fn lookup(spec: &RuleSpec, words_max: usize) -> Vec<String> {
    let mut all = Vec::new();
    if !spec.words.is_empty() {
        let words: Vec<String> = spec.words.iter().map(|word| word.get_ref().clone()).collect();
        all.push(format!("Finds, on word borders: {}.", list(&words, words_max)));
    }
    if let Some(file) = &spec.dictionary {
        all.push(format!("Finds the terms of `{}`, on word borders.", file.get_ref()));
    }
    if let Some(exact) = &spec.exact_data {
        let (file, within) = (exact.file.get_ref(), exact.within.get_ref());
        let support = match *exact.supporting.get_ref() {
            0 => String::new(),
            count => format!(
                " with {} of the same row within {within} bytes",
                counted(count, "supporting value")
            ),
        };
        all.push(format!("Finds primary values of `{file}`{support}."));
    }
    if let Some(spec) = &spec.fingerprint {
        let (file, share) = (spec.file.get_ref(), spec.containment.get_ref() * 100.0);
        let passage = spec.passage.as_ref().map_or_else(String::new, |bytes| {
            format!(", or one passage of {} bytes", bytes.get_ref())
        });
        all.push(format!(
            "Finds copies of documents of `{file}`: at least {share:.0} % of one{passage}."
        ));
    }
    all
}

fn place(within: usize, side: Side) -> String {
    let side = match side {
        Side::Before => "in front of the match",
        Side::After => "behind the match",
        Side::Both => "of the match",
    };
    format!("within {within} bytes {side}")
}

fn list(words: &[String], words_max: usize) -> String {
    let shown: Vec<String> = words.iter().take(words_max).map(|word| format!("`{word}`")).collect();
    let rest = match words.len().saturating_sub(words_max) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{rest}", shown.join(", "))
}

/// The word, or one of several.
fn one_of(words: &[String], words_max: usize) -> String {
    let one_of = if words.len() > 1 { "one of " } else { "" };
    format!("{one_of}{}", list(words, words_max))
}

/// A number and what it counts.
pub(super) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn shape_words(shape: &ShapeSpec) -> Vec<String> {
    let counts = [
        (shape.min_digits, "digit"),
        (shape.min_letters, "letter"),
        (shape.min_upper, "upper-case letter"),
        (shape.min_lower, "lower-case letter"),
        (shape.min_unique, "different byte"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let mut all: Vec<String> =
        counts.map(|(count, what)| format!("At least {}.", counted(count, what))).collect();
    if shape.entropy > 0.0 {
        all.push(format!("Entropy of at least {} bits per byte.", shape.entropy));
    }
    if shape.randomness > 0.0 {
        all.push(format!("Drawn at random with a probability of at least {}.", shape.randomness));
    }
    all
}

/// The text of a match example with carets under what is found.
pub(super) fn example(example: &MatchExample) -> String {
    let (text, find) = (example.text.joined(), example.find.joined());
    let start = text.find(&find).unwrap_or(0);
    underline(&text, &(start..start + find.len()))
}

/// What a level of confidence means.
pub(super) const fn confidence_words(level: ConfidenceName) -> &'static str {
    match level {
        ConfidenceName::Low => "low: worth counting",
        ConfidenceName::Medium => "medium: likely",
        ConfidenceName::High => "high: right in nearly every case",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_sentences() {
        let spec: RuleSpec = toml::from_str(
            "id='x'\ntitle='X'\nsince='0.1.0'\nlabels=['a.b']\nconfidence='low'\nwhy='w'\nallow=['v']\nprecedence='generic'\n\
             keywords={any=['k'],require=true,side='before'}\nexclude={any=['e']}\nshape={min-digits=2,randomness=0.5}\n\
             requires=[{rule='r.s',within=9}]\nredact={style='mask',keep-last=4}\nregion={begin='b',end='e',max=7}\n",
        )
        .expect("valid");
        let expect = [
            "The region has at most 7 bytes.",
            "Required: `k` within 64 bytes in front of the match.",
            "Ruled out by `e` within 32 bytes in front of the match.",
            "At least 2 digits.",
            "Drawn at random with a probability of at least 0.5.",
            "Required: a finding of `r.s` at most 9 bytes away.",
            "Never reported: `v`.",
            "Gives way to any overlapping finding of a specific rule.",
            "Redacted by mask, the first 0 and last 4 characters stay.",
        ];
        assert_eq!(conditions(&spec), expect);
        assert_eq!(patterns(&spec), [("begin", "b"), ("end", "e")]);
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(one_of(&words, 2), "one of `a`, `b` and 1 more");
        assert_eq!(
            (counted(1, "digit"), counted(2, "digit")),
            ("1 digit".into(), "2 digits".into())
        );
    }
}

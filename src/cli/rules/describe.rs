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
    let mut all = Vec::new();
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
        all.push(format!("{duty}: one of {} {place}.", list(keywords.any.get_ref())));
    }
    if let Some(exclude) = &spec.exclude {
        let place = place(*exclude.within.get_ref(), exclude.side);
        all.push(format!("Ruled out by one of {} {place}.", list(exclude.any.get_ref())));
    }
    if let Some(shape) = &spec.shape {
        all.extend(shape_words(shape));
    }
    for companion in &spec.requires {
        let (rule, within) = (companion.rule.get_ref(), companion.within.get_ref());
        all.push(format!("Required: a finding of `{rule}` at most {within} bytes away."));
    }
    if !spec.allow.is_empty() {
        all.push(format!("Never reported: {}.", list(&spec.allow)));
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

fn place(within: usize, side: Side) -> String {
    let side = match side {
        Side::Before => "in front of the match",
        Side::After => "behind the match",
        Side::Both => "of the match",
    };
    format!("within {within} bytes {side}")
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn shape_words(shape: &ShapeSpec) -> Vec<String> {
    let counts = [
        (shape.min_digits, "digits"),
        (shape.min_letters, "letters"),
        (shape.min_upper, "upper-case letters"),
        (shape.min_lower, "lower-case letters"),
        (shape.min_unique, "different bytes"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let mut all: Vec<String> =
        counts.map(|(count, what)| format!("At least {count} {what}.")).collect();
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
            "Required: one of `k` within 64 bytes in front of the match.",
            "Ruled out by one of `e` within 32 bytes in front of the match.",
            "At least 2 digits.",
            "Drawn at random with a probability of at least 0.5.",
            "Required: a finding of `r.s` at most 9 bytes away.",
            "Never reported: `v`.",
            "Gives way to any overlapping finding of a specific rule.",
            "Redacted by mask, the first 0 and last 4 characters stay.",
        ];
        assert_eq!(conditions(&spec), expect);
        assert_eq!(patterns(&spec), [("begin", "b"), ("end", "e")]);
    }
}

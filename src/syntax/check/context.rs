//! Keywords, excluding keywords and companions.

use super::{Names, Subject};
use crate::base::limits::{
    COMPANION_DISTANCE_BYTES_MAX, KEYWORD_LEN_BYTES_MAX, KEYWORD_WINDOW_BYTES_MAX,
    KEYWORDS_PER_RULE_MAX,
};
use crate::syntax::codes;
use crate::syntax::places::Step;
use std::collections::HashSet;
use toml::Spanned;

pub(super) fn rule(subject: &mut Subject<'_, '_>, names: &Names<'_>) {
    let rule = subject.rule;
    if let Some(keywords) = &rule.keywords {
        words(subject, "keywords", &keywords.any, &keywords.within);
    }
    if let Some(exclude) = &rule.exclude {
        words(subject, "exclude", &exclude.any, &exclude.within);
    }
    contradictions(subject);
    companions(subject, names);
}

fn words(
    subject: &mut Subject<'_, '_>,
    field: &str,
    any: &Spanned<Vec<String>>,
    within: &Spanned<usize>,
) {
    let list = any.get_ref();
    if list.is_empty() {
        let title = format!("`{field}` has no keyword");
        subject.report(&codes::KEYWORD_EMPTY, title, any.span(), "empty");
    }
    if list.len() > KEYWORDS_PER_RULE_MAX {
        let title = format!("{} keywords, the limit is {KEYWORDS_PER_RULE_MAX}", list.len());
        let path = [Step::Field(field), Step::Field("any"), Step::Item(KEYWORDS_PER_RULE_MAX)];
        let place = subject.place(&path);
        subject.report(&codes::KEYWORDS_TOO_MANY, title, place, "the first one too many");
    }
    let mut seen = HashSet::new();
    for (index, word) in list.iter().enumerate() {
        let code = if word.trim().is_empty() {
            &codes::KEYWORD_EMPTY
        } else if word.len() > KEYWORD_LEN_BYTES_MAX {
            &codes::KEYWORD_TOO_LONG
        } else if !seen.insert(folded(word)) {
            &codes::ENTRY_TWICE
        } else {
            continue;
        };
        let place = subject.place(&[Step::Field(field), Step::Field("any"), Step::Item(index)]);
        subject.report(code, code.title, place, "this keyword");
    }
    let width = *within.get_ref();
    if width == 0 || width > KEYWORD_WINDOW_BYTES_MAX {
        let title =
            format!("a window of {width} bytes, allowed are 1 to {KEYWORD_WINDOW_BYTES_MAX}");
        subject.report(&codes::KEYWORD_WINDOW, title, within.span(), "out of range");
    }
}

/// Keywords that are found at the same places compare equal.
fn folded(word: &str) -> String {
    word.to_ascii_lowercase().replace(['_', '-'], " ")
}

fn contradictions(subject: &mut Subject<'_, '_>) {
    let (Some(keywords), Some(exclude)) = (&subject.rule.keywords, &subject.rule.exclude) else {
        return;
    };
    let wanted: HashSet<String> = keywords.any.get_ref().iter().map(|word| folded(word)).collect();
    for (index, word) in exclude.any.get_ref().iter().enumerate() {
        if wanted.contains(&folded(word)) {
            let path = [Step::Field("exclude"), Step::Field("any"), Step::Item(index)];
            let place = subject.place(&path);
            let title = format!("`{word}` is a keyword and excluded");
            subject.report(&codes::KEYWORD_CONTRADICTION, title, place, "also in `keywords`");
        }
    }
}

fn companions(subject: &mut Subject<'_, '_>, names: &Names<'_>) {
    for companion in &subject.rule.requires {
        let (id, span) = (companion.rule.get_ref(), companion.rule.span());
        if id == subject.id {
            let title = "the rule requires itself";
            subject.report(&codes::COMPANION_SELF, title, span, "this is the rule itself");
        } else if !names.rules.contains(&**id) {
            let near = names.nearest_rule(id);
            let title = format!("there is no rule `{id}`");
            let diagnostic = subject.report(&codes::COMPANION_UNKNOWN, title, span, "unknown rule");
            if near.is_some() {
                diagnostic.help = near;
            }
        }
        let within = *companion.within.get_ref();
        if within > COMPANION_DISTANCE_BYTES_MAX {
            let title =
                format!("{within} bytes apart, the limit is {COMPANION_DISTANCE_BYTES_MAX}");
            subject.report(&codes::COMPANION_DISTANCE, title, companion.within.span(), "too far");
        }
    }
}

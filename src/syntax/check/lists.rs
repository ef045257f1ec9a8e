//! Stored lists: where they lie, and what they demand.

use super::Subject;
use crate::base::limits::{EXACT_WINDOW_BYTES_MAX, WORDS_PER_RULE_MAX};
use crate::syntax::{Source, codes};
use std::ops::Range;

/// Most supporting columns of a table.
const SUPPORTING_MAX: usize = 16;
/// A shorter passage need not share anything that is compared.
const PASSAGE_BYTES_MIN: usize = 40;
const PATH_BYTES_MAX: usize = 255;

pub(super) fn rule(subject: &mut Subject<'_, '_>) {
    let rule = subject.rule;
    if let Some(file) = rule.list_file().filter(|file| !is_beside(file.get_ref())) {
        let title = "the path of the list is not relative to the rule file";
        subject.report(&codes::LIST_PATH, title, file.span(), "leads elsewhere");
    }
    if let Some(first) = rule.words.get(WORDS_PER_RULE_MAX) {
        let title = format!("{} terms, the limit is {WORDS_PER_RULE_MAX}", rule.words.len());
        subject.report(&codes::WORDS_TOO_MANY, title, first.span(), "the first one too many");
    }
    if let Some(exact) = &rule.exact_data {
        range(
            subject,
            "within",
            *exact.within.get_ref(),
            1..=EXACT_WINDOW_BYTES_MAX,
            exact.within.span(),
        );
        let place = exact.supporting.span();
        range(subject, "supporting", *exact.supporting.get_ref(), 0..=SUPPORTING_MAX, place);
    }
    if let Some(fingerprint) = &rule.fingerprint {
        let containment = *fingerprint.containment.get_ref();
        if !(containment > 0.0 && containment <= 1.0) {
            let title = format!("`containment` is {containment}, it is above 0 and at most 1");
            let place = fingerprint.containment.span();
            subject.report(&codes::LIST_RANGE, title, place, "out of range");
        }
        if let Some(passage) = &fingerprint.passage {
            range(
                subject,
                "passage",
                *passage.get_ref(),
                PASSAGE_BYTES_MIN..=usize::MAX,
                passage.span(),
            );
        }
    }
}

fn range(
    subject: &mut Subject<'_, '_>,
    name: &str,
    value: usize,
    allowed: std::ops::RangeInclusive<usize>,
    place: Range<usize>,
) {
    if !allowed.contains(&value) {
        let title = format!("`{name}` is {value}, at least {} is allowed", allowed.start());
        let title = match *allowed.end() {
            usize::MAX => title,
            max => format!("`{name}` is {value}, allowed are {} to {max}", allowed.start()),
        };
        subject.report(&codes::LIST_RANGE, title, place, "out of range");
    }
}

/// The path of a stored list that a rule file names: beside that file or in a folder below. None if `file` leads elsewhere.
pub fn list_path(source: &Source, file: &str) -> Option<String> {
    if !is_beside(file) {
        return None;
    }
    Some(match source.name.rsplit_once(['/', '\\']) {
        Some((folder, _)) => format!("{folder}/{file}"),
        None => file.to_owned(),
    })
}

/// Whether a path names a file in the folder that it is relative to, or below.
fn is_beside(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.len() <= PATH_BYTES_MAX && !path.contains(['\\', ':', '\0']) && path.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_beside;

    #[test]
    fn lists_lie_beside_their_rules() {
        for (path, expect) in [
            ("names.dict", true),
            ("lists/de/names.dict", true),
            ("..names", true),
            ("", false),
            ("/etc/names.dict", false),
            ("../names.dict", false),
            ("a/../../names.dict", false),
            ("./names.dict", false),
            ("a//names.dict", false),
            ("C:/names.dict", false),
            ("a\\b.dict", false),
        ] {
            assert_eq!(is_beside(path), expect, "{path}");
        }
        assert!(!is_beside(&"a".repeat(256)));
    }
}

//! What speaks for a finding and against it, as numbers: the shape of the value, how near keywords and excluding words are, which words stand
//! before it.

use super::settings::Shape;
use crate::base::Span;
use crate::classify;
use crate::text::words::{begins_word, ends_word};
use std::collections::BTreeSet;

/// Bytes before a value whose words may be proposed as excluding.
const NEIGHBOUR_BYTES: usize = super::settings::EXCLUDE_BYTES;
/// Shortest word that is proposed, in bytes.
const WORD_BYTES_MIN: usize = 3;
/// Longest word that is proposed, in bytes.
const WORD_BYTES_MAX: usize = 24;

/// The evidence of one finding.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// By [`Bound`](super::settings::Bound).
    pub(super) shape: Shape,
    /// Distance of the nearest keyword before and after, from the value to the far end of the word, in bytes.
    pub(super) keyword: [Option<u16>; 2],
    /// The same for the rule's excluding words.
    pub(super) excluded: [Option<u16>; 2],
    /// Words of letters before the value, lower-case.
    pub(super) words: BTreeSet<String>,
}

/// Words to look for, spelled out.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<Vec<u8>>);

impl Words {
    /// A space also stands for `_`, `-` or nothing.
    pub(super) fn new(words: &[String]) -> Self {
        let mut spelled: Vec<Vec<u8>> = words
            .iter()
            .map(|word| word.to_ascii_lowercase())
            .flat_map(|word| [" ", "_", "-", ""].map(|joint| word.replace(' ', joint).into_bytes()))
            .collect();
        spelled.sort_unstable();
        spelled.dedup();
        spelled.retain(|word| !word.is_empty());
        Self(spelled)
    }

    /// Distances of the nearest word before and after a value, up to `reach` bytes.
    fn near(&self, text: &[u8], value: Span, reach: usize) -> [Option<u16>; 2] {
        if self.0.is_empty() {
            return [None; 2];
        }
        let from = value.start.saturating_sub(reach);
        let to = value.end.saturating_add(reach).min(text.len());
        let distance = |bytes: usize| u16::try_from(bytes).ok();
        let before =
            (from..value.start).rev().find(|at| self.stands_at(text, *at, value.start).is_some());
        let after = (value.end..to).filter_map(|at| self.stands_at(text, at, to)).min();
        [
            before.and_then(|at| distance(value.start - at)),
            after.and_then(|end| distance(end - value.end)),
        ]
    }

    /// The end of a word that begins here, up to `to`.
    fn stands_at(&self, text: &[u8], at: usize, to: usize) -> Option<usize> {
        if !begins_word(text, at) {
            return None;
        }
        self.0
            .iter()
            .map(|word| (word, at + word.len()))
            .find(|(word, end)| {
                *end <= to && text[at..*end].eq_ignore_ascii_case(word) && ends_word(text, *end)
            })
            .map(|(_, end)| end)
    }
}

impl Evidence {
    /// The evidence of a value.
    pub(super) fn of(
        text: &[u8],
        value: Span,
        keywords: &Words,
        excluded: &Words,
        reach: usize,
    ) -> Self {
        let bytes = text.get(value.range()).unwrap_or_default();
        let count = |is: fn(&u8) -> bool| bytes.iter().filter(|byte| is(byte)).count() as f32;
        let unique: BTreeSet<u8> = bytes.iter().copied().collect();
        Self {
            shape: [
                count(u8::is_ascii_digit),
                count(u8::is_ascii_alphabetic),
                count(u8::is_ascii_uppercase),
                count(u8::is_ascii_lowercase),
                unique.len() as f32,
                classify::shannon(bytes),
                classify::randomness(bytes),
            ],
            keyword: keywords.near(text, value, reach),
            excluded: excluded.near(text, value, reach),
            words: neighbours(text, value.start),
        }
    }
}

/// Whole words of letters in the bytes before a place.
fn neighbours(text: &[u8], at: usize) -> BTreeSet<String> {
    let from = at.saturating_sub(NEIGHBOUR_BYTES);
    let mut before = &text[from..at];
    // What is cut at the beginning is no word.
    if from > 0 && text[from - 1].is_ascii_alphabetic() {
        let whole = before.iter().position(|byte| !byte.is_ascii_alphabetic());
        before = &before[whole.unwrap_or(before.len())..];
    }
    before
        .split(|byte| !byte.is_ascii_alphabetic())
        .filter(|word| (WORD_BYTES_MIN..=WORD_BYTES_MAX).contains(&word.len()))
        .map(|word| String::from_utf8_lossy(word).to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: [Option<u16>; 2]) {
        let start = text.find('#').unwrap();
        let value = Span::new(start, text.rfind('#').unwrap() + 1);
        let words = Words::new(&["api key".to_owned(), "pin".to_owned()]);
        assert_eq!(words.near(text.as_bytes(), value, 32), expect, "{text}");
    }

    #[test]
    fn distances_reach_to_the_far_end_of_the_word() {
        check("api key=##", [Some(8), None]);
        check("my apiKey: ## pin", [Some(8), Some(4)]);
        check("pin pin ##", [Some(4), None]);
        check("spin pine ##", [None, None]);
        check("## PINs", [None, Some(4)]);
        check(&format!("pin{}##", " ".repeat(40)), [None, None]);
    }

    #[test]
    fn neighbours_are_whole_words() {
        let text = b"something before the commit Abc12 of x=##";
        let words = neighbours(text, text.len() - 2);
        let expect = ["abc", "before", "commit", "the"].map(str::to_owned);
        assert_eq!(words.into_iter().collect::<Vec<_>>(), expect);
    }
}

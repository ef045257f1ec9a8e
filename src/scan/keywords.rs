//! Where context words stand. Text is searched for them in blocks, and only blocks that some match asks about: clean text pays nothing.

use crate::base::Span;
use crate::matcher::classes::{self, BLOCK_BYTES};
use crate::matcher::{Groups, ShapeKind};
use crate::rules::keywords::{KeywordGroup, Keywords, SHORT_LEN_BYTES_MAX, ShapeGroups};
use crate::text::words::ends_word;

/// Context words of one text, found on demand.
#[derive(Debug, Default)]
pub(super) struct KeywordCache {
    words: Vec<Word>,
    /// Per block of the text. Empty until the first question.
    blocks: Vec<Block>,
}

/// The words that start in a block.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Where they begin and end in `words`; [`UNSEARCHED`] if that is not known yet.
    first: u32,
    end: u32,
    /// The patterns that may need one of them.
    shapes: ShapeGroups,
}

const UNSEARCHED: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Word {
    start: usize,
    end: usize,
    /// Which of the words it is.
    word: u32,
}

impl KeywordCache {
    /// Forgets the last text.
    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.blocks.clear();
    }

    /// The last word of `group` that lies in `span`.
    pub(super) fn last_in(
        &mut self,
        keywords: &Keywords,
        text: &[u8],
        group: KeywordGroup,
        span: Span,
    ) -> Option<Span> {
        let span = Span { start: span.start, end: span.end.min(text.len()) };
        if span.start >= span.end {
            return None;
        }
        let blocks = span.start / BLOCK_BYTES..(span.end - 1) / BLOCK_BYTES + 1;
        blocks.rev().find_map(|block| {
            let Block { first, end, .. } = self.block(keywords, text, block);
            self.words[first as usize..end as usize]
                .iter()
                .filter(|word| {
                    word.start >= span.start
                        && word.end <= span.end
                        && keywords.in_group(group, word.word)
                })
                .map(|word| Span::new(word.start, word.end))
                .max_by_key(|word| word.start)
        })
    }

    /// The patterns that may need a word of `span`, or of the bytes around it that share a block with it.
    #[inline]
    pub(super) fn shapes_in(
        &mut self,
        keywords: &Keywords,
        text: &[u8],
        kind: ShapeKind,
        span: Span,
    ) -> Groups {
        let end = span.end.min(text.len());
        if span.start >= end {
            return Groups::NONE;
        }
        (span.start / BLOCK_BYTES..(end - 1) / BLOCK_BYTES + 1)
            .fold(Groups::NONE, |groups, block| {
                groups | self.block(keywords, text, block).shapes[kind as usize]
            })
    }

    /// The patterns that may need a word of the name of the field that holds the text.
    pub(super) fn shapes_in_key(keywords: &Keywords, key: &[u8]) -> ShapeGroups {
        let mut shapes = ShapeGroups::default();
        for base in (0..key.len()).step_by(BLOCK_BYTES) {
            words_in(keywords, key, base, |word| add(&mut shapes, keywords.shapes(word.word)));
        }
        shapes
    }

    /// True if a word of `group` lies in `span`.
    pub(super) fn any_in(
        &mut self,
        keywords: &Keywords,
        text: &[u8],
        group: KeywordGroup,
        span: Span,
    ) -> bool {
        self.last_in(keywords, text, group, span).is_some()
    }

    /// True if a word of `group` lies in the name of the field that holds the text.
    pub(super) fn any_in_key(&self, keywords: &Keywords, key: &[u8], group: KeywordGroup) -> bool {
        let blocks = (0..key.len()).step_by(BLOCK_BYTES);
        let mut any = false;
        for base in blocks {
            words_in(keywords, key, base, |word| any |= keywords.in_group(group, word.word));
        }
        any
    }

    /// A block of the text, which is searched when it is first asked for.
    #[inline]
    fn block(&mut self, keywords: &Keywords, text: &[u8], number: usize) -> Block {
        match self.blocks.get(number) {
            Some(block) if block.first != UNSEARCHED => *block,
            _ => self.search(keywords, text, number),
        }
    }

    fn search(&mut self, keywords: &Keywords, text: &[u8], number: usize) -> Block {
        if self.blocks.is_empty() {
            let unsearched = Block { first: UNSEARCHED, end: 0, shapes: ShapeGroups::default() };
            self.blocks.resize(text.len().div_ceil(BLOCK_BYTES), unsearched);
        }
        let first = self.words.len() as u32;
        let mut shapes = ShapeGroups::default();
        words_in(keywords, text, number * BLOCK_BYTES, |word| {
            add(&mut shapes, keywords.shapes(word.word));
            self.words.push(word);
        });
        let block = Block { first, end: self.words.len() as u32, shapes };
        self.blocks[number] = block;
        block
    }
}

fn add(all: &mut ShapeGroups, shapes: Option<&ShapeGroups>) {
    all.iter_mut().zip(shapes.into_iter().flatten()).for_each(|(all, groups)| *all |= *groups);
}

/// Calls `report` for every word that starts in the block at `base`, in ascending order of start.
fn words_in(keywords: &Keywords, text: &[u8], base: usize, mut report: impl FnMut(Word)) {
    let Starts { all, short } = starts(keywords, text, base);
    keywords.scan(text, base, all, short, |start, word| {
        let end = start + keywords.len_of(word) as usize;
        if ends_word(text, end) {
            report(Word { start, end, word });
        }
    });
}

/// Places of a block where context words can start.
struct Starts {
    all: u64,
    /// Those of them where a short one can: no long row of lower-case letters follows.
    short: u64,
}

/// The places in the block at `base` where a context word can start, all at once: where a word begins.
fn starts(keywords: &Keywords, text: &[u8], base: usize) -> Starts {
    let block = &text[base..text.len().min(base + BLOCK_BYTES)];
    let letters = classes::letters(block, keywords.first_others());
    let before = base.checked_sub(1).map(|before| text[before]);
    let behind_letter =
        letters.letter << 1 | u64::from(before.is_some_and(|byte| byte.is_ascii_alphabetic()));
    let behind_lower = (letters.letter & !letters.upper) << 1
        | u64::from(before.is_some_and(|byte| byte.is_ascii_lowercase()));
    let words = letters.letter & (!behind_letter | letters.upper & behind_lower);
    // What is no letter needs no boundary.
    let wide = if keywords.first_wide() { letters.wide } else { 0 };
    let all = words | wide | letters.wanted;
    // A short word ends after its letters and perhaps a plural s. What follows the block is not known, and taken as its end.
    const { assert!(SHORT_LEN_BYTES_MAX + 2 == 5) };
    let lower = letters.letter & !letters.upper;
    let two = lower & lower >> 1;
    let five = two & two >> 2 & lower >> 4;
    Starts { all, short: all & !five }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::keywords::KeywordsBuilder;
    use crate::text::words::begins_word;
    use proptest::prelude::*;

    const WORDS: [&str; 8] =
        ["ssn", "id", "v", "tax id", "@@", "\u{e1}fa", "1st", "social security"];

    /// Every word that stands anywhere, by trying each at each place.
    fn naive(text: &[u8]) -> Vec<(usize, usize)> {
        let lower = text.to_ascii_lowercase();
        let spelled = WORDS.iter().flat_map(|word| {
            [" ", "_", "-", ""].map(|joint| word.to_ascii_lowercase().replace(' ', joint))
        });
        let mut found = Vec::new();
        for word in spelled {
            for start in 0..text.len() {
                let end = start + word.len();
                if lower.get(start..end) == Some(word.as_bytes())
                    && begins_word(text, start)
                    && ends_word(text, end)
                {
                    found.push((start, end));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn check(text: &[u8]) {
        let mut builder = KeywordsBuilder::default();
        builder.group(&WORDS.map(str::to_owned));
        let keywords = builder.build();
        let mut found = Vec::new();
        for base in (0..text.len()).step_by(BLOCK_BYTES) {
            words_in(&keywords, text, base, |word| found.push((word.start, word.end)));
        }
        found.sort_unstable();
        assert_eq!(found, naive(text), "{}", String::from_utf8_lossy(text));
    }

    proptest! {
        #[test]
        fn every_word_is_found_wherever_it_stands(
            parts in prop::collection::vec(
                ("ssn|SSN|id|Id|v|tax id|taxId|TAX_ID|@@|\u{e1}fa|1st|socialSecurity|Social-Security", "[ aZ_0@s\u{e1}]{0,3}"),
                0..40,
            ),
        ) {
            let text: String = parts.into_iter().map(|(word, joint)| word + &joint).collect();
            check(text.as_bytes());
        }
    }
}

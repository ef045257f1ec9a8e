//! Where context words stand. Text is searched for them in blocks, and only blocks that some match asks about: clean text pays nothing.

use crate::base::Span;
use crate::matcher::literals::{Hit, LiteralScratch};
use crate::rules::keywords::{KeywordGroup, Keywords};
use std::ops::Range;

/// Granularity of what has been searched, in bytes.
const BLOCK_BYTES: usize = 64;

/// Context words of one text, found on demand.
#[derive(Debug, Default)]
pub(super) struct KeywordCache {
    literals: LiteralScratch,
    raw: Vec<Hit>,
    words: Vec<Word>,
    /// Per block: where the words that start in it begin and end in `words`, or [`UNSEARCHED`]. Empty until the first question.
    blocks: Vec<(u32, u32)>,
}

/// Marks a block that was not searched yet.
const UNSEARCHED: (u32, u32) = (u32::MAX, 0);

#[derive(Clone, Copy, Debug)]
struct Word {
    start: usize,
    end: usize,
    literal: u32,
}

impl KeywordCache {
    pub(super) fn new(keywords: &Keywords) -> Result<Self, String> {
        Ok(Self { literals: keywords.scratch()?, ..Self::default() })
    }

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
        if self.blocks.is_empty() {
            self.blocks.resize(text.len().div_ceil(BLOCK_BYTES), UNSEARCHED);
        }
        let blocks = span.start / BLOCK_BYTES..(span.end - 1) / BLOCK_BYTES + 1;
        self.search(keywords, text, blocks.clone());
        blocks.rev().find_map(|block| {
            let (first, end) = self.blocks[block];
            self.words[first as usize..end as usize]
                .iter()
                .filter(|word| {
                    word.start >= span.start
                        && word.end <= span.end
                        && keywords.in_group(group, word.literal)
                })
                .map(|word| Span::new(word.start, word.end))
                .max_by_key(|word| word.start)
        })
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
    pub(super) fn any_in_key(
        &mut self,
        keywords: &Keywords,
        key: &[u8],
        group: KeywordGroup,
    ) -> bool {
        self.raw.clear();
        keywords.scan(&mut self.literals, key, &mut self.raw);
        self.raw.iter().any(|hit| {
            let end = hit.end as usize;
            let start = end - keywords.len_of(hit.literal) as usize;
            keywords.in_group(group, hit.literal) && is_word(key, start, end)
        })
    }

    /// Searches those of the blocks that were not searched yet, each row of them in one go.
    fn search(&mut self, keywords: &Keywords, text: &[u8], blocks: Range<usize>) {
        let mut at = blocks.start;
        while at < blocks.end {
            if self.blocks[at] != UNSEARCHED {
                at += 1;
                continue;
            }
            let row = self.blocks[at..blocks.end].iter().take_while(|block| **block == UNSEARCHED);
            let end = at + row.count();
            self.search_row(keywords, text, at..end);
            at = end;
        }
    }

    fn search_row(&mut self, keywords: &Keywords, text: &[u8], row: Range<usize>) {
        let (start, end) = (row.start * BLOCK_BYTES, row.end * BLOCK_BYTES);
        let reach = text.len().min(end + keywords.len_max() - 1);
        self.raw.clear();
        keywords.scan(&mut self.literals, &text[start..reach], &mut self.raw);
        let first = self.words.len();
        for hit in &self.raw {
            let word_end = start + hit.end as usize;
            let word_start = word_end - keywords.len_of(hit.literal) as usize;
            if word_start < end && is_word(text, word_start, word_end) {
                let word = Word { start: word_start, end: word_end, literal: hit.literal };
                self.words.push(word);
            }
        }
        self.words[first..].sort_unstable_by_key(|word| word.start);
        let mut from = first;
        for block in row {
            let block_end = (block + 1) * BLOCK_BYTES;
            let to = from + self.words[from..].partition_point(|word| word.start < block_end);
            self.blocks[block] = (from as u32, to as u32);
            from = to;
        }
    }
}

/// True if the letters `start..end` are a word of their own: not part of a longer one, except in camelCase and as a plural.
pub(super) fn is_word(text: &[u8], start: usize, end: usize) -> bool {
    begins_word(text, start) && ends_word(text, end)
}

fn begins_word(text: &[u8], start: usize) -> bool {
    let Some(before) = start.checked_sub(1).map(|at| text[at]) else { return true };
    let first = text[start];
    !before.is_ascii_alphabetic()
        || !first.is_ascii_alphabetic()
        || (before.is_ascii_lowercase() && first.is_ascii_uppercase())
}

fn ends_word(text: &[u8], end: usize) -> bool {
    let Some(after) = text.get(end).copied() else { return true };
    let last = text[end - 1];
    if !after.is_ascii_alphabetic() || !last.is_ascii_alphabetic() {
        return true;
    }
    let plural = after.eq_ignore_ascii_case(&b's')
        && text.get(end + 1).is_none_or(|next| !next.is_ascii_lowercase());
    plural || (last.is_ascii_lowercase() && after.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_case_changes_and_before_a_plural_s() {
        for (text, expect) in [
            ("ssn", true),
            ("userSsn", true),
            ("user_ssn=1", true),
            ("SSNs:", true),
            ("ssnNumber", true),
            ("assn", false),
            ("ssnx", false),
            ("SSNX", false),
            ("lessn", false),
        ] {
            let start = text.to_ascii_lowercase().find("ssn").expect("every case has the word");
            assert_eq!(is_word(text.as_bytes(), start, start + 3), expect, "{text}");
        }
    }
}

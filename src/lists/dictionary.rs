//! Terms of one or more words, found on word borders, the longest first.
//!
//! Every term is a row of hashed words; each of its beginnings is an entry as well, so that a text that holds none of the first words pays
//! one look-up in a filter per word. With `n` entries a word that is in no term is taken for one with a probability of n / 2⁶²: a dictionary
//! of ten million terms errs once in 4 · 10¹¹ words, some terabytes of text.

use super::file::{self, ListKind, Reader};
use super::table::{Table, sort_and_join};
use super::{hash, words};
use crate::base::code::{LIST_CONTENT, LIST_EMPTY, LIST_TOO_LARGE};
use crate::base::{Fault, Span, limits};
use std::fmt;

/// A term ends here.
const TERM: u64 = 1;
/// Longer terms go on here.
const BEGINNING: u64 = 2;
const FLAG_BITS: u32 = 2;
const FLAGS: u64 = (1 << FLAG_BITS) - 1;
/// Shortest term, in characters: a single one stands everywhere.
const TERM_CHARS_MIN: usize = 2;

/// A compiled list of terms.
#[derive(Debug)]
pub struct Dictionary {
    terms: usize,
    table: Table<FLAG_BITS>,
}

impl Dictionary {
    /// Reads what [`DictionaryBuilder::build`] has written.
    pub(super) fn read(payload: &[u8]) -> Result<Self, Fault> {
        let mut reader = Reader::new(payload);
        let terms = reader.number_u64()?;
        let count = reader.count(8)?;
        let entries = reader.numbers_u64(count)?;
        reader.finish()?;
        let flagged = entries.iter().filter(|entry| **entry & TERM != 0).count();
        if flagged as u64 != terms || terms == 0 || entries.iter().any(|entry| entry & FLAGS == 0) {
            return Err(Fault::new(LIST_CONTENT, "the entries are not those of so many terms"));
        }
        Self::of(entries, flagged)
    }

    fn of(entries: Box<[u64]>, terms: usize) -> Result<Self, Fault> {
        words::prepare();
        Ok(Self { terms, table: Table::new(entries)? })
    }

    /// Number of terms.
    pub fn terms(&self) -> usize {
        self.terms
    }

    /// The hashes with which terms begin, and others: whatever [`find_at`](Self::find_at) finds begins with a word of one of these.
    pub fn hashes(&self) -> &[u64] {
        self.table.entries()
    }

    /// The longest term that begins with `word`, which is a word of `text`.
    #[inline]
    pub fn find_at(&self, text: &[u8], word: words::Word) -> Option<Span> {
        let place = self.table.find(word.hash)?;
        self.go_on(text, word, place)
    }

    fn go_on(&self, text: &[u8], word: words::Word, place: usize) -> Option<Span> {
        let mut flags = self.table.flags(place);
        let (mut state, mut end) = (word.hash, word.end);
        let mut longest = None;
        for _ in 0..limits::TERM_WORDS_MAX {
            if flags & TERM != 0 {
                longest = Some(Span::new(word.start, end));
            }
            if flags & BEGINNING == 0 {
                break;
            }
            let Some((gap, next)) = words::next(text, end) else { break };
            state = hash::join(state, gap, next.hash);
            let Some(place) = self.table.find(state) else { break };
            (flags, end) = (self.table.flags(place), next.end);
        }
        longest
    }

    /// The reference: every term in the text, the longest at each word, in ascending order, by comparing every row of words with every
    /// entry.
    pub fn find_naively(&self, text: &[u8]) -> Vec<Span> {
        let words = words::naive(text);
        let mut found = Vec::new();
        for (i, (start, _, _)) in words.iter().enumerate() {
            let mut state = 0;
            let mut longest = None;
            let mut before = None;
            for (_, end, folded) in words[i..].iter().take(limits::TERM_WORDS_MAX) {
                let long = folded.len() > words::WORD_BYTES_MAX;
                let word = if long { words::TOO_LONG } else { hash::bytes(folded.as_bytes()) };
                state = match before {
                    None => word,
                    Some(before) => match words::next(text, before) {
                        Some((gap, _)) => hash::join(state, gap, word),
                        None => break,
                    },
                };
                before = Some(*end);
                let place = self.table.find_naively(state);
                if place.is_some_and(|place| self.table.flags(place) & TERM != 0) {
                    longest = Some(Span::new(*start, *end));
                }
            }
            found.extend(longest);
        }
        found
    }

    /// Heap memory in bytes.
    pub fn memory_usage(&self) -> usize {
        self.table.memory_usage()
    }
}

/// Why a term cannot be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermError {
    /// There is no letter or digit in it.
    NoWord,
    /// It is a single character.
    Short,
    /// It is longer than [`TERM_BYTES_MAX`](limits::TERM_BYTES_MAX) or one of its words than [`WORD_BYTES_MAX`](words::WORD_BYTES_MAX).
    Long,
    /// It has more than [`TERM_WORDS_MAX`](limits::TERM_WORDS_MAX) words.
    Words,
    /// It begins or ends with a mark, where a text has no word border.
    Mark,
    /// Two of its words are further apart than [`GAP_BYTES_MAX`](words::GAP_BYTES_MAX).
    Gap,
}

impl fmt::Display for TermError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = limits::TERM_WORDS_MAX;
        match self {
            Self::NoWord => f.write_str("it has no letter and no digit"),
            Self::Short => f.write_str("a single character stands everywhere"),
            Self::Long => write!(
                f,
                "it is longer than {} bytes, or a word of it than {}",
                limits::TERM_BYTES_MAX,
                words::WORD_BYTES_MAX
            ),
            Self::Words => write!(f, "it has more than {words} words"),
            Self::Mark => f.write_str("it begins or ends with a mark, which is no word border"),
            Self::Gap => write!(f, "two words are over {} bytes apart", words::GAP_BYTES_MAX),
        }
    }
}

impl std::error::Error for TermError {}

/// Collects terms.
///
/// ```
/// use lockgate::lists::{DictionaryBuilder, words};
/// let mut builder = DictionaryBuilder::default();
/// builder.add("Blue Heron")?;
/// let dictionary = builder.compile()?;
/// let text = b"project BLUE-HERON is late";
/// let mut found = None;
/// words::walk(text, |word| found = found.or(dictionary.find_at(text, word)));
/// assert_eq!(found.map(|span| span.range()), Some(8..18));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct DictionaryBuilder {
    entries: Vec<u64>,
    /// Length of `entries` at which repeated ones are taken out.
    tidy_at: usize,
}

impl DictionaryBuilder {
    /// Adds a term; adding it again changes nothing. White space around it and a full stop behind it do not count.
    ///
    /// # Errors
    /// It cannot be looked for.
    pub fn add(&mut self, term: &str) -> Result<(), TermError> {
        let trimmed = term.trim();
        let trimmed = trimmed.strip_suffix('.').unwrap_or(trimmed);
        let chars = trimmed.chars().take(TERM_CHARS_MIN).count();
        let trimmed = trimmed.as_bytes();
        if trimmed.len() > limits::TERM_BYTES_MAX {
            return Err(TermError::Long);
        }
        let mut first = None;
        let mut last_end = 0;
        words::walk(trimmed, |word| {
            first = first.or(Some(word));
            last_end = word.end;
        });
        let Some(first) = first else { return Err(TermError::NoWord) };
        if first.start != 0 || last_end != trimmed.len() {
            return Err(TermError::Mark);
        }
        if chars < TERM_CHARS_MIN {
            return Err(TermError::Short);
        }
        let mut states = [0; limits::TERM_WORDS_MAX];
        let mut count = 0;
        let (mut state, mut word) = (first.hash, first);
        loop {
            if word.hash == words::TOO_LONG {
                return Err(TermError::Long);
            }
            *states.get_mut(count).ok_or(TermError::Words)? = state;
            count += 1;
            if word.end == trimmed.len() {
                break;
            }
            let (gap, next) = words::next(trimmed, word.end).ok_or(TermError::Gap)?;
            (state, word) = (hash::join(state, gap, next.hash), next);
        }
        let (last, beginnings) = states[..count].split_last().expect("one word at least");
        self.entries.extend(beginnings.iter().map(|state| state & !FLAGS | BEGINNING));
        self.entries.push(last & !FLAGS | TERM);
        if self.entries.len() >= self.tidy_at {
            sort_and_join::<FLAG_BITS>(&mut self.entries);
            self.tidy_at = (self.entries.len() * 2).max(1 << 20);
        }
        Ok(())
    }

    /// The dictionary, ready for look-ups.
    ///
    /// # Errors
    /// There is no term (`list.empty`), or there are too many (`list.too-large`).
    pub fn compile(self) -> Result<Dictionary, Fault> {
        let (entries, terms) = self.finish()?;
        Dictionary::of(entries.into(), terms)
    }

    /// The dictionary as a file.
    ///
    /// # Errors
    /// As [`compile`](Self::compile).
    pub fn build(self) -> Result<Vec<u8>, Fault> {
        let (entries, terms) = self.finish()?;
        let mut payload = Vec::with_capacity(16 + entries.len() * 8);
        payload.extend_from_slice(&(terms as u64).to_le_bytes());
        payload.extend_from_slice(&(entries.len() as u64).to_le_bytes());
        entries.iter().for_each(|entry| payload.extend_from_slice(&entry.to_le_bytes()));
        Ok(file::seal(ListKind::Dictionary, &payload))
    }

    fn finish(self) -> Result<(Vec<u64>, usize), Fault> {
        let mut entries = self.entries;
        sort_and_join::<FLAG_BITS>(&mut entries);
        let terms = entries.iter().filter(|entry| **entry & TERM != 0).count();
        if terms == 0 {
            return Err(LIST_EMPTY.into());
        }
        if terms > limits::DICTIONARY_TERMS_MAX {
            let detail = format!("{terms} terms, the limit is {}", limits::DICTIONARY_TERMS_MAX);
            return Err(Fault::new(LIST_TOO_LARGE, detail));
        }
        Ok((entries, terms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::file::{Content, List};
    use proptest::prelude::*;

    fn dictionary(terms: &[&str]) -> Dictionary {
        let mut builder = DictionaryBuilder::default();
        for term in terms {
            builder.add(term).expect("a good term");
        }
        builder.compile().expect("there are terms")
    }

    fn found(dictionary: &Dictionary, text: &[u8]) -> Vec<Span> {
        let mut spans = Vec::new();
        words::walk(text, |word| spans.extend(dictionary.find_at(text, word)));
        spans
    }

    #[track_caller]
    fn check(terms: &[&str], text: &str, expect: &[&str]) {
        let dictionary = dictionary(terms);
        let spans = found(&dictionary, text.as_bytes());
        let texts: Vec<_> = spans.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(texts, expect, "{terms:?} in {text}");
        assert_eq!(dictionary.find_naively(text.as_bytes()), spans, "{terms:?} in {text}");
    }

    #[test]
    fn terms_are_found_on_word_borders() {
        check(&["heron"], "Heron, herons, a HERON_nest and theron", &["Heron", "HERON"]);
        check(
            &["blue heron"],
            "Blue  Heron Blue-heron blue\nheron blueheron blue, heron",
            &["Blue  Heron", "Blue-heron", "blue\nheron"],
        );
        check(&["O'Brien", "AT&T"], "Ms O\u{2019}Brien of at&t, at t", &["O\u{2019}Brien", "at&t"]);
        check(&["Acme Inc."], "ACME Inc, Acme Inc.", &["ACME Inc", "Acme Inc"]);
        check(&["東京"], "東京 と東京", &["東京"]);
    }

    #[test]
    fn the_longest_term_is_found() {
        check(&["new york", "new york city", "york"], "New York City", &["New York City", "York"]);
        check(&["new york city"], "new york", &[]);
        check(&["new york", "new york city hall"], "new york city", &["new york"]);
    }

    #[test]
    fn bad_terms_have_a_reason() {
        let add = |term: &str| DictionaryBuilder::default().add(term);
        for (term, expect) in [
            ("", TermError::NoWord),
            (" -- ", TermError::NoWord),
            ("x", TermError::Short),
            ("é.", TermError::Short),
            ("C++", TermError::Mark),
            (".net", TermError::Mark),
            (&"a".repeat(129), TermError::Long),
            (&"ab ".repeat(400), TermError::Long),
            (&"ab ".repeat(17), TermError::Words),
            ("ab ................. cd", TermError::Gap),
        ] {
            assert_eq!(add(term), Err(expect), "{term}");
        }
        for term in ["ab", "  Acme Inc. ", "é́", &"ab ".repeat(16), &"a".repeat(128)] {
            assert_eq!(add(term), Ok(()), "{term}");
        }
    }

    #[test]
    fn a_list_without_terms_is_refused() {
        let wrong = DictionaryBuilder::default().build().expect_err("empty");
        assert_eq!(wrong.code, LIST_EMPTY);
    }

    fn sample() -> Vec<u8> {
        let mut builder = DictionaryBuilder::default();
        for term in ["blue heron", "blue heron nest", "grey wolf", "otter"] {
            builder.add(term).expect("a good term");
        }
        builder.build().expect("there are terms")
    }

    #[test]
    fn a_file_is_read_back() {
        let list = List::read(&sample(), &[]).expect("as written");
        let Content::Dictionary(dictionary) = &list.content else { panic!("another kind") };
        assert_eq!((dictionary.terms(), list.fingerprint.len()), (4, 32));
        assert_eq!(found(dictionary, b"an Otter"), [Span::new(3, 8)]);
    }

    proptest! {
        #[test]
        fn the_search_agrees_with_the_reference(
            terms in prop::collection::vec("[ab]{2}([ '-][ab]{1,2}){0,3}", 1..12),
            text in "([abAB]{1,2}[ '-]{1,2}){0,40}",
        ) {
            let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
            let dictionary = dictionary(&terms);
            prop_assert_eq!(found(&dictionary, text.as_bytes()), dictionary.find_naively(text.as_bytes()));
        }

        #[test]
        fn damaged_files_are_refused(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
            let mut file = sample();
            let at = at.index(file.len());
            prop_assert!(List::read(&file[..at], &[]).is_err());
            file[at] ^= 1 << bit;
            prop_assert!(List::read(&file, &[]).is_err());
        }

        /// The checksum is right and the content is not: nothing panics.
        #[test]
        fn hostile_payloads_are_survived(payload in prop::collection::vec(any::<u8>(), 0..100), terms in 0..4_u64) {
            let file = file::seal(ListKind::Dictionary, &payload);
            let _ = List::read(&file, &[]);
            let mut counted = terms.to_le_bytes().to_vec();
            counted.extend_from_slice(&((payload.len() / 8) as u64).to_le_bytes());
            counted.extend_from_slice(&payload);
            let read = List::read(&file::seal(ListKind::Dictionary, &counted), &[]);
            if let Ok(List { content: Content::Dictionary(dictionary), .. }) = read {
                found(&dictionary, b"any text at all");
            }
        }
    }
}

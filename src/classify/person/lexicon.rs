//! What is known of words: given names, surnames, everyday words, and words that stand beside names.

use std::sync::LazyLock;

/// What a word can be, one bit each.
pub(super) type Kinds = u16;

pub(super) const GIVEN: Kinds = 1 << 0;
pub(super) const SURNAME: Kinds = 1 << 1;
/// A word of everyday language.
pub(super) const COMMON: Kinds = 1 << 2;
/// A place, a month, an office, a company: part of other proper names.
pub(super) const OTHER: Kinds = 1 << 3;
pub(super) const TITLE: Kinds = 1 << 4;
/// Introduces a name.
pub(super) const CUE: Kinds = 1 << 5;
/// Joins a person to what was said: by, with, told.
pub(super) const AGENT: Kinds = 1 << 6;
/// Stands in front of places.
pub(super) const PLACE: Kinds = 1 << 7;
pub(super) const DETERMINER: Kinds = 1 << 8;
/// What persons do.
pub(super) const VERB: Kinds = 1 << 9;
/// Makes a street, a company or a theorem of the name in front.
pub(super) const SUFFIX: Kinds = 1 << 10;
pub(super) const PARTICLE: Kinds = 1 << 11;

/// Number of kinds.
pub(super) const KINDS: usize = 12;

/// Longest word that is looked up, in bytes.
pub(super) const WORD_BYTES_MAX: usize = 32;

/// Slots of the table, a power of two and more than twice the words.
const SLOTS: usize = 1 << 17;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

/// Makes the table, so that no scan has to.
pub(super) fn prepare() {
    LazyLock::force(&LEXICON);
}

/// What a word is, whatever its case; nothing if it is not known.
#[inline]
pub(super) fn kinds(word: &[u8]) -> Kinds {
    if word.is_empty() || word.len() > WORD_BYTES_MAX {
        return 0;
    }
    LEXICON.find(hash(word))
}

/// Per slot the upper bits of a hash value and the kinds; 0 is free.
struct Lexicon(Box<[u32]>);

impl Lexicon {
    fn read() -> Self {
        let mut lexicon = Self(vec![0; SLOTS].into());
        let lists = [
            (GIVEN, include_str!("../../../classifiers/models/person/given.txt")),
            (SURNAME, include_str!("../../../classifiers/models/person/surnames.txt")),
            (COMMON, include_str!("../../../classifiers/models/person/common.txt")),
            (OTHER, include_str!("../../../classifiers/models/person/others.txt")),
        ];
        for (kind, list) in lists {
            list.lines().for_each(|word| lexicon.add(word, kind));
        }
        let context = include_str!("../../../classifiers/models/person/context.txt");
        for (name, words) in context.lines().filter_map(|line| line.split_once(": ")) {
            let kind = match name {
                "title" => TITLE,
                "cue" => CUE,
                "agent" => AGENT,
                "place" => PLACE,
                "determiner" => DETERMINER,
                "verb" => VERB,
                "suffix" => SUFFIX,
                "particle" => PARTICLE,
                _ => OTHER,
            };
            words.split(' ').for_each(|word| lexicon.add(word, kind));
        }
        lexicon
    }

    fn add(&mut self, word: &str, kind: Kinds) {
        let (place, check) = place(hash(word.as_bytes()));
        let slot = self.slot(place, check);
        self.0[slot] = check | self.0[slot] | u32::from(kind);
    }

    fn find(&self, hash: u64) -> Kinds {
        let (place, check) = place(hash);
        (self.0[self.slot(place, check)] & KIND_MASK) as Kinds
    }

    /// The slot that holds the word, or that would. There is one: not half of them are taken.
    fn slot(&self, place: usize, check: u32) -> usize {
        let is_it = |slot: &usize| self.0[*slot] == 0 || self.0[*slot] & !KIND_MASK == check;
        (0..SLOTS).map(|step| (place + step) % SLOTS).find(is_it).unwrap_or(place)
    }
}

const KIND_MASK: u32 = (1 << KINDS) - 1;

/// First slot of a hash value, and those of its bits that are kept there.
fn place(hash: u64) -> (usize, u32) {
    // No word is taken for a free slot.
    let check = (hash >> 32) as u32 & !KIND_MASK | 1 << KINDS;
    (hash as usize % SLOTS, check)
}

/// FNV-1a of the word in lower case, mixed.
fn hash(word: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    match str::from_utf8(if word.is_ascii() { &[] } else { word }) {
        Ok(text) if !text.is_empty() => {
            for char in text.chars().flat_map(char::to_lowercase) {
                char.encode_utf8(&mut [0; 4]).bytes().for_each(&mut add);
            }
        }
        _ => word.iter().for_each(|byte| add(byte.to_ascii_lowercase())),
    }
    hash ^ hash >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_kinds_in_any_case() {
        assert_eq!(kinds(b"Olivia") & (GIVEN | COMMON), GIVEN);
        assert_ne!(kinds("GARCÍA".as_bytes()) & SURNAME, 0);
        assert_ne!(kinds(b"street") & SUFFIX, 0);
        assert_eq!(kinds(b"Mrs") & TITLE, TITLE);
        assert_eq!(kinds(b"zxqv"), 0);
        assert_eq!(kinds(&[b'a'; WORD_BYTES_MAX + 1]), 0);
    }

    #[test]
    fn fewer_than_half_of_the_slots_are_taken() {
        let taken = LEXICON.0.iter().filter(|slot| **slot != 0).count();
        assert!(taken * 2 < SLOTS, "{taken}");
    }
}

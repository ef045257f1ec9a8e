//! Where names of persons may begin: at capital letters that begin a word, if the model knows the word or what stands beside it.

use super::judge::Surroundings;
use crate::classify::person;
use crate::matcher::Candidate;
use crate::matcher::classes::{self, BLOCK_BYTES, Wanted};

/// Appends candidates of the patterns of names.
pub(super) fn candidates(
    patterns: &[u32],
    around: &Surroundings<'_>,
    candidates: &mut Vec<Candidate>,
) {
    if patterns.is_empty() {
        return;
    }
    let text = around.text;
    let introduced = person::introduces(around.key);
    let mut behind_word = false;
    for (number, block) in text.chunks(BLOCK_BYTES).enumerate() {
        let letters = classes::letters(block, &Wanted::default());
        let words = letters.letter | letters.wide;
        let mut starts = (letters.upper | letters.wide) & !(words << 1 | u64::from(behind_word));
        behind_word = words >> (BLOCK_BYTES - 1) == 1;
        while starts != 0 {
            let at = number * BLOCK_BYTES + starts.trailing_zeros() as usize;
            starts &= starts - 1;
            if person::may_begin(text, at, introduced) {
                let at = at as u32;
                candidates.extend(patterns.iter().map(|pattern| Candidate {
                    pattern: *pattern,
                    first: at,
                    last: at,
                }));
            }
        }
    }
}

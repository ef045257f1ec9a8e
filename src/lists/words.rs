//! Words of a text, folded: what lists compare.
//!
//! A word is a row of letters and digits of any script that cannot be made longer. Case does not count (ASCII and the simple case folding of
//! Unicode); accents do, and so does how they are written: a text in decomposed form does not match a list in composed form. Bytes that are
//! no UTF-8 separate words. Scripts without spaces are one long word a sentence, in which no term is found.

use super::hash;
use std::sync::LazyLock;

/// Longest word that a list can hold, in bytes after folding.
pub const WORD_BYTES_MAX: usize = 128;
/// Longest stretch between two words of one term, in bytes.
pub const GAP_BYTES_MAX: usize = 16;

/// A word and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset one past the last byte.
    pub end: usize,
    /// Hash of the folded word; [`TOO_LONG`] for a word that no list can hold.
    pub hash: u64,
}

/// In place of the hash of a word of more than [`WORD_BYTES_MAX`] bytes.
pub const TOO_LONG: u64 = 0;

/// The character as words are compared; none if it is not part of a word.
pub fn fold(char: char) -> Option<char> {
    if char.is_ascii() {
        return char.is_ascii_alphanumeric().then(|| char.to_ascii_lowercase());
    }
    match u16::try_from(u32::from(char)) {
        Ok(unit) => FOLDED[usize::from(unit)].and_char(),
        Err(_) => fold_slowly(char),
    }
}

/// A folded character of the Basic Multilingual Plane, or 0 for what is not part of a word.
#[derive(Clone, Copy)]
struct Unit(u16);

impl Unit {
    fn and_char(self) -> Option<char> {
        char::from_u32(u32::from(self.0)).filter(|char| *char != '\0')
    }
}

static FOLDED: LazyLock<Box<[Unit]>> = LazyLock::new(|| {
    let unit = |number: u32| {
        let folded = char::from_u32(number).and_then(fold_slowly);
        Unit(folded.and_then(|char| u16::try_from(u32::from(char)).ok()).unwrap_or(0))
    };
    (0..=u32::from(u16::MAX)).map(unit).collect()
});

/// Prepares the table of characters, so that no scan has to.
pub fn prepare() {
    LazyLock::force(&FOLDED);
}

/// [`fold`] from the tables of the standard library: up, then down, where each is one character.
fn fold_slowly(char: char) -> Option<char> {
    if is_combining(char) {
        return Some(char);
    }
    if !char.is_alphanumeric() {
        return None;
    }
    // The dotless i is a letter of its own, whose upper case is that of another.
    if char == 'ı' {
        return Some(char);
    }
    let upper = only(char.to_uppercase()).unwrap_or(char);
    Some(only(upper.to_lowercase()).unwrap_or(upper))
}

/// Marks that belong to the letter before them: without them `cafe` would be found in `café` written in two characters.
fn is_combining(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// The character at `at` and its length; a replacement character of one byte where there is no valid UTF-8.
#[inline]
fn decode(text: &[u8], at: usize) -> (char, usize) {
    let lead = text[at];
    let len = match lead {
        0..=0x7f => return (char::from(lead), 1),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (char::REPLACEMENT_CHARACTER, 1),
    };
    let char = text.get(at..at + len).and_then(|bytes| str::from_utf8(bytes).ok());
    match char.and_then(|text| text.chars().next()) {
        Some(char) => (char, len),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

const BLOCK_BYTES: usize = 64;

/// Calls `visit` with every word of the text, in ascending order.
#[inline]
pub fn walk(text: &[u8], mut visit: impl FnMut(Word)) {
    // Where a run of ASCII letters, digits and bytes beyond ASCII began, and whether it has some of the latter.
    let (mut start, mut beyond_ascii) = (0, false);
    // Whether the last block ended in a run.
    let mut open = 0_u64;
    let mut emit = |start: usize, end: usize, beyond_ascii: bool| match beyond_ascii {
        false => visit(ascii_word(text, start, end)),
        true => split(text, start, end, &mut visit),
    };
    for (number, block) in text.chunks(BLOCK_BYTES).enumerate() {
        let base = number * BLOCK_BYTES;
        let (words, beyond) = masks(block);
        let shifted = words << 1 | open;
        // Starts and ends take turns, and an open run ends first: each is found without waiting for the other.
        let (mut starts, mut ends) = (words & !shifted, !words & shifted);
        let mut from = 0;
        while ends != 0 {
            let end = ends.trailing_zeros();
            ends &= ends - 1;
            if open == 0 {
                from = starts.trailing_zeros();
                starts &= starts - 1;
                start = base + from as usize;
                beyond_ascii = false;
            }
            open = 0;
            beyond_ascii |= beyond != 0 && beyond & low_bits(end) & !low_bits(from) != 0;
            emit(start, base + end as usize, beyond_ascii);
        }
        let unfinished = words >> (BLOCK_BYTES - 1);
        if unfinished != 0 {
            if open == 0 {
                from = starts.trailing_zeros();
                start = base + from as usize;
                beyond_ascii = false;
            }
            beyond_ascii |= beyond & !low_bits(from) != 0;
        }
        open = unfinished;
    }
    if open != 0 {
        emit(start, text.len(), beyond_ascii);
    }
}

#[inline]
fn low_bits(count: u32) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Per byte of a block, lowest bit first: whether it may belong to a word, and whether it is beyond ASCII.
#[inline]
fn masks(block: &[u8]) -> (u64, u64) {
    let mut bytes = [0; BLOCK_BYTES];
    bytes[..block.len()].copy_from_slice(block);
    let word = bytes.map(|byte| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        u8::from(letter | digit | (byte >= 0x80))
    });
    let beyond = bytes.map(|byte| byte >> 7);
    (gather(&word), gather(&beyond))
}

/// The lowest bits of the bytes.
#[inline]
fn gather(flags: &[u8; BLOCK_BYTES]) -> u64 {
    // The product brings the eight flags together in its highest byte.
    const TOGETHER: u64 = 0x0102_0408_1020_4080;
    flags.chunks_exact(8).enumerate().fold(0, |mask, (i, chunk)| {
        let chunk = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        mask | (chunk.wrapping_mul(TOGETHER) >> 56) << (8 * i)
    })
}

#[inline]
fn ascii_word(text: &[u8], start: usize, end: usize) -> Word {
    let hash = if end - start > WORD_BYTES_MAX { TOO_LONG } else { hash::ascii(text, start, end) };
    Word { start, end, hash }
}

/// The words of a run in which some bytes are beyond ASCII.
fn split(text: &[u8], start: usize, end: usize, visit: &mut impl FnMut(Word)) {
    let mut at = start;
    while at < end {
        let word = word_at(text, at);
        match word {
            Some(word) => {
                visit(word);
                at = word.end;
            }
            None => at += decode(text, at).1,
        }
    }
}

/// The word that begins at `start`, if the character there belongs to one.
fn word_at(text: &[u8], start: usize) -> Option<Word> {
    let mut folded = [0; WORD_BYTES_MAX];
    let mut len = 0;
    let mut end = start;
    while end < text.len() {
        let (char, bytes) = decode(text, end);
        let Some(char) = fold(char) else { break };
        if let Some(room) = folded.get_mut(len..len + char.len_utf8()) {
            char.encode_utf8(room);
            len += char.len_utf8();
        } else {
            len = WORD_BYTES_MAX + 1;
        }
        end += bytes;
    }
    if end == start {
        return None;
    }
    let hash = folded.get(..len).map_or(TOO_LONG, hash::bytes);
    Some(Word { start, end, hash })
}

/// The next letter or digit at or behind `at`, folded, and where it begins and ends.
#[inline]
pub fn next_char(text: &[u8], mut at: usize) -> Option<(char, usize, usize)> {
    while at < text.len() {
        let (char, bytes) = decode(text, at);
        if let Some(char) = fold(char) {
            return Some((char, at, at + bytes));
        }
        at += bytes;
    }
    None
}

/// Appends the folded letters and digits of a word to `folded`; false if they do not fit.
#[inline]
pub(super) fn fold_word(text: &[u8], word: Word, folded: &mut [u8], len: &mut usize) -> bool {
    let bytes = &text[word.start..word.end];
    if bytes.is_ascii() {
        let Some(room) = folded.get_mut(*len..*len + bytes.len()) else { return false };
        room.copy_from_slice(bytes);
        room.make_ascii_lowercase();
        *len += bytes.len();
        return true;
    }
    let mut at = word.start;
    while at < word.end {
        let Some((char, _, end)) = next_char(text, at) else { return true };
        let Some(room) = folded.get_mut(*len..*len + char.len_utf8()) else { return false };
        char.encode_utf8(room);
        *len += char.len_utf8();
        at = end;
    }
    true
}

/// The word behind one that ends at `end`, and a number for what stands between the two: 0 for white space, hyphens and underscores only,
/// which all count the same. None at the end of the text and where the next word is more than [`GAP_BYTES_MAX`] bytes away.
pub fn next(text: &[u8], end: usize) -> Option<(u64, Word)> {
    let mut between = [0; GAP_BYTES_MAX];
    let mut len = 0;
    let mut at = end;
    while at < text.len() && at <= end + GAP_BYTES_MAX {
        let (char, bytes) = decode(text, at);
        if let Some(word) = fold(char).and_then(|_| word_at(text, at)) {
            let gap = if len == 0 { 0 } else { hash::bytes(&between[..len]) };
            return Some((gap, word));
        }
        if let Some(mark) = mark(char) {
            between.get_mut(len..len + mark.len_utf8()).map(|room| mark.encode_utf8(room))?;
            len += mark.len_utf8();
        }
        at += bytes;
    }
    None
}

/// What a character between two words counts as; none if it only keeps them apart.
fn mark(char: char) -> Option<char> {
    match char {
        '-' | '_' | '\u{a0}' | '\u{ad}' | '\u{2010}' | '\u{2011}' | '\u{202f}' => None,
        _ if char.is_ascii_whitespace() => None,
        '\u{2019}' => Some('\''),
        _ => Some(char),
    }
}

/// The reference: every word of the text with its folded form, by the standard library alone.
pub fn naive(text: &[u8]) -> Vec<(usize, usize, String)> {
    let mut words: Vec<(usize, usize, String)> = Vec::new();
    let mut at = 0;
    for chunk in text.utf8_chunks() {
        for char in chunk.valid().chars() {
            let end = at + char.len_utf8();
            let folded = match char.is_ascii() {
                true => char.is_ascii_alphanumeric().then(|| char.to_ascii_lowercase()),
                false => fold_slowly(char),
            };
            if let Some(folded) = folded {
                match words.last_mut().filter(|word| word.1 == at) {
                    Some(word) => {
                        word.1 = end;
                        word.2.push(folded);
                    }
                    None => words.push((at, end, folded.to_string())),
                }
            }
            at = end;
        }
        at += chunk.invalid().len();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn walked(text: &[u8]) -> Vec<Word> {
        let mut words = Vec::new();
        walk(text, |word| words.push(word));
        words
    }

    fn expected(text: &[u8]) -> Vec<Word> {
        let word = |(start, end, folded): (usize, usize, String)| {
            let long = folded.len() > WORD_BYTES_MAX;
            let hash = if long { TOO_LONG } else { hash::bytes(folded.as_bytes()) };
            Word { start, end, hash }
        };
        naive(text).into_iter().map(word).collect()
    }

    #[test]
    fn words_end_where_letters_and_digits_do() {
        let check = |text: &str, expect: &[&str]| {
            let words = walked(text.as_bytes());
            let found: Vec<_> = words.iter().map(|word| &text[word.start..word.end]).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("", &[]);
        check("a", &["a"]);
        check("Zoë said “hi” – twice_over, x2.", &["Zoë", "said", "hi", "twice", "over", "x2"]);
        check("naïve\u{a0}café日本語 ok", &["naïve", "café日本語", "ok"]);
    }

    #[test]
    fn case_does_not_count_and_accents_do() {
        let same = |a: &str, b: &str| {
            let (a, b) = (walked(a.as_bytes()), walked(b.as_bytes()));
            a.len() == 1 && b.len() == 1 && a[0].hash == b[0].hash
        };
        for (a, b) in [
            ("MÜLLER", "müller"),
            ("ΟΔΟΣ", "οδος"),
            ("οδός", "ΟΔΌΣ"),
            ("ſ", "S"),
            ("\u{212a}elvin", "Kelvin"),
            ("STRAẞE", "straße"),
            ("ЖУК", "жук"),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("muller", "müller"),
            ("kırmızı", "kirmizi"),
            ("strasse", "straße"),
            ("cafe", "cafe\u{301}"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn gaps_of_spaces_and_hyphens_are_the_same() {
        let gap = |text: &str| {
            let first = walked(text.as_bytes())[0];
            next(text.as_bytes(), first.end).map(|(gap, _)| gap)
        };
        for text in ["a b", "a-b", "a \n\t b", "a_b", "a\u{a0}b", "a\u{2011}b"] {
            assert_eq!(gap(text), Some(0), "{text}");
        }
        assert_eq!(gap("O'Brien"), gap("O\u{2019}Brien"));
        assert_ne!(gap("O'Brien"), gap("O Brien"));
        assert_eq!(gap("J. Smith"), gap("J.Smith"));
        for text in ["a", "a ", "a                  b", "a.................b"] {
            assert_eq!(gap(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_walk_agrees_with_the_reference(text in "[a-cA-C0 .\\-éÉß“日\u{1f600}İ\u{301}\u{10428}]{0,200}") {
            prop_assert_eq!(walked(text.as_bytes()), expected(text.as_bytes()));
        }

        #[test]
        fn the_walk_takes_any_bytes(
            pieces in prop::collection::vec(
                prop_oneof![any::<[u8; 1]>().prop_map(Vec::from), Just("abcé".repeat(40).into_bytes())], 0..150),
        ) {
            let text = pieces.concat();
            prop_assert_eq!(walked(&text), expected(&text));
        }
    }
}

//! What may be encoded at the end of a text that is still arriving.
//!
//! A [`Watch`] is shown every byte once and in order. It follows the runs in which something can be encoded, and knows where the ones that
//! are not over began: a view of the text in front of these is final, and one of what is behind is not. When a run ends that a decoder may
//! read, it says so. It is generous: whether anything is decoded, the decoders say.

mod rows;
mod signs;
mod tokens;
mod wide;

use rows::{Digits, Letters, List, Words};
use signs::Signs;
use tokens::Tokens;
use wide::Wide;

/// Follows the end of a text. Places are offsets from the beginning of the text, whatever of it is still there.
#[derive(Debug, Default)]
pub struct Watch {
    at: usize,
    noticed: usize,
    signs: Signs,
    wide: Wide,
    tokens: Tokens,
    digits: Digits,
    list: List,
    letters: Letters,
    words: Words,
}

/// A run that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Where it began.
    pub start: usize,
    /// The earliest place at which a value may begin that goes on in the run.
    pub hold: usize,
}

impl Open {
    /// The run and what was alive in front of it.
    fn new(start: usize, alive: usize) -> Self {
        Self { start, hold: alive.min(start) }
    }

    fn and(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), hold: self.hold.min(other.hold) }
    }
}

/// The next byte, and what is known of the text up to it.
#[derive(Clone, Copy)]
struct Next<'t> {
    text: &'t [u8],
    /// Place of the first byte of `text`.
    base: usize,
    at: usize,
    byte: u8,
    /// The earliest place in front of the byte at which a value may have begun that is not over.
    alive: usize,
}

impl<'t> Next<'t> {
    /// The text from a place on, the byte included.
    fn since(&self, place: usize) -> &'t [u8] {
        &self.text[place.saturating_sub(self.base)..=self.at - self.base]
    }

    /// The text from a place on, without the byte.
    fn before(&self, place: usize) -> &'t [u8] {
        &self.text[place.saturating_sub(self.base).min(self.at - self.base)..self.at - self.base]
    }
}

impl Watch {
    /// One that has seen as many bytes, in which nothing is open.
    pub fn new(at: usize) -> Self {
        Self { at, ..Self::default() }
    }

    /// The length of the text at the start that is to be shown at once: up to the next byte with which a run may begin that goes on with a
    /// value in front of it.
    pub fn step(text: &[u8], before: Option<u8>) -> usize {
        let mut last = match (before, text.first()) {
            (_, Some(first)) => *first,
            _ => return text.len(),
        };
        let rest = text[1..].iter().take(STEP_BYTES_MAX - 1);
        let edge = rest
            .enumerate()
            .find(|(_, byte)| is_edge(std::mem::replace(&mut last, **byte), **byte));
        edge.map_or(text.len().min(STEP_BYTES_MAX), |(at, _)| at + 1)
    }

    /// Shows the rest of the text, whose first byte is at `base`. `alive` is the earliest place in front of what is new at which a value may
    /// have begun that is not over.
    pub fn feed(&mut self, text: &[u8], base: usize, alive: usize) {
        for at in self.at..base + text.len() {
            let next = Next { text, base, at, byte: text[at - base], alive };
            let noticed = self.signs.feed(&next)
                | self.wide.feed(&next)
                | self.tokens.feed(&next)
                | self.digits.feed(&next)
                | self.list.feed(&next)
                | self.letters.feed(&next)
                | self.words.feed(&next);
            if noticed {
                self.noticed = at + 1;
            }
        }
        self.at = self.at.max(base + text.len());
    }

    /// The runs that are not over.
    pub fn open(&self) -> Option<Open> {
        let runs = [
            self.signs.open(),
            self.wide.open(),
            self.tokens.open(),
            self.digits.open(),
            self.list.open(),
            self.letters.open(),
            self.words.open(),
        ];
        runs.into_iter().flatten().reduce(Open::and)
    }

    /// Where the last run ended that a decoder may read; 0 if there was none.
    pub fn noticed(&self) -> usize {
        self.noticed
    }
}

/// Bytes that are shown at once.
const STEP_BYTES_MAX: usize = 256;

/// Whether a run may begin with a byte, of which a value is part that begins in front of it.
fn is_edge(before: u8, byte: u8) -> bool {
    signs::is_sign(byte)
        || byte >= 0x80 && before < 0x80
        || before.is_ascii_digit() && rows::is_gap(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the first run that is not over began, and whether one was noticed that may be decoded; whatever the pieces are.
    fn check(text: &str, open: Option<usize>, noticed: bool) {
        for len in [1, 3, text.len()] {
            let (mut watch, mut end) = (Watch::default(), 0);
            while end < text.len() {
                end = text.len().min(end + len);
                watch.feed(&text.as_bytes()[..end], 0, end);
            }
            let start = watch.open().map(|open| open.start);
            assert_eq!((start, watch.noticed() > 0), (open, noticed), "{text}");
        }
    }

    #[test]
    fn prose_is_open_at_its_last_word_only() {
        check("plain words of prose, (really) so. ", None, false);
        check("see wor", Some(4), false);
        check("50% of A & B is \"so\", it's so ", None, false);
        check("in 2024, ", Some(3), false);
        check("in 2024, we had 10 or 12 of the two of us. ", None, false);
        check("“so” it is – or is it? ", None, false);
        check("Комитет — и кофе ", None, false);
        check("委员会，", Some(9), false);
        check("d2f1c0b6e6e84a5a9c1a7f1c2f0e6b7d51234567 so. ", None, false);
    }

    #[test]
    fn runs_are_open_until_they_end() {
        for (text, start) in [
            ("see %41", 4),
            ("see &am", 4),
            ("see \\u00", 4),
            ("see =41ab", 4),
            ("see =?utf-8?Q?a b", 4),
            ("a \"b\" + ", 4),
            ("see 4 1 1 ", 4),
            ("see a-b-", 4),
            ("see four one ", 4),
            ("see 0x41, 0x42", 4),
            ("see \u{200b}", 4),
            ("see Аb", 4),
            ("see amFuZS5kb2VAZXhhb", 4),
        ] {
            check(text, Some(start), false);
        }
    }

    #[test]
    fn runs_that_may_be_decoded_are_noticed() {
        for text in [
            "%41 ",
            "&amp; ",
            "\\u0041 ",
            "=41=42 ",
            "=?utf-8?Q?a=40b?= x ",
            "+AEE- ",
            "\"a\" + \"b ",
            "a\0b\0 c ",
            "4 1 1 1 1 1 1 1 1 x ",
            "a-b-c-d-e-f-g-h ",
            "four one one one one one one one one x ",
            "0x41, 0x42, 0x43, 0x44, 0x45, 0x46 x ",
            "don’t ",
            "4\u{200b}1 ",
            "amFuZS5kb2VAZXhhbXBsZS5jb20 ",
            "moc.elpmaxe@eod.enaj ",
            "xn--bcher-kva.example ",
        ] {
            check(&format!("{text}so. "), None, true);
        }
    }

    #[test]
    fn what_is_alive_in_front_of_a_run_is_held_with_it() {
        let text = b"jane.doe%40example";
        let mut watch = Watch::default();
        watch.feed(&text[..8], 0, 0);
        watch.feed(&text[..10], 0, 3);
        assert_eq!(watch.open(), Some(Open { start: 8, hold: 3 }));
    }

    #[test]
    fn a_long_token_that_calls_for_nothing_is_held_in_part() {
        let text = "-".repeat(100_000);
        let mut watch = Watch::default();
        watch.feed(text.as_bytes(), 0, 0);
        assert!(watch.open().is_some_and(|open| text.len() - open.start <= 512));
    }
}

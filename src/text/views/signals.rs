//! One cheap pass that says which views of a text are worth making.
//!
//! Blocks of 64 bytes are summed up without branches, so that the compiler makes vector instructions of it; only a block in which
//! something looks encoded is looked at byte by byte. Prose, code and JSON in plain ASCII hardly ever have one.

use std::ops::BitOrAssign;

/// What a text has that could be an encoding. A set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals(u32);

impl Signals {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Bytes beyond ASCII.
    pub const NON_ASCII: Self = Self(1);
    /// `%41`.
    pub const PERCENT: Self = Self(1 << 1);
    /// `&#65;`, `&amp;`.
    pub const ENTITY: Self = Self(1 << 2);
    /// A backslash in front of something.
    pub const BACKSLASH: Self = Self(1 << 3);
    /// `=41`, or `=` at the end of a line.
    pub const QUOTED: Self = Self(1 << 4);
    /// `=?`.
    pub const MIME: Self = Self(1 << 5);
    /// `+A`.
    pub const UTF7: Self = Self(1 << 6);
    /// A plus with quotes around it.
    pub const GLUE: Self = Self(1 << 7);
    /// NUL bytes.
    pub const NUL: Self = Self(1 << 8);
    /// Eight bytes in a row as only tokens have them.
    pub const TOKEN: Self = Self(1 << 9);
    /// Many digits close together.
    pub const DIGITS: Self = Self(1 << 10);
    /// Many short words close together.
    pub const SPACED: Self = Self(1 << 11);
    /// Words that stand for digits.
    pub const WORDS: Self = Self(1 << 12);

    /// True if a flag of `other` is set.
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// This set and `other` together.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Looks at a text.
    pub fn of(text: &[u8]) -> Self {
        let mut signals = Self::NONE;
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        for (i, block) in blocks.iter().enumerate() {
            let sum = sum(block);
            if sum.is_interesting() {
                signals |= sum.signals(text, i * BLOCK, BLOCK);
            }
        }
        if !rest.is_empty() {
            let mut block = [b' '; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            signals |= sum(&block).signals(text, blocks.len() * BLOCK, rest.len());
        }
        if text.len() >= words::BYTES_MIN && words::sampled(text) {
            signals |= Self::WORDS;
        }
        signals
    }
}

impl BitOrAssign for Signals {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

const BLOCK: usize = 64;
/// Digits in a block from which on they may be one number that was split: half of a card number.
const DIGITS_MIN: u8 = 8;
/// Words of one character in a block; prose and code have a few, letters with a sign between each up to thirty.
const SINGLES_MIN: u8 = 8;

/// What a block holds.
struct Sum {
    /// All bytes or-ed.
    union: u8,
    /// Not 0 if there is a byte that begins an encoding.
    rare: u8,
    digits: u8,
    singles: u8,
    /// Eight bytes in a row, at a multiple of eight, without a space, quote or bracket and not all in lower case.
    token: bool,
}

fn sum(block: &[u8; BLOCK]) -> Sum {
    let (mut union, mut rare, mut digits, mut singles) = (0, 0, 0, 0);
    for &byte in block {
        union |= byte;
        rare |= u8::from(byte == b'%')
            | u8::from(byte == b'&')
            | u8::from(byte == b'\\')
            | u8::from(byte == b'=')
            | u8::from(byte == b'+')
            | u8::from(byte == 0);
        digits += u8::from(byte.wrapping_sub(b'0') < 10);
    }
    for i in 0..BLOCK - 2 {
        let [before, byte, after] = [block[i], block[i + 1], block[i + 2]];
        let letter = u8::from(byte >= b'0') & u8::from(byte < b'{') & u8::from(byte != b'=');
        singles += u8::from(before < b'0') & letter & u8::from(after < b'0');
    }
    let (lanes, _) = block.as_chunks::<8>();
    let mut token = false;
    for lane in lanes {
        let word = u64::from_le_bytes(*lane);
        token |= below(word, b'+') == 0 && below(word, b'`') != 0;
    }
    Sum { union, rare, digits, singles, token }
}

/// Not 0 if a byte of the word is less than `limit`, which is at most 128.
const fn below(word: u64, limit: u8) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    word.wrapping_sub(LOW * limit as u64) & !word & HIGH
}

impl Sum {
    const fn is_interesting(&self) -> bool {
        self.union >= 0x80
            || self.rare != 0
            || self.token
            || self.digits >= DIGITS_MIN
            || self.singles >= SINGLES_MIN
    }

    fn signals(&self, text: &[u8], start: usize, len: usize) -> Signals {
        let mut signals = Signals::NONE;
        let mut set = |flag, is: bool| signals |= if is { flag } else { Signals::NONE };
        set(Signals::NON_ASCII, self.union >= 0x80);
        set(Signals::TOKEN, self.token);
        set(Signals::DIGITS, self.digits >= DIGITS_MIN);
        set(Signals::SPACED, self.singles >= SINGLES_MIN);
        if self.rare != 0 {
            for at in start..start + len {
                signals |= at_byte(text, at);
            }
        }
        signals
    }
}

/// What the byte at a place begins.
fn at_byte(text: &[u8], at: usize) -> Signals {
    let next = |ahead: usize| text.get(at + ahead).copied().unwrap_or_default();
    let when = |flag, is: bool| if is { flag } else { Signals::NONE };
    match text[at] {
        b'%' => when(Signals::PERCENT, next(1).is_ascii_hexdigit() || next(1) | 0x20 == b'u'),
        b'&' => when(Signals::ENTITY, next(1) == b'#' || next(1).is_ascii_alphabetic()),
        b'\\' => when(Signals::BACKSLASH, !matches!(next(1), 0 | b' ')),
        b'=' => {
            let hex = next(1).is_ascii_hexdigit() && next(2).is_ascii_hexdigit();
            let quoted = when(Signals::QUOTED, hex || matches!(next(1), b'\r' | b'\n'));
            quoted.or(when(Signals::MIME, next(1) == b'?'))
        }
        b'+' => {
            let before = text[..at].iter().rev().find(|byte| !byte.is_ascii_whitespace());
            let glue = before.is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`'));
            when(Signals::UTF7, next(1).is_ascii_uppercase()).or(when(Signals::GLUE, glue))
        }
        0 => Signals::NUL,
        _ => Signals::NONE,
    }
}

/// Numbers written as words are long: a sample now and then meets them.
mod words {
    /// Shorter texts have no room for nine of them.
    pub(super) const BYTES_MIN: usize = 32;
    const STEP: usize = 32;
    /// Bytes in which a word must begin.
    const REACH: usize = 7;

    pub(super) fn sampled(text: &[u8]) -> bool {
        // One such word is prose, two in a row are a number.
        (0..text.len())
            .step_by(STEP)
            .any(|at| word_behind(text, at).is_some_and(|next| word_behind(text, next).is_some()))
    }

    /// The place of the next word, if that is a digit.
    fn word_behind(text: &[u8], at: usize) -> Option<usize> {
        let rest = &text[at..text.len().min(at + REACH + 3)];
        let gap = rest.iter().position(|byte| matches!(byte, b' ' | b'-' | b','))?;
        let word = rest.get(gap + 1..gap + 4)?;
        is_start(word).then_some(at + gap + 1)
    }

    /// The first letters of the English digits, which hardly any other words share.
    fn is_start(word: &[u8]) -> bool {
        let &[a, b, c] = word else { return false };
        let key = [a | 0x20, b | 0x20, c | 0x20];
        matches!(
            &key,
            b"zer" | b"one" | b"two" | b"thr" | b"fou" | b"fiv" | b"six" | b"sev" | b"eig" | b"nin"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Signals) {
        assert_eq!(Signals::of(text.as_bytes()), expect, "{text}");
        let far = [&"word and ".repeat(30), text, &" and word".repeat(30)].concat();
        assert!(Signals::of(far.as_bytes()).any(expect) || expect == Signals::NONE, "far: {text}");
    }

    #[test]
    fn encodings_are_noticed_and_prose_is_not() {
        check("The quick brown fox, \"jumps\" over 3 dogs; at 10:45 (or so).", Signals::NONE);
        check("if (a == b) { return c + 1; } else { x = y; }", Signals::NONE);
        check("caf\u{e9}", Signals::NON_ASCII);
        check("a%41", Signals::PERCENT);
        check("100% of all", Signals::NONE);
        check("a &#65; b", Signals::ENTITY);
        check("a & b", Signals::NONE);
        check("\\x41", Signals::BACKSLASH);
        check("a=41", Signals::QUOTED);
        check("x y =?utf-8?", Signals::MIME);
        check("+AGE-", Signals::UTF7);
        check("'a' + 'b'", Signals::GLUE);
        check("a\0b", Signals::NUL);
        check("4 1 1 1 1 1 1 1 1", Signals::DIGITS.or(Signals::SPACED));
        check("QUtJQUlPU0ZPRE5ON0VYQU1QTEU", Signals::TOKEN);
        check("one of the three", Signals::NONE);
        check("call one two three four five six seven eight nine zero", Signals::WORDS);
    }

    #[test]
    fn bytes_are_compared_in_words() {
        for byte in 0..=255_u8 {
            let word = u64::from_le_bytes([b'z', b'z', b'z', byte, b'z', b'z', b'z', b'z']);
            assert_eq!(below(word, b'+') != 0, byte < b'+', "{byte}");
        }
    }
}

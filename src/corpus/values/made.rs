//! What a constructor gives: the characters of a value without separators, and which one of them is the check character.

use super::super::random::Random;
use super::digit::luhn;

/// A constructed value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::corpus) struct Made {
    /// Its characters as they are stored, without separators.
    pub(in crate::corpus) text: String,
    /// Byte index of a check character: any other character of its class there makes the value wrong.
    pub(in crate::corpus) check: Option<usize>,
}

impl Made {
    /// A value without a check character.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), check: None }
    }

    /// A value whose check character is the last one.
    pub(super) fn last(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { check: text.len().checked_sub(1), text }
    }

    /// A value whose check character stands at this index.
    pub(super) fn at(text: impl Into<String>, check: usize) -> Self {
        Self { text: text.into(), check: Some(check) }
    }

    /// The value with another check character of the same class; `None` where there is no check.
    pub(in crate::corpus) fn broken(&self, random: &mut Random) -> Option<String> {
        let place = self.check?;
        let mut bytes = self.text.clone().into_bytes();
        let byte = bytes.get_mut(place)?;
        *byte = match *byte {
            b'0'..=b'9' => b'0' + (*byte - b'0' + random.between(1, 9) as u8) % 10,
            b'A'..=b'Z' => b'A' + (*byte - b'A' + random.between(1, 25) as u8) % 26,
            b'a'..=b'z' => b'a' + (*byte - b'a' + random.between(1, 25) as u8) % 26,
            _ => return None,
        };
        String::from_utf8(bytes).ok()
    }

    /// The value with one digit more, which is not its Luhn digit: some numbers exist in several lengths.
    pub(in crate::corpus) fn longer(&self, random: &mut Random) -> String {
        let digit = random.below(10) as u8;
        let digit = if digit == luhn(&values(&self.text)) { (digit + 1) % 10 } else { digit };
        format!("{}{digit}", self.text)
    }
}

/// A birth date of somebody who is an adult and alive: the calendar's odd ends are left to the validators' own tests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Birth {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

impl Birth {
    pub(super) fn draw(random: &mut Random) -> Self {
        Self {
            year: random.between(1942, 2005),
            month: random.between(1, 12),
            day: random.between(1, 28),
        }
    }

    pub(super) const fn short_year(self) -> u32 {
        self.year % 100
    }

    pub(super) fn yymmdd(self) -> String {
        format!("{:02}{:02}{:02}", self.short_year(), self.month, self.day)
    }

    pub(super) fn ddmmyy(self) -> String {
        format!("{:02}{:02}{:02}", self.day, self.month, self.short_year())
    }

    pub(super) fn yyyymmdd(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

/// `n` letters of an alphabet.
pub(super) fn letters(random: &mut Random, alphabet: &[u8], n: usize) -> String {
    (0..n).map(|_| char::from(random.byte(alphabet))).collect()
}

/// The digit values of a text of digits; other characters count as 0.
pub(super) fn values(text: &str) -> Vec<u8> {
    text.bytes()
        .map(|byte| byte.wrapping_sub(b'0'))
        .map(|digit| if digit < 10 { digit } else { 0 })
        .collect()
}

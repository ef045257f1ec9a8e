//! Digits, letters, codes and words in a row.

use super::{Next, Open};
use crate::text::views::decode::{digits, hex, letters, words};

/// Whether a byte can stand between two groups of digits.
pub(super) const fn is_gap(byte: u8) -> bool {
    digits::is_gap(byte)
}

/// Groups of digits that may be one number.
#[derive(Debug, Default)]
pub(super) struct Digits {
    row: Option<Row>,
}

#[derive(Debug)]
struct Row {
    open: Open,
    digits: usize,
    /// The groups with the same gap between each two of them.
    even: Part,
    /// The last group.
    last: Part,
    groups: usize,
    gap: [u8; digits::GAP_BYTES_MAX],
    gap_len: usize,
    even_gap: ([u8; digits::GAP_BYTES_MAX], usize),
}

#[derive(Clone, Copy, Debug, Default)]
struct Part {
    start: usize,
    digits: usize,
}

impl Digits {
    pub(super) fn feed(&mut self, next: &Next<'_>) -> bool {
        let digit = next.byte.is_ascii_digit();
        let Some(row) = &mut self.row else {
            if digit {
                let first = Part { start: next.at, digits: 1 };
                let open = Open { start: next.at, hold: next.at };
                self.row = Some(Row {
                    open,
                    digits: 1,
                    even: first,
                    last: first,
                    groups: 1,
                    gap: Default::default(),
                    gap_len: 0,
                    even_gap: Default::default(),
                });
            }
            return false;
        };
        if digit {
            row.digit(next.at);
            false
        } else if is_gap(next.byte) && row.gap_len < digits::GAP_BYTES_MAX {
            if row.groups == 1 && row.gap_len == 0 {
                row.open.hold = row.open.hold.min(next.alive);
            }
            row.gap[row.gap_len] = next.byte;
            row.gap_len += 1;
            false
        } else {
            let noticed = row.groups > 1 && row.digits >= *digits::DIGITS.start();
            self.row = None;
            noticed
        }
    }

    pub(super) fn open(&self) -> Option<Open> {
        self.row.as_ref().and_then(Row::open)
    }
}

impl Row {
    fn digit(&mut self, at: usize) {
        if self.gap_len > 0 {
            let gap = (self.gap, self.gap_len);
            if self.groups == 1 || gap != self.even_gap {
                (self.even, self.even_gap) = (self.last, gap);
            }
            self.last = Part { start: at, digits: 0 };
            self.groups += 1;
            (self.gap, self.gap_len) = Default::default();
        }
        for part in [&mut self.last, &mut self.even] {
            part.digits += 1;
        }
        self.digits += 1;
    }

    /// Groups that are too many digits together are no number.
    fn open(&self) -> Option<Open> {
        let fits = |digits: usize| digits <= *digits::DIGITS.end();
        if fits(self.digits) {
            return Some(self.open);
        }
        let part = [self.even, self.last].into_iter().find(|part| fits(part.digits))?;
        Some(Open { start: part.start, hold: part.start })
    }
}

/// Codes of characters: `41 42`, `0x41, 0x42`, `65,66`.
#[derive(Debug, Default)]
pub(super) struct List {
    start: Option<usize>,
    /// Where the item at the end began.
    item: usize,
    items: usize,
    /// Bytes behind the last item.
    gap: usize,
    /// It cannot be a list of these.
    not_hex: bool,
    not_decimal: bool,
}

impl List {
    pub(super) fn feed(&mut self, next: &Next<'_>) -> bool {
        if next.byte.is_ascii_alphanumeric() {
            if self.start.is_none() {
                *self = Self { start: Some(next.at), item: next.at, ..Self::default() };
            } else if self.gap > 0 {
                (self.item, self.gap) = (next.at, 0);
            }
            return false;
        }
        if self.start.is_none() {
            return false;
        }
        let noticed = self.items >= hex::ITEMS_MIN;
        if self.gap == 0 && !self.item(next.before(self.item)) {
            self.start = None;
            return noticed;
        }
        self.gap += 1;
        if hex::is_gap(next.byte) && self.gap <= hex::GAP_BYTES_MAX {
            return false;
        }
        self.start = None;
        self.items >= hex::ITEMS_MIN
    }

    pub(super) fn open(&self) -> Option<Open> {
        // A word by itself is a token.
        let start = self.start.filter(|_| self.items > 0)?;
        Some(Open { start, hold: start })
    }

    /// Takes an item that is whole; false if it is none.
    fn item(&mut self, bytes: &[u8]) -> bool {
        let [hex, decimal] = hex::may_be_item(bytes);
        self.not_hex |= !hex;
        self.not_decimal |= !decimal;
        self.items += 1;
        !(self.not_hex && self.not_decimal)
    }
}

/// Letters with the same sign between each two of them.
#[derive(Debug, Default)]
pub(super) struct Letters {
    start: Option<usize>,
    sign: u8,
    /// The byte in front.
    last: u8,
    count: usize,
}

impl Letters {
    pub(super) fn feed(&mut self, next: &Next<'_>) -> bool {
        let last = std::mem::replace(&mut self.last, next.byte);
        let mut noticed = false;
        if let Some(start) = self.start {
            let fits = if (next.at - start).is_multiple_of(2) {
                self.count += 1;
                next.byte.is_ascii_graphic() && next.byte != self.sign
            } else {
                next.byte == self.sign
            };
            if fits {
                return false;
            }
            noticed = self.count >= letters::LETTERS_MIN;
            self.start = None;
        }
        if letters::is_sign(next.byte) && last.is_ascii_graphic() && is_alone(next) {
            *self = Self { start: Some(next.at - 1), sign: next.byte, last: next.byte, count: 1 };
        }
        noticed
    }

    pub(super) fn open(&self) -> Option<Open> {
        // A sign behind a word is prose.
        let start = self.start.filter(|_| self.count > 1)?;
        Some(Open { start, hold: start })
    }
}

/// Whether the byte in front of this one does not end a word.
fn is_alone(next: &Next<'_>) -> bool {
    let before = (next.at - next.base).checked_sub(2).map(|at| next.text[at]);
    before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// Numbers written as words.
#[derive(Debug, Default)]
pub(super) struct Words {
    start: Option<usize>,
    /// Where the word at the end began.
    word: Option<usize>,
    digits: usize,
    gap: usize,
}

impl Words {
    pub(super) fn feed(&mut self, next: &Next<'_>) -> bool {
        if next.byte.is_ascii_alphabetic() {
            self.word.get_or_insert(next.at);
            return false;
        }
        if let Some(word) = self.word.take() {
            let Some(digits) = words::digits_of(next.before(word)) else { return self.close() };
            self.start.get_or_insert(word);
            self.digits += digits;
            self.gap = 0;
        }
        if self.start.is_none() {
            return false;
        }
        self.gap += 1;
        if self.gap > words::GAP_BYTES_MAX || next.byte.is_ascii_digit() {
            return self.close();
        }
        false
    }

    pub(super) fn open(&self) -> Option<Open> {
        self.start.map(|start| Open { start, hold: start })
    }

    fn close(&mut self) -> bool {
        let digits = std::mem::take(self).digits;
        digits >= words::DIGITS_MIN
    }
}

//! Digits written as words: `four one one one`, `double five`.
//!
//! What is joined may never have been one number, so that a finding here counts only if a validator agrees.

use crate::base::Span;
use crate::text::views::view::Builder;

/// Digits from which on words are a number.
pub(in crate::text::views) const DIGITS_MIN: usize = 9;
/// Bytes between two words.
pub(in crate::text::views) const GAP_BYTES_MAX: usize = 3;

const WORDS: [(&[u8], u8); 11] = [
    (b"zero", b'0'),
    (b"oh", b'0'),
    (b"one", b'1'),
    (b"two", b'2'),
    (b"three", b'3'),
    (b"four", b'4'),
    (b"five", b'5'),
    (b"six", b'6'),
    (b"seven", b'7'),
    (b"eight", b'8'),
    (b"nine", b'9'),
];

const TIMES: [(&[u8], usize); 2] = [(b"double", 2), (b"triple", COUNT_MAX)];
/// Digits that one word can stand for.
const COUNT_MAX: usize = 3;

/// Shows every row of number words in a segment as digits.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut at = segment.start;
    let mut row: Vec<Word> = Vec::new();
    let mut times = None;
    loop {
        let rest = &part[at..];
        let gap = rest.iter().position(u8::is_ascii_alphabetic);
        let word_at = gap.map(|gap| at + gap);
        let apart =
            gap.is_none_or(|gap| gap > GAP_BYTES_MAX || rest[..gap].iter().any(u8::is_ascii_digit));
        let len = word_at.map_or(0, |at| {
            part[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
        });
        let word = word_at.map(|at| &part[at..at + len]).unwrap_or_default();
        let start = word_at.unwrap_or(part.len());
        if apart {
            flush(&mut row, out);
            times = None;
        }
        if let Some((_, count)) = TIMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
            times = Some((start, *count));
        } else if let Some((_, digit)) =
            WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word))
        {
            let (from, count) = times.take().unwrap_or((start, 1));
            row.push(Word { span: Span::new(from, start + len), digit: *digit, count });
        } else {
            flush(&mut row, out);
            times = None;
        }
        if word_at.is_none() {
            return;
        }
        at = start + len;
    }
}

/// How many digits a word of a row stands for, at most; none if it is no such word.
pub(in crate::text::views) fn digits_of(word: &[u8]) -> Option<usize> {
    if !(2..=6).contains(&word.len()) {
        return None;
    }
    let is = |name: &[u8]| name.eq_ignore_ascii_case(word);
    let times = TIMES.iter().find(|(name, _)| is(name)).map(|(_, count)| *count);
    times.or_else(|| WORDS.iter().any(|(name, _)| is(name)).then_some(1))
}

/// A word, and the digits that it stands for.
struct Word {
    span: Span,
    digit: u8,
    count: usize,
}

/// Reports the words of a row if they are a number, and forgets them.
fn flush(row: &mut Vec<Word>, out: &mut Builder<'_>) {
    if row.iter().map(|word| word.count).sum::<usize>() >= DIGITS_MIN {
        let mut end = None;
        for word in row.iter() {
            if let Some(end) = end {
                out.unit(Span::new(end, word.span.start), &[]);
            }
            out.unit(word.span, &[word.digit; COUNT_MAX][..word.count]);
            end = Some(word.span.end);
        }
    }
    row.clear();
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn words_become_digits() {
        check(
            decode,
            &[
                (
                    "it is four one one one, double two three four five six, ok",
                    "it is 4111223456, ok",
                ),
                ("Nine-EIGHT-seven-six-five-four-three-two-one", "987654321"),
                ("one two three", ""),
                ("one of the two, or three of four five six seven", ""),
                ("one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9", ""),
                ("", ""),
            ],
        );
        check_raw(
            decode,
            "x one two three four five six seven eight nine y",
            "789",
            "seven eight nine",
        );
    }
}

//! A possible name and its surroundings as numbers.

use super::lexicon::{KINDS, Kinds, PARTICLE};
use super::pinyin::is_pinyin;
use super::{LEFT_BYTES_MAX, Named, RIGHT_BYTES_MAX, is_upper, kinds_of, last_part, lexicon};
use std::ops::Range;

/// Features of one word of the name.
const OF_WORD: usize = 12;
/// Features of the name as a whole.
const OF_NAME: usize = 5;
/// Kinds of what can stand right in front of a name, or right behind it.
const MARKS: usize = 11;

/// Number of features.
pub const FEATURES: usize = 3 * OF_WORD + OF_NAME + (3 + MARKS + 2 * KINDS) + (1 + MARKS + KINDS);

/// Longest word that is read, in bytes.
const WORD_BYTES_MAX: usize = lexicon::WORD_BYTES_MAX;

/// What the model looks at: the first, second and last word of the name, the name, what is in front of it, what is behind it.
pub fn features(named: &Named<'_>) -> [u8; FEATURES] {
    let value = &named.text[named.start..named.end];
    let mut all = [0; FEATURES];
    let (words, rest) = all.split_at_mut(3 * OF_WORD);
    let (name, rest) = rest.split_at_mut(OF_NAME);
    let (left, right) = rest.split_at_mut(3 + MARKS + 2 * KINDS);
    let mut parts = value.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let first = parts.next().unwrap_or(value);
    let second = parts.clone().find(|word| lexicon::kinds(word) & PARTICLE == 0);
    words[..OF_WORD].copy_from_slice(&word_features(first));
    if let (Some(second), Some(last)) = (second, parts.clone().last()) {
        words[OF_WORD..2 * OF_WORD].copy_from_slice(&word_features(second));
        words[2 * OF_WORD..].copy_from_slice(&word_features(last));
    }
    let particle = parts.clone().any(|word| lexicon::kinds(word) & PARTICLE != 0);
    name.copy_from_slice(&[
        small(1 + parts.count()),
        small(value.len()),
        u8::from(particle),
        u8::from(!value.is_ascii()),
        u8::from(super::introduces(named.field)),
    ]);
    in_front(named, left);
    behind(named, right);
    all
}

fn word_features(word: &[u8]) -> [u8; OF_WORD] {
    let kinds = kinds_of(word);
    let capitals = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let mut features = [0; OF_WORD];
    for (feature, kind) in features.iter_mut().zip([0, 1, 2, 3, 4, 5, 10]) {
        *feature = bit(kinds, kind);
    }
    features[7] = u8::from(word.len() > 2 && capitals == word.len());
    features[8] = u8::from(capitals > 1);
    features[9] = small(word.len());
    features[10] = u8::from(is_pinyin(word));
    features[11] = u8::from(kinds == 0);
    features
}

/// What stands right in front, the word there, and the one before it.
fn in_front(named: &Named<'_>, out: &mut [u8]) {
    let text = named.text;
    let start = named.start;
    let (marks, words) = out.split_at_mut(3 + MARKS);
    let from = start.saturating_sub(LEFT_BYTES_MAX);
    let gap = start - text[from..start].iter().rev().take_while(|byte| !is_word(**byte)).count();
    marks[0] = small(start - gap);
    // The mark next to the last word tells more than the space behind it.
    let mark = text[gap..start].iter().find(|byte| **byte != b' ');
    marks[3 + mark_of(mark.copied().or((gap < start).then_some(b' ')), gap == 0)] = 1;
    marks[2] = u8::from(text[gap..start].contains(&b'\n') || gap == 0);
    let Some(word) = previous(text, start) else { return };
    marks[1] = u8::from(is_upper(text[word.start]));
    set_kinds(lexicon::kinds(last_part(&text[word.clone()])), &mut words[..KINDS]);
    if let Some(second) =
        previous(text, word.start).filter(|second| start - second.start < LEFT_BYTES_MAX)
    {
        set_kinds(lexicon::kinds(last_part(&text[second])), &mut words[KINDS..]);
    }
}

/// What stands right behind, and the word there.
fn behind(named: &Named<'_>, out: &mut [u8]) {
    let end = named.end;
    let limit = named.text.len().min(end + RIGHT_BYTES_MAX);
    let rest = &named.text[end..limit];
    let (marks, words) = out.split_at_mut(1 + MARKS);
    let gap = rest.iter().take_while(|byte| !is_word(**byte)).count();
    let mark = rest[..gap].iter().find(|byte| **byte != b' ');
    marks[1 + mark_of(mark.copied().or(rest.first().copied()), rest.is_empty())] = 1;
    let word = &rest[gap..];
    let len = word.iter().take_while(|byte| is_word(**byte)).count();
    if let Some(first) = word.first() {
        marks[0] = if is_upper(*first) { 2 } else { 1 };
    }
    if gap + len < RIGHT_BYTES_MAX {
        set_kinds(lexicon::kinds(&word[..len]), words);
    }
}

fn mark_of(byte: Option<u8>, at_edge: bool) -> usize {
    match byte {
        _ if at_edge => 0,
        None => 1,
        Some(b' ') => 2,
        Some(b'\n' | b'\r' | b'\t') => 3,
        Some(b',' | b';') => 4,
        Some(b'.' | b'!' | b'?') => 5,
        Some(b':' | b'=') => 6,
        Some(b'"' | b'\'' | b'`') => 7,
        Some(b'(' | b'[' | b'{' | b'<' | b'>' | b')' | b']' | b'}') => 8,
        Some(b'*' | b'_' | b'-' | b'|' | b'/') => 9,
        Some(_) => 10,
    }
}

/// The word in front of a place, if it is at most a few marks away.
pub(super) fn previous(text: &[u8], at: usize) -> Option<Range<usize>> {
    const MARKS_MAX: usize = 5;
    let front = &text[..at];
    let marks = front.iter().rev().take(MARKS_MAX).take_while(|byte| !is_word(**byte)).count();
    let end = at - marks;
    let len =
        text[..end].iter().rev().take(WORD_BYTES_MAX).take_while(|byte| is_word(**byte)).count();
    (len > 0).then(|| end - len..end)
}

/// The word at a place, without what follows an apostrophe unless that is a capital letter, and where it ends.
pub(super) fn name_at(text: &[u8], at: usize) -> (&[u8], usize) {
    let mut end = at;
    let limit = text.len().min(at + WORD_BYTES_MAX);
    while end < limit {
        let byte = text[end];
        let inside = byte.is_ascii_alphabetic() || byte >= 0x80 && byte != 0xe2;
        let joined = matches!(byte, b'-' | b'\'') && end > at;
        let goes_on = match text.get(end + 1) {
            Some(next) if byte == b'\'' => is_upper(*next),
            Some(next) => next.is_ascii_alphabetic() || *next >= 0x80,
            None => false,
        };
        if !inside && !(joined && goes_on) {
            break;
        }
        end += 1;
    }
    (&text[at..end], end)
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'_'
}

fn set_kinds(kinds: Kinds, out: &mut [u8]) {
    for (kind, out) in out.iter_mut().enumerate() {
        *out = bit(kinds, kind);
    }
}

const fn bit(kinds: Kinds, number: usize) -> u8 {
    (kinds >> number & 1) as u8
}

fn small(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

const _: () = assert!(FEATURES <= 256, "a question names its feature by one byte");

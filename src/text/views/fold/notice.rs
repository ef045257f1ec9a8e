//! Whether the fold of a text shows anything, told from a few characters without making it.

use super::class::{CONFUSABLE, Class, INVISIBLE, KEEP, MARK, classes};
use super::{Pending, TOKEN_BYTES_MAX, decode, in_token};

/// Signs, marks and invisible characters in a row that are looked at, in bytes; more of them are never by accident.
const PENDING_BYTES_MAX: usize = 256;

/// Whether the fold may show something for the characters that start in a block, where the mask has a bit for each byte that may begin one.
///
/// It never says no where [`fold`](super::fold) shows something. Text that is all foreign, and typography between words, are told apart
/// from it here at a fraction of the cost.
pub(in crate::text::views) fn may_show(text: &[u8], block: usize, mut firsts: u64) -> bool {
    let classes = classes();
    while firsts != 0 {
        let at = block + firsts.trailing_zeros() as usize;
        if counts(text, block, at, classes.at(&text[at..])) {
            return true;
        }
        firsts &= firsts - 1;
    }
    false
}

/// Whether a character of this class may matter where it stands.
#[inline]
fn counts(text: &[u8], block: usize, at: usize, class: Class) -> bool {
    match class {
        KEEP => false,
        INVISIBLE | MARK => pending_counts(text, block, at),
        class if class & CONFUSABLE != 0 => has_ascii_beside(text, at),
        class if class.is_ascii_alphanumeric() => true,
        _ => pending_counts(text, block, at),
    }
}

/// Whether a letter or digit of ASCII stands in the token of a look-alike, with nothing foreign between them. Of a token that mixes the
/// two some look-alike has one beside it, or a character that counts for itself.
fn has_ascii_beside(text: &[u8], at: usize) -> bool {
    let any = |bytes: &mut dyn Iterator<Item = &u8>| {
        bytes
            .take(TOKEN_BYTES_MAX)
            .take_while(|byte| in_token(**byte))
            .any(u8::is_ascii_alphanumeric)
    };
    let behind = text[at..].iter().skip(1).skip_while(|byte| is_inner(**byte));
    any(&mut text[..at].iter().rev()) || any(&mut { behind })
}

/// Whether the row of signs, marks and invisible characters around a place counts. It is asked about at its first character, and at the
/// first one of each block that it reaches.
fn pending_counts(text: &[u8], block: usize, at: usize) -> bool {
    let mut start = at;
    while let Some(first) = before(text, start).filter(|first| is_pending(class_at(text, *first))) {
        if first >= block {
            return false;
        }
        if at - first > PENDING_BYTES_MAX {
            return true;
        }
        start = first;
    }
    let before = match text[..start].last() {
        Some(byte) if !byte.is_ascii() => before(text, start).and_then(|first| letter(text, first)),
        byte => Some(*byte.unwrap_or(&b' ')),
    };
    let Some(before) = before else { return false };
    let mut pending = Pending::default();
    let mut next = start;
    while let Some((char, len)) = decode(&text[next..]) {
        let class = classes().of(char);
        if !is_pending(class) {
            break;
        }
        if next - start > PENDING_BYTES_MAX {
            return true;
        }
        pending.add(char, class);
        next += len;
    }
    let next = match text.get(next) {
        Some(byte) if !byte.is_ascii() => letter(text, next),
        byte => Some(*byte.unwrap_or(&b' ')),
    };
    next.is_some_and(|next| pending.counts(before, next))
}

/// What a look-alike may stand for. What always stands for ASCII counts for itself, and what stays foreign makes nothing count.
fn letter(text: &[u8], at: usize) -> Option<u8> {
    let class = class_at(text, at);
    (class > MARK && class & CONFUSABLE != 0).then_some(class & !CONFUSABLE)
}

/// Where the whole character beyond ASCII in front of a place begins.
fn before(text: &[u8], at: usize) -> Option<usize> {
    let inner = text[..at].iter().rev().take(3).take_while(|byte| is_inner(**byte)).count();
    let first = at.checked_sub(inner + 1).filter(|_| inner > 0)?;
    let (_, len) = decode(&text[first..])?;
    (first + len == at).then_some(first)
}

fn class_at(text: &[u8], at: usize) -> Class {
    classes().at(&text[at..])
}

/// Whether a character of this class waits for the next visible one.
const fn is_pending(class: Class) -> bool {
    match class {
        KEEP => false,
        INVISIBLE | MARK => true,
        _ => class & CONFUSABLE == 0 && !class.is_ascii_alphanumeric(),
    }
}

/// Whether a byte goes on with a character.
const fn is_inner(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::super::fold;
    use super::*;
    use crate::base::{Span, ViewKind};
    use crate::text::views::View;
    use crate::text::views::view::Builder;
    use proptest::prelude::*;

    fn noticed(text: &[u8]) -> bool {
        (0..text.len()).step_by(64).any(|block| {
            let bytes = &text[block..text.len().min(block + 64)];
            let wide =
                (0..).zip(bytes).fold(0, |wide, (i, byte)| wide | u64::from(!byte.is_ascii()) << i);
            may_show(text, block, wide)
        })
    }

    fn folds(text: &[u8]) -> bool {
        let mut out = Builder::new(text, View::default());
        fold(text, Span::new(0, text.len()), &mut out);
        !out.finish(ViewKind::Fold).is_empty()
    }

    #[test]
    fn foreign_text_and_typography_are_not_noticed() {
        for text in [
            "Комитет собрался во вторник, чтобы обсудить новую библиотеку — и кофе.",
            "委员会星期二开会，讨论明年春天开放的新图书馆。",
            "入り口は駅の向かい側です。",
            "Η επιτροπή συναντήθηκε την Τρίτη",
            "اجتمعت اللجنة يوم الثلاثاء",
            "کتابخانه در بهار باز می\u{200c}شود",
            "“Nobody remembered,” she said – the minutes say twelve…",
            "The café’s menu is naïve",
            "Great news 🎉 👩\u{200d}💻 ❤\u{fe0f} 👍🏽",
        ] {
            assert!(!noticed(text.as_bytes()) && !folds(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_hides_values_is_noticed() {
        for text in [
            "４１１１",
            "АКIA47",
            "4\u{200b}1",
            "4111–1111",
            "𝓀𝑒𝓎",
            "4\u{336}1",
            "٤١",
            "а\u{200b}a",
        ] {
            assert!(noticed(text.as_bytes()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_the_fold_shows_is_noticed(
            chars in prop::collection::vec(
                prop::sample::select("aA4 -.:\"/аеыЖ中é４Ａ٤“”’–\u{a0}\u{200b}\u{301}\u{336}\u{fe0f}🎉。：𝓀\u{e0041}".chars().collect::<Vec<_>>()),
                0..120,
            ),
            broken in prop::option::of((any::<prop::sample::Index>(), 0x80_u8..)),
        ) {
            let mut text = chars.into_iter().collect::<String>().into_bytes();
            if let Some((place, byte)) = broken {
                text.insert(place.index(text.len() + 1), byte);
            }
            prop_assert!(noticed(&text) || !folds(&text), "{}", String::from_utf8_lossy(&text));
        }
    }
}

//! The fold: look-alikes as the ASCII that they stand for, with case and digits kept.
//!
//! Neither NFKC nor the skeletons of Unicode will do: NFKC leaves the digits of most scripts, zero-width characters and Cyrillic
//! look-alikes as they are; skeletons make `l` of `1` and `I`, and `rn` of `m`. So the table is our own: digits of all scripts, enclosed
//! and styled forms, spaces, dashes and quotes become ASCII; invisible characters and marks vanish between ASCII; letters that
//! look like Latin ones become Latin only in a token that mixes them with ASCII, so that Russian stays Russian.
//!
//! Whatever cannot matter is left alone: the joiners of an emoji family, a quotation mark between two ideographs. A text in which
//! nothing matters has no folded view and costs one pass.

mod class;
mod notice;
mod table;

use super::view::Builder;
use crate::base::Span;
use class::{CONFUSABLE, Class, INVISIBLE, KEEP, MARK, classes};
pub(super) use notice::may_show;

/// Letters ahead that decide whether a token is mixed, in bytes.
const TOKEN_BYTES_MAX: usize = 256;

/// Folds one segment of a text.
pub(super) fn fold<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let mut fold = Fold {
        text,
        end: segment.end,
        out,
        classes: classes(),
        before: Some(b' '),
        shown: false,
        pending: Pending::default(),
        token: Token { end: 0, mixed: false },
        foreign_end: usize::MAX,
    };
    let mut at = segment.start;
    while at < segment.end {
        at = fold.step(segment.start, at);
    }
    fold.settle(Some(b' '), false);
}

/// What a character beyond ASCII may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// It stays what it is.
    Foreign,
    /// It is not shown, or is a mark on the one in front.
    Invisible,
    /// It stands for ASCII in a mixed token.
    LookAlike,
    /// It stands for ASCII where that matters.
    Sign,
}

/// What a character may be.
pub(super) fn sort(char: char) -> Sort {
    match classes().of(char) {
        KEEP => Sort::Foreign,
        INVISIBLE | MARK => Sort::Invisible,
        class if class & CONFUSABLE != 0 => Sort::LookAlike,
        _ => Sort::Sign,
    }
}

struct Fold<'f, 't> {
    text: &'t [u8],
    end: usize,
    out: &'f mut Builder<'t>,
    classes: &'static class::Classes,
    /// The last visible character, if it is ASCII or was made so.
    before: Option<u8>,
    /// It was made so.
    shown: bool,
    /// What stands since then, which matters only if what follows is ASCII too.
    pending: Pending,
    /// The token that was judged last.
    token: Token,
    /// End of the last letter that stays what it is.
    foreign_end: usize,
}

/// Signs, marks and invisible characters in a row. They are read again if they count: most do not.
#[derive(Clone, Copy, Default)]
struct Pending {
    span: Span,
    /// A sign of full width is among them.
    styled: bool,
    /// An invisible character or a mark is.
    invisible: bool,
    /// A sign that stands for ASCII is.
    sign: bool,
    /// A space or a dash is.
    gap: bool,
    /// A quotation mark is.
    quote: bool,
}

/// A token up to where it was read, and whether its look-alikes count.
struct Token {
    end: usize,
    mixed: bool,
}

impl Fold<'_, '_> {
    /// Reads one character, or all ASCII up to the next one that is not.
    fn step(&mut self, start: usize, at: usize) -> usize {
        let rest = &self.text[at..self.end];
        if rest[0].is_ascii() {
            let next = at + ascii_len(rest);
            self.settle(Some(rest[0]), false);
            self.before = Some(self.text[next - 1]);
            // A space between two styled words is part of them.
            self.shown &= next - at <= 2;
            return next;
        }
        let Some((char, len)) = decode(rest) else {
            self.keep();
            return at + 1;
        };
        let span = Span::new(at, at + len);
        match self.classes.of(char) {
            KEEP => {
                self.keep();
                // Ideographs have no page, and no token to spoil.
                if self.classes.is_known_letter(char) {
                    self.foreign_end = span.end;
                }
            }
            class @ (INVISIBLE | MARK) => self.pend(span, char, class),
            class if class & CONFUSABLE != 0 => {
                if self.is_mixed(start, span) {
                    self.show(span, class & !CONFUSABLE);
                } else {
                    self.keep();
                    self.foreign_end = span.end;
                }
            }
            class if class.is_ascii_alphanumeric() => self.show(span, class),
            class => self.pend(span, char, class),
        }
        span.end
    }

    fn show(&mut self, span: Span, byte: u8) {
        self.settle(Some(byte), true);
        self.out.unit(span, &[byte]);
        self.before = Some(byte);
        self.shown = true;
    }

    fn keep(&mut self) {
        self.settle(None, false);
        self.before = None;
        self.shown = false;
    }

    fn pend(&mut self, span: Span, char: char, class: Class) {
        let pending = &mut self.pending;
        if pending.span.is_empty() {
            pending.span = span;
        }
        pending.span.end = span.end;
        pending.add(char, class);
    }

    /// Now that the next visible character is known, what stands in front of it counts or does not.
    fn settle(&mut self, next: Option<u8>, next_shown: bool) {
        if self.pending.span.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let counts = match (self.before, next) {
            (Some(before), Some(next)) if pending.counts(before, next) => true,
            // Signs beside styled letters are styled too.
            _ => (self.shown || next_shown) && pending.sign,
        };
        self.shown |= counts && pending.styled;
        if counts {
            self.show_pending(pending.span);
        }
    }

    /// Shows signs as the ASCII that they stand for, and nothing for what is invisible.
    fn show_pending(&mut self, span: Span) {
        let mut hidden = Span::new(span.start, span.start);
        let mut at = span.start;
        while let Some((char, len)) = decode(&self.text[at..span.end]) {
            let class = self.classes.of(char);
            at += len;
            if class >= INVISIBLE {
                hidden.end = at;
                continue;
            }
            if !hidden.is_empty() {
                self.out.unit(hidden, &[]);
            }
            self.out.unit(Span::new(at - len, at), &[class]);
            hidden = Span::new(at, at);
        }
        if !hidden.is_empty() {
            self.out.unit(hidden, &[]);
        }
    }

    /// Whether the token around a look-alike has ASCII in it and no letter that stays foreign.
    fn is_mixed(&mut self, start: usize, span: Span) -> bool {
        if span.start < self.token.end {
            return self.token.mixed;
        }
        let floor = start.max(span.start.saturating_sub(TOKEN_BYTES_MAX));
        let left = self.text[floor..span.start].iter().rev().take_while(|byte| in_token(**byte));
        let (mut ascii, mut left_len) = (Ascii::default(), 0);
        for byte in left {
            ascii.add(*byte);
            left_len += 1;
        }
        let mut foreign = self.foreign_end == span.start - left_len;
        let mut at = span.start;
        while at < self.end.min(span.start + TOKEN_BYTES_MAX) {
            let rest = &self.text[at..self.end];
            if rest[0].is_ascii() {
                if !in_token(rest[0]) {
                    break;
                }
                ascii.add(rest[0]);
                at += 1;
                continue;
            }
            let Some((char, len)) = decode(rest) else { break };
            match self.classes.of(char) {
                KEEP if self.classes.is_known_letter(char) || char.is_alphabetic() => {
                    foreign = true;
                }
                INVISIBLE | MARK => {}
                class if class & CONFUSABLE != 0 => {}
                class if class.is_ascii_alphanumeric() => ascii.add(class),
                _ => break,
            }
            at += len;
        }
        self.token = Token { end: at, mixed: !foreign && ascii.is_enough() };
        self.token.mixed
    }
}

impl Pending {
    /// Notes what a character is.
    fn add(&mut self, char: char, class: Class) {
        self.styled |= matches!(char, '\u{ff01}'..='\u{ff5e}') && class < INVISIBLE;
        self.invisible |= class >= INVISIBLE;
        self.sign |= class < INVISIBLE;
        self.gap |= matches!(class, b' ' | b'-');
        self.quote |= matches!(class, b'"' | b'\'');
    }

    /// Whether what stands between two ASCII characters counts.
    fn counts(&self, before: u8, next: u8) -> bool {
        let graphic = before.is_ascii_graphic() && next.is_ascii_graphic();
        let one = |kind: fn(&u8) -> bool| graphic && (kind(&before) || kind(&next));
        // Typographic spaces, dashes and quotes are in every printed text: they count where a number or a value can be.
        if self.styled || self.invisible {
            true
        } else if self.gap {
            one(u8::is_ascii_digit)
        } else if self.quote {
            one(u8::is_ascii_alphanumeric)
        } else {
            true
        }
    }
}

/// The ASCII of a token.
#[derive(Default)]
struct Ascii {
    letters: usize,
    digits: usize,
}

impl Ascii {
    fn add(&mut self, byte: u8) {
        self.letters += usize::from(byte.is_ascii_alphabetic());
        self.digits += usize::from(byte.is_ascii_digit());
    }

    fn is_enough(&self) -> bool {
        self.letters > 0 || self.digits > 1
    }
}

/// What separates words and values ends a token; a sign inside of one does not.
pub(in crate::text::views) fn in_token(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"()[]{},;".contains(&byte)
}

/// Length of the ASCII at the start.
fn ascii_len(bytes: &[u8]) -> usize {
    let whole = bytes.chunks_exact(32).take_while(|chunk| chunk.is_ascii()).count() * 32;
    let rest = bytes[whole..].iter().position(|byte| !byte.is_ascii());
    rest.map_or(bytes.len(), |place| whole + place)
}

/// The character at the start, and its length. `None` for invalid UTF-8.
pub(super) fn decode(bytes: &[u8]) -> Option<(char, usize)> {
    let tail = |place: usize| {
        let byte = *bytes.get(place)?;
        (byte & 0xc0 == 0x80).then(|| u32::from(byte & 0x3f))
    };
    let first = u32::from(*bytes.first()?);
    let (code, len, least) = match first {
        0..=0x7f => (first, 1, 0),
        0xc2..=0xdf => ((first & 0x1f) << 6 | tail(1)?, 2, 0x80),
        0xe0..=0xef => ((first & 0xf) << 12 | tail(1)? << 6 | tail(2)?, 3, 0x800),
        0xf0..=0xf4 => ((first & 7) << 18 | tail(1)? << 12 | tail(2)? << 6 | tail(3)?, 4, 0x1_0000),
        _ => return None,
    };
    (code >= least).then(|| char::from_u32(code)).flatten().map(|char| (char, len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ViewKind;
    use crate::text::views::View;

    /// The folded view; `None` if nothing matters.
    fn folded(text: &[u8]) -> Option<String> {
        let mut out = Builder::new(text, View::default());
        fold(text, Span::new(0, text.len()), &mut out);
        let view = out.finish(ViewKind::Fold);
        (!view.is_empty()).then(|| String::from_utf8_lossy(&view.bytes).into_owned())
    }

    #[test]
    fn look_alikes_become_ascii() {
        let cases = [
            ("４１１１ ＡＫＩＡ ａ＠ｂ．ｃｏｍ", "4111 AKIA a@b.com"),
            ("𝟒𝟏𝟏𝟏 𝓀𝑒𝓎 ①②③ ⑷ ➀ ❶ 🯰🯱 ²³", "4111 key 123 4 1 1 01 23"),
            ("٤١١١ ४१११ ៤ 𑁪", "4111 4111 4 4"),
            ("4\u{200b}1\u{200d}1\u{ad}1\u{2060} AK\u{feff}IA", "4111 AKIA"),
            ("4\u{336}1\u{20dd}1\u{308}\u{301}1", "4111"),
            ("АКIA47 jаne@example.com", "AKIA47 jane@example.com"),
            ("4111\u{a0}1111–1111−1111", "4111 1111-1111-1111"),
            ("user＝“x1”", "user=\"x1\""),
            ("4\u{fe0f}\u{20e3}1\u{fe0f}\u{20e3}", "41"),
        ];
        for (text, expect) in cases {
            assert_eq!(folded(text.as_bytes()).as_deref(), Some(expect), "{text}");
        }
    }

    #[test]
    fn what_does_not_matter_stays() {
        let cases = [
            "plain ASCII, 4111 1111",
            "привет, как дела? Паспорт 45",
            "“quotes” — dashes – and spaces\u{a0}in prose…",
            "👨\u{200d}👩\u{200d}👧 ❤\u{fe0f} 🏴",
            "می\u{200c}خواهم",
            "שלום \u{200f}עולם",
            "क्\u{200d}ष",
            "中文，标点。「好」",
            "Ελλάδα, COVID-вирус",
        ];
        for text in cases {
            assert_eq!(folded(text.as_bytes()), None, "{text}");
        }
        assert_eq!(folded(b"\xff\xc2\xe2\x80 4\xf0\x9f 1"), None);
    }

    #[test]
    fn characters_decode_as_the_standard_library_has_it() {
        let text = "a\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}z";
        for (at, char) in text.char_indices() {
            assert_eq!(decode(&text.as_bytes()[at..]), Some((char, char.len_utf8())));
        }
        for broken in [
            &b"\x80"[..],
            b"\xc0\x80",
            b"\xe0\x80\x80",
            b"\xed\xa0\x80",
            b"\xf5\x80\x80\x80",
            b"\xe2\x80",
            b"",
        ] {
            assert_eq!(decode(broken), None, "{broken:x?}");
        }
    }
}

//! Units that begin with a sign of ASCII: `%41`, `&#65;`, `\x41`, `=41`, `+AEE-`, `" + "`, and zero bytes.

use super::{Next, Open};
use crate::text::views::decode::{base64, entity, escape, utf7};

/// Whether a unit may begin with a byte.
pub(super) const fn is_sign(byte: u8) -> bool {
    matches!(byte, b'%' | b'&' | b'\\' | b'=' | b'+' | 0 | b'"' | b'\'' | b'`')
}

/// Longest entity, in bytes.
const ENTITY_BYTES_MAX: usize = 16;
/// Longest shifted sequence and longest encoded word, as their decoders have it.
const LONG_BYTES_MAX: usize = 4096;
/// Bytes of a shifted sequence that tell whether it may be text.
const SHIFT_BYTES_MIN: usize = 16;
/// Longest line of quoted-printable.
const LINE_BYTES_MAX: usize = 76;
/// White space to either side of the sign between two literals.
const SPACE_BYTES_MAX: usize = 80;
/// Bytes between two zero bytes of UTF-16.
const ZERO_APART: usize = 2;

/// Units that follow each other.
#[derive(Debug, Default)]
pub(super) struct Signs {
    run: Option<Run>,
}

#[derive(Debug)]
struct Run {
    open: Open,
    /// Where the last unit began.
    unit: usize,
    /// What goes on behind the last unit; none while that is not whole.
    tail: Option<Tail>,
    /// At least one unit is whole.
    whole: bool,
}

/// What may follow a whole unit before the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    Nothing,
    /// Half a unit of UTF-16.
    Half(usize),
    /// The rest of a word.
    Word(usize),
    Space(usize),
}

/// What bytes since a sign are.
enum Unit {
    Open,
    None,
    /// Whole; the last byte may be `past` it.
    Whole {
        past: bool,
        tail: Tail,
    },
}

impl Signs {
    pub(super) fn feed(&mut self, next: &Next<'_>) -> bool {
        let mut noticed = false;
        if let Some(run) = &mut self.run
            && run.tail.is_none()
        {
            match unit(next.since(run.unit)) {
                Unit::Open => return false,
                Unit::None => {
                    noticed = run.whole;
                    self.run = None;
                }
                Unit::Whole { past, tail } => {
                    run.whole = true;
                    run.tail = Some(tail);
                    if !past {
                        return false;
                    }
                }
            }
        }
        if let Some(run) = &mut self.run {
            if is_sign(next.byte) {
                run.unit = next.at;
                run.tail = match unit(&[next.byte]) {
                    Unit::Whole { tail, .. } => Some(tail),
                    _ => None,
                };
                return false;
            }
            run.tail = run.tail.and_then(|tail| tail.behind(next.byte));
            if run.tail.is_none() {
                self.run = None;
                noticed = true;
            }
        } else if is_sign(next.byte) {
            let zero = (next.byte == 0).then_some(Tail::Half(0));
            let open = Open::new(next.at.saturating_sub(usize::from(zero.is_some())), next.alive);
            self.run = Some(Run { open, unit: next.at, tail: zero, whole: zero.is_some() });
        }
        noticed
    }

    pub(super) fn open(&self) -> Option<Open> {
        self.run.as_ref().map(|run| run.open)
    }
}

impl Tail {
    /// What it is behind one more byte.
    fn behind(self, byte: u8) -> Option<Self> {
        match self {
            Self::Half(count) if count < ZERO_APART => Some(Self::Half(count + 1)),
            Self::Word(count) => {
                let ends = byte.is_ascii_whitespace() || b"&;,?|".contains(&byte);
                (!ends && count < LINE_BYTES_MAX).then_some(Self::Word(count + 1))
            }
            Self::Space(count) => (byte.is_ascii_whitespace() && count < SPACE_BYTES_MAX)
                .then_some(Self::Space(count + 1)),
            Self::Nothing | Self::Half(_) => None,
        }
    }
}

/// A unit that ends with its last byte.
const WHOLE: Unit = Unit::Whole { past: false, tail: Tail::Nothing };

fn when(is: bool, unit: Unit) -> Unit {
    if is { unit } else { Unit::None }
}

fn unit(bytes: &[u8]) -> Unit {
    if let [0, ..] = bytes {
        return Unit::Whole { past: false, tail: Tail::Half(0) };
    }
    let [sign, rest @ .., last] = bytes else { return Unit::Open };
    match sign {
        b'%' => percent(rest, *last),
        b'&' => reference(&bytes[1..]),
        b'\\' => escaped(&bytes[1..]),
        b'=' => equals(rest, *last),
        b'+' => shifted(rest, *last),
        _ => glue(rest, *last),
    }
}

fn percent(rest: &[u8], last: u8) -> Unit {
    let hex = last.is_ascii_hexdigit();
    match rest {
        [] => when(hex || last | 0x20 == b'u', Unit::Open),
        [b'u' | b'U', digits @ ..] if digits.len() < 3 => when(hex, Unit::Open),
        _ => when(hex, WHOLE),
    }
}

fn reference(name: &[u8]) -> Unit {
    let last = name.last().copied().unwrap_or_default();
    if name.len() <= ENTITY_BYTES_MAX && (last.is_ascii_alphanumeric() || last == b'#') {
        return Unit::Open;
    }
    when(entity::is_entity(name), Unit::Whole { past: last != b';', tail: Tail::Nothing })
}

fn escaped(rest: &[u8]) -> Unit {
    // So many bytes tell what it is; another one than those that may follow does so earlier.
    let (needed, inner): (usize, &[u8]) = match rest {
        [b'u' | b'x', b'{', ..] => (11, b"{"),
        // Half of a pair.
        [b'u', b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', ..] => (11, b"\\u"),
        [b'u', ..] => (5, b"u{"),
        [b'x', ..] => (3, b"x{"),
        [b'U', ..] => (9, b"U"),
        [b'\r', ..] => (2, b"\r"),
        [first, ..] if first.is_ascii_hexdigit() => (7, b""),
        _ => (1, b""),
    };
    let last = rest.last().copied().unwrap_or_default();
    if rest.len() < needed && (last.is_ascii_hexdigit() || inner.contains(&last)) {
        return Unit::Open;
    }
    let len = escape::escape_len(rest);
    when(len.is_some(), Unit::Whole { past: len < Some(rest.len()), tail: Tail::Nothing })
}

fn equals(rest: &[u8], last: u8) -> Unit {
    let in_word = Unit::Whole { past: false, tail: Tail::Word(0) };
    match rest {
        [] => when(last.is_ascii_hexdigit() || matches!(last, b'\r' | b'\n' | b'?'), Unit::Open),
        [digit] if digit.is_ascii_hexdigit() => when(last.is_ascii_hexdigit(), in_word),
        [b'\r'] if last == b'\n' => Unit::Open,
        // Whether the line goes on behind the break, the first token of the next one tells.
        [b'\n', line @ ..] | [b'\r', b'\n', line @ ..] => {
            let token = last.is_ascii_alphanumeric() || b"_.-+/".contains(&last);
            let open = token && line.len() < LINE_BYTES_MAX;
            if open { Unit::Open } else { Unit::Whole { past: true, tail: Tail::Nothing } }
        }
        [b'?', word @ ..] => encoded_word(word, last),
        _ => Unit::None,
    }
}

fn encoded_word(word: &[u8], last: u8) -> Unit {
    let mut parts = word.splitn(3, |byte| *byte == b'?');
    let (charset, _, body) = (parts.next(), parts.next(), parts.next());
    match body {
        Some(body) if body.ends_with(b"?") => {
            when(last == b'=', Unit::Whole { past: false, tail: Tail::Space(0) })
        }
        Some(_) => when(word.len() < LONG_BYTES_MAX, Unit::Open),
        None => {
            let named = charset.is_some_and(|name| name.len() <= SPACE_BYTES_MAX);
            when(named && !last.is_ascii_whitespace(), Unit::Open)
        }
    }
}

fn shifted(rest: &[u8], last: u8) -> Unit {
    let digit = last != b'-' && base64::value(last).is_some();
    match rest {
        // All units begin with a zero byte.
        [] => when(last == b'A', Unit::Open),
        _ if rest.len() <= SHIFT_BYTES_MIN && !utf7::begins(rest) => Unit::None,
        _ if digit && rest.len() < LONG_BYTES_MAX => Unit::Open,
        _ => when(rest.len() > 2, Unit::Whole { past: last != b'-', tail: Tail::Nothing }),
    }
}

/// From the quote that closes a literal to the one that opens the next.
fn glue(rest: &[u8], last: u8) -> Unit {
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`');
    let space =
        |bytes: &[u8]| bytes.len() <= SPACE_BYTES_MAX && bytes.iter().all(u8::is_ascii_whitespace);
    let Some(plus) = rest.iter().position(|byte| *byte == b'+') else {
        return when(space(rest) && (last == b'+' || last.is_ascii_whitespace()), Unit::Open);
    };
    let behind = &rest[plus + 1..];
    let prefixed = behind.last().is_some_and(u8::is_ascii_alphabetic);
    let blank = space(&behind[..behind.len() - usize::from(prefixed)]);
    if is_quote(last) {
        return when(blank, WHOLE);
    }
    let goes_on = !prefixed && (last.is_ascii_whitespace() || last.is_ascii_alphabetic());
    when(blank && goes_on, Unit::Open)
}

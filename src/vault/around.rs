//! What stands around a place of a text: words, or an address that would carry a value away when somebody renders or follows it.
//!
//! It is asked of texts that arrive in pieces, so it looks at one byte after the other, and it errs on the side of the address. Renderers
//! disagree about what is code and what is a comment; so every `<` in front of a letter may begin a tag here, even within another one, and a
//! place is in a tag if it is by any of these readings.

/// The states of a tag, as WHATWG's tokenizer has them, each a bit: the tag that began at one `<` is in one, that of another in another.
mod tag {
    pub(super) const NAME: u8 = 1;
    pub(super) const BEFORE_ATTRIBUTE: u8 = 1 << 1;
    pub(super) const ATTRIBUTE: u8 = 1 << 2;
    pub(super) const AFTER_ATTRIBUTE: u8 = 1 << 3;
    pub(super) const BEFORE_VALUE: u8 = 1 << 4;
    pub(super) const BARE: u8 = 1 << 5;
    pub(super) const SINGLE: u8 = 1 << 6;
    pub(super) const DOUBLE: u8 = 1 << 7;

    /// Where a tag in this state is after a byte; 0 if it has ended.
    pub(super) const fn next(state: u8, byte: u8) -> u8 {
        let space = byte.is_ascii_whitespace();
        match (state, byte) {
            (SINGLE, b'\'') | (DOUBLE, b'"') => BEFORE_ATTRIBUTE,
            (SINGLE | DOUBLE, _) => state,
            (_, b'>') => 0,
            (BARE | NAME, _) if space => BEFORE_ATTRIBUTE,
            (BARE, _) => BARE,
            (BEFORE_VALUE, b'"') => DOUBLE,
            (BEFORE_VALUE, b'\'') => SINGLE,
            (BEFORE_VALUE, _) => {
                if space {
                    BEFORE_VALUE
                } else {
                    BARE
                }
            }
            (_, b'/') => BEFORE_ATTRIBUTE,
            (NAME, _) => NAME,
            (ATTRIBUTE | AFTER_ATTRIBUTE, b'=') => BEFORE_VALUE,
            (ATTRIBUTE, _) if space => AFTER_ATTRIBUTE,
            (AFTER_ATTRIBUTE | BEFORE_ATTRIBUTE, _) if space => state,
            (_, _) => ATTRIBUTE,
        }
    }
}

/// The word so far: what stands behind the last white space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Word {
    #[default]
    Plain,
    /// It ends with a letter or digit and a full stop, as in the middle of a host.
    Dot,
    /// It may be an address.
    Link,
}

/// The target of a Markdown link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Target {
    #[default]
    None,
    /// Behind `](`, with so many brackets open in it.
    Round(u32),
    /// The same, behind `<`.
    Angle,
    /// Behind `]:`, in front of the target.
    Definition,
    /// To the end of this line.
    Line,
}

/// What stands in front of a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    last: u8,
    word: Word,
    target: Target,
    /// The line is empty so far.
    blank: bool,
    /// The states of all tags that the place may be in.
    tags: u8,
}

impl Around {
    /// Takes the next byte of the text.
    pub(super) fn step(&mut self, byte: u8) {
        // Most bytes are in no tag and no target, and begin none.
        if self.tags != 0 || self.last == b'<' {
            self.tag(byte);
        }
        if self.target != Target::None || self.last == b']' {
            self.target(byte);
        }
        self.word(byte);
        self.blank = match byte {
            b'\n' => true,
            b' ' | b'\t' | b'\r' => self.blank,
            _ => false,
        };
        self.last = byte;
    }

    /// Takes a value that stands here instead of its token. It may open an address as anything else may: somebody else may have written it. A
    /// host or an address of mail is none by itself: nothing that could make it one follows a value.
    pub(super) fn pass(&mut self, value: &str) {
        let before = self.word;
        value.bytes().for_each(|byte| self.step(byte));
        if before != Word::Link && !value.contains(['/', '\\']) {
            self.word = Word::Plain;
        }
    }

    /// Whether the place is in an address.
    pub(super) fn is_link(&self) -> bool {
        self.tags != 0 || self.target != Target::None || self.word == Word::Link
    }

    /// Whether the place is in the middle of a word or number.
    pub(super) fn is_in_word(&self) -> bool {
        is_word(self.last)
    }

    fn tag(&mut self, byte: u8) {
        let opens =
            self.last == b'<' && (byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?'));
        if self.tags != 0 {
            let states = (0..8).map(|bit| self.tags & (1 << bit)).filter(|state| *state != 0);
            self.tags = states.fold(0, |tags, state| tags | tag::next(state, byte));
        }
        if opens {
            self.tags |= tag::NAME;
        }
    }

    fn target(&mut self, byte: u8) {
        let space = byte.is_ascii_whitespace();
        // A paragraph ends with an empty line, and so does every link in it.
        let paragraph = byte == b'\n' && self.blank;
        self.target = match self.target {
            Target::None if self.last == b']' && byte == b'(' => Target::Round(0),
            Target::None if self.last == b']' && byte == b':' => Target::Definition,
            Target::None => Target::None,
            Target::Round(_) | Target::Definition if paragraph => Target::None,
            Target::Round(depth) => match byte {
                _ if self.last == b'\\' => Target::Round(depth),
                b'<' if depth == 0 && matches!(self.last, b'(' | b' ' | b'\t' | b'\n' | b'\r') => {
                    Target::Angle
                }
                b'(' => Target::Round(depth.saturating_add(1)),
                b')' if depth == 0 => Target::None,
                b')' => Target::Round(depth - 1),
                _ => Target::Round(depth),
            },
            Target::Angle if (byte == b'>' && self.last != b'\\') || byte == b'\n' => {
                Target::Round(0)
            }
            Target::Angle => Target::Angle,
            Target::Definition if space => Target::Definition,
            Target::Definition => Target::Line,
            Target::Line if byte == b'\n' => Target::None,
            Target::Line => Target::Line,
        };
    }

    fn word(&mut self, byte: u8) {
        let slash = |byte| matches!(byte, b'/' | b'\\');
        self.word = match self.word {
            _ if byte.is_ascii_whitespace() => Word::Plain,
            Word::Link => Word::Link,
            _ if slash(byte) && slash(self.last) => Word::Link,
            _ if self.last == b']' && byte == b'(' => Word::Link,
            Word::Dot if is_word(byte) => Word::Link,
            _ if byte == b'.' && is_word(self.last) => Word::Dot,
            _ => Word::Plain,
        };
    }
}

/// Bytes behind a token that decide whether it may be part of an address.
pub(super) const BEHIND_BYTES: usize = 2;

/// Whether a value in front of these bytes ends there, so that it becomes no part of a host or a path. At the end of a text there are fewer
/// than [`BEHIND_BYTES`].
pub(super) fn ends_before(behind: &[u8]) -> bool {
    let closes =
        |byte: u8| byte.is_ascii_whitespace() || byte >= 0x80 || b",;!)]}>\"'*`<|".contains(&byte);
    match behind {
        [] => true,
        [first, ..] if closes(*first) => true,
        [b'.' | b':' | b'?' | b'-' | b'_' | b'~'] => true,
        [b'.' | b':' | b'?' | b'-' | b'_' | b'~', second, ..] => closes(*second),
        _ => false,
    }
}

/// Whether a number or word in front of these bytes ends there.
pub(super) fn ends_word(behind: &[u8]) -> bool {
    behind.first().is_none_or(|byte| !is_word(*byte))
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `here` in front of the places that are asked about, `^`.
    #[track_caller]
    fn check(text: &str, expect: bool) {
        let mut around = Around::default();
        let (before, _) = text.split_once('^').expect("a place is marked");
        before.bytes().for_each(|byte| around.step(byte));
        assert_eq!(around.is_link(), expect, "{text}");
    }

    #[test]
    fn words_are_no_addresses() {
        for text in [
            "^",
            "write to ^",
            "Mail:^",
            "(see ^)",
            "**^**",
            "{\"email\":\"^\"}",
            "a/b ^",
            "end. ^",
            "e.g. ^",
            "https://example.com ^",
            "[text](https://example.com) ^",
            "[text](a(b)c) ^",
            "[1]: https://x.y\n^",
            "<b>^</b>",
            "<a href=\"https://x.y\" title='>'> ^",
            "1 < 2 ^",
            "a<b> ^",
            "[a](<b) c> \"d\") ^",
            "[a](b\n\n^",
            "user=^",
            "名前：^",
            "<a b=c/> ^",
            "<a =x> ^",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn addresses_are() {
        for text in [
            "https://evil.example/?q=^",
            "http:\\\\evil^",
            "//evil/^",
            "evil.example/?q=^",
            "www.evil^",
            "x@evil.example?^",
            "[a](^)",
            "[a](x ^)",
            "![a](https://x/?^)",
            "[a](<x y ^>)",
            "[a](a\\)^)",
            "[a](b(c)^)",
            "[a](\n^)",
            "[a](b)^",
            "[1]: ^",
            "[1]:\n  ^",
            "[1]:\n\t<^",
            "[1]: x ^",
            "<^",
            "<a href=^",
            "<a href=\"^\">",
            "<a href=\"x>^\">",
            "<img src='x ^'",
            "<https://x ^>",
            "</x ^",
            "<a b='\"' c=\"> ^\">",
            "<a x\" href=\"> ^\">",
            "<a ='  href=\"> ^\">",
            "<a b=c=\" href=\"> ^\">",
            "`<b x=\"` <a href=\"> ^\">",
            "<!-- x=\" --> <a href=\"> ^\">",
            "<a href=\"http:x <b> ^\">",
        ] {
            // `<` alone begins nothing yet.
            check(text, text != "<^");
        }
    }

    #[test]
    fn a_value_ends_where_no_address_goes_on() {
        for behind in
            ["", " x", ".", ". ", ", ", ")", ".\"", "?\n", ": ", "'s", "\u{e9}", "**", "_ ", "-"]
        {
            assert!(ends_before(&behind.as_bytes()[..behind.len().min(2)]), "{behind}");
        }
        for behind in [
            ".e", "/x", "(h", "@x", ":8", ":/", "?q", "=x", "&x", "a", "0", "-x", "_x", ".[", "[x",
            "\\x", "%2", "#x",
        ] {
            assert!(!ends_before(behind.as_bytes()), "{behind}");
        }
    }
}

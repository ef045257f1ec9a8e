//! What stands in front of a value: the name that it is assigned to, and how.

use super::words::{self, KINDS, Kind};

/// How a value is tied to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tie {
    /// Words only.
    None,
    /// `=`, `:=`
    Equals,
    /// `:`
    Colon,
    /// `=>`, `->`
    Arrow,
    /// `==`, `!=`
    Compared,
    /// `>` of a tag.
    Tag,
    /// `(` or `,`: an argument.
    Argument,
}

/// What is in front of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before<'t> {
    pub(super) name: &'t [u8],
    pub(super) tie: Tie,
    /// The opening quote; 0 if there is none.
    pub(super) quote: u8,
}

/// Longest name that is read, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Reads backwards from the value: quote, operator, name.
pub(super) fn before(left: &[u8]) -> Before<'_> {
    let mut rest = left;
    let mut quote = 0;
    while let [head @ .., last @ (b'"' | b'\'' | b'`' | b'\\')] = rest {
        rest = head;
        quote = if *last == b'\\' { quote } else { *last };
    }
    // A letter before the quote says what kind of string it is: b'', @"", f"".
    if let [head @ .., b' ' | b'=' | b':' | b'(', b'b' | b'r' | b'f' | b'u' | b'L' | b'@'] = rest
        && quote != 0
    {
        rest = &rest[..=head.len()];
    }
    let spaced = rest.trim_ascii_end();
    let (tie, rest) = tie(spaced);
    let rest = trim_closers(rest);
    let rest = if tie == Tie::Equals { without_type(rest) } else { rest };
    let start = rest.iter().rposition(|&byte| !in_name(byte)).map_or(0, |at| at + 1);
    let name = &rest[start.max(rest.len().saturating_sub(NAME_BYTES_MAX))..];
    Before { name, tie, quote }
}

fn tie(text: &[u8]) -> (Tie, &[u8]) {
    match text {
        [head @ .., b'=' | b'!' | b'~', b'='] => {
            (Tie::Compared, head.strip_suffix(b"=").unwrap_or(head))
        }
        [head @ .., b':', b'='] => (Tie::Equals, head),
        [head @ .., b'=' | b'-', b'>'] => (Tie::Arrow, head),
        [head @ .., b'='] => (Tie::Equals, head),
        [head @ .., b':'] => (Tie::Colon, head),
        [head @ .., b'>'] => (Tie::Tag, head),
        [head @ .., b'(' | b','] => (Tie::Argument, head),
        _ => (Tie::None, text),
    }
}

/// Removes what closes a quoted or bracketed name.
fn trim_closers(text: &[u8]) -> &[u8] {
    let mut text = text.trim_ascii_end();
    while let [head @ .., b'"' | b'\'' | b'`' | b']' | b')' | b'\\' | b'*'] = text {
        text = head;
    }
    text.trim_ascii_end()
}

/// Steps over a type between name and `=`: `KEY: &str =`, `token: string =`.
fn without_type(text: &[u8]) -> &[u8] {
    const TYPES: [&[u8]; 6] = [b"str", b"string", b"String", b"Secret", b"char", b"bytes"];
    let Some(kind) = TYPES.iter().find(|kind| text.ends_with(kind)) else { return text };
    let head = text[..text.len() - kind.len()].trim_ascii_end();
    let head = head.strip_suffix(b"static").unwrap_or(head);
    let head = head.strip_suffix(b"'").unwrap_or(head).strip_suffix(b"&").unwrap_or(head);
    head.trim_ascii_end().strip_suffix(b":").map_or(text, <[u8]>::trim_ascii_end)
}

const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
}

/// What the words of a name say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meaning {
    /// How many words of each kind.
    pub(super) counts: [u8; KINDS],
    /// What the last word says.
    pub(super) head: Option<Kind>,
    /// How many words say nothing, such as names of vendors.
    pub(super) unknown: u8,
}

/// Reads a name or a stretch of text.
pub(super) fn meaning(text: &[u8]) -> Meaning {
    let mut all = Meaning::default();
    for word in words::split(text) {
        all.head = words::kind(word);
        let count = match all.head {
            Some(kind) => &mut all.counts[kind as usize],
            None => &mut all.unknown,
        };
        *count = count.saturating_add(1);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_operators_are_read_backwards() {
        let check = |left: &str, name: &str, tie: Tie, quote: u8| {
            let found = before(left.as_bytes());
            assert_eq!(
                (String::from_utf8_lossy(found.name).as_ref(), found.tie, found.quote),
                (name, tie, quote),
                "{left}"
            );
        };
        check("let x; api_key = \"", "api_key", Tie::Equals, b'"');
        check("\"dbPassword\": '", "dbPassword", Tie::Colon, b'\'');
        check("const API_KEY: &str = \"", "API_KEY", Tie::Equals, b'"');
        check("$config['password'] => '", "password", Tie::Arrow, b'\'');
        check("if token == b\"", "token", Tie::Compared, b'"');
        check("{\\\"token\\\": \\\"", "token", Tie::Colon, b'"');
        check("<password>", "password", Tie::Tag, 0);
        check("login(user, '", "user", Tie::Argument, b'\'');
        check("my password is ", "is", Tie::None, 0);
        check("", "", Tie::None, 0);
    }
}

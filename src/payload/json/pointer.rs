//! JSON pointers (RFC 6901) of places in a document.

use super::string::{decode_escape, plain_len};
use crate::base::Span;

/// Longest pointer in bytes. Longer ones are left out: many findings below one huge key would otherwise multiply it.
pub const POINTER_BYTES_MAX: usize = 512;

/// The JSON pointer of the string, number or literal that holds the byte at an offset of the original.
///
/// `None` if the byte belongs to no value, if the document is broken before it, or if the pointer would be longer than
/// [`POINTER_BYTES_MAX`]. Within a key it is the pointer of the object that has the key, since the key itself is what must not be
/// shown. Walks the document from its start: for many offsets use [`Pointers`].
///
/// ```
/// use lockgate::payload::json::pointer;
/// let raw = br#"{"messages":[{"content":"hi"}]}"#;
/// assert_eq!(pointer(raw, 25).as_deref(), Some("/messages/0/content"));
/// assert_eq!(pointer(raw, 15).as_deref(), Some("/messages/0"));
/// ```
pub fn pointer(raw: &[u8], offset: usize) -> Option<String> {
    Pointers::new(raw, &[]).at(offset)
}

/// Finds the JSON pointers of ascending offsets in one walk.
#[derive(Debug)]
pub struct Pointers<'a> {
    raw: &'a [u8],
    /// Spans of the original whose bytes must not be shown, ascending.
    hidden: &'a [Span],
    path: Vec<Step>,
    /// Offset of the next token.
    at: usize,
    scalar: Scalar,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// In an object, with the key that was read last, quotes included.
    Member(Option<Span>),
    /// In an array, at this index.
    Element(usize),
}

/// The token that was read last, if it can hold an offset.
#[derive(Clone, Copy, Debug, Default)]
struct Scalar {
    span: Span,
    is_key: bool,
}

impl<'a> Pointers<'a> {
    /// A walk over the original. A pointer ends before a key that shares a byte with one of the `hidden` spans: what was found in a key
    /// must not be shown by the pointers of what stands below it. Both ends of the spans ascend.
    pub fn new(raw: &'a [u8], hidden: &'a [Span]) -> Self {
        Self { raw, hidden, path: Vec::new(), at: 0, scalar: Scalar::default() }
    }

    /// The pointer of the value that holds the byte at `offset`, as [`pointer()`] says. Offsets must not descend.
    pub fn at(&mut self, offset: usize) -> Option<String> {
        while self.scalar.span.end <= offset {
            self.read_scalar()?;
        }
        if self.scalar.span.start <= offset { self.render() } else { None }
    }

    /// Reads up to and including the next string, number or literal.
    fn read_scalar(&mut self) -> Option<()> {
        loop {
            let start = self.at;
            self.at += 1;
            match *self.raw.get(start)? {
                b'{' => self.path.push(Step::Member(None)),
                b'[' => self.path.push(Step::Element(0)),
                b'}' | b']' => {
                    self.path.pop();
                }
                b',' => match self.path.last_mut() {
                    Some(Step::Member(key)) => *key = None,
                    Some(Step::Element(index)) => *index += 1,
                    None => {}
                },
                b'"' => {
                    self.at = string_end(self.raw, self.at)?;
                    return self.found(Span::new(start, self.at));
                }
                b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
                    let rest = &self.raw[start..];
                    let len = rest.iter().take_while(|byte| is_word(**byte)).count();
                    self.at = start + len;
                    return self.found(Span::new(start, self.at));
                }
                _ => {}
            }
        }
    }

    fn found(&mut self, span: Span) -> Option<()> {
        let is_key = match self.path.last_mut() {
            Some(Step::Member(key @ None)) => {
                *key = Some(span);
                true
            }
            _ => false,
        };
        self.scalar = Scalar { span, is_key };
        Some(())
    }

    /// `None` if it would be too long.
    fn render(&self) -> Option<String> {
        let depth = self.path.len() - usize::from(self.scalar.is_key);
        let mut pointer = String::new();
        for step in &self.path[..depth] {
            match *step {
                Step::Member(Some(key)) if self.is_hidden(key) => break,
                // An escape is longer than what it stands for, so keys of a little less may be too long already. Nobody misses them.
                Step::Member(Some(key)) if key.len() > POINTER_BYTES_MAX => return None,
                Step::Member(Some(key)) => push_key(&mut pointer, &self.raw[key.range()]),
                Step::Member(None) => pointer.push('/'),
                Step::Element(index) => {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                }
            }
            if pointer.len() > POINTER_BYTES_MAX {
                return None;
            }
        }
        Some(pointer)
    }

    fn is_hidden(&self, key: Span) -> bool {
        let first = self.hidden.partition_point(|span| span.end <= key.start);
        self.hidden.get(first).is_some_and(|span| span.start < key.end)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// The offset behind the closing quote of the string whose inside starts at `at`.
fn string_end(raw: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += plain_len(raw.get(at..)?);
        match raw.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => return None,
        }
    }
}

/// Appends a slash and a key, which is given with its quotes: unescaped for JSON and escaped for the pointer.
fn push_key(pointer: &mut String, quoted: &[u8]) {
    pointer.push('/');
    let mut key = Vec::with_capacity(quoted.len());
    let mut rest = &quoted[1..quoted.len() - 1];
    while !rest.is_empty() {
        let plain = plain_len(rest);
        key.extend_from_slice(&rest[..plain]);
        rest = &rest[plain..];
        let Ok(decoded) = decode_escape(rest) else { break };
        key.extend_from_slice(decoded.char.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[usize::from(decoded.raw_len)..];
    }
    for char in String::from_utf8_lossy(&key).chars() {
        match char {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_name_the_value_that_holds_the_byte() {
        let raw = r#" {"a":[10,{"b/~c":"x\"y","\u0064":true}],"":"z"} "#;
        let check = |needle: &str, expect: Option<&str>| {
            let offset = raw.find(needle).expect("the needle is in the sample");
            assert_eq!(pointer(raw.as_bytes(), offset).as_deref(), expect, "{needle}");
        };
        check("10", Some("/a/0"));
        check("0,", Some("/a/0"));
        check("x", Some("/a/1/b~1~0c"));
        check("y", Some("/a/1/b~1~0c"));
        check("true", Some("/a/1/d"));
        check("z", Some("/"));
        check("a\"", Some(""));
        check("b/", Some("/a/1"));
        check("u0064", Some("/a/1"));
        check("{", None);
        check(",{", None);
        check("],", None);
        check("} ", None);
        assert_eq!(pointer(raw.as_bytes(), raw.len() + 5), None);
    }

    #[test]
    fn a_top_level_scalar_is_the_whole_document() {
        assert_eq!(pointer(br#""x""#, 1).as_deref(), Some(""));
        assert_eq!(pointer(b"12", 1).as_deref(), Some(""));
        assert_eq!(pointer(b"", 0), None);
    }

    #[test]
    fn one_walk_serves_many_offsets() {
        let raw = br#"{"a":{"n":"v","m":"w"}}"#;
        let mut pointers = Pointers::new(raw, &[]);
        assert_eq!(pointers.at(2).as_deref(), Some(""));
        for offset in 10..13 {
            assert_eq!(pointers.at(offset).as_deref(), Some("/a/n"), "{offset}");
        }
        assert_eq!(pointers.at(13), None);
        assert_eq!(pointers.at(18).as_deref(), Some("/a/m"));
    }

    #[test]
    fn a_pointer_ends_before_a_key_that_must_not_be_shown() {
        let raw = r#"{"o":{"4111":{"p":"x"},"n":"y"}}"#;
        let spans = ["4111", "x", "y"].map(|needle| {
            let start = raw.find(needle).expect("the needle is in the sample");
            Span::new(start, start + needle.len())
        });
        let mut pointers = Pointers::new(raw.as_bytes(), &spans);
        let found = spans.map(|span| pointers.at(span.start));
        assert_eq!(found.each_ref().map(Option::as_deref), [Some("/o"), Some("/o"), Some("/o/n")]);
    }

    #[test]
    fn a_long_pointer_is_left_out() {
        let check = |raw: &str, needle: &str, expect: Option<&str>| {
            let offset = raw.find(needle).expect("the needle is in the sample");
            assert_eq!(pointer(raw.as_bytes(), offset).as_deref(), expect, "{needle}");
        };
        let key = "k".repeat(POINTER_BYTES_MAX);
        let long = format!(r#"{{"{key}":"x","b":"y"}}"#);
        check(&long, "x", None);
        check(&long, "y", Some("/b"));
        let deep = |depth| format!("{}\"x\"{}", "[".repeat(depth), "]".repeat(depth));
        check(&deep(POINTER_BYTES_MAX / 2), "x", Some(&"/0".repeat(POINTER_BYTES_MAX / 2)));
        check(&deep(POINTER_BYTES_MAX / 2 + 1), "x", None);
        check(&deep(10_000), "x", None);
    }

    #[test]
    fn broken_documents_do_no_harm() {
        for raw in [&b"\"abc"[..], b"\"\\", b"]]]]", b",,,,", b"{\"a\\", b"{\"\x01\":1}", b"x-1"] {
            for offset in 0..raw.len() + 2 {
                let _ = pointer(raw, offset);
            }
        }
    }
}

//! Where JSON values begin and end, without looking at what is in them.
//!
//! Nothing is validated here: whatever is cut out is parsed by the engine afterwards, and what cannot be cut stays with the rest. So a
//! broken document costs records, never bytes.

use crate::base::Span;

/// A step from a container to what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An element of an array.
    Element(usize),
    /// A member of an object: its name as it stands in the text, without quotes.
    Member(Span),
}

/// Walks over the values that a container holds, one level down.
#[derive(Debug)]
pub(super) struct Children<'r> {
    raw: &'r [u8],
    at: usize,
    is_array: bool,
    index: usize,
}

impl<'r> Children<'r> {
    /// The values of the container that begins at `at`. `None` if none begins there.
    pub(super) fn of(raw: &'r [u8], at: usize) -> Option<Self> {
        let is_array = match raw.get(at)? {
            b'[' => true,
            b'{' => false,
            _ => return None,
        };
        Some(Self { raw, at: at + 1, is_array, index: 0 })
    }

    /// The next value: how it is called, and where it begins. Call [`resume`](Self::resume) with its end before the next one. `None` at the
    /// end of the container, and where the text is no JSON.
    pub(super) fn advance(&mut self) -> Option<(Step, usize)> {
        let mut at = blank(self.raw, self.at);
        if self.index > 0 && self.raw.get(at) == Some(&b',') {
            at = blank(self.raw, at + 1);
        }
        let first = *self.raw.get(at)?;
        if matches!(first, b']' | b'}' | b',') {
            self.at = at;
            return None;
        }
        let step = if self.is_array {
            Step::Element(self.index)
        } else {
            let end = string_end(self.raw, at)?;
            let name = Span::new(at + 1, end - 1);
            at = blank(self.raw, end);
            if self.raw.get(at) != Some(&b':') {
                return None;
            }
            at = blank(self.raw, at + 1);
            Step::Member(name)
        };
        self.index += 1;
        Some((step, at))
    }

    /// Goes on behind a value.
    pub(super) fn resume(&mut self, end: usize) {
        self.at = end;
    }

    /// The offset behind the container, if the walk has come to its closing bracket.
    pub(super) fn end(&self) -> Option<usize> {
        let close = if self.is_array { b']' } else { b'}' };
        (self.raw.get(self.at) == Some(&close)).then_some(self.at + 1)
    }
}

/// Offset of the next byte that is no white space.
pub(super) fn blank(raw: &[u8], at: usize) -> usize {
    let rest = raw.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Offset behind the value that begins at `at`. `None` if none begins there, or it does not end.
pub(super) fn value_end(raw: &[u8], at: usize) -> Option<usize> {
    match raw.get(at)? {
        b'"' => string_end(raw, at),
        b'{' | b'[' => container_end(raw, at),
        _ => {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:]}\"".contains(byte);
            let len = raw[at..].iter().take_while(|byte| !ends(byte)).count();
            (len > 0).then_some(at + len)
        }
    }
}

/// Offset behind the string whose opening quote is at `at`.
pub(super) fn string_end(raw: &[u8], at: usize) -> Option<usize> {
    if raw.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', raw.get(at..)?)?;
        if raw[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Brackets are counted whatever their kind: where they do not match, the parser says so.
fn container_end(raw: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match raw.get(at)? {
            b'"' => {
                at = string_end(raw, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The first scalar at a path below the value that begins at `at`: names, indices, and `*` for any element or member that leads to one.
/// Strings come without their quotes; `null` and values with escapes count as absent.
pub(super) fn find(raw: &[u8], at: usize, path: &str) -> Option<Span> {
    let (first, rest) = match path.split_once('/') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let mut children = Children::of(raw, at)?;
    while let Some((step, at)) = children.advance() {
        let matches = match step {
            _ if first == "*" => true,
            Step::Element(index) => first.parse() == Ok(index),
            Step::Member(name) => raw.get(name.range()) == Some(first.as_bytes()),
        };
        if matches {
            let found = match rest {
                Some(rest) => find(raw, at, rest),
                None => scalar(raw, at),
            };
            if found.is_some() || first != "*" {
                return found;
            }
        }
        children.resume(value_end(raw, at)?);
    }
    None
}

fn scalar(raw: &[u8], at: usize) -> Option<Span> {
    let end = value_end(raw, at)?;
    match raw[at] {
        b'"' => {
            let span = Span::new(at + 1, end - 1);
            (memchr::memchr(b'\\', &raw[span.range()]).is_none()).then_some(span)
        }
        b'-' | b'0'..=b'9' => Some(Span::new(at, end)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_they_end() {
        let check = |raw: &str, expect: Option<usize>| {
            assert_eq!(value_end(raw.as_bytes(), 0), expect, "{raw}");
        };
        check("12,", Some(2));
        check("true]", Some(4));
        check(r#""a\"]" x"#, Some(6));
        check(r#"{"a":["}",{}]} "#, Some(14));
        check("[", None);
        check(r#""a"#, None);
        check(r#""a\"#, None);
        check("", None);
        check(",", None);
        check("]", None);
    }

    #[test]
    fn deep_brackets_need_no_stack() {
        let raw = [b"[".repeat(1 << 20), b"]".repeat(1 << 20)].concat();
        assert_eq!(value_end(&raw, 0), Some(2 << 20));
        assert_eq!(value_end(&raw[..raw.len() - 1], 0), None);
    }

    #[test]
    fn scalars_are_found_by_their_paths() {
        let raw = r#" {"a":{"n":null,"t":1.5,"u":"x\ny"},"l":[{"k":1},{"name":"tool"}],"":"e"}"#;
        let check = |path: &str, expect: Option<&str>| {
            let found = find(raw.as_bytes(), 1, path).map(|span| &raw[span.range()]);
            assert_eq!(found, expect, "{path}");
        };
        check("a/t", Some("1.5"));
        check("a/n", None);
        check("a/u", None);
        check("a", None);
        check("l/*/name", Some("tool"));
        check("l/1/name", Some("tool"));
        check("l/2/name", None);
        check("", Some("e"));
        check("z", None);
    }
}

//! JSON pointers (RFC 6901) of places in a document.

use super::{Document, LeafKind, Step, Token, Walk};
use crate::base::Span;

/// Longest pointer in bytes. Longer ones are left out: many findings below one huge key would otherwise multiply it.
pub const POINTER_BYTES_MAX: usize = 512;

/// Finds the JSON pointers of ascending offsets in one walk.
///
/// ```
/// use lockgate::base::limits::JSON_DEPTH_MAX;
/// use lockgate::payload::json::{Document, Pointers};
/// let raw = br#"{"messages":[{"content":"hi"}]}"#;
/// let mut document = Document::default();
/// document.parse(raw, JSON_DEPTH_MAX)?;
/// let mut pointers = Pointers::new(&document, raw, &[]);
/// assert_eq!(pointers.at(15).as_deref(), Some("/messages/0"));
/// assert_eq!(pointers.at(25).as_deref(), Some("/messages/0/content"));
/// # Ok::<(), lockgate::base::Fault>(())
/// ```
#[derive(Debug)]
pub struct Pointers<'a> {
    walk: Walk<'a>,
    /// Spans of the view whose bytes must not be shown, ascending.
    hidden: &'a [Span],
    leaf: Option<u32>,
}

impl<'a> Pointers<'a> {
    /// A walk over a document whose view is `text`. A pointer ends before a key that shares a byte with one of the `hidden` spans of the
    /// view: what was found in a key must not be shown by the pointers of what stands below it. Both ends of the spans ascend.
    pub fn new(document: &'a Document, text: &'a [u8], hidden: &'a [Span]) -> Self {
        Self { walk: Walk::new(document, text), hidden, leaf: None }
    }

    /// The pointer of the string or number that holds the byte at `offset` of the view. Offsets must not descend.
    ///
    /// `None` if the byte belongs to none, or if the pointer would be longer than [`POINTER_BYTES_MAX`]. Within a key it is the pointer of
    /// the object that has the key, since the key itself is what must not be shown.
    pub fn at(&mut self, offset: usize) -> Option<String> {
        let leaves = self.walk.document.leaves();
        loop {
            match self.leaf {
                Some(index) if offset < leaves[index as usize].span.end => {
                    let starts = leaves[index as usize].span.start <= offset;
                    return if starts { render(&self.walk, index, self.hidden) } else { None };
                }
                _ => {}
            }
            if let Token::Leaf(index) = self.walk.advance()? {
                self.leaf = Some(index);
            }
        }
    }
}

/// The pointer of the leaf that a walk has just come to. `None` if it would be too long.
pub(crate) fn render(walk: &Walk<'_>, leaf: u32, hidden: &[Span]) -> Option<String> {
    let leaves = walk.document.leaves();
    let is_key = leaves.get(leaf as usize).is_some_and(|leaf| leaf.kind == LeafKind::Key);
    let path = walk.path();
    let mut pointer = String::new();
    for open in &path[..path.len() - usize::from(is_key && !path.is_empty())] {
        match open.step {
            Step::Inner => pointer.push('#'),
            Step::Member(None) => pointer.push('/'),
            Step::Member(Some(key)) => {
                let span = leaves.get(key as usize)?.span;
                if is_hidden(span, hidden) {
                    break;
                }
                if span.len() > POINTER_BYTES_MAX {
                    return None;
                }
                push_key(&mut pointer, walk.text.get(span.range())?);
            }
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

fn is_hidden(key: Span, hidden: &[Span]) -> bool {
    let first = hidden.partition_point(|span| span.end <= key.start);
    hidden.get(first).is_some_and(|span| span.start < key.end)
}

/// Appends a slash and a key, escaped for the pointer.
fn push_key(pointer: &mut String, key: &[u8]) {
    pointer.push('/');
    for char in String::from_utf8_lossy(key).chars() {
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
    use crate::base::limits::JSON_DEPTH_MAX;

    fn parsed(raw: &str) -> Document {
        let mut document = Document::default();
        document.parse(raw.as_bytes(), JSON_DEPTH_MAX).expect("the sample is valid");
        document
    }

    #[track_caller]
    fn check(raw: &str, needle: &str, expect: Option<&str>) {
        let document = parsed(raw);
        let view = std::str::from_utf8(document.text(raw.as_bytes())).expect("UTF-8");
        let offset = view.find(needle).expect("the needle is in the sample");
        let mut pointers = Pointers::new(&document, view.as_bytes(), &[]);
        assert_eq!(pointers.at(offset).as_deref(), expect, "{needle}");
    }

    #[test]
    fn pointers_name_the_value_that_holds_the_byte() {
        let raw = r#" {"a":[10,{"b/~c":"x\"y","\u0064":"v"}],"":"z"} "#;
        let check = |needle, expect| check(raw, needle, expect);
        check("10", Some("/a/0"));
        check("0,", Some("/a/0"));
        check("x", Some("/a/1/b~1~0c"));
        check("y", Some("/a/1/b~1~0c"));
        check("v", Some("/a/1/d"));
        check("z", Some("/"));
        check("a\"", Some(""));
        check("b/", Some("/a/1"));
        check("d\"", Some("/a/1"));
        check("{", None);
        check(",{", None);
        check("],", None);
        check("} ", None);
    }

    #[test]
    fn a_sign_leads_into_a_document_in_a_string() {
        let raw = r#"{"arguments":"{\"a\":[\"x\",{\"b\":\"{\\\"c\\\":\\\"y\\\"}\"}]}","n":"z"}"#;
        let check = |needle, expect| check(raw, needle, expect);
        check("x", Some("/arguments#/a/0"));
        check("y", Some("/arguments#/a/1/b#/c"));
        check("c\"", Some("/arguments#/a/1/b#"));
        check("z", Some("/n"));
    }

    #[test]
    fn a_top_level_scalar_is_the_whole_document() {
        check(r#""x""#, "x", Some(""));
        check("12", "2", Some(""));
    }

    #[test]
    fn one_walk_serves_many_offsets() {
        let raw = r#"{"a":{"n":"v","m":"w"}}"#;
        let document = parsed(raw);
        let mut pointers = Pointers::new(&document, raw.as_bytes(), &[]);
        assert_eq!(pointers.at(2).as_deref(), Some(""));
        for offset in [7, 11] {
            let expect = if offset == 7 { "/a" } else { "/a/n" };
            assert_eq!(pointers.at(offset).as_deref(), Some(expect), "{offset}");
        }
        assert_eq!(pointers.at(13), None);
        assert_eq!(pointers.at(19).as_deref(), Some("/a/m"));
        assert_eq!(pointers.at(1000), None);
    }

    #[test]
    fn a_pointer_ends_before_a_key_that_must_not_be_shown() {
        let raw = r#"{"o":{"4111":{"p":"x"},"n":"y"}}"#;
        let spans = ["4111", "x", "y"].map(|needle| {
            let start = raw.find(needle).expect("the needle is in the sample");
            Span::new(start, start + needle.len())
        });
        let document = parsed(raw);
        let mut pointers = Pointers::new(&document, raw.as_bytes(), &spans);
        let found = spans.map(|span| pointers.at(span.start));
        assert_eq!(found.each_ref().map(Option::as_deref), [Some("/o"), Some("/o"), Some("/o/n")]);
    }

    #[test]
    fn a_long_pointer_is_left_out() {
        let key = "k".repeat(POINTER_BYTES_MAX);
        let long = format!(r#"{{"{key}":"x","b":"y"}}"#);
        check(&long, "x", None);
        check(&long, "y", Some("/b"));
        let deep = |depth| format!("{}\"x\"{}", "[".repeat(depth), "]".repeat(depth));
        check(&deep(POINTER_BYTES_MAX / 2), "x", Some(&"/0".repeat(POINTER_BYTES_MAX / 2)));
        check(&deep(POINTER_BYTES_MAX / 2 + 1), "x", None);
    }
}

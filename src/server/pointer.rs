//! JSON pointers (RFC 6901) of findings, in one pass over the document.
//!
//! A pointer is made of keys, and a key can itself hold what was found. Such a key is never shown: the pointer ends before it.

use crate::base::Span;
use memchr::memchr2;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Longest pointer in bytes. Longer ones are left out: many findings below one huge key would otherwise multiply it.
const POINTER_BYTES_MAX: usize = 512;

/// The pointer of the value, or of the member whose key it is, that holds the start of each span. `None` for spans that are in no value.
///
/// `json` is a valid document; in anything else pointers may be missing or wrong. `spans` are in ascending order of start.
pub(super) fn pointers(json: &str, spans: &[Span]) -> Vec<Option<String>> {
    let found = Vec::with_capacity(spans.len());
    let mut walk = Walk { json, spans, found, found_end: 0, frames: Vec::new() };
    if !spans.is_empty() {
        walk.run();
    }
    walk.found.resize(spans.len(), None);
    walk.found
}

enum Frame {
    Array { index: usize },
    Object { key: Option<Span>, hidden: bool },
}

struct Walk<'a> {
    json: &'a str,
    spans: &'a [Span],
    found: Vec<Option<String>>,
    /// Where the longest of the spans with a pointer ends: a finding may reach over several values.
    found_end: usize,
    frames: Vec<Frame>,
}

impl Walk<'_> {
    fn run(&mut self) {
        let bytes = self.json.as_bytes();
        let mut at = 0;
        while at < bytes.len() && self.found.len() < self.spans.len() {
            let end = token_end(bytes, at);
            match bytes[at] {
                b'[' => self.frames.push(Frame::Array { index: 0 }),
                b'{' => self.frames.push(Frame::Object { key: None, hidden: false }),
                b']' | b'}' => drop(self.frames.pop()),
                b',' => match self.frames.last_mut() {
                    Some(Frame::Array { index }) => *index += 1,
                    Some(Frame::Object { key, hidden }) => (*key, *hidden) = (None, false),
                    None => {}
                },
                b':' | b' ' | b'\t' | b'\n' | b'\r' => {}
                b'"' if self.at_key() => self.key(Span::new(at, end)),
                _ => self.value(end),
            }
            at = end;
        }
    }

    fn at_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Object { key: None, .. }))
    }

    fn key(&mut self, token: Span) {
        let open = &self.spans[self.found.len()..];
        let touched = token.start < self.found_end
            || open
                .iter()
                .take_while(|span| span.start < token.end)
                .any(|span| span.overlaps(token));
        if let Some(Frame::Object { key, hidden }) = self.frames.last_mut() {
            (*key, *hidden) = (Some(token), touched);
        }
        self.value(token.end);
    }

    /// Gives the present pointer to every span that starts before `end` and has none yet.
    fn value(&mut self, end: usize) {
        let rest = &self.spans[self.found.len()..];
        let count = rest.iter().take_while(|span| span.start < end).count();
        if count > 0 {
            let ends = rest[..count].iter().map(|span| span.end);
            self.found_end = ends.fold(self.found_end, usize::max);
            let pointer = self.pointer();
            self.found.extend(std::iter::repeat_n(pointer, count));
        }
    }

    fn pointer(&self) -> Option<String> {
        let mut pointer = String::new();
        for frame in &self.frames {
            match frame {
                Frame::Array { index } => {
                    let _ = write!(pointer, "/{index}");
                }
                Frame::Object { hidden: true, .. } => break,
                Frame::Object { key: Some(key), .. } if key.len() <= POINTER_BYTES_MAX => {
                    let Some(key) = self.decoded(*key) else { break };
                    let _ = write!(pointer, "/{}", key.replace('~', "~0").replace('/', "~1"));
                }
                Frame::Object { key: Some(_), .. } => return None,
                Frame::Object { key: None, .. } => {}
            }
            if pointer.len() > POINTER_BYTES_MAX {
                return None;
            }
        }
        Some(pointer)
    }

    fn decoded(&self, key: Span) -> Option<Cow<'_, str>> {
        serde_json::from_str(self.json.get(key.range())?).ok()
    }
}

/// End of the token that starts at `at`.
fn token_end(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'"' => string_end(bytes, at + 1),
        b'[' | b']' | b'{' | b'}' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => at + 1,
        _ => bytes[at..]
            .iter()
            .position(|byte| b"[]{},: \t\n\r\"".contains(byte))
            .map_or(bytes.len(), |length| at + length.max(1)),
    }
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += step;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `find` lists texts to point at, in the order in which they stand in the document.
    fn check(json: &str, find: &[&str], expect: &[Option<&str>]) {
        let mut from = 0;
        let spans: Vec<_> = find
            .iter()
            .map(|text| {
                let start = from + json[from..].find(text).unwrap();
                from = start + text.len();
                Span::new(start, from)
            })
            .collect();
        let expect: Vec<_> = expect.iter().map(|path| path.map(str::to_owned)).collect();
        assert_eq!(pointers(json, &spans), expect, "{json}");
    }

    #[test]
    fn values_have_pointers() {
        check(r#""x""#, &["x"], &[Some("")]);
        check(
            r#" [1, {"a": ["p", "q\"r"]}, 77]"#,
            &["p", "r", "77"],
            &[Some("/1/a/0"), Some("/1/a/1"), Some("/2")],
        );
        check(r#"{"a":{},"b":[],"c":"x y"}"#, &["x", "y"], &[Some("/c"), Some("/c")]);
    }

    #[test]
    fn keys_are_escaped_and_decoded() {
        check(r#"{"a/b~c":"x"}"#, &["x"], &[Some("/a~1b~0c")]);
        check(r#"{"\u00e9\"":"x"}"#, &["x"], &[Some("/é\"")]);
    }

    #[test]
    fn a_key_that_holds_a_finding_is_not_shown() {
        check(
            r#"{"o":{"4111":{"p":"x"},"n":"y"}}"#,
            &["4111", "x", "y"],
            &[Some("/o"), Some("/o"), Some("/o/n")],
        );
    }

    #[test]
    fn long_pointers_are_left_out() {
        let key = "k".repeat(POINTER_BYTES_MAX);
        check(&format!(r#"{{"{key}":"x","b":"y"}}"#), &["x", "y"], &[None, Some("/b")]);
        let deep = format!("{}\"x\"{}", "[".repeat(10_000), "]".repeat(10_000));
        check(&deep, &["x"], &[None]);
    }

    #[test]
    fn broken_documents_do_not_panic() {
        for json in ["", "{", "]]}", "{\"a", "\"\\", "{\"a\":", "nul", "{,,:}", "\\"] {
            let spans = [Span::new(0, 1), Span::new(1, 2), Span::new(90, 91)];
            assert_eq!(pointers(json, &spans).len(), 3, "{json}");
        }
    }
}

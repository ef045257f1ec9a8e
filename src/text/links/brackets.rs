//! Brackets of Markdown, read once from left to right, and names of references.

use memchr::{memchr, memchr2_iter, memmem};
use std::collections::HashMap;

/// Open brackets that are remembered; of more, the outermost are forgotten, and their links count as links, not as images.
const OPEN_MAX: usize = 64;
/// Longest name of a reference, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// Open square brackets up to a place.
#[derive(Debug)]
pub(super) struct Brackets {
    /// A ring of the innermost ones.
    open: [usize; OPEN_MAX],
    /// Where the next one goes.
    top: usize,
    len: usize,
    at: usize,
}

impl Default for Brackets {
    fn default() -> Self {
        Self { open: [0; OPEN_MAX], top: 0, len: 0, at: 0 }
    }
}

impl Brackets {
    /// The bracket that the one at `close` closes. Places must ascend.
    pub(super) fn opened(&mut self, text: &[u8], close: usize) -> Option<usize> {
        if close < self.at {
            return None;
        }
        let from = self.at;
        self.at = close + 1;
        let mut last = None;
        for found in memchr2_iter(b'[', b']', &text[from..=close]) {
            let place = from + found;
            if place > 0 && text[place - 1] == b'\\' {
                continue;
            }
            if text[place] == b']' {
                last = self.pop();
            } else {
                self.push(place);
            }
        }
        last
    }

    fn push(&mut self, place: usize) {
        self.open[self.top] = place;
        self.top = (self.top + 1) % OPEN_MAX;
        self.len = OPEN_MAX.min(self.len + 1);
    }

    fn pop(&mut self) -> Option<usize> {
        self.len = self.len.checked_sub(1)?;
        self.top = (self.top + OPEN_MAX - 1) % OPEN_MAX;
        Some(self.open[self.top])
    }
}

/// Definitions of references, by name: the indices of their links.
#[derive(Debug, Default)]
pub(super) struct Definitions(HashMap<Vec<u8>, Vec<usize>>);

impl Definitions {
    /// The links that images go by.
    pub(super) fn of_images(self, text: &[u8]) -> Vec<usize> {
        let Self(mut named) = self;
        let mut links = Vec::new();
        if named.is_empty() {
            return links;
        }
        for at in memmem::find_iter(text, b"![") {
            let Some((first, end)) = name(text, at + 2) else { continue };
            let second = text[end..].starts_with(b"[").then(|| name(text, end + 1)).flatten();
            let name = second.map(|(name, _)| name).filter(|name| !name.is_empty());
            links.extend(named.remove(&normal(name.unwrap_or(first))).unwrap_or_default());
        }
        links
    }
}

impl<'t> Extend<(&'t [u8], usize)> for Definitions {
    fn extend<I: IntoIterator<Item = (&'t [u8], usize)>>(&mut self, items: I) {
        for (name, link) in items {
            self.0.entry(normal(name)).or_default().push(link);
        }
    }
}

/// The name that begins at a place, and the place behind its bracket.
fn name(text: &[u8], start: usize) -> Option<(&[u8], usize)> {
    let rest = &text[start..text.len().min(start + NAME_BYTES_MAX + 1)];
    let len = memchr(b']', rest)?;
    Some((&rest[..len], start + len + 1))
}

/// Names are the same in any case and however they are spaced.
fn normal(name: &[u8]) -> Vec<u8> {
    let words = name.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ').to_ascii_lowercase()
}

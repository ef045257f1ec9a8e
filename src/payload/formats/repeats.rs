//! Members that say once more, in pieces, what stands beside them: the log probabilities of tokens.
//!
//! No rule finds a value that is cut into tokens. So when the text is edited, what repeats it goes.

use super::path::on_path;
use super::shape;
use crate::base::{Format, Span};
use crate::payload::json::{Document, LeafKind, Token, Walk};

/// The values of the view that repeat text of which one of the `edited` spans, which ascend, takes something out.
pub fn repeats(format: Format, document: &Document, text: &[u8], edited: &[Span]) -> Vec<Span> {
    let paths = shape(format).repeats;
    if paths.is_empty() || edited.is_empty() {
        return Vec::new();
    }
    let leaves = document.leaves();
    let mut walk = Walk::new(document, text);
    let mut open: Vec<Held> = Vec::new();
    let mut found = Vec::new();
    let mut next = edited.iter().peekable();
    // The value that a member of such a path opens: its start, and how many brackets are open around it.
    let mut value: Option<(usize, usize)> = None;
    while let Some(token) = walk.advance() {
        match token {
            Token::Open => open.push(Held::default()),
            Token::Close(_) => {
                let held = open.pop().unwrap_or_default();
                if let Some((start, depth)) = value
                    && depth == open.len()
                {
                    value = None;
                    if let Some(around) = open.last_mut() {
                        around.repeats.push(Span::new(start, walk.at()));
                    }
                }
                if held.edited {
                    found.extend(held.repeats);
                }
                if let Some(around) = open.last_mut() {
                    around.edited |= held.edited;
                }
            }
            Token::Leaf(index) => {
                let leaf = leaves[index as usize];
                while next.next_if(|span| span.end <= leaf.span.start).is_some() {}
                let hit = next.peek().is_some_and(|span| span.overlaps(leaf.span));
                if let Some(held) = open.last_mut().filter(|_| hit && value.is_none()) {
                    held.edited = true;
                }
                let starts = leaf.kind == LeafKind::Key
                    && value.is_none()
                    && paths.iter().any(|path| on_path(&walk, path, "").is_some());
                if starts && let Some(start) = container_start(text, leaf.span.end) {
                    value = Some((start, open.len()));
                }
            }
            Token::Literal(_) => {}
        }
    }
    // Brackets that a broken document never closes.
    let edited = open.iter().rposition(|held| held.edited).map_or(0, |last| last + 1);
    found.extend(open.drain(..edited).flat_map(|held| held.repeats));
    found.sort_unstable();
    found
}

/// What is known of an open bracket.
#[derive(Debug, Default)]
struct Held {
    /// Something below it is edited.
    edited: bool,
    repeats: Vec<Span>,
}

/// Where the object or array begins whose key ends here. `None` if the value is something else: then it repeats nothing.
fn container_start(text: &[u8], key_end: usize) -> Option<usize> {
    let is_between = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b':');
    let start = key_end + text[key_end..].iter().take_while(|byte| is_between(byte)).count();
    matches!(text.get(start), Some(b'{' | b'[')).then_some(start)
}

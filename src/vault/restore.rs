//! Putting values back, in a text that arrives in pieces or as a whole.

use super::around::{Around, BEHIND_BYTES, ends_before, ends_word};
use super::marker::{self, Marker, Reading};
use super::session::Session;
use crate::base::{Sinks, Span};
use crate::payload::json::escaped;
use std::sync::Arc;

/// Puts the values of a session into one text.
///
/// What it gives is the same however the text was cut: a place is held back as long as it may be within a token, at most
/// [`HELD_BYTES_MAX`](Self::HELD_BYTES_MAX) bytes.
#[derive(Debug)]
pub struct Restorer {
    session: Session,
    sinks: Sinks,
    /// Tokens without a form of their own, ascending.
    bare: Arc<[Arc<str>]>,
    around: Around,
    writing: Writing,
    held: Vec<u8>,
    restored: u64,
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// It depends on the first byte of the text.
    Unknown,
    Plain,
    /// In the strings of a document of JSON.
    Json,
}

/// What stands at a place.
enum Here {
    /// A token of so many bytes, whose value may be written here.
    Token(usize, String),
    /// More must arrive before that is known.
    Open,
    Other,
}

impl Restorer {
    /// Most bytes that are held back: those of the longest token and what must be seen behind it.
    pub const HELD_BYTES_MAX: usize = marker::MARKER_BYTES_MAX + BEHIND_BYTES;

    pub(super) fn new(session: Session, sinks: Sinks) -> Self {
        Self {
            bare: session.bare(),
            session,
            sinks,
            around: Around::default(),
            writing: Writing::Unknown,
            held: Vec::new(),
            restored: 0,
        }
    }

    /// Takes the next piece, and appends what may leave.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let text = if self.held.is_empty() { piece } else { &self.joined(piece) };
        self.release(text, false, out);
    }

    /// Appends the rest, once nothing follows.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let text = self.joined(&[]);
        self.release(&text, true, out);
    }

    /// Where values belong in a whole text, in ascending order, and what is to be written there.
    pub fn whole(mut self, text: &[u8]) -> Vec<(Span, String)> {
        let mut found = Vec::new();
        self.walk(text, true, |span, value| found.push((span, value)));
        found
    }

    /// Bytes that are held back.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    fn joined(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut text = std::mem::take(&mut self.held);
        text.extend_from_slice(piece);
        text
    }

    fn release(&mut self, text: &[u8], ended: bool, out: &mut Vec<u8>) {
        let mut from = 0;
        let end = self.walk(text, ended, |span, value| {
            out.extend_from_slice(&text[from..span.start]);
            out.extend_from_slice(value.as_bytes());
            from = span.end;
        });
        out.extend_from_slice(&text[from..end]);
        self.held.extend_from_slice(&text[end..]);
        debug_assert!(self.held.len() <= Self::HELD_BYTES_MAX, "a token is bounded");
    }

    /// Walks over a text and tells where values belong. Gives the place up to which that is decided.
    fn walk(&mut self, text: &[u8], ended: bool, mut found: impl FnMut(Span, String)) -> usize {
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            match self.here(&text[at..], ended) {
                Here::Open => return at,
                Here::Token(length, value) => {
                    self.around.pass(&value);
                    found(Span::new(at, at + length), value);
                    self.restored += 1;
                    self.writing = self.writing.after(b'x');
                    at += length;
                }
                Here::Other => {
                    self.writing = self.writing.after(*byte);
                    self.around.step(*byte);
                    at += 1;
                }
            }
        }
        at
    }

    fn here(&self, text: &[u8], ended: bool) -> Here {
        let (length, token) = if text.first() == Some(&b'[') {
            match marker::read(text) {
                Reading::Open if !ended => return Here::Open,
                Reading::Open | Reading::Other => return Here::Other,
                Reading::Marker(marker) => (marker.whole.len(), Token::Marker(marker)),
            }
        } else if self.bare.is_empty() || self.around.is_in_word() {
            return Here::Other;
        } else {
            match longest(&self.bare, text) {
                (_, true) if !ended => return Here::Open,
                (None, _) => return Here::Other,
                (Some(token), _) => (token.len(), Token::Bare(token)),
            }
        };
        let behind = &text[length..text.len().min(length + BEHIND_BYTES)];
        if behind.len() < BEHIND_BYTES && !ended {
            return Here::Open;
        }
        let is_link = self.around.is_link() || !ends_before(behind);
        let permitted = if is_link { self.sinks.link } else { self.sinks.text };
        if !permitted {
            return Here::Other;
        }
        let value = match token {
            Token::Marker(marker) => self.session.value_of_marker(marker),
            Token::Bare(token) if ends_word(behind) => self.session.value(token),
            Token::Bare(_) => None,
        };
        match value {
            None => Here::Other,
            Some(value) if is_link => Here::Token(length, percent(&value)),
            Some(value) if self.writing == Writing::Json => Here::Token(length, escaped(&value)),
            Some(value) => Here::Token(length, value),
        }
    }
}

impl Drop for Restorer {
    fn drop(&mut self) {
        self.session.note_restored(self.restored);
    }
}

enum Token<'t> {
    Marker(Marker<'t>),
    Bare(&'t str),
}

impl Writing {
    /// A text that begins with a brace is taken for a document.
    fn after(self, byte: u8) -> Self {
        match self {
            Self::Unknown if byte.is_ascii_whitespace() => Self::Unknown,
            Self::Unknown if byte == b'{' => Self::Json,
            Self::Unknown => Self::Plain,
            known => known,
        }
    }
}

/// The longest of these texts, which ascend, that a text begins with; and whether it may be the beginning of a longer one.
fn longest<'b>(texts: &'b [Arc<str>], text: &[u8]) -> (Option<&'b str>, bool) {
    let (mut left, mut found) = (texts, None);
    for (place, byte) in text.iter().enumerate() {
        let byte_of = |text: &Arc<str>| text.as_bytes().get(place).copied();
        let start = left.partition_point(|text| byte_of(text) < Some(*byte));
        let end = left.partition_point(|text| byte_of(text) <= Some(*byte));
        left = &left[start..end];
        match left.first() {
            None => return (found, false),
            Some(first) if first.len() == place + 1 => found = Some(&**first),
            Some(_) => {}
        }
    }
    (found, left.last().is_some_and(|last| last.len() > text.len()))
}

/// A text as it is written within an address.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

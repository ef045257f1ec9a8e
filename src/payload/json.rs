//! JSON documents as one flat text with leaves.
//!
//! The *view* of a document is its bytes with the escapes of every string decoded in place; brackets, commas and white space stay
//! where they are. Scanning the view once covers every string, number and key; [`Document::to_raw`] maps what was found back to
//! the bytes that were sent. Without any escape the view is the original itself and nothing is copied.
//!
//! More liberal than RFC 8259 in three things, since refusing such a body would not make it safer to inspect: a byte order mark
//! in front is skipped, invalid UTF-8 in strings is kept byte by byte, and `\u` escapes of lone surrogates decode to U+FFFD.
//!
//! A string that is a JSON document itself is read as one, up to [`JSON_INNER_LEVELS_MAX`] strings deep: its leaves are listed instead of
//! the string, decoded through all levels. A broken document is refused, or read as far as it goes: see [`Broken`].

mod inner;
mod number;
mod parse;
mod pointer;
mod string;
mod walk;

use crate::base::limits::JSON_INNER_LEVELS_MAX;
use crate::base::{Fault, Gap, Span};
pub use inner::Inner;
use parse::Mode;
pub(crate) use pointer::render;
pub use pointer::{POINTER_BYTES_MAX, Pointers};
pub use string::{escape, escaped};
pub(crate) use walk::{Open, Step, Token, Walk};

/// What happens to a document that is not JSON, not all of it, or too deep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Broken {
    /// It is an error.
    #[default]
    Refuse,
    /// It is read as far as it goes, and [`Document::gaps`] tell what could not be: the rest of a document stands there as one leaf,
    /// undecoded; brackets beyond the depth are read without their keys; further documents are read like the first.
    Scan,
}

/// What a leaf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafKind {
    /// Name of an object member.
    Key,
    /// A string that is a value.
    String,
    /// A number.
    Number,
    /// What follows the place where a document is broken, as it stands.
    Raw,
}

/// A key, string or number of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// What it is.
    pub kind: LeafKind,
    /// Where it is in the view, without quotes.
    pub span: Span,
    /// Index of the key leaf that names the value. Elements of an array have the key of the array; keys have none.
    pub key: Option<u32>,
}

/// A parsed JSON document. Its buffers are reused by the next [`parse`](Self::parse), so keep one per thread.
///
/// ```
/// use lockgate::base::{Span, limits::JSON_DEPTH_MAX};
/// use lockgate::payload::json::Document;
///
/// let raw = br#"{"to":"a\u0040b.example"}"#;
/// let mut document = Document::default();
/// document.parse(raw, JSON_DEPTH_MAX)?;
/// assert_eq!(document.text(raw), br#"{"to":"a@b.example"}"#);
/// assert_eq!(document.to_raw(Span::new(7, 9)), Span::new(7, 14));
/// # Ok::<(), lockgate::base::Fault>(())
/// ```
#[derive(Debug, Default)]
pub struct Document {
    /// The view. Empty while the document has no escapes.
    view: Vec<u8>,
    escapes: Vec<Escape>,
    leaves: Vec<Leaf>,
    lone_surrogates: usize,
    /// Open brackets. Empty between calls, kept for its memory.
    stack: Vec<Frame>,
    inners: Vec<Inner>,
    /// Leaves that name members of the document, or of the elements of its array: the first of them.
    members: Vec<u32>,
    /// Leaves that look like media.
    media: Vec<u32>,
    gaps: Vec<Gap>,
    depth_max: usize,
    /// Memory for documents in strings.
    inner: Option<Box<Document>>,
    spare: Vec<Escape>,
}

/// One escape sequence: a break in the mapping between view and original.
#[derive(Clone, Copy, Debug)]
struct Escape {
    raw_start: usize,
    view_start: usize,
    raw_len: u16,
    view_len: u8,
}

impl Escape {
    const fn raw_end(self) -> usize {
        self.raw_start + self.raw_len as usize
    }

    const fn view_end(self) -> usize {
        self.view_start + self.view_len as usize
    }
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
enum Frame {
    Object,
    /// An array with the key that its elements inherit.
    Array(Option<u32>),
}

impl Document {
    /// Parses a document in one pass, without recursion. What an earlier call left is dropped.
    ///
    /// # Errors
    /// The bytes are not one JSON document (`payload.json.*`, with the position), or more than `depth_max` brackets are open at once.
    /// The document is empty afterwards.
    pub fn parse(&mut self, raw: &[u8], depth_max: usize) -> Result<(), Fault> {
        self.read(raw, depth_max, Broken::Refuse)
    }

    /// As [`parse`](Self::parse), but says what happens to a broken document.
    ///
    /// # Errors
    /// As [`parse`](Self::parse) for [`Broken::Refuse`]. For [`Broken::Scan`] there is nothing but white space.
    pub fn read(&mut self, raw: &[u8], depth_max: usize, broken: Broken) -> Result<(), Fault> {
        self.read_with(raw, Mode { broken, depth_max, inner_levels: JSON_INNER_LEVELS_MAX })
    }

    /// As [`parse`](Self::parse), but a string that is a document is a string.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_outer(&mut self, raw: &[u8], depth_max: usize) -> Result<(), Fault> {
        self.read_with(raw, Mode { broken: Broken::Refuse, depth_max, inner_levels: 0 })
    }

    /// Whether `raw` is a document, which is read then. What is wrong with others nobody is told, and no memory is spent on it.
    pub(crate) fn holds(&mut self, raw: &[u8], depth_max: usize) -> bool {
        let mode = Mode { broken: Broken::Refuse, depth_max, inner_levels: JSON_INNER_LEVELS_MAX };
        self.attempt(raw, mode).is_ok()
    }

    fn read_with(&mut self, raw: &[u8], mode: Mode) -> Result<(), Fault> {
        self.attempt(raw, mode).map_err(|flaw| flaw.fault(mode))
    }

    fn attempt(&mut self, raw: &[u8], mode: Mode) -> Result<(), parse::Flaw> {
        self.clear();
        parse::parse(self, raw, mode).inspect_err(|_| self.clear())
    }

    /// The view: `raw` itself if it has no escapes. `raw` must be what was parsed.
    pub fn text<'a>(&'a self, raw: &'a [u8]) -> &'a [u8] {
        if self.escapes.is_empty() { raw } else { &self.view }
    }

    /// All leaves, in the order of their spans, which do not overlap.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Number of `\u` escapes of lone surrogates, each shown as U+FFFD in the view.
    pub fn lone_surrogates(&self) -> usize {
        self.lone_surrogates
    }

    /// Documents in strings, in the order of their starts; those within another one follow it.
    pub fn inners(&self) -> &[Inner] {
        &self.inners
    }

    /// Names of the members of the document, or of the elements of the array that it is: the first few, as indices of leaves.
    pub(crate) fn members(&self) -> &[u32] {
        &self.members
    }

    /// Strings that look like media, as indices of leaves.
    pub(crate) fn media(&self) -> &[u32] {
        &self.media
    }

    /// What could not be read, in spans of the original. Empty unless it was read with [`Broken::Scan`].
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// In how many strings the byte at this offset of the view stands, beyond its own.
    pub fn level_at(&self, offset: usize) -> u8 {
        let after = self.inners.partition_point(|inner| inner.span.start <= offset);
        let mut index = after.checked_sub(1);
        while let Some(inner) = index.map(|index| self.inners[index]) {
            if offset < inner.span.end {
                return inner.level;
            }
            index = inner.outer.map(|outer| outer as usize);
        }
        0
    }

    /// The leaf that holds the byte at this offset of the view. Quotes belong to no leaf.
    pub fn leaf_at(&self, offset: usize) -> Option<&Leaf> {
        self.last_leaf_from(offset).filter(|leaf| offset < leaf.span.end)
    }

    /// The leaf that holds all of this span of the view.
    pub fn leaf_containing(&self, span: Span) -> Option<&Leaf> {
        self.last_leaf_from(span.start).filter(|leaf| leaf.span.contains(span))
    }

    /// The leaves that share a byte with this span of the view, and empty ones between them.
    pub fn leaves_overlapping(&self, span: Span) -> &[Leaf] {
        if span.is_empty() {
            return &[];
        }
        let first = self.leaves.partition_point(|leaf| leaf.span.end <= span.start);
        let count = self.leaves[first..].partition_point(|leaf| leaf.span.start < span.end);
        &self.leaves[first..first + count]
    }

    /// The bytes of the original that a span of the view stands for. Escape sequences are covered whole.
    pub fn to_raw(&self, span: Span) -> Span {
        let (start, whole) = self.raw_byte(span.start);
        if span.is_empty() {
            return Span::new(start, start);
        }
        // Most spans hold no escape at all; then the end needs no second search.
        let end = match whole {
            Some(next) if span.end <= next => start + span.len(),
            _ => self.raw_end(span.end),
        };
        Span::new(start, end)
    }

    /// Where the byte of the view begins in the original, and up to where in the view the two run in parallel from there.
    /// `None` if the byte is part of an escape.
    fn raw_byte(&self, offset: usize) -> (usize, Option<usize>) {
        let after = self.escapes.partition_point(|escape| escape.view_start <= offset);
        let next = self.escapes.get(after).map_or(usize::MAX, |escape| escape.view_start);
        match after.checked_sub(1).map(|index| self.escapes[index]) {
            Some(escape) if offset < escape.view_end() => (escape.raw_start, None),
            Some(escape) => (escape.raw_end() + (offset - escape.view_end()), Some(next)),
            None => (offset, Some(next)),
        }
    }

    /// Where the character that ends at `end` of the view ends in the original.
    fn raw_end(&self, end: usize) -> usize {
        let before = self.escapes.partition_point(|escape| escape.view_start < end);
        match before.checked_sub(1).map(|index| self.escapes[index]) {
            Some(escape) if end <= escape.view_end() => escape.raw_end(),
            Some(escape) => escape.raw_end() + (end - escape.view_end()),
            None => end,
        }
    }

    fn last_leaf_from(&self, offset: usize) -> Option<&Leaf> {
        let after = self.leaves.partition_point(|leaf| leaf.span.start <= offset);
        after.checked_sub(1).map(|index| &self.leaves[index])
    }

    fn clear(&mut self) {
        self.view.clear();
        self.escapes.clear();
        self.leaves.clear();
        self.lone_surrogates = 0;
        self.stack.clear();
        self.inners.clear();
        self.members.clear();
        self.media.clear();
        self.gaps.clear();
    }
}

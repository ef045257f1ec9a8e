//! Walks over a document that has been read: which brackets are open at each leaf.
//!
//! Only the few bytes between the leaves are looked at, and nothing is kept but the open brackets. Reading a document does without all this,
//! since only findings need to know where they are.

use super::{Document, LeafKind};

/// One step from a bracket into what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// In an object, behind the key leaf of this index.
    Member(Option<u32>),
    /// In an array, at this index.
    Element(u32),
    /// In a string, into the document in it.
    Inner,
}

/// An open bracket, and where in it the walk is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    pub(crate) step: Step,
    /// Number of the bracket in the order of opening, from 0.
    pub(crate) id: u32,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A bracket opened; it is the last of the path.
    Open,
    /// A bracket closed that was opened with this number.
    Close(u32),
    /// A leaf, by its index.
    Leaf(u32),
    /// `true`, `false` or `null`, by its first byte.
    Literal(u8),
}

/// A walk over the view of a document.
#[derive(Debug)]
pub(crate) struct Walk<'d> {
    pub(crate) text: &'d [u8],
    pub(crate) document: &'d Document,
    /// Offset of the next byte.
    at: usize,
    leaf: usize,
    inner: usize,
    path: Vec<Open>,
    /// Inner documents that the walk is in: where they end, and the brackets that were open around them.
    around: Vec<(usize, usize)>,
    /// Brackets beyond the depth at which the document was read.
    deep: usize,
    opened: u32,
}

impl<'d> Walk<'d> {
    /// A walk over a document whose view is `text`.
    pub(crate) fn new(document: &'d Document, text: &'d [u8]) -> Self {
        Self {
            text,
            document,
            at: 0,
            leaf: 0,
            inner: 0,
            path: Vec::new(),
            around: Vec::new(),
            deep: 0,
            opened: 0,
        }
    }

    /// From the outermost bracket to here.
    pub(crate) fn path(&self) -> &[Open] {
        &self.path
    }

    /// Offset of the byte behind the last token.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes on to the next token.
    pub(crate) fn advance(&mut self) -> Option<Token> {
        loop {
            self.cross_strings();
            if let Some(leaf) = self.document.leaves.get(self.leaf)
                && leaf.span.start <= self.at
            {
                let index = self.leaf as u32;
                self.leaf += 1;
                self.at = leaf.span.end;
                if leaf.kind == LeafKind::Key
                    && let Some(Open { step: Step::Member(key), .. }) = self.path.last_mut()
                {
                    *key = Some(index);
                }
                return Some(Token::Leaf(index));
            }
            let byte = *self.text.get(self.at)?;
            self.at += 1;
            if let Some(token) = self.token(byte) {
                return Some(token);
            }
        }
    }

    /// Enters the string of an inner document, or leaves it.
    fn cross_strings(&mut self) {
        while let Some(&(end, outside)) = self.around.last()
            && end <= self.at
        {
            self.around.pop();
            self.path.truncate(outside);
        }
        if let Some(inner) = self.document.inners.get(self.inner)
            && inner.span.start <= self.at
        {
            self.inner += 1;
            self.around.push((inner.span.end, self.path.len()));
            self.path.push(Open { step: Step::Inner, id: u32::MAX });
        }
    }

    #[inline]
    fn token(&mut self, byte: u8) -> Option<Token> {
        match byte {
            b'{' => self.open(Step::Member(None)),
            b'[' => self.open(Step::Element(0)),
            b'}' | b']' if self.deep > 0 => {
                self.deep -= 1;
                None
            }
            b'}' | b']' => self.path.pop().map(|open| Token::Close(open.id)),
            b',' if self.deep == 0 => {
                if let Some(Open { step: Step::Element(index), .. }) = self.path.last_mut() {
                    *index += 1;
                }
                None
            }
            b't' | b'n' => {
                self.at += 3;
                Some(Token::Literal(byte))
            }
            b'f' => {
                self.at += 4;
                Some(Token::Literal(byte))
            }
            _ => None,
        }
    }

    fn open(&mut self, step: Step) -> Option<Token> {
        let outside = self.around.last().map_or(0, |(_, outside)| outside + 1);
        if self.deep > 0 || self.path.len() - outside >= self.document.depth_max {
            self.deep += 1;
            return None;
        }
        self.path.push(Open { step, id: self.opened });
        self.opened += 1;
        Some(Token::Open)
    }
}

//! The one pass over a document.

use super::number::{BadNumber, number_len};
use super::string::{BadEscape, decode_escape, plain_len};
use super::{Document, Escape, Frame, Leaf, LeafKind};
use crate::base::code::{JSON_DEPTH, JSON_EMPTY, JSON_SYNTAX, JSON_TRAILING, JSON_TRUNCATED};
use crate::base::{Fault, Span};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Parses `raw` into `doc`, whose buffers must be empty.
pub(super) fn parse(doc: &mut Document, raw: &[u8], depth_max: usize) -> Result<(), Fault> {
    let mut parser = Parser { raw, at: 0, doc, depth_max, key: None, copied: 0, shrunk: 0 };
    parser.document()
}

struct Parser<'a> {
    raw: &'a [u8],
    /// Offset of the next byte in `raw`.
    at: usize,
    doc: &'a mut Document,
    depth_max: usize,
    /// The key leaf that names the next value.
    key: Option<u32>,
    /// Up to here `raw` has been copied or decoded into the view.
    copied: usize,
    /// Bytes by which the view is shorter than `raw` so far. An escape is never shorter than what it stands for.
    shrunk: usize,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        if self.raw.starts_with(BYTE_ORDER_MARK) {
            self.at = BYTE_ORDER_MARK.len();
        }
        self.space();
        if self.peek().is_none() {
            return Err(JSON_EMPTY.into());
        }
        loop {
            let complete = self.value()?;
            if complete && !self.after_value()? {
                break;
            }
        }
        self.space();
        if self.at < self.raw.len() {
            return Err(Fault::new(JSON_TRAILING, format!("from byte {}", self.at)));
        }
        if !self.doc.escapes.is_empty() {
            self.doc.view.extend_from_slice(&self.raw[self.copied..]);
        }
        Ok(())
    }

    /// Reads a value, or its opening bracket. True if the value is complete, false if one of its own values comes next.
    #[inline]
    fn value(&mut self) -> Result<bool, Fault> {
        self.space();
        match self.peek() {
            Some(b'"') => self.string(LeafKind::String, self.key)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'{') => {
                self.open(Frame::Object)?;
                if !self.closes(b'}') {
                    self.member()?;
                    return Ok(false);
                }
            }
            Some(b'[') => {
                self.open(Frame::Array(self.key))?;
                return Ok(self.closes(b']'));
            }
            Some(b't') => self.literal(b"true")?,
            Some(b'f') => self.literal(b"false")?,
            Some(b'n') => self.literal(b"null")?,
            Some(_) => return Err(self.syntax("expected a value")),
            None => return Err(self.truncated()),
        }
        Ok(true)
    }

    /// Reads what follows a complete value. True if another value comes next, false if the document is complete.
    #[inline]
    fn after_value(&mut self) -> Result<bool, Fault> {
        while let Some(&frame) = self.doc.stack.last() {
            self.space();
            match (self.peek(), frame) {
                (Some(b','), Frame::Object) => {
                    self.at += 1;
                    self.member()?;
                    return Ok(true);
                }
                (Some(b','), Frame::Array(key)) => {
                    self.at += 1;
                    self.key = key;
                    return Ok(true);
                }
                (Some(b'}'), Frame::Object) | (Some(b']'), Frame::Array(_)) => {
                    self.at += 1;
                    self.doc.stack.pop();
                }
                (Some(_), _) => return Err(self.syntax("expected a comma or a closing bracket")),
                (None, _) => return Err(self.truncated()),
            }
        }
        Ok(false)
    }

    /// Reads a key and its colon.
    fn member(&mut self) -> Result<(), Fault> {
        self.space();
        match self.peek() {
            Some(b'"') => {}
            Some(_) => return Err(self.syntax("expected a key")),
            None => return Err(self.truncated()),
        }
        let index = self.doc.leaves.len();
        self.string(LeafKind::Key, None)?;
        self.key = u32::try_from(index).ok();
        self.space();
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.syntax("expected a colon")),
            None => return Err(self.truncated()),
        }
        Ok(())
    }

    fn open(&mut self, frame: Frame) -> Result<(), Fault> {
        if self.doc.stack.len() >= self.depth_max {
            let detail = format!("at byte {}, the limit is {}", self.at, self.depth_max);
            return Err(Fault::new(JSON_DEPTH, detail));
        }
        self.doc.stack.push(frame);
        self.at += 1;
        Ok(())
    }

    /// Takes the closing bracket of the bracket that was just opened, if it is empty.
    fn closes(&mut self, bracket: u8) -> bool {
        self.space();
        let closes = self.peek() == Some(bracket);
        if closes {
            self.at += 1;
            self.doc.stack.pop();
        }
        closes
    }

    /// Reads a string from its opening to its closing quote.
    #[inline]
    fn string(&mut self, kind: LeafKind, key: Option<u32>) -> Result<(), Fault> {
        self.at += 1;
        let start = self.at - self.shrunk;
        loop {
            self.at += plain_len(&self.raw[self.at..]);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.syntax("unescaped control character")),
                None => return Err(self.truncated()),
            }
        }
        let span = Span::new(start, self.at - self.shrunk);
        self.doc.leaves.push(Leaf { kind, span, key });
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let decoded = match decode_escape(&self.raw[self.at..]) {
            Ok(decoded) => decoded,
            Err(BadEscape::Truncated) => return Err(self.truncated()),
            Err(BadEscape::Syntax) => return Err(self.syntax("unknown escape sequence")),
        };
        let doc = &mut *self.doc;
        doc.view.extend_from_slice(&self.raw[self.copied..self.at]);
        let view_start = doc.view.len();
        let mut utf8 = [0; 4];
        doc.view.extend_from_slice(decoded.char.encode_utf8(&mut utf8).as_bytes());
        let (raw_len, view_len) = (decoded.raw_len, (doc.view.len() - view_start) as u8);
        doc.escapes.push(Escape { raw_start: self.at, view_start, raw_len, view_len });
        doc.lone_surrogates += usize::from(decoded.lone_surrogate);
        self.at += usize::from(raw_len);
        self.copied = self.at;
        self.shrunk += usize::from(raw_len - view_len);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        let len = match number_len(&self.raw[self.at..]) {
            Ok(len) => len,
            Err(BadNumber::Truncated) => return Err(self.truncated()),
            Err(BadNumber::Syntax(offset)) => {
                self.at += offset;
                return Err(self.syntax("not a number"));
            }
        };
        let start = self.at - self.shrunk;
        let span = Span::new(start, start + len);
        self.doc.leaves.push(Leaf { kind: LeafKind::Number, span, key: self.key });
        self.at += len;
        Ok(())
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), Fault> {
        let rest = &self.raw[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            Ok(())
        } else if word.starts_with(rest) {
            Err(self.truncated())
        } else {
            Err(self.syntax("expected a value"))
        }
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.raw.get(self.at).copied()
    }

    #[cold]
    fn syntax(&self, what: &str) -> Fault {
        Fault::new(JSON_SYNTAX, format!("{what} at byte {}", self.at))
    }

    #[cold]
    fn truncated(&self) -> Fault {
        Fault::new(JSON_TRUNCATED, format!("it ends at byte {}", self.raw.len()))
    }
}

//! The one pass over a document.

use super::inner::{is_enclosed, splice};
use super::number::{BadNumber, number_len};
use super::string::{BadEscape, decode_escape, plain_len};
use super::{Broken, Document, Escape, Frame, Leaf, LeafKind};
use crate::base::code::{
    ENCODING_UNSUPPORTED, JSON_DEPTH, JSON_EMPTY, JSON_SYNTAX, JSON_TRAILING, JSON_TRUNCATED,
};
use crate::base::{Code, Fault, Gap, Span};
use crate::payload::media;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Gaps that are told one by one; the last one grows over those that follow.
const GAPS_MAX: usize = 64;
/// Names of top-level members that are kept for whoever asks what the document is.
const MEMBERS_MAX: usize = 64;

/// How a document is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    pub(super) broken: Broken,
    /// Brackets that may be open at once.
    pub(super) depth_max: usize,
    /// Levels of documents in strings that are still read.
    pub(super) inner_levels: usize,
}

/// What is wrong, and where. Unlike a [`Fault`] it costs nothing to make: most strings that look like JSON are none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flaw {
    kind: FlawKind,
    at: usize,
}

#[derive(Clone, Copy, Debug)]
enum FlawKind {
    Empty,
    Encoding,
    /// What was expected, or what was found.
    Syntax(&'static str),
    Truncated,
    Trailing,
    Depth,
}

impl Flaw {
    fn code(self) -> Code {
        match self.kind {
            FlawKind::Empty => JSON_EMPTY,
            FlawKind::Encoding => ENCODING_UNSUPPORTED,
            FlawKind::Syntax(_) => JSON_SYNTAX,
            FlawKind::Truncated => JSON_TRUNCATED,
            FlawKind::Trailing => JSON_TRAILING,
            FlawKind::Depth => JSON_DEPTH,
        }
    }

    pub(super) fn fault(self, mode: Mode) -> Fault {
        let at = self.at;
        let detail = match self.kind {
            FlawKind::Empty | FlawKind::Encoding => String::new(),
            FlawKind::Syntax(what) => format!("{what} at byte {at}"),
            FlawKind::Truncated => format!("it ends at byte {at}"),
            FlawKind::Trailing => format!("from byte {at}"),
            FlawKind::Depth => format!("at byte {at}, the limit is {}", mode.depth_max),
        };
        Fault::new(self.code(), detail)
    }
}

/// Parses `raw` into `doc`, whose buffers must be empty.
pub(super) fn parse(doc: &mut Document, raw: &[u8], mode: Mode) -> Result<(), Flaw> {
    doc.depth_max = mode.depth_max;
    let mut parser = Parser { raw, at: 0, doc, mode, key: None, copied: 0, shrunk: 0 };
    parser.documents()
}

struct Parser<'a> {
    raw: &'a [u8],
    /// Offset of the next byte in `raw`.
    at: usize,
    doc: &'a mut Document,
    mode: Mode,
    /// The key leaf that names the next value.
    key: Option<u32>,
    /// Up to here `raw` has been copied or decoded into the view.
    copied: usize,
    /// Bytes by which the view is shorter than `raw` so far. An escape is never shorter than what it stands for.
    shrunk: usize,
}

impl Parser<'_> {
    fn documents(&mut self) -> Result<(), Flaw> {
        if self.raw.starts_with(BYTE_ORDER_MARK) {
            self.at = BYTE_ORDER_MARK.len();
        }
        self.space();
        if self.peek().is_none() {
            return Err(self.flaw(FlawKind::Empty));
        }
        if self.is_lenient() && is_utf16(self.raw) {
            let flaw = self.flaw(FlawKind::Encoding);
            self.leave_rest(flaw);
        }
        let mut trailing = false;
        while self.at < self.raw.len() {
            if let Err(flaw) = self.document() {
                if !self.is_lenient() {
                    return Err(flaw);
                }
                let kind = if trailing { FlawKind::Trailing } else { flaw.kind };
                self.leave_rest(Flaw { kind, ..flaw });
                break;
            }
            self.space();
            trailing = self.at < self.raw.len();
            if trailing && !self.is_lenient() {
                return Err(self.flaw(FlawKind::Trailing));
            }
        }
        if !self.doc.escapes.is_empty() {
            self.flush(self.raw.len());
        }
        Ok(())
    }

    fn document(&mut self) -> Result<(), Flaw> {
        self.key = None;
        loop {
            let complete = self.value()?;
            if complete && !self.after_value()? {
                return Ok(());
            }
        }
    }

    /// Takes everything from here on as it stands.
    fn leave_rest(&mut self, flaw: Flaw) {
        let (start, end) = (self.at, self.raw.len());
        self.gap(flaw.code(), Span::new(start, end));
        self.doc.stack.clear();
        if start < end {
            let span = Span::new(start - self.shrunk, end - self.shrunk);
            self.doc.leaves.push(Leaf { kind: LeafKind::Raw, span, key: self.key });
        }
        self.at = end;
    }

    fn gap(&mut self, code: Code, span: Span) {
        let gaps = &mut self.doc.gaps;
        let is_full = gaps.len() >= GAPS_MAX;
        match gaps.last_mut() {
            Some(last) if is_full => last.span.end = span.end,
            _ => gaps.push(Gap { code, span, media: None }),
        }
    }

    /// Reads a value, or its opening bracket. True if the value is complete, false if one of its own values comes next.
    #[inline]
    fn value(&mut self) -> Result<bool, Flaw> {
        self.space();
        match self.peek() {
            Some(b'"') => self.string(LeafKind::String, self.key)?,
            Some(b'{' | b'[') if self.doc.stack.len() >= self.mode.depth_max => self.deep()?,
            Some(b'{') => {
                self.open(Frame::Object);
                if !self.closes(b'}') {
                    self.member()?;
                    return Ok(false);
                }
            }
            Some(b'[') => {
                self.open(Frame::Array(self.key));
                return Ok(self.closes(b']'));
            }
            Some(_) => self.scalar()?,
            None => return Err(self.truncated()),
        }
        Ok(true)
    }

    fn scalar(&mut self) -> Result<(), Flaw> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            _ => Err(self.syntax("expected a value")),
        }
    }

    /// Reads what follows a complete value. True if another value comes next, false if the document is complete.
    #[inline]
    fn after_value(&mut self) -> Result<bool, Flaw> {
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
    fn member(&mut self) -> Result<(), Flaw> {
        self.space();
        match self.peek() {
            Some(b'"') => {}
            Some(_) => return Err(self.syntax("expected a key")),
            None => return Err(self.truncated()),
        }
        let index = u32::try_from(self.doc.leaves.len()).ok();
        self.string(LeafKind::Key, None)?;
        self.key = index;
        let is_top = matches!(self.doc.stack[..], [Frame::Object] | [Frame::Array(_), _]);
        if is_top && self.doc.members.len() < MEMBERS_MAX {
            self.doc.members.extend(index);
        }
        self.space();
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.syntax("expected a colon")),
            None => return Err(self.truncated()),
        }
        Ok(())
    }

    fn open(&mut self, frame: Frame) {
        self.doc.stack.push(frame);
        self.at += 1;
    }

    /// Reads a value that is nested too deeply: its strings and numbers, under the name of what holds it all. That every bracket has its
    /// partner is not checked, so this needs no memory per bracket.
    #[cold]
    fn deep(&mut self) -> Result<(), Flaw> {
        if !self.is_lenient() {
            return Err(self.flaw(FlawKind::Depth));
        }
        let start = self.at;
        let read = self.flat();
        self.gap(JSON_DEPTH, Span::new(start, self.at));
        read
    }

    fn flat(&mut self) -> Result<(), Flaw> {
        let mut open = 0_usize;
        loop {
            self.space();
            match self.peek() {
                Some(b'{' | b'[') => open += 1,
                Some(b'}' | b']') => open -= 1,
                Some(b',' | b':') => {}
                Some(b'"') => {
                    self.string(LeafKind::String, self.key)?;
                    continue;
                }
                Some(_) => {
                    self.scalar()?;
                    continue;
                }
                None => return Err(self.truncated()),
            }
            self.at += 1;
            if open == 0 {
                return Ok(());
            }
        }
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

    /// Reads a string from its opening to its closing quote. Of one that never closes, what there is.
    #[inline]
    fn string(&mut self, kind: LeafKind, key: Option<u32>) -> Result<(), Flaw> {
        self.at += 1;
        let start = self.at - self.shrunk;
        let escapes = self.doc.escapes.len();
        let read = self.string_inside();
        let span = Span::new(start, self.at - self.shrunk);
        if kind == LeafKind::Key || read.is_err() || !self.special_string(span, escapes, key) {
            self.doc.leaves.push(Leaf { kind, span, key });
        }
        read?;
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn string_inside(&mut self) -> Result<(), Flaw> {
        loop {
            self.at += plain_len(&self.raw[self.at..]);
            match self.peek() {
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.escape()?,
                Some(_) if self.is_lenient() => {
                    self.gap(JSON_SYNTAX, Span::new(self.at, self.at + 1));
                    self.at += 1;
                }
                Some(_) => return Err(self.syntax("unescaped control character")),
                None => return Err(self.truncated()),
            }
        }
    }

    /// Looks at a whole string: notes what may be media, and reads what may be a document. True if it was one, and its leaves are listed in
    /// place of the string.
    #[inline]
    fn special_string(&mut self, span: Span, escapes: usize, key: Option<u32>) -> bool {
        let escaped = escapes < self.doc.escapes.len();
        // The copy has gone beyond the last escape, and so beyond the start of a string that has one.
        let (text, at) = match escaped {
            true => (&*self.doc.view, span.start),
            false => (self.raw, self.at - span.len()),
        };
        let Some(&first) = text.get(at).filter(|_| !span.is_empty()) else { return false };
        if !matches!(first, b'{' | b'[' | b' ' | b'\t' | b'\n' | b'\r') {
            if span.len() >= media::TEXT_BYTES_MIN && media::may_start_with(first) {
                self.note_media(span, escaped);
            }
            return false;
        }
        self.mode.inner_levels > 0 && self.inner(span, escapes, key)
    }

    #[cold]
    fn note_media(&mut self, span: Span, escaped: bool) {
        let text = if escaped {
            self.flush(self.at);
            &self.doc.view[span.range()]
        } else {
            &self.raw[self.at - span.len()..self.at]
        };
        if media::is_media(text) {
            self.doc.media.extend(u32::try_from(self.doc.leaves.len()).ok());
        }
    }

    fn inner(&mut self, span: Span, escapes: usize, key: Option<u32>) -> bool {
        let mut inner = self.doc.inner.take().unwrap_or_default();
        let escaped = escapes < self.doc.escapes.len();
        let text = if escaped {
            self.flush(self.at);
            &self.doc.view[span.range()]
        } else {
            &self.raw[self.at - span.len()..self.at]
        };
        let mode =
            Mode { broken: Broken::Refuse, inner_levels: self.mode.inner_levels - 1, ..self.mode };
        inner.clear();
        let whole =
            is_enclosed(text) && parse(&mut inner, text, mode).is_ok() && !inner.leaves.is_empty();
        if whole {
            self.shrunk += splice(self.doc, &mut inner, span, escapes, key);
        }
        self.doc.inner = Some(inner);
        whole
    }

    /// Copies what is still missing in the view, up to this place of the original.
    fn flush(&mut self, to: usize) {
        self.doc.view.extend_from_slice(&self.raw[self.copied..to]);
        self.copied = to;
    }

    fn escape(&mut self) -> Result<(), Flaw> {
        let decoded = match decode_escape(&self.raw[self.at..]) {
            Ok(decoded) => decoded,
            Err(BadEscape::Truncated) => return Err(self.truncated()),
            Err(BadEscape::Syntax) if self.is_lenient() => {
                self.gap(JSON_SYNTAX, Span::new(self.at, self.at + 1));
                self.at += 1;
                return Ok(());
            }
            Err(BadEscape::Syntax) => return Err(self.syntax("unknown escape sequence")),
        };
        self.flush(self.at);
        let doc = &mut *self.doc;
        let view_start = doc.view.len();
        let mut utf8 = [0; 4];
        doc.view.extend_from_slice(decoded.char.encode_utf8(&mut utf8).as_bytes());
        let (raw_len, view_len) = (decoded.raw_len, (doc.view.len() - view_start) as u8);
        doc.escapes.push(Escape {
            raw_start: self.at,
            view_start,
            raw_len: u16::from(raw_len),
            view_len,
        });
        doc.lone_surrogates += usize::from(decoded.lone_surrogate);
        self.at += usize::from(raw_len);
        self.copied = self.at;
        self.shrunk += usize::from(raw_len - view_len);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Flaw> {
        let len = match number_len(&self.raw[self.at..]) {
            Ok(len) => len,
            Err(BadNumber::Truncated) => return Err(self.truncated()),
            Err(BadNumber::Syntax(offset)) => {
                let flaw = self.syntax("not a number");
                return Err(Flaw { at: flaw.at + offset, ..flaw });
            }
        };
        let start = self.at - self.shrunk;
        let span = Span::new(start, start + len);
        self.doc.leaves.push(Leaf { kind: LeafKind::Number, span, key: self.key });
        self.at += len;
        Ok(())
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), Flaw> {
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

    #[inline]
    fn is_lenient(&self) -> bool {
        self.mode.broken == Broken::Scan
    }

    #[cold]
    fn syntax(&self, what: &'static str) -> Flaw {
        Flaw { kind: FlawKind::Syntax(what), at: self.at }
    }

    #[cold]
    fn truncated(&self) -> Flaw {
        Flaw { kind: FlawKind::Truncated, at: self.raw.len() }
    }

    #[cold]
    fn flaw(&self, kind: FlawKind) -> Flaw {
        Flaw { kind, at: self.at }
    }
}

/// JSON begins with ASCII, so its first two bytes tell the encoding apart (RFC 4627, section 3).
fn is_utf16(raw: &[u8]) -> bool {
    matches!(raw, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..])
}

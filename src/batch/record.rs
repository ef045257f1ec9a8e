//! One line of JSONL: where its text is, what it says, and the way back from the decoded text to the bytes of the line.

use crate::base::code::{
    JSONL_NOT_OBJECT, JSONL_SYNTAX, JSONL_TEXT_DUPLICATE, JSONL_TEXT_MISSING, JSONL_TEXT_TYPE,
};
use crate::base::{Code, Span};
use memchr::{memchr, memchr2};
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::ops::Range;

/// Names of the members that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextField {
    /// Member that holds the text.
    pub text: String,
    /// Member that holds the id.
    pub id: String,
    /// Take a line that has no such text for a document, which is inspected whole.
    pub or_document: bool,
}

impl Default for TextField {
    fn default() -> Self {
        Self { text: "text".to_owned(), id: "id".to_owned(), or_document: false }
    }
}

/// Why a line is not a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFault {
    /// What is wrong.
    pub code: Code,
    /// Where in the line.
    pub detail: String,
}

/// A JSONL line whose text member was found.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The line, terminator included.
    pub raw: &'a [u8],
    /// Number of the line, from 1.
    pub line: u64,
    /// First byte of the line in its file.
    pub offset: u64,
    /// The id as JSON, copied from the line.
    pub id: Option<Cow<'a, str>>,
    /// The decoded text, or the line.
    pub text: Cow<'a, [u8]>,
    /// The line has no text of its own, and is inspected as the document that it is.
    pub is_document: bool,
    /// The text as written, without its quotes, in bytes of the line.
    text_raw: Range<usize>,
}

impl<'a> Record<'a> {
    /// Reads one line.
    ///
    /// A lone surrogate (`"\ud800"`) becomes U+FFFD; bytes that are not UTF-8 are kept as they are.
    ///
    /// # Errors
    /// The line is not one JSON object, or does not hold exactly one text member that is a string.
    ///
    /// ```
    /// use lockgate::batch::{Record, TextField};
    /// let record = Record::parse(br#"{"id":7,"text":"a\tb"}"#, &TextField::default())?;
    /// assert_eq!((record.id.as_deref(), &*record.text), (Some("7"), b"a\tb".as_slice()));
    /// # Ok::<(), lockgate::batch::RecordFault>(())
    /// ```
    pub fn parse(raw: &'a [u8], fields: &TextField) -> Result<Self, RecordFault> {
        const BOM: &[u8] = b"\xEF\xBB\xBF";
        let body = if raw.starts_with(BOM) { BOM.len() } else { 0 };
        if let Err(error) = serde_json::from_slice::<IgnoredAny>(&raw[body..]) {
            let detail = format!("at column {}", error.column());
            return Err(RecordFault { code: JSONL_SYNTAX, detail });
        }
        let fault = |code| Err(RecordFault { code, detail: String::new() });
        let open = skip_space(raw, body);
        if raw.get(open) != Some(&b'{') {
            return fault(JSONL_NOT_OBJECT);
        }
        let mut text = None;
        let mut id = None;
        for (key, value) in (Members { raw, at: open + 1 }) {
            if same_name(&raw[key.clone()], &fields.text) && text.replace(value.clone()).is_some() {
                return fault(JSONL_TEXT_DUPLICATE);
            }
            if same_name(&raw[key], &fields.id) {
                id = Some(value);
            }
        }
        let is_document = text.is_none() && fields.or_document;
        let text_raw = match text {
            Some(text) if raw[text.start] != b'"' => return fault(JSONL_TEXT_TYPE),
            Some(text) => text.start + 1..text.end - 1,
            None if is_document => 0..raw.len(),
            None => return fault(JSONL_TEXT_MISSING),
        };
        Ok(Self {
            raw,
            line: 1,
            offset: 0,
            id: id.map(|id| String::from_utf8_lossy(&raw[id])),
            text: if is_document { Cow::Borrowed(raw) } else { decode(&raw[text_raw.clone()]) },
            is_document,
            text_raw,
        })
    }

    /// Spans of the decoded text as spans of the line. A span that cuts an escape grows to the whole escape.
    pub fn raw_spans(&self, spans: &[Span]) -> Vec<Span> {
        let base = self.text_raw.start;
        if matches!(self.text, Cow::Borrowed(_)) {
            return spans.iter().map(|s| Span::new(s.start + base, s.end + base)).collect();
        }
        let mut bounds: Vec<Bound> = Vec::with_capacity(spans.len() * 2);
        for (span, index) in spans.iter().zip(0..) {
            bounds.push(Bound { at: span.start, is_start: true, index });
            bounds.push(Bound { at: span.end, is_start: false, index });
        }
        bounds.sort_unstable();
        let mut out = vec![Span::new(self.text_raw.end, self.text_raw.end); spans.len()];
        let mut bounds = bounds.into_iter().peekable();
        let (mut raw_at, mut text_at) = (base, 0);
        for piece in (Pieces { raw: &self.raw[self.text_raw.clone()] }) {
            let text_end = text_at + piece.len();
            let reached = |b: &Bound| if b.is_start { b.at < text_end } else { b.at <= text_end };
            while let Some(bound) = bounds.next_if(reached) {
                let raw_bound = match piece {
                    Piece::Plain(_) => raw_at + (bound.at - text_at),
                    Piece::Escape { .. } if bound.is_start => raw_at,
                    Piece::Escape { .. } => raw_at + piece.raw_len(),
                };
                let span = &mut out[bound.index];
                *(if bound.is_start { &mut span.start } else { &mut span.end }) = raw_bound;
            }
            raw_at += piece.raw_len();
            text_at = text_end;
        }
        out
    }
}

/// One end of a span. Ends sort before starts at the same place, since an end belongs to the byte before it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Bound {
    at: usize,
    is_start: bool,
    index: usize,
}

/// A part of a JSON string.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Plain(&'a [u8]),
    Escape { raw_len: usize, value: char },
}

impl Piece<'_> {
    /// Length of the decoded form in bytes.
    fn len(self) -> usize {
        match self {
            Self::Plain(bytes) => bytes.len(),
            Self::Escape { value, .. } => value.len_utf8(),
        }
    }

    fn raw_len(self) -> usize {
        match self {
            Self::Plain(bytes) => bytes.len(),
            Self::Escape { raw_len, .. } => raw_len,
        }
    }
}

/// The parts of a JSON string that was found valid.
struct Pieces<'a> {
    raw: &'a [u8],
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.raw.is_empty() {
            return None;
        }
        let piece = match memchr(b'\\', self.raw) {
            Some(0) => escape(self.raw),
            Some(at) => Piece::Plain(&self.raw[..at]),
            None => Piece::Plain(self.raw),
        };
        self.raw = self.raw.get(piece.raw_len()..).unwrap_or_default();
        Some(piece)
    }
}

fn escape(raw: &[u8]) -> Piece<'_> {
    let value = match raw.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(raw),
        Some(&byte) => char::from(byte),
        None => char::REPLACEMENT_CHARACTER,
    };
    Piece::Escape { raw_len: 2, value }
}

fn unicode_escape(raw: &[u8]) -> Piece<'_> {
    let unit = hex4(raw, 2);
    if let (0xD800..=0xDBFF, Some(b"\\u")) = (unit, raw.get(6..8)) {
        let low = hex4(raw, 8);
        if (0xDC00..=0xDFFF).contains(&low) {
            let value = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            let value = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
            return Piece::Escape { raw_len: 12, value };
        }
    }
    let value = char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
    Piece::Escape { raw_len: 6, value }
}

/// Four hexadecimal digits; a value no character has if they are not there.
fn hex4(raw: &[u8], at: usize) -> u32 {
    raw.get(at..at + 4)
        .and_then(|digits| std::str::from_utf8(digits).ok())
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .unwrap_or(0xD800)
}

fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\\', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    for piece in (Pieces { raw }) {
        match piece {
            Piece::Plain(bytes) => out.extend_from_slice(bytes),
            Piece::Escape { value, .. } => {
                out.extend_from_slice(value.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    Cow::Owned(out)
}

fn same_name(raw: &[u8], name: &str) -> bool {
    *decode(raw) == *name.as_bytes()
}

/// The members of a JSON object that was found valid: key without quotes, value as written.
struct Members<'a> {
    raw: &'a [u8],
    at: usize,
}

impl Iterator for Members<'_> {
    type Item = (Range<usize>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let raw = self.raw;
        let mut key = skip_space(raw, self.at);
        if raw.get(key) == Some(&b',') {
            key = skip_space(raw, key + 1);
        }
        if raw.get(key) != Some(&b'"') {
            return None;
        }
        let key_end = string_end(raw, key);
        let value = skip_space(raw, skip_space(raw, key_end) + 1);
        let value_end = value_end(raw, value);
        self.at = value_end;
        Some((key + 1..key_end - 1, value..value_end))
    }
}

fn skip_space(raw: &[u8], at: usize) -> usize {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    at + raw.get(at..).map_or(0, |rest| rest.iter().take_while(|byte| is_space(byte)).count())
}

/// One past the closing quote of the string that opens at `at`.
fn string_end(raw: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(found) = raw.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if raw[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    raw.len()
}

/// One past the value that begins at `at`.
fn value_end(raw: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = at;
    while let Some(byte) = raw.get(at) {
        match byte {
            b'"' => {
                at = string_end(raw, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    raw.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Record<'_>, RecordFault> {
        Record::parse(line.as_bytes(), &TextField::default())
    }

    #[test]
    fn finds_text_and_id() {
        let check = |line: &str, id: Option<&str>, text: &str| {
            let record = parse(line).unwrap();
            assert_eq!(record.id.as_deref(), id, "{line}");
            assert_eq!(String::from_utf8_lossy(&record.text), text, "{line}");
        };
        check(r#"{"id":"a","text":"b"}"#, Some("\"a\""), "b");
        check(
            r#" { "x" : [1,{"text":"no"}] , "text" : "yes" , "id" : -1.50e3 } "#,
            Some("-1.50e3"),
            "yes",
        );
        check("{\"text\":\"\"}\r\n", None, "");
        check(
            r#"{"te\u0078t":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#,
            None,
            "\"\\/\u{8}\u{c}\n\r\té😀",
        );
        check(
            r#"{"text":"a\ud800b\udc00","id":{"n":[null]}}"#,
            Some(r#"{"n":[null]}"#),
            "a\u{FFFD}b\u{FFFD}",
        );
        check("\u{FEFF}{\"text\":\"bom\"}", None, "bom");
        check(r#"{"id":12345678901234567890123,"text":"t"}"#, Some("12345678901234567890123"), "t");
    }

    #[test]
    fn names_what_is_wrong() {
        let check = |line: &str, code| assert_eq!(parse(line).unwrap_err().code, code, "{line}");
        check("", JSONL_SYNTAX);
        check("{", JSONL_SYNTAX);
        check(r#"{"text":"a"} {"text":"b"}"#, JSONL_SYNTAX);
        check("[1]", JSONL_NOT_OBJECT);
        check("{}", JSONL_TEXT_MISSING);
        check(r#"{"a":{"text":"nested"}}"#, JSONL_TEXT_MISSING);
        check(r#"{"text":null}"#, JSONL_TEXT_TYPE);
        check(r#"{"text":"a","text":"b"}"#, JSONL_TEXT_DUPLICATE);
    }

    #[test]
    fn a_line_without_a_text_can_be_a_document() {
        let fields = TextField { or_document: true, ..TextField::default() };
        let check = |line: &str, expect: Result<(bool, &str), Code>| {
            let record = Record::parse(line.as_bytes(), &fields).map_err(|fault| fault.code);
            let found = record.map(|record| {
                (record.is_document, String::from_utf8_lossy(&record.text).into_owned())
            });
            assert_eq!(found, expect.map(|(is, text)| (is, text.to_owned())), "{line}");
        };
        check(r#"{"id":1,"role":"user"}"#, Ok((true, r#"{"id":1,"role":"user"}"#)));
        check(r#"{"id":1,"text":"a"}"#, Ok((false, "a")));
        check(r#"{"id":1,"text":2}"#, Err(JSONL_TEXT_TYPE));
        check("[1]", Err(JSONL_NOT_OBJECT));
        let line = r#"{"a":"b\u0041c"}"#;
        let record = Record::parse(line.as_bytes(), &fields).unwrap();
        assert_eq!(record.raw_spans(&[Span::new(6, 9)]), [Span::new(6, 9)]);
    }

    #[test]
    fn deep_nesting_is_no_problem() {
        let deep = format!(r#"{{"a":{}{},"text":"t"}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(&*parse(&deep).unwrap().text, b"t");
    }

    #[test]
    fn maps_spans_back_to_the_line() {
        let check = |line: &str, span: (usize, usize), expect: &str| {
            let record = parse(line).unwrap();
            let raw = record.raw_spans(&[Span::new(span.0, span.1)])[0];
            assert_eq!(String::from_utf8_lossy(&record.raw[raw.range()]), expect, "{line}");
        };
        check(r#"{"text":"abcdef"}"#, (2, 4), "cd");
        check(r#"{"text":"a\tcd\nef"}"#, (2, 4), "cd");
        check(r#"{"text":"a\tcd\nef"}"#, (1, 5), r"\tcd\n");
        check(r#"{"text":"\u00e9x"}"#, (1, 3), r"\u00e9x");
        check(r#"{"text":"\ud83d\ude00x"}"#, (4, 5), "x");
        check(r#"{"text":"\ud83d\ude00x"}"#, (0, 4), r"\ud83d\ude00");
        check(r#"{"text":"x\n"}"#, (1, 2), r"\n");
    }
}

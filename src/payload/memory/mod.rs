//! Snapshots of what agents remember, cut into records.
//!
//! A record is what a framework adds or changes at a time: a message, a memory, a checkpoint, a point of a vector store. Records are
//! inspected one by one, so that a record that has not changed need not be inspected again; what no record holds is the *rest* and is
//! inspected too. One small file a shape; [`template`] shows how a new one begins. A table that does not know a field hides nothing: it
//! only says where records are, and what is told about them.

mod kept;
pub mod msgpack;
mod outline;
mod shapes;
mod skim;
mod split;
pub mod template;
mod when;

use crate::base::Span;
pub use kept::is_kept;
use outline::Outline;
pub use shapes::names;
use shapes::{LINES, LISTS, SHAPES, TEXT};
use skim::{Step, blank, find, value_end};
use split::{Cut, RECORDS_MAX, split};
use std::borrow::Cow;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Longest fact about a record that is told, in bytes.
const FACT_BYTES_MAX: usize = 128;
/// Lines of a file that are looked at to tell what it is.
const LINES_LOOKED_AT_MAX: usize = 16;
/// What stands for a record in the rest.
const HOLE: &[u8] = b"null";

/// One shape: how it is recognised, and where its records are.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The name in reports: `letta.agent-file`.
    name: &'static str,
    /// Whether a document, or a line of a file, is of this shape, going by the names of its first levels.
    recognise: fn(&Outline) -> bool,
    parts: &'static [Part],
    /// For files of lines: what a line is.
    line: Option<Part>,
}

/// A kind of records, where they stand and what is known about them. The facts are paths within the record, the best first; `*` stands for
/// any element or member, `#` for the index of the record, and `@2/…` begins in the container that two steps lead to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Where records stand: names, `[]` for any element, `{}` for any member, `*` for both.
    at: &'static str,
    /// What such a record is: `message`.
    what: &'static str,
    id: &'static [&'static str],
    since: &'static [&'static str],
    role: &'static [&'static str],
    source: &'static [&'static str],
    /// Strings are records too, not only objects.
    strings: bool,
}

impl Part {
    const fn new(at: &'static str, what: &'static str) -> Self {
        Self {
            at,
            what,
            id: &["id"],
            since: &["created_at", "timestamp"],
            role: &["role"],
            source: &["name"],
            strings: false,
        }
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// One JSON document.
    Document,
    /// A JSON document in each line.
    Lines,
    /// Text.
    Text,
}

/// A snapshot, cut into pieces: the rest is the first, the records follow.
///
/// ```
/// use lockgate::payload::memory::{Hidden, Snapshot};
/// let raw = br#"{"results":[{"id":"m1","memory":"likes tea","created_at":"2025-03-01T10:00:00Z"}]}"#;
/// let snapshot = Snapshot::read(raw);
/// assert_eq!(snapshot.shape(), "mem0.export");
/// assert_eq!(snapshot.bytes(0).as_ref(), br#"{"results":[null]}"#);
/// assert_eq!(snapshot.what(1), "memory");
/// assert_eq!(snapshot.facts(1, &Hidden::default()).since.unwrap(), "2025-03-01T10:00:00Z");
/// ```
#[derive(Debug)]
pub struct Snapshot<'r> {
    raw: &'r [u8],
    form: Form,
    shape: &'static Shape,
    cuts: Vec<Cut>,
    /// Where the hole of each record is in the rest.
    holes: Vec<usize>,
}

/// What is known about a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its id.
    pub id: Option<String>,
    /// When it was made, in RFC 3339 or as it stands there.
    pub since: Option<String>,
    /// Whose words it holds.
    pub role: Option<String>,
    /// The tool, agent or file that it came from.
    pub source: Option<String>,
}

/// Spans of what must not be shown.
#[derive(Clone, Debug, Default)]
pub struct Hidden(Vec<Span>);

impl Hidden {
    /// The spans of all that was found in a snapshot, in any order.
    pub fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => joined.push(span),
            }
        }
        Self(joined)
    }

    fn covers(&self, shown: Span) -> bool {
        let next = self.0.partition_point(|span| span.end <= shown.start);
        self.0.get(next).is_some_and(|span| span.start < shown.end)
    }
}

impl<'r> Snapshot<'r> {
    /// Cuts a file or a body into pieces. This never fails: what is no JSON is one piece of text.
    pub fn read(raw: &'r [u8]) -> Self {
        let mark = if raw.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let form = form(&raw[mark..]);
        match form {
            Form::Text => Self::new(raw, form, &TEXT, Vec::new()),
            Form::Lines => {
                let lines = lines(raw, mark);
                let shape = shape_of_lines(raw, &lines);
                Self::new(raw, form, shape, lines)
            }
            Form::Document => {
                let outline = Outline::of(raw, mark);
                let shape = SHAPES.into_iter().find(|shape| (shape.recognise)(&outline));
                let shape = shape.unwrap_or(&LISTS);
                let mut cuts = split(&raw[mark..], shape.parts);
                cuts.iter_mut().for_each(|cut| cut.shift(mark));
                if cuts.is_empty() && shape.line.is_some() {
                    // The only line of a file of lines.
                    let cut =
                        Cut { part: 0, span: trim(raw, mark, raw.len()), path: Box::default() };
                    return Self::new(raw, Form::Lines, shape, vec![cut]);
                }
                Self::new(raw, form, shape, cuts)
            }
        }
    }

    fn new(raw: &'r [u8], form: Form, shape: &'static Shape, cuts: Vec<Cut>) -> Self {
        let mut holes = Vec::new();
        if form == Form::Document {
            let mut at = 0;
            let mut end = 0;
            for cut in &cuts {
                at += cut.span.start - end;
                holes.push(at);
                at += HOLE.len();
                end = cut.span.end;
            }
        }
        Self { raw, form, shape, cuts, holes }
    }

    /// What it was understood as.
    pub fn shape(&self) -> &'static str {
        self.shape.name
    }

    /// Number of pieces: the rest and the records.
    pub fn pieces(&self) -> usize {
        self.cuts.len() + 1
    }

    /// Whether the pieces are JSON.
    pub fn is_json(&self) -> bool {
        self.form != Form::Text
    }

    /// What a piece is. It must be one of the [`pieces`](Self::pieces); so in all that follows.
    pub fn what(&self, piece: usize) -> &'static str {
        match self.part(piece) {
            Some((part, _)) => part.what,
            None if self.form == Form::Text => "text",
            None => "rest",
        }
    }

    /// The line of a file of lines at which a record stands, from 1.
    pub fn line(&self, piece: usize) -> Option<usize> {
        let (_, cut) = self.part(piece).filter(|_| self.form == Form::Lines)?;
        Some(cut.part + 1)
    }

    /// The bytes of a piece. In those of the rest `null` stands for each record.
    pub fn bytes(&self, piece: usize) -> Cow<'r, [u8]> {
        match (self.part(piece), self.form) {
            (Some((_, cut)), _) => Cow::Borrowed(&self.raw[cut.span.range()]),
            // Between lines there is nothing but their ends.
            (None, Form::Lines) => Cow::Borrowed(b"null"),
            (None, _) if self.cuts.is_empty() => Cow::Borrowed(self.raw),
            (None, _) => Cow::Owned(self.rest()),
        }
    }

    /// Where a span of a piece stands in the snapshot.
    pub fn to_raw(&self, piece: usize, span: Span) -> Span {
        if let Some((_, cut)) = self.part(piece) {
            return Span::new(cut.span.start + span.start, cut.span.start + span.end);
        }
        let start = self.rest_to_raw(span.start);
        // The byte in front of the end is the last one of the span, and the end may be that of a hole.
        let end = if span.is_empty() { start } else { self.rest_to_raw(span.end - 1) + 1 };
        Span::new(start, end.max(start))
    }

    /// JSON pointer of a record; that of the rest is empty. It ends before a name that is hidden: what was found in a name must not be shown
    /// by what stands below it.
    pub fn pointer(&self, piece: usize, hidden: &Hidden) -> String {
        let mut pointer = String::new();
        let Some((_, cut)) = self.part(piece) else { return pointer };
        for taken in &cut.path {
            match taken.step {
                Step::Element(index) => pointer.push_str(&format!("/{index}")),
                Step::Member(name) if hidden.covers(name) => break,
                Step::Member(name) => {
                    let name = String::from_utf8_lossy(&self.raw[name.range()]);
                    pointer.push('/');
                    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                }
            }
        }
        pointer
    }

    /// What is known about a record and not hidden; nothing about the rest.
    pub fn facts(&self, piece: usize, hidden: &Hidden) -> Facts {
        let Some((part, cut)) = self.part(piece) else { return Facts::default() };
        let fact = |paths: &[&str]| paths.iter().find_map(|path| self.fact(cut, path, hidden));
        let since =
            part.since.iter().find_map(|path| when::readable(&self.fact(cut, path, hidden)?));
        Facts { id: fact(part.id), since, role: fact(part.role), source: fact(part.source) }
    }

    fn fact(&self, cut: &Cut, path: &str, hidden: &Hidden) -> Option<String> {
        let (at, path) = match path.strip_prefix('@').and_then(|path| path.split_once('/')) {
            Some((steps, path)) => (cut.path.get(steps.parse::<usize>().ok()?)?.container, path),
            None => (cut.span.start, path),
        };
        let index = cut.path.iter().rev().find_map(|taken| match taken.step {
            Step::Element(index) => Some(index.to_string()),
            Step::Member(_) => None,
        });
        let path = path.replace('#', &index.unwrap_or_default());
        let span = find(self.raw, at, &path).filter(|span| span.len() <= FACT_BYTES_MAX)?;
        let text = std::str::from_utf8(&self.raw[span.range()]).ok()?;
        (!text.is_empty() && !hidden.covers(span)).then(|| text.to_owned())
    }

    fn part(&self, piece: usize) -> Option<(&'static Part, &Cut)> {
        let cut = self.cuts.get(piece.checked_sub(1)?)?;
        let part = match self.form {
            Form::Lines => self.shape.line.as_ref(),
            Form::Document | Form::Text => self.shape.parts.get(cut.part),
        };
        Some((part?, cut))
    }

    fn rest(&self) -> Vec<u8> {
        let mut rest = Vec::new();
        let mut at = 0;
        for cut in &self.cuts {
            rest.extend_from_slice(&self.raw[at..cut.span.start]);
            rest.extend_from_slice(HOLE);
            at = cut.span.end;
        }
        rest.extend_from_slice(&self.raw[at..]);
        rest
    }

    /// Where the byte at an offset of the rest stands in the snapshot; those of a hole stand where the record begins.
    fn rest_to_raw(&self, offset: usize) -> usize {
        let after = self.holes.partition_point(|hole| *hole <= offset);
        let Some(before) = after.checked_sub(1) else { return offset };
        let (hole, span) = (self.holes[before], self.cuts[before].span);
        match offset - hole {
            within if within < HOLE.len() => span.start,
            behind => span.end + (behind - HOLE.len()),
        }
    }
}

impl Cut {
    fn shift(&mut self, by: usize) {
        let moved = |span: Span| Span::new(span.start + by, span.end + by);
        self.span = moved(self.span);
        for taken in &mut self.path {
            taken.container += by;
            if let Step::Member(name) = &mut taken.step {
                *name = moved(*name);
            }
        }
    }
}

/// One document, or one in each line, or text: what begins like a container is JSON, and lines if the first line is whole and not alone.
fn form(raw: &[u8]) -> Form {
    let at = blank(raw, 0);
    if !matches!(raw.get(at), Some(b'{' | b'[')) {
        return Form::Text;
    }
    let line_end = memchr::memchr(b'\n', &raw[at..]).map_or(raw.len(), |len| at + len);
    let alone = |end: usize| blank(raw, end);
    let end = match value_end(&raw[..line_end], at) {
        Some(end) => end,
        None => match value_end(raw, at) {
            Some(end) => end,
            None => return Form::Document,
        },
    };
    let next = alone(end);
    match raw.get(next) {
        None => Form::Document,
        Some(b'{' | b'[') if memchr::memchr(b'\n', &raw[end..next]).is_some() => Form::Lines,
        // `[x](y)` of Markdown; anything behind an object is a broken document.
        Some(_) if raw[at] == b'[' => Form::Text,
        Some(_) if end <= line_end && next > line_end => Form::Lines,
        Some(_) => Form::Document,
    }
}

/// The lines that hold something, without white space around them. Their part is their number, from 0.
fn lines(raw: &[u8], mark: usize) -> Vec<Cut> {
    let mut lines = Vec::new();
    let mut at = mark;
    let mut number = 0;
    while at < raw.len() {
        let end = memchr::memchr(b'\n', &raw[at..]).map_or(raw.len(), |len| at + len);
        // The last one that is allowed takes all that follows.
        let end = if lines.len() + 1 == RECORDS_MAX { raw.len() } else { end };
        let span = trim(raw, at, end);
        if !span.is_empty() {
            lines.push(Cut { part: number, span, path: Box::default() });
        }
        at = end + 1;
        number += 1;
    }
    lines
}

/// The span from `at` to `end` without white space around it.
fn trim(raw: &[u8], at: usize, end: usize) -> Span {
    let start = blank(&raw[..end], at);
    let blanks = raw[start..end].iter().rev().take_while(|byte| byte.is_ascii_whitespace());
    Span::new(start, end - blanks.count())
}

fn shape_of_lines(raw: &[u8], lines: &[Cut]) -> &'static Shape {
    let known = lines.iter().take(LINES_LOOKED_AT_MAX).find_map(|line| {
        let outline = Outline::of(&raw[line.span.range()], 0);
        SHAPES.into_iter().find(|shape| shape.line.is_some() && (shape.recognise)(&outline))
    });
    known.unwrap_or(&LINES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(raw: &str) -> Vec<String> {
        let snapshot = Snapshot::read(raw.as_bytes());
        (0..snapshot.pieces())
            .map(|piece| String::from_utf8_lossy(&snapshot.bytes(piece)).into_owned())
            .collect()
    }

    #[track_caller]
    fn check(raw: &str, shape: &str, expect: &[&str]) {
        assert_eq!(Snapshot::read(raw.as_bytes()).shape(), shape, "{raw}");
        assert_eq!(pieces(raw), expect, "{raw}");
    }

    #[test]
    fn files_are_told_apart() {
        check("", "text", &[""]);
        check("# Notes\n[a](b)", "text", &["# Notes\n[a](b)"]);
        check("[a](b)\n[c](d)", "text", &["[a](b)\n[c](d)"]);
        check("\"x\"", "text", &["\"x\""]);
        check("{}", "json", &["{}"]);
        check("\u{feff}[{}]", "json", &["\u{feff}[null]", "{}"]);
        check("{}\n\n {\"a\":1}\r\n", "jsonl", &["null", "{}", "{\"a\":1}"]);
        check("{}\nbroken\n", "jsonl", &["null", "{}", "broken"]);
        check("{\"a\":\n[{\"n\":1},{", "json", &["{\"a\":\n[null,{", "{\"n\":1}"]);
        check("{} x", "json", &["{} x"]);
        check(
            "{\"id\":1,\"memory\":\n\"m\"}\n",
            "mem0.export",
            &["null", "{\"id\":1,\"memory\":\n\"m\"}"],
        );
    }

    #[test]
    fn every_byte_of_every_piece_stands_where_it_was() {
        for raw in [
            r#"{"x":"front","a":[{"n":1},{},{"m":[2]}],"y":"behind"}"#,
            r#"[{},{},"tail",{"z":0}] "#,
            "\u{feff}{\"a\":[{}]}",
            "{\"l\":1}\n{\"l\":2}\n",
        ] {
            let snapshot = Snapshot::read(raw.as_bytes());
            let mut seen = vec![0; raw.len()];
            for piece in 0..snapshot.pieces() {
                let bytes = snapshot.bytes(piece);
                for at in 0..bytes.len() {
                    let span = snapshot.to_raw(piece, Span::new(at, at + 1));
                    if span.len() == 1 && raw.as_bytes()[span.start] == bytes[at] {
                        seen[span.start] += 1;
                    }
                }
            }
            let lost = (0..raw.len()).filter(|at| seen[*at] == 0 && raw.as_bytes()[*at] != b'\n');
            assert_eq!(lost.collect::<Vec<_>>(), Vec::<usize>::new(), "{raw}");
        }
    }

    #[test]
    fn facts_and_pointers_say_where_a_record_is_from() {
        let raw = br#"[{"create_time":1735689600,"mapping":{"a/b":{"id":"n1","message":{"author":{"role":"user","name":null}}}}}]"#;
        let snapshot = Snapshot::read(raw);
        let facts = snapshot.facts(1, &Hidden::default());
        assert_eq!(facts.id.as_deref(), Some("n1"));
        assert_eq!(facts.since.as_deref(), Some("2025-01-01T00:00:00Z"));
        assert_eq!(facts.role.as_deref(), Some("user"));
        assert_eq!(facts.source, None);
        assert_eq!(snapshot.pointer(1, &Hidden::default()), "/0/mapping/a~1b");
        assert_eq!(snapshot.facts(0, &Hidden::default()), Facts::default());
    }

    #[test]
    fn what_is_hidden_is_in_no_fact_and_no_pointer() {
        let raw = br#"[{"mapping":{"a/b":{"id":"n1","message":{"author":{"role":"user"}}}}}]"#;
        let snapshot = Snapshot::read(raw);
        let hidden = |needle: &str| {
            let start = memchr::memmem::find(raw, needle.as_bytes()).expect("it is there");
            Hidden::new(vec![Span::new(start + 1, start + 2), Span::new(start, start + 1)])
        };
        assert_eq!(snapshot.pointer(1, &hidden("a/b")), "/0/mapping");
        assert_eq!(snapshot.facts(1, &hidden("n1")).id, None);
        assert_eq!(snapshot.facts(1, &hidden("n1")).role.as_deref(), Some("user"));
    }
}

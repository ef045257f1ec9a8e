//! Server-sent events: lines up to an empty one. A line ends with CR, LF or both.

use super::Cut;
use memchr::memchr2;

/// A line of data, in offsets of its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DataLine {
    pub(super) start: usize,
    /// The value, without the space in front.
    value: usize,
    value_end: usize,
    /// Behind the end of the line.
    pub(super) end: usize,
}

#[derive(Debug, Default)]
pub(super) struct Sse {
    /// Where the line begins that is being read, and up to where no end was found. In offsets of the bytes that are not handed out.
    line: usize,
    seen: usize,
    data: Vec<DataLine>,
    name: Option<(usize, usize)>,
    /// The values of several lines, joined.
    joined: Vec<u8>,
    /// The event has a field.
    has_field: bool,
    /// The last byte was a CR: an LF behind it belongs to the same end of line.
    after_cr: bool,
    /// What was said of the last frame is still there.
    done: bool,
    begun: bool,
}

const MARK: &[u8] = b"\xef\xbb\xbf";

impl Sse {
    pub(super) fn cut(&mut self, bytes: &[u8]) -> Cut {
        if std::mem::take(&mut self.done) {
            self.clear();
        }
        if !self.begun {
            match bytes.get(..MARK.len()) {
                None if MARK.starts_with(bytes) => return Cut::More,
                Some(head) if head == MARK => {
                    self.begun = true;
                    return self.gap(MARK.len());
                }
                _ => self.begun = true,
            }
        }
        loop {
            if self.after_cr {
                match bytes.get(self.line) {
                    None => return Cut::More,
                    Some(b'\n') if self.line == 0 => {
                        self.after_cr = false;
                        return self.gap(1);
                    }
                    Some(b'\n') => self.swallow_lf(),
                    Some(_) => {}
                }
                self.after_cr = false;
            }
            let Some(len) = memchr2(b'\r', b'\n', &bytes[self.seen..]) else {
                self.seen = bytes.len();
                return Cut::More;
            };
            let end = self.seen + len;
            let mut next = end + 1;
            if bytes[end] == b'\r' {
                match bytes.get(next) {
                    Some(b'\n') => next += 1,
                    Some(_) => {}
                    None => self.after_cr = true,
                }
            }
            let start = std::mem::replace(&mut self.line, next);
            self.seen = next;
            if let Some(cut) = self.take_line(bytes, start, end, next) {
                return cut;
            }
        }
    }

    /// Takes a line, and says where the frame ends if it ends here.
    fn take_line(&mut self, bytes: &[u8], start: usize, end: usize, next: usize) -> Option<Cut> {
        let line = &bytes[start..end];
        if line.is_empty() || line[0] == b':' && !self.has_field {
            // Nothing that was said in front of it belongs together: it leaves as it came.
            return Some(if self.has_field { self.event(bytes, next) } else { self.gap(next) });
        }
        if line[0] == b':' {
            return None;
        }
        self.has_field = true;
        let colon = line.iter().position(|byte| *byte == b':');
        let value = colon.map_or(line.len(), |colon| {
            colon + 1 + usize::from(line.get(colon + 1) == Some(&b' '))
        });
        match &line[..colon.unwrap_or(line.len())] {
            b"data" => {
                let data = DataLine { start, value: start + value, value_end: end, end: next };
                self.data.push(data);
            }
            b"event" => self.name = Some((start + value, end)),
            _ => {}
        }
        None
    }

    /// An LF that belongs to the line in front of it.
    fn swallow_lf(&mut self) {
        if let Some(last) = self.data.last_mut()
            && last.end == self.line
        {
            last.end += 1;
        }
        self.line += 1;
        self.seen = self.line;
    }

    fn gap(&mut self, len: usize) -> Cut {
        let after_cr = self.after_cr;
        self.clear();
        (self.after_cr, self.done) = (after_cr, true);
        Cut::Frame { len, payload: None }
    }

    fn event(&mut self, bytes: &[u8], len: usize) -> Cut {
        self.join(bytes);
        self.done = true;
        Cut::Frame { len, payload: self.data.first().map(|line| (line.value, line.value_end)) }
    }

    fn join(&mut self, bytes: &[u8]) {
        if self.data.len() < 2 {
            return;
        }
        for (index, line) in self.data.iter().enumerate() {
            if index > 0 {
                self.joined.push(b'\n');
            }
            self.joined.extend_from_slice(&bytes[line.value..line.value_end]);
        }
    }

    fn clear(&mut self) {
        let Self { line, seen, data, name, joined, has_field, .. } = self;
        (*line, *seen, *name, *has_field) = (0, 0, None, false);
        data.clear();
        joined.clear();
    }

    /// The end of the stream: a line without an end counts, too, since nobody knows what a client makes of it.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<(usize, usize)> {
        if std::mem::take(&mut self.done) {
            self.clear();
        }
        if self.line < bytes.len() {
            self.take_line(bytes, self.line, bytes.len(), bytes.len());
        }
        if self.joined.is_empty() {
            self.join(bytes);
        }
        self.data.first().map(|line| (line.value, line.value_end))
    }

    pub(super) fn data(&self) -> &[DataLine] {
        &self.data
    }

    pub(super) fn name<'b>(&self, raw: &'b [u8]) -> Option<&'b [u8]> {
        self.name.map(|(start, end)| &raw[start..end])
    }

    pub(super) fn payload<'b>(&'b self, raw: &'b [u8]) -> Option<&'b [u8]> {
        match &self.data[..] {
            [] => None,
            [line] => Some(&raw[line.value..line.value_end]),
            _ => Some(&self.joined),
        }
    }
}

/// Writes a frame with other data, at the place of its first line of data, and in its way.
pub(super) fn rewrite(raw: &[u8], data: &[DataLine], payload: &[u8], out: &mut Vec<u8>) {
    let Some(first) = data.first() else {
        out.extend_from_slice(raw);
        return;
    };
    let mut at = 0;
    for (index, line) in data.iter().enumerate() {
        out.extend_from_slice(&raw[at..line.start]);
        at = line.end;
        if index > 0 {
            continue;
        }
        let (name, end) = (&raw[line.start..line.value], &raw[line.value_end..line.end]);
        // A field without a colon has no value.
        let name: &[u8] = if name.ends_with(b"data") { b"data:" } else { name };
        let end: &[u8] = if end.is_empty() { b"\n" } else { end };
        let values: Vec<_> = payload.split(|byte| matches!(byte, b'\n' | b'\r')).collect();
        for (index, value) in values.iter().enumerate() {
            out.extend_from_slice(name);
            out.extend_from_slice(value);
            let is_last = index + 1 == values.len();
            out.extend_from_slice(if is_last { &raw[first.value_end..first.end] } else { end });
        }
    }
    out.extend_from_slice(&raw[at..]);
}

/// Writes an event.
pub(super) fn write(name: Option<&str>, payload: &[u8], out: &mut Vec<u8>) {
    if let Some(name) = name {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    for line in payload.split(|byte| matches!(byte, b'\n' | b'\r')) {
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.push(b'\n');
}

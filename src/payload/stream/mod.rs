//! Streams of events: where a frame begins and ends, and what in it is text.
//!
//! A [`Reader`] takes bytes however they were cut and gives one [`Frame`] after the other. What was read is the bytes that arrived: a frame
//! that nobody changes leaves as it came, with its comments, its order of fields and its ends of lines. [`shapes`] say what the events of
//! each API mean: which of their strings continue a text, and when that text is over.

mod event;
mod lines;
mod message;
pub mod shapes;
mod sse;
mod values;

use crate::base::Fault;
use crate::base::code::STREAM_FRAME;
use crate::base::limits::STREAM_FRAME_BYTES_MAX;
pub use event::{Channel, End, Event, Part, Piece, Use};
use lines::Lines;
use message::Messages;
pub use shapes::Shape;
use sse::{DataLine, Sse};
use values::Values;

/// How events are told apart in the bytes of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events.
    Sse,
    /// A document a line.
    Lines,
    /// The elements of one array.
    Values,
    /// `application/vnd.amazon.eventstream`.
    Messages,
}

/// Bytes after which a stream that has shown nothing else is taken for text.
const GUESS_BYTES_MAX: usize = 16;

impl Framing {
    /// What the first bytes of a stream look like. `None` if more of them are needed, `Some(None)` for plain text.
    pub fn guess(head: &[u8], ended: bool) -> Option<Option<Self>> {
        const FIELDS: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b":"];
        const MARK: &[u8] = b"\xef\xbb\xbf";
        if MARK.starts_with(head) && !ended {
            return None;
        }
        let text = head.strip_prefix(MARK).unwrap_or(head).trim_ascii_start();
        match text.first() {
            Some(b'{') => return Some(Some(Self::Lines)),
            Some(b'[') => return Some(Some(Self::Values)),
            None if !ended && head.len() < GUESS_BYTES_MAX => return None,
            _ => {}
        }
        if FIELDS.iter().any(|field| text.starts_with(field)) {
            return Some(Some(Self::Sse));
        }
        if !ended && FIELDS.iter().any(|field| field.starts_with(text)) {
            return None;
        }
        // The length of a message is below 16 MiB, so that its first byte is zero, which no text begins with.
        match message::is_prelude(head) {
            Some(true) => Some(Some(Self::Messages)),
            None if !ended => None,
            _ => Some(None),
        }
    }

    /// Writes an event of our own: its name, if it has one in this framing, and its payload. `place` says what stands around it.
    pub fn write(self, name: Option<&str>, payload: &[u8], place: Between, out: &mut Vec<u8>) {
        match self {
            Self::Sse => sse::write(name, payload, out),
            Self::Lines => {
                out.extend_from_slice(payload);
                out.push(b'\n');
            }
            Self::Values => {
                let (before, after): (&[u8], &[u8]) = match place {
                    Between::Before => (b"", b",\n"),
                    Between::Behind => (b",\n", b""),
                    Between::Last => (b",\n", b"]\n"),
                    Between::Only => (b"[", b"]\n"),
                };
                out.extend_from_slice(before);
                out.extend_from_slice(payload);
                out.extend_from_slice(after);
            }
            Self::Messages => message::write(name.unwrap_or_default(), payload, out),
        }
    }
}

/// Where an event of our own stands among those that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// An event that arrived follows at once.
    Before,
    /// Events that arrived stand in front, and the end follows.
    Behind,
    /// Events that arrived stand in front, and nothing follows.
    Last,
    /// Nothing stands around it.
    Only,
}

pub use message::write_exception;

/// Cuts a stream into frames.
#[derive(Debug)]
pub struct Reader {
    buffer: Vec<u8>,
    /// Bytes of the buffer that were handed out.
    start: usize,
    cutter: Cutter,
}

#[derive(Debug)]
enum Cutter {
    Sse(Sse),
    Lines(Lines),
    Values(Values),
    Messages(Messages),
}

/// What a cutter says of the bytes that it is shown, which begin where the last frame ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cut {
    /// There is no whole frame yet.
    More,
    /// A frame of this length. The payload lies in its bytes; `None` if it has none, or has to be put together.
    Frame { len: usize, payload: Option<(usize, usize)> },
}

/// Some bytes of a stream that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'b> {
    /// All of its bytes.
    pub raw: &'b [u8],
    /// What it brings. `None` for what only stands between events: comments, separators, empty lines.
    pub payload: Option<&'b [u8]>,
    /// Its name, where that does not stand in the payload.
    pub name: Option<&'b [u8]>,
    /// It is whole. What stands at the end of a stream may not be.
    pub whole: bool,
    framing: Framing,
    data: &'b [DataLine],
    at: usize,
}

impl Reader {
    /// A reader at the beginning of a stream.
    pub fn new(framing: Framing) -> Self {
        let cutter = match framing {
            Framing::Sse => Cutter::Sse(Sse::default()),
            Framing::Lines => Cutter::Lines(Lines::default()),
            Framing::Values => Cutter::Values(Values::default()),
            Framing::Messages => Cutter::Messages(Messages),
        };
        Self { buffer: Vec::new(), start: 0, cutter }
    }

    /// How events are told apart.
    pub fn framing(&self) -> Framing {
        match self.cutter {
            Cutter::Sse(_) => Framing::Sse,
            Cutter::Lines(_) => Framing::Lines,
            Cutter::Values(_) => Framing::Values,
            Cutter::Messages(_) => Framing::Messages,
        }
    }

    /// Bytes that have arrived and not been handed out.
    pub fn held(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// Takes the next bytes. Then ask for [`frame`](Self::frame)s until there is none.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame that is whole.
    ///
    /// # Errors
    /// It is larger than [`STREAM_FRAME_BYTES_MAX`], or damaged. Nothing can be read behind it.
    pub fn frame(&mut self) -> Result<Option<Frame<'_>>, Fault> {
        let rest = &self.buffer[self.start..];
        let cut = match &mut self.cutter {
            Cutter::Sse(sse) => sse.cut(rest),
            Cutter::Lines(lines) => lines.cut(rest),
            Cutter::Values(values) => values.cut(rest),
            Cutter::Messages(messages) => messages.cut(rest)?,
        };
        match cut {
            Cut::More if rest.len() > STREAM_FRAME_BYTES_MAX => {
                let detail = format!("the limit is {STREAM_FRAME_BYTES_MAX} bytes");
                Err(Fault::new(STREAM_FRAME, detail))
            }
            Cut::More => {
                self.shrink();
                Ok(None)
            }
            Cut::Frame { len, payload } => {
                let from = self.start;
                self.start += len;
                Ok(Some(self.framed(from, len, payload, true)))
            }
        }
    }

    /// What is left at the end of the stream, though it is not whole. `None` if that is nothing.
    pub fn rest(&mut self) -> Option<Frame<'_>> {
        let (from, len) = (self.start, self.held());
        self.start = self.buffer.len();
        let payload = match &mut self.cutter {
            _ if len == 0 => return None,
            Cutter::Lines(_) | Cutter::Values(_) => Some((0, len)),
            Cutter::Sse(sse) => sse.end(&self.buffer[from..]),
            Cutter::Messages(_) => None,
        };
        Some(self.framed(from, len, payload, false))
    }

    fn framed(
        &self,
        from: usize,
        len: usize,
        payload: Option<(usize, usize)>,
        whole: bool,
    ) -> Frame<'_> {
        let raw = &self.buffer[from..from + len];
        let (at, inside) =
            payload.map_or((0, None), |(start, end)| (start, Some(&raw[start..end])));
        let framing = self.framing();
        let mut frame = Frame { raw, payload: inside, name: None, whole, framing, data: &[], at };
        match &self.cutter {
            Cutter::Sse(sse) => {
                (frame.data, frame.name) = (sse.data(), sse.name(raw));
                frame.payload = sse.payload(raw);
            }
            Cutter::Messages(_) => frame.name = message::event_type(raw),
            Cutter::Lines(_) | Cutter::Values(_) => {}
        }
        frame
    }

    /// Gives memory back that one long frame took.
    fn shrink(&mut self) {
        const KEPT_BYTES: usize = 2048;
        if self.held() == 0 && self.buffer.capacity() > KEPT_BYTES {
            self.buffer = Vec::new();
            self.start = 0;
        }
    }
}

impl Frame<'_> {
    /// Writes the frame with another payload.
    pub fn rewrite(&self, payload: &[u8], out: &mut Vec<u8>) {
        match self.framing {
            Framing::Sse => sse::rewrite(self.raw, self.data, payload, out),
            Framing::Messages => message::rewrite(self.raw, payload, out),
            Framing::Lines | Framing::Values => {
                let len = self.payload.map_or(0, <[u8]>::len);
                out.extend_from_slice(&self.raw[..self.at]);
                out.extend_from_slice(payload);
                out.extend_from_slice(&self.raw[self.at + len..]);
            }
        }
    }

    /// What stands in the frame beside its payload and was written by somebody: comments, names, ids.
    pub fn aside(&self) -> impl Iterator<Item = &[u8]> {
        let mut at = 0;
        let ends = self.data.iter().map(|line| (line.start, line.end));
        let ends = ends.chain(std::iter::once((self.raw.len(), self.raw.len())));
        let is_sse = self.framing == Framing::Sse;
        ends.map(move |(start, end)| {
            let between = &self.raw[at..start];
            at = end;
            between
        })
        .filter(move |between| is_sse && !between.trim_ascii().is_empty())
    }

    /// Writes nothing of the frame but its payload: what stood beside it must not leave.
    pub fn write_bare(&self, payload: &[u8], out: &mut Vec<u8>) {
        self.framing.write(None, payload, Between::Before, out);
    }
}

//! `application/vnd.amazon.eventstream`: a length, headers and a payload, with two check sums.

use super::Cut;
use crate::base::Fault;
use crate::base::code::STREAM_FRAME;
use crate::base::limits::STREAM_FRAME_BYTES_MAX;

/// Two lengths and their check sum.
const PRELUDE_BYTES: usize = 12;
const CHECKSUM_BYTES: usize = 4;
/// Longest headers, as the format has it, in bytes.
const HEADERS_BYTES_MAX: usize = 128 << 10;
/// The type of a header whose value is a string.
const STRING: u8 = 7;

#[derive(Debug)]
pub(super) struct Messages;

impl Messages {
    #[allow(clippy::unused_self, reason = "cutters look alike")]
    pub(super) fn cut(&mut self, bytes: &[u8]) -> Result<Cut, Fault> {
        let Some(prelude) = Prelude::of(bytes) else { return Ok(Cut::More) };
        let prelude = prelude.ok_or_else(|| damaged("the prelude"))?;
        let Some(message) = bytes.get(..prelude.len) else { return Ok(Cut::More) };
        let (content, sum) = message.split_at(prelude.len - CHECKSUM_BYTES);
        if sum != crc32fast::hash(content).to_be_bytes() {
            return Err(damaged("the check sum of a message"));
        }
        let payload = Some((PRELUDE_BYTES + prelude.headers, content.len()));
        Ok(Cut::Frame { len: prelude.len, payload })
    }
}

fn damaged(what: &str) -> Fault {
    Fault::new(STREAM_FRAME, format!("{what} is wrong"))
}

#[derive(Clone, Copy, Debug)]
struct Prelude {
    len: usize,
    headers: usize,
}

impl Prelude {
    /// `None` if it is not whole, `Some(None)` if it is none.
    fn of(bytes: &[u8]) -> Option<Option<Self>> {
        let prelude: &[u8; PRELUDE_BYTES] = bytes.first_chunk()?;
        let word = |at: usize| {
            u32::from_be_bytes([prelude[at], prelude[at + 1], prelude[at + 2], prelude[at + 3]])
        };
        let (len, headers) = (word(0) as usize, word(4) as usize);
        let fits = headers <= HEADERS_BYTES_MAX
            && len <= STREAM_FRAME_BYTES_MAX
            && len >= PRELUDE_BYTES + headers + CHECKSUM_BYTES;
        let is_right = fits && word(8) == crc32fast::hash(&prelude[..8]);
        Some(is_right.then_some(Self { len, headers }))
    }
}

/// Whether a stream begins as messages do. `None` if there are too few bytes to tell.
pub(super) fn is_prelude(bytes: &[u8]) -> Option<bool> {
    if bytes.first().is_some_and(|byte| *byte != 0) {
        return Some(false);
    }
    Prelude::of(bytes).map(|prelude| prelude.is_some())
}

/// The value of the header `:event-type`, or of `:exception-type`.
pub(super) fn event_type(raw: &[u8]) -> Option<&[u8]> {
    let prelude = Prelude::of(raw)??;
    let mut headers = raw.get(PRELUDE_BYTES..PRELUDE_BYTES + prelude.headers)?;
    while let [len, rest @ ..] = headers {
        let (name, rest) = rest.split_at_checked(usize::from(*len))?;
        let (kind, rest) = rest.split_first()?;
        let (skip, size) = match kind {
            0 | 1 => (0, 0),
            2 => (0, 1),
            3 => (0, 2),
            4 => (0, 4),
            5 | 8 => (0, 8),
            6 | &STRING => (2, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
            9 => (0, 16),
            _ => return None,
        };
        let (value, rest) = rest.get(skip..)?.split_at_checked(size)?;
        if matches!(name, b":event-type" | b":exception-type") {
            return Some(value);
        }
        headers = rest;
    }
    None
}

/// Writes a message with another payload and the same headers.
pub(super) fn rewrite(raw: &[u8], payload: &[u8], out: &mut Vec<u8>) {
    let headers = match Prelude::of(raw) {
        Some(Some(prelude)) => &raw[PRELUDE_BYTES..PRELUDE_BYTES + prelude.headers],
        _ => &[],
    };
    encode(headers, payload, out);
}

/// Writes an event.
pub(super) fn write(name: &str, payload: &[u8], out: &mut Vec<u8>) {
    write_with(&[(":event-type", name), JSON, (":message-type", "event")], payload, out);
}

/// Writes an exception, which ends a stream.
pub fn write_exception(name: &str, payload: &[u8], out: &mut Vec<u8>) {
    write_with(&[(":exception-type", name), JSON, (":message-type", "exception")], payload, out);
}

const JSON: (&str, &str) = (":content-type", "application/json");

fn write_with(fields: &[(&str, &str)], payload: &[u8], out: &mut Vec<u8>) {
    let mut headers = Vec::new();
    for (name, value) in fields {
        // Names and values are our own and short.
        headers.push(name.len() as u8);
        headers.extend_from_slice(name.as_bytes());
        headers.push(STRING);
        headers.extend_from_slice(&(value.len() as u16).to_be_bytes());
        headers.extend_from_slice(value.as_bytes());
    }
    encode(&headers, payload, out);
}

fn encode(headers: &[u8], payload: &[u8], out: &mut Vec<u8>) {
    let from = out.len();
    let len = PRELUDE_BYTES + headers.len() + payload.len() + CHECKSUM_BYTES;
    // A payload is at most a few times as long as what arrived, which is below the limit of a frame.
    out.extend_from_slice(&(len as u32).to_be_bytes());
    out.extend_from_slice(&(headers.len() as u32).to_be_bytes());
    let sum = crc32fast::hash(&out[from..]);
    out.extend_from_slice(&sum.to_be_bytes());
    out.extend_from_slice(headers);
    out.extend_from_slice(payload);
    let sum = crc32fast::hash(&out[from..]);
    out.extend_from_slice(&sum.to_be_bytes());
}

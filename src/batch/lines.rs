//! A stream cut into portions of whole lines.

use memchr::{memchr_iter, memrchr};
use std::io::{self, Read};
use std::mem;
use std::ops::Range;

/// Bytes after which a portion ends with its last whole line.
const PORTION_BYTES: usize = 4 << 20;
/// Bytes that are asked for at once.
const READ_BYTES: u64 = 1 << 20;

/// Whole lines, terminators included.
#[derive(Debug)]
pub(super) struct Lines {
    /// The bytes of all lines that are not [`too long`](Line::dropped).
    pub(super) bytes: Vec<u8>,
    /// The lines.
    pub(super) lines: Vec<Line>,
}

/// One line of a portion.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it is in the portion, terminator included.
    pub(super) range: Range<usize>,
    /// Its number in the stream, from 1.
    pub(super) number: u64,
    /// Its first byte in the stream.
    pub(super) offset: u64,
    /// Length in bytes of a line that is longer than allowed; its bytes are not kept.
    pub(super) dropped: Option<u64>,
}

/// Reads portions of lines. Holds one portion, or one line of at most `line_bytes_max` bytes, at a time.
pub(super) struct LineReader<R> {
    reader: R,
    line_bytes_max: u64,
    carry: Vec<u8>,
    ended: bool,
    number: u64,
    offset: u64,
}

impl<R: Read> LineReader<R> {
    pub(super) fn new(reader: R, line_bytes_max: u64) -> Self {
        Self { reader, line_bytes_max, carry: Vec::new(), ended: false, number: 0, offset: 0 }
    }

    /// Number of the line that comes next, from 1.
    pub(super) fn number_next(&self) -> u64 {
        self.number + 1
    }

    /// The next portion; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Lines>> {
        let mut bytes = mem::take(&mut self.carry);
        let mut searched = 0;
        let mut whole = 0;
        loop {
            if let Some(newline) = memrchr(b'\n', &bytes[searched..]) {
                whole = searched + newline + 1;
            }
            searched = bytes.len();
            if self.ended {
                whole = bytes.len();
                break;
            }
            if whole > 0 && bytes.len() >= PORTION_BYTES {
                break;
            }
            if whole == 0 && bytes.len() as u64 > self.line_bytes_max {
                return self.drop_line(bytes.len() as u64).map(Some);
            }
            self.read(&mut bytes)?;
        }
        self.carry = bytes.split_off(whole);
        if bytes.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.cut(bytes)))
    }

    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let count = (&mut self.reader).take(READ_BYTES).read_to_end(bytes)?;
        self.ended = (count as u64) < READ_BYTES;
        Ok(())
    }

    /// Reads on to the end of a line that is too long and keeps none of it.
    fn drop_line(&mut self, mut length: u64) -> io::Result<Lines> {
        let mut bytes = Vec::new();
        while !self.ended {
            bytes.clear();
            self.read(&mut bytes)?;
            if let Some(newline) = memchr::memchr(b'\n', &bytes) {
                length += newline as u64 + 1;
                self.carry = bytes.split_off(newline + 1);
                break;
            }
            length += bytes.len() as u64;
        }
        self.number += 1;
        let line =
            Line { range: 0..0, number: self.number, offset: self.offset, dropped: Some(length) };
        self.offset += length;
        Ok(Lines { bytes: Vec::new(), lines: vec![line] })
    }

    fn cut(&mut self, bytes: Vec<u8>) -> Lines {
        let mut lines = Vec::new();
        let mut start = 0;
        let unterminated = (bytes.last() != Some(&b'\n')).then_some(bytes.len());
        let ends = memchr_iter(b'\n', &bytes).map(|newline| newline + 1).chain(unterminated);
        for end in ends {
            let length = (end - start) as u64;
            self.number += 1;
            let dropped = (length > self.line_bytes_max.saturating_add(1)).then_some(length);
            lines.push(Line {
                range: start..end,
                number: self.number,
                offset: self.offset,
                dropped,
            });
            self.offset += length;
            start = end;
        }
        Lines { bytes, lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], line_bytes_max: u64) -> Vec<(u64, u64, Result<Vec<u8>, u64>)> {
        let mut reader = LineReader::new(text, line_bytes_max);
        let mut out = Vec::new();
        while let Some(portion) = reader.next().unwrap() {
            for line in portion.lines {
                let text = match line.dropped {
                    Some(length) => Err(length),
                    None => Ok(portion.bytes[line.range].to_vec()),
                };
                out.push((line.number, line.offset, text));
            }
        }
        out
    }

    #[test]
    fn cuts_at_newlines() {
        let line = |number, offset, text: &str| (number, offset, Ok(text.as_bytes().to_vec()));
        assert_eq!(all(b"", 10), vec![]);
        assert_eq!(all(b"a\n", 10), vec![line(1, 0, "a\n")]);
        assert_eq!(
            all(b"a\n\nbc", 10),
            vec![line(1, 0, "a\n"), line(2, 2, "\n"), line(3, 3, "bc")]
        );
    }

    #[test]
    fn short_limit_drops_the_long_line_only() {
        let got = all(b"ab\nabcdefgh\ncd\n", 4);
        assert_eq!(got[0].2, Ok(b"ab\n".to_vec()));
        assert_eq!(got[1], (2, 3, Err(9)));
        assert_eq!(got[2], (3, 12, Ok(b"cd\n".to_vec())));
    }

    #[test]
    fn line_longer_than_a_read_is_whole_or_dropped() {
        let long = vec![b'x'; 3 * READ_BYTES as usize];
        let text = [long.as_slice(), b"\nnext\n"].concat();
        let whole = all(&text, u64::MAX);
        assert_eq!(whole[0].2.as_ref().unwrap().len(), long.len() + 1);
        assert_eq!(whole[1].2, Ok(b"next\n".to_vec()));
        let dropped = all(&text, 10);
        assert_eq!(dropped[0].2, Err(long.len() as u64 + 1));
        assert_eq!(dropped[1], (2, long.len() as u64 + 1, Ok(b"next\n".to_vec())));
    }

    #[test]
    fn many_portions_keep_their_numbers_and_offsets() {
        let text = b"0123456789\n".repeat(2 * PORTION_BYTES / 11);
        let got = all(&text, 100);
        assert_eq!(got.len(), 2 * PORTION_BYTES / 11);
        let joined: Vec<u8> = got.iter().flat_map(|line| line.2.clone().unwrap()).collect();
        assert_eq!(joined, text);
        let (number, offset, _) = got[got.len() - 1];
        assert_eq!((number, offset), (got.len() as u64, text.len() as u64 - 11));
    }
}

//! A document a line.

use super::Cut;
use memchr::memchr;

#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Up to where no end of a line was found.
    seen: usize,
}

impl Lines {
    pub(super) fn cut(&mut self, bytes: &[u8]) -> Cut {
        let Some(len) = memchr(b'\n', &bytes[self.seen..]) else {
            self.seen = bytes.len();
            return Cut::More;
        };
        let end = self.seen + len;
        self.seen = 0;
        let line = &bytes[..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let payload = (!line.trim_ascii().is_empty()).then_some((0, line.len()));
        Cut::Frame { len: end + 1, payload }
    }
}

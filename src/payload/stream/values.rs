//! One array, element by element: brackets are counted, and those in strings are not.

use super::Cut;

#[derive(Debug, Default)]
pub(super) struct Values {
    at: usize,
    /// Where the element begins, if one was begun.
    start: Option<usize>,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Something stands between the elements that is no separator.
    other: bool,
}

impl Values {
    pub(super) fn cut(&mut self, bytes: &[u8]) -> Cut {
        while let Some(&byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => {
                    self.in_string = !self.in_string;
                    self.other |= self.start.is_none();
                }
                _ if self.in_string => {}
                // What stands between elements leaves on its own, so that an element is not held for the sake of the next.
                b'{' if self.start.is_none() => {
                    if self.at > 1 {
                        self.at -= 1;
                        return self.end(None);
                    }
                    (self.start, self.depth) = (Some(0), 1);
                }
                b'{' | b'[' if self.start.is_some() => self.depth += 1,
                b'}' | b']' if self.start.is_some() => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return self.end(Some((0, self.at)));
                    }
                }
                b']' => return self.end(None),
                _ => self.other |= !matches!(byte, b'[' | b',' | b' ' | b'\n' | b'\r' | b'\t'),
            }
        }
        Cut::More
    }

    fn end(&mut self, payload: Option<(usize, usize)>) -> Cut {
        let len = self.at;
        let payload = payload.or(self.other.then_some((0, len)));
        *self = Self::default();
        Cut::Frame { len, payload }
    }
}

//! Long words: base64, base32, hexadecimal digits, values that are turned around, lines of base64.

use super::{Next, Open};
use crate::base::{Span, ViewKind};
use crate::text::views::decode::{base64, reversed};
use crate::text::views::kinds::Kinds;
use crate::text::views::tokens;

/// Bytes of a token that calls for nothing which are kept in sight, since its end may say something.
const TAIL_BYTES: usize = 256;
/// A token is looked at once it is so long, and then whenever it has doubled.
const LOOK_BYTES: usize = 2 * TAIL_BYTES;

/// The token at the end, and the lines of base64 that it goes on with.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    token: Option<Token>,
    blob: Option<Blob>,
}

#[derive(Debug)]
struct Token {
    open: Open,
    /// Place at which it is looked at.
    look: usize,
}

/// Lines of base64.
#[derive(Debug)]
struct Blob {
    open: Open,
    /// Bytes of the last line.
    line: usize,
    space: usize,
    breaks: usize,
}

const fn in_token(byte: u8) -> bool {
    reversed::in_token(byte) || byte == b'='
}

impl Tokens {
    pub(super) fn feed(&mut self, next: &Next<'_>) -> bool {
        if in_token(next.byte) {
            self.letter(next);
            return false;
        }
        let Some(token) = self.token.take() else { return self.space(next) };
        let bytes = next.before(token.open.start);
        let kinds = kinds(bytes);
        let mut noticed = !kinds.is_empty();
        let line = bytes.len();
        let goes_on = self.blob.as_ref().is_some_and(|blob| line == blob.line);
        let open = self.blob.take().map_or(token.open, |blob| {
            noticed = true;
            blob.open
        });
        let begins = kinds.has(ViewKind::Base64) || goes_on;
        if begins && line >= base64::LINE_BYTES_MIN && next.byte.is_ascii_whitespace() {
            self.blob = Some(Blob { open, line, space: 0, breaks: 0 });
            self.space(next);
        }
        noticed
    }

    pub(super) fn open(&self) -> Option<Open> {
        let token = self.token.as_ref().map(|token| token.open);
        let blob = self.blob.as_ref().map(|blob| blob.open);
        blob.or(token)
    }

    fn letter(&mut self, next: &Next<'_>) {
        let Some(token) = &mut self.token else {
            // The lines of a blob are one below the other.
            self.blob = self.blob.take().filter(|blob| blob.breaks == 1);
            let open = Open { start: next.at, hold: next.at };
            self.token = Some(Token { open, look: next.at + tokens::RUN_BYTES_MIN });
            return;
        };
        if next.at + 1 < token.look {
            return;
        }
        let bytes = next.since(token.open.start);
        let data = Kinds::one(ViewKind::Base64)
            .or(Kinds::one(ViewKind::Base32))
            .or(Kinds::one(ViewKind::Hex));
        if kinds(bytes).iter().any(|kind| data.has(kind)) {
            token.open.hold = token.open.hold.min(next.alive);
            token.look = usize::MAX;
        } else {
            // Its end may still say something.
            if bytes.len() >= LOOK_BYTES {
                let start = next.at + 1 - TAIL_BYTES;
                token.open = Open { start, hold: start };
            }
            token.look = next.at + 1 + LOOK_BYTES - TAIL_BYTES;
        }
    }

    /// What stands between two lines.
    fn space(&mut self, next: &Next<'_>) -> bool {
        let Some(blob) = &mut self.blob else { return false };
        blob.space += 1;
        blob.breaks += usize::from(next.byte == b'\n');
        let ends = !next.byte.is_ascii_whitespace()
            || blob.space > base64::GAP_BYTES_MAX
            || blob.breaks > 1;
        if ends {
            self.blob = None;
        }
        ends
    }
}

/// The views that a token calls for.
fn kinds(token: &[u8]) -> Kinds {
    if token.len() < reversed::RUN_BYTES_MIN {
        return Kinds::NONE;
    }
    let mut kinds = tokens::of_run(token, Span::new(0, token.len()));
    for at in memchr::memchr_iter(b'@', token) {
        kinds |= tokens::of_at(token, at).1;
    }
    let label = memchr::memmem::find(token, b"xn--").is_some();
    kinds.or(Kinds::when(ViewKind::Punycode, label))
}

//! Characters beyond ASCII that may stand for ASCII, or for nothing.

use super::{Next, Open};
use crate::text::views::BLOCK_BYTES;
use crate::text::views::fold::{self, Sort};

/// Characters of a token that decide whether its look-alikes count, in bytes.
const TOKEN_BYTES_MAX: usize = 256;

/// Characters in a row, none of which is known to stay what it is; or a token with look-alikes.
#[derive(Debug, Default)]
pub(super) struct Wide {
    run: Option<Run>,
    /// Where the character began that is not whole.
    char: Option<Open>,
}

#[derive(Debug)]
struct Run {
    open: Open,
    /// It has a letter that counts in a mixed token only.
    look_alike: bool,
    /// Invisible characters in a row.
    invisible: usize,
    /// It is read whatever stands around it.
    sure: bool,
}

impl Wide {
    pub(super) fn feed(&mut self, next: &Next<'_>) -> bool {
        if next.byte.is_ascii() {
            self.char = None;
            return self.ascii(next);
        }
        // Marks of a byte order are no characters.
        let marked = matches!(next.byte, 0xfe | 0xff);
        if next.byte & 0xc0 != 0x80 {
            self.char = Some(Open::new(next.at, next.alive));
        }
        let Some(open) = self.char else { return marked };
        let bytes = next.since(open.start);
        let Some((char, _)) = fold::decode(bytes) else {
            if bytes.len() >= 4 {
                self.char = None;
            }
            return marked;
        };
        self.char = None;
        self.whole(next, open, fold::sort(char)) | marked
    }

    pub(super) fn open(&self) -> Option<Open> {
        self.run.as_ref().map(|run| run.open).or(self.char)
    }

    fn whole(&mut self, next: &Next<'_>, open: Open, sort: Sort) -> bool {
        if sort == Sort::Foreign {
            return self.close(next);
        }
        let new = || Run { open, look_alike: false, invisible: 0, sure: false };
        let run = self.run.get_or_insert_with(new);
        run.look_alike |= sort == Sort::LookAlike;
        run.invisible = if sort == Sort::Invisible { run.invisible + 1 } else { 0 };
        // Several in a row are an alphabet of their own; so are tags.
        run.sure |=
            run.invisible > 1 || next.since(open.start)[0] >= 0xf0 && sort == Sort::Invisible;
        false
    }

    fn ascii(&mut self, next: &Next<'_>) -> bool {
        match &mut self.run {
            None => false,
            Some(run) => {
                run.invisible = 0;
                let token = run.look_alike && fold::in_token(next.byte);
                if token && next.at - run.open.start < TOKEN_BYTES_MAX {
                    return false;
                }
                self.close(next)
            }
        }
    }

    /// Ends the run, and says whether it counts.
    fn close(&mut self, next: &Next<'_>) -> bool {
        let Some(run) = self.run.take() else { return false };
        let text = next.since(next.base);
        let first = run.open.start.saturating_sub(next.base);
        run.sure
            || (first..text.len()).step_by(BLOCK_BYTES).any(|block| {
                let bytes = text[block..].iter().take(BLOCK_BYTES).enumerate();
                let leads = bytes.filter(|(_, byte)| **byte >= 0xc0);
                fold::may_show(text, block, leads.fold(0, |mask, (i, _)| mask | 1 << i))
            })
    }
}

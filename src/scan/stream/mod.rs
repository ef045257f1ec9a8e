//! Streams: the findings of a text that is still arriving.
//!
//! A scan of the whole text and a scan of its pieces find the same. What has arrived is split at a *frontier*: the earliest byte that may
//! still become part of a finding, or whose findings may still change. Text in front of it is final and leaves, with its findings. The
//! frontier is derived from the rules, not from a window: [`Viable`](crate::matcher::viable::Viable) says at which places something may
//! still match, [`decide`] what waits for context or for the end of a region, [`settle`] which findings others may outrank,
//! [`sight`] what is encoded and not whole. See `docs/decisions/0008-streams.md` and `0012-views-in-streams.md`.

mod decide;
mod program;
mod settle;
mod sight;
#[cfg(test)]
mod tests;

pub use program::StreamProgram;

use super::{Scratch, views};
use crate::base::{Finding, Gap};
use crate::matcher::viable::Attempt;
use crate::rules::{Pack, Rules};
use crate::text::views::{BLOCK_BYTES, Watch};
use decide::{Decide, Progress};
pub(super) use program::Hold;
use settle::{Known, Pending};
use sight::{CONTEXT_BYTES, Kept, Sight};

/// Bytes that are kept beyond those that are needed, so that the rest is moved seldom.
const SLACK_BYTES: usize = 1024;

/// What a stream is scanned with. All pieces of a stream need the same.
#[derive(Clone, Copy, Debug)]
pub struct StreamRules<'r> {
    pub(super) rules: &'r Rules,
    pub(super) pack: &'r Pack,
    program: &'r StreamProgram,
    views: bool,
}

impl<'r> StreamRules<'r> {
    /// `program` must be that of `pack`, and `pack` one of `rules`.
    pub fn new(rules: &'r Rules, pack: &'r Pack, program: &'r StreamProgram) -> Self {
        assert_eq!(program.rules, rules.serial, "the program belongs to the rules");
        Self { rules, pack, program, views: true }
    }

    /// Whether this reason to hold text back counts: always, but in tests of the tests.
    pub(super) fn holds(&self, reason: Hold) -> bool {
        self.program.holds(reason)
    }

    /// The same without views: what is encoded is not seen.
    #[must_use]
    pub fn without_views(self) -> Self {
        Self { views: false, ..self }
    }
}

/// Scans one stream. It holds the text that has not left and what the rules look at in front of it, and nothing else that is large.
///
/// ```
/// use lockgate::rules::Compiler;
/// use lockgate::scan::{Scratch, StreamProgram, StreamRules, StreamScanner};
///
/// let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
/// let pack = rules.pack("default").expect("the default pack is built in");
/// let program = StreamProgram::new(&rules, pack)?;
/// let with = StreamRules::new(&rules, pack, &program);
/// let (mut stream, mut scratch) = (StreamScanner::default(), Scratch::new(&rules));
/// assert_eq!(stream.push(with, &mut scratch, b"write to jane.d").text, b"write to");
/// assert_eq!(stream.push(with, &mut scratch, b"oe@example.com").text, b"");
/// let settled = stream.finish(with, &mut scratch);
/// assert_eq!((settled.text, settled.findings[0].span.range()), (&b" jane.doe@example.com"[..], 1..21));
/// # Ok::<(), lockgate::base::Fault>(())
/// ```
#[derive(Debug, Default)]
pub struct StreamScanner {
    /// What is known of the stream, without its beginning.
    text: Vec<u8>,
    /// Bytes in front of it that were forgotten.
    forgotten: usize,
    /// Text in front of this place has left.
    released: usize,
    /// Findings that start in front of this place have all been made.
    seen: usize,
    /// Places from which something may match or did, in ascending order.
    attempts: Vec<Attempt>,
    progress: Vec<Progress>,
    pending: Pending,
    /// The text in front of this place is final, if nothing is encoded.
    frontier: usize,
    sight: Sight,
    /// The findings that left last.
    settled: Vec<Finding>,
    matches: Vec<u32>,
}

/// What is final since the last call.
#[derive(Clone, Copy, Debug)]
pub struct Settled<'s> {
    /// Place of the text in the stream, in bytes.
    pub offset: usize,
    /// Text that leaves now.
    pub text: &'s [u8],
    /// All findings in it, in ascending order of start; their spans lie in this text.
    pub findings: &'s [Finding],
}

impl Settled<'_> {
    /// Nothing, at the beginning.
    pub const NOTHING: Self = Self { offset: 0, text: &[], findings: &[] };
}

impl StreamScanner {
    /// Takes the next bytes of the stream, however they were cut, and says what is final.
    pub fn push(
        &mut self,
        with: StreamRules<'_>,
        scratch: &mut Scratch,
        bytes: &[u8],
    ) -> Settled<'_> {
        self.forget(with.program);
        let mut rest = bytes;
        while !rest.is_empty() {
            let lost = with.views && self.sight.is_lost();
            let len = match with.views {
                true if lost => 1,
                true => Watch::step(rest, self.text.last().copied()),
                false => rest.len(),
            };
            let (step, behind) = rest.split_at(len);
            self.step(with, scratch, step);
            if lost && !step[0].is_ascii_whitespace() && self.sight.is_lost() {
                self.give_up();
            }
            rest = behind;
        }
        self.settle(with, scratch, false)
    }

    /// The rest, once nothing follows.
    pub fn finish(&mut self, with: StreamRules<'_>, scratch: &mut Scratch) -> Settled<'_> {
        if self.sight.is_lost() {
            self.give_up();
        }
        self.frontier = self.advance(with, scratch, self.text.len(), true);
        self.settle(with, scratch, true)
    }

    /// What was encoded and not decoded, of each kind the first place in the stream.
    pub fn gaps(&self) -> &[Gap] {
        &self.sight.gaps
    }

    /// Bytes that have arrived and not left.
    pub fn held(&self) -> usize {
        self.text.len() - self.released
    }

    fn step(&mut self, with: StreamRules<'_>, scratch: &mut Scratch, bytes: &[u8]) {
        let from = self.text.len();
        self.text.extend_from_slice(bytes);
        let alive = self.frontier;
        self.frontier = self.advance(with, scratch, from, false);
        if with.views {
            self.sight.watch.feed(&self.text, self.forgotten, self.forgotten + alive);
        }
    }

    /// Looks at what is new, and returns the place up to which the text as it is is final.
    fn advance(
        &mut self,
        with: StreamRules<'_>,
        scratch: &mut Scratch,
        from: usize,
        ended: bool,
    ) -> usize {
        let StreamRules { rules, pack, program, .. } = with;
        let (states, caches, words) = scratch.streaming(rules, program.serial, &program.viable);
        words.clear();
        let Self { text, attempts, progress, pending, matches, .. } = self;
        let viable = &program.viable;
        attempts.retain_mut(|attempt| {
            if attempt.alive {
                viable.advance(states, text, from, attempt);
            }
            attempt.alive || attempt.matched
        });
        for start in from..text.len() {
            let attempt = viable.attempt(states, text, start);
            if attempt.alive || attempt.matched {
                attempts.push(attempt);
            }
        }
        if ended {
            attempts.iter_mut().for_each(|attempt| viable.end(states, text, attempt));
        }
        let alive = |attempt: &Attempt| attempt.alive && program.holds(Hold::Attempt);
        let dead = attempts.iter().position(alive).unwrap_or(attempts.len());
        let decided = attempts.get(dead).map_or(text.len(), |attempt| attempt.start);
        let findings = &mut pending.waiting;
        let mut decide = Decide { rules, program, text, decided, ended, caches, words, findings };
        for attempt in attempts.drain(..dead).filter(|attempt| attempt.matched) {
            viable.matches(states, text, attempt.start, ended, matches);
            for number in &*matches {
                decide.matched(progress, program.uses[*number as usize], attempt.start);
            }
        }
        decide.resume(progress);
        let waits = progress.iter().filter_map(Progress::waits_at).min();
        self.seen = waits.map_or(decided, |at| at.min(decided));
        let known = Known { text, seen: self.seen, ended };
        pending.frontier(rules, pack, program, known)
    }

    /// Takes what is held back out of the stream, since there is too much of it, and returns it. What reaches beyond it is still found.
    pub fn give_up(&mut self) -> &[u8] {
        let from = std::mem::replace(&mut self.released, self.text.len());
        self.pending.give_up(self.released);
        self.sight.give_up(self.forgotten + self.released);
        &self.text[from..]
    }

    fn settle(&mut self, with: StreamRules<'_>, scratch: &mut Scratch, ended: bool) -> Settled<'_> {
        let from = self.released;
        let mut frontier = self.frontier;
        if with.views {
            let kept = Kept { text: &self.text, forgotten: self.forgotten, released: from };
            frontier = frontier.min(self.sight.frontier(with, scratch, kept, ended));
            frontier = self.in_front_of_findings(with.holds(Hold::ViewOverlap), frontier);
        }
        // Behind what was given up, nothing is final before the frontier comes there.
        let frontier = frontier.max(from);
        self.pending.take(with.rules, frontier, &mut self.settled);
        if self.sight.take(frontier, &mut self.settled) {
            views::merge(with.rules, &mut self.settled);
        }
        for finding in &mut self.settled {
            finding.span.start -= from;
            finding.span.end -= from;
        }
        self.released = frontier;
        Settled {
            offset: self.forgotten + from,
            text: &self.text[from..frontier],
            findings: &self.settled,
        }
    }

    /// The frontier, or the start of the findings that share bytes with each other and reach across it.
    fn in_front_of_findings(&self, holds: bool, mut frontier: usize) -> usize {
        loop {
            let seen = match holds {
                true => self.sight.in_front_of_findings(frontier),
                false => frontier,
            };
            let front = self.pending.in_front_of_overlaps(&self.text, seen);
            if front == frontier {
                return front;
            }
            frontier = front;
        }
    }

    /// Forgets the text that has left and that no rule looks at any more.
    fn forget(&mut self, program: &StreamProgram) {
        let first = self.pending.first_needed().unwrap_or(usize::MAX);
        let first = first.min(self.released).min(self.seen);
        let bytes = first.saturating_sub(program.left_bytes.max(CONTEXT_BYTES));
        if bytes < SLACK_BYTES {
            return;
        }
        let bytes = bytes / BLOCK_BYTES * BLOCK_BYTES;
        self.text.drain(..bytes);
        self.forgotten += bytes;
        self.released -= bytes;
        self.seen -= bytes;
        self.frontier -= bytes;
        self.attempts.iter_mut().for_each(|attempt| attempt.start -= bytes);
        self.progress.iter_mut().for_each(|progress| progress.rebase(bytes));
        self.pending.rebase(bytes);
        self.sight.rebase(bytes);
    }
}

/// Bytes that a match may begin in front of what has left with the text up to its value.
const LEAD_BYTES: usize = 128;

/// The place up to which a text that goes on is final, by itself and behind `from`.
pub(super) fn frontier_behind(
    with: StreamRules<'_>,
    scratch: &mut Scratch,
    text: &[u8],
    from: usize,
) -> usize {
    let first = from.saturating_sub(LEAD_BYTES);
    let known = text[first.saturating_sub(with.program.left_bytes)..first].to_vec();
    let place = known.len();
    let mut scanner = StreamScanner {
        text: known,
        released: place,
        seen: place,
        frontier: place,
        ..StreamScanner::default()
    };
    from.max(first + scanner.push(with.without_views(), scratch, &text[first..]).text.len())
}

//! Values that are split over messages: what one message ends in and the next one of its kind begins with.
//!
//! A message may end in what the rules could still match: the text that a stream would hold back there. The next message of the same kind is
//! looked at once more with that in front. What is found across the border is reported and flagged; nothing is edited, since the first part
//! may have left long ago.

mod content;
mod memory;
mod tail;

pub use memory::{SessionKey, TurnMemory};

use crate::base::limits::{TURN_CHANNELS_MAX, TURN_HEAD_BYTES_MAX, TURN_TAIL_BYTES_MAX};
use crate::base::{Action, Confidence, Finding, Input, Span, Split};
use crate::policy;
use crate::rules::{Pack, Rules};
use crate::scan::{Scanner, Scratch, StreamProgram, StreamRules, StreamScanner};
use crate::text::boundary::{char_ceil, char_floor};
use std::sync::Arc;
pub(super) use tail::Tail;
use zeroize::Zeroizing;

/// Weaker findings across messages are left out: words that happen to follow each other look like them.
const CONFIDENCE_MIN: Confidence = Confidence::Medium;

/// Stands for the second part of a value when it is asked whether that matters: no token, number or address has it.
const ANYTHING: u8 = b'~';

/// Which messages are looked at together.
#[derive(Clone, Debug, Default)]
pub enum Turns {
    /// None: each is looked at by itself.
    #[default]
    Apart,
    /// Those of one content.
    Content,
    /// Those of one content, and in front of them the last ones of its session.
    Session(TurnSession),
}

/// The session that a content belongs to.
#[derive(Clone, Debug)]
pub struct TurnSession {
    /// What is remembered of all sessions.
    pub memory: Arc<TurnMemory>,
    /// Which one it is.
    pub key: SessionKey,
    /// The time, in milliseconds since anything, as long as it is the same for all calls.
    pub now_ms: u64,
}

/// One message, or one part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'t> {
    /// Those of one number follow each other.
    pub(super) channel: u64,
    pub(super) text: &'t [u8],
    /// Its first byte in the view of the content.
    pub(super) at: usize,
    /// The message that it is data of. Data of one message stand side by side, and none of them goes on with another.
    pub(super) data_of: Option<u64>,
    /// All findings in the view, both ends ascending.
    pub(super) found: &'t [Span],
}

/// What messages are looked at with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    pub(super) rules: &'a Rules,
    pub(super) pack: &'a Pack,
    pub(super) program: &'a StreamProgram,
    pub(super) min_confidence: Confidence,
}

/// The messages of one content, one behind the other.
#[derive(Debug)]
pub(super) struct Following<'a> {
    look: Look<'a>,
    session: Option<&'a TurnSession>,
    tails: Vec<Tail>,
    splits: Vec<Split>,
}

impl<'a> Following<'a> {
    pub(super) fn begin(turns: &'a Turns, look: Look<'a>) -> Self {
        let session = match turns {
            Turns::Session(session) => Some(session),
            Turns::Apart | Turns::Content => None,
        };
        let tails = session.map(|session| session.memory.recall(session)).unwrap_or_default();
        Self { look, session, tails, splits: Vec::new() }
    }

    /// Looks at the next message.
    pub(super) fn message(&mut self, scratch: &mut Scratch, message: Message<'_>) {
        let text = message.text.trim_ascii();
        let at = message.at + message.text.len() - message.text.trim_ascii_start().len();
        let message = Message { text, at, ..message };
        let Some(mut tail) = self.tail(message.channel, text) else { return };
        tail.follow(message.data_of);
        let decided = self.join(scratch, &tail, &message);
        self.keep(scratch, &mut tail, &message, decided);
        if let Some(known) = self.tails.iter_mut().find(|known| known.channel == tail.channel) {
            *known = tail;
        }
    }

    /// What was split, once all messages have been looked at.
    pub(super) fn finish(self) -> Vec<Split> {
        if let Some(session) = self.session {
            session.memory.keep(session, self.tails);
        }
        self.splits
    }

    /// What the messages of the channel ended in. Nothing if there are too many channels for a conversation.
    fn tail(&mut self, channel: u64, text: &[u8]) -> Option<Tail> {
        if text.is_empty() {
            return None;
        }
        let number = self.tails.iter().position(|tail| tail.channel == channel);
        let number = number.or_else(|| {
            let has_room = self.tails.len() < TURN_CHANNELS_MAX;
            has_room.then(|| self.tails.push(Tail::new(channel)))?;
            Some(self.tails.len() - 1)
        })?;
        let mut tail = self.tails[number].clone();
        if let Some(session) = self.session {
            tail.begin(|| session.memory.hash(text));
        }
        Some(tail)
    }

    /// Looks for what lies across the border, and returns the end of the last of it in the text.
    fn join(&mut self, scratch: &mut Scratch, tail: &Tail, message: &Message<'_>) -> usize {
        let Message { text, at, found, .. } = *message;
        let known = tail.bytes().len();
        if known == 0 {
            return 0;
        }
        let head = &text[..char_floor(text, text.len().min(TURN_HEAD_BYTES_MAX))];
        let crossing = self.look.crossing(scratch, tail.bytes(), head);
        let mut decided = 0;
        for finding in crossing.iter().filter(|finding| self.look.counts(finding)) {
            let end = finding.span.end - known;
            // What a message shows by itself is not split.
            if overlaps(found, Span::new(at, at + end)) {
                continue;
            }
            // A rule that takes anything there says nothing of what is there.
            let anything = self.look.crossing(scratch, tail.bytes(), &vec![ANYTHING; end]);
            if anything.iter().all(|other| other.rule != finding.rule) {
                decided = decided.max(end);
                self.splits.push(tail.split(finding, at));
            }
        }
        decided
    }

    /// Keeps what the next message may go on with: what may still match, without what is known to be a value.
    fn keep(&self, scratch: &mut Scratch, tail: &mut Tail, message: &Message<'_>, decided: usize) {
        let Message { text, at, found, .. } = *message;
        if tail.bytes().len() + text.len() > TURN_TAIL_BYTES_MAX {
            tail.forget();
        }
        let from = char_ceil(text, text.len().saturating_sub(TURN_TAIL_BYTES_MAX));
        tail.push(&text[from..], at + from);
        let held = self.look.held(scratch, tail.bytes());
        let first = text.len() - held.min(text.len());
        // What begins where the text was cut may have begun in front of it.
        let is_cut = from > 0 && held == tail.bytes().len();
        let is_known = decided > first || overlaps(found, Span::new(at + first, at + text.len()));
        if is_cut || is_known {
            tail.forget();
        } else {
            tail.keep_last(held);
        }
    }
}

impl Look<'_> {
    /// A rule that takes whatever stands where a value is expected cannot tell the second part from the next message.
    fn counts(&self, finding: &Finding) -> bool {
        finding.confidence >= self.min_confidence.max(CONFIDENCE_MIN)
            && policy::action_of(finding, self.pack) > Action::Allow
            && !self.rules.checks[finding.rule.index()].classified
    }

    /// What is found in both of two texts, the second one behind the first.
    fn crossing(&self, scratch: &mut Scratch, tail: &[u8], head: &[u8]) -> Vec<Finding> {
        let join = Zeroizing::new([tail, head].concat());
        let scanner = Scanner::new(self.rules, self.pack);
        let crosses = |span: Span| span.start < tail.len() && tail.len() < span.end;
        let findings = scanner.scan(scratch, &Input::new(&join)).iter();
        findings.filter(|finding| crosses(finding.span)).copied().collect()
    }

    /// Bytes at the end of a text that the rules may still match.
    fn held(&self, scratch: &mut Scratch, text: &[u8]) -> usize {
        let with = StreamRules::new(self.rules, self.pack, self.program).without_views();
        let mut stream = StreamScanner::default();
        stream.push(with, scratch, text);
        stream.held()
    }
}

/// Whether one of the spans, whose starts and ends both ascend, shares a byte with this one.
fn overlaps(spans: &[Span], span: Span) -> bool {
    let behind = spans.partition_point(|found| found.start < span.end);
    spans[..behind].last().is_some_and(|found| found.end > span.start)
}

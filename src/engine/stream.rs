//! Redacting a text while it arrives.

use super::assess::Classify;
use super::pool::Pool;
use super::revise::Revision;
use super::{Engine, PACK_DEFAULT, Workspace};
use crate::base::code::{ENCODING_UNSUPPORTED, INPUT_TOO_LARGE, STREAM_HOLD};
use crate::base::{Action, Confidence, Fault, Finding, Gap, LabelIndex, Sinks, Span, limits};
use crate::policy;
use crate::redact::{Numbers, Redaction, Surface, apply, plan_on};
use crate::rules::{Pack, Rules};
use crate::scan::{Settled, StreamProgram, StreamRules, StreamScanner};
use crate::text::boundary;
use crate::vault::{self, Restorer, Session};
use std::sync::Arc;

/// How a stream is redacted.
#[derive(Clone, Debug)]
pub struct StreamOptions {
    /// Name of the pack; [`PACK_DEFAULT`] if none is given.
    pub pack: Option<String>,
    /// Drop findings below this, beyond what the pack says.
    pub min_confidence: Option<Confidence>,
    /// How to redact.
    pub redaction: Redaction,
    /// Most bytes that are held back.
    pub hold_bytes_max: usize,
    /// What happens when more would have to be held back.
    pub overflow: Overflow,
    /// Whether the model of prompt injection reads what stands around a cue. It reads streams nowhere else.
    pub classify: Classify,
    /// A pack whose actions take the place of those of the pack that is named: what a policy makes of it, by [`Pack::acting`].
    pub acting: Option<Arc<Pack>>,
    /// The session whose tokens the stream may hold, which are no findings.
    pub tokens: Option<Session>,
    /// Where their values are put back.
    pub restore: Sinks,
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self {
            pack: None,
            min_confidence: None,
            redaction: Redaction::default(),
            hold_bytes_max: limits::STREAM_HOLD_BYTES_MAX,
            overflow: Overflow::default(),
            classify: Classify::default(),
            acting: None,
            tokens: None,
            restore: Sinks::NONE,
        }
    }
}

/// What happens when more than the greatest number of bytes would have to be held back. They never leave as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// [`HELD`] leaves instead of them.
    #[default]
    Redact,
    /// The stream ends with an error.
    Block,
}

/// What stands for bytes of which it was not known in time whether they may leave.
pub const HELD: &str = "[held]";

/// One text that is redacted while it arrives: what leaves is in the end what a scan of the whole text makes of it, however it was cut.
///
/// What is encoded is seen through as in a whole text, as long as it is not larger than what may be held back. A cue of prompt injection is
/// held back until the model could read what stands around it.
///
/// ```
/// use lockgate::engine::{Engine, StreamOptions};
/// use lockgate::rules::Compiler;
/// use std::sync::Arc;
///
/// let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
/// let engine = Engine::new(Arc::new(rules));
/// let mut stream = engine.stream(StreamOptions::default())?;
/// // The byte in front of an address decides whether it is one, and waits with it.
/// assert_eq!(stream.push(b"write to jane.d")?.bytes, b"write to");
/// // Words behind an address may still say more of it.
/// assert_eq!(stream.push(b"oe@example.com or")?.bytes, b" ");
/// assert_eq!(stream.finish()?.bytes, b"[pii.email] or");
/// # Ok::<(), lockgate::base::Fault>(())
/// ```
#[derive(Debug)]
pub struct Stream {
    opening: Arc<Opening>,
    scanner: StreamScanner,
    revision: Revision,
    left: Left,
    /// The first bytes, as long as they may be the mark of an encoding that is not decoded.
    head: Option<Vec<u8>>,
    bytes_in: usize,
    failed: Option<Fault>,
    /// What puts values back into what leaves.
    restorer: Option<Restorer>,
}

/// What has left.
#[derive(Debug, Default)]
struct Left {
    numbers: Numbers,
    /// The strongest action so far.
    action: Action,
    /// What the last call gave.
    bytes: Vec<u8>,
    findings: Vec<Finding>,
    /// What is final and may be part of a marker of a session, with its findings.
    waiting: (Vec<u8>, Vec<Finding>),
}

/// What leaves a stream.
#[derive(Clone, Copy, Debug)]
pub struct Released<'s> {
    /// Redacted text.
    pub bytes: &'s [u8],
    /// What was found in the text that these bytes stand for, redacted or not; spans are offsets in the stream as it arrived.
    pub findings: &'s [Finding],
}

/// What streams with the same options share.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) rules: Arc<Rules>,
    pub(super) pool: Arc<Pool<Workspace>>,
    program: Arc<StreamProgram>,
    /// Position of the pack in the rule set.
    pack: usize,
    /// The label whose findings the model revises, if the pack has any.
    injection: Option<LabelIndex>,
    pub(super) options: StreamOptions,
}

impl Engine {
    /// Opens a stream. The first one of a pack takes as long as compiling its rules.
    ///
    /// # Errors
    /// The pack is unknown, or has rules with lists, which look at the whole text.
    pub fn stream(&self, options: StreamOptions) -> Result<Stream, Fault> {
        let sinks = options.restore;
        self.opening(options).map(|opening| Stream::open(&opening, sinks))
    }

    pub(super) fn opening(&self, options: StreamOptions) -> Result<Arc<Opening>, Fault> {
        let name = options.pack.as_deref().unwrap_or(PACK_DEFAULT);
        let pack = self.pack(name)?;
        let program = self.program(pack).clone()?;
        let (rules, pool) = (Arc::clone(&self.rules), Arc::clone(&self.pool));
        let reads = options.classify != Classify::Never;
        let injection = self.injection.filter(|label| reads && has_label(&rules, pack, *label));
        Ok(Arc::new(Opening { rules, pool, program, pack, injection, options }))
    }
}

/// Whether a pack has rules of a label.
fn has_label(rules: &Rules, pack: usize, label: LabelIndex) -> bool {
    let settings = rules.packs()[pack].settings.iter().enumerate();
    let mut enabled = settings.filter(|(_, setting)| setting.enabled);
    enabled.any(|(rule, _)| rules.rules()[rule].label == label)
}

impl Opening {
    pub(super) fn pack(&self) -> &Pack {
        self.options.acting.as_deref().unwrap_or(&self.rules.packs()[self.pack])
    }
}

impl Stream {
    /// A stream whose values are put back into these of the places that its options permit.
    pub(super) fn open(opening: &Arc<Opening>, sinks: Sinks) -> Self {
        let session = opening.options.tokens.as_ref().filter(|_| sinks != Sinks::NONE);
        Self {
            restorer: session.map(|session| session.restorer(sinks)),
            opening: Arc::clone(opening),
            scanner: StreamScanner::default(),
            revision: Revision::default(),
            left: Left::default(),
            head: Some(Vec::new()),
            bytes_in: 0,
            failed: None,
        }
    }

    /// Takes the next bytes, however they were cut, and gives what may leave.
    ///
    /// # Errors
    /// The text is in an encoding that is not decoded, the stream is too long, or more would have to be held back than
    /// [`StreamOptions::overflow`] permits. Then nothing leaves any more, and every call gives the same error.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Released<'_>, Fault> {
        self.advance(bytes, false)
    }

    /// The rest, once nothing follows.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn finish(&mut self) -> Result<Released<'_>, Fault> {
        self.advance(&[], true)
    }

    /// The strongest action that the pack demands for what has left.
    pub fn action(&self) -> Action {
        self.left.action
    }

    /// What was encoded and could not be decoded, of each kind the first place. Then the action is [`Action::Flag`] at least.
    pub fn gaps(&self) -> &[Gap] {
        self.scanner.gaps()
    }

    /// Bytes that have arrived and not left.
    pub fn held(&self) -> usize {
        let scanned = self.scanner.held() + self.revision.held();
        let restoring = self.restorer.as_ref().map_or(0, Restorer::held);
        scanned + self.head.as_ref().map_or(0, Vec::len) + self.left.waiting.0.len() + restoring
    }

    fn advance(&mut self, bytes: &[u8], ended: bool) -> Result<Released<'_>, Fault> {
        self.left.bytes.clear();
        self.left.findings.clear();
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        let advanced = self.try_advance(bytes, ended);
        if let Some(restorer) = self.restorer.as_mut().filter(|_| advanced.is_ok()) {
            let redacted = std::mem::take(&mut self.left.bytes);
            restorer.push(&redacted, &mut self.left.bytes);
            if ended {
                restorer.finish(&mut self.left.bytes);
            }
        }
        match advanced {
            Ok(()) => Ok(Released { bytes: &self.left.bytes, findings: &self.left.findings }),
            Err(fault) => {
                self.failed = Some(fault.clone());
                Err(fault)
            }
        }
    }

    fn try_advance(&mut self, bytes: &[u8], ended: bool) -> Result<(), Fault> {
        self.bytes_in = self.bytes_in.saturating_add(bytes.len());
        if self.bytes_in > limits::INPUT_BYTES_MAX {
            let detail = format!("the limit is {} bytes", limits::INPUT_BYTES_MAX);
            return Err(Fault::new(INPUT_TOO_LARGE, detail));
        }
        let mut workspace = self.opening.pool.take();
        let result = self.scan(bytes, ended, &mut workspace);
        self.opening.pool.put(workspace);
        result
    }

    fn scan(&mut self, bytes: &[u8], ended: bool, workspace: &mut Workspace) -> Result<(), Fault> {
        let Self { opening, scanner, revision, left, head, .. } = self;
        let Opening { rules, program, injection, options, .. } = &**opening;
        let pack = opening.pack();
        let with = StreamRules::new(rules, pack, program);
        let Workspace { scratch, features, .. } = workspace;
        let mut release = |left: &mut Left, settled: Settled<'_>, ended: bool| {
            let (settled, detected) = match injection {
                Some(label) => revision.take(*label, features, settled, ended),
                None => (settled, false),
            };
            left.release(rules, pack, options, settled, ended);
            if detected {
                left.action = left.action.max(Action::Flag);
            }
        };
        let mut first = head.take();
        if let Some(head) = &mut first {
            head.extend_from_slice(bytes);
            if boundary::not_text(head) == Some(ENCODING_UNSUPPORTED) {
                return Err(ENCODING_UNSUPPORTED.into());
            }
            if boundary::may_be_mark(head) && !ended {
                self.head = first;
                return Ok(());
            }
        }
        let settled = scanner.push(with, scratch, first.as_deref().unwrap_or(bytes));
        release(left, settled, false);
        if ended {
            release(left, scanner.finish(with, scratch), true);
        } else if scanner.held() > options.hold_bytes_max {
            if options.overflow == Overflow::Block {
                let detail = format!("the limit is {} bytes", options.hold_bytes_max);
                return Err(Fault::new(STREAM_HOLD, detail));
            }
            // What the model and the markers wait for will not be read.
            let offset = self.bytes_in - scanner.held();
            release(left, Settled { text: &[], findings: &[], offset }, true);
            scanner.give_up();
            left.action = left.action.max(Action::Redact);
            left.bytes.extend_from_slice(HELD.as_bytes());
        }
        if !scanner.gaps().is_empty() {
            left.action = left.action.max(Action::Flag);
        }
        Ok(())
    }
}

/// A finding whose text stands so many bytes further behind, or in front.
fn moved(finding: &Finding, by: isize) -> Finding {
    let Span { start, end } = finding.span;
    let span = Span::new(start.saturating_add_signed(by), end.saturating_add_signed(by));
    Finding { span, ..*finding }
}

impl Left {
    /// Redacts what is final, but for a marker that is not whole: only then can it be told from a finding.
    fn release(
        &mut self,
        rules: &Rules,
        pack: &Pack,
        options: &StreamOptions,
        settled: Settled<'_>,
        ended: bool,
    ) {
        if options.tokens.is_none() {
            return self.redact(rules, pack, options, settled);
        }
        let (mut text, mut findings) = std::mem::take(&mut self.waiting);
        let offset = settled.offset - text.len();
        findings.extend(settled.findings.iter().map(|finding| moved(finding, text.len() as isize)));
        text.extend_from_slice(settled.text);
        let mut cut = if ended { text.len() } else { vault::open_from(&text) };
        for Finding { span, .. } in findings.iter().rev().filter(|finding| !finding.span.is_empty())
        {
            if span.end > cut {
                cut = cut.min(span.start);
            }
        }
        let later = findings.split_off(findings.partition_point(|found| found.span.start < cut));
        self.waiting.0.extend_from_slice(&text[cut..]);
        self.waiting.1.extend(later.iter().map(|finding| moved(finding, -(cut as isize))));
        self.redact(
            rules,
            pack,
            options,
            Settled { text: &text[..cut], findings: &findings, offset },
        );
    }

    fn redact(
        &mut self,
        rules: &Rules,
        pack: &Pack,
        options: &StreamOptions,
        settled: Settled<'_>,
    ) {
        let min = options.min_confidence.unwrap_or(Confidence::Low);
        let is_token = |finding: &Finding| {
            let Span { start, end } = finding.span;
            let session = options.tokens.as_ref();
            session.is_some_and(|session| session.holds(settled.text, start, end))
        };
        let kept = || {
            let sure = settled.findings.iter().filter(|finding| finding.confidence >= min);
            sure.filter(|finding| !is_token(finding))
        };
        let redacted: Vec<_> =
            kept().filter(|finding| policy::redacts(finding, pack)).copied().collect();
        if redacted.is_empty() {
            self.bytes.extend_from_slice(settled.text);
        } else {
            let Settled { text, .. } = settled;
            let (redaction, numbers) = (&options.redaction, &mut self.numbers);
            let edits = plan_on(text, &redacted, rules, redaction, Surface::Text, numbers);
            self.bytes.append(&mut apply(text, &edits));
        }
        for finding in kept() {
            self.findings.push(moved(finding, settled.offset as isize));
            self.action = self.action.max(policy::action_of(finding, pack));
        }
    }
}
